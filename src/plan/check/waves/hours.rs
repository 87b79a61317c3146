//! Hours: steering that changes between two hours of a period, while everybody stays where he is served.
//!
//! "Weights turn evenly over `turn_minutes` that end when the next hour begins, under the demand of the hour that ends;
//! loads keep to what is left, and nobody has to accept more new sessions a second than he can" (`model.md` §9).

use super::super::ground::Ground;
use super::super::report::{At, Report, Rule, is_same};
use super::hour_sides::{Hourly, Side};
use super::ramp::cells_are_true;
use super::rules::{slack, spare};
use super::touched::slices_in;
use super::written::seconds;
use crate::ids::ComponentId;
use crate::plan_files::{HourTurnRow, Lined, Row, SUMMARY_FILE, decimal};
use crate::units::NOBODY;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// P7995: `hour_turns.csv` has every change of steering between hours, and no other.
const TURNS: Rule = Rule {
    code: "P7995",
    hint: "one row for every change of weights between hours and every component that users newly connect through",
};

/// P7996: the figures of a row are those of the steering of both hours.
const FIGURES: Rule = Rule {
    code: "P7996",
    hint: "count who stays and is steered through the component anew, and what normal operation opens there",
};

/// P7997: steering turns over `turn_minutes` before the hour, no load is too much meanwhile, and nobody has to accept too much.
const SAFE: Rule = Rule {
    code: "P7997",
    hint: "turn weights evenly over `turn_minutes` that end at the hour; refuse what that is too fast or too full for",
};

/// P7998: summary.json counts the turns, and refuses those that have no safe way, and no others.
const TOLD: Rule = Rule {
    code: "P7998",
    hint: "count the beginnings of hours in hour_turns.csv; refuse what cannot turn in the hours beside it",
};

/// Judges how steering turns between the hours of a period.
pub(in crate::plan::check) fn hours_turn(
    ground: &Ground<'_>,
    own: &Hourly<'_>,
    report: &mut Report,
) {
    let mut written: BTreeMap<Timestamp, Vec<&Lined<HourTurnRow>>> = BTreeMap::new();
    for row in own.rows {
        match row.row.at.parse::<Timestamp>() {
            Ok(at) => written.entry(at).or_default().push(row),
            Err(_) => report.add(
                TURNS,
                At::cell(HourTurnRow::FILE, row.line, "at"),
                format!("`{}`", row.row.at),
                "an instant with an offset, as in 2026-01-22T02:00:00-06:00",
            ),
        }
    }
    let spans = slices_in(&own.situation.case.hours, own.period);
    let crowds = own.crowds(ground);
    let (mut count, mut refused) = (0, false);
    for pair in spans.windows(2) {
        let [(a, from, at), (b, ..)] = [pair[0], pair[1]];
        let rows = written.remove(&at).unwrap_or_default();
        let length = own.length(ground, from, at);
        let turned = if a == b { 0.0 } else { own.turned([a, b]) };
        if turned <= 0.0 && rows.is_empty() {
            continue;
        }
        let side = &own.side(ground, &crowds, [a, b], length);
        if !rows_are_those(ground, own, (at, [a, b]), (&rows, (turned, side)), report) {
            continue;
        }
        let Some(first) = rows.first() else {
            continue;
        };
        count += 1;
        match schedule(&rows, report) {
            Schedule::Broken => {}
            Schedule::Refused => {
                refused = true;
                if side.is_surely_safe() {
                    let at = At::cell(HourTurnRow::FILE, first.line, "start");
                    report.add(TOLD, at, "no instant", "when it turns: it is safe");
                }
                for row in rows {
                    figures_are_true(ground, row, (side, false), report);
                }
            }
            Schedule::At(start, end) => {
                is_safe(ground, first, (side, [start, at], end), report);
                for row in rows {
                    figures_are_true(ground, row, (side, true), report);
                }
            }
        }
    }
    for row in written.values().flatten() {
        let at = At::cell(HourTurnRow::FILE, row.line, "at");
        let found = format!("`{}`, at which no other slice begins", row.row.at);
        report.add(TURNS, at, found, "beginnings of hours within the period");
    }
    own.is_told(count, refused, report);
}

impl Hourly<'_> {
    /// "Over `turn_minutes`, or as long as nobody moves before the hour if that is less": whole seconds.
    fn length(&self, ground: &Ground<'_>, from: Timestamp, at: Timestamp) -> f64 {
        let ways = self.ways.0.iter();
        if ways.clone().any(|own| own[0] < at && at < own[1]) {
            return 0.0;
        }
        let ended = ways.map(|own| own[1]).filter(|end| *end <= at);
        let quiet = seconds(ended.fold(from, Timestamp::max), at).floor();
        quiet.min((ground.scenario.waves.turn_minutes * 60.0).ceil())
    }

    /// P7998.
    fn is_told(&self, count: u64, refused: bool, report: &mut Report) {
        let Some(summary) = self.summary else { return };
        let told = summary.hour_turns.as_ref();
        let key = |name: &str| format!("periods[{}].hour_turns.{name}", self.period.index);
        let of_told = told.map_or(0, |own| own.count);
        if of_told != count {
            let key = key("count");
            let at = At::cell(SUMMARY_FILE, 0, &key);
            report.add(TOLD, at, of_told.to_string(), count.to_string());
        }
        let reason = told.and_then(|own| own.refused.clone());
        if reason.is_some() != refused {
            let key = key("refused");
            let at = At::cell(SUMMARY_FILE, 0, &key);
            let expected = if refused {
                "a reason"
            } else {
                "nothing: it is safe"
            };
            let found = reason.clone().unwrap_or_else(|| "nothing".to_owned());
            report.add(TOLD, at, found, expected);
        }
        if refused || reason.is_some() {
            report.refused.push((self.period.index, reason));
        }
    }
}

/// P7995: the rows at the beginning of an hour are those of the components that users newly connect through.
fn rows_are_those(
    ground: &Ground<'_>,
    own: &Hourly<'_>,
    (at, slices): (Timestamp, [usize; 2]),
    (rows, (turned, side)): (&[&Lined<HourTurnRow>], (f64, &Side)),
    report: &mut Report,
) -> bool {
    let broken = report.broken.len();
    let mut left = side.arrivals.clone();
    for row in rows {
        let cell = |column| At::cell(HourTurnRow::FILE, row.line, column);
        let name = row.row.component.as_deref();
        let component = name.and_then(|own| ground.components.get(own));
        let is_expected = match name {
            // Next to nobody may come through something.
            None => rows.len() == 1 && turned > 0.0,
            Some(_) => component
                .and_then(|own| left.remove(&own.index()))
                .is_some(),
        };
        if !is_expected {
            let name = name.unwrap_or_default();
            let found = format!("`{name}` once more, or where nobody comes");
            let expected = "components that somebody newly connects through, or blank for none";
            report.add(TURNS, cell("component"), found, expected);
        }
        let told = [
            ("from_slice", row.row.from_slice, slices[0]),
            ("to_slice", row.row.to_slice, slices[1]),
        ];
        for (column, told, slice) in told {
            if usize::try_from(told) != Ok(slice) {
                report.add(TURNS, cell(column), told.to_string(), slice.to_string());
            }
        }
    }
    if rows.is_empty() && turned > 1e-3 {
        let found = format!("no row at {at} in period {}", own.period.index);
        let expected = "a row wherever weights change from hour to hour";
        report.add(TURNS, At::file(HourTurnRow::FILE), found, expected);
    }
    // Next to nobody may be told or not.
    if let Some((component, _)) = left.iter().find(|(_, users)| **users > 1e-3) {
        let name = ground
            .inventory
            .component_name(ComponentId::new(*component));
        let found = format!("no row of `{name}` at {at} in period {}", own.period.index);
        let expected = "a row for every component that somebody newly connects through";
        report.add(TURNS, At::file(HourTurnRow::FILE), found, expected);
    }
    report.broken.len() == broken
}

/// When an hour turn is, as its rows say.
enum Schedule {
    /// Start and end.
    At(Timestamp, Timestamp),
    Refused,
    Broken,
}

/// P7995: all rows of a turn say the same of when it is.
fn schedule(rows: &[&Lined<HourTurnRow>], report: &mut Report) -> Schedule {
    let Some(first) = rows.first() else {
        return Schedule::Broken;
    };
    let same = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => is_same(a, b, 1.0),
        (a, b) => a.is_none() && b.is_none(),
    };
    let differs = rows.iter().find_map(|row| {
        let (own, first) = (&row.row, &first.row);
        let column = if own.start != first.start {
            "start"
        } else if own.end != first.end {
            "end"
        } else if !same(own.share_ahead, first.share_ahead) {
            "share_ahead"
        } else {
            return None;
        };
        Some((row, column))
    });
    if let Some((row, column)) = differs {
        let at = At::cell(HourTurnRow::FILE, row.line, column);
        let expected = format!("what line {} says", first.line);
        report.add(TURNS, at, "something else of the same turn", expected);
        return Schedule::Broken;
    }
    let instant = |text: &Option<String>| text.as_ref().map(|own| own.parse::<Timestamp>());
    let read = (
        instant(&first.row.start),
        instant(&first.row.end),
        first.row.share_ahead,
    );
    match read {
        (None, None, None) => Schedule::Refused,
        (Some(Ok(start)), Some(Ok(end)), Some(share)) if is_same(share, 1.0, 1.0) => {
            Schedule::At(start, end)
        }
        _ => {
            let at = At::cell(HourTurnRow::FILE, first.line, "start");
            let expected = "start, end and a share of 1, or none of the three";
            report.add(TURNS, at, "something else", expected);
            Schedule::Broken
        }
    }
}

/// P7997.
fn is_safe(
    ground: &Ground<'_>,
    row: &Lined<HourTurnRow>,
    (side, [start, hour], end): (&Side, [Timestamp; 2], Timestamp),
    report: &mut Report,
) {
    let at = |column| At::cell(HourTurnRow::FILE, row.line, column);
    let length = seconds(start, hour);
    if (length - side.length).abs() > slack(side.length) {
        let found = format!("{} s before the hour", decimal(length));
        let expected = format!("{} s", decimal(side.length));
        report.add(SAFE, at("start"), found, expected);
    }
    if end != hour {
        let found = format!("{} s after the hour", decimal(seconds(hour, end)));
        report.add(SAFE, at("end"), found, "the beginning of the hour");
    }
    if let Some((component, resource, load, left)) = side.overload(1.0) {
        let name = ground.inventory.component_name(ComponentId::new(component));
        let of = &ground.inventory.resources[resource];
        let found = format!("{} {} of {} on `{name}`", decimal(load), of.unit, of.id);
        let expected = format!("at most the {} {} that are left", decimal(left), of.unit);
        report.add(SAFE, at("start"), found, expected);
    }
    for (component, users) in &side.arrivals {
        let accepts = side.limits.accepts[component];
        let background = side.background(*component, 1.0);
        let most = spare(accepts, background) * (length + slack(length));
        if *users > most + 1e-5 * accepts + NOBODY {
            let name = ground
                .inventory
                .component_name(ComponentId::new(*component));
            let found = format!(
                "{} users in {} s beside {} a second at `{name}`",
                decimal(*users),
                decimal(length),
                decimal(background)
            );
            let expected = format!("at most {} a second", decimal(accepts));
            report.add(SAFE, at("start"), found, expected);
        }
    }
}

/// P7996.
fn figures_are_true(
    ground: &Ground<'_>,
    row: &Lined<HourTurnRow>,
    (side, is_done): (&Side, bool),
    report: &mut Report,
) {
    let component = row.row.component.as_deref();
    let component = component
        .and_then(|own| ground.components.get(own))
        .copied();
    let arrivals = component.and_then(|own| side.arrivals.get(&own.index()));
    let arrivals = arrivals.copied().unwrap_or_default();
    let accepts = component.and_then(|own| ground.inventory.accepts_per_second(own));
    let beside = component.map(|own| side.background(own.index(), 1.0));
    let beside = beside.filter(|_| is_done);
    let background = beside.filter(|_| side.length > 0.0);
    let rate = background.map(|_| arrivals / side.length);
    let window = beside.map(|own| {
        let spare = spare(accepts.unwrap_or_default(), own);
        arrivals / spare.max(f64::MIN_POSITIVE)
    });
    let cells = [
        ("arrivals", Some(row.row.arrivals), Some(arrivals)),
        ("arrivals_per_second", row.row.arrivals_per_second, rate),
        (
            "background_per_second",
            row.row.background_per_second,
            background,
        ),
        ("accepts_per_second", row.row.accepts_per_second, accepts),
        (
            "smallest_window_seconds",
            row.row.smallest_window_seconds,
            window,
        ),
        ("queue_at_once", Some(row.row.queue_at_once), Some(arrivals)),
    ];
    let at = |column| At::cell(HourTurnRow::FILE, row.line, column);
    cells_are_true(FIGURES, &cells, at, report);
}
