//! Hour turns: how steering goes from that of one hour to that of the next within a period, where that brings anybody
//! through something that says how many it accepts.
//!
//! Homes stay, so both steerings hold the same users. Ahead of the hour it turns under the demand of the hour that ends,
//! behind its beginning under that of the one that begins:
//!
//! ```text
//! L_a(λ) ≤ A  for 0 ≤ λ ≤ x        x·N_e / ℓᵃ + λ⁰_a ≤ accepts_e
//! L_b(λ) ≤ A  for x ≤ λ ≤ 1        (1 − x)·N_e / ℓᵇ + λ⁰_b ≤ accepts_e
//! ```

use super::cells::Steering;
use super::limits::Change;
use super::passage::{Crowd, Passage};
use super::remedies::rounded_up;
use super::stand::Turn;
use super::touched::{Under, seconds, stretches};
use super::transitions::{Ways, shifted};
use super::turned::components_along;
use super::wave::whole;
use crate::formulation::{background_in, members_of_all};
use crate::ids::{ComponentId, LinkId, SiteId};
use crate::model::Stretch;
use crate::plan::{
    Flow, Fullness, HourSchedule, HourTurn, PaceLimit, PeriodPlan, Plan, Ramp, Refusal, Remedy,
    flows_in, settled,
};
use crate::units::NOBODY;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Times that the share which is safe and in time is halved.
const HALVINGS: u32 = 40;

/// Shares that differ by less are the same.
const SAME: f64 = 1e-9;

/// Less of the way than this does not turn ahead of an hour if all of it can behind its beginning.
const LEAST: f64 = 0.01;

/// The hour turns of all periods, in order.
pub(in crate::engine) fn hour_turns(ways: &Ways<'_>, plan: &Plan) -> Vec<HourTurn> {
    let inventory = ways.inventory;
    let mut components = (0..inventory.component_count()).map(ComponentId::new);
    if !components.any(|own| inventory.accepts_per_second(own).is_some()) {
        return Vec::new();
    }
    let periods = plan.periods.iter();
    periods.flat_map(|own| of_period(ways, plan, own)).collect()
}

fn of_period(ways: &Ways<'_>, plan: &Plan, own: &PeriodPlan) -> Vec<HourTurn> {
    let stretches: Vec<Stretch> = stretches(own).collect();
    let mut all = Vec::new();
    // Ahead of this instant the turn before is under way.
    let mut free_from = own.period.start;
    for pair in stretches.windows(2) {
        let [a, b] = [pair[0], pair[1]];
        let flows = [a, b].map(|stretch| flows_in(&own.flows, stretch.slice));
        if a.slice == b.slice || !connects(ways, flows) {
            continue;
        }
        let hour = Hour {
            ways,
            plan,
            own,
            slices: [a.slice, b.slice],
            flows,
            at: b.start,
            room: room(plan, [free_from.max(a.start), b.start, b.end]),
        };
        let Some(mut turn) = hour.turn(&Change::default()) else {
            continue;
        };
        let refusal = turn.refusal.filter(|_| turn.at >= ways.helped_from);
        if let Some(refusal) = refusal {
            turn.remedies = hour.remedies(refusal);
        }
        if let Some(schedule) = turn.schedule {
            free_from = schedule.end;
        }
        all.push(turn);
    }
    all
}

/// Seconds ahead of the beginning of an hour and behind it, from one instant to another, in which nobody moves: while a way
/// is under way nothing else turns.
fn room(plan: &Plan, [mut from, at, mut until]: [Timestamp; 3]) -> [f64; 2] {
    let under_way = plan.transitions.iter().filter_map(|own| {
        let start = own.waves.first()?.start;
        (start < own.end).then_some((start, own.end))
    });
    for (start, end) in under_way {
        if end <= at {
            from = from.max(end);
        } else if start >= at {
            until = until.min(start);
        } else {
            return [0.0; 2];
        }
    }
    [seconds(from, at), seconds(at, until.max(at))]
}

/// `true` if from one steering to the other a larger share of the users of a group at a site passes anything that says how
/// many it accepts.
fn connects(ways: &Ways<'_>, flows: [&[Flow]; 2]) -> bool {
    let cell = |own: &Flow| Some((ways.groups.of(&own.group)?, own.path.site));
    let mut users: BTreeMap<(usize, SiteId), [f64; 2]> = BTreeMap::new();
    for (end, own) in flows.into_iter().enumerate() {
        for flow in own {
            if let Some(cell) = cell(flow) {
                users.entry(cell).or_default()[end] += flow.users;
            }
        }
    }
    // By cell and path: by how much its share grows.
    let mut growth: BTreeMap<(usize, SiteId, &[LinkId]), (&Flow, f64)> = BTreeMap::new();
    for (end, own) in flows.into_iter().enumerate() {
        for flow in own {
            let Some((group, site)) = cell(flow) else {
                continue;
            };
            let share = flow.users / users[&(group, site)][end];
            let own = growth
                .entry((group, site, &flow.path.links))
                .or_insert((flow, 0.0));
            own.1 += if end == 0 { -share } else { share };
        }
    }
    let mut through: BTreeMap<(usize, SiteId, ComponentId), f64> = BTreeMap::new();
    for ((group, site, _), (flow, more)) in growth {
        if more.abs() <= SAME {
            continue;
        }
        for component in components_along(ways, flow) {
            if ways.inventory.accepts_per_second(component).is_some() {
                *through.entry((group, site, component)).or_default() += more;
            }
        }
    }
    through.values().any(|more| *more > SAME)
}

/// The beginning of an hour within a period.
struct Hour<'a> {
    ways: &'a Ways<'a>,
    plan: &'a Plan,
    own: &'a PeriodPlan,
    slices: [usize; 2],
    flows: [&'a [Flow]; 2],
    at: Timestamp,
    /// Seconds that there are ahead of it, and behind.
    room: [f64; 2],
}

/// One side of the beginning of an hour: ahead of it, from the steering that holds there, or behind.
struct Side<'p> {
    passage: &'p Passage<'p>,
    /// 0 is ahead.
    end: usize,
    room: f64,
    /// Gates of this side, and the users who newly connect through them on the whole way.
    arrivals: Vec<(usize, f64)>,
}

impl Side<'_> {
    /// Steering once so much of the way is done on this side.
    fn steering(&self, share: f64) -> f64 {
        if self.end == 0 { share } else { 1.0 - share }
    }

    /// The largest load ÷ what is left, and where, once so much of the way is done on this side.
    fn fullest(&self, share: f64) -> Option<(f64, usize)> {
        let (passage, first) = (self.passage, &self.passage.first);
        let limits = passage.limits.rows.iter().enumerate();
        let own = limits.filter(|(_, limit)| limit.ground == self.end);
        let shares = own.map(|(at, _)| {
            let most = passage.most(first, at, self.steering(0.0));
            let load = first.load(at, self.steering(share));
            (load / most.max(f64::MIN_POSITIVE), at)
        });
        shares
            .filter(|(share, _)| *share > 0.0)
            .max_by(|a, b| a.0.total_cmp(&b.0))
    }

    fn is_safe(&self, share: f64) -> bool {
        self.fullest(share)
            .is_none_or(|(fullest, _)| fullest <= 1.0)
    }

    /// New sessions per second of normal operation at a gate, at worst until so much of the way is done on this side.
    fn background(&self, gate: usize, share: f64) -> f64 {
        let first = &self.passage.first;
        let ends = [0.0, share].map(|share| first.sessions(gate, self.steering(share)));
        ends[0].max(ends[1])
    }

    /// Seconds that so much of the way takes at least; what never lets somebody pass otherwise.
    fn seconds(&self, share: f64) -> Result<f64, PaceLimit> {
        let mut most: f64 = 0.0;
        for &(gate, users) in &self.arrivals {
            let users = share * users;
            if users <= NOBODY {
                continue;
            }
            let own = self.passage.limits.gates[gate];
            let spare = own.spare(self.background(gate, share));
            if spare <= 0.0 {
                return Err(PaceLimit::Accepts(own.component));
            }
            most = most.max(users / spare);
        }
        Ok(whole(most))
    }

    /// How much of the way can be done on this side, as `is_possible` says: what is possible is so for less.
    fn reach(&self, is_possible: impl Fn(&Self, f64) -> bool) -> f64 {
        if is_possible(self, 1.0) {
            return 1.0;
        }
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if is_possible(self, middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }

    fn is_in_time(&self, share: f64) -> bool {
        self.is_safe(share)
            && self
                .seconds(share)
                .is_ok_and(|seconds| seconds <= self.room)
    }
}

/// How much of the way is done ahead of the hour, and behind: as much ahead as can be, so that most room is left behind it;
/// next to nothing is left to the rest. `None` where both together do not reach.
fn divided([ahead, behind]: [f64; 2]) -> Option<[f64; 2]> {
    let ahead = if behind >= 1.0 && ahead < LEAST {
        0.0
    } else {
        ahead
    };
    (ahead + behind >= 1.0 - SAME).then_some([ahead, 1.0 - ahead])
}

impl Hour<'_> {
    /// Runs something with both sides of it, with something changed.
    fn with<T>(&self, change: &Change, run: impl FnOnce([Side<'_>; 2]) -> T) -> T {
        let Ways {
            inventory,
            network,
            groups,
            ..
        } = *self.ways;
        let case = &self.own.case;
        let members = members_of_all(inventory, case, &background_in(inventory, case));
        let steering = Steering {
            network,
            groups,
            members: [&members, &members],
        };
        let unders = self.slices.map(|slice| Under {
            case,
            slice,
            flows: self.flows,
        });
        let footing = self.ways.footing(self.plan);
        let crowd = Crowd {
            staying: &settled(self.own),
            movers: &[],
        };
        let passage = Passage::new(&footing, &steering, &unders, crowd, change);
        let whole = Turn {
            from: 0.0,
            to: 1.0,
            is_first_after_loss: false,
        };
        let arrivals = whole.arrivals(&passage, &passage.first);
        run([0, 1].map(|side: usize| {
            let gates = arrivals.iter().copied().enumerate();
            let own = gates.filter(|(gate, users)| {
                passage.limits.gates[*gate].ground == side && *users > NOBODY
            });
            Side {
                passage: &passage,
                end: side,
                room: self.room[side],
                arrivals: own.collect(),
            }
        }))
    }

    /// How steering turns there, with something changed; `None` if nobody comes through anything that accepts so many a
    /// second.
    fn turn(&self, change: &Change) -> Option<HourTurn> {
        self.with(change, |sides| {
            if sides.iter().all(|own| own.arrivals.is_empty()) {
                return None;
            }
            let in_time = sides.each_ref().map(|own| own.reach(Side::is_in_time));
            let safely = sides.each_ref().map(|own| own.reach(Side::is_safe));
            let schedule = divided(in_time);
            // As much ahead of the hour as is safe, if there is no time for it.
            let parts = schedule.or_else(|| divided(safely));
            let parts = parts.unwrap_or([safely[0], 1.0 - safely[0]]);
            let seconds = [0, 1].map(|side: usize| sides[side].seconds(parts[side]));
            let refusal = if schedule.is_some() {
                None
            } else if divided(safely).is_none() {
                Some(Refusal::Unsafe(nearest(&sides, safely)))
            } else {
                let never = seconds.iter().find_map(|own| own.err());
                Some(never.map_or(Refusal::TooLong, Refusal::Never))
            };
            let used = [0, 1].map(|side: usize| seconds[side].unwrap_or(0.0));
            let usable = sides.iter().zip(safely).map(|(own, safe)| {
                let needs = own.seconds(safe).unwrap_or(f64::INFINITY);
                own.room.min(needs)
            });
            let (ramp, background) = ramp(&sides, parts);
            Some(HourTurn {
                period: self.own.period.index,
                at: self.at,
                slices: self.slices,
                schedule: schedule.map(|parts| HourSchedule {
                    start: shifted(self.at, -used[0]),
                    end: shifted(self.at, used[1]),
                    share_ahead: parts[0],
                }),
                ramp,
                background,
                needs: seconds.iter().all(Result::is_ok).then(|| used[0] + used[1]),
                allowed: usable.sum(),
                refusal,
                remedies: Vec::new(),
            })
        })
    }

    /// What would make it safe, each tried.
    fn remedies(&self, refusal: Refusal) -> Vec<Remedy> {
        let more = match refusal {
            Refusal::Unsafe(_) => self.capacity(),
            _ => self.accept(),
        };
        let Some((change, remedy)) = more else {
            return Vec::new();
        };
        let helps = self.turn(&change).is_none_or(|own| own.refusal.is_none());
        if helps { vec![remedy] } else { Vec::new() }
    }

    /// That much more accepted wherever it is too little, for the parts that are safe.
    fn accept(&self) -> Option<(Change, Remedy)> {
        let inventory = self.ways.inventory;
        let more: Vec<(ComponentId, f64)> = self.with(&Change::default(), |sides| {
            let safely = sides.each_ref().map(|own| own.reach(Side::is_safe));
            divided(safely)?;
            // As much on each side as its time is of both, where that is safe.
            let [room, behind] = self.room;
            if room + behind <= 0.0 {
                return None;
            }
            let ahead = (room / (room + behind)).max(1.0 - safely[1]).min(safely[0]);
            let parts = [ahead, 1.0 - ahead];
            let mut needed: BTreeMap<ComponentId, f64> = BTreeMap::new();
            for (own, share) in sides.iter().zip(parts).filter(|(_, share)| *share > 0.0) {
                // Seconds are whole ones.
                let room = own.room - 1.0;
                for &(gate, users) in &own.arrivals {
                    let gate_of = own.passage.limits.gates[gate];
                    let rate = (room > 0.0).then(|| share * users / room)?;
                    let missing = rate + own.background(gate, share) - gate_of.accepts;
                    if missing > 0.0 {
                        let all = needed.entry(gate_of.component).or_default();
                        *all = all.max(missing);
                    }
                }
            }
            Some(needed.into_iter().collect())
        })?;
        let more: Vec<(ComponentId, f64)> = more
            .into_iter()
            .map(|(component, more)| (component, rounded_up(more)))
            .collect();
        let raised = more.iter().map(|(component, more)| {
            let accepts = inventory.accepts_per_second(*component).unwrap_or(0.0);
            (*component, accepts + more)
        });
        let change = Change {
            accepts: raised.collect(),
            ..Change::default()
        };
        (!more.is_empty()).then_some((change, Remedy::Accept { more }))
    }

    /// So much more capacity that all of it is safe ahead of the hour.
    fn capacity(&self) -> Option<(Change, Remedy)> {
        let more: BTreeMap<_, f64> = self.with(&Change::default(), |[ahead, _]| {
            let (passage, first) = (ahead.passage, &ahead.passage.first);
            let limits = passage.limits.rows.iter().enumerate();
            let own = limits.filter(|(_, limit)| limit.ground == 0);
            let mut all = BTreeMap::new();
            for (at, limit) in own {
                let missing = first.load(at, 1.0) - passage.most(first, at, 0.0);
                if missing > 0.0 {
                    // Without retries and with them: the larger of both is enough.
                    let more = all.entry((limit.component, limit.resource)).or_default();
                    *more = f64::max(*more, rounded_up(missing));
                }
            }
            all
        });
        let more = more.into_iter();
        let more: Vec<_> = more
            .map(|((component, resource), more)| (component, resource, more))
            .collect();
        let change = Change {
            capacity: more.clone(),
            ..Change::default()
        };
        (!more.is_empty()).then_some((change, Remedy::Capacity { more }))
    }
}

/// What is fullest halfway between what is safe ahead of the hour and what is behind its beginning.
fn nearest(sides: &[Side<'_>; 2], [ahead, behind]: [f64; 2]) -> Fullness {
    let middle = f64::midpoint(ahead, 1.0 - behind);
    let found = sides
        .iter()
        .zip([middle, 1.0 - middle])
        .map(|(own, share)| {
            let steering = own.steering(share);
            (own.fullest(share).unwrap_or((0.0, 0)), own, steering)
        });
    let worst = found.max_by(|a, b| a.0.0.total_cmp(&b.0.0));
    let (at, load) = worst.map_or((0, 0.0), |((_, at), own, steering)| {
        (at, own.passage.first.load(at, steering))
    });
    let limit = sides[0].passage.limits.rows[at];
    Fullness {
        component: limit.component,
        resource: limit.resource,
        load,
        begun_load: load,
        stop_load: load,
        capacity: limit.capacity,
        with_retries: limit.with_retries,
    }
}

/// Users who newly connect, by component, of these parts of the way, and beside each the new sessions per second of normal
/// operation on both sides.
fn ramp(sides: &[Side<'_>; 2], parts: [f64; 2]) -> (Vec<Ramp>, Vec<[f64; 2]>) {
    let mut all: BTreeMap<ComponentId, (Ramp, [f64; 2])> = BTreeMap::new();
    for (side, (own, share)) in sides.iter().zip(parts).enumerate() {
        for &(gate, users) in &own.arrivals {
            let of_gate = own.passage.limits.gates[gate];
            let none = Ramp {
                component: of_gate.component,
                arrivals: 0.0,
                phases: [0.0; 2],
                accepts: of_gate.accepts,
                background: 0.0,
                window: Some(0.0),
            };
            let background = own.background(gate, share);
            let (ramp, backgrounds) = all.entry(of_gate.component).or_insert((none, [0.0; 2]));
            backgrounds[side] = background;
            ramp.phases[side] = share * users;
            ramp.arrivals = ramp.arrivals.max(users);
            if share > 0.0 {
                let spare = of_gate.spare(background);
                let of_side = (spare > 0.0).then(|| share * users / spare);
                ramp.window = ramp.window.zip(of_side).map(|(all, own)| all + own);
                ramp.background = ramp.background.max(background);
            }
        }
    }
    all.into_values().unzip()
}
