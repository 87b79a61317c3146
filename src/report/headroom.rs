//! Headroom of a component, before against during: the plain values of chart, table and sentence.

use super::numbers;
use crate::model::ComponentKind;
use crate::units::FEASIBILITY;
use std::cmp::Ordering;
use std::collections::BTreeMap;

mod selection;

pub use selection::Selection;

/// What an event or the plan did to a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It works, in full or in part.
    InService,
    /// A standby access point that the plan opened.
    Opened,
    /// Maintenance left nothing of it.
    Drained,
    /// A failure left nothing of it.
    Failed,
    /// An access point that waits and serves nobody.
    Standby,
}

impl Standing {
    /// `true` if the component takes no load by intention or by fault.
    pub fn is_out(self) -> bool {
        matches!(self, Self::Drained | Self::Failed | Self::Standby)
    }

    /// The word that stands in place of a percentage.
    pub fn word(self) -> &'static str {
        match self {
            Self::InService => "in service",
            Self::Opened => "opened",
            Self::Drained => "drained",
            Self::Failed => "failed",
            Self::Standby => "standby",
        }
    }
}

/// How a row is to be judged; a colour and a shape of the charts each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// At or above its target.
    Fine,
    /// Something is left, less than the target.
    BelowTarget,
    /// Nothing is left, or more is asked than there is.
    Full,
    /// Drained, failed or closed, and nothing is asked of it.
    Gone,
}

impl State {
    /// The words of legends and of texts for the pointer.
    pub fn words(self) -> &'static str {
        match self {
            Self::Fine => "at or above target",
            Self::BelowTarget => "below target",
            Self::Full => "full or overloaded",
            Self::Gone => "out of service",
        }
    }

    pub(super) fn bad_if(is_bad: bool) -> Self {
        if is_bad { Self::Full } else { Self::Fine }
    }

    pub(super) fn mark(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::BelowTarget => "below-target",
            Self::Full => "full",
            Self::Gone => "gone",
        }
    }
}

/// Headroom of one component in one resource, before against during.
///
/// Shares are of the capacity that is left at that time; 0 is the hard limit and less is overload.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadroomRow {
    /// Id of the component, unique among all.
    pub component: String,
    /// What reports call it; need not be unique.
    pub name: String,
    /// Site, access point, element or link.
    pub kind: ComponentKind,
    /// Id of the resource.
    pub resource: String,
    /// Unit of `load` and `capacity`.
    pub unit: String,
    /// What became of the component.
    pub standing: Standing,
    /// Headroom in the state before; `None` if it was not in service or had no capacity.
    pub before: Option<f64>,
    /// Headroom in the period; `None` where capacity is 0.
    pub during: Option<f64>,
    /// Share of capacity to keep free, as it is written: of an event while one is known.
    pub target: Option<f64>,
    /// Share of capacity that counts as kept: the target less what was missing before, where that may stay missing.
    pub in_force: Option<f64>,
    /// Load in the period.
    pub load: f64,
    /// Capacity left in the period.
    pub capacity: f64,
}

impl HeadroomRow {
    /// Headroom before, if it is a number.
    pub fn headroom_before(&self) -> Option<f64> {
        self.before.filter(|share| share.is_finite())
    }

    /// Headroom in the period, if it is a number and the component works.
    pub fn headroom_during(&self) -> Option<f64> {
        self.during
            .filter(|share| share.is_finite() && !self.standing.is_out())
    }

    /// `true` if there is load where there is no capacity.
    pub fn is_stranded(&self) -> bool {
        self.headroom_during().is_none() && self.load > FEASIBILITY
    }

    /// How the row is to be judged, within the tolerance that plans are checked with.
    pub fn state(&self) -> State {
        match self.headroom_during() {
            None if self.is_stranded() => State::Full,
            None => State::Gone,
            Some(headroom) if headroom <= FEASIBILITY => State::Full,
            Some(headroom) if headroom < self.target.unwrap_or(0.0) - FEASIBILITY => {
                State::BelowTarget
            }
            Some(_) => State::Fine,
        }
    }

    /// `true` if it keeps less than its target, and no less than before.
    pub fn is_missed_before(&self) -> bool {
        let enough = self.in_force.unwrap_or(0.0) - FEASIBILITY;
        let is_as_before = self.headroom_during().is_some_and(|value| value >= enough);
        self.state() == State::BelowTarget && is_as_before
    }

    /// `true` if its headroom reads as before.
    pub fn is_unchanged(&self) -> bool {
        match (self.headroom_before(), self.headroom_during()) {
            (Some(before), Some(during)) => numbers::headroom(before) == numbers::headroom(during),
            _ => false,
        }
    }

    /// `true` if it is at or above its target, and not by much.
    pub fn is_near_target(&self) -> bool {
        const NEAR: f64 = 0.05;
        let least = self.target.unwrap_or(0.0) + NEAR;
        self.headroom_during().is_some_and(|value| value < least)
    }

    /// `true` if it has no more than its target, within tolerance.
    pub fn is_at_target(&self) -> bool {
        let ends = (self.headroom_during(), self.target);
        matches!(ends, (Some(value), Some(target)) if (value - target).abs() <= FEASIBILITY)
    }

    /// Capacity less load, in the resource's unit; negative is overload. Within tolerance of nothing it is nothing.
    pub fn spare(&self) -> f64 {
        let spare = self.capacity - self.load;
        if spare.abs() <= FEASIBILITY * self.capacity {
            0.0
        } else {
            spare
        }
    }

    /// Tightest first: load without capacity, then as [`Tightness`] has it; at last what is out of service, by what it had.
    pub fn tightness(&self, other: &Self) -> Ordering {
        let place = |row: &Self| match row.headroom_during() {
            None if row.is_stranded() => (0, Tightness::LEAST),
            None => (2, Tightness(0, row.headroom_before().unwrap_or(f64::MAX))),
            Some(headroom) => {
                let targets = [row.target, row.in_force].map(Option::unwrap_or_default);
                (1, Tightness::of(headroom, targets))
            }
        };
        let (left, right) = (place(self), place(other));
        left.0
            .cmp(&right.0)
            .then(left.1.order(&right.1))
            .then_with(|| self.component.cmp(&other.component))
            .then_with(|| self.resource.cmp(&other.resource))
    }
}

/// How tight something in service is, the tightest least: what is overloaded, then what misses its target, by the missing share of it
/// (what has got worse before what was so before), then what is least above its target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tightness(u8, f64);

impl Tightness {
    /// None is tighter.
    const LEAST: Self = Self(0, f64::NEG_INFINITY);

    /// That of a headroom, given the target as it is written and the part of it that is in force.
    pub fn of(headroom: f64, [written, in_force]: [f64; 2]) -> Self {
        if headroom < -FEASIBILITY {
            Self(0, headroom)
        } else if headroom >= written - FEASIBILITY {
            Self(3, headroom - written)
        } else if headroom >= in_force - FEASIBILITY {
            Self(2, headroom / written)
        } else {
            Self(1, headroom / written)
        }
    }

    /// In what order two stand: the tightest first.
    pub fn order(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0).then(self.1.total_cmp(&other.1))
    }
}

pub(super) fn tightest_row(rows: &[HeadroomRow]) -> Option<&HeadroomRow> {
    let asked = rows.iter().filter(|row| row.state() != State::Gone);
    asked.min_by(|left, right| left.tightness(right))
}

/// The tightest row of every component, tightest first.
pub fn tightest_resources(rows: &[HeadroomRow]) -> Vec<&HeadroomRow> {
    let mut tightest = BTreeMap::<&str, &HeadroomRow>::new();
    for row in rows {
        tightest
            .entry(&row.component)
            .and_modify(|known| {
                if row.tightness(known).is_lt() {
                    *known = row;
                }
            })
            .or_insert(row);
    }
    let mut tightest: Vec<_> = tightest.into_values().collect();
    tightest.sort_by(|left, right| left.tightness(right));
    tightest
}

/// Rows for tests.
#[cfg(test)]
pub(super) mod samples {
    use super::*;

    /// A site with 100 vCPU, half of it free before; drained if nothing is left of it.
    pub(in crate::report) fn row(name: &str, during: Option<f64>, target: f64) -> HeadroomRow {
        HeadroomRow {
            component: name.to_lowercase(),
            name: name.to_owned(),
            kind: ComponentKind::Site,
            resource: "cpu".to_owned(),
            unit: "vCPU".to_owned(),
            standing: during.map_or(Standing::Drained, |_| Standing::InService),
            before: Some(0.5),
            during,
            target: Some(target),
            in_force: Some(target),
            load: during.map_or(0.0, |headroom| 100.0 * (1.0 - headroom)),
            capacity: during.map_or(0.0, |_| 100.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn row(component: &str, kind: ComponentKind, during: Option<f64>) -> HeadroomRow {
        HeadroomRow {
            name: "twin".to_owned(),
            kind,
            ..samples::row(component, during, 0.2)
        }
    }

    #[test]
    fn a_row_is_judged_within_the_tolerance_of_plans() {
        let state = |during| row("a", ComponentKind::Site, during).state();
        assert_eq!(state(Some(0.2)), State::Fine);
        assert_eq!(state(Some(0.2 - 1e-9)), State::Fine);
        assert_eq!(state(Some(0.19)), State::BelowTarget);
        assert_eq!(state(Some(1e-9)), State::Full);
        assert_eq!(state(Some(-0.3)), State::Full);
        assert_eq!(state(None), State::Gone);
        let mut stranded = row("a", ComponentKind::Site, None);
        stranded.load = 1.0;
        assert_eq!(stranded.state(), State::Full);
        let mut free = row("a", ComponentKind::Site, Some(0.01));
        free.target = None;
        assert_eq!(free.state(), State::Fine);
    }

    #[test]
    fn what_is_missed_comes_before_what_is_only_full() {
        let of = |name: &str, during: f64, targets: [f64; 2]| {
            let mut headroom_row = row(name, ComponentKind::Site, Some(during));
            [headroom_row.target, headroom_row.in_force] = targets.map(Some);
            headroom_row
        };
        let mut rows = [
            of("least above", 0.21, [0.2, 0.2]),
            of("full without a target", 0.0, [0.0, 0.0]),
            of("full as before", 0.0, [0.2, 0.0]),
            of("missed as before", 0.1, [0.2, 0.1]),
            of("full", 0.0, [0.2, 0.2]),
            of("missed by a tenth", 0.18, [0.2, 0.2]),
            of("missed by half", 0.25, [0.5, 0.5]),
            of("overloaded", -0.1, [0.0, 0.0]),
        ];
        rows.sort_by(HeadroomRow::tightness);
        let order: Vec<&str> = rows.iter().map(|row| row.component.as_str()).collect();
        let expected = [
            "overloaded",
            "full",
            "missed by half",
            "missed by a tenth",
            "full as before",
            "missed as before",
            "full without a target",
            "least above",
        ];
        assert_eq!(order, expected);
    }
}
