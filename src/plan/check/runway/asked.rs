//! Asked: what runway.json says was asked, and inventory and scenario as they are on a day.

use super::super::judge::Keys;
use super::super::report::{Report, Rule};
use crate::model::{
    Adjustment, Band, Condition, Event, ExistingShortfall, FailureSet, Inventory, MoveRule, Policy,
    Recovery, Scenario, Shard,
};
use crate::plan_files::{RUNWAY_FILE, RunwaySummary};
use crate::units::FEASIBILITY;
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// What was asked.
pub(super) struct AskedRunway<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) scenario: &'a Scenario,
    pub(super) from: Date,
    pub(super) until: Date,
    pub(super) over: FailureSet,
    pub(super) failures: usize,
    pub(super) recoveries: Vec<Recovery>,
    pub(super) bands: Vec<Band>,
}

const NOT_ASKED: Rule = Rule::new(
    "P7870",
    "verify the runway with the inventory and the scenario that it was made for, and use runway.json as it was written",
);

impl<'a> AskedRunway<'a> {
    /// P7870: `None` if it cannot be known, which is noted.
    pub(super) fn new(
        inventory: &'a Inventory,
        scenario: &'a Scenario,
        summary: &RunwaySummary,
        report: &mut Report,
    ) -> Option<Self> {
        let keys = &mut Keys::new(RUNWAY_FILE, "", report);
        if summary.scenario != scenario.name {
            let [found, expected] =
                [&summary.scenario, &scenario.name].map(|name| format!("`{name}`"));
            keys.note(NOT_ASKED, "scenario", found, expected);
        }
        let date = |text: &str| text.parse::<Date>().ok();
        let Some((from, until)) = date(&summary.from)
            .zip(date(&summary.until))
            .filter(|(from, until)| from < until)
        else {
            let found = format!("`{}` to `{}`", summary.from, summary.until);
            keys.note(NOT_ASKED, "until", found, "a date after `from`");
            return None;
        };
        let Some(over) = FailureSet::of_word(&summary.over) else {
            keys.note(
                NOT_ASKED,
                "over",
                format!("`{}`", summary.over),
                "a kind of component",
            );
            return None;
        };
        let recoveries = summary
            .recoveries
            .iter()
            .map(|word| Recovery::of_word(word))
            .collect();
        let bands = summary
            .bands
            .iter()
            .map(|word| Band::ALL.into_iter().find(|band| band.word() == word));
        let words: (Option<Vec<Recovery>>, Option<Vec<Band>>) = (recoveries, bands.collect());
        let (Some(recoveries), Some(bands)) = words else {
            keys.note(
                NOT_ASKED,
                "bands",
                "a word that is not known",
                "low, expected, high",
            );
            return None;
        };
        Some(Self {
            inventory,
            scenario,
            from,
            until,
            over,
            failures: usize::try_from(summary.failures).unwrap_or(usize::MAX),
            recoveries,
            bands,
        })
    }

    /// The instant at which a day begins.
    pub(super) fn begins(date: Date) -> Timestamp {
        Offset::UTC
            .to_timestamp(date.at(0, 0, 0, 0))
            .unwrap_or(Timestamp::MAX)
    }

    /// The inventory at an end of the forecast, by the rules of a condition and of who may move.
    pub(super) fn inventory(
        &self,
        condition: Condition,
        moves: Adjustment,
        band: Band,
    ) -> Inventory {
        let mut inventory = self.inventory.at_end_of_forecast(band);
        if !condition.is_under_failures() && moves != Adjustment::Rebalanced {
            let shards: &mut [Shard] = &mut inventory.shards;
            shards
                .iter_mut()
                .for_each(|shard| shard.move_rule = MoveRule::Pinned);
        }
        if condition == Condition::StableUnder {
            let changes = inventory.capacity_changes.iter_mut();
            let later = changes.filter_map(|change| change.capacity.as_mut());
            for capacity in inventory.capacity.iter_mut().flatten().chain(later) {
                *capacity *= 1.0 - FEASIBILITY;
            }
        }
        inventory
    }

    /// The scenario of a day: its first second, with these events known and in force; every missed target counts.
    pub(super) fn scenario(&self, condition: Condition, date: Date, events: &[usize]) -> Scenario {
        let start = Self::begins(date);
        let end = start
            .checked_add(SignedDuration::from_secs(1))
            .unwrap_or(Timestamp::MAX);
        let events = events
            .iter()
            .filter_map(|position| self.scenario.events.get(*position));
        let events = events.map(|event| Event {
            start,
            end,
            detected: start,
            drain_minutes: None,
            is_end_assumed: false,
            ..event.clone()
        });
        Scenario {
            start,
            end,
            policy: Policy {
                existing_shortfall: ExistingShortfall::Repair,
                freeze_onboarding: false,
                reaction_minutes: 0.0,
                require_stable: condition == Condition::StableUnder,
                ..self.scenario.policy.clone()
            },
            events: events.collect(),
            protect: None,
            queued: Vec::new(),
            ..self.scenario.clone()
        }
    }
}
