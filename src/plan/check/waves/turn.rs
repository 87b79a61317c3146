//! Turn: who stays and connects anew, because steering turns or because his path or his member of a pool is gone; and how
//! long waves take at least, whatever their number, their order and the steering between its two ends.
//!
//! Whoever moves leaves his site, enters another and connects anew on all of his new path; whoever stays connects anew
//! where the period's steering brings more of his group than it did, or than a loss has left there.
//! Each of the three has a rate, so none is done sooner than in users ÷ rate; what a component accepts is left beside
//! normal operation, of which the steering counts that brings least.

use super::super::ground::Ground;
use super::super::leg::Steered;
use super::super::period::Situation;
use super::pieces::{Crowd, Fate, Piece, traffic};
use super::shares::{Lost, Under, is_open, kept};
use super::state::sessions;
use super::way::{OfWay, Way};
use crate::ids::{ComponentId, ElementId, SiteId};
use crate::plan_files::Timing;
use crate::units::{FEASIBILITY, NOBODY, WRITTEN};
use std::collections::BTreeMap;

/// Steering as a whole: from where it is when the waves begin to that of the period.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    pub(super) from: f64,
    pub(super) to: f64,
    /// Something was lost just before: who is cut off connects anew.
    pub(super) is_after_loss: bool,
}

/// By component: users who stay and newly connect under a case, which is the one of this number.
pub(super) fn connecting(
    ground: &Ground<'_>,
    (under, case): (&Under<'_>, usize),
    crowds: &[Crowd],
    turn: Turn,
) -> BTreeMap<ComponentId, f64> {
    let mut arrivals = BTreeMap::new();
    for crowd in crowds {
        let Some(end) = crowd.settled else { continue };
        let site = if end == 0 { crowd.old } else { crowd.new };
        let ends = site.and_then(|site| under.ends.of(ground.group_of(crowd.shard), site));
        let Some(ends) = ends else { continue };
        for (component, more) in ends.entered([turn.from, turn.to], turn.is_after_loss) {
            *arrivals.entry(component).or_default() += crowd.users[case][end] * more;
        }
    }
    arrivals
}

/// Users who stay and whose path is gone, or whose member of a pool carries nothing any more.
pub(super) fn cut_off(
    ground: &Ground<'_>,
    way: &Way<'_>,
    pieces: &[Piece],
    (before, earlier): (&[Steered], &Situation),
) -> f64 {
    let lost = Lost::new(before, |row| {
        if is_open(ground, way.situation, row) {
            kept(row, &earlier.members, &way.situation.members)
        } else {
            0.0
        }
    });
    let stays = pieces.iter().filter(|own| own.fate == Fate::Stays);
    let of_piece = stays.filter_map(|piece| {
        let (site, share) = piece.old?;
        let lost = lost.share((ground.group_of(piece.shard), site))?;
        Some(way.situation.case.users(piece.shard) * share * lost)
    });
    of_piece.sum()
}

/// `true` if the period begins with somebody on a path that was not open before, or in a pool no member of which carries both
/// before and in it, with anything on the path that says how many it accepts.
pub(super) fn opens_late(ground: &Ground<'_>, way: &Way<'_>, earlier: &Situation) -> bool {
    let inventory = ground.inventory;
    let accepts = |own: ComponentId| inventory.accepts_per_second(own).is_some();
    let is_counted = |row: &Steered| {
        let mut along = row.route.components(ground).into_iter();
        let site = inventory.site_component(row.route.site);
        let mut pools = row.route.pools();
        along.any(accepts)
            || accepts(site)
            || pools.any(|pool| {
                let mut members = (0..inventory.elements.len())
                    .filter(|own| inventory.elements[*own].pool == Some(pool));
                members.any(|own| accepts(inventory.element_component(ElementId::new(own))))
            })
    };
    let is_exchanged = |row: &Steered| {
        let mut pools = row.route.pools();
        pools.any(|pool| {
            let mut now = way.situation.members[pool.index()].iter();
            !now.any(|own| earlier.members[pool.index()].contains(own))
        })
    };
    let mut led = way.steered_at_start().iter();
    led.any(|row| {
        let is_late = !is_open(ground, earlier, row) || is_exchanged(row);
        row.users > 0.0 && is_late && is_counted(row)
    })
}

impl OfWay<'_> {
    /// Users who stay have to connect anew, as far as that is counted.
    pub(super) fn is_steering(&self) -> bool {
        self.cut_off > NOBODY || self.is_connecting
    }

    /// `true` if steering brings users who stay through something that accepts so many a second, where they did not pass
    /// before.
    pub(super) fn connects_somebody(&self, timing: Timing) -> bool {
        let inventory = self.ground.inventory;
        let components = (0..inventory.component_count()).map(ComponentId::new);
        let mut accepting = components.filter_map(|own| inventory.accepts_per_second(own));
        if accepting.next().is_none() {
            return false;
        }
        let spans = self.spans(timing);
        let unders = self.unders(&spans, spans.within(0.0));
        let crowds = self.crowds(timing, &unders);
        let turn = self.turn(timing);
        (0..unders.len()).any(|case| {
            let arrivals = connecting(self.ground, (&unders[case], case), &crowds, turn);
            let mut arrivals = arrivals.into_iter();
            arrivals.any(|(component, users)| {
                users > NOBODY && inventory.accepts_per_second(component).is_some()
            })
        })
    }

    /// Where steering is when waves of a timing begin, and whether they begin behind a loss.
    pub(super) fn turn(&self, timing: Timing) -> Turn {
        let is_behind = timing == Timing::Behind;
        let is_own = self.steering == timing || self.left.is_some();
        Turn {
            from: if is_behind && self.has(Timing::Ahead) {
                self.left.unwrap_or(1.0)
            } else {
                0.0
            },
            to: 1.0,
            is_after_loss: is_behind && self.cut_off > NOBODY && is_own,
        }
    }
}

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
            if left > FEASIBILITY * rate * error {
                users * error / left
            } else {
                f64::INFINITY
            }
        };
        Self {
            from: seconds(1.0 - WRITTEN),
            to: seconds(1.0 + WRITTEN),
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
    let mut least = Least::default();
    for (site, [out, into]) in traffic(crowds, |_| 1.0) {
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
