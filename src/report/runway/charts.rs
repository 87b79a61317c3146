//! The values and the findings of a runway's charts.

mod calendar;
mod load_line;

use super::groups::{ALL_MOVES, ConditionGroup};
use super::report::RunwayReport;
use crate::model::{Band, CapacityChange};
use crate::plan::runway::{Adjustment, ComponentRunway, Condition, Day, RunwayRow, TrappedUsers};
use crate::report::charts::runway::{CapacityArrival, ComponentBar, ConditionBar};
use crate::report::charts::{Chart, RunwayChart};
use crate::report::grammar::{capital, short};
use crate::report::numbers;
use crate::report::sweep::ComponentNames;
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// Most conditions and components of the chart.
const MOST_CONDITIONS: usize = 24;
const MOST_COMPONENTS: usize = 10;

type NamedChart = (&'static str, &'static str, Box<dyn Chart>);

impl RunwayReport<'_> {
    /// Those that have something to show, with name and subject.
    pub(super) fn charts(&self) -> Vec<NamedChart> {
        let names = self.names();
        let mut charts: Vec<NamedChart> = Vec::new();
        if !self.runway.rows.is_empty() {
            charts.push(("runway", "Runway", Box::new(self.runway_chart(&names))));
        }
        if let Some(chart) = self.load_line(&names) {
            charts.push(("load-line", "Load line", Box::new(chart)));
        }
        if let Some(chart) = self.calendar(&names) {
            charts.push(("calendar", "Calendar of sites", Box::new(chart)));
        }
        charts
    }

    fn runway_chart(&self, names: &ComponentNames<'_>) -> RunwayChart {
        let groups = self.groups();
        let bars = groups
            .iter()
            .take(MOST_CONDITIONS)
            .map(|group| self.bar(group));
        let run_out = self.running_out();
        let components = run_out.iter().take(MOST_COMPONENTS);
        let component = |row: &&ComponentRunway| ComponentBar {
            name: short(&names.alone(row.component)),
            resource: short(self.inventory.resource_id(row.resource)),
            as_is: row.as_is,
            worst: row.worst,
        };
        let mut notes = self.trapped_note(names);
        if groups.iter().any(ConditionGroup::is_of_all) {
            let all = capital(ALL_MOVES);
            notes.push(format!(
                "{all}: as is, steered and rebalanced hold equally long."
            ));
        }
        if self.runway.is_stopped {
            notes
                .push("Not checked, stopped: components, and conditions without a bar.".to_owned());
        } else if run_out.is_empty() {
            notes.push("No component runs out of capacity.".to_owned());
        }
        RunwayChart {
            title: self.runway_title(names, &groups),
            about: self.about(),
            from: self.runway.from,
            days: self.runway.days,
            bars: bars.collect(),
            bars_in_all: groups.len(),
            arrivals: self.arrivals(names),
            components: components.map(component).collect(),
            components_in_all: run_out.len(),
            notes,
        }
    }

    fn bar(&self, group: &ConditionGroup<'_>) -> ConditionBar {
        ConditionBar {
            name: self.condition_name(group.main),
            how: Self::how(group),
            fails_from: group.main.fails_from(),
            ends: group.ends.map(|rows| rows.map(RunwayRow::fails_from)),
            failing: group.main.failing.clone(),
        }
    }

    /// Alarms first, then the main condition, then one that fails earlier.
    fn runway_title(&self, names: &ComponentNames<'_>, groups: &[ConditionGroup<'_>]) -> String {
        let as_is = |band| self.main_row(Adjustment::AsIs, band);
        let main = as_is(Band::Expected)
            .or(as_is(Band::High))
            .or(as_is(Band::Low));
        let main = main.or(groups.first().map(|group| group.main));
        let Some(main) = main else {
            return "No condition was checked".to_owned();
        };
        let trapped = self.runway.trapped.first().map(|trapped| {
            let users = numbers::about(trapped.users);
            format!(
                "{users} users are trapped {}",
                self.trapped_when(names, trapped)
            )
        });
        let holds = self.finding(main);
        let earlier = groups.first().map(|group| group.main).filter(|row| {
            let day = |row: &RunwayRow| row.fails_from().unwrap_or(Day::MAX);
            day(row) < day(main)
        });
        let earlier = earlier.map(|row| self.finding(row));
        let clauses: Vec<String> = match (trapped, earlier) {
            (None, None) => vec![holds],
            (Some(trapped), _) => vec![trapped, format!("not counting them, {holds}")],
            (None, Some(earlier)) => vec![holds, earlier],
        };
        capital(&clauses.join("; "))
    }

    /// `one site may fail until 14 Mar 2027, as is`.
    fn finding(&self, row: &RunwayRow) -> String {
        let fails = self.failing_words();
        let again = self
            .holds_again(row)
            .filter(|_| row.fails_from() == Some(0));
        let when = match (row.fails_from(), &again) {
            (_, Some(again)) => {
                let from = self.date(again.start);
                format!("from {from} on, {}", self.again_until(again))
            }
            (None, _) => format!("beyond {}", self.last()),
            (Some(day), _) => format!("until {}", self.date(day.saturating_sub(1))),
        };
        let is_now = row.fails_from() == Some(0) && again.is_none();
        match row.condition {
            Condition::Target if is_now => {
                "a headroom target is missed from the first day on".to_owned()
            }
            Condition::Target => format!("headroom targets are met {when}"),
            Condition::Served if is_now => "users are unserved from the first day on".to_owned(),
            Condition::Served => format!("everyone is served {when}"),
            Condition::ServedUnder if is_now => {
                format!("on no day may {fails} fail without unserved users")
            }
            Condition::ServedUnder => format!("{fails} may fail {when}"),
            Condition::StableUnder if is_now => {
                format!("on no day may {fails} fail without a lasting overload")
            }
            Condition::StableUnder => format!("{fails} may fail without a lasting overload {when}"),
        }
    }

    fn trapped_when(&self, names: &ComponentNames<'_>, trapped: &TrappedUsers) -> String {
        match self.trapping(trapped) {
            when if when.is_empty() => self.condition(names, trapped.case),
            when => when,
        }
    }

    fn trapped_note(&self, names: &ComponentNames<'_>) -> Vec<String> {
        let trapped = self.runway.trapped.first();
        let note = trapped.map(|trapped| {
            let users = numbers::lost_users(trapped.users);
            let when = self.trapped_when(names, trapped);
            format!(
                "Trapped users are left out of all bars: {users} have no site {when}, even with unlimited capacity."
            )
        });
        note.into_iter().collect()
    }

    /// The first day that has a capacity change: one later than midnight counts from the next.
    fn day_of(&self, change: &CapacityChange) -> Option<Day> {
        let passed = change.date.duration_since(self.runway.from);
        let day = SignedDuration::from_hours(24).as_secs();
        let days = passed.as_secs().div_euclid(day);
        let is_later = passed > SignedDuration::from_hours(24 * days);
        let first = Day::try_from(days + i64::from(is_later)).ok()?;
        (first > 0 && first < self.runway.days).then_some(first)
    }

    /// Capacity that arrives, a line a day.
    fn arrivals(&self, names: &ComponentNames<'_>) -> Vec<CapacityArrival> {
        let mut known: BTreeMap<(usize, usize), Option<f64>> = BTreeMap::new();
        let mut changes: Vec<&CapacityChange> = self.inventory.capacity_changes.iter().collect();
        changes.sort_by_key(|change| (change.date, change.component, change.resource));
        let mut by_day: BTreeMap<Day, Vec<String>> = BTreeMap::new();
        for change in changes {
            let at = (change.component.index(), change.resource.index());
            let before = known
                .insert(at, change.capacity)
                .unwrap_or_else(|| self.inventory.capacity.get(at).copied().flatten());
            let more = match (before, change.capacity) {
                (Some(before), Some(after)) if after > before => {
                    let unit = &self.inventory.resources[at.1].unit;
                    format!("+{}", numbers::quantity(after - before, unit))
                }
                (Some(_), None) => "unlimited".to_owned(),
                _ => continue,
            };
            if let Some(day) = self.day_of(change) {
                let name = short(&names.alone(change.component));
                let words = format!("{name} {more}");
                by_day.entry(day).or_default().push(words);
            }
        }
        let arrival = |(day, words): (Day, Vec<String>)| {
            let words = match words.as_slice() {
                [first, rest @ ..] if !rest.is_empty() => {
                    format!("{first} and {} more", rest.len())
                }
                all => all.concat(),
            };
            CapacityArrival { day, words }
        };
        by_day.into_iter().map(arrival).collect()
    }
}
