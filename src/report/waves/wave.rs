//! A wave in the runbook: its weights, its moves, the users that it lets in, and the hold after it.

use crate::ids::ShardId;
use crate::plan::{Change, Move, Timing};
use crate::plan_files::{Action, Reason};
use crate::report::document::Section;
use crate::report::grammar::{count, only_if};
use crate::report::numbers;
use crate::report::waves::hold::hold;
use crate::report::waves::imperatives::{kind_of, percent};
use crate::report::waves::in_force::{Runbook, WeightRows, held_rows};
use crate::report::waves::instants::{let_in_by, let_in_rows, members_of, users_of};
use crate::report::waves::readings::{expected_after_turn, expected_at};
use crate::report::waves::tasks::{RunbookTask, TaskKind, Work};
use crate::report::waves::wave_of_transition::WaveOfTransition;
use crate::report::waves::writer::{NAMED, exact_duration, from_to_counts, shards_of};
use crate::units::NOBODY;

/// The heading of a wave.
pub(super) fn heading(
    WaveOfTransition {
        writer,
        transition,
        wave,
    }: WaveOfTransition<'_>,
) -> Section {
    let clock = writer.clock();
    let when = if wave.start == wave.end {
        format!("at {}", clock.second(wave.start))
    } else {
        clock.exactly(wave.start, wave.end)
    };
    Section::titled(&format!("{}: {when}", writer.numbered(transition, wave)))
}

impl Runbook<'_> {
    /// The tasks of a wave: weights, members of pools, moves, users who come back, and the hold after it.
    pub(super) fn tasks_of_wave<'t>(&self, at: WaveOfTransition<'t>) -> Vec<RunbookTask<'t>> {
        let mut tasks = vec![weights(at)];
        tasks.extend(self.members(at));
        let moves = at.moves();
        if !moves.is_empty() {
            let mut task = moving(at, &moves);
            task.details.extend(self.parts(at, &moves));
            tasks.push(task);
        }
        let is_moving = |shard| moves.iter().any(|moved| moved.shard == shard);
        tasks.extend(self.let_in(at, true, is_moving));
        tasks.extend(self.let_in(at, false, |shard| !is_moving(shard)));
        tasks.push(hold(at));
        tasks.extend(later_rows(at));
        for task in &mut tasks {
            task.wave = Some(at.wave.number);
        }
        tasks
    }

    /// Users who come back where they are homed, or whose shards move, in a wave.
    fn let_in<'t>(
        &self,
        at: WaveOfTransition<'t>,
        are_moving: bool,
        is_meant: impl Fn(ShardId) -> bool,
    ) -> Option<RunbookTask<'t>> {
        let WaveOfTransition {
            writer,
            transition,
            wave,
        } = at;
        let let_in = let_in_by(self.steps, at.setter(), &is_meant);
        let users = users_of(&let_in);
        if users <= NOBODY {
            return None;
        }
        let (many, rows) = (numbers::lost_users(users), let_in_rows(at));
        let shards = writer.of_shards(&let_in);
        let seconds = moving_seconds(at);
        let pace = only_if(seconds > 0.0, || {
            format!(", spread evenly over {}", exact_duration(seconds))
        });
        let sentence = if are_moving {
            format!("Let {many} in who were unserved and whose shards move: {shards} ({rows}).")
        } else {
            format!("Let {many} in again where they are homed{pace}: {shards} ({rows}).")
        };
        let steps = self.steps.iter().filter(|step| {
            let is_its = (step.period, step.wave) == at.setter() && step.action == Action::LetIn;
            is_its && matches!(step.change, Change::Home { shard, .. } if is_meant(shard))
        });
        let sites = let_in.iter().map(|entry| entry.1);
        Some(RunbookTask {
            until: wave.end,
            expected: expected_at(at, sites),
            rows,
            ..RunbookTask::new(TaskKind::LetIn, wave.turned, transition.period, sentence)
                .about(shards, many)
                .doing(Work::Steps(steps.copied().collect(), seconds))
        })
    }

    /// The members of pools whose shares turn together with the weights of a wave.
    fn members<'t>(&self, at: WaveOfTransition<'t>) -> Vec<RunbookTask<'t>> {
        let WaveOfTransition {
            writer,
            transition,
            wave,
        } = at;
        let seconds = wave.turned.duration_since(wave.start).as_secs_f64();
        let steps = members_of(writer.plan, self.steps, at.setter());
        let tasks = steps.filter_map(|step| {
            let Change::Member {
                pool,
                member,
                before: [before, _],
                after: [after, _],
            } = step.change
            else {
                return None;
            };
            let words = writer.member(step.action, (pool, member), [before, after]);
            let name = writer.component_by_hand(writer.inventory.element_component(member));
            let share = format!("to {} % of the pool's users", percent(after));
            let sentence = format!("{words}, evenly together with the weights.");
            Some(RunbookTask {
                until: wave.turned,
                ..RunbookTask::new(
                    kind_of(step.action),
                    wave.start,
                    transition.period,
                    sentence,
                )
                .about(name, share)
                .doing(Work::Steps(vec![*step], seconds))
            })
        });
        tasks.collect()
    }

    /// The members of pools that a wave turned, as it is rolled back: the words for each.
    pub(super) fn members_back(&self, at: WaveOfTransition<'_>) -> Vec<String> {
        let writer = at.writer;
        let steps = members_of(writer.plan, self.steps, at.setter());
        let words = steps.filter_map(|step| {
            let Change::Member {
                pool,
                member,
                before: [before, _],
                after: [after, _],
            } = step.change
            else {
                return None;
            };
            let is_taken_out = step.action == Action::TakeOut;
            let action = if is_taken_out {
                Action::PutBack
            } else {
                Action::TakeOut
            };
            let words = writer.member(action, (pool, member), [after, before]);
            let element = writer.inventory.element_component(member);
            let taken = || at.taken_out_meanwhile((pool, member), self.steps);
            let unless = if is_taken_out && at.goes_out_meanwhile(element) {
                ", unless it is out of service by then; if it goes out later, take it out again"
                    .to_owned()
            } else if let Some(at) = is_taken_out.then(taken).flatten() {
                let at = writer.clock().second(at);
                format!(", unless the steps of {at} have taken it out by then")
            } else {
                String::new()
            };
            Some(format!("{words}, turned with the weights{unless}"))
        });
        words.collect()
    }

    /// Shards of which only a part moves: what they have at the site left is not to be deleted.
    fn parts(&self, at: WaveOfTransition<'_>, moves: &[&Move]) -> Option<String> {
        let period = at.period();
        // Users who are shed are served until the period begins.
        let is_shed = |moved: &Move| {
            let steps = self.steps.iter();
            let mut shed = steps
                .filter(|step| step.action == Action::Shed && step.period == at.transition.period);
            shed.any(|step| match step.change {
                Change::Home { shard, from, .. } => (shard, from) == (moved.shard, moved.from),
                _ => false,
            })
        };
        let stays = |moved: &&&Move| {
            let first = period
                .parts
                .partition_point(|part| part.shard < moved.shard);
            let parts = period.parts[first..].iter();
            let mut parts = parts.take_while(|part| part.shard == moved.shard);
            let is_there = parts.any(|part| part.site == moved.from && part.users > NOBODY);
            moved.from.is_some() && (is_there || is_shed(moved))
        };
        let parts = moves.iter().filter(stays);
        let mut names: Vec<&str> = parts.map(|part| at.writer.shard(part.shard)).collect();
        names.dedup();
        let shards = match names.len() {
            0 => return None,
            few if few <= NAMED => names.join(", "),
            many => format!("{} (assignment.csv has each)", count(many, "shard")),
        };
        Some(format!(
            "**Only the users of moves.csv leave; others stay where they are, and so does the data**: {shards}"
        ))
    }
}

fn moving_seconds(at: WaveOfTransition<'_>) -> f64 {
    at.wave.end.duration_since(at.wave.turned).as_secs_f64()
}

/// The moves of a wave.
fn moving<'t>(at: WaveOfTransition<'t>, moves: &[&'t Move]) -> RunbookTask<'t> {
    let WaveOfTransition {
        writer,
        transition,
        wave,
    } = at;
    let (period, number) = (transition.period, wave.number);
    let seconds = moving_seconds(at);
    let is_new = |moved: &&Move| moved.from.is_none() && !writer.had_users(period, moved.shard);
    let is_placing = transition.timing == Timing::Ahead && moves.iter().all(is_new);
    let (verb, kind) = if is_placing {
        ("Place", TaskKind::Place)
    } else {
        ("Move", TaskKind::Move)
    };
    let pace = if is_placing {
        let begins = writer.clock().moment(at.period().period.start);
        format!("before their users come at {begins}")
    } else if seconds > 0.0 {
        format!("spread evenly over {}", exact_duration(seconds))
    } else {
        "as fast as they go".to_owned()
    };
    let shards = shards_of(moves);
    let users: f64 = moves.iter().map(|moved| moved.users).sum();
    let rows = format!("rows of moves.csv with period {period} and wave {number}");
    let mut details = Vec::new();
    let mut paths = Vec::new();
    for ((from, to), (users, shards)) in from_to_counts(moves) {
        let pace = if seconds > 0.0 && !is_placing {
            let hourly = numbers::amount_down(users * 3600.0 / seconds);
            format!(", no faster than {hourly} users an hour")
        } else {
            String::new()
        };
        let path = format!("{} to {}", writer.site_left(from), writer.site_by_hand(to));
        details.push(format!(
            "{path}: {} in {}{pace}",
            numbers::lost_users(users),
            count(shards, "shard")
        ));
        paths.push(path);
    }
    // Users who return are served until they move: the pace of their shards is all that limits them.
    let are_served = moves.iter().all(|moved| moved.reason == Reason::Returned);
    let is_behind =
        transition.timing == Timing::After && transition.least_seconds > 0.0 && !are_served;
    if let Some(rate) = writer.admitted_per_second(wave).filter(|_| is_behind) {
        let rate = numbers::rate_down(rate);
        details.push(format!(
            "Admission: let in no more than {rate} a second of those who move, all together."
        ));
    }
    if moves.len() <= NAMED {
        let mut names: Vec<&str> = moves
            .iter()
            .map(|moved| writer.shard(moved.shard))
            .collect();
        names.dedup();
        details.push(format!("shards: {}", names.join(", ")));
    } else {
        details.push(format!(
            "to list them: `grep '^{period},{number},' moves.csv`"
        ));
    }
    let lost = moves.iter().filter(|moved| moved.is_from_backup()).count();
    if lost > 0 {
        details.push(format!(
            "**The old site has failed: there is nothing to copy from.** Restore the data of {} from a backup (rows with the reason `failed` and `how` `copy`).",
            count(lost, "shard")
        ));
    }
    let component = match paths.as_slice() {
        [path] => path.clone(),
        several => format!("{} from site to site", count(several.len(), "path")),
    };
    let sites = moves.iter().flat_map(|moved| [moved.from, Some(moved.to)]);
    RunbookTask {
        until: wave.end,
        expected: expected_at(at, sites.flatten()),
        details,
        rows: rows.clone(),
        ..RunbookTask::new(
            kind,
            wave.turned,
            period,
            format!("{verb} {shards} ({rows}), {pace}:"),
        )
        .about(
            component,
            format!("{} in {shards}", numbers::lost_users(users)),
        )
        .doing(Work::Moves(moves.to_vec()))
    }
}

fn weights(at: WaveOfTransition<'_>) -> RunbookTask<'_> {
    let WaveOfTransition {
        writer,
        transition,
        wave,
    } = at;
    let clock = writer.clock();
    let seconds = wave.turned.duration_since(wave.start).as_secs_f64();
    let share = numbers::amount(wave.steering_share * 100.0);
    let period = at.period();
    let hours = &period.case.hours;
    let slice = only_if(hours.slice_count() > 1, || {
        format!(
            ", in slice {} of the hours",
            hours.slice_at(period.period.start)
        )
    });
    let target = format!(
        "After this {share} % of the transition to the weights of period {}{slice} is done.",
        transition.period
    );
    // What begins until the next wave does may change which hold.
    let held = held_rows(
        writer,
        (transition.period, wave),
        [wave.start, at.lasts_until()],
    );
    let rows = held.words(writer);
    let sets_from = at.sets_weights_from();
    let work = Work::Weights {
        rows: WeightRows::Wave(transition.period, wave.number, held.first),
        seconds,
        is_only_new: sets_from.is_none(),
    };
    let instruction = held.instruction(writer);
    let Some(from) = sets_from else {
        let sentence = format!(
            "Set only the weights of groups at sites where they have no users yet: {instruction} \
             Leave every other weight as it is."
        );
        return RunbookTask {
            rows,
            details: vec!["Do this before users move.".to_owned(), target],
            ..RunbookTask::new(
                TaskKind::LeaveWeights,
                wave.start,
                transition.period,
                sentence,
            )
            .about("groups new at a site", "")
            .doing(work)
        };
    };
    let mut details = Vec::new();
    if seconds > 0.0 {
        let over = exact_duration(seconds);
        let until = clock.second(wave.turned);
        details.push(format!(
            "Turn the weights evenly over {over}, until {until}."
        ));
    }
    if !(wave.moves.is_empty() && seconds > 0.0) {
        details.push("Do this before users move.".to_owned());
    }
    if from > wave.start {
        let at = clock.second(from);
        details.push(format!(
            "Leave every weight as it is until {at}: until then these rows lead over what is closed."
        ));
    }
    details.push(target);
    let begins = from.max(wave.start);
    RunbookTask {
        until: wave.turned.max(begins),
        expected: expected_after_turn(at),
        details,
        rows: rows.clone(),
        ..RunbookTask::new(
            TaskKind::SetWeights,
            begins,
            transition.period,
            format!("Set every weight to that of {instruction}"),
        )
        .about("all client regions", format!("{share} % of the transition"))
        .doing(work)
    }
}

/// The rows that hold later in a wave, from when a period begins on, unless waves of that period turn to them.
fn later_rows(at: WaveOfTransition<'_>) -> Vec<RunbookTask<'_>> {
    let WaveOfTransition {
        writer,
        transition,
        wave,
    } = at;
    if at.sets_weights_from().is_none() {
        return Vec::new();
    }
    let span = [wave.start, at.lasts_until()];
    let held = held_rows(writer, (transition.period, wave), span);
    let later = held.later.iter().filter(|entry| !entry.2);
    let tasks = later.map(|(from, during, _)| {
        let seconds = wave.turned.duration_since(*from).as_secs_f64().max(0.0);
        let number = wave.number;
        let rows = format!(
            "wave_weights.csv with period {}, wave {number} and `during` {during}",
            transition.period
        );
        let from_then = writer.clock().second(*from);
        let sentence = format!("From {from_then} on the weights of wave {number} are those with `during` {during}: set them.");
        RunbookTask {
            rows,
            until: (*from).max(wave.turned),
            ..RunbookTask::new(TaskKind::SetWeights, *from, transition.period, sentence)
                .about("all client regions", "")
                .doing(Work::Weights {
                    rows: WeightRows::Wave(transition.period, number, Some(*during)),
                    seconds,
                    is_only_new: false,
                })
        }
    });
    tasks.collect()
}
