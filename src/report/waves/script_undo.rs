//! What undoes each step of a runbook, for its script: the last step first, each wave with the limits of its rollback.

use super::back::{BackPart, BackWork, as_sentence};
use super::back_order::undoing;
use super::commands::{CommandStep, FilledCommands, StepCommands};
use super::in_force::Runbook;
use super::instants::StepsAt;
use super::pieces::RunbookPiece;
use super::tasks::{PlannedPiece, RunbookTask, Work};
use super::undo::WaveUndo;
use super::wave_of_transition::WaveOfTransition;
use crate::plan::{Change, Step, rollback};
use crate::plan_files::Action;
use std::collections::{BTreeMap, BTreeSet};

const UNCHECKED: &str = "No wave did what comes next: loads while it is undone were not checked.";

/// What the script does, or says, where it undoes a step.
pub(super) enum UndoPart {
    /// The operator has to see to it before anything else.
    Check(String),
    /// The operator has to know it.
    Note(String),
    /// How a wave is rolled back, with its limits.
    Wave(String),
    /// Why a wave is not to be rolled back.
    Barred(String),
    /// Something is undone; of weights also where the step was skipped, since a later one changes only what differs.
    Undone {
        words: String,
        is_weights: bool,
        commands: StepCommands,
        /// For each command, which one of the step it undoes, counted from 1; 0 where none is known.
        undoes: Vec<usize>,
    },
}

/// What undoes the steps of a runbook.
#[derive(Default)]
pub(super) struct UndoParts {
    /// By the number of a step, what undoes it.
    pub(super) by_step: BTreeMap<usize, Vec<UndoPart>>,
    /// Of a wave or an instant, under a name, what is said before the first of its steps is undone.
    pub(super) limits: Vec<(String, Vec<UndoPart>)>,
    /// The name of the limits of a step.
    pub(super) limit_of: BTreeMap<usize, String>,
    /// Steps whose weights stay until everything else is undone.
    left: BTreeSet<usize>,
}

impl UndoParts {
    fn add(&mut self, number: usize, part: UndoPart) {
        self.by_step.entry(number).or_default().push(part);
    }

    /// Says something before the first of some steps is undone, if any of them is.
    fn limit(&mut self, tasks: &[RunbookTask<'_>], parts: Vec<UndoPart>) -> bool {
        let numbers = tasks.iter().map(|task| task.number);
        let numbers = numbers.filter(|index| self.by_step.contains_key(index));
        let numbers: Vec<usize> = numbers.collect();
        let Some(first) = numbers.first() else {
            return false;
        };
        let name = format!("from-{first}");
        for number in &numbers {
            self.limit_of.insert(*number, name.clone());
        }
        self.limits.push((name, parts));
        true
    }
}

impl Runbook<'_> {
    /// What undoes each step, once the commands of all are filled in.
    pub(super) fn undo_parts(
        &self,
        planned: &[PlannedPiece<'_>],
        filled: &FilledCommands<'_>,
    ) -> UndoParts {
        let mut all = UndoParts::default();
        let mut later_checks = Vec::new();
        for (position, PlannedPiece { piece, tasks }) in planned.iter().enumerate() {
            match piece {
                RunbookPiece::Wave(at) => self.undo_wave(*at, tasks, filled, &mut all),
                RunbookPiece::Instant(steps_at) | RunbookPiece::Between(steps_at) => {
                    let mut limits = self.undo_instant(steps_at, tasks, filled, &mut all);
                    let check = self.events_begin(steps_at);
                    let later = planned[position + 1..]
                        .iter()
                        .flat_map(|planned_piece| &planned_piece.tasks);
                    let later = later.filter(|task| task.at >= steps_at.at);
                    let later = later.map(|runbook_task| runbook_task.number).min();
                    let own_check = check.clone().map(UndoPart::Check);
                    limits.splice(0..0, own_check);
                    let is_own = all.limit(tasks, limits);
                    // Without a step of its own the operator comes past it once the next one is undone.
                    later_checks.extend(later.filter(|_| !is_own).zip(check));
                }
                RunbookPiece::Hours => all.left.extend(tasks.iter().map(|task| task.number)),
                RunbookPiece::Transition(_) => {}
            }
        }
        for (number, check) in later_checks {
            all.add(number, UndoPart::Check(check));
        }
        self.add_before_all(planned, filled, &mut all);
        all
    }

    fn undo_wave(
        &self,
        at: WaveOfTransition<'_>,
        tasks: &[RunbookTask<'_>],
        filled: &FilledCommands<'_>,
        all: &mut UndoParts,
    ) {
        let undo = self.undo_of(at);
        let weights = tasks
            .iter()
            .filter(|task| matches!(task.work, Work::Weights { .. }));
        let weights: Vec<&RunbookTask<'_>> = weights.collect();
        for task in tasks {
            match &task.work {
                Work::Nothing => {}
                Work::Weights { .. } => {
                    if undo.weights.is_none() && !undo.is_barred {
                        all.left.insert(task.number);
                    } else if weights.first().map(|runbook_task| runbook_task.number)
                        == Some(task.number)
                    {
                        let part = self.undo_weights(&weights, &undo, filled);
                        all.add(task.number, part);
                    }
                }
                Work::Moves(_) => self.undo_moves((at, task), &undo, filled, all),
                Work::Steps(steps, _) => self.undo_steps(task, steps, undo.seconds, filled, all),
            }
        }
        let details = undo.details.iter().map(|detail| format!("\n  - {detail}"));
        let text = format!(
            "{} of period {}. {}{}",
            at.writer.numbered(at.transition, at.wave),
            at.transition.period,
            undo.sentence,
            details.collect::<String>()
        );
        let part = if undo.is_barred {
            UndoPart::Barred(text)
        } else {
            UndoPart::Wave(text)
        };
        all.limit(tasks, vec![part]);
    }

    /// The weights of a wave: those of before it, also for what its later rows have set.
    fn undo_weights(
        &self,
        tasks: &[&RunbookTask<'_>],
        undo: &WaveUndo,
        filled: &FilledCommands<'_>,
    ) -> UndoPart {
        let Some(first) = tasks.first() else {
            return UndoPart::Note(String::new());
        };
        let mut before = BTreeMap::new();
        for task in tasks {
            for (key, weight) in filled.before(task) {
                before.entry(key).or_insert(*weight);
            }
        }
        let before: Vec<_> = before
            .into_iter()
            .map(|(key, weight)| (key.clone(), weight))
            .collect();
        let words = undo.weights.clone();
        let words = words.unwrap_or_else(|| set_before(first));
        UndoPart::Undone {
            words: words + &self.of_hour(first),
            is_weights: true,
            commands: filled.set(&before, undo.seconds, &CommandStep::back(first)),
            undoes: Vec::new(),
        }
    }

    /// The moves of a wave: users go back, and shards that it places go out of service.
    fn undo_moves(
        &self,
        (at, task): (WaveOfTransition<'_>, &RunbookTask<'_>),
        undo: &WaveUndo,
        filled: &FilledCommands<'_>,
        all: &mut UndoParts,
    ) {
        let its = self.steps.iter().filter(|step| {
            let is_moved = !matches!(step.action, Action::Shed | Action::LetIn);
            let is_home = matches!(step.change, Change::Home { .. });
            (step.period, step.wave) == at.setter() && is_home && is_moved
        });
        let its: Vec<Step> = its.copied().collect();
        let back = rollback(at.writer.inventory, &its);
        let (placed, back): (Vec<Step>, Vec<Step>) = back
            .into_iter()
            .partition(|step| step.action == Action::Remove);
        let place = CommandStep::back(task);
        let undoes = undone_moves(task, &back);
        if !back.is_empty() {
            let words = undo.moved.clone();
            let words = words.unwrap_or_else(|| as_sentence(&undoing(&back).words));
            all.add(
                task.number,
                UndoPart::Undone {
                    words,
                    is_weights: false,
                    commands: filled.of_steps(&back, 0.0, &place),
                    undoes,
                },
            );
        }
        if !placed.is_empty() {
            let words = undo.placed.clone();
            let words = words.unwrap_or_else(|| as_sentence(&undoing(&placed).words));
            all.add(
                task.number,
                UndoPart::Undone {
                    words,
                    is_weights: false,
                    commands: StepCommands::ByHand,
                    undoes: Vec::new(),
                },
            );
        }
    }

    fn undo_steps(
        &self,
        task: &RunbookTask<'_>,
        steps: &[Step],
        seconds: f64,
        filled: &FilledCommands<'_>,
        all: &mut UndoParts,
    ) {
        let writer = self.writer;
        let back = rollback(writer.inventory, steps);
        let BackPart { words, work } = undoing(&back);
        let words = match back.as_slice() {
            [] => return,
            [only] => match (only.action, only.change) {
                (Action::CloseAccessPoint, Change::AccessPoint { access_point, .. }) => {
                    let name = writer.access_point_by_hand(access_point);
                    format!("Close {name}, once no user enters there.")
                }
                (Action::Remove, _) => as_sentence(&words),
                _ => writer
                    .task(only, task.at)
                    .map_or_else(|| as_sentence(&words), |runbook_task| runbook_task.sentence),
            },
            _ => as_sentence(&words),
        };
        let commands = match work {
            BackWork::Steps(_) => filled.of_steps(&back, seconds, &CommandStep::back(task)),
            _ => StepCommands::ByHand,
        };
        all.add(
            task.number,
            UndoPart::Undone {
                words,
                is_weights: false,
                commands,
                undoes: undone_steps(steps, &back),
            },
        );
    }

    /// What no wave does at an instant, and what is said before.
    fn undo_instant(
        &self,
        steps_at: &StepsAt,
        tasks: &[RunbookTask<'_>],
        filled: &FilledCommands<'_>,
        all: &mut UndoParts,
    ) -> Vec<UndoPart> {
        let mut is_of_users = false;
        for task in tasks {
            match &task.work {
                Work::Steps(steps, seconds) => {
                    is_of_users |= steps
                        .iter()
                        .any(|step| matches!(step.change, Change::Home { .. }));
                    self.undo_steps(task, steps, *seconds, filled, all);
                }
                Work::Weights { .. } => {
                    is_of_users = true;
                    let by = (steps_at.period, None);
                    let rows = self.in_force.clone().undo(self.writer, by);
                    let words = rows.map_or_else(
                        || set_before(task),
                        |rows| {
                            let rows = rows.words(self.writer);
                            format!("Set every weight to that of {rows}.")
                        },
                    );
                    let place = CommandStep::back(task);
                    all.add(
                        task.number,
                        UndoPart::Undone {
                            words: words + &self.of_hour(task),
                            is_weights: true,
                            commands: filled.set(filled.before(task), 0.0, &place),
                            undoes: Vec::new(),
                        },
                    );
                }
                Work::Nothing | Work::Moves(_) => {}
            }
        }
        let unchecked = is_of_users.then(|| UndoPart::Note(UNCHECKED.to_owned()));
        unchecked.into_iter().collect()
    }

    /// Events that begin at an instant: to go back past it they have to be over, or postponed.
    fn events_begin(&self, steps_at: &StepsAt) -> Option<String> {
        let begins = |step: &&Step| step.number == 0 && step.action == Action::Begins;
        let begins: Vec<Step> = steps_at.steps.iter().filter(begins).copied().collect();
        if begins.is_empty() {
            return None;
        }
        let what = self.writer.marks(&begins).join("; ");
        let at = self.writer.clock().second(steps_at.at);
        Some(format!(
            "At {at} {what}. Undo what was done before only if that is postponed, or is over and everything works again."
        ))
    }

    /// Weights that stayed while waves were undone are those of before in the end.
    fn add_before_all(
        &self,
        planned: &[PlannedPiece<'_>],
        filled: &FilledCommands<'_>,
        all: &mut UndoParts,
    ) {
        let tasks = planned
            .iter()
            .flat_map(|planned_piece| &planned_piece.tasks);
        let Some(first) = tasks.min_by_key(|task| task.number) else {
            return;
        };
        let weights = filled.first(&all.left);
        let commands = filled.set(&weights, 0.0, &CommandStep::back(first));
        let is_none = commands.known().is_some_and(<[String]>::is_empty);
        if all.left.is_empty() || is_none {
            return;
        }
        let hour = self.of_hour(first);
        all.add(
            first.number,
            UndoPart::Undone {
                words: format!("Set every weight to that of before.csv.{hour}"),
                is_weights: true,
                commands,
                undoes: Vec::new(),
            },
        );
    }

    /// Of which hour the weights are, where they change by the hour.
    fn of_hour(&self, task: &RunbookTask<'_>) -> String {
        self.hour_of_weights(task.period, task.at)
    }

    pub(super) fn hour_of_weights(&self, period: usize, at: jiff::Timestamp) -> String {
        let writer = self.writer;
        let period = writer.plan.periods.get(period);
        let has_hours = period.is_some_and(|period_plan| period_plan.case.hours.slice_count() > 1);
        if !has_hours && !writer.follows_hours() {
            return String::new();
        }
        let at = writer.clock().second(at);
        format!(
            "\n  - Weights change by the hour: the commands set those of {at}. At another hour take those of its slice."
        )
    }
}

/// Which command of a step each step of its rollback undoes, counted from 1.
fn undone_steps(steps: &[Step], back: &[Step]) -> Vec<usize> {
    let place = |step: &Step| {
        let is_it = |other: &Step| (other.period, other.number) == (step.period, step.number);
        steps.iter().position(is_it)
    };
    let places = back.iter().map(place);
    places
        .map(|position| position.map_or(0, |at| at + 1))
        .collect()
}

/// The same of the moves of a wave, which are commands in the order of moves.csv.
fn undone_moves(task: &RunbookTask<'_>, back: &[Step]) -> Vec<usize> {
    let Work::Moves(moves) = &task.work else {
        return Vec::new();
    };
    let mut places = BTreeMap::new();
    for (position, moved) in moves.iter().enumerate() {
        let key = (moved.shard, moved.from, Some(moved.to));
        places.entry(key).or_insert(position + 1);
    }
    let undone = back.iter().map(|step| match step.change {
        Change::Home {
            shard, from, to, ..
        } => places.get(&(shard, to, from)).copied().unwrap_or(0),
        _ => 0,
    });
    undone.collect()
}

fn set_before(task: &RunbookTask<'_>) -> String {
    format!(
        "Set every weight that step {} has set to what it was.",
        task.number
    )
}
