//! Written waves: the rows of waves.csv that lead to one period, wave by wave.

use super::super::context::RefereeContext;
use super::super::report::{At, Report, Rule};
use super::super::tables::Rows;
use crate::ids::SiteId;
use crate::plan_files::{Lined, Row, Timing, WaveRow, differing};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::ops::Deref;

/// Seconds from one instant to another.
pub(super) fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}

/// A wave.
#[derive(Debug, Clone, Copy)]
pub(in crate::plan::check) struct TimedWave {
    pub(in crate::plan::check) number: u32,
    pub(in crate::plan::check) timing: Timing,
    pub(in crate::plan::check) start: Timestamp,
    /// When steering has turned.
    pub(in crate::plan::check) turned: Timestamp,
    pub(in crate::plan::check) end: Timestamp,
    /// When its gate ends; the calendar's end beyond it.
    pub(in crate::plan::check) gate_end: Timestamp,
    /// How far steering has turned once it is over.
    pub(in crate::plan::check) steering: f64,
    /// The share of those who come back who have by its end.
    pub(in crate::plan::check) restored: f64,
}

impl TimedWave {
    fn new(row: &WaveRow, [start, turned, end]: [Timestamp; 3]) -> Self {
        let gate = SignedDuration::try_from_secs_f64((row.gate_minutes * 60.0).ceil()).ok();
        let gate_end = gate.and_then(|gate| end.checked_add(gate).ok());
        Self {
            number: row.wave,
            timing: row.timing,
            start,
            turned,
            end,
            gate_end: gate_end.unwrap_or(Timestamp::MAX),
            steering: row.steering_share,
            restored: row.restored_share,
        }
    }

    /// How long it lasts, in seconds.
    pub(super) fn seconds(&self) -> f64 {
        seconds(self.start, self.end)
    }

    /// When steering turns, and then users move.
    pub(super) fn spans(&self) -> [(Timestamp, Timestamp); 2] {
        [(self.start, self.turned), (self.turned, self.end)]
    }

    /// How long steering turns, and then users move, in seconds.
    pub(super) fn phases(&self) -> [f64; 2] {
        self.spans().map(|(from, to)| seconds(from, to))
    }
}

/// One wave as its rows say it.
pub(super) struct WrittenWave<'a> {
    pub(super) wave: TimedWave,
    /// Its first row.
    pub(super) first: &'a Lined<WaveRow>,
    /// By site: the row.
    pub(super) sites: BTreeMap<SiteId, &'a Lined<WaveRow>>,
}

impl Deref for WrittenWave<'_> {
    type Target = TimedWave;

    fn deref(&self) -> &TimedWave {
        &self.wave
    }
}

impl WrittenWave<'_> {
    /// How long its gate lasts, in seconds.
    pub(super) fn gate(&self) -> f64 {
        (self.first.row.gate_minutes * 60.0).ceil()
    }

    /// A cell of its first row.
    pub(super) fn at<'c>(&self, column: &'c str) -> At<'c> {
        At::cell(WaveRow::FILE, self.first.line, column)
    }
}

/// The waves of the rows of a period, in the order of their numbers.
pub(super) fn waves<'a>(
    context: &RefereeContext<'_>,
    rows: &[&'a Lined<WaveRow>],
    report: &mut Report,
) -> Vec<WrittenWave<'a>> {
    let mut all: BTreeMap<u32, WrittenWave<'a>> = BTreeMap::new();
    for row in rows {
        let Some(instants) = instants(row, report) else {
            continue;
        };
        let wave = all.entry(row.row.wave).or_insert_with(|| WrittenWave {
            wave: TimedWave::new(&row.row, instants),
            first: row,
            sites: BTreeMap::new(),
        });
        rows_agree(wave, row, report);
        site_stands_once(context, wave, row, report);
    }
    let waves: Vec<WrittenWave<'a>> = all.into_values().collect();
    numbers_have_no_gap(&waves, report);
    waves
}

/// P7980: start, turn of steering and end are instants, none before the one before it.
fn instants(row: &Lined<WaveRow>, report: &mut Report) -> Option<[Timestamp; 3]> {
    const RULE: Rule = Rule::new(
        "P7980",
        "write instants with an offset, as in 2026-01-22T02:00:00-06:00",
    );
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
const ONE_WAVE: Rule = Rule::new(
    "P7981",
    "number the waves of a period from 1; the rows of one wave differ only in their site",
);

/// Columns that say something of a site.
const OF_SITE: [&str; 7] = [
    "site",
    "users_out",
    "users_in",
    "users_out_per_hour",
    "users_in_per_hour",
    "move_out_per_hour",
    "move_in_per_hour",
];

fn rows_agree(wave: &WrittenWave<'_>, row: &Lined<WaveRow>, report: &mut Report) {
    for column in differing(&wave.first.row, &row.row) {
        if !OF_SITE.contains(&column) {
            let at = At::cell(WaveRow::FILE, row.line, column);
            let expected = format!("the value of line {}", wave.first.line);
            report.add(ONE_WAVE, at, "a second value for the wave", expected);
        }
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
    context: &RefereeContext<'_>,
    wave: &mut WrittenWave<'a>,
    row: &'a Lined<WaveRow>,
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7982",
        "write one row for every site that users enter or leave in the wave",
    );
    let at = At::cell(WaveRow::FILE, row.line, "site");
    match row.row.site.as_deref() {
        None if row.line == wave.first.line => {}
        None => report.add(RULE, at, "no site", "the site, or no other row of the wave"),
        Some(name) => match context.sites.get(name) {
            None => report.add(RULE, at, format!("`{name}`"), "a site of the inventory"),
            Some(site) => {
                if let Some(first) = wave.sites.insert(*site, row) {
                    let found = format!("the same site as on line {}", first.line);
                    report.add(RULE, at, found, "one row for it");
                }
            }
        },
    }
}

/// From when to when the waves of each transition of a plan last, gates included.
pub(in crate::plan::check) fn in_progress(
    context: &RefereeContext<'_>,
    periods: &[Rows<'_>],
) -> Vec<[Timestamp; 2]> {
    let of_period = |rows: &Rows<'_>| {
        // What is wrong with the rows is found where the transition is judged.
        let waves = waves(context, &rows.waves, &mut Report::default());
        [Timing::Ahead, Timing::After].map(|timing| {
            let call = || waves.iter().filter(move |wave| wave.timing == timing);
            let start = call().map(|wave| wave.start).min()?;
            let end = call().map(|wave| wave.gate_end).max()?;
            (start < end).then_some([start, end])
        })
    };
    periods.iter().flat_map(of_period).flatten().collect()
}
