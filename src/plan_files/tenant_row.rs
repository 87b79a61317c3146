//! The row of tenants.csv; `docs/output.md` says what each column means.

use super::cell::{CalendarMonth, Signed};
use super::table::rows;
use super::words::Counted;

const USERS: &str = "users and unserved users: the most in any period; moved: of each shard the most in any period, \
                     summed";
const MINUTES: &str = "sum users × minutes over the periods; who crosses several hurt components is hurt once, and the \
                       tenants of a group at a site are hurt in proportion to their users";
const AVAILABILITY: &str = "availability: 1 − (unserved + hurt) ÷ all; minutes lost: the rest × minutes of the scenario; days: \
                            those ÷ (1 − promised) ÷ 1440; blank without users, days also where the promise allows nothing";

rows! {
    /// tenants.csv: what a tenant's users of one tier have of the scenario.
    TenantRow = "tenants.csv" {
        /// Whose.
        tenant: String,
        /// Of which tier.
        tier: String,
        /// In the period with most of them.
        users: f64 = Users, "P7953", USERS,
        /// In the period with most of them.
        unserved_users: f64 = Users, "P7953", USERS,
        /// Of each shard those who change site in the period in which most do.
        moved_users: f64 = Users, "P7953", USERS,
        /// Unserved users × minutes.
        unserved_user_minutes: f64 = Amount(0.0), "P7954", MINUTES,
        /// Users × minutes in which what they cross is overloaded or loses their work, and nobody acts yet.
        hurt_user_minutes: f64 = Amount(0.0), "P7954", MINUTES,
        /// All users × minutes.
        user_minutes: f64 = Amount(0.0), "P7954", MINUTES,
        /// 1 − (unserved + hurt) ÷ all; `None` without users.
        availability: Option<Signed> = Nines, "P7955", AVAILABILITY,
        /// By the tier.
        promised: f64 = Nines, "P7955", AVAILABILITY,
        /// `true` if the availability is what was promised; `None` without users.
        kept: Option<bool> = Exact, "P7956",
            "`yes` if the availability is at least what is promised, else `no`; blank without users",
        /// (unserved + hurt) ÷ users, in minutes of the scenario; `None` without users.
        lost_minutes: Option<f64> = Nines, "P7955", AVAILABILITY,
        /// Days in which the promise allows so many lost minutes; `None` without users or if it allows none.
        allowance_days: Option<f64> = Nines, "P7955", AVAILABILITY,
        /// Of the calendar months that the scenario touches the one in which they have least, as `2012-11`; `None` without
        /// users, and in files that were written before there was this column.
        month: Option<CalendarMonth> [added],
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
