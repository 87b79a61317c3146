//! Until when the homes and paths with which a plan ends hold as users grow, if nothing fails.

use super::Briefing;
use crate::model::Event;
use crate::plan::runway::{Condition, Day};
use crate::plan::{EndStateDates, EndStateGap, EndStateRunway};
use crate::report::grammar::{said_if, short};
use crate::report::numbers;
use crate::report::period::happening;
use crate::report::words::is_any_target_set;
use crate::scenario::ends_with_it;
use jiff::tz::TimeZone;

impl Briefing<'_> {
    /// The dates, the earliest first; what they assume, and what is not checked. Nothing where users do not grow.
    pub(in crate::report) fn end_state(&self) -> Vec<String> {
        let Some(runway) = &self.plan.end_state else {
            return Vec::new();
        };
        let mut sentences = match runway.found {
            Ok(dates) => {
                let mut sentences = self.dates(runway, dates);
                sentences.extend(self.assumed_later(runway));
                sentences.extend(runway.newcomers.map(|day| {
                    let from = date(runway, day);
                    format!("Not counted: users that join from {from} on and have no home yet.")
                }));
                sentences.push("Not checked: failures in that time.".to_owned());
                sentences
            }
            Err(gap) => self.gap(gap),
        };
        sentences.push(format!(
            "To check from the homes in shards.csv: plimsoll runway INVENTORY --from {} --until {}.",
            argument(runway, 0),
            argument(runway, runway.days),
        ));
        sentences
    }

    /// Until when conditions hold, that which fails first before the other, and unserved users before targets.
    fn dates(&self, runway: &EndStateRunway, dates: EndStateDates) -> Vec<String> {
        let mut clauses = vec![(
            dates.served.unwrap_or(Day::MAX),
            clause(
                runway,
                (dates, Condition::Served),
                ["everyone is served", "not all users fit"],
            ),
        )];
        if is_any_target_set(self.inventory, &self.scenario.policy) {
            let words = ["headroom targets are met", "a headroom target is missed"];
            clauses.push((
                dates.target.unwrap_or(Day::MAX),
                clause(runway, (dates, Condition::Target), words),
            ));
        }
        clauses.sort_by_key(|(day, _)| *day);
        let said = clauses.into_iter().enumerate();
        said.map(|(position, (_, clause))| {
            if position == 0 {
                format!(
                    "With the homes and paths at the plan's end and growth as expected, {clause}."
                )
            } else {
                format!("With them, {clause}.")
            }
        })
        .collect()
    }

    /// Which events go on, and which are over while users stay where these moved them.
    fn assumed_later(&self, runway: &EndStateRunway) -> Vec<String> {
        let events = &self.scenario.events;
        let on: Vec<&Event> = runway
            .in_force
            .iter()
            .filter_map(|event| events.get(*event))
            .collect();
        let over: Vec<&Event> = events
            .iter()
            .filter(|event| ends_with_it(event, self.scenario))
            .collect();
        let is_away = self.plan.periods.last().is_some_and(|period| {
            let mut parts = period.parts.iter();
            parts.any(|part| part.site != self.inventory.shards[part.shard.index()].site)
        });
        let goes_on = self.together(&on).map(|(events, is_one)| {
            let verb = if is_one { "goes" } else { "go" };
            format!("Assumed: {events} {verb} on.")
        });
        let is_over = self.together(&over).map(|(events, is_one)| {
            let verb = if is_one { "is" } else { "are" };
            let stay = said_if(is_away, ", and moved users stay at their new sites".into());
            format!("Assumed: {events} {verb} over{stay}.")
        });
        goes_on.into_iter().chain(is_over).collect()
    }

    /// `maintenance of Chicago and 2 more events`, and whether it is one; `None` without events.
    fn together(&self, events: &[&Event]) -> Option<(String, bool)> {
        let (first, more) = events.split_first()?;
        let noun = first.kind.event_type().noun();
        let subject = short(&happening(self.inventory, first).subject);
        let more = match more.len() {
            0 => String::new(),
            1 => " and 1 more event".to_owned(),
            more => format!(" and {more} more events"),
        };
        Some((format!("{noun} of {subject}{more}"), more.is_empty()))
    }

    /// Why no date is known.
    fn gap(&self, gap: EndStateGap) -> Vec<String> {
        let why = match gap {
            EndStateGap::Unserved => {
                let last = self.plan.periods.last();
                let unserved = last.map_or(0.0, |period| period.totals.unserved);
                let users = numbers::users_up(unserved);
                return vec![
                    format!("At the plan's end {users} users are unserved."),
                    "Not checked: until when the others are served as users grow.".to_owned(),
                ];
            }
            EndStateGap::Hours => "demand is planned by the hour",
            EndStateGap::Work => "the inventory is too large to check it with every plan",
            EndStateGap::Stopped => "the planning was stopped",
        };
        vec![format!(
            "Not checked: until when the plan's end holds as users grow, since {why}."
        )]
    }
}

/// Until when a condition holds, or from when on it fails; `[holds, fails]` say which.
fn clause(
    runway: &EndStateRunway,
    (dates, condition): (EndStateDates, Condition),
    [holds, fails]: [&str; 2],
) -> String {
    match dates.fails_from(condition) {
        Some(0) => format!("{fails} from {} on", date(runway, 0)),
        Some(day) => format!("{holds} until {}", date(runway, day - 1)),
        None => {
            let last = runway.days.saturating_sub(1);
            format!("{holds} at least until {}", date(runway, last))
        }
    }
}

/// `8 Apr 2028`.
fn date(runway: &EndStateRunway, day: Day) -> String {
    let begins = runway.begins(day).to_zoned(TimeZone::UTC);
    begins.strftime("%-d %b %Y").to_string()
}

/// `2028-04-08`.
fn argument(runway: &EndStateRunway, day: Day) -> String {
    let begins = runway.begins(day).to_zoned(TimeZone::UTC);
    begins.date().to_string()
}
