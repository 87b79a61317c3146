//! Stretches: spans of days within which a condition that holds on one day holds on all others on one side of it, so that
//! the first day on which it fails is found by bisection.

use crate::error::Result;
use crate::model::{Band, Inventory};
use crate::plan::runway::Day;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::ops::Range;

/// How users change within a stretch of days in which no capacity changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trend {
    /// No shard's users fall: what fails on a day fails on all later ones.
    Rising,
    /// No shard's users rise: what holds on a day holds on all later ones.
    Falling,
    /// Neither is known: every day is asked.
    Mixed,
}

/// Days in a row with one trend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DayStretch {
    pub(super) days: Range<Day>,
    pub(super) trend: Trend,
}

/// The instant at which a day begins.
pub(super) fn begins(first: Timestamp, day: Day) -> Timestamp {
    let span = SignedDuration::from_hours(24 * i64::from(day));
    first.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// The stretches of these days, in order, at an end of the forecast. What is dated within a day counts from the next.
///
/// Users and capacities are those at the beginning of each day, so a change between two of them separates stretches: of
/// capacity, of users who leave, of a rate. Within one only growth goes on, and users join.
pub(super) fn stretches(
    inventory: &Inventory,
    first: Timestamp,
    count: Day,
    band: Band,
) -> Vec<DayStretch> {
    let mut starts: BTreeSet<Day> = BTreeSet::from([0]);
    let leaving = inventory.onboarding.iter();
    let leaving = leaving.filter(|row| row.joining(band) < 0);
    let changes = inventory.capacity_changes.iter().map(|row| row.date);
    let rates = inventory.growth.iter();
    let rates = rates
        .flat_map(|rate| [Some(rate.start), rate.end])
        .flatten();
    let dates = leaving.map(|row| row.date).chain(changes).chain(rates);
    starts.extend(
        dates
            .filter_map(|date| counts_from(first, date))
            .filter(|day| *day < count),
    );
    let starts: Vec<Day> = starts.into_iter().collect();
    let ends = starts.iter().skip(1).copied().chain([count]);
    let stretch = |(start, end): (Day, Day)| DayStretch {
        days: start..end,
        trend: trend(
            inventory,
            [begins(first, start), begins(first, end - 1)],
            band,
        ),
    };
    let spans = starts.iter().copied().zip(ends);
    spans
        .filter(|(start, end)| start < end)
        .map(stretch)
        .collect()
}

/// The first day at whose beginning something dated counts; `None` if it does from the first on.
pub(super) fn counts_from(first: Timestamp, date: Timestamp) -> Option<Day> {
    const DAY: i64 = 86_400;
    let seconds = date.duration_since(first).as_secs_f64();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the calendar has fewer days than that"
    )]
    let day = (seconds / DAY as f64).ceil() as i64;
    Day::try_from(day).ok().filter(|day| *day > 0)
}

/// How users change between two instants, between which no rate begins or ends and nobody leaves.
fn trend(inventory: &Inventory, [from, until]: [Timestamp; 2], band: Band) -> Trend {
    let in_force = inventory.growth.iter();
    let in_force = in_force
        .filter(|rate| rate.start < until && rate.end.is_none_or(|end| from < end))
        .map(|rate| rate.rate(band));
    let (mut rises, mut falls) = (false, false);
    for rate in in_force {
        rises |= rate > 0.0;
        falls |= rate < 0.0;
    }
    let mut rows = inventory.onboarding.iter();
    rises |= rows.any(|row| from < row.date && row.date <= until && row.joining(band) > 0);
    match (rises, falls) {
        (_, false) => Trend::Rising,
        (false, true) => Trend::Falling,
        (true, true) => Trend::Mixed,
    }
}

/// Spans of days on which a condition fails, ascending and apart, from those of every stretch; of each it is said whether the
/// condition failed to the end of the stretch before, as it then mostly goes on.
///
/// # Errors
/// Those of `of_stretch`.
pub(super) fn failing(
    stretches: &[DayStretch],
    mut of_stretch: impl FnMut(&DayStretch, bool) -> Result<Vec<Range<Day>>>,
) -> Result<Vec<Range<Day>>> {
    let mut spans: Vec<Range<Day>> = Vec::new();
    for stretch in stretches {
        let has_failed = spans
            .last()
            .is_some_and(|span| span.end == stretch.days.start);
        for span in of_stretch(stretch, has_failed)? {
            match spans.last_mut() {
                _ if span.is_empty() => {}
                Some(last) if last.end == span.start => last.end = span.end,
                _ => spans.push(span),
            }
        }
    }
    Ok(spans)
}

/// Spans of a stretch's days on which a condition fails, which is asked about one day and another.
///
/// # Errors
/// Those of `fails`.
pub(super) fn failing_in(
    stretch: &DayStretch,
    has_failed: bool,
    mut fails: impl FnMut(Day) -> Result<bool>,
) -> Result<Vec<Range<Day>>> {
    let days = stretch.days.clone();
    let once = |span: Range<Day>| std::iter::once(span).collect();
    Ok(match stretch.trend {
        Trend::Rising if has_failed && fails(days.start)? => once(days),
        Trend::Rising => once(first_that(days.clone(), &mut fails, true)?..days.end),
        Trend::Falling => once(days.start..first_that(days, &mut fails, false)?),
        Trend::Mixed => {
            let mut spans = Vec::new();
            for day in days {
                if fails(day)? {
                    spans.push(day..day + 1);
                }
            }
            spans
        }
    })
}

/// The first of some days on which the condition fails, or does not, where it goes on so; their end if there is none.
fn first_that(
    days: Range<Day>,
    fails: &mut impl FnMut(Day) -> Result<bool>,
    wanted: bool,
) -> Result<Day> {
    // The last day tells whether there is one at all, which there mostly is not.
    if days.is_empty() || fails(days.end - 1)? != wanted {
        return Ok(days.end);
    }
    // What fails on the last day often does on the first.
    if fails(days.start)? == wanted {
        return Ok(days.start);
    }
    let (mut low, mut high) = (days.start + 1, days.end - 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if fails(middle)? == wanted {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(stretches: &[(Range<Day>, Trend)], fails: &[bool]) -> (Vec<Range<Day>>, usize) {
        let stretches: Vec<DayStretch> = stretches
            .iter()
            .map(|(days, trend)| DayStretch {
                days: days.clone(),
                trend: *trend,
            })
            .collect();
        let mut asked = 0;
        let found = failing(&stretches, |stretch, has_failed| {
            failing_in(stretch, has_failed, |day| {
                asked += 1;
                Ok(fails[day as usize])
            })
        });
        (found.expect("nothing is refused"), asked)
    }

    #[test]
    fn spans_are_those_that_every_day_tells() {
        for (from, count) in [
            (0_usize, 100_usize),
            (37, 100),
            (99, 100),
            (100, 100),
            (0, 1),
            (1, 1),
        ] {
            let fails: Vec<bool> = (0..count).map(|day| day >= from).collect();
            let all = 0..Day::try_from(count).expect("few");
            let expected: Vec<Range<Day>> = (from < count)
                .then(|| Day::try_from(from).expect("few")..all.end)
                .into_iter()
                .collect();
            let (rising, asked) = spans(&[(all.clone(), Trend::Rising)], &fails);
            assert_eq!(rising, expected);
            assert!(asked <= 9, "{asked} of {count} days were asked");
            assert_eq!(spans(&[(all.clone(), Trend::Mixed)], &fails).0, expected);
            let holds: Vec<bool> = fails.iter().map(|fails| !fails).collect();
            let until = expected.first().map_or(all.end, |span| span.start);
            let span = 0..until;
            let expected: Vec<Range<Day>> =
                (!span.is_empty()).then_some(span).into_iter().collect();
            assert_eq!(spans(&[(all, Trend::Falling)], &holds).0, expected);
        }
    }

    #[test]
    fn spans_of_neighbouring_stretches_are_one() {
        let stretches = [
            (0..4, Trend::Rising),
            (4..6, Trend::Mixed),
            (6..9, Trend::Falling),
        ];
        let fails = [false, false, true, true, true, false, true, false, false];
        assert_eq!(spans(&stretches, &fails).0, [2..5, 6..7]);
    }
}
