//! Ramp: who connects anew through what, whether that is accepted, and what summary.json says of the way.

use super::super::ground::Ground;
use super::super::report::{At, Report, Rule, cell_text, is_same};
use super::judge::Way;
use super::rules::{Limits, slack};
use super::state::Loaded;
use super::written::WrittenWave;
use crate::ids::ComponentId;
use crate::plan_files::{RampRow, Row, SUMMARY_FILE, Timing, WaveRow, decimal};
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// Who connects anew in a wave, by component.
pub(super) struct Judged {
    number: u32,
    timing: Timing,
    seconds: f64,
    line: u64,
    /// Users, normal operation per second, what is accepted.
    passing: BTreeMap<usize, [f64; 3]>,
}

impl Judged {
    /// Of several cases the most.
    pub(super) fn of(limits: &Limits, wave: &WrittenWave<'_>, loaded: &[Loaded]) -> Self {
        let mut passing = BTreeMap::new();
        for (component, accepts) in &limits.accepts {
            let most = |of: fn(&Loaded, usize) -> f64| {
                loaded
                    .iter()
                    .map(|own| of(own, *component))
                    .fold(0.0, f64::max)
            };
            let arrivals = most(|own, at| own.arrivals[at]);
            let background = most(|own, at| own.background[at]);
            if arrivals > NOBODY {
                passing.insert(*component, [arrivals, background, *accepts]);
            }
        }
        Self {
            number: wave.number,
            timing: wave.timing,
            seconds: wave.seconds(),
            line: wave.first.line,
            passing,
        }
    }
}

/// P7991: ramp.csv has who connects anew through what, wave by wave and together.
const RAMP: Rule = Rule {
    code: "P7991",
    hint: "count who moves to a place behind the component, and who stays and is steered through it anew",
};

/// P7992: nobody has to accept more new sessions a second than he can.
const ACCEPTED: Rule = Rule {
    code: "P7992",
    hint: "let the wave last longer, or move fewer in it",
};

/// Ahead or behind, the wave (all of them without one), the component.
type RampKey = (Timing, Option<u32>, usize);

/// Checks ramp.csv, if the plan has it, and what is accepted.
pub(super) fn ramp_is_true(
    ground: &Ground<'_>,
    way: &Way<'_>,
    judged: &[Judged],
    report: &mut Report,
) {
    let mut expected: BTreeMap<RampKey, ([f64; 3], f64)> = BTreeMap::new();
    for own in judged {
        for (component, passing) in &own.passing {
            let [arrivals, background, accepts] = *passing;
            let key = (own.timing, Some(own.number), *component);
            expected.insert(key, (*passing, own.seconds));
            let all = expected.entry((own.timing, None, *component)).or_default();
            all.0 = [all.0[0] + arrivals, all.0[1].max(background), accepts];
            let spare = (accepts - background) * (own.seconds + slack(own.seconds));
            if arrivals > spare + 1e-5 * accepts {
                let name = ground
                    .inventory
                    .component_name(ComponentId::new(*component));
                let found = format!(
                    "{} users in {} s beside {} a second at `{name}`",
                    decimal(arrivals),
                    decimal(own.seconds),
                    decimal(background)
                );
                let expected = format!("at most {} a second", decimal(accepts));
                report.add(
                    ACCEPTED,
                    At::cell(WaveRow::FILE, own.line, "end"),
                    found,
                    expected,
                );
            }
        }
    }
    for timing in [Timing::Ahead, Timing::Behind] {
        let own = judged.iter().filter(|own| own.timing == timing);
        let all: f64 = own.map(|own| own.seconds).sum();
        let of_all = expected.iter_mut();
        for (_, value) in of_all.filter(|(key, _)| key.0 == timing && key.1.is_none()) {
            value.1 = all;
        }
    }
    for row in way.ramp_rows {
        let at = |column| At::cell(RampRow::FILE, row.line, column);
        let component = ground.components.get(row.row.component.as_str());
        let key = component.map(|own| (row.row.timing, row.row.wave, own.index()));
        if !judged.iter().any(|own| own.timing == row.row.timing) {
            // A way that is refused because nobody can move on has no end: it is not judged.
            continue;
        }
        let Some((passing, seconds)) = key.and_then(|key| expected.remove(&key)) else {
            let found = format!("`{}` once more, or where nobody comes", row.row.component);
            report.add(
                RAMP,
                at("component"),
                found,
                "components that somebody newly connects through",
            );
            continue;
        };
        let [arrivals, background, accepts] = passing;
        let spare = accepts - background;
        let window = (spare > 0.0).then(|| arrivals / spare);
        let cells = [
            ("arrivals", Some(row.row.arrivals), Some(arrivals)),
            (
                "arrivals_per_second",
                row.row.arrivals_per_second,
                (seconds > 0.0).then(|| arrivals / seconds),
            ),
            (
                "background_per_second",
                Some(row.row.background_per_second),
                Some(background),
            ),
            (
                "accepts_per_second",
                Some(row.row.accepts_per_second),
                Some(accepts),
            ),
            (
                "smallest_window_seconds",
                row.row.smallest_window_seconds,
                window,
            ),
            ("queue_at_once", Some(row.row.queue_at_once), Some(arrivals)),
        ];
        for (column, told, expected) in cells {
            let is_right = match (told, expected) {
                (Some(a), Some(b)) => (a - b).abs() <= 1e-5 * a.abs().max(b.abs()).max(1e-3),
                (None, None) => true,
                _ => false,
            };
            if !is_right {
                let text = cell_text;
                report.add(RAMP, at(column), text(told), text(expected));
            }
        }
    }
    if let Some((key, _)) = expected.iter().find(|(_, own)| own.0[0] > 1e-3) {
        let name = ground.inventory.component_name(ComponentId::new(key.2));
        let found = format!("no row of `{name}` in period {}", way.period.index);
        let expected =
            "a row for every component with a limit that somebody newly connects through";
        report.add(RAMP, At::file(RampRow::FILE), found, expected);
    }
}

/// P7993: the summary tells how many waves there are, how long they take, when they begin, and whether the way is
/// refused: it takes longer than it may, or not everybody has a wave.
pub(super) fn summary_is_true(
    way: &Way<'_>,
    waves: &[WrittenWave<'_>],
    refused: &[(Timing, bool)],
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7993",
        hint: "count the waves of waves.csv; refuse what takes longer than it may",
    };
    let Some(summary) = way.summary else {
        return;
    };
    let key = |name: &str| format!("periods[{}].{name}", way.period.index);
    let mut differ = |name: &str, found: String, expected: String| {
        report.add(RULE, At::cell(SUMMARY_FILE, 0, &key(name)), found, expected);
    };
    let Some(told) = &summary.way else {
        if !refused.is_empty() {
            differ(
                "waves",
                "nothing".to_owned(),
                format!("{} waves", waves.len()),
            );
        }
        return;
    };
    if refused.is_empty() || told.waves != waves.len() as u64 {
        differ("waves", told.waves.to_string(), waves.len().to_string());
    }
    let is_refused = refused.iter().any(|own| own.1);
    let is_between = told
        .refused
        .as_deref()
        .is_some_and(|words| words.contains("the next change comes after"));
    if told.refused.is_some() != is_refused && !is_between {
        let found = told.refused.clone().unwrap_or_else(|| "nothing".to_owned());
        let expected = if is_refused {
            "a reason"
        } else {
            "nothing: it is safe"
        };
        differ("refused", found, expected.to_owned());
    }
    let length: f64 = waves.iter().map(WrittenWave::seconds).sum();
    let gates: f64 = waves.iter().map(WrittenWave::gate).sum();
    if let Some(minutes) = told.wave_minutes
        && !is_same(minutes * 60.0, length + gates, 1.0)
    {
        differ(
            "wave_minutes",
            decimal(minutes),
            decimal((length + gates) / 60.0),
        );
    }
    let least = told.least_minutes * 60.0;
    if told.wave_minutes.is_some() && least > length + slack(length) {
        differ(
            "least_minutes",
            decimal(told.least_minutes),
            "no more than the waves take".to_owned(),
        );
    }
    let first = waves.iter().find(|own| own.timing == Timing::Ahead);
    if let (Some(told), Some(first)) = (&told.latest_start, first) {
        let instant = told.parse::<jiff::Timestamp>().ok();
        if instant.is_none_or(|own| (own.duration_since(first.start).as_secs_f64()).abs() > 0.5) {
            differ("latest_start", told.clone(), first.first.row.start.clone());
        }
    }
}
