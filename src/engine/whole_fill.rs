//! Whole shards put together from a plan that may split them, without solving anything.
//!
//! A class that the plan serves at one site can have its shards there whole: nothing changes. The shards of a class at
//! several sites fill what the plan serves at each, on the paths that the plan takes there; then single shards change
//! sites, or two change places, as long as that takes load off what is overfilled. What comes out is a placement, so
//! it proves that whole shards do as well where it overloads nothing. Where it fails nothing is proven.

use super::settled::SettledCase;
use crate::formulation::goals::Level;
use crate::formulation::rows::{RowId, target_limit};
use crate::formulation::{ClassId, KindId, Problem, Setting};
use crate::ids::{ShardId, SiteId};
use crate::plan::sweep::WholeShards;
use crate::sums::summed;
use crate::units::{NOBODY, NUMERICAL_NOISE, PROVEN, SOLVER_NOISE};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Steps that are tried in a case, at most: a number, so that every machine finds the same.
const MOST_STEPS: usize = 20_000;

/// How much worse a share of a capacity beyond it is than a share beyond its headroom target.
const OVERLOAD: f64 = 1_000.0;

/// The users of every shard with users, by kind.
#[derive(Debug)]
pub(super) struct ShardSizes {
    /// By kind, where its shards begin; at the end, how many there are.
    starts: Vec<usize>,
    shards: Vec<(ShardId, f64)>,
    /// `true` if the users of some shard are at several sites now.
    is_any_split: bool,
}

impl ShardSizes {
    pub(super) fn of(setting: &Setting<'_>) -> Self {
        let kinds = &setting.folded.kinds;
        let homes = kinds.of_homes(setting.current);
        let mut all: Vec<(KindId, (ShardId, f64))> = homes
            .map(|(home, kind)| (kind, (home.shard, setting.users(home))))
            .filter(|(_, (_, users))| *users > 0.0)
            .collect();
        all.sort_by_key(|(kind, _)| *kind);
        let kinds = (0..=kinds.kinds.len()).map(|kind| kind as u64);
        Self {
            starts: kinds
                .map(|kind| all.partition_point(|pair| u64::from(pair.0) < kind))
                .collect(),
            shards: all.into_iter().map(|(_, shard)| shard).collect(),
            is_any_split: setting.current.split_shards().next().is_some(),
        }
    }

    fn of_kind(&self, kind: KindId) -> &[(ShardId, f64)] {
        let kind = kind as usize;
        &self.shards[self.starts[kind]..self.starts[kind + 1]]
    }
}

/// What a plan serves of a class at one site.
struct Quota {
    #[cfg(test)]
    site: SiteId,
    users: f64,
    /// What one of them adds to the default plan, by row: the mean over the paths that the plan takes.
    loads: Vec<(RowId, f64)>,
}

/// A class that a plan serves at several sites.
pub(super) struct SplitClass {
    class: ClassId,
    quotas: Vec<Quota>,
    /// The served users of its shards, most first.
    shards: Vec<(ShardId, f64)>,
    /// By shard, the position of its quota.
    at: Vec<usize>,
}

/// The values that a settled case has where shards may be split.
pub(super) fn with_split_shards(settled: &SettledCase<'_, '_>) -> WholeShards {
    let ranks = 0..settled.problem.classes.ranks.len();
    WholeShards {
        unserved: ranks.map(|rank| settled.value(Level::Unserved(rank))).sum(),
        worst_shortfall: settled.value(Level::Worst).max(0.0),
    }
}

/// What whole shards do in a settled case, as far as its plan shows it; `None` if that overloads something.
pub(super) fn filled(settled: &SettledCase<'_, '_>, sizes: &ShardSizes) -> Option<WholeShards> {
    placed(settled, sizes).map(|(whole, _)| whole)
}

/// The same, with the classes that the plan splits and where their shards are put.
pub(super) fn placed(
    settled: &SettledCase<'_, '_>,
    sizes: &ShardSizes,
) -> Option<(WholeShards, Vec<SplitClass>)> {
    let (problem, split) = (settled.problem, with_split_shards(settled));
    let mut classes = split_classes(settled);
    if classes.is_empty() {
        return Some((split, classes));
    }
    // Rounding moves further users, which a limit may forbid; and a shard that is split now is in several classes.
    if problem.setting.policy.max_moved_users.is_some() || sizes.is_any_split {
        return None;
    }
    list_shards(settled, sizes, &mut classes);
    let mut fill = Fill::of(settled, &split);
    for class in &mut classes {
        class.fill();
        for (position, quota) in class.quotas.iter().enumerate() {
            let shards = class.shards.iter().zip(&class.at);
            let here = shards.filter(|(_, at)| **at == position);
            let users: f64 = here.map(|((_, users), _)| users).sum();
            fill.add(&quota.loads, users - quota.users);
        }
    }
    fill.relieve(&mut classes);
    let worst_shortfall = fill.worst_shortfall(problem)?;
    let whole = WholeShards {
        unserved: split.unserved,
        worst_shortfall: if worst_shortfall > split.worst_shortfall + PROVEN {
            worst_shortfall
        } else {
            split.worst_shortfall
        },
    };
    Some((whole, classes))
}

/// The classes that the plan of a case serves at more than one site.
fn split_classes(settled: &SettledCase<'_, '_>) -> Vec<SplitClass> {
    let (problem, displaced) = (settled.problem, &settled.displaced);
    let mut by_class: BTreeMap<ClassId, Vec<(SiteId, f64, Option<usize>)>> = BTreeMap::new();
    for (position, served) in displaced.served.iter().enumerate() {
        let site = displaced.paths.get(served.path).site;
        let of_class = by_class.entry(served.class).or_default();
        of_class.push((site, served.users, Some(position)));
    }
    let mut classes = Vec::new();
    for (class, mut places) in by_class {
        let all = problem.class(class).users;
        let elsewhere: f64 = places.iter().map(|(_, users, _)| users).sum();
        let unserved = displaced.unserved.get(&class).into_iter().flatten();
        let on_default = all - elsewhere - unserved.sum::<f64>();
        if let Some(default) = problem.defaults[class]
            && on_default > 2.0 * SOLVER_NOISE * all
        {
            places.push((default.site, on_default, None));
        }
        places.sort_by_key(|(site, ..)| *site);
        let quotas: Vec<&[_]> = places.chunk_by(|a, b| a.0 == b.0).collect();
        if quotas.len() > 1 {
            let quotas = quotas.into_iter();
            classes.push(SplitClass {
                class,
                quotas: quotas
                    .map(|of_site| quota(settled, class, of_site))
                    .collect(),
                shards: Vec::new(),
                at: Vec::new(),
            });
        }
    }
    classes
}

fn quota(
    settled: &SettledCase<'_, '_>,
    class: ClassId,
    of_site: &[(SiteId, f64, Option<usize>)],
) -> Quota {
    let displaced = &settled.displaced;
    let users: f64 = of_site.iter().map(|(_, users, _)| users).sum();
    let mut loads = Vec::new();
    for &(_, on_path, position) in of_site {
        // Users on the default path add nothing to the default plan.
        let Some(position) = position else {
            continue;
        };
        let path = displaced.paths.get(displaced.served[position].path);
        let of_user = settled.problem.displaced_loads(class, path).into_iter();
        loads.extend(of_user.map(|(row, load)| (row, load * on_path / users)));
    }
    Quota {
        #[cfg(test)]
        site: of_site[0].0,
        users,
        loads: summed(loads),
    }
}

/// Gives classes their shards. Of a rank that is served in part the same share of every shard is.
fn list_shards(settled: &SettledCase<'_, '_>, sizes: &ShardSizes, classes: &mut [SplitClass]) {
    let problem = settled.problem;
    let kinds = &problem.setting.folded.kinds;
    let (tiers, ranks) = (&problem.setting.inventory.tiers, &problem.classes.ranks);
    let positions: FxHashMap<ClassId, usize> = classes
        .iter()
        .enumerate()
        .map(|(position, split_class)| (split_class.class, position))
        .collect();
    let pairs = problem.classes.class_of.kinds();
    for (kind, class) in pairs.chain(problem.spared_kinds()) {
        let Some(&position) = positions.get(&class) else {
            continue;
        };
        let rank = tiers[kinds.kinds[kind as usize].tier.index()].rank;
        let rank = ranks.partition_point(|number| *number < rank);
        let of_rank = problem.class(class).users_of_rank[rank];
        let unserved = settled.displaced.unserved.get(&class);
        let unserved = unserved.map_or(0.0, |by_rank| by_rank[rank]);
        let served = if of_rank > 0.0 {
            1.0 - unserved / of_rank
        } else {
            1.0
        };
        let shards = sizes.of_kind(kind).iter();
        let shards = shards.map(|(shard, users)| (*shard, users * served));
        classes[position].shards.extend(shards);
    }
    for class in classes {
        let shards = &mut class.shards;
        shards.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    }
}

impl SplitClass {
    /// Its shards, and the site where each is put.
    #[cfg(test)]
    pub(super) fn homes(&self) -> impl Iterator<Item = (ShardId, SiteId)> + '_ {
        let shards = self.shards.iter().zip(&self.at);
        shards.map(|((shard, _), at)| (*shard, self.quotas[*at].site))
    }

    /// Fills the quotas, largest shard first, each where most is left.
    fn fill(&mut self) {
        let mut left: Vec<f64> = self.quotas.iter().map(|quota| quota.users).collect();
        for (_, users) in &self.shards {
            let mut most = 0;
            for position in 1..left.len() {
                if left[position] > left[most] {
                    most = position;
                }
            }
            left[most] -= users;
            self.at.push(most);
        }
    }
}

/// Loads by row, and what they may be.
struct Fill {
    loads: Vec<f64>,
    /// By row: the capacity, the most load, and the most at which no more of a target is missing than with split shards.
    limits: Vec<[f64; 3]>,
    /// Steps that may still be tried.
    left: usize,
}

impl Fill {
    fn of(settled: &SettledCase<'_, '_>, split: &WholeShards) -> Self {
        let problem = settled.problem;
        let loads = settled.displaced.loads(problem);
        let is_asked = problem.levels.contains(&Level::Worst);
        let rows = problem.rows.rows.iter().zip(&loads);
        let limits = rows.map(|(row, load)| {
            let within = if is_asked && row.has_shortfall() {
                let share = target_limit(row.target, row.kept);
                (share + split.worst_shortfall * row.target).min(1.0)
            } else {
                1.0
            };
            // What the plan with split shards loads is allowed in any case.
            let most = |share: f64| (share * row.capacity * (1.0 + SOLVER_NOISE)).max(*load);
            [row.capacity, most(1.0), most(within)]
        });
        Self {
            limits: limits.collect(),
            loads,
            left: MOST_STEPS,
        }
    }

    /// How far a row is beyond its limits.
    fn excess(&self, row: RowId) -> f64 {
        let [capacity, most, within] = self.limits[row];
        let load = self.loads[row];
        (OVERLOAD * (load - most).max(0.0) + (load - within).max(0.0)) / capacity
    }

    /// Adds users, or takes them off; returns by how much the excess grows.
    fn add(&mut self, of_user: &[(RowId, f64)], users: f64) -> f64 {
        let mut grown = 0.0;
        for &(row, load) in of_user {
            grown -= self.excess(row);
            self.loads[row] += users * load;
            grown += self.excess(row);
        }
        grown
    }

    fn is_within(&self) -> bool {
        (0..self.loads.len()).all(|row| self.excess(row) <= NUMERICAL_NOISE)
    }

    /// Takes steps that lower the excess, until none does or as many as may be were tried.
    fn relieve(&mut self, classes: &mut [SplitClass]) {
        while self.left > 0 && !self.is_within() {
            let is_better = self.relocate(classes) || self.swap(classes);
            if !is_better {
                break;
            }
        }
    }

    /// Moves users of a class from one quota to another if that lowers the excess.
    fn is_step(&mut self, class: &SplitClass, [from, to]: [usize; 2], users: f64) -> bool {
        self.left = self.left.saturating_sub(1);
        let [from, to] = [from, to].map(|position| class.quotas[position].loads.as_slice());
        let grown = self.add(from, -users) + self.add(to, users);
        let is_better = grown < -NUMERICAL_NOISE;
        if !is_better {
            self.add(to, -users);
            self.add(from, users);
        }
        is_better
    }

    /// Single shards to other sites.
    fn relocate(&mut self, classes: &mut [SplitClass]) -> bool {
        let mut is_any = false;
        for class in classes {
            for shard in 0..class.shards.len() {
                for to in 0..class.quotas.len() {
                    if self.left == 0 {
                        return is_any;
                    }
                    let from = class.at[shard];
                    if from != to && self.is_step(class, [from, to], class.shards[shard].1) {
                        class.at[shard] = to;
                        is_any = true;
                    }
                }
            }
        }
        is_any
    }

    /// Two shards of different sizes at each other's sites.
    fn swap(&mut self, classes: &mut [SplitClass]) -> bool {
        let mut is_any = false;
        for class in classes {
            for larger in 0..class.shards.len() {
                for smaller in larger + 1..class.shards.len() {
                    if self.left == 0 {
                        return is_any;
                    }
                    let ends = [class.at[larger], class.at[smaller]];
                    let users = class.shards[larger].1 - class.shards[smaller].1;
                    if ends[0] != ends[1] && users > NOBODY && self.is_step(class, ends, users) {
                        [class.at[larger], class.at[smaller]] = [ends[1], ends[0]];
                        is_any = true;
                    }
                }
            }
        }
        is_any
    }

    /// The worst missing share of a target; `None` if something is overloaded.
    fn worst_shortfall(&self, problem: &Problem<'_>) -> Option<f64> {
        let limits = self.limits.iter().zip(&self.loads);
        let mut all = limits.clone();
        if all.any(|([_, most, _], load)| *load > most * (1.0 + NUMERICAL_NOISE)) {
            return None;
        }
        if !problem.levels.contains(&Level::Worst) {
            return Some(0.0);
        }
        let rows = problem.rows.rows.iter().zip(limits);
        let missing = rows.filter(|(row, _)| row.has_shortfall());
        let missing = missing.map(|(row, ([capacity, ..], load))| {
            let beyond = load / capacity - target_limit(row.target, row.kept);
            (beyond / row.target).min(1.0 - row.kept)
        });
        Some(missing.fold(0.0, f64::max))
    }
}
