//! Sequence: whether waves stand in their order, in their time, and with everybody who moves.

use super::super::ground::Ground;
use super::super::report::{At, Report, Rule};
use super::way::Way;
use super::written::{WrittenWave, seconds};
use crate::plan_files::{MoveRow, Row, Timing, decimal};
use std::collections::BTreeMap;

/// Shard, site left and site reached, as moves.csv names them.
type MoveKey<'r> = (&'r str, Option<&'r str>, &'r str);

/// P7983: every move is in a wave that is written, unless the way is refused.
pub(super) fn waves_of_moves(
    ground: &Ground<'_>,
    way: &Way<'_>,
    waves: &[WrittenWave<'_>],
    report: &mut Report,
) -> Vec<Option<u32>> {
    const RULE: Rule = Rule {
        code: "P7983",
        hint: "write the wave of waves.csv in which the shard moves",
    };
    let mut rows: BTreeMap<MoveKey<'_>, (u64, Option<u32>)> = BTreeMap::new();
    for own in &way.rows.moves {
        let key = (
            own.row.shard.as_str(),
            own.row.from_site.as_deref(),
            own.row.to_site.as_str(),
        );
        rows.insert(key, (own.line, own.row.wave));
    }
    let is_refused = way.is_told_refused();
    let mut all = Vec::new();
    for moved in way.moves {
        let from = moved.from.map(|site| ground.site_name(Some(site)));
        let key = (
            ground.shard_name(moved.shard.index()),
            from,
            ground.site_name(Some(moved.to)),
        );
        let Some((line, wave)) = rows.get(&key).copied() else {
            all.push(None);
            continue;
        };
        let known = wave.filter(|own| waves.iter().any(|wave| wave.number == *own));
        if known.is_none() && (wave.is_some() || !is_refused) {
            let found = wave.map_or_else(|| "no wave".to_owned(), |own| format!("wave {own}"));
            let at = At::cell(MoveRow::FILE, line, "wave");
            report.add(RULE, at, found, "a wave of the period in waves.csv");
        }
        all.push(known);
    }
    all
}

/// P7984: waves run when those move who are in them: ahead of the period, or behind its start.
pub(super) fn no_wave_without_need(
    way: &Way<'_>,
    waves: &[WrittenWave<'_>],
    timing: Timing,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7984",
        hint: "what is known beforehand is done ahead of the period, all else behind its start",
    };
    if let Some(wave) = waves.iter().find(|own| own.timing == timing) {
        let found = format!("a wave {} period {}", timing.word(), way.period.index);
        report.add(
            RULE,
            wave.at("timing"),
            found,
            "no such wave: nobody moves then",
        );
    }
}

/// P7985: a wave begins when the gate of the one before ends; the last ahead of a period ends with it, the first behind
/// begins with it; none lasts longer than it may but for one shard.
pub(super) fn times_are_right(
    way: &Way<'_>,
    timing: Timing,
    waves: &[&WrittenWave<'_>],
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7985",
        hint: "waves and gates follow each other without a break, up to the period's start or from it on",
    };
    let start = way.period.start;
    let mut free = match timing {
        Timing::Ahead => None,
        Timing::Behind => Some(start),
    };
    for wave in waves {
        if let Some(free) = free
            && seconds(free, wave.start).abs() > 0.5
        {
            let found = format!("`{}`", wave.first.row.start);
            report.add(RULE, wave.at("start"), found, format!("{free}"));
        }
        free = Some(wave.gate_end);
    }
    if timing == Timing::Ahead
        && let (Some(free), Some(last)) = (free, waves.last())
        && seconds(free, start).abs() > 0.5
    {
        let found = format!("`{}`", last.first.row.end);
        let expected = format!("the gate ends at {start}");
        report.add(RULE, last.at("end"), found, expected);
    }
}

/// P7986: steering that leads over what only opens with the period, and says how many it accepts, waits for that.
pub(super) fn steering_waits(waves: &[&WrittenWave<'_>], report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7986",
        hint: "turn steering behind the period's start: what it leads over is not open before",
    };
    for wave in waves {
        let share = wave.steering;
        if share > 1e-9 {
            report.add(RULE, wave.at("steering_share"), decimal(share), "0");
        }
    }
}

/// P7986: steering and those who come back only go on, never beyond the whole, and the last wave has all.
pub(super) fn steering_goes_on(
    waves: &[&WrittenWave<'_>],
    (mut steering, mut restored): (f64, f64),
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7986",
        hint: "shares grow from wave to wave, up to 1 in the last",
    };
    for wave in waves {
        let row = &wave.first.row;
        for (column, share, before) in [
            ("steering_share", row.steering_share, steering),
            ("restored_share", row.restored_share, restored),
        ] {
            if share < before - 1e-9 || share > 1.0 + 1e-9 {
                let expected = format!("a share from {} to 1", decimal(before));
                report.add(RULE, wave.at(column), decimal(share), expected);
            }
        }
        (steering, restored) = (row.steering_share, row.restored_share);
    }
}
