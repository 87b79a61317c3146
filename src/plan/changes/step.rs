//! One step of a change list.

use crate::ids::{AccessPointId, ClientRegionId, ComponentId, ElementId, PoolId, ShardId, SiteId};
use crate::plan_files::{AccessPointUse, Action, EventWord};
use jiff::Timestamp;

/// What a step changes, from what to what.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// What an access point does.
    AccessPoint {
        /// Which.
        access_point: AccessPointId,
        /// What it did.
        before: AccessPointUse,
        /// What it does.
        after: AccessPointUse,
        /// Users who enter there while it is open.
        users: f64,
    },
    /// Where a shard is, or where users of it are served.
    Home {
        /// Which.
        shard: ShardId,
        /// Where it was; `None` was nowhere.
        from: Option<SiteId>,
        /// Where it is; `None` is nowhere.
        to: Option<SiteId>,
        /// How much of it: of what is served of it, 1 unless it is split; of those who are shed or let in, of all its users.
        share: f64,
        /// Users of that part who are served in the period, without those who are let in with it; of those who are shed, who
        /// are no more.
        users: f64,
    },
    /// Which share of a client region's users enter at an access point.
    Weight {
        /// Whose.
        client_region: ClientRegionId,
        /// Where.
        access_point: AccessPointId,
        /// The share that entered there, and its users.
        before: [f64; 2],
        /// The share that enters there, and its users.
        after: [f64; 2],
    },
    /// Which share of a pool's users a member gets.
    Member {
        /// Of which pool.
        pool: PoolId,
        /// Which.
        member: ElementId,
        /// The share that it got, and how many of the period's users that is.
        before: [f64; 2],
        /// The share that it gets, and how many of the period's users that is.
        after: [f64; 2],
    },
    /// No step: works or a fault begin, become known or end.
    Mark {
        /// At what.
        component: ComponentId,
        /// What happens there.
        kind: EventWord,
    },
}

/// One step of a change list, or a mark between steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The period to which it leads; in the rollback, the period that it undoes.
    pub period: usize,
    /// Counts from 1 in the period; 0 is a mark. All weights of a client region have one number, and so have all members of a
    /// pool: they are set at once.
    pub number: u32,
    /// What is done.
    pub action: Action,
    /// To what.
    pub change: Change,
    /// When it begins; `None` in the rollback.
    pub at: Option<Timestamp>,
    /// The wave that does it; `None` is none.
    pub wave: Option<u32>,
}
