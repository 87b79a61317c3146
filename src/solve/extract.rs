//! Extract: the last solution as users on paths, users unserved and open access points.

use super::master::Master;
use super::outcome::Served;
use crate::formulation::{ClassId, ColumnKey, StandbyUse};
use crate::ids::AccessPointId;
use crate::units::SOLVER_NOISE;
use std::collections::BTreeMap;

/// A plan as amounts.
#[derive(Debug, Clone)]
pub(super) struct PrimalSolution {
    pub(super) served: Vec<Served>,
    pub(super) unserved: BTreeMap<ClassId, Vec<f64>>,
    pub(super) is_open: Vec<bool>,
}

/// The last solution as users on paths, users unserved and open access points.
pub(super) fn extract(master: &Master<'_>) -> PrimalSolution {
    let problem = master.problem;
    let classes = &problem.classes.classes;
    let mut served = Vec::new();
    let dust = SOLVER_NOISE * problem.unit;
    let ranks = problem.classes.ranks.len();
    let mut unserved: BTreeMap<ClassId, Vec<f64>> = BTreeMap::new();
    let mut stays: Vec<f64> = classes.iter().map(|class| class.users).collect();
    for (key, amount) in master.amounts() {
        let users = amount * problem.unit;
        match key {
            ColumnKey::Displaced(class, path) if users > dust => {
                let users = users.min(stays[class]);
                stays[class] -= users;
                served.push(Served { class, path, users });
            }
            ColumnKey::Unserved(class, rank) if users > dust => {
                let users = users.min(stays[class]);
                stays[class] -= users;
                unserved.entry(class).or_insert_with(|| vec![0.0; ranks])[rank] += users;
            }
            _ => {}
        }
    }
    let displaced = served.len();
    for (class, stays) in stays.into_iter().enumerate() {
        let Some(default) = problem.defaults[class] else {
            unserved.insert(class, classes[class].users_of_rank.clone());
            continue;
        };
        let is_dust = stays <= SOLVER_NOISE * classes[class].users;
        if !is_dust && !master.is_default_closed(class) {
            served.push(Served {
                class,
                path: default.path,
                users: stays,
            });
        } else if !give_to_largest(&mut served[..displaced], class, stays)
            && let Some(most) = unserved
                .entry(class)
                .or_insert_with(|| vec![0.0; ranks])
                .iter_mut()
                .max_by(|a, b| a.total_cmp(b))
        {
            *most += stays;
        }
    }
    served.sort_by_key(|served| (served.class, served.path));
    served.dedup_by(|next, kept| {
        let is_same = (next.class, next.path) == (kept.class, kept.path);
        if is_same {
            kept.users += next.users;
        }
        is_same
    });
    PrimalSolution {
        served,
        unserved,
        is_open: is_open(master),
    }
}

/// What rounding leaves of a class goes where most of it is served; `false` if nobody of it is.
fn give_to_largest(served: &mut [Served], class: usize, rest: f64) -> bool {
    let largest = served
        .iter_mut()
        .filter(|served| served.class == class)
        .max_by(|a, b| a.users.total_cmp(&b.users));
    if let Some(largest) = largest {
        largest.users += rest;
        return true;
    }
    false
}

/// By access point, whether it is open: active, or a standby one that may be and was not closed.
fn is_open(master: &Master<'_>) -> Vec<bool> {
    let setting = &master.problem.setting;
    let inventory = setting.inventory;
    (0..inventory.access_points.len())
        .map(|index| {
            let component = inventory.access_point_component(AccessPointId::new(index));
            let is_active = (setting.standby).is_open(inventory.access_points[index].state);
            let may_open = setting.standby == StandbyUse::Openable;
            !setting.case.gone[component.index()]
                && (is_active || may_open && !master.closed.access_points[index])
        })
        .collect()
}
