//! Recovery: what a plan says of triggers agrees with a replay of the plan to which the trigger is added as an event.
//! Long because every place in which it was told wrongly is a test.

use crate::command_line::{place, plimsoll, root};
use crate::draw::Size;
use crate::levels::{assert_none, found_in_changed_draws, planned};
use jiff::{SignedDuration, Timestamp};
use plimsoll::engine::{recovery, recovery_within, replay_plan};
use plimsoll::ids::ResourceId;
use plimsoll::model::{Disconnect, Event, EventKind, Inventory, Reduction, Scenario};
use plimsoll::plan::replay::Moment;
use plimsoll::plan::{Loses, PeriodPlan, Plan, Recovery, Trial};
use plimsoll::report::waves::{TransitionWriter, runbook};
use plimsoll::solve::Stop;
use std::cell::Cell;

/// A trigger lasts so long.
const LASTS: SignedDuration = SignedDuration::from_mins(10);

/// One gate accepts all new sessions, until everybody connects at one instant and tries once more.
fn blip() -> (Inventory, Scenario) {
    super::steps::read("tests/found/blip", &["blip.toml"])
}

/// A draw in which nothing happens by itself for so long that triggers can clear.
fn long_and_quiet(seed: u64, inventory: &mut Inventory, scenario: &mut Scenario) {
    scenario.events.clear();
    scenario.end = scenario.start + SignedDuration::from_hours(5);
    // A trigger counts all who join; in a replay they come evenly over a day.
    inventory
        .onboarding
        .retain(|onboarding| onboarding.date < scenario.start);
    inventory
        .capacity_changes
        .retain(|capacity_change| capacity_change.date <= scenario.start);
    super::plan_and_replay::with_clients(seed, inventory, scenario);
    scenario.replay.step_seconds = 60.0;
}

/// Users who are down before a trial's trigger in the replay of a plan, and two hours after its end; `None` where the plan of a
/// scenario with the trigger is another one.
fn down_after(
    (inventory, scenario): (&Inventory, &Scenario),
    plan: &Plan,
    trial: &Trial,
) -> Option<[f64; 2]> {
    let over = trial.start + LASTS;
    let mut hit = scenario.clone();
    let components = trial.hit.components(inventory);
    let resources = (0..inventory.resources.len()).map(ResourceId::new);
    let varying = resources.filter(|resource| inventory.resources[resource.index()].varies);
    let failure = |resources: Option<Vec<ResourceId>>| {
        EventKind::Failure(Reduction {
            components: components.clone(),
            resources,
            capacity: 0.0,
            loss: 0.0,
        })
    };
    hit.events.push(Event {
        kind: match trial.loses {
            Loses::Sessions => EventKind::Disconnect(Disconnect {
                components: components.clone(),
                client_region: None,
            }),
            Loses::Capacity => failure(None),
            Loses::Work => failure(Some(varying.collect())),
        },
        start: trial.start,
        end: over,
        detected: match trial.loses {
            Loses::Sessions => trial.start,
            Loses::Capacity | Loses::Work => over,
        },
        drain_minutes: None,
        is_end_assumed: false,
    });
    let with_trigger;
    let plan = if trial.loses == Loses::Sessions {
        plan
    } else {
        // A fault begins periods, in which nothing is to change.
        with_trigger = planned(inventory, &hit);
        let stays = |period_plan: &PeriodPlan| {
            period_plan.parts == plan.periods[0].parts && period_plan.flows == plan.periods[0].flows
        };
        let changes = !with_trigger.transitions.is_empty() || !with_trigger.hour_turns.is_empty();
        if changes || !with_trigger.periods.iter().all(stays) {
            return None;
        }
        &with_trigger
    };
    let run = replay_plan(inventory, &hit, plan, &Stop::default()).expect("it is played");
    let down = |moment: &Moment| moment.down - moment.nowhere;
    let at = |at: Timestamp| {
        let mut all = run.moments.iter();
        all.find(|moment| moment.end >= at).map_or(0.0, down)
    };
    Some([at(trial.start), at(over + SignedDuration::from_hours(2))])
}

/// Where a trial and a replay disagree; what locks in does so in steps of 60 s or of 5 s.
fn differs(
    (inventory, scenario): (&Inventory, &Scenario),
    plan: &Plan,
    trial: &Trial,
) -> Option<String> {
    let found = differs_in_steps((inventory, scenario), plan, trial)?;
    if !trial.is_locked_in() {
        return Some(found);
    }
    let mut shorter = scenario.clone();
    shorter.replay.step_seconds = 5.0;
    differs_in_steps((inventory, &shorter), plan, trial)
}

fn differs_in_steps(of: (&Inventory, &Scenario), plan: &Plan, trial: &Trial) -> Option<String> {
    let [before, after] = down_after(of, plan, trial)?;
    let because = after - before;
    let few = 0.01 * trial.all_users + 1.0;
    let two_hours = 7200.0;
    let is_wrong = match trial.clears_after {
        Some(seconds) if seconds < 0.9 * two_hours => because > few,
        Some(seconds) if seconds > 1.1 * two_hours => because <= 0.0,
        Some(_) => false,
        // A play that goes on for a day may see more of them down than there are after two hours.
        None => because < (0.5 * trial.still_down - few).min(few),
    };
    is_wrong.then(|| format!("{because} are down two hours after {trial:?}"))
}

/// What is played, where the plan itself changes nothing meanwhile.
fn tried(inventory: &Inventory, scenario: &Scenario) -> Option<(Plan, Recovery)> {
    let plan = planned(inventory, scenario);
    let is_steady =
        plan.periods.len() == 1 && plan.transitions.is_empty() && plan.hour_turns.is_empty();
    // All triggers are asked for; the plan is made as it is without.
    let mut asked = scenario.clone();
    asked.policy.require_stable = true;
    let found = is_steady.then(|| recovery(inventory, &asked, &plan, &Stop::default()))?;
    Some((plan, found.expect("they are played")))
}

#[test]
fn what_is_said_of_triggers_is_what_their_replays_show() {
    let [recovers, locks_in] = [Cell::new(0), Cell::new(0)];
    let failures =
        found_in_changed_draws(Size::SMALL, 24, long_and_quiet, |inventory, scenario| {
            let found = tried(inventory, scenario);
            let Some((plan, found)) = found else {
                return Vec::new();
            };
            let mut faults = Vec::new();
            // Of what was played only roughly no more is said than that.
            let is_meant = |trial: &&Trial| trial.is_close || trial.is_locked_in();
            let sentences: Vec<&Trial> = found.trials.iter().filter(is_meant).collect();
            let of_kind = |loses| sentences.iter().copied().find(|trial| trial.loses == loses);
            for trial in Loses::ALL.into_iter().filter_map(of_kind) {
                let count = if trial.is_locked_in() {
                    &locks_in
                } else {
                    &recovers
                };
                count.set(count.get() + 1);
                faults.extend(differs((inventory, scenario), &plan, trial));
            }
            faults
        });
    assert_none(&failures);
    if std::env::var("PLIMSOLL_SEEDS").is_err() {
        assert!(
            recovers.get() >= 3 && locks_in.get() >= 1,
            "{recovers:?} {locks_in:?}"
        );
    }
}

/// 66 of 403 users come to a site's gate together again and again: that they come through in a rough play after 43 minutes is
/// chance.
#[test]
fn who_comes_through_by_chance_has_not_recovered() {
    let draw = crate::draw::draw(3638, Size::SMALL);
    let (mut inventory, mut scenario) = crate::read::read(&draw.files, &draw.scenario);
    long_and_quiet(3638, &mut inventory, &mut scenario);
    let (plan, found) = tried(&inventory, &scenario).expect("nothing changes");
    let of_sessions = found
        .trials
        .iter()
        .filter(|trial| trial.loses == Loses::Sessions);
    let locked_in: Vec<&Trial> = of_sessions.filter(|trial| trial.is_locked_in()).collect();
    assert!(
        locked_in.iter().any(|trial| trial.still_down > 60.0),
        "{found:?}"
    );
    for trial in locked_in {
        assert_eq!(differs((&inventory, &scenario), &plan, trial), None);
    }
}

#[test]
fn a_gate_that_all_come_to_at_once_and_again_locks_in() {
    let (inventory, scenario) = blip();
    let plan = planned(&inventory, &scenario);
    let found = recovery(&inventory, &scenario, &plan, &Stop::default()).expect("played");
    assert_eq!(found.not_checked, 0);
    let worst = found.worst().expect("a trigger locks in");
    assert!(worst.still_down > 479_000.0, "{worst:?}");
    assert!((worst.all_users - 480_000.0).abs() < 0.5, "{worst:?}");
    let short = worst.shortage.expect("the gate is short");
    assert!(short.offered > 2.0 * short.capacity, "{short:?}");
    // A link with 40,000 users is no such trigger: they all get on again.
    assert!(found.locked_in() < found.trials.len());
    let mut plan = plan;
    plan.recovery = Some(found);
    assert!(!plan.is_good());
}

#[test]
fn clients_that_try_once_recover_and_the_longest_recovery_is_reported() {
    let (mut inventory, scenario) = blip();
    for profile in &mut inventory.profiles {
        profile.timeout_seconds = None;
    }
    let plan = planned(&inventory, &scenario);
    let found = recovery(&inventory, &scenario, &plan, &Stop::default()).expect("played");
    assert_eq!((found.not_checked, found.locked_in()), (0, 0), "{found:?}");
    let (slowest, seconds) = found.slowest().expect("all recover");
    // 480,000 users come to a gate of 1,000 a second: no less than eight minutes.
    assert!((470.0..1200.0).contains(&seconds), "{slowest:?}");
}

#[test]
fn triggers_beyond_the_budget_are_not_checked() {
    let (inventory, scenario) = blip();
    let plan = planned(&inventory, &scenario);
    let all = recovery(&inventory, &scenario, &plan, &Stop::default()).expect("played");
    let within = |work: f64| {
        let found = recovery_within(&inventory, &scenario, &plan, work, &Stop::default());
        found.expect("played")
    };
    let budgets = (0..8).map(|number| 1e5 * f64::from(1 << number));
    let mut found = budgets.map(within);
    let few = found.find(|recovery| !recovery.trials.is_empty());
    let few = few.expect("some are played");
    assert!(few.not_checked > 0, "{few:?}");
    let count = |recovery: &Recovery| recovery.trials.len() + recovery.not_checked;
    assert_eq!(count(&few), count(&all));
    // In the same order, the tightest first.
    let of = |trial: &Trial| (trial.period, trial.hit, trial.loses);
    let mut all = all.trials.iter().map(of);
    for trial in &few.trials {
        assert!(all.any(|entry| entry == of(trial)), "{trial:?}");
    }
}

/// A limit that ends the plays leaves triggers that are not checked, and a plan that has to recover from them is not good.
#[test]
fn what_a_stop_leaves_unplayed_is_not_checked() {
    let (inventory, scenario) = blip();
    let mut plan = planned(&inventory, &scenario);
    let all = recovery(&inventory, &scenario, &plan, &Stop::default()).expect("played");
    let stop = Stop::default();
    stop.raise();
    let found = recovery(&inventory, &scenario, &plan, &stop).expect("it is no failure");
    assert!(found.trials.is_empty(), "{found:?}");
    assert_eq!(found.not_checked, all.trials.len() + all.not_checked);
    let is_required = found.is_required;
    plan.recovery = Some(found);
    assert_eq!(plan.locks_in(), is_required);
}

/// Homes are planned for works that end at 21:00, while few users are there. At 22:00 more come than they carry, with a trigger at
/// 20:02 or without.
#[test]
fn who_comes_after_the_period_is_not_locked_in() {
    let (inventory, scenario) =
        super::steps::read("tests/found/rises-after-the-period", &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let found = recovery(&inventory, &scenario, &plan, &Stop::default()).expect("played");
    assert!(!found.trials.is_empty(), "{found:?}");
    assert_eq!(found.locked_in(), 0, "{:?}", found.worst());
}

#[test]
fn a_plan_that_has_to_be_stable_and_is_not_says_so_first_and_fails() {
    let folder = place();
    let mut command = plimsoll(folder.path());
    let path = root("tests/found/blip");
    command
        .arg("plan")
        .arg(&path)
        .arg("--scenario")
        .arg(path.join("blip.toml"));
    command.args(["--out", "plan", "--no-charts"]);
    let output = command.output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let first = text.lines().nth(2).expect("a verdict");
    let expected = "WARNING: this plan does not recover by itself from every trigger. If ";
    assert!(first.starts_with(expected), "{text}");
    assert!(!text.contains("recovers by itself"), "{text}");
    let runbook = std::fs::read_to_string(folder.path().join("plan/runbook.md"));
    let runbook = runbook.expect("it is written");
    let first = runbook.lines().nth(2).expect("a warning");
    assert!(first.starts_with(&format!("**{expected}")), "{runbook}");
    let summary = folder.path().join("plan/summary.json");
    let summary = std::fs::read_to_string(summary).expect("it is written");
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("it is JSON");
    let locked_in = &summary["recovery"]["locked_in"];
    let still_down = locked_in[0]["still_down"].as_f64();
    assert!(
        still_down.is_some_and(|value| value > 479_000.0),
        "{locked_in}"
    );
    assert_eq!(summary["recovery"]["not_checked"], 0);
}

/// A plan that is refused, or stopped, is not played: it says so before who is served.
#[test]
fn what_was_asked_and_not_played_is_said() {
    let (inventory, scenario) = blip();
    let plan = planned(&inventory, &scenario);
    let runbook = runbook(&TransitionWriter {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
    });
    let said = "**Not checked: whether it recovers by itself.**";
    assert!(runbook.contains(said), "{runbook}");
}

/// Without a rule that asks for it, nobody pays for plays.
#[test]
fn what_is_not_asked_is_not_said() {
    let folder = place();
    let mut command = plimsoll(folder.path());
    let tiny = root("data/tiny");
    command
        .arg("plan")
        .arg(&tiny)
        .arg("--scenario")
        .arg(tiny.join("drain-chicago.toml"));
    command.args(["--out", "plan", "--no-charts"]);
    command.output().expect("it runs");
    let summary = std::fs::read_to_string(folder.path().join("plan/summary.json"));
    assert!(!summary.expect("it is written").contains("\"recovery\""));
}

/// The summary of a plan made by the program of a found place, its exit code, and what it said.
fn planned_by_hand(name: &str) -> (serde_json::Value, Option<i32>, String) {
    let folder = place();
    let path = root(&format!("tests/found/{name}"));
    let mut command = plimsoll(folder.path());
    command.arg("plan").arg(&path);
    command.arg("--scenario").arg(path.join("scenario.toml"));
    command.args(["--out", "plan", "--no-charts"]);
    let output = command.output().expect("it runs");
    let summary = folder.path().join("plan/summary.json");
    let summary = std::fs::read_to_string(summary).expect("it is written");
    let summary = serde_json::from_str(&summary).expect("it is JSON");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (summary, output.status.code(), text)
}

/// One play that takes long must not keep others from being played: here every trigger was left out, and the exit code was 0.
#[test]
fn triggers_that_take_long_to_play_leave_work_to_others() {
    let (summary, code, text) = planned_by_hand("unplayed");
    assert_eq!(code, Some(1), "{text}");
    let found = &summary["recovery"];
    assert!(
        found["not_checked"].as_u64() < found["triggers"].as_u64(),
        "{text}"
    );
    let locked_in = found["locked_in"].as_array().map_or(0, Vec::len);
    assert!(locked_in > 0, "{found}");
    assert!(
        text.contains("WARNING: this plan does not recover"),
        "{text}"
    );
}

/// Retries may lock in sites here by the condition alone; ten minutes without sessions, or capacity, and all recover.
#[test]
fn what_recovers_is_not_reported_as_locked_in() {
    let (summary, _, text) = planned_by_hand("recovers");
    assert!(!text.contains("retry storm"), "{text}");
    let found = &summary["recovery"];
    assert!(found["triggers"].as_u64() > Some(0), "{found}");
    if found["not_checked"] == 0 && found["locked_in"].as_array().is_none_or(Vec::is_empty) {
        assert!(!text.contains("At risk"), "{text}");
        assert!(!text.contains("short faults (triggers)"), "{text}");
    }
}

/// After the busiest hour demand halves, and all recover; from every other hour on a gate stays locked until it does.
#[test]
fn triggers_are_played_where_demand_does_not_fall_soon() {
    let (inventory, scenario) =
        super::steps::read("tests/found/quiet-after-the-peak", &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let found = recovery(&inventory, &scenario, &plan, &Stop::default()).expect("it is played");
    assert_eq!(found.not_checked, 0, "{found:#?}");
    let worst = found.worst().expect("one locks in");
    assert!(worst.still_down > 461.0, "{worst:?}");
    for trial in &found.trials {
        assert_eq!(differs((&inventory, &scenario), &plan, trial), None);
    }
}

/// The trials of a found place in which a component loses what `loses` says.
fn trials_of(name: &str, component: &str, loses: Loses) -> Vec<Trial> {
    let text = format!("tests/found/{name}");
    let (inventory, mut scenario) = super::steps::read(&text, &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    scenario.policy.require_stable = true;
    let found = recovery(&inventory, &scenario, &plan, &Stop::default()).expect("it is played");
    assert_eq!(
        (found.not_checked, found.only_rough()),
        (0, 0),
        "{found:#?}"
    );
    let trials = found.trials.into_iter();
    let trials: Vec<Trial> = trials
        .filter(|trial| trial.loses == loses && trial.hit.name(&inventory) == component)
        .collect();
    assert!(!trials.is_empty());
    trials
}

/// Fewer users come back when demand is not at its peak, and stay locked out all the same: 941 for nine hours after 15:02.
/// In steps of 60 s they come through at all hours, in steps of five in none.
#[test]
fn triggers_are_played_at_every_hour_and_in_short_steps() {
    for name in ["recovers-at-the-peak-alone", "recovers-in-long-steps"] {
        for trial in trials_of(name, "s0", Loses::Capacity) {
            assert!(
                trial.is_locked_in() && trial.still_down > 900.0,
                "{name}: {trial:?}"
            );
        }
    }
}

/// 942 users join over a day, or come with a surge over six hours, and are locked out once they are all there: triggers are played
/// with all of them.
#[test]
fn triggers_are_played_with_all_who_come() {
    for name in ["growth-ramp", "surge-ramp"] {
        let trials = trials_of(name, "s0", Loses::Sessions);
        let locked_in = trials.iter().filter(|trial| trial.is_locked_in());
        let worst = locked_in.map(|trial| trial.still_down).fold(0.0, f64::max);
        assert!(worst > 600.0, "{name}: {trials:?}");
    }
}

/// Nothing is played while a fault is not known, and the plan does not say that all is well then.
#[test]
fn periods_in_which_not_all_is_known_are_reported_as_not_checked() {
    let (_, _, text) = planned_by_hand("blind-not-played");
    let said = "Not checked: recovery from triggers in period 1, which has undetected faults.";
    assert!(text.contains(said), "{text}");
}

/// By the condition on retries a gate is stable, and clients that come again for ever lock it in: nobody asked, and it is told.
#[test]
fn gates_are_played_without_being_asked() {
    let (summary, _, text) = planned_by_hand("stable-by-rows");
    assert!(
        text.contains("At risk, also before this plan: if "),
        "{text}"
    );
    let locked_in = summary["recovery"]["locked_in"].as_array();
    assert!(
        locked_in.is_some_and(|values| !values.is_empty()),
        "{summary}"
    );
}

/// Opening a session is work, clients give up connecting and come again for ever: no gate and no retries are needed.
#[test]
fn clients_that_do_not_get_a_session_are_played_without_being_asked() {
    let (summary, _, text) = planned_by_hand("stable-told");
    assert!(
        text.contains("At risk, also before this plan: if "),
        "{text}"
    );
    let locked_in = summary["recovery"]["locked_in"].as_array();
    assert!(
        locked_in.is_some_and(|values| !values.is_empty()),
        "{summary}"
    );
}

/// A site is exactly full, nothing is tried again, and users count as down after a minute: what waits after ten minutes without
/// work never becomes less.
#[test]
fn what_is_full_is_played_without_being_asked() {
    let (summary, _, text) = planned_by_hand("full-and-waiting");
    assert!(
        text.contains("At risk, also before this plan: if "),
        "{text}"
    );
    let locked_in = summary["recovery"]["locked_in"].as_array();
    assert!(
        locked_in.is_some_and(|values| !values.is_empty()),
        "{summary}"
    );
}

/// Nothing locks in by itself, and nobody asked: what one component has done is lost at the next, round a ring of three; or clients
/// wait 15 s at each of two and give up after 20.
#[test]
fn components_that_lock_in_only_together_are_played_without_being_asked() {
    for (name, users) in [("ring-of-losses", 1800.0), ("two-queues-unasked", 490.0)] {
        let (summary, _, text) = planned_by_hand(name);
        assert!(
            text.contains("At risk, also before this plan: if "),
            "{name}: {text}"
        );
        let locked_in = summary["recovery"]["locked_in"].as_array();
        let down = |value: &serde_json::Value| value["still_down"].as_f64().unwrap_or(0.0);
        let mut each = locked_in.expect("it is a list").iter().map(down);
        assert!(each.any(|value| value > users), "{name}: {summary}");
    }
}

/// All are asleep two hours after the trigger, and work still waits that nobody waits for: they wake up to it.
#[test]
fn what_waits_for_those_who_sleep_is_looked_at() {
    let (summary, _, text) = planned_by_hand("hidden-by-the-night");
    assert!(
        text.contains("At risk, also before this plan: if s0 stays open"),
        "{text}"
    );
    assert_eq!(summary["recovery"]["not_checked"], 0, "{text}");
}

/// Just as much comes as is served, and what is lost comes again: 77 users are down a day later, 39 three days after that.
#[test]
fn what_falls_ever_more_slowly_does_not_recover() {
    let (_, code, text) = planned_by_hand("exactly-full");
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("does not recover by itself"), "{text}");
}

/// It recovers in the busiest hour, and not in the first of the plan: hours are played before short steps.
#[test]
fn hours_are_played_before_short_steps() {
    let (_, code, text) = planned_by_hand("rough-plays-alone");
    assert_eq!(code, Some(1), "{text}");
    assert!(!text.contains("all recover by themselves"), "{text}");
}

/// The scenario ends nine minutes after users are locked out: whether they recover is not known, and nobody says that all is well.
#[test]
fn who_is_down_when_a_scenario_ends_soon_is_reported_as_not_checked() {
    let (_, _, text) = planned_by_hand("ends-soon");
    let said = "Not checked: recovery of 9,914 users down when the scenario ends.";
    let text = text.replace('\n', " ");
    assert!(text.contains(said), "{text}");
}

/// Two queues of 15 s, a timeout of 20 s: a site that stays open and does no work for ten minutes locks them in.
#[test]
fn a_site_that_stays_open_and_does_no_work_is_a_trigger() {
    for trial in trials_of("two-queues", "s0", Loses::Work) {
        assert!(trial.still_down > 490.0, "{trial:?}");
    }
    for trial in trials_of("two-queues", "s0", Loses::Capacity) {
        assert!(!trial.is_locked_in(), "{trial:?}");
    }
}

/// 100,000 users come back through a gate that accepts one a second: 27 h 45 min; or one in two seconds, which is foretold.
#[test]
fn what_takes_longer_than_a_day_recovers() {
    for (name, hours) in [("thirty-hours", 27.75), ("sixty-hours", 55.5)] {
        for trial in trials_of(name, "s0", Loses::Sessions) {
            let seconds = trial.clears_after.expect("it recovers");
            let value = seconds / 3600.0;
            assert!((value - hours).abs() < 0.05 * hours, "{name}: {value} h");
        }
    }
}

/// A queue of work that nobody waits for any more takes three and a half hours to drain: it is what falls, while all stay down.
#[test]
fn a_queue_that_drains_for_hours_recovers() {
    for trial in trials_of("stale-queue", "s1", Loses::Work) {
        let seconds = trial.clears_after.expect("it recovers");
        let hours = seconds / 3600.0;
        assert!((3.2..3.8).contains(&hours), "{trial:?}");
    }
}

/// Who is down without a trigger is not down because of it: whose work is lost once he is awake, or only after some tries.
#[test]
fn who_is_down_anyhow_is_not_locked_in() {
    for (name, component) in [
        ("alarm-at-dawn", "m0"),
        ("loss-builds-up", "m0"),
        ("waits-build-up", "m0"),
    ] {
        for trial in trials_of(name, component, Loses::Capacity) {
            assert!(!trial.is_locked_in(), "{name}: {trial:?}");
        }
    }
    // 500 whose work is lost fall asleep: 420 others are locked out all the same.
    let locked_in = trials_of("hidden-by-the-day", "a1", Loses::Sessions);
    let locked_in: Vec<&Trial> = locked_in
        .iter()
        .filter(|trial| trial.is_locked_in())
        .collect();
    assert!(
        locked_in.iter().any(|trial| trial.still_down > 400.0),
        "{locked_in:?}"
    );
}

/// In rough parts 231 users stay down, and as exactly as a replay is they are back after 32 minutes at most.
#[test]
fn what_is_locked_in_by_rough_parts_alone_recovers() {
    for trial in trials_of("locked-in-roughly-alone", "l0", Loses::Capacity) {
        let seconds = trial.clears_after.expect("it recovers");
        assert!(seconds < 40.0 * 60.0, "{trial:?}");
    }
}

/// At night, when the period begins, few users reconnect: a trigger is played in the busiest hour, for which the plan need not be
/// made. Nine hours after it everybody is back, and not after 8 minutes.
#[test]
fn triggers_are_played_in_the_busiest_hour() {
    for layers in [&["scenario.toml"][..], &["scenario.toml", "hourly.toml"]] {
        let (inventory, scenario) = super::steps::read("tests/found/quiet-start", layers);
        let plan = planned(&inventory, &scenario);
        let found = recovery(&inventory, &scenario, &plan, &Stop::default());
        let found = found.expect("it is played");
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let busy = at("2031-03-03T10:00:00Z")..at("2031-03-03T18:00:00Z");
        let mut trials = found.trials.iter();
        assert!(
            trials.all(|trial| busy.contains(&trial.start)),
            "{found:#?}"
        );
        let sessions = found
            .trials
            .iter()
            .filter(|trial| trial.loses == Loses::Sessions);
        let slowest = sessions
            .filter_map(|trial| trial.clears_after)
            .fold(0.0, f64::max);
        let locked = found.locked_in();
        assert!(locked > 0 || slowest > 8.0 * 3600.0, "{found:#?}");
        for trial in &found.trials {
            if trial.loses == Loses::Sessions {
                assert_eq!(differs((&inventory, &scenario), &plan, trial), None);
            }
        }
    }
}
