//! What differs between a replay and its second opinion.

use crate::levels::planned;
use crate::naive::replay::{Told, instants, played};
use jiff::Timestamp;
use plimsoll::engine::replay;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::replay::Run;
use plimsoll::solve::Stop;

/// How near the two have to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Near {
    /// In a step, as a share of all users.
    pub(super) step: f64,
    /// Of a sum over all steps.
    pub(super) total: f64,
}

/// Rounding, and in which order things are mixed.
pub(super) const NEAR: Near = Near {
    step: 0.005,
    total: 0.005,
};

/// The same scenario, played by both.
pub(super) struct Both {
    pub(super) run: Run,
    pub(super) told: Told,
    /// What is wrong with the cuts of time.
    cuts: Vec<String>,
}

/// Plays a scenario in which nobody does anything.
pub(super) fn both(inventory: &Inventory, scenario: &Scenario) -> Both {
    let replay = replay(inventory, scenario, None, true, &Stop::default())
        .expect("no plan")
        .expect("a replay");
    let run = replay.runs.into_iter().next().expect("one run");
    let steps: Vec<(Timestamp, Timestamp)> =
        run.moments.iter().map(|own| (own.start, own.end)).collect();
    let mut quiet = scenario.clone();
    quiet.events.clear();
    let steering = planned(inventory, &quiet).before.flows;
    let told = played(inventory, scenario, &steering, &steps);
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
    Both { run, told, cuts }
}

/// Of what, there, here, by step.
type Line = (String, Vec<f64>, Vec<f64>);

fn lines(inventory: &Inventory, both: &Both) -> Vec<Line> {
    let moments = &both.run.moments;
    let told = &both.told.moments;
    let mut lines: Vec<Line> = Vec::new();
    macro_rules! line {
        ($($name:ident),*) => {$(
            lines.push((
                stringify!($name).to_owned(),
                moments.iter().map(|own| own.$name).collect(),
                told.iter().map(|own| own.$name).collect(),
            ));
        )*};
    }
    line!(users, down, sent, again, served, failed, late, apart);
    for passage in &both.run.passages {
        let name = format!(
            "queued {} {:?}",
            inventory.component_name(passage.component),
            passage.short
        );
        let own = both.told.queued.get(&(passage.component, passage.short));
        lines.push((
            name,
            passage.flows.iter().map(|own| own.queued).collect(),
            own.map_or_else(|| vec![0.0; told.len()], Clone::clone),
        ));
    }
    for ((component, short), queued) in &both.told.queued {
        let mut passages = both.run.passages.iter();
        let is_told = passages.any(|own| own.component == *component && own.short == *short);
        if !is_told {
            let name = format!(
                "queued {} {short:?}, not told",
                inventory.component_name(*component)
            );
            lines.push((name, vec![0.0; told.len()], queued.clone()));
        }
    }
    lines
}

/// What differs by more than may be, one line for each number.
pub(super) fn differences(inventory: &Inventory, scenario: &Scenario, near: Near) -> Vec<String> {
    let both = both(inventory, scenario);
    let moments = &both.run.moments;
    let users = moments.iter().map(|own| own.users).fold(0.0, f64::max);
    let mut found = both.cuts.clone();
    for (name, there, here) in lines(inventory, &both) {
        let most = there.iter().chain(&here).copied().fold(users, f64::max);
        let slack = near.step * most + 1e-3;
        let off = |index: &usize| (there[*index] - here[*index]).abs() > slack;
        let wrong: Vec<usize> = (0..there.len()).filter(off).collect();
        if let Some(first) = wrong.first() {
            let worst = wrong.iter().copied().max_by(|a, b| {
                let by = |own: usize| (there[own] - here[own]).abs();
                by(*a).total_cmp(&by(*b))
            });
            let worst = worst.unwrap_or(*first);
            found.push(format!(
                "{name}: {} of {} steps, first {} {} expected {}, worst {} {} expected {}",
                wrong.len(),
                there.len(),
                moments[*first].start,
                there[*first],
                here[*first],
                moments[worst].start,
                there[worst],
                here[worst],
            ));
        }
        let seconds = |index: usize| {
            let own = &moments[index];
            own.end.duration_since(own.start).as_secs_f64()
        };
        let total = |all: &[f64]| -> f64 {
            let all = all.iter().enumerate();
            all.map(|(index, own)| own * seconds(index)).sum()
        };
        let [all, own] = [total(&there), total(&here)];
        let time: f64 = (0..there.len()).map(seconds).sum();
        let slack = near.total * all.max(own) + 1e-4 * users * time.min(600.0) + 1e-3;
        if (all - own).abs() > slack {
            found.push(format!("{name} in all: {all}, expected {own}"));
        }
    }
    found
}
