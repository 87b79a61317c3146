//! Loads of a wave: what everything carries at worst, whatever part of it has moved, what is left there, and who reconnects.

use super::super::context::RefereeContext;
use super::super::load::{retries, share_of_served};
use super::super::period::PeriodState;
use super::super::stability::keeps_itself_up;
use super::pieces::{PieceFate, PieceGroup};
use super::shares::{WaveCase, turning};
use crate::diagnostic::amounts::rounded;
use crate::ids::{ComponentId, SiteId};
use crate::model::{Component, most_with_retries};
use crate::units::{FEASIBILITY, NUMERICAL_NOISE, WRITTEN};
use ndarray::Array2;
use std::collections::BTreeMap;

/// New sessions a second that are accepted beside a given load of normal operation: a share of them is no spare capacity, since
/// arithmetic leaves as much.
pub(super) fn spare(accepts: f64, background: f64) -> f64 {
    let left = accepts - background;
    if left > FEASIBILITY * accepts {
        left
    } else {
        0.0
    }
}

/// What whole seconds leave of a length.
pub(super) fn slack(seconds: f64) -> f64 {
    WRITTEN * seconds.max(1.0)
}

/// What is left of a resource at a component.
#[derive(Debug, Clone, Copy)]
pub(super) struct Remaining {
    /// Component and resource.
    pub(super) at: [usize; 2],
    pub(super) left: f64,
    /// What there is without events: a load is judged relative to it where nothing is left.
    pub(super) nominal: f64,
}

impl Remaining {
    /// The most that counts as no more than what is left; with all retries running, the most that recovers by itself.
    pub(super) fn most(&self, with_retries: bool) -> f64 {
        if with_retries {
            most_with_retries(self.left, self.nominal)
        } else {
            self.left * (1.0 + 2.0 * FEASIBILITY) + 2.0 * NUMERICAL_NOISE * self.nominal
        }
    }

    /// What is found and expected where something carries more than is left, or, where a fault has left less than is carried
    /// already, more than that; with all retries running, that counts where an overload keeps itself up.
    pub(super) fn excess(
        &self,
        context: &RefereeContext<'_>,
        with_retries: bool,
        [begun, load]: [f64; 2],
    ) -> Option<[String; 2]> {
        let most = self.most(with_retries);
        let most = if begun > most {
            begun * (1.0 + 2.0 * FEASIBILITY)
        } else {
            most
        };
        let [component, resource] = self.at;
        if load <= most || with_retries && !keeps_itself_up(context, (component, resource)) {
            return None;
        }
        let of = &context.inventory.resources[resource];
        let name = context
            .inventory
            .component_name(ComponentId::new(component));
        let how = if with_retries {
            " with all retries running"
        } else {
            ""
        };
        Some([
            format!(
                "{} {} of {} on `{name}`{how}",
                rounded(load),
                of.unit,
                of.id
            ),
            format!("at most the {} {} left", rounded(self.left), of.unit),
        ])
    }
}

/// Where limits stand.
pub(super) struct WaveLimits {
    /// By case, ascending: what is left where something limits, and somebody may pass.
    pub(super) left: Vec<Vec<Remaining>>,
    /// Components: new sessions per second that they accept under some case.
    pub(super) accepts: BTreeMap<usize, f64>,
}

impl WaveLimits {
    /// Those of the cases that a transition touches.
    pub(super) fn new(context: &RefereeContext<'_>, cases: &[WaveCase<'_>]) -> Self {
        let inventory = context.inventory;
        let mut accepts = BTreeMap::new();
        let left = cases.iter().map(|wave_case| {
            let case = &wave_case.situation.case;
            let mut all = Vec::new();
            for component in 0..inventory.component_count() {
                if !carries(&wave_case.situation, component) {
                    continue;
                }
                for resource in 0..inventory.resources.len() {
                    let at = [component, resource];
                    let left = case.capacity(component, resource);
                    let left = left.filter(|_| is_limited(context, at));
                    all.extend(left.map(|left| Remaining {
                        at,
                        left,
                        nominal: case.nominal[at].unwrap_or_default(),
                    }));
                }
                let value = inventory.accepts_per_second(ComponentId::new(component));
                accepts.extend(value.map(|value| (component, value)));
            }
            all
        });
        Self {
            left: left.collect(),
            accepts,
        }
    }
}

/// `true` where a component may limit a resource: at sites, and along paths what networks carry.
pub(super) fn is_limited(context: &RefereeContext<'_>, [component, resource]: [usize; 2]) -> bool {
    component < context.inventory.sites.len() || context.is_network(resource)
}

/// `true` unless a component is gone, or is a member of a pool that carries nothing of it.
pub(super) fn carries(situation: &PeriodState, component: usize) -> bool {
    let inventory = situation.context.inventory;
    let id = ComponentId::new(component);
    let pool = match inventory.component(id) {
        Component::Element(element) => inventory.elements[element.index()].pool,
        _ => None,
    };
    !situation.case.gone[component]
        && pool.is_none_or(|pool| situation.members[pool.index()].contains(&id))
}

/// What is brought to few places, by component and column of [`WaveCarried`]; each place is there once.
type Brought = Vec<([usize; 2], f64)>;

/// At every place the larger of what is brought before and after: no part of a move loads more.
fn larger(before: Brought, after: &Brought) -> Brought {
    let mut all = before;
    for (at, amount) in after {
        match all.iter_mut().find(|pair| pair.0 == *at) {
            Some(pair) => pair.1 = pair.1.max(*amount),
            None => all.push((*at, *amount)),
        }
    }
    all
}

/// What everything carries at one time, by component: loads by resource, the same with all retries running, and new sessions
/// per second of normal operation.
#[derive(Clone)]
pub(super) struct WaveCarried {
    amounts: Array2<f64>,
    resources: usize,
}

impl WaveCarried {
    /// Background and copies; those of an access point on standby at which nobody enters by either steering are none.
    fn of_nobody(context: &RefereeContext<'_>, case: &WaveCase<'_>) -> Self {
        let (inventory, resources) = (context.inventory, context.inventory.resources.len());
        let mut amounts = Array2::zeros((inventory.component_count(), 2 * resources + 1));
        for ((component, resource), fixed) in case.situation.fixed.load.indexed_iter() {
            let id = ComponentId::new(component);
            let is_shut = match inventory.component(id) {
                Component::AccessPoint(access_point) => {
                    inventory.access_points[access_point.index()]
                        .state
                        .is_on_standby()
                        && !case.shares.lead_over(id)
                }
                _ => false,
            };
            if !is_shut {
                amounts[[component, resource]] = *fixed;
                amounts[[component, resources + resource]] = *fixed;
            }
        }
        Self { amounts, resources }
    }

    /// The load of a resource at a component, or the same with all retries running.
    pub(super) fn load(&self, [component, resource]: [usize; 2], with_retries: bool) -> f64 {
        let first = if with_retries { self.resources } else { 0 };
        self.amounts[[component, first + resource]]
    }

    /// New sessions per second of normal operation at a component.
    fn sessions(&self, component: usize) -> f64 {
        self.amounts[[component, 2 * self.resources]]
    }

    fn add(&mut self, brought: &Brought) {
        for (at, amount) in brought {
            self.amounts[*at] += amount;
        }
    }

    /// Raises everything to what is most of it between three times in the turn of steering: its beginning, middle and end.
    fn raise(&mut self, through: &[Self; 3]) {
        for (at, most) in self.amounts.indexed_iter_mut() {
            if let Some(value) = turning(
                through
                    .each_ref()
                    .map(|wave_carried| wave_carried.amounts[at]),
            ) {
                *most = most.max(value);
            }
        }
    }
}

/// What a wave comes to under one case.
pub(super) struct WaveLoads {
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

impl WaveLoads {
    /// New sessions per second of normal operation at a component, at worst.
    pub(super) fn background(&self, component: usize) -> f64 {
        let worst = self.worst.sessions(component);
        worst.max(self.turning.sessions(component))
    }
}

/// Where everybody is in one wave.
pub(super) struct WaveMoment<'a> {
    pub(super) context: &'a RefereeContext<'a>,
    pub(super) groups: &'a [PieceGroup],
    pub(super) wave: u32,
    /// Steering at the end of the wave before, and in this wave.
    pub(super) steering: [f64; 2],
    /// Share of those restored who are back before, and at the end.
    pub(super) restored: [f64; 2],
    /// Something was lost just before: users who were cut off reconnect.
    pub(super) is_after_loss: bool,
}

impl WaveMoment<'_> {
    /// What users of a shard bring at a site under a steering.
    fn brought(
        &self,
        case: &WaveCase<'_>,
        (shard, site): (usize, SiteId),
        users: f64,
        steering: f64,
    ) -> Brought {
        let (context, situation) = (self.context, &case.situation);
        let inventory = context.inventory;
        let mut brought = Brought::default();
        let group = context.group_of(shard);
        let Some(shares) = case.shares.of(group, site) else {
            return brought;
        };
        let resources = inventory.resources.len();
        let at_site = inventory.site_component(site);
        let has_copy = context.has_copy(shard, site);
        let profile = inventory.shards[shard].profile;
        let mut load = |[component, resource]: [usize; 2], demand: f64, share: f64| {
            let again = retries(context, profile, (component, resource));
            brought.push(([component, resource], demand * share));
            brought.push(([component, resources + resource], demand * (share + again)));
        };
        for resource in 0..resources {
            let share = share_of_served(situation, site.index(), resource, has_copy);
            let demand = users * situation.demand(shard, resource);
            load([at_site.index(), resource], demand, share);
        }
        let open = shares.open(steering);
        let beyond_site = open.iter().filter(|(component, _)| *component != at_site);
        for (component, share) in beyond_site {
            for resource in (0..resources).filter(|index| context.is_network(*index)) {
                let demand = users * share * situation.group_demand(group, resource);
                load([component.index(), resource], demand, 1.0);
            }
        }
        brought.extend(open.iter().map(|(component, share)| {
            let sessions = users * share * sessions(context, shard);
            ([component.index(), 2 * resources], sessions)
        }));
        brought
    }

    /// What the wave comes to under a case, which is the one of this number.
    pub(super) fn loads(&self, case: &WaveCase<'_>, number: usize) -> WaveLoads {
        let nobody = WaveCarried::of_nobody(self.context, case);
        let [before, now] = self.steering;
        let is_turning = (now - before).abs() > 0.0;
        let mut through =
            (case.shares.is_bent && is_turning).then(|| [0, 1, 2].map(|_| nobody.clone()));
        let mut all = WaveLoads {
            begun: nobody.clone(),
            worst: nobody.clone(),
            turning: nobody.clone(),
            stop: nobody,
            arrivals: vec![[0.0; 2]; self.context.inventory.component_count()],
        };
        for group in self.groups {
            let at = |end: usize, share: f64, steering: f64| {
                let users = group.users[number][end] * share;
                group.sites[end].map_or_else(Brought::default, |site| {
                    self.brought(case, (group.shard, site), users, steering)
                })
            };
            // Where they are, and what share of them, while steering turns and nobody moves; what share comes then.
            let (end, share, comes) = match (group.settled, group.fate, group.wave) {
                (Some(end), ..) => (end, 1.0, None),
                (_, PieceFate::Shed, _) => continue,
                (_, PieceFate::Restored, _) => {
                    let [back, later] = self.restored;
                    (1, back, Some(later - back))
                }
                (_, _, Some(wave)) if wave < self.wave => (1, 1.0, None),
                (_, _, Some(wave)) if wave == self.wave => (0, 1.0, Some(1.0)),
                _ => (0, 1.0, None),
            };
            let paths = [before, before.midpoint(now), now];
            for (carried, steering) in through.iter_mut().flatten().zip(paths) {
                carried.add(&at(end, share, steering));
            }
            let begun = at(end, share, before);
            all.begun.add(&begun);
            let shares = |end: usize| {
                let site = group.sites[end]?;
                case.shares.of(self.context.group_of(group.shard), site)
            };
            // Users who stay where they were and have to reconnect, because steering turns or because their path is gone.
            if let Some(turning_shares) = shares(end) {
                let users = group.users[number][end] * share;
                for (component, more) in turning_shares.entered(self.steering, self.is_after_loss) {
                    all.arrivals[component.index()][0] += users * more;
                }
            }
            // Who reconnects at their new place.
            if let Some((comes, turning_shares)) = comes.zip(shares(1)) {
                for (component, passing) in turning_shares.open(now).iter() {
                    all.arrivals[component.index()][1] += group.counted * comes * passing;
                }
            }
            let (worst, stop) = match comes {
                None if !is_turning => (None, begun),
                None => (None, at(end, 1.0, now)),
                Some(_) if end == 1 => (None, at(1, self.restored[1], now)),
                Some(_) => {
                    let new = at(1, 1.0, now);
                    (Some(larger(at(0, 1.0, now), &new)), new)
                }
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
}

/// Sessions per second that one user of a shard opens in normal operation.
pub(super) fn sessions(context: &RefereeContext<'_>, shard: usize) -> f64 {
    let inventory = context.inventory;
    let profile = inventory.shards[shard].profile;
    inventory.profiles[profile.index()].sessions_per_hour / 3600.0
}
