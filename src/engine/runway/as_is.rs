//! As is: what components carry on a day if nobody plans again: homes stay, and the weights of paths are those of the first
//! day.

use super::super::before::{policy_before, with_all_at_home};
use super::answer::CaseOnDay;
use crate::formulation::{Detail, Folded, FoundProfilePaths, Problem};
use crate::graph::{Network, Path};
use crate::ids::{ComponentId, ResourceId, ShardId, SiteId};
use crate::model::{Band, Case, Home, Homes, Inventory, Scenario};
use crate::plan::runway::{Condition, FirstFailure};
use crate::plan::{Flow, Part, SteeringGroups, loads, most};
use crate::scenario::{Knowledge, case_at, case_before};
use crate::solve::Proof;
use crate::units::{FEASIBILITY, NOBODY};
use std::collections::BTreeMap;

/// Homes and steering that stay.
pub(super) struct AsIs<'a> {
    inventory: &'a Inventory,
    network: &'a Network,
    homes: Homes,
    /// On one slice of the hours.
    flows: &'a [Flow],
    /// The paths of that day, if they are known.
    found: Option<&'a FoundProfilePaths>,
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
    /// Users that no path leads home.
    cut_off: f64,
    /// Those, and users without a home.
    homeless: f64,
}

/// Everybody at home.
struct AtHome {
    parts: Vec<Part>,
    flows: Vec<Flow>,
    /// Users that no path leads home.
    homeless: f64,
}

/// Users of a steering group at a site, with one of their homes.
type AtSite = ((usize, SiteId), (f64, Home));

impl<'a> AsIs<'a> {
    /// What stays: homes, and the paths of the users at them.
    pub(super) fn new(
        (inventory, network): (&'a Inventory, &'a Network),
        (homes, flows): (Homes, &'a [Flow]),
        found: Option<&'a FoundProfilePaths>,
    ) -> Self {
        Self {
            inventory,
            network,
            homes,
            flows,
            found,
        }
    }

    /// What components carry at the start of a scenario.
    pub(super) fn on(&self, scenario: &Scenario) -> AsIsDay {
        let groups = SteeringGroups::new(self.inventory, &scenario.policy);
        self.at_home(scenario, &groups, |problem, at_home| {
            let case = problem.setting.case;
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
                cut_off: at_home.homeless,
                homeless: at_home.homeless + self.without_site(scenario),
            }
        })
    }

    /// Who is where, and on which paths, at the start of a scenario.
    pub(super) fn assignment(&self, scenario: &Scenario) -> (Vec<Part>, Vec<Flow>) {
        let groups = SteeringGroups::new(self.inventory, &scenario.policy);
        self.at_home(scenario, &groups, |_, at_home| {
            (at_home.parts, at_home.flows)
        })
    }

    /// Everybody at home, on the paths of the first day in the same shares, as far as they are open; users that these do not
    /// lead home take the path of least latency. Where there are none, no path is looked for.
    fn at_home<T>(
        &self,
        scenario: &Scenario,
        groups: &SteeringGroups,
        then: impl FnOnce(&Problem<'_>, AtHome) -> T,
    ) -> T {
        let case = self.case(scenario);
        let (mut at_home, others) = self.steered(groups, &case);
        let folded = Folded::new(self.inventory, &case, &self.homes);
        let policy = policy_before(&scenario.policy);
        let setting = (self.inventory, self.network, &policy);
        let detail = if others.is_empty() {
            Detail::Loads
        } else {
            Detail::Plan
        };
        let homes = (&case, &folded, &self.homes);
        with_all_at_home(setting, homes, (self.found, detail), |problem| {
            for ((group, _), (count, home)) in others {
                let class = problem.classes.class_of.get(home);
                let default = class.and_then(|class| problem.defaults[class]);
                let Some(default) = default else {
                    at_home.homeless += count;
                    continue;
                };
                at_home.flows.push(Flow {
                    slice: 0,
                    group: *groups.key(group),
                    path: problem.paths.get(default.path).leg(0).clone(),
                    users: count,
                });
            }
            then(problem, at_home)
        })
    }

    /// Shards without a site are absent.
    fn case(&self, scenario: &Scenario) -> Case {
        let inventory = self.inventory;
        let shards = inventory.shards.len();
        let is_homeless = |shard: usize| self.homes.main(ShardId::new(shard)).is_none();
        let quiet = case_before(inventory, scenario, Band::Expected);
        let quiet = quiet.without(shards, is_homeless);
        if scenario.events.is_empty() {
            return quiet;
        }
        let (at, known) = (scenario.start, Knowledge::Believed);
        let with_events = case_at(inventory, scenario, at, known, Band::Expected);
        Case {
            hours: quiet.hours,
            ..with_events.without(shards, is_homeless)
        }
    }

    fn without_site(&self, scenario: &Scenario) -> f64 {
        let shards = 0..self.inventory.shards.len();
        let mut homeless = shards
            .filter(|shard| self.homes.main(ShardId::new(*shard)).is_none())
            .peekable();
        if homeless.peek().is_none() {
            return 0.0;
        }
        let case = case_before(self.inventory, scenario, Band::Expected);
        homeless.map(|shard| case.users(shard)).sum()
    }

    /// Everybody at home, with the users that open paths of the first day lead there, and all others.
    fn steered(&self, groups: &SteeringGroups, case: &Case) -> (AtHome, Vec<AtSite>) {
        let mut known: BTreeMap<(usize, SiteId), Vec<&Flow>> = BTreeMap::new();
        for flow in self.flows {
            if let Some(group) = groups.of(&flow.group)
                && self.is_open(case, &flow.path)
            {
                known.entry((group, flow.path.site)).or_default().push(flow);
            }
        }
        let mut parts = Vec::new();
        let mut users: BTreeMap<(usize, SiteId), (f64, Home)> = BTreeMap::new();
        for id in (0..self.inventory.shards.len()).map(ShardId::new) {
            for home in self.homes.of(id) {
                let count = case.users(id.index()) * self.homes.share(home);
                parts.push(Part {
                    shard: id,
                    current: home.site,
                    site: home.site,
                    users: count,
                });
                if let Some(site) = home.site.filter(|_| count > 0.0) {
                    let together = users.entry((groups.of_shard(id), site));
                    together.or_insert((0.0, home)).0 += count;
                }
            }
        }
        let mut flows = Vec::new();
        let mut others = Vec::new();
        for (cell, (count, home)) in users {
            let before = known.get(&cell).map_or(&[][..], Vec::as_slice);
            let all: f64 = before.iter().map(|flow| flow.users).sum();
            if all > NOBODY {
                flows.extend(before.iter().map(|flow| Flow {
                    users: count * flow.users / all,
                    ..(*flow).clone()
                }));
            } else {
                others.push((cell, (count, home)));
            }
        }
        let at_home = AtHome {
            parts,
            flows,
            homeless: 0.0,
        };
        (at_home, others)
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
    /// `true` if a condition does not hold for users with a home, or no path leads some of them there.
    pub(super) fn fails(&self, condition: Condition) -> bool {
        self.cut_off > NOBODY || self.worst(condition).is_some()
    }

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
