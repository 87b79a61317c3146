//! Waiting: who is served nowhere until waves let him in, or move him from where he is cut off.

use super::naming::{Naming, Who, before};
use super::replay::Passed;
use crate::graph::Network;
use crate::ids::{ClientRegionId, ProfileId, SiteId};
use crate::model::Inventory;
use crate::plan::{Move, Plan, Timing, is_open};
use crate::units::NOBODY;
use std::collections::BTreeSet;

/// Who waits for waves.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) users: f64,
    /// By component: it is out, and who passes it is cut off.
    gone: Vec<bool>,
}

impl Waiting {
    /// `true` if who passes this is cut off.
    pub(super) fn is_cut_off(&self, passed: &Passed) -> bool {
        passed.components().any(|own| self.gone[own.index()])
    }
}

/// Who is served nowhere once a period has begun until its waves are done: whom they let in, and whom they move from a site that
/// is out, or to which all paths are.
pub(super) fn waiting(inventory: &Inventory, plan: &Plan) -> Vec<Naming> {
    let after = plan.transitions.iter();
    let after = after.filter(|own| own.timing == Timing::Behind && own.refusal.is_none());
    let all = after.filter_map(|way| {
        let period = &plan.periods[way.period];
        let last = way.waves.last()?;
        let network = Network::new(inventory);
        let flows = plan.flows_until(way.period).iter();
        let open = flows.filter(|own| is_open(inventory, &network, &period.case, own));
        let open = open.map(|own| (own.group.client_region, own.group.profile, own.path.site));
        let open: BTreeSet<(ClientRegionId, ProfileId, SiteId)> = open.collect();
        let is_cut_off = |own: &&Move| {
            let row = &inventory.shards[own.shard.index()];
            let from = own.from;
            from.is_none_or(|from| !open.contains(&(row.client_region, row.profile, from)))
        };
        let moved = way.waves.iter().flat_map(|wave| &wave.moves);
        let moved = moved.map(|own| &period.moves[*own]);
        let users = moved.filter(is_cut_off).map(|own| own.users);
        let users = way.restored + users.sum::<f64>();
        (users > NOBODY).then(|| Naming {
            span: [period.period.start, before(last.end)],
            who: Who::Waiting(Waiting {
                users,
                gone: period.case.gone.clone(),
            }),
        })
    });
    all.collect()
}
