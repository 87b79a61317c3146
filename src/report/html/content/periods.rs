//! Period by period: what happens, who moves, which access points change, who is unserved and why.

use super::super::figure::Figure;
use super::super::page::PeriodPart;
use super::super::table::{Cell, DataTable, Heading, Row};
use super::briefing::{rank, state_of};
use super::told::Told;
use crate::model::Phase;
use crate::plan::PeriodPlan;
use crate::report::briefing::moves::ways;
use crate::report::numbers;
use crate::report::period::{happenings, headroom_rows};
use crate::report::span::moment;
use crate::report::text::visible;
use crate::report::words::Finding;
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};

/// Most bytes of all charts, so that the page stays below three million with its tables.
const MOST_BYTES: usize = 1_900_000;

/// Most rows of a table of one period; the tables at the end of the page have more.
const MOST: usize = 12;

impl Told<'_> {
    /// Every period.
    pub(super) fn periods(&self) -> Vec<PeriodPart> {
        let pictured = self.pictured();
        let periods = self.briefing.plan.periods.iter();
        periods
            .map(|period| self.period(period, pictured.contains(&period.period.index)))
            .collect()
    }

    /// The periods whose charts the page has room for: those with most to tell, the tightest in any case.
    fn pictured(&self) -> BTreeSet<usize> {
        let of = |index: Option<usize>| -> usize {
            let own = self.figures.iter().filter(|own| own.period == index);
            own.map(Figure::size).sum()
        };
        let mut periods: Vec<&PeriodPlan> = self.briefing.plan.periods.iter().collect();
        periods.sort_by(|a, b| {
            rank(state_of(a))
                .cmp(&rank(state_of(b)))
                .then(b.totals.unserved.total_cmp(&a.totals.unserved))
                .then(
                    b.totals
                        .worst_shortfall
                        .total_cmp(&a.totals.worst_shortfall),
                )
                .then(b.totals.moved.total_cmp(&a.totals.moved))
                .then(a.period.index.cmp(&b.period.index))
        });
        let mut pictured = BTreeSet::new();
        let mut bytes = of(None);
        for index in periods.iter().map(|period| period.period.index) {
            bytes += of(Some(index));
            if bytes > MOST_BYTES && !pictured.is_empty() {
                break;
            }
            pictured.insert(index);
        }
        pictured
    }

    fn period(&self, period: &PeriodPlan, is_pictured: bool) -> PeriodPart {
        let (inventory, scenario) = (self.briefing.inventory, self.briefing.scenario);
        let index = period.period.index;
        let rows = headroom_rows(inventory, period);
        let happenings = happenings(inventory, scenario, period);
        let finding = Finding {
            happenings: &happenings,
            rows: &rows,
            unserved_users: period.totals.unserved,
        };
        let own = self.others().filter(|own| own.period == Some(index));
        let explained = own.collect();
        let figures = self.figures.iter();
        let figures = figures.filter(|own| own.period == Some(index)).cloned();
        let (figures, left_out) = if is_pictured {
            (figures.collect(), Vec::new())
        } else {
            (Vec::new(), figures.map(|own| own.name).collect())
        };
        let tables = [
            self.moves_of(period),
            self.access_points_of(period),
            self.unserved_of(period),
        ];
        PeriodPart {
            index,
            time: format!(
                "{} to {}",
                moment(scenario, period.period.start),
                moment(scenario, period.period.end)
            ),
            finding: visible(&finding.title()).into_owned(),
            state: state_of(period),
            phase: match period.period.phase {
                Phase::Known => "",
                Phase::Blind => {
                    "Something in force is not known yet: this is what the plan believes."
                }
                Phase::Reacting => {
                    "Something in force is known and not answered yet: this is what the plan believes."
                }
            },
            facts: facts(period),
            figures,
            left_out,
            explained,
            tables: tables.into_iter().flatten().collect(),
        }
    }

    /// Who moves where, the largest moves first.
    fn moves_of(&self, period: &PeriodPlan) -> Option<DataTable> {
        let mut ways = ways(period);
        let left_out = ways.split_off(ways.len().min(MOST));
        let note = if left_out.is_empty() {
            String::new()
        } else {
            let users: f64 = left_out.iter().map(|way| way.users).sum();
            format!(
                "{} smaller moves with {} users are in moves.csv.",
                left_out.len(),
                numbers::users(users)
            )
        };
        let rows: Vec<Row> = ways
            .iter()
            .map(|way| {
                let (from, to) = self.briefing.ends(way);
                Row {
                    id: None,
                    cells: vec![
                        Cell::words(from),
                        Cell::words(to),
                        Cell::users(way.users),
                        Cell::users(way.shards as f64),
                        Cell::users(way.copied),
                        Cell::words(way.reason.word()),
                    ],
                }
            })
            .collect();
        (!rows.is_empty()).then(|| DataTable {
            id: format!("moves-{}", period.period.index),
            caption: "Who moves".to_owned(),
            note,
            columns: vec![
                Heading::words("from"),
                Heading::words("to"),
                Heading::number("users"),
                Heading::number("shards"),
                Heading::number("by copying"),
                Heading::words("why"),
            ],
            rows,
            ..DataTable::default()
        })
    }

    /// Access points that become something else.
    fn access_points_of(&self, period: &PeriodPlan) -> Option<DataTable> {
        let changed = period
            .access_points
            .iter()
            .filter(|change| change.before != change.after);
        let rows: Vec<Row> = changed
            .map(|change| {
                let own = &self.briefing.inventory.access_points[change.access_point.index()];
                Row {
                    id: None,
                    cells: vec![
                        Cell::words(&own.name),
                        Cell::words(change.before.word()),
                        Cell::words(change.after.word()),
                        Cell::users(change.users),
                    ],
                }
            })
            .take(MOST)
            .collect();
        (!rows.is_empty()).then(|| DataTable {
            id: format!("access-points-{}", period.period.index),
            caption: "Access points that change".to_owned(),
            columns: vec![
                Heading::words("access point"),
                Heading::words("was"),
                Heading::words("is"),
                Heading::number("users enter"),
            ],
            rows,
            ..DataTable::default()
        })
    }

    /// Who is unserved, by reason.
    fn unserved_of(&self, period: &PeriodPlan) -> Option<DataTable> {
        let inventory = self.briefing.inventory;
        let mut groups: BTreeMap<String, (f64, usize, BTreeSet<&str>)> = BTreeMap::new();
        for (shard, (users, reason)) in self.unserved_words(period) {
            let group = groups.entry(reason).or_default();
            group.0 += users;
            group.1 += 1;
            let tier = inventory.shards[shard.index()].tier;
            group.2.insert(&inventory.tiers[tier.index()].id);
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by(|a, b| b.1.0.total_cmp(&a.1.0));
        let rows: Vec<Row> = groups
            .into_iter()
            .take(MOST)
            .map(|(reason, (users, shards, tiers))| Row {
                id: None,
                cells: vec![
                    Cell::words(&reason),
                    Cell::words(&tiers.into_iter().collect::<Vec<_>>().join(", ")),
                    Cell::users(shards as f64),
                    Cell::number(numbers::users_up(users), users).because("unserved"),
                ],
            })
            .collect();
        (!rows.is_empty()).then(|| DataTable {
            id: format!("unserved-{}", period.period.index),
            caption: "Who is unserved".to_owned(),
            columns: vec![
                Heading::words("because"),
                Heading::words("tiers"),
                Heading::number("shards"),
                Heading::number("users"),
            ],
            rows,
            ..DataTable::default()
        })
    }
}

/// The totals of a period that say something.
fn facts(period: &PeriodPlan) -> Vec<(&'static str, String)> {
    let totals = &period.totals;
    let mut facts = vec![
        ("users", numbers::users(totals.users)),
        ("unserved", numbers::users_up(totals.unserved)),
        ("moved", numbers::users(totals.moved)),
    ];
    for (words, count) in [
        ("by copying", totals.copied),
        ("returned", totals.returned),
        ("reconnecting", totals.reconnecting),
    ] {
        if count > NOBODY {
            facts.push((words, numbers::users(count)));
        }
    }
    facts.push(("worst shortfall", numbers::percent(totals.worst_shortfall)));
    facts
}
