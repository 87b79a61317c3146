//! Waiting: who is served nowhere until waves let them in, or move them from where they are cut off.

use super::open_path::is_open;
use super::{Move, Plan, Timing};
use crate::graph::Network;
use crate::ids::{ClientRegionId, ProfileId, SiteId};
use crate::model::Inventory;
use crate::units::NOBODY;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Users who are served nowhere once a period has begun until its waves are done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Waiting {
    /// The period, by its place in the plan.
    pub period: usize,
    /// How many wait at most: those that the waves let in, and those that they move from a site that is out, or to which all
    /// paths are.
    pub users: f64,
    /// When the last wave ends.
    pub until: Timestamp,
}

/// Who waits for waves, period by period; a refused transition leaves nobody waiting, for it is not begun.
pub fn waiting(inventory: &Inventory, plan: &Plan) -> Vec<Waiting> {
    let after = plan.transitions.iter();
    let after = after
        .filter(|transition| transition.timing == Timing::After && transition.refusal.is_none());
    let all = after.filter_map(|transition| {
        let period = &plan.periods[transition.period];
        let last = transition.waves.last()?;
        let network = Network::new(inventory);
        let flows = plan.flows_until(transition.period).iter();
        let open = flows.filter(|flow| is_open(inventory, &network, &period.case, flow));
        let open = open.map(|flow| (flow.group.client_region, flow.group.profile, flow.path.site));
        let open: BTreeSet<(ClientRegionId, ProfileId, SiteId)> = open.collect();
        let is_cut_off = |moved: &&Move| {
            let row = &inventory.shards[moved.shard.index()];
            let from = moved.from;
            from.is_none_or(|from| !open.contains(&(row.client_region, row.profile, from)))
        };
        let moved = transition.waves.iter().flat_map(|wave| &wave.moves);
        let moved = moved.map(|index| &period.moves[*index]);
        let users = moved.filter(is_cut_off).map(|moved| moved.users);
        let users = transition.restored + users.sum::<f64>();
        // Waves that take no time leave nobody waiting.
        let lasts = last.end > period.period.start;
        (users > NOBODY && lasts).then_some(Waiting {
            period: transition.period,
            users,
            until: last.end,
        })
    });
    all.collect()
}
