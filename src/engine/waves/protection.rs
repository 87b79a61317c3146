//! Protection: what somebody survives who stops between two waves, asked the way plans are asked.

use super::super::instant::{Asking, Backdrop, Instant, Whom};
use super::super::protect::lost;
use super::super::sweep::{ByRule, in_force};
use super::transitions::Ways;
use crate::error::Result;
use crate::formulation::Folded;
use crate::graph::Network;
use crate::ids::{ShardId, SiteId};
use crate::model::{Case, Contingencies, Homes, Inventory, Protect, Recovery, Scenario};
use crate::plan::{Exposed, Flow, Part, Plan, SteeringGroups, Transition};
use crate::scenario::{Band, Knowledge, case_at, free_share_lowered};
use crate::solve::Stop;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Looks at the state at the end of every wave but the last of its transition, which is the plan's own, and at the one
/// before the first. Nothing is asked with `split_shards`, of gray members, or once a stop is raised.
pub(in crate::engine) fn look_at_stops(
    ways: &Ways<'_>,
    plan: &Plan,
    transitions: &mut [Transition],
    stop: &Stop,
) -> Result<()> {
    let Some(protect) = &ways.scenario.protect else {
        return Ok(());
    };
    if ways.scenario.policy.split_shards || protect.failures == 0 {
        return Ok(());
    }
    for transition in transitions {
        let mut homes = plan.periods[transition.period].previous.clone();
        let mut steering = 0.0;
        let waves = transition.waves.len();
        for wave in 0..waves {
            let Some(first) = transition.waves.get(wave) else {
                break;
            };
            let place = Place {
                ways,
                plan,
                protect,
                period: transition.period,
                at: first.start,
            };
            if wave == 0 {
                let exposed = place.exposed(&homes, steering, stop)?;
                transition.begins_unprotected = !exposed.is_empty();
            }
            for moved in &first.moves {
                let own = &plan.periods[transition.period].moves[*moved];
                homes.settle(own.shard, &[(own.to, own.users)]);
            }
            steering = first.steering_share;
            if wave + 1 < waves {
                let exposed = place.exposed(&homes, steering, stop)?;
                transition.waves[wave].unprotected = exposed;
            }
        }
    }
    Ok(())
}

/// A state between two waves.
struct Place<'a> {
    ways: &'a Ways<'a>,
    plan: &'a Plan,
    protect: &'a Protect,
    period: usize,
    at: Timestamp,
}

impl Place<'_> {
    /// The failures that are not survived from these homes under a steering.
    fn exposed(&self, homes: &Homes, steering: f64, stop: &Stop) -> Result<Vec<Exposed>> {
        let Ways {
            inventory,
            network,
            groups,
            scenario,
        } = *self.ways;
        let quiet = quiet(inventory, scenario, self.at);
        let folded = Folded::new(inventory, &quiet, homes);
        let lowered = free_share_lowered(inventory, scenario, self.at, Band::Expected, homes);
        let instant = Instant::new(
            (inventory, network, scenario),
            &quiet,
            (homes.clone(), folded, lowered),
            self.at,
        );
        let asking = Asking {
            backdrop: Backdrop {
                inventory,
                network,
                scenario,
                before: &self.plan.before,
            },
            instant: &instant,
        };
        let case = asking.case(&[]);
        let members = self.protect.over.left_in(inventory, &case);
        let failures = self.protect.failures as usize;
        let Some(mut contingencies) = Contingencies::new(members, failures) else {
            return Ok(Vec::new());
        };
        contingencies.gone.clone_from(&case.gone);
        let recovery = self.protect.recovery;
        let rule = (recovery != Recovery::Replan).then(|| {
            let state = (network, groups, &case);
            let (parts, flows) = self.carried(state, homes, steering);
            let folded = asking.folded(&case);
            asking.in_setting(&case, &folded, Whom::Everybody, |setting| {
                let parts = in_force(parts, homes);
                ByRule::new(&setting, (&contingencies, recovery), &parts, &flows)
            })
        });
        let found = lost(asking, &contingencies, rule.as_ref(), stop)?;
        let lost = found.map_or_else(Vec::new, |(lost, _)| lost);
        let exposed = lost.into_iter().map(|own| Exposed {
            failing: contingencies.failing(own.case).collect(),
            users: own.users,
        });
        Ok(exposed.collect())
    }

    /// Who is where, and on which paths, between both steerings.
    fn carried(
        &self,
        (network, groups, case): (&Network, &SteeringGroups, &Case),
        homes: &Homes,
        steering: f64,
    ) -> (Vec<Part>, Vec<Flow>) {
        let inventory = self.ways.inventory;
        let before = self.plan.flows_until(self.period);
        let now = self.plan.periods[self.period].first_flows();
        // By group and site: users on paths of either steering, and on all of them.
        let mut paths: BTreeMap<(usize, SiteId), [Vec<&Flow>; 2]> = BTreeMap::new();
        for (end, flows) in [before, now].into_iter().enumerate() {
            for flow in flows {
                let is_open = super::boundary::is_open(inventory, network, case, flow);
                if let Some(group) = groups.of(&flow.group).filter(|_| is_open) {
                    paths.entry((group, flow.path.site)).or_default()[end].push(flow);
                }
            }
        }
        let mut users: BTreeMap<(usize, SiteId), f64> = BTreeMap::new();
        let mut parts = Vec::new();
        for shard in (0..homes.shard_count()).map(ShardId::new) {
            let home = homes.main(shard);
            let cell = home.map(|site| (groups.of_shard(shard), site));
            let served = cell.filter(|cell| paths.contains_key(cell));
            let own = case.users(shard.index());
            if let Some(cell) = served {
                *users.entry(cell).or_default() += own;
            }
            parts.push(Part {
                shard,
                current: home,
                site: served.map(|(_, site)| site),
                users: own,
            });
        }
        let mut flows = Vec::new();
        for (cell, users) in users {
            let ends = &paths[&cell];
            let weights = match (ends[0].is_empty(), ends[1].is_empty()) {
                (true, _) => [0.0, 1.0],
                (_, true) => [1.0, 0.0],
                _ => [1.0 - steering, steering],
            };
            for (of_end, weight) in ends.iter().zip(weights) {
                let all: f64 = of_end.iter().map(|own| own.users).sum();
                let carried = of_end.iter().filter(|own| own.users * weight > 0.0);
                flows.extend(carried.map(|own| Flow {
                    users: users * weight * own.users / all,
                    ..(*own).clone()
                }));
            }
        }
        (parts, flows)
    }
}

/// What is available and demanded at an instant without events.
fn quiet(inventory: &Inventory, scenario: &Scenario, at: Timestamp) -> Case {
    let quiet = Scenario {
        events: Vec::new(),
        ..scenario.clone()
    };
    case_at(inventory, &quiet, at, Knowledge::Believed, Band::Expected)
}
