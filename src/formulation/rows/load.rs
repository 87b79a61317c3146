//! **Load rows.** One for every component and resource that limits anything: what all users put there.
//!
//! Sets and expression (`model.md` §3, family 2), for a site `d`, for any other component `e`, and for a
//! member of a pool of `n`:
//!
//! ```text
//! L[d,r] = F + Σ_c Σ_{p→d} q_{c,r} · (1 − copy share) · z[c,p]
//! L[e,r] = F + Σ_c Σ_{p∋e} q_{c,r} · z[c,p]          L[member,r] = F + L[pool,r] / n
//! ```
//!
//! Where demand follows the hours there is one for every slice in which a component may be loaded differently: `q` is
//! then what a user demands in that slice, and `z[c,p]` are those whose path is `p` there. What does not vary is loaded
//! at a site in all slices alike, and has one row.
//!
//! Unit: the resource's. Dual: the price of one unit of load there, reported as the gain of a unit of
//! capacity (≥ 0). Size: one row per limited (component, resource) and slice, never per shard.
//! The right-hand sides are those of the headroom family, [`target_limit`](super::target_limit).

use super::exposure::ExposureRow;
use super::survival::Survival;
use crate::formulation::fixed::FixedLoads;
use crate::formulation::ids::{RowId, WhoId};
use crate::formulation::load_row::LoadRow;
use crate::formulation::pool::members_of_all;
use crate::formulation::setting::Setting;
use crate::graph::{Network, Path, PlaceId};
use crate::ids::{ComponentId, ResourceId, SiteId};
use crate::model::{Component, LinkEnd, Scope, planned_with_retries};

/// All load rows, and where each place and link finds its own.
#[derive(Debug, Clone)]
pub struct LoadRows {
    /// By component, then resource; after them the same of stability, then those of `survival`.
    pub rows: Vec<LoadRow>,
    /// By place of the graph.
    pub at_place: Vec<Vec<RowId>>,
    /// By link.
    pub at_link: Vec<Vec<RowId>>,
    /// By pool: the members that carry its load.
    pub members: Vec<Vec<ComponentId>>,
    /// How many slices there are.
    slices: usize,
    /// What is to be survived, if anything.
    pub survival: Survival,
    /// By position of who users are: the survival rows that name them, with their position in each.
    survival_of: Vec<Vec<(usize, usize)>>,
}

impl LoadRows {
    /// The load rows of a setting, and those of stability where the policy asks it. `mean_demand` is by resource.
    pub fn new(setting: &Setting<'_>, fixed: &FixedLoads, mean_demand: &[f64]) -> Self {
        let mut all = Self::of_capacity(setting, fixed, mean_demand);
        let inventory = setting.inventory;
        if setting.policy.require_stable && inventory.has_retries() {
            all.add_stability(setting);
        }
        all
    }

    /// Adds after the load rows, where an overload keeps itself up, the same with all retries.
    fn add_stability(&mut self, setting: &Setting<'_>) {
        let inventory = setting.inventory;
        let count = self.rows.len();
        let case = setting.case;
        let is_able =
            |row: &LoadRow| case.is_able_to_lock_in(inventory, row.component, row.resource);
        let able: Vec<RowId> = (0..count).filter(|&row| is_able(&self.rows[row])).collect();
        let mut twin: Vec<Option<RowId>> = vec![None; count];
        for row in able {
            let load_row = &self.rows[row];
            let position = self.rows.len();
            twin[row] = Some(position);
            let nominal = case.nominal[[load_row.component.index(), load_row.resource.index()]];
            let capacity =
                planned_with_retries(load_row.capacity, nominal.unwrap_or(load_row.capacity));
            self.rows.push(LoadRow {
                with_retries: true,
                longest_wait: case.longest_wait(inventory, load_row.component, load_row.resource),
                capacity,
                fixed: load_row.fixed.min(capacity),
                family: twin[load_row.family].unwrap_or(position),
                target: 0.0,
                kept: 1.0,
                ..load_row.clone()
            });
        }
        for rows in self.at_place.iter_mut().chain(&mut self.at_link) {
            let twins: Vec<RowId> = rows.iter().filter_map(|row| twin[*row]).collect();
            rows.extend(twins);
        }
    }

    /// The load rows of a setting alone, for those who decide nothing.
    pub fn of_capacity(setting: &Setting<'_>, fixed: &FixedLoads, mean_demand: &[f64]) -> Self {
        let inventory = setting.inventory;
        let network = setting.network;
        let members = members_of_all(inventory, setting.case, &fixed.background);
        let mut all = Self {
            rows: Vec::new(),
            at_place: vec![Vec::new(); network.place_count()],
            at_link: vec![Vec::new(); network.link_count()],
            members,
            slices: setting.case.hours.slice_count(),
            survival: Survival::default(),
            survival_of: Vec::new(),
        };
        for component in (0..inventory.component_count()).map(ComponentId::new) {
            let Some((place, shares)) = all.standing(setting, component) else {
                continue;
            };
            for resource in (0..inventory.resources.len()).map(ResourceId::new) {
                let (e, r) = (component.index(), resource.index());
                let is_site = place.is_some_and(|place| is_site(network, place));
                if inventory.resources[r].scope == Scope::Site && !is_site {
                    continue;
                }
                let Some(capacity) = setting.case.capacity(e, r).filter(|left| *left > 0.0) else {
                    continue;
                };
                let family = all.rows.len();
                let is_steady = is_site && !inventory.resources[r].varies;
                let slices = if is_steady {
                    1
                } else {
                    setting.case.hours.slice_count()
                };
                for slice in 0..slices {
                    let row = all.rows.len();
                    all.rows.push(LoadRow {
                        component,
                        resource,
                        with_retries: false,
                        longest_wait: 0.0,
                        slice,
                        family,
                        capacity,
                        available: setting.case.available[[e, r]],
                        target: setting.case.target[[e, r]],
                        kept: setting.kept_shortfall[[e, r]],
                        fixed: fixed.load[slice][[e, r]],
                        is_cut: fixed.is_cut[slice][[e, r]],
                        shares,
                        mean_demand: mean_demand[r],
                        case: None,
                    });
                    match (place, inventory.component(component)) {
                        (Some(place), _) => all.at_place[place.index()].push(row),
                        (None, Component::Link(link)) => all.at_link[link.index()].push(row),
                        (None, _) => {}
                    }
                }
            }
        }
        all
    }

    /// The same rows, and after them those of what is to be survived by this number of users.
    #[must_use]
    pub fn surviving(mut self, survival: Survival, users: f64) -> Self {
        let rows = survival.rows.iter();
        self.rows.extend(rows.map(|row| row.as_load_row(users)));
        let exposures = survival.exposures.iter();
        self.rows
            .extend(exposures.map(|row| row.as_load_row(users)));
        for (index, row) in self.rows.iter_mut().enumerate() {
            if row.case.is_some() {
                row.family = index;
            }
        }
        self.survival_of = Vec::new();
        for (row, survival_row) in survival.rows.iter().enumerate() {
            for (position, (who, _)) in survival_row.costs.iter().enumerate() {
                let who = *who as usize;
                if self.survival_of.len() <= who {
                    self.survival_of.resize_with(who + 1, Vec::new);
                }
                self.survival_of[who].push((row, position));
            }
        }
        self.survival = survival;
        self
    }

    /// What one user that a plan homes at a site adds to the survival rows.
    pub fn survival_costs(
        &self,
        who: WhoId,
        site: SiteId,
    ) -> impl Iterator<Item = (RowId, f64)> + '_ {
        let first = self.first_exposure() - self.survival.rows.len();
        let rows = self.survival_of.get(who as usize).into_iter().flatten();
        rows.map(move |&(row, position)| {
            (first + row, self.survival.rows[row].cost_at(position, site))
        })
        .filter(|(_, cost)| *cost > 0.0)
    }

    /// The position of the first exposure row; that of the end without any.
    fn first_exposure(&self) -> RowId {
        self.rows.len() - self.survival.exposures.len()
    }

    /// An exposure row by its position among the rows.
    pub fn exposure(&self, row: RowId) -> &ExposureRow {
        &self.survival.exposures[row - self.first_exposure()]
    }

    /// The same with every row where `other` has it; a row that only `other` has is one that nobody loads.
    pub(in crate::formulation) fn in_order_of(mut self, other: &Self) -> Self {
        let key = |row: &LoadRow| (row.with_retries, row.component, row.resource, row.slice);
        let mut load_rows = std::mem::take(&mut self.rows)
            .into_iter()
            .enumerate()
            .peekable();
        let mut position_of: Vec<RowId> = vec![0; load_rows.len()];
        let mut more = Vec::new();
        for row in &other.rows {
            while let Some(extra) = load_rows.next_if(|(_, load_row)| key(load_row) < key(row)) {
                more.push(extra);
            }
            match load_rows.next_if(|(_, load_row)| key(load_row) == key(row)) {
                Some((position, load_row)) => {
                    position_of[position] = self.rows.len();
                    self.rows.push(load_row);
                }
                None => self.rows.push(LoadRow {
                    capacity: 1.0,
                    available: 0.0,
                    target: 0.0,
                    kept: 0.0,
                    fixed: 0.0,
                    is_cut: false,
                    ..row.clone()
                }),
            }
        }
        for (position, row) in more.into_iter().chain(load_rows) {
            position_of[position] = self.rows.len();
            self.rows.push(row);
        }
        for row in self.at_place.iter_mut().chain(&mut self.at_link).flatten() {
            *row = position_of[*row];
        }
        let mut first = 0;
        for row in 0..self.rows.len() {
            let key = |row: &LoadRow| (row.with_retries, row.component, row.resource);
            let is_same = key(&self.rows[row]) == key(&self.rows[first]);
            if !is_same {
                first = row;
            }
            self.rows[row].family = first;
        }
        self
    }

    /// The rows of all slices of what a path passes before its site, of places and then of links.
    pub fn passed<'r>(
        &'r self,
        network: &Network,
        path: &'r Path,
    ) -> impl Iterator<Item = (RowId, &'r LoadRow)> + use<'r> {
        let site = network.place(LinkEnd::Site(path.site));
        let places = path.places(network).into_iter();
        let on_places = places
            .filter(move |place| *place != site)
            .flat_map(|place: PlaceId| &self.at_place[place.index()]);
        let links = path.links.iter();
        let on_links = links.flat_map(|link| &self.at_link[link.index()]);
        let rows = on_places.chain(on_links);
        rows.map(|row| (*row, &self.rows[*row]))
    }

    /// Those rows of a place on a path, or of a link, that are of a slice: each component and resource has one in every
    /// slice there.
    pub fn in_slice(&self, rows: &[RowId], slice: usize) -> impl Iterator<Item = RowId> {
        rows.iter().copied().skip(slice).step_by(self.slices)
    }

    /// Those of some rows that say what a resource is loaded with in a slice, without retries; one for all slices where it
    /// does not vary.
    pub fn of_resource(
        &self,
        rows: &[RowId],
        resource: ResourceId,
        slice: usize,
    ) -> impl Iterator<Item = &LoadRow> {
        let rows = rows.iter().map(|&row| &self.rows[row]);
        let rows = rows.filter(|row| !row.with_retries);
        rows.filter(move |row| row.resource == resource && self.holds_in(row, slice))
    }

    /// `true` if a row is the one of its component and resource that holds in a slice.
    fn holds_in(&self, row: &LoadRow, slice: usize) -> bool {
        row.slice == slice || row.slice == 0 && self.family(row.family).nth(1).is_none()
    }

    /// The rows of one component and resource, by slice; `family` is the first of them.
    pub fn family(&self, family: RowId) -> impl Iterator<Item = (RowId, &LoadRow)> + '_ {
        let rows = self.rows.iter().enumerate().skip(family);
        rows.take_while(move |(_, row)| row.family == family)
    }

    /// The first rows of all components and resources, without retries.
    pub fn families_of_loads(&self) -> impl Iterator<Item = (RowId, &LoadRow)> + '_ {
        self.families().filter(|(_, row)| !row.with_retries)
    }

    /// The first rows of all components and resources, with retries too.
    pub fn families(&self) -> impl Iterator<Item = (RowId, &LoadRow)> + '_ {
        let rows = self.rows.iter().enumerate();
        rows.filter(|(index, row)| row.family == *index)
    }

    /// The place of a component (`None` for a link) and how many members share its load;
    /// nothing for what is gone or pulled out of its pool.
    fn standing(
        &self,
        setting: &Setting<'_>,
        component: ComponentId,
    ) -> Option<(Option<PlaceId>, f64)> {
        let inventory = setting.inventory;
        if setting.case.gone[component.index()] {
            return None;
        }
        let end = match inventory.component(component) {
            Component::Site(site) => LinkEnd::Site(site),
            Component::AccessPoint(access_point) => LinkEnd::AccessPoint(access_point),
            Component::Link(_) => return Some((None, 1.0)),
            Component::Element(element) => match inventory.elements[element.index()].pool {
                None => LinkEnd::Element(element),
                Some(pool) => {
                    let members = &self.members[pool.index()];
                    if !members.contains(&component) {
                        return None;
                    }
                    let place = setting.network.place(LinkEnd::Pool(pool));
                    return Some((Some(place), members.len() as f64));
                }
            },
        };
        Some((Some(setting.network.place(end)), 1.0))
    }
}

/// `true` if a site stands there.
fn is_site(network: &Network, place: PlaceId) -> bool {
    matches!(network.end(place), LinkEnd::Site(_))
}
