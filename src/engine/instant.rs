//! An instant that cases are asked about: what they have in common.

use super::before::kept_shortfall;
use crate::formulation::{
    Affected, Detail, Folded, FoundProfilePaths, Narrowing, Problem, Setting, StandbyUse,
    UnchangedClasses,
};
use crate::graph::Network;
use crate::model::{
    Case, Event, EventKind, Goal, Homes, Hours, Inventory, Movers, Policy, Scenario,
};
use crate::plan::Before;
use crate::scenario::{BaseDemand, Knowledge, case_of_events, in_force};
use jiff::Timestamp;
use ndarray::Array2;
use std::borrow::Cow;
use std::sync::Arc;

/// What questions about one instant have in common.
#[derive(Debug)]
pub(super) struct Instant {
    at: Timestamp,
    hours: Arc<Hours>,
    pub(super) homes: Homes,
    /// By site, whether growth since the scenario's start has lowered its free share.
    pub(super) lowered: Vec<bool>,
    /// The demand of the instant without events, at these homes.
    pub(super) folded: Folded,
    /// The paths while nothing is lost.
    pub(super) found: FoundProfilePaths,
    /// Users who stay where they are in cases that do not touch them.
    pub(super) spared: Option<UnchangedClasses>,
}

/// What an instant is one of.
#[derive(Clone, Copy)]
pub(super) struct Backdrop<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) network: &'a Network,
    pub(super) scenario: &'a Scenario,
    /// `None` where only levels are asked that come before headroom: what was missing of targets before does not matter to
    /// them.
    pub(super) before: Option<&'a Before>,
}

/// What a question is put to.
#[derive(Clone, Copy)]
pub(super) struct Asking<'a> {
    pub(super) backdrop: Backdrop<'a>,
    pub(super) instant: &'a Instant,
}

impl Instant {
    /// What questions about an instant have in common; `case` is that of the instant without events, `folded` its demand
    /// at these homes.
    pub(super) fn new(
        (inventory, network, scenario): (&Inventory, &Network, &Scenario),
        case: &Case,
        (homes, folded, lowered): (Homes, Folded, Vec<bool>),
        at: Timestamp,
    ) -> Self {
        Self::beside(
            (inventory, network, scenario),
            case,
            (homes, folded, lowered),
            (at, None),
        )
    }

    /// The same beside another instant, whose paths are used again where no more may be used than then.
    pub(super) fn beside(
        (inventory, network, scenario): (&Inventory, &Network, &Scenario),
        case: &Case,
        (homes, folded, lowered): (Homes, Folded, Vec<bool>),
        (at, known): (Timestamp, Option<&FoundProfilePaths>),
    ) -> Self {
        let by_demand = (&homes, &folded);
        let (found, spared) = quiet(inventory, network, scenario, case, by_demand, known);
        Self {
            spared,
            ..Self::with_paths(case, (homes, folded, lowered), (at, found))
        }
    }

    /// An instant that is asked about to the depth of moves or further: what less deep questions have in common is not
    /// worked out. Paths are those of another, used again where no more may be used than then.
    pub(super) fn with_paths(
        case: &Case,
        (homes, folded, lowered): (Homes, Folded, Vec<bool>),
        (at, found): (Timestamp, FoundProfilePaths),
    ) -> Self {
        Self {
            at,
            hours: Arc::clone(&case.hours),
            homes,
            lowered,
            folded,
            found,
            spared: None,
        }
    }
}

impl Asking<'_> {
    /// What is available and demanded with these events, in addition to those that are in force and known.
    pub(super) fn case(&self, events: &[EventKind]) -> Case {
        let scenario = self.backdrop.scenario;
        let at = self.instant.at;
        let asked: Vec<Event> = events
            .iter()
            .map(|kind| Event {
                kind: kind.clone(),
                start: at,
                end: scenario.end,
                detected: at,
                drain_minutes: None,
                is_end_assumed: false,
            })
            .collect();
        let known: Vec<Cow<'_, Event>> = scenario
            .events
            .iter()
            .filter_map(|event| in_force(event, scenario, at, Knowledge::Believed))
            .collect();
        let all: Vec<&Event> = known
            .iter()
            .map(Cow::as_ref)
            .chain(asked.iter().filter(|event| event.is_planned_for()))
            .collect();
        let demand = BaseDemand {
            base_users: self.instant.folded.base_users().clone(),
            hours: Arc::clone(&self.instant.hours),
        };
        case_of_events(self.backdrop.inventory, scenario, at, &demand, &all)
    }

    /// What rules, rows and paths of a case are made from, handed to `then`; `folded` is the demand of the case.
    pub(super) fn in_setting<T>(
        &self,
        case: &Case,
        folded: &Folded,
        who: WhoIsAffected,
        then: impl FnOnce(Setting<'_>) -> T,
    ) -> T {
        let (backdrop, instant) = (&self.backdrop, self.instant);
        let (inventory, network) = (backdrop.inventory, backdrop.network);
        let policy = &backdrop.scenario.policy;
        let kinds = &folded.kinds;
        let is_affected = match who {
            WhoIsAffected::Everybody => Affected::all(kinds),
            WhoIsAffected::Touched => Affected::beside(
                inventory,
                network,
                instant.found.through(),
                case,
                policy,
                kinds,
                &instant.lowered,
            ),
        };
        let kept = backdrop.before.map_or_else(
            || Array2::zeros(case.target.dim()),
            |before| kept_shortfall(case, &before.case, &before.load, policy.existing_shortfall),
        );
        then(Setting {
            inventory,
            network,
            case,
            policy,
            current: &instant.homes,
            folded,
            is_affected: &is_affected,
            kept_shortfall: &kept,
            standby: StandbyUse::of(policy),
            narrowed: Narrowing::Rules,
            is_distinguished: false,
        })
    }

    /// The demand of a case, folded: that of the instant unless surges are in force.
    pub(super) fn folded(&self, case: &Case) -> Folded {
        let folded = &self.instant.folded;
        if folded.has_surges_of(case) {
            folded.clone()
        } else {
            Folded::new(self.backdrop.inventory, case, &self.instant.homes)
        }
    }
}

/// Who counts as affected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhoIsAffected {
    /// Users that an event or growth touches.
    Touched,
    /// Everybody: for those who have lost their path or their site, who are. If they were at their current site, something
    /// on a path there has been touched; else they had left it, being affected already.
    Everybody,
}

/// The least-latency paths of an instant without events, as far as they are not known, and what stays as it is in cases
/// that move nobody but the affected, if cases are looked at so.
fn quiet(
    inventory: &Inventory,
    network: &Network,
    scenario: &Scenario,
    case: &Case,
    (homes, folded): (&Homes, &Folded),
    known: Option<&FoundProfilePaths>,
) -> (FoundProfilePaths, Option<UnchangedClasses>) {
    let policy = Policy {
        movers: Movers::Affected,
        ..scenario.policy.clone()
    };
    let is_affected = Affected::none(&folded.kinds);
    let kept = Array2::zeros(case.target.dim());
    let problem = Problem::beside(
        Setting {
            inventory,
            network,
            case,
            policy: &policy,
            current: homes,
            folded,
            is_affected: &is_affected,
            kept_shortfall: &kept,
            standby: StandbyUse::of(&policy),
            narrowed: Narrowing::Rules,
            is_distinguished: false,
        },
        known,
        Detail::Values,
    );
    let found = known.map_or_else(
        || FoundProfilePaths::of(&problem.profile_paths),
        FoundProfilePaths::clone,
    );
    let spared = is_plain(&policy).then(|| UnchangedClasses::of(problem));
    (found, spared)
}

/// `true` if unserved users, then moves of the unaffected, then headroom come first, and moves have no limit.
///
/// Then it is enough, where everybody can be served so, to look at plans that move nobody but the affected: no other
/// plan has better values of these levels.
pub(super) fn is_plain(policy: &Policy) -> bool {
    let first = [Goal::Unserved, Goal::Relief, Goal::Headroom];
    policy.max_moved_users.is_none() && policy.goals.starts_with(&first)
}
