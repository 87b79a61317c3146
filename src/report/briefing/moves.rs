//! Who moves where: users from site to site in each period, the most first.

use super::Briefing;
use crate::ids::SiteId;
use crate::plan::PeriodPlan;
use crate::plan_files::{How, Reason};
use crate::report::numbers;
use crate::report::table::{Align, Column, lines, wrapped};
use std::collections::BTreeMap;

/// Most rows of the table.
const MOST: usize = 6;

/// Users who go the same way in the same period for the same reason.
pub(in crate::report) struct Way {
    /// When.
    pub(in crate::report) period: usize,
    /// From where to where.
    pub(in crate::report) route: Route,
    /// Why they go.
    pub(in crate::report) reason: Reason,
    /// How many.
    pub(in crate::report) users: f64,
    /// Their shards.
    pub(in crate::report) shards: usize,
    /// Of the users, those whose data must travel.
    pub(in crate::report) copied: f64,
}

/// From where to where.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) enum Route {
    /// From a site, or from nowhere, to a site.
    Between(Option<SiteId>, SiteId),
    /// From wherever they were to their sites of shards.csv.
    Home,
}

impl Briefing<'_> {
    /// A table of the largest moves of every period, and how much is left out of it.
    pub(super) fn moves(&self, width: Option<u16>) -> String {
        let of_periods: Vec<Vec<Way>> = self
            .plan
            .periods
            .iter()
            .map(ways)
            .filter(|ways| !ways.is_empty())
            .collect();
        if of_periods.is_empty() {
            return String::new();
        }
        let (shown, left_out) = selected(of_periods);
        let is_copied = shown.iter().any(|way| way.copied > 0.0);
        let column = |heading, align| Column { heading, align };
        let mut columns = vec![
            column("period", Align::Right),
            column("moves from", Align::Left),
            column("to", Align::Left),
            column("users", Align::Right),
            column("shards", Align::Right),
        ];
        if is_copied {
            columns.push(column("by copying", Align::Right));
        }
        columns.push(column("why", Align::Left));
        let row = |way: &Way| {
            let (from, to) = self.ends(way);
            let mut cells = vec![
                way.period.to_string(),
                from.to_owned(),
                to.to_owned(),
                numbers::users(way.users),
                numbers::users(way.shards as f64),
            ];
            if is_copied {
                cells.push(numbers::users(way.copied));
            }
            cells.push(way.reason.word().to_owned());
            cells
        };
        let rows: Vec<Vec<String>> = shown.iter().map(row).collect();
        let mut text = lines(&columns, &rows, width);
        if !left_out.is_empty() {
            let users: f64 = left_out.iter().map(|way| way.users).sum();
            let words = format!(
                "{} smaller moves with {} users are in moves.csv.",
                left_out.len(),
                numbers::users(users)
            );
            text.push_str(&wrapped(&words, width));
        }
        text
    }

    /// What the sites at both ends of a way are called.
    pub(in crate::report) fn ends(&self, way: &Way) -> (&str, &str) {
        let site = |site: SiteId| self.inventory.sites[site.index()].name.as_str();
        match way.route {
            Route::Between(Some(from), to) => (site(from), site(to)),
            Route::Between(None, to) => ("(new)", site(to)),
            Route::Home => ("(away)", "(home)"),
        }
    }
}

/// The ways of one period, most users first.
pub(in crate::report) fn ways(period: &PeriodPlan) -> Vec<Way> {
    let mut ways = BTreeMap::new();
    for moved in &period.moves {
        let route = match moved.reason {
            Reason::Returned => Route::Home,
            _ => Route::Between(moved.from, moved.to),
        };
        let way = ways.entry((route, moved.reason)).or_insert(Way {
            period: period.period.index,
            route,
            reason: moved.reason,
            users: 0.0,
            shards: 0,
            copied: 0.0,
        });
        way.users += moved.users;
        way.shards += 1;
        if moved.how == How::Copy {
            way.copied += moved.users;
        }
    }
    let mut ways: Vec<Way> = ways.into_values().collect();
    ways.sort_by(|a, b| b.users.total_cmp(&a.users));
    ways
}

/// The largest way of every period, then the largest of all while there is room; and what is left out.
fn selected(of_periods: Vec<Vec<Way>>) -> (Vec<Way>, Vec<Way>) {
    let mut ranked: Vec<(bool, Way)> = of_periods
        .into_iter()
        .flat_map(|ways| {
            let ranks = ways.into_iter().enumerate();
            ranks.map(|(rank, way)| (rank > 0, way))
        })
        .collect();
    ranked.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.users.total_cmp(&a.1.users)));
    let mut ways = ranked.into_iter().map(|(_, way)| way);
    let mut shown: Vec<Way> = ways.by_ref().take(MOST).collect();
    shown.sort_by(|a, b| a.period.cmp(&b.period).then(b.users.total_cmp(&a.users)));
    (shown, ways.collect())
}
