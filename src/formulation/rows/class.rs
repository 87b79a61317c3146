//! **Class rows.** Nobody is displaced or left unserved who is not there.
//!
//! Inequality (`model.md` §3, family 1), in the displacement form, for every class that has a column:
//!
//! ```text
//! Σ_p w[c,p] + Σ_k u_k[c] ≤ U_c
//! ```
//!
//! Its slack is who stays on the default path. Where that path is closed the row is an equation.
//! Unit: `Problem::unit` users, like the columns. Dual: what one more user of the class costs
//! beyond staying. Size: active classes only, never shards.
//!
//! ```
//! use plimsoll::formulation::rows::class_limit;
//! // 600 users in units of 200.
//! assert_eq!(class_limit(600.0, 200.0), 3.0);
//! ```

/// The right-hand side: the class's users in units of the program's columns.
pub fn class_limit(users: f64, unit: f64) -> f64 {
    users / unit
}
