//! Side: the hour at whose end steering turns, with what everybody loads there at any share of the way.

use super::course::Course;
use super::people::People;
use super::roads::{Roads, Steered};
use super::wave::{SAME, Scene, add};
use plimsoll::ids::ComponentId;
use std::collections::BTreeMap;

/// By component that says how many it accepts: users who newly connect, and how many it accepts a second.
pub(super) type Coming = BTreeMap<usize, [f64; 2]>;

/// So many users are nobody: numbers of files that are written differ by more.
pub(super) const NOBODY: f64 = 1e-3;

/// Those who are somebody, each with the component and how many it accepts.
fn somebody(coming: &Coming) -> impl Iterator<Item = (usize, [f64; 2])> + '_ {
    let all = coming
        .iter()
        .map(|(component, values)| (*component, *values));
    all.filter(|(_, [users, _])| *users > NOBODY)
}

/// How far apart two numbers may be that say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Whatever may be safe is.
    Allows,
    /// Whatever may be unsafe is.
    Forbids,
}

impl Doubt {
    /// A limit, moved.
    fn of(self, limit: f64, nominal: f64) -> f64 {
        let most = 1e-5 * limit.abs() + 1e-8 * nominal;
        match self {
            Self::Allows => limit + most,
            Self::Forbids => limit - most,
        }
    }
}

/// What turns, under the demand of the hour that ends.
pub(super) struct Side<'a> {
    scene: Scene<'a>,
    fixed: Vec<f64>,
    /// Components, resources and what is left of them; more where more is carried before anything turns.
    limits: Vec<(usize, usize, f64)>,
    /// Loads at no share of the way, and at all of it.
    ends: [Vec<f64>; 2],
}

impl<'a> Side<'a> {
    /// A slice of a period, on the way from its steering to that of another.
    pub(super) fn new(
        course: &'a Course<'_>,
        (period, ends): (usize, [u32; 2]),
        people: &'a [People],
    ) -> Self {
        let inventory = course.inventory;
        let case = course.stands.between(period, ends[0], ends);
        let [before, after] = case.steering.map(|pair| course.rows(pair));
        let members = &case.conditions.members;
        let steering = [&before, &after].map(|rows| Steered { rows, members });
        let roads = || Roads::new(inventory, &case.conditions, steering);
        let scene = Scene {
            inventory,
            scenario: course.scenario,
            roads: roads(),
            until: roads(),
            people,
            most: Vec::new(),
            case,
        };
        let width = scene.width();
        let mut fixed = vec![0.0; inventory.component_count() * width];
        let values = scene.case.conditions.fixed(inventory, &scene.roads);
        for ((component, resource), load) in values.indexed_iter() {
            fixed[component * width + resource] = *load;
        }
        let mut side = Self {
            limits: scene.case.conditions.limits(inventory),
            scene,
            fixed,
            ends: [Vec::new(), Vec::new()],
        };
        side.ends = [0.0, 1.0].map(|share| side.loads(share));
        let found = &side.ends[0];
        for (component, resource, most) in &mut side.limits {
            *most = most.max(found[*component * width + *resource]);
        }
        side
    }

    /// Loads at a share of the way, everybody added up anew; new sessions a second stand behind the resources.
    pub(super) fn loads(&self, share: f64) -> Vec<f64> {
        let mut all = self.fixed.clone();
        for people in self.scene.people {
            let place = people.new.expect("they are served");
            add(&mut all, &self.scene.loads(people.shard, place, share), 1.0);
        }
        all
    }

    /// One of these numbers, between those of both ends.
    fn mixed(&self, at: usize, share: f64) -> f64 {
        let [before, after] = &self.ends;
        (1.0 - share) * before[at] + share * after[at]
    }

    /// Where the new sessions of a component stand.
    fn sessions_at(&self, component: usize) -> usize {
        let width = self.scene.width();
        component * width + width - 1
    }

    /// Who newly connects on all of the way.
    pub(super) fn coming(&self) -> Coming {
        let mut all = Coming::new();
        for people in self.scene.people {
            let (site, share) = people.new.expect("they are served");
            let users = self.scene.case.conditions.users(people.shard) * share;
            let key = (self.scene.group(people.shard), site);
            let was = self.scene.roads.open(key, 0.0);
            for (component, passing) in self.scene.roads.open(key, 1.0) {
                let id = ComponentId::new(component);
                let more = passing - was.get(&component).copied().unwrap_or_default();
                if let Some(accepts) = self.scene.inventory.accepts_per_second(id)
                    && more > 1e-12
                {
                    all.entry(component).or_insert([0.0, accepts])[0] += users * more;
                }
            }
        }
        all
    }

    /// Users who pass anything that they did not pass before, where most do.
    pub(super) fn turned(&self) -> f64 {
        let mut all: BTreeMap<usize, f64> = BTreeMap::new();
        for people in self.scene.people {
            let (site, share) = people.new.expect("they are served");
            let users = self.scene.case.conditions.users(people.shard) * share;
            let key = (self.scene.group(people.shard), site);
            let was = self.scene.roads.open(key, 0.0);
            for (component, passing) in self.scene.roads.open(key, 1.0) {
                let more = passing - was.get(&component).copied().unwrap_or_default();
                *all.entry(component).or_default() += users * more.max(0.0);
            }
        }
        all.into_values().fold(0.0, f64::max)
    }

    /// New sessions of normal operation at a component, at worst while a share of the way turns.
    pub(super) fn background(&self, component: usize, share: f64) -> f64 {
        let of = |share: f64| self.mixed(self.sessions_at(component), share);
        f64::max(of(0.0), of(share))
    }

    /// What is wrong at one instant at which steering is that share of the way and turns so much of it a second.
    pub(super) fn faults_at(&self, share: f64, per_second: f64, coming: &Coming) -> Vec<String> {
        let inventory = self.scene.inventory;
        let loads = self.loads(share);
        let name = |component| inventory.component_name(ComponentId::new(component));
        let mut faults = Vec::new();
        for &(component, resource, most) in &self.limits {
            let load = loads[component * self.scene.width() + resource];
            let nominal = self.scene.case.conditions.believed.nominal[[component, resource]];
            if load > most * (1.0 + SAME) + 2e-9 * nominal.unwrap_or(1.0) {
                let (name, id) = (name(component), &inventory.resources[resource].id);
                faults.push(format!("{load} of {id} at {name}, {most} may be"));
            }
        }
        for (component, [users, accepts]) in somebody(coming) {
            let sessions = loads[self.sessions_at(component)] + users * per_second;
            if sessions > accepts * (1.0 + 1e-5) {
                let name = name(component);
                faults.push(format!(
                    "{sessions} a second at {name}, {accepts} may be, while {users} come"
                ));
            }
        }
        faults
    }

    /// `true` if nothing carries more than it may while so much of the way turns.
    pub(super) fn has_spare(&self, share: f64, doubt: Doubt) -> bool {
        if share <= 0.0 {
            return true;
        }
        // Loads are linear, and at its own end they are what they are.
        let (found_at, hour_at) = (0.0, share);
        self.limits.iter().all(|&(component, resource, most)| {
            let at = component * self.scene.width() + resource;
            let nominal = self.scene.case.conditions.believed.nominal[[component, resource]];
            let (found, load) = (self.mixed(at, found_at), self.mixed(at, hour_at));
            load <= doubt.of(most, nominal.unwrap_or(0.0)) || load <= found
        })
    }

    /// How many seconds a share of the way needs, as what accepts sessions says; `None` is never.
    pub(super) fn seconds(&self, share: f64, coming: &Coming, doubt: Doubt) -> Option<f64> {
        if share <= 0.0 {
            return Some(0.0);
        }
        let needs = somebody(coming).map(|(component, [users, accepts])| {
            let free = doubt.of(accepts, 0.0) - self.background(component, share);
            (free > 0.0).then(|| share * users / free)
        });
        needs.collect::<Option<Vec<f64>>>().map(|all| {
            let longest = all.into_iter().fold(0.0, f64::max);
            match doubt {
                Doubt::Allows => longest.floor(),
                Doubt::Forbids => longest.ceil(),
            }
        })
    }

    /// `true` if a share of the way can turn in that time.
    pub(super) fn takes(&self, share: f64, within: f64, coming: &Coming, doubt: Doubt) -> bool {
        let seconds = self.seconds(share, coming, doubt);
        self.has_spare(share, doubt) && seconds.is_some_and(|seconds| seconds <= within)
    }
}
