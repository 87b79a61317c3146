//! The tables of homes, of steps, and of affected components.

use super::file::{instant, number};
use crate::ids::{AccessPointId, ShardId, SiteId};
use crate::model::{Failing, Inventory, Scenario};
use crate::plan::{Change, Origin, Part, PeriodPlan, Plan, RetryMargin, Step, reason};
use crate::plan_files::{
    AccessPointRow, AccessPointUse, AssignmentRow, ChangeRow, ProtectionGrayRow, ProtectionRow,
    StabilityRow, StepSetting, Text, UnservedRow,
};
use crate::report::explained::unserved_words;
use jiff::Timestamp;

pub(super) struct PlanRows<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) scenario: &'a Scenario,
    pub(super) plan: &'a Plan,
}

impl PlanRows<'_> {
    pub(super) fn rows<R>(&self, of_period: impl Fn(&PeriodPlan) -> Vec<R>) -> Vec<R> {
        self.plan.periods.iter().flat_map(of_period).collect()
    }

    pub(super) fn period(&self, index: usize) -> u32 {
        self.plan.periods[index].period.number()
    }

    pub(super) fn instant(&self, at: Timestamp) -> String {
        instant(self.scenario, at)
    }

    pub(super) fn access_points(&self, period: &PeriodPlan) -> Vec<AccessPointRow> {
        let rows = period.access_points.iter().map(|change| AccessPointRow {
            reason: access_point_reason(change.before, change.after),
            ..change.row(self.inventory, period.period.number())
        });
        rows.collect()
    }

    pub(super) fn unserved(&self, period: &PeriodPlan) -> Vec<UnservedRow> {
        let inventory = self.inventory;
        let causes = period.causes();
        let words = unserved_words(inventory, period).into_iter();
        let rows = words.map(|(shard, (users, reason))| UnservedRow {
            period: period.period.number(),
            shard: inventory.shard_id(shard).into(),
            tenant: tenant_of(inventory, shard),
            tier: inventory
                .tier_id(inventory.shards[shard.index()].tier)
                .into(),
            users,
            reason,
            cause: causes.get(&shard).copied(),
        });
        rows.collect()
    }

    pub(super) fn change(&self, step: &Step) -> ChangeRow {
        let inventory = self.inventory;
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
            at: step.at.map(|at| self.instant(at)),
            wave: step.wave,
            pool: None,
            member: None,
            component: None,
            event: None,
        };
        let access_point = |id: AccessPointId| Some(inventory.access_point_id(id).into());
        let site = |id: SiteId| inventory.site_id(id).into();
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
                shard: Some(inventory.shard_id(shard).into()),
                from_site: from.map(site),
                to_site: to.map(site),
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
                pool: Some(Text::from(&inventory.pools[pool.index()].id)),
                member: Some(Text::from(&inventory.elements[member.index()].id)),
                before: Some(StepSetting::Share(before)),
                after: Some(StepSetting::Share(after)),
                users,
                ..row
            },
            Change::Mark { component, kind } => ChangeRow {
                component: Some(inventory.component_name(component).into()),
                event: Some(kind),
                ..row
            },
            Change::Weight {
                client_region,
                access_point: id,
                before: [before, _],
                after: [after, users],
            } => ChangeRow {
                client_region: Some(Text::from(
                    &inventory.client_regions[client_region.index()].id,
                )),
                access_point: access_point(id),
                before: Some(StepSetting::Share(before)),
                after: Some(StepSetting::Share(after)),
                users,
                ..row
            },
        }
    }

    pub(super) fn unprotected(&self, period: &PeriodPlan) -> Vec<ProtectionRow> {
        let protection = period.protection.iter();
        let unprotected = protection.flat_map(|protection| &protection.unprotected);
        let rows = unprotected.map(|unprotected| ProtectionRow {
            period: period.period.number(),
            failing: self.failing(&unprotected.failing, &unprotected.gray),
            unserved_users: unprotected.users,
        });
        rows.collect()
    }

    /// The rows of `protection_gray.csv` of a period.
    pub(super) fn losses(&self, period: &PeriodPlan) -> Vec<ProtectionGrayRow> {
        let asked = period.protection.iter();
        let asked = asked.filter_map(|protection| {
            Some((protection.protect.gray.as_ref()?, protection.gray.as_ref()?))
        });
        let losses =
            asked.flat_map(|(asked, gray)| gray.losses.iter().map(move |loss| (asked, loss)));
        let rows = losses.map(|(asked, gray_loss)| ProtectionGrayRow {
            period: period.period.number(),
            tenant: Text::from(&self.inventory.tenants[gray_loss.tenant.index()]),
            tier: self.inventory.tier_id(gray_loss.tier).into(),
            users: gray_loss.users,
            gray: (!gray_loss.worst.is_empty()).then(|| self.failing(&gray_loss.worst, &[])),
            lost_users: gray_loss.lost_users,
            lost_share: gray_loss.share(),
            max_loss: asked.max_loss[gray_loss.tier.index()],
            lost_user_minutes: gray_loss.lost_users * asked.minutes,
        });
        rows.collect()
    }

    fn failing(&self, failing: &[Failing], gray: &[Failing]) -> Text {
        let name = |failing: &Failing| failing.name(self.inventory).to_owned();
        let gray = gray.iter().map(|failing| format!("~{}", name(failing)));
        let names: Vec<String> = failing.iter().map(name).chain(gray).collect();
        Text::from(names.join(" + "))
    }

    /// stability.csv of a period: what holds in it, then the waves that lead to it.
    pub(super) fn stability(&self, period: &PeriodPlan) -> Vec<StabilityRow> {
        let transitions = self.plan.transitions.iter();
        let transitions = transitions.filter(|transition| transition.period == period.period.index);
        let of_waves = transitions
            .flat_map(|transition| &transition.waves)
            .flat_map(|wave| {
                let stability = wave.stability.iter();
                stability.map(|retry_margin| (Some(wave.number), retry_margin))
            });
        let all = period
            .stability
            .iter()
            .map(|retry_margin| (None, retry_margin));
        let number = period.period.number();
        let row = |(wave, retry_margin): (Option<u32>, &RetryMargin)| {
            retry_margin.row(self.inventory, number, wave)
        };
        all.chain(of_waves).map(row).collect()
    }
}

pub(super) fn assignment(inventory: &Inventory, period: &PeriodPlan, part: &Part) -> AssignmentRow {
    let site = |id: SiteId| inventory.site_id(id).into();
    let origin = Origin {
        case: &period.case,
        previous: &period.previous,
        current: &period.current,
    };
    let all = period.case.users(part.shard.index());
    AssignmentRow {
        period: period.period.number(),
        shard: inventory.shard_id(part.shard).into(),
        tenant: tenant_of(inventory, part.shard),
        users: part.users,
        from_site: part.current.map(site),
        to_site: part.site.map(site),
        share: if all > 0.0 { part.users / all } else { 1.0 },
        reason: reason(&origin, part),
    }
}

fn tenant_of(inventory: &Inventory, shard: ShardId) -> Text {
    let tenant = inventory.shards[shard.index()].tenant;
    Text::from(&inventory.tenants[tenant.index()])
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
