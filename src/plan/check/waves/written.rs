//! Written waves: the rows of waves.csv that lead to one period, wave by wave.

use super::super::ground::Ground;
use super::super::report::{At, Report, Rule, is_same};
use super::super::tables::Rows;
use crate::ids::SiteId;
use crate::plan_files::{Lined, Row, Timing, WaveRow};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Seconds from one instant to another.
pub(super) fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}

/// One wave as its rows say it.
pub(super) struct WrittenWave<'a> {
    pub(super) number: u32,
    pub(super) timing: Timing,
    pub(super) start: Timestamp,
    /// Steering has turned.
    pub(super) turned: Timestamp,
    pub(super) end: Timestamp,
    /// Its first row.
    pub(super) first: &'a Lined<WaveRow>,
    /// By site: the row.
    pub(super) sites: BTreeMap<SiteId, &'a Lined<WaveRow>>,
}

impl WrittenWave<'_> {
    /// How long it lasts, in seconds.
    pub(super) fn seconds(&self) -> f64 {
        seconds(self.start, self.end)
    }

    /// How long steering turns, and then users move, in seconds.
    pub(super) fn phases(&self) -> [f64; 2] {
        [(self.start, self.turned), (self.turned, self.end)].map(|(from, to)| seconds(from, to))
    }

    /// How long its gate lasts, in seconds.
    pub(super) fn gate(&self) -> f64 {
        (self.first.row.gate_minutes * 60.0).ceil()
    }

    /// When its gate ends; the calendar's end beyond it.
    pub(super) fn gate_end(&self) -> Timestamp {
        let gate = SignedDuration::try_from_secs_f64(self.gate()).ok();
        let end = gate.and_then(|gate| self.end.checked_add(gate).ok());
        end.unwrap_or(Timestamp::MAX)
    }

    /// A cell of its first row.
    pub(super) fn at<'c>(&self, column: &'c str) -> At<'c> {
        At::cell(WaveRow::FILE, self.first.line, column)
    }
}

/// The waves of the rows of a period, in the order of their numbers.
pub(super) fn waves<'a>(
    ground: &Ground<'_>,
    rows: &[&'a Lined<WaveRow>],
    report: &mut Report,
) -> Vec<WrittenWave<'a>> {
    let mut all: BTreeMap<u32, WrittenWave<'a>> = BTreeMap::new();
    for row in rows {
        let Some([start, turned, end]) = instants(row, report) else {
            continue;
        };
        let wave = all.entry(row.row.wave).or_insert_with(|| WrittenWave {
            number: row.row.wave,
            timing: row.row.timing,
            start,
            turned,
            end,
            first: row,
            sites: BTreeMap::new(),
        });
        rows_agree(wave, row, report);
        site_stands_once(ground, wave, row, report);
    }
    let mut waves: Vec<WrittenWave<'a>> = all.into_values().collect();
    waves.sort_by_key(|own| own.number);
    numbers_have_no_gap(&waves, report);
    waves
}

/// P7980: start, turn of steering and end are instants, none before the one before it.
fn instants(row: &Lined<WaveRow>, report: &mut Report) -> Option<[Timestamp; 3]> {
    const RULE: Rule = Rule {
        code: "P7980",
        hint: "write instants with an offset, as in 2026-01-22T02:00:00-06:00",
    };
    let mut instant = |column, text: &str| {
        let read = text.parse::<Timestamp>().ok();
        if read.is_none() {
            let at = At::cell(WaveRow::FILE, row.line, column);
            report.add(RULE, at, format!("`{text}`"), "an instant");
        }
        read
    };
    let (start, turned, end) = (
        instant("start", &row.row.start),
        instant("turned", &row.row.turned),
        instant("end", &row.row.end),
    );
    let (start, turned, end) = (start?, turned?, end?);
    let mut not_before = |column, text: &str, expected| {
        let at = At::cell(WaveRow::FILE, row.line, column);
        report.add(RULE, at, format!("`{text}`"), expected);
    };
    if end < start {
        not_before("end", &row.row.end, "an instant after the start");
        return None;
    }
    if turned < start || turned > end {
        not_before(
            "turned",
            &row.row.turned,
            "an instant from the start to the end",
        );
        return None;
    }
    Some([start, turned, end])
}

/// P7981: all rows of a wave say the same of it, and waves count from 1.
const ONE_WAVE: Rule = Rule {
    code: "P7981",
    hint: "waves of a period count from 1; all rows of one agree but for their site",
};

fn rows_agree(wave: &WrittenWave<'_>, row: &Lined<WaveRow>, report: &mut Report) {
    let (first, own) = (&wave.first.row, &row.row);
    let same = |a: f64, b: f64| is_same(a, b, 1.0);
    let optional = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => same(a, b),
        (None, None) => true,
        _ => false,
    };
    let columns = [
        ("timing", first.timing == own.timing),
        ("start", first.start == own.start),
        ("turned", first.turned == own.turned),
        ("end", first.end == own.end),
        ("gate_minutes", same(first.gate_minutes, own.gate_minutes)),
        (
            "steering_share",
            same(first.steering_share, own.steering_share),
        ),
        (
            "restored_share",
            same(first.restored_share, own.restored_share),
        ),
        (
            "fullest_component",
            first.fullest_component == own.fullest_component,
        ),
        (
            "fullest_resource",
            first.fullest_resource == own.fullest_resource,
        ),
        (
            "fullest_utilization",
            optional(first.fullest_utilization, own.fullest_utilization),
        ),
        (
            "stop_shortfall",
            same(first.stop_shortfall, own.stop_shortfall),
        ),
        ("stop_failures", first.stop_failures == own.stop_failures),
        (
            "stop_unserved_users",
            optional(first.stop_unserved_users, own.stop_unserved_users),
        ),
    ];
    for (column, _) in columns.into_iter().filter(|(_, agrees)| !agrees) {
        let at = At::cell(WaveRow::FILE, row.line, column);
        let expected = format!("what line {} says", wave.first.line);
        report.add(ONE_WAVE, at, "something else of the same wave", expected);
    }
}

fn numbers_have_no_gap(waves: &[WrittenWave<'_>], report: &mut Report) {
    for (position, wave) in waves.iter().enumerate() {
        if usize::try_from(wave.number) != Ok(position + 1) {
            let found = format!("wave {}", wave.number);
            report.add(
                ONE_WAVE,
                wave.at("wave"),
                found,
                format!("wave {}", position + 1),
            );
            return;
        }
    }
}

/// P7982: a site stands once in a wave, and only a wave in which nobody moves names none.
fn site_stands_once<'a>(
    ground: &Ground<'_>,
    wave: &mut WrittenWave<'a>,
    row: &'a Lined<WaveRow>,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7982",
        hint: "one row for every site that somebody enters or leaves in the wave",
    };
    let at = At::cell(WaveRow::FILE, row.line, "site");
    match row.row.site.as_deref() {
        None if row.line == wave.first.line => {}
        None => report.add(RULE, at, "no site", "the site, or no other row of the wave"),
        Some(name) => match ground.sites.get(name) {
            None => report.add(RULE, at, format!("`{name}`"), "a site of the inventory"),
            Some(site) => {
                if let Some(first) = wave.sites.insert(*site, row) {
                    let found = format!("the site of line {} again", first.line);
                    report.add(RULE, at, found, "one row for it");
                }
            }
        },
    }
}

/// From when to when the waves of each way of a plan last, gates included.
pub(in crate::plan::check) struct UnderWay(pub(super) Vec<[Timestamp; 2]>);

impl UnderWay {
    /// Those of all periods.
    pub(in crate::plan::check) fn of(ground: &Ground<'_>, periods: &[Rows<'_>]) -> Self {
        let of_period = |rows: &Rows<'_>| {
            // What is wrong with the rows is found where the way is judged.
            let waves = waves(ground, &rows.waves, &mut Report::default());
            [Timing::Ahead, Timing::Behind].map(|timing| {
                let own = || waves.iter().filter(move |own| own.timing == timing);
                let start = own().map(|wave| wave.start).min()?;
                let end = own().map(WrittenWave::gate_end).max()?;
                (start < end).then_some([start, end])
            })
        };
        let all = periods.iter().flat_map(of_period);
        Self(all.flatten().collect())
    }
}
