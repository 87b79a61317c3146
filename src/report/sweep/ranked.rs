//! Which of two cases is worse.

use crate::plan::sweep::Found;
use crate::units::NOBODY;
use std::cmp::Ordering;

/// The worse first: by users unserved, then by the worst missing share of a target.
pub(in crate::report) fn severity(left: &Found, right: &Found) -> Ordering {
    let unserved = |own: &Found| Some(own.unserved_users()).filter(|users| *users > NOBODY);
    let unserved = |own: &Found| unserved(own).unwrap_or(0.0);
    unserved(right)
        .total_cmp(&unserved(left))
        .then(right.worst_shortfall().total_cmp(&left.worst_shortfall()))
}

/// The worse first; of equally bad ones the first case.
pub(in crate::report) fn worse(left: &Found, right: &Found) -> Ordering {
    severity(left, right).then(left.case.cmp(&right.case))
}

/// The worst of some cases; `None` of none.
pub(in crate::report) fn worst<'a>(cases: impl Iterator<Item = &'a Found>) -> Option<&'a Found> {
    cases.min_by(|left, right| worse(left, right))
}

/// Cases that leave somebody unserved or miss a target, the worst first.
pub(in crate::report) fn ranked<'a>(cases: impl Iterator<Item = &'a Found>) -> Vec<&'a Found> {
    let mut cases: Vec<&Found> = cases.filter(|own| !own.holds()).collect();
    cases.sort_by(|left, right| worse(left, right));
    cases
}
