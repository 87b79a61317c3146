//! Columns and rows of one statement with one set of open access points.

use super::lp::{Lp, value};
use super::pools::carrying_members;
use super::rules::has_copy;
use super::statement::{Level, Statement};
use ndarray::Array2;
use plimsoll::ids::{AccessPointId, SiteId};
use plimsoll::model::{AccessPointState, Overload, Profile, Scope};
use std::collections::BTreeMap;

/// How often users of a profile come back whose work waits there, and is worked on though they have given up: not without a
/// timeout, and not where the queue is shorter than that.
fn comes_back(
    statement: &Statement<'_>,
    profile: &Profile,
    (component, resource): (usize, usize),
) -> f64 {
    let inventory = statement.inventory;
    let resource = &inventory.resources[resource];
    let first_element = inventory.sites.len() + inventory.access_points.len();
    let element = component.checked_sub(first_element);
    let element = element.and_then(|index| inventory.elements.get(index));
    let sheds = element.is_some_and(|element| element.sheds_stale_work);
    let queue = match resource.overload {
        _ if sheds || !resource.varies => return 0.0,
        _ if resource.is_sessions => statement.accept_queue_seconds,
        Overload::Lose => return 0.0,
        Overload::Queue => resource.queue_seconds.unwrap_or(1e300),
    };
    match profile.timeout_seconds {
        Some(timeout) if timeout <= queue => profile.retries,
        _ => 0.0,
    }
}

/// The LP of one statement with one set of open access points, and what its columns mean.
pub(super) struct Written<'a> {
    pub(super) lp: Lp,
    statement: &'a Statement<'a>,
    /// Users in one unit of a column.
    unit: f64,
    /// `z`: slice, shard, position of its path, column.
    z: Vec<(usize, usize, usize, usize)>,
    /// `u`: column by shard.
    u: Vec<usize>,
    /// `s`: component, resource, `h·A`, column.
    s: Vec<(usize, usize, f64, usize)>,
    /// `t`
    t: usize,
    /// Opened standby access points.
    opened: usize,
    /// By slice: fixed load.
    fixed: Vec<Array2<f64>>,
    /// By slice, component, resource: load per unit of the columns.
    terms: Vec<Array2<Vec<(usize, f64)>>>,
    /// The same for what comes back of them if everybody tries again as often as he does.
    again: Vec<Array2<Vec<(usize, f64)>>>,
}

impl<'a> Written<'a> {
    pub(super) fn new(statement: &'a Statement<'a>, open: &[bool]) -> Self {
        let inventory = statement.inventory;
        let mut lp = Lp::default();
        let unit = statement.users.iter().copied().fold(1.0, f64::max);
        let gone = gone(statement, open);
        let slices = statement.believed.slices();
        let (fixed, was_cut): (Vec<_>, Vec<_>) = (0..slices)
            .map(|slice| fixed_load(statement, &gone, slice))
            .unzip();
        let pools = carrying_members(inventory, &statement.believed, &fixed[0]);
        let t = lp.column(1.0);
        let u: Vec<usize> = statement
            .users
            .iter()
            .map(|_| lp.column(f64::INFINITY))
            .collect();
        let mut z = Vec::new();
        let mut terms = vec![Array2::from_elem(fixed[0].dim(), Vec::new()); slices];
        let mut again = terms.clone();
        let shards = statement.paths.iter().enumerate();
        for (slice, (shard, paths)) in
            (0..slices).flat_map(|slice| shards.clone().map(move |pair| (slice, pair)))
        {
            let mut class = vec![(u[shard], 1.0)];
            for (position, path) in paths.iter().enumerate() {
                let site = inventory.site_component(path.site).index();
                let is_barred =
                    |component: usize| gone[component] || bars(statement, component, site, shard);
                let is_closed = path
                    .components
                    .iter()
                    .any(|component| is_barred(component.index()))
                    || path.pools.iter().any(|pool| {
                        let members = &pools[pool.index()];
                        members.is_empty()
                            || members.iter().any(|component| is_barred(component.index()))
                    });
                if is_closed {
                    continue;
                }
                let column = lp.column(f64::INFINITY);
                z.push((slice, shard, position, column));
                class.push((column, 1.0));
                let alone = path
                    .components
                    .iter()
                    .map(|component| (component.index(), 1.0));
                let pooled = path.pools.iter().flat_map(|pool| {
                    let members = &pools[pool.index()];
                    let share = 1.0 / members.len() as f64;
                    members.iter().map(move |member| (member.index(), share))
                });
                for (component, share) in alone.chain(pooled) {
                    for (r, resource) in inventory.resources.iter().enumerate() {
                        if component != site && resource.scope == Scope::Site {
                            continue;
                        }
                        let believed = &statement.believed;
                        let mut demand = believed.demand_in(inventory, slice, shard, r) * share;
                        // Decision: whoever is served tries again with all that he demands, whatever a copy has of it.
                        let profile = &inventory.profiles[inventory.shards[shard].profile.index()];
                        let comes_back = demand * comes_back(statement, profile, (component, r));
                        if comes_back > 0.0 {
                            again[slice][[component, r]].push((column, comes_back * unit));
                        }
                        let has_share_in_fixed = component == site
                            && has_copy(inventory, shard, path.site)
                            && !was_cut[slice][[site, r]];
                        if has_share_in_fixed {
                            demand *= 1.0 - resource.replica_share;
                        }
                        if demand > 0.0 {
                            terms[slice][[component, r]].push((column, demand * unit));
                        }
                    }
                }
            }
            if slice == 0 {
                lp.equal(class, statement.users[shard] / unit);
            }
        }
        tie_homes(&mut lp, statement, &z);
        if statement.is_whole {
            keep_whole(&mut lp, statement, &z, unit);
        }
        let opened = open
            .iter()
            .zip(&inventory.access_points)
            .filter(|(open, row)| **open && row.state == AccessPointState::Standby)
            .count();
        let mut written = Self {
            lp,
            statement,
            unit,
            z,
            u,
            s: Vec::new(),
            t,
            opened,
            fixed,
            terms,
            again,
        };
        written.add_load_rows(&gone);
        written.add_move_limit();
        written
    }

    /// Rows load and headroom, in shares of the capacity left.
    fn add_load_rows(&mut self, gone: &[bool]) {
        let believed = &self.statement.believed;
        let shape = self.fixed[0].dim();
        for (e, r) in (0..shape.0).flat_map(|e| (0..shape.1).map(move |r| (e, r))) {
            let Some(left) = believed.left(e, r).filter(|_| !gone[e]) else {
                continue;
            };
            let target = believed.target[[e, r]];
            let missing = self.statement.missing_before[[e, r]];
            // What is missing is missing at the worst hour.
            let s = (left > 0.0 && self.statement.has_target[[e, r]]).then(|| {
                let s = self.lp.column(1.0 - missing);
                self.lp.at_most(vec![(s, 1.0), (self.t, -1.0)], 0.0);
                self.s.push((e, r, target * left, s));
                s
            });
            for (terms, fixed) in self.terms.iter().zip(&self.fixed) {
                let terms = &terms[[e, r]];
                if left <= 0.0 {
                    self.lp.at_most(terms.clone(), 0.0);
                    continue;
                }
                let mut row: Vec<(usize, f64)> = terms
                    .iter()
                    .map(|&(column, load)| (column, load / left))
                    .collect();
                let mut spare = 1.0 - fixed[[e, r]] / left;
                if let Some(s) = s {
                    row.push((s, -target));
                    spare -= target * (1.0 - missing);
                }
                self.lp.at_most(row, spare);
            }
            let mut profiles = self.statement.inventory.profiles.iter();
            let waits = profiles.any(|profile| comes_back(self.statement, profile, (e, r)) > 0.0);
            if left > 0.0 && self.statement.is_stable && waits {
                let nominal = believed.nominal[[e, r]].unwrap_or(left);
                self.add_stability(e, r, (left, nominal));
            }
        }
    }

    /// Rows stability: what is offered with all retries running fits, at every hour, and a little is left.
    fn add_stability(&mut self, e: usize, r: usize, (left, nominal): (f64, f64)) {
        for slice in 0..self.terms.len() {
            let both = self.terms[slice][[e, r]].iter();
            let both = both.chain(&self.again[slice][[e, r]]);
            let row = both.map(|&(column, load)| (column, load / left)).collect();
            let most = (1.0 - 3e-6 - 1e-9 * nominal / left).max(0.0);
            let spare = (most - self.fixed[slice][[e, r]] / left).max(0.0);
            self.lp.at_most(row, spare);
        }
    }

    /// Row move limit.
    fn add_move_limit(&mut self) {
        if let Some(limit) = self.statement.move_limit {
            let moved = self.moved(|_, _| true);
            self.lp.at_most(moved, limit / self.unit);
        }
    }

    /// `1 × z` for the columns that run a shard elsewhere than now and that `counts` takes.
    fn moved(&self, counts: impl Fn(usize, SiteId) -> bool) -> Vec<(usize, f64)> {
        self.z
            .iter()
            .filter(|&&(slice, shard, position, _)| {
                let site = self.statement.paths[shard][position].site;
                let current = self.statement.current[shard];
                let has_left = current.is_some_and(|current| current != site);
                slice == 0 && has_left && counts(shard, site)
            })
            .map(|&(_, _, _, column)| (column, 1.0))
            .collect()
    }

    /// What a level minimises, in users (`worst`: a share; latency: user-milliseconds), less its constant.
    pub(super) fn objective(&self, level: Level) -> Vec<(usize, f64)> {
        let inventory = self.statement.inventory;
        let in_users = |terms: Vec<(usize, f64)>| {
            terms
                .into_iter()
                .map(|(column, users)| (column, users * self.unit))
                .collect()
        };
        match level {
            Level::Unserved(rank) => in_users(
                (0..self.u.len())
                    .filter(|&shard| {
                        let tier = inventory.shards[shard].tier;
                        inventory.tiers[tier.index()].rank == rank
                    })
                    .map(|shard| (self.u[shard], 1.0))
                    .collect(),
            ),
            Level::Relief => in_users(self.moved(|shard, _| !self.statement.affected[shard])),
            Level::Copied => in_users(self.moved(|shard, site| !has_copy(inventory, shard, site))),
            Level::Moves => in_users(self.moved(|_, _| true)),
            Level::Worst => vec![(self.t, 1.0)],
            Level::Total => self
                .s
                .iter()
                .filter_map(|&(_, r, target, column)| {
                    let mean = self.mean_demand(r);
                    (mean > 0.0).then(|| (column, target / mean))
                })
                .collect(),
            Level::AccessPoints => Vec::new(),
            Level::Latency => in_users(
                self.z
                    .iter()
                    .map(|&(slice, shard, position, column)| {
                        let of_time = self.statement.believed.hours.weight[slice];
                        let latency = self.statement.paths[shard][position].latency;
                        (column, of_time * latency)
                    })
                    .collect(),
            ),
        }
    }

    /// The part of a level that no column changes.
    pub(super) fn constant(&self, level: Level) -> f64 {
        if level == Level::AccessPoints {
            self.opened as f64
        } else {
            0.0
        }
    }

    /// `q̄`: mean demand of a user over all shards.
    ///
    /// Decision: total demand by total users of the period, both surged; what does not vary stays unsurged.
    fn mean_demand(&self, resource: usize) -> f64 {
        let statement = self.statement;
        let users: f64 = statement.users.iter().sum();
        let demand: f64 = statement
            .users
            .iter()
            .enumerate()
            .map(|(shard, users)| {
                users
                    * statement
                        .believed
                        .demand(statement.inventory, shard, resource)
            })
            .sum();
        if users > 0.0 { demand / users } else { 0.0 }
    }

    /// Component × resource load of an answer in a slice of the hours.
    pub(super) fn load(&self, slice: usize, columns: &[f64]) -> Array2<f64> {
        Array2::from_shape_fn(self.fixed[0].dim(), |key| {
            self.fixed[slice][key] + value(&self.terms[slice][key], columns)
        })
    }
}

/// `true` if a component on the way to a site has nothing left of something that a shard's profile demands there.
///
/// Decision: that bars its users at all hours, also where their curve says that nobody demands anything.
fn bars(statement: &Statement, component: usize, site: usize, shard: usize) -> bool {
    let inventory = statement.inventory;
    let profile = inventory.shards[shard].profile;
    let demand = &inventory.profiles[profile.index()].demand;
    inventory.resources.iter().enumerate().any(|(r, resource)| {
        let is_asked = component == site || resource.scope == Scope::Network;
        let left = statement.believed.left(component, r);
        is_asked && demand[r] > 0.0 && left.is_some_and(|left| left <= 0.0)
    })
}

/// Columns with their factors.
type Terms = Vec<(usize, f64)>;

/// A shard is homed where it is at all hours: as many of its users go to a site in every slice.
fn tie_homes(lp: &mut Lp, statement: &Statement, z: &[(usize, usize, usize, usize)]) {
    let mut by_home: BTreeMap<(usize, SiteId), Vec<Terms>> = BTreeMap::new();
    for &(slice, shard, position, column) in z {
        let site = statement.paths[shard][position].site;
        let by_slice = by_home.entry((shard, site)).or_default();
        by_slice.resize(statement.believed.slices(), Vec::new());
        by_slice[slice].push((column, 1.0));
    }
    for by_slice in by_home.into_values() {
        for pairs in &by_slice[1..] {
            let first = by_slice[0].iter().map(|(column, _)| (*column, -1.0));
            lp.equal(pairs.iter().copied().chain(first).collect(), 0.0);
        }
    }
}

/// Whoever of a shard is served is served at one site.
fn keep_whole(lp: &mut Lp, statement: &Statement, z: &[(usize, usize, usize, usize)], unit: f64) {
    let mut by_home: BTreeMap<(usize, SiteId), Terms> = BTreeMap::new();
    for &(slice, shard, position, column) in z {
        if slice == 0 {
            let site = statement.paths[shard][position].site;
            let terms = by_home.entry((shard, site)).or_default();
            terms.push((column, 1.0));
        }
    }
    let mut chosen: BTreeMap<usize, Terms> = BTreeMap::new();
    for ((shard, _), mut terms) in by_home {
        let choice = lp.choice();
        terms.push((choice, -statement.users[shard] / unit));
        lp.at_most(terms, 0.0);
        chosen.entry(shard).or_default().push((choice, 1.0));
    }
    for choices in chosen.into_values() {
        lp.at_most(choices, 1.0);
    }
}

/// Components that nobody passes: what events leave nothing of, and closed access points.
pub(super) fn gone(statement: &Statement, open: &[bool]) -> Vec<bool> {
    let mut gone = statement.believed.gone.clone();
    for (index, is_open) in open.iter().enumerate() {
        let id = AccessPointId::new(index);
        gone[statement.inventory.access_point_component(id).index()] |= !is_open;
    }
    gone
}

/// Where the fixed load had to be cut with every access point open.
pub(super) fn cut_load(statement: &Statement) -> Array2<bool> {
    let all_open = vec![true; statement.inventory.access_points.len()];
    let gone = gone(statement, &all_open);
    let slices = 0..statement.believed.slices();
    let cut = slices.map(|slice| fixed_load(statement, &gone, slice).1);
    cut.reduce(|some, others| Array2::from_shape_fn(some.dim(), |key| some[key] || others[key]))
        .expect("there is a slice")
}

/// `F` by component and resource in a slice of the hours, and where it had to be cut to the capacity left.
///
/// Decision: background counts on every component, vanishes on a closed access point like on any component
/// of which nothing is left, and stays on a pool member that is pulled out.
pub(super) fn fixed_load(
    statement: &Statement,
    gone: &[bool],
    slice: usize,
) -> (Array2<f64>, Array2<bool>) {
    let inventory = statement.inventory;
    let mut fixed = Array2::zeros(statement.believed.target.dim());
    for row in &inventory.background {
        fixed[[row.component.index(), row.resource.index()]] += row.load;
    }
    for (shard, users) in statement.users.iter().enumerate() {
        for site in (0..inventory.sites.len()).map(SiteId::new) {
            if has_copy(inventory, shard, site) {
                let e = inventory.site_component(site).index();
                for (r, resource) in inventory.resources.iter().enumerate() {
                    let demand = statement.believed.demand_in(inventory, slice, shard, r);
                    fixed[[e, r]] += resource.replica_share * demand * users;
                }
            }
        }
    }
    let was_cut = Array2::from_shape_fn(fixed.dim(), |(e, r)| {
        let left = statement.believed.left(e, r);
        gone[e] || left.is_some_and(|left| fixed[[e, r]] > left)
    });
    for ((e, r), load) in fixed.indexed_iter_mut() {
        if gone[e] {
            *load = 0.0;
        } else if let Some(left) = statement.believed.left(e, r) {
            *load = load.min(left);
        }
    }
    (fixed, was_cut)
}
