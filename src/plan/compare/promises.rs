//! Whose promised availability two plans keep.

use crate::plan_files::{Lined, TenantRow, WrittenPlan};
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
}

impl BrokenPromise {
    /// `true` if only one of the plans breaks it.
    pub fn changes_side(&self) -> bool {
        self.is_below[0] != self.is_below[1]
    }
}

/// Whose promised availability two plans do not keep.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Promises {
    /// Tenants and tiers that at least one plan leaves below their promise: those of one plan first, then by name.
    pub broken: Vec<BrokenPromise>,
}

impl Promises {
    /// Of two written plans; `None` if one of them has no tenants.csv.
    pub fn of(a: &WrittenPlan, b: &WrittenPlan) -> Option<Self> {
        let (a, b) = (by_name(a.tenants.as_ref()?), by_name(b.tenants.as_ref()?));
        let mut names: Vec<(&str, &str)> = a.keys().chain(b.keys()).copied().collect();
        names.sort_unstable();
        names.dedup();
        let mut broken: Vec<BrokenPromise> = names
            .into_iter()
            .filter_map(|name| broken(name, a.get(&name).copied(), b.get(&name).copied()))
            .collect();
        broken.sort_by_key(|own| !own.changes_side());
        Some(Self { broken })
    }

    /// How many tenants are below a promise in the first plan and in the second one.
    pub fn below(&self) -> [usize; 2] {
        [0, 1].map(|side| {
            let below = self.broken.iter().filter(|own| own.is_below[side]);
            below.map(|own| &own.tenant).collect::<BTreeSet<_>>().len()
        })
    }
}

fn by_name(rows: &[Lined<TenantRow>]) -> BTreeMap<(&str, &str), &TenantRow> {
    let rows = rows.iter().map(|row| &row.row);
    rows.map(|row| ((row.tenant.as_str(), row.tier.as_str()), row))
        .collect()
}

fn broken(
    (tenant, tier): (&str, &str),
    a: Option<&TenantRow>,
    b: Option<&TenantRow>,
) -> Option<BrokenPromise> {
    let sides = [a, b];
    // Plans that were written before months were judged say what they keep over their scenario: then that is compared.
    let has_month = |own: &TenantRow| own.kept.is_none() || own.month_kept.is_some();
    let by_month = sides.into_iter().flatten().all(has_month);
    let kept = |row: &TenantRow| if by_month { row.month_kept } else { row.kept };
    let is_below = sides.map(|side| side.is_some_and(|row| kept(row) == Some(false)));
    let has = |row: &TenantRow| {
        if by_month {
            row.month_uptime
        } else {
            row.availability
        }
    };
    let availability = sides.map(|side| has(side?).map(|share| share.0));
    is_below.contains(&true).then(|| BrokenPromise {
        tenant: tenant.to_owned(),
        tier: tier.to_owned(),
        availability,
        promised: b.or(a).map_or(0.0, |row| row.promised),
        is_below,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan_files::Signed;

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
        let promises = Promises::of(&a, &b).expect("both have tenants");
        let names: Vec<&str> = promises
            .broken
            .iter()
            .map(|own| own.tenant.as_str())
            .collect();
        assert_eq!(names, ["saved", "both"]);
        assert_eq!(promises.below(), [2, 1]);
    }

    #[test]
    fn without_the_tenants_of_a_plan_nothing_is_said() {
        assert_eq!(Promises::of(&plan(&[]), &WrittenPlan::default()), None);
    }
}
