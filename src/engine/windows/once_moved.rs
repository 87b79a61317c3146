//! One more failure once users have moved: from the homes that the plan of a drain leaves, as a sweep of that plan has it.

use super::super::sweep::Sweeper;
use super::movers::with_other_movers;
use super::one_more::{Broken, broken, summary};
use super::window::OneMore;
use crate::error::{Error, Result};
use crate::model::{FailureSet, Inventory, Scenario};
use crate::plan::Plan;
use crate::solve::Stop;
use jiff::Timestamp;
use rayon::prelude::*;
use std::sync::Arc;

/// What further failures do while a maintenance lasts, once users are where its plan homes them. Users may be moved again for
/// each, and all hours of a period have one answer.
#[derive(Debug, Clone, PartialEq)]
pub struct OnceMoved {
    /// Users who are unserved without a further failure, at most.
    pub unserved: f64,
    /// What one more failure would do.
    pub failures: OneMore,
    /// What one risk group would do that fails at once, where these are not what is asked about.
    pub groups: OneMore,
    /// `true` if the other policy of movers would answer otherwise whether any of them leaves users unserved.
    pub movers_decide: bool,
}

impl OnceMoved {
    /// Users who are unserved after the worst of the failures asked about; `None` where nothing is left that could fail.
    pub fn unserved_after_one_more(&self) -> Option<f64> {
        let worst = self.failures.worst.as_ref();
        let most = worst.map_or(self.unserved, |(_, users)| users.max(self.unserved));
        (self.failures.cases > 0).then_some(most)
    }

    /// `true` if a failure, or a risk group, leaves users unserved that the maintenance does not.
    pub fn is_broken(&self) -> bool {
        self.failures.broken > 0 || self.groups.broken > 0
    }
}

/// What further failures of a set do in the periods of a plan from an instant on.
///
/// # Errors
/// Those of [`windows`](super::windows).
pub(super) fn once_moved(
    inventory: &Arc<Inventory>,
    (scenario, plan): (&Scenario, &Plan),
    (start, over): (Timestamp, FailureSet),
    stop: &Stop,
) -> Result<OnceMoved> {
    let of = |scenario: &Scenario| further(inventory, (scenario, plan), (start, over), stop);
    let (unserved, failures, groups) = of(scenario)?;
    let mut once_moved = OnceMoved {
        unserved,
        failures: summary(inventory, &failures),
        groups: summary(inventory, &groups),
        movers_decide: false,
    };
    let is_broken = once_moved.is_broken();
    if let Some(other) = with_other_movers(scenario, is_broken) {
        let (_, failures, groups) = of(&other)?;
        let mut users = failures.values().chain(groups.values());
        once_moved.movers_decide = users.any(|users| *users > 0.0) != is_broken;
    }
    Ok(once_moved)
}

/// Users who are unserved at most without a further failure, and what each failure and each risk group does.
fn further(
    inventory: &Arc<Inventory>,
    (scenario, plan): (&Scenario, &Plan),
    (start, over): (Timestamp, FailureSet),
    stop: &Stop,
) -> Result<(f64, Broken, Broken)> {
    let periods = plan.periods.iter();
    let periods = periods.filter(|period| period.period.start >= start);
    let (mut most, mut failures, mut groups) = (0.0_f64, Broken::new(), Broken::new());
    for period in periods {
        let planned = (plan.before.clone(), period);
        let sweeper = Sweeper::from_plan(Arc::clone(inventory), scenario.clone(), planned, over)?;
        let cases = sweeper.contingencies();
        let unserved = |case: usize| {
            if stop.is_raised() {
                return Err(Error::StoppedEarly);
            }
            sweeper.unserved(case)
        };
        let all = 0..cases.without_gray();
        let unserved: Vec<f64> = all.into_par_iter().map(unserved).collect::<Result<_>>()?;
        let (of_members, of_groups) = unserved.split_at(cases.first_group());
        let Some(&alone) = of_members.first() else {
            continue;
        };
        most = most.max(alone);
        let of_groups: Vec<f64> = [&[alone], of_groups].concat();
        let failing_groups: Vec<_> = (cases.first_group()..cases.without_gray())
            .flat_map(|case| cases.failing(case))
            .collect();
        add(&mut failures, broken(cases.members(), of_members));
        add(&mut groups, broken(&failing_groups, &of_groups));
    }
    Ok((most, failures, groups))
}

/// Keeps the worst of each failure.
fn add(worst: &mut Broken, values: Broken) {
    for (failing, users) in values {
        let known = worst.entry(failing).or_insert(0.0);
        *known = known.max(users);
    }
}
