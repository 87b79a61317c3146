//! Owners: whose users those are who are counted together.

use crate::ids::{TenantId, TierId};

/// Users who are counted together.
pub(super) type Unit = u32;

/// By unit, whose users they are.
#[derive(Debug, Default)]
pub(super) struct Owners {
    tiers: Vec<TierId>,
    /// By unit, where its tenants begin; one more entry closes the last.
    begins: Vec<u32>,
    /// Each once for a unit.
    tenants: Vec<TenantId>,
}

impl Owners {
    /// Units of these tiers, and which tenants' users are in them, in any order.
    pub(super) fn new(tiers: Vec<TierId>, mut of: Vec<(Unit, TenantId)>) -> Self {
        let number = |count: usize| {
            u32::try_from(count).expect("invariant: the readers refuse tables of 2^32 rows")
        };
        of.sort_unstable();
        of.dedup();
        let units = (0u32..).take(tiers.len());
        let begins = units.map(|unit| number(of.partition_point(|(own, _)| *own < unit)));
        let mut begins: Vec<u32> = begins.collect();
        begins.push(number(of.len()));
        Self {
            tiers,
            begins,
            tenants: of.into_iter().map(|(_, tenant)| tenant).collect(),
        }
    }

    /// How many units there are.
    pub(super) fn len(&self) -> usize {
        self.tiers.len()
    }

    /// What the users of a unit were promised.
    pub(super) fn tier_of(&self, unit: Unit) -> TierId {
        self.tiers[unit as usize]
    }

    /// The tenants whose users are in a unit.
    pub(super) fn tenants_of(&self, unit: Unit) -> &[TenantId] {
        let unit = unit as usize;
        &self.tenants[self.begins[unit] as usize..self.begins[unit + 1] as usize]
    }
}
