//! Normal: the state before the scenario, as a column of the sheet.

use super::super::fullness::state;
use super::super::told::Told;
use super::{SheetCell, SheetRow, unserved};
use crate::ids::{ComponentId, ResourceId};
use crate::plan::{Before, flows_in};
use crate::report::headroom::State;
use crate::units::{AGREEMENT, FEASIBILITY};

/// The state before the scenario.
pub(super) struct Normal<'a> {
    before: &'a Before,
    /// Users without a place.
    unserved: f64,
    /// The worst missing share of a target, and where.
    missing: Option<(f64, (ComponentId, ResourceId))>,
}

impl Told<'_> {
    /// The state before the scenario.
    pub(super) fn normal<'a>(&self, before: &'a Before) -> Normal<'a> {
        let shards = 0..self.inventory.shards.len();
        let users: f64 = shards.map(|shard| before.case.users(shard)).sum();
        let served: f64 = flows_in(&before.flows, 0)
            .iter()
            .map(|flow| flow.users)
            .sum();
        // What sums of very many lose is nobody.
        let unserved = Some(users - served).filter(|left| *left > AGREEMENT * users.max(1.0));
        let mut missing: Option<(f64, (ComponentId, ResourceId))> = None;
        for ((component, resource), capacity) in before.case.nominal.indexed_iter() {
            let at = (ComponentId::new(component), ResourceId::new(resource));
            let Some(capacity) = capacity.filter(|capacity| *capacity > 0.0) else {
                continue;
            };
            let target = self.target_before(at);
            let utilization = before.most[[component, resource]] / capacity;
            let share = (utilization - 1.0 + target) / target;
            let is_worst = missing.is_none_or(|(worst, _)| share > worst);
            if target > 0.0 && share > FEASIBILITY && is_worst {
                missing = Some((share, at));
            }
        }
        Normal {
            before,
            unserved: unserved.unwrap_or(0.0),
            missing,
        }
    }
}

impl Normal<'_> {
    /// Its cell of a line.
    pub(super) fn cell(&self, told: &Told<'_>, row: SheetRow) -> Option<SheetCell> {
        let of_nobody = || SheetCell {
            case: None,
            ..unserved(self.unserved, 0)
        };
        match row {
            SheetRow::Unserved => Some(of_nobody()),
            // Of which tiers they are, and why, is not known of the state before.
            SheetRow::UnservedOf(_) | SheetRow::NoSite => {
                Some(of_nobody()).filter(|cell| cell.state == State::Fine)
            }
            SheetRow::Missing => Some(SheetCell {
                value: self.missing.map_or(0.0, |(share, _)| share),
                case: None,
                at: self.missing.map(|(_, at)| at),
                state: match self.missing {
                    Some((share, _)) if share > 1.0 + FEASIBILITY => State::Full,
                    Some(_) => State::BelowTarget,
                    None => State::Fine,
                },
            }),
            SheetRow::Utilization(component, resource) => {
                let at = [component.index(), resource.index()];
                let capacity = self.before.case.nominal[at].filter(|capacity| *capacity > 0.0)?;
                let utilization = self.before.most[at] / capacity;
                Some(SheetCell {
                    value: utilization,
                    case: None,
                    at: None,
                    state: state(utilization, told.target_before((component, resource))),
                })
            }
        }
    }
}
