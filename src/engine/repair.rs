//! Repairs: the least capacity that is missing in a case, each amount tried by planning again (`docs/model.md` §11).

use super::instant::Asking;
use super::settle::settle;
use super::settled::{Depth, SettledCase};
use crate::error::Result;
use crate::formulation::goals::Level;
use crate::ids::{ComponentId, ResourceId};
use crate::model::Case;
use crate::plan::Relaxed;
use crate::plan::explain::sayable;
use crate::plan::sweep::Repair;
use crate::solve::{Stop, least_capacity};
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// How much more capacity, ascending by component and resource, in the resource's unit.
pub(super) type Missing = Vec<(ComponentId, ResourceId, f64)>;

/// Who stays unserved in a case.
pub(super) struct Short {
    pub(super) unserved: f64,
    /// Those among them whom nobody can serve, however much capacity there is.
    pub(super) trapped: f64,
    /// The least capacity that is missing; empty where only rules keep users from being served, `None` if it was not
    /// found.
    pub(super) missing: Option<Missing>,
}

/// Who stays unserved in a settled case, and the least capacity that would serve them.
pub(super) fn short(settled: &SettledCase<'_, '_>) -> Result<Short> {
    let problem = settled.problem;
    let ranks = 0..problem.classes.ranks.len();
    let unserved = ranks.map(|rank| settled.value(Level::Unserved(rank))).sum();
    let trapped = problem.amounts_by_default().levels.unserved.iter().sum();
    let missing = if unserved - trapped > NOBODY {
        let rows = least_capacity(problem, &Stop::default())?;
        rows.map(|rows| {
            // What several hours lack is lacked once: as much as the hour that lacks most.
            let mut most: BTreeMap<(ComponentId, ResourceId), f64> = BTreeMap::new();
            for (row, amount) in rows {
                let row = &problem.rows.rows[row];
                let own = most.entry((row.component, row.resource)).or_default();
                *own = own.max(amount);
            }
            let named = most.into_iter();
            named
                .map(|((component, resource), amount)| (component, resource, amount))
                .collect()
        })
    } else {
        Some(Vec::new())
    };
    Ok(Short {
        unserved,
        trapped,
        missing,
    })
}

/// A repair of these rules and this capacity, as planning again finds it; `None` if the capacity is not known.
pub(super) fn tried(
    asking: Asking<'_>,
    case: &Case,
    rules: Vec<Relaxed>,
    missing: Option<&[(ComponentId, ResourceId, f64)]>,
) -> Result<Option<Repair>> {
    let Some(missing) = missing else {
        return Ok(None);
    };
    let mut raised = case.clone();
    let mut capacity = Vec::with_capacity(missing.len());
    for &(component, resource, amount) in missing {
        let at = [component.index(), resource.index()];
        let available = case.available[at];
        if available <= 0.0 {
            return Ok(None);
        }
        // What can be said, which is a little more than what is needed at least.
        let amount = sayable(amount / available);
        if let Some(own) = &mut raised.nominal[at] {
            *own += amount;
        }
        capacity.push((component, resource, amount));
    }
    let (unserved_after, capacity_users) =
        settle(asking, &raised, Depth::Verdict, None, |settled| {
            let ranks = 0..settled.problem.classes.ranks.len();
            let unserved: f64 = ranks.map(|rank| settled.value(Level::Unserved(rank))).sum();
            let mean = &settled.problem.mean_demand;
            let users = capacity.iter().map(|(_, resource, amount)| {
                let of_user = mean[resource.index()];
                if of_user > 0.0 { amount / of_user } else { 0.0 }
            });
            (unserved, users.sum())
        })?;
    Ok(Some(Repair {
        rules,
        capacity,
        capacity_users,
        unserved_after,
    }))
}
