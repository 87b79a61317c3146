//! Ramp: who connects anew through what, and whether that is accepted.

use super::super::ground::Ground;
use super::super::report::{At, Report, Rule, cell_text};
use super::beside::Entering;
use super::judge::Way;
use super::rules::{Limits, slack, spare};
use super::state::Loaded;
use super::written::{WrittenWave, seconds};
use crate::ids::ComponentId;
use crate::plan_files::{RampRow, Row, Timing, WaveRow, decimal};
use crate::units::NOBODY;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Who connects anew in a wave, by component.
pub(super) struct Judged {
    number: u32,
    pub(super) timing: Timing,
    seconds: f64,
    /// When steering turns, and when users move then.
    pub(super) phases: [(Timestamp, Timestamp); 2],
    pub(super) line: u64,
    /// How far steering has turned once it is over.
    pub(super) steering: f64,
    pub(super) passing: BTreeMap<usize, Through>,
    /// Components and resources of which more is carried, before anybody of it moves, than is left next to the period's start.
    pub(super) overfull: BTreeSet<[usize; 2]>,
    /// Of the users of a group at a site, the share whom steering brings through a component; where users move nobody is
    /// asked.
    pub(super) entering: Entering,
}

/// Who connects anew through a component.
pub(super) struct Through {
    /// Because steering turns, and because they move or come back.
    pub(super) users: [f64; 2],
    /// The most of both together under one case.
    arrivals: f64,
    /// Normal operation per second.
    pub(super) background: f64,
    pub(super) accepts: f64,
}

/// Components and resources of which more is carried than is left next to the period's start, before anybody of a wave moves.
fn overfull(limits: &Limits, loaded: &[Loaded]) -> BTreeSet<[usize; 2]> {
    let first = loaded.first().into_iter();
    let full = first.flat_map(|own| {
        let all = limits.most(0);
        all.filter(|(at, _, most)| own.begun.load[*at] > *most)
            .map(|(at, ..)| at)
    });
    full.collect()
}

impl Judged {
    /// Of several cases the most.
    pub(super) fn of(
        limits: &Limits,
        wave: &WrittenWave<'_>,
        loaded: &[Loaded],
        entering: Entering,
    ) -> Self {
        let mut passing = BTreeMap::new();
        for (component, accepts) in &limits.accepts {
            let most = |of: &dyn Fn(&Loaded, usize) -> f64| {
                loaded
                    .iter()
                    .map(|own| of(own, *component))
                    .fold(0.0, f64::max)
            };
            let arrivals = most(&|own, at| own.arrivals[at].iter().sum());
            let through = Through {
                users: [0, 1].map(|phase: usize| most(&|own, at| own.arrivals[at][phase])),
                arrivals,
                background: most(&|own, at| own.background(at)),
                accepts: *accepts,
            };
            if arrivals > NOBODY {
                passing.insert(*component, through);
            }
        }
        Self {
            number: wave.number,
            timing: wave.timing,
            seconds: wave.seconds(),
            phases: [(wave.start, wave.turned), (wave.turned, wave.end)],
            line: wave.first.line,
            steering: wave.first.row.steering_share,
            passing,
            overfull: overfull(limits, loaded),
            entering,
        }
    }
}

/// P7991: ramp.csv has who connects anew through what, wave by wave and together.
const RAMP: Rule = Rule {
    code: "P7991",
    hint: "count who moves to a place behind the component, and who stays and is steered through it anew",
};

/// P7992: nobody has to accept more new sessions a second than he can.
pub(super) const ACCEPTED: Rule = Rule {
    code: "P7992",
    hint: "let the wave last longer, or move fewer in it",
};

/// Ahead or behind, the wave (all of them without one), the component.
type RampKey = (Timing, Option<u32>, usize);

/// What a row of ramp.csv has to say.
struct Passing {
    /// Users, normal operation per second, what is accepted.
    figures: [f64; 3],
    seconds: f64,
    window: Option<f64>,
}

/// Checks ramp.csv, if the plan has it, and what is accepted.
pub(super) fn ramp_is_true(
    ground: &Ground<'_>,
    way: &Way<'_>,
    judged: &[Judged],
    report: &mut Report,
) {
    let mut expected: BTreeMap<RampKey, Passing> = BTreeMap::new();
    for own in judged {
        for (component, passing) in &own.passing {
            let Through {
                users,
                arrivals,
                background,
                accepts,
            } = *passing;
            let key = (own.timing, Some(own.number), *component);
            let left = spare(accepts, background);
            let window = (left > 0.0).then(|| arrivals / left);
            let of_wave = Passing {
                figures: [arrivals, background, accepts],
                seconds: own.seconds,
                window,
            };
            expected.insert(key, of_wave);
            let all = expected.entry((own.timing, None, *component));
            let all = all.or_insert(Passing {
                figures: [0.0; 3],
                seconds: 0.0,
                window: Some(0.0),
            });
            let figures = all.figures;
            all.figures = [figures[0] + arrivals, figures[1].max(background), accepts];
            // "Of all waves: the sum of theirs."
            all.window = all.window.zip(window).map(|(sum, window)| sum + window);
            let phases = own.phases.map(|(from, to)| seconds(from, to));
            for ((users, seconds), column) in users.iter().zip(phases).zip(["turned", "end"]) {
                let spare = left * (seconds + slack(seconds));
                if *users <= spare + 1e-5 * accepts + NOBODY {
                    continue;
                }
                let name = ground
                    .inventory
                    .component_name(ComponentId::new(*component));
                let found = format!(
                    "{} users in {} s beside {} a second at `{name}`",
                    decimal(*users),
                    decimal(seconds),
                    decimal(background)
                );
                let expected = format!("at most {} a second", decimal(accepts));
                report.add(
                    ACCEPTED,
                    At::cell(WaveRow::FILE, own.line, column),
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
            value.seconds = all;
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
        let Some(passing) = key.and_then(|key| expected.remove(&key)) else {
            let found = format!("`{}` once more, or where nobody comes", row.row.component);
            report.add(
                RAMP,
                at("component"),
                found,
                "components that somebody newly connects through",
            );
            continue;
        };
        let [arrivals, background, accepts] = passing.figures;
        let (seconds, window) = (passing.seconds, passing.window);
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
        cells_are_true(RAMP, &cells, at, report);
    }
    if let Some((key, _)) = expected.iter().find(|(_, own)| own.figures[0] > 1e-3) {
        let name = ground.inventory.component_name(ComponentId::new(key.2));
        let found = format!("no row of `{name}` in period {}", way.period.index);
        let expected =
            "a row for every component with a limit that somebody newly connects through";
        report.add(RAMP, At::file(RampRow::FILE), found, expected);
    }
}

/// Finds fault with cells that say something else than they should; each has its column, what is told, and what it is.
pub(super) fn cells_are_true<'a>(
    rule: Rule,
    cells: &[(&'a str, Option<f64>, Option<f64>)],
    at: impl Fn(&'a str) -> At<'a>,
    report: &mut Report,
) {
    for &(column, told, expected) in cells {
        let is_right = match (told, expected) {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-5 * a.abs().max(b.abs()).max(1e-3),
            (None, None) => true,
            _ => false,
        };
        if !is_right {
            report.add(rule, at(column), cell_text(told), cell_text(expected));
        }
    }
}
