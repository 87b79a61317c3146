//! A proof that a plan with other homes is worse, without solving it (`docs/design.md`).
//!
//! Two bounds need no solver. Whole shards never do better than fractional homes at the first level at which a plan
//! differs from these. And with one home for every shard, relief, copies and moves are fixed except for users who stay
//! unserved: each of those takes at most 1 off. Where nobody else stays unserved, so are the loads at sites and at
//! the places that every path into one passes, which say how much headroom is missing there; and nobody is nearer to
//! home than on the path of least latency.

use crate::formulation::goals::{Level, per_user, users_missing};
use crate::formulation::rows::{LoadRow, RowId, target_limit};
use crate::formulation::{Class, ClassId, Narrowed, Problem};
use crate::graph::{Network, PlaceId};
use crate::ids::{ShardId, SiteId};
use crate::model::LinkEnd;
use crate::plan::SiteLoads;
use crate::solve::Outcome;
use crate::units::{NOBODY, NUMERICAL_NOISE, PROVEN};
use std::sync::Arc;

/// `true` if every plan with these homes is worse than `incumbent` at the first level that differs.
///
/// `fractional` is the optimum of `problem` over fractional homes. `false` says nothing.
pub(super) fn is_proven_worse(
    problem: &Problem<'_>,
    fractional: &Outcome,
    incumbent: &Outcome,
    narrowed: &Narrowed,
) -> bool {
    HomeLoads::of(problem, narrowed)
        .is_some_and(|homed| homed.is_proven_worse(fractional, incumbent))
}

/// What one user of a class makes of the levels at a site.
struct UserLoads<'a> {
    /// By level, in the order of [`Level::OF_MOVERS`].
    movers: [f64; 3],
    latency: f64,
    /// The user's load by row.
    at_site: &'a [(RowId, f64)],
    along_path: Vec<(RowId, f64)>,
}

impl UserLoads<'_> {
    fn loads(&self) -> impl Iterator<Item = &(RowId, f64)> {
        self.at_site.iter().chain(&self.along_path)
    }
}

/// What a problem says of sites.
struct Sites<'a> {
    problem: &'a Problem<'a>,
    along_path: Vec<Vec<PlaceId>>,
    loads: SiteLoads,
}

impl<'a> Sites<'a> {
    fn new(problem: &'a Problem<'a>) -> Self {
        let sites = (0..problem.setting.inventory.sites.len()).map(SiteId::new);
        Self {
            problem,
            along_path: sites
                .map(|site| sole_path_into(problem.setting.network, site))
                .collect(),
            loads: SiteLoads::new(problem),
        }
    }

    fn of_user(&self, class: ClassId, site: SiteId) -> UserLoads<'_> {
        let problem = self.problem;
        let demand = problem.demand(class);
        let class = problem.class(class);
        let rows = &problem.rows;
        let on_the_way = self.along_path[site.index()].iter();
        UserLoads {
            movers: Level::OF_MOVERS.map(|level| per_user(level, class, site)),
            latency: least_latency(problem, class, site),
            at_site: self.loads.of(class, site),
            along_path: on_the_way
                .flat_map(|place| &rows.at_place[place.index()])
                .map(|&row| {
                    let of = &rows.rows[row];
                    (row, of.passed_by(&demand.of_user, demand.retries))
                })
                .collect(),
        }
    }
}

/// What homes make of the levels, if all are served there.
#[derive(Clone)]
pub(super) struct HomeLoads<'a> {
    sites: Arc<Sites<'a>>,
    /// By level, in the order of [`Level::OF_MOVERS`].
    movers: [f64; 3],
    /// User-milliseconds.
    latency: f64,
    /// Users without any home.
    nowhere: f64,
    /// By row, at sites and on the only paths into them.
    loads: Vec<f64>,
}

impl<'a> HomeLoads<'a> {
    /// `None` if some shard has more than one home left.
    pub(super) fn of(problem: &'a Problem<'a>, narrowed: &Narrowed) -> Option<Self> {
        let sites = Arc::new(Sites::new(problem));
        let mut homed = Self {
            sites: Arc::clone(&sites),
            movers: [0.0; 3],
            latency: 0.0,
            nowhere: 0.0,
            loads: problem.rows.rows.iter().map(|row| row.fixed).collect(),
        };
        for (id, class) in problem.classes.classes.iter().enumerate() {
            match narrowed.left_to_class(id) {
                Some([]) => homed.nowhere += class.users,
                Some(&[site]) => homed.add(class.users, &sites.of_user(id, site)),
                _ => homed.add_each(id, narrowed)?,
            }
        }
        Some(homed)
    }

    /// Adds the shards of a class, each where it is left.
    fn add_each(&mut self, id: ClassId, narrowed: &Narrowed) -> Option<()> {
        let sites = Arc::clone(&self.sites);
        let class = sites.problem.class(id);
        for (position, &shard) in class.shards.iter().enumerate() {
            let users = sites.problem.setting.users(class.home(shard));
            match narrowed.left_to(id, position)? {
                [] => self.nowhere += users,
                &[site] => self.add(users, &sites.of_user(id, site)),
                _ => return None,
            }
        }
        Some(())
    }

    /// Adds users; takes them off if they are less than 0.
    fn add(&mut self, users: f64, of_user: &UserLoads<'_>) {
        for (sum, of_user) in self.movers.iter_mut().zip(of_user.movers) {
            *sum += users * of_user;
        }
        self.latency += users * of_user.latency;
        for (row, load) in of_user.loads() {
            self.loads[*row] += users * load;
        }
    }

    /// Homes a shard elsewhere; it was at `from`, or nowhere.
    pub(super) fn relocate(&mut self, shard: ShardId, from: Option<SiteId>, to: SiteId) {
        let sites = Arc::clone(&self.sites);
        let setting = &sites.problem.setting;
        for home in setting.current.of(shard) {
            let Some(class) = sites.problem.classes.class_of.get(home) else {
                continue;
            };
            let users = setting.users(home);
            match from {
                Some(from) => self.add(-users, &sites.of_user(class, from)),
                None => self.nowhere -= users,
            }
            self.add(users, &sites.of_user(class, to));
        }
    }

    /// The same as [`is_proven_worse`] for these homes with some shards, each once, elsewhere: by shard, its home and
    /// the other one.
    pub(super) fn is_proven_worse_with(
        &self,
        fractional: &Outcome,
        incumbent: &Outcome,
        relocated: impl Iterator<Item = (ShardId, Option<SiteId>, SiteId)>,
    ) -> bool {
        let mut homed = self.clone();
        for (shard, from, to) in relocated {
            homed.relocate(shard, from, to);
        }
        homed.is_proven_worse(fractional, incumbent)
    }

    /// Worst missing share, and all missing headroom in users.
    fn missing(&self) -> (f64, f64) {
        let rows = &self.sites.problem.rows;
        let families = rows.families().filter(|(_, row)| row.has_shortfall());
        families.fold((0.0_f64, 0.0), |(worst, total), (family, row)| {
            let by_slice = rows.family(family);
            let missing = by_slice
                .map(|(index, row)| missing_share(row, self.loads[index]))
                .fold(0.0, f64::max);
            (worst.max(missing), total + missing * users_missing(row))
        })
    }

    /// What the levels are at least with some shards elsewhere, if nobody else stays unserved than in `incumbent`;
    /// those that homes leave open are as there.
    pub(super) fn levels_with(
        &self,
        incumbent: &Outcome,
        relocated: impl Iterator<Item = (ShardId, Option<SiteId>, SiteId)>,
    ) -> Vec<f64> {
        let mut homed = self.clone();
        for (shard, from, to) in relocated {
            homed.relocate(shard, from, to);
        }
        let least = homed.least(incumbent);
        let levels = incumbent.levels.iter();
        levels
            .map(|level| least(level.level).unwrap_or(level.value))
            .collect()
    }

    /// By row, whether headroom is missing there.
    pub(super) fn short_rows(&self) -> Vec<bool> {
        let rows = self.sites.problem.rows.rows.iter();
        rows.zip(&self.loads)
            .map(|(row, load)| row.has_shortfall() && missing_share(row, *load) > 0.0)
            .collect()
    }

    /// The rows on which headroom is missing, with the load that is beyond its target: that first where most is, in users.
    pub(super) fn short_by(&self) -> Vec<(RowId, f64)> {
        let rows = self.sites.problem.rows.rows.iter().zip(&self.loads);
        let rows = rows.enumerate().filter(|(_, (row, _))| row.has_shortfall());
        let missing = rows.map(|(at, (row, load))| {
            let users = missing_share(row, *load) * users_missing(row);
            let beyond = load - target_limit(row.target, row.kept) * row.capacity;
            (users, at, beyond)
        });
        let mut short: Vec<_> = missing.filter(|entry| entry.0 > 0.0).collect();
        short.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        short.into_iter().map(|entry| (entry.1, entry.2)).collect()
    }

    /// What one user of a class brings to a row while at a site.
    pub(super) fn load_of_user(&self, row: RowId, class: ClassId, site: SiteId) -> f64 {
        let of_user = self.sites.of_user(class, site);
        let of_row = of_user.loads().filter(|load| load.0 == row);
        of_row.map(|pair| pair.1).sum()
    }

    /// `true` if a class at a site loads one of these rows.
    pub(super) fn is_on(&self, rows: &[bool], class: ClassId, site: SiteId) -> bool {
        let of_user = self.sites.of_user(class, site);
        let mut loads = of_user.loads();
        loads.any(|(row, load)| rows[*row] && *load > 0.0)
    }

    /// By level, the least that these homes make of it; `None` of what they leave open.
    fn least(&self, incumbent: &Outcome) -> impl Fn(Level) -> Option<f64> + use<> {
        // No later level is looked at unless as many stay unserved as in the incumbent.
        let unserved: f64 = incumbent
            .levels
            .iter()
            .filter(|level| matches!(level.level, Level::Unserved(_)))
            .map(|level| level.value)
            .sum();
        let not_there = (unserved - self.nowhere).max(0.0);
        // These hold only if all who have a home are served.
        let (worst, total, latency) = if not_there > NOBODY {
            (0.0, 0.0, 0.0)
        } else {
            let (worst, total) = self.missing();
            (worst, total, self.latency)
        };
        let movers = self.movers.map(|users| users - not_there);
        move |level| match level {
            Level::Worst => Some(worst),
            Level::Total => Some(total),
            Level::Latency => Some(latency),
            _ => level.of_movers().map(|position| movers[position]),
        }
    }

    fn is_proven_worse(&self, fractional: &Outcome, incumbent: &Outcome) -> bool {
        let least_of = self.least(incumbent);
        let mut is_optimal_so_far = true;
        for (level_outcome, best) in incumbent.levels.iter().zip(&fractional.levels) {
            let fixed = least_of(level_outcome.level).unwrap_or(0.0);
            let least = if is_optimal_so_far {
                fixed.max(best.bound)
            } else {
                fixed
            };
            let scale = level_outcome.value.abs().max(1.0);
            if least > level_outcome.value + PROVEN * scale {
                return true;
            }
            if least < level_outcome.value - NUMERICAL_NOISE * scale {
                return false;
            }
            is_optimal_so_far &=
                (level_outcome.value - best.value).abs() <= NUMERICAL_NOISE * scale;
        }
        false
    }
}

fn missing_share(row: &LoadRow, load: f64) -> f64 {
    let over = load / row.capacity - target_limit(row.target, row.kept);
    (over / row.target).max(0.0)
}

/// Milliseconds of the shortest path of a class to a site; 0 without one.
fn least_latency(problem: &Problem<'_>, class: &Class, site: SiteId) -> f64 {
    let group = &problem.classes.groups[class.group];
    let profile = problem.classes.demands[group.demand].profile.index();
    problem.profile_paths.with_standby[profile]
        .cost(group.client_region, site, group.max_latency)
        .map_or(0.0, |cost| cost.latency)
}

/// Elements and pools that every path into a site passes last: as long as links lead on from one place only.
fn sole_path_into(network: &Network, site: SiteId) -> Vec<PlaceId> {
    let mut path: Vec<PlaceId> = Vec::new();
    let mut at = network.place(LinkEnd::Site(site));
    loop {
        let mut from = network.entering(at).map(|(_, place)| place);
        let Some(before) = from.next() else {
            return path;
        };
        let is_sole = from.all(|other| other == before) && !path.contains(&before);
        let is_passed = matches!(network.end(before), LinkEnd::Element(_) | LinkEnd::Pool(_));
        if !is_sole || !is_passed {
            return path;
        }
        path.push(before);
        at = before;
    }
}

#[cfg(test)]
mod tests;
