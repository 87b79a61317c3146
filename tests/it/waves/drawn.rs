//! Random inventories: every state at the end of a wave, and a thousand random parts of each wave, keep every capacity.

use crate::draw::random::Random;
use crate::draw::{Size, draw};
use crate::levels::{judged, planned};
use plimsoll::graph::Network;
use plimsoll::ids::{ShardId, SiteId};
use plimsoll::model::{AccessPointState, Case, Inventory, LinkEnd, Scenario, Scope};
use plimsoll::plan::{Flow, GroupKey, Plan, Timing, Transition};
use plimsoll::scenario::{Band, case_before};
use std::collections::BTreeMap;

/// Parts of every wave that are looked at.
const PARTS: usize = 1000;

/// What is drawn besides: rates, acceptance, sessions, and how long waves last.
fn limited(inventory: &mut Inventory, scenario: &mut Scenario, seed: u64) {
    let mut random = Random::new(seed ^ 0x5eed);
    let users: f64 = inventory.shards.iter().map(|own| own.users as f64).sum();
    for site in &mut inventory.sites {
        if random.chance(0.5) {
            site.move_out_per_hour = Some(random.between(0.2, 2.0) * users);
        }
        if random.chance(0.5) {
            site.move_in_per_hour = Some(random.between(0.2, 2.0) * users);
        }
        if random.chance(0.5) {
            site.accepts_per_second = Some(random.between(0.2, 2.0) * users / 3600.0);
        }
    }
    for own in &mut inventory.access_points {
        if random.chance(0.5) {
            own.accepts_per_second = Some(random.between(0.2, 2.0) * users / 3600.0);
        }
    }
    for own in &mut inventory.elements {
        if random.chance(0.5) {
            own.accepts_per_second = Some(random.between(0.2, 2.0) * users / 3600.0);
        }
    }
    for own in &mut inventory.profiles {
        own.sessions_per_hour = random.between(0.0, 0.2);
    }
    scenario.waves.minutes = *random.one_of(&[5.0, 20.0, 60.0]);
    scenario.waves.gate_minutes = *random.one_of(&[0.0, 5.0]);
}

#[test]
fn random_plans_with_limits_on_the_way_hold() {
    let mut waves = 0;
    for seed in 0..80 {
        let drawn = draw(seed, Size::SMALL);
        let (mut inventory, mut scenario) = crate::read::read(&drawn.files, &drawn.scenario);
        limited(&mut inventory, &mut scenario, seed);
        let plan = planned(&inventory, &scenario);
        let verdict = judged(&inventory, &scenario, &plan);
        assert!(verdict.holds(), "seed {seed}: {verdict}");
        waves += plan
            .transitions
            .iter()
            .map(|own| own.waves.len())
            .sum::<usize>();
    }
    assert!(waves > 100, "{waves}");
}

#[test]
fn every_part_of_every_wave_is_safe() {
    let mut looked_at = 0;
    for seed in 0..60 {
        let drawn = draw(seed, Size::FULL);
        let (mut inventory, mut scenario) = crate::read::read(&drawn.files, &drawn.scenario);
        limited(&mut inventory, &mut scenario, seed);
        let plan = planned(&inventory, &scenario);
        let first = plan.transitions.first();
        let own = first.filter(|own| own.period == 0 && own.timing == Timing::Ahead);
        let Some(own) = own.filter(|own| own.seconds.is_some()) else {
            continue;
        };
        let walk = Walk::new(&inventory, &scenario, &plan, own);
        let Some(walk) = walk else { continue };
        looked_at += walk.parts(seed);
    }
    assert!(looked_at >= PARTS, "{looked_at}");
}

/// The state before and that of the first period, walked shard by shard.
struct Walk<'a> {
    inventory: &'a Inventory,
    scenario: &'a Scenario,
    network: Network,
    case: Case,
    plan: &'a Plan,
    way: &'a Transition,
    /// By shard: where it is before, and the position of its move.
    home: Vec<Option<SiteId>>,
    move_of: BTreeMap<ShardId, usize>,
}

impl<'a> Walk<'a> {
    /// `None` where the state before is not everybody at home, so that it cannot be walked so simply.
    fn new(
        inventory: &'a Inventory,
        scenario: &'a Scenario,
        plan: &'a Plan,
        way: &'a Transition,
    ) -> Option<Self> {
        let case = case_before(inventory, scenario, Band::Expected);
        let homed: f64 = (0..inventory.shards.len())
            .filter(|own| inventory.shards[*own].site.is_some())
            .map(|own| case.users(own))
            .sum();
        let carried: f64 = plan.before.flows.iter().map(|own| own.users).sum();
        let moves = &plan.periods[0].moves;
        let ahead: usize = way.waves.iter().map(|own| own.moves.len()).sum();
        let is_simple = (homed - carried).abs() < 1e-6 && ahead == moves.len();
        let mut move_of = BTreeMap::new();
        for (index, own) in moves.iter().enumerate() {
            if move_of.insert(own.shard, index).is_some() {
                return None;
            }
        }
        // Who is partly unserved afterwards stays with the rest of it until then.
        let is_whole = moves
            .iter()
            .all(|own| (own.users - plan.periods[0].case.users(own.shard.index())).abs() < 1e-9);
        (is_simple && is_whole).then(|| Self {
            network: Network::new(inventory),
            home: inventory.shards.iter().map(|own| own.site).collect(),
            inventory,
            scenario,
            case,
            plan,
            way,
            move_of,
        })
    }

    /// Users by path of a group at a site, as shares.
    fn paths(flows: &'a [Flow], group: GroupKey, site: SiteId) -> Vec<(&'a Flow, f64)> {
        let own = flows
            .iter()
            .filter(|own| own.group == group && own.path.site == site);
        let own: Vec<&Flow> = own.filter(|own| own.users > 0.0).collect();
        let all: f64 = own.iter().map(|own| own.users).sum();
        own.into_iter().map(|own| (own, own.users / all)).collect()
    }

    /// Loads by component and resource with every shard at a site.
    fn loads(&self, sites: &[Option<SiteId>], steering: f64) -> BTreeMap<(usize, usize), f64> {
        let inventory = self.inventory;
        let mut loads: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        for own in &inventory.background {
            *loads
                .entry((own.component.index(), own.resource.index()))
                .or_default() += own.load;
        }
        for (index, site) in sites.iter().enumerate() {
            let users = self.case.users(index);
            let row = &inventory.shards[index];
            let demand = &inventory.profiles[row.profile.index()].demand;
            let id = ShardId::new(index);
            let copies: Vec<SiteId> = inventory
                .replicas_of(id)
                .iter()
                .map(|own| own.site)
                .collect();
            let copies: Vec<SiteId> = if copies.is_empty() {
                copies
            } else {
                copies.into_iter().chain(row.site).collect()
            };
            for (resource, own) in inventory.resources.iter().enumerate() {
                for copy in &copies {
                    *loads.entry((copy.index(), resource)).or_default() +=
                        users * demand[resource] * own.replica_share;
                }
                if let Some(site) = site {
                    let share = if copies.contains(site) {
                        1.0 - own.replica_share
                    } else {
                        1.0
                    };
                    *loads.entry((site.index(), resource)).or_default() +=
                        users * demand[resource] * share;
                }
            }
            let Some(site) = *site else { continue };
            let group = GroupKey::of(inventory, &self.scenario.policy, id);
            let ends = [&self.plan.before.flows, &self.plan.periods[0].flows]
                .map(|flows| Self::paths(flows, group, site));
            let weights = match (ends[0].is_empty(), ends[1].is_empty()) {
                (true, _) => [0.0, 1.0],
                (_, true) => [1.0, 0.0],
                _ => [1.0 - steering, steering],
            };
            for (paths, weight) in ends.iter().zip(weights) {
                for (flow, share) in paths {
                    self.add(flow, users * share * weight, demand, &mut loads);
                }
            }
        }
        loads
    }

    fn add(
        &self,
        flow: &Flow,
        users: f64,
        demand: &[f64],
        loads: &mut BTreeMap<(usize, usize), f64>,
    ) {
        let inventory = self.inventory;
        let mut put = |component: usize, users: f64| {
            for (resource, own) in inventory.resources.iter().enumerate() {
                if own.scope == Scope::Network {
                    *loads.entry((component, resource)).or_default() += users * demand[resource];
                }
            }
        };
        for link in &flow.path.links {
            put(inventory.link_component(*link).index(), users);
        }
        for place in flow.path.places(&self.network) {
            let components = self.network.components_of(inventory, place);
            if matches!(self.network.end(place), LinkEnd::Site(_)) {
                continue;
            }
            let count = components.len() as f64;
            for component in components {
                put(component.index(), users / count);
            }
        }
    }

    /// Asserts that random parts of every wave fit; gives back how many were looked at.
    fn parts(&self, seed: u64) -> usize {
        let inventory = self.inventory;
        let begun = self.loads(&self.home, 0.0);
        // Where copies or background alone are more than there is, they are cut: that is not walked here.
        let is_within = |component: usize, resource: usize, load: f64| {
            let left = self.case.capacity(component, resource);
            left.is_none_or(|left| load <= left * (1.0 + 3e-6) + 1e-9)
        };
        if begun
            .iter()
            .any(|((component, resource), load)| !is_within(*component, *resource, *load))
        {
            return 0;
        }
        let mut random = Random::new(seed);
        let moves = &self.plan.periods[0].moves;
        let mut looked_at = 0;
        for wave in &self.way.waves {
            let in_wave: BTreeMap<usize, u32> = self
                .way
                .waves
                .iter()
                .flat_map(|own| own.moves.iter().map(|moved| (*moved, own.number)))
                .collect();
            for part in 0..=PARTS {
                let sites: Vec<Option<SiteId>> = (0..self.home.len())
                    .map(|index| {
                        let Some(moved) = self.move_of.get(&ShardId::new(index)) else {
                            return self.home[index];
                        };
                        let number = in_wave[moved];
                        let is_there = number < wave.number
                            || number == wave.number && (part == PARTS || random.chance(0.5));
                        if is_there {
                            Some(moves[*moved].to)
                        } else {
                            self.home[index]
                        }
                    })
                    .collect();
                for ((component, resource), load) in self.loads(&sites, wave.steering_share) {
                    let is_closed = inventory
                        .access_points
                        .iter()
                        .enumerate()
                        .any(|(own, row)| {
                            let id = plimsoll::ids::AccessPointId::new(own);
                            inventory.access_point_component(id).index() == component
                                && row.state == AccessPointState::Standby
                        });
                    let is_limit = component < inventory.sites.len()
                        || inventory.resources[resource].scope == Scope::Network;
                    assert!(
                        is_closed || !is_limit || is_within(component, resource, load),
                        "seed {seed}, wave {}: {load} of {} at {}",
                        wave.number,
                        inventory.resources[resource].id,
                        inventory.component_name(plimsoll::ids::ComponentId::new(component)),
                    );
                }
                looked_at += 1;
            }
        }
        looked_at
    }
}
