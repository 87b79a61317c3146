//! Homes that survive, by hand.

use crate::levels::{judged, planned};
use crate::read::read;
use plimsoll::ids::{ShardId, SiteId};
use plimsoll::model::{Inventory, Recovery, Scenario};
use plimsoll::plan::PeriodPlan;

/// Two sites in Europe and one elsewhere; each has 100 users. A fourth one, whose 100 users may be anywhere, is drained;
/// the nearest of the others is in Europe.
///
/// ```text
/// a (200, eu)  100 users who must stay in eu, and the nearest for those of x
/// b (200, eu)  100 users who must stay in eu
/// c (capacity) 100 users
/// x, drained   100 users
/// ```
///
/// At a, those of x take the room of those of b should b fail: 100 are lost. At c nobody is: whatever fails, its users
/// find 200 free where they may be. Replicas and weights lead to the same sites.
pub(super) fn world(capacity_of_c: u32, protect: &str) -> (Inventory, Scenario) {
    let sites = format!("site,cpu,jurisdiction\na,200,eu\nb,200,eu\nc,{capacity_of_c},\nx,200,\n");
    let files = [
        ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
        ("profiles.csv", "profile,cpu\nmail,1\n"),
        ("sites.csv", &sites),
        ("access_points.csv", "access_point\np\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nin,r,p,5\nla,p,a,10\nlb,p,b,20\nlc,p,c,30\nlx,p,x,10\n",
        ),
        ("client_regions.csv", "client_region\nr\n"),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier,jurisdiction\n\
             sa,t,100,a,mail,r,gold,eu\nsb,t,100,b,mail,r,gold,eu\n\
             sc,t,100,c,mail,r,gold,\nsx,t,100,x,mail,r,gold,\n",
        ),
        (
            "replicas.csv",
            "shard,site,preference\nsa,b,1\nsb,a,1\nsc,b,1\nsx,a,1\nsx,c,2\n",
        ),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let scenario = format!(
        "[scenario]\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n\
         [policy]\ndrain = \"anywhere\"\nmovers = \"affected\"\nheadroom = {{ cpu = 0 }}\n\
         [[event]]\nkind = \"maintenance\"\ncomponent = \"x\"\n{protect}"
    );
    read(&files, &scenario)
}

pub(super) fn protect(recovery: Recovery) -> String {
    let recovery = recovery.word();
    format!("[protect]\nfailures = 1\nover = \"sites\"\nrecovery = \"{recovery}\"\n")
}

/// The site of the drained shard.
fn of_x(inventory: &Inventory, period: &PeriodPlan) -> String {
    let part = period
        .parts
        .iter()
        .find(|part| part.shard == ShardId::new(3));
    let site: Option<SiteId> = part.and_then(|part| part.site);
    site.map_or_else(String::new, |site| inventory.sites[site.index()].id.clone())
}

#[test]
fn capacity_is_kept_for_those_that_only_few_sites_may_have() {
    let (inventory, scenario) = world(300, "");
    let plan = planned(&inventory, &scenario);
    assert_eq!(of_x(&inventory, &plan.periods[0]), "a");
    assert!(plan.periods[0].protection.is_none());
    for recovery in Recovery::ALL {
        let (inventory, scenario) = world(300, &protect(recovery));
        let plan = planned(&inventory, &scenario);
        let period = &plan.periods[0];
        assert_eq!(of_x(&inventory, period), "c", "{recovery:?}");
        let protection = period.protection.as_ref().expect("it was asked");
        assert_eq!(protection.cases, 3, "x is gone already");
        assert!(
            protection.unprotected.is_empty(),
            "{recovery:?}: {protection:?}"
        );
        assert!(protection.least_lost <= 1e-6);
        let verdict = judged(&inventory, &scenario, &plan);
        assert!(verdict.holds(), "{recovery:?}: {verdict:?}");
    }
}

#[test]
fn what_cannot_be_protected_is_reported_with_what_would_help() {
    // c has no room for those of x: they go to a, and b is lost.
    let (inventory, scenario) = world(150, &protect(Recovery::Replan));
    let plan = planned(&inventory, &scenario);
    let period = &plan.periods[0];
    assert_eq!(of_x(&inventory, period), "a");
    let protection = period.protection.as_ref().expect("it was asked");
    let lost: Vec<(&str, f64)> = (protection.unprotected.iter())
        .map(|unprotected| {
            (
                unprotected.failing[0].name(&inventory),
                unprotected.users.round(),
            )
        })
        .collect();
    // If a fails, b has room for 100 of the 200 and c for 50; if c fails, b has for its 100.
    assert_eq!(lost, [("a", 50.0), ("b", 100.0)]);
    // Could the shard be split, c would take half of it: 50 were lost with a, and 50 with b.
    assert!((protection.least_lost - 100.0).abs() < 1e-6);
    let repair = protection.unprotected[1].repair.as_ref();
    let repair = repair.expect("capacity would help");
    let capacity: Vec<(&str, f64)> = (repair.capacity.iter())
        .map(|entry| (inventory.component_name(entry.0), entry.2.round()))
        .collect();
    assert_eq!(capacity, [("a", 100.0)]);
    assert!(repair.unserved_after <= 1e-6);
}
