//! Fewest waves of small draws against all ways that there are, looked at set by set.

use crate::draw::random::Random;
use crate::folders::file;
use crate::levels::{judged, planned};
use plimsoll::inventory;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::Plan;
use plimsoll::scenario::{self, ScenarioText};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Three or four sites with little room, seven to nine shards, each of which is nearest to some site by chance.
fn drawn(seed: u64) -> (Inventory, Scenario, Vec<f64>) {
    let mut random = Random::new(seed);
    let sites = *random.one_of(&[3_usize, 3, 4]);
    let shards = *random.one_of(&[7_usize, 8, 9]);
    let users: Vec<usize> = (0..shards).map(|_| random.whole(4, 20)).collect();
    let homes: Vec<usize> = (0..shards)
        .map(|_| *random.one_of(&[0, 1, 2, 3]) % sites)
        .collect();
    let mut texts = [
        "site,cpu\n",
        "access_point\n",
        "client_region\n",
        "link,from,to,latency_ms\n",
    ]
    .map(str::to_owned);
    let [of_sites, entries, regions, links] = &mut texts;
    let mut rows = "shard,tenant,users,site,profile,client_region,tier\n".to_owned();
    let mut spares = Vec::new();
    for site in 0..sites {
        let at_home = users.iter().zip(&homes).filter(|(_, home)| **home == site);
        let spare: usize = at_home.map(|(users, _)| users).sum::<usize>() + random.whole(2, 14);
        writeln!(of_sites, "d{site},{spare}").expect("a text");
        spares.push(spare as f64);
    }
    for shard in 0..shards {
        writeln!(entries, "p{shard}").expect("a text");
        writeln!(regions, "r{shard}").expect("a text");
        writeln!(links, "e{shard},r{shard},p{shard},1").expect("a text");
        for site in 0..sites {
            let latency = random.whole(1, 60);
            writeln!(links, "l{shard}-{site},p{shard},d{site},{latency}").expect("a text");
        }
        let (users, home) = (users[shard], homes[shard]);
        writeln!(rows, "s{shard},t{shard},{users},d{home},p,r{shard},gold").expect("a text");
    }
    let [of_sites, entries, regions, links] = &texts;
    let files = [
        file(
            "resources.csv",
            "resource,unit,scope,headroom\ncpu,vCPU,site,0\n",
        ),
        file("profiles.csv", "profile,cpu\np,1\n"),
        file("tiers.csv", "tier,rank,availability\ngold,1,0.9\n"),
        file("sites.csv", of_sites),
        file("access_points.csv", entries),
        file("client_regions.csv", regions),
        file("links.csv", links),
        file("shards.csv", &rows),
    ];
    let inventory = inventory::read(&files).inventory.expect("it is sound");
    let text = "[scenario]\nname = \"fewest\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T08:00:00Z\n\
                [policy]\ndrain = \"anywhere\"\ngoals = [\"unserved\", \"latency\"]\n";
    let layer = ScenarioText {
        name: "fewest.toml".to_owned(),
        text: text.to_owned(),
    };
    let scenario = scenario::read(&[layer], &inventory).scenario;
    (inventory, scenario.expect("it is sound"), spares)
}

/// The fewest waves of all that there are: every set of moves from every set of moves done; `None` if there is no way.
fn fewest(inventory: &Inventory, spares: &[f64], plan: &Plan) -> Option<usize> {
    let moves = &plan.periods[0].moves;
    let mut at_home: BTreeMap<usize, f64> = BTreeMap::new();
    for shard in &inventory.shards {
        let site = shard.site.expect("all have homes").index();
        *at_home.entry(site).or_default() += shard.users as f64;
    }
    let bit = |set: usize, index: usize| set >> index & 1 == 1;
    let fits = |done: usize, wave: usize| {
        (0..spares.len()).all(|site| {
            let mut load = at_home.get(&site).copied().unwrap_or(0.0);
            for (index, moved) in moves.iter().enumerate() {
                let from = moved.from.expect("all have homes").index();
                if bit(done, index) && from == site {
                    load -= moved.users;
                }
                if bit(done | wave, index) && moved.to.index() == site {
                    load += moved.users;
                }
            }
            load <= spares[site] * (1.0 + 1e-9)
        })
    };
    let all = (1_usize << moves.len()) - 1;
    let mut waves: BTreeMap<usize, usize> = BTreeMap::from([(0, 0)]);
    let mut next = vec![0];
    while !next.is_empty() && !waves.contains_key(&all) {
        let mut reached = Vec::new();
        for done in next {
            let sets = (1..=all).filter(|set| set & done == 0);
            for set in sets.filter(|set| fits(done, *set)) {
                if !waves.contains_key(&(done | set)) {
                    waves.insert(done | set, waves[&done] + 1);
                    reached.push(done | set);
                }
            }
        }
        next = reached;
    }
    waves.get(&all).copied()
}

#[test]
fn few_shards_have_fewest_waves_and_no_transition_is_missed() {
    let (mut refused, mut many) = (0, 0);
    for seed in 0..60 {
        let (inventory, scenario, spares) = drawn(seed);
        let plan = planned(&inventory, &scenario);
        let verdict = judged(&inventory, &scenario, &plan);
        assert!(verdict.holds(), "seed {seed}: {verdict}");
        let Some(transition) = plan.transitions.first() else {
            continue;
        };
        let found = transition
            .refusal
            .is_none()
            .then_some(transition.waves.len());
        assert_eq!(found, fewest(&inventory, &spares, &plan), "seed {seed}");
        refused += usize::from(found.is_none());
        many += usize::from(found.is_some_and(|waves| waves > 2));
    }
    assert!(refused >= 5 && many >= 5, "{refused} {many}");
}
