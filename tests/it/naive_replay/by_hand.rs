//! Small places, one rule or two at a time.

use super::compared::{NEAR, differences};
use super::place::{event, place};
use crate::levels::assert_none;

#[track_caller]
fn agree(files: &[(&str, &str)], scenario: &str) {
    let (inventory, scenario) = place(files, scenario);
    assert_none(&differences(&inventory, &scenario, NEAR));
}

const STEP: &str = "[replay]\nstep_seconds = 10\n";

/// All of the site's work is gone from 00:10 to 00:15.
fn jam() -> String {
    event(
        "failure",
        10,
        15,
        "component = \"a\"\nresources = [\"work\"]",
    )
}

fn profile(columns: &str, cells: &str) -> String {
    format!("profile,work,{columns}\np,1,{cells}\n")
}

#[test]
fn a_queue_without_timeouts() {
    agree(&[], &format!("{}{STEP}", jam()));
}

#[test]
fn a_queue_with_a_timeout() {
    let text = profile("timeout_seconds", "45");
    agree(&[("profiles.csv", &text)], &format!("{}{STEP}", jam()));
}

#[test]
fn a_queue_with_a_timeout_and_retries() {
    let text = profile("timeout_seconds,retries", "45,1");
    agree(&[("profiles.csv", &text)], &format!("{}{STEP}", jam()));
}

#[test]
fn a_queue_with_backoff_and_jitter() {
    let text = profile("timeout_seconds,retries", "45,2");
    let more = "backoff_seconds = 20\nbackoff_factor = 2\njitter = 0.5\n";
    agree(
        &[("profiles.csv", &text)],
        &format!("{}{STEP}{more}", jam()),
    );
}

#[test]
fn work_that_is_late_before_it_is_given_up() {
    let text = profile("timeout_seconds,late_seconds,retries", "90,20,1.5");
    agree(&[("profiles.csv", &text)], &format!("{}{STEP}", jam()));
}

#[test]
fn work_that_is_late_long_after_it_is_given_up() {
    let text = profile("timeout_seconds,late_seconds,retries", "30,100,3");
    agree(&[("profiles.csv", &text)], &format!("{}{STEP}", jam()));
}

#[test]
fn a_queue_of_limited_length() {
    let resources = "resource,unit,scope,queue_seconds\nwork,jobs/s,site,30\n";
    let text = profile("timeout_seconds,retries", "45,1");
    agree(
        &[("resources.csv", resources), ("profiles.csv", &text)],
        &format!("{}{STEP}", jam()),
    );
}

#[test]
fn work_waits_from_the_beginning() {
    let text = profile("timeout_seconds,retries", "100,1");
    let queued = "[[queued]]\ncomponent = \"a\"\nresource = \"work\"\namount = 60000\n";
    agree(&[], &format!("{STEP}{queued}"));
    agree(&[("profiles.csv", &text)], &format!("{STEP}{queued}"));
}

#[test]
fn what_is_lost_is_sent_again() {
    let resources = "resource,unit,scope,overload\nwork,jobs/s,site,lose\n";
    for timeout in ["", "30"] {
        let text = profile("timeout_seconds,retries", &format!("{timeout},1"));
        let half = event(
            "failure",
            10,
            25,
            "component = \"a\"\nresources = [\"work\"]\ncapacity = 0.5",
        );
        agree(
            &[("resources.csv", resources), ("profiles.csv", &text)],
            &format!("{half}{STEP}backoff_seconds = 15\n"),
        );
    }
}

#[test]
fn gray_loss() {
    for timeout in ["", "30"] {
        let text = profile("timeout_seconds,retries", &format!("{timeout},2"));
        let gray = event("gray", 10, 25, "component = \"lb\"\nloss = 0.3");
        agree(&[("profiles.csv", &text)], &format!("{gray}{STEP}"));
    }
}

#[test]
fn a_site_that_is_out() {
    for timeout in ["", "30"] {
        let text = profile("timeout_seconds,retries", &format!("{timeout},1"));
        let out = event("failure", 10, 25, "component = \"a\"");
        agree(&[("profiles.csv", &text)], &format!("{out}{STEP}"));
    }
}

#[test]
fn slow_work() {
    for more in [
        "",
        "\ntimeout_seconds = 5",
        "\ntimeout_seconds = 5\nretries = 2",
    ] {
        for columns in ["", "120"] {
            let text = profile("timeout_seconds,retries", &format!("{columns},1"));
            let slow = event(
                "slow",
                10,
                25,
                &format!("component = \"a\"\nshare = 0.05\nfactor = 20{more}"),
            );
            agree(&[("profiles.csv", &text)], &format!("{slow}{STEP}"));
        }
    }
}
