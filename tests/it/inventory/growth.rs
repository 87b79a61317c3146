//! Findings about growth.csv.

use super::findings;

const TWO_REGIONS: &str = "client_region\nr\nempty\n";
const LINKS: &str = "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,empty,p,5\n";

fn of(rows: &str) -> String {
    findings(&[
        ("client_regions.csv", TWO_REGIONS),
        ("links.csv", LINKS),
        ("growth.csv", rows),
    ])
}

#[test]
fn a_row_selects_by_ids_that_exist() {
    assert_eq!(
        of("start,tenant,profile,monthly\n2027-01-01,tt,male,0.02\n"),
        r#"error: growth.csv:2: column tenant: found "tt", an unknown id, expected an id of a tenant [P3002]
hint: write `t` if it is meant, or add "tt" to shards.csv
error: growth.csv:2: column profile: found "male", an unknown id, expected an id in profiles.csv [P3002]
hint: add "male" to profiles.csv, or write an id of that file
"#
    );
}

#[test]
fn a_rate_is_a_range_above_minus_one() {
    assert_eq!(
        of(
            "start,monthly,low,high\n2027-01-01,-1,,\n2027-01-01,0.02,0.03,0.01\n2027-01-01,0.02,0.03,0.04\n"
        ),
        r#"error: growth.csv:2: column monthly: found "-1", expected a number above -1 [P2102]
hint: write a share: 0.2 is 20 %
error: growth.csv:3: column low: found 0.03, above the high end 0.01, expected a low end of at most the high end [P2203]
hint: swap the two
error: growth.csv:4: column monthly: found 0.02, outside 0.03 to 0.04, expected a rate between low and high [P2206]
hint: correct the three rates; a blank `low` or `high` is `monthly`
"#
    );
}

#[test]
fn growth_ends_after_its_start() {
    assert_eq!(
        of("start,end,monthly\n2027-06-01,2027-01-01,0.02\n"),
        "error: growth.csv:2: column end: found 2027-01-01T00:00:00Z, not after the start 2027-06-01T00:00:00Z, expected an end after the start [P2207]
hint: swap the two dates, or leave `end` blank if there is none
"
    );
}

#[test]
fn rows_that_multiply_beyond_reason_are_one_finding_at_the_steepest() {
    assert_eq!(
        of("start,profile,monthly\n2027-01-01,,0.02\n2027-01-01,mail,2\n"),
        "error: growth.csv:3: column monthly: found a rate by which users grow more than 1,000,000-fold within ten years, with 1 other row that is of the same shards, expected rates by which users grow at most 1,000-fold [P3303]
hint: write a share a month, such as 0.02 for 2 %, and an `end` where growth ends
"
    );
    assert_eq!(of("start,end,monthly\n2027-01-01,2027-04-01,2\n"), "");
    assert_eq!(of("start,monthly,high\n2027-01-01,0.05,0.059\n"), "");
    let steep = of("start,monthly,high\n2027-01-01,0.05,0.06\n");
    assert!(
        steep.contains("grow 1088-fold within ten years, expected"),
        "{steep}"
    );
}

#[test]
fn a_rate_of_no_shard_is_a_warning() {
    assert_eq!(
        of("start,client_region,monthly\n2027-01-01,empty,0.02\n"),
        "warning: growth.csv:2: found a rate of no shard, expected a rate of one shard or more [P3304]
hint: compare tenant, client region, profile and tier with shards.csv: one shard must have them all
"
    );
}

#[test]
fn who_leaves_after_growth_is_compared_with_users_of_then() {
    let leaving = |users: i64| {
        findings(&[
            (
                "growth.csv",
                "start,end,monthly\n2027-01-01,2029-01-01,0.1\n",
            ),
            (
                "onboarding.csv",
                &format!("date,shard,users\n2028-01-01,s,{users}\n"),
            ),
        ])
    };
    // 10 users are 31 a year later.
    assert_eq!(leaving(-31), "");
    assert!(
        leaving(-32).contains("found -32 of 31 users"),
        "{}",
        leaving(-32)
    );
}
