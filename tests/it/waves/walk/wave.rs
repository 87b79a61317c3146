//! One wave: steering that turns, any part of those who move then, and its end.

use super::people::{Fate, People};
use super::roads::{Group, Roads, group_of};
use super::touched::Case;
use crate::draw::random::Random;
use plimsoll::ids::{ComponentId, SiteId};
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan_files::{Timing, WaveRow};
use std::collections::BTreeMap;

/// What sums of the same numbers may differ by, relatively.
pub(super) const SAME: f64 = 3e-6;

/// Shares of the way at which steering is looked at while it turns.
const BETWEEN: usize = 3;

/// The instant at which steering has turned, and from which on users move.
pub(super) fn turned(row: &WaveRow) -> &str {
    &row.turned
}

/// A wave as its rows tell it.
pub(super) struct Reported<'a> {
    pub(super) number: u32,
    pub(super) timing: Timing,
    /// While steering turns, and while users move.
    pub(super) seconds: [f64; 2],
    /// Steering before it, and in it.
    pub(super) steering: [f64; 2],
    /// The same of those who come back.
    pub(super) restored: [f64; 2],
    /// Nothing was done since the period began: who is cut off connects anew.
    pub(super) is_first_after: bool,
    pub(super) rows: Vec<&'a WaveRow>,
}

/// Where a wave happens.
pub(super) struct Scene<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) scenario: &'a Scenario,
    pub(super) case: Case<'a>,
    pub(super) roads: Roads,
    /// The same of those paths alone that were open until the period began.
    pub(super) until: Roads,
    pub(super) people: &'a [People],
    /// By shard: most users of the period and of all cases that its way touches.
    pub(super) most: Vec<f64>,
}

/// Loads by component and resource, and behind the resources sessions a second, flattened.
pub(super) type Loads = Vec<(usize, f64)>;

/// Where somebody is in a wave.
pub(super) enum Whereabouts {
    At(SiteId, f64),
    /// From where he was, if he was anywhere.
    Moving(Option<(SiteId, f64)>),
    ComingBack(SiteId, f64),
    Nowhere,
}

/// Somebody who moves.
struct Mover {
    old: Loads,
    new: Loads,
    /// What is held where he was until the wave ends.
    held: Loads,
}

/// What is wrong with a wave, and how many parts of it were looked at.
pub(super) struct Seen {
    pub(super) faults: Vec<String>,
    pub(super) parts: usize,
    /// Most users whom steering brings through something that says how many it accepts.
    pub(super) brought: f64,
}

impl Scene<'_> {
    pub(super) fn width(&self) -> usize {
        self.inventory.resources.len() + 1
    }

    pub(super) fn group(&self, shard: usize) -> Group {
        group_of(self.inventory, self.scenario, shard)
    }

    /// What a share of a shard loads at a site; nothing if no way leads there.
    pub(super) fn loads(&self, shard: usize, (site, share): (SiteId, f64), steering: f64) -> Loads {
        let group = self.group(shard);
        let users = self.case.conditions.users(shard) * share;
        if !self.roads.leads((group, site)) {
            return Loads::new();
        }
        let width = self.width();
        let at_site = self.case.conditions.at_site(self.inventory, shard, site);
        let values = at_site.into_iter().enumerate();
        let mut loads: Loads = values
            .map(|(resource, load)| (site.index() * width + resource, load * users))
            .collect();
        let profile = self.inventory.shards[shard].profile;
        let hourly = self.inventory.profiles[profile.index()].sessions_per_hour;
        let along = self.case.conditions.along(self.inventory, group);
        for (component, passing) in self.roads.open((group, site), steering) {
            let first = component * width;
            loads.push((first + width - 1, users * passing * hourly / 3600.0));
            if component == site.index() {
                continue;
            }
            let filter = along.iter().enumerate().filter(|(_, load)| **load > 0.0);
            loads.extend(filter.map(|(resource, load)| (first + resource, users * passing * load)));
        }
        loads.retain(|(_, load)| *load > 0.0);
        loads
    }

    pub(super) fn whereabouts(people: &People, reported: &Reported<'_>) -> Whereabouts {
        let at = |place: Option<(SiteId, f64)>| {
            place.map_or(Whereabouts::Nowhere, |(site, share)| {
                Whereabouts::At(site, share)
            })
        };
        match (people.fate, reported.timing) {
            (Fate::Shed, Timing::After) | (Fate::ComeBack, Timing::Ahead) => Whereabouts::Nowhere,
            (Fate::ComeBack, Timing::After) => {
                let (site, share) = people.new.expect("they come back somewhere");
                Whereabouts::ComingBack(site, share)
            }
            (Fate::Move(Some(wave)), _) if wave < reported.number => at(people.new),
            (Fate::Move(Some(wave)), _) if wave == reported.number => {
                Whereabouts::Moving(people.old)
            }
            (Fate::Stay | Fate::Move(_), _) | (Fate::Shed, Timing::Ahead) => at(people.old),
        }
    }

    /// Looks at a wave.
    pub(super) fn seen(&self, reported: &Reported<'_>, (seed, parts): (u64, usize)) -> Seen {
        let inventory = self.inventory;
        let width = self.width();
        let fixed = self.case.conditions.fixed(inventory, &self.roads);
        let mut base = vec![0.0; inventory.component_count() * width];
        for ((component, resource), load) in fixed.indexed_iter() {
            base[component * width + resource] = *load;
        }
        let mut begun = base.clone();
        // Steering has turned, and nobody has moved.
        let mut turned = base.clone();
        let mut turning = vec![base.clone(); BETWEEN];
        let mut coming = vec![0.0; base.len()];
        let mut movers = Vec::new();
        let [before, now] = reported.steering;
        let between = (1..=BETWEEN).map(|index| index as f64 / (BETWEEN + 1) as f64);
        let between: Vec<f64> = between
            .map(|value| (1.0 - value) * before + value * now)
            .collect();
        let mut pass = |shard: usize, place: (SiteId, f64), share: f64| {
            if now > before {
                for (state, steering) in turning.iter_mut().zip(&between) {
                    add(state, &self.loads(shard, place, *steering), share);
                }
            }
        };
        for people in self.people {
            match Self::whereabouts(people, reported) {
                Whereabouts::Nowhere => {}
                Whereabouts::At(site, share) => {
                    let place = (site, share);
                    let loads = self.loads(people.shard, place, now);
                    add(&mut base, &loads, 1.0);
                    add(&mut turned, &loads, 1.0);
                    add(&mut begun, &self.loads(people.shard, place, before), 1.0);
                    pass(people.shard, place, 1.0);
                }
                Whereabouts::ComingBack(site, share) => {
                    let place = (site, share);
                    let loads = self.loads(people.shard, place, now);
                    add(&mut coming, &loads, 1.0);
                    add(&mut turned, &loads, reported.restored[0]);
                    let back = self.loads(people.shard, place, before);
                    add(&mut begun, &back, reported.restored[0]);
                    pass(people.shard, place, reported.restored[0]);
                }
                Whereabouts::Moving(old) => {
                    if let Some(place) = old {
                        add(&mut begun, &self.loads(people.shard, place, before), 1.0);
                        add(&mut turned, &self.loads(people.shard, place, now), 1.0);
                        pass(people.shard, place, 1.0);
                    }
                    movers.push(self.mover(people, now));
                }
            }
        }
        let limits = self.case.conditions.limits(inventory);
        let mut faults = Vec::new();
        let mut judge = |name: &str, state: &[f64], may_have: &[f64]| {
            for &(component, resource, left) in &limits {
                let at = component * width + resource;
                let nominal = self.case.conditions.believed.nominal[[component, resource]];
                let most = left.max(may_have[at]) * (1.0 + SAME) + 2e-9 * nominal.unwrap_or(1.0);
                if state[at] > most && faults.len() < 5 {
                    faults.push(format!(
                        "{name}: {} of {} at {}, {left} left, {} when it begins",
                        state[at],
                        inventory.resources[resource].id,
                        inventory.component_name(ComponentId::new(component)),
                        begun[at],
                    ));
                }
            }
        };
        // Decision: behind a period's start they may be more than there is room for as a fault has left them, and in the
        // state before because users are served alike there, whose shards load a site in different ways.
        let nothing = vec![0.0; begun.len()];
        let is_found_so = reported.timing == Timing::After || self.case.when.0.is_none();
        let may_have = if is_found_so { &begun } else { &nothing };
        judge("its beginning", &begun, may_have);
        judge("its steering, once it has turned", &turned, &begun);
        if now > before {
            for state in &turning {
                judge("its steering, while it turns", state, &begun);
            }
        }
        let mut random = Random::new(seed ^ (u64::from(reported.number) << 32));
        for _ in 0..parts {
            let chance = random.between(0.0, 1.0);
            let mut state = base.clone();
            for mover in &movers {
                if random.chance(chance) {
                    add(&mut state, &mover.new, 1.0);
                    add(&mut state, &mover.held, 1.0);
                } else {
                    add(&mut state, &mover.old, 1.0);
                }
            }
            let back = random.between(
                reported.restored[0],
                reported.restored[1].max(reported.restored[0]),
            );
            add_all(&mut state, &coming, back);
            judge("a part of it", &state, &begun);
        }
        let mut stop = base.clone();
        add_all(&mut stop, &coming, reported.restored[1]);
        // No part loads more than if everybody were where he loads most, limit by limit.
        let mut worst = stop.clone();
        for mover in &movers {
            add(&mut stop, &mover.new, 1.0);
            let mut most: BTreeMap<usize, [f64; 2]> = BTreeMap::new();
            for (end, loads) in [&mover.old, &mover.new].into_iter().enumerate() {
                for (at, load) in loads {
                    most.entry(*at).or_default()[end] += load;
                }
            }
            for (at, [old, new]) in most {
                worst[at] += f64::max(old, new);
            }
        }
        judge("its end", &stop, &begun);
        judge("its worst parts", &worst, &begun);
        let sessions = |component: usize| {
            let at = component * width + width - 1;
            f64::max(begun[at], worst[at])
        };
        faults.extend(self.more_than_accepted(reported, sessions));
        faults.extend(self.sites_let_them(reported));
        if !self.case.is_later {
            faults.extend(self.without_a_transition(reported));
        }
        faults.extend(self.fuller_than_reported(reported, &worst));
        Seen {
            faults,
            parts,
            brought: self.brought(reported),
        }
    }

    fn mover(&self, people: &People, steering: f64) -> Mover {
        let loads = |place: Option<(SiteId, f64)>| {
            place.map_or_else(Loads::new, |place| {
                self.loads(people.shard, place, steering)
            })
        };
        let width = self.width();
        let (old, new) = (loads(people.old), loads(people.new));
        let there = people.old.map(|(site, _)| site.index());
        let held = old.iter().filter_map(|(at, load)| {
            let resource = self.inventory.resources.get(at % width)?;
            (Some(at / width) == there).then_some((*at, load * resource.moving_share))
        });
        Mover {
            held: held.collect(),
            old,
            new,
        }
    }

    /// Whoever stays, or has moved, or moves later from where he is served, has a way at the wave's end.
    fn without_a_transition(&self, reported: &Reported<'_>) -> Vec<String> {
        let mut faults = Vec::new();
        for people in self.people {
            let has_come = match people.fate {
                Fate::Move(wave) => wave.is_some_and(|wave| wave <= reported.number),
                _ => false,
            };
            let is_asked = match (people.fate, reported.timing) {
                (Fate::Stay, _) | (Fate::Move(_), Timing::Ahead) => true,
                (Fate::Move(_), Timing::After) => has_come,
                _ => false,
            };
            let place = if has_come { people.new } else { people.old };
            let Some((site, _)) = place.filter(|_| is_asked) else {
                continue;
            };
            let users = self.case.conditions.users(people.shard);
            if users > 0.0 && !self.roads.leads((self.group(people.shard), site)) {
                let shard = self.inventory.shard_ids.get(people.shard);
                faults.push(format!("no way of {shard} to {site:?} at its end"));
            }
        }
        faults
    }

    /// The fullest component is told, and no part of the wave is fuller.
    fn fuller_than_reported(&self, reported: &Reported<'_>, worst: &[f64]) -> Option<String> {
        let width = self.width();
        let limits = self.case.conditions.limits(self.inventory);
        let shares = limits
            .iter()
            .filter(|(_, _, left)| *left > 0.0)
            .map(|(component, resource, left)| worst[component * width + resource] / left);
        let most = shares.fold(0.0, f64::max);
        let row = reported.rows.first()?;
        let is_said = row.fullest_utilization.unwrap_or(0.0) + 1e-5 >= most;
        (!is_said).then(|| format!("{most} is full, told is {:?}", row.fullest_utilization))
    }
}

pub(super) fn add(loads: &mut [f64], pairs: &Loads, times: f64) {
    for (at, load) in pairs {
        loads[*at] += load * times;
    }
}

fn add_all(loads: &mut [f64], values: &[f64], times: f64) {
    for (load, value) in loads.iter_mut().zip(values) {
        *load += value * times;
    }
}
