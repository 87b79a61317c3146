//! Where a plan begins that is to stay near another: on the paths that its shards took there.

use crate::formulation::{ClassId, Problem, Route};
use crate::ids::SiteId;
use crate::plan::{GroupKey, Part, PeriodPlan, SteeringGroups};
use crate::solve::Placement;
use crate::units::{NOBODY, NUMERICAL_NOISE};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A path that users of a steering group take when there is most demand, and how many of them are left for further
/// classes.
struct NearPath {
    route: Arc<Route>,
    left: f64,
}

/// By class, the users at the first site where one of its shards is served.
type FirstSites = Vec<Option<(SiteId, f64)>>;

/// The users at every other one.
type OtherSites = BTreeMap<(ClassId, SiteId), f64>;

/// Where the users of a problem's classes are in a planned period: at the sites of their shards, each class on one of the
/// paths that its group takes there, that with most nearly as many users left. Unserved users are left out.
pub(super) fn placement_near(
    problem: &Problem<'_>,
    groups: &SteeringGroups,
    near: &PeriodPlan,
) -> Placement {
    let mut ways_of: Vec<BTreeMap<SiteId, Vec<NearPath>>> = Vec::new();
    ways_of.resize_with(groups.len(), BTreeMap::new);
    for flow in near.busiest_flows() {
        // Where latency limits have been lifted since all that differ in these alone are of one group.
        let without_limit = || {
            groups.of(&GroupKey {
                max_latency: None,
                ..flow.group
            })
        };
        if let Some(group) = groups.of(&flow.group).or_else(without_limit) {
            let paths = ways_of[group].entry(flow.path.site).or_default();
            paths.push(NearPath {
                route: Arc::new(Route::steady(flow.path.clone())),
                left: flow.users,
            });
        }
    }
    let mut placement = Placement::default();
    let unserved = near.parts.iter().filter(|part| part.site.is_none());
    for part in unserved.filter(|part| part.users > NOBODY) {
        if let Some(class) = problem.classes.class_of.get(part.home()) {
            placement.leave_unserved(problem, class);
        }
    }
    let (first, others) = by_class(problem, &near.parts);
    let mut others = others.into_iter().peekable();
    for (id, first) in first.into_iter().enumerate() {
        let Some(shard) = problem.class(id).shards.first() else {
            continue;
        };
        let ways_of = &mut ways_of[groups.of_shard(*shard)];
        let mut by_default = 0.0;
        let mut add = |site: SiteId, users: f64| {
            let paths = ways_of
                .get_mut(&site)
                .map_or(&mut [][..], Vec::as_mut_slice);
            if let Some(route) = taken(paths, users)
                && !placement.add_served(problem, id, &route, users)
            {
                by_default += users;
            }
        };
        if let Some((site, users)) = first {
            add(site, users);
        }
        while let Some(((_, site), users)) = others.next_if(|((class, _), _)| *class == id) {
            add(site, users);
        }
        placement.add_default(id, by_default);
    }
    placement
}

/// Users of every class at the first site where one of its shards is served, and at all others.
///
/// A part knows where its users were in that plan. Where they are elsewhere in this problem, as they may be after its
/// first period, they count as those of their shard's main home.
fn by_class(problem: &Problem<'_>, parts: &[Part]) -> (FirstSites, OtherSites) {
    let mut first: FirstSites = vec![None; problem.classes.classes.len()];
    let mut others = OtherSites::new();
    for part in parts {
        let (Some(site), Some(class)) = (part.site, problem.classes.class_of.get(part.home()))
        else {
            continue;
        };
        let (at, users) = first[class].get_or_insert((site, 0.0));
        if *at == site {
            *users += part.users;
        } else {
            *others.entry((class, site)).or_default() += part.users;
        }
    }
    (first, others)
}

/// The path for `users`: that with fewest left of those with enough, else that with most left.
fn taken(paths: &mut [NearPath], users: f64) -> Option<Arc<Route>> {
    let least = users * (1.0 - NUMERICAL_NOISE);
    let enough = |path: &&mut NearPath| path.left >= least;
    let by_left = |a: &&mut NearPath, b: &&mut NearPath| a.left.total_cmp(&b.left);
    let has_enough = paths.iter().any(|path| path.left >= least);
    let path = if has_enough {
        paths.iter_mut().filter(enough).min_by(by_left)
    } else {
        paths.iter_mut().max_by(by_left)
    }?;
    path.left -= users;
    Some(Arc::clone(&path.route))
}

#[cfg(test)]
mod tests {
    use crate::engine::plan::plan_expected;
    use crate::engine::planning_context::LoadedInventory;
    use crate::formulation::goals::Level;
    use crate::graph::Network;
    use crate::model::{Goal, PlannedPeriods};
    use crate::plan::{PeriodPlan, SteeringGroups};
    use crate::solve::Stop;
    use crate::solve::tests::instances::{Instance, assert_none, by_hand, drawn};
    use crate::units::{AGREEMENT, NOBODY};

    /// Plans an inventory, and once more near that plan: nothing may be lost by it. Counts plans
    /// in which somebody moves that no event touches.
    fn lost_near_itself(instance: &Instance, moving: &mut usize) -> Vec<String> {
        let Instance {
            name,
            inventory,
            scenario,
        } = instance;
        let mut scenario = scenario.clone();
        scenario.policy.periods = PlannedPeriods::Sequential;
        scenario.policy.goals.retain(|goal| *goal != Goal::Latency);
        scenario.protect = None;
        let network = Network::new(inventory);
        let groups = SteeringGroups::new(inventory, &scenario.policy);
        let loaded = LoadedInventory::alone(inventory, &network);
        let plan = |near: &[PeriodPlan]| {
            let all = (usize::MAX, false);
            plan_expected(&loaded, &groups, &scenario, all, near, &Stop::default())
        };
        let first = match plan(&[]) {
            Ok(first) => first,
            Err(error) => return vec![format!("{name}: {error}")],
        };
        let again = match plan(&first.periods) {
            Ok(again) => again,
            Err(error) => return vec![format!("{name}, near its plan: {error}")],
        };
        let mut lost = Vec::new();
        let moves_unaffected = |period: &PeriodPlan| {
            let relief = period
                .stages
                .iter()
                .find(|stage| stage.level == Level::Relief);
            relief.is_some_and(|stage| stage.plan > NOBODY)
        };
        *moving += usize::from(first.periods.iter().any(moves_unaffected));
        // Later periods begin where the first leaves everybody, and others may be as good.
        for (stage, other) in first.periods[0].stages.iter().zip(&again.periods[0].stages) {
            if (stage.value - other.value).abs() > AGREEMENT * stage.value.abs().max(1.0) {
                lost.push(format!(
                    "{name}: {:?} {} near its plan, {} from nothing",
                    stage.level, other.value, stage.value
                ));
                break;
            }
        }
        lost
    }

    #[test]
    fn near_its_plan_an_inventory_is_planned_as_well_as_from_nothing() {
        let mut moving = 0;
        let instances = by_hand().into_iter().chain(drawn(150));
        let lost: Vec<String> = instances
            .flat_map(|instance| lost_near_itself(&instance, &mut moving))
            .collect();
        assert_none(&lost);
        assert!(
            moving >= 10,
            "whom no event touches moves in {moving} plans"
        );
    }
}
