//! Hours: steering that changes between two hours of a period, while everybody stays where he is served.
//!
//! "Weights turn evenly over `turn_minutes` that end when the next hour begins, under the demand of the hour that ends;
//! loads keep to what is left, and nobody has to accept more new sessions a second than he can" (`model.md` §9).

use super::super::ground::Ground;
use super::super::judge::{Expected, Judged, judge, number};
use super::super::report::{At, Report, Rule, is_same};
use super::hour_sides::{Hourly, Side};
use super::limits::{slack, spare};
use super::touched::slices_in;
use super::written::seconds;
use crate::ids::ComponentId;
use crate::plan_files::{HourTurnRow, Lined, Row, SUMMARY_FILE, TURNS, decimal, differing};
use crate::units::NOBODY;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// P7995: `hour_turns.csv` has every change of steering between hours, and no other; P7996 asks of the columns of a row whether
/// they are those of the steering of both hours.
const TURN: Rule = Rule {
    code: "P7995",
    hint: TURNS,
};

impl Judged for HourTurnRow {
    const STRAY: Rule = TURN;
    const MISSING: Rule = TURN;
    const NAMED_IN: &'static str = "component";

    fn stray(&self, _: Option<u64>) -> [String; 2] {
        let name = self.component.as_deref().unwrap_or_default();
        let expected = "components that somebody newly connects through, or blank for none";
        [
            format!("`{name}` once more, or where nobody comes"),
            expected.to_owned(),
        ]
    }

    fn missing(&self) -> [String; 2] {
        let (at, period) = (&self.at, self.period);
        match &self.component {
            Some(name) => [
                format!("no row of `{name}` at {at} in period {period}"),
                "a row for every component that somebody newly connects through".to_owned(),
            ],
            None => [
                format!("no row at {at} in period {period}"),
                "a row wherever weights change from hour to hour".to_owned(),
            ],
        }
    }
}

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
                TURN,
                At::cell(HourTurnRow::FILE, row.line, "at"),
                format!("`{}`", row.row.at),
                "an instant with an offset, as in 2026-01-22T02:00:00-06:00",
            ),
        }
    }
    let spans = slices_in(&own.situation.case.hours, own.period);
    let crowds = own.crowds(ground);
    let key = |row: &HourTurnRow| match row.component.as_deref() {
        None => Some(None),
        Some(name) => {
            let known = ground.components.get(name);
            known.map(|own| Some(own.index()))
        }
    };
    let (mut count, mut refused) = (0, false);
    for pair in spans.windows(2) {
        let [(a, from, at), (b, ..)] = [pair[0], pair[1]];
        let rows = written.remove(&at).unwrap_or_default();
        let turned = if a == b { 0.0 } else { own.turned([a, b]) };
        if turned <= 0.0 && rows.is_empty() {
            continue;
        }
        let length = own.length(ground, from, at);
        let side = own.side(ground, &crowds, [a, b], length);
        let schedule = rows.first().map(|_| schedule(&rows, report));
        let expected = own.expected_rows(
            ground,
            (at, [a, b]),
            (&side, turned),
            &rows,
            schedule.as_ref(),
        );
        let broken = report.broken.len();
        judge(rows.iter().copied(), key, expected, report);
        let Some((first, schedule)) = rows.first().zip(schedule) else {
            continue;
        };
        count += 1;
        refused |= matches!(schedule, Schedule::Refused);
        if report.broken.len() > broken {
            continue;
        }
        match schedule {
            Schedule::Broken => {}
            Schedule::Refused => {
                if side.is_surely_safe() {
                    let at = At::cell(HourTurnRow::FILE, first.line, "start");
                    report.add(TOLD, at, "no instant", "when it turns: it is safe");
                }
            }
            Schedule::At(start, end) => {
                is_safe(ground, first, (&side, [start, at], end), report);
            }
        }
    }
    for row in written.values().flatten() {
        let at = At::cell(HourTurnRow::FILE, row.line, "at");
        let found = format!("`{}`, at which no other slice begins", row.row.at);
        report.add(TURN, at, found, "beginnings of hours within the period");
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

    /// The rows at the beginning of an hour, one for every component that users newly connect through. Next to nobody may be
    /// told or not; where it is so everywhere, one row of no component may be there if steering changes at all, and has to be
    /// if somebody goes over another path.
    fn expected_rows(
        &self,
        ground: &Ground<'_>,
        (at, slices): (Timestamp, [usize; 2]),
        (side, turned): (&Side, f64),
        rows: &[&Lined<HourTurnRow>],
        schedule: Option<&Schedule>,
    ) -> Vec<(Option<usize>, Expected<HourTurnRow>)> {
        let is_done = matches!(schedule, Some(Schedule::At(..)));
        let is_broken = matches!(schedule, Some(Schedule::Broken));
        let [from_slice, to_slice] = slices.map(number);
        let row = |component: Option<usize>, arrivals: f64| {
            let id = component.map(ComponentId::new);
            let background = component.map(|own| side.background(own, 1.0));
            let background = background.filter(|_| is_done);
            let accepts = id.and_then(|own| ground.inventory.accepts_per_second(own));
            let beside = background.filter(|_| side.length > 0.0);
            HourTurnRow {
                period: self.period.number(),
                at: at.to_string(),
                from_slice,
                to_slice,
                start: None,
                end: None,
                share_ahead: None,
                component: id.map(|own| ground.inventory.component_name(own).to_owned()),
                arrivals,
                arrivals_per_second: beside.map(|_| arrivals / side.length),
                background_per_second: beside,
                accepts_per_second: accepts,
                smallest_window_seconds: background.map(|own| {
                    let spare = spare(accepts.unwrap_or_default(), own);
                    arrivals / spare.max(f64::MIN_POSITIVE)
                }),
                queue_at_once: arrivals,
            }
        };
        let all = side.arrivals.iter().map(|(component, users)| {
            let expected = Expected::from(row(Some(*component), *users));
            let expected = expected.optional(*users <= 1e-3);
            (Some(*component), expected.unless(is_broken, &OF_SCHEDULE))
        });
        let has_blank = rows.len() == 1 && turned > 0.0;
        let has_none = rows.is_empty() && turned > 1e-3;
        let blank = (has_blank || has_none).then(|| Expected::from(row(None, 0.0)));
        let blank = blank.map(|own| (None, own.optional(!has_none)));
        blank.into_iter().chain(all).collect()
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

/// Columns that depend on when it is.
const OF_SCHEDULE: [&str; 3] = [
    "arrivals_per_second",
    "background_per_second",
    "smallest_window_seconds",
];

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
    let differs = rows.iter().find_map(|row| {
        let differing = differing(&first.row, &row.row);
        let mut columns = ["start", "end", "share_ahead"].into_iter();
        Some((row, columns.find(|own| differing.contains(own))?))
    });
    if let Some((row, column)) = differs {
        let at = At::cell(HourTurnRow::FILE, row.line, column);
        let expected = format!("what line {} says", first.line);
        report.add(TURN, at, "something else of the same turn", expected);
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
            report.add(TURN, at, "something else", expected);
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
