//! Order: whether waves stand in their order, in their time, and with everybody who moves.

use super::super::context::RefereeContext;
use super::super::report::{At, Report, Rule};
use super::way::WayToPeriod;
use super::written::{WrittenWave, seconds};
use crate::plan_files::{MoveRow, Row, Timing, decimal};
use crate::units::NUMERICAL_NOISE;
use std::collections::BTreeMap;

/// P7983: every move is in a wave that is written, unless the transition is refused.
pub(super) fn waves_of_moves(
    context: &RefereeContext<'_>,
    way: &WayToPeriod<'_>,
    waves: &[WrittenWave<'_>],
    report: &mut Report,
) -> Vec<Option<u32>> {
    const RULE: Rule = Rule::new(
        "P7983",
        "write the wave of waves.csv in which the shard moves",
    );
    let rows = way.rows.moves.iter().map(|own| {
        let row = &own.row;
        let sites = (row.from_site.as_deref(), row.to_site.as_str());
        ((row.shard.as_str(), sites), (own.line, row.wave))
    });
    let rows: BTreeMap<_, (u64, Option<u32>)> = rows.collect();
    let is_refused = way.is_told_refused();
    let moves = way.moves.iter().map(|moved| {
        let from = moved.from.map(|site| context.site_name(Some(site)));
        let sites = (from, context.site_name(Some(moved.to)));
        let key = (context.shard_name(moved.shard.index()), sites);
        let (line, wave) = rows.get(&key).copied()?;
        let known = wave.filter(|own| waves.iter().any(|wave| wave.number == *own));
        if known.is_none() && (wave.is_some() || !is_refused) {
            let found = wave.map_or_else(|| "no wave".to_owned(), |own| format!("wave {own}"));
            let at = At::cell(MoveRow::FILE, line, "wave");
            report.add(RULE, at, found, "a wave of the period in waves.csv");
        }
        known
    });
    moves.collect()
}

/// P7984: waves run when those move who are in them: before the period, or after its start.
pub(super) fn no_wave_without_need(
    way: &WayToPeriod<'_>,
    waves: &[&WrittenWave<'_>],
    timing: Timing,
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7984",
        "put waves before the period's start if its events are known beforehand, else after it",
    );
    if let Some(wave) = waves.first() {
        let found = format!("a wave {} period {}", timing.word(), way.period.index);
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
    way: &WayToPeriod<'_>,
    timing: Timing,
    waves: &[&WrittenWave<'_>],
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7985",
        "waves and gates follow each other without a break, up to the period's start or from it on",
    );
    let start = way.period.start;
    let is_apart = |a, b| seconds(a, b).abs() > 0.5;
    let mut free = (timing == Timing::Behind).then_some(start);
    for wave in waves {
        if let Some(free) = free.filter(|free| is_apart(*free, wave.start)) {
            let found = format!("`{}`", wave.first.row.start);
            report.add(RULE, wave.at("start"), found, format!("{free}"));
        }
        free = Some(wave.gate_end);
    }
    let last = waves.last().filter(|_| timing == Timing::Ahead);
    if let Some(last) = last.filter(|own| is_apart(own.gate_end, start)) {
        let found = format!("`{}`", last.first.row.end);
        let expected = format!("the gate ends at {start}");
        report.add(RULE, last.at("end"), found, expected);
    }
}

/// P7986: steering that leads over what only opens with the period, and says how many it accepts, waits for that.
pub(super) fn steering_waits(waves: &[&WrittenWave<'_>], report: &mut Report) {
    const RULE: Rule = Rule::new(
        "P7986",
        "change steering after the period's start: its paths are not open before",
    );
    for wave in waves.iter().filter(|own| own.steering > NUMERICAL_NOISE) {
        let share = decimal(wave.steering);
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
                let expected = format!("a share from {} to 1", decimal(*before));
                report.add(RULE, wave.at(column), decimal(share), expected);
            }
            *before = share;
        }
    }
}
