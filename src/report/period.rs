//! A period as the plain values of chart, table and sentence: headroom rows, and its events.

use super::headroom::{HeadroomRow, Standing};
use super::words::{self, ACTUAL, EVERYONE, Effect, Happening};
use crate::ids::ComponentId;
use crate::model::{
    Component, ComponentKind, Event, EventKind, Inventory, Reduction, Scenario, Surge,
};
use crate::plan::{Before, Margin, PeriodPlan};
use crate::plan_files::AccessPointUse;
use crate::scenario::{Knowledge, in_force};

/// Headroom of every component and resource of a period.
///
/// Where the actual state is an overload that the plan does not count with, a second row, marked `(actual)`, shows it.
pub fn headroom_rows(inventory: &Inventory, period: &PeriodPlan) -> Vec<HeadroomRow> {
    let mut rows = believed_rows(inventory, period);
    for mut truth in truth_rows(inventory, period) {
        if truth.load > truth.capacity {
            truth.component.push_str(ACTUAL);
            truth.name.push_str(ACTUAL);
            rows.push(truth);
        }
    }
    rows
}

/// The actual state of every component and resource for which it differs from the planned one of a period.
pub(super) fn truth_rows(inventory: &Inventory, period: &PeriodPlan) -> Vec<HeadroomRow> {
    let mut rows = Vec::new();
    for affected in &period.blind {
        let (Some(resource), Some([load, _, left, _])) = (affected.resource, affected.amounts)
        else {
            continue;
        };
        let margin = period
            .margins
            .iter()
            .find(|margin| margin.component == affected.component && margin.resource == resource);
        let Some(margin) = margin else {
            continue;
        };
        let mut truth = row(inventory, period, margin);
        truth.standing = if left <= 0.0 && load <= crate::units::FEASIBILITY {
            Standing::Failed
        } else {
            Standing::InService
        };
        truth.during = (left > 0.0).then(|| 1.0 - load / left);
        truth.load = load;
        truth.capacity = left;
        rows.push(truth);
    }
    rows
}

/// The planned state of every component and resource of a period.
pub(super) fn believed_rows(inventory: &Inventory, period: &PeriodPlan) -> Vec<HeadroomRow> {
    let margins = period.margins.iter();
    margins
        .map(|margin| row(inventory, period, margin))
        .collect()
}

fn row(inventory: &Inventory, period: &PeriodPlan, margin: &Margin) -> HeadroomRow {
    let is_standby = matches!(
        inventory.component(margin.component),
        Component::AccessPoint(id)
            if inventory.access_points[id.index()].state.is_on_standby()
    );
    let headroom_row = &margin.row;
    let before = headroom_row.before_utilization.filter(|_| !is_standby);
    HeadroomRow {
        component: headroom_row.component.clone(),
        name: inventory.component_title(margin.component).to_owned(),
        kind: inventory.component_kind(margin.component),
        resource: headroom_row.resource.clone(),
        unit: headroom_row.unit.clone(),
        standing: standing(inventory, period, margin.component),
        before: before.map(|utilization| 1.0 - utilization),
        during: margin.headroom(),
        target: headroom_row.written_target.filter(|target| *target > 0.0),
        in_force: Some(headroom_row.target).filter(|target| *target > 0.0),
        load: headroom_row.load,
        capacity: headroom_row.capacity,
    }
}

fn standing(inventory: &Inventory, period: &PeriodPlan, component: ComponentId) -> Standing {
    if period.case.gone[component.index()] {
        let is_failed = inventory.component_kind(component) == ComponentKind::Site
            && period.case.failed[component.index()];
        return if is_failed {
            Standing::Failed
        } else {
            Standing::Drained
        };
    }
    match inventory.component(component) {
        Component::AccessPoint(id) => match period.access_points[id.index()].after {
            AccessPointUse::Opened => Standing::Opened,
            AccessPointUse::Standby => Standing::Standby,
            AccessPointUse::Active | AccessPointUse::Closed => Standing::InService,
        },
        _ => Standing::InService,
    }
}

/// The events that the plan of a period counts with, in the order of the scenario.
pub fn happenings(
    inventory: &Inventory,
    scenario: &Scenario,
    period: &PeriodPlan,
) -> Vec<Happening> {
    scenario
        .events
        .iter()
        .filter_map(|event| in_force(event, scenario, period.period.start, Knowledge::Believed))
        .map(|event| happening(inventory, &event))
        .collect()
}

/// The title of a period's charts: its events and their result.
pub(super) fn finding(
    inventory: &Inventory,
    scenario: &Scenario,
    (before, period): (&Before, &PeriodPlan),
) -> String {
    let happenings = happenings(inventory, scenario, period);
    let rows = headroom_rows(inventory, period);
    let unserved = [before.unserved_users(inventory), period.totals.unserved];
    words::finding_since(&happenings, &rows, unserved)
}

/// The subject and the effect of an event.
pub(super) fn happening(inventory: &Inventory, event: &Event) -> Happening {
    match &event.kind {
        EventKind::Surge(surge) => Happening {
            subject: surge_subject(inventory, surge),
            effect: Effect::Surge(surge.factor),
        },
        EventKind::Maintenance(reduction)
        | EventKind::Failure(reduction)
        | EventKind::Gray(reduction) => Happening {
            subject: titles(inventory, &reduction.components),
            effect: match event.kind {
                _ if !is_whole(reduction) => Effect::Reduced,
                EventKind::Maintenance(_) => Effect::Drained,
                _ => Effect::Failed,
            },
        },
        EventKind::Slow(slow) => Happening {
            subject: titles(inventory, &slow.components),
            effect: Effect::Slowed,
        },
        EventKind::Disconnect(disconnect) => Happening {
            subject: match disconnect.client_region {
                Some(region) => inventory.client_regions[region.index()].name.clone(),
                None => titles(inventory, &disconnect.components),
            },
            effect: Effect::Disconnected,
        },
    }
}

fn is_whole(reduction: &Reduction) -> bool {
    reduction.capacity <= 0.0 && reduction.resources.is_none()
}

fn titles(inventory: &Inventory, components: &[ComponentId]) -> String {
    match components {
        [component] => inventory.component_title(*component).to_owned(),
        [first, rest @ ..] => words::first_and_more(inventory.component_title(*first), rest.len()),
        [] => "nothing".to_owned(),
    }
}

fn surge_subject(inventory: &Inventory, surge: &Surge) -> String {
    let parts = [
        surge
            .client_region
            .map(|id| inventory.client_region_name(id)),
        surge.profile.map(|id| inventory.profile_name(id)),
        surge.tenant.map(|id| inventory.tenant_name(id)),
    ];
    let named: Vec<&str> = parts.into_iter().flatten().collect();
    if named.is_empty() {
        EVERYONE.to_owned()
    } else {
        named.join(" ")
    }
}
