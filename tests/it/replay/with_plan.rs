//! Plans played beside nobody doing anything, worked out by hand.

use crate::folders::file;
use crate::levels::{planned, written};
use plimsoll::engine::{replay, replay_plan};
use plimsoll::inventory;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::replay::{Conduct, Replay, Run};
use plimsoll::plan_files::{self, PlanFile};
use plimsoll::scenario::{self, ScenarioText};
use plimsoll::solve::Stop;

/// 1,000 users at site a, and room for them at site b, whose load balancer accepts so many sessions a second.
fn two_sites(accepts: &str, events: &str) -> (Inventory, Scenario) {
    place(
        &format!("lb-a,load-balancer,,unlimited\nlb-b,load-balancer,,{accepts}\n"),
        "l0,r,in,5\nl1,in,lb-a,5\nl2,lb-a,a,0\nl3,in,lb-b,6\nl4,lb-b,b,0\n",
        events,
    )
}

/// 1,000 users at site a, behind an access point and such elements (kind, pool, sessions accepted a second) and links.
fn place(elements: &str, links: &str, events: &str) -> (Inventory, Scenario) {
    let files = [
        file("resources.csv", "resource,unit,scope\nwork,jobs/s,site\n"),
        file("profiles.csv", "profile,work\np,1\n"),
        file("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        file("client_regions.csv", "client_region\nr\n"),
        file("sites.csv", "site,work\na,2000\nb,2000\n"),
        file(
            "access_points.csv",
            "access_point,accepts_per_second\nin,2000\n",
        ),
        file(
            "elements.csv",
            &format!("element,kind,pool,accepts_per_second\n{elements}"),
        ),
        file("links.csv", &format!("link,from,to,latency_ms\n{links}")),
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
    let replay = replay(inventory, scenario, Some(&read), true, &Stop::default())
        .expect("the plan names what there is")
        .expect("a replay");
    // A plan in memory replays as its files do.
    let run = replay_plan(inventory, scenario, &plan, &Stop::default()).expect("a replay");
    let of_files = of(&replay, Conduct::Plan);
    assert_eq!(run.cuts, of_files.cuts);
    assert_eq!(run.moments, of_files.moments);
    assert_eq!(run.totals, of_files.totals);
    replay
}

fn of(replay: &Replay, conduct: Conduct) -> &Run {
    let mut runs = replay.runs.iter();
    runs.find(|run| run.conduct == conduct).expect("played")
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
    let maintenance = |drain: &str| {
        format!(
            "[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\nstart = 2030-03-01T01:00:00Z\n\
             end = 2030-03-01T02:00:00Z\n{drain}"
        )
    };
    let staged = both(&two_sites("2", &maintenance("")));
    assert!(minutes(of(&staged, Conduct::Plan)) < 1e-6);
    let nothing = minutes(of(&staged, Conduct::Nothing));
    assert!((60.0..61.1).contains(&nothing), "{nothing}");
    // Refused, and played as it was asked for: 1,000 users in a minute, 2 a second accepted. The last of 500 seconds' work is
    // done 440 seconds after the minute; the queue grows for 60 seconds and shrinks for 440.
    let at_once = both(&two_sites("2", &maintenance("drain_minutes = 1\n")));
    let plan = minutes(of(&at_once, Conduct::Plan));
    let expected = (880.0 * 60.0 / 2.0 + 880.0 * 440.0 / 2.0) / 1000.0 / 60.0;
    assert!(
        (plan / expected - 1.0).abs() < 0.05,
        "{plan}, expected {expected}"
    );
}

/// Works on a component from one to two o'clock.
fn maintenance(component: &str) -> String {
    format!(
        "[[event]]\nkind = \"maintenance\"\ncomponent = \"{component}\"\nstart = 2030-03-01T01:00:00Z\n\
         end = 2030-03-01T02:00:00Z\n"
    )
}

#[test]
fn a_member_of_a_pool_is_left_by_and_by_ahead_of_its_maintenance() {
    let elements = "lb-1,load-balancer,lb,2\nlb-2,load-balancer,lb,2\n";
    let links = "l0,r,in,5\nl1,in,lb,5\nl2,lb,a,0\n";
    let replay = both(&place(elements, links, &maintenance("lb-1")));
    assert!(minutes(of(&replay, Conduct::Plan)) < 1e-6);
    // Half of them fall when the works begin, and 2 a second are accepted: the last of 500 after 250 seconds. When it comes
    // back nobody loses his session.
    let nothing = minutes(of(&replay, Conduct::Nothing));
    let expected = 500.0 * 250.0 / 2.0 / 1000.0 / 60.0;
    assert!(
        (nothing / expected - 1.0).abs() < 0.01,
        "{nothing}, expected {expected}"
    );
    // They come to the other one in the 250 seconds ahead, and back in as many behind.
    let connected = |from: i64, to: i64| -> f64 {
        let moments = of(&replay, Conduct::Plan).moments.iter();
        let one = "2030-03-01T01:00:00Z".parse::<jiff::Timestamp>();
        let one = one.expect("an instant").as_second();
        let inside = moments.filter(|moment| {
            let second = moment.start.as_second() - one;
            from <= second && second < to
        });
        inside.map(|moment| moment.connected).sum()
    };
    assert!((connected(-250, 0) * 5.0 / 500.0 - 1.0).abs() < 0.01);
    assert!((connected(3600, 3850) * 5.0 / 500.0 - 1.0).abs() < 0.01);
    assert!(connected(0, 3600) < 1e-6 && connected(3850, 7200) < 1e-6);
}

#[test]
fn who_is_turned_connects_only_where_he_did_not_pass() {
    // All of them pass the access point before and after, which accepts less than one of them an hour.
    let elements = "lb-1,load-balancer,,2\nlb-2,load-balancer,,2\n";
    let links = "l0,r,in,5\nl1,in,lb-1,5\nl2,lb-1,a,0\nl3,in,lb-2,6\nl4,lb-2,a,0\n";
    let (mut inventory, scenario) = place(elements, links, &maintenance("lb-1"));
    inventory.access_points[0].accepts_per_second = Some(0.0002);
    let replay = both(&(inventory, scenario));
    let plan = minutes(of(&replay, Conduct::Plan));
    assert!(plan < 1e-6, "{plan}");
    // Nobody acts: there is no way for an hour, and then hardly anybody is let in.
    let nothing = minutes(of(&replay, Conduct::Nothing));
    assert!(nothing > 119.0, "{nothing}");
}
