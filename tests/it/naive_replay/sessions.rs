//! Sessions that end and come back.

use super::compared::{NEAR, both, differences};
use super::place::{event, place};
use crate::levels::assert_none;
use std::fmt::Write as _;

#[track_caller]
fn agree(files: &[(&str, &str)], scenario: &str) {
    let (inventory, scenario) = place(files, scenario);
    assert_none(&differences(&inventory, &scenario, NEAR));
}

/// The timeouts are multiples of it.
const FINE: &str = "[replay]\nstep_seconds = 5\n";

const STEP: &str = "[replay]\nstep_seconds = 10\n";

/// A load balancer that accepts so many sessions a second.
fn gate(accepts: &str, sheds: &str) -> String {
    format!(
        "element,kind,accepts_per_second,sheds_stale_work\nlb,load-balancer,{accepts},{sheds}\n"
    )
}

fn profile(columns: &str, cells: &str) -> String {
    format!("profile,work,{columns}\np,1,{cells}\n")
}

fn disconnected(from: u32, to: u32, who: &str) -> String {
    event("disconnect", from, to, who)
}

const LB: &str = "component = \"lb\"";

#[test]
fn everybody_comes_back_through_a_gate() {
    let gate = gate("2", "");
    agree(
        &[("elements.csv", &gate)],
        &format!(
            "{}{STEP}accept_queue_seconds = 3000\n",
            disconnected(10, 10, LB)
        ),
    );
}

#[test]
fn the_queue_of_a_gate_is_short() {
    let gate = gate("2", "");
    agree(
        &[("elements.csv", &gate)],
        &format!(
            "{}{STEP}accept_queue_seconds = 60\n",
            disconnected(10, 10, LB)
        ),
    );
    let text = profile("retries", "2");
    let more =
        "accept_queue_seconds = 60\nbackoff_seconds = 20\njitter = 0.5\nreturn_seconds = 100\n";
    agree(
        &[("elements.csv", &gate), ("profiles.csv", &text)],
        &format!("{}{STEP}{more}", disconnected(10, 10, LB)),
    );
}

#[test]
fn attempts_to_connect_are_given_up() {
    for sheds in ["no", "yes"] {
        let gate = gate("2", sheds);
        let text = profile("timeout_seconds,retries", "45,1");
        agree(
            &[("elements.csv", &gate), ("profiles.csv", &text)],
            &format!("{}{FINE}", disconnected(10, 10, LB)),
        );
    }
}

#[test]
fn sessions_cost_work() {
    let text = profile("session_cost", "5");
    agree(
        &[("profiles.csv", &text)],
        &format!("{}{STEP}", disconnected(10, 10, LB)),
    );
    let text = profile("session_cost,timeout_seconds,retries", "5,20,1");
    let resources = "resource,unit,scope,queue_seconds\nwork,jobs/s,site,15\n";
    agree(
        &[("profiles.csv", &text), ("resources.csv", resources)],
        &format!("{}{STEP}", disconnected(10, 10, LB)),
    );
}

#[test]
fn sessions_begin_and_end_in_the_course_of_things() {
    let gate = gate("2", "");
    let text = profile("sessions_per_hour", "2");
    for event in [String::new(), disconnected(10, 10, LB)] {
        agree(
            &[("elements.csv", &gate), ("profiles.csv", &text)],
            &format!("{event}{STEP}"),
        );
    }
}

#[test]
fn a_client_region_is_disconnected_for_a_while() {
    let gate = gate("20", "");
    for timeout in ["", "30"] {
        let text = profile("timeout_seconds", timeout);
        agree(
            &[("elements.csv", &gate), ("profiles.csv", &text)],
            &format!("{}{STEP}", disconnected(10, 25, "client_region = \"r\"")),
        );
    }
    agree(
        &[],
        &format!("{}{STEP}", disconnected(10, 25, "client_region = \"r\"")),
    );
}

#[test]
fn a_component_is_disconnected_for_a_while() {
    let gate = gate("20", "");
    for who in [LB, "component = \"in\"", "component = \"a\""] {
        agree(
            &[("elements.csv", &gate)],
            &format!("{}{STEP}", disconnected(10, 25, who)),
        );
    }
}

#[test]
fn a_component_behind_a_gate_is_out_for_a_while() {
    let gate = gate("5", "");
    let text = profile("timeout_seconds,retries", "30,1");
    for who in ["lb", "in", "a"] {
        let out = event("failure", 10, 25, &format!("component = \"{who}\""));
        agree(
            &[("elements.csv", &gate), ("profiles.csv", &text)],
            &format!("{out}{STEP}"),
        );
    }
}

const POOL: &str =
    "element,kind,accepts_per_second,pool\nlb-1,load-balancer,2,lb\nlb-2,load-balancer,2,lb\n";

#[test]
fn a_member_of_a_pool_is_out_unknown_to_anybody() {
    let free = POOL
        .replace(",2,", ",,")
        .replace("lb-1,load-balancer,,lb", "lb-1,load-balancer,unlimited,lb")
        .replace("lb-2,load-balancer,,lb", "lb-2,load-balancer,unlimited,lb");
    let text = profile("timeout_seconds,retries", "30,1");
    for pool in [POOL, &free] {
        for profiles in ["profile,work\np,1\n", &text] {
            let out = event(
                "failure",
                10,
                40,
                "component = \"lb-1\"\ndetected = 2030-03-01T00:25:00Z",
            );
            agree(
                &[("elements.csv", pool), ("profiles.csv", profiles)],
                &format!("{out}{STEP}"),
            );
        }
    }
}

#[test]
fn a_member_of_a_pool_is_under_maintenance_and_comes_back() {
    let maintenance = event("maintenance", 10, 25, "component = \"lb-1\"");
    agree(&[("elements.csv", POOL)], &format!("{maintenance}{STEP}"));
    let again = event("failure", 35, 50, "component = \"lb-2\"");
    agree(
        &[("elements.csv", POOL)],
        &format!("{maintenance}{again}{STEP}"),
    );
}

#[test]
fn sessions_on_a_member_of_a_pool_are_disconnected() {
    agree(
        &[("elements.csv", POOL)],
        &format!("{}{STEP}", disconnected(10, 10, "component = \"lb-1\"")),
    );
    agree(
        &[("elements.csv", POOL)],
        &format!("{}{STEP}", disconnected(10, 25, "component = \"lb-1\"")),
    );
}

#[test]
fn demand_follows_the_hours() {
    let mut curve = "load_curve,hour,factor\nday,0,1\n".to_owned();
    for hour in 1..24 {
        writeln!(curve, "day,{hour},0.6").expect("a text");
    }
    let rise = curve.replace("day,0,1\n", "day,0,0.3\n");
    let gate = gate("0.2", "");
    for curve in [curve, rise] {
        agree(
            &[
                ("elements.csv", &gate),
                ("load_curves.csv", &curve),
                ("client_regions.csv", "client_region,load_curve\nr,day\n"),
            ],
            &format!("{}{STEP}", disconnected(10, 10, LB)),
        );
    }
}

#[test]
fn a_surge_comes_and_goes() {
    let gate = gate("2", "");
    let surge = event("surge", 20, 40, "factor = 1.3");
    agree(&[("elements.csv", &gate)], &format!("{surge}{STEP}"));
    agree(
        &[("elements.csv", &gate)],
        &format!("{surge}{}{STEP}", disconnected(15, 15, LB)),
    );
    agree(&[], &format!("{surge}{STEP}"));
    for minutes in ["0", "5", "30"] {
        let more = format!("factor = 1.3\narrive_minutes = {minutes}");
        let surge = event("surge", 20, 40, &more);
        agree(&[("elements.csv", &gate)], &format!("{surge}{STEP}"));
    }
}

#[test]
fn surges_of_which_one_comes_as_the_other_goes() {
    let one = event("surge", 10, 30, "factor = 1.2\nprofile = \"p\"");
    let other = event("surge", 20, 40, "factor = 0.7");
    agree(&[], &format!("{one}{other}{STEP}"));
}

#[test]
fn users_join_and_leave() {
    let gate = gate("2", "");
    let joining = "date,shard,users\n2030-03-01T00:20:00Z,s,400\n2030-03-01T00:50:00Z,s,-600\n";
    agree(
        &[("elements.csv", &gate), ("onboarding.csv", joining)],
        STEP,
    );
    let shards =
        "shard,tenant,users,site,profile,client_region,tier\ns,t,0,a,p,r,gold\nn,t,50,,p,r,gold\n";
    agree(
        &[
            ("elements.csv", &gate),
            (
                "onboarding.csv",
                joining
                    .split_inclusive('\n')
                    .take(2)
                    .collect::<String>()
                    .as_str(),
            ),
            ("shards.csv", shards),
        ],
        STEP,
    );
}

#[test]
fn something_is_out_from_the_very_beginning() {
    let text = profile("timeout_seconds,retries", "30,1");
    let all = [
        event(
            "failure",
            0,
            20,
            "component = \"lb-1\"\ndetected = 2030-03-01T00:10:00Z",
        ),
        event("maintenance", 0, 20, "component = \"lb-1\""),
        event("failure", 0, 20, "component = \"in\""),
        disconnected(0, 0, "component = \"in\""),
        disconnected(0, 0, "component = \"lb-1\""),
        disconnected(0, 5, "component = \"lb-1\""),
    ];
    for event in all {
        agree(
            &[("elements.csv", POOL), ("profiles.csv", &text)],
            &format!("{event}{STEP}"),
        );
    }
}

#[test]
fn clients_of_unlike_patience_wait_where_what_is_stale_is_thrown_away() {
    let gate = gate("2", "yes");
    let profiles = "profile,work,timeout_seconds,retries\np,1,,1\nq,1,20,1\nr,1,90,0\n";
    let shards = "shard,tenant,users,site,profile,client_region,tier\n\
                  s,t,100,a,p,r,gold\nu,t,300,a,q,r,gold\nv,t,200,a,r,r,gold\n";
    for more in ["", "accept_queue_seconds = 3000\n", "jitter = 0.5\n"] {
        let files = [
            ("elements.csv", gate.as_str()),
            ("profiles.csv", profiles),
            ("shards.csv", shards),
        ];
        agree(&files, &format!("{}{STEP}{more}", disconnected(10, 10, LB)));
    }
}

#[test]
fn who_has_no_session_is_reported_as_the_mean_of_a_step() {
    // 900 without a session at 00:10, and 20 accepted in the first step; the two of its first second leave nobody without one.
    let gate = gate("2", "");
    let scenario = format!("{}{STEP}", disconnected(10, 10, LB));
    let (inventory, scenario) = place(&[("elements.csv", &gate)], &scenario);
    let both = both(&inventory, &scenario);
    let [mean, at_its_end] = [both.run.moments[60].apart, both.reported.moments[60].apart];
    assert!((at_its_end - 880.0).abs() < 1e-3, "{at_its_end}");
    assert!((mean - 889.9).abs() < 1e-3, "{mean}");
}
