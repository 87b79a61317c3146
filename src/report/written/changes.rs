//! The tables of what has to be done, and of the way back.

use super::instant;
use super::rows::Writer;
use crate::model::Scenario;
use crate::plan::{Change, Step};
use crate::plan_files::{ChangeRow, Setting, Text};

impl Writer<'_> {
    /// The row of a step of a change list.
    pub(super) fn change(&self, scenario: &Scenario, step: &Step) -> ChangeRow {
        let row = ChangeRow {
            period: u32::try_from(step.period).unwrap_or(u32::MAX),
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
        let name = |id: crate::ids::AccessPointId| {
            let access_points = &self.inventory.access_points;
            Some(Text::from(&access_points[id.index()].id))
        };
        match step.change {
            Change::AccessPoint {
                access_point,
                before,
                after,
                users,
            } => ChangeRow {
                access_point: name(access_point),
                before: Some(Setting::Use(before)),
                after: Some(Setting::Use(after)),
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
                shard: Some(self.shard(shard)),
                from_site: from.map(|site| self.site(site)),
                to_site: to.map(|site| self.site(site)),
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
                before: Some(Setting::Share(before)),
                after: Some(Setting::Share(after)),
                users,
                ..row
            },
            Change::Mark { component, kind } => ChangeRow {
                component: Some(Text::from(self.inventory.component_name(component))),
                event: Some(kind),
                ..row
            },
            Change::Weight {
                client_region,
                access_point,
                before: [before, _],
                after: [after, users],
            } => {
                let region = &self.inventory.client_regions[client_region.index()];
                ChangeRow {
                    client_region: Some(Text::from(&region.id)),
                    access_point: name(access_point),
                    before: Some(Setting::Share(before)),
                    after: Some(Setting::Share(after)),
                    users,
                    ..row
                }
            }
        }
    }
}
