//! Whole shards: a shard lives at one site (`model.md` §6, `engine.md`).
//!
//! Each class fills the quotas of the linear program with its shards, largest first, staying at home preferred;
//! at most one shard per split quota stays in doubt. Those are settled by diving: what is rounded is frozen, the
//! levels are solved again, and the next are rounded. The last few are settled exactly, by trying every
//! combination. What rounding costs shows level by level beside the fractional values.

use crate::error::Result;
use crate::formulation::{ClassId, Problem};
use crate::ids::{ShardId, SiteId};
use crate::solve::{Outcome, Proof, Stop, solve, solve_unless_worse};

/// Combinations of the last shards in doubt that are tried, at most.
const COMBINATIONS: usize = 32;

/// A site takes part in a class's homes from this share of its users on.
const SHARE_OF_CLASS: f64 = 1e-7;

/// A shard fits a quota that is short of it by this share.
const SAME: f64 = 1e-9;

/// By shard, the sites among which it is narrowed down.
pub(super) type Narrowed = Vec<Option<Vec<SiteId>>>;

/// Homes of whole shards.
pub(super) struct Homes {
    /// By shard, its one site; none for a trapped shard.
    pub(super) narrowed: Narrowed,
    /// The levels solved with these homes, if they were.
    pub(super) outcome: Option<Outcome>,
}

/// Homes for whole shards, or `None` if the outcome splits nobody and can be taken as it is.
///
/// # Errors
/// Those of [`solve`].
pub(super) fn whole_shards(
    problem: &Problem<'_>,
    outcome: &Outcome,
    stop: &Stop,
) -> Result<Option<Homes>> {
    let mut narrowed = vec![None; problem.setting.inventory.shards.len()];
    let mut doubts = narrow(problem, outcome, &mut narrowed);
    if doubts.is_empty() && !is_any_split(problem, outcome) {
        return Ok(None);
    }
    while !doubts.is_empty() {
        if combinations(&doubts) <= COMBINATIONS && !stop.is_raised() {
            return settle_exactly(problem, outcome, doubts, narrowed, stop).map(Some);
        }
        let frozen = narrowed.clone();
        let problem = problem.narrowed(&frozen);
        let outcome = solve(&problem, stop)?;
        let rest = narrow(&problem, &outcome, &mut narrowed);
        doubts = if rest.len() < doubts.len() && outcome.proof != Proof::Stopped {
            rest
        } else {
            round(rest, &mut narrowed, outcome.proof == Proof::Stopped)
        };
    }
    Ok(Some(Homes {
        narrowed,
        outcome: None,
    }))
}

/// A shard in doubt: where it may be homed, each site with the share of its class there.
#[derive(Debug, Clone)]
struct Doubt {
    shard: ShardId,
    sites: Vec<(SiteId, f64)>,
}

/// How many combinations of sites there are, at most `COMBINATIONS + 1`.
fn combinations(doubts: &[Doubt]) -> usize {
    doubts.iter().fold(1, |product, doubt| {
        (product * doubt.sites.len()).min(COMBINATIONS + 1)
    })
}

/// Users of a class by site, ascending.
fn by_site(outcome: &Outcome, class: ClassId) -> Vec<(SiteId, f64)> {
    let start = outcome
        .served
        .partition_point(|served| served.class < class);
    let mut sites: Vec<(SiteId, f64)> = outcome.served[start..]
        .iter()
        .take_while(|served| served.class == class)
        .map(|served| (outcome.paths.get(served.path).site, served.users))
        .collect();
    sites.sort_by_key(|(site, _)| *site);
    sites.dedup_by(|next, kept| {
        let is_same = next.0 == kept.0;
        if is_same {
            kept.1 += next.1;
        }
        is_same
    });
    sites
}

/// The same without what is too little to be a home.
fn homes_of_class(problem: &Problem<'_>, outcome: &Outcome, class: ClassId) -> Vec<(SiteId, f64)> {
    let mut sites = by_site(outcome, class);
    let least = SHARE_OF_CLASS * problem.class(class).users;
    sites.retain(|(_, users)| *users > least);
    sites
}

/// `true` if any class is served at two sites, however little at one of them.
fn is_any_split(problem: &Problem<'_>, outcome: &Outcome) -> bool {
    (0..problem.classes.classes.len()).any(|class| by_site(outcome, class).len() > 1)
}

/// Narrows every shard to the one site where its class's quota has room for it; the rest are in doubt.
fn narrow(problem: &Problem<'_>, outcome: &Outcome, narrowed: &mut Narrowed) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    for (id, class) in problem.classes.classes.iter().enumerate() {
        let homes = homes_of_class(problem, outcome, id);
        match homes.as_slice() {
            [] => {
                // Wholly unserved: it keeps its site if it may, and could be served there.
                let site = class
                    .current
                    .filter(|site| class.sites.contains(site))
                    .or(problem.defaults[id].map(|default| default.site));
                for shard in &class.shards {
                    narrowed[shard.index()] = Some(site.into_iter().collect());
                }
            }
            [(site, _)] => {
                for shard in &class.shards {
                    narrowed[shard.index()] = Some(vec![*site]);
                }
            }
            _ => fill(problem, id, &homes, narrowed, &mut doubts),
        }
    }
    doubts
}

/// Fills the quotas of a split class with its shards.
fn fill(
    problem: &Problem<'_>,
    class: ClassId,
    homes: &[(SiteId, f64)],
    narrowed: &mut Narrowed,
    doubts: &mut Vec<Doubt>,
) {
    let row = problem.class(class);
    let served: f64 = homes.iter().map(|(_, users)| users).sum();
    let scale = row.users / served;
    let mut room: Vec<(SiteId, f64)> = homes
        .iter()
        .map(|(site, users)| (*site, users * scale))
        .collect();
    let users_of = |shard: ShardId| problem.setting.case.users(shard.index());
    let mut shards = row.shards.clone();
    shards.sort_by(|&a, &b| users_of(b).total_cmp(&users_of(a)).then(a.cmp(&b)));
    for shard in shards {
        let users = users_of(shard);
        let fits = |room: f64| users <= room * (1.0 + SAME);
        let home = room
            .iter()
            .position(|(site, room)| Some(*site) == row.current && fits(*room));
        let best = home.or_else(|| {
            (0..room.len())
                .filter(|&index| fits(room[index].1))
                .max_by(|&a, &b| room[a].1.total_cmp(&room[b].1).then(b.cmp(&a)))
        });
        if let Some(index) = best {
            room[index].1 -= users;
            narrowed[shard.index()] = Some(vec![room[index].0]);
        } else {
            let shares: Vec<(SiteId, f64)> = room
                .iter()
                .filter(|(_, left)| *left > SHARE_OF_CLASS * users)
                .map(|(site, left)| (*site, left / users))
                .collect();
            let shares = if shares.is_empty() {
                homes.to_vec()
            } else {
                shares
            };
            narrowed[shard.index()] = Some(shares.iter().map(|(site, _)| *site).collect());
            doubts.push(Doubt {
                shard,
                sites: shares,
            });
        }
    }
    doubts.retain(|doubt| {
        narrowed[doubt.shard.index()]
            .as_ref()
            .is_some_and(|sites| sites.len() > 1)
    });
}

/// Rounds the half of the doubts that are nearest to being settled, or all of them, to their largest share.
fn round(mut doubts: Vec<Doubt>, narrowed: &mut Narrowed, all: bool) -> Vec<Doubt> {
    let largest = |doubt: &Doubt| {
        doubt
            .sites
            .iter()
            .copied()
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    };
    let share = |doubt: &Doubt| largest(doubt).map_or(0.0, |(_, share)| share);
    doubts.sort_by(|a, b| share(b).total_cmp(&share(a)).then(a.shard.cmp(&b.shard)));
    let rest = if all {
        Vec::new()
    } else {
        doubts.split_off(doubts.len().div_ceil(2))
    };
    for doubt in doubts {
        if let Some((site, _)) = largest(&doubt) {
            narrowed[doubt.shard.index()] = Some(vec![site]);
        }
    }
    rest
}

/// Tries every combination of the last doubts and keeps the one whose levels are lowest in order. The likeliest
/// comes first; others are given up at the first level at which they are worse.
fn settle_exactly(
    problem: &Problem<'_>,
    fractional: &Outcome,
    mut doubts: Vec<Doubt>,
    mut narrowed: Narrowed,
    stop: &Stop,
) -> Result<Homes> {
    for doubt in &mut doubts {
        doubt
            .sites
            .sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    }
    let mut best: Option<Homes> = None;
    for number in 0..combinations(&doubts) {
        let mut rest = number;
        for doubt in &doubts {
            let site = doubt.sites[rest % doubt.sites.len()].0;
            rest /= doubt.sites.len();
            narrowed[doubt.shard.index()] = Some(vec![site]);
        }
        let trial = problem.narrowed(&narrowed);
        let incumbent = best.as_ref().and_then(|best| best.outcome.as_ref());
        let Some(outcome) = solve_unless_worse(&trial, stop, incumbent)? else {
            continue;
        };
        let is_as_good_as_any = !fractional.is_lower_than(&outcome);
        if incumbent.is_none_or(|best| outcome.is_lower_than(best)) {
            best = Some(Homes {
                narrowed: narrowed.clone(),
                outcome: Some(outcome),
            });
        }
        if is_as_good_as_any || stop.is_raised() {
            break;
        }
    }
    Ok(best.unwrap_or(Homes {
        narrowed,
        outcome: None,
    }))
}
