//! The load row of one component and resource, and what a user brings to it.
//!
//! Programs, the loads of plans, explanations, protection and waves all ask here.

use super::ids::RowId;
use super::rows::with_retries;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{Inventory, Retries};
use ndarray::Array2;

/// A row is not divided by less than this share of all users.
const LEAST_CAPACITY: f64 = 0.01;

/// The load row of one component and resource in one slice.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadRow {
    /// Where.
    pub component: ComponentId,
    /// Of what.
    pub resource: ResourceId,
    /// `true` if users count with all their retries: a stability row (`rows/stability.rs`).
    pub with_retries: bool,
    /// The longest that work waits there, in seconds, where users count with their retries; else 0.
    pub longest_wait: f64,
    /// In which slice of the hours.
    pub slice: usize,
    /// The first row of the same component and resource that counts alike: they share one missing share of the target.
    pub family: RowId,
    /// Capacity left, `A`; above 0 (where nothing is left, nothing may be used at all).
    pub capacity: f64,
    /// Share of the nominal capacity that is left, `a`.
    pub available: f64,
    /// Headroom target `h`; 0 if the capacity before was 0.
    pub target: f64,
    /// Share of the target that was missing before, `s⁰`.
    pub kept: f64,
    /// Copies and background, `F`.
    pub fixed: f64,
    /// `true` if `F` had to be cut to the capacity: nothing more fits.
    pub is_cut: bool,
    /// Members that share the load of the place: 1, or the pool's members that are in.
    pub shares: f64,
    /// Mean demand per user for the resource, `q̄`.
    pub mean_demand: f64,
    /// The case whose unserved users it counts, if it is a survival row: one of no component and resource.
    pub case: Option<usize>,
}

impl LoadRow {
    /// `true` if part of the headroom target may be missing, so that the row has a shortfall column.
    pub fn has_shortfall(&self) -> bool {
        self.target > 0.0 && self.kept < 1.0
    }

    /// The part of a user's demand that their copy at this row's site has already.
    pub fn copied(&self, inventory: &Inventory, has_copy: bool) -> f64 {
        if has_copy && !self.is_cut {
            inventory.resources[self.resource.index()].replica_share
        } else {
            0.0
        }
    }

    /// What a user brings whose path passes here before its site; what the user demands is by slice and resource.
    pub fn passed_by(&self, of_user: &Array2<f64>, retries: Retries) -> f64 {
        let of_user = of_user[[self.slice, self.resource.index()]];
        self.brought(of_user, retries, 0.0) / self.shares
    }

    /// What a user brings who demands so much of the resource and tries again like that, where a copy has this share of it.
    pub fn brought(&self, demand: f64, retries: Retries, copied: f64) -> f64 {
        if self.with_retries {
            with_retries(demand, retries.at(self.longest_wait), copied)
        } else {
            demand * (1.0 - copied)
        }
    }

    /// Users that the whole target is worth: `h·A / q̄`; 0 where nobody uses the resource.
    pub fn users_of_target(&self) -> f64 {
        if self.mean_demand > 0.0 {
            self.target * self.capacity / self.mean_demand
        } else {
            0.0
        }
    }

    /// A row of a case that allows `spare` users, among all `users`.
    pub(super) fn of_case(case: usize, spare: f64, users: f64) -> Self {
        let fixed = (LEAST_CAPACITY * users - spare).max(0.0);
        Self {
            with_retries: false,
            longest_wait: 0.0,
            slice: 0,
            family: 0,
            component: ComponentId::new(0),
            resource: ResourceId::new(0),
            capacity: (spare + fixed).max(f64::MIN_POSITIVE),
            available: 1.0,
            target: 0.0,
            kept: 1.0,
            fixed,
            is_cut: false,
            shares: 1.0,
            mean_demand: 1.0,
            case: Some(case),
        }
    }
}
