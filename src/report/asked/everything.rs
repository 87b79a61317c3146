//! Targets that are missed, and all sentences of explanations.json, period by period.

use crate::ids::{ComponentId, ShardId};
use crate::model::{Inventory, Scenario};
use crate::plan::explain::{
    ElsewhereAnswer, Explanation, ShardRule, SiteObstacle, SiteStand, Squeeze,
};
use crate::plan_files::explanations::Explanations;
use crate::plan_files::{BlindRow, HeadroomRow, Lined};
use crate::report::document::{Block, Cell, Document, Listing};
use crate::report::explained::with_retries;
use crate::report::grammar::{count, counted, only_if, short};
use crate::report::numbers;
use crate::scenario::Period;
use crate::units::{FEASIBILITY, NOBODY};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Tables of a plan that say what its explanations do not.
#[derive(Debug, Clone, Copy)]
pub struct PlanTables<'a> {
    /// headroom.csv.
    pub headroom: &'a [Lined<HeadroomRow>],
    /// blind.csv.
    pub blind: &'a [Lined<BlindRow>],
}

/// Everything that the explanations say, which targets headroom.csv misses, and what the plan does not see by blind.csv, or that
/// of one period, wrapped to `width` terminal columns where given.
pub fn everything(
    explanations: &Explanations,
    PlanTables { headroom, blind }: PlanTables<'_>,
    period: Option<usize>,
    width: Option<u16>,
) -> String {
    let is_asked = |number: u32| period.is_none_or(|asked| asked == number as usize);
    let missed: Vec<(u32, String)> = headroom
        .iter()
        .filter_map(|headroom_row| Some((headroom_row.row.period, missed(&headroom_row.row)?)))
        .collect();
    let missed = missed
        .iter()
        .map(|(period, sentence)| (*period, "Missed headroom targets", sentence));
    let unseen: Vec<(u32, String)> = blind
        .iter()
        .filter_map(|blind_row| Some((blind_row.row.period, not_seen(&blind_row.row)?)))
        .collect();
    let unseen = unseen
        .iter()
        .map(|(period, sentence)| (*period, "Not seen by the plan", sentence));
    let bindings = explanations.bindings.iter().map(|binding| {
        // What binds in several periods is listed in the first, or in the one that is asked about.
        let asked = period.and_then(|index| u32::try_from(index).ok());
        let asked = asked.filter(|number| binding.also_in.contains(number));
        (
            asked.unwrap_or(binding.period),
            "Bottlenecks",
            &binding.sentence,
        )
    });
    let cuts = explanations
        .cuts
        .iter()
        .map(|cut| (cut.row.period, "Capacity deficits", &cut.row.sentence));
    let reasons = explanations.reasons.iter().map(|reason| {
        (
            reason.period,
            "Shards that are not at home",
            &reason.sentence,
        )
    });
    let mut all: Vec<(u32, &str, &String)> = unseen
        .chain(missed)
        .chain(cuts)
        .chain(bindings)
        .chain(reasons)
        .filter(|(number, _, _)| is_asked(*number))
        .collect();
    // The sort is stable: within a period they stay in the order above.
    all.sort_by_key(|(number, _, _)| *number);
    if all.is_empty() {
        return "No bottlenecks, and all shards are at home.\n".to_owned();
    }
    let mut document = Document::default();
    for of_period in all.chunk_by(|a, b| a.0 == b.0) {
        document.add(vec![Block::sentences([format!(
            "Period {}",
            of_period[0].0
        )])]);
        for alike in of_period.chunk_by(|a, b| a.1 == b.1) {
            let heading = Block::Heading("", alike[0].1.to_owned());
            let sentences = alike.iter().map(|(.., sentence)| sentence);
            document.add(vec![heading, Block::items(sentences)]);
        }
    }
    document.text(width)
}

/// `chi has 1.0 % of cpu free (target 20.0 %), missed already before.`; `None` where it is met.
fn missed(row: &HeadroomRow) -> Option<String> {
    let headroom = row.headroom.as_ref()?.0;
    let target = row
        .written_target
        .filter(|value| headroom < value - FEASIBILITY)?;
    let since = if row.shortfall <= FEASIBILITY {
        "missed already before"
    } else {
        "missed by more than before"
    };
    Some(format!(
        "{} has {} of {} free (target {}), {since}.",
        row.component,
        numbers::headroom(headroom),
        row.resource,
        numbers::percent(target)
    ))
}

/// What the plan does not see of a component in a period, by blind.csv.
pub fn unseen(blind: &[Lined<BlindRow>], component: &str, period: usize) -> Vec<String> {
    let rows = blind.iter().map(|blind_row| &blind_row.row);
    let here = rows.filter(|row| row.component == component && row.period as usize == period);
    here.filter_map(not_seen).collect()
}

/// `lb-1 has 1,125 of 4,500 of requests left for a load of 2,375, while the plan counts on all: 47,500 users affected, 25,000
/// excess users.`; `None` where nobody is affected.
fn not_seen(row: &BlindRow) -> Option<String> {
    if row.users_affected <= NOBODY && row.users_excess <= NOBODY {
        return None;
    }
    let state = match (
        row.load,
        row.believed_capacity,
        row.true_capacity,
        &row.resource,
    ) {
        (Some(load), Some(believed), Some(left), Some(resource)) if left < believed => format!(
            "actually has {} of {} of {resource} left for a load of {}",
            numbers::amount(left),
            numbers::amount(believed),
            numbers::amount(load)
        ),
        _ => "actually fails in part".to_owned(),
    };
    let affected = counted(&numbers::users_up(row.users_affected), "user");
    let excess = only_if(row.users_excess > NOBODY, || {
        let users = numbers::users_up(row.users_excess);
        format!(", {}", counted(&users, "excess user"))
    });
    Some(format!(
        "{} {state}: {affected} affected{excess}.",
        row.component
    ))
}

const MOST_FORBIDDEN: usize = 6;

/// The answer about a shard in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct ShardPeriod {
    /// Which.
    pub period: Period,
    /// Why it is not at home; none if it is.
    pub reasons: Vec<Explanation>,
    /// The consequences at every site; none if it has no users.
    pub sites: Vec<ElsewhereAnswer>,
}

/// Why a shard is where it is, period by period.
pub struct ShardAnswer<'a> {
    /// Names come from here.
    pub inventory: &'a Inventory,
    /// Its offset and dates.
    pub scenario: &'a Scenario,
    /// Which shard.
    pub shard: ShardId,
    /// The answers, in order.
    pub periods: Vec<ShardPeriod>,
}

impl ShardAnswer<'_> {
    /// The answer on a terminal, wrapped to `width` columns where given. Periods with the same answer are shown once.
    pub fn text(&self, width: Option<u16>) -> String {
        let mut document = Document::of([vec![Block::sentences([self.who()])]]);
        let same =
            |a: &ShardPeriod, b: &ShardPeriod| (&a.reasons, &a.sites) == (&b.reasons, &b.sites);
        for alike in self.periods.chunk_by(same) {
            let reasons = alike[0].reasons.iter();
            let reasons = reasons.map(|because| self.inventory.reason_sentence(because));
            let heading = [self.heading(alike)].into_iter();
            document.add(vec![Block::sentences(heading.chain(reasons))]);
            document.add(self.everywhere(&alike[0].sites));
        }
        document.text(width)
    }

    /// The answer for programs.
    pub fn json(&self) -> Value {
        let periods: Vec<Value> = self
            .periods
            .iter()
            .map(|period| {
                let sites: Vec<Value> = period
                    .sites
                    .iter()
                    .map(|site| self.site_json(site))
                    .collect();
                let why: Vec<String> = period
                    .reasons
                    .iter()
                    .map(|because| self.inventory.reason_sentence(because))
                    .collect();
                json!({ "period": period.period.index, "why": why, "sites": sites })
            })
            .collect();
        json!({
            "shard": self.inventory.shard_name(self.shard),
            "periods": periods,
        })
    }

    fn site_json(&self, site: &ElsewhereAnswer) -> Value {
        let tightest = site
            .tightest
            .as_ref()
            .map(|(component, resource, squeeze)| {
                json!({
                    "component": self.inventory.component_name(*component),
                    "resource": self.inventory.resources[resource.index()].id,
                    "headroom": squeeze.headroom(),
                    "target": squeeze.target,
                    "written_target": squeeze.written_target,
                })
            });
        json!({
            "site": self.inventory.sites[site.site.index()].id,
            "answer": self.stand(site),
            "users": site.users,
            "latency_ms": site.latency,
            "holds_copy": site.has_copy,
            "tightest": tightest,
        })
    }

    /// `Shard bank-1 of bank: mail users in midwest, tier gold; it may go anywhere.`
    fn who(&self) -> String {
        let inventory = self.inventory;
        let row = &inventory.shards[self.shard.index()];
        let must = row.jurisdiction.map_or_else(String::new, |jurisdiction| {
            let name = short(inventory.jurisdiction_name(jurisdiction));
            format!(", must stay in {name}")
        });
        let home = row.site.map_or_else(
            || "no home yet".to_owned(),
            |site| format!("at home in {}", short(inventory.site_name(site))),
        );
        format!(
            "Shard {} of tenant {}: {} users in {}, tier {}, {home}{must}.",
            short(inventory.shard_name(self.shard)),
            short(inventory.tenant_name(row.tenant)),
            short(inventory.profile_name(row.profile)),
            short(inventory.client_region_name(row.client_region)),
            short(inventory.tier_name(row.tier)),
        )
    }

    /// `Periods 1 to 3 (09:08 to 14:10): 20,000 users, served at San Antonio.`
    fn heading(&self, alike: &[ShardPeriod]) -> String {
        let when = when(
            self.scenario,
            alike.iter().map(|shard_period| &shard_period.period),
        );
        let sites = &alike[0].sites;
        if sites.is_empty() {
            return format!("{when}: no users.");
        }
        let here: Vec<String> = sites
            .iter()
            .filter(|site| site.stand == SiteStand::Here)
            .map(|site| {
                let name = short(self.inventory.site_name(site.site));
                format!("{} at {name}", numbers::users(site.users))
            })
            .collect();
        if here.is_empty() {
            return format!("{when}: no users are served.");
        }
        format!("{when}: users served: {}.", here.join(", "))
    }

    fn everywhere(&self, sites: &[ElsewhereAnswer]) -> Vec<Block> {
        let mut sites: Vec<&ElsewhereAnswer> = sites.iter().collect();
        // Where it is, then where it could be, nearest first.
        let rank = |site: &ElsewhereAnswer| match site.stand {
            SiteStand::Here => 0,
            SiteStand::Fits => 1,
            SiteStand::BelowTarget => 2,
            SiteStand::Blocked(_) => 3,
            SiteStand::Forbidden(_) => 4,
        };
        sites.sort_by(|a, b| {
            let latency = |site: &ElsewhereAnswer| site.latency.unwrap_or(f64::INFINITY);
            rank(a)
                .cmp(&rank(b))
                .then(latency(a).total_cmp(&latency(b)))
                .then(a.site.cmp(&b.site))
        });
        // Where a rule keeps it away from many sites, the rule says it all.
        let is_forbidden = |site: &&ElsewhereAnswer| matches!(site.stand, SiteStand::Forbidden(_));
        let mut forbidden: BTreeMap<String, usize> = BTreeMap::new();
        if sites.iter().filter(|site| is_forbidden(site)).count() > MOST_FORBIDDEN {
            for site in sites.iter().filter(|site| is_forbidden(site)) {
                *forbidden.entry(self.stand(site)).or_default() += 1;
            }
            sites.retain(|site| !is_forbidden(site));
        }
        let tightest = |site: &ElsewhereAnswer| site.tightest.filter(|_| !is_forbidden(&site));
        let inventory = self.inventory;
        let table = Listing::of(sites)
            .words("site", |elsewhere_answer| {
                inventory.site_name(elsewhere_answer.site)
            })
            .number("latency", |elsewhere_answer| {
                Cell::maybe(elsewhere_answer.latency, |value| {
                    format!("{} ms", numbers::amount(value))
                })
            })
            .words("data", |elsewhere_answer| {
                if elsewhere_answer.has_copy {
                    "replica there"
                } else {
                    "must migrate"
                }
            })
            .number("headroom then", |elsewhere_answer| {
                Cell::maybe(
                    tightest(elsewhere_answer).map(|entry| entry.2.headroom()),
                    kept,
                )
            })
            .number("target", |elsewhere_answer| {
                let target = tightest(elsewhere_answer).map(|entry| entry.2.written_target);
                Cell::maybe(target, numbers::percent)
            })
            .words("at", |elsewhere_answer| match tightest(elsewhere_answer) {
                Some((component, resource, _)) => format!(
                    "{}, {}",
                    inventory.component_title(component),
                    inventory.resources[resource.index()].id
                ),
                None => String::new(),
            })
            .words("answer", |elsewhere_answer| self.stand(elsewhere_answer))
            .plain();
        let rules = forbidden.into_iter();
        let rules = rules.map(|(rule, more)| format!("{}: {rule}", count(more, "more site")));
        vec![Block::Table(table), Block::sentences(rules)]
    }

    /// The full component on the shortest path, where a shard fits by another path.
    fn around(&self, site: &ElsewhereAnswer) -> String {
        let overloaded = |entry: &&(ComponentId, _, Squeeze)| entry.2.headroom() < -FEASIBILITY;
        match site.tightest.as_ref().filter(overloaded) {
            Some((component, ..)) => {
                let name = short(self.inventory.component_title(*component));
                format!(", but not over {name}, which is full")
            }
            None => String::new(),
        }
    }

    fn stand(&self, site: &ElsewhereAnswer) -> String {
        let inventory = self.inventory;
        match site.stand {
            SiteStand::Here => format!(
                "it is here{}",
                self.around(site).replace("but not", "but not all")
            ),
            SiteStand::Fits => format!("would fit{}", self.around(site)),
            SiteStand::BelowTarget => format!("would fit, below a target{}", self.around(site)),
            SiteStand::Forbidden(rule) => match rule {
                ShardRule::Pinned => "it is pinned".to_owned(),
                ShardRule::Movers => "no event touches it (`movers`)".to_owned(),
                ShardRule::Failover => "no ready replica (`failover`)".to_owned(),
                ShardRule::ReplicaOnly => "no replica".to_owned(),
                ShardRule::Drain => "no replica (`drain`)".to_owned(),
                ShardRule::Jurisdiction(jurisdiction) => format!(
                    "must stay in {}",
                    short(inventory.jurisdiction_name(jurisdiction))
                ),
            },
            SiteStand::Blocked(obstacle) => match obstacle {
                SiteObstacle::Drained => "drained".to_owned(),
                SiteObstacle::Failed => "down".to_owned(),
                SiteObstacle::NothingLeft => "nothing is left".to_owned(),
                SiteObstacle::NoPath => "no open path within its limit".to_owned(),
                SiteObstacle::StandbyClosed => "only over a closed standby access point".to_owned(),
                SiteObstacle::NoSpare(scarce) => format!(
                    "no spare capacity: {}, {}{}",
                    short(inventory.component_title(scarce.component)),
                    inventory.resources[scarce.resource.index()].id,
                    with_retries(scarce.with_retries)
                ),
                SiteObstacle::NoCopy => "no copy".to_owned(),
            },
        }
    }
}

/// `Period 1 (09:08 to 10:42)`, `Periods 1 to 3 (09:08 to 14:10)`.
pub(super) fn when<'a>(
    scenario: &Scenario,
    mut periods: impl Iterator<Item = &'a Period>,
) -> String {
    let Some(first) = periods.next() else {
        return String::new();
    };
    let last = periods.last().unwrap_or(first);
    let span = crate::report::span::span(scenario, first.start, last.end);
    if first.index == last.index {
        format!("Period {} ({span})", first.index)
    } else {
        format!("Periods {} to {} ({span})", first.index, last.index)
    }
}

/// The headroom, or the overload.
fn kept(headroom: f64) -> String {
    if headroom < -FEASIBILITY {
        format!("{} over", numbers::short_percent_up(-headroom))
    } else {
        numbers::headroom(headroom)
    }
}
