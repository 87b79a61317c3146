//! The tables of who is where, of what has to be done, and of what is hurt.

use super::file::instant;
use super::ids::{InventoryIds, number};
use crate::ids::AccessPointId;
use crate::model::{Failing, Inventory, Phase, Scenario};
use crate::plan::{
    Change, Move, Origin, Part, PeriodPlan, Plan, RetryMargin, Step, TenantAccount, reason,
};
use crate::plan_files::{
    AccessPointRow, AccessPointUse, AssignmentRow, BlindPhase, BlindRow, CalendarMonth, ChangeRow,
    MoveRow, ProtectionGrayRow, ProtectionRow, Signed, StabilityRow, StepSetting, TenantRow, Text,
    UnservedRow,
};
use crate::report::explained::{ReasonTeller, unserved_words};

/// What makes rows of a plan.
pub(super) struct PlanRows<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) plan: &'a Plan,
}

impl<'a> PlanRows<'a> {
    pub(super) fn ids(&self) -> InventoryIds<'a> {
        InventoryIds(self.inventory)
    }

    pub(super) fn rows<R>(&self, of_period: impl Fn(&PeriodPlan) -> Vec<R>) -> Vec<R> {
        self.plan.periods.iter().flat_map(of_period).collect()
    }

    pub(super) fn moved(&self, period: &PeriodPlan, moved: &Move, wave: Option<u32>) -> MoveRow {
        let ids = self.ids();
        MoveRow {
            period: period.period.number(),
            wave,
            shard: ids.shard(moved.shard).into(),
            users: moved.users,
            from_site: moved.from.map(|site| ids.site(site).into()),
            to_site: ids.site(moved.to).into(),
            how: moved.how,
            reason: moved.reason,
        }
    }

    pub(super) fn blind(&self, period: &PeriodPlan) -> Vec<BlindRow> {
        let ids = self.ids();
        let rows = period.blind.iter().map(|hurt| BlindRow {
            period: period.period.number(),
            phase: match hurt.phase {
                Phase::Reacting => BlindPhase::Reacting,
                Phase::Blind | Phase::Known => BlindPhase::Blind,
            },
            component: ids.component(hurt.component).to_owned(),
            resource: hurt.resource.map(|own| ids.resource(own).to_owned()),
            load: hurt.amounts.map(|amounts| amounts[0]),
            believed_capacity: hurt.amounts.map(|amounts| amounts[1]),
            true_capacity: hurt.amounts.map(|amounts| amounts[2]),
            overload: hurt.amounts.map(|amounts| amounts[3]),
            users_affected: hurt.users_affected,
            users_excess: hurt.users_excess,
            user_minutes: hurt.user_minutes,
        });
        rows.collect()
    }

    pub(super) fn access_points(&self, period: &PeriodPlan) -> Vec<AccessPointRow> {
        let rows = period.access_points.iter().map(|change| AccessPointRow {
            period: period.period.number(),
            access_point: self.ids().access_point(change.access_point).to_owned(),
            state_before: change.before,
            state_after: change.after,
            users: change.users,
            reason: access_point_reason(change.before, change.after),
        });
        rows.collect()
    }

    pub(super) fn unserved(&self, period: &PeriodPlan) -> Vec<UnservedRow> {
        let (inventory, ids) = (self.inventory, self.ids());
        let causes = period.causes();
        let words = unserved_words(ReasonTeller { inventory }, period).into_iter();
        let rows = words.map(|(shard, (users, reason))| UnservedRow {
            period: period.period.number(),
            shard: ids.shard(shard).into(),
            tenant: ids.tenant_of(shard).into(),
            tier: ids.tier(inventory.shards[shard.index()].tier).into(),
            users,
            reason,
            cause: causes.get(&shard).copied(),
        });
        rows.collect()
    }

    pub(super) fn account(&self, account: &TenantAccount) -> TenantRow {
        let month = account.month.as_ref();
        TenantRow {
            tenant: self.ids().tenant(account.tenant).to_owned(),
            tier: self.ids().tier(account.tier).to_owned(),
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
            month: month.map(|month| CalendarMonth(month.month)),
            month_user_minutes: month.map(|month| month.user_minutes),
            month_down_user_minutes: month.map(|month| month.down_minutes),
            month_uptime: month.map(|month| Signed(month.uptime())),
            month_kept: month.and_then(|_| account.is_kept_by_month()),
            month_counted: month.map(|month| month.counted),
        }
    }

    /// The row of a step of a change list.
    pub(super) fn change(&self, scenario: &Scenario, step: &Step) -> ChangeRow {
        let ids = self.ids();
        let row = ChangeRow {
            period: number(step.period),
            step: step.number,
            action: step.action,
            shard: None,
            client_region: None,
            access_point: None,
            from_site: None,
            to_site: None,
            share: None,
            before: None,
            after: None,
            users: 0.0,
            at: step.at.map(|at| instant(scenario, at)),
            wave: step.wave,
            pool: None,
            member: None,
            component: None,
            event: None,
        };
        let access_point = |id: AccessPointId| Some(ids.access_point(id).into());
        match step.change {
            Change::AccessPoint {
                access_point: id,
                before,
                after,
                users,
            } => ChangeRow {
                access_point: access_point(id),
                before: Some(StepSetting::Use(before)),
                after: Some(StepSetting::Use(after)),
                users,
                ..row
            },
            Change::Home {
                shard,
                from,
                to,
                share,
                users,
            } => ChangeRow {
                shard: Some(ids.shard(shard).into()),
                from_site: from.map(|site| ids.site(site).into()),
                to_site: to.map(|site| ids.site(site).into()),
                share: Some(share),
                users,
                ..row
            },
            Change::Member {
                pool,
                member,
                before: [before, _],
                after: [after, users],
            } => ChangeRow {
                pool: Some(Text::from(&self.inventory.pools[pool.index()].id)),
                member: Some(Text::from(&self.inventory.elements[member.index()].id)),
                before: Some(StepSetting::Share(before)),
                after: Some(StepSetting::Share(after)),
                users,
                ..row
            },
            Change::Mark { component, kind } => ChangeRow {
                component: Some(ids.component(component).into()),
                event: Some(kind),
                ..row
            },
            Change::Weight {
                client_region,
                access_point: id,
                before: [before, _],
                after: [after, users],
            } => {
                let region = &self.inventory.client_regions[client_region.index()];
                ChangeRow {
                    client_region: Some(Text::from(&region.id)),
                    access_point: access_point(id),
                    before: Some(StepSetting::Share(before)),
                    after: Some(StepSetting::Share(after)),
                    users,
                    ..row
                }
            }
        }
    }

    /// The rows of protection.csv of a period.
    pub(super) fn unprotected(&self, period: &PeriodPlan) -> Vec<ProtectionRow> {
        let protection = period.protection.iter();
        let unprotected = protection.flat_map(|own| &own.unprotected);
        let rows = unprotected.map(|own| ProtectionRow {
            period: period.period.number(),
            failing: self.failing(&own.failing, &own.gray),
            unserved_users: own.users,
        });
        rows.collect()
    }

    /// The rows of `protection_gray.csv` of a period.
    pub(super) fn losses(&self, period: &PeriodPlan) -> Vec<ProtectionGrayRow> {
        let ids = self.ids();
        let asked = period.protection.iter();
        let asked = asked.filter_map(|own| Some((own.protect.gray.as_ref()?, own.gray.as_ref()?)));
        let losses =
            asked.flat_map(|(asked, gray)| gray.losses.iter().map(move |own| (asked, own)));
        let rows = losses.map(|(asked, own)| ProtectionGrayRow {
            period: period.period.number(),
            tenant: ids.tenant(own.tenant).into(),
            tier: ids.tier(own.tier).into(),
            users: own.users,
            gray: (!own.worst.is_empty()).then(|| self.failing(&own.worst, &[])),
            lost_users: own.lost_users,
            lost_share: own.share(),
            max_loss: asked.max_loss[own.tier.index()],
            lost_user_minutes: own.lost_users * asked.minutes,
        });
        rows.collect()
    }

    /// Ids of what fails, and of what is gray.
    fn failing(&self, failing: &[Failing], gray: &[Failing]) -> Text {
        let name = |own: &Failing| own.name(self.inventory).to_owned();
        let gray = gray.iter().map(|own| format!("~{}", name(own)));
        let names: Vec<String> = failing.iter().map(name).chain(gray).collect();
        Text::from(names.join(" + "))
    }

    /// stability.csv of a period: what holds in it, then the waves that lead to it.
    pub(super) fn stability(&self, period: &PeriodPlan) -> Vec<StabilityRow> {
        let ids = self.ids();
        let ways = self.plan.transitions.iter();
        let ways = ways.filter(|way| way.period == period.period.index);
        let of_waves = ways.flat_map(|way| &way.waves).flat_map(|wave| {
            let stability = wave.stability.iter();
            stability.map(|own| (Some(wave.number), own))
        });
        let all = period.stability.iter().map(|own| (None, own));
        let row = |(wave, own): (Option<u32>, &RetryMargin)| StabilityRow {
            period: period.period.number(),
            wave,
            component: ids.component(own.component).to_owned(),
            kind: ids.kind(own.component),
            resource: ids.resource(own.resource).to_owned(),
            unit: ids.unit(own.resource).to_owned(),
            load: own.load,
            retry_load: own.retry_load,
            capacity: own.capacity,
            margin: own.margin.map(Signed),
            stability: own.stability,
        };
        all.chain(of_waves).map(row).collect()
    }
}

/// A row of assignment.csv.
pub(super) fn assignment(inventory: &Inventory, period: &PeriodPlan, part: &Part) -> AssignmentRow {
    let ids = InventoryIds(inventory);
    let origin = Origin {
        case: &period.case,
        previous: &period.previous,
        current: &period.current,
    };
    let all = period.case.users(part.shard.index());
    AssignmentRow {
        period: period.period.number(),
        shard: ids.shard(part.shard).into(),
        tenant: ids.tenant_of(part.shard).into(),
        users: part.users,
        from_site: part.current.map(|site| ids.site(site).into()),
        to_site: part.site.map(|site| ids.site(site).into()),
        share: if all > 0.0 { part.users / all } else { 1.0 },
        reason: reason(&origin, part),
    }
}

/// Why the state of an access point changed, if it did.
fn access_point_reason(before: AccessPointUse, after: AccessPointUse) -> Option<String> {
    let words = match after {
        _ if before == after => return None,
        AccessPointUse::Opened => "earlier goals need users to enter here",
        AccessPointUse::Closed => "events leave nothing of it",
        AccessPointUse::Standby => "nobody has to enter here any more",
        AccessPointUse::Active => "it is back in service",
    };
    Some(words.to_owned())
}
