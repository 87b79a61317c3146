//! Tasks: the numbered steps of a runbook, each with all that its sentence, its row of the table and its commands are made from.

use super::in_force::{Runbook, WeightRows};
use super::pieces::RunbookPiece;
use crate::plan::{Move, Step};
use crate::report::document::Section;
use jiff::Timestamp;

/// What a task does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TaskKind {
    Open,
    Close,
    LeaveOpen,
    TakeOut,
    PutBack,
    SetWeights,
    LeaveWeights,
    Move,
    Place,
    Shed,
    LetIn,
    Hold,
}

impl TaskKind {
    /// As the table of steps says it.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Close => "close",
            Self::LeaveOpen => "leave open",
            Self::TakeOut => "take out",
            Self::PutBack => "put back",
            Self::SetWeights => "set weights",
            Self::LeaveWeights => "set new weights",
            Self::Move => "move",
            Self::Place => "place",
            Self::Shed => "shed",
            Self::LetIn => "let in",
            Self::Hold => "hold",
        }
    }
}

/// What is changed, for commands.
#[derive(Debug, Clone)]
pub(super) enum Work<'a> {
    /// Nothing.
    Nothing,
    /// Weights: these rows, from the task's instant on, turned over this number of seconds.
    Weights {
        rows: WeightRows,
        seconds: f64,
        /// Only those of users who have none yet at a site.
        is_only_new: bool,
    },
    /// The steps of changes.csv, over this number of seconds.
    Steps(Vec<Step>, f64),
    /// The moves of a wave.
    Moves(Vec<&'a Move>),
}

/// A numbered step of a runbook.
#[derive(Debug, Clone)]
pub(super) struct RunbookTask<'a> {
    /// Counts from 1, in order of time; 0 until all are known.
    pub(super) number: usize,
    /// When it begins.
    pub(super) at: Timestamp,
    /// When it is over.
    pub(super) until: Timestamp,
    pub(super) period: usize,
    /// Of its period.
    pub(super) wave: Option<u32>,
    pub(super) kind: TaskKind,
    /// At what.
    pub(super) component: String,
    /// How many or how much.
    pub(super) amount: String,
    /// What has to be seen once it is done; may be empty.
    pub(super) expected: String,
    /// The file and the rows that it takes; may be empty.
    pub(super) rows: String,
    /// The instruction.
    pub(super) sentence: String,
    /// What belongs to it.
    pub(super) details: Vec<String>,
    pub(super) work: Work<'a>,
    /// Whether all that it sets is so already.
    pub(super) is_idle: bool,
}

impl<'a> RunbookTask<'a> {
    /// A task that takes no time and changes nothing yet.
    pub(super) fn new(kind: TaskKind, at: Timestamp, period: usize, sentence: String) -> Self {
        Self {
            number: 0,
            at,
            until: at,
            period,
            wave: None,
            kind,
            component: String::new(),
            amount: String::new(),
            expected: String::new(),
            rows: String::new(),
            sentence,
            details: Vec::new(),
            work: Work::Nothing,
            is_idle: false,
        }
    }

    pub(super) fn about(self, component: impl Into<String>, amount: impl Into<String>) -> Self {
        Self {
            component: component.into(),
            amount: amount.into(),
            ..self
        }
    }

    pub(super) fn doing(self, work: Work<'a>) -> Self {
        Self { work, ..self }
    }

    /// Writes it into a section: its number and instruction, then what belongs to it.
    pub(super) fn write(&self, section: &mut Section) {
        section.apart(format!("**Step {}.** {}", self.number, self.sentence));
        for detail in &self.details {
            section.items([detail.as_str()]);
        }
        if !self.details.is_empty() {
            section.say("");
        }
    }
}

/// A piece of a runbook with its tasks.
pub(super) struct PlannedPiece<'a> {
    pub(super) piece: RunbookPiece<'a>,
    pub(super) tasks: Vec<RunbookTask<'a>>,
}

impl Runbook<'_> {
    /// All pieces in the order of the runbook, each with its tasks, which are numbered in order of time.
    pub(super) fn planned(&self) -> Vec<PlannedPiece<'_>> {
        let pieces = self.pieces().into_iter();
        let mut planned: Vec<PlannedPiece<'_>> = pieces
            .map(|piece| {
                let tasks = match &piece {
                    RunbookPiece::Transition(_) => Vec::new(),
                    RunbookPiece::Hours => self.writer.tasks_of_hours(),
                    RunbookPiece::Instant(steps_at) | RunbookPiece::Between(steps_at) => {
                        self.writer.tasks_at(steps_at)
                    }
                    RunbookPiece::Wave(at) => self.tasks_of_wave(*at),
                };
                PlannedPiece { piece, tasks }
            })
            .collect();
        let tasks = planned
            .iter_mut()
            .flat_map(|planned_piece| &mut planned_piece.tasks);
        let mut tasks: Vec<&mut RunbookTask<'_>> = tasks.collect();
        // Transitions of which one goes on beside another have their tasks in turn.
        tasks.sort_by_key(|task| task.at);
        for (position, task) in tasks.into_iter().enumerate() {
            task.number = position + 1;
        }
        self.mark_idle(&mut planned);
        planned
    }
}

/// The tasks of all pieces, in order of time.
pub(super) fn in_order<'t, 'a>(planned: &'t [PlannedPiece<'a>]) -> Vec<&'t RunbookTask<'a>> {
    let mut tasks: Vec<&RunbookTask<'_>> = planned
        .iter()
        .flat_map(|planned_piece| &planned_piece.tasks)
        .collect();
    tasks.sort_by_key(|task| task.number);
    tasks
}
