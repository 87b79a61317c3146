//! Rows: what every component may carry, as far as it limits anything (`model.md` §3, families 2 and 3).

use super::super::before::Before;
use super::super::context::RefereeContext;
use super::super::headroom::share_kept;
use super::super::load::retries;
use super::super::period::PeriodState;
use super::super::stability::keeps_itself_up;
use crate::ids::{ComponentId, LinkId, ProfileId};
use crate::model::{Component, LinkEnd};
use crate::units::FEASIBILITY;

/// Where the load of a row is put on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::plan::check) enum LoadPlace {
    /// At the end of paths.
    Site(usize),
    /// At a place that paths pass, by `RefereeContext::place_index`.
    Place(usize),
    /// At an access point.
    Entry(usize),
    /// On a link.
    Link(usize),
}

/// What one component may carry of one resource.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::plan::check) struct CapacityRow {
    pub(in crate::plan::check) component: usize,
    pub(in crate::plan::check) resource: usize,
    /// Users count with all their retries.
    pub(in crate::plan::check) with_retries: bool,
    /// Of the hours; at a site what does not vary has one row, that of slice 0.
    pub(in crate::plan::check) slice: usize,
    pub(in crate::plan::check) stands: LoadPlace,
    /// Members that share the load of the place.
    pub(in crate::plan::check) shares: f64,
    /// What is left of the capacity, `A`; above 0.
    pub(in crate::plan::check) capacity: f64,
    /// `h`
    pub(in crate::plan::check) target: f64,
    /// `s⁰`
    pub(in crate::plan::check) kept: f64,
    /// `F`
    pub(in crate::plan::check) fixed: f64,
    /// Nothing is asked of it, and its fixed load is none, while it is closed.
    pub(in crate::plan::check) may_be_closed: bool,
}

impl CapacityRow {
    /// What the target leaves for users: `A·(1 − h·(1 − s⁰)) − F`, and how large its parts are.
    pub(super) fn spare_within_target(&self) -> (f64, f64) {
        let limit = self.capacity * (1.0 - self.target * (1.0 - self.kept));
        (limit - self.fixed, self.capacity + self.fixed)
    }

    /// What the capacity leaves for users, and how large its parts are.
    pub(super) fn spare(&self) -> (f64, f64) {
        (self.capacity - self.fixed, self.capacity + self.fixed)
    }

    /// What one user of a profile brings with this demand, of which a copy there does not already hold a share.
    pub(in crate::plan::check) fn brought(
        &self,
        context: &RefereeContext,
        (demand, profile): (f64, ProfileId),
        share: f64,
    ) -> f64 {
        let again = if self.with_retries {
            retries(context, profile, (self.component, self.resource))
        } else {
            0.0
        };
        demand * (share + again)
    }

    /// The share of the target that is missing under a load beyond what was missing before, at most all of the rest.
    pub(in crate::plan::check) fn missing(&self, load: f64) -> f64 {
        if self.target <= 0.0 {
            return 0.0;
        }
        let missing = (load / self.capacity - 1.0) / self.target + 1.0;
        (missing - self.kept).min(1.0 - self.kept).max(0.0)
    }

    /// The most that may be missing through `s`: `1 − s⁰` where there is a target.
    pub(super) fn most_missing(&self) -> f64 {
        if self.target > 0.0 {
            (1.0 - self.kept).max(0.0)
        } else {
            0.0
        }
    }
}

/// Those of some rows that count nobody's retries: they stand first.
pub(in crate::plan::check) fn without_retries(rows: &[CapacityRow]) -> &[CapacityRow] {
    &rows[..rows.partition_point(|row| !row.with_retries)]
}

/// All rows of a period, by component, then resource, then slice of the hours (`slices` are its situation in each); after
/// them, where everything has to recover by itself, those of whatever would not, in which users count with all retries.
///
/// `written` gives the utilization before of a component and resource as headroom.csv says it.
pub(in crate::plan::check) fn rows(
    situation: &PeriodState,
    slices: &[PeriodState],
    before: Option<&Before>,
    written: &dyn Fn([usize; 2]) -> Option<f64>,
) -> Vec<CapacityRow> {
    let context = situation.context;
    let inventory = context.inventory;
    let mut all = Vec::new();
    for component in 0..inventory.component_count() {
        if situation.case.gone[component] {
            continue;
        }
        let Some((stands, shares)) = standing(situation, component) else {
            continue;
        };
        for resource in 0..inventory.resources.len() {
            if !matches!(stands, LoadPlace::Site(_)) && !context.is_network(resource) {
                continue;
            }
            let Some(capacity) = situation.case.capacity(component, resource) else {
                continue;
            };
            if capacity <= 0.0 {
                continue;
            }
            let at = [component, resource];
            let share = share_kept(situation, at, before, written(at));
            let may_be_closed = context.is_standby(component);
            let is_site = matches!(stands, LoadPlace::Site(_));
            let is_steady = is_site && !inventory.resources[resource].varies;
            for (slice, in_slice) in slices.iter().enumerate() {
                if slice > 0 && is_steady {
                    break;
                }
                all.push(CapacityRow {
                    component,
                    resource,
                    with_retries: false,
                    slice,
                    stands,
                    shares,
                    capacity,
                    target: share.target,
                    kept: share.missing_before,
                    fixed: in_slice.fixed.load[at],
                    may_be_closed,
                });
            }
        }
    }
    if context.scenario.policy.require_stable && context.inventory.has_retries() {
        let capacity_rows = all.iter();
        let able =
            capacity_rows.filter(|row| keeps_itself_up(context, (row.component, row.resource)));
        let able = able.map(|row| {
            // The plan holds three millionths less, so that with its tolerance it is below what is left.
            let nominal = situation.case.nominal[[row.component, row.resource]];
            let held = row.capacity - 3.0 * FEASIBILITY * row.capacity;
            let capacity = (held - 1e-9 * nominal.unwrap_or(row.capacity)).max(0.0);
            CapacityRow {
                with_retries: true,
                capacity,
                fixed: row.fixed.min(capacity),
                target: 0.0,
                kept: 0.0,
                ..*row
            }
        });
        let able: Vec<CapacityRow> = able.collect();
        all.extend(able);
    }
    all
}

/// Where a component stands, and how many share its load; `None` for what carries nobody.
fn standing(situation: &PeriodState, component: usize) -> Option<(LoadPlace, f64)> {
    let context = situation.context;
    let inventory = context.inventory;
    let id = ComponentId::new(component);
    let stands = match inventory.component(id) {
        Component::Site(site) => LoadPlace::Site(site.index()),
        Component::AccessPoint(access_point) => LoadPlace::Entry(access_point.index()),
        Component::Link(link) => LoadPlace::Link(LinkId::index(link)),
        Component::Element(element) => match inventory.elements[element.index()].pool {
            None => LoadPlace::Place(context.place_index(LinkEnd::Element(element))),
            Some(pool) => {
                let members = &situation.members[pool.index()];
                if !members.contains(&id) {
                    return None;
                }
                let place = context.place_index(LinkEnd::Pool(pool));
                return Some((LoadPlace::Place(place), members.len() as f64));
            }
        },
    };
    Some((stands, 1.0))
}
