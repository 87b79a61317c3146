//! What a tenant's users of one tier have of a scenario.

use crate::ids::{TenantId, TierId};
use crate::model::Inventory;
use crate::plan_files::{CalendarMonth, Counted, Signed, TenantRow};
use crate::units::NOBODY;
use jiff::civil::Date;

/// Minutes of a day.
const DAY: f64 = 1440.0;

/// What a tenant's users of one tier have of a calendar month that a scenario touches; outside of the scenario nobody is down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TenantMonth {
    /// The first day of the month.
    pub month: Date,
    /// Minutes of that month times users, of the users of the scenario on average.
    pub user_minutes: f64,
    /// Of these, those in which they are down.
    pub down_minutes: f64,
    /// From what it follows.
    pub counted: Counted,
}

impl TenantMonth {
    /// Share of the users' time with service.
    pub fn uptime(&self) -> f64 {
        (1.0 - self.down_minutes / self.user_minutes).max(0.0)
    }
}

/// What a tenant's users of one tier have of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct TenantAccount {
    /// Whose users.
    pub tenant: TenantId,
    /// Of which tier.
    pub tier: TierId,
    /// In the period with most of them, with growth and surges.
    pub users: f64,
    /// Unserved, in the period with most of them.
    pub unserved: f64,
    /// Of each shard those who change site in the period in which most do; being placed is no change.
    pub moved: f64,
    /// Unserved users × minutes.
    pub unserved_minutes: f64,
    /// Users × minutes in which what they cross is overloaded or loses their work, and nobody acts on it yet.
    pub affected_minutes: f64,
    /// All users × minutes.
    pub user_minutes: f64,
    /// Length of the scenario in minutes.
    pub minutes: f64,
    /// Share of time that the tier promises.
    pub promised: f64,
    /// Of the calendar months that the scenario touches, the one in which they have least; `None` without users.
    pub month: Option<TenantMonth>,
}

impl TenantAccount {
    /// What tenants.csv says of it.
    pub fn row(&self, inventory: &Inventory) -> TenantRow {
        let month = self.month.as_ref();
        TenantRow {
            tenant: inventory.tenants[self.tenant.index()].clone(),
            tier: inventory.tiers[self.tier.index()].id.clone(),
            users: self.users,
            unserved_users: self.unserved,
            moved_users: self.moved,
            unserved_user_minutes: self.unserved_minutes,
            hurt_user_minutes: self.affected_minutes,
            user_minutes: self.user_minutes,
            availability: self.availability().map(Signed),
            promised: self.promised,
            kept: self.is_kept(),
            lost_minutes: self.lost_minutes(),
            allowance_days: self.allowance_days(),
            month: month.map(|month| CalendarMonth(month.month)),
            month_user_minutes: month.map(|month| month.user_minutes),
            month_down_user_minutes: month.map(|month| month.down_minutes),
            month_uptime: month.map(|month| Signed(month.uptime())),
            month_kept: month.and_then(|_| self.is_kept_by_month()),
            month_counted: month.map(|month| month.counted),
        }
    }

    /// Users × minutes without service.
    pub fn lost_user_minutes(&self) -> f64 {
        self.unserved_minutes + self.affected_minutes
    }

    /// Share of the users' time with service; `None` without users.
    ///
    /// ```
    /// use plimsoll::ids::{TenantId, TierId};
    /// use plimsoll::plan::TenantAccount;
    /// // 100 users for an hour; 20 of them were unserved for half of it.
    /// let account = TenantAccount {
    ///     tenant: TenantId(0), tier: TierId(0), users: 100.0, unserved: 20.0, moved: 0.0,
    ///     unserved_minutes: 600.0, affected_minutes: 0.0, user_minutes: 6000.0, minutes: 60.0, promised: 0.99,
    ///     month: None,
    /// };
    /// assert_eq!(account.availability(), Some(0.9));
    /// assert_eq!(account.is_kept(), Some(false));
    /// assert_eq!(account.lost_minutes(), Some(6.0));
    /// ```
    pub fn availability(&self) -> Option<f64> {
        (self.user_minutes > 0.0).then(|| 1.0 - self.lost_user_minutes() / self.user_minutes)
    }

    /// `true` if no more is lost than the tier's promise allows over the scenario; `None` without users.
    pub fn is_kept(&self) -> Option<bool> {
        let allowed = (1.0 - self.promised) * self.user_minutes + NOBODY * self.minutes;
        (self.user_minutes > 0.0).then(|| self.lost_user_minutes() <= allowed)
    }

    /// `true` if they have what the tier promises in every calendar month that the scenario touches; `None` without users.
    pub fn is_kept_by_month(&self) -> Option<bool> {
        self.month.map(|month| month.uptime() >= self.promised)
    }

    /// The same if every affected user were down, also where a replay served them; `None` without users.
    pub fn is_kept_by_month_if_affected(&self) -> Option<bool> {
        self.month.map(|month| {
            let affected = match month.counted {
                Counted::Replay => self.affected_minutes,
                // They are counted already.
                Counted::Plan => 0.0,
            };
            let down_minutes = month.down_minutes + affected;
            let month = TenantMonth {
                down_minutes,
                ..month
            };
            month.uptime() >= self.promised
        })
    }

    /// Minutes without service of a user, on average; `None` without users.
    pub fn lost_minutes(&self) -> Option<f64> {
        let share = (self.user_minutes > 0.0).then(|| self.lost_user_minutes() / self.user_minutes);
        share.map(|share| share * self.minutes)
    }

    /// Days in which the promise allows this many lost minutes; `None` without users or if it allows none.
    pub fn allowance_days(&self) -> Option<f64> {
        let allowed = 1.0 - self.promised;
        let lost = self.lost_minutes().filter(|_| allowed > 0.0);
        lost.map(|lost| lost / allowed / DAY)
    }
}
