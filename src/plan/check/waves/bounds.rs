//! Bounds: who stays and reconnects, because steering turns or because their path or their member of a pool is gone; and how
//! long waves take at least, whatever their number, their order and the steering between its two ends.
//!
//! Moving users leave their site, enter another and reconnect on all of their new path; users who stay reconnect
//! where the period's steering brings more of their group than it did, or than a loss has left there.
//! Each of the three has a rate, so none is done sooner than in users ÷ rate; what a component accepts is left beside
//! normal operation, of which the steering counts that brings least.

use super::super::path::Steered;
use super::cases::{CaseSpan, within};
use super::loads::sessions;
use super::pieces::{PieceFate, PieceGroup, traffic};
use super::shares::{CutOffUsers, TurningShares, WaveCase, is_open, kept};
use super::transition::WaveReferee;
use crate::ids::{ComponentId, ElementId, PoolId};
use crate::plan_files::Timing;
use crate::units::{FEASIBILITY, NOBODY, WRITTEN};
use std::collections::BTreeMap;

/// Steering as a whole: from where it is when the waves begin to that of the period.
#[derive(Debug, Clone, Copy)]
pub(super) struct WholeTurn {
    pub(super) from: f64,
    pub(super) to: f64,
    /// Something was lost just before: users who are cut off reconnect.
    pub(super) is_after_loss: bool,
}

/// Seconds, from what written decimals leave of them at least to what they leave at most.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LeastSeconds {
    pub(super) from: f64,
    pub(super) to: f64,
}

impl LeastSeconds {
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

impl<'a> WaveReferee<'a> {
    /// By component: users who stay and newly connect under a case, which is the one of this number.
    fn reconnecting(
        &self,
        (case, number): (&WaveCase<'_>, usize),
        groups: &[PieceGroup],
        turn: WholeTurn,
    ) -> BTreeMap<ComponentId, f64> {
        let mut arrivals = BTreeMap::new();
        for group in groups {
            let Some(end) = group.settled else { continue };
            let of_group = self.context.group_of(group.shard);
            let shares = group.sites[end].and_then(|site| case.shares.of(of_group, site));
            let Some(shares) = shares else { continue };
            for (component, more) in shares.entered([turn.from, turn.to], turn.is_after_loss) {
                *arrivals.entry(component).or_default() += group.users[number][end] * more;
            }
        }
        arrivals
    }

    /// Users who stay and whose path is gone, or whose member of a pool carries nothing any more.
    pub(super) fn cut_off(&self) -> f64 {
        let now = self.transition.situation;
        let lost = CutOffUsers::new(self.steered[0].rows, |row| {
            if is_open(now, row) {
                let members = &self.earlier.members;
                kept(row, members, |pool, component| {
                    now.members[pool].contains(&component)
                })
            } else {
                0.0
            }
        });
        let stays = self
            .pieces
            .iter()
            .filter(|piece| piece.fate == PieceFate::Stays);
        let of_piece = stays.filter_map(|piece| {
            let (site, share) = piece.old?;
            let lost = lost.share((self.context.group_of(piece.shard), site))?;
            Some(now.case.users(piece.shard) * share * lost)
        });
        of_piece.sum()
    }

    /// `true` if the period begins with somebody on a path that was not open before, or in a pool no member of which carries
    /// both before and in it, with anything on the path that says how many it accepts.
    pub(super) fn opens_late(&self) -> bool {
        let inventory = self.context.inventory;
        let accepts = |component: ComponentId| inventory.accepts_per_second(component).is_some();
        let is_counted = |row: &Steered| {
            let mut along = row.route.components(self.context).into_iter();
            let mut pools = row.route.pools();
            along.any(accepts)
                || accepts(inventory.site_component(row.route.site))
                || pools.any(|pool| {
                    let elements = inventory.elements.iter().enumerate();
                    let mut members = elements.filter(|(_, element)| element.pool == Some(pool));
                    let component = |index| inventory.element_component(ElementId::new(index));
                    members.any(|(index, _)| accepts(component(index)))
                })
        };
        let is_exchanged = |row: &Steered| {
            let mut pools = row.route.pools().map(PoolId::index);
            pools.any(|pool| {
                let mut now = self.transition.situation.members[pool].iter();
                !now.any(|component| self.earlier.members[pool].contains(component))
            })
        };
        let mut led = self.transition.steered_at_start().iter();
        led.any(|row| {
            let is_late = !is_open(self.earlier, row) || is_exchanged(row);
            row.users > 0.0 && is_late && is_counted(row)
        })
    }

    /// `true` if steering brings users who stay through something that accepts a given number a second, where they did not pass
    /// before.
    pub(super) fn connects_somebody(&self, timing: Timing) -> bool {
        if !self.limits_sessions() {
            return false;
        }
        let spans = self.spans(timing);
        let cases = self.cases(&spans[..within(&spans, 0.0)], timing);
        let groups = self.groups(timing, &cases);
        let turn = self.whole_turn(timing);
        let accepts = |component| {
            self.context
                .inventory
                .accepts_per_second(component)
                .is_some()
        };
        cases.iter().enumerate().any(|(number, case)| {
            let arrivals = self.reconnecting((case, number), &groups, turn);
            let mut arrivals = arrivals.into_iter();
            arrivals.any(|(component, users)| users > NOBODY && accepts(component))
        })
    }

    /// Where steering is when waves of a timing begin, and whether they begin after a loss.
    pub(super) fn whole_turn(&self, timing: Timing) -> WholeTurn {
        let is_behind = timing == Timing::After;
        let is_own = self.steering == timing || self.left.is_some();
        WholeTurn {
            from: if is_behind && self.has(Timing::Ahead) {
                self.left.unwrap_or(1.0)
            } else {
                0.0
            },
            to: 1.0,
            is_after_loss: is_behind && self.cut_off > NOBODY && is_own,
        }
    }

    /// How long waves of one timing take at least: "the cases count that every transition touches, the one next to the period's
    /// start, and as many more as a transition of the length proven so far reaches."
    ///
    /// Of the first `judged` spans who passes where is known already.
    pub(super) fn proven(
        &self,
        spans: &[CaseSpan<'a>],
        timing: Timing,
        turned: f64,
        (judged, cases, groups): (usize, &[WaveCase<'_>], &[PieceGroup]),
    ) -> LeastSeconds {
        let turn = WholeTurn {
            to: turned,
            ..self.whole_turn(timing)
        };
        let mut known: BTreeMap<usize, LeastSeconds> = BTreeMap::new();
        let mut closed = |bound: fn(&LeastSeconds) -> f64| {
            let mut count = 1;
            loop {
                let least = *known.entry(count).or_insert_with(|| {
                    if count == judged {
                        return self.least(cases, groups, turn);
                    }
                    let cases = self.cases(&spans[..count], timing);
                    self.least(&cases, &self.groups(timing, &cases), turn)
                });
                let seconds = bound(&least);
                let reached = self.reached(spans, timing, seconds);
                if seconds.is_infinite() || reached <= count {
                    return seconds;
                }
                count = reached;
            }
        };
        LeastSeconds {
            from: closed(|least_seconds| least_seconds.from),
            to: closed(|least_seconds| least_seconds.to),
        }
    }

    /// How long the waves of one timing take at least, gates not counted; infinite if something lets nobody pass.
    fn least(
        &self,
        cases: &[WaveCase<'_>],
        groups: &[PieceGroup],
        turn: WholeTurn,
    ) -> LeastSeconds {
        let mut least = LeastSeconds::default();
        for (site, [out, into]) in traffic(groups, |_| 1.0) {
            let of_site = &self.context.inventory.sites[site.index()];
            for (users, rate) in [
                (out, of_site.move_out_per_hour),
                (into, of_site.move_in_per_hour),
            ] {
                if let Some(rate) = rate {
                    least = least.and(LeastSeconds::of(users, rate / 3600.0, 0.0));
                }
            }
        }
        for case in cases
            .iter()
            .enumerate()
            .map(|(number, case)| (case, number))
        {
            least = least.and(self.least_to_connect(case, groups, turn));
        }
        least
    }

    /// How long users take who reconnect under a case, which is the one of this number.
    fn least_to_connect(
        &self,
        (case, number): (&WaveCase<'_>, usize),
        groups: &[PieceGroup],
        turn: WholeTurn,
    ) -> LeastSeconds {
        // Who reconnects, and sessions per second of normal operation.
        let staying = self.reconnecting((case, number), groups, turn).into_iter();
        let mut passing: BTreeMap<ComponentId, [f64; 2]> = staying
            .map(|(component, users)| (component, [users, 0.0]))
            .collect();
        for group in groups {
            let of_group = self.context.group_of(group.shard);
            let fewest = group.sites.map(|site| {
                let shares = site.and_then(|site| case.shares.of(of_group, site));
                shares.map(TurningShares::fewest).unwrap_or_default()
            });
            let users = group.users[number];
            let sessions = sessions(self.context, group.shard);
            if group.is_moving() {
                for (component, share) in fewest[1].iter() {
                    let was = fewest[0].at(component);
                    let values = passing.entry(component).or_default();
                    values[0] += group.counted * share;
                    // Those of them who have moved and those who have not: fewer pass in one of the two states.
                    values[1] += (users[0] * was).min(users[1] * share) * sessions;
                }
            } else if let Some(end) = group.settled {
                for (component, share) in fewest[end].iter() {
                    passing.entry(component).or_default()[1] += users[end] * share * sessions;
                }
            }
        }
        let mut least = LeastSeconds::default();
        for (component, [arrivals, sessions]) in passing {
            if let Some(accepts) = self.context.inventory.accepts_per_second(component) {
                least = least.and(LeastSeconds::of(arrivals, accepts, sessions));
            }
        }
        least
    }
}
