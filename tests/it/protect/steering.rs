//! Silent faults on the way: steering that splits users over what may turn gray, by hand and against every home with
//! steering written out.

use super::gray::{holds, homes, protection};
use crate::draw::random::Random;
use crate::levels::planned;
use crate::naive::{Lp, Solver};
use crate::read::read;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::units::is_close;
use std::fmt::Write as _;

/// Users who enter at one access point and reach each site over some routers; what may turn gray are the routers.
struct World {
    /// By site, the routers that lead there, nearest first.
    routers: Vec<Vec<usize>>,
    router_count: usize,
    /// Tenant, users and site of every shard.
    shards: Vec<(&'static str, usize, usize)>,
    most: usize,
    severity: f64,
    max_loss: f64,
}

const TENANTS: [&str; 2] = ["t", "u"];

impl World {
    fn read(&self) -> (Inventory, Scenario) {
        let mut sites = "site,cpu\n".to_owned();
        let mut elements = "element\n".to_owned();
        let mut links = "link,from,to,latency_ms\nin,r,p,5\n".to_owned();
        for router in 0..self.router_count {
            let _ = writeln!(elements, "e-{router}");
            let _ = writeln!(links, "p-{router},p,e-{router},1");
        }
        for (site, routers) in self.routers.iter().enumerate() {
            let _ = writeln!(sites, "d-{site},100000");
            for (order, router) in routers.iter().enumerate() {
                let latency = 10 + 3 * site + order;
                let _ = writeln!(links, "l-{router}-{site},e-{router},d-{site},{latency}");
            }
        }
        let mut shards = "shard,tenant,users,site,profile,client_region,tier\n".to_owned();
        for (index, (tenant, users, site)) in self.shards.iter().enumerate() {
            let _ = writeln!(shards, "s-{index},{tenant},{users},d-{site},mail,r,gold");
        }
        let files = [
            (
                "resources.csv",
                "resource,unit,scope\ncpu,vCPU,site\n".to_owned(),
            ),
            ("profiles.csv", "profile,cpu\nmail,1\n".to_owned()),
            ("access_points.csv", "access_point\np\n".to_owned()),
            ("client_regions.csv", "client_region\nr\n".to_owned()),
            (
                "tiers.csv",
                "tier,rank,availability\ngold,1,0.999\n".to_owned(),
            ),
            ("sites.csv", sites),
            ("elements.csv", elements),
            ("links.csv", links),
            ("shards.csv", shards),
        ];
        let files = files.map(|(name, text)| (name.to_owned(), text));
        let scenario = format!(
            "[scenario]\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n\
             [protect]\nfailures = 0\ngray = {}\ngray_over = \"elements\"\nseverity = {}\n\
             max_loss = {{ gold = {} }}\n",
            self.most, self.severity, self.max_loss
        );
        read(&files, &scenario)
    }

    /// The least users beyond what may be lost, over all steering of these homes.
    fn least_beyond(&self, homes: &[usize]) -> f64 {
        let mut lp = Lp::default();
        // By site and router, the share of the users there.
        let by_site: Vec<Vec<(usize, usize)>> = (self.routers.iter())
            .map(|routers| {
                let columns: Vec<(usize, usize)> = routers
                    .iter()
                    .map(|router| (*router, lp.column(1.0)))
                    .collect();
                lp.equal(
                    columns.iter().map(|(_, column)| (*column, 1.0)).collect(),
                    1.0,
                );
                columns
            })
            .collect();
        let mut objective = Vec::new();
        for tenant in TENANTS {
            let shards = self.shards.iter().zip(homes);
            let pairs: Vec<(f64, usize)> = shards
                .filter(|(shard, _)| shard.0 == tenant)
                .map(|(shard, home)| (shard.1 as f64, *home))
                .collect();
            let all: f64 = pairs.iter().map(|(users, _)| users).sum();
            if all <= 0.0 {
                continue;
            }
            let beyond = lp.column(f64::INFINITY);
            objective.push((beyond, all));
            for set in 0..1_u32 << self.router_count {
                if set.count_ones() as usize > self.most {
                    continue;
                }
                let mut terms = vec![(beyond, -1.0)];
                for (users, home) in &pairs {
                    for (router, column) in &by_site[*home] {
                        if set >> router & 1 == 1 {
                            terms.push((*column, self.severity * users / all));
                        }
                    }
                }
                lp.at_most(terms, self.max_loss);
            }
        }
        let columns = lp
            .minimise(&objective, Solver::Microlp)
            .expect("it is feasible");
        objective
            .iter()
            .map(|(column, cost)| columns[*column] * cost)
            .sum()
    }

    fn all_homes(&self) -> Vec<Vec<usize>> {
        let sites = self.routers.len();
        let count = sites.pow(u32::try_from(self.shards.len()).expect("few"));
        let homes = |mut path: usize| -> Vec<usize> {
            let shards = self.shards.iter();
            let sites = shards.map(|_| {
                let site = path % sites;
                path /= sites;
                site
            });
            sites.collect()
        };
        (0..count).map(homes).collect()
    }
}

#[test]
fn users_of_one_shard_are_split_over_the_routers_of_its_site() {
    let mut world = World {
        routers: vec![vec![0, 1, 2]],
        router_count: 3,
        shards: vec![("t", 90, 0)],
        most: 1,
        severity: 0.5,
        max_loss: 0.5,
    };
    // All over the nearest; at most 40 % there, 40 % over the next and the rest over the last; a third over each, which
    // is more than is asked.
    for (max_loss, shares, beyond) in [
        (0.5, vec![90.0], 0.0),
        (0.2, vec![36.0, 36.0, 18.0], 0.0),
        (0.1, vec![30.0, 30.0, 30.0], 6.0),
    ] {
        world.max_loss = max_loss;
        let (inventory, scenario) = world.read();
        let plan = planned(&inventory, &scenario);
        holds(&inventory, &scenario, &plan);
        let period = &plan.periods[0];
        let mut users: Vec<f64> = period.flows.iter().map(|flow| flow.users).collect();
        users.sort_by(|a, b| b.total_cmp(a));
        assert_eq!(users.len(), shares.len(), "{max_loss}: {users:?}");
        for (users, share) in users.iter().zip(&shares) {
            assert!(is_close(*users, *share, 1e-6), "{max_loss}: {users}");
        }
        let value = protection(period).users_beyond();
        assert!((value - beyond).abs() < 1e-6, "{max_loss}: {value}");
    }
}

#[test]
fn homes_are_sought_from_which_steering_can_split() {
    // Two sites with two routers each: a quarter of four shards over each router needs both sites.
    let world = World {
        routers: vec![vec![0, 1], vec![2, 3]],
        router_count: 4,
        shards: vec![("t", 10, 0), ("t", 10, 0), ("t", 10, 0), ("t", 10, 0)],
        most: 1,
        severity: 1.0,
        max_loss: 0.25,
    };
    let (inventory, scenario) = world.read();
    let plan = planned(&inventory, &scenario);
    holds(&inventory, &scenario, &plan);
    let period = &plan.periods[0];
    assert!(protection(period).is_whole());
    let mut homes = homes(period);
    homes.sort_unstable();
    assert_eq!(homes, [0, 0, 1, 1]);
}

#[test]
fn steering_is_the_best_that_is_written_out() {
    let mut wrong = Vec::new();
    let (mut as_good, mut beyond, mut within, mut split) = (0, 0, 0, 0);
    for seed in 0..50_u64 {
        let mut random = Random::new(seed);
        let router_count = random.whole(2, 4);
        let sites = random.whole(1, 3);
        let routers = (0..sites)
            .map(|_| {
                let all: Vec<usize> = (0..router_count).collect();
                let mut indexes = random.shuffled(&all);
                indexes.truncate(random.whole(1, router_count));
                indexes
            })
            .collect();
        let shards = (0..random.whole(1, 4))
            .map(|_| {
                let tenant = TENANTS[usize::from(random.chance(0.3))];
                (tenant, random.whole(1, 30), random.whole(0, sites - 1))
            })
            .collect();
        let world = World {
            routers,
            router_count,
            shards,
            most: random.whole(1, 2),
            severity: 0.5,
            max_loss: random.whole(10, 45) as f64 / 100.0,
        };
        let (inventory, scenario) = world.read();
        let plan = planned(&inventory, &scenario);
        let period = &plan.periods[0];
        let protection = protection(period);
        let value = protection.users_beyond();
        holds(&inventory, &scenario, &plan);
        let best_steering = world.least_beyond(&homes(period));
        let all = world.all_homes();
        let least = all.iter().map(|homes| world.least_beyond(homes));
        let least = least.fold(f64::INFINITY, f64::min);
        if (value - best_steering).abs() > 1e-6 * best_steering.max(1.0) {
            wrong.push(format!("seed {seed}: {value} instead of {best_steering}"));
        }
        if protection.least_lost > least + 1e-6 {
            wrong.push(format!(
                "seed {seed}: {} is said to be proven, {least} is found",
                protection.least_lost
            ));
        }
        as_good += usize::from(value <= least + 1e-6 * least.max(1.0));
        beyond += usize::from(least > 1e-6);
        within += usize::from(least <= 1e-6);
        split += usize::from(period.flows.len() > homes(period).len());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        beyond > 10 && within > 10 && split > 10,
        "{beyond} {within} {split}"
    );
    assert!(as_good >= 48, "{as_good} of 50");
}
