//! The periods: one row each.

use super::Briefing;
use crate::model::Phase;
use crate::plan::PeriodPlan;
use crate::plan_files::AccessPointUse;
use crate::report::document::{Cell, Listing, Table};
use crate::report::headroom::{HeadroomRow, State, tightest_resources};
use crate::report::numbers;
use crate::report::period::headroom_rows;
use crate::report::span::moment;
use crate::units::{FEASIBILITY, NOBODY};

/// Most periods that the table shows.
const MOST: usize = 12;

/// The worst shortfall of a period; in words where targets are missed, and none by more than before.
pub(in crate::report) fn shortfall(period: &PeriodPlan) -> String {
    let worst = period.totals.worst_shortfall;
    if worst <= FEASIBILITY && period.missed_before().next().is_some() {
        "as before".to_owned()
    } else {
        numbers::percent(worst)
    }
}

impl Briefing<'_> {
    /// A row for every period, or for those with most to tell where there are many.
    pub(super) fn periods(&self) -> Table {
        let shown = self.telling();
        let all = &self.plan.periods;
        let if_any = |heading: &'static str, holds: fn(&PeriodPlan) -> bool| {
            all.iter().any(holds).then_some(heading)
        };
        let left_out = all.len() - shown.len();
        let note = if left_out > 0 {
            format!("{left_out} more periods, in which less happens, are in summary.json.")
        } else {
            String::new()
        };
        Listing::of(shown)
            .number("period", |own| own.period.index.to_string())
            .right("from", |own| moment(self.scenario, own.period.start))
            .number("users", |own| Cell::users(own.totals.users))
            .number("unserved", |own| numbers::users_up(own.totals.unserved))
            .number("moved", |own| Cell::users(own.totals.moved))
            .number(
                if_any("returned", |own| own.totals.returned > NOBODY),
                |own| Cell::users(own.totals.returned),
            )
            .number("shortfall", |own| shortfall(own))
            .words(if_any("opens", |own| opened(own).next().is_some()), |own| {
                let opened = opened(own);
                let names = opened.map(|at| &self.inventory.access_points[at].name);
                Cell::names(&names.collect::<Vec<_>>())
            })
            .words(
                if_any("known", |own| own.period.phase != Phase::Known),
                |own| known(own),
            )
            .plain()
            .noted(note)
    }

    /// The tightest components of the tightest period, with the headroom of each; `None` without a period.
    pub(super) fn tightest(&self) -> Option<Table> {
        let period = self.tightest_period()?;
        let heading = if self.plan.periods.len() > 1 {
            format!("tightest in period {}", period.period.index)
        } else {
            "tightest".to_owned()
        };
        let rows = headroom_rows(self.inventory, period);
        let share = |share, words: fn(f64) -> String| Cell::maybe(share, words);
        let table = Listing::of(tightest(&rows))
            .words(heading, |row| Cell::words(&row.name))
            .words("resource", |row| Cell::words(&row.resource))
            .number("before", |row| {
                share(row.headroom_before(), numbers::headroom)
            })
            .number("during", |row| {
                share(row.headroom_during(), numbers::headroom)
            })
            .number("target", |row| share(row.target, numbers::percent))
            .number("room", |row| numbers::room(row.room(), &row.unit));
        Some(table.plain())
    }

    /// All periods, or the dozen with most to tell, in order.
    fn telling(&self) -> Vec<&PeriodPlan> {
        let mut periods: Vec<&PeriodPlan> = self.plan.periods.iter().collect();
        let going = |period: &PeriodPlan| period.totals.moved + period.totals.returned;
        periods.sort_by(|a, b| {
            let (left, right) = (&a.totals, &b.totals);
            right
                .unserved
                .total_cmp(&left.unserved)
                .then(right.worst_shortfall.total_cmp(&left.worst_shortfall))
                .then(b.blind.len().cmp(&a.blind.len()))
                .then(going(b).total_cmp(&going(a)))
                .then(a.period.index.cmp(&b.period.index))
        });
        periods.truncate(MOST);
        periods.sort_by_key(|period| period.period.index);
        periods
    }
}

/// How many components are told to be tightest.
const TIGHTEST: usize = 5;

/// The tightest components of a period, each with its tightest resource.
pub(in crate::report) fn tightest(rows: &[HeadroomRow]) -> impl Iterator<Item = &HeadroomRow> {
    let rows = tightest_resources(rows).into_iter();
    rows.filter(|row| row.state() != State::Gone).take(TIGHTEST)
}

/// Positions of the standby access points that are open.
pub(in crate::report) fn opened(period: &PeriodPlan) -> impl Iterator<Item = usize> {
    period
        .access_points
        .iter()
        .filter(|change| change.after == AccessPointUse::Opened)
        .map(|change| change.access_point.index())
}

/// How much of what is in force is known and answered.
pub(in crate::report) fn known(period: &PeriodPlan) -> &'static str {
    match period.period.phase {
        Phase::Known => "all",
        Phase::Blind => "blind",
        Phase::Reacting => "reacting",
    }
}
