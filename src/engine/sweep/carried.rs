//! Carried: what components carry in a case, whoever decided it.

use crate::formulation::rows::LoadRow;
use crate::ids::{AccessPointId, ComponentId, ResourceId};
use crate::model::{AccessPointState, Component, Inventory};
use crate::plan::sweep::Use;
use crate::units::NOBODY;

/// Standby access points that somebody enters; `entering` is by access point.
pub(super) fn opened(inventory: &Inventory, entering: &[f64]) -> Vec<AccessPointId> {
    let rows = inventory.access_points.iter().zip(entering);
    let is_opened =
        rows.map(|(row, users)| row.state == AccessPointState::Standby && *users > NOBODY);
    let opened = is_opened.enumerate().filter(|(_, is_opened)| *is_opened);
    opened.map(|(index, _)| AccessPointId::new(index)).collect()
}

/// `true` for a standby access point that nobody enters: it is closed, and what stands in background.csv for it is gone.
pub(super) fn is_closed(inventory: &Inventory, component: ComponentId, entering: &[f64]) -> bool {
    let Component::AccessPoint(access_point) = inventory.component(component) else {
        return false;
    };
    let index = access_point.index();
    inventory.access_points[index].state == AccessPointState::Standby && entering[index] <= NOBODY
}

/// What load rows carry of which something is left.
pub(super) fn uses(
    inventory: &Inventory,
    rows: &[LoadRow],
    loads: &[f64],
    entering: &[f64],
    case: usize,
) -> Vec<(ComponentId, ResourceId, Use)> {
    let rows = rows.iter().zip(loads);
    let uses = rows
        .filter(|(row, _)| row.available > 0.0 && !row.with_retries)
        .map(|(row, load)| {
            let load = if is_closed(inventory, row.component, entering) {
                0.0
            } else {
                load.max(0.0)
            };
            let of_case = Use {
                utilization: load / row.capacity,
                load,
                capacity: row.capacity,
                case,
            };
            (row.component, row.resource, of_case)
        });
    // Of the slices of the hours the fullest counts.
    let mut fullest: Vec<(ComponentId, ResourceId, Use)> = Vec::new();
    for (component, resource, used) in uses {
        match fullest.last_mut() {
            Some((known, of, most)) if (*known, *of) == (component, resource) => {
                if used.utilization > most.utilization {
                    *most = used;
                }
            }
            _ => fullest.push((component, resource, used)),
        }
    }
    fullest
}
