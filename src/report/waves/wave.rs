//! A wave in the runbook: its weights, its moves, the users that it lets in, and the hold after it.
//!
//! Long because all of it is one wave: its steps follow from the same moves, weights and readings.

use crate::ids::ShardId;
use crate::plan::{Change, Fullness, Move, Timing, Wave};
use crate::plan_files::Action;
use crate::report::document::Section;
use crate::report::grammar::{count, only_if};
use crate::report::numbers;
use crate::report::waves::imperatives::{kind_of, percent};
use crate::report::waves::in_force::{Runbook, WeightRows, held_rows};
use crate::report::waves::instants::{let_in_by, let_in_rows, members_of, users_of};
use crate::report::waves::readings::{expected_after_turn, expected_at, expected_load};
use crate::report::waves::tasks::{RunbookTask, TaskKind, Work};
use crate::report::waves::wave_of_transition::WaveOfTransition;
use crate::report::waves::writer::{NAMED, duration, exact_duration, from_to_counts, shards_of};
use crate::units::{AGREEMENT, NOBODY};

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
    let is_behind = transition.timing == Timing::After && transition.least_seconds > 0.0;
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

const NAMED_LOADS: usize = 4;

/// Limits of new sessions that are listed one by one at every wave, and how full one is to be listed at all.
const MOST_GATES: usize = 6;
const NEARLY_FULL: f64 = 0.5;

/// The hold after a wave: what has to be seen before the next step.
fn hold(at: WaveOfTransition<'_>) -> RunbookTask<'_> {
    let WaveOfTransition {
        writer,
        transition,
        wave,
    } = at;
    let minutes = writer.scenario.waves.gate_minutes;
    let mut details = Vec::new();
    if !wave.moves.is_empty() {
        details.push("no user that the wave moves is left at the old site".to_owned());
    }
    match at.moving_beside() {
        // Its loads are those of all users where they are in its own period.
        Some((period, other)) if wave.moves.is_empty() => details.push(format!(
            "the loads are those of wave {} of period {period}: its users move meanwhile, or have moved",
            other.number
        )),
        other => add_loads(at, other, &mut details),
    }
    add_sessions(at, &mut details);
    let above = writer.above_at_end(transition, wave);
    let unasked = writer.is_unasked(transition, wave);
    let unasked = unasked.then(|| "failures at this point were not checked".to_owned());
    let exposed = wave
        .unprotected
        .as_ref()
        .filter(|exposeds| !exposeds.is_empty());
    let exposed = exposed.map(|exposeds| writer.exposed(exposeds));
    let reasons: Vec<String> = [above, unasked, exposed].into_iter().flatten().collect();
    details.extend(missed_at_stop(wave, reasons.is_empty()));
    details.extend(
        reasons
            .iter()
            .map(|why| format!("**do not stop here**: {why}")),
    );
    let watch = if minutes > 0.0 {
        let time = duration(minutes * 60.0);
        format!("Hold, and watch for {time} once all users have moved. Go on only if:")
    } else {
        "Check before the next step. Go on only if:".to_owned()
    };
    RunbookTask {
        until: at.watched_until(),
        expected: expected_load(at),
        details,
        ..RunbookTask::new(TaskKind::Hold, wave.end, transition.period, watch)
            .about("", only_if(minutes > 0.0, || duration(minutes * 60.0)))
    }
}

/// The headroom that a stop after a wave leaves missing; "safe" is said only where nothing speaks against a stop.
fn missed_at_stop(wave: &Wave, is_safe: bool) -> Option<String> {
    let missed = (wave.stop_shortfall > AGREEMENT).then_some(wave.stop_shortfall)?;
    let missed = numbers::short_percent_up(missed);
    let left = format!("up to {missed} of a headroom target is missing");
    Some(if is_safe {
        format!("stopping here is safe, but {left} then")
    } else {
        format!("after this wave {left}")
    })
}

fn add_loads(at: WaveOfTransition<'_>, beside: Option<(usize, &Wave)>, details: &mut Vec<String>) {
    // What is out the whole time serves nobody, and nothing is to be seen there.
    let is_there = |fullness: &&Fullness| !at.is_out_during(fullness.component);
    let mut fullest = at.wave.watched.iter().filter(is_there);
    for fullness in fullest.by_ref().take(NAMED_LOADS) {
        details.push(at.writer.seen(at.wave, fullness));
    }
    if let Some(next) = fullest.next().and_then(Fullness::utilization) {
        let next = numbers::utilization_at_most(next);
        details.push(format!(
            "every other load: at most {next} of its capacity once the weights have turned"
        ));
    }
    if let Some((period, other)) = beside {
        details.push(format!(
            "this leaves out what wave {} of period {period} moves meanwhile: where its hold allows more of a component, that holds",
            other.number
        ));
    }
}

/// How many new sessions each component sees at most while a wave goes on: those that come near to what they accept
/// one by one, the fullest first, and how far from it all others are.
fn add_sessions(at: WaveOfTransition<'_>, details: &mut Vec<String>) {
    let mut seen = at.sessions();
    // What accepts nothing is fullest of all.
    seen.sort_by(|a, b| (b.1 * a.2).total_cmp(&(a.1 * b.2)).then(a.0.cmp(&b.0)));
    let near = seen.iter().filter(|entry| entry.1 >= entry.2 * NEARLY_FULL);
    // Where nothing is near its limit, the fullest one is listed all the same.
    let words = near.count().clamp(1, MOST_GATES).min(seen.len());
    for (component, rate, accepts) in &seen[..words] {
        let [seen, accepts] = numbers::most_of(rate.min(*accepts), *accepts);
        let component = at.writer.component_by_hand(*component);
        details.push(format!(
            "{component}: at most {seen} new sessions a second (limit {accepts})"
        ));
    }
    let Some((_, rate, accepts)) = seen.get(words).filter(|entry| entry.2 > 0.0) else {
        return;
    };
    let others = match seen.len() - words {
        1 => "1 other component stays below this share of its limit of new sessions".to_owned(),
        others => format!(
            "{} other components stay below this share of their limits of new sessions",
            numbers::whole(others)
        ),
    };
    details.push(format!(
        "{others}: {}",
        numbers::utilization(rate / accepts)
    ));
}
