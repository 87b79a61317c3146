//! Quiet: what the hours of a window cost where nothing is maintained.

use super::super::before::kept_shortfall;
use super::any_hour::AnyHour;
use super::asked::{WindowsAsked, cases_of, frozen, maintenance, others_between, window};
use super::one_more::BusyHours;
use super::window::{OneMore, Window};
use crate::error::Result;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{Inventory, Scenario};
use crate::plan::Before;
use crate::plan::sweep::Missing;
use crate::solve::Stop;
use crate::units::AGREEMENT;
use jiff::Timestamp;
use std::sync::Arc;

/// What the hours of a window cost without the maintenance: what else happens then goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct Without {
    /// Unserved users.
    pub unserved: f64,
    /// What headroom is missing at worst, counted as that of windows is; `None` if no target is missed.
    pub missing: Option<Missing>,
    /// What one more failure would do then; `None` where it was not asked.
    pub failures: Option<OneMore>,
    /// What is missing at worst before anything happens, and not counted in `missing` because the policy keeps it; `None`
    /// if nothing is.
    pub kept: Option<Missing>,
}

/// What the hours of the window that begins at `start` cost without the maintenance.
///
/// # Errors
/// Those of [`windows`](super::windows).
pub fn without(
    inventory: &Arc<Inventory>,
    scenario: &Scenario,
    asked: &WindowsAsked,
    start: Timestamp,
    stop: &Stop,
) -> Result<Without> {
    let (inventory, scenario) = frozen(inventory, scenario);
    let (inventory, scenario) = (&*inventory, &*scenario);
    let quiet = others_between(scenario, start, maintenance(asked, start).end);
    let any_hour = AnyHour::new(inventory, &quiet);
    let before = any_hour.before(&quiet, any_hour.case_of_before(&quiet))?;
    let one_window: Window = window(&any_hour, &quiet, &before, stop)?;
    let cases = cases_of(inventory, &quiet);
    let hours = asked
        .over
        .map(|over| BusyHours::new(inventory, over, &[(&quiet, &cases[..])]));
    let failures = hours.map(|hours| hours.one_more(&any_hour, stop, &|| {}));
    let failures = failures.transpose()?;
    Ok(Without {
        unserved: one_window.unserved_users(),
        missing: one_window.missing,
        failures: failures.and_then(|one_mores| one_mores.into_iter().next()),
        kept: kept(&before, &quiet),
    })
}

/// The share of a headroom target that is missing at worst before a scenario and is kept.
fn kept(before: &Before, scenario: &Scenario) -> Option<Missing> {
    let existing = scenario.policy.existing_shortfall;
    let case = &before.case;
    let kept = kept_shortfall(case, case, &before.load, existing);
    let mut worst: Option<Missing> = None;
    for ((component, resource), &share) in kept.indexed_iter() {
        let has_capacity = case.nominal[[component, resource]].is_some_and(|value| value > 0.0);
        let is_worse = share > worst.map_or(AGREEMENT, |known| known.share);
        if has_capacity && is_worse {
            worst = Some(Missing {
                share,
                component: ComponentId::new(component),
                resource: ResourceId::new(resource),
            });
        }
    }
    worst
}
