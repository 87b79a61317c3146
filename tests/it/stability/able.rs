//! Where an overload can keep itself up: it depends on how long work waits and on how soon its client gives up.

use super::{holding, of, read_files};
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::Stability;

/// A site whose queue is so long, and whose users give up so soon.
fn queued(queue_seconds: &str, timeout: &str, policy: &str) -> (Inventory, Scenario) {
    let resources = format!("resource,unit,scope,queue_seconds\ncpu,vCPU,site,{queue_seconds}\n");
    let profiles = format!("profile,cpu,retries,timeout_seconds\np,1,1,{timeout}\n");
    read_files(
        &[
            ("resources.csv", &resources),
            ("sites.csv", "site,cpu\nd,1000\ne,0\n"),
            ("profiles.csv", &profiles),
            (
                "shards.csv",
                "shard,tenant,users,site,profile,client_region,tier\ns,t,800,d,p,r,gold\n",
            ),
        ],
        policy,
    )
}

#[test]
fn only_work_that_is_given_up_while_it_waits_keeps_an_overload_up() {
    let cases = [
        ("", "30", Stability::Vulnerable),
        ("60", "30", Stability::Vulnerable),
        ("30", "30", Stability::Vulnerable),
        // Nobody gives up in a queue of 29 s, and nobody without a timeout.
        ("29", "30", Stability::Stable),
        ("", "", Stability::Stable),
    ];
    for (queue, timeout, expected) in cases {
        let (inventory, scenario) = queued(queue, timeout, "");
        let plan = holding(&inventory, &scenario);
        let retry_margin = of(&inventory, &plan.periods[0].stability, "d", 0);
        assert_eq!(retry_margin.stability, expected, "{queue} and {timeout}");
        assert_eq!(
            retry_margin.retry_load.is_some(),
            expected == Stability::Vulnerable
        );
        let (inventory, scenario) = queued(queue, timeout, "[policy]\nrequire_stable = true\n");
        let plan = holding(&inventory, &scenario);
        let unserved = if expected == Stability::Stable {
            0.0
        } else {
            300.0
        };
        let found = plan.periods[0].totals.unserved;
        assert!(
            (found - unserved).abs() < 2e-3,
            "{found}: {queue} and {timeout}"
        );
    }
}

/// 3,600 users open a session an hour each, one a second, at a gate of so many a second; each tries twice again.
fn gated(accepts: &str, queue: &str, policy: &str) -> (Inventory, Scenario) {
    let access_points = format!("access_point,accepts_per_second\nin,{accepts}\n");
    read_files(
        &[
            ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
            ("sites.csv", "site,cpu\nd,90000\ne,0\n"),
            ("access_points.csv", &access_points),
            (
                "profiles.csv",
                "profile,cpu,retries,timeout_seconds,sessions_per_hour\np,1,2,30,1\n",
            ),
            (
                "shards.csv",
                "shard,tenant,users,site,profile,client_region,tier\ns,t,3600,d,p,r,gold\n",
            ),
        ],
        &format!("{policy}[replay]\naccept_queue_seconds = {queue}\n"),
    )
}

#[test]
fn new_sessions_wait_at_their_gate_and_are_tried_again() {
    let cases = [
        ("3.1", "300", Stability::Stable, 0.0),
        (
            "2.9",
            "300",
            Stability::Vulnerable,
            3600.0 * (1.0 - 2.9 / 3.0),
        ),
        // What would wait longer than anybody's patience is turned away at once.
        ("2.9", "20", Stability::Stable, 0.0),
    ];
    for (accepts, queue, expected, unserved) in cases {
        let (inventory, scenario) = gated(accepts, queue, "");
        let plan = holding(&inventory, &scenario);
        let sessions = inventory.sessions().expect("a gate").index();
        let retry_margin = of(&inventory, &plan.periods[0].stability, "in", sessions);
        assert_eq!(retry_margin.stability, expected, "{accepts} and {queue}");
        if queue == "300" {
            let offered = retry_margin.retry_load.expect("it can lock in");
            assert!((offered - 3.0).abs() < 1e-9, "{offered}");
        }
        let (inventory, scenario) = gated(accepts, queue, "[policy]\nrequire_stable = true\n");
        let plan = holding(&inventory, &scenario);
        let found = plan.periods[0].totals.unserved;
        assert!(
            (found - unserved).abs() < 2e-2,
            "{found}: {accepts} and {queue}"
        );
    }
}

/// Opening a session takes work, which is tried again like the session.
#[test]
fn the_work_of_opening_sessions_is_tried_again_too() {
    let (inventory, scenario) = read_files(
        &[
            ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
            ("sites.csv", "site,cpu\nd,1000\ne,0\n"),
            (
                "profiles.csv",
                "profile,cpu,retries,timeout_seconds,sessions_per_hour,session_cost\np,1,1,30,36,50\n",
            ),
            (
                "shards.csv",
                "shard,tenant,users,site,profile,client_region,tier\ns,t,400,d,p,r,gold\n",
            ),
        ],
        "",
    );
    let plan = holding(&inventory, &scenario);
    let retry_margin = of(&inventory, &plan.periods[0].stability, "d", 0);
    // 36 sessions an hour of 50 s of work each are half a user more: 600, and as much again.
    assert!(
        (retry_margin.load - 600.0).abs() < 1e-9,
        "{}",
        retry_margin.load
    );
    let offered = retry_margin.retry_load.expect("it can lock in");
    assert!((offered - 1200.0).abs() < 1e-9, "{offered}");
    assert_eq!(retry_margin.stability, Stability::Vulnerable);
}
