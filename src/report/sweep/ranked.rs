//! Which of two cases is worse.

use crate::plan::sweep::Found;
use crate::units::NOBODY;
use std::cmp::Ordering;

/// Users unserved in a case; what arithmetic leaves of nobody is nobody.
pub(super) fn unserved(found: &Found) -> f64 {
    let users = found.unserved_users();
    if users > NOBODY { users } else { 0.0 }
}

/// The worse first: by users unserved, then by the worst missing share of a target.
pub(super) fn severity(left: &Found, right: &Found) -> Ordering {
    unserved(right)
        .total_cmp(&unserved(left))
        .then(right.worst_shortfall().total_cmp(&left.worst_shortfall()))
}

/// The worse first; of equally bad ones the first case.
pub(super) fn worse(left: &Found, right: &Found) -> Ordering {
    severity(left, right).then(left.case.cmp(&right.case))
}

/// The worst of some cases; `None` of none.
pub(super) fn worst<'a>(cases: impl Iterator<Item = &'a Found>) -> Option<&'a Found> {
    cases.min_by(|left, right| worse(left, right))
}

/// Cases that leave somebody unserved or miss a target, the worst first.
pub(in crate::report) fn ranked<'a>(cases: impl Iterator<Item = &'a Found>) -> Vec<&'a Found> {
    let mut cases: Vec<&Found> = cases.filter(|own| !own.holds()).collect();
    cases.sort_by(|left, right| worse(left, right));
    cases
}
