//! By rule: every case of failures on one day under a recovery that decides nothing.

use super::super::instant::WhoIsAffected;
use super::super::planner::Planner;
use super::super::sweep::ByRule;
use super::answer::CaseOnDay;
use super::cases::stopped;
use super::dated::Dated;
use super::occasion::{Occasion, endless};
use crate::error::{Error, Result};
use crate::ids::{ComponentId, ResourceId};
use crate::model::{Contingencies, Inventory, Recovery};
use crate::plan::runway::{Adjustment, Condition, FirstFailure};
use crate::plan::{Flow, Part};
use crate::solve::{Proof, Stop};
use crate::units::NOBODY;
use rayon::prelude::*;
use std::sync::Arc;

/// Unserved users of a case, and what is furthest above its capacity.
type RuledOverload = (f64, Option<(ComponentId, ResourceId, f64)>);

/// What the worst case of a day comes to, and in which contingencies it is counted. It is proven as is: a rule and a steering
/// that are known decide it.
///
/// # Errors
/// Those of [`plan`](super::super::plan); [`Error::Internal`] if there are more cases than can be counted.
pub(super) fn worst_by_rule(
    dated: &Dated<'_>,
    (recovery, adjustment): (Recovery, Adjustment),
    occasion: Occasion<'_>,
    stop: &Stop,
) -> Result<(CaseOnDay, Contingencies)> {
    let (parts, flows, proof) = if adjustment == Adjustment::AsIs {
        let (parts, flows) = dated.assignment(occasion);
        (parts, flows, Proof::Proven)
    } else {
        let plan = dated.rebalanced(occasion, stop)?;
        (plan.parts, plan.flows, Proof::Gap)
    };
    let ruled = |inventory: &Arc<Inventory>| {
        by_rule(dated, inventory, recovery, occasion, (&parts, &flows), stop)
    };
    let (of_cases, contingencies) = ruled(dated.inventory())?;
    // Who is served nowhere although nothing is limited is trapped.
    let (without_limits, _) = ruled(&endless(dated.inventory()))?;
    let cases = of_cases.into_iter().zip(without_limits).enumerate();
    let answers = cases.map(|(case, ((unserved, above), (trapped, _)))| {
        let unserved = (unserved - trapped).max(0.0);
        CaseOnDay {
            fails: unserved > NOBODY,
            failure: FirstFailure {
                case,
                binding: above.map(|(component, resource, _)| (component, resource)),
                short: above.map_or(0.0, |(.., short)| short),
                unserved,
                trapped,
            },
            trapped,
            proof,
        }
    });
    let worst = answers.reduce(|worst, next| {
        if next.failure.unserved > worst.failure.unserved {
            next
        } else {
            worst
        }
    });
    let no_case = || Error::Internal("there is not even normal operation".into());
    let worst = worst.ok_or_else(no_case)?;
    if !worst.fails && adjustment == Adjustment::Rebalanced {
        // Users that the plan itself leaves unserved look trapped by its rule.
        let normal = dated.normal((Condition::Served, adjustment), occasion)?;
        if normal.fails {
            return Ok((CaseOnDay { proof, ..normal }, contingencies));
        }
    }
    Ok((worst, contingencies))
}

/// By case, users as is who have no site under a recovery that decides nothing, whatever the capacity; and which cases those are.
///
/// # Errors
/// Those of [`worst_by_rule`].
pub(super) fn trapped_by_rule(
    dated: &Dated<'_>,
    recovery: Recovery,
    occasion: Occasion<'_>,
    stop: &Stop,
) -> Result<(Vec<f64>, Contingencies)> {
    let (parts, flows) = dated.assignment(occasion);
    let endless = endless(dated.inventory());
    let (ruled, of) = by_rule(dated, &endless, recovery, occasion, (&parts, &flows), stop)?;
    Ok((ruled.into_iter().map(|(users, _)| users).collect(), of))
}

fn by_rule(
    dated: &Dated<'_>,
    inventory: &Arc<Inventory>,
    recovery: Recovery,
    occasion: Occasion<'_>,
    (parts, flows): (&[Part], &[Flow]),
    stop: &Stop,
) -> Result<(Vec<RuledOverload>, Contingencies)> {
    let planner = Planner::without_before(
        Arc::clone(inventory),
        dated.on(occasion),
        Some(dated.found()),
    );
    let asking = planner.asking();
    let quiet = asking.case(&[]);
    let folded = asking.folded(&quiet);
    let too_many = || Error::Internal("there are more cases than can be counted".into());
    let contingencies = Contingencies::left_in(inventory, &quiet, dated.failures(), true, None)
        .ok_or_else(too_many)?;
    let everybody = WhoIsAffected::Everybody;
    let rule = asking.in_setting(&quiet, &folded, everybody, |setting| {
        ByRule::new(&setting, (&contingencies, recovery), parts, flows)
    });
    let answers: Vec<Result<RuledOverload>> = (0..contingencies.count())
        .into_par_iter()
        .map(|case| {
            stopped(stop)?;
            let known = asking.case(&contingencies.events(inventory, case));
            let folded = asking.folded(&known);
            let answer =
                asking.in_setting(&known, &folded, everybody, |setting| rule.overload(setting));
            Ok(answer)
        })
        .collect();
    let answers: Result<Vec<RuledOverload>> = answers.into_iter().collect();
    Ok((answers?, contingencies))
}
