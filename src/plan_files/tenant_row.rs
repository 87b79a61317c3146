//! The row of tenants.csv; `docs/output.md` says what each column means.

use super::cell::Signed;
use super::table::rows;

rows! {
    /// tenants.csv: what a tenant's users of one tier have of the scenario.
    TenantRow = "tenants.csv" {
        /// Whose.
        tenant: String,
        /// Of which tier.
        tier: String,
        /// In the period with most of them.
        users: f64,
        /// In the period with most of them.
        unserved_users: f64,
        /// Of each shard those who change site in the period in which most do.
        moved_users: f64,
        /// Unserved users × minutes.
        unserved_user_minutes: f64,
        /// Users × minutes in which what they cross is overloaded or loses their work, and nobody acts yet.
        hurt_user_minutes: f64,
        /// All users × minutes.
        user_minutes: f64,
        /// 1 − (unserved + hurt) ÷ all; `None` without users.
        availability: Option<Signed>,
        /// By the tier.
        promised: f64,
        /// `true` if the availability is what was promised; `None` without users.
        kept: Option<bool>,
        /// (unserved + hurt) ÷ users, in minutes of the scenario; `None` without users.
        lost_minutes: Option<f64>,
        /// Days in which the promise allows so many lost minutes; `None` without users or if it allows none.
        allowance_days: Option<f64>,
    }
}
