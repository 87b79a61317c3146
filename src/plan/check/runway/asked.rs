//! Asked: what runway.json says was asked, and inventory and scenario as they are on a day.

use super::super::context::ShardNames;
use super::super::judge::Keys;
use super::super::report::{At, Report, Rule};
use crate::ids::{ShardId, SiteId};
use crate::model::{
    Adjustment, Band, Condition, Event, EventKind, ExistingShortfall, FailureSet, Inventory,
    MoveRule, Policy, Recovery, Scenario, Shard,
};
use crate::plan_files::{PlacedRow, RUNWAY_FILE, Row as _, WrittenRunway};
use crate::units::FEASIBILITY;
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

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
    /// Homes of shards that have none in shards.csv.
    placed: Vec<(Band, ShardId, SiteId)>,
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
        written: &WrittenRunway,
        report: &mut Report,
    ) -> Option<Self> {
        let summary = &written.summary;
        let placed = placed(inventory, written, report);
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
            placed,
        })
    }

    /// The instant at which a day begins.
    pub(super) fn begins(date: Date) -> Timestamp {
        Offset::UTC
            .to_timestamp(date.at(0, 0, 0, 0))
            .unwrap_or(Timestamp::MAX)
    }

    /// The inventory at an end of the forecast, with homes for shards that have none.
    pub(super) fn of_band(&self, band: Band) -> Inventory {
        let mut inventory = self.inventory.at_end_of_forecast(band);
        let shards: &mut [Shard] = &mut inventory.shards;
        for (_, shard, site) in self.placed.iter().filter(|(of, _, _)| *of == band) {
            shards[shard.index()].site = Some(*site);
        }
        inventory
    }

    /// Whether shards get homes that no file of the inventory has.
    pub(super) fn has_placed(&self) -> bool {
        !self.placed.is_empty()
    }

    /// `true` if a capacity of 0 may close what is open without limits.
    pub(super) fn may_close(&self) -> bool {
        let later = self.inventory.capacity_changes.iter();
        let later = later.filter_map(|change| change.capacity);
        let mut all = self
            .inventory
            .capacity
            .iter()
            .flatten()
            .copied()
            .chain(later);
        let takes_all = |event: &Event| match &event.kind {
            EventKind::Maintenance(taken) | EventKind::Failure(taken) | EventKind::Gray(taken) => {
                taken.resources.is_some() && taken.capacity <= 0.0
            }
            EventKind::Surge(_) | EventKind::Slow(_) | EventKind::Disconnect(_) => false,
        };
        all.any(|capacity| capacity <= 0.0) || self.scenario.events.iter().any(takes_all)
    }

    /// The inventory at an end of the forecast, by the rules of a condition and of who may move.
    pub(super) fn inventory(
        &self,
        condition: Condition,
        moves: Adjustment,
        band: Band,
    ) -> Inventory {
        let mut inventory = self.of_band(band);
        if !condition.is_under_failures() && moves != Adjustment::Rebalanced {
            let shards: &mut [Shard] = &mut inventory.shards;
            for shard in shards.iter_mut().filter(|shard| shard.site.is_some()) {
                shard.move_rule = MoveRule::Pinned;
            }
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

/// P7877: placed.csv gives homes to shards that have none, each once for an end of the forecast.
fn placed(
    inventory: &Inventory,
    written: &WrittenRunway,
    report: &mut Report,
) -> Vec<(Band, ShardId, SiteId)> {
    const PLACED: Rule = Rule::new(
        "P7877",
        "give homes only to shards without a site in shards.csv, each once for an end of the forecast",
    );
    let names = ShardNames::new(&inventory.shard_ids);
    let mut all: BTreeMap<(Band, ShardId), SiteId> = BTreeMap::new();
    for lined in written.placed.iter().flatten() {
        let row = &lined.row;
        let shard = names.get(row.shard.as_ref());
        let shard = shard.filter(|shard| inventory.shards[shard.index()].site.is_none());
        let site = inventory
            .sites
            .iter()
            .position(|site| site.id == row.site)
            .map(SiteId::new);
        let (Some(shard), Some(site)) = (shard, site) else {
            let at = At::cell(PlacedRow::FILE, lined.line, "shard");
            let found = format!("`{}` at `{}`", row.shard, row.site);
            report.add(
                PLACED,
                at,
                found,
                "a shard without a site, at a site of sites.csv",
            );
            continue;
        };
        if all.insert((row.band, shard), site).is_some() {
            let at = At::cell(PlacedRow::FILE, lined.line, "shard");
            report.add(
                PLACED,
                at,
                format!("`{}` a second time", row.shard),
                "each shard once",
            );
        }
    }
    all.into_iter()
        .map(|((band, shard), site)| (band, shard, site))
        .collect()
}
