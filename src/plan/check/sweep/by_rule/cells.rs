//! Cells: the scenario's own plan, folded. Users of a group at one site are told apart by nothing on their way.

use super::super::super::ground::Ground;
use super::super::super::leg::Steered;
use super::super::super::parts::Assignment;
use super::super::super::period::Situation;
use super::super::basis::Basis;
use super::super::witness::Step;
use crate::ids::{LinkId, SiteId, TenantId, TierId};
use crate::model::AccessPointState;
use crate::units::NOBODY;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::ops::Range;

/// Users of one group whom the plan homes at one site.
pub(super) struct Cell {
    /// By `Ground::groups`.
    pub(super) group: usize,
    pub(super) site: usize,
    pub(super) users: f64,
    /// Who lives in it, among [`Cells::folks`].
    pub(super) folks: Range<usize>,
    /// Its ways, among [`Cells::flows`].
    pub(super) flows: Range<usize>,
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

/// The scenario's own plan.
pub(in super::super) struct Cells {
    /// Ascending by group, then site.
    pub(super) all: Vec<Cell>,
    /// By group, its cells.
    pub(super) of_group: Vec<Range<usize>>,
    /// Those of the cells, then who is unserved.
    pub(super) folks: Vec<Folk>,
    pub(super) unserved: Range<usize>,
    pub(super) flows: Vec<Flow>,
    /// By access point: active, or on standby and opened by the plan.
    pub(super) is_open: Vec<bool>,
    /// By group, then resource: what one of its users loads on the way.
    on_the_way: Vec<f64>,
    resources: usize,
    /// Shards with users, ascending, and their folk.
    of_shards: Vec<(u32, u32)>,
}

fn number(position: usize) -> u32 {
    u32::try_from(position).expect("invariant: the readers refuse tables of 2^32 rows")
}

/// Users who live together: group and site (behind all others who is unserved), those who are alike, tier.
type Key = (Option<(usize, usize)>, usize, TierId);

impl Cells {
    /// Folds the plan that is in force in a slice of the hours.
    pub(super) fn new(
        basis: &Basis<'_>,
        in_slice: &Situation,
        assignment: &Assignment,
        steered: &[Steered],
    ) -> Self {
        let ground = basis.ground;
        let inventory = ground.inventory;
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
            let key = (cell, alike, inventory.shards[shard].tier);
            *users.entry(key).or_default() += part.users;
            keys.push((shard, key));
        }
        let mut folks: Vec<(Key, f64)> = users.into_iter().collect();
        folks.sort_unstable_by_key(|((cell, alike, tier), _)| {
            (cell.is_none(), *cell, *alike, *tier)
        });
        let positions: FxHashMap<Key, u32> = (0..)
            .zip(&folks)
            .map(|(position, (key, _))| (*key, position))
            .collect();
        let mut cells = Self {
            all: Vec::new(),
            of_group: Vec::with_capacity(ground.groups.len()),
            unserved: 0..0,
            flows: Vec::new(),
            is_open: Vec::new(),
            on_the_way: Vec::with_capacity(ground.groups.len() * inventory.resources.len()),
            resources: inventory.resources.len(),
            of_shards: keys
                .into_iter()
                .map(|(shard, key)| (number(shard), positions[&key]))
                .collect(),
            folks: Vec::with_capacity(folks.len()),
        };
        for of_cell in folks.chunk_by(|a, b| a.0.0 == b.0.0) {
            let first = cells.folks.len();
            cells
                .folks
                .extend(of_cell.iter().map(|((_, alike, tier), users)| Folk {
                    alike: *alike,
                    tier: *tier,
                    users: *users,
                }));
            let folks = first..cells.folks.len();
            match of_cell[0].0.0 {
                Some((group, site)) => cells.all.push(Cell {
                    group,
                    site,
                    users: of_cell.iter().map(|(_, users)| users).sum(),
                    folks,
                    flows: 0..0,
                }),
                None => cells.unserved = folks,
            }
        }
        let mut next = 0;
        for group in 0..ground.groups.len() {
            let first = next;
            next += cells.all[first..]
                .iter()
                .take_while(|cell| cell.group == group)
                .count();
            cells.of_group.push(first..next);
            let resources = 0..inventory.resources.len();
            let on_the_way = resources.map(|own| in_slice.group_demand(ground, group, own));
            cells.on_the_way.extend(on_the_way);
        }
        let of_slice = steered.iter().filter(|own| own.slice == in_slice.slice);
        cells.steer(ground, of_slice);
        cells
    }

    /// Takes over who is steered where; fewer than anybody are on no way.
    fn steer<'s>(&mut self, ground: &Ground<'_>, steered: impl Iterator<Item = &'s Steered>) {
        let inventory = ground.inventory;
        let mut entering = vec![0.0; inventory.access_points.len()];
        let mut by_cell: BTreeMap<usize, Vec<Flow>> = BTreeMap::new();
        for own in steered.filter(|own| own.users > NOBODY) {
            let Some(cell) = self.at(own.group, own.route.site.index()) else {
                continue;
            };
            let steps = own.route.links.iter().map(|&link| Step {
                link: link.0,
                place: number(ground.place_index(inventory.links[link.index()].to)),
            });
            let access_point = own.route.access_point.index();
            entering[access_point] += own.users;
            by_cell.entry(cell).or_default().push(Flow {
                steps: steps.collect(),
                access_point,
                users: own.users,
            });
        }
        for (cell, flows) in by_cell {
            let first = self.flows.len();
            self.flows.extend(flows);
            self.all[cell].flows = first..self.flows.len();
        }
        let access_points = inventory.access_points.iter().zip(&entering);
        self.is_open = access_points
            .map(|(row, users)| row.state == AccessPointState::Active || *users > NOBODY)
            .collect();
    }

    /// The cell of a group at a site, if somebody is there.
    pub(super) fn at(&self, group: usize, site: usize) -> Option<usize> {
        let own = self.of_group[group].clone();
        let position = self.all[own.clone()].binary_search_by_key(&site, |cell| cell.site);
        position.ok().map(|position| own.start + position)
    }

    /// By resource, what one user of a group loads on the way.
    pub(super) fn on_the_way(&self, group: usize) -> &[f64] {
        &self.on_the_way[group * self.resources..][..self.resources]
    }

    /// Shards with users, and the position of their folk.
    pub(super) fn of_shards(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let all = self.of_shards.iter();
        all.map(|(shard, folk)| (*shard as usize, *folk as usize))
    }

    /// Tenant and tier of shards with users, and the position of their folk.
    pub(in super::super) fn tenants<'s>(
        &'s self,
        ground: &'s Ground<'_>,
    ) -> impl Iterator<Item = ((TenantId, TierId), usize)> + 's {
        self.of_shards().map(|(shard, folk)| {
            let row = &ground.inventory.shards[shard];
            ((row.tenant, row.tier), folk)
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
    if !basis.current.is_split(shard) {
        return basis.alike_of(shard, None);
    }
    let main = || basis.current.main(shard);
    let known = begins.and_then(|site| basis.alike_of(shard, Some(site)));
    known.or_else(|| basis.alike_of(shard, main()))
}

impl Flow {
    /// Its links.
    pub(super) fn links(&self) -> impl Iterator<Item = LinkId> + '_ {
        self.steps.iter().map(|step| LinkId(step.link))
    }
}
