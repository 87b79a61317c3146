//! One site behind a load balancer, with room for variations.

use crate::read::read;
use plimsoll::model::{Inventory, Scenario};
use std::collections::BTreeMap;

/// Files of one site `a` behind a load balancer `lb`, which others replace or are added to, and the scenario behind its
/// first table; it lasts an hour and a half.
pub(super) fn place(files: &[(&str, &str)], scenario: &str) -> (Inventory, Scenario) {
    let shared = [
        ("resources.csv", "resource,unit,scope\nwork,jobs/s,site\n"),
        ("profiles.csv", "profile,work\np,1\n"),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        ("client_regions.csv", "client_region\nr\n"),
        ("sites.csv", "site,work\na,1000\n"),
        ("access_points.csv", "access_point\nin\n"),
        ("elements.csv", "element,kind\nlb,load-balancer\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl0,r,in,5\nl1,in,lb,5\nl2,lb,a,0\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns,t,900,a,p,r,gold\n",
        ),
    ];
    let texts: BTreeMap<&str, &str> = shared.into_iter().chain(files.iter().copied()).collect();
    let texts: Vec<(String, String)> = texts
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect();
    let head = "[scenario]\nname = \"place\"\nstart = 2030-03-01T00:00:00Z\nend = 2030-03-01T01:30:00Z\n\n";
    read(&texts, &format!("{head}{scenario}"))
}

/// An event from one minute to another.
pub(super) fn event(kind: &str, from: u32, to: u32, more: &str) -> String {
    let at = |minute: u32| format!("2030-03-01T{:02}:{:02}:00Z", minute / 60, minute % 60);
    format!(
        "[[event]]\nkind = \"{kind}\"\nstart = {}\nend = {}\n{more}\n\n",
        at(from),
        at(to)
    )
}
