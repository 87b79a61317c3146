//! **Stability rows.** Where an overload keeps itself up, all retries together fit as well.
//!
//! Sets and inequality (`model.md` §9, Stability), where `require_stable` asks it, for a component and resource that are able
//! to lock in:
//!
//! ```text
//! R[d,r] = F + Σ_c Σ_{p→d} q_{c,r} · (1 − copy share + r_c) · z[c,p] ≤ A′
//! R[e,r] = F + Σ_c Σ_{p∋e} q_{c,r} · (1 + r_c) · z[c,p] ≤ A′         R[member,r] = F + (R[pool,r] − F) / n ≤ A′
//! ```
//!
//! They are load rows with other entries, of a component and resource that have one already: a little less than the same capacity
//! (`planned_with_retries`), the same fixed load, no headroom target of their own, and no missing share. `R` is never below `L`, so that they are as hard as
//! `L ≤ A` and tighter; who cannot be carried so stays unserved.
//!
//! Unit: the resource's. Dual: the price of one unit of load with retries, reported as the gain of a unit of capacity (≥ 0)
//! together with that of the load row. `r_c` are the retries of users who give up there while their work waits
//! ([`Retries::at`](crate::model::Retries::at)). Source: from `R = A` on retries of everybody served leave a queue no
//! capacity in which to drain.
//! Size: one row per component, resource and slice that is able to lock in.
//!
//! ```
//! use plimsoll::formulation::rows::with_retries;
//! // Three retries: of 1,000 vCPU as many users of one vCPU each as 250 are served.
//! let of_user = with_retries(1.0, 3.0, 0.0);
//! assert_eq!(1000.0 / of_user, 250.0);
//! // A quarter of a user is in the copy already; the user tries again as a whole.
//! assert_eq!(with_retries(1.0, 3.0, 0.25), 3.75);
//! ```

/// What one user who demands so much and tries again so often brings beside a copy that has this share of it already.
pub fn with_retries(demand: f64, retries: f64, copied: f64) -> f64 {
    demand * (1.0 - copied + retries)
}
