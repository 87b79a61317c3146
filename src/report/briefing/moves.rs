//! Who moves where: users from site to site in each period, the most first.

use super::Briefing;
use crate::ids::SiteId;
use crate::plan::PeriodPlan;
use crate::plan_files::{How, Reason};
use crate::report::document::{Cell, Listing, Table};
use crate::report::numbers;
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
    pub(super) fn moves(&self) -> Table {
        let of_periods = self.plan.periods.iter().map(ways);
        let (shown, left_out) = selected(of_periods);
        let is_copied = shown.iter().any(|way| way.copied > 0.0);
        Listing::of(shown)
            .number("period", |way| way.period.to_string())
            .words("moves from", |way| self.ends(way).0)
            .words("to", |way| self.ends(way).1)
            .number("users", |way| Cell::users(way.users))
            .number("shards", |way| Cell::users(way.shards as f64))
            .number(is_copied.then_some("by copying"), |way| {
                Cell::users(way.copied)
            })
            .words("why", |way| way.reason.word())
            .plain()
            .noted(smaller_moves(&left_out))
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

/// What is said of moves that are left out; nothing if none is.
pub(in crate::report) fn smaller_moves(left_out: &[Way]) -> String {
    if left_out.is_empty() {
        return String::new();
    }
    let users: f64 = left_out.iter().map(|way| way.users).sum();
    format!(
        "{} smaller moves with {} users are in moves.csv.",
        left_out.len(),
        numbers::users(users)
    )
}

/// The largest way of every period, then the largest of all while there is room; and what is left out.
fn selected(of_periods: impl Iterator<Item = Vec<Way>>) -> (Vec<Way>, Vec<Way>) {
    let mut ranked: Vec<(bool, Way)> = of_periods
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
