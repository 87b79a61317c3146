//! Access points that open and close.

use super::step::Change;
use crate::model::Inventory;
use crate::plan::AccessPointChange;
use crate::plan::state::Flow;
use crate::plan_files::{AccessPointUse, Action};

/// `true` if users may enter.
pub(super) fn is_open(put_to: AccessPointUse) -> bool {
    matches!(put_to, AccessPointUse::Active | AccessPointUse::Opened)
}

/// An access point that opens or closes, with those who enter there while it is open.
pub(super) fn access_point(
    own: &AccessPointChange,
    entered: &[f64],
    enter: &[f64],
) -> (Action, Change) {
    let opens = is_open(own.after);
    let action = if opens {
        Action::OpenAccessPoint
    } else {
        Action::CloseAccessPoint
    };
    let users = if opens {
        enter[own.access_point.index()]
    } else {
        entered[own.access_point.index()]
    };
    let change = Change::AccessPoint {
        access_point: own.access_point,
        before: own.before,
        after: own.after,
        users,
    };
    (action, change)
}

/// Access points: users who enter there.
pub(super) fn entering(inventory: &Inventory, flows: &[Flow]) -> Vec<f64> {
    let mut users = vec![0.0; inventory.access_points.len()];
    for flow in flows {
        users[flow.path.access_point.index()] += flow.users;
    }
    users
}
