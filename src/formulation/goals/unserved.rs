//! **Unserved.** `min Σ u[c]`, one level per tier rank, rank 1 first (`model.md` §4).
//!
//! Unit: users. A trapped class (no allowed, open site within reach) is unserved in every plan: a constant.

use crate::model::Tier;

/// How reports name a rank: its tiers by name in order, joined by `+`.
///
/// ```
/// use plimsoll::formulation::goals::tier_label;
/// # use plimsoll::model::Tier;
/// let tier = |id: &str, rank| Tier { id: id.into(), rank, availability: 0.99 };
/// assert_eq!(tier_label(&[tier("gold", 1), tier("lead", 2), tier("silver", 1)], 1), "gold+silver");
/// ```
pub fn tier_label(tiers: &[Tier], rank: u32) -> String {
    let mut names: Vec<&str> = tiers
        .iter()
        .filter(|tier| tier.rank == rank)
        .map(|tier| tier.id.as_str())
        .collect();
    names.sort_unstable();
    names.join("+")
}
