//! Protection: waves between which one may stop, as far as an order of them is found.
//!
//! Largest first is tried before anything else. Where both ends of a transition survive what `[protect]` asks and some
//! state between its waves does not, other orders and shorter waves are made. Those are taken between whose waves fewest
//! stops are to be avoided.

use super::context::{Order, TransitionInputs, WaveChange, Way};
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
    ways: &TransitionInputs<'_>,
    plan: &Plan,
    stop: &Stop,
) -> Result<Vec<Transition>> {
    let stops = Stops::new(ways, plan);
    transitions(ways, plan, &mut |earlier, make| {
        let own = make(&WaveChange::default());
        match &stops {
            Some(stops) => guarded(stops, (earlier, make), own, stop),
            None => Ok(own),
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
        .is_some_and(|own| own.unprotected.is_empty());
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
fn is_better(own: &Transition, than: &Transition) -> bool {
    let harm = |own: &Transition| {
        let users = |exposed: &[Exposed]| exposed.iter().map(|own| own.users).sum::<f64>();
        let lost: f64 = own.exposed().map(|(_, exposed)| users(exposed)).sum();
        (own.exposed().count(), lost)
    };
    let (own, than) = (harm(own), harm(than));
    own.0 < than.0 || own.0 == than.0 && own.1 < than.1 * (1.0 - 1e-6)
}

/// What else is tried: other orders, then the same in waves of half the length.
fn others(stops: &Stops<'_>, transition: &Transition) -> Vec<WaveChange> {
    let moves = &stops.plan.periods[transition.period].moves;
    let mut users: BTreeMap<Way, f64> = BTreeMap::new();
    for (moved, _) in transition.wave_of_moves() {
        let own = &moves[moved];
        *users.entry((own.from, own.to)).or_default() += own.users;
    }
    let mut ways: Vec<(Way, f64)> = users.into_iter().collect();
    ways.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let first = ways.iter().take(MOST_FIRST).map(|own| Order::First(own.0));
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
