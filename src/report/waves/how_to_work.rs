//! How to work by a runbook: when to stop, what the rows of the files mean, and what to do if something is late.

use super::in_force::Runbook;
use super::path_back::RESUMED;
use super::tasks::{RunbookTask, TaskKind};
use crate::report::document::Section;

const RULES: [&str; 5] = [
    "Do the steps in the order of their numbers, each at its time. Sections that overlap in time have their steps in turn.",
    "Do not begin a wave before the hold of the wave before it, in the same section, is passed.",
    "Within a wave, shards may move in any order, no faster than the step says: every part of a wave is safe.",
    "If you run late, do not speed up. Postpone what begins after the waves, or stop at a safe stopping point.",
    "Close no access point while users enter there because a wave was rolled back or is not done. Leave it open, and postpone what needs it closed.",
];

const ABOVE: [&str; 5] = [
    "If a reading is above what a hold allows, stop: move no further shard, and turn no weight any further.",
    "Continue the wave once the reading is below again, or roll the wave back where it says how.",
    "After a rollback, or a stop before the last wave of a section, do none of the later steps in that section.",
    "Then postpone the maintenance that the section prepares: its users are still there.",
    "Steps of other sections that have begun go on. Before you begin another section, plan again from where users are.",
];

const STOPS: &str = "You can stop after a wave. Where you must not, the hold after it says so.";

const SOME_STOPS: &str = "Stop after a wave only if its hold allows it. Some stopping points were not checked; their holds say so.";

const SHARDS: [&str; 4] = [
    "The shards of a step are the rows of moves.csv that it names.",
    "Where `how` is `copy`, copy the data first, then switch. Where it is `takeover`, run from the copy that is there.",
    "Then delete the data at the old site, unless the step says that a part of the shard stays there.",
    "Where `from_site` is empty nothing is copied or deleted.",
];

const COPIES: &str = "Keep the data also if inputs/replicas.csv has the shard, and the old site is its home or in its rows.";

const BACK: &str = "A shard that moves back needs its data there: copy them first, unless the site still has them. Then switch, and delete the data at the site that it leaves, with the same exceptions.";

const WEIGHTS: [&str; 4] = [
    "The weights of a step are the rows that it names. Take those whose `slice` is that of the hour (hours.csv; 0 without it).",
    "Users of one client region, profile and latency limit at one site are a group. A group that the named rows have gets exactly these weights: its paths without a row get 0.",
    "Groups that the named rows do not have keep their weights.",
    "Where no step names rows, the weights are those of steering.csv with the current period, in the slice of the hour.",
];

const PAST_HOURS: &str =
    "Rows of a period that is over have no slice for the hour: take the slice of its last hour.";

const HOURS: &str = "Between waves weights change by the hour too: the last section says how.";

const FILES: [&str; 2] = [
    "changes.csv lists every change in order, but each weight only once, with the wave after which it is whole. Do not work through waves by it: wave_weights.csv has the weights between.",
    "changes_back.csv undoes every change, the last one first; its `step` is not the number of a step here. To turn back earlier, begin at the row of the last change that was done. While a wave goes on, roll it back as its section says.",
];

const SCRIPT: &str = "runbook.sh runs the commands of `[commands]`, step by step, and asks before each. `sh runbook.sh --dry-run` shows all of them and runs none.";

/// The sections about how to work; none where there is no step.
pub(super) fn how_to_work(runbook: &Runbook<'_>, tasks: &[&RunbookTask<'_>]) -> Option<Section> {
    let (writer, plan) = (runbook.writer, runbook.writer.plan);
    if tasks.is_empty() && plan.hour_turns.is_empty() {
        return None;
    }
    let mut section = Section::titled("How to work");
    let transitions = &plan.transitions;
    if !transitions.is_empty() {
        section.items(RULES);
        section.items(ABOVE);
        let is_unasked = transitions
            .iter()
            .any(|transition| writer.unasked(transition).is_some());
        section.items([if is_unasked { SOME_STOPS } else { STOPS }]);
    }
    let is_moving = |runbook_task: &&RunbookTask<'_>| {
        matches!(runbook_task.kind, TaskKind::Move | TaskKind::Place)
    };
    if tasks.iter().any(is_moving) {
        section.items(SHARDS);
        if runbook.writer.inventory.has_replicas {
            section.items([COPIES]);
        }
        section.items([BACK]);
    }
    if !runbook.writer.inventory.resumed.is_empty() {
        section.items([RESUMED]);
    }
    section.items(WEIGHTS);
    let mut periods = plan.periods.iter();
    if periods.any(|period| period.case.hours.slice_count() > 1) {
        section.items([PAST_HOURS]);
    }
    if !transitions.is_empty() && !plan.hour_turns.is_empty() {
        section.items([HOURS]);
    }
    section.items(FILES);
    if !writer.scenario.commands.is_empty() {
        section.items([SCRIPT]);
    }
    Some(section)
}
