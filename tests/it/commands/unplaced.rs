//! Users that onboarding brought before the start and that have no site: a plan places them, and no event has them down.

use super::{plimsoll, written};
use std::fs;
use tempfile::TempDir;

/// Twenty users joined a week before and have no site; both sites let 40 users an hour in. `b` loses a tenth of its capacity
/// and has enough left.
fn onboarded() -> TempDir {
    written(&[
        (
            "s.toml",
            "[scenario]\nname = \"s\"\nstart = 2012-11-13T09:00:00Z\nend = 2012-11-13T12:00:00Z\n\
             [[event]]\nkind = \"failure\"\ncomponent = \"b\"\ncapacity = 0.9\n",
        ),
        (
            "sites.csv",
            "site,cpu,move_in_per_hour\na,100,40\nb,100,40\n",
        ),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,9\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\n\
             s,t,10,a,mail,r,gold\nnew,t,0,,mail,r,gold\n",
        ),
        ("onboarding.csv", "date,shard,users\n2012-11-06,new,20\n"),
    ])
}

#[test]
fn users_without_a_site_before_the_start_are_named_apart_from_what_an_event_does() {
    let folder = onboarded();
    let args = ["--scenario", "s.toml", "--no-charts", "--out", "out"];
    let plan = plimsoll(&folder, &[&["plan", "."], &args[..]].concat());
    let plan = { plan }.output().expect("it runs");
    let text = String::from_utf8_lossy(&plan.stdout).into_owned();
    let apart = "20 users onboarded before the start have no site in the inventory; they are placed by this plan.";
    assert!(text.contains(apart), "{text}");
    assert!(!text.contains("20 of 30 users are down at once"), "{text}");
    assert!(!text.contains("readmit"), "{text}");
    let runbook = fs::read_to_string(folder.path().join("out/runbook.md")).expect("it is written");
    let tenant = "- tenant t: 20 users without a site in the inventory are placed";
    assert!(runbook.contains(tenant), "{runbook}");
    let replay = [
        "replay",
        ".",
        "--scenario",
        "s.toml",
        "--no-charts",
        "--out",
        "played",
    ];
    let output = plimsoll(&folder, &replay).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let with = "20 users onboarded before the start have no site in the inventory; they are placed by the plan.";
    assert!(text.contains(with), "{text}");
    let without = "20 users onboarded before the start have no site in the inventory; only a plan places them.";
    assert!(text.contains(without), "{text}");
    assert!(!text.contains("No site has capacity for them"), "{text}");
}
