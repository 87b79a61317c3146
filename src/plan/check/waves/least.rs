//! Least: how long waves take at least, whatever their number, their order and the steering between its two ends.
//!
//! Whoever moves leaves his site, enters another and connects anew on all of his new path; whoever stays connects anew
//! where the period's steering brings more of his group than it did, or than a loss has left there.
//! Each of the three has a rate, so none is done sooner than in users ÷ rate; what a component accepts is left beside
//! normal operation, of which the steering counts that brings least.

use super::super::ground::Ground;
use super::pieces::Crowd;
use super::rules::NO_SPARE;
use super::shares::Under;
use super::state::sessions;
use super::turn::{Turn, connecting};
use crate::ids::{ComponentId, SiteId};
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// What sums of written users may differ by, relative.
const SAME: f64 = 1e-5;

/// Seconds, from what written decimals leave of them at least to what they leave at most.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Least {
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Least {
    /// In which users pass at a rate per second that others take a part of.
    fn of(users: f64, rate: f64, others: f64) -> Self {
        if users <= NOBODY {
            return Self::default();
        }
        let seconds = |error: f64| {
            let left = rate - others * error;
            if left > NO_SPARE * rate * error {
                users * error / left
            } else {
                f64::INFINITY
            }
        };
        Self {
            from: seconds(1.0 - SAME),
            to: seconds(1.0 + SAME),
        }
    }

    /// Both have to be over.
    fn and(self, other: Self) -> Self {
        Self {
            from: self.from.max(other.from),
            to: self.to.max(other.to),
        }
    }
}

/// How long the waves of one timing take at least, gates not counted; infinite if something lets nobody pass.
pub(super) fn least(
    ground: &Ground<'_>,
    unders: &[Under<'_>],
    crowds: &[Crowd],
    turn: Turn,
) -> Least {
    let cases = 0..unders.len();
    let connecting = cases.map(|case| of_components(ground, (&unders[case], case), crowds, turn));
    connecting.fold(of_sites(ground, crowds), Least::and)
}

/// Users leaving and entering sites.
fn of_sites(ground: &Ground<'_>, crowds: &[Crowd]) -> Least {
    let mut users: BTreeMap<SiteId, [f64; 2]> = BTreeMap::new();
    for crowd in crowds.iter().filter(|own| own.is_moving()) {
        if let Some(from) = crowd.old {
            users.entry(from).or_default()[0] += crowd.leaving;
        }
        if let Some(to) = crowd.new {
            users.entry(to).or_default()[1] += crowd.counted;
        }
    }
    let mut least = Least::default();
    for (site, [out, into]) in users {
        let of_site = &ground.inventory.sites[site.index()];
        let rates = [
            (out, of_site.move_out_per_hour),
            (into, of_site.move_in_per_hour),
        ];
        for (users, rate) in rates {
            if let Some(rate) = rate {
                least = least.and(Least::of(users, rate / 3600.0, 0.0));
            }
        }
    }
    least
}

/// Users who connect anew under a case, which is the one of this number.
fn of_components(
    ground: &Ground<'_>,
    (under, case): (&Under<'_>, usize),
    crowds: &[Crowd],
    turn: Turn,
) -> Least {
    let inventory = ground.inventory;
    // Who connects anew, and sessions per second of normal operation.
    let staying = connecting(ground, (under, case), crowds, turn).into_iter();
    let mut passing: BTreeMap<ComponentId, [f64; 2]> =
        staying.map(|(own, users)| (own, [users, 0.0])).collect();
    for crowd in crowds {
        let group = ground.group_of(crowd.shard);
        let fewest_at = |site: Option<SiteId>| {
            let ends = under.ends.of(group, site?)?;
            Some(ends.fewest())
        };
        let [old, new] = [crowd.old, crowd.new].map(|site| fewest_at(site).unwrap_or_default());
        let [before, after] = crowd.users[case];
        let sessions = sessions(ground, crowd.shard);
        if crowd.is_moving() {
            for (component, share) in new.iter() {
                let was = old.at(component);
                let own = passing.entry(component).or_default();
                own[0] += crowd.counted * share;
                // Whoever of them has moved and whoever has not: fewer pass on one of the two ways.
                own[1] += (before * was).min(after * share) * sessions;
            }
        } else if let Some(end) = crowd.settled {
            let (users, place) = if end == 0 {
                (before, old)
            } else {
                (after, new)
            };
            for (component, share) in place.iter() {
                passing.entry(component).or_default()[1] += users * share * sessions;
            }
        }
    }
    let mut least = Least::default();
    for (component, [arrivals, sessions]) in passing {
        if let Some(accepts) = inventory.accepts_per_second(component) {
            least = least.and(Least::of(arrivals, accepts, sessions));
        }
    }
    least
}
