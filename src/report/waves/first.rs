//! The first step of a runbook, for a reader that has opened the report and not the runbook.

use super::in_force::{Runbook, WeightsInForce};
use super::tasks::{RunbookTask, TaskKind, in_order};
use super::writer::TransitionWriter;
use crate::plan::Step;

/// Steps of one instant that are named together.
const MOST: usize = 2;

/// The first thing to do.
pub(in crate::report) struct FirstStep {
    /// When it begins.
    pub(in crate::report) time: String,
    /// The first steps that begin then.
    pub(in crate::report) words: String,
}

/// The first step of the runbook, with another one that begins at the same instant; `None` without any.
pub(in crate::report) fn first_step(
    transition_writer: &TransitionWriter<'_>,
    steps: &[Step],
) -> Option<FirstStep> {
    let runbook = Runbook {
        writer: transition_writer,
        steps,
        in_force: &WeightsInForce::new(transition_writer, steps),
    };
    let planned = runbook.planned();
    let tasks = in_order(&planned);
    let mut tasks = tasks.iter().filter(|task| !task.is_idle).peekable();
    let at = tasks.peek()?.at;
    let first = tasks.take_while(|task| task.at == at).take(MOST);
    let words: Vec<String> = first.map(|runbook_task| words(runbook_task)).collect();
    Some(FirstStep {
        time: transition_writer.clock().second(at),
        words: words.join(", then "),
    })
}

/// How many steps the runbook has.
pub(in crate::report) fn step_count(
    transition_writer: &TransitionWriter<'_>,
    steps: &[Step],
) -> usize {
    let runbook = Runbook {
        writer: transition_writer,
        steps,
        in_force: &WeightsInForce::new(transition_writer, steps),
    };
    in_order(&runbook.planned()).len()
}

/// `move 899,600 users in 63 shards`, `open access point Dallas (ap-dfw)`.
fn words(task: &RunbookTask<'_>) -> String {
    let (action, component, amount) = (task.kind.words(), &task.component, &task.amount);
    // Where users move to and from, and which weights are left, is in the runbook.
    let is_named = !matches!(task.kind, TaskKind::Move | TaskKind::LeaveWeights);
    let component = if is_named { component.as_str() } else { "" };
    let weights;
    let parts = match task.kind {
        TaskKind::SetWeights => {
            weights = format!("of {component}");
            // The whole transition is what a reader expects.
            let is_whole = amount.starts_with("100 %");
            [
                weights.as_str(),
                if is_whole { "" } else { amount.as_str() },
            ]
        }
        TaskKind::Place | TaskKind::Shed | TaskKind::LetIn => [amount.as_str(), component],
        _ => [component, amount.as_str()],
    };
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{action} {}", parts.join(", "))
        .trim_end()
        .to_owned()
}
