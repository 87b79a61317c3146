//! The best homes of whole shards: branch and bound over them (`docs/model.md` §6, `docs/design.md`).
//!
//! Rounding finds good homes and says nothing of others. Where a period is small, a search begins there. Each of its nodes leaves
//! some shards fewer sites; the linear program of a node, in which shards may still be split, bounds every level of the whole
//! plans in it. The node with the lowest levels is branched first: one shard goes to one site, or to any other. A node whose
//! levels are no lower than those of the best plan is done, and once no other is left that plan is proven. What is left where the
//! work is spent says how much better another plan may be.

use super::relocations::RoundedHomes;
use super::whole_shards::{homes_of_class, narrow_on, rounded_on, shard_count};
use crate::error::{Error, Result};
use crate::formulation::{Detail, Narrowed, Problem};
use crate::ids::{ShardId, SiteId};
use crate::model::Goal;
use crate::solve::{Beat, LevelOutcome, Outcome, Proof, Start, Stop, solve_to_beat};
use crate::units::PROVEN;

/// Work that is spent on a period, at most: a node counts as much as its program has entries, no less than `OF_NODE`, and the shards
/// that it parts.
const MOST_WORK: usize = 1_000_000;
const OF_NODE: usize = 500;

/// The share of it where moves, or latency, are all that is to be gained, and where a plan is one of many that are tried.
const OF_MOVES: usize = 4;
const OF_LATENCY: usize = 12;
const OF_MANY: usize = 6;

/// Beyond this many periods each has less work, so that all of them together have no more than this many.
const FEW_PERIODS: usize = 6;

/// A search that ends after fewer nodes hardly finds or proves anything: it is not begun.
const LEAST_NODES: usize = 64;

/// Some shards have fewer sites left.
struct Node {
    narrowed: Narrowed,
    outcome: Outcome,
}

/// Better homes than these if the period is small and there are any, and what whole plans do not go below, level by level:
/// each bound holds for plans that reach the bounds before it. No bounds where nothing but the program with split shards
/// bounds them. The work is shared with other periods, and with other plans where the plan is one of many that are tried.
///
/// # Errors
/// Those of [`solve_to_beat`].
pub(super) fn best_homes(
    problem: &Problem<'_>,
    fractional: &Outcome,
    mut homes: RoundedHomes,
    (periods, is_one_of_many): (usize, bool),
    stop: &Stop,
) -> Result<(RoundedHomes, Vec<f64>)> {
    let nonzeros = usize::try_from(fractional.size.nonzeros).unwrap_or(usize::MAX);
    let of_node = nonzeros.max(OF_NODE) + shard_count(problem);
    // Parts of a shard that is split now are of several classes: nothing in a program keeps them together.
    let is_split = problem.setting.current.split_shards().next().is_some();
    let is_large = of_node * LEAST_NODES > MOST_WORK;
    if is_large || is_split || stop.is_raised() || fractional.proof != Proof::Proven {
        return Ok((homes, Vec::new()));
    }
    let outcome = homes.solved(problem, fractional, stop)?;
    let of_many = if is_one_of_many { OF_MANY } else { 1 };
    let work = worth(fractional, &outcome) / of_many * FEW_PERIODS / periods.max(FEW_PERIODS);
    let nodes = work / of_node;
    if nodes < LEAST_NODES || !fractional.is_lower_than(&outcome) {
        homes.outcome = Some(outcome);
        return Ok((homes, Vec::new()));
    }
    let all = Narrowed::none(problem);
    // Classes of a narrowed problem may be fewer.
    let root = problem.narrowed(&all, Detail::Values);
    let start = Start {
        problem,
        outcome: fractional,
    };
    let root = match solved(&root, start, None, stop) {
        Ok(Some(root)) => root,
        Ok(None) | Err(Error::Solver { .. }) => {
            homes.outcome = Some(outcome);
            return Ok((homes, Vec::new()));
        }
        Err(error) => return Err(error),
    };
    let mut search = HomeSearch {
        problem,
        stop,
        open: vec![Node {
            narrowed: all,
            outcome: root,
        }],
        best: Node {
            narrowed: homes.narrowed,
            outcome,
        },
        left: nodes,
    };
    search.run()?;
    let bounds = search.bounds();
    let Node { narrowed, outcome } = search.best;
    let homes = RoundedHomes {
        narrowed,
        outcome: Some(outcome),
    };
    Ok((homes, bounds))
}

/// How much work better homes are worth: by the first level at which whole shards are worse than split ones.
fn worth(fractional: &Outcome, whole: &Outcome) -> usize {
    let mut both = fractional.levels.iter().zip(&whole.levels);
    let is_worse = |best: f64, value: f64| value - best > PROVEN * best.abs().max(1.0);
    let first = both.find(|(best, level_outcome)| is_worse(best.value, level_outcome.value));
    match first.map(|(best, _)| best.level.goal()) {
        Some(Goal::Moves) => MOST_WORK / OF_MOVES,
        Some(Goal::Latency) | None => MOST_WORK / OF_LATENCY,
        Some(_) => MOST_WORK,
    }
}

/// A program solved from a start; from none if the solver fails there.
fn solved(
    problem: &Problem<'_>,
    start: Start<'_>,
    best: Option<&Outcome>,
    stop: &Stop,
) -> Result<Option<Outcome>> {
    let to_beat = best.map(|best| (best, Beat::AnyLevel));
    match solve_to_beat(problem, Some(start), stop, to_beat) {
        Err(Error::Solver { .. }) => solve_to_beat(problem, None, stop, to_beat),
        solved => solved,
    }
}

struct HomeSearch<'a> {
    problem: &'a Problem<'a>,
    stop: &'a Stop,
    open: Vec<Node>,
    best: Node,
    /// How many programs may still be solved.
    left: usize,
}

impl HomeSearch<'_> {
    fn run(&mut self) -> Result<()> {
        loop {
            let best = &self.best.outcome;
            self.open.retain(|node| node.outcome.is_lower_than(best));
            let Some(lowest) = self.lowest() else {
                return Ok(());
            };
            if self.left == 0 || self.stop.is_raised() {
                return Ok(());
            }
            let node = self.open.swap_remove(lowest);
            match self.branch(&node) {
                Ok(true) => {}
                // What the solver cannot solve is not known to be worse.
                Ok(false) | Err(Error::Solver { .. }) => {
                    self.open.push(node);
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The position of the node with the lowest levels.
    fn lowest(&self) -> Option<usize> {
        (0..self.open.len()).reduce(|lowest, other| {
            let [outcome, theirs] = [lowest, other].map(|at| &self.open[at].outcome);
            if theirs.is_lower_than(outcome) {
                other
            } else {
                lowest
            }
        })
    }

    /// Replaces a node by what one shard makes of it; `false` if that was not done.
    fn branch(&mut self, node: &Node) -> Result<bool> {
        let problem = self.problem.narrowed(&node.narrowed, Detail::Plan);
        let start = Start {
            problem: &problem,
            outcome: &node.outcome,
        };
        let Some(split) = split(&problem, &node.outcome) else {
            let mut whole = node.narrowed.clone();
            narrow_on(self.problem, &problem, &node.outcome, &mut whole);
            return self.try_whole(start, whole);
        };
        if !self.try_whole(
            start,
            rounded_on(self.problem, &problem, (&node.narrowed, &node.outcome)),
        )? {
            return Ok(false);
        }
        let mut one = node.narrowed.clone();
        one.leave_to_shard(self.problem, split.shards[0], &[split.site]);
        let mut others = node.narrowed.clone();
        for shard in &split.shards {
            others.leave_to_shard(self.problem, *shard, &split.others);
        }
        if self.left < 2 {
            return Ok(false);
        }
        self.left -= 2;
        let best = &self.best.outcome;
        let solve = |narrowed: Narrowed| -> Result<Option<Node>> {
            let problem = self.problem.narrowed(&narrowed, Detail::Values);
            let found = solved(&problem, start, Some(best), self.stop)?;
            Ok(found.map(|outcome| Node { narrowed, outcome }))
        };
        let (one, others) = rayon::join(|| solve(one), || solve(others));
        let found: Vec<Node> = [one?, others?].into_iter().flatten().collect();
        if found.iter().any(|node| node.outcome.proof != Proof::Proven) {
            return Ok(false);
        }
        self.open.extend(found);
        Ok(true)
    }

    /// Takes whole homes if they are better than the best; `false` if the work for that was spent.
    fn try_whole(&mut self, start: Start<'_>, whole: Narrowed) -> Result<bool> {
        if self.left == 0 {
            return Ok(false);
        }
        self.left -= 1;
        let problem = self.problem.narrowed(&whole, Detail::Values);
        let best = &self.best.outcome;
        let found = solved(&problem, start, Some(best), self.stop)?;
        let better = found.filter(|outcome| outcome.is_lower_than(best));
        if let Some(outcome) = better {
            tracing::debug!(left = self.left, "better homes");
            self.best = Node {
                narrowed: whole,
                outcome,
            };
        }
        Ok(true)
    }

    /// What no whole plan goes below, as far as the levels before it are proven.
    fn bounds(&self) -> Vec<f64> {
        let mut tied: Vec<&[LevelOutcome]> = self
            .open
            .iter()
            .map(|node| node.outcome.levels.as_slice())
            .collect();
        let mut bounds = Vec::new();
        for (at, level) in self.best.outcome.levels.iter().enumerate() {
            let of_open = tied
                .iter()
                .filter_map(|level_outcomes| level_outcomes.get(at));
            let bound = of_open
                .map(|level_outcome| level_outcome.bound)
                .fold(level.value, f64::min);
            bounds.push(bound);
            let scale = level.value.abs().max(1.0);
            if level.value - bound > PROVEN * scale {
                break;
            }
            tied.retain(|level_outcomes| {
                level_outcomes.get(at).is_some_and(|level_outcome| {
                    level_outcome.value <= level.value + PROVEN * scale
                })
            });
        }
        bounds
    }
}

/// Shards that nothing tells apart, served at several sites: the first of them goes to one site or, as all of them, to others.
struct Split {
    shards: Vec<ShardId>,
    site: SiteId,
    others: Vec<SiteId>,
}

/// The largest shards of classes that are served at several sites, and the site at which most of their class is.
fn split(problem: &Problem<'_>, outcome: &Outcome) -> Option<Split> {
    let setting = &problem.setting;
    let mut largest: Option<(f64, Split)> = None;
    for (id, class) in problem.classes.classes.iter().enumerate() {
        let homes = homes_of_class(problem, outcome, id);
        if homes.len() < 2 {
            continue;
        }
        let users = |shard: ShardId| setting.users(class.home(shard));
        let tier = |shard: ShardId| setting.inventory.shards[shard.index()].tier;
        let shards = class.shards.iter().copied();
        let Some(first) = shards.max_by(|a, b| users(*a).total_cmp(&users(*b)).then(b.cmp(a)))
        else {
            continue;
        };
        if largest.as_ref().is_some_and(|pair| pair.0 >= users(first)) {
            continue;
        }
        let is_like = |shard: &ShardId| {
            users(*shard).total_cmp(&users(first)).is_eq() && tier(*shard) == tier(first)
        };
        let site = homes.iter().fold(
            homes[0],
            |most, pair| if pair.1 > most.1 { *pair } else { most },
        );
        largest = Some((
            users(first),
            Split {
                shards: class.shards.iter().copied().filter(is_like).collect(),
                site: site.0,
                others: class
                    .sites
                    .iter()
                    .copied()
                    .filter(|candidate| *candidate != site.0)
                    .collect(),
            },
        ));
    }
    largest.map(|pair| pair.1)
}
