//! Read: what a runbook says, as somebody reads it who has nothing else: what is done when, and which weights hold from then on.

use super::weights::Cell;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use plimsoll::model::Scenario;
use plimsoll::plan_files::WaveRow;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of weights that a runbook names.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Named {
    Before,
    /// With this period.
    Steering(u32),
    /// With this period and wave; from when on which `during` holds.
    Wave(u32, u32, Vec<(Timestamp, Option<u32>)>),
}

/// What is done to weights.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    pub(super) from: Timestamp,
    pub(super) turned: Timestamp,
    pub(super) named: Named,
    /// Only those of groups at sites where they have no users yet.
    pub(super) is_only_new: bool,
    /// Those that have users there when it begins.
    pub(super) there: BTreeSet<Cell>,
}

/// How a wave is undone: the weights that hold then.
#[derive(Debug, Clone)]
pub(super) struct Undo {
    pub(super) wave: (u32, u32),
    pub(super) at: Timestamp,
    /// How many turns are written before that of the wave.
    pub(super) turns: usize,
    pub(super) weights: Named,
}

/// Why a wave is not undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// The weights with which it begins lead over what is out.
    LeadsOverOut,
    /// Others turn weights as it begins.
    OthersTurn,
}

/// A wave that is not undone.
#[derive(Debug, Clone)]
pub(super) struct NotUndone {
    pub(super) wave: (u32, u32),
    pub(super) at: Timestamp,
    /// How many turns are written before that of the wave.
    pub(super) turns: usize,
    pub(super) why: Why,
}

/// A step that no wave does.
#[derive(Debug, Clone)]
pub(super) struct Alone {
    pub(super) at: Timestamp,
    pub(super) period: u32,
    pub(super) text: String,
}

/// All of it, in the order in which it is written.
#[derive(Debug, Default)]
pub(super) struct Runbook {
    pub(super) turns: Vec<Turn>,
    pub(super) undoing: Vec<Undo>,
    pub(super) not_undone: Vec<NotUndone>,
    pub(super) alone: Vec<Alone>,
    /// The waves that have a heading.
    pub(super) waves: Vec<(u32, u32)>,
    /// The lines of the path back.
    pub(super) back: Vec<String>,
    /// What would be too full on it, where the runbook says that there is none.
    pub(super) full_back: Option<String>,
    /// What would be as full on it as it was before.
    pub(super) full_as_before: Option<String>,
    pub(super) faults: Vec<String>,
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

fn number(text: &str) -> u32 {
    text.parse().expect("digits")
}

const WHEN: &str = r"(?:(\d+) ([A-Z][a-z]{2}) )?(\d\d):(\d\d)(?::(\d\d))?";

/// Reads instants in the offset of a scenario.
struct Reader<'a> {
    scenario: &'a Scenario,
    /// Of every wave: its period, and when it has turned.
    turned: Vec<(u32, Timestamp)>,
    when: Regex,
    rows: Regex,
    during: Regex,
}

impl<'a> Reader<'a> {
    fn new(scenario: &'a Scenario, turned: Vec<(u32, Timestamp)>) -> Self {
        Self {
            scenario,
            turned,
            when: regex(WHEN),
            rows: regex(
                r"(?<before>before\.csv)|steering\.csv with period (?<steering>\d+)|wave_weights\.csv with period (?<period>\d+), wave (?<wave>\d+) and (?:`during` (?<during>\d+)|no `during`)",
            ),
            during: regex(
                r"(?i:from) ([^,`]*) on (?:take the rows with )?`during` (\d+)(, to which the waves of period \d+ turn)?",
            ),
        }
    }

    /// The instant that a text begins with.
    fn instant(&self, text: &str) -> Timestamp {
        let found = self.when.captures(text).expect("an instant");
        let digits = |at: usize| -> i8 {
            found
                .get(at)
                .map_or(0, |it| it.as_str().parse().expect("digits"))
        };
        let start = self.scenario.offset.to_datetime(self.scenario.start);
        let date = match found.get(2) {
            None => start.date(),
            Some(month) => {
                let text = format!("{} {} {}", digits(1), month.as_str(), start.year());
                Date::strptime("%d %b %Y", text).expect("a date")
            }
        };
        let time = Time::new(digits(3), digits(4), digits(5), 0).expect("a time");
        let local = date.to_datetime(time);
        self.scenario
            .offset
            .to_timestamp(local)
            .expect("an instant")
    }

    /// The rows of weights that a text names, from an instant on.
    fn named(&self, text: &str, from: Timestamp) -> Option<Named> {
        let found = self.rows.captures(text)?;
        if found.name("before").is_some() {
            return Some(Named::Before);
        }
        if let Some(period) = found.name("steering") {
            return Some(Named::Steering(number(period.as_str())));
        }
        let (period, wave) = (number(&found["period"]), number(&found["wave"]));
        let first = found.name("during").map(|it| number(it.as_str()));
        let rest = &text[found.get(0).expect("all of it").end()..];
        let mut all = vec![(from, first)];
        for later in self.during.captures_iter(rest) {
            let (at, during) = (self.instant(&later[1]), number(&later[2]));
            let is_turned_later = |pair: &(u32, Timestamp)| pair.0 == during && pair.1 > at;
            // What other waves turn to from then on is set by these.
            if later.get(3).is_none() || !self.turned.iter().any(is_turned_later) {
                all.push((at, Some(during)));
            }
        }
        Some(Named::Wave(period, wave, all))
    }
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// What a runbook says, whose waves begin and have turned when these rows say.
pub(super) fn read(
    text: &str,
    scenario: &Scenario,
    rows: &BTreeMap<(u32, u32), &WaveRow>,
) -> Runbook {
    let turned = rows
        .iter()
        .map(|(wave, row)| (wave.0, instant(&row.turned)));
    let reader = Reader::new(scenario, turned.collect());
    let of_period = regex(r"^## Period (\d+), ");
    let of_wave = regex(r"^### Wave (\d+) of \d+: (?:at )?(.*)$");
    let of_instant = regex(&format!(r"^###? ({WHEN}), period (\d+)"));
    let mut all = Runbook::default();
    let (steps, back) = text
        .split_once("\n## Rollback after the last step\n")
        .unwrap_or((text, ""));
    let back = back.split("\n## ").next().unwrap_or_default();
    let lines = |text: &str, pattern: &str| -> Vec<String> {
        let numbered = regex(pattern);
        let found = text.lines().filter_map(|line| numbered.captures(line));
        found.map(|found| found[1].to_owned()).collect()
    };
    all.back = lines(back, r"^\d+\. (.*)$");
    let full = regex(
        "there is no path back to the state before. With all users where they were before, (.*) would carry (.*) when the scenario ends ",
    );
    let full = full.captures(back);
    all.full_back = full.map(|found| format!("{}: {}", &found[1], &found[2]));
    let full = regex(
        "With all users where they were before, (.*) would carry (.*) again, as before the scenario, and it can carry ",
    );
    let full = full.captures(back);
    all.full_as_before = full.map(|found| format!("{}: {}", &found[1], &found[2]));
    let mut period = 0;
    let starts = steps
        .match_indices("\n## ")
        .chain(steps.match_indices("\n### "));
    let mut starts: Vec<usize> = starts.map(|(at, _)| at + 1).collect();
    starts.sort_unstable();
    let ends = starts.iter().skip(1).copied().chain([steps.len()]);
    for (from, to) in starts.iter().copied().zip(ends) {
        let section = &steps[from..to];
        let heading = section.lines().next().unwrap_or_default();
        if let Some(found) = of_period.captures(heading) {
            period = number(&found[1]);
        } else if let Some(found) = of_wave.captures(heading) {
            let wave = (period, number(&found[1]));
            all.waves.push(wave);
            let Some(row) = rows.get(&wave) else {
                all.faults.push(format!("no row of waves.csv: {heading}"));
                continue;
            };
            let [start, turned] = [&row.start, &row.turned].map(|at| instant(at));
            if reader.instant(&found[2]) != start {
                all.faults.push(format!("{heading}: waves.csv has {start}"));
            }
            of_the_wave(&reader, section, (wave, start, turned), &mut all);
        } else if let Some(found) = of_instant.captures(heading) {
            let at = reader.instant(&found[1]);
            let period = number(found.iter().flatten().last().expect("a period").as_str());
            for text in lines(section, r"^\*\*Step \d+\.\*\* (.*)$") {
                if text.starts_with("Set every weight") || text.starts_with("Weights: wave") {
                    match reader.named(&text, at) {
                        Some(named) => all.turns.push(Turn {
                            from: at,
                            turned: at,
                            named,
                            is_only_new: false,
                            there: BTreeSet::new(),
                        }),
                        None => all.faults.push(format!("no rows: {text}")),
                    }
                } else {
                    all.alone.push(Alone { at, period, text });
                }
            }
        }
    }
    all
}

fn of_the_wave(
    reader: &Reader<'_>,
    section: &str,
    (wave, start, turned): ((u32, u32), Timestamp, Timestamp),
    all: &mut Runbook,
) {
    let first = regex(r"(?m)^\*\*Step \d+\.\*\* (Set .*)$");
    let Some(text) = first.captures(section).map(|found| found[1].to_owned()) else {
        all.faults.push(format!("wave {wave:?} sets no weights"));
        return;
    };
    let text = text.as_str();
    let waits = section.split_once("Leave every weight as it is until ");
    let from = waits.map_or(start, |(_, until)| reader.instant(until));
    let is_set = text.starts_with("Set every weight");
    let is_only_new =
        text.starts_with("Set only the weights of groups at sites where they have no users yet");
    let named = reader.named(text, start);
    let turns = all.turns.len();
    match named.filter(|_| is_set || is_only_new) {
        Some(named) => all.turns.push(Turn {
            from,
            turned: turned.max(from),
            named,
            is_only_new,
            there: BTreeSet::new(),
        }),
        None => all.faults.push(format!("wave {wave:?}: {text}")),
    }
    let undo = section.split_once("\n**Roll back");
    let undo = undo.or_else(|| section.split_once("\n**No rollback:** "));
    let undo = undo.map_or("", |(_, undo)| undo);
    let why = match undo {
        _ if undo.starts_with("it would lead users over what is out") => Some(Why::LeadsOverOut),
        _ if undo.starts_with("the wave begins while") => Some(Why::OthersTurn),
        _ => None,
    };
    all.not_undone.extend(why.map(|why| NotUndone {
        wave,
        at: start,
        turns,
        why,
    }));
    let undo = undo
        .lines()
        .find(|line| line.contains("the weights are those of "));
    if let Some(weights) = undo.and_then(|line| reader.named(line, start)) {
        all.undoing.push(Undo {
            wave,
            at: start,
            turns,
            weights,
        });
    }
}

/// The rows of weights that a clause of the path back names.
pub(super) fn named_back(clause: &str, scenario: &Scenario) -> Option<Named> {
    Reader::new(scenario, Vec::new()).named(clause, scenario.end)
}
