//! Chains of events: works and failures one after the other, whose waves meet or reach over each other, at a network in
//! which everything may say how many new sessions it accepts.

use crate::draw::Draw;
use crate::draw::random::Random;
use crate::draw::table::{Table, decimal, limit};
use std::fmt::Write as _;

/// Minutes from 01:00 to the end of the scenario.
const LENGTH: usize = 540;

/// What the files of an inventory are drawn from, and what can be under works or fail.
struct Chain {
    random: Random,
    /// Nothing happens but works, and opening sessions demands nothing.
    is_maintenance_alone: bool,
    users: f64,
    regions: Vec<String>,
    sites: Vec<String>,
    shards: Vec<String>,
    components: Vec<String>,
    files: Vec<(String, String)>,
}

/// The chain of `seed`.
pub(super) fn drawn(seed: u64) -> Draw {
    let mut random = Random::new(seed ^ 0xc4a1);
    let named =
        |name: &str, count: usize| (0..count).map(|index| format!("{name}{index}")).collect();
    let regions = named("r", random.whole(1, 3));
    let sites = named("s", random.whole(2, 3));
    let is_works_alone = random.chance(0.5);
    let mut chain = Chain {
        random,
        is_maintenance_alone: is_works_alone,
        users: 0.0,
        regions,
        sites,
        shards: Vec::new(),
        components: Vec::new(),
        files: Vec::new(),
    };
    chain.services();
    let has_standby = chain.network();
    chain.growth();
    let scenario = chain.scenario(has_standby);
    Draw {
        files: chain.files,
        scenario,
    }
}

impl Chain {
    fn file(&mut self, name: &str, text: impl Into<String>) {
        self.files.push((name.to_owned(), text.into()));
    }

    fn services(&mut self) {
        let random = &mut self.random;
        let overload = *random.one_of(&["", "queue"]);
        let headroom = *random.one_of(&["0", "0", "0.1"]);
        let resources = format!(
            "resource,unit,scope,headroom,overload\ncpu,c,site,0,\nbw,g,network,{headroom},{overload}\n"
        );
        let sessions = random.one_of(&["0", "0", "0.1", "0.5"]);
        let retries = random.one_of(&["0", "1", "3"]);
        let timeout = random.one_of(&["", "20", "90"]);
        let costs: &[&str] = if self.is_maintenance_alone {
            &["0"]
        } else {
            &["0", "10"]
        };
        let cost = random.one_of(costs);
        let profiles = format!(
            "profile,cpu,bw,sessions_per_hour,retries,timeout_seconds,session_cost\n\
             p,0.001,0.001,{sessions},{retries},{timeout},{cost}\n"
        );
        let mut homed = vec![0.0; self.sites.len()];
        let mut table = Table::new(&[
            "shard",
            "tenant",
            "users",
            "site",
            "profile",
            "client_region",
            "tier",
            "move",
        ]);
        for index in 0..random.whole(8, 24) {
            let users = random.whole(150, 900);
            let site = random.whole(0, self.sites.len() - 1);
            homed[site] += users as f64;
            self.users += users as f64;
            let rule = if random.chance(0.05) {
                "pinned"
            } else {
                "free"
            };
            let id = format!("h{index:02}");
            table.row(&[
                id.clone(),
                format!("t{}", index % 3),
                users.to_string(),
                self.sites[site].clone(),
                "p".to_owned(),
                random.one_of(&self.regions).clone(),
                "gold".to_owned(),
                rule.to_owned(),
            ]);
            self.shards.push(id);
        }
        self.file("resources.csv", resources);
        self.file("profiles.csv", profiles);
        self.file("tiers.csv", "tier,rank,availability\ngold,1,0.999\n");
        self.file("shards.csv", table.text());
        let regions = self.regions.join("\n");
        self.file("client_regions.csv", format!("client_region\n{regions}\n"));
        let mut table = Table::new(&[
            "site",
            "cpu",
            "move_in_per_hour",
            "move_out_per_hour",
            "accepts_per_second",
        ]);
        for (index, homed) in homed.iter().enumerate() {
            let spare = self.users * self.random.between(0.1, 0.7);
            let cells = [
                self.sites[index].clone(),
                decimal((homed + spare) / 1000.0),
                self.per_hour(),
                self.per_hour(),
                self.accepts(),
            ];
            table.row(&cells);
        }
        self.file("sites.csv", table.text());
        self.components.extend(self.sites.clone());
    }

    fn per_hour(&mut self) -> String {
        let is_limited = self.random.chance(0.5);
        let users = (self.users * self.random.between(0.2, 2.0)).ceil();
        limit(is_limited.then_some(users))
    }

    /// So many new sessions a second that all users connect within minutes up to an hour.
    fn accepts(&mut self) -> String {
        let is_limited = self.random.chance(0.55);
        let seconds = *self.random.one_of(&[150.0, 300.0, 600.0, 1800.0]);
        limit(is_limited.then_some(self.users / seconds))
    }

    fn bandwidth(&mut self, is_limited: f64) -> String {
        let is_limited = self.random.chance(is_limited);
        let share = self.random.between(0.4, 1.3);
        limit(is_limited.then_some(self.users * share / 1000.0))
    }

    /// Access points, elements and links; `true` if an access point is on standby.
    fn network(&mut self) -> bool {
        let mut elements = Table::new(&["element", "pool", "bw", "accepts_per_second"]);
        let mut links = Table::new(&["link", "from", "to", "latency_ms", "bw"]);
        let mut count = 0;
        let mut link = |chain: &mut Self, from: &str, to: &str, latency: usize, limited: f64| {
            let id = format!("l{count:02}");
            count += 1;
            let bandwidth = chain.bandwidth(limited);
            let ends = [from.to_owned(), to.to_owned()];
            let [from, to] = ends;
            links.row(&[id.clone(), from, to, latency.to_string(), bandwidth]);
            id
        };
        let mut fronts = Vec::new();
        for site in self.sites.clone() {
            let kind = self.random.whole(0, 3);
            let front = match kind {
                0 => site.clone(),
                1 => format!("fw-{site}"),
                _ => format!("lb-{site}"),
            };
            let members = match kind {
                0 => 0,
                1 => 1,
                _ => self.random.whole(2, 3),
            };
            let (bandwidth, accepts) = (self.bandwidth(0.8), self.accepts());
            for member in 0..members {
                let (id, pool) = if kind == 1 {
                    (front.clone(), String::new())
                } else {
                    (format!("{front}.{member}"), front.clone())
                };
                elements.row(&[id.clone(), pool, bandwidth.clone(), accepts.clone()]);
                self.components.push(id);
            }
            if kind > 1 {
                self.components.push(front.clone());
            }
            if kind > 0 {
                link(self, &front, &site, 1, 0.2);
            }
            fronts.push(front);
        }
        let mut points = Table::new(&["access_point", "state", "bw", "accepts_per_second"]);
        let active = self.random.whole(2, 3);
        let standby = usize::from(self.random.chance(0.4));
        for index in 0..active + standby {
            let id = format!("a{index}");
            let state = if index < active { "active" } else { "standby" };
            let (bandwidth, accepts) = (self.bandwidth(0.8), self.accepts());
            points.row(&[id.clone(), state.to_owned(), bandwidth, accepts]);
            let entrance = if self.random.chance(0.25) {
                let entrance = format!("in-{id}");
                let (bandwidth, accepts) = (self.bandwidth(0.8), self.accepts());
                elements.row(&[entrance.clone(), String::new(), bandwidth, accepts]);
                link(self, &entrance, &id, 1, 0.0);
                self.components.push(entrance.clone());
                entrance
            } else {
                id.clone()
            };
            for region in self.regions.clone() {
                if index == 0 || self.random.chance(0.9) {
                    let latency = self.random.whole(1, 60);
                    link(self, &region, &entrance, latency, 0.1);
                }
            }
            for front in fronts.clone() {
                if index == 0 || self.random.chance(0.85) {
                    let latency = self.random.whole(1, 60);
                    let id = link(self, &id, &front, latency, 0.25);
                    if self.random.chance(0.15) {
                        self.components.push(id);
                    }
                }
            }
            self.components.push(id);
        }
        self.file("access_points.csv", points.text());
        self.file("elements.csv", elements.text());
        self.file("links.csv", links.text());
        standby > 0
    }

    /// Users who join on the hour of some event.
    fn growth(&mut self) {
        if !self.random.chance(0.25) {
            return;
        }
        let mut table = Table::new(&["date", "shard", "users"]);
        let minute = 30 * self.random.whole(1, 12);
        for _ in 0..self.random.whole(1, 3) {
            let users = (self.users * self.random.between(0.01, 0.05)).ceil();
            let shard = self.random.one_of(&self.shards).clone();
            table.row(&[clock(minute), shard, decimal(users)]);
        }
        self.file("onboarding.csv", table.text());
    }

    fn scenario(&mut self, has_standby: bool) -> String {
        let random = &mut self.random;
        let mut lines = format!(
            "[scenario]\nname = \"chain\"\nstart = {}\nend = {}\n\n[policy]\ndrain = \"anywhere\"\n",
            clock(0),
            clock(LENGTH)
        );
        let mut set = |probability: f64, key: &str, values: &[&str]| {
            if random.chance(probability) {
                let value = random.one_of(values);
                writeln!(lines, "{key} = {value}").expect("a String takes everything");
            }
        };
        set(0.7, "failover", &["\"anywhere\""]);
        set(0.8, "after", &["\"return\"", "\"return\"", "\"stay\""]);
        set(0.3, "movers", &["\"affected\"", "\"all\""]);
        set(0.3, "reaction_minutes", &["5", "15"]);
        if has_standby {
            set(0.3, "open_standby", &["true", "false"]);
        }
        set(1.0, "\n[waves]\nminutes", &["5", "20", "60"]);
        set(1.0, "gate_minutes", &["0", "2", "5"]);
        set(0.2, "turn_minutes", &["0", "30"]);
        let mut at = 30 * random.whole(0, 3);
        for _ in 0..random.whole(2, 6) {
            let length = *random.one_of(&[15, 30, 60, 60, 120]);
            let end = (at + length).min(LENGTH);
            if at >= end {
                break;
            }
            lines.push_str("\n[[event]]\n");
            if !self.is_maintenance_alone && random.chance(0.12) {
                let (region, factor) =
                    (random.one_of(&self.regions), random.one_of(&["0.8", "1.1"]));
                let lines = &mut lines;
                write!(
                    lines,
                    "kind = \"surge\"\nfactor = {factor}\nclient_region = \"{region}\"\n"
                )
                .expect("a String takes everything");
            } else {
                lines.push_str(&reduction(
                    random,
                    (&self.components, self.is_maintenance_alone),
                    [at, end],
                ));
            }
            writeln!(lines, "start = {}\nend = {}", clock(at), clock(end))
                .expect("a String takes everything");
            at = match random.whole(0, 5) {
                0 => at + length / 2,
                1 => at,
                2 => end + 20,
                3 => end + 60,
                _ => end,
            };
        }
        lines
    }
}

/// A minute after 01:00.
fn clock(minute: usize) -> String {
    format!("2031-03-03T{:02}:{:02}:00Z", 1 + minute / 60, minute % 60)
}

/// Works on a component, or a fault of it, from one minute to another.
fn reduction(
    random: &mut Random,
    (components, is_works): (&[String], bool),
    [start, end]: [usize; 2],
) -> String {
    let kinds: &[&str] = if is_works {
        &["maintenance"]
    } else {
        &["maintenance", "failure", "gray"]
    };
    let kind = *random.one_of(kinds);
    let component = random.one_of(components);
    let mut lines = format!("kind = \"{kind}\"\ncomponent = \"{component}\"\n");
    if kind == "gray" || random.chance(0.3) {
        let left = random.one_of(&["0.0", "0.3", "0.5", "0.8"]);
        writeln!(lines, "capacity = {left}").expect("a String takes everything");
    }
    if kind != "maintenance" && random.chance(0.4) {
        let detected = clock((start + 10).min(end));
        writeln!(lines, "detected = {detected}").expect("a String takes everything");
    }
    lines
}
