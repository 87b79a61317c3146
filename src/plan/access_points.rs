//! Access points: what each was and is.

use super::state::Flow;
use crate::ids::AccessPointId;
use crate::model::{AccessPointState, Case, Inventory};
use crate::plan_files::AccessPointUse;
use crate::units::NOBODY;

/// One access point in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessPointChange {
    /// Which.
    pub access_point: AccessPointId,
    /// In the period before; first that of the inventory.
    pub before: AccessPointUse,
    /// Now: closed if nothing is left of it; one on standby is opened if users enter there.
    pub after: AccessPointUse,
    /// Users who enter there in the slice in which most do.
    pub users: f64,
}

/// What every access point is in a period.
pub fn access_point_changes(
    inventory: &Inventory,
    case: &Case,
    previous: Option<&[AccessPointChange]>,
    flows: &[Flow],
) -> Vec<AccessPointChange> {
    let mut users = vec![0.0_f64; inventory.access_points.len()];
    for slice in flows.chunk_by(|a, b| a.slice == b.slice) {
        let mut in_slice = vec![0.0; users.len()];
        for flow in slice {
            in_slice[flow.path.access_point.index()] += flow.users;
        }
        for (most, users) in users.iter_mut().zip(in_slice) {
            *most = most.max(users);
        }
    }
    inventory
        .access_points
        .iter()
        .enumerate()
        .map(|(index, row)| {
            let access_point = AccessPointId::new(index);
            let is_gone = case.gone[inventory.access_point_component(access_point).index()];
            let own = match row.state {
                AccessPointState::Active => AccessPointUse::Active,
                AccessPointState::Standby => AccessPointUse::Standby,
            };
            AccessPointChange {
                access_point,
                before: previous.map_or(own, |previous| previous[index].after),
                after: match row.state {
                    _ if is_gone => AccessPointUse::Closed,
                    AccessPointState::Standby if users[index] > NOBODY => AccessPointUse::Opened,
                    _ => own,
                },
                users: users[index],
            }
        })
        .collect()
}
