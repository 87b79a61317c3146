//! Summary: what summary.json says of the transitions: how many waves, how long, when they begin, and which is refused.

use super::super::report::{At, Report, Rule, is_same};
use super::bounds::LeastSeconds;
use super::changes::{BoundaryChange, turned_after, turned_beside};
use super::way::WayToPeriod;
use super::written::{WrittenWave, seconds};
use crate::plan_files::{SUMMARY_FILE, Summary, Timing, decimal};
use crate::units::SAME_INSTANT;
use jiff::Timestamp;

const RULE: Rule = Rule::new(
    "P7993",
    "count the waves of waves.csv and their least time; refuse a transition that takes too long",
);

/// Notes what summary.json says otherwise of a period.
fn differ(period: usize, name: &str, found: String, expected: String, report: &mut Report) {
    let key = format!("periods[{period}].{name}");
    report.add(RULE, At::cell(SUMMARY_FILE, 0, &key), found, expected);
}

/// The waves of a transition that run before the period, or those after its start.
pub(super) struct JudgedStretch {
    /// Everybody has a wave, and users who come back are back at the end.
    pub(super) is_whole: bool,
    /// They take longer than they may before the period begins, or begin too late for works.
    pub(super) is_late: bool,
    pub(super) least: LeastSeconds,
}

/// P7993: the summary tells how many waves there are, how long they take and would take at least, and when they begin.
pub(super) fn summary_is_true(
    way: &WayToPeriod<'_>,
    waves: &[WrittenWave<'_>],
    stretches: &[JudgedStretch],
    report: &mut Report,
) {
    let Some(summary) = way.summary() else {
        return;
    };
    let mut differ = |name: &str, found: String, expected: String| {
        differ(way.period.index, name, found, expected, report);
    };
    let Some(told) = &summary.way else {
        if !stretches.is_empty() {
            let expected = format!("{} waves", waves.len());
            differ("waves", "nothing".to_owned(), expected);
        }
        return;
    };
    if stretches.is_empty() || told.waves != waves.len() as u64 {
        differ("waves", told.waves.to_string(), waves.len().to_string());
    }
    let length: f64 = waves.iter().map(|own| own.seconds()).sum();
    let gates: f64 = waves.iter().map(WrittenWave::gate).sum();
    let is_whole = stretches.iter().all(|own| own.is_whole);
    let minutes = is_whole.then(|| (length + gates) / 60.0);
    let is_right = match (told.wave_minutes, minutes) {
        (Some(told), Some(minutes)) => is_same(told * 60.0, minutes * 60.0, 1.0),
        (told, minutes) => told.is_none() && minutes.is_none(),
    };
    if !is_right {
        let text = |minutes: Option<f64>| minutes.map_or_else(|| "nothing".to_owned(), decimal);
        differ("wave_minutes", text(told.wave_minutes), text(minutes));
    }
    // Where something lets nobody pass for good, no number of minutes is the least.
    let is_told = |own: &&JudgedStretch| own.is_whole || own.least.to.is_finite();
    let from: f64 = stretches
        .iter()
        .filter(is_told)
        .map(|own| own.least.from)
        .sum();
    let to: f64 = stretches.iter().map(|own| own.least.to).sum();
    let least = told.least_minutes * 60.0;
    if least < from - SAME_INSTANT || least > to + SAME_INSTANT {
        let expected = if least < from {
            format!("{}, as rates and acceptance prove", decimal(from / 60.0))
        } else {
            format!("no more than the {} that are proven", decimal(to / 60.0))
        };
        differ("least_minutes", decimal(told.least_minutes), expected);
    }
    let first = waves.iter().find(|own| own.timing == Timing::Ahead);
    match (&told.latest_start, first) {
        (Some(told), Some(first)) => {
            let instant = told.parse::<Timestamp>().ok();
            if instant.is_none_or(|own| own.duration_since(first.start).as_secs_f64().abs() > 0.5) {
                differ("latest_start", told.clone(), first.first.row.start.clone());
            }
        }
        // What never ends has no latest start, and may have waves until then.
        (None, Some(first)) if told.refused.is_none() => {
            let expected = first.first.row.start.clone();
            differ("latest_start", "nothing".to_owned(), expected);
        }
        (Some(told), None) => {
            let expected = "nothing: no wave is before the period".to_owned();
            differ("latest_start", told.clone(), expected);
        }
        (None, _) => {}
    }
}

/// P7993: a transition is refused if not everybody has a wave, if those before take longer than they may, if those after
/// end once users move again, or once works take away what they leave; if waves that only steer end once others begin, or
/// are not done when those before a later period begin to turn weights; and for nothing else.
pub(in crate::plan::check) fn refusals_are_true(
    changes: &[BoundaryChange],
    summary: Option<&Summary>,
    report: &mut Report,
) {
    for (position, own) in changes.iter().enumerate() {
        let later = &changes[position + 1..];
        let waits = |next: &&BoundaryChange| {
            let [_, is_behind] = next.is_anything;
            next.is_moving || is_behind
        };
        let next = later.iter().find(waits);
        let caught = next.filter(|next| seconds(next.start, own.end) > SAME_INSTANT);
        let until = next.map_or(changes.len(), |next| next.period);
        let mut between = later.iter().filter(|own| own.period < until);
        let works = between.find(|later| later.cuts_short.contains(&own.period));
        let beside = turned_beside(own, later).or_else(|| turned_after(own, &changes[..position]));
        let is_refused = own.is_refused || caught.is_some() || works.is_some() || beside.is_some();
        let of_period = summary.and_then(|all| all.periods.get(own.period));
        let told = of_period.and_then(|own| own.way.as_ref());
        let reason = told.and_then(|own| own.refused.clone());
        if is_refused || reason.is_some() {
            report.refused.push((own.period, reason));
        }
        let Some(told) = told.filter(|told| told.refused.is_some() != is_refused) else {
            continue;
        };
        let found = told.refused.clone().unwrap_or_else(|| "nothing".to_owned());
        let expected = match caught {
            _ if told.refused.is_some() => "nothing: it is safe".to_owned(),
            Some(next) => format!(
                "a reason: its waves end at {}, and others begin at {}",
                own.end, next.start
            ),
            None => match (works, beside) {
                (Some(works), _) => format!(
                    "a reason: maintenance at {} removes capacity that users still leave in later waves",
                    works.start
                ),
                (None, Some(other)) if other.period < own.period => format!(
                    "a reason: its waves change weights during the waves of period {}",
                    other.period
                ),
                (None, Some(other)) => format!(
                    "a reason: the waves of period {} begin to change weights before its own are done",
                    other.period
                ),
                (None, None) => "a reason".to_owned(),
            },
        };
        differ(own.period, "refused", found, expected, report);
    }
}
