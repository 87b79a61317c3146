//! Movers: whether the policy of movers decides if one more failure leaves users unserved.

use super::window::OneMore;
use crate::model::{Movers, Policy, Scenario};

/// Where the other policy of movers would answer otherwise whether any further failure leaves users unserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MoversDecide {
    /// In a window, before users move.
    pub window: bool,
    /// In the same hours without the maintenance.
    pub without: bool,
}

/// The scenario whose answer may differ, and whether a further failure leaves users unserved in this one.
pub(super) fn other_answer(
    scenario: &Scenario,
    failures: Option<&OneMore>,
) -> Option<(Scenario, bool)> {
    let is_broken = failures.filter(|one_more| one_more.cases > 0)?.broken > 0;
    let other = with_other_movers(scenario, is_broken)?;
    Some((other, is_broken))
}

/// The scenario with the other policy of movers; `None` where that cannot change the answer: whatever is survived while only
/// affected users may move is survived while all may.
pub(super) fn with_other_movers(scenario: &Scenario, is_broken: bool) -> Option<Scenario> {
    let movers = match (scenario.policy.movers, is_broken) {
        (Movers::All, false) => Movers::Affected,
        (Movers::Affected, true) => Movers::All,
        _ => return None,
    };
    Some(Scenario {
        policy: Policy {
            movers,
            ..scenario.policy.clone()
        },
        ..scenario.clone()
    })
}
