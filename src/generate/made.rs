//! Made: from options to an inventory and the events that its scenarios tell of.

use super::assembled::{Parts, assembled};
use super::events::Events;
use super::homes::Homes;
use super::jurisdictions::Jurisdictions;
use super::loads::Loads;
use super::network::Network;
use super::options::{Options, Refusal};
use super::places::{Places, client_regions, near_users};
use super::random::{Draws, Purpose};
use super::tenants::Tenants;
use crate::model::Inventory;

/// An inventory, and what is to happen to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Generated {
    /// The inventory, as `inventory::read` would make it of its files.
    pub inventory: Inventory,
    /// What its scenarios tell of.
    pub events: Events,
}

/// An inventory of the size and kind that the options ask for, the same for the same options on every machine.
///
/// # Errors
/// Every option that is out of its range.
///
/// ```
/// use plimsoll::generate::{Options, generate};
/// use plimsoll::inventory::{read, write};
/// let options = Options { sites: 3, access_points: 4, client_regions: 5, shards: 20, ..Options::default() };
/// let made = generate(&options).unwrap();
/// assert_eq!((made.inventory.sites.len(), made.inventory.shards.len()), (3, 20));
/// assert_eq!(read(&write(&made.inventory)).inventory, Some(made.inventory));
/// ```
pub fn generate(options: &Options) -> Result<Generated, Vec<Refusal>> {
    let refusals = options.refusals();
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let stream = |purpose| Draws::new(options.seed, purpose);
    let mut draws = stream(Purpose::Places);
    let places = Places {
        sites: near_users(options.sites, "", &mut draws),
        access_points: near_users(options.access_points, "ap-", &mut draws),
        routers: near_users(options.mesh, "rtr-", &mut draws),
        regions: client_regions(options.client_regions, &mut draws),
    };
    let network = Network::of(
        &places.regions,
        &places.access_points,
        &places.routers,
        &places.sites,
        &mut stream(Purpose::Links),
    );
    let jurisdictions = Jurisdictions::of(&places.sites);
    let homes = Homes::of(
        &network,
        options.client_regions,
        &places.sites,
        &jurisdictions,
    );
    let tenants = Tenants::of(
        options,
        &places.regions,
        &homes,
        &jurisdictions,
        &mut stream(Purpose::Tenants),
    );
    let loads = Loads::of(&places, &network, &homes, &tenants);
    let mut draws = stream(Purpose::Capacities);
    let events = Events::of(&places.sites, &tenants.shards, options);
    let parts = Parts {
        options,
        places: &places,
        network: &network,
        jurisdictions: &jurisdictions,
        loads: &loads,
    };
    let inventory = assembled(&parts, tenants, &mut draws);
    Ok(Generated { inventory, events })
}
