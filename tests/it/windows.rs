//! Windows of maintenances against the program written out for each of them alone, failure by failure.

use crate::draw::{Size, draw};
use crate::hours::with_hours;
use crate::levels::assert_none;
use crate::naive::{self, Question, Solver};
use crate::read::read;
use jiff::SignedDuration;
use plimsoll::engine::{
    DrainPlan, NoWatch, OneMore, Options, Window, WindowsAsked, downtime, drains, plan, ranking,
    recovery, windows, without,
};
use plimsoll::model::{
    Event, EventKind, FailureSet, Inventory, PlannedDemand, Policy, Reduction, Scenario,
};
use plimsoll::plan::Transition;
use plimsoll::solve::Stop;
use std::sync::Arc;

/// Two values that differ by less, relative to the larger of them and one, are one.
const SAME: f64 = 1e-6;

fn is_same(a: f64, b: f64) -> bool {
    (a - b).abs() <= SAME * a.abs().max(b.abs()).max(1.0)
}

/// What is asked of a drawn inventory: a quarter of an hour at the beginning of each of so many hours.
fn asked(inventory: &Inventory, scenario: &Scenario, over: FailureSet, hours: i64) -> WindowsAsked {
    let elements = inventory.access_points.len() + inventory.elements.len();
    let component = inventory.sites.len() + usize::from(elements > 1);
    WindowsAsked {
        reduction: Reduction::all_of(plimsoll::ids::ComponentId::new(component)),
        duration: SignedDuration::from_mins(15),
        starts: (0..hours)
            .map(|hour| scenario.start + SignedDuration::from_hours(hour))
            .collect(),
        over: Some(over),
    }
}

/// The scenario of a maintenance alone, with one more failure if there is one.
fn alone(
    scenario: &Scenario,
    asked: &WindowsAsked,
    window: &Window,
    failure: Option<Reduction>,
) -> Scenario {
    let (start, end) = (window.start, window.end);
    let event = |kind| Event {
        kind,
        start,
        end,
        detected: start,
        drain_minutes: None,
        is_end_assumed: false,
    };
    let others = scenario.events.iter();
    let others = others.filter(|event| event.start < end && event.end > start);
    let events = [
        Some(event(EventKind::Maintenance(asked.reduction.clone()))),
        failure.map(|failure| event(EventKind::Failure(failure))),
    ];
    Scenario {
        start,
        end,
        events: others
            .cloned()
            .chain(events.into_iter().flatten())
            .collect(),
        policy: Policy {
            demand: PlannedDemand::Hourly,
            ..scenario.policy.clone()
        },
        ..scenario.clone()
    }
}

/// An inventory without those who join once a scenario has begun.
fn until(scenario: &Scenario, inventory: &Inventory) -> Inventory {
    let mut without = inventory.clone();
    without.onboarding.retain(|row| row.date < scenario.start);
    without
}

/// The levels of a scenario at its start, and all unserved users.
fn levels(inventory: &Inventory, scenario: &Scenario) -> (Vec<(String, f64)>, f64) {
    let current = naive::homes(inventory);
    let question = Question {
        inventory,
        scenario,
        at: scenario.start,
        current: &current,
        elsewhere: &[],
        before_load: None,
        band: naive::Band::Expected,
    };
    let levels = naive::levels(&question, Solver::Highs);
    let unserved = levels.iter();
    let unserved = unserved.filter(|(name, _)| name.starts_with("unserved"));
    let unserved = unserved.map(|(_, users)| users).sum();
    (levels, unserved)
}

/// What a window says that is not so.
fn wrong(
    inventory: &Inventory,
    scenario: &Scenario,
    asked: &WindowsAsked,
    window: &Window,
) -> Vec<String> {
    let without = alone(scenario, asked, window, None);
    let band = naive::Band::Expected;
    let believed = naive::at_instant::at_instant(inventory, &without, without.start, band);
    let (pairs, already) = levels(inventory, &without);
    let level = |name: &str| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1);
    let mut all = vec![
        ("unserved", window.unserved_users(), already),
        (
            "worst",
            window.worst_shortfall(),
            level("worst").unwrap_or(0.0),
        ),
        ("moves", window.moved, level("moves").unwrap_or(0.0)),
    ];
    let over = asked.over.expect("failures are asked");
    // What is gone already cannot fail.
    let failing = over.members(inventory).into_iter().filter(|failing| {
        let components = failing.components(inventory);
        components
            .iter()
            .any(|component| !believed.gone[component.index()])
    });
    let (mut cases, mut broken, mut most) = (0.0, 0.0, 0.0_f64);
    for one_failing in failing {
        let reduction = Reduction {
            components: one_failing.components(inventory),
            ..asked.reduction.clone()
        };
        let (_, users) = levels(inventory, &alone(scenario, asked, window, Some(reduction)));
        cases += 1.0;
        if users > already && !is_same(users, already) {
            broken += 1.0;
            most = most.max(users);
        }
    }
    let one_more = window.failures.as_ref().expect("failures are asked");
    all.push(("cases", one_more.cases as f64, cases));
    all.push(("broken", one_more.broken as f64, broken));
    all.push(("most", window.at_risk(), most));
    let of_slice = |slice: usize| -> f64 {
        let shards = inventory.shards.iter().enumerate();
        shards
            .map(|(index, shard)| {
                believed.users(index) * believed.hours.factor[slice][shard.client_region.index()]
            })
            .sum()
    };
    let busiest = (0..believed.slices()).map(of_slice).fold(0.0, f64::max);
    all.push(("busiest", window.busiest_users, busiest));
    let wrong = all.into_iter().filter(|(_, a, b)| !is_same(*a, *b));
    wrong
        .map(|(name, found, expected)| {
            format!("{} {name}: {found}, written out {expected}", window.start)
        })
        .collect()
}

/// What windows of drawn inventories say that is not so, and how many of all a failure breaks at some hours only.
fn wrong_in_draws(size: Size, seeds: std::ops::Range<u64>, over: FailureSet) -> (Vec<String>, u64) {
    let (mut failures, mut at_times) = (Vec::new(), 0);
    for seed in seeds {
        let draw = draw(seed, size);
        let (mut inventory, mut scenario) = read(&draw.files, &draw.scenario);
        with_hours(seed, &mut inventory, &mut scenario);
        scenario.policy.reaction_minutes = 0.0;
        scenario.policy.max_moved_users = None;
        let asked = asked(&inventory, &scenario, over, 12);
        let shared = Arc::new(inventory.clone());
        let found = windows(&shared, &scenario, &asked, &Stop::default(), &|_| {});
        let found = found.expect("small inventories are settled");
        // Each is written out with its own start, and what is frozen is frozen since the scenario's.
        if scenario.policy.freeze_onboarding {
            inventory = until(&scenario, &inventory);
        }
        assert_eq!(found.len(), asked.starts.len());
        let broken = |window: &Window| {
            window
                .failures
                .as_ref()
                .map_or(0, |one_more| one_more.broken)
        };
        at_times += u64::from(
            found
                .iter()
                .any(|window| broken(window) != broken(&found[0])),
        );
        for window in &found {
            let wrong = wrong(&inventory, &scenario, &asked, window);
            failures.extend(wrong.into_iter().map(|text| format!("seed {seed} {text}")));
        }
    }
    (failures, at_times)
}

#[test]
fn every_window_equals_its_maintenance_written_out_alone() {
    let (failures, at_times) = wrong_in_draws(Size::SMALL, 0..10, FailureSet::Sites);
    assert_none(&failures);
    assert!(
        at_times >= 3,
        "what fails matters at some hours only in {at_times} draws"
    );
}

/// Where nobody joins once the scenario has begun, nobody does in a window that begins later either.
#[test]
fn whoever_would_join_later_is_in_no_window_where_growth_is_frozen() {
    let (mut joining, mut frozen) = (0, 0);
    for seed in 0..80 {
        let draw = draw(seed, Size::SMALL);
        let (mut inventory, mut scenario) = read(&draw.files, &draw.scenario);
        with_hours(seed, &mut inventory, &mut scenario);
        let moved = |inventory: &Inventory, is_frozen: bool| -> Vec<[f64; 2]> {
            let mut scenario = scenario.clone();
            scenario.policy.freeze_onboarding = is_frozen;
            let asked = WindowsAsked {
                over: None,
                ..asked(inventory, &scenario, FailureSet::Sites, 4)
            };
            let inventory = Arc::new(inventory.clone());
            let found = windows(&inventory, &scenario, &asked, &Stop::default(), &|_| {});
            let found = found.expect("small inventories are settled");
            let users = found
                .iter()
                .map(|window| [window.moved, window.unserved_users()]);
            users.collect()
        };
        let without = until(&scenario, &inventory);
        if without.onboarding.len() == inventory.onboarding.len() {
            continue;
        }
        joining += 1;
        let expected = moved(&without, false);
        assert_eq!(moved(&inventory, true), expected, "seed {seed}");
        frozen += usize::from(moved(&inventory, false) != expected);
    }
    assert!(
        joining >= 20 && frozen >= 10,
        "{joining} draws join, {frozen} differ"
    );
}

#[test]
fn every_further_failure_of_elements_equals_that_written_out() {
    let (failures, _) = wrong_in_draws(Size::MESHED, 0..4, FailureSet::Elements);
    assert_none(&failures);
}

/// The drain that is told is that of a plan of the same maintenance, and as good; nobody looks further once one is not refused.
#[test]
fn drains_are_those_of_plans() {
    let (mut paths, mut refused, mut later, mut long, mut of_others) = (0, 0, 0, 0, 0);
    let mut good = 0;
    for seed in 0..40 {
        let draw = draw(seed, Size::SMALL);
        let (mut inventory, mut scenario) = read(&draw.files, &draw.scenario);
        with_hours(seed, &mut inventory, &mut scenario);
        scenario.policy.reaction_minutes = 0.0;
        if seed % 2 == 0 {
            for site in &mut inventory.sites {
                site.move_out_per_hour = Some(7.0);
            }
        }
        let asked = WindowsAsked {
            reduction: Reduction::all_of(plimsoll::ids::ComponentId::new(0)),
            over: None,
            ..asked(&inventory, &scenario, FailureSet::Sites, 6)
        };
        let shared = Arc::new(inventory.clone());
        let stop = Stop::default();
        let found = windows(&shared, &scenario, &asked, &stop, &|_| {});
        let found = found.expect("small inventories are settled");
        let best = ranking(&found);
        let in_order: Vec<_> = best.order().map(|index| found[index].start).collect();
        let starts = in_order.iter().copied();
        let drain_plans = drains(&shared, &scenario, &asked, starts, &stop, Clone::clone);
        let drain_plans = drain_plans.expect("small inventories are settled");
        let frozen = until(&scenario, &inventory);
        for drain_plan in &drain_plans {
            // What is frozen is frozen since the ranking's scenario began.
            let inventory = if scenario.policy.freeze_onboarding {
                &frozen
            } else {
                &inventory
            };
            let options = Options {
                stop: &stop,
                watch: &NoWatch,
            };
            let mut plan =
                plan(inventory, &drain_plan.scenario, &options).expect("small ones are planned");
            assert_eq!(drain_plan.plan.transitions, plan.transitions, "seed {seed}");
            assert_eq!(drain_plan.is_refused(), plan.is_refused(), "seed {seed}");
            if !plan.is_refused() {
                let played = downtime(inventory, &drain_plan.scenario, &plan, &stop);
                plan.set_replayed(played.expect("small ones are played"));
                let recovered = drain_plan.scenario.policy.require_stable.then(|| {
                    let one_recovery = recovery(inventory, &drain_plan.scenario, &plan, &stop);
                    one_recovery.expect("small ones are played")
                });
                plan.recovery = recovered;
            }
            assert_eq!(drain_plan.plan.outages(), plan.outages(), "seed {seed}");
            assert_eq!(drain_plan.plan.is_good(), plan.is_good(), "seed {seed}");
            good += usize::from(plan.is_good());
            let begins = drain_plan
                .transitions()
                .map(|transition| transition.start)
                .min();
            assert!(begins.is_none_or(|begins| begins >= drain_plan.scenario.start));
            // And what happens since then is in the plan.
            let is_frozen = scenario.policy.freeze_onboarding;
            assert!(!is_frozen || drain_plan.scenario.start <= scenario.start);
            paths += drain_plan.transitions().count();
            let is_of_other = |refused: &Transition| {
                drain_plan
                    .transitions()
                    .all(|transition| transition != refused)
            };
            of_others += usize::from(drain_plan.refused().any(is_of_other));
        }
        let is_refused: Vec<bool> = drain_plans.iter().map(DrainPlan::is_refused).collect();
        let (last, before) = is_refused.split_last().expect("one at least is looked at");
        assert!(before.iter().all(|flag| *flag), "seed {seed}");
        assert!(!last || drain_plans.len() <= in_order.len());
        assert_eq!(drain_plans[0].start, in_order[0], "seed {seed}");
        refused += usize::from(is_refused[0]);
        later += usize::from(is_refused[0] && !last);
        long += usize::from(drain_plans.iter().any(|drain_plan| {
            let ahead = drain_plan.start.duration_since(drain_plan.scenario.start);
            ahead > SignedDuration::from_hours(1)
        }));
    }
    assert!(
        paths >= 20 && of_others >= 1 && good >= 3,
        "{paths} transitions, {of_others} refused before, {good} plans are good"
    );
    assert!(
        refused >= 3 && later >= 1 && long >= 3,
        "{refused} of the best refused, {later} followed by one that is not, {long} begin early"
    );
}

/// Starts have one state before where nothing is missing with the most that is demanded at any of their hours: each is told
/// as it is alone, whether or not something is missing before it.
#[test]
fn starts_together_are_reported_as_each_alone() {
    let (mut never, mut at_times) = (0, 0);
    for seed in 0..40 {
        let draw = draw(seed, Size::SMALL);
        let (mut inventory, mut scenario) = read(&draw.files, &draw.scenario);
        with_hours(seed, &mut inventory, &mut scenario);
        scenario.policy.freeze_onboarding = false;
        let asked = WindowsAsked {
            duration: SignedDuration::from_hours(3),
            over: None,
            ..asked(&inventory, &scenario, FailureSet::Sites, 12)
        };
        let (inventory, stop) = (Arc::new(inventory), Stop::default());
        let of = |asked: &WindowsAsked| {
            let found = windows(&inventory, &scenario, asked, &stop, &|_| {});
            found.expect("small inventories are settled")
        };
        let mut kept = 0;
        for (start, together) in asked.starts.iter().zip(of(&asked)) {
            let alone = of(&WindowsAsked {
                starts: vec![*start],
                ..asked.clone()
            });
            let values = |window: &Window| {
                let worst = [window.worst_shortfall(), window.missing_users, window.moved];
                let unserved = window.unserved.iter().copied();
                unserved.chain(worst).collect::<Vec<f64>>()
            };
            let both = values(&together).into_iter().zip(values(&alone[0]));
            for (together, alone) in both {
                assert!(
                    is_same(together, alone),
                    "seed {seed} {start}: {together}, alone {alone}"
                );
            }
            let quiet = without(&inventory, &scenario, &asked, *start, &stop);
            let quiet = quiet.expect("small inventories are settled");
            kept += usize::from(quiet.kept.is_some());
        }
        never += usize::from(kept == 0);
        at_times += usize::from(kept > 0 && kept < asked.starts.len());
    }
    assert!(
        never >= 5 && at_times >= 5,
        "nothing is missing before any start in {never} draws, before some in {at_times}"
    );
}

/// What the hours cost without the maintenance is what the scenario without it costs, written out.
#[test]
fn quiet_hours_equal_those_written_out() {
    let (mut failures, mut broken) = (Vec::new(), 0);
    for seed in 0..10 {
        let draw = draw(seed, Size::SMALL);
        let (mut inventory, mut scenario) = read(&draw.files, &draw.scenario);
        with_hours(seed, &mut inventory, &mut scenario);
        scenario.policy.reaction_minutes = 0.0;
        scenario.policy.max_moved_users = None;
        scenario.policy.freeze_onboarding = false;
        let asked = asked(&inventory, &scenario, FailureSet::Sites, 4);
        let shared = Arc::new(inventory.clone());
        // One more failure does the same beside a maintenance of nothing.
        let nothing = WindowsAsked {
            reduction: Reduction {
                components: Vec::new(),
                ..asked.reduction.clone()
            },
            ..asked.clone()
        };
        let idle = windows(&shared, &scenario, &nothing, &Stop::default(), &|_| {});
        let idle = idle.expect("small inventories are settled");
        for &start in &asked.starts {
            let beside = idle.iter().find(|window| window.start == start);
            let beside = beside.and_then(|window| window.failures.clone());
            let one_without = without(&shared, &scenario, &asked, start, &Stop::default());
            let without = one_without.expect("small inventories are settled");
            broken += beside.as_ref().map_or(0, |one_more| one_more.broken);
            let call = |one_more: &Option<OneMore>| {
                let (name, users) = one_more.as_ref()?.worst.clone()?;
                Some((name, users.round()))
            };
            let counts = |one_more: &Option<OneMore>| {
                one_more
                    .as_ref()
                    .map(|one_more| (one_more.cases, one_more.broken))
            };
            let is_alike = counts(&without.failures) == counts(&beside)
                && call(&without.failures) == call(&beside);
            if without.failures.is_none() || !is_alike {
                failures.push(format!(
                    "seed {seed} {start}: {:?}, {beside:?}",
                    without.failures
                ));
            }
            let end = start + asked.duration;
            let others = scenario.events.iter();
            let others = others.filter(|event| event.start < end && event.end > start);
            let quiet = Scenario {
                start,
                end,
                events: others.cloned().collect(),
                ..scenario.clone()
            };
            let (levels, unserved) = levels(&inventory, &quiet);
            let worst = levels.iter().find(|level| level.0 == "worst");
            let worst = worst.map_or(0.0, |pair| pair.1);
            let share = without.missing.map_or(0.0, |missing| missing.share);
            if !is_same(without.unserved, unserved) || !is_same(share, worst) {
                failures.push(format!(
                    "seed {seed} {start}: {without:?}, {unserved} {worst}"
                ));
            }
        }
    }
    assert_none(&failures);
    assert!(broken > 0, "no failure leaves users unserved");
}
