//! Turn: who stays and connects anew, because steering turns or because his path or his member of a pool is gone.

use super::super::ground::Ground;
use super::super::leg::Steered;
use super::super::period::Situation;
use super::judge::{OfWay, Way};
use super::pieces::{Crowd, Fate, Piece};
use super::shares::{Under, is_open, kept};
use crate::ids::{ComponentId, ElementId, SiteId};
use crate::plan_files::Timing;
use crate::units::NOBODY;
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
    let mut lost: BTreeMap<(usize, SiteId), [f64; 2]> = BTreeMap::new();
    for row in before {
        let own = lost.entry((row.group, row.route.site)).or_default();
        own[0] += row.users;
        let left = if is_open(ground, way.situation, row) {
            kept(row, &earlier.members, &way.situation.members)
        } else {
            0.0
        };
        own[1] += row.users * (1.0 - left);
    }
    let stays = pieces.iter().filter(|own| own.fate == Fate::Stays);
    let of_piece = stays.filter_map(|piece| {
        let (site, share) = piece.old?;
        let [all, lost] = lost.get(&(ground.group_of(piece.shard), site)).copied()?;
        let users = way.situation.case.users(piece.shard) * share;
        (all > 0.0).then(|| users * lost / all)
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
