//! Protection: waves between which one may stop, as far as an order of them is found.
//!
//! Largest first is tried before anything else. Where both ends of a transition survive what `[protect]` asks and some
//! state between its waves does not, other orders and shorter waves are made. Those are taken between whose waves fewest
//! stops are to be avoided.

use super::context::{FromTo, Order, TransitionInputs, WaveChange};
use super::stops::Stops;
use super::transitions::transitions;
use crate::error::Result;
use crate::plan::{Exposed, Plan, Transition};
use crate::solve::Stop;
use std::collections::BTreeMap;

/// Pairs of sites, each of which is tried as the first.
const MOST_FIRST: usize = 6;

/// Cases that are asked about at most on behalf of other orders of one transition.
const MOST_CASES: usize = 1000;

/// The transitions of a plan, in order; with `[protect]`, waves between which one may stop where they are
/// found.
pub(in crate::engine) fn guarded_transitions(
    transition_inputs: &TransitionInputs<'_>,
    plan: &Plan,
    stop: &Stop,
) -> Result<Vec<Transition>> {
    let stops = Stops::new(transition_inputs, plan);
    transitions(transition_inputs, plan, &mut |earlier, make| {
        let transition = make(&WaveChange::default());
        match &stops {
            Some(stops) => guarded(stops, (earlier, make), transition, stop),
            None => Ok(transition),
        }
    })
}

/// How a transition is made with something changed.
type Make<'m> = &'m dyn Fn(&WaveChange) -> Transition;

fn guarded(
    stops: &Stops<'_>,
    (earlier, make): (&[Transition], Make<'_>),
    mut best: Transition,
    stop: &Stop,
) -> Result<Transition> {
    let mut cases = stops.look(earlier, &mut best, stop)?;
    let ends_protected = stops.plan.periods[best.period]
        .protection
        .as_ref()
        .is_some_and(|protection| protection.unprotected.is_empty());
    let is_between = ends_protected && !best.begins_unprotected && best.refusal.is_none();
    if !is_between || best.exposed().next().is_none() {
        return Ok(best);
    }
    let mut tried = 0;
    for change in others(stops, &best) {
        if stop.is_raised() || cases > MOST_CASES {
            break;
        }
        let mut other = make(&change);
        tried += 1;
        if other.refusal.is_some() {
            continue;
        }
        cases += stops.look(earlier, &mut other, stop)?;
        if !stop.is_raised() && is_better(&other, &best) {
            best = other;
        }
        if best.exposed().next().is_none() {
            break;
        }
    }
    best.other_orders = tried;
    Ok(best)
}

/// `true` if fewer stops are to be avoided, or fewer users are lost there.
fn is_better(transition: &Transition, than: &Transition) -> bool {
    let harm = |transition: &Transition| {
        let users = |exposed: &[Exposed]| exposed.iter().map(|exposed| exposed.users).sum::<f64>();
        let lost: f64 = transition
            .exposed()
            .map(|(_, exposed)| users(exposed))
            .sum();
        (transition.exposed().count(), lost)
    };
    let (pair, than) = (harm(transition), harm(than));
    pair.0 < than.0 || pair.0 == than.0 && pair.1 < than.1 * (1.0 - 1e-6)
}

/// What else is tried: other orders, then the same in waves of half the length.
fn others(stops: &Stops<'_>, transition: &Transition) -> Vec<WaveChange> {
    let moves = &stops.plan.periods[transition.period].moves;
    let mut users: BTreeMap<FromTo, f64> = BTreeMap::new();
    for (moved, _) in transition.wave_of_moves() {
        let one_moved = &moves[moved];
        *users.entry((one_moved.from, one_moved.to)).or_default() += one_moved.users;
    }
    let mut paths: Vec<(FromTo, f64)> = users.into_iter().collect();
    paths.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let first = paths
        .iter()
        .take(MOST_FIRST)
        .map(|pair| Order::First(pair.0));
    let all = [
        Order::InProportion,
        Order::Smallest,
        Order::Roomiest,
        Order::Tightest,
    ];
    let orders: Vec<Order> = all.into_iter().chain(first).collect();
    let half = stops.minutes() / 2.0;
    let shorter = [Order::Largest].into_iter().chain(orders.clone());
    let change = |order: Order, minutes: Option<f64>| WaveChange {
        minutes,
        order,
        ..WaveChange::default()
    };
    let orders = orders.into_iter().map(|order| change(order, None));
    orders
        .chain(shorter.map(|order| change(order, Some(half))))
        .collect()
}
