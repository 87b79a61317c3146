//! Whatever the solver does wrong: the levels have their right values, or they say that they are not proven; no bound
//! is above what is true; and the plan keeps every row.

use super::instances::{Instance, assert_none, by_hand, drawn};
use crate::formulation::goals::{Level, per_user};
use crate::formulation::{Problem, posed};
use crate::model::Homes;
use crate::scenario::{Band, Knowledge, case_at, periods};
use crate::solve::faults::{Fault, When, Wrong, WrongSet, with_fault};
use crate::solve::{LevelProof, Outcome, Prices, Proof, Stop, solve};
use crate::units::{FEASIBILITY, is_close};

/// Relative agreement of values, and of bounds with the values that they bound.
const SAME: f64 = 1e-6;

/// Every kind of fault that the solver may have.
pub(crate) fn faults() -> Vec<Fault> {
    // HiGHS: nothing set, errors of loading, model, presolve, solve and postsolve, empty, infeasible, either or
    // unbounded, unbounded, bound and target reached, time and iteration limit, unknown, interrupt, memory limit.
    let statuses = [
        0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, -1, 99,
    ];
    let numbers = [
        Wrong::Zero,
        Wrong::Negated,
        Wrong::Times(1.01),
        Wrong::Times(0.99),
        Wrong::Times(-1e3),
        Wrong::Times(1e9),
        Wrong::Times(1e300),
        Wrong::Plus(0.01),
        Wrong::Plus(-0.01),
        Wrong::All(1.0),
        Wrong::All(-1.0),
        Wrong::All(f64::NAN),
        Wrong::All(f64::INFINITY),
        Wrong::All(f64::NEG_INFINITY),
        Wrong::Reversed,
    ];
    let mut all: Vec<Fault> = statuses.map(Fault::Status).to_vec();
    all.extend([0, 1, 3].map(Fault::IterationLimit));
    all.extend([1, 2, 3].map(Fault::Basis));
    all.extend(numbers.map(Fault::Duals));
    all.extend(numbers.map(Fault::Columns));
    all.extend([WrongSet::None, WrongSet::Empty, WrongSet::Full].map(Fault::Sets));
    all
}

/// Which runs are wrong.
const WHEN: [When; 9] = [
    When::Once(0),
    When::Once(1),
    When::Once(2),
    When::Once(4),
    When::Once(7),
    When::From(0),
    When::From(3),
    When::Every(2),
    When::Every(3),
];

/// Looks at the problem of the first period in which an event is in force, everybody at home; in every second instance
/// half of every target was missing before.
fn with_problem<R>(instance: &Instance, look: impl FnOnce(&Problem<'_>) -> R) -> R {
    let (inventory, scenario) = (&instance.inventory, &instance.scenario);
    let homes = Homes::whole(inventory.shards.iter().map(|shard| shard.site));
    let case_of = |at| case_at(inventory, scenario, at, Knowledge::Believed, Band::Expected);
    let starts = periods(inventory, scenario)
        .into_iter()
        .map(|period| period.start);
    let cases: Vec<_> = starts.map(case_of).collect();
    let eventful = cases.iter().find(|case| case.is_event_in_force);
    let case = eventful.unwrap_or(&cases[0]);
    let half = if instance.name.len().is_multiple_of(2) {
        0.5
    } else {
        0.0
    };
    posed::with_problem((inventory, scenario), case, &homes, half, look)
}

/// What is wrong with an outcome beside the right one.
fn wrongs(problem: &Problem<'_>, right: &Outcome, outcome: &Outcome) -> Vec<String> {
    let mut wrongs = broken_rows(problem, outcome);
    if outcome.levels.len() != right.levels.len() {
        wrongs.push(format!("{} levels", outcome.levels.len()));
    }
    let is_proven = outcome.proof == Proof::Proven;
    // A bound is one for the values of the levels before, whatever they are: it is compared as far as they are right.
    let mut is_comparable = true;
    for (level_outcome, right) in outcome.levels.iter().zip(&right.levels) {
        let slack = SAME * right.value.abs().max(1.0);
        if !level_outcome.bound.is_finite()
            || is_comparable && level_outcome.bound > right.value + slack
        {
            wrongs.push(format!(
                "{:?}: bound {} above {}",
                level_outcome.level, level_outcome.bound, right.value
            ));
        }
        is_comparable &= is_close(level_outcome.value, right.value, SAME);
        if !level_outcome.value.is_finite()
            || is_proven && !is_close(level_outcome.value, right.value, SAME)
        {
            wrongs.push(format!(
                "{:?}: {} is {}",
                level_outcome.level, level_outcome.value, right.value
            ));
        }
        if !level_outcome
            .gains
            .iter()
            .all(|gain| gain.is_finite() && *gain >= 0.0)
        {
            wrongs.push(format!(
                "{:?}: gains {:?}",
                level_outcome.level, level_outcome.gains
            ));
        }
        // Where capacity has a price that proves the level, more of it is worth something.
        let is_paid =
            matches!(&level_outcome.proof, LevelProof::Prices(prices) if has_prices(prices));
        let pays = level_outcome.gains.iter().any(|gain| *gain > 0.0);
        if is_proven && level_outcome.level != Level::Total && is_paid && !pays {
            wrongs.push(format!(
                "{:?}: no gains though {:?}",
                level_outcome.level, level_outcome.proof
            ));
        }
        let has_gap = level_outcome.value - level_outcome.bound > slack;
        if is_proven && has_gap {
            wrongs.push(format!(
                "{:?}: proven with a gap of {}",
                level_outcome.level,
                level_outcome.gap()
            ));
        }
    }
    wrongs
}

/// `true` if some row has a price that is more than what tolerances leave.
fn has_prices(prices: &Prices) -> bool {
    let all = prices.target.iter().chain(&prices.hard);
    all.into_iter().any(|row| row.price > SAME)
}

/// Rows that the plan of an outcome breaks, multiplied out from who is served where.
fn broken_rows(problem: &Problem<'_>, outcome: &Outcome) -> Vec<String> {
    let mut broken = Vec::new();
    let classes = &problem.classes.classes;
    let mut users = vec![0.0; classes.len()];
    for (class, ranks) in &outcome.unserved {
        users[*class] = ranks.iter().sum();
    }
    let mut load: Vec<f64> = problem.rows.rows.iter().map(|row| row.fixed).collect();
    let mut moved = 0.0;
    for served in &outcome.served {
        let path = outcome.paths.get(served.path);
        let class = &classes[served.class];
        users[served.class] += served.users;
        moved += served.users * per_user(Level::Moved, class, path.site);
        for (row, of_user) in problem.loads(served.class, path) {
            load[row] += of_user * served.users;
        }
        let mut legs = path.legs().iter();
        let is_open = legs.all(|leg| outcome.is_open[leg.access_point.index()]);
        let may_be = class.sites.contains(&path.site) && is_open;
        if !may_be || served.users.is_nan() || served.users < 0.0 {
            broken.push(format!("{served:?} at {:?}", path.site));
        }
    }
    for (class, users) in classes.iter().zip(users) {
        if !is_close(users, class.users, FEASIBILITY) {
            broken.push(format!("{users} of {} users", class.users));
        }
    }
    for (row, load) in problem.rows.rows.iter().zip(load) {
        let over = load - row.capacity;
        if over.is_nan() || over > FEASIBILITY * row.capacity.max(1.0) {
            broken.push(format!("{load} of {} at {:?}", row.capacity, row.component));
        }
    }
    if let Some(most) = problem.setting.policy.max_moved_users
        && moved > most + FEASIBILITY * most.max(1.0)
    {
        broken.push(format!("{moved} move, at most {most} may"));
    }
    broken
}

/// What is found where each fault meets each instance; and how many outcomes were proven, and not.
fn found_at(instances: &[Instance], faults: &[Fault], when: &[When]) -> (Vec<String>, [usize; 2]) {
    let mut found = Vec::new();
    let mut counts = [0, 0];
    for instance in instances {
        with_problem(instance, |problem| {
            let right = solve(problem, &Stop::default()).expect("it is solved");
            if right.proof != Proof::Proven {
                found.push(format!(
                    "{}: {:?} without a fault",
                    instance.name, right.proof
                ));
            }
            for &fault in faults {
                for &when in when {
                    let asked = || solve(problem, &Stop::default());
                    let (outcome, runs) = with_fault(fault, when, asked);
                    let label = format!("{} {fault:?} {when:?} in {runs} runs", instance.name);
                    match outcome {
                        Ok(outcome) => {
                            counts[usize::from(outcome.proof != Proof::Proven)] += 1;
                            let mut wrongs = wrongs(problem, &right, &outcome);
                            let is_once = matches!(when, When::Once(_));
                            if is_once && outcome.proof != Proof::Proven {
                                wrongs.push("one wrong run is not made good".to_owned());
                            }
                            found.extend(wrongs.iter().map(|wrong| format!("{label}: {wrong}")));
                        }
                        Err(error) => found.push(format!("{label}: {error}")),
                    }
                }
            }
        });
    }
    (found, counts)
}

#[test]
fn every_fault_leaves_the_hand_derived_cases_right_or_unproven() {
    let (found, counts) = found_at(&by_hand(), &faults(), &WHEN);
    assert_none(&found);
    assert!(counts[0] > counts[1], "{counts:?}");
}

#[test]
fn every_fault_leaves_random_inventories_right_or_unproven() {
    let (found, counts) = found_at(&drawn(12), &faults(), &WHEN);
    assert_none(&found);
    assert!(counts[0] > counts[1], "{counts:?}");
}

/// One level fails, those before and after it do not.
#[test]
fn spells_of_faults_leave_random_inventories_right_or_unproven() {
    let faults = [
        Fault::Status(4),
        Fault::IterationLimit(0),
        Fault::Duals(Wrong::Zero),
        Fault::Duals(Wrong::Times(10.0)),
        Fault::Columns(Wrong::Zero),
        Fault::Columns(Wrong::Times(0.99)),
        Fault::Sets(WrongSet::Full),
    ];
    let spells: Vec<When> = (0..30).map(|first| When::Spell(first, 16)).collect();
    let (found, counts) = found_at(&drawn(12), &faults, &spells);
    assert_none(&found);
    assert!(counts[0] > 0 && counts[1] > 0, "{counts:?}");
}
