//! State: what a wave loads at worst, whatever part of it has moved, and who connects anew, walked piece by piece.

use super::super::ground::Ground;
use super::super::load::{retries, share_of_served};
use super::pieces::{Crowd, Fate};
use super::shares::{Between, Under, turning};
use crate::ids::{ComponentId, SiteId};
use crate::model::{AccessPointState, Component};
use ndarray::Array2;

/// Where everybody is in one wave.
pub(super) struct Moment<'a> {
    pub(super) ground: &'a Ground<'a>,
    pub(super) crowds: &'a [Crowd],
    pub(super) wave: u32,
    /// Steering at the end of the wave before, and in this wave.
    pub(super) steering: [f64; 2],
    /// Share of those restored who are back before, and at the end.
    pub(super) restored: [f64; 2],
    /// Something was lost just before: who was cut off connects anew.
    pub(super) is_after_loss: bool,
}

/// What everything carries at one time.
#[derive(Clone)]
pub(super) struct WaveCarried {
    /// Components × resources.
    pub(super) load: Array2<f64>,
    /// The same with all retries running.
    pub(super) offered: Array2<f64>,
    /// By component: new sessions per second of normal operation.
    pub(super) sessions: Vec<f64>,
}

/// What a wave comes to under one case.
pub(super) struct Loaded {
    /// When the wave begins, under the steering of before.
    pub(super) begun: WaveCarried,
    /// At worst.
    pub(super) worst: WaveCarried,
    /// At worst while steering turns and nobody moves, where a pool's members change; else when the wave begins.
    pub(super) turning: WaveCarried,
    /// At the wave's end.
    pub(super) stop: WaveCarried,
    /// By component: users who newly connect because steering turns, and because they move or come back.
    pub(super) arrivals: Vec<[f64; 2]>,
}

/// What one piece brings to the few places that its paths pass, each of which is there once.
#[derive(Default)]
struct Brought {
    /// Component and resource, load, and load with all retries running.
    loads: Vec<([usize; 2], [f64; 2])>,
    /// Component, new sessions per second of normal operation.
    sessions: Vec<(usize, f64)>,
}

/// What is brought at a place; nothing if it is not there.
fn at_place<K: PartialEq, V: Copy + Default>(few: &[(K, V)], at: &K) -> V {
    let known = few.iter().find(|own| own.0 == *at);
    known.map(|own| own.1).unwrap_or_default()
}

impl Brought {
    /// At every place the larger of what is brought before and after: no part of a move loads more.
    fn larger(&self, other: &Self) -> Self {
        let mut all = Self::default();
        for (at, load) in &other.loads {
            let before = at_place(&self.loads, at);
            let larger = [0, 1].map(|own: usize| load[own].max(before[own]));
            all.loads.push((*at, larger));
        }
        let is_left = |at: &[usize; 2]| !other.loads.iter().any(|own| own.0 == *at);
        let left = self.loads.iter().filter(|(at, _)| is_left(at));
        all.loads.extend(left.copied());
        for (at, sessions) in &other.sessions {
            let larger = sessions.max(at_place(&self.sessions, at));
            all.sessions.push((*at, larger));
        }
        let is_left = |at: &usize| !other.sessions.iter().any(|own| own.0 == *at);
        let left = self.sessions.iter().filter(|(at, _)| is_left(at));
        all.sessions.extend(left.copied());
        all
    }
}

impl WaveCarried {
    fn add(&mut self, brought: &Brought) {
        for (at, [load, offered]) in &brought.loads {
            self.load[*at] += load;
            self.offered[*at] += offered;
        }
        for (component, sessions) in &brought.sessions {
            self.sessions[*component] += sessions;
        }
    }

    /// Raises everything to what is most of it between three times on the way of steering: its beginning, middle and end.
    fn raise(&mut self, through: &[Self; 3]) {
        let raise = |most: &mut f64, through: [f64; 3]| {
            if let Some(own) = turning(through) {
                *most = most.max(own);
            }
        };
        for (at, load) in self.load.indexed_iter_mut() {
            raise(load, through.each_ref().map(|own| own.load[at]));
        }
        for (at, offered) in self.offered.indexed_iter_mut() {
            raise(offered, through.each_ref().map(|own| own.offered[at]));
        }
        for (at, sessions) in self.sessions.iter_mut().enumerate() {
            raise(sessions, through.each_ref().map(|own| own.sessions[at]));
        }
    }
}

impl Loaded {
    /// New sessions per second of normal operation at a component, at worst.
    pub(super) fn background(&self, component: usize) -> f64 {
        self.worst.sessions[component].max(self.turning.sessions[component])
    }
}

/// Where a crowd is in a wave.
enum Whereabouts {
    /// At one place (0 is the old one) all the time.
    At(usize),
    /// From its old place to its new one.
    Moving,
    /// A share of it was back before, and another is at the end.
    Returning([f64; 2]),
    Nowhere,
}

impl Moment<'_> {
    fn whereabouts(&self, crowd: &Crowd) -> Whereabouts {
        if let Some(end) = crowd.settled {
            return Whereabouts::At(end);
        }
        match (crowd.fate, crowd.wave) {
            (Fate::Restored, _) => Whereabouts::Returning(self.restored),
            (Fate::Shed, _) => Whereabouts::Nowhere,
            (_, Some(wave)) if wave < self.wave => Whereabouts::At(1),
            (_, Some(wave)) if wave == self.wave => Whereabouts::Moving,
            _ => Whereabouts::At(0),
        }
    }

    /// What users of a shard bring at a site under a steering.
    fn brought(
        &self,
        under: &Under<'_>,
        (shard, site): (usize, SiteId),
        users: f64,
        steering: f64,
    ) -> Brought {
        let (ground, situation) = (self.ground, &under.situation);
        let inventory = ground.inventory;
        let mut brought = Brought::default();
        let group = ground.group_of(shard);
        let Some(ends) = under.ends.of(group, site) else {
            return brought;
        };
        let resources = inventory.resources.len();
        let at_site = inventory.site_component(site);
        let has_copy = ground.has_copy(shard, site);
        let profile = inventory.shards[shard].profile;
        for resource in 0..resources {
            let share = share_of_served(ground, situation, site.index(), resource, has_copy);
            let demand = users * situation.demand(shard, resource);
            let again = retries(ground, profile, (at_site.index(), resource));
            let loads = [demand * share, demand * (share + again)];
            brought.loads.push(([at_site.index(), resource], loads));
        }
        for (component, share) in ends.open(steering).iter() {
            let passing = users * share;
            let sessions = passing * sessions(ground, shard);
            brought.sessions.push((component.index(), sessions));
            if component == at_site {
                continue;
            }
            for resource in (0..resources).filter(|own| ground.is_network(*own)) {
                let load = passing * situation.group_demand(group, resource);
                let again = retries(ground, profile, (component.index(), resource));
                let loads = [load, load * (1.0 + again)];
                brought.loads.push(([component.index(), resource], loads));
            }
        }
        brought
    }

    /// What the wave comes to under a case, which is the one of this number.
    pub(super) fn loaded(&self, under: &Under<'_>, case: usize) -> Loaded {
        let components = self.ground.inventory.component_count();
        let fixed = fixed(self.ground, under);
        let nobody = WaveCarried {
            offered: fixed.clone(),
            load: fixed,
            sessions: vec![0.0; components],
        };
        let [before, now] = self.steering;
        let is_turning = (now - before).abs() > 0.0;
        let mut through =
            (under.ends.is_bent && is_turning).then(|| [0, 1, 2].map(|_| nobody.clone()));
        let mut all = Loaded {
            begun: nobody.clone(),
            worst: nobody.clone(),
            turning: nobody.clone(),
            stop: nobody,
            arrivals: vec![[0.0; 2]; components],
        };
        for crowd in self.crowds {
            let place = |end: usize| if end == 0 { crowd.old } else { crowd.new };
            let at = |end: usize, share: f64, steering: f64| {
                let users = crowd.users[case][end] * share;
                place(end).map_or_else(Brought::default, |site| {
                    self.brought(under, (crowd.shard, site), users, steering)
                })
            };
            let whereabouts = self.whereabouts(crowd);
            // Where they are, and what share of them, while steering turns and nobody moves.
            let (end, share) = match whereabouts {
                Whereabouts::Nowhere => continue,
                Whereabouts::At(end) => (end, 1.0),
                Whereabouts::Returning([back, _]) => (1, back),
                Whereabouts::Moving => (0, 1.0),
            };
            let ways = [before, before.midpoint(now), now];
            for (carried, steering) in through.iter_mut().flatten().zip(ways) {
                carried.add(&at(end, share, steering));
            }
            let begun = at(end, share, before);
            all.begun.add(&begun);
            if let Some(site) = place(end) {
                let users = crowd.users[case][end] * share;
                self.turn(under, (crowd.shard, site), users, &mut all);
            }
            let (worst, stop) = match whereabouts {
                Whereabouts::At(_) if !is_turning => {
                    all.stop.add(&begun);
                    all.worst.add(&begun);
                    continue;
                }
                Whereabouts::Returning([back, end]) => {
                    self.come(under, crowd, end - back, &mut all);
                    (None, at(1, end, now))
                }
                Whereabouts::Moving => {
                    self.come(under, crowd, 1.0, &mut all);
                    let new = at(1, 1.0, now);
                    (Some(at(0, 1.0, now).larger(&new)), new)
                }
                Whereabouts::At(_) | Whereabouts::Nowhere => (None, at(end, 1.0, now)),
            };
            all.worst.add(worst.as_ref().unwrap_or(&stop));
            all.stop.add(&stop);
        }
        all.turning = all.begun.clone();
        if let Some(through) = through {
            all.turning.raise(&through);
        }
        all
    }

    fn between<'e>(&self, under: &'e Under<'_>, shard: usize, site: SiteId) -> Option<&'e Between> {
        under.ends.of(self.ground.group_of(shard), site)
    }

    /// A share of a crowd connects anew at its new place.
    fn come(&self, under: &Under<'_>, crowd: &Crowd, share: f64, all: &mut Loaded) {
        let ends = crowd
            .new
            .and_then(|own| self.between(under, crowd.shard, own));
        let Some(ends) = ends else { return };
        for (component, passing) in ends.open(self.steering[1]).iter() {
            all.arrivals[component.index()][1] += crowd.counted * share * passing;
        }
    }

    /// Who is where he was and has to connect anew, because steering turns or because his path is gone.
    fn turn(
        &self,
        under: &Under<'_>,
        (shard, site): (usize, SiteId),
        users: f64,
        all: &mut Loaded,
    ) {
        let Some(ends) = self.between(under, shard, site) else {
            return;
        };
        for (component, more) in ends.entered(self.steering, self.is_after_loss) {
            all.arrivals[component.index()][0] += users * more;
        }
    }
}

/// Sessions per second that one user of a shard opens in normal operation.
pub(super) fn sessions(ground: &Ground<'_>, shard: usize) -> f64 {
    let inventory = ground.inventory;
    let profile = inventory.shards[shard].profile;
    inventory.profiles[profile.index()].sessions_per_hour / 3600.0
}

/// Background and copies; those of an access point on standby at which nobody enters by either steering are none.
fn fixed(ground: &Ground<'_>, under: &Under<'_>) -> Array2<f64> {
    let mut fixed = under.situation.fixed.load.clone();
    for component in (0..ground.inventory.component_count()).map(ComponentId::new) {
        let Component::AccessPoint(id) = ground.inventory.component(component) else {
            continue;
        };
        let is_standby =
            ground.inventory.access_points[id.index()].state == AccessPointState::Standby;
        if is_standby && !under.ends.lead_over(component) {
            fixed.row_mut(component.index()).fill(0.0);
        }
    }
    fixed
}
