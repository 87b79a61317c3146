//! Summary: what summary.json says of the transitions: how many waves, how long, when they begin, and which is refused.

use super::super::report::{At, Report, Rule, is_same};
use super::bounds::LeastSeconds;
use super::changes::{BoundaryChange, turned_after, turned_beside};
use super::transition::TransitionToPeriod;
use super::written::{WrittenWave, seconds};
use crate::diagnostic::amounts::rounded;
use crate::plan_files::{SUMMARY_FILE, Summary, Timing};
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
    transition: &TransitionToPeriod<'_>,
    waves: &[WrittenWave<'_>],
    stretches: &[JudgedStretch],
    report: &mut Report,
) {
    let Some(summary) = transition.summary() else {
        return;
    };
    let mut differ = |name: &str, found: String, expected: String| {
        differ(transition.period.index, name, found, expected, report);
    };
    let Some(item) = &summary.way else {
        if !stretches.is_empty() {
            let expected = format!("{} waves", waves.len());
            differ("waves", "nothing".to_owned(), expected);
        }
        return;
    };
    if stretches.is_empty() || item.waves != waves.len() as u64 {
        differ("waves", item.waves.to_string(), waves.len().to_string());
    }
    let length: f64 = waves.iter().map(|wave| wave.seconds()).sum();
    let gates: f64 = waves.iter().map(WrittenWave::gate).sum();
    let is_whole = stretches.iter().all(|stretch| stretch.is_whole);
    let minutes = is_whole.then(|| (length + gates) / 60.0);
    let is_right = match (item.wave_minutes, minutes) {
        (Some(value), Some(minutes)) => is_same(value * 60.0, minutes * 60.0, 1.0),
        (value, minutes) => value.is_none() && minutes.is_none(),
    };
    if !is_right {
        let text = |minutes: Option<f64>| minutes.map_or_else(|| "nothing".to_owned(), rounded);
        differ("wave_minutes", text(item.wave_minutes), text(minutes));
    }
    // Where something lets nobody pass for good, no number of minutes is the least.
    let is_told = |judged_stretch: &&JudgedStretch| {
        judged_stretch.is_whole || judged_stretch.least.to.is_finite()
    };
    let from: f64 = stretches
        .iter()
        .filter(is_told)
        .map(|stretch| stretch.least.from)
        .sum();
    let to: f64 = stretches.iter().map(|stretch| stretch.least.to).sum();
    let least = item.least_minutes * 60.0;
    if least < from - SAME_INSTANT || least > to + SAME_INSTANT {
        let expected = if least < from {
            format!("{}, as rates and acceptance prove", rounded(from / 60.0))
        } else {
            format!("no more than the {} that are proven", rounded(to / 60.0))
        };
        differ("least_minutes", rounded(item.least_minutes), expected);
    }
    let first = waves.iter().find(|wave| wave.timing == Timing::Ahead);
    match (&item.latest_start, first) {
        (Some(words), Some(first)) => {
            let instant = words.parse::<Timestamp>().ok();
            if instant
                .is_none_or(|instant| instant.duration_since(first.start).as_secs_f64().abs() > 0.5)
            {
                differ("latest_start", words.clone(), first.first.row.start.clone());
            }
        }
        // What never ends has no latest start, and may have waves until then.
        (None, Some(first)) if item.refused.is_none() => {
            let expected = first.first.row.start.clone();
            differ("latest_start", "nothing".to_owned(), expected);
        }
        (Some(words), None) => {
            let expected = "nothing: no wave is before the period".to_owned();
            differ("latest_start", words.clone(), expected);
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
    for (position, boundary_change) in changes.iter().enumerate() {
        let later = &changes[position + 1..];
        let waits = |next: &&BoundaryChange| {
            let [_, is_behind] = next.is_anything;
            next.is_moving || is_behind
        };
        let next = later.iter().find(waits);
        let caught = next.filter(|next| seconds(next.start, boundary_change.end) > SAME_INSTANT);
        let until = next.map_or(changes.len(), |next| next.period);
        let mut between = later
            .iter()
            .filter(|boundary_change| boundary_change.period < until);
        let maintenance = between.find(|later| later.cuts_short.contains(&boundary_change.period));
        let beside = turned_beside(boundary_change, later)
            .or_else(|| turned_after(boundary_change, &changes[..position]));
        let is_refused = boundary_change.is_refused
            || caught.is_some()
            || maintenance.is_some()
            || beside.is_some();
        let of_period = summary.and_then(|all| all.periods.get(boundary_change.period));
        let item = of_period.and_then(|period_summary| period_summary.way.as_ref());
        let reason = item.and_then(|entry| entry.refused.clone());
        if is_refused || reason.is_some() {
            report.refused.push((boundary_change.period, reason));
        }
        let Some(item) = item.filter(|candidate| candidate.refused.is_some() != is_refused) else {
            continue;
        };
        let found = item.refused.clone().unwrap_or_else(|| "nothing".to_owned());
        let expected = match caught {
            _ if item.refused.is_some() => "nothing: it is safe".to_owned(),
            Some(next) => format!(
                "a reason: its waves end at {}, and others begin at {}",
                boundary_change.end, next.start
            ),
            None => match (maintenance, beside) {
                (Some(maintenance), _) => format!(
                    "a reason: maintenance at {} removes capacity that users still leave in later waves",
                    maintenance.start
                ),
                (None, Some(other)) if other.period < boundary_change.period => format!(
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
        differ(boundary_change.period, "refused", found, expected, report);
    }
}
