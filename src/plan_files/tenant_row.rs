//! The row of tenants.csv; `docs/output.md` says what each column means.

use super::cell::{Counted, Month, Signed};
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
        /// Of the calendar months that the scenario touches the one in which they have least, as `2012-11`; `None` without
        /// users, and in files that were written before there was this column.
        month: Option<Month> [added],
        /// Users × minutes of that month, of the users of the scenario on average.
        month_user_minutes: Option<f64> [added],
        /// Of these, those in which they are down.
        month_down_user_minutes: Option<f64> [added],
        /// 1 − down ÷ all.
        month_uptime: Option<Signed> [added],
        /// `true` if that is what was promised.
        month_kept: Option<bool> [added],
        /// From what it follows.
        month_counted: Option<Counted> [added],
    }
}
