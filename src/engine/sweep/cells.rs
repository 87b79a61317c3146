//! Cells: the users of one steering group at one site, who are not distinguished along the path; and what all cases of
//! a sweep have in common.
//!
//! Hops are the places and links that paths pass, by one number. Owners say whose users those are who are counted
//! together.

use crate::formulation::rows::{LoadRows, RowId};
use crate::formulation::{KindId, Kinds, Route};
use crate::graph::{Network, Path, PlaceId, Usable};
use crate::ids::{AccessPointId, LinkId, ShardId, SiteId, TenantId, TierId};
use crate::model::{Contingencies, Homes, Inventory, LinkEnd, Policy};
use crate::plan::sweep::Displacement;
use crate::plan::{Flow, GroupKey, Part, SteeringGroups};
use crate::units::NOBODY;
use std::collections::BTreeMap;
use std::ops::Range;

/// Users of a steering group that a plan serves at one site.
#[derive(Debug)]
pub(super) struct GroupCell {
    pub(super) group: usize,
    pub(super) site: SiteId,
    pub(super) users: f64,
    /// Those of them who are not at their current site.
    pub(super) moved: f64,
    /// Who they are, in [`GroupCells::residents`].
    pub(super) residents: Range<usize>,
    /// How they get there, in [`GroupCells::flows`].
    pub(super) flows: Range<usize>,
    /// Users on these.
    pub(super) steered: f64,
}

/// Users of a cell on one path.
#[derive(Debug)]
pub(super) struct CellFlow {
    pub(super) cell: usize,
    pub(super) access_point: AccessPointId,
    pub(super) users: f64,
    /// What it passes except its site, in [`GroupCells::hops`].
    hops: Range<usize>,
}

#[derive(Debug, Default)]
pub(super) struct GroupCells {
    /// Ascending by group, then site.
    pub(super) all: Vec<GroupCell>,
    /// By group, which are its own.
    of_group: Vec<Range<usize>>,
    /// By cell, then kind.
    pub(super) residents: Vec<(KindId, f64)>,
    /// By cell, then rank: users.
    of_rank: Vec<f64>,
    rank_count: usize,
    /// By cell, then path.
    pub(super) flows: Vec<CellFlow>,
    hops: Vec<Hop>,
    /// By hop, the flows that pass it or end there, ascending.
    pub(super) passing: Vec<Vec<usize>>,
}

/// Users of each kind by site, and of each kind unserved.
pub(super) struct ServedKinds {
    /// Ascending by kind, then site.
    pub(super) at: Vec<(KindId, SiteId, f64)>,
    /// Ascending by kind.
    pub(super) unserved: Vec<(KindId, f64)>,
}

impl ServedKinds {
    pub(super) fn of(kinds: &Kinds, parts: &[Part]) -> Self {
        // Nearly every kind is at one site.
        let mut first: Vec<Option<(SiteId, f64)>> = vec![None; kinds.kinds.len()];
        let mut others: BTreeMap<(KindId, SiteId), f64> = BTreeMap::new();
        let mut unserved = vec![0.0; kinds.kinds.len()];
        for part in parts.iter().filter(|part| part.users > 0.0) {
            let kind = kinds.of(part.home());
            let Some(site) = part.site else {
                unserved[kind as usize] += part.users;
                continue;
            };
            let (at, users) = first[kind as usize].get_or_insert((site, 0.0));
            if *at == site {
                *users += part.users;
            } else {
                *others.entry((kind, site)).or_default() += part.users;
            }
        }
        let first = kinds.ids().zip(first);
        let mut at: Vec<(KindId, SiteId, f64)> = first
            .filter_map(|(kind, first)| first.map(|(site, users)| (kind, site, users)))
            .chain(
                others
                    .into_iter()
                    .map(|((kind, site), users)| (kind, site, users)),
            )
            .collect();
        at.sort_unstable_by_key(|(kind, site, _)| (*kind, *site));
        let unserved = kinds.ids().zip(unserved);
        Self {
            at,
            unserved: unserved.filter(|(_, users)| *users > 0.0).collect(),
        }
    }
}

impl GroupCells {
    /// The cells of an assignment and its steering; `group_of` is by crowd.
    pub(super) fn new(
        kinds: &Kinds,
        context: &SweepContext,
        groups: &SteeringGroups,
        group_of: &[usize],
        served: &ServedKinds,
    ) -> Self {
        let rank_count = context.ranks.len();
        let group = |kind: KindId| group_of[kinds.kinds[kind as usize].crowd as usize];
        let mut at: Vec<(usize, SiteId, KindId, f64)> = served
            .at
            .iter()
            .map(|&(kind, site, users)| (group(kind), site, kind, users))
            .collect();
        at.sort_unstable_by_key(|(group, site, kind, _)| (*group, *site, *kind));
        let mut cells = Self {
            rank_count,
            ..Self::default()
        };
        for of_cell in at.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let (group, site, ..) = of_cell[0];
            let first = cells.residents.len();
            let mut by_rank = vec![0.0; rank_count];
            let mut moved = 0.0;
            for &(_, _, kind, users) in of_cell {
                by_rank[context.rank_of_tier[kinds.kinds[kind as usize].tier.index()]] += users;
                moved += users * moved_per_user(kinds, kind, site);
                cells.residents.push((kind, users));
            }
            cells.of_rank.extend(by_rank);
            cells.all.push(GroupCell {
                group,
                site,
                users: of_cell.iter().map(|entry| entry.3).sum(),
                moved,
                residents: first..cells.residents.len(),
                flows: 0..0,
                steered: 0.0,
            });
        }
        let mut next = 0;
        for group in 0..groups.len() {
            let first = next;
            while cells.all.get(next).is_some_and(|cell| cell.group == group) {
                next += 1;
            }
            cells.of_group.push(first..next);
        }
        cells
    }

    /// Adds the steering; a flow of less than a user's dust is none.
    pub(super) fn steer(&mut self, network: &Network, groups: &SteeringGroups, flows: &[Flow]) {
        let mut of_cells: Vec<(usize, &Flow)> = flows
            .iter()
            .filter(|flow| flow.users > NOBODY)
            .filter_map(|flow| Some((self.at(groups.of(&flow.group)?, flow.path.site)?, flow)))
            .collect();
        of_cells.sort_by_key(|(cell, _)| *cell);
        self.passing = vec![Vec::new(); hop_count(network)];
        for (cell, flow) in of_cells {
            let id = self.flows.len();
            let of_cell = &mut self.all[cell];
            if of_cell.flows.is_empty() {
                of_cell.flows.start = id;
            }
            of_cell.flows.end = id + 1;
            of_cell.steered += flow.users;
            let first = self.hops.len();
            self.hops.extend(hops_along_path(network, &flow.path));
            let end = hop_of_site(network, flow.path.site);
            for &hop in self.hops[first..].iter().chain([&end]) {
                self.passing[hop as usize].push(id);
            }
            self.flows.push(CellFlow {
                cell,
                access_point: flow.path.access_point,
                users: flow.users,
                hops: first..self.hops.len(),
            });
        }
    }

    /// The cell of a group at a site, if it has users there.
    pub(super) fn at(&self, group: usize, site: SiteId) -> Option<usize> {
        let range = self.of_group(group);
        let position = self.all[range.clone()].binary_search_by_key(&site, |cell| cell.site);
        position.ok().map(|position| range.start + position)
    }

    pub(super) fn of_group(&self, group: usize) -> Range<usize> {
        self.of_group[group].clone()
    }

    pub(super) fn of_rank(&self, cell: usize) -> &[f64] {
        &self.of_rank[cell * self.rank_count..][..self.rank_count]
    }

    /// The position of a kind's users in a cell among all residents.
    pub(super) fn resident(&self, cell: usize, kind: KindId) -> Option<usize> {
        let position = self
            .residents(cell)
            .binary_search_by_key(&kind, |(number, _)| *number);
        Some(self.all[cell].residents.start + position.ok()?)
    }

    pub(super) fn residents(&self, cell: usize) -> &[(KindId, f64)] {
        &self.residents[self.all[cell].residents.clone()]
    }

    pub(super) fn hops_of(&self, flow: usize) -> &[Hop] {
        &self.hops[self.flows[flow].hops.clone()]
    }
}

/// 1 for users of a kind who are served elsewhere than at their current site, 0 for the others.
pub(super) fn moved_per_user(kinds: &Kinds, kind: KindId, site: SiteId) -> f64 {
    let current = kinds.standing(kind).current;
    f64::from(u8::from(current.is_some_and(|current| current != site)))
}

/// By crowd, the number of its steering group.
pub(super) fn groups_of_crowds(
    kinds: &Kinds,
    policy: &Policy,
    groups: &SteeringGroups,
) -> Vec<usize> {
    let crowds = kinds.crowds.iter();
    crowds
        .map(|crowd| {
            let value = crowd.max_latency();
            let key = GroupKey {
                client_region: crowd.client_region,
                profile: crowd.profile,
                max_latency: value.or(policy.max_latency.map(|limit| limit.0)),
            };
            groups
                .of(&key)
                .expect("invariant: every crowd has a shard, and every shard a group")
        })
        .collect()
}

/// A place or a link: places first, then links.
pub(super) type Hop = u32;

pub(super) fn hop_count(network: &Network) -> usize {
    network.place_count() + network.link_count()
}

fn hop_of_place(place: PlaceId) -> Hop {
    hop(place.index())
}

fn hop_of_link(network: &Network, link: LinkId) -> Hop {
    hop(network.place_count() + link.index())
}

fn hop(position: usize) -> Hop {
    Hop::try_from(position).expect("invariant: the readers refuse tables of 2^32 rows")
}

pub(super) fn hop_of_site(network: &Network, site: SiteId) -> Hop {
    hop_of_place(network.place(LinkEnd::Site(site)))
}

/// What a path passes between its client region and its site, in order of places, then of links.
pub(super) fn hops_along_path<'p>(
    network: &'p Network,
    path: &'p Path,
) -> impl Iterator<Item = Hop> + 'p {
    let links = path.links.iter();
    let inner = path.links.iter().skip(1);
    inner
        .map(|&link| hop_of_place(network.ends(link).0))
        .chain(links.map(|&link| hop_of_link(network, link)))
}

/// Hops that might be used before and may not be now, ascending.
pub(super) fn lost_hops(before: &Usable, now: &Usable) -> Vec<Hop> {
    let places = before.places.iter().zip(&now.places);
    let links = before.links.iter().zip(&now.links);
    let both = places.chain(links).enumerate();
    both.filter(|(_, (before, now))| **before && !**now)
        .map(|(position, _)| hop(position))
        .collect()
}

/// The load rows of every hop that has any.
pub(super) fn rows_by_hop(rows: &LoadRows) -> impl Iterator<Item = (Hop, &[RowId])> {
    let all = rows.at_place.iter().chain(&rows.at_link).enumerate();
    all.filter(|(_, indexes)| !indexes.is_empty())
        .map(|(position, indexes)| (hop(position), indexes.as_slice()))
}

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
        let begins = units.map(|unit| number(of.partition_point(|(number, _)| *number < unit)));
        let mut begins: Vec<u32> = begins.collect();
        begins.push(number(of.len()));
        Self {
            tiers,
            begins,
            tenants: of.into_iter().map(|(_, tenant)| tenant).collect(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.tiers.len()
    }

    /// What the users of a unit were promised.
    pub(super) fn tier_of(&self, unit: Unit) -> TierId {
        self.tiers[unit as usize]
    }

    pub(super) fn tenants_of(&self, unit: Unit) -> &[TenantId] {
        let unit = unit as usize;
        &self.tenants[self.begins[unit] as usize..self.begins[unit + 1] as usize]
    }
}
