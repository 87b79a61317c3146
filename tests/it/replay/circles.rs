//! Ways that pass the same elements in opposite orders.

use crate::folders::file;
use plimsoll::engine::replay;
use plimsoll::inventory;
use plimsoll::plan::replay::{Run, Short};
use plimsoll::scenario::{self, ScenarioText};
use plimsoll::solve::Stop;

/// Users of r1 pass A and then B, those of r2 pass B and then A, or as r1 does; those of r3 pass A, B and a gate that accepts
/// one of 1,000 a second, for which they are disconnected at 10:00.
fn played(second: &str, step_seconds: u32) -> Run {
    let links = format!(
        "link,from,to,latency_ms\nr1i,r1,i1,1\ni1a,i1,A,1\nab,A,B,1\nb1,B,d1,1\nr2i,r2,i2,1\n{second}\
         r3i,r3,i3,1\ni3a,i3,A,1\nbg,B,G,1\ng3,G,d3,1\n"
    );
    let files = [
        file(
            "resources.csv",
            "resource,unit,scope,overload\nreq,req/s,network,lose\n",
        ),
        file(
            "profiles.csv",
            "profile,req,retries,timeout_seconds\np,1,1,30\n",
        ),
        file("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        file("client_regions.csv", "client_region\nr1\nr2\nr3\n"),
        file("sites.csv", "site\nd1\nd2\nd3\n"),
        file("access_points.csv", "access_point\ni1\ni2\ni3\n"),
        file(
            "elements.csv",
            "element,kind,req,accepts_per_second\nA,router,10000,unlimited\nB,router,10000,unlimited\n\
             G,gateway,unlimited,1\n",
        ),
        file("links.csv", &links),
        file(
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns1,t1,1000,d1,p,r1,gold\n\
             s2,t2,1000,d2,p,r2,gold\ns3,t3,1000,d3,p,r3,gold\n",
        ),
    ];
    let reading = inventory::read(&files);
    let inventory = reading
        .inventory
        .unwrap_or_else(|| panic!("{:?}", reading.findings));
    let text = format!(
        "[scenario]\nname = \"circle\"\nstart = 2030-03-01T09:00:00Z\nend = 2030-03-01T12:00:00Z\n\n\
         [[event]]\nkind = \"disconnect\"\nclient_region = \"r3\"\nstart = 2030-03-01T10:00:00Z\n\n\
         [replay]\nstep_seconds = {step_seconds}\naccept_queue_seconds = 5\n"
    );
    let name = "circle.toml".to_owned();
    let reading = scenario::read(&[ScenarioText { name, text }], &inventory);
    let scenario = reading
        .scenario
        .unwrap_or_else(|| panic!("{:?}", reading.findings));
    let replay = replay(&inventory, &scenario, None, true, &Stop::default());
    let runs = replay.expect("no plan").expect("a replay").runs;
    runs.into_iter().next().expect("one run")
}

#[test]
fn work_that_goes_round_in_a_circle_is_held_up_no_more_than_other_work() {
    let straight = "i2a,i2,A,1\nb2,B,d2,1\n";
    let circle = "i2b,i2,B,1\nba,B,A,1\na2,A,d2,1\n";
    for step in [60, 10] {
        let [other, round] = [straight, circle].map(|second| played(second, step));
        for (run, what) in [(&other, "straight"), (&round, "in a circle")] {
            // 2,000 come beside a few sessions, and 10,000 can be taken: only the gate is short.
            let short: Vec<Short> = run.passages.iter().map(|passage| passage.short).collect();
            assert_eq!(short, [Short::Sessions], "{what}, steps of {step} s");
        }
        let minutes = [&other, &round].map(|run| run.totals.down_minutes());
        assert!(minutes[0] > 1000.0, "{minutes:?}");
        assert!(
            (minutes[1] / minutes[0] - 1.0).abs() < 1e-9,
            "{minutes:?}, steps of {step} s"
        );
    }
}
