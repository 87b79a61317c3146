//! The tables of who is steered over which path.

use super::number;
use super::rows::Writer;
use crate::model::Hours;
use crate::model::{Inventory, LinkEnd};
use crate::plan::{Flow, PeriodPlan, Plan};
use crate::plan_files::{BeforeRow, HoursRow, SteeringRow, joined};

impl Writer<'_> {
    pub(super) fn steering(&self) -> Vec<SteeringRow> {
        self.rows(|period| steering(self.inventory, period))
    }

    pub(super) fn before(&self) -> Vec<BeforeRow> {
        before(self.inventory, &self.plan.before.flows)
    }
}

/// The rows of hours.csv: of the state before, and of every period.
pub(super) fn hours(plan: &Plan) -> Vec<HoursRow> {
    let of = |period: Option<u32>, hours: &Hours| -> Vec<HoursRow> {
        let stretches = hours.stretches().iter();
        stretches
            .map(|stretch| HoursRow {
                period,
                start: stretch.start.to_string(),
                end: stretch.end.to_string(),
                slice: slice(stretch.slice),
            })
            .collect()
    };
    let mut rows = of(None, &plan.before.case.hours);
    for own in &plan.periods {
        rows.extend(of(Some(number(&own.period)), &own.case.hours));
    }
    rows
}

/// The rows of steering.csv of a period.
pub(super) fn steering(inventory: &Inventory, period: &PeriodPlan) -> Vec<SteeringRow> {
    of_flows(inventory, Some(number(&period.period)), &period.flows)
}

/// before.csv of the steering of the state before.
pub(super) fn before(inventory: &Inventory, flows: &[Flow]) -> Vec<BeforeRow> {
    of_flows(inventory, None, flows)
        .into_iter()
        .map(|row| BeforeRow {
            client_region: row.client_region,
            profile: row.profile,
            max_latency_ms: row.max_latency_ms,
            access_point: row.access_point,
            site: row.site,
            path: row.path,
            links: row.links,
            users: row.users,
            share: row.share,
            latency_ms: row.latency_ms,
            slice: row.slice,
        })
        .collect()
}

/// Flows as rows; a group's flows stand together, so that its sum is at hand.
fn of_flows(inventory: &Inventory, period: Option<u32>, flows: &[Flow]) -> Vec<SteeringRow> {
    flows
        .chunk_by(|a, b| a.slice == b.slice && a.group == b.group)
        .flat_map(|of_group| {
            let all: f64 = of_group.iter().map(|flow| flow.users).sum();
            of_group.iter().map(move |flow| SteeringRow {
                period: period.unwrap_or(0),
                client_region: inventory.client_regions[flow.group.client_region.index()]
                    .id
                    .clone(),
                profile: inventory.profiles[flow.group.profile.index()].id.clone(),
                max_latency_ms: flow.group.max_latency,
                access_point: inventory.access_points[flow.path.access_point.index()]
                    .id
                    .clone(),
                site: inventory.sites[flow.path.site.index()].id.clone(),
                path: joined(places(inventory, flow)),
                links: joined(
                    flow.path
                        .links
                        .iter()
                        .map(|link| inventory.links[link.index()].id.as_str()),
                ),
                users: flow.users,
                share: flow.users / all,
                latency_ms: flow.path.latency,
                slice: Some(slice(flow.slice)),
            })
        })
        .collect()
}

/// Ids of the places of a path; a pool goes by its own.
pub(super) fn places<'i>(inventory: &'i Inventory, flow: &Flow) -> Vec<&'i str> {
    let name = |end: LinkEnd| match end {
        LinkEnd::ClientRegion(id) => inventory.client_regions[id.index()].id.as_str(),
        LinkEnd::AccessPoint(id) => inventory.access_points[id.index()].id.as_str(),
        LinkEnd::Element(id) => inventory.elements[id.index()].id.as_str(),
        LinkEnd::Pool(id) => inventory.pools[id.index()].id.as_str(),
        LinkEnd::Site(id) => inventory.sites[id.index()].id.as_str(),
    };
    let links = flow
        .path
        .links
        .iter()
        .map(|link| &inventory.links[link.index()]);
    let first = links.clone().next().map(|link| name(link.from));
    first
        .into_iter()
        .chain(links.map(|link| name(link.to)))
        .collect()
}

/// A slice as it is written.
pub(super) fn slice(position: usize) -> u32 {
    u32::try_from(position).expect("invariant: the hours have few slices")
}
