//! Joint classes: shards that nothing in the model tells apart in any period; and their trajectories, where users are
//! homed in every period and how they get there.
//!
//! They start at the same site, may go to the same sites wherever they are, demand the same, and grow alike: of two
//! shards of a joint class one has the same multiple of the other's users in every period. So a share of the class is a
//! share of its users in every period, and its shards can be counted together without an error.

use super::period::JointPeriod;
use crate::formulation::ids::GroupId;
use crate::formulation::{Route, Standing};
use crate::ids::{JurisdictionId, ShardId, SiteId};
use crate::model::{Home, MoveRule};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Position of a [`JointClass`].
pub type JointClassId = usize;

/// Shards that nothing in the model tells apart in any period.
#[derive(Debug, Clone)]
pub struct JointClass {
    /// Its shards, ascending.
    pub shards: Vec<ShardId>,
    /// By period, the users of all of them.
    pub users: Vec<f64>,
    /// Where shards.csv homes them: there they start.
    pub start: Option<SiteId>,
    /// By period, how they stand; `None` where they have no users.
    pub at: Vec<Option<Stand>>,
}

/// How a joint class stands in a period, wherever it is.
#[derive(Debug, Clone)]
pub struct Stand {
    /// Its group in the period's problem.
    pub group: GroupId,
    /// Its crowd there: position among the kinds' crowds.
    pub crowd: u32,
    /// What lets it leave; its current site is that of the plan at hand.
    pub standing: Standing,
    /// Sites that hold a copy of its shards, ascending.
    pub copies: Arc<[SiteId]>,
}

impl Stand {
    /// `true` if a site holds a copy.
    pub fn has_copy(&self, site: SiteId) -> bool {
        self.copies.binary_search(&site).is_ok()
    }
}

/// What tells joint classes apart.
#[derive(PartialEq, Eq, Hash)]
struct JointClassKey {
    start: Option<SiteId>,
    jurisdiction: Option<JurisdictionId>,
    move_rule: MoveRule,
    /// By position in the first period.
    replicas: u32,
    /// By period, the crowd, and the users as a share of the most that the shard has in any: in parts of 2^40, so that
    /// how they were added up tells nothing apart.
    at: Vec<(u32, u64)>,
}

/// The joint classes of all shards that are whole and served in every period in which they have users, in the order of
/// their first shard; `is_left_out` names the others.
pub fn joint_classes(periods: &[JointPeriod<'_>], is_left_out: &[bool]) -> Vec<JointClass> {
    let mut known: FxHashMap<JointClassKey, JointClassId> = FxHashMap::default();
    let mut classes: Vec<JointClass> = Vec::new();
    let shards = (0..is_left_out.len()).filter(|index| !is_left_out[*index]);
    for shard in shards.map(ShardId::new) {
        let users: Vec<f64> = periods
            .iter()
            .map(|period| period.problem.setting.case.users(shard.index()))
            .collect();
        let most = users.iter().copied().fold(0.0, f64::max);
        if most <= 0.0 {
            continue;
        }
        let Some((key, at)) = key_of(periods, shard, &users, most) else {
            continue;
        };
        let id = *known.entry(key).or_insert_with(|| {
            classes.push(JointClass {
                shards: Vec::new(),
                users: vec![0.0; periods.len()],
                start: periods[0].problem.setting.inventory.shards[shard.index()].site,
                at,
            });
            classes.len() - 1
        });
        let class = &mut classes[id];
        class.shards.push(shard);
        for (sum, value) in class.users.iter_mut().zip(&users) {
            *sum += value;
        }
    }
    classes
}

/// What tells a shard apart from others, and how it stands in every period.
fn key_of(
    periods: &[JointPeriod<'_>],
    shard: ShardId,
    users: &[f64],
    most: f64,
) -> Option<(JointClassKey, Vec<Option<Stand>>)> {
    /// Parts of the most users of a shard that are distinguished.
    const PARTS: f64 = (1_u64 << 40) as f64;
    let row = &periods.first()?.problem.setting.inventory.shards[shard.index()];
    let mut key = JointClassKey {
        start: row.site,
        jurisdiction: row.jurisdiction,
        move_rule: row.move_rule,
        replicas: 0,
        at: Vec::with_capacity(periods.len()),
    };
    let mut at = Vec::with_capacity(periods.len());
    for (index, (period, &users)) in periods.iter().zip(users).enumerate() {
        let problem = period.problem;
        let home = Home {
            shard,
            site: problem.setting.current.main(shard),
        };
        let kinds = &problem.setting.folded.kinds;
        let kind = kinds.of(home);
        let standing = *kinds.standing(kind);
        let crowd = kinds.kinds[kind as usize].crowd;
        if index == 0 {
            key.replicas = standing.replicas;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of 0 to 1 of 2^40 parts"
        )]
        let parts = (users / most * PARTS).round() as u64;
        key.at.push((crowd, parts));
        let Some(class) = problem.classes.class_of.get(home) else {
            at.push(None);
            continue;
        };
        let class = problem.class(class);
        at.push(Some(Stand {
            group: class.group,
            crowd,
            standing,
            copies: Arc::clone(&class.copies),
        }));
    }
    Some((key, at))
}

/// Where users are homed in every period, and how they get there.
#[derive(Debug, Clone, PartialEq)]
pub struct Trajectory {
    /// By period, where they are served; `None` where the class has no users, or the plan of before goes on.
    pub homes: Vec<Option<SiteId>>,
    /// By period, the path there; where there is a home there is one.
    pub routes: Vec<Option<Arc<Route>>>,
}

impl Trajectory {
    /// `true` if both take the same paths in every period.
    pub fn is_same(&self, other: &Self) -> bool {
        let mut pairs = self.routes.iter().zip(&other.routes);
        self.homes == other.homes
            && pairs.all(|(route, other)| match (route, other) {
                (Some(route), Some(other)) => route.is_same(other),
                (None, None) => true,
                _ => false,
            })
    }
}
