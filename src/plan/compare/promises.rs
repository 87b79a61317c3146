//! Whose promised availability two plans keep.

use super::comparison::matched;
use crate::plan_files::{TenantRow, WrittenPlan};
use std::collections::{BTreeMap, BTreeSet};

/// A tenant's users of one tier, in two plans of which at least one breaks the promise.
#[derive(Debug, Clone, PartialEq)]
pub struct BrokenPromise {
    /// Whose.
    pub tenant: String,
    /// Of which tier.
    pub tier: String,
    /// Share of all user-minutes of a calendar month, of the worst of several; for the first plan and the second one, if they
    /// have it.
    pub availability: [Option<f64>; 2],
    /// By the tier, as the second plan has it if it does.
    pub promised: f64,
    /// `true` if it is below what was promised, for either plan.
    pub is_below: [bool; 2],
    /// `true` if the plan states it, for either plan.
    pub is_stated: [bool; 2],
}

impl BrokenPromise {
    /// `true` if both plans state it; what one does not state counts for neither.
    pub fn is_in_both(&self) -> bool {
        self.is_stated == [true, true]
    }

    /// `true` if only one of the plans breaks it, and the other keeps it.
    pub fn changes_side(&self) -> bool {
        self.is_in_both() && self.is_below[0] != self.is_below[1]
    }

    fn new((tenant, tier): (&str, &str), sides: [Option<&TenantRow>; 2]) -> Option<Self> {
        // Plans that were written before months were judged say what they keep over their scenario: then that is compared.
        let has_month =
            |tenant_row: &TenantRow| tenant_row.kept.is_none() || tenant_row.month_kept.is_some();
        let by_month = sides.into_iter().flatten().all(has_month);
        let judged = sides.map(|side| {
            side.map(|row| {
                if by_month {
                    (row.month_kept, row.month_uptime)
                } else {
                    (row.kept, row.availability)
                }
            })
        });
        let is_below = judged.map(|pair| pair.is_some_and(|(kept, _)| kept == Some(false)));
        is_below.contains(&true).then(|| Self {
            tenant: tenant.to_owned(),
            tier: tier.to_owned(),
            availability: judged.map(|pair| Some(pair?.1?.0)),
            promised: sides[1].or(sides[0]).map_or(0.0, |row| row.promised),
            is_below,
            is_stated: sides.map(|tenant_row| tenant_row.is_some()),
        })
    }
}

/// Tenants and tiers that at least one of two plans leaves below their promise: those of one plan first, then by name;
/// `None` if a plan has no tenants.csv.
pub fn broken_promises(a: &WrittenPlan, b: &WrittenPlan) -> Option<Vec<BrokenPromise>> {
    let (a, b) = (by_name(a)?, by_name(b)?);
    let broken = matched([&a, &b]);
    let broken = broken.filter_map(|(name, sides)| {
        BrokenPromise::new(*name, sides.map(Option::<&&TenantRow>::copied))
    });
    let mut broken: Vec<BrokenPromise> = broken.collect();
    broken.sort_by_key(|broken_promise| !broken_promise.changes_side());
    Some(broken)
}

fn by_name(plan: &WrittenPlan) -> Option<BTreeMap<(&str, &str), &TenantRow>> {
    let rows = plan.tenants.as_ref()?.iter().map(|row| &row.row);
    let named = rows.map(|row| ((row.tenant.as_str(), row.tier.as_str()), row));
    Some(named.collect())
}

/// How many tenants are below a promise in the first plan and in the second one, of those that both state.
pub fn below_promise(broken: &[BrokenPromise]) -> [usize; 2] {
    [0, 1].map(|side| {
        let stated = broken
            .iter()
            .filter(|broken_promise| broken_promise.is_in_both());
        let below = stated.filter(|broken_promise| broken_promise.is_below[side]);
        below
            .map(|broken_promise| &broken_promise.tenant)
            .collect::<BTreeSet<_>>()
            .len()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan_files::{Lined, Signed};

    fn plan(rows: &[(&str, f64, Option<bool>)]) -> WrittenPlan {
        let row = |&(tenant, availability, kept): &(&str, f64, Option<bool>)| TenantRow {
            tenant: tenant.to_owned(),
            tier: "gold".to_owned(),
            users: 10.0,
            unserved_users: 0.0,
            moved_users: 0.0,
            unserved_user_minutes: 0.0,
            hurt_user_minutes: 0.0,
            user_minutes: 600.0,
            availability: Some(Signed(availability)),
            promised: 0.9,
            kept,
            lost_minutes: None,
            allowance_days: None,
            month: None,
            month_user_minutes: None,
            month_down_user_minutes: None,
            month_uptime: None,
            month_kept: None,
            month_counted: None,
        };
        let lined = |row| Lined { line: 0, row };
        WrittenPlan {
            tenants: Some(rows.iter().map(row).map(lined).collect()),
            ..WrittenPlan::default()
        }
    }

    #[test]
    fn those_below_their_promise_in_one_plan_come_first_and_those_who_are_fine_not_at_all() {
        let a = plan(&[
            ("both", 0.5, Some(false)),
            ("fine", 1.0, Some(true)),
            ("saved", 0.5, Some(false)),
        ]);
        // `empty` has no users, and nobody without users is below anything.
        let b = plan(&[
            ("both", 0.6, Some(false)),
            ("empty", 0.0, None),
            ("fine", 1.0, Some(true)),
            ("saved", 1.0, Some(true)),
        ]);
        let broken = broken_promises(&a, &b).expect("both have tenants");
        let names: Vec<&str> = broken
            .iter()
            .map(|broken_promise| broken_promise.tenant.as_str())
            .collect();
        assert_eq!(names, ["saved", "both"]);
        assert_eq!(below_promise(&broken), [2, 1]);
    }

    #[test]
    fn a_promise_that_one_plan_does_not_state_counts_for_neither() {
        let a = plan(&[("lone", 0.5, Some(false)), ("both", 0.5, Some(false))]);
        let b = plan(&[("both", 1.0, Some(true))]);
        for (first, second, below) in [(&a, &b, [1, 0]), (&b, &a, [0, 1])] {
            let broken = broken_promises(first, second).expect("both have tenants");
            assert_eq!(below_promise(&broken), below);
            let changing = broken
                .iter()
                .filter(|broken_promise| broken_promise.changes_side());
            let names: Vec<&str> = changing
                .map(|broken_promise| broken_promise.tenant.as_str())
                .collect();
            assert_eq!(names, ["both"]);
        }
    }

    #[test]
    fn without_the_tenants_of_a_plan_nothing_is_said() {
        assert_eq!(broken_promises(&plan(&[]), &WrittenPlan::default()), None);
    }
}
