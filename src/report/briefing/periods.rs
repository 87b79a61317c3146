//! The periods: one row each.

use super::Briefing;
use crate::model::{AccessPoint, Phase};
use crate::plan::PeriodPlan;
use crate::plan_files::AccessPointUse;
use crate::report::document::{Cell, Listing, Table};
use crate::report::grammar::only_if;
use crate::report::headroom::{HeadroomRow, State, before_words, tightest_resources};
use crate::report::numbers;
use crate::report::period::headroom_rows;
use crate::report::span::moment;
use crate::units::{FEASIBILITY, NOBODY};

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

/// The state of a period; unserved users count, known to the plan or not.
pub(in crate::report) fn state_of(period: &PeriodPlan) -> State {
    let is_hurt = period
        .blind
        .iter()
        .any(|affected| affected.users_excess > NOBODY);
    if period.totals.unserved > NOBODY || is_hurt {
        State::Full
    } else if period.totals.worst_shortfall > FEASIBILITY || period.missed_before().next().is_some()
    {
        State::BelowTarget
    } else {
        State::Fine
    }
}

/// The anchors of a page for the unserved users of a period, its moves, and its missing headroom.
pub(in crate::report) type Becauses = [Option<String>; 3];

impl Briefing<'_> {
    /// A heading, if its column has a value in any period.
    pub(in crate::report) fn if_any(
        &self,
        heading: &'static str,
        holds: fn(&PeriodPlan) -> bool,
    ) -> Option<&'static str> {
        self.plan.periods.iter().any(holds).then_some(heading)
    }

    /// A row for each of these periods: users served and moved, and missing headroom.
    pub(in crate::report) fn rows_of_periods<'p>(
        &self,
        periods: impl IntoIterator<Item = &'p PeriodPlan>,
        becauses: impl Fn(&PeriodPlan) -> Becauses,
    ) -> Listing<(&'p PeriodPlan, Becauses)> {
        let periods = periods.into_iter().map(|period| (period, becauses(period)));
        Listing::of(periods)
            .number("period", |(period_plan, _)| {
                Cell::period(period_plan.period.index).judged(state_of(period_plan))
            })
            .right("from", |(period_plan, _)| {
                moment(self.scenario, period_plan.period.start)
            })
            .number("users", |(period_plan, _)| {
                Cell::users(period_plan.totals.users)
            })
            .number("unserved", |(period_plan, because)| {
                let unserved = period_plan.totals.unserved;
                let cell = Cell::number(numbers::users_up(unserved), unserved);
                cell.maybe_because(because[0].clone())
            })
            .number("moved", |(period_plan, because)| {
                Cell::users(period_plan.totals.moved).maybe_because(because[1].clone())
            })
            .number(
                self.if_any("returned", |period_plan| {
                    period_plan.totals.returned > NOBODY
                }),
                |(period_plan, _)| {
                    let index = period_plan.period.index;
                    let returned = period_plan.totals.returned;
                    let anchor = (returned > NOBODY).then(|| format!("period-{index}"));
                    Cell {
                        because: anchor,
                        ..Cell::users(returned)
                    }
                },
            )
            .number("shortfall", |(period_plan, because)| {
                Cell::number(shortfall(period_plan), period_plan.totals.worst_shortfall)
                    .maybe_because(because[2].clone())
            })
    }

    /// The access points that open in the periods of some rows, and how much of the events in force is known.
    pub(in crate::report) fn opens_and_known<'p>(
        &self,
        rows: Listing<(&'p PeriodPlan, Becauses)>,
        opens: impl Fn(&[&AccessPoint]) -> Cell,
    ) -> Listing<(&'p PeriodPlan, Becauses)> {
        rows.words(
            self.if_any("opens", |period_plan| opened(period_plan).next().is_some()),
            |(period_plan, _)| {
                let all = opened(period_plan).map(|at| &self.inventory.access_points[at]);
                opens(&all.collect::<Vec<_>>())
            },
        )
        .words(
            self.if_any("known", |period_plan| {
                period_plan.period.phase != Phase::Known
            }),
            |(period_plan, _)| match period_plan.period.phase {
                Phase::Known => "all",
                Phase::Blind => "blind",
                Phase::Reacting => "reacting",
            },
        )
    }

    pub(super) fn periods(&self) -> Table {
        let shown = self.eventful();
        let left_out = self.plan.periods.len() - shown.len();
        let note = only_if(left_out > 0, || {
            format!("{left_out} less eventful periods are in summary.json.")
        });
        let rows = self.rows_of_periods(shown, |_| Becauses::default());
        let names = |all: &[&AccessPoint]| -> Vec<String> {
            all.iter()
                .map(|access_point| access_point.name.clone())
                .collect()
        };
        let rows = self.opens_and_known(rows, |all| Cell::names(&names(all)));
        rows.plain().noted(note)
    }

    /// The tightest components of the tightest period, with the headroom of each; `None` without a period.
    pub(super) fn tightest(&self) -> Option<Table> {
        let period = self.tightest_period()?;
        let heading = if self.plan.periods.len() > 1 {
            format!("tightest in period {}, free", period.period.index)
        } else {
            "tightest, free".to_owned()
        };
        let rows = headroom_rows(self.inventory, period);
        let share = |share, words: fn(f64) -> String| Cell::maybe(share, words);
        let table = Listing::of(tightest(&rows))
            .words(heading, |row| Cell::words(&row.name))
            .words("resource", |row| Cell::words(&row.resource))
            .number(before_words(self.inventory), |row| {
                share(row.headroom_before(), numbers::headroom)
            })
            .number("during", |row| {
                share(row.headroom_during(), numbers::headroom)
            })
            .number("target", |row| share(row.target, numbers::percent))
            .number("spare capacity", |row| {
                numbers::spare_capacity(row.spare(), &row.unit)
            });
        Some(table.plain())
    }

    /// All periods, or the dozen most eventful ones, in order.
    fn eventful(&self) -> Vec<&PeriodPlan> {
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

const TIGHTEST: usize = 5;

pub(in crate::report) fn tightest(rows: &[HeadroomRow]) -> impl Iterator<Item = &HeadroomRow> {
    let rows = tightest_resources(rows).into_iter();
    rows.filter(|row| row.state() != State::Gone).take(TIGHTEST)
}

fn opened(period: &PeriodPlan) -> impl Iterator<Item = usize> {
    let changes = period.access_points.iter();
    let opened = changes.filter(|change| change.after == AccessPointUse::Opened);
    opened.map(|change| change.access_point.index())
}
