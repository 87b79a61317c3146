//! The state before, and the share of each headroom target that was missing in it, `s⁰` (`model.md` §4).
//!
//! Everybody is at home, there is no event, standby access points are closed that no earlier plan has opened.

use super::watch::{Stage, Watch};
use crate::diagnostic::{Code, Finding, Place};
use crate::error::{Error, Result};
use crate::formulation::rows::kept_share;
use crate::formulation::{
    Affected, Detail, Folded, FoundProfilePaths, Narrowing, Problem, Setting, StandbyUse,
};
use crate::graph::Network;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{
    Case, ExistingShortfall, Failover, Goal, Homes, Inventory, PlannedDemand, Policy, Scenario,
};
use crate::plan::{Before, SteeringGroups, flows, loads, most, parts, with_current_weights};
use crate::scenario::{Band, case_before};
use crate::solve::{Proof, Stop, solve};
use crate::units::FEASIBILITY;
use ndarray::Array2;

/// The case of the state before: shards to be placed are absent.
pub(super) fn case_of_before(inventory: &Inventory, scenario: &Scenario, band: Band) -> Case {
    let is_homeless = |shard: usize| inventory.shards[shard].site.is_none();
    case_before(inventory, scenario, band).without(inventory.shards.len(), is_homeless)
}

/// The state before as it is with more capacity of some resource at some components, where it is the same.
///
/// It is where all of them loaded less than what was to stay free left: then their rows have no price at any level
/// (complementary slackness), and the best state before is as good as before.
pub(super) fn before_with_more(
    more: &Inventory,
    scenario: &Scenario,
    before: &Before,
    raised: &[ComponentId],
    resource: ResourceId,
) -> Option<Before> {
    /// A row that is loaded up to this share of its capacity may bind as far as arithmetic goes.
    const SURELY_FREE: f64 = 1.0 - 1e-6;
    let is_free = |component: &ComponentId| {
        let at = [component.index(), resource.index()];
        let spare = before.case.capacity(at[0], at[1]);
        spare.is_none_or(|spare| {
            before.most[at] < SURELY_FREE * spare * (1.0 - before.case.target[at])
        })
    };
    raised.iter().all(is_free).then(|| {
        let mut case = case_of_before(more, scenario, Band::Expected);
        case.share(&before.case);
        Before {
            case,
            ..before.clone()
        }
    })
}

/// A state before with users and capacities of a scenario's start that nobody planned: nothing is loaded, nobody steered.
///
/// It does where every unmet headroom target counts, also one that was missed before.
pub(super) fn unplanned(inventory: &Inventory, scenario: &Scenario) -> Before {
    let case = case_of_before(inventory, scenario, Band::Expected);
    let nothing = Array2::zeros(case.nominal.dim());
    Before {
        case,
        folded: None,
        load: nothing.clone(),
        most: nothing,
        flows: Vec::new(),
        proof: Proof::Proven,
    }
}

/// What the state before is planned with.
pub(super) struct Quiet<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) network: &'a Network,
    pub(super) groups: &'a SteeringGroups,
    pub(super) scenario: &'a Scenario,
    /// The demand of its case with everybody at home.
    pub(super) folded: Folded,
    /// Paths of an instant at which no less may be used, if they are known.
    pub(super) found: Option<&'a FoundProfilePaths>,
}

pub(super) fn before(
    quiet: Quiet<'_>,
    case: Case,
    stop: &Stop,
    watch: &dyn Watch,
) -> Result<Before> {
    let Quiet {
        inventory,
        network,
        groups,
        scenario,
        folded,
        found,
    } = quiet;
    watch.enter(Stage::Model);
    let policy = policy_before(&scenario.policy);
    let at_start = case.hours.slice_at(scenario.start);
    let at_home = (inventory, network, &policy);
    let homes = Homes::whole(inventory.shards.iter().map(|shard| shard.site));
    let at = (&case, &folded, &homes);
    let known = (found, Detail::Plan);
    let (flows, by_slice, proof) = with_all_at_home(at_home, at, known, |problem| {
        watch.enter(Stage::Solve);
        let outcome = solve(problem, stop)?;
        let flows = with_current_weights(inventory, flows(problem, &outcome), at_start);
        let by_slice = loads(problem, groups, &parts(problem, &outcome), &flows);
        Ok((flows, by_slice, outcome.proof))
    })?;
    let most = most(&by_slice);
    // What was missing is that of one instant: no target is lowered because another hour is busier.
    let mut load = by_slice.into_iter().nth(at_start).unwrap_or_default();
    if !inventory.resumed.weights.is_empty() {
        fits(inventory, &case, &load)?;
    }
    for reference_utilization in &inventory.resumed.reference {
        let at = [
            reference_utilization.component.index(),
            reference_utilization.resource.index(),
        ];
        load[at] =
            case.nominal[at].map_or(0.0, |capacity| reference_utilization.utilization * capacity);
    }
    Ok(Before {
        case,
        folded: Some(folded),
        load,
        most,
        flows,
        proof,
    })
}

/// The problem of a case in which all users are at these homes and standby access points closed that no earlier plan has opened, handed to `then`; `found` are paths
/// of an instant at which no less may be used, if they are known.
pub(super) fn with_all_at_home<T>(
    (inventory, network, policy): (&Inventory, &Network, &Policy),
    (case, folded, homes): (&Case, &Folded, &Homes),
    (found, detail): (Option<&FoundProfilePaths>, Detail),
    then: impl FnOnce(&Problem<'_>) -> T,
) -> T {
    let kept = kept_before(case);
    let is_affected = Affected::all(&folded.kinds);
    let setting = Setting {
        inventory,
        network,
        case,
        policy,
        current: homes,
        folded,
        is_affected: &is_affected,
        kept_shortfall: &kept,
        standby: StandbyUse::AsBefore,
        narrowed: Narrowing::Home,
        is_distinguished: false,
    };
    then(&Problem::beside(setting, found, detail))
}

/// Weights that a component cannot carry before any event.
const TOO_MUCH: Code = Code("P3604");

/// Rule: with the weights of `current_weights.csv` no component is overloaded before any event.
fn fits(inventory: &Inventory, case: &Case, load: &Array2<f64>) -> Result<()> {
    let loads = load.indexed_iter();
    let worst = loads
        .filter_map(|((component, resource), load)| {
            let capacity = case.capacity(component, resource)?;
            let is_over = *load > capacity * (1.0 + FEASIBILITY);
            is_over.then(|| (ComponentId::new(component), resource, load / capacity))
        })
        .max_by(|a, b| a.2.total_cmp(&b.2));
    let Some((component, resource, utilization)) = worst else {
        return Ok(());
    };
    let found = format!(
        "weights with which {} of {} is at {:.1} % of its capacity before any event",
        inventory.resources[resource].id,
        inventory.component_title(component),
        100.0 * utilization
    );
    let place = Place::whole("current_weights.csv");
    let expected = "weights that every component can carry";
    let hint =
        "take the file out: the plan then begins with the best weights instead of those in force";
    let finding = Finding::error(TOO_MUCH, place, found, expected, hint);
    Err(Error::Unfit(vec![finding]))
}

/// Unserved by rank, then worst and total missing share, then least latency; nothing else limits, and nobody may
/// leave home.
pub(super) fn policy_before(policy: &Policy) -> Policy {
    Policy {
        max_latency: policy.max_latency,
        headroom: policy.headroom.clone(),
        existing_shortfall: ExistingShortfall::Repair,
        freeze_onboarding: policy.freeze_onboarding,
        demand: policy.demand,
        goals: vec![Goal::Unserved, Goal::Headroom, Goal::Latency],
        ..Policy::standard(policy.headroom.len(), policy.failover)
    }
}

/// `true` if two scenarios have one state before.
pub(super) fn has_same_before(a: &Scenario, b: &Scenario) -> bool {
    let without_failover = |scenario: &Scenario| Policy {
        failover: Failover::Anywhere,
        ..policy_before(&scenario.policy)
    };
    let is_same_span = a.end == b.end || a.policy.demand == PlannedDemand::Peak;
    a.start == b.start && is_same_span && without_failover(a) == without_failover(b)
}

/// Nothing was missing before the state before; a capacity of 0 has no target.
fn kept_before(case: &Case) -> Array2<f64> {
    case.nominal.mapv(|capacity| match capacity {
        Some(capacity) if capacity <= 0.0 => 1.0,
        _ => 0.0,
    })
}

/// Components × resources: the [`kept_share`] of each.
pub(super) fn kept_shortfall(
    case: &Case,
    before: &Case,
    load_before: &Array2<f64>,
    policy: ExistingShortfall,
) -> Array2<f64> {
    let before = before.nominal.iter().zip(load_before);
    let all = case.target.iter().zip(before);
    let all = all.map(|(&target, (&capacity, &load))| kept_share(target, capacity, load, policy));
    Array2::from_shape_vec(case.target.dim(), all.collect())
        .expect("invariant: one value for every target")
}
