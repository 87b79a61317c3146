//! Recalled: the tally of cases that were written before, from their tables.

use super::found::{Found, Missing};
use super::tally::{Break, SiteUse, Sweep, Tally, Use};
use crate::ids::{AccessPointId, ComponentId, ResourceId, SiteId, TenantId, TierId};
use crate::model::{CaseKind, Component, Inventory, Recovery};
use crate::plan_files::{
    ComponentRow, FailureRow, InvolvedRow, Lined, Role, Row, SiteUtilizationRow, SurvivableRow,
    UnservedByTierRow, WorstRow,
};
use std::collections::{BTreeMap, HashMap};

/// The tables of some cases of a sweep.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SweepTables {
    /// `by_failure.csv`
    pub failures: Vec<Lined<FailureRow>>,
    /// `unserved_by_tier.csv`
    pub unserved: Vec<Lined<UnservedByTierRow>>,
    /// `involved.csv`
    pub involved: Vec<Lined<InvolvedRow>>,
    /// `by_component.csv`
    pub components: Vec<Lined<ComponentRow>>,
    /// `worst_by_kind.csv`
    pub worst: Vec<Lined<WorstRow>>,
    /// `survivable.csv`
    pub survivable: Vec<Lined<SurvivableRow>>,
    /// `site_utilization.csv`
    pub sites: Vec<Lined<SiteUtilizationRow>>,
}

/// A row that names what is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// In which file.
    pub file: &'static str,
    /// On which line.
    pub line: u64,
    /// Which column.
    pub column: &'static str,
    /// What it names.
    pub name: String,
}

/// The worst uses of components' resources.
type Uses = BTreeMap<(Recovery, ComponentId, ResourceId), Vec<Use>>;

/// Names to find things by.
struct Names<'a> {
    inventory: &'a Inventory,
    components: HashMap<&'a str, ComponentId>,
    resources: HashMap<&'a str, ResourceId>,
    tenants: HashMap<&'a str, TenantId>,
    tiers: HashMap<&'a str, TierId>,
}

impl<'a> Names<'a> {
    fn new(inventory: &'a Inventory) -> Self {
        let components = (0..inventory.component_count()).map(ComponentId::new);
        let resources = inventory.resources.iter().enumerate();
        let tenants = inventory.tenants.iter().enumerate();
        let tiers = inventory.tiers.iter().enumerate();
        Self {
            inventory,
            components: components
                .map(|id| (inventory.component_name(id), id))
                .collect(),
            resources: resources
                .map(|(index, row)| (row.id.as_str(), ResourceId::new(index)))
                .collect(),
            tenants: tenants
                .map(|(index, name)| (name.as_str(), TenantId::new(index)))
                .collect(),
            tiers: tiers
                .map(|(index, row)| (row.id.as_str(), TierId::new(index)))
                .collect(),
        }
    }

    fn component<R: Row>(&self, line: u64, name: &str) -> Result<ComponentId, Unknown> {
        known::<R, _>(self.components.get(name).copied(), line, "component", name)
    }

    fn access_point(&self, name: &str) -> Option<AccessPointId> {
        match self.inventory.component(*self.components.get(name)?) {
            Component::AccessPoint(id) => Some(id),
            _ => None,
        }
    }

    fn site(&self, name: &str) -> Option<SiteId> {
        match self.inventory.component(*self.components.get(name)?) {
            Component::Site(id) => Some(id),
            _ => None,
        }
    }
}

/// What a name stands for; else the row and column that name what is not there.
fn known<R: Row, T>(
    found: Option<T>,
    line: u64,
    column: &'static str,
    name: &str,
) -> Result<T, Unknown> {
    found.ok_or_else(|| Unknown {
        file: R::FILE,
        line,
        column,
        name: name.to_owned(),
    })
}

impl Sweep {
    /// The tally of cases of this sweep that were written before.
    ///
    /// # Errors
    /// The first row that names what the inventory does not have.
    pub fn recall(&self, inventory: &Inventory, tables: &SweepTables) -> Result<Tally, Unknown> {
        let names = Names::new(inventory);
        let mut tally = Tally::default();
        let mut unserved: BTreeMap<(u32, Recovery), Vec<f64>> = BTreeMap::new();
        let mut no_site: BTreeMap<(u32, Recovery), Vec<f64>> = BTreeMap::new();
        for Lined { line, row } in &tables.unserved {
            let rank = self.tiers.iter().position(|tier| *tier == row.tier);
            let rank = known::<UnservedByTierRow, _>(rank, *line, "tier", &row.tier)?;
            let of_case = unserved.entry((row.case, row.recovery));
            of_case.or_insert_with(|| vec![0.0; self.tiers.len()])[rank] = row.users;
            let of_case = no_site.entry((row.case, row.recovery));
            let of_case = of_case.or_insert_with(|| vec![0.0; self.tiers.len()]);
            of_case[rank] = row.no_site_users.unwrap_or(0.0);
        }
        let mut binding: BTreeMap<(u32, Recovery), Vec<(ComponentId, ResourceId)>> =
            BTreeMap::new();
        let mut opened: BTreeMap<(u32, Recovery), Vec<AccessPointId>> = BTreeMap::new();
        for Lined { line, row } in &tables.involved {
            let key = (row.case, row.recovery);
            match row.role {
                Role::Binds => {
                    let component = names.component::<InvolvedRow>(*line, &row.component)?;
                    let name = row.resource.as_deref().unwrap_or_default();
                    let resource = names.resources.get(name).copied();
                    let resource = known::<InvolvedRow, _>(resource, *line, "resource", name)?;
                    binding.entry(key).or_default().push((component, resource));
                }
                Role::Opened => {
                    let own = names.access_point(&row.component);
                    let own = known::<InvolvedRow, _>(own, *line, "component", &row.component)?;
                    opened.entry(key).or_default().push(own);
                }
            }
        }
        for Lined { line, row } in &tables.failures {
            let key = (row.case, row.recovery);
            let missing = match (&row.component, &row.resource) {
                (Some(component), Some(resource)) => {
                    let id = names.resources.get(resource.as_str()).copied();
                    Some(Missing {
                        share: row.worst_shortfall,
                        component: names.component::<FailureRow>(*line, component)?,
                        resource: known::<FailureRow, _>(id, *line, "resource", resource)?,
                    })
                }
                _ => None,
            };
            let nobody = || vec![0.0; self.tiers.len()];
            tally.found.push(Found {
                case: self.case::<FailureRow>(*line, row.case)?,
                recovery: row.recovery,
                unserved: unserved.remove(&key).unwrap_or_else(nobody),
                no_site: row
                    .no_site_users
                    .map(|_| no_site.remove(&key).unwrap_or_else(nobody)),
                missing,
                binding: binding.remove(&key).unwrap_or_default(),
                moved: row.moved_users,
                opened: opened.remove(&key).unwrap_or_default(),
                settled: row.settled_by,
                is_proven: row.proven,
            });
        }
        tally.uses = self.uses(&names, &tables.components)?;
        for Lined { line, row } in &tables.worst {
            let kind = CaseKind::of_word(&row.kind_of_case);
            let kind = known::<WorstRow, _>(kind, *line, "kind_of_case", &row.kind_of_case)?;
            let component = names.component::<WorstRow>(*line, &row.component)?;
            let resource = names.resources.get(row.resource.as_str()).copied();
            let resource = known::<WorstRow, _>(resource, *line, "resource", &row.resource)?;
            let own = Use {
                utilization: row.utilization,
                load: row.load,
                capacity: row.capacity,
                case: self.case::<WorstRow>(*line, row.case)?,
            };
            tally.add_worst((row.recovery, kind, component, resource), own);
        }
        for Lined { line, row } in &tables.survivable {
            let Some(case) = row.case else {
                continue;
            };
            let tenant = names.tenants.get(row.tenant.as_str()).copied();
            let tier = names.tiers.get(row.tier.as_str()).copied();
            let key = Break {
                recovery: row.recovery,
                tenant: known::<SurvivableRow, _>(tenant, *line, "tenant", &row.tenant)?,
                tier: known::<SurvivableRow, _>(tier, *line, "tier", &row.tier)?,
            };
            tally.add_break(key, self.case::<SurvivableRow>(*line, case)?);
        }
        for Lined { line, row } in &tables.sites {
            let resource = names.resources.get(row.resource.as_str()).copied();
            tally.sites.push(SiteUse {
                case: self.case::<SiteUtilizationRow>(*line, row.case)?,
                recovery: row.recovery,
                site: known::<SiteUtilizationRow, _>(
                    names.site(&row.site),
                    *line,
                    "site",
                    &row.site,
                )?,
                resource: known::<SiteUtilizationRow, _>(
                    resource,
                    *line,
                    "resource",
                    &row.resource,
                )?,
                utilization: row.utilization,
            });
        }
        Ok(tally)
    }

    fn uses(&self, names: &Names<'_>, rows: &[Lined<ComponentRow>]) -> Result<Uses, Unknown> {
        let mut uses: BTreeMap<_, Vec<Use>> = BTreeMap::new();
        for Lined { line, row } in rows {
            let component = names.component::<ComponentRow>(*line, &row.component)?;
            let resource = names.resources.get(row.resource.as_str()).copied();
            let resource = known::<ComponentRow, _>(resource, *line, "resource", &row.resource)?;
            let key = (row.recovery, component, resource);
            uses.entry(key).or_default().push(Use {
                utilization: row.utilization,
                load: row.load,
                capacity: row.capacity,
                case: self.case::<ComponentRow>(*line, row.case)?,
            });
        }
        Ok(uses)
    }

    /// A case that the sweep has.
    fn case<R: Row>(&self, line: u64, case: u32) -> Result<usize, Unknown> {
        let position = case as usize;
        let own = (position < self.contingencies.count()).then_some(position);
        known::<R, _>(own, line, "case", &case.to_string())
    }
}
