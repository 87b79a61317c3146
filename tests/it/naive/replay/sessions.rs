//! Sessions: who has one, whose ends, and who connects.

use super::streams::{Hop, Stream, components};
use super::truth::Truth;
use plimsoll::model::Inventory;

/// Sessions of a stream.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sessions {
    /// Users who are there.
    pub(super) there: f64,
    /// Of these, who has a session.
    pub(super) with: f64,
}

/// `true` if opening a session is nothing: no gate on the way, and no cost.
pub(super) fn are_free(inventory: &Inventory, stream: &Stream) -> bool {
    let has_gate = stream.hops.iter().any(|hop| {
        let mut all = components(inventory, *hop).into_iter();
        all.any(|component| inventory.accepts_per_second(component).is_some())
    });
    !has_gate && inventory.profiles[stream.group.profile.index()].session_cost <= 0.0
}

/// Share of a stream's sessions that do not end between one instant and the next.
///
/// Decision: those of a pool are on its members in the proportion of the shares of before, on members only that are in and
/// not disconnected then.
pub(super) fn kept(
    inventory: &Inventory,
    stream: &Stream,
    before: &Truth<'_>,
    now: &Truth<'_>,
) -> f64 {
    let region = stream.group.client_region.index();
    if now.closed_regions[region] || now.cut_regions[region] {
        return 0.0;
    }
    let is_open = |truth: &Truth<'_>, index: usize| !truth.out[index] && !truth.closed[index];
    let mut kept = 1.0;
    for hop in &stream.hops {
        match hop {
            Hop::One(component) => {
                if !is_open(now, component.index()) || now.cut[component.index()] {
                    return 0.0;
                }
            }
            Hop::Pool(pool) => {
                let mut all = 0.0;
                let mut stays = 0.0;
                let shares = before.shares[pool.index()]
                    .iter()
                    .zip(&now.shares[pool.index()]);
                for ((member, share), (_, next)) in shares {
                    if !is_open(before, *member) {
                        continue;
                    }
                    all += share;
                    if is_open(now, *member) && !now.cut[*member] && *next > 0.0 {
                        stays += share;
                    }
                }
                kept *= if all > 0.0 { stays / all } else { 0.0 };
            }
        }
    }
    debug_assert!(components(inventory, stream.hops[0]).len() == 1);
    kept
}

/// `true` if a session can be had on the way.
///
/// Decision: a pool is open as long as one of its members is that has load and is neither out nor disconnected.
pub(super) fn is_path_open(stream: &Stream, now: &Truth<'_>) -> bool {
    if now.closed_regions[stream.group.client_region.index()] {
        return false;
    }
    stream.hops.iter().all(|hop| match hop {
        Hop::One(component) => !now.out[component.index()] && !now.closed[component.index()],
        Hop::Pool(pool) => now.shares[pool.index()]
            .iter()
            .any(|(index, share)| *share > 0.0 && !now.out[*index] && !now.closed[*index]),
    })
}
