//! The tables of who is where, what it loads and what is hurt.

use super::{number, stage_name};
use crate::formulation::goals::Level;
use crate::ids::{ShardId, SiteId};
use crate::model::{Inventory, Phase};
use crate::plan::{Margin, Move, Origin, Part, PeriodPlan, Plan, reason};
use crate::plan_files::{
    AccessPointRow, AccessPointUse, AssignmentRow, BlindPhase, BlindRow, HeadroomRow, MoveRow,
    Signed, Text, UnservedRow,
};
use crate::report::explained::{Teller, unserved_words};

/// Names of what the plan speaks of by index.
pub(super) struct Writer<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) plan: &'a Plan,
}

impl Writer<'_> {
    pub(super) fn site(&self, site: SiteId) -> Text {
        site_name(self.inventory, site)
    }

    pub(super) fn shard(&self, shard: ShardId) -> Text {
        Text::from(self.inventory.shard_ids.get(shard.index()))
    }

    pub(super) fn rows<R>(&self, of_period: impl Fn(&PeriodPlan) -> Vec<R>) -> Vec<R> {
        self.plan.periods.iter().flat_map(of_period).collect()
    }

    pub(super) fn moved(&self, period: &PeriodPlan, moved: &Move, wave: Option<u32>) -> MoveRow {
        MoveRow {
            period: number(&period.period),
            wave,
            shard: self.shard(moved.shard),
            users: moved.users,
            from_site: moved.from.map(|site| self.site(site)),
            to_site: self.site(moved.to),
            how: moved.how,
            reason: moved.reason,
        }
    }

    pub(super) fn headroom(&self) -> Vec<HeadroomRow> {
        self.rows(|period| {
            period
                .margins
                .iter()
                .map(|margin| self.margin(period, margin))
                .collect()
        })
    }

    fn margin(&self, period: &PeriodPlan, margin: &Margin) -> HeadroomRow {
        let resource = &self.inventory.resources[margin.resource.index()];
        let tier_of = |level: Level| {
            period
                .stages
                .iter()
                .find(|stage| stage.level == level)
                .and_then(|stage| stage.tier.as_deref())
        };
        HeadroomRow {
            period: number(&period.period),
            component: self.inventory.component_name(margin.component).to_owned(),
            kind: self
                .inventory
                .component_kind(margin.component)
                .word()
                .to_owned(),
            resource: resource.id.clone(),
            unit: resource.unit.clone(),
            load: margin.load,
            capacity: margin.capacity,
            nominal_capacity: margin.nominal,
            utilization: margin.utilization(),
            headroom: margin.headroom().map(Signed),
            target: margin.target,
            shortfall: margin.shortfall,
            room_users: margin.room_users,
            shadow_price: margin.price.map(|(price, _)| price),
            price_stage: margin
                .price
                .map(|(_, level)| stage_name(level, tier_of(level))),
            before_utilization: margin.before_utilization,
            written_target: Some(margin.written_target),
        }
    }

    pub(super) fn blind(&self) -> Vec<BlindRow> {
        self.rows(|period| {
            period
                .blind
                .iter()
                .map(|hurt| BlindRow {
                    period: number(&period.period),
                    phase: match hurt.phase {
                        Phase::Reacting => BlindPhase::Reacting,
                        Phase::Blind | Phase::Known => BlindPhase::Blind,
                    },
                    component: self.inventory.component_name(hurt.component).to_owned(),
                    resource: hurt
                        .resource
                        .map(|resource| self.inventory.resources[resource.index()].id.clone()),
                    load: hurt.amounts.map(|amounts| amounts[0]),
                    believed_capacity: hurt.amounts.map(|amounts| amounts[1]),
                    true_capacity: hurt.amounts.map(|amounts| amounts[2]),
                    overload: hurt.amounts.map(|amounts| amounts[3]),
                    users_affected: hurt.users_affected,
                    users_excess: hurt.users_excess,
                    user_minutes: hurt.user_minutes,
                })
                .collect()
        })
    }

    pub(super) fn access_points(&self) -> Vec<AccessPointRow> {
        self.rows(|period| {
            period
                .access_points
                .iter()
                .map(|change| AccessPointRow {
                    period: number(&period.period),
                    access_point: self.inventory.access_points[change.access_point.index()]
                        .id
                        .clone(),
                    state_before: change.before,
                    state_after: change.after,
                    users: change.users,
                    reason: access_point_reason(change.before, change.after),
                })
                .collect()
        })
    }

    pub(super) fn unserved(&self) -> Vec<UnservedRow> {
        let teller = Teller {
            inventory: self.inventory,
        };
        self.rows(|period| {
            let causes = period.causes();
            unserved_words(teller, period)
                .into_iter()
                .map(|(shard, (users, reason))| {
                    let tier = self.inventory.shards[shard.index()].tier;
                    UnservedRow {
                        period: number(&period.period),
                        shard: self.shard(shard),
                        tenant: tenant_name(self.inventory, shard),
                        tier: Text::from(&self.inventory.tiers[tier.index()].id),
                        users,
                        reason,
                        cause: causes.get(&shard).copied(),
                    }
                })
                .collect()
        })
    }
}

/// A row of assignment.csv.
pub(super) fn assignment(inventory: &Inventory, period: &PeriodPlan, part: &Part) -> AssignmentRow {
    let origin = Origin {
        case: &period.case,
        previous: &period.previous,
        current: &period.current,
    };
    let shard = part.shard.index();
    let all = period.case.users(shard);
    let site = |site: Option<SiteId>| site.map(|site| site_name(inventory, site));
    AssignmentRow {
        period: number(&period.period),
        shard: Text::from(inventory.shard_ids.get(shard)),
        tenant: tenant_name(inventory, part.shard),
        users: part.users,
        from_site: site(part.current),
        to_site: site(part.site),
        share: if all > 0.0 { part.users / all } else { 1.0 },
        reason: reason(&origin, part),
    }
}

fn tenant_name(inventory: &Inventory, shard: ShardId) -> Text {
    let tenant = inventory.shards[shard.index()].tenant;
    Text::from(&inventory.tenants[tenant.index()])
}

fn site_name(inventory: &Inventory, site: SiteId) -> Text {
    Text::from(&inventory.sites[site.index()].id)
}

/// Why the state of an access point changed, if it did.
fn access_point_reason(before: AccessPointUse, after: AccessPointUse) -> Option<String> {
    if before == after {
        return None;
    }
    let words = match after {
        AccessPointUse::Opened => "earlier goals need users to enter here",
        AccessPointUse::Closed => "events leave nothing of it",
        AccessPointUse::Standby => "nobody has to enter here any more",
        AccessPointUse::Active => "it is back in service",
    };
    Some(words.to_owned())
}
