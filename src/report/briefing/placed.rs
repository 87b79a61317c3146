//! How much all demand may grow with the homes and the steering that are written, where nothing is planned again.

use super::Briefing;
use crate::ids::{ComponentId, ResourceId};
use crate::plan::Margin;
use crate::units::{FEASIBILITY, NOBODY};

/// The factor up to which a written plan holds as it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    /// How many times as large all demand may be.
    pub(super) growth: f64,
    /// The period that limits it, by position.
    pub(super) period: usize,
    /// What is short beyond it; `None` is the limit of moved users.
    pub(super) first: Option<(ComponentId, ResourceId)>,
    /// It is the headroom target of the component that is missed.
    pub(super) is_target: bool,
}

impl Briefing<'_> {
    /// The least factor of all periods; `None` if nothing limits it. Copies grow with demand, background does not.
    pub(super) fn placed(&self, has_targets: bool) -> Option<Placed> {
        let mut least: Option<Placed> = None;
        let mut add = |placed: Placed| {
            if least.is_none_or(|known| placed.growth < known.growth) {
                least = Some(placed);
            }
        };
        for (period, period_plan) in self.plan.periods.iter().enumerate() {
            for margin in &period_plan.margins {
                if let Some(growth) = self.growth_of(margin, has_targets) {
                    let first = Some((margin.component, margin.resource));
                    add(Placed {
                        growth,
                        period,
                        first,
                        is_target: has_targets && margin.row.target > 0.0,
                    });
                }
            }
            let moved = period_plan.totals.moved;
            if let Some(most) = self.scenario.policy.max_moved_users
                && moved > NOBODY
            {
                add(Placed {
                    growth: most / moved,
                    period,
                    first: None,
                    is_target: false,
                });
            }
        }
        least
    }

    /// How many times its own load fits a component; `None` if there is only background.
    fn growth_of(&self, margin: &Margin, has_targets: bool) -> Option<f64> {
        let background: f64 = (self.inventory.background.iter())
            .filter(|row| (row.component, row.resource) == (margin.component, margin.resource))
            .map(|row| row.load)
            .sum();
        let row = &margin.row;
        let kept = if has_targets { row.target } else { 0.0 };
        let most = row.capacity * (1.0 - kept) - background;
        let load = row.load - background;
        (load > FEASIBILITY).then(|| (most / load).max(0.0))
    }
}
