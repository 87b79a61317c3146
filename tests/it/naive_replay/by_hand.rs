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
    event("failure", 10, 15, "component = \"a\"\nresources = [\"work\"]")
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
    let own = profile("timeout_seconds", "45");
    agree(&[("profiles.csv", &own)], &format!("{}{STEP}", jam()));
}

#[test]
fn a_queue_with_a_timeout_and_retries() {
    let own = profile("timeout_seconds,retries", "45,1");
    agree(&[("profiles.csv", &own)], &format!("{}{STEP}", jam()));
}

#[test]
fn a_queue_with_backoff_and_jitter() {
    let own = profile("timeout_seconds,retries", "45,2");
    let more = "backoff_seconds = 20\nbackoff_factor = 2\njitter = 0.5\n";
    agree(&[("profiles.csv", &own)], &format!("{}{STEP}{more}", jam()));
}

#[test]
fn work_that_is_late_before_it_is_given_up() {
    let own = profile("timeout_seconds,late_seconds,retries", "90,20,1.5");
    agree(&[("profiles.csv", &own)], &format!("{}{STEP}", jam()));
}

#[test]
fn work_that_is_late_long_after_it_is_given_up() {
    let own = profile("timeout_seconds,late_seconds,retries", "30,100,3");
    agree(&[("profiles.csv", &own)], &format!("{}{STEP}", jam()));
}

#[test]
fn a_queue_of_limited_length() {
    let resources = "resource,unit,scope,queue_seconds\nwork,jobs/s,site,30\n";
    let own = profile("timeout_seconds,retries", "45,1");
    agree(
        &[("resources.csv", resources), ("profiles.csv", &own)],
        &format!("{}{STEP}", jam()),
    );
}
