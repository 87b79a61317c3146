//! Worse plays: which of two plays of a plan counts, and until when both last.

use super::falling::ANYBODY;
use crate::plan::{Downtime, PeriodDowntime, Plan};
use crate::units::NOBODY;
use jiff::Timestamp;

/// Shorter steps count if they lose so many times as many user minutes, and so many more.
const MORE: f64 = 1.05;
const MORE_MINUTES: f64 = 10.0;

/// `true` if so many user minutes are clearly more than the others.
fn is_clearly_more(own: f64, other: f64) -> bool {
    own > other * MORE + MORE_MINUTES
}

impl Downtime {
    /// Where users are down in another play too, the later end of both is told.
    pub(super) fn lasts_as_long_as(&mut self, other: &Self) {
        let later = |own: &mut Option<Timestamp>, other: Option<Timestamp>| {
            *own = own.map(|own| other.map_or(own, |other| own.max(other)));
        };
        for (own, other) in self.periods.iter_mut().zip(&other.periods) {
            later(&mut own.aftermath_until, other.aftermath_until);
            later(&mut own.down_until, other.down_until);
        }
    }

    /// `true` if users are down whom the plan serves.
    pub(super) fn is_anybody_down(&self) -> bool {
        let lost = |own: &PeriodDowntime| own.user_minutes - own.unserved_minutes;
        self.periods.iter().any(|own| lost(own) > NOBODY)
    }

    /// `true` if clearly more is lost, or more of it to outages.
    pub(super) fn is_worse_than(&self, other: &Self, plan: &Plan) -> bool {
        let lost = |own: &PeriodDowntime| own.user_minutes - own.unserved_minutes;
        // What is lost in one period hides behind nothing that is lost in another.
        let both = self.periods.iter().zip(&other.periods);
        let mut both = both.map(|(own, other)| [lost(own), lost(other)]);
        let is_anybody = |own: &Self| own.periods.iter().map(lost).sum::<f64>() >= ANYBODY;
        both.any(|[own, other]| is_clearly_more(own, other))
            || is_anybody(self) && !other.is_anybody_down()
            || self.is_more_than(other, plan, |own| own.user_minutes)
            || self.has_more_outages_than(other, plan)
    }

    /// `true` if clearly more is lost to outages.
    pub(super) fn has_more_outages_than(&self, other: &Self, plan: &Plan) -> bool {
        self.is_more_than(other, plan, |own| own.outage_minutes)
    }

    /// `true` if clearly more is lost of what is meant, in all or up to the instant up to which it was played itself: what comes
    /// after that says nothing of what was before.
    fn is_more_than(&self, other: &Self, plan: &Plan, what: fn(&PeriodDowntime) -> f64) -> bool {
        let until = self.unchecked_from.unwrap_or(Timestamp::MAX);
        let whole = plan.periods.partition_point(|own| own.period.end <= until);
        [whole, self.periods.len()].into_iter().any(|count| {
            let sum = |of: &Self| of.periods.iter().take(count).map(what).sum::<f64>();
            is_clearly_more(sum(self), sum(other))
        })
    }
}
