//! Hour sides: what is carried on either side of the beginning of an hour while steering turns, and how far it may.

use super::super::ground::Ground;
use super::crowd::Crowd;
use super::hours::Hourly;
use super::pieces::Fate;
use super::rules::{Limits, SAME};
use super::shares::{Ends, Steering};
use super::state::{Loaded, Moment, Under};
use crate::ids::{ComponentId, SiteId};
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// One side of the beginning of an hour.
pub(super) struct Side {
    pub(super) limits: Limits,
    /// Under the steering of the hour that ends, and of the one that begins.
    ends: [Loaded; 2],
    /// By component: users who newly connect on the whole way.
    pub(super) arrivals: BTreeMap<usize, f64>,
    /// Steering that holds at the far end of this side: 0 is that of the hour that ends.
    own: usize,
    /// Seconds that there are.
    pub(super) room: f64,
}

/// Times that an interval is halved.
const HALVINGS: u32 = 45;

impl Side {
    /// What is between its own end and the other, once a share of the way is done on this side.
    fn between(&self, of: impl Fn(&Loaded) -> f64, share: f64) -> f64 {
        let [own, other] = [self.own, 1 - self.own].map(|end| of(&self.ends[end]));
        own + share * (other - own)
    }

    /// What is loaded too much once a share of the way is done: component, resource, load, what is left.
    pub(super) fn overload(&self, share: f64) -> Option<(usize, usize, f64, f64)> {
        self.limits.most(0).find_map(|(at, left, most)| {
            let begun = self.ends[self.own].stop[at];
            let most = if begun > most {
                begun * (1.0 + SAME)
            } else {
                most
            };
            let load = self.between(|own| own.stop[at], share);
            (load > most).then_some((at[0], at[1], load, left))
        })
    }

    /// Normal operation at a component at worst, until a share of the way is done.
    pub(super) fn background(&self, component: usize, share: f64) -> f64 {
        let own = self.between(|own| own.background[component], 0.0);
        own.max(self.between(|own| own.background[component], share))
    }

    /// Seconds that a share of the way takes at least; endless if somebody never gets in.
    fn seconds(&self, share: f64) -> f64 {
        let mut most: f64 = 0.0;
        for (component, users) in &self.arrivals {
            let spare = self.limits.accepts[component] - self.background(*component, share);
            if share * users > NOBODY {
                most = most.max(if spare > 0.0 {
                    share * users / spare
                } else {
                    f64::INFINITY
                });
            }
        }
        most
    }

    /// How much of the way is safe, and done in time, on this side.
    pub(super) fn reach(&self) -> f64 {
        let is_possible =
            |share: f64| self.overload(share).is_none() && self.seconds(share) <= self.room;
        let (mut low, mut high) = (0.0, 1.0);
        if is_possible(high) {
            return high;
        }
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if is_possible(middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }
}

impl Hourly<'_> {
    /// Both sides of the beginning of an hour; `None` if nothing says how many it accepts.
    pub(super) fn sides(
        &self,
        ground: &Ground<'_>,
        slices: [usize; 2],
        room: [f64; 2],
    ) -> Option<[Side; 2]> {
        let inventory = ground.inventory;
        let mut components = (0..inventory.component_count()).map(ComponentId::new);
        if !components.any(|own| inventory.accepts_per_second(own).is_some()) {
            return None;
        }
        let steering = slices.map(|slice| Steering {
            rows: self.steered.of(slice),
            members: &self.situation.members,
        });
        Some([0, 1].map(|side: usize| {
            let situation = self.situation.in_slice(ground, slices[side]);
            let under = Under {
                ends: Ends::new(ground, &situation, steering),
                situation: &situation,
            };
            let crowds = self.crowds(ground);
            let loaded = |steering: [f64; 2]| {
                let moment = Moment {
                    ground,
                    crowds: &crowds,
                    wave: 0,
                    steering,
                    restored: [0.0; 2],
                    is_after_loss: false,
                };
                moment.loaded(&under, 0)
            };
            let whole = loaded([0.0, 1.0]);
            let limits = Limits::new(ground, std::slice::from_ref(&under));
            let gates = limits.accepts.keys();
            let arrivals = gates.map(|own| (*own, whole.arrivals[*own][0]));
            Side {
                arrivals: arrivals.filter(|(_, users)| *users > 0.0).collect(),
                limits,
                ends: [loaded([0.0; 2]), loaded([1.0; 2])],
                own: side,
                room: room[side],
            }
        }))
    }

    /// Who is served where, those together who bring the same.
    fn crowds(&self, ground: &Ground<'_>) -> Vec<Crowd> {
        let mut all: BTreeMap<(usize, SiteId, bool, u64), Crowd> = BTreeMap::new();
        for (shard, part) in self.assignment.served() {
            let surge = self.situation.case.factor[shard].to_bits();
            let has_copy = ground.has_copy(shard, part.site);
            let key = (ground.group_of(shard), part.site, has_copy, surge);
            let crowd = all.entry(key).or_insert_with(|| Crowd {
                shard,
                old: Some(part.site),
                new: Some(part.site),
                users: vec![[0.0; 2]],
                counted: 0.0,
                leaving: 0.0,
                fate: Fate::Stays,
                wave: None,
                settled: Some(0),
            });
            crowd.users[0][0] += part.users;
        }
        all.into_values().collect()
    }
}
