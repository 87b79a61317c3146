//! Hour turns: how steering goes from that of one hour to that of the next within a period.
//!
//! Homes stay, so both steerings hold the same users. Weights turn evenly over the `ℓ` seconds that end when the next hour
//! begins, under the demand of the hour that ends:
//!
//! ```text
//! L(λ) ≤ A  for 0 ≤ λ ≤ 1        N_e / ℓ + max(λ⁰_e(0), λ⁰_e(1)) ≤ accepts_e
//! ```

use super::context::{TransitionInputs, WaveChange, WaveContext};
use super::fill::Filled;
use super::passage::WavePassage;
use super::remedies::rounded_up;
use super::stand::{Stayers, SteeringTurn};
use super::touched::{Under, seconds, shifted, stretches};
use super::wave::Measured;
use crate::formulation::{background_in, members_of_all};
use crate::graph::Network;
use crate::ids::{ComponentId, LinkId, ShardId, SiteId};
use crate::model::{Case, Inventory, Scenario, Stretch};
use crate::plan::{
    Before, Flow, Fullness, HourTurn, PeriodPlan, Plan, Refusal, Remedy, Staying, SteeringGroups,
    flows_in, settled,
};
use crate::units::{FEASIBILITY, NOBODY};
use jiff::Timestamp;
use std::collections::BTreeMap;

pub(in crate::engine) fn hour_turns(
    transitions: &TransitionInputs<'_>,
    plan: &Plan,
) -> Vec<HourTurn> {
    let under_way = in_progress(plan);
    let periods = plan.periods.iter();
    let turns = periods.flat_map(|period| of_period(transitions, plan, period, &under_way));
    turns.collect()
}

fn of_period(
    transitions: &TransitionInputs<'_>,
    plan: &Plan,
    period_plan: &PeriodPlan,
    under_way: &[[Timestamp; 2]],
) -> Vec<HourTurn> {
    let stretches: Vec<Stretch> = stretches(period_plan).collect();
    let staying = settled(period_plan);
    let mut all = Vec::new();
    for pair in stretches.windows(2) {
        let [a, b] = [pair[0], pair[1]];
        let flows = [a, b].map(|stretch| flows_in(&period_plan.flows, stretch.slice));
        if a.slice == b.slice || turned(transitions.groups, flows) <= NOBODY {
            continue;
        }
        let hour = Hour {
            inputs: transitions,
            before: &plan.before,
            of: (period_plan.period.index, &period_plan.case, &staying),
            slices: [a.slice, b.slice],
            flows,
            at: b.start,
            quiet: quiet(under_way, a.start, b.start),
        };
        let mut turn = hour.turn(&WaveChange::default());
        let refusal = turn.refusal.filter(|_| transitions.seeks_remedies);
        if let Some(refusal) = refusal {
            turn.remedies = hour.remedies(refusal);
        }
        all.push(turn);
    }
    all
}

/// The hour turns of the state before that are not safe: nobody plans them, and who is down in them is so without any event.
pub(in crate::engine) fn unsafe_turns_before(
    (inventory, scenario): (&Inventory, &Scenario),
    network: &Network,
    groups: &SteeringGroups,
    before: &Before,
) -> Vec<HourTurn> {
    let transitions = &TransitionInputs {
        inventory,
        network,
        groups,
        scenario,
        seeks_remedies: false,
    };
    let shards = transitions.inventory.shards.iter().enumerate();
    let homed = shards.filter_map(|(index, row)| {
        let (shard, share) = (ShardId::new(index), 1.0);
        let site = row.site?;
        (before.case.users(index) > 0.0).then_some(Staying { shard, site, share })
    });
    let staying: Vec<Staying> = homed.collect();
    let mut known: BTreeMap<([usize; 2], u64), Option<HourTurn>> = BTreeMap::new();
    let mut all = Vec::new();
    for pair in before.case.hours.stretches().windows(2) {
        let [a, b] = [pair[0], pair[1]];
        let flows = [a, b].map(|stretch| flows_in(&before.flows, stretch.slice));
        if a.slice == b.slice || turned(transitions.groups, flows) <= NOBODY {
            continue;
        }
        let hour = Hour {
            inputs: transitions,
            before,
            of: (0, &before.case, &staying),
            slices: [a.slice, b.slice],
            flows,
            at: b.start,
            quiet: seconds(a.start, b.start).floor(),
        };
        let turn = known
            .entry((hour.slices, hour.quiet.to_bits()))
            .or_insert_with(|| {
                let turn = hour.turn(&WaveChange::default());
                turn.refusal.is_some().then_some(turn)
            });
        all.extend(turn.clone().map(|hour_turn| HourTurn {
            at: b.start,
            ..hour_turn
        }));
    }
    all
}

pub(in crate::engine) fn in_progress(plan: &Plan) -> Vec<[Timestamp; 2]> {
    let transitions = plan.transitions.iter();
    transitions
        .filter_map(|transition| Some([transition.waves.first()?.start, transition.end]))
        .collect()
}

/// Seconds before the beginning of an hour, from an instant on, in which nobody moves: during a transition nothing else
/// turns.
pub(in crate::engine) fn quiet(
    under_way: &[[Timestamp; 2]],
    mut from: Timestamp,
    at: Timestamp,
) -> f64 {
    for &[start, end] in under_way {
        if start < at && at < end {
            return 0.0;
        }
        if end <= at {
            from = from.max(end);
        }
    }
    seconds(from, at).floor()
}

/// Seconds over which steering turns before an hour; nobody moves for `quiet` seconds before it.
pub(in crate::engine) fn seconds_to_turn(scenario: &Scenario, quiet: f64) -> f64 {
    (scenario.waves.turn_minutes * 60.0).ceil().min(quiet)
}

/// Users who are on another path by the other steering.
pub(in crate::engine) fn turned<'f>(
    groups: &SteeringGroups,
    flows: [impl IntoIterator<Item = &'f Flow> + Clone; 2],
) -> f64 {
    let cell = |flow: &Flow| Some((groups.of(&flow.group)?, flow.path.site));
    let mut users: BTreeMap<(usize, SiteId), [f64; 2]> = BTreeMap::new();
    for (end, one_flows) in flows.clone().into_iter().enumerate() {
        for flow in one_flows {
            if let Some(cell) = cell(flow) {
                users.entry(cell).or_default()[end] += flow.users;
            }
        }
    }
    // By cell and path: by how much its share grows.
    let mut growth: BTreeMap<(usize, SiteId, &[LinkId]), f64> = BTreeMap::new();
    for (end, one_flows) in flows.into_iter().enumerate() {
        for flow in one_flows {
            let Some((group, site)) = cell(flow) else {
                continue;
            };
            let share = flow.users / users[&(group, site)][end].max(f64::MIN_POSITIVE);
            let value = growth.entry((group, site, &flow.path.links)).or_default();
            *value += if end == 0 { -share } else { share };
        }
    }
    let more = growth.into_iter().map(|((group, site, _), more)| {
        let [before, after] = users[&(group, site)];
        // Where only one steering leads a group to a site, its weights hold for both.
        if before > 0.0 && after > 0.0 {
            more.max(0.0) * before
        } else {
            0.0
        }
    });
    more.sum()
}

/// The beginning of an hour within a period.
struct Hour<'a> {
    inputs: &'a TransitionInputs<'a>,
    before: &'a Before,
    /// The period, what is believed in it, and who is served where.
    of: (usize, &'a Case, &'a [Staying]),
    slices: [usize; 2],
    flows: [&'a [Flow]; 2],
    at: Timestamp,
    /// Seconds before it in which nobody moves.
    quiet: f64,
}

/// What has the largest load ÷ what is left once all has turned, and that: before then it is less, or was as much.
fn fullest(passage: &WavePassage<'_>) -> Option<(f64, Fullness)> {
    let first = &passage.first;
    let shares = (0..passage.limits.rows.len()).map(|at| {
        let most = passage.most(first, at, 0.0);
        (first.load(at, 1.0) / most.max(f64::MIN_POSITIVE), at)
    });
    let (share, at) = shares
        .filter(|(share, _)| *share > 0.0)
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    let load = first.load(at, 1.0);
    let loads = [first.load(at, 0.0), load, load];
    Some((share, passage.limits.rows[at].fullness(loads)))
}

/// How many headroom targets are missed once all has turned, by more than was missing in the state before.
fn missed_targets(passage: &WavePassage<'_>) -> usize {
    let rows = passage.limits.rows.iter().enumerate();
    let with_target = rows.filter(|(_, limit)| !limit.row.with_retries);
    with_target
        .filter(|(at, limit)| limit.shortfall(passage.first.load(*at, 1.0)) > FEASIBILITY)
        .count()
}

impl Hour<'_> {
    /// Seconds over which it turns.
    fn allowed(&self) -> f64 {
        seconds_to_turn(self.inputs.scenario, self.quiet)
    }

    /// Runs something with what turns under the demand of the hour that ends, and what that needs, with something changed.
    fn with<T>(
        &self,
        change: &WaveChange,
        run: impl FnOnce(&WavePassage<'_>, &Measured) -> T,
    ) -> T {
        let (inventory, groups) = (self.inputs.inventory, self.inputs.groups);
        let (_, case, staying) = self.of;
        let members = members_of_all(inventory, case, &background_in(inventory, case));
        let context = WaveContext {
            inputs: self.inputs,
            before: self.before,
            members: [&members, &members],
            beside: &[],
        };
        let under = Under {
            case,
            slice: self.slices[0],
            after: None,
            flows: self.flows,
        };
        let stayers = Stayers::new(inventory, groups, &[under], staying.iter());
        let passage = WavePassage::new(&context, &[under], &stayers, &[], change);
        let turn = SteeringTurn {
            from: 0.0,
            to: 1.0,
            is_first_after_loss: false,
        };
        let measured = passage.measured(&passage.first, turn, &Filled::default(), &[]);
        run(&passage, &measured)
    }

    /// How steering turns there, with something changed.
    fn turn(&self, change: &WaveChange) -> HourTurn {
        self.with(change, |passage, measured| {
            let needs = passage.seconds(measured).map(|[steering, _]| steering);
            let allowed = self.allowed();
            let fullest = fullest(passage);
            let overload = fullest.filter(|(share, _)| *share > 1.0);
            let refusal = match (overload, needs) {
                (Some((_, fullness)), _) => Some(Refusal::Unsafe(fullness)),
                (None, Err(limit)) => Some(Refusal::Never(limit)),
                (None, Ok(needs)) => (needs > allowed).then_some(Refusal::TooLong),
            };
            HourTurn {
                period: self.of.0,
                at: self.at,
                slices: self.slices,
                start: refusal.is_none().then(|| shifted(self.at, -allowed)),
                ramp: passage.ramp(measured),
                needs: needs.ok(),
                allowed,
                quiet: self.quiet,
                fullest: fullest.map(|(_, fullness)| fullness),
                missed_targets: missed_targets(passage),
                refusal,
                remedies: Vec::new(),
            }
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
        let helps = self.turn(&change).refusal.is_none();
        if helps { vec![remedy] } else { Vec::new() }
    }

    /// That much more accepted wherever it is too little.
    fn accept(&self) -> Option<(WaveChange, Remedy)> {
        let inventory = self.inputs.inventory;
        let allowed = self.allowed();
        if allowed <= 0.0 {
            return None;
        }
        let more: Vec<(ComponentId, f64)> =
            self.with(&WaveChange::default(), |passage, measured| {
                let ramp = passage.ramp(measured).into_iter().map(|ramp| {
                    let missing = ramp.arrivals / allowed + ramp.background - ramp.accepts;
                    (ramp.component, missing)
                });
                let missing = ramp.filter(|(_, missing)| *missing > 0.0);
                missing
                    .map(|(component, more)| (component, rounded_up(more)))
                    .collect()
            });
        let raised = more.iter().map(|(component, more)| {
            let accepts = inventory.accepts_per_second(*component).unwrap_or(0.0);
            (*component, accepts + more)
        });
        let change = WaveChange {
            accepts: raised.collect(),
            ..WaveChange::default()
        };
        (!more.is_empty()).then_some((change, Remedy::Accept { more }))
    }

    /// So much more capacity that it is safe.
    fn capacity(&self) -> Option<(WaveChange, Remedy)> {
        let more: BTreeMap<_, f64> = self.with(&WaveChange::default(), |passage, _| {
            let first = &passage.first;
            let mut all = BTreeMap::new();
            for (at, limit) in passage.limits.rows.iter().enumerate() {
                let missing = first.load(at, 1.0) - passage.most(first, at, 0.0);
                if missing > 0.0 {
                    // Without retries and with them: the larger of both is enough.
                    let more = all
                        .entry((limit.row.component, limit.row.resource))
                        .or_default();
                    *more = f64::max(*more, rounded_up(missing));
                }
            }
            all
        });
        let more = more.into_iter();
        let more: Vec<_> = more
            .map(|((component, resource), more)| (component, resource, more))
            .collect();
        let change = WaveChange {
            capacity: more.clone(),
            ..WaveChange::default()
        };
        (!more.is_empty()).then_some((change, Remedy::Capacity { more }))
    }
}
