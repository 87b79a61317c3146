//! Long because every rule about silent faults has its case here.
//!
//! Silent faults that a plan bounds, by hand and against every home of every shard.

use crate::draw::random::Random;
use crate::levels::{judged, judged_files, planned, written};
use crate::naive::{Lp, Solver};
use crate::read::read;
use plimsoll::ids::SiteId;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{PeriodPlan, Plan, Protection};
use plimsoll::report::written::WrittenFile;
use plimsoll::units::is_close;
use std::fmt::Write as _;

/// Sites with room for everybody and links from one access point, and shards `(tenant, users, home, where else)`.
fn world(
    sites: usize,
    shards: &[(&str, usize, usize, &str)],
    protect: &str,
) -> (Inventory, Scenario) {
    let mut files = vec![
        (
            "resources.csv",
            "resource,unit,scope\ncpu,vCPU,site\n".to_owned(),
        ),
        ("profiles.csv", "profile,cpu\nmail,1\n".to_owned()),
        ("access_points.csv", "access_point\np\n".to_owned()),
        ("client_regions.csv", "client_region\nr\n".to_owned()),
        (
            "tiers.csv",
            "tier,rank,availability\ngold,1,0.999\nsilver,2,0.99\n".to_owned(),
        ),
    ];
    let mut of_sites = "site,cpu,jurisdiction\n".to_owned();
    let mut links = "link,from,to,latency_ms\nin,r,p,5\n".to_owned();
    for site in 0..sites {
        // Jurisdiction j-2 is that of the first two sites, and so on.
        let jurisdictions: Vec<String> = (site + 1..=sites)
            .map(|index| format!("j-{index}"))
            .collect();
        let _ = writeln!(of_sites, "d-{site},100000,{}", jurisdictions.join(";"));
        let _ = writeln!(links, "l-{site},p,d-{site},{}", 10 + site);
    }
    let mut rows = "shard,tenant,users,site,profile,client_region,tier,jurisdiction\n".to_owned();
    for (index, (tenant, users, home, jurisdiction)) in shards.iter().enumerate() {
        let (tenant, tier) = tenant.split_once('/').unwrap_or((tenant, "gold"));
        let _ = writeln!(
            rows,
            "s-{index},{tenant},{users},d-{home},mail,r,{tier},{jurisdiction}"
        );
    }
    files.extend([
        ("sites.csv", of_sites),
        ("links.csv", links),
        ("shards.csv", rows),
    ]);
    let files: Vec<(String, String)> = files
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text))
        .collect();
    let scenario = format!(
        "[scenario]\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n[protect]\nfailures = 0\n{protect}"
    );
    read(&files, &scenario)
}

/// Asserts that the referee accepts a plan.
pub(super) fn holds(inventory: &Inventory, scenario: &Scenario, plan: &Plan) {
    let verdict = judged_files(inventory, scenario, &written(inventory, scenario, plan));
    assert!(verdict.holds(), "{verdict}");
    assert!(verdict.checked.contains(&"protection_gray.csv"));
}

/// Asserts that a change of a file breaks a rule; none without a code.
pub(super) fn finds(
    (inventory, scenario): (&Inventory, &Scenario),
    files: &[WrittenFile],
    file: &str,
    (from, to): (&str, &str),
    code: &str,
) {
    let mut changed = files.to_vec();
    let written_file = changed
        .iter_mut()
        .find(|written_file| written_file.name == file);
    let written_file = written_file.expect("it is written");
    let text = String::from_utf8(written_file.bytes.clone()).expect("text");
    assert!(text.contains(from), "{from} is not in\n{text}");
    written_file.bytes = text.replacen(from, to, 1).into_bytes();
    let verdict = judged_files(inventory, scenario, &changed);
    let codes: Vec<&str> = verdict
        .broken
        .iter()
        .map(|finding| finding.code.0)
        .collect();
    if code.is_empty() {
        assert!(verdict.holds(), "{verdict}");
    } else {
        assert!(codes.contains(&code), "{to}: {codes:?}");
    }
}

/// What a period survives.
pub(super) fn protection(period: &PeriodPlan) -> &Protection {
    period.protection.as_ref().expect("it was asked")
}

/// By shard, the position of its site.
pub(super) fn homes(period: &PeriodPlan) -> Vec<usize> {
    let parts = period.parts.iter();
    let homes = parts.map(|part| part.site.map_or(usize::MAX, SiteId::index));
    homes.collect()
}

#[test]
fn tenants_are_spread_as_far_as_their_tier_asks() {
    // Half of the work at one site is lost: 0.15 of a tenant of four equal shards permits one shard at each.
    let shards = [
        ("t", 10, 0, ""),
        ("t", 10, 0, ""),
        ("t", 10, 0, ""),
        ("t", 10, 0, ""),
    ];
    for (max_loss, sites_used, lost) in [(0.15, 4, 5.0), (0.3, 2, 10.0), (0.6, 1, 20.0)] {
        let protect = format!("gray = 1\nseverity = 0.5\nmax_loss = {{ gold = {max_loss} }}\n");
        let (inventory, scenario) = world(4, &shards, &protect);
        let plan = planned(&inventory, &scenario);
        holds(&inventory, &scenario, &plan);
        let period = &plan.periods[0];
        let protection = protection(period);
        assert!(protection.is_whole(), "{max_loss}");
        let mut used = homes(period);
        // Nobody is moved who need not be.
        let moved = used.iter().filter(|site| **site != 0).count();
        used.sort_unstable();
        used.dedup();
        assert_eq!(used.len(), sites_used, "{max_loss}");
        assert_eq!(moved, [0, 0, 2, 0, 3][sites_used], "{max_loss}");
        let loss = &protection.gray.as_ref().expect("asked").losses[0];
        assert!(
            is_close(loss.lost_users, lost, 1e-9),
            "{max_loss}: {}",
            loss.lost_users
        );
    }
}

#[test]
fn a_tier_without_a_bound_is_left_where_it_is() {
    let shards = [
        ("t/silver", 10, 0, ""),
        ("t/silver", 10, 0, ""),
        ("t", 10, 0, ""),
        ("t", 10, 0, ""),
    ];
    let protect = "gray = 1\nseverity = 1\nmax_loss = { gold = 0.5 }\n";
    let (inventory, scenario) = world(3, &shards, protect);
    let plan = planned(&inventory, &scenario);
    let period = &plan.periods[0];
    assert_eq!(homes(period)[..2], [0, 0]);
    let gold = &homes(period)[2..];
    assert_ne!(gold[0], gold[1]);
    assert_eq!(
        protection(period)
            .gray
            .as_ref()
            .expect("asked")
            .losses
            .len(),
        2
    );
}

#[test]
fn what_cannot_be_spread_is_said() {
    // One shard is one shard, and the rules leave those of the other tenant one site.
    let shards = [
        ("one", 40, 0, ""),
        ("two", 10, 0, "j-1"),
        ("two", 10, 0, "j-1"),
    ];
    let protect = "gray = 1\nseverity = 0.5\nmax_loss = { gold = 0.25 }\n";
    let (inventory, scenario) = world(3, &shards, protect);
    let plan = planned(&inventory, &scenario);
    let protection = protection(&plan.periods[0]);
    assert!(!plan.is_good());
    let beyond: Vec<f64> = protection.beyond().map(|(_, users)| users).collect();
    assert_eq!(beyond, [10.0, 5.0]);
    // Of a tenant in one shard nothing is proven; of the other it is.
    assert!(
        is_close(protection.least_lost, 5.0, 1e-6),
        "{}",
        protection.least_lost
    );
}

#[test]
fn a_false_word_about_exposure_is_found() {
    let shards = [
        ("t", 10, 0, ""),
        ("t", 30, 0, "j-1"),
        ("u/silver", 10, 0, ""),
    ];
    let protect = "gray = 1\nseverity = 0.5\ndetect_minutes = 10\nmax_loss = { gold = 0.25 }\n";
    let (inventory, scenario) = world(2, &shards, protect);
    let plan = planned(&inventory, &scenario);
    let files = written(&inventory, &scenario, &plan);
    let table = "protection_gray.csv";
    let row = "0,t,gold,40,d-0,15,0.375,0.25,150";
    for (file, from, to, code) in [
        (table, row, row, ""),
        (table, "0,t,gold", "0,x,gold", "P7931"),
        (table, "0,u,silver", "0,t,gold", "P7931"),
        (table, "0,u,silver,10,d-0,5,0.5,,50\n", "", "P7932"),
        (table, row, "0,t,gold,40,d-0,14,0.375,0.25,150", "P7933"),
        (table, row, "0,t,gold,40,d-0,15,0.3,0.25,150", "P7933"),
        (table, row, "0,t,gold,40,d-0,15,0.375,0.4,150", "P7933"),
        (table, row, "0,t,gold,40,d-0,15,0.375,0.25,100", "P7933"),
        (table, row, "0,t,gold,40,d-1,15,0.375,0.25,150", "P7934"),
        (
            table,
            row,
            "0,t,gold,40,d-0 + d-1,15,0.375,0.25,150",
            "P7934",
        ),
        (table, row, "0,t,gold,40,,15,0.375,0.25,150", "P7934"),
        (
            "summary.json",
            "\"tenants_beyond\": 1",
            "\"tenants_beyond\": 0",
            "P7935",
        ),
        (
            "summary.json",
            "\"users_beyond\": 5",
            "\"users_beyond\": 4",
            "P7935",
        ),
        ("summary.json", "\"gray\": 1,", "\"gray\": 2,", "P7938"),
        (
            "summary.json",
            "\"gray_over\": \"",
            "\"gray_over\": \"x",
            "P7938",
        ),
        (
            "summary.json",
            "\"severity\": 0.5",
            "\"severity\": 0.6",
            "P7938",
        ),
        (
            "summary.json",
            "\"detect_minutes\": 10",
            "\"detect_minutes\": 12",
            "P7938",
        ),
    ] {
        finds((&inventory, &scenario), &files, file, (from, to), code);
    }
    let mut files = files;
    let summary = files.iter_mut().find(|file| file.name == "summary.json");
    let bytes = &mut summary.expect("it is written").bytes;
    let mut value: serde_json::Value = serde_json::from_slice(bytes).expect("it is JSON");
    let protection = value["periods"][0]["protection"].as_object_mut();
    assert!(protection.expect("asked").remove("gray").is_some());
    *bytes = value.to_string().into_bytes();
    let verdict = judged_files(&inventory, &scenario, &files);
    let found = verdict.broken.iter().map(|finding| finding.code.0);
    assert_eq!(found.collect::<Vec<_>>(), ["P7938"]);
}

/// Who loses most is told of the steering that is written, and not of the one that the search for homes had found.
#[test]
fn exposure_is_that_of_the_written_steering() {
    let (inventory, scenario) =
        crate::laws::steps::read("tests/found/gray-of-another-steering", &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
}

/// Sums of the largest `most` of some amounts, by enumerating every set of so many.
fn largest_by_enumeration(amounts: &[f64], most: usize) -> f64 {
    let chosen = |set: &Vec<usize>| set.iter().map(|index| amounts[*index]).sum();
    sets(amounts.len(), most)
        .iter()
        .map(chosen)
        .fold(0.0, f64::max)
}

/// All sets of up to so many of some positions.
fn sets(count: usize, most: usize) -> Vec<Vec<usize>> {
    let all = (0..1_u32 << count).filter(|set| set.count_ones() as usize <= most);
    all.map(|set| (0..count).filter(|index| set >> index & 1 == 1).collect())
        .collect()
}

/// A shard of a drawn world.
struct Drawn {
    tenant: &'static str,
    users: usize,
    home: usize,
    /// The rules let it be at the first so many sites.
    choices: usize,
}

/// Tenants whose shards are spread so that no sum of so many sites exceeds a share of their users.
struct Spread {
    sites: usize,
    shards: Vec<Drawn>,
    most: usize,
    max_loss: f64,
}

/// How sums of the largest are written in a linear program.
#[derive(Debug, Clone, Copy)]
enum Written {
    /// One row for every set.
    Sets,
    /// `k·θ + Σ z ≤ B`, `z ≥ v − θ`.
    Largest,
}

impl Spread {
    const SEVERITY: f64 = 0.4;
    const TENANTS: [&str; 2] = ["t", "u"];

    fn draw(seed: usize) -> Self {
        let mut random = Random::new(seed as u64);
        let sites = random.whole(3, 5);
        let count = random.whole(2, 5);
        Self {
            sites,
            most: 1 + seed % 3,
            max_loss: random.whole(5, 60) as f64 / 100.0,
            shards: (0..count)
                .map(|_| {
                    let choices = random.whole(1, sites);
                    Drawn {
                        tenant: Self::TENANTS[usize::from(random.chance(0.3))],
                        users: random.whole(1, 30),
                        home: random.whole(0, choices - 1),
                        choices,
                    }
                })
                .collect(),
        }
    }

    fn read(&self) -> (Inventory, Scenario) {
        let jurisdictions: Vec<String> = (self.shards.iter())
            .map(|drawn| format!("j-{}", drawn.choices))
            .collect();
        let shards = self.shards.iter().zip(&jurisdictions);
        let shards: Vec<(&str, usize, usize, &str)> = shards
            .map(|(drawn, jurisdiction)| {
                (drawn.tenant, drawn.users, drawn.home, jurisdiction.as_str())
            })
            .collect();
        let (most, severity, max_loss) = (self.most, Self::SEVERITY, self.max_loss);
        let protect =
            format!("gray = {most}\nseverity = {severity}\nmax_loss = {{ gold = {max_loss} }}\n");
        world(self.sites, &shards, &protect)
    }

    fn of(&self, tenant: &str) -> Vec<usize> {
        let shards = 0..self.shards.len();
        shards
            .filter(|index| self.shards[*index].tenant == tenant)
            .collect()
    }

    /// Users who lose more than they may, where shards are at these sites.
    fn beyond(&self, homes: &[usize]) -> f64 {
        let of_tenant = |tenant: &&str| {
            let mut by_site = vec![0.0; self.sites];
            for shard in self.of(tenant) {
                by_site[homes[shard]] += self.shards[shard].users as f64;
            }
            let all: f64 = by_site.iter().sum();
            let lost = Self::SEVERITY * largest_by_enumeration(&by_site, self.most);
            (lost.min(all) - self.max_loss * all).max(0.0)
        };
        Self::TENANTS.iter().map(of_tenant).sum()
    }

    /// The least of that over all ways to home shards.
    fn least(&self) -> f64 {
        let paths: usize = self.shards.iter().map(|drawn| drawn.choices).product();
        let homes = |mut path: usize| -> Vec<usize> {
            let shards = self.shards.iter();
            let site = shards.map(|drawn| {
                let site = path % drawn.choices;
                path /= drawn.choices;
                site
            });
            site.collect()
        };
        (0..paths)
            .map(|path| self.beyond(&homes(path)))
            .fold(f64::INFINITY, f64::min)
    }

    /// The same for shards in parts, of tenants with more than one of them.
    fn least_in_parts(&self, written: Written) -> f64 {
        let mut lp = Lp::default();
        let mut objective = Vec::new();
        let share = |drawn: &Drawn| drawn.users as f64 / 30.0;
        for tenant in Self::TENANTS {
            let indexes = self.of(tenant);
            if indexes.len() < 2 {
                continue;
            }
            let mut by_site: Vec<Vec<(usize, f64)>> = vec![Vec::new(); self.sites];
            for shard in &indexes {
                let shard = &self.shards[*shard];
                let columns: Vec<(usize, f64)> = (0..shard.choices)
                    .map(|site| {
                        let column = lp.column(f64::INFINITY);
                        by_site[site].push((column, 1.0));
                        (column, 1.0)
                    })
                    .collect();
                lp.equal(columns, share(shard));
            }
            let users: f64 = indexes
                .iter()
                .map(|shard| share(&self.shards[*shard]))
                .sum();
            let spare = self.max_loss * users / Self::SEVERITY;
            let beyond = lp.column(f64::INFINITY);
            objective.push((beyond, Self::SEVERITY));
            match written {
                Written::Sets => {
                    for set in sets(self.sites, self.most) {
                        let mut terms = vec![(beyond, -1.0)];
                        terms.extend(set.iter().flat_map(|site| by_site[*site].clone()));
                        lp.at_most(terms, spare);
                    }
                }
                Written::Largest => {
                    let theta = lp.column(f64::INFINITY);
                    let mut terms = vec![(beyond, -1.0), (theta, self.most as f64)];
                    for of_site in &by_site {
                        let above = lp.column(f64::INFINITY);
                        terms.push((above, 1.0));
                        let mut row = of_site.clone();
                        row.extend([(theta, -1.0), (above, -1.0)]);
                        lp.at_most(row, 0.0);
                    }
                    lp.at_most(terms, spare);
                }
            }
        }
        let columns = lp
            .minimise(&objective, Solver::Microlp)
            .expect("it is feasible");
        objective
            .iter()
            .map(|(column, cost)| columns[*column] * cost)
            .sum::<f64>()
            * 30.0
    }
}

#[test]
fn sums_of_the_largest_are_those_of_enumeration() {
    let mut bad = Vec::new();
    let (mut beyond, mut within, mut in_parts) = (0, 0, 0);
    for seed in 0..90 {
        let spread = Spread::draw(seed);
        let (inventory, scenario) = spread.read();
        let plan = planned(&inventory, &scenario);
        let period = &plan.periods[0];
        let protection = protection(period);
        holds(&inventory, &scenario, &plan);
        let value = protection.users_beyond();
        let found = spread.beyond(&homes(period));
        let least = spread.least();
        let by_sets = spread.least_in_parts(Written::Sets);
        let by_largest = spread.least_in_parts(Written::Largest);
        let proven = protection.least_lost;
        let mut expect = |what: &str, a: f64, b: f64| {
            if (a - b).abs() > 1e-6 * b.max(1.0) {
                bad.push(format!("seed {seed}: {what} {a} instead of {b}"));
            }
        };
        expect("told", value, found);
        expect("least", value, least);
        expect("sums of the largest", by_largest, by_sets);
        expect("proven", proven, by_sets);
        beyond += usize::from(least > 1e-6);
        within += usize::from(least <= 1e-6);
        in_parts += usize::from(by_sets > 1e-6);
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
    assert!(
        beyond > 15 && within > 15 && in_parts > 10,
        "{beyond} {within} {in_parts}"
    );
}
