//! What is open in a written period.

use crate::formulation::Problem;
use crate::graph::{PricedPaths, Prices, Usable};
use crate::ids::AccessPointId;
use crate::model::LinkEnd;
use crate::plan::access_points::AccessPointChange;
use crate::plan_files::AccessPointUse;
use std::sync::Arc;

/// By profile, what is open as written, and the least-latency paths over it.
pub(super) fn open_paths<'a>(
    problem: &Problem<'a>,
    access_points: &[AccessPointChange],
) -> (Vec<Arc<Usable>>, Vec<Arc<PricedPaths<'a>>>) {
    let setting = &problem.setting;
    let closed: Vec<AccessPointId> = access_points
        .iter()
        .filter(|change| change.after == AccessPointUse::Standby)
        .map(|change| change.access_point)
        .collect();
    let opened = access_points
        .iter()
        .any(|change| change.after == AccessPointUse::Opened);
    let routes = &problem.profile_paths;
    let mut usable: Vec<Arc<Usable>> = Vec::with_capacity(routes.usable.len());
    let mut paths: Vec<Arc<PricedPaths<'a>>> = Vec::with_capacity(routes.usable.len());
    for (profile, all) in routes.usable.iter().enumerate() {
        let known = routes.usable[..profile]
            .iter()
            .position(|known| Arc::ptr_eq(known, all));
        if let Some(known) = known {
            usable.push(Arc::clone(&usable[known]));
            paths.push(Arc::clone(&paths[known]));
            continue;
        }
        let mut open = Usable::clone(all);
        for access_point in &closed {
            let place = setting.network.place(LinkEnd::AccessPoint(*access_point));
            open.places[place.index()] = false;
        }
        let open = Arc::new(open);
        paths.push(if closed.is_empty() {
            Arc::clone(&routes.with_standby[profile])
        } else if opened {
            let prices = Prices::zero(setting.network);
            let searched =
                PricedPaths::new(setting.network, Arc::clone(&open), prices, routes.longest);
            Arc::new(searched)
        } else {
            Arc::clone(&routes.without_standby[profile])
        });
        usable.push(open);
    }
    (usable, paths)
}
