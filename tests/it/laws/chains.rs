//! Chains of events whose waves meet: the referee accepts every plan, its steps are complete, and its replay hurts nobody
//! whom it does not name.

mod draw;

use super::overlap::plan_of;
use super::plan_and_replay::undetermined;
use super::steps::faults_of;
use crate::levels::{assert_none, found_by_seed, judged, keep, planned};
use plimsoll::engine::{downtime, replay_plan};
use plimsoll::model::{EventKind, Inventory, Scenario};
use plimsoll::plan::replay::Moment;
use plimsoll::plan::{Change, Plan, Refusal, Timing, changes};
use plimsoll::solve::Stop;
use std::cell::Cell;

/// Works alone, all of them known ahead, nobody unserved, nothing refused and no outage told: whoever moves is accepted where
/// he goes, so that nobody is down at any time. What opening sessions demands is not looked at.
fn affected_by_maintenance(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
) -> (bool, Option<String>) {
    let is_works = |kind: &EventKind| matches!(kind, EventKind::Maintenance(_));
    let is_planned = scenario.events.iter().all(|event| is_works(&event.kind));
    let is_served = plan
        .periods
        .iter()
        .all(|period| period.totals.unserved < 0.5);
    let is_refused = plan
        .transitions
        .iter()
        .any(|transition| transition.refusal.is_some());
    let costs = inventory
        .profiles
        .iter()
        .any(|profile| profile.session_cost > 0.0);
    if !is_planned || !is_served || is_refused || costs {
        return (false, None);
    }
    let one_downtime = downtime(inventory, scenario, plan, &Stop::default()).expect("it is played");
    if !one_downtime.outages.is_empty() {
        return (false, None);
    }
    // What comes evenly over the last part of a wave is there in part only in the next one.
    let waves = plan
        .transitions
        .iter()
        .flat_map(|transition| &transition.waves);
    let paces = waves.flat_map(|wave| {
        let phases = [(wave.start, wave.turned), (wave.turned, wave.end)];
        let seconds = phases.map(|phase| phase.1.duration_since(phase.0).as_secs_f64());
        let coming = wave.ramp.iter().flat_map(move |ramp| {
            let [turning, moving] = ramp.phases;
            let all = ramp.arrivals / (seconds[0] + seconds[1]);
            [all, turning / seconds[0], moving / seconds[1]]
        });
        coming.filter(|value| value.is_finite())
    });
    let late = paces.fold(0.0, f64::max) * scenario.replay.step_seconds;
    let run = replay_plan(inventory, scenario, plan, &Stop::default()).expect("it is played");
    let mut moments = run.moments.iter();
    let down = moments.find(|moment| moment.most_down - moment.nowhere >= 1.0 + late);
    let call = |moment: &Moment| {
        format!(
            "{} down from {} on by works alone",
            moment.most_down, moment.start
        )
    };
    (true, down.map(call))
}

fn found(inventory: &Inventory, scenario: &Scenario, counted: &Counted) -> Vec<String> {
    let plan = planned(inventory, scenario);
    let verdict = judged(inventory, scenario, &plan);
    let mut all = Vec::new();
    if !verdict.holds() {
        all.push(verdict.to_string());
    }
    all.extend(faults_of(inventory, scenario, &plan));
    let (texts, is_played) = undetermined(inventory, scenario, &plan);
    all.extend(texts);
    let (is_by_works, affected) = affected_by_maintenance(inventory, scenario, &plan);
    all.extend(affected);
    let moving = plan
        .transitions
        .iter()
        .filter(|transition| !transition.waves.is_empty());
    let count = [
        usize::from(is_played),
        usize::from(is_by_works),
        moving.count(),
    ];
    counted.set(std::array::from_fn(|index| {
        counted.get()[index] + count[index]
    }));
    all
}

/// Plans that are played, those of works alone, and transitions with waves.
type Counted = Cell<[usize; 3]>;

/// A draw of the laws below.
fn drawn(seed: u64) -> (Inventory, Scenario) {
    let draw = draw::drawn(seed);
    keep(seed, &draw);
    crate::read::read(&draw.files, &draw.scenario)
}

/// Somebody with only the runbook and its files leads everybody as the plan has it, also where waves of several periods overlap.
#[test]
fn runbooks_of_chains_lead_to_the_plan() {
    let count = std::cell::Cell::new(0);
    let failures = found_by_seed(60, drawn, |inventory, scenario| {
        let faults = super::steps::faults_by_hand(inventory, scenario);
        count.set(count.get() + u32::from(faults.is_some()));
        faults.unwrap_or_default()
    });
    assert_none(&failures);
    if std::env::var("PLIMSOLL_SEEDS").is_err() {
        assert!(count.get() > 10, "{count:?}");
    }
}

#[test]
fn chains_of_events_affect_nobody_who_is_not_named() {
    let counted = Counted::default();
    assert_none(&found_by_seed(60, drawn, |inventory, scenario| {
        found(inventory, scenario, &counted)
    }));
    if std::env::var("PLIMSOLL_SEEDS").is_err() {
        let [played, by_works, moving] = counted.get();
        assert!(played > 20 && by_works > 5 && moving > 60, "{counted:?}");
    }
}

/// A wave ends when the next period begins, and no gate follows: its loads are those of the period that ends then.
#[test]
fn a_wave_that_ends_with_a_period_says_what_is_carried_then() {
    let (inventory, scenario, plan) = plan_of("tests/found/wave-ends-with-a-period");
    let waves = plan
        .transitions
        .iter()
        .flat_map(|transition| &transition.waves);
    let ends_with_it = waves.filter(|wave| wave.end == plan.periods[8].period.start);
    assert!(ends_with_it.clone().count() == 1);
    for wave in ends_with_it {
        let during: Vec<Option<usize>> = wave
            .standing
            .iter()
            .map(|standing| standing.during)
            .collect();
        assert_eq!(during, [Some(7)]);
    }
    assert_eq!(
        faults_of(&inventory, &scenario, &plan),
        Vec::<String>::new()
    );
}

/// Waves ahead of a period are made for cases that a longer transition would touch: they are told as they are under those
/// that they do touch.
#[test]
fn waves_are_measured_under_what_they_touch() {
    let (inventory, scenario, plan) = plan_of("tests/found/touched-no-more");
    let waves = plan
        .transitions
        .iter()
        .map(|transition| transition.waves.len());
    assert!(waves.sum::<usize>() > 0);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
}

/// A wave takes a member out at the instant at which the works on it begin: whoever has a session there is turned to the
/// other member, and connects anew where he did not pass before, not at an access point that accepts 6 sessions a second.
#[test]
fn a_member_is_taken_out_before_maintenance_that_begins_then() {
    let (inventory, scenario, plan) = plan_of("tests/found/taken-out-at-once");
    let wave = &plan.transitions[0].waves[0];
    assert_eq!(
        (wave.start, wave.end),
        (wave.end, plan.periods[1].period.start)
    );
    let (is_by_works, affected) = affected_by_maintenance(&inventory, &scenario, &plan);
    assert!(is_by_works && affected.is_none(), "{affected:?}");
}

/// A link opens when works on an access point begin, and users can only go over that link then: they would be cut off.
#[test]
fn maintenance_that_cuts_users_off_is_refused() {
    let (.., plan) = plan_of("tests/found/open-and-close");
    let refusals = plan
        .transitions
        .iter()
        .filter_map(|transition| transition.refusal);
    let refusals: Vec<Refusal> = refusals.collect();
    assert!(
        matches!(refusals.as_slice(), [Refusal::Unfinished(users)] if (*users - 1116.0).abs() < 1.0),
        "{refusals:?}"
    );
}

/// Works leave 0.3 of a site when other works end, after which alone users can go elsewhere: 4,045 of them would be down.
#[test]
fn maintenance_that_leaves_less_than_is_carried_is_refused() {
    let (inventory, _, plan) = plan_of("tests/found/works-overload");
    let refusals = plan
        .transitions
        .iter()
        .filter_map(|transition| transition.refusal);
    let overloaded = refusals.filter_map(|refusal| match refusal {
        Refusal::Overloaded(fullness) => Some(fullness),
        _ => None,
    });
    let [fullness] = overloaded.collect::<Vec<_>>()[..] else {
        panic!("{:?}", plan.transitions);
    };
    assert_eq!(inventory.component_name(fullness.component), "s1");
    let at = [fullness.component.index(), fullness.resource.index()];
    let whole = inventory.capacity[at].expect("it is limited");
    assert!(
        (fullness.capacity - 0.3 * whole).abs() < 1e-9,
        "{fullness:?}"
    );
    // Nobody has moved when the works begin: the period before says what is carried.
    let before = plan.periods[2].load[at];
    assert!(
        (fullness.begun_load - before).abs() < 1e-9,
        "{fullness:?}, {before}"
    );
}

/// Works leave 0.3 of an element when other works end, and further works leave less of it while users go back: what it lacks
/// when the first begin is what makes the return unsafe.
#[test]
fn maintenance_that_leaves_ever_less_is_judged_by_what_it_leaves_first() {
    let (inventory, _, plan) = plan_of("tests/found/works-overload-at-once");
    let of_period = plan
        .transitions
        .iter()
        .filter(|transition| transition.period == 3);
    let refusals = of_period
        .filter_map(|transition| transition.refusal)
        .collect::<Vec<_>>();
    let [Refusal::Overloaded(fullness)] = refusals[..] else {
        panic!("{:?}", plan.transitions);
    };
    assert_eq!(inventory.component_name(fullness.component), "in-a0");
    let at = [fullness.component.index(), fullness.resource.index()];
    let whole = inventory.capacity[at].expect("it is limited");
    assert!(
        (fullness.capacity - 0.3 * whole).abs() < 1e-9,
        "{fullness:?}"
    );
}

/// Members of a pool are lost while waves of an earlier period still turn steering between others.
#[test]
fn members_lost_while_steering_turns_are_counted_alike() {
    let (.., plan) = plan_of("tests/found/lost-while-turning");
    let late = plan
        .transitions
        .iter()
        .filter(|transition| transition.timing == Timing::After);
    assert!(late.count() > 1);
}

/// A wave turns steering across the start of a period in which a pool has members again; and one ahead of a period goes on
/// across works on a member of a pool that begin in an earlier period. The steps are in order of time, there and
/// back.
#[test]
fn steps_of_a_pool_are_in_order_of_time() {
    let of = |name: &str, pool: &str| {
        let (inventory, scenario, plan) = plan_of(name);
        assert_eq!(
            faults_of(&inventory, &scenario, &plan),
            Vec::<String>::new(),
            "{name}"
        );
        let all = changes(&inventory, &scenario, &plan);
        let filter_map = all.into_iter().filter_map(|step| match step.change {
            Change::Member {
                pool: of,
                before,
                after,
                ..
            } => {
                let is_its = inventory.pools[of.index()].id == pool;
                is_its.then_some((step.period, step.wave, [before[0], after[0]]))
            }
            _ => None,
        });
        filter_map.collect::<Vec<_>>()
    };
    let third = 1.0 / 3.0;
    let back = (4, None, [0.0, third]);
    assert_eq!(
        of("tests/found/turned-across-a-start", "lb-s0"),
        [
            (0, None, [third, 0.0]),
            (3, None, [0.5, 0.0]),
            (3, None, [0.5, 0.0]),
            back,
            back,
            back,
        ]
    );
    assert_eq!(
        of("tests/found/taken-out-before-works", "lb-s1"),
        [
            // Nobody passes it before: the wave ahead of a later period leaves it alone.
            (4, None, [0.5, 0.0]),
            (6, Some(1), [0.0, 0.5]),
        ]
    );
}

/// A wave ahead of growth begins before a member of a pool fails, which nobody knows of by then, and nobody passes the pool.
#[test]
fn no_wave_takes_a_member_out_before_a_fault_that_nobody_knows_of() {
    let (inventory, scenario, plan) = plan_of("tests/found/empty-pool-member-out-before-fault");
    assert_eq!(
        faults_of(&inventory, &scenario, &plan),
        Vec::<String>::new()
    );
    let steps = changes(&inventory, &scenario, &plan);
    let mut members = 0;
    for step in steps {
        let Change::Member { before, after, .. } = step.change else {
            continue;
        };
        members += 1;
        if after[0] < before[0] {
            let start = plan.periods[step.period].period.start;
            assert_eq!((step.wave, step.at), (None, Some(start)));
        }
    }
    assert_eq!(members, 4);
}

/// Users of a client region return from a site to which a period leads nobody of it: until they leave they keep their path,
/// and connect to no access point.
#[test]
fn who_leaves_keeps_the_path_that_he_had() {
    let (inventory, scenario, plan) = plan_of("tests/found/led-nowhere-any-more");
    let (is_by_works, affected) = affected_by_maintenance(&inventory, &scenario, &plan);
    assert!(is_by_works && affected.is_none(), "{affected:?}");
}

/// A wave brings users to a site that the state before led to over another access point, and nobody is steered there meanwhile:
/// they come over the path that the wave sets, and connect once.
#[test]
fn who_comes_has_the_path_that_his_wave_sets() {
    let (inventory, scenario, plan) = plan_of("tests/found/path-of-old-for-who-comes");
    let (is_by_works, affected) = affected_by_maintenance(&inventory, &scenario, &plan);
    assert!(is_by_works && affected.is_none(), "{affected:?}");
}

/// A plan of all periods together moves users while nothing is in force, who stay there ever after; or it leaves others
/// unserved than that of period after period. The program of all periods has no such plan, and its bound proves nothing of it.
#[test]
fn bound_of_a_program_without_such_a_plan_proves_nothing() {
    for name in ["moved-for-good", "others-left-unserved"] {
        let (.., plan) = plan_of(&format!("tests/found/{name}"));
        let joint = plan.joint.expect("planned together");
        assert!(joint.is_joint() && joint.bound <= 0.0, "{name}: {joint:?}");
    }
}

/// What was decided before a fault was known makes more users move after it, and its waves are refused: the plan of period after
/// period stands, and the bound beside those decisions proves nothing of it.
#[test]
fn bound_beside_decisions_that_are_not_kept_proves_nothing() {
    let (inventory, scenario, plan) = plan_of("tests/found/bound-of-decisions-not-kept");
    let joint = plan.joint.expect("planned together");
    assert!(!joint.is_joint() && joint.bound <= 0.0, "{joint:?}");
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
}
