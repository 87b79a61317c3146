//! Where a plan begins that is to stay near another: on the paths that its shards took there.

use crate::formulation::Problem;
use crate::graph::Path;
use crate::ids::SiteId;
use crate::plan::{PeriodPlan, SteeringGroups};
use crate::solve::Places;
use crate::sums::summed;
use std::collections::BTreeMap;

/// Where the users of a problem's classes are in a planned period: at the sites of their shards, class by class on what
/// others left of the paths that their group takes there. Where somebody is unserved is left out.
pub(super) fn places_near<'p>(
    problem: &Problem<'_>,
    groups: &SteeringGroups,
    near: &'p PeriodPlan,
) -> Places<'p> {
    let mut of_group: Vec<BTreeMap<SiteId, Vec<(&Path, f64)>>> =
        vec![BTreeMap::new(); groups.len()];
    for flow in &near.flows {
        if let Some(group) = groups.of(&flow.group) {
            let at_site = of_group[group].entry(flow.path.site).or_default();
            at_site.push((&flow.path, flow.users));
        }
    }
    let parts = &near.parts;
    let mut places = Places::default();
    for (id, class) in problem.classes.classes.iter().enumerate() {
        let Some(first) = class.shards.first() else {
            continue;
        };
        let mut sites: Vec<(SiteId, f64)> = Vec::new();
        for shard in &class.shards {
            let start = parts.partition_point(|part| part.shard < *shard);
            let own = parts[start..].iter();
            let own = own.take_while(|part| part.shard == *shard);
            sites.extend(own.filter_map(|part| Some((part.site?, part.users))));
        }
        let of_group = &mut of_group[groups.of_shard(*first)];
        let mut by_default = 0.0;
        for (site, mut users) in summed(sites) {
            for (path, left) in of_group.get_mut(&site).into_iter().flatten() {
                let taken = users.min(*left);
                if taken <= 0.0 {
                    continue;
                }
                users -= taken;
                *left -= taken;
                if !places.add_served(problem, id, path, taken) {
                    by_default += taken;
                }
            }
        }
        places.add_default(id, by_default);
    }
    places
}
