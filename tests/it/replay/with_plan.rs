//! Plans played beside nobody doing anything, worked out by hand.

use crate::folders::file;
use crate::levels::{planned, written};
use plimsoll::engine::replay;
use plimsoll::inventory;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::replay::{Conduct, Replay, Run};
use plimsoll::plan_files::{self, PlanFile};
use plimsoll::scenario::{self, ScenarioText};
use plimsoll::solve::Stop;

/// 1,000 users at site a, and room for them at site b, whose load balancer accepts so many sessions a second.
fn two_sites(accepts: &str, events: &str) -> (Inventory, Scenario) {
    let files = [
        file("resources.csv", "resource,unit,scope\nwork,jobs/s,site\n"),
        file("profiles.csv", "profile,work\np,1\n"),
        file("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        file("client_regions.csv", "client_region\nr\n"),
        file("sites.csv", "site,work\na,2000\nb,2000\n"),
        file("access_points.csv", "access_point\nin\n"),
        file(
            "elements.csv",
            &format!(
                "element,kind,accepts_per_second\nlb-a,load-balancer,unlimited\nlb-b,load-balancer,{accepts}\n"
            ),
        ),
        file(
            "links.csv",
            "link,from,to,latency_ms\nl0,r,in,5\nl1,in,lb-a,5\nl2,lb-a,a,0\nl3,in,lb-b,6\nl4,lb-b,b,0\n",
        ),
        file(
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns,t,1000,a,p,r,gold\n",
        ),
    ];
    let reading = inventory::read(&files);
    let inventory = reading
        .inventory
        .unwrap_or_else(|| panic!("{:?}", reading.findings));
    let text = format!(
        "[scenario]\nname = \"two-sites\"\nstart = 2030-03-01T00:00:00Z\nend = 2030-03-01T03:00:00Z\n\n\
         [policy]\nfailover = \"anywhere\"\nafter = \"stay\"\n\n[replay]\nstep_seconds = 5\n\n{events}"
    );
    let name = "two-sites.toml".to_owned();
    let reading = scenario::read(&[ScenarioText { name, text }], &inventory);
    let scenario = reading
        .scenario
        .unwrap_or_else(|| panic!("{:?}", reading.findings));
    (inventory, scenario)
}

/// The plan of a scenario, played beside nobody doing anything.
fn both((inventory, scenario): &(Inventory, Scenario)) -> Replay {
    let plan = planned(inventory, scenario);
    let files = written(inventory, scenario, &plan);
    let files: Vec<PlanFile<'_>> = files.iter().map(PlanFile::from).collect();
    let (read, findings) = plan_files::read(&files);
    let read = read.unwrap_or_else(|| panic!("{findings:?}"));
    replay(inventory, scenario, Some(&read), true, &Stop::default())
        .expect("the plan names what there is")
        .expect("a replay")
}

fn of(replay: &Replay, conduct: Conduct) -> &Run {
    let mut runs = replay.runs.iter();
    runs.find(|own| own.conduct == conduct).expect("played")
}

/// Minutes that the mean user is down.
fn minutes(run: &Run) -> f64 {
    run.totals.down_minutes() / 1000.0
}

const FAILURE: &str = "[[event]]\nkind = \"failure\"\ncomponent = \"a\"\nstart = 2030-03-01T00:10:00Z\n\
    end = 2030-03-01T01:10:00Z\ndetected = 2030-03-01T00:20:00Z\n";

#[test]
fn users_are_down_until_the_plan_is_in_force() {
    let replay = both(&two_sites("unlimited", FAILURE));
    // An hour without a site; with the plan ten minutes.
    let nothing = minutes(of(&replay, Conduct::Nothing));
    assert!((60.0..61.1).contains(&nothing), "{nothing}");
    let plan = minutes(of(&replay, Conduct::Plan));
    assert!((plan - 10.0).abs() < 0.1, "{plan}");
}

#[test]
fn users_are_down_until_they_are_accepted() {
    // 1,000 users, 2 a second: the wave behind the failure lasts 500 seconds, so that they wait 250 on average.
    let replay = both(&two_sites("2", FAILURE));
    let plan = minutes(of(&replay, Conduct::Plan));
    assert!((plan - 10.0 - 250.0 / 60.0).abs() < 0.1, "{plan}");
}

#[test]
fn a_drain_in_waves_hurts_nobody_and_one_at_once_everybody_who_waits() {
    let works = |drain: &str| {
        format!(
            "[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\nstart = 2030-03-01T01:00:00Z\n\
             end = 2030-03-01T02:00:00Z\n{drain}"
        )
    };
    let staged = both(&two_sites("2", &works("")));
    assert!(minutes(of(&staged, Conduct::Plan)) < 1e-6);
    let nothing = minutes(of(&staged, Conduct::Nothing));
    assert!((60.0..61.1).contains(&nothing), "{nothing}");
    // Refused, and played as it was asked for: 1,000 users in a minute, 2 a second accepted. The last of 500 seconds' work is
    // done 440 seconds after the minute; the queue grows for 60 seconds and shrinks for 440.
    let at_once = both(&two_sites("2", &works("drain_minutes = 1\n")));
    let plan = minutes(of(&at_once, Conduct::Plan));
    let expected = (880.0 * 60.0 / 2.0 + 880.0 * 440.0 / 2.0) / 1000.0 / 60.0;
    assert!(
        (plan / expected - 1.0).abs() < 0.05,
        "{plan}, expected {expected}"
    );
}
