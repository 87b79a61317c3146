//! What an LP is to be written of: who, where, what is current, which levels. One for the state before, one
//! for an instant.

use super::Question;
use super::affected::affected;
use super::at_instant::Believed;
use super::paths::{Path, paths_of};
use super::rules::may_run_at;
use ndarray::Array2;
use plimsoll::ids::SiteId;
use plimsoll::model::{AccessPointState, Goal, Inventory, Scenario};
use std::collections::BTreeSet;

/// One level: what is minimised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Unserved(u32),
    Relief,
    Worst,
    Total,
    AccessPoints,
    Copied,
    Moves,
    Latency,
}

impl Level {
    /// Its name in `tests/cases`.
    pub(super) fn name(self) -> String {
        match self {
            Self::Unserved(rank) => format!("unserved {rank}"),
            Self::Relief => "relief".to_owned(),
            Self::Worst => "worst".to_owned(),
            Self::Total => "total".to_owned(),
            Self::AccessPoints => "access_points".to_owned(),
            Self::Copied => "copied".to_owned(),
            Self::Moves => "moves".to_owned(),
            Self::Latency => "latency".to_owned(),
        }
    }
}

/// All that an LP is written of.
pub(super) struct Statement<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) believed: Believed,
    /// Users by shard; 0 for those who are absent.
    pub(super) users: Vec<f64>,
    /// Paths by shard to the sites that it may run at, whatever is open or gone.
    pub(super) paths: Vec<Vec<Path>>,
    /// Sites that `moves` and `relief` count from.
    pub(super) current: Vec<Option<SiteId>>,
    pub(super) affected: Vec<bool>,
    /// `true` where the headroom target holds: it is above 0 and the capacity before was not 0.
    pub(super) has_target: Array2<bool>,
    /// `s⁰`
    pub(super) missing_before: Array2<f64>,
    pub(super) levels: Vec<Level>,
    /// Which access points are open: the sets among which `access_points` chooses.
    pub(super) open_sets: Vec<Vec<bool>>,
    pub(super) move_limit: Option<f64>,
    /// Everything has to recover by itself with all retries running.
    pub(super) is_stable: bool,
    /// The longest that a new session waits at its gate.
    pub(super) accept_queue_seconds: f64,
    /// Nobody's shard is split.
    pub(super) is_whole: bool,
}

/// The state at the instant of a question.
pub(super) fn during<'a>(
    question: &Question<'a>,
    before: &Believed,
    now: Believed,
    missing_before: Array2<f64>,
) -> Statement<'a> {
    let inventory = question.inventory;
    let policy = &question.scenario.policy;
    let mut paths = all_paths(inventory, question.scenario);
    let affected = affected(
        inventory,
        question.scenario,
        before,
        &now,
        question.current,
        &paths,
    );
    for (shard, paths) in paths.iter_mut().enumerate() {
        let current = question.current[shard];
        let is_affected = affected[shard];
        paths.retain(|path| {
            may_run_at(
                inventory,
                policy,
                &now,
                is_affected,
                shard,
                current,
                path.site,
            )
        });
    }
    Statement {
        inventory,
        users: (0..inventory.shards.len())
            .map(|shard| now.users(shard))
            .collect(),
        paths,
        current: question.current.to_vec(),
        affected,
        has_target: has_target(before, &now),
        missing_before,
        levels: levels_of(inventory, &policy.goals),
        open_sets: open_sets(inventory, policy.open_standby, &policy.goals),
        move_limit: policy.max_moved_users,
        is_stable: policy.require_stable,
        accept_queue_seconds: question.scenario.replay.accept_queue_seconds,
        is_whole: false,
        believed: now,
    }
}

/// The state before: everybody at his home, standby access points closed.
///
/// Decision: shards to be placed are absent from everything, from the mean demand and the copies too.
pub(super) fn before<'a>(
    inventory: &'a Inventory,
    scenario: &Scenario,
    now: Believed,
) -> Statement<'a> {
    let current: Vec<Option<SiteId>> = super::homes(inventory);
    let mut paths = all_paths(inventory, scenario);
    for (paths, home) in paths.iter_mut().zip(&current) {
        paths.retain(|path| *home == Some(path.site));
    }
    let is_homed = |shard: usize| current[shard].is_some();
    Statement {
        inventory,
        users: (0..inventory.shards.len())
            .map(|shard| {
                if is_homed(shard) {
                    now.users(shard)
                } else {
                    0.0
                }
            })
            .collect(),
        paths,
        affected: vec![true; inventory.shards.len()],
        has_target: has_target(&now, &now),
        missing_before: Array2::zeros(now.target.dim()),
        levels: levels_of(inventory, &[Goal::Unserved, Goal::Headroom, Goal::Latency]),
        open_sets: vec![active(inventory)],
        move_limit: None,
        // Decision: the state before is as it is, however it would recover.
        is_stable: false,
        accept_queue_seconds: scenario.replay.accept_queue_seconds,
        is_whole: false,
        current,
        believed: now,
    }
}

/// `s⁰`: the share of the target that was missing before.
pub(super) fn missing_before(load: &Array2<f64>, before: &Believed, now: &Believed) -> Array2<f64> {
    Array2::from_shape_fn(now.target.dim(), |key| {
        let target = now.target[key];
        match before.nominal[key] {
            Some(capacity) if capacity > 0.0 && target > 0.0 => {
                (1.0 - (1.0 - load[key] / capacity) / target).clamp(0.0, 1.0)
            }
            _ => 0.0,
        }
    })
}

/// Where a target holds.
///
/// Decision: a capacity that was unlimited before was not 0, so its target holds, with nothing missing before.
fn has_target(before: &Believed, now: &Believed) -> Array2<bool> {
    Array2::from_shape_fn(now.target.dim(), |key| {
        now.target[key] > 0.0 && before.nominal[key].is_none_or(|capacity| capacity > 0.0)
    })
}

/// Every path of every shard.
fn all_paths(inventory: &Inventory, scenario: &Scenario) -> Vec<Vec<Path>> {
    inventory
        .shards
        .iter()
        .map(|shard| {
            let limit = shard.max_latency.or(scenario.policy.max_latency);
            paths_of(inventory, shard, limit.map(|limit| limit.0))
        })
        .collect()
}

/// The levels of the goals, in their order.
fn levels_of(inventory: &Inventory, goals: &[Goal]) -> Vec<Level> {
    let ranks: BTreeSet<u32> = inventory.tiers.iter().map(|tier| tier.rank).collect();
    let mut levels = Vec::new();
    for goal in goals {
        match goal {
            Goal::Unserved => levels.extend(ranks.iter().map(|&rank| Level::Unserved(rank))),
            Goal::Relief => levels.push(Level::Relief),
            Goal::Headroom => levels.extend([Level::Worst, Level::Total]),
            Goal::AccessPoints => levels.push(Level::AccessPoints),
            Goal::Moves => {
                if inventory.has_replicas {
                    levels.push(Level::Copied);
                }
                levels.push(Level::Moves);
            }
            Goal::Latency => levels.push(Level::Latency),
        }
    }
    levels
}

/// The access points that are open before anybody decides anything.
fn active(inventory: &Inventory) -> Vec<bool> {
    inventory
        .access_points
        .iter()
        .map(|access_point| access_point.state == AccessPointState::Active)
        .collect()
}

/// Every set of open access points that the policy permits; all together where their number is no goal.
fn open_sets(inventory: &Inventory, open_standby: bool, goals: &[Goal]) -> Vec<Vec<bool>> {
    let active = active(inventory);
    if !open_standby {
        return vec![active];
    }
    if !goals.contains(&Goal::AccessPoints) {
        return vec![vec![true; active.len()]];
    }
    let standby: Vec<usize> = (0..active.len()).filter(|&index| !active[index]).collect();
    (0..1_usize << standby.len())
        .map(|subset| {
            let mut open = active.clone();
            for (bit, &access_point) in standby.iter().enumerate() {
                open[access_point] |= subset >> bit & 1 == 1;
            }
            open
        })
        .collect()
}
