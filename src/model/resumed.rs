//! Resumed: where a carried-out plan has come to, for the next plan to begin there.

use super::homes::Homes;
use crate::ids::{AccessPointId, ClientRegionId, ComponentId, LinkId, ProfileId};
use crate::ids::{ResourceId, ShardId, SiteId};
use crate::units::Milliseconds;
use jiff::Timestamp;

/// Where a plan that was begun has come to. Empty unless the inventory is that of a plan that goes on from another.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Resumed {
    /// returns.csv, by shard.
    pub returns: Vec<ReturnHome>,
    /// `current_weights.csv`, by group, site and path.
    pub weights: Vec<CurrentWeight>,
    /// `reference_utilization.csv`, by component and resource.
    pub reference: Vec<ReferenceUtilization>,
}

impl Resumed {
    /// `true` if no plan goes before.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Where shards are that return in a period that begins `at`, given where they are and where the last period without an
    /// event left them, which began at `last`. Until such a period, those that an earlier plan moved return to their site of
    /// returns.csv.
    #[must_use]
    pub fn returned(
        &self,
        homes: &Homes,
        settled: &Homes,
        (at, last): (Timestamp, Option<Timestamp>),
    ) -> Homes {
        let is_due = |return_home: &&ReturnHome| {
            let by = |at: Timestamp| return_home.from.is_none_or(|from| from <= at);
            by(at) && !last.is_some_and(by)
        };
        let mut due = self.returns.iter().filter(is_due).peekable();
        if due.peek().is_none() {
            return homes.returned(settled);
        }
        let mut settled = settled.clone();
        for return_home in due {
            settled.settle(return_home.shard, &[(return_home.site, 1.0)]);
        }
        homes.returned(&settled)
    }
}

/// Where a shard returns once no event is in force.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReturnHome {
    /// Whose home it is.
    pub shard: ShardId,
    /// The site; not that of shards.csv.
    pub site: SiteId,
    /// It does not return in a period that begins before; `None` is at any time.
    pub from: Option<Timestamp>,
}

/// The weight of a path when the scenario starts.
#[derive(Debug, Clone, PartialEq)]
pub struct CurrentWeight {
    /// Whose users.
    pub client_region: ClientRegionId,
    /// What one of them demands.
    pub profile: ProfileId,
    /// Latency limit of their paths; `None` is none.
    pub max_latency: Option<Milliseconds>,
    /// Where they are homed.
    pub site: SiteId,
    /// Where the path enters.
    pub access_point: AccessPointId,
    /// From the client region to the site.
    pub links: Vec<LinkId>,
    /// The share of these users at the site who take the path.
    pub weight: f64,
}

/// How full a component was before the first plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReferenceUtilization {
    /// What was full.
    pub component: ComponentId,
    /// Of what.
    pub resource: ResourceId,
    /// Load ÷ capacity.
    pub utilization: f64,
}
