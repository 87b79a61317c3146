//! State: what a wave loads at worst, whatever part of it has moved, and who connects anew, walked piece by piece.

use super::super::ground::Ground;
use super::super::load::retries;
use super::super::load::share_of_served;
use super::super::period::Situation;
use super::super::stability::keeps_itself_up;
use super::crowd::Crowd;
use super::pieces::Fate;
use super::shares::{Ends, turning};
use crate::ids::{ComponentId, SiteId};
use crate::model::{AccessPointState, Component};
use ndarray::Array2;

/// A case that a way touches, with who passes where under it.
pub(super) struct Under<'a> {
    pub(super) situation: &'a Situation,
    pub(super) ends: Ends,
}

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

/// What a wave comes to under one case.
pub(super) struct Loaded {
    /// Components × resources: when the wave begins, under the steering of before.
    pub(super) begun: Array2<f64>,
    /// At worst.
    pub(super) worst: Array2<f64>,
    /// When the wave begins with all retries running, where an overload keeps itself up.
    pub(super) begun_offered: Array2<f64>,
    /// At worst while steering turns and nobody moves, where a pool's members change; else when the wave begins.
    pub(super) turning: Array2<f64>,
    /// The same with all retries running.
    pub(super) turning_offered: Array2<f64>,
    /// The same at worst.
    pub(super) worst_offered: Array2<f64>,
    /// The same at the wave's end.
    pub(super) stop_offered: Array2<f64>,
    /// At the wave's end.
    pub(super) stop: Array2<f64>,
    /// By component: users who newly connect because steering turns, and because they move or come back.
    pub(super) arrivals: Vec<[f64; 2]>,
    /// By component: new sessions per second of normal operation at worst.
    pub(super) background: Vec<f64>,
    /// The same when the wave begins.
    begun_background: Vec<f64>,
}

/// What one piece brings: loads by component and resource, and users by component.
#[derive(Default)]
struct Brought {
    loads: Few<(usize, usize)>,
    /// The same with all retries running, where an overload keeps itself up.
    offered: Few<(usize, usize)>,
    passing: Few<usize>,
}

/// Amounts at what one path passes: so few that looking through them is fastest. Each place is there once.
type Few<K> = Vec<(K, f64)>;

/// The amount at a place.
fn amount_at<K: PartialEq>(few: &[(K, f64)], at: &K) -> Option<f64> {
    few.iter().find(|own| own.0 == *at).map(|own| own.1)
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
        let (ground, situation) = (self.ground, under.situation);
        let mut brought = Brought::default();
        let group = ground.group_of(shard);
        let Some(ends) = under.ends.of(group, site) else {
            return brought;
        };
        let resources = ground.inventory.resources.len();
        let at_site = ground.inventory.site_component(site);
        let has_copy = ground.has_copy(shard, site);
        let profile = ground.inventory.shards[shard].profile;
        for resource in 0..resources {
            let share = share_of_served(ground, situation, site.index(), resource, has_copy);
            let demand = users * situation.demand(ground, shard, resource);
            let key = (at_site.index(), resource);
            brought.loads.push((key, demand * share));
            if keeps_itself_up(ground, key) {
                let offered = demand * (share + retries(ground, profile, key));
                brought.offered.push((key, offered));
            }
        }
        for (component, share) in ends.open(steering).iter() {
            brought.passing.push((component.index(), users * share));
            if component == at_site {
                continue;
            }
            for resource in (0..resources).filter(|own| ground.is_network(*own)) {
                let demand = situation.group_demand(ground, group, resource);
                let key = (component.index(), resource);
                let load = users * share * demand;
                brought.loads.push((key, load));
                if keeps_itself_up(ground, key) {
                    let offered = load * (1.0 + retries(ground, profile, key));
                    brought.offered.push((key, offered));
                }
            }
        }
        brought
    }

    /// What the wave comes to under a case, which is the one of this number.
    pub(super) fn loaded(&self, under: &Under<'_>, case: usize) -> Loaded {
        let components = self.ground.inventory.component_count();
        let fixed = fixed(self.ground, under);
        let mut all = Loaded {
            begun: fixed.clone(),
            worst: fixed.clone(),
            begun_offered: fixed.clone(),
            turning: Array2::default((0, 0)),
            turning_offered: Array2::default((0, 0)),
            worst_offered: fixed.clone(),
            stop_offered: fixed.clone(),
            stop: fixed,
            arrivals: vec![[0.0; 2]; components],
            background: vec![0.0; components],
            begun_background: vec![0.0; components],
        };
        let [before, now] = self.steering;
        let is_bent = under.ends.is_bent && (now - before).abs() > 0.0;
        let mut course = is_bent.then(|| Course::new(&all.stop));
        for crowd in self.crowds {
            let sessions = sessions(self.ground, crowd.shard);
            let place = |end: usize| if end == 0 { crowd.old } else { crowd.new };
            let at = |end: usize, share: f64, steering: f64| {
                let users = crowd.users[case][end] * share;
                place(end).map_or_else(Brought::default, |site| {
                    self.brought(under, (crowd.shard, site), users, steering)
                })
            };
            let mut pass = |end: usize, share: f64| {
                if let Some(course) = &mut course {
                    let through = [before, before.midpoint(now), now];
                    course.add(&through.map(|own| at(end, share, own)), sessions);
                }
            };
            match self.whereabouts(crowd) {
                Whereabouts::Nowhere => {}
                Whereabouts::At(end) => pass(end, 1.0),
                Whereabouts::Returning([back, _]) => pass(1, back),
                Whereabouts::Moving => pass(0, 1.0),
            }
            let turn = |end: usize, share: f64, all: &mut Loaded| {
                if let Some(site) = place(end) {
                    let users = crowd.users[case][end] * share;
                    self.turn(under, (crowd.shard, site), users, all);
                }
            };
            match self.whereabouts(crowd) {
                Whereabouts::Nowhere => {}
                Whereabouts::At(end) => {
                    let begun = at(end, 1.0, before);
                    all.add_begun(&begun, sessions);
                    if (now - before).abs() > 0.0 {
                        all.add(&at(end, 1.0, now), sessions);
                    } else {
                        all.add(&begun, sessions);
                    }
                    turn(end, 1.0, &mut all);
                }
                Whereabouts::Returning([back, end]) => {
                    all.add_begun(&at(1, back, before), sessions);
                    all.add(&at(1, end, now), sessions);
                    self.come(under, crowd, end - back, &mut all);
                    turn(1, back, &mut all);
                }
                Whereabouts::Moving => {
                    all.add_begun(&at(0, 1.0, before), sessions);
                    // He is steered where he was before he moves.
                    turn(0, 1.0, &mut all);
                    let [old, new] = [at(0, 1.0, now), at(1, 1.0, now)];
                    all.add_moving(&old, &new, sessions);
                    self.come(under, crowd, 1.0, &mut all);
                }
            }
        }
        for (worst, begun) in all.background.iter_mut().zip(&all.begun_background) {
            *worst = worst.max(*begun);
        }
        all.turning.clone_from(&all.begun);
        all.turning_offered.clone_from(&all.begun_offered);
        if let Some(course) = course {
            course.end(&mut all);
        }
        all
    }

    /// A share of a crowd connects anew at its new place.
    fn come(&self, under: &Under<'_>, crowd: &Crowd, share: f64, all: &mut Loaded) {
        let Some(site) = crowd.new else { return };
        let Some(ends) = under.ends.of(self.ground.group_of(crowd.shard), site) else {
            return;
        };
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
        let [before, now] = self.steering;
        let Some(ends) = under.ends.of(self.ground.group_of(shard), site) else {
            return;
        };
        if !self.is_after_loss && (now - before).abs() <= 0.0 {
            return;
        }
        let was = if self.is_after_loss {
            ends.left(before)
        } else {
            ends.open(before)
        };
        for (component, share) in ends.open(now).iter() {
            let more = share - was.at(component);
            if more > 1e-12 {
                all.arrivals[component.index()][0] += users * more;
            }
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

/// What is carried while steering turns and nobody moves: when it begins to, halfway, and when it has.
struct Course {
    loads: [Array2<f64>; 3],
    offered: [Array2<f64>; 3],
    background: [Vec<f64>; 3],
}

impl Course {
    /// That of nobody; `fixed` is always there.
    fn new(fixed: &Array2<f64>) -> Self {
        let all = || [0, 1, 2].map(|_| fixed.clone());
        Self {
            loads: all(),
            offered: all(),
            background: [0, 1, 2].map(|_| vec![0.0; fixed.nrows()]),
        }
    }

    fn add(&mut self, through: &[Brought; 3], sessions: f64) {
        for (at, brought) in through.iter().enumerate() {
            for ((component, resource), load) in &brought.loads {
                self.loads[at][[*component, *resource]] += load;
            }
            for ((component, resource), load) in &brought.offered {
                self.offered[at][[*component, *resource]] += load;
            }
            for (component, users) in &brought.passing {
                self.background[at][*component] += users * sessions;
            }
        }
    }

    /// Tells the most of what is carried between the three.
    fn end(self, all: &mut Loaded) {
        let most = |through: [f64; 3], most: &mut f64| {
            if let Some(own) = turning(through) {
                *most = most.max(own);
            }
        };
        for (at, load) in all.turning.indexed_iter_mut() {
            most(self.loads.each_ref().map(|own| own[at]), load);
        }
        for (at, load) in all.turning_offered.indexed_iter_mut() {
            most(self.offered.each_ref().map(|own| own[at]), load);
        }
        for (at, sessions) in all.background.iter_mut().enumerate() {
            most(
                [0, 1, 2].map(|own: usize| self.background[own][at]),
                sessions,
            );
        }
    }
}

impl Loaded {
    fn add_begun(&mut self, brought: &Brought, sessions: f64) {
        for (component, users) in &brought.passing {
            self.begun_background[*component] += users * sessions;
        }
        for ((component, resource), load) in &brought.loads {
            self.begun[[*component, *resource]] += load;
        }
        for ((component, resource), load) in &brought.offered {
            self.begun_offered[[*component, *resource]] += load;
        }
    }

    fn add(&mut self, brought: &Brought, sessions: f64) {
        for ((component, resource), load) in &brought.loads {
            self.worst[[*component, *resource]] += load;
            self.stop[[*component, *resource]] += load;
        }
        for ((component, resource), load) in &brought.offered {
            self.worst_offered[[*component, *resource]] += load;
            self.stop_offered[[*component, *resource]] += load;
        }
        for (component, users) in &brought.passing {
            self.background[*component] += users * sessions;
        }
    }

    /// Who moves loads every component by the larger of what he brings before and after: no part of the wave loads more.
    fn add_moving(&mut self, old: &Brought, new: &Brought, sessions: f64) {
        for (at, load) in &new.loads {
            self.stop[[at.0, at.1]] += load;
        }
        for (at, load) in &new.offered {
            self.stop_offered[[at.0, at.1]] += load;
        }
        add_larger(&mut self.worst, &old.loads, &new.loads);
        add_larger(&mut self.worst_offered, &old.offered, &new.offered);
        for (component, users) in &new.passing {
            let before = amount_at(&old.passing, component).unwrap_or_default();
            self.background[*component] += users.max(before) * sessions;
        }
        for (component, users) in old
            .passing
            .iter()
            .filter(|(at, _)| amount_at(&new.passing, at).is_none())
        {
            self.background[*component] += users * sessions;
        }
    }
}

/// Adds the larger of what is brought before and after, at every component.
fn add_larger(to: &mut Array2<f64>, old: &[((usize, usize), f64)], new: &[((usize, usize), f64)]) {
    for (at, load) in new {
        let before = amount_at(old, at).unwrap_or_default();
        to[[at.0, at.1]] += load.max(before);
    }
    let gone = old.iter().filter(|(at, _)| amount_at(new, at).is_none());
    for (at, load) in gone {
        to[[at.0, at.1]] += load;
    }
}
