//! What all cases of a sweep have in common.
//!
//! Owners: whose users those are who are counted together.

use crate::formulation::{KindId, Kinds, Route};
use crate::ids::{ShardId, SiteId, TenantId, TierId};
use crate::model::{Contingencies, Homes, Inventory};
use crate::plan::sweep::Displacement;

/// What all cases of a sweep have in common.
#[derive(Debug)]
pub(super) struct SweepContext {
    pub(super) contingencies: Contingencies,
    /// By kind, the first shard of it; and where that is, if it is at several sites.
    pub(super) first_of_kind: Vec<(ShardId, Option<SiteId>)>,
    /// By kind, whose users they are.
    pub(super) owners: Owners,
    /// Ranks of tiers that have users, ascending.
    pub(super) ranks: Vec<u32>,
    /// By tier, the position of its rank among those.
    pub(super) rank_of_tier: Vec<usize>,
    /// Kinds that nobody can serve in cases that tell nothing of them.
    pub(super) always_trapped: Vec<KindId>,
}

impl SweepContext {
    /// What all cases have in common that begin at these homes and tell of all kinds.
    pub(super) fn new(
        (inventory, homes): (&Inventory, &Homes),
        kinds: &Kinds,
        contingencies: Contingencies,
    ) -> Self {
        let mut first_of_kind = vec![(ShardId::new(0), None); kinds.kinds.len()];
        let mut is_known = vec![false; kinds.kinds.len()];
        let mut pairs: Vec<(KindId, TenantId)> = Vec::new();
        for (home, kind) in kinds.of_homes(homes) {
            if !std::mem::replace(&mut is_known[kind as usize], true) {
                let is_split = homes.is_split(home.shard);
                first_of_kind[kind as usize] = (home.shard, home.site.filter(|_| is_split));
            }
            let pair = (kind, inventory.shards[home.shard.index()].tenant);
            if pairs.last() != Some(&pair) {
                pairs.push(pair);
            }
        }
        let of_kinds = kinds.kinds.iter().map(|kind| kind.tier);
        let owners = Owners::new(of_kinds.collect(), pairs);
        let has_users = |rank: u32| {
            let mut kinds = kinds.kinds.iter();
            kinds.any(|kind| kind.has_users && inventory.tiers[kind.tier.index()].rank == rank)
        };
        let mut ranks: Vec<u32> = inventory.tiers.iter().map(|tier| tier.rank).collect();
        ranks.sort_unstable();
        ranks.dedup();
        ranks.retain(|rank| has_users(*rank));
        Self {
            contingencies,
            first_of_kind,
            owners,
            rank_of_tier: inventory
                .tiers
                .iter()
                .map(|tier| ranks.partition_point(|rank| *rank < tier.rank))
                .collect(),
            ranks,
            always_trapped: Vec::new(),
        }
    }

    /// Users of a kind who are not on their default path.
    pub(super) fn displacement(
        &self,
        kind: KindId,
        route: Option<&Route>,
        users: f64,
    ) -> Displacement {
        let (like, site) = self.first_of_kind[kind as usize];
        Displacement {
            like,
            site,
            links: route.map(Route::links),
            users,
        }
    }
}

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
