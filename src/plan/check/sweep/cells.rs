//! Cells: the scenario's own plan, folded. Users of a group at one site are told apart by nothing on their way.

use super::super::assignment::Assignment;
use super::super::ground::Ground;
use super::super::leg::Steered;
use super::super::period::Situation;
use super::basis::Basis;
use super::traffic::{Who, number};
use super::witness::Step;
use crate::ids::{ShardId, SiteId, TenantId, TierId};
use crate::model::AccessPointState;
use crate::units::NOBODY;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// Users of one group whom the plan homes at one site.
pub(super) struct Cell {
    /// By `Ground::groups`.
    pub(super) group: usize,
    pub(super) site: usize,
    /// Who lives in it, among [`Cells::folks`].
    pub(super) folks: Range<usize>,
}

/// Users of one tier who are alike and whom the plan homes at the same site, or at none.
pub(super) struct Folk {
    /// Position of those who are alike.
    pub(super) alike: usize,
    pub(super) tier: TierId,
    pub(super) users: f64,
}

/// Users on one way.
pub(super) struct Flow {
    pub(super) steps: Vec<Step>,
    pub(super) access_point: usize,
    pub(super) users: f64,
}

/// How the plan steers users in one slice of the hours.
pub(super) struct Steering {
    /// By cell, its ways.
    pub(super) flows: Vec<Vec<Flow>>,
    /// By access point: active, or on standby and opened by the plan.
    pub(super) is_open: Vec<bool>,
    /// By group, then resource: what one of its users loads on the way.
    pub(super) on_the_way: Vec<Vec<f64>>,
}

/// The scenario's own plan.
pub(super) struct Cells {
    /// Ascending by group, then site.
    pub(super) all: Vec<Cell>,
    /// Those of the cells, then who is unserved.
    pub(super) folks: Vec<Folk>,
    pub(super) unserved: Range<usize>,
    /// By slice.
    pub(super) hours: Vec<Steering>,
    /// Shards with users, ascending, and their folk.
    of_shards: Vec<(u32, u32)>,
}

/// Users who live together: group and site (behind all others who is unserved), those who are alike, tier.
type Key = ((usize, usize), usize, TierId);

/// Group and site of who is unserved.
const UNSERVED: (usize, usize) = (usize::MAX, usize::MAX);

impl Cells {
    /// Folds the plan that is in force.
    pub(super) fn new(basis: &Basis<'_>, assignment: &Assignment, steered: &[Steered]) -> Self {
        let ground = basis.ground;
        let mut users: FxHashMap<Key, f64> = FxHashMap::default();
        let mut keys: Vec<(usize, Key)> = Vec::new();
        for (shard, part) in assignment.all() {
            if part.users <= 0.0 {
                continue;
            }
            let Some(alike) = alike_of(basis, shard, (part.from, part.to)) else {
                continue;
            };
            let cell = part.to.map(|site| (ground.group_of(shard), site.index()));
            let tier = ground.inventory.shards[shard].tier;
            let key = (cell.unwrap_or(UNSERVED), alike, tier);
            *users.entry(key).or_default() += part.users;
            keys.push((shard, key));
        }
        let mut folks: Vec<(Key, f64)> = users.into_iter().collect();
        folks.sort_unstable_by_key(|(key, _)| *key);
        let positions = folks.iter().enumerate();
        let positions: FxHashMap<Key, u32> = positions
            .map(|(position, (key, _))| (*key, number(position)))
            .collect();
        let of_shards = keys.into_iter();
        let mut cells = Self {
            all: Vec::new(),
            unserved: folks.len()..folks.len(),
            hours: Vec::new(),
            of_shards: of_shards
                .map(|(shard, key)| (number(shard), positions[&key]))
                .collect(),
            folks: Vec::with_capacity(folks.len()),
        };
        for of_cell in folks.chunk_by(|a, b| a.0.0 == b.0.0) {
            let first = cells.folks.len();
            cells.folks.extend(of_cell.iter().map(|own| Folk {
                alike: own.0.1,
                tier: own.0.2,
                users: own.1,
            }));
            let folks = first..cells.folks.len();
            match of_cell[0].0.0 {
                UNSERVED => cells.unserved = folks,
                (group, site) => cells.all.push(Cell { group, site, folks }),
            }
        }
        let slices = basis.quiet.in_slices();
        let hours = slices
            .iter()
            .map(|own| cells.steering(ground, own, steered));
        cells.hours = hours.collect();
        cells
    }

    /// Who is steered where in a slice; fewer than anybody are on no way.
    fn steering(&self, ground: &Ground<'_>, in_slice: &Situation, steered: &[Steered]) -> Steering {
        let inventory = ground.inventory;
        let mut entering = vec![0.0; inventory.access_points.len()];
        let mut flows: Vec<Vec<Flow>> = Vec::new();
        flows.resize_with(self.all.len(), Vec::new);
        let here = steered.iter().filter(|own| own.slice == in_slice.slice);
        for own in here.filter(|own| own.users > NOBODY) {
            let Some(cell) = self.at(own.group, own.route.site.index()) else {
                continue;
            };
            let steps = own.route.links.iter().map(|&link| Step {
                link: link.0,
                place: number(ground.place_index(inventory.links[link.index()].to)),
            });
            let access_point = own.route.access_point.index();
            entering[access_point] += own.users;
            flows[cell].push(Flow {
                steps: steps.collect(),
                access_point,
                users: own.users,
            });
        }
        let access_points = inventory.access_points.iter().zip(&entering);
        let resources = 0..inventory.resources.len();
        let demand = |group: usize| {
            let all = resources.clone();
            all.map(|own| in_slice.group_demand(group, own)).collect()
        };
        Steering {
            flows,
            is_open: access_points
                .map(|(row, users)| row.state == AccessPointState::Active || *users > NOBODY)
                .collect(),
            on_the_way: (0..ground.groups.len()).map(demand).collect(),
        }
    }

    /// The cell of a group at a site, if somebody is there.
    pub(super) fn at(&self, group: usize, site: usize) -> Option<usize> {
        let key = |cell: &Cell| (cell.group, cell.site);
        self.all.binary_search_by_key(&(group, site), key).ok()
    }

    /// Tenant and tier of shards with users, and their folk.
    pub(super) fn tenants<'s>(
        &'s self,
        ground: &'s Ground<'_>,
    ) -> impl Iterator<Item = ((TenantId, TierId), Who)> + 's {
        self.of_shards.iter().map(|&(shard, folk)| {
            let row = &ground.inventory.shards[shard as usize];
            ((row.tenant, row.tier), (folk, None))
        })
    }
}

/// Who a part of a shard is like. In a sweep from the plan he is where the plan homes him.
fn alike_of(
    basis: &Basis<'_>,
    shard: usize,
    (from, to): (Option<SiteId>, Option<SiteId>),
) -> Option<usize> {
    let begins = if basis.asked.is_from_plan { to } else { from };
    if !basis.current.is_split(ShardId::new(shard)) {
        return basis.alike_of(shard, None);
    }
    let main = || basis.current.main(ShardId::new(shard));
    let known = begins.and_then(|site| basis.alike_of(shard, Some(site)));
    known.or_else(|| basis.alike_of(shard, main()))
}
