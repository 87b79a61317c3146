//! Where a plan begins that is to stay near another: on the paths that its shards took there.

use crate::formulation::{ClassId, Problem};
use crate::graph::Path;
use crate::ids::SiteId;
use crate::plan::{PeriodPlan, SteeringGroups};

/// Columns for a problem over the paths of a planned period: every class, on the paths of its group that lead to
/// where its shards were.
pub(super) fn columns_near<'p>(
    problem: &Problem<'_>,
    groups: &SteeringGroups,
    near: &'p PeriodPlan,
) -> Vec<(ClassId, &'p Path)> {
    let mut of_group: Vec<Vec<&Path>> = vec![Vec::new(); groups.len()];
    for flow in &near.flows {
        if let Some(group) = groups.of(&flow.group) {
            of_group[group].push(&flow.path);
        }
    }
    let parts = &near.parts;
    let mut columns = Vec::new();
    let mut sites: Vec<SiteId> = Vec::new();
    for (id, class) in problem.classes.classes.iter().enumerate() {
        let Some(first) = class.shards.first() else {
            continue;
        };
        sites.clear();
        for shard in &class.shards {
            let start = parts.partition_point(|part| part.shard < *shard);
            let own = parts[start..].iter();
            let own = own.take_while(|part| part.shard == *shard);
            sites.extend(own.filter_map(|part| part.site));
        }
        sites.sort_unstable();
        sites.dedup();
        let paths = of_group[groups.of_shard(*first)].iter();
        let paths = paths.filter(|path| sites.binary_search(&path.site).is_ok());
        columns.extend(paths.map(|&path| (id, path)));
    }
    columns
}
