//! Stability: where overloads keep themselves up with retries, by hand, in periods, hours and waves, and every rule found
//! broken where it is.

mod able;
pub(crate) mod planned;
mod statements;

use crate::levels::{judged, planned, written};
use crate::read::read;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{Plan, RetryMargin, Stability};

/// Files by name; `services.csv` and so on are made of them.
pub(crate) type Files<'a> = [(&'a str, &'a str)];

/// What is the same in all cases: an access point `in` that leads to the sites d and e.
const COMMON: [(&str, &str); 4] = [
    ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
    ("client_regions.csv", "client_region\nr\n"),
    ("access_points.csv", "access_point\nin\n"),
    (
        "links.csv",
        "link,from,to,latency_ms\nl0,r,in,5\nl1,in,d,5\nl2,in,e,6\n",
    ),
];

/// The inventory of these files and of those that are the same in all cases, where they are not given.
pub(crate) fn read_files(files: &Files<'_>, policy_and_events: &str) -> (Inventory, Scenario) {
    let common = COMMON.iter();
    let common = common.filter(|(name, _)| files.iter().all(|(text, _)| text != name));
    let all: Vec<(String, String)> = common
        .chain(files)
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    let scenario = format!(
        "[scenario]\nname = \"by hand\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T10:00:00Z\n{policy_and_events}"
    );
    read(&all, &scenario)
}

/// A site of 1,000 vCPU whose users demand one each and try so often again.
pub(crate) fn one_site(retries: &str, users: u32, policy: &str) -> (Inventory, Scenario) {
    let profiles = format!("profile,cpu,retries,timeout_seconds\np,1,{retries},30\n");
    let shards =
        format!("shard,tenant,users,site,profile,client_region,tier\ns,t,{users},d,p,r,gold\n");
    read_files(
        &[
            ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
            ("sites.csv", "site,cpu\nd,1000\ne,0\n"),
            ("profiles.csv", &profiles),
            ("shards.csv", &shards),
        ],
        policy,
    )
}

/// The plan, which the referee accepts as it is written.
pub(crate) fn holding(inventory: &Inventory, scenario: &Scenario) -> Plan {
    let plan = planned(inventory, scenario);
    let verdict = judged(inventory, scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    plan
}

/// How a component stands in one resource.
fn of<'p>(
    inventory: &Inventory,
    all: &'p [RetryMargin],
    component: &str,
    resource: usize,
) -> &'p RetryMargin {
    let mut all = all.iter();
    all.find(|retry_margin| {
        inventory.component_name(retry_margin.component) == component
            && retry_margin.resource.index() == resource
    })
    .expect("it is told of")
}

/// Load, load with retries, margin and class of a component and resource.
fn stands(
    inventory: &Inventory,
    all: &[RetryMargin],
    component: &str,
    resource: usize,
) -> (f64, Option<f64>, Option<f64>, Stability) {
    let retry_margin = of(inventory, all, component, resource);
    let rounded = |value: f64| (value * 1e6).round() / 1e6;
    (
        rounded(retry_margin.load),
        retry_margin.retry_load.map(rounded),
        retry_margin.margin.map(rounded),
        retry_margin.stability,
    )
}

#[test]
fn a_component_is_vulnerable_above_one_by_one_plus_retries() {
    for (retries, last) in [("0.1", 909), ("1", 499), ("2", 333), ("3", 249)] {
        for (users, expected) in [(last, Stability::Stable), (last + 1, Stability::Vulnerable)] {
            let (inventory, scenario) = one_site(retries, users, "");
            let plan = holding(&inventory, &scenario);
            let retry_margin = of(&inventory, &plan.periods[0].stability, "d", 0);
            assert_eq!(retry_margin.stability, expected, "{users} with {retries}");
            let threshold = retry_margin.threshold().expect("it has one");
            let expected = 1.0 / (1.0 + retries.parse::<f64>().expect("a number"));
            assert!((threshold - expected).abs() < 1e-12, "{threshold}");
            let margin = retry_margin.margin.expect("it has one");
            assert!((margin - (expected - f64::from(users) / 1000.0)).abs() < 1e-12);
        }
    }
}

/// Mail is tried three times again, web never. m1 has a copy at e, so 50 of its 200 are at each end already; 50 of d are
/// somebody else's. What waits at f is thrown away once it is stale, what waits at g is not.
fn of_every_kind(policy: &str) -> (Inventory, Scenario) {
    read_files(
        &[
            (
                "resources.csv",
                "resource,unit,scope,varies,replica_share,overload\n\
                 cpu,vCPU,site,yes,0.25,queue\nnet,Mbit/s,network,yes,0,queue\nstored,TiB,site,no,0,queue\n",
            ),
            (
                "profiles.csv",
                "profile,cpu,net,stored,retries,timeout_seconds\nmail,1,1,1,3,30\nweb,2,1,0,0,\n",
            ),
            ("sites.csv", "site,cpu,stored\nd,1000,5000\ne,400,5000\n"),
            ("access_points.csv", "access_point,net\nin,2000\n"),
            (
                "elements.csv",
                "element,net,sheds_stale_work\nf,1000,yes\ng,1000,no\n",
            ),
            (
                "links.csv",
                "link,from,to,latency_ms\nl0,r,in,5\nl1,in,f,5\nl2,f,d,0\nl3,in,g,6\nl4,g,e,0\n",
            ),
            (
                "shards.csv",
                "shard,tenant,users,site,profile,client_region,tier\n\
                 m1,t,200,d,mail,r,gold\nw1,t,100,d,web,r,gold\nx1,t,40,e,mail,r,gold\n",
            ),
            ("replicas.csv", "shard,site\nm1,e\n"),
            ("background.csv", "component,resource,load\nd,cpu,50\n"),
        ],
        policy,
    )
}

#[test]
fn copies_background_and_what_does_not_wait_try_nothing_again() {
    let (inventory, scenario) = of_every_kind("");
    let plan = holding(&inventory, &scenario);
    let all = &plan.periods[0].stability;
    let call = |component, resource| stands(&inventory, all, component, resource);
    let [cpu, net, stored] = [0, 1, 2];
    // 50 + 50 of the copy + 150 of mail + 200 of web, and 600 again.
    let margin = 450.0 / 1050.0 - 0.45;
    let rounded = |value: f64| Some((value * 1e6).round() / 1e6);
    let expected = (450.0, Some(1050.0), rounded(margin), Stability::Vulnerable);
    assert_eq!(call("d", cpu), expected);
    // 50 of the copy + 40, and 120 again.
    let margin = 90.0 / 210.0 - 90.0 / 400.0;
    let expected = (90.0, Some(210.0), rounded(margin), Stability::Stable);
    assert_eq!(call("e", cpu), expected);
    assert_eq!(call("d", stored), (200.0, None, None, Stability::Stable));
    let margin = 340.0 / 1060.0 - 340.0 / 2000.0;
    let expected = (340.0, Some(1060.0), rounded(margin), Stability::Stable);
    assert_eq!(call("in", net), expected);
    assert_eq!(call("f", net), (300.0, None, None, Stability::Stable));
    let margin = 40.0 / 160.0 - 0.04;
    let expected = (40.0, Some(160.0), rounded(margin), Stability::Stable);
    assert_eq!(call("g", net), expected);
    assert_eq!(all.len(), 7);
}

#[test]
fn the_tightest_hour_is_reported() {
    // A little more load at two o'clock, but at three more of those who try again.
    let curve = |name: &str, first: &str, second: &str| -> String {
        let hours = (0..24).map(|hour| match hour {
            2 => format!("{name},2,{first}\n"),
            3 => format!("{name},3,{second}\n"),
            _ => format!("{name},{hour},0.1\n"),
        });
        hours.collect()
    };
    let curves = format!(
        "load_curve,hour,factor\n{}{}",
        curve("early", "1", "0.25"),
        curve("late", "0.25", "1")
    );
    let (inventory, scenario) = read_files(
        &[
            ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
            (
                "profiles.csv",
                "profile,cpu,retries,timeout_seconds\nmail,1,3,30\nweb,1,0,30\n",
            ),
            ("sites.csv", "site,cpu\nd,300\ne,0\n"),
            ("load_curves.csv", &curves),
            (
                "client_regions.csv",
                "client_region,load_curve\nr,early\nq,late\n",
            ),
            (
                "links.csv",
                "link,from,to,latency_ms\nl0,r,in,5\nl1,in,d,5\nl2,in,e,6\nl3,q,in,5\n",
            ),
            (
                "shards.csv",
                "shard,tenant,users,site,profile,client_region,tier\nw,t,90,d,web,r,gold\nm,t,80,d,mail,q,gold\n",
            ),
        ],
        "[policy]\ndemand = \"hourly\"\n",
    );
    let plan = holding(&inventory, &scenario);
    let found = stands(&inventory, &plan.periods[0].stability, "d", 0);
    // 90 + 20 at two o'clock, 22.5 + 80 at three.
    assert!((plan.periods[0].load[[0, 0]] - 110.0).abs() < 1e-9);
    let margin = 102.5 / 342.5 - 102.5 / 300.0;
    let margin = Some((margin * 1e6_f64).round() / 1e6);
    assert_eq!(found, (102.5, Some(342.5), margin, Stability::Vulnerable));
}

/// d is under works from 06:00 to 08:00, and the 400 users there go to e, where 300 are; all try once again.
pub(crate) fn drained(policy: &str, cpu_of_e: u32) -> (Inventory, Scenario) {
    let sites = format!("site,cpu\nd,1000\ne,{cpu_of_e}\n");
    let events = "[[event]]\nkind = \"maintenance\"\ncomponent = \"d\"\nstart = 2030-03-01T06:00:00Z\n\
                  end = 2030-03-01T08:00:00Z\n";
    read_files(
        &[
            ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
            (
                "profiles.csv",
                "profile,cpu,retries,timeout_seconds\np,1,1,30\n",
            ),
            ("sites.csv", &sites),
            (
                "shards.csv",
                "shard,tenant,users,site,profile,client_region,tier\n\
                 d1,t,200,d,p,r,gold\nd2,t,200,d,p,r,gold\ne1,t,300,e,p,r,gold\n",
            ),
        ],
        &format!("{policy}{events}"),
    )
}

#[test]
fn a_wave_counts_whoever_has_moved_at_both_ends() {
    let (inventory, scenario) = drained("", 1000);
    let plan = holding(&inventory, &scenario);
    let first = &plan.transitions[0];
    assert_eq!((first.period, first.waves.len()), (1, 1));
    let all = &first.waves[0].stability;
    let d = stands(&inventory, all, "d", 0);
    assert_eq!(d, (400.0, Some(800.0), Some(0.1), Stability::Stable));
    let e = stands(&inventory, all, "e", 0);
    assert_eq!(e, (700.0, Some(1400.0), Some(-0.2), Stability::Vulnerable));
    let period = &plan.periods[1].stability;
    assert_eq!(stands(&inventory, period, "e", 0), e);
    // Nothing is left of d, and nothing is there.
    let d = stands(&inventory, period, "d", 0);
    assert_eq!(d, (0.0, Some(0.0), None, Stability::Stable));
}

#[test]
fn nothing_is_written_where_nobody_tries_again() {
    let (inventory, scenario) = one_site("0", 900, "");
    let plan = holding(&inventory, &scenario);
    assert!(plan.periods[0].stability.is_empty());
    let files = written(&inventory, &scenario, &plan);
    assert!(files.iter().all(|file| file.name != "stability.csv"));
    let (inventory, scenario) = one_site("1", 400, "");
    let plan = holding(&inventory, &scenario);
    let files = written(&inventory, &scenario, &plan);
    let written_file = files.iter().find(|file| file.name == "stability.csv");
    let text = String::from_utf8(written_file.expect("it is written").bytes.clone()).expect("text");
    assert_eq!(
        text,
        "period,wave,component,kind,resource,unit,load,retry_load,capacity,margin,stability\n\
         0,,d,site,cpu,vCPU,400,800,1000,0.09999999999999998,stable\n\
         0,,e,site,cpu,vCPU,0,0,0,,stable\n"
    );
}
