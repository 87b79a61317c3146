//! Open path: whether users may go where steering leads them.

use super::Flow;
use crate::graph::Network;
use crate::ids::ComponentId;
use crate::model::{Case, Inventory, LinkEnd};

/// `true` if nothing on a path is gone: of a pool not every member.
pub(crate) fn is_open(inventory: &Inventory, network: &Network, case: &Case, flow: &Flow) -> bool {
    let is_gone = |component: ComponentId| case.gone[component.index()];
    let mut links = flow.path.links.iter();
    if links.any(|link| is_gone(inventory.link_component(*link))) {
        return false;
    }
    flow.path.places(network).into_iter().all(|place| {
        let components = network.components_of(inventory, place);
        match network.end(place) {
            LinkEnd::ClientRegion(_) => true,
            LinkEnd::Pool(_) => !components.into_iter().all(is_gone),
            _ => !components.into_iter().any(is_gone),
        }
    })
}
