//! Protected: whether a plan was found that homes shards so that all cases of a day are survived (`docs/model.md` §10).

use super::super::plan::{Options, plan};
use super::super::watch::NoWatch;
use super::answer::CaseOnDay;
use super::cases::stopped;
use super::dated::Dated;
use super::occasion::Occasion;
use crate::error::Result;
use crate::model::{Contingencies, Protect, Recovery};
use crate::plan::runway::{Adjustment, Condition, FirstFailure};
use crate::solve::{Proof, Stop};
use crate::units::NOBODY;

/// What the worst case of a day comes to from the homes of the best protected plan that was found. Nothing of it is proven:
/// other homes may survive more.
///
/// # Errors
/// Those of [`plan`]; [`Error::StoppedEarly`](crate::error::Error::StoppedEarly) also where a stop left a plan, whose homes need
/// not be the best ones.
pub(super) fn protected(
    dated: &Dated<'_>,
    condition: Condition,
    occasion: Occasion<'_>,
    among: &Contingencies,
    stop: &Stop,
) -> Result<CaseOnDay> {
    let (over, failures) = dated.failures();
    let mut scenario = dated.on(occasion);
    scenario.policy.require_stable = condition == Condition::StableUnder;
    scenario.protect = Some(Protect {
        failures: u32::try_from(failures).unwrap_or(u32::MAX),
        over,
        recovery: Recovery::Replan,
        gray: None,
    });
    let options = Options {
        stop,
        watch: &NoWatch,
    };
    let planned = plan(dated.inventory_of(condition), &scenario, &options)?;
    stopped(stop)?;
    let normal = dated.normal((Condition::Served, Adjustment::Rebalanced), occasion)?;
    let protection = planned
        .periods
        .iter()
        .find_map(|period| period.protection.as_ref());
    let lost = protection.into_iter().flat_map(|found| &found.unprotected);
    let lost = lost.map(|lost| (lost, lost.users - lost.stuck));
    let worst = lost.reduce(|worst, next| if next.1 > worst.1 { next } else { worst });
    let worst = worst.filter(|(_, users)| *users > NOBODY);
    let Some((lost, users)) = worst else {
        return Ok(CaseOnDay {
            proof: Proof::Gap,
            ..normal
        });
    };
    let fails_same = |case: &usize| among.failing(*case).eq(lost.failing.iter().copied());
    Ok(CaseOnDay {
        failure: FirstFailure {
            case: (0..among.count()).find(fails_same).unwrap_or(0),
            binding: None,
            short: 0.0,
            unserved: users,
            trapped: lost.stuck,
        },
        trapped: lost.stuck,
        proof: Proof::Gap,
        fails: true,
    })
}
