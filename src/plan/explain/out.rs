//! What is out, so that no path is left.

use super::because::Out;
use crate::formulation::{ClassId, Problem, StandbyUse};
use crate::graph::{Usable, least_latencies};
use crate::ids::{AccessPointId, LinkId, SiteId};
use crate::model::LinkEnd;
use crate::units::LATENCY_SLACK_MS;

/// The one thing that, were it alone back in service, would open a path from a class's client region to a site within
/// its limit; `None` if there is no such thing, or more than one.
pub(super) fn what_is_out(problem: &Problem<'_>, class: ClassId, site: SiteId) -> Option<Out> {
    let setting = &problem.setting;
    let network = setting.network;
    let group = &problem.classes.groups[problem.class(class).group];
    let profile = problem.classes.demands[group.demand].profile;
    let longest = group
        .max_latency
        .map_or(f64::INFINITY, |limit| limit + LATENCY_SLACK_MS);
    let open = &problem.profile_paths.usable[profile.index()];
    let all = Usable::of_profile(network, profile);
    let leads = |usable: &Usable| {
        let latency = least_latencies(network, usable, group.client_region)[site.index()];
        latency.is_some_and(|latency| latency <= longest)
    };
    // What the policy keeps closed is not out.
    let is_kept_closed = |id: AccessPointId| {
        setting.standby == StandbyUse::Closed
            && setting.inventory.access_points[id.index()]
                .state
                .is_on_standby()
    };
    let mut found = None;
    let places = (0..network.place_count()).map(crate::graph::PlaceId::new);
    let of_places = places
        .filter(|place| all.places[place.index()] && !open.places[place.index()])
        .filter_map(|place| {
            let out = match network.end(place) {
                LinkEnd::AccessPoint(id) if !is_kept_closed(id) => {
                    Out::Component(setting.inventory.access_point_component(id))
                }
                LinkEnd::Element(id) => Out::Component(setting.inventory.element_component(id)),
                LinkEnd::Pool(id) => Out::Pool(id),
                _ => return None,
            };
            let mut back = Usable::clone(open);
            back.places[place.index()] = true;
            Some((out, back))
        });
    let links = (0..network.link_count()).map(LinkId::new);
    let of_links = links
        .filter(|link| all.links[link.index()] && !open.links[link.index()])
        .map(|link| {
            let mut back = Usable::clone(open);
            back.links[link.index()] = true;
            (Out::Component(setting.inventory.link_component(link)), back)
        });
    for (out, back) in of_places.chain(of_links) {
        if leads(&back) {
            if found.is_some() {
                return None;
            }
            found = Some(out);
        }
    }
    found
}
