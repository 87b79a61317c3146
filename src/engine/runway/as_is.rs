//! As is: what components carry on a day if nobody plans again: homes stay, and the weights of paths are those of the first
//! day.

use super::super::before::{case_of_before, policy_before, with_all_at_home};
use super::answer::CaseOnDay;
use crate::formulation::{Folded, FoundProfilePaths, Problem};
use crate::graph::{Network, Path};
use crate::ids::{ComponentId, ResourceId, ShardId, SiteId};
use crate::model::{Band, Case, Home, Homes, Inventory, Scenario};
use crate::plan::runway::{Condition, FirstFailure};
use crate::plan::{Before, Flow, Part, SteeringGroups, loads, most};
use crate::scenario::{Knowledge, case_at, case_before};
use crate::solve::Proof;
use crate::units::{FEASIBILITY, NOBODY};
use std::collections::BTreeMap;

/// Homes and steering that stay.
pub(super) struct AsIs<'a> {
    inventory: &'a Inventory,
    network: &'a Network,
    steering: &'a Before,
    /// The paths of that day.
    found: &'a FoundProfilePaths,
}

/// What a component carries of a resource on a day.
#[derive(Debug, Clone, Copy)]
pub(super) struct UseAsIs {
    pub(super) at: (ComponentId, ResourceId),
    pub(super) capacity: f64,
    pub(super) target: f64,
    pub(super) load: f64,
}

/// What all components carry on a day.
#[derive(Debug)]
pub(super) struct AsIsDay {
    /// Where there is a capacity, ascending.
    pub(super) rows: Vec<UseAsIs>,
    /// Users that no path leads home, or who have none.
    homeless: f64,
}

/// Everybody at home.
struct AtHome {
    parts: Vec<Part>,
    flows: Vec<Flow>,
    /// Users that no path leads home.
    homeless: f64,
}

impl<'a> AsIs<'a> {
    /// `steering` is the state of the first day.
    pub(super) fn new(
        (inventory, network): (&'a Inventory, &'a Network),
        (steering, found): (&'a Before, &'a FoundProfilePaths),
    ) -> Self {
        Self {
            inventory,
            network,
            steering,
            found,
        }
    }

    /// What components carry at the start of a scenario.
    pub(super) fn on(&self, scenario: &Scenario) -> AsIsDay {
        let groups = SteeringGroups::new(self.inventory, &scenario.policy);
        self.at_home(scenario, |problem, case| {
            let at_home = self.steered(problem, &groups, case);
            let carried = most(&loads(problem, &groups, &at_home.parts, &at_home.flows));
            let rows = carried.indexed_iter();
            let rows = rows.filter_map(|((component, resource), load)| {
                Some(UseAsIs {
                    at: (ComponentId::new(component), ResourceId::new(resource)),
                    capacity: case.capacity(component, resource)?,
                    target: case.target[[component, resource]],
                    load: *load,
                })
            });
            AsIsDay {
                rows: rows.collect(),
                homeless: at_home.homeless + self.without_site(scenario),
            }
        })
    }

    /// Who is where, and on which paths, at the start of a scenario.
    pub(super) fn assignment(&self, scenario: &Scenario) -> (Vec<Part>, Vec<Flow>) {
        let groups = SteeringGroups::new(self.inventory, &scenario.policy);
        self.at_home(scenario, |problem, case| {
            let at_home = self.steered(problem, &groups, case);
            (at_home.parts, at_home.flows)
        })
    }

    fn at_home<T>(&self, scenario: &Scenario, then: impl FnOnce(&Problem<'_>, &Case) -> T) -> T {
        let case = self.case(scenario);
        let homes = Homes::whole(self.inventory.shards.iter().map(|shard| shard.site));
        let folded = Folded::new(self.inventory, &case, &homes);
        let policy = policy_before(&scenario.policy);
        let setting = (self.inventory, self.network, &policy);
        with_all_at_home(setting, (&case, &folded), Some(self.found), |problem| {
            then(problem, &case)
        })
    }

    /// Shards without a site are absent.
    fn case(&self, scenario: &Scenario) -> Case {
        let inventory = self.inventory;
        let quiet = case_of_before(inventory, scenario, Band::Expected);
        if scenario.events.is_empty() {
            return quiet;
        }
        let (at, known) = (scenario.start, Knowledge::Believed);
        let with_events = case_at(inventory, scenario, at, known, Band::Expected);
        let is_homeless = |shard: usize| inventory.shards[shard].site.is_none();
        Case {
            hours: quiet.hours,
            ..with_events.without(inventory.shards.len(), is_homeless)
        }
    }

    fn without_site(&self, scenario: &Scenario) -> f64 {
        let shards = self.inventory.shards.iter().enumerate();
        let mut homeless = shards.filter(|(_, shard)| shard.site.is_none()).peekable();
        if homeless.peek().is_none() {
            return 0.0;
        }
        let case = case_before(self.inventory, scenario, Band::Expected);
        homeless.map(|(shard, _)| case.users(shard)).sum()
    }

    /// Everybody at home, on the paths of the first day in the same shares, as far as they are open; users that these do not
    /// lead home take the path of least latency.
    fn steered(&self, problem: &Problem<'_>, groups: &SteeringGroups, case: &Case) -> AtHome {
        let mut known: BTreeMap<(usize, SiteId), Vec<&Flow>> = BTreeMap::new();
        for flow in &self.steering.flows {
            if let Some(group) = groups.of(&flow.group)
                && self.is_open(case, &flow.path)
            {
                known.entry((group, flow.path.site)).or_default().push(flow);
            }
        }
        let mut parts = Vec::new();
        let mut users: BTreeMap<(usize, SiteId), (f64, Home)> = BTreeMap::new();
        for (index, shard) in self.inventory.shards.iter().enumerate() {
            let id = ShardId::new(index);
            let count = case.users(index);
            let part = Part {
                shard: id,
                current: shard.site,
                site: shard.site,
                users: count,
            };
            parts.push(part);
            if let Some(site) = shard.site.filter(|_| count > 0.0) {
                let together = users.entry((groups.of_shard(id), site));
                together.or_insert((0.0, part.home())).0 += count;
            }
        }
        let mut flows = Vec::new();
        let mut homeless = 0.0;
        for ((group, site), (count, home)) in users {
            let before = known.get(&(group, site)).map_or(&[][..], Vec::as_slice);
            let all: f64 = before.iter().map(|flow| flow.users).sum();
            if all > NOBODY {
                flows.extend(before.iter().map(|flow| Flow {
                    users: count * flow.users / all,
                    ..(*flow).clone()
                }));
                continue;
            }
            let class = problem.classes.class_of.get(home);
            let default = class.and_then(|class| problem.defaults[class]);
            let Some(default) = default else {
                homeless += count;
                continue;
            };
            flows.push(Flow {
                slice: 0,
                group: *groups.key(group),
                path: problem.paths.get(default.path).leg(0).clone(),
                users: count,
            });
        }
        AtHome {
            parts,
            flows,
            homeless,
        }
    }

    /// `true` if nothing on a path is gone, and of every pool on it a member is left.
    fn is_open(&self, case: &Case, path: &Path) -> bool {
        let places = path.places(self.network).into_iter().all(|place| {
            let members = self.network.components_of(self.inventory, place);
            members.is_empty() || members.iter().any(|member| !case.gone[member.index()])
        });
        let mut links = path.links.iter();
        places && links.all(|link| !case.gone[self.inventory.link_component(*link).index()])
    }
}

impl AsIsDay {
    /// What a condition comes to: the row that is furthest above what it may carry.
    pub(super) fn of(&self, condition: Condition) -> CaseOnDay {
        let worst = self.worst(condition);
        CaseOnDay {
            fails: worst.is_some(),
            failure: FirstFailure {
                case: 0,
                binding: worst.map(|(at, _)| at),
                short: worst.map_or(0.0, |(_, short)| short),
                unserved: 0.0,
                trapped: 0.0,
            },
            trapped: self.homeless,
            proof: Proof::Proven,
        }
    }

    /// The row that is furthest above its capacity, or with targets above what its headroom target leaves, as a share of its
    /// capacity; and how much it is above, in the resource's unit.
    fn worst(&self, condition: Condition) -> Option<((ComponentId, ResourceId), f64)> {
        let mut worst: Option<(&UseAsIs, f64, f64)> = None;
        for row in &self.rows {
            let target = match condition {
                Condition::Target => row.target,
                Condition::Served | Condition::ServedUnder | Condition::StableUnder => 0.0,
            };
            let short = row.load - row.capacity * (1.0 - target);
            let share = if row.capacity > 0.0 {
                short / row.capacity
            } else {
                short
            };
            if share > FEASIBILITY && worst.is_none_or(|(_, _, most)| share > most) {
                worst = Some((row, short, share));
            }
        }
        worst.map(|(row, short, _)| (row.at, short))
    }

    /// What a component carries of a resource.
    pub(super) fn row(&self, at: (ComponentId, ResourceId)) -> Option<&UseAsIs> {
        let position = self.rows.binary_search_by_key(&at, |row| row.at);
        Some(&self.rows[position.ok()?])
    }
}
