//! Drawn inventories and scenarios.

use super::compared::{Near, differences, total_differences};
use super::place::{event, place};
use crate::draw::Size;
use crate::draw::random::Random;
use crate::levels::{assert_none, found_in_changed_draws};
use plimsoll::model::{Inventory, Scenario};

#[test]
fn drawn_inventories_are_played_alike() {
    let change = |seed: u64, _: &mut Inventory, scenario: &mut Scenario| {
        scenario.replay.step_seconds = if seed.is_multiple_of(2) { 600.0 } else { 300.0 };
    };
    let near: Near = 0.01;
    let found = |inventory: &Inventory, scenario: &Scenario| differences(inventory, scenario, near);
    assert_none(&found_in_changed_draws(Size::SMALL, 30, change, found));
}

/// One place of everything: a gate or none, queues of any length, timeouts and retries, and an hour of trouble.
fn drawn_place(seed: u64) -> (Inventory, Scenario) {
    let mut random = Random::new(seed);
    let mut cell = |choices: &[&str]| (*random.one_of(choices)).to_owned();
    let resources = format!(
        "resource,unit,scope,overload,queue_seconds\nwork,jobs/s,site,{}\nnet,Gbit/s,network,{}\n",
        cell(&["queue,", "queue,15", "queue,70", "lose,"]),
        cell(&["queue,", "queue,15", "lose,", "lose,"]),
    );
    let profiles = format!(
        "profile,work,net,timeout_seconds,late_seconds,retries,sessions_per_hour,session_cost\n\
         p,1,1,{},{},{},{},{}\nq,2,0.5,{},{},{},{},{}\n",
        cell(&["", "20", "60"]),
        cell(&["", "10", "90"]),
        cell(&["0", "0.5", "1", "3"]),
        cell(&["0", "1", "6"]),
        cell(&["0", "0", "5"]),
        cell(&["", "20", "60"]),
        cell(&["", "10", "90"]),
        cell(&["0", "0.5", "1", "3"]),
        cell(&["0", "1", "6"]),
        cell(&["0", "0", "5"]),
    );
    let elements = format!(
        "element,kind,accepts_per_second,sheds_stale_work,net,pool\n\
         fw,firewall,{},{},{},\nlb-1,load-balancer,{},no,500,lb\nlb-2,load-balancer,{},{},500,lb\n",
        cell(&["unlimited", "unlimited", "3", "10"]),
        cell(&["no", "no", "yes"]),
        cell(&["unlimited", "800", "1200"]),
        cell(&["unlimited", "3", "10"]),
        cell(&["unlimited", "3", "10"]),
        cell(&["no", "no", "yes"]),
    );
    let accepts = cell(&["unlimited", "unlimited", "5"]);
    let sites = format!(
        "site,work,accepts_per_second\na,{},{accepts}\n",
        cell(&["850", "1000", "1400"])
    );
    let who = cell(&["a", "fw", "lb-1", "lb-2", "in", "l1", "l3"]);
    let trouble =
        match cell(&["out", "half", "gray", "gray", "slow", "cut", "cut", "surge"]).as_str() {
            "out" => event(
                "failure",
                10,
                20,
                &format!("component = \"{who}\"\ndetected = 2030-03-01T00:15:00Z"),
            ),
            "half" => event(
                "failure",
                10,
                20,
                "component = \"a\"\nresources = [\"work\"]\ncapacity = 0.3",
            ),
            "gray" => event(
                "gray",
                10,
                20,
                &format!("component = \"{who}\"\nloss = 0.4\ndetected = 2030-03-01T00:15:00Z"),
            ),
            "slow" => event(
                "slow",
                10,
                20,
                "component = \"a\"\nshare = 0.1\nfactor = 30",
            ),
            "cut" => event("disconnect", 10, 12, &format!("component = \"{who}\"")),
            _ => event("surge", 10, 20, "factor = 1.4\nprofile = \"p\""),
        };
    let later = event("disconnect", 40, 40, "client_region = \"r\"");
    let replay = format!(
        "[replay]\nstep_seconds = {}\nbackoff_seconds = {}\njitter = {}\nreturn_seconds = {}\naccept_queue_seconds = {}\n",
        4,
        cell(&["0", "0", "15"]),
        cell(&["0", "0", "0.5", "1"]),
        cell(&["60", "120"]),
        cell(&["25", "300"]),
    );
    let links = "link,from,to,latency_ms\nl0,r,in,5\nl1,in,fw,5\nl2,fw,lb,0\nl3,lb,a,0\n";
    let shards = "shard,tenant,users,site,profile,client_region,tier\ns,t,500,a,p,r,gold\nu,v,150,a,q,r,gold\n";
    place(
        &[
            ("resources.csv", &resources),
            ("profiles.csv", &profiles),
            ("elements.csv", &elements),
            ("sites.csv", &sites),
            ("links.csv", links),
            ("shards.csv", shards),
        ],
        &format!("{trouble}{later}{replay}"),
    )
}

#[test]
fn drawn_places_are_played_alike() {
    let number = |name: &str| -> Option<u64> { std::env::var(name).ok()?.parse().ok() };
    let first = number("PLIMSOLL_FIRST").unwrap_or(0);
    let count = number("PLIMSOLL_SEEDS").unwrap_or(30);
    let found = (first..first + count).flat_map(|seed| {
        let (inventory, scenario) = drawn_place(seed);
        let found = total_differences(&inventory, &scenario, 0.05);
        found
            .into_iter()
            .map(move |text| format!("seed {seed} {text}"))
    });
    let found: Vec<String> = found.collect();
    assert_none(&found);
}
