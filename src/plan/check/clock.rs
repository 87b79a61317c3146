//! Clock: with which wave a step of the change list is done, and when it begins.

use super::report::{At, Report, Rule};
use super::waves::{Done, Stepped};
use crate::plan_files::{Action, ChangeBackRow, ChangeRow, Lined, Row, Timing, WrittenPlan};
use jiff::Timestamp;

/// The direction of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListDirection {
    There,
    Back,
}

impl ListDirection {
    /// The file of the list.
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::There => ChangeRow::FILE,
            Self::Back => ChangeBackRow::FILE,
        }
    }
}

/// `true` if a cell has an instant, within half a second.
pub(super) fn is_instant(cell: Option<&str>, instant: Timestamp) -> bool {
    let one_instant = cell.and_then(|text| text.parse::<Timestamp>().ok());
    one_instant.is_some_and(|candidate| candidate.duration_since(instant).as_secs_f64().abs() < 0.5)
}

/// When a step begins, and the wave that does it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct StepTime {
    pub(super) wave: Option<u32>,
    pub(super) at: Timestamp,
}

/// When the steps of a period are done.
pub(super) struct StepClock<'a> {
    done: &'a Done,
    /// When what no wave does is done: with the period, or once the waves of an earlier one are over.
    start: Timestamp,
    /// When the period begins.
    begins: Timestamp,
    /// When the first wave begins that goes before a later period.
    later: Option<Timestamp>,
    /// By later period, when its waves after the start begin and end.
    after: &'a [[Timestamp; 2]],
}

impl<'a> StepClock<'a> {
    /// That of a period.
    pub(super) fn new(changes: &'a [Stepped]) -> Option<Self> {
        let (stepped, earlier) = changes.split_last()?;
        let earlier = earlier
            .iter()
            .filter_map(|stepped| stepped.done.after_until());
        Some(Self {
            done: &stepped.done,
            start: earlier.fold(stepped.start, Timestamp::max),
            begins: stepped.start,
            later: stepped.later,
            after: &stepped.after,
        })
    }

    pub(super) fn done(&self) -> &'a Done {
        self.done
    }

    pub(super) fn at_start(&self) -> StepTime {
        StepTime {
            wave: None,
            at: self.start,
        }
    }

    /// An access point opens before all waves, and those before later periods, and closes after the period's, and after
    /// those of later ones that take over from them, except where an event gives or takes it.
    pub(super) fn access_point(&self, opens: bool, is_by_event: bool) -> StepTime {
        let waves = &self.done.waves;
        let at = match (opens, is_by_event) {
            (_, true) => self.begins,
            (true, _) => {
                let waves = waves.iter().map(|wave| wave.start);
                waves.chain(self.later).fold(self.start, Timestamp::min)
            }
            (false, _) => {
                let instant = waves.last().map_or(self.start, |timed_wave| timed_wave.end);
                let after = self.after.iter();
                let until = after.fold(instant, |until, [begin, end]| {
                    if begin < &until {
                        until.max(*end)
                    } else {
                        until
                    }
                });
                until.max(self.start)
            }
        };
        StepTime { wave: None, at }
    }

    /// Weights are those of the period once all of steering has turned.
    pub(super) fn weights(&self) -> StepTime {
        let whole = self.done.waves.iter().find(|wave| wave.steering >= 1.0);
        whole.map_or(self.at_start(), |timed_wave| StepTime {
            wave: Some(timed_wave.number),
            at: timed_wave.start,
        })
    }

    /// A shard moves once the steering of its wave has turned.
    pub(super) fn of_wave(&self, wave: Option<u32>) -> StepTime {
        let timed_wave = wave.and_then(|number| self.done.wave(number));
        timed_wave.map_or(self.at_start(), |timed_wave| StepTime {
            wave,
            at: timed_wave.turned,
        })
    }

    /// Those who come back do in the waves after the start: each with the share that comes.
    pub(super) fn let_in(&self) -> Vec<(StepTime, f64)> {
        let mut restored = 0.0;
        let mut all = Vec::new();
        for timed_wave in self
            .done
            .waves
            .iter()
            .filter(|wave| wave.timing == Timing::After)
        {
            if timed_wave.restored > restored {
                all.push((
                    self.of_wave(Some(timed_wave.number)),
                    timed_wave.restored - restored,
                ));
                restored = timed_wave.restored;
            }
        }
        if all.is_empty() {
            all.push((self.at_start(), 1.0));
        }
        all
    }
}

/// P7969: steps that waves do need waves.csv. Without it, no step is judged by its wave: one finding says so of all of them.
pub(super) fn waves_of_steps_are_written(written: &WrittenPlan, report: &mut Report) {
    const RULE: Rule = Rule::new(
        "P7969",
        "add the waves.csv of the plan, or leave `wave` blank in steps that are done when their period begins",
    );
    if written.waves.is_some() {
        return;
    }
    let lists = [
        (ChangeRow::FILE, &written.changes),
        (ChangeBackRow::FILE, &written.changes_back),
    ];
    let lists = lists.map(|(file, rows)| {
        let rows = rows.iter().flatten();
        let lines = rows.filter_map(|row| row.row.wave.is_some().then_some(row.line));
        (file, lines.collect::<Vec<u64>>())
    });
    let filled: Vec<_> = lists
        .iter()
        .filter(|(_, lines)| !lines.is_empty())
        .collect();
    let Some((file, lines)) = filled.first() else {
        return;
    };
    let counts = filled
        .iter()
        .map(|(file, lines)| format!("{} of {file}", lines.len()));
    let found = format!(
        "no waves.csv, and the wave of each step in this column (rows: {})",
        counts.collect::<Vec<_>>().join(", ")
    );
    report.broken.retain(|finding| finding.code.0 != RULE.code);
    let at = At::cell(file, lines[0], "wave");
    report.add(
        RULE,
        at,
        found,
        "waves.csv with these waves, or blank cells",
    );
}

/// P7969: a step has the wave that does it, and begins when that does; what no wave does begins with the period.
pub(super) fn time_is_true(
    direction: ListDirection,
    expected: StepTime,
    row: &Lined<ChangeRow>,
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7969",
        "write the wave of waves.csv and its time: `start` for weights and pools, `turned` for shards; a rollback has \
         no times",
    );
    let file = direction.file();
    let blank = || "a blank cell".to_owned();
    if row.row.wave != expected.wave {
        let text = |wave: Option<u32>| wave.map_or_else(blank, |number| number.to_string());
        let at = At::cell(file, row.line, "wave");
        report.add(RULE, at, text(row.row.wave), text(expected.wave));
    }
    let at = row.row.at.as_deref();
    let is_right = match direction {
        ListDirection::Back => at.is_none(),
        ListDirection::There => is_instant(at, expected.at),
    };
    if !is_right {
        let found = at.map_or_else(blank, |text| format!("`{text}`"));
        let expected = match direction {
            ListDirection::There => expected.at.to_string(),
            ListDirection::Back => blank(),
        };
        report.add(RULE, At::cell(file, row.line, "at"), found, expected);
    }
}

/// A cell of one of the files.
pub(super) fn cell<'a>(file: &'static str, row: &Lined<ChangeRow>, column: &'a str) -> At<'a> {
    At::cell(file, row.line, column)
}

/// `true` for marks, which are no steps.
pub(super) fn is_mark(action: Action) -> bool {
    matches!(action, Action::Begins | Action::Detected | Action::Ends)
}

/// `true` for steps of members of pools.
pub(super) fn is_of_pool(action: Action) -> bool {
    matches!(action, Action::TakeOut | Action::PutBack)
}
