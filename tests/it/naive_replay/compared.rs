//! What differs between a replay and its second opinion.

use crate::levels::planned;
use crate::naive::replay::{Moment, Reported, instants, played};
use jiff::Timestamp;
use plimsoll::engine::replay;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::replay::Run;
use plimsoll::solve::Stop;

/// How near the two have to be, as a share.
pub(super) type Near = f64;

/// Rounding, and in which order things are mixed.
pub(super) const NEAR: Near = 0.005;

/// So many steps may be off, or this share of them: where something begins or ends in the middle of one.
const OFF: (f64, f64) = (3.0, 0.02);

/// The same scenario, played by both.
pub(super) struct Both {
    pub(super) run: Run,
    pub(super) reported: Reported,
    /// What is wrong with the cuts of time.
    cuts: Vec<String>,
}

/// Plays a scenario in which nobody does anything.
pub(super) fn both(inventory: &Inventory, scenario: &Scenario) -> Both {
    let replay = replay(inventory, scenario, None, true, &Stop::default())
        .expect("no plan")
        .expect("a replay");
    let run = replay.runs.into_iter().next().expect("one run");
    let starts = [scenario.start].into_iter().chain(run.cuts.iter().copied());
    let steps: Vec<(Timestamp, Timestamp)> = starts.zip(run.cuts.iter().copied()).collect();
    let mut quiet = scenario.clone();
    quiet.events.clear();
    let steering = planned(inventory, &quiet).before.flows;
    let reported = played(inventory, scenario, &steering, &steps);
    let reported = joined(reported, &steps, &run);
    let mut cuts = Vec::new();
    for at in instants(inventory, scenario) {
        if !steps.iter().any(|(start, _)| *start == at) {
            cuts.push(format!("no step begins at {at}"));
        }
    }
    for (start, end) in &steps {
        let seconds = end.duration_since(*start).as_secs_f64();
        if seconds > scenario.replay.step_seconds + 1e-6 {
            cuts.push(format!("a step of {seconds} s from {start} on"));
        }
    }
    Both {
        run,
        reported,
        cuts,
    }
}

/// What was played in parts, in the steps that are told of.
fn joined(reported: Reported, parts: &[(Timestamp, Timestamp)], run: &Run) -> Reported {
    let mut all = Reported::default();
    let last_of = |end: Timestamp| {
        let last = parts.iter().position(|part| part.1 == end);
        last.expect("a part ends with every step")
    };
    let lasts: Vec<usize> = run
        .moments
        .iter()
        .map(|moment| last_of(moment.end))
        .collect();
    let mut first = 0;
    for (one_moment, last) in run.moments.iter().zip(&lasts) {
        let whole = one_moment
            .end
            .duration_since(one_moment.start)
            .as_secs_f64();
        let mut moment = Moment::default();
        for (part, (start, end)) in reported.moments[first..=*last]
            .iter()
            .zip(&parts[first..=*last])
        {
            let share = end.duration_since(*start).as_secs_f64() / whole;
            moment.users += share * part.users;
            moment.down += share * part.down;
            moment.sent += share * part.sent;
            moment.again += share * part.again;
            moment.served += share * part.served;
            moment.failed += share * part.failed;
            moment.late += share * part.late;
            moment.apart = part.apart;
        }
        all.moments.push(moment);
        first = last + 1;
    }
    for (place, queued) in reported.queued {
        let at_end = lasts.iter().map(|last| queued[*last]).collect();
        all.queued.insert(place, at_end);
    }
    all
}

/// Of what, there, here, by step.
type Line = (String, Vec<f64>, Vec<f64>);

fn lines(inventory: &Inventory, both: &Both) -> Vec<Line> {
    let moments = &both.run.moments;
    let of_reported = &both.reported.moments;
    let mut lines: Vec<Line> = Vec::new();
    macro_rules! line {
        ($($name:ident),*) => {$(
            lines.push((
                stringify!($name).to_owned(),
                moments.iter().map(|moment| moment.$name).collect(),
                of_reported.iter().map(|moment| moment.$name).collect(),
            ));
        )*};
    }
    line!(users, down, sent, again, served, failed, late);
    for passage in &both.run.passages {
        let name = format!(
            "queued {} {:?}",
            inventory.component_name(passage.component),
            passage.short
        );
        let values = both
            .reported
            .queued
            .get(&(passage.component, passage.short));
        lines.push((
            name,
            passage.flows.iter().map(|flow| flow.queued).collect(),
            values.map_or_else(|| vec![0.0; of_reported.len()], Clone::clone),
        ));
    }
    for ((component, short), queued) in &both.reported.queued {
        let mut passages = both.run.passages.iter();
        let is_told =
            passages.any(|passage| passage.component == *component && passage.short == *short);
        if !is_told {
            let name = format!(
                "queued {} {short:?}, not told",
                inventory.component_name(*component)
            );
            lines.push((name, vec![0.0; of_reported.len()], queued.clone()));
        }
    }
    lines
}

/// What differs by more than may be, one line for each number: in single steps, and in all that has been up to any of them.
pub(super) fn differences(inventory: &Inventory, scenario: &Scenario, near: Near) -> Vec<String> {
    let both = both(inventory, scenario);
    let moments = &both.run.moments;
    let users = moments
        .iter()
        .map(|moment| moment.users)
        .fold(0.0, f64::max);
    let mut found = both.cuts.clone();
    let timeouts = inventory
        .profiles
        .iter()
        .filter_map(|profile| profile.timeout_seconds);
    let is_coarse = timeouts.fold(f64::INFINITY, f64::min) <= scenario.replay.step_seconds;
    for (name, there, here) in lines(inventory, &both) {
        // Whether what becomes late and fails within a step is told as the one or the other is open.
        if is_coarse && name == "late" {
            continue;
        }
        let most = there.iter().chain(&here).copied().fold(users, f64::max);
        let by = |index: usize| (there[index] - here[index]).abs();
        let slack = near * most + 1e-3;
        let wrong: Vec<usize> = (0..there.len())
            .filter(|index| by(*index) > slack)
            .collect();
        let may_be = OFF.0.max(OFF.1 * there.len() as f64);
        let worst = wrong
            .iter()
            .copied()
            .max_by(|a, b| by(*a).total_cmp(&by(*b)));
        let say = |index: usize| {
            format!(
                "{} {} expected {}",
                moments[index].start, there[index], here[index]
            )
        };
        if let (Some(worst), true) = (worst, wrong.len() as f64 > may_be) {
            found.push(format!(
                "{name}: {} of {} steps, first {}, worst {}",
                wrong.len(),
                there.len(),
                say(wrong[0]),
                say(worst),
            ));
        }
        let mut sums = [0.0, 0.0];
        let mut longest: f64 = 0.0;
        for (index, moment) in moments.iter().enumerate() {
            let seconds = moment.end.duration_since(moment.start).as_secs_f64();
            longest = longest.max(seconds);
            sums[0] += there[index] * seconds;
            sums[1] += here[index] * seconds;
            let slack = near * sums[0].max(sums[1]) + most * longest + 1e-3;
            if (sums[0] - sums[1]).abs() > slack {
                found.push(format!(
                    "{name} up to {}: {} expected {}",
                    moment.end, sums[0], sums[1]
                ));
                break;
            }
        }
    }
    found
}

/// What differs in all, by a share of it or of two minutes of everybody: where trouble is about to keep itself up, small
/// things decide when it ends.
pub(super) fn total_differences(
    inventory: &Inventory,
    scenario: &Scenario,
    near: Near,
) -> Vec<String> {
    let both = both(inventory, scenario);
    let moments = &both.run.moments;
    let seconds: Vec<f64> = moments
        .iter()
        .map(|moment| moment.end.duration_since(moment.start).as_secs_f64())
        .collect();
    let users = moments
        .iter()
        .map(|moment| moment.users)
        .fold(0.0, f64::max);
    let mut found = both.cuts.clone();
    for (name, there, here) in lines(inventory, &both) {
        if name.starts_with("queued") {
            continue;
        }
        let total = |all: &[f64]| -> f64 { all.iter().zip(&seconds).map(|(a, b)| a * b).sum() };
        let [all, value] = [total(&there), total(&here)];
        if (all - value).abs() > near * all.max(value) + 120.0 * near * users {
            found.push(format!("{name} in all: {all}, expected {value}"));
        }
    }
    found
}
