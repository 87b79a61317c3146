//! The table of what each tenant has of the scenario.

use super::rows::Writer;
use crate::plan::TenantAccount;
use crate::plan_files::{Month, Signed, TenantRow};

impl Writer<'_> {
    pub(super) fn account(&self, account: &TenantAccount) -> TenantRow {
        let month = account.month.as_ref();
        TenantRow {
            tenant: self.inventory.tenants[account.tenant.index()].clone(),
            tier: self.inventory.tiers[account.tier.index()].id.clone(),
            users: account.users,
            unserved_users: account.unserved,
            moved_users: account.moved,
            unserved_user_minutes: account.unserved_minutes,
            hurt_user_minutes: account.hurt_minutes,
            user_minutes: account.user_minutes,
            availability: account.availability().map(Signed),
            promised: account.promised,
            kept: account.is_kept(),
            lost_minutes: account.lost_minutes(),
            allowance_days: account.allowance_days(),
            month: month.map(|month| Month(month.month)),
            month_user_minutes: month.map(|month| month.user_minutes),
            month_down_user_minutes: month.map(|month| month.down_minutes),
            month_uptime: month.map(|month| Signed(month.uptime())),
            month_kept: month.and_then(|_| account.is_kept_by_month()),
            month_counted: month.map(|month| month.counted),
        }
    }
}
