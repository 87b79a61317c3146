//! The periods: one row each.

use super::Briefing;
use crate::model::Phase;
use crate::plan::PeriodPlan;
use crate::plan_files::AccessPointUse;
use crate::report::numbers;
use crate::report::span::moment;
use crate::report::table::{Align, Column, lines, wrapped};
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
    pub(super) fn periods(&self, width: Option<u16>) -> String {
        let shown = self.telling();
        let all = &self.plan.periods;
        let is_any = |holds: fn(&PeriodPlan) -> bool| all.iter().any(holds);
        let is_returning = is_any(|period| period.totals.returned > NOBODY);
        let is_opening = is_any(|period| opened(period).next().is_some());
        let is_blind = is_any(|period| period.period.phase != Phase::Known);
        let column = |heading, align| Column { heading, align };
        let mut columns = vec![
            column("period", Align::Right),
            column("from", Align::Right),
            column("users", Align::Right),
            column("unserved", Align::Right),
            column("moved", Align::Right),
        ];
        if is_returning {
            columns.push(column("returned", Align::Right));
        }
        columns.push(column("shortfall", Align::Right));
        if is_opening {
            columns.push(column("opens", Align::Left));
        }
        if is_blind {
            columns.push(column("known", Align::Left));
        }
        let row = |period: &&PeriodPlan| {
            let totals = &period.totals;
            let mut cells = vec![
                period.period.index.to_string(),
                moment(self.scenario, period.period.start),
                numbers::users(totals.users),
                numbers::users_up(totals.unserved),
                numbers::users(totals.moved),
            ];
            if is_returning {
                cells.push(numbers::users(totals.returned));
            }
            cells.push(shortfall(period));
            if is_opening {
                let names: Vec<&str> = opened(period)
                    .map(|index| self.inventory.access_points[index].name.as_str())
                    .collect();
                cells.push(if names.is_empty() {
                    "-".to_owned()
                } else {
                    names.join(", ")
                });
            }
            if is_blind {
                cells.push(known(period).to_owned());
            }
            cells
        };
        let rows: Vec<Vec<String>> = shown.iter().map(row).collect();
        let mut text = lines(&columns, &rows, width);
        let left_out = all.len() - shown.len();
        if left_out > 0 {
            let words =
                format!("{left_out} more periods, in which less happens, are in summary.json.");
            text.push_str(&wrapped(&words, width));
        }
        text
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
