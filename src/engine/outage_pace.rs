//! Pace: how slowly users have to move for no outage, where opening sessions is work. Waves do not count that work.

use super::outage_relief::ReliefOutcome;
use super::waves::transitions_of_plan;
use crate::error::Result;
use crate::ids::SiteId;
use crate::model::{Component, Inventory, Scenario};
use crate::plan::{Outage, Paced, Plan, Relief, Shortage};
use std::collections::{BTreeMap, BTreeSet};

/// Sites into which users move more slowly at once, at most.
const MOST_SITES: usize = 3;

/// Where fewer users move into a site, a slower pace there is no remedy.
const FEWEST: f64 = 1.0;

/// Minutes that all who move into a site take at least. A play in which nobody waits costs least, so the slowest comes first.
const MINUTES: [f64; 7] = [320.0, 160.0, 80.0, 40.0, 20.0, 10.0, 5.0];

/// The fastest pace of these at which moves leave none of some outages, as far as slower ones leave none either. `play` plays a
/// plan with another inventory; `None` if the work for that is spent.
///
/// # Errors
/// What `play` returns.
pub(super) fn paced(
    (inventory, scenario, plan): (&Inventory, &Scenario, &Plan),
    outages: &[Outage],
    play: &mut impl FnMut(&Inventory, &Scenario, &Plan) -> Result<Option<ReliefOutcome>>,
) -> Result<Option<Relief>> {
    let mut profiles = inventory.profiles.iter();
    let entering = entering(plan);
    if !profiles.any(|profile| profile.session_cost > 0.0) || entering.is_empty() {
        return Ok(None);
    }
    let entered = |short: &Shortage| match inventory.component(short.component) {
        Component::Site(site) => entering.contains_key(&site).then_some(site),
        _ => None,
    };
    let short = outages.iter().filter_map(|outage| outage.shortage.as_ref());
    let mut sites: BTreeSet<SiteId> = short.filter_map(entered).collect();
    if sites.is_empty() {
        // On paths to sites something is short: moves into all of them are slower.
        sites.extend(entering.keys());
    }
    let mut found = None;
    for minutes in MINUTES {
        while sites.len() <= MOST_SITES {
            let paced = sites.iter().map(|site| {
                let now = inventory.sites[site.index()].move_in_per_hour;
                let slower = rounded_down(entering[site] * 60.0 / minutes);
                Paced {
                    site: *site,
                    per_hour: now.map_or(slower, |now| now.min(slower)),
                }
            });
            let paced: Vec<Paced> = paced.collect();
            let given = with(inventory, &paced);
            let transitions = transitions_of_plan(&given, scenario, plan);
            if transitions
                .iter()
                .any(|transition| transition.refusal.is_some())
            {
                // Too slow for the time that there is.
                break;
            }
            let slower = Plan {
                transitions,
                ..plan.clone()
            };
            let Some(relief_outcome) = play(&given, scenario, &slower)? else {
                return Ok(found);
            };
            if relief_outcome.is_over {
                found = Some(Relief::Paced(paced));
                break;
            }
            let next = relief_outcome.shortage.as_ref().and_then(entered);
            let is_other = next.is_some_and(|site| sites.insert(site));
            if found.is_some() || !is_other {
                return Ok(found);
            }
        }
    }
    Ok(found)
}

/// By site, the most users who move into it from one state to the next.
fn entering(plan: &Plan) -> BTreeMap<SiteId, f64> {
    let mut most: BTreeMap<SiteId, f64> = BTreeMap::new();
    for transition in &plan.transitions {
        let mut of_one: BTreeMap<SiteId, f64> = BTreeMap::new();
        for traffic in transition.waves.iter().flat_map(|wave| &wave.sites) {
            *of_one.entry(traffic.site).or_default() += traffic.users_in;
        }
        for (site, users) in of_one.into_iter().filter(|pair| pair.1 >= FEWEST) {
            let value = most.entry(site).or_default();
            *value = value.max(users);
        }
    }
    most
}

fn with(inventory: &Inventory, paced: &[Paced]) -> Inventory {
    let mut given = inventory.clone();
    for one_paced in paced {
        given.sites[one_paced.site.index()].move_in_per_hour = Some(one_paced.per_hour);
    }
    given
}

/// Two digits, never more.
fn rounded_down(value: f64) -> f64 {
    let digits = 10_f64.powf(value.log10().floor() - 1.0);
    (value / digits + 1e-9).floor() * digits
}
