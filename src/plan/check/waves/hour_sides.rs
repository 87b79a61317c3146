//! Hour sides: what is carried on either side of the beginning of an hour while steering turns, and how far it may.

use super::super::ground::Ground;
use super::super::stability::{keeps_itself_up, most_offered};
use super::crowd::Crowd;
use super::hours::Hourly;
use super::pieces::Fate;
use super::rules::{Limits, at_most, spare};
use super::shares::{Ends, Steering};
use super::state::{Loaded, Moment, Under};
use crate::ids::{ComponentId, SiteId};
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};

/// One side of the beginning of an hour.
pub(super) struct Side {
    pub(super) limits: Limits,
    /// Under the steering of the hour that ends, and of the one that begins.
    ends: [Loaded; 2],
    /// What has to recover by itself with all retries running.
    recovers: BTreeSet<(usize, usize)>,
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
        let of_loads = |own: &Loaded, at: [usize; 2]| own.stop[at];
        let of_offers = |own: &Loaded, at: [usize; 2]| own.stop_offered[at];
        let beyond = |of: &dyn Fn(&Loaded, [usize; 2]) -> f64, is_stable: bool| {
            let nominals = self.limits.left(0).map(|(.., nominal)| nominal);
            let mut own = self.limits.most(0).zip(nominals);
            own.find_map(|((at, left, most), nominal)| {
                if is_stable && !self.recovers.contains(&(at[0], at[1])) {
                    return None;
                }
                let most = if is_stable {
                    most_offered(left, nominal)
                } else {
                    most
                };
                let most = at_most(most, of(&self.ends[self.own], at));
                let load = self.between(|own| of(own, at), share);
                (load > most).then_some((at[0], at[1], load, left))
            })
        };
        beyond(&of_loads, false).or_else(|| beyond(&of_offers, true))
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
            let spare = spare(
                self.limits.accepts[component],
                self.background(*component, share),
            );
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
    /// Both sides of the beginning of an hour; `None` if nobody newly connects through anything that says how many it
    /// accepts.
    pub(super) fn sides(
        &self,
        ground: &Ground<'_>,
        crowds: &[Crowd],
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
        let situations = slices.map(|slice| self.situation.in_slice(ground, slice));
        let unders = situations.each_ref().map(|situation| Under {
            ends: Ends::new(ground, situation, steering),
            situation,
        });
        let loaded = |under: &Under<'_>, steering: [f64; 2]| {
            let moment = Moment {
                ground,
                crowds,
                wave: 0,
                steering,
                restored: [0.0; 2],
                is_after_loss: false,
            };
            moment.loaded(under, 0)
        };
        let gates = unders.each_ref().map(|under| {
            let whole = loaded(under, [0.0, 1.0]);
            let limits = Limits::new(ground, std::slice::from_ref(under));
            let users = limits
                .accepts
                .keys()
                .map(|own| (*own, whole.arrivals[*own][0]));
            let arrivals: BTreeMap<usize, f64> = users.filter(|(_, users)| *users > 0.0).collect();
            (limits, arrivals)
        });
        let mut coming = gates.iter().flat_map(|(_, arrivals)| arrivals.values());
        if !coming.any(|users| *users > NOBODY) {
            return None;
        }
        let recovers = |limits: &Limits| -> BTreeSet<(usize, usize)> {
            let own = limits.most(0).map(|(at, ..)| (at[0], at[1]));
            let is_asked = ground.scenario.policy.require_stable;
            own.filter(|at| is_asked && keeps_itself_up(ground, *at))
                .collect()
        };
        let side = |own: usize, (limits, arrivals)| Side {
            recovers: recovers(&limits),
            limits,
            ends: [[0.0; 2], [1.0; 2]].map(|steering| loaded(&unders[own], steering)),
            arrivals,
            own,
            room: room[own],
        };
        let [ahead, behind] = gates;
        Some([side(0, ahead), side(1, behind)])
    }

    /// Who is served where, those together who bring the same.
    pub(super) fn crowds(&self, ground: &Ground<'_>) -> Vec<Crowd> {
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
