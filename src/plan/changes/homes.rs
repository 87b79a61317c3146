//! Homes: shards that change site, users who are served no more, users who are let in again, and access points that
//! open and close for them.

use super::step::Change;
use crate::ids::{ShardId, SiteId};
use crate::model::{Homes, Inventory};
use crate::plan::state::Flow;
use crate::plan::{AccessPointChange, Move, PeriodPlan, has_copy};
use crate::plan_files::{AccessPointUse, Action, How, Reason};

/// A shard that changes site, with the position of the move that does it; a shard without users has none.
pub(super) struct HomeChange {
    pub(super) action: Action,
    pub(super) change: Change,
    pub(super) moved: Option<usize>,
}

impl HomeChange {
    /// Only this many users of it leave a site where they are served; those who come in addition are let in.
    pub(super) fn leave(&mut self, leaving: f64) {
        if let Change::Home { users, .. } = &mut self.change {
            *users = leaving;
        }
    }
}

/// The shards that are at another site after a period: copies first, since data travels longest.
pub(super) fn home_changes(
    inventory: &Inventory,
    period: &PeriodPlan,
    homes: &Homes,
) -> Vec<HomeChange> {
    let mut all = Vec::new();
    let mut moves = period.moves.iter().enumerate().peekable();
    for shard in (0..homes.shard_count()).map(ShardId::new) {
        let mut is_moving = false;
        let served = moves.peek().filter(|(_, moved)| moved.shard == shard);
        let served = served.map_or(0.0, |_| served_users(period, shard));
        while let Some((position, moved)) = moves.next_if(|(_, moved)| moved.shard == shard) {
            is_moving = true;
            let share = if is_whole(period, shard) {
                1.0
            } else {
                moved.users / served
            };
            all.push(HomeChange {
                action: action_of(moved),
                change: Change::Home {
                    shard,
                    from: moved.from,
                    to: Some(moved.to),
                    share,
                    users: moved.users,
                },
                moved: Some(position),
            });
        }
        if !is_moving && !homes.is_same(&period.previous, shard) {
            all.extend(placed_without_users(inventory, period, homes, shard));
        }
    }
    all.sort_by_key(|home_change| home_change.action);
    all
}

fn action_of(moved: &Move) -> Action {
    match (moved.from, moved.reason, moved.how) {
        (None, _, _) => Action::Place,
        (_, Reason::Returned, _) => Action::Return,
        (_, _, How::Takeover) => Action::Takeover,
        (_, _, How::Copy) => Action::Copy,
    }
}

/// `true` if a shard is served at one site alone, and nobody of it is there already.
fn is_whole(period: &PeriodPlan, shard: ShardId) -> bool {
    let served = parts(period, shard).filter(|part| part.site.is_some());
    served.count() == 1 && !period.previous.is_split(shard)
}

fn parts(period: &PeriodPlan, shard: ShardId) -> impl Iterator<Item = &crate::plan::Part> {
    let parts = &period.parts;
    let first = parts.partition_point(|part| part.shard < shard);
    parts[first..]
        .iter()
        .take_while(move |part| part.shard == shard)
}

/// Users of a shard who are served in a period.
fn served_users(period: &PeriodPlan, shard: ShardId) -> f64 {
    let served = parts(period, shard).filter(|part| part.site.is_some());
    served.map(|part| part.users).sum()
}

/// A shard of which nobody is there yet, and that is at another site.
fn placed_without_users(
    inventory: &Inventory,
    period: &PeriodPlan,
    homes: &Homes,
    shard: ShardId,
) -> Option<HomeChange> {
    let (from, to) = (period.previous.main(shard), homes.main(shard)?);
    if homes.is_split(shard) || period.previous.is_split(shard) || from == Some(to) {
        return None;
    }
    let is_going_home = !period.previous.is_same(&period.current, shard);
    let is_home = period.current.main(shard) == Some(to);
    let action = match from {
        None => Action::Place,
        Some(_) if is_going_home && is_home => Action::Return,
        Some(_) if has_copy(inventory, shard, to) => Action::Takeover,
        Some(_) => Action::Copy,
    };
    Some(HomeChange {
        action,
        change: Change::Home {
            shard,
            from,
            to: Some(to),
            share: 1.0,
            users: 0.0,
        },
        moved: None,
    })
}

/// Users of a part of a shard who are served no more, or again.
pub(super) fn served(shard: ShardId, sites: [Option<SiteId>; 2], share: f64, users: f64) -> Change {
    let [from, to] = sites;
    Change::Home {
        shard,
        from,
        to,
        share,
        users,
    }
}

/// `true` if users may enter.
pub(in crate::plan) fn is_open(put_to: AccessPointUse) -> bool {
    matches!(put_to, AccessPointUse::Active | AccessPointUse::Opened)
}

/// An access point that opens or closes, with those who enter there while it is open.
pub(super) fn access_point(
    access_point_change: &AccessPointChange,
    entered: &[f64],
    enter: &[f64],
) -> (Action, Change) {
    let opens = is_open(access_point_change.after);
    let action = if opens {
        Action::OpenAccessPoint
    } else {
        Action::CloseAccessPoint
    };
    let users = if opens {
        enter[access_point_change.access_point.index()]
    } else {
        entered[access_point_change.access_point.index()]
    };
    let change = Change::AccessPoint {
        access_point: access_point_change.access_point,
        before: access_point_change.before,
        after: access_point_change.after,
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
