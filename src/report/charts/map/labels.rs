//! Labels: names beside marks and numbers on arrows, placed one after the other where they collide with nothing.

use super::area::{Area, cross};
use super::arrows::Spot;
use super::stands::{Stand, beside, distant};

/// From this cost on a place beside a mark is so bad that one with a line is tried.
const BAD: f64 = 4.0;

/// Marks that are no further apart are at the same place.
const SAME_PLACE: f64 = 0.5;

/// A mark to which the eye might think that a name belongs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mark {
    /// Its middle.
    pub(super) at: Spot,
    /// Half its width.
    pub(super) radius: f64,
    /// By so many pixels the name of another mark has to be nearer to that one.
    pub(super) apart: f64,
}

/// What is taken already.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Taken {
    /// What labels may not leave.
    pub(super) bounds: Area,
    /// What they may not touch.
    pub(super) areas: Vec<Area>,
    /// The marks: a name without a line belongs to the nearest.
    pub(super) marks: Vec<Mark>,
    /// What they had better not cover, with how bad that is.
    pub(super) spots: Vec<(Spot, f64)>,
    /// Lines from marks to names that stand away from them.
    pub(super) leads: Vec<(Spot, Spot)>,
}

impl Taken {
    /// The best free place of a block beside a mark, which it then takes; `None` if all cost more than `most`.
    pub(super) fn beside(
        &mut self,
        mark: Spot,
        radius: f64,
        size: (f64, f64),
        most: f64,
    ) -> Option<Stand> {
        let near = beside(mark, radius, size).into_iter();
        let near = near.filter(|stand| self.is_nearest(stand, (mark, radius)));
        let near = self.best(near.map(|stand| (stand, stand.area)));
        let (cost, best) = match near {
            Some(good) if good.0 <= BAD => good,
            _ => {
                let far = distant(mark, radius, size).into_iter();
                let far = far.filter(|stand| self.is_lead_free(stand, mark));
                let far = self.best(far.map(|stand| (stand, stand.area)));
                let dearer = far.map(|(cost, stand)| (cost + BAD, stand));
                let both = near.into_iter().chain(dearer);
                both.min_by(|a, b| a.0.total_cmp(&b.0))?
            }
        };
        if cost > most {
            return None;
        }
        self.areas.push(best.area);
        self.leads.extend(best.lead);
        Some(best)
    }

    /// `true` if no other mark is as near to a stand as its own, by a distance that the eye tells.
    fn is_nearest(&self, stand: &Stand, (mark, radius): (Spot, f64)) -> bool {
        let own = stand.area.apart(mark) - radius;
        let away = |at: Spot| (at.0 - mark.0).hypot(at.1 - mark.1);
        let mut others = self.marks.iter().filter(|own| away(own.at) > SAME_PLACE);
        others.all(|other| stand.area.apart(other.at) - other.radius > own + other.apart)
    }

    /// `true` if the line of a stand crosses no text, no mark but its own, and no other line.
    fn is_lead_free(&self, stand: &Stand, mark: Spot) -> bool {
        let Some((from, to)) = stand.lead else {
            return true;
        };
        let crosses = self.leads.iter().any(|&lead| cross((from, to), lead));
        let mut others = self.areas.iter().filter(|area| !area.has(mark));
        let touches = others.any(|area| area.is_crossed((from, to)));
        !crosses && !touches
    }

    /// The best free place of a block on one of several points, which it then takes.
    pub(super) fn upon(&mut self, spots: &[Spot], (width, height): (f64, f64)) -> Option<Area> {
        let areas = spots
            .iter()
            .map(|&spot| Area::around(spot, width / 2.0, height / 2.0));
        let (_, best) = self.best(areas.map(|area| (area, area)))?;
        self.areas.push(best);
        Some(best)
    }

    /// The candidate that is free and covers least, with its cost; among equals the first.
    fn best<T>(&self, candidates: impl Iterator<Item = (T, Area)>) -> Option<(f64, T)> {
        candidates
            .enumerate()
            .filter(|(_, (_, area))| {
                area.lies_in(&self.bounds)
                    && !self.areas.iter().any(|taken| taken.meets(area))
                    && !self.leads.iter().any(|&lead| area.is_crossed(lead))
            })
            .map(|(rank, (candidate, area))| {
                let wide = area.wider(2.0);
                let covered = self.spots.iter().filter(|(spot, _)| wide.has(*spot));
                let cost: f64 = covered.map(|(_, weight)| weight).sum();
                (cost + 0.4 * rank as f64, candidate)
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken() -> Taken {
        Taken {
            bounds: Area::around((100.0, 100.0), 100.0, 100.0),
            areas: Vec::new(),
            marks: Vec::new(),
            spots: Vec::new(),
            leads: Vec::new(),
        }
    }

    #[test]
    fn a_name_nearer_to_another_mark_stands_elsewhere_or_has_a_line() {
        let mark = (100.0, 100.0);
        let of = |at: Spot, radius: f64| Mark {
            at,
            radius,
            apart: 3.0,
        };
        let mut one = taken();
        one.marks = vec![of(mark, 8.0), of((161.0, 100.0), 8.0)];
        let stand = one.beside(mark, 8.0, (40.0, 16.0), f64::MAX);
        // To the right it would end two pixels before the other mark.
        assert_eq!(stand.map(|stand| stand.side), Some(1));
        let mut crowded = taken();
        crowded.marks = vec![of(mark, 8.0)];
        for turn in 0..12 {
            let angle = f64::from(turn) * std::f64::consts::PI / 6.0;
            let at = (
                32.0_f64.mul_add(angle.cos(), 100.0),
                32.0_f64.mul_add(angle.sin(), 100.0),
            );
            crowded.marks.push(of(at, 5.0));
        }
        let stand = crowded.beside(mark, 8.0, (40.0, 16.0), f64::MAX);
        assert!(stand.is_none_or(|stand| stand.lead.is_some()), "{stand:?}");
    }

    #[test]
    fn the_first_name_stands_to_the_right_and_the_next_elsewhere() {
        let mut taken = taken();
        let first = taken.beside((100.0, 100.0), 8.0, (40.0, 16.0), f64::MAX);
        assert_eq!(first.map(|stand| stand.side), Some(-1));
        let second = taken.beside((100.0, 100.0), 8.0, (40.0, 16.0), f64::MAX);
        assert_eq!(second.map(|stand| stand.side), Some(1));
        assert!(
            !first
                .zip(second)
                .is_some_and(|(a, b)| a.area.meets(&b.area))
        );
    }

    #[test]
    fn a_name_is_left_out_where_there_is_no_room() {
        let mut taken = taken();
        assert_eq!(
            taken.beside((100.0, 100.0), 8.0, (240.0, 16.0), f64::MAX),
            None
        );
        taken.areas.push(taken.bounds);
        assert_eq!(
            taken.beside((100.0, 100.0), 8.0, (40.0, 16.0), f64::MAX),
            None
        );
    }

    #[test]
    fn a_name_without_room_stands_away_and_a_line_leads_to_it() {
        let mut taken = taken();
        for (x, y, half_width) in [
            (60.0, 100.0, 30.0),
            (140.0, 100.0, 30.0),
            (100.0, 80.0, 9.0),
            (100.0, 120.0, 9.0),
        ] {
            let area = Area::around((x, y), half_width, 9.0);
            taken.areas.push(area);
        }
        let stand = taken.beside((100.0, 100.0), 8.0, (40.0, 16.0), f64::MAX);
        let (from, to) = stand.and_then(|stand| stand.lead).expect("a line");
        assert!((from.0 - to.0).hypot(from.1 - to.1) > 17.0);
        assert!(cross(((0.0, 0.0), (2.0, 2.0)), ((0.0, 2.0), (2.0, 0.0))));
        assert!(!cross(((0.0, 0.0), (2.0, 2.0)), ((3.0, 0.0), (9.0, 1.0))));
    }

    #[test]
    fn a_name_avoids_arrows_where_it_can() {
        let mut taken = taken();
        taken.spots.push(((120.0, 100.0), 5.0));
        let stand = taken.beside((100.0, 100.0), 8.0, (40.0, 16.0), f64::MAX);
        assert_eq!(stand.map(|stand| stand.side), Some(1));
    }
}
