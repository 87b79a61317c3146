//! Of N identical sites j are lost: N / (N − j) of the capacity is what it takes (`docs/model.md` §10).

use super::{found, swept};
use crate::read::read;
use plimsoll::model::{FailureSet, Inventory, Recovery, Scenario};
use plimsoll::units::NOBODY;
use std::fmt::Write as _;

/// Users of each site: so many that every order of the others has as many of them.
pub(crate) const USERS: usize = 120;

/// Every order of some sites.
fn orders(of: &[usize]) -> Vec<Vec<usize>> {
    if of.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for &first in of {
        let others: Vec<usize> = of.iter().copied().filter(|index| *index != first).collect();
        for mut order in orders(&others) {
            order.insert(0, first);
            all.push(order);
        }
    }
    all
}

/// Sites that nothing tells apart, each with 120 users of one CPU in shards that have replicas at all other sites: one
/// shard for each order of these.
pub(crate) fn identical_sites(count: usize, capacity: f64) -> (Inventory, Scenario) {
    let mut sites = "site,cpu\n".to_owned();
    let mut shards = "shard,tenant,users,site,profile,client_region,tier\n".to_owned();
    let mut replicas = "shard,site,preference\n".to_owned();
    let mut links = "link,from,to,latency_ms\nin,r,p,5\n".to_owned();
    for site in 1..=count {
        writeln!(sites, "d{site},{capacity}").expect("a String takes everything");
        writeln!(links, "l{site},p,d{site},10").expect("a String takes everything");
        let others: Vec<usize> = (1..=count).filter(|other| *other != site).collect();
        let orders = orders(&others);
        for (number, order) in orders.iter().enumerate() {
            let shard = format!("s{site}-{number}");
            let users = USERS / orders.len();
            writeln!(shards, "{shard},t,{users},d{site},mail,r,gold").expect("the same");
            for (preference, other) in (1..).zip(order) {
                writeln!(replicas, "{shard},d{other},{preference}").expect("the same");
            }
        }
    }
    let files = [
        ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
        ("profiles.csv", "profile,cpu\nmail,1\n"),
        ("sites.csv", &sites),
        ("access_points.csv", "access_point\np\n"),
        ("links.csv", &links),
        ("client_regions.csv", "client_region\nr\n"),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        ("shards.csv", &shards),
        ("replicas.csv", &replicas),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let scenario = "[scenario]\nname = \"none\"\nstart = 2030-03-01T02:00:00Z\n\
                    end = 2030-03-01T06:00:00Z\n";
    read(&files, scenario)
}

#[test]
fn of_n_identical_sites_j_are_lost_without_loss_from_n_over_n_minus_j_of_the_capacity_on() {
    for count in 2..=5 {
        for lost in 1..count.min(4) {
            let exact = (USERS * count) as f64 / (count - lost) as f64;
            for (factor, is_enough) in [(1.0, true), (0.999, false)] {
                let (inventory, scenario) = identical_sites(count, exact * factor);
                let sweep = swept(&inventory, &scenario, FailureSet::Sites, lost);
                for recovery in Recovery::ALL {
                    for case_result in sweep.tally.of(recovery) {
                        let is_of_so_many = sweep.contingencies.size(case_result.case) == lost;
                        let label =
                            format!("{recovery:?}, {count} sites, case {}", case_result.case);
                        // Those left serve what they have: 0.999 of everybody.
                        let unserved = if is_of_so_many && !is_enough {
                            (USERS * count) as f64 * (1.0 - factor)
                        } else {
                            0.0
                        };
                        let difference = (case_result.unserved_users() - unserved).abs();
                        assert!(
                            difference <= 1e-6 * unserved + NOBODY,
                            "{label}: {case_result:?}"
                        );
                        assert_eq!(case_result.binding.is_empty(), unserved <= 0.0, "{label}");
                    }
                }
            }
        }
    }
}

#[test]
fn nobody_recovers_from_the_loss_of_all_sites() {
    let (inventory, scenario) = identical_sites(2, 1000.0);
    let sweep = swept(&inventory, &scenario, FailureSet::Sites, 2);
    for recovery in Recovery::ALL {
        let all = found(&sweep, &inventory, recovery, "d1+d2");
        assert_eq!(all.unserved, [240.0]);
        assert!(all.moved.abs() <= NOBODY, "{all:?}");
    }
}
