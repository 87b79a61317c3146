//! Credits: how many tenants get how much of a month's price back.

use crate::ids::TenantId;
use crate::plan::replay::Run;
use std::collections::BTreeMap;

/// How many tenants get how much back.
pub(in crate::report) struct Credits {
    /// Share of a month's price, and how many tenants get it at most for any tier and month; the largest share first.
    pub(in crate::report) shares: Vec<(f64, usize)>,
}

impl Credits {
    pub(in crate::report) fn new(run: &Run) -> Self {
        let mut most: BTreeMap<TenantId, f64> = BTreeMap::new();
        for own in run.accounts.iter().filter(|own| own.credit > 0.0) {
            let credit = most.entry(own.tenant).or_default();
            *credit = credit.max(own.credit);
        }
        let mut all: Vec<f64> = most.into_values().collect();
        all.sort_by(|a, b| b.total_cmp(a));
        let of_share = all.chunk_by(|a, b| a.total_cmp(b).is_eq());
        let shares = of_share.filter_map(|own| Some((*own.first()?, own.len())));
        Self {
            shares: shares.collect(),
        }
    }

    /// How many tenants get anything back.
    pub(in crate::report) fn tenants(&self) -> usize {
        self.shares.iter().map(|own| own.1).sum()
    }
}
