//! Who is where and on which paths: parts of shards, flows of steering groups, and the state before a scenario.

use crate::formulation::Folded;
use crate::formulation::rows::kept_share;
use crate::graph::Path;
use crate::ids::{ClientRegionId, ProfileId, ShardId, SiteId};
use crate::model::{Case, ExistingShortfall, Home, Hours, Inventory, Policy};
use crate::solve::Proof;
use crate::units::AGREEMENT;
use jiff::Timestamp;
use ndarray::Array2;

/// What steering can tell apart in the files: users of a client region and profile under one latency limit.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct GroupKey {
    /// Where they are.
    pub client_region: ClientRegionId,
    /// What one of them demands.
    pub profile: ProfileId,
    /// Limit of their paths in milliseconds.
    pub max_latency: Option<f64>,
}

impl GroupKey {
    /// The group of a shard; its own latency limit beats the policy's.
    pub fn of(inventory: &Inventory, policy: &Policy, shard: ShardId) -> Self {
        let row = &inventory.shards[shard.index()];
        Self {
            client_region: row.client_region,
            profile: row.profile,
            max_latency: row.max_latency.or(policy.max_latency).map(|limit| limit.0),
        }
    }
}

/// Users of a group on a path in a slice of the hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// When.
    pub slice: usize,
    /// Whose users.
    pub group: GroupKey,
    /// Where they go.
    pub path: Path,
    /// How many, counted as at the peak.
    pub users: f64,
}

/// Those of a plan's flows, which ascend by slice, that are of one slice.
pub fn flows_in(flows: &[Flow], slice: usize) -> &[Flow] {
    let first = flows.partition_point(|flow| flow.slice < slice);
    let end = flows.partition_point(|flow| flow.slice <= slice);
    &flows[first..end]
}

/// Users of a shard at a site, or unserved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Whose users.
    pub shard: ShardId,
    /// Their current site (`model.md` §4); `None` has no home yet.
    pub current: Option<SiteId>,
    /// Where they are served; `None` is nowhere.
    pub site: Option<SiteId>,
    /// How many.
    pub users: f64,
}

impl Part {
    /// Where its users are now.
    pub fn home(&self) -> Home {
        Home {
            shard: self.shard,
            site: self.current,
        }
    }

    /// `true` if its users are served at another site than their current one.
    pub fn has_left(&self) -> bool {
        self.current.is_some() && self.site.is_some() && self.site != self.current
    }
}

/// Who is where, and on which paths.
#[derive(Debug, Clone, Copy)]
pub struct Carried<'a> {
    /// Parts of shards, by shard.
    pub parts: &'a [Part],
    /// Steering.
    pub flows: &'a [Flow],
    /// By component: users who cross it in the slice in which most do.
    pub crossing: &'a [f64],
    /// When which steering holds.
    pub hours: &'a Hours,
}

/// The state before the scenario (`model.md` §4).
#[derive(Debug, Clone)]
pub struct Before {
    /// Users and capacities of the scenario's start, no event.
    pub case: Case,
    /// Its demand with everybody at home: planning and explaining from here on need not look at every shard again. `None`
    /// once it was let go.
    pub(crate) folded: Option<Folded>,
    /// Components × resources: load at the hour at which the scenario starts.
    pub load: Array2<f64>,
    /// The same in the slice that has most of it.
    pub most: Array2<f64>,
    /// Steering, ascending by slice.
    pub flows: Vec<Flow>,
    /// How far it is proven to be the best state.
    pub proof: Proof,
}

impl Before {
    /// `true` if a headroom target is missed that may stay so: nobody says then that every target is met.
    pub fn misses_a_target(&self, policy: ExistingShortfall) -> bool {
        let targets = self
            .case
            .target
            .iter()
            .zip(&self.case.nominal)
            .zip(&self.load);
        let mut shares = targets.map(|((target, capacity), load)| match capacity {
            Some(capacity) if *capacity > 0.0 => {
                kept_share(*target, Some(*capacity), *load, policy)
            }
            _ => 0.0,
        });
        shares.any(|share| share > 0.0)
    }

    /// Users who are unserved, without what sums of very many lose.
    pub fn unserved_users(&self, inventory: &Inventory) -> f64 {
        let shards = 0..inventory.shards.len();
        let users: f64 = shards.map(|shard| self.case.users(shard)).sum();
        let served: f64 = flows_in(&self.flows, 0).iter().map(|flow| flow.users).sum();
        let left = users - served;
        if left > AGREEMENT * users.max(1.0) {
            left
        } else {
            0.0
        }
    }

    /// Steering at an instant.
    pub fn flows_at(&self, at: Timestamp) -> &[Flow] {
        flows_in(&self.flows, self.case.hours.slice_at(at))
    }
}
