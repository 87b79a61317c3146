//! Period by period: what happens, who moves, which access points change, who is unserved and why.

use super::super::figure::Figure;
use super::super::page::{Fact, PeriodPart};
use super::super::table::{Cell, DataTable, Heading, Row};
use super::anchors::Anchors;
use super::briefing::{rank, state_of};
use super::tables::HeadroomTable;
use super::told::Told;
use crate::model::Phase;
use crate::plan::PeriodPlan;
use crate::report::briefing::moves::{Route, ways};
use crate::report::briefing::periods::shortfall as worst_shortfall;
use crate::report::numbers;
use crate::report::period::{happenings, headroom_rows};
use crate::report::span::moment;
use crate::report::text::visible;
use crate::report::words::Finding;
use crate::units::{FEASIBILITY, NOBODY};
use std::collections::{BTreeMap, BTreeSet};

/// Most bytes of all charts, so that the page stays below three million with its tables.
const MOST_BYTES: usize = 1_900_000;

/// Most rows of a table of one period; the tables at the end of the page have more.
const MOST: usize = 12;

impl Told<'_> {
    /// Every period.
    pub(super) fn periods(&self, anchors: &Anchors, headroom: &HeadroomTable) -> Vec<PeriodPart> {
        let pictured = self.pictured();
        let periods = self.briefing.plan.periods.iter();
        periods
            .map(|period| {
                let is_pictured = pictured.contains(&period.period.index);
                self.period(anchors, headroom, period, is_pictured)
            })
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

    fn period(
        &self,
        anchors: &Anchors,
        headroom: &HeadroomTable,
        period: &PeriodPlan,
        is_pictured: bool,
    ) -> PeriodPart {
        let (inventory, scenario) = (self.briefing.inventory, self.briefing.scenario);
        let index = period.period.index;
        let rows = headroom_rows(inventory, period);
        let happenings = happenings(inventory, scenario, period);
        let finding = Finding {
            happenings: &happenings,
            rows: &rows,
            unserved_users: period.totals.unserved,
        };
        let (explained, more_explained) = Self::quoted(anchors, index);
        let figures = self.figures.iter();
        let figures = figures.filter(|own| own.period == Some(index)).cloned();
        let (figures, left_out) = if is_pictured {
            (figures.collect(), Vec::new())
        } else {
            (Vec::new(), figures.map(|own| own.name).collect())
        };
        let tables = [
            self.unserved_of(anchors, period),
            self.moves_of(anchors, period),
            self.waves_of(period),
            self.hour_turns_of(period),
            self.access_points_of(anchors, period),
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
            facts: self.facts(headroom, period),
            figures,
            left_out,
            explained,
            more_explained,
            tables: tables.into_iter().flatten().collect(),
        }
    }

    /// Who moves where, the largest moves first.
    fn moves_of(&self, anchors: &Anchors, period: &PeriodPlan) -> Option<DataTable> {
        let inventory = self.briefing.inventory;
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
                let because = match way.route {
                    Route::Between(from, to) => anchors.of_way(
                        way.period,
                        from.map(|site| inventory.sites[site.index()].id.as_str()),
                        &inventory.sites[to.index()].id,
                    ),
                    Route::Home => anchors.of_return(way.period),
                };
                Row {
                    id: None,
                    cells: vec![
                        Cell::words(from),
                        Cell::words(to),
                        Cell::users(way.users),
                        Cell::users(way.shards as f64),
                        Cell::users(way.copied),
                        Cell::words(way.reason.word()).maybe_because(because),
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
    fn access_points_of(&self, anchors: &Anchors, period: &PeriodPlan) -> Option<DataTable> {
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
                        Cell::words(change.after.word())
                            .maybe_because(anchors.of_access_point(&own.id)),
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
    fn unserved_of(&self, anchors: &Anchors, period: &PeriodPlan) -> Option<DataTable> {
        let inventory = self.briefing.inventory;
        let mut groups: BTreeMap<String, Group<'_>> = BTreeMap::new();
        for (shard, (users, reason)) in self.unserved_words(period) {
            let group = groups.entry(reason).or_default();
            group.users += users;
            group.shards += 1;
            let tier = inventory.shards[shard.index()].tier;
            group.tiers.insert(&inventory.tiers[tier.index()].id);
            if group.because.is_none() {
                let id = inventory.shard_ids.get(shard.index());
                group.because = anchors.of_unserved(period.period.index, id);
            }
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by(|a, b| b.1.users.total_cmp(&a.1.users));
        let rows: Vec<Row> = groups
            .into_iter()
            .take(MOST)
            .map(|(reason, group)| Row {
                id: None,
                cells: vec![
                    Cell::words(&reason).maybe_because(group.because),
                    Cell::words(&group.tiers.into_iter().collect::<Vec<_>>().join(", ")),
                    Cell::users(group.shards as f64),
                    Cell::number(numbers::users_up(group.users), group.users).because("unserved"),
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

    /// The totals of a period that say something.
    fn facts(&self, headroom: &HeadroomTable, period: &PeriodPlan) -> Vec<Fact> {
        let totals = &period.totals;
        let fact = |words, value, because| Fact {
            words,
            value,
            because,
        };
        let [unserved, moved, shortfall] = self.becauses(headroom, period);
        let mut facts = vec![
            fact("users", numbers::users(totals.users), None),
            fact("unserved", numbers::users_up(totals.unserved), unserved),
            fact("moved", numbers::users(totals.moved), moved),
        ];
        for (words, count) in [
            ("by copying", totals.copied),
            ("returned", totals.returned),
            ("reconnecting", totals.reconnecting),
        ] {
            if count > NOBODY {
                facts.push(fact(words, numbers::users(count), None));
            }
        }
        facts.push(fact("worst shortfall", worst_shortfall(period), shortfall));
        facts
    }

    /// Where it stands who is unserved in a period, who moves, and where headroom is missing; `None` where there is
    /// nothing to tell.
    pub(super) fn becauses(
        &self,
        headroom: &HeadroomTable,
        period: &PeriodPlan,
    ) -> [Option<String>; 3] {
        let (totals, index) = (&period.totals, period.period.index);
        let is_unserved = totals.unserved > NOBODY && !self.unserved_words(period).is_empty();
        let is_moving = totals.moved > NOBODY && !period.moves.is_empty();
        let worst = period
            .margins
            .iter()
            .filter(|margin| margin.row.shortfall > FEASIBILITY)
            .max_by(|a, b| a.row.shortfall.total_cmp(&b.row.shortfall));
        let inventory = self.briefing.inventory;
        [
            is_unserved.then(|| format!("unserved-{index}")),
            is_moving.then(|| format!("moves-{index}")),
            worst.map(|margin| {
                let component = inventory.component_name(margin.component);
                let resource = &inventory.resources[margin.resource.index()].id;
                headroom.anchor_of(index, component, resource)
            }),
        ]
    }
}

/// Those who are unserved for one reason.
#[derive(Default)]
struct Group<'a> {
    users: f64,
    shards: usize,
    tiers: BTreeSet<&'a str>,
    because: Option<String>,
}
