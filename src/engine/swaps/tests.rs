//! Swaps find the shard that fits, and leave alone what cannot be better.

use crate::engine::{NoWatch, Options, plan};
use crate::formulation::goals::Level;
use crate::ids::SiteId;
use crate::inventory::{self, SourceFile};
use crate::model::Inventory;
use crate::plan::PeriodPlan;
use crate::scenario::{self, ScenarioText};
use crate::solve::Stop;

/// The only period of a scenario with these shards, sites and replicas.
///
/// Users of `near` are 10 ms from x, 20 from y and 30 from z, those of `far` 10, 50 and 90.
fn planned(shards: &str, sites: &str, replicas: &str, event: &str) -> (Inventory, PeriodPlan) {
    let header = "shard,tenant,users,site,profile,client_region,tier,jurisdiction";
    let files = [
        ("access_points.csv", "access_point,latitude,longitude,state\nn,0,0,active\nf,0,0,active\n".to_owned()),
        ("client_regions.csv", "client_region,latitude,longitude\nnear,0,0\nfar,0,0\n".to_owned()),
        (
            "links.csv",
            "link,from,to,latency_ms\nln,near,n,5\nlf,far,f,5\nnx,n,x,5\nny,n,y,15\nnz,n,z,25\nfx,f,x,5\nfy,f,y,45\nfz,f,z,85\n"
                .to_owned(),
        ),
        ("profiles.csv", "profile,cpu\np,1\n".to_owned()),
        ("resources.csv", "resource,unit,scope,headroom,replica_share\ncpu,vCPU,site,0,0\n".to_owned()),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n".to_owned()),
        ("shards.csv", format!("{header}\n{shards}")),
        ("sites.csv", format!("site,jurisdiction,latitude,longitude,cpu\n{sites}")),
        ("replicas.csv", format!("shard,site\n{replicas}")),
    ];
    let files: Vec<SourceFile> = files
        .into_iter()
        .map(|(name, text)| SourceFile {
            name: name.to_owned(),
            bytes: text.into_bytes(),
        })
        .collect();
    let read = inventory::read(&files);
    let inventory = read
        .inventory
        .unwrap_or_else(|| panic!("{:?}", read.findings));
    let text = format!(
        "[scenario]\nname = \"swaps\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n\n\
         [policy]\ndrain = \"anywhere\"\n\n[[event]]\nkind = \"maintenance\"\ncomponent = \"x\"\n{event}"
    );
    let name = "scenario.toml".to_owned();
    let read = scenario::read(&[ScenarioText { name, text }], &inventory);
    let scenario = read
        .scenario
        .unwrap_or_else(|| panic!("{:?}", read.findings));
    let options = Options {
        stop: &Stop::default(),
        watch: &NoWatch,
    };
    let mut plan = plan(&inventory, &scenario, &options).expect("small scenarios are planned");
    (inventory, plan.periods.remove(0))
}

/// A level over fractional homes and in the plan.
fn level(period: &PeriodPlan, level: Level) -> (f64, f64) {
    let mut stages = period.stages.iter();
    let stage = stages.find(|stage| stage.level == level);
    let stage = stage.expect("the level is among the goals");
    (stage.value.round(), stage.plan.round())
}

/// The shards at a site.
fn at<'a>(inventory: &'a Inventory, period: &PeriodPlan, site: &str) -> Vec<&'a str> {
    let is_there = |id| inventory.sites[SiteId::index(id)].id == site;
    let parts = period.parts.iter();
    parts
        .filter(|part| part.site.is_some_and(is_there))
        .map(|part| inventory.shard_ids.get(part.shard.index()))
        .collect()
}

/// x keeps 132 of 200 vCPU and has 172 users: 40 must leave. Those of p have the shortest path elsewhere, so that the
/// program splits p, which has 60. Of the other shards only q, with 42, has more than 40 and less than 60.
#[test]
fn a_shard_that_fits_goes_in_place_of_the_one_that_was_split() {
    let sites = "x,,1,1,200\ny,,2,2,1000\nz,,3,3,1000\n";
    let shards = "p,t,60,x,p,near,gold,\nq,t,42,x,p,far,gold,\nr,t,70,x,p,far,gold,\n";
    let (inventory, period) = planned(shards, sites, "", "capacity = 0.66\n");
    assert_eq!(level(&period, Level::Unserved(0)), (0.0, 0.0));
    assert_eq!(level(&period, Level::Moved), (40.0, 42.0));
    assert_eq!(at(&inventory, &period, "x"), ["p", "r"]);
    assert_eq!(at(&inventory, &period, "y"), ["q"]);
}

/// The same with two shards of 22 and 19 users instead of q: both must go so that p may stay.
#[test]
fn two_shards_that_fit_together_go_in_place_of_one() {
    let sites = "x,,1,1,200\ny,,2,2,1000\nz,,3,3,1000\n";
    let shards = "p,t,60,x,p,near,gold,\nq1,t,22,x,p,far,gold,\nq2,t,19,x,p,far,gold,\nr,t,71,x,p,far,gold,\n";
    let (inventory, period) = planned(shards, sites, "", "capacity = 0.66\n");
    assert_eq!(level(&period, Level::Moved), (40.0, 41.0));
    assert_eq!(at(&inventory, &period, "y"), ["q1", "q2"]);
}

/// The same without q: of p with 60 and r with 112 one must leave.
#[test]
fn nobody_is_swapped_where_nobody_fits_better() {
    let sites = "x,,1,1,200\ny,,2,2,1000\nz,,3,3,1000\n";
    let shards = "p,t,60,x,p,near,gold,\nr,t,112,x,p,far,gold,\n";
    let (inventory, period) = planned(shards, sites, "", "capacity = 0.66\n");
    assert_eq!(level(&period, Level::Moved), (40.0, 60.0));
    assert_eq!(at(&inventory, &period, "y"), ["p"]);
}

/// x is drained, and y, where all have a copy, takes 112 of its 152 users: 40 are copied to z, of p, for which it is
/// nearest. With q at z instead 42 are, and p and r, which are 110 together, are at y.
#[test]
fn a_shard_takes_the_site_of_its_copy_and_a_smaller_one_is_copied_instead() {
    let sites = "x,,1,1,200\ny,,2,2,112\nz,,3,3,1000\n";
    let shards = "p,t,60,x,p,near,gold,\nq,t,42,x,p,far,gold,\nr,t,50,x,p,far,gold,\n";
    let (inventory, period) = planned(shards, sites, "p,y\nq,y\nr,y\n", "");
    assert_eq!(level(&period, Level::Unserved(0)), (0.0, 0.0));
    assert_eq!(level(&period, Level::Copied), (40.0, 42.0));
    assert_eq!(level(&period, Level::Moved), (152.0, 152.0));
    assert_eq!(at(&inventory, &period, "y"), ["p", "r"]);
    assert_eq!(at(&inventory, &period, "z"), ["q"]);
}
