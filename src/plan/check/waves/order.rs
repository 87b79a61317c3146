//! Order: whether waves stand in their order, in their time, and with everybody who moves.

use super::super::context::RefereeContext;
use super::super::report::{At, Report, Rule};
use super::transition::TransitionToPeriod;
use super::written::{WrittenWave, seconds};
use crate::diagnostic::amounts::rounded;
use crate::plan_files::{MoveRow, Row, Timing};
use crate::units::NUMERICAL_NOISE;
use std::collections::BTreeMap;

/// P7983: every move is in a wave that is written, unless the transition is refused.
pub(super) fn waves_of_moves(
    context: &RefereeContext<'_>,
    transition: &TransitionToPeriod<'_>,
    waves: &[WrittenWave<'_>],
    report: &mut Report,
) -> Vec<Option<u32>> {
    const RULE: Rule = Rule::new(
        "P7983",
        "write the wave of waves.csv in which the shard moves",
    );
    let rows = transition.rows.moves.iter().map(|move_row| {
        let row = &move_row.row;
        let sites = (row.from_site.as_deref(), row.to_site.as_str());
        ((row.shard.as_str(), sites), (move_row.line, row.wave))
    });
    let rows: BTreeMap<_, (u64, Option<u32>)> = rows.collect();
    let is_refused = transition.is_reported_refused();
    let moves = transition.moves.iter().map(|moved| {
        let from = moved.from.map(|site| context.site_name(Some(site)));
        let sites = (from, context.site_name(Some(moved.to)));
        let key = (context.shard_name(moved.shard.index()), sites);
        let (line, wave) = rows.get(&key).copied()?;
        let known = wave.filter(|number| waves.iter().any(|wave| wave.number == *number));
        if known.is_none() && (wave.is_some() || !is_refused) {
            let found =
                wave.map_or_else(|| "no wave".to_owned(), |number| format!("wave {number}"));
            let at = At::cell(MoveRow::FILE, line, "wave");
            report.add(RULE, at, found, "a wave of the period in waves.csv");
        }
        known
    });
    moves.collect()
}

/// P7984: waves run when those move who are in them: before the period, or after its start.
pub(super) fn no_wave_without_need(
    transition: &TransitionToPeriod<'_>,
    waves: &[&WrittenWave<'_>],
    timing: Timing,
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7984",
        "put waves before the period's start if its events are known beforehand, else after it",
    );
    if let Some(wave) = waves.first() {
        let found = format!(
            "a wave {} period {}",
            timing.word(),
            transition.period.index
        );
        report.add(
            RULE,
            wave.at("timing"),
            found,
            "no such wave: no user moves then",
        );
    }
}

/// P7985: a wave begins when the gate of the one before ends; the last before a period ends with it, the first after its start
/// begins with it; none lasts longer than it may except for one shard.
pub(super) fn times_are_right(
    transition: &TransitionToPeriod<'_>,
    timing: Timing,
    waves: &[&WrittenWave<'_>],
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7985",
        "waves and holds follow each other without a break, up to the period's start or from it on",
    );
    let start = transition.period.start;
    let is_apart = |a, b| seconds(a, b).abs() > 0.5;
    let mut free = (timing == Timing::After).then_some(start);
    for wave in waves {
        if let Some(free) = free.filter(|free| is_apart(*free, wave.start)) {
            let found = format!("`{}`", wave.first.row.start);
            report.add(RULE, wave.at("start"), found, format!("{free}"));
        }
        free = Some(wave.gate_end);
    }
    let last = waves.last().filter(|_| timing == Timing::Ahead);
    if let Some(last) = last.filter(|written_wave| is_apart(written_wave.gate_end, start)) {
        let found = format!("`{}`", last.first.row.end);
        let expected = format!("the hold ends at {start}");
        report.add(RULE, last.at("end"), found, expected);
    }
}

/// P7986: steering that leads over what only opens with the period, and says how many it accepts, waits for that.
pub(super) fn steering_waits(waves: &[&WrittenWave<'_>], report: &mut Report) {
    const RULE: Rule = Rule::new(
        "P7986",
        "change steering after the period's start: its paths are not open before",
    );
    for wave in waves.iter().filter(|wave| wave.steering > NUMERICAL_NOISE) {
        let share = rounded(wave.steering);
        report.add(RULE, wave.at("steering_share"), share, "0");
    }
}

/// P7986: steering and those who come back only go on, never beyond the whole, and the last wave has all.
pub(super) fn steering_goes_on(
    waves: &[&WrittenWave<'_>],
    (mut steering, mut restored): (f64, f64),
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7986",
        "shares grow from wave to wave, up to 1 in the last",
    );
    for wave in waves {
        for (column, share, before) in [
            ("steering_share", wave.steering, &mut steering),
            ("restored_share", wave.restored, &mut restored),
        ] {
            if share < *before - NUMERICAL_NOISE || share > 1.0 + NUMERICAL_NOISE {
                let expected = format!("a share from {} to 1", rounded(*before));
                report.add(RULE, wave.at(column), rounded(share), expected);
            }
            *before = share;
        }
    }
}
