//! Clock: with which wave a step of the change list is done, and when it begins.

use super::report::{At, Report, Rule};
use super::waves::{Done, Stepped};
use crate::plan_files::{Action, ChangeBackRow, ChangeRow, Lined, Row, Timing};
use jiff::Timestamp;

/// The direction of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    There,
    Back,
}

impl Way {
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
    let told = cell.and_then(|own| own.parse::<Timestamp>().ok());
    told.is_some_and(|told| told.duration_since(instant).as_secs_f64().abs() < 0.5)
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
    behind: &'a [[Timestamp; 2]],
}

impl<'a> StepClock<'a> {
    /// That of a period.
    pub(super) fn new(changes: &'a [Stepped]) -> Option<Self> {
        let (own, earlier) = changes.split_last()?;
        let earlier = earlier.iter().filter_map(|own| own.done.behind_until());
        Some(Self {
            done: &own.done,
            start: earlier.fold(own.start, Timestamp::max),
            begins: own.start,
            later: own.later,
            behind: &own.behind,
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
                let waves = waves.iter().map(|own| own.start);
                waves.chain(self.later).fold(self.start, Timestamp::min)
            }
            (false, _) => {
                let own = waves.last().map_or(self.start, |own| own.end);
                let behind = self.behind.iter();
                let until = behind.fold(own, |until, [begin, end]| {
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
        let whole = self.done.waves.iter().find(|own| own.steering >= 1.0);
        whole.map_or(self.at_start(), |own| StepTime {
            wave: Some(own.number),
            at: own.start,
        })
    }

    /// A shard moves once the steering of its wave has turned.
    pub(super) fn of_wave(&self, wave: Option<u32>) -> StepTime {
        let own = wave.and_then(|own| self.done.wave(own));
        own.map_or(self.at_start(), |own| StepTime {
            wave,
            at: own.turned,
        })
    }

    /// Those who come back do in the waves after the start: each with the share that comes.
    pub(super) fn let_in(&self) -> Vec<(StepTime, f64)> {
        let mut restored = 0.0;
        let mut all = Vec::new();
        for own in self
            .done
            .waves
            .iter()
            .filter(|own| own.timing == Timing::Behind)
        {
            if own.restored > restored {
                all.push((self.of_wave(Some(own.number)), own.restored - restored));
                restored = own.restored;
            }
        }
        if all.is_empty() {
            all.push((self.at_start(), 1.0));
        }
        all
    }
}

/// P7969: a step has the wave that does it, and begins when that does; what no wave does begins with the period.
pub(super) fn time_is_true(
    way: Way,
    expected: StepTime,
    row: &Lined<ChangeRow>,
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7969",
        "write the wave of waves.csv and its time: `start` for weights and pools, `turned` for shards; a rollback has \
         no times",
    );
    let file = way.file();
    let blank = || "a blank cell".to_owned();
    if row.row.wave != expected.wave {
        let text = |wave: Option<u32>| wave.map_or_else(blank, |own| own.to_string());
        let at = At::cell(file, row.line, "wave");
        report.add(RULE, at, text(row.row.wave), text(expected.wave));
    }
    let at = row.row.at.as_deref();
    let is_right = match way {
        Way::Back => at.is_none(),
        Way::There => is_instant(at, expected.at),
    };
    if !is_right {
        let found = at.map_or_else(blank, |own| format!("`{own}`"));
        let expected = match way {
            Way::There => expected.at.to_string(),
            Way::Back => blank(),
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
