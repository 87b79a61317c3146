//! Sentences about a runway: alarms, the answer, what moving users is worth, the first action, and what is not checked.

use super::report::RunwayReport;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{Adjustment, Band, Condition, Event, Word as _};
use crate::plan::runway::{Day, FirstFailure, RunwayRow, WholeShards};
pub use crate::plan_files::RunwayVerdictWords as RunwayWords;
use crate::report::grammar::{capital, count, counted_with};
use crate::report::numbers::{amount, users_up};
use crate::report::period::happening;
use crate::report::sweep::noun;
use crate::report::words::is_any_target_set;
use crate::solve::Proof;
use crate::units::NOBODY;
use std::ops::Range;

/// From this number of days on a length of time is given in weeks.
const WEEKS_FROM: Day = 14;

impl RunwayReport<'_> {
    /// What is said of it first.
    pub fn words(&self) -> RunwayWords {
        let mut alarms: Vec<String> = self.trapped().into_iter().collect();
        alarms.extend(self.stopped());
        alarms.extend(self.failing_already());
        let mut not_checked = self.not_checked();
        let row = self.main_row(Adjustment::AsIs, Band::Expected);
        // An all clear comes after what it does not cover.
        if row.is_none_or(|row| row.failing.is_empty()) {
            alarms.append(&mut not_checked);
        }
        RunwayWords {
            alarms,
            answer: self.answer(),
            reasons: self.reasons(),
            first_action: self.first_action(),
            not_checked,
        }
    }

    /// What a condition says while it holds: `one site may fail`.
    pub(super) fn holds(&self, condition: Condition) -> String {
        match condition {
            Condition::Target => "every headroom target is met".to_owned(),
            Condition::Served => "everyone is served".to_owned(),
            Condition::ServedUnder => self.may_fail(),
            Condition::StableUnder => {
                format!("{} without a lasting overload", self.may_fail())
            }
        }
    }

    /// `One site may fail until 14 Mar 2027 (29 Nov 2026 if growth is high, at least to 1 Dec 2028 if low).`
    fn answer(&self) -> String {
        let Some(row) = self.main_row(Adjustment::AsIs, Band::Expected) else {
            return "No condition was settled.".to_owned();
        };
        let bands = [(Band::High, "high"), (Band::Low, "low")];
        let ends = bands.iter().filter_map(|(band, word)| {
            let other = self.main_row(Adjustment::AsIs, *band)?;
            let differs = other.fails_from() != row.fails_from();
            differs.then(|| format!("{} if growth is {word}", self.until(other)))
        });
        let ends: Vec<String> = ends.collect();
        let ends = if ends.is_empty() {
            String::new()
        } else {
            format!(" ({})", ends.join("; "))
        };
        let others = if self.runway.trapped.is_empty() {
            ""
        } else {
            "Not counting these users, "
        };
        // A runway that was stopped may have settled another condition only.
        let is_main = row.condition == Condition::ServedUnder
            || self.runway.failures == 0 && row.condition == Condition::Served;
        let may = match (self.runway.failures, row.fails_from()) {
            (_, Some(0)) if !is_main => {
                let holds = self.holds(row.condition);
                let fails = holds
                    .replace(
                        "every headroom target is met",
                        "a headroom target is missed",
                    )
                    .replace("everyone is served", "components are overloaded");
                return capital(&format!("{others}{fails} from the first day on{ends}."));
            }
            (..) if !is_main => self.holds(row.condition),
            (0, Some(0)) => {
                let fails = "components are overloaded from the first day on";
                return capital(&format!("{others}{fails}{ends}."));
            }
            (0, _) => "capacity lasts".to_owned(),
            (_, Some(0)) => {
                let of = self.may_fail().replace(" may fail", "");
                let while_it_fails = match row.failing.first() {
                    Some(span) if span.end < self.runway.days => {
                        format!("until {}", self.date(span.end - 1))
                    }
                    _ => "from the first day on".to_owned(),
                };
                let again = self.again(row, &self.may_fail());
                return capital(&format!(
                    "{others}a failure of {of} can leave users unserved {while_it_fails}{ends}.{again}"
                ));
            }
            (_, _) => self.may_fail(),
        };
        let until = self.until(row);
        let first = match self.fails_on(row) {
            Some(fails) => format!(" {fails}"),
            None => String::new(),
        };
        let may = if others.is_empty() {
            capital(&may)
        } else {
            may
        };
        let again = self.again(row, &self.holds(row.condition));
        format!("{others}{may} {until}{ends}.{first}{again}")
    }

    /// ` From 1 Feb 2027 on one site may fail until 1 May 2027.`, where a condition that fails holds again; else nothing.
    fn again(&self, row: &RunwayRow, holds: &str) -> String {
        let Some(again) = self.holds_again(row) else {
            return String::new();
        };
        format!(
            " From {} on {holds} {}.",
            self.date(again.start),
            self.again_until(&again)
        )
    }

    /// The days on which a condition holds after those on which it fails first; `None` if it does not hold again.
    pub(super) fn holds_again(&self, row: &RunwayRow) -> Option<Range<Day>> {
        let start = row.failing.first()?.end;
        let end = row
            .failing
            .get(1)
            .map_or(self.runway.days, |next| next.start);
        (start < self.runway.days).then_some(start..end)
    }

    /// `until 1 May 2027`, `at least to 31 Dec 2028`.
    pub(super) fn again_until(&self, again: &Range<Day>) -> String {
        if again.end < self.runway.days {
            format!("until {}", self.date(again.end - 1))
        } else {
            format!("at least to {}", self.last())
        }
    }

    /// `one site may fail`, `up to two sites may fail at once`.
    fn may_fail(&self) -> String {
        let noun = noun(self.over);
        let has_groups = !self.runway.contingencies.groups.is_empty() && noun != "risk group";
        match self.runway.failures {
            1 if has_groups => format!("one {noun} or risk group may fail"),
            1 => format!("one {noun} may fail"),
            some => format!("up to {} may fail at once", count(some, noun)),
        }
    }

    /// `until 14 Mar 2027`, `not from 28 Dec 2026 on`, `at least to 31 Dec 2028`.
    fn until(&self, row: &RunwayRow) -> String {
        match row.fails_from() {
            None => format!("at least to {}", self.last()),
            Some(0) => format!("not even on {}", self.date(0)),
            Some(day) => format!("until {}", self.date(day - 1)),
        }
    }

    /// `From 15 Mar 2027 on Frankfurt's failure leaves 3,120 users unserved: Cardiff lacks 1,200 vCPU of cpu.`
    pub(super) fn fails_on(&self, row: &RunwayRow) -> Option<String> {
        let (day, first) = (row.fails_from()?, row.first.as_ref()?);
        let date = self.date(day);
        let lacks = self.lacks(first);
        let when = if first.case == 0 {
            String::new()
        } else {
            format!(" if {}", self.happens(&self.names(), first.case))
        };
        Some(
            if row.condition == Condition::Target && row.adjustment == Adjustment::AsIs {
                match lacks {
                    Some(lacks) => format!("On {date} {lacks} for its headroom target."),
                    None => format!("On {date} a headroom target is missed."),
                }
            } else if !row.counts_users() {
                match lacks {
                    Some(lacks) => format!("On {date} {lacks}."),
                    None => format!("On {date} users have no path to their site."),
                }
            } else if first.unserved > NOBODY {
                let lacks = lacks.map_or_else(String::new, |lacks| format!(": {lacks}"));
                format!(
                    "On {date} {} unserved{when}{lacks}.",
                    counted_with(&users_up(first.unserved), "user", ["is", "are"])
                )
            } else {
                let lacks = lacks.map_or_else(String::new, |lacks| format!(": {lacks}"));
                format!("On {date} a headroom target is missed{when}{lacks}.")
            },
        )
    }

    /// `Cardiff lacks 1,200 vCPU of cpu`.
    fn lacks(&self, first: &FirstFailure) -> Option<String> {
        let (component, resource) = first.binding?;
        Some(format!(
            "{} lacks {}",
            self.names().alone(component),
            self.quantity((component, resource), first.short)
        ))
    }

    /// `1,200 vCPU of cpu`.
    fn quantity(&self, (_, resource): (ComponentId, ResourceId), value: f64) -> String {
        let of = &self.inventory.resources[resource.index()];
        if of.unit == of.id {
            return format!("{} {}", amount(value), of.unit);
        }
        format!("{} {} of {}", amount(value), of.unit, of.id)
    }

    /// What rebalancing is worth, and until when the other conditions hold.
    fn reasons(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        reasons.extend(self.with_whole_shards());
        reasons.extend(self.worth_of_rebalancing());
        for (condition, holds, fails) in [
            (
                Condition::StableUnder,
                "every component recovers by itself after a failure",
                "some component does not recover by itself after a failure",
            ),
            (
                Condition::Served,
                "everyone is served without a failure",
                "components are overloaded without a failure",
            ),
            (
                Condition::Target,
                "every headroom target is met without a failure",
                "a headroom target is missed without a failure",
            ),
        ] {
            let is_main = self
                .main_row(Adjustment::AsIs, Band::Expected)
                .is_some_and(|row| row.condition == condition);
            let row = |adjustment| self.runway.row(condition, adjustment, Band::Expected);
            let (as_is, rebalanced) = (row(Adjustment::AsIs), row(Adjustment::Rebalanced));
            let is_set = condition != Condition::Target
                || is_any_target_set(self.inventory, &self.scenario.policy);
            let Some(as_is) = as_is.filter(|_| !is_main && is_set) else {
                continue;
            };
            let until = self.until(as_is);
            let other = rebalanced.filter(|row| row.fails_from() != as_is.fails_from());
            let other = other.map(|row| self.until(row));
            reasons.push(match (as_is.fails_from(), other) {
                (Some(0), None) => format!("As is, {fails} from the first day on."),
                (Some(0), Some(other)) => {
                    format!("As is, {fails} from the first day on; rebalanced {holds} {other}.")
                }
                (_, None) => format!("As is, {holds} {until}."),
                (_, Some(other)) => format!("As is, {holds} {until}, rebalanced {other}."),
            });
        }
        reasons.extend(self.with_events());
        reasons
    }

    /// `With whole shards no placement that holds was found from 17 Feb 2028 on.`
    fn with_whole_shards(&self) -> Option<String> {
        let row = self.main_row(Adjustment::AsIs, Band::Expected)?;
        let WholeShards::FailFrom(day) = row.whole_shards else {
            return None;
        };
        let date = self.date(day);
        Some(format!(
            "With whole shards no placement that holds was found from {date} on."
        ))
    }

    /// `Rebalancing gains 11 weeks: until 30 May 2027.`
    fn worth_of_rebalancing(&self) -> Option<String> {
        let as_is = self.main_row(Adjustment::AsIs, Band::Expected)?;
        let condition = as_is.condition;
        let rebalanced = (self.runway).row(condition, Adjustment::Rebalanced, Band::Expected)?;
        let last = self.runway.days;
        let [earlier, later] = [as_is, rebalanced].map(|row| row.fails_from().unwrap_or(last));
        if later <= earlier {
            return Some("Rebalancing gains no time.".to_owned());
        }
        let at_least = if rebalanced.fails_from().is_none() {
            "at least "
        } else {
            ""
        };
        let gained = length(later - earlier);
        Some(format!(
            "Rebalancing gains {at_least}{gained}: {}.",
            self.until(rebalanced)
        ))
    }

    /// Until when the condition holds while events of the scenario are in force.
    fn with_events(&self) -> Vec<String> {
        let Some(main) = self.main_row(Adjustment::AsIs, Band::Expected) else {
            return Vec::new();
        };
        let of_events = |set: &usize| {
            let mut rows = self.runway.rows.iter();
            let row = rows.find(|row| {
                row.events == *set
                    && row.condition == main.condition
                    && row.adjustment == main.adjustment
                    && row.band == main.band
                    && row.recovery == main.recovery
            })?;
            let names = self.events_named(*set);
            Some(format!(
                "With {}: {}.",
                names.join(" and "),
                self.until(row)
            ))
        };
        let sets = (1..self.runway.events.len()).collect::<Vec<usize>>();
        sets.iter().filter_map(of_events).collect()
    }

    /// The names of the events of a set, by its position.
    pub(super) fn events_named(&self, set: usize) -> Vec<String> {
        let positions = self.runway.events.get(set).into_iter().flatten();
        positions
            .filter_map(|position| self.event_name(*position))
            .collect()
    }

    /// `maintenance of Chicago`; with its number where another event of the scenario is called so, such as two surges.
    pub(super) fn event_name(&self, position: usize) -> Option<String> {
        let name = |event: &Event| {
            let kind = event.kind.event_type().word();
            format!("{kind} of {}", happening(self.inventory, event).subject)
        };
        let events = &self.scenario.events;
        let called = name(events.get(position)?);
        let alike = events.iter().filter(|event| name(event) == called).count();
        Some(if alike > 1 {
            format!("{called} (event {})", position + 1)
        } else {
            called
        })
    }

    /// What to do first.
    fn first_action(&self) -> String {
        if let Some(worst) = self.runway.trapped.first() {
            return if worst.case == 0 {
                "First: give these users a permitted site.".to_owned()
            } else {
                format!(
                    "First: add copies or permitted sites for when {}.",
                    self.happens(&self.names(), worst.case)
                )
            };
        }
        let main = self.main_row(Adjustment::AsIs, Band::Expected);
        let Some(row) = main.filter(|_| !self.runway.is_stopped) else {
            return "First: run it again to the end.".to_owned();
        };
        let Some(day) = row.fails_from() else {
            return format!(
                "First: nothing. Run it again when demand or capacity changes, at the latest on {}.",
                self.last()
            );
        };
        let rebalanced = self
            .runway
            .row(row.condition, Adjustment::Rebalanced, row.band);
        let last = self.runway.days;
        let gains = rebalanced.is_some_and(|other| other.fails_from().unwrap_or(last) > day);
        let date = self.date(day);
        let first = row.first.as_ref();
        let binding = first.and_then(|first| Some((first.binding?, first.short)));
        if gains {
            return format!(
                "First: rebalance by {date}. `plimsoll plan` of that day says who moves."
            );
        }
        let Some((at, short)) = binding else {
            return format!("First: add capacity by {date}.");
        };
        let resource = self.inventory.resource_id(at.1);
        let component = self.names().alone(at.0);
        let short = self.quantity(at, short);
        if day == 0 {
            format!("First: add {resource} at {component}: {short} are short already.")
        } else {
            format!(
                "First: order {resource} for {component}, in service by {date}. {short} are short on that day, and more later."
            )
        }
    }

    /// What is not checked, and what is not proven.
    fn not_checked(&self) -> Vec<String> {
        let mut all = Vec::new();
        let rows = self.runway.rows.iter();
        let unproven = rows.filter(|row| row.proof != Proof::Proven).count();
        if unproven > 0 {
            all.push(format!(
                "Not proven: the dates of {} of runway.csv.",
                count(unproven, "row")
            ));
        }
        if let Some(row) = self.main_row(Adjustment::AsIs, Band::Expected) {
            let is_asked = self.runway.failures > 0 && !self.may_split();
            if is_asked && row.whole_shards == WholeShards::NotChecked {
                all.push(
                    "Not checked: whole shards. Dates hold for shards that may be split."
                        .to_owned(),
                );
            }
        }
        if self.runway.failures == 0 {
            all.push("Not checked: failures (`--failures 1`).".to_owned());
        }
        all
    }

    fn may_split(&self) -> bool {
        self.scenario.policy.split_shards
    }
}

/// `9 days`, `11 weeks`.
fn length(days: Day) -> String {
    let as_count = |days: Day| usize::try_from(days).unwrap_or(usize::MAX);
    if days < WEEKS_FROM {
        count(as_count(days), "day")
    } else {
        count(as_count(days / 7), "week")
    }
}
