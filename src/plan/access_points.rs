//! Access points: what each was and is.

use super::state::Flow;
use crate::ids::AccessPointId;
use crate::model::{AccessPoint, AccessPointState, Case, Inventory};
use crate::plan_files::{AccessPointRow, AccessPointUse};
use crate::units::NOBODY;

/// One access point in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessPointChange {
    /// Which.
    pub access_point: AccessPointId,
    /// In the period before; first that of the inventory, `opened` where an earlier plan has opened it.
    pub before: AccessPointUse,
    /// Now: closed if nothing is left of it; one on standby is opened if users enter there.
    pub after: AccessPointUse,
    /// Users who enter there in the slice in which most do.
    pub users: f64,
}

impl AccessPointChange {
    /// What `access_points.csv` says of it, without the reason.
    pub fn row(&self, inventory: &Inventory, period: u32) -> AccessPointRow {
        let access_point = &inventory.access_points[self.access_point.index()];
        AccessPointRow {
            period,
            access_point: access_point.id.clone(),
            state_before: self.before,
            state_after: self.after,
            users: self.users,
            reason: None,
        }
    }
}

/// By access point: users who enter there in the slice in which most do.
pub fn most_entering(inventory: &Inventory, flows: &[Flow]) -> Vec<f64> {
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
    users
}

/// What every access point is in a period, of the users who enter there in the slice in which most do.
pub fn access_point_changes(
    inventory: &Inventory,
    case: &Case,
    previous: Option<&[AccessPointChange]>,
    users: impl Fn(AccessPointId) -> f64,
) -> Vec<AccessPointChange> {
    let rows = inventory.access_points.iter().enumerate();
    let change = |(index, row): (usize, &AccessPoint)| {
        let access_point = AccessPointId::new(index);
        let users = users(access_point);
        let is_gone = case.gone[inventory.access_point_component(access_point).index()];
        let [at_start, at_rest] = match row.state {
            AccessPointState::Active => [AccessPointUse::Active; 2],
            AccessPointState::Standby => [AccessPointUse::Standby; 2],
            // It goes back on standby as soon as no user has to enter there.
            AccessPointState::Opened => [AccessPointUse::Opened, AccessPointUse::Standby],
        };
        AccessPointChange {
            access_point,
            before: previous.map_or(at_start, |previous| previous[index].after),
            after: if is_gone {
                AccessPointUse::Closed
            } else if row.state.is_on_standby() && users > NOBODY {
                AccessPointUse::Opened
            } else {
                at_rest
            },
            users,
        }
    };
    rows.map(change).collect()
}
