//! Recalled: the tally of cases that were written before, from their tables.

use super::results::{CaseResult, Missing, WholeShards};
use super::tally::{Break, SiteUse, Sweep, SweepTally, Use};
use crate::diagnostic::{Code, Finding, Place, has_errors};
use crate::ids::{AccessPointId, ComponentId, ResourceId, TenantId, TierId};
use crate::model::{CaseKind, Component, Inventory, Recovery};
use crate::plan_files::{
    ComponentRow, FailureRow, InvolvedRow, Lined, PlanFile, Role, Row, SiteUtilizationRow,
    SurvivableRow, UnservedByTierRow, WorstRow, rows,
};
use std::collections::{BTreeMap, HashMap};

/// A row of a sweep names what the inventory does not have.
const UNKNOWN: Code = Code("P6022");

struct NamesOfRows<'a> {
    inventory: &'a Inventory,
    sweep: &'a Sweep,
    components: HashMap<&'a str, ComponentId>,
    resources: HashMap<&'a str, ResourceId>,
    tenants: HashMap<&'a str, TenantId>,
    tiers: HashMap<&'a str, TierId>,
}

/// What a name of a row stands for; else the row and column that name what is not there.
fn known<R: Row, T>(
    lined: &Lined<R>,
    column: &'static str,
    name: &str,
    found: Option<T>,
) -> Result<T, Box<Finding>> {
    found.ok_or_else(|| {
        let place = Place {
            file: R::FILE.to_owned(),
            line: Some(lined.line),
            column: Some(column.to_owned()),
        };
        let expected = "a name of the inventory";
        let hint = "use the file as it was written; it is not meant to be edited";
        Box::new(Finding::error(
            UNKNOWN,
            place,
            format!("{name:?}"),
            expected,
            hint,
        ))
    })
}

impl<'a> NamesOfRows<'a> {
    fn new(inventory: &'a Inventory, sweep: &'a Sweep) -> Self {
        let components = (0..inventory.component_count()).map(ComponentId::new);
        let resources = inventory.resources.iter().enumerate();
        let tenants = inventory.tenants.iter().enumerate();
        let tiers = inventory.tiers.iter().enumerate();
        Self {
            inventory,
            sweep,
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

    fn case<R: Row>(&self, lined: &Lined<R>, case: u32) -> Result<usize, Box<Finding>> {
        let position = case as usize;
        let found = (position < self.sweep.contingencies.count()).then_some(position);
        known(lined, "case", &case.to_string(), found)
    }

    fn pair<R: Row>(
        &self,
        lined: &Lined<R>,
        component: &str,
        resource: &str,
    ) -> Result<(ComponentId, ResourceId), Box<Finding>> {
        let id = self.components.get(component).copied();
        let id = known(lined, "component", component, id)?;
        let of = self.resources.get(resource).copied();
        Ok((id, known(lined, "resource", resource, of)?))
    }

    fn component(&self, name: &str) -> Option<Component> {
        Some(self.inventory.component(*self.components.get(name)?))
    }
}

impl Sweep {
    /// The tally of cases of this sweep that were written before, from the tables of their folder.
    ///
    /// # Errors
    /// What cannot be read; of rows that name what the inventory does not have the first.
    pub fn recall(
        &self,
        inventory: &Inventory,
        files: &[PlanFile<'_>],
    ) -> Result<SweepTally, Vec<Finding>> {
        let mut findings = Vec::new();
        let tally = self.recalled(inventory, files, &mut findings);
        if has_errors(&findings) {
            return Err(findings);
        }
        tally.map_err(|unknown| vec![*unknown])
    }

    fn recalled(
        &self,
        inventory: &Inventory,
        files: &[PlanFile<'_>],
        findings: &mut Vec<Finding>,
    ) -> Result<SweepTally, Box<Finding>> {
        let failures: Vec<Lined<FailureRow>> = rows(files, findings).unwrap_or_default();
        let unserved_rows: Vec<Lined<UnservedByTierRow>> =
            rows(files, findings).unwrap_or_default();
        let involved: Vec<Lined<InvolvedRow>> = rows(files, findings).unwrap_or_default();
        let components: Vec<Lined<ComponentRow>> = rows(files, findings).unwrap_or_default();
        let worst: Vec<Lined<WorstRow>> = rows(files, findings).unwrap_or_default();
        let survivable: Vec<Lined<SurvivableRow>> = rows(files, findings).unwrap_or_default();
        let sites: Vec<Lined<SiteUtilizationRow>> = rows(files, findings).unwrap_or_default();
        let names = NamesOfRows::new(inventory, self);
        let mut tally = SweepTally::default();
        let nobody = || vec![0.0; self.tiers.len()];
        let mut unserved: BTreeMap<(u32, Recovery), [Vec<f64>; 2]> = BTreeMap::new();
        for lined in &unserved_rows {
            let row = &lined.row;
            let rank = self.tiers.iter().position(|tier| *tier == row.tier);
            let rank = known(lined, "tier", &row.tier, rank)?;
            let of_case = unserved.entry((row.case, row.recovery));
            let [users, no_site] = of_case.or_insert_with(|| [nobody(), nobody()]);
            users[rank] = row.users;
            no_site[rank] = row.no_site_users.unwrap_or(0.0);
        }
        let mut binding: BTreeMap<_, Vec<(ComponentId, ResourceId)>> = BTreeMap::new();
        let mut opened: BTreeMap<_, Vec<AccessPointId>> = BTreeMap::new();
        for lined in &involved {
            let row = &lined.row;
            let key = (row.case, row.recovery);
            match row.role {
                Role::Binds => {
                    let resource = row.resource.as_deref().unwrap_or_default();
                    let pair = names.pair(lined, &row.component, resource)?;
                    binding.entry(key).or_default().push(pair);
                }
                Role::Opened => {
                    let access_point = match names.component(&row.component) {
                        Some(Component::AccessPoint(id)) => Some(id),
                        _ => None,
                    };
                    let access_point = known(lined, "component", &row.component, access_point)?;
                    opened.entry(key).or_default().push(access_point);
                }
            }
        }
        for lined in &failures {
            let row = &lined.row;
            let key = (row.case, row.recovery);
            let missing = match (&row.component, &row.resource) {
                (Some(component), Some(resource)) => {
                    let (component, resource) = names.pair(lined, component, resource)?;
                    Some(Missing {
                        share: row.worst_shortfall,
                        component,
                        resource,
                    })
                }
                _ => None,
            };
            let of_case = unserved.remove(&key);
            let [unserved, no_site] = of_case.unwrap_or_else(|| [nobody(), nobody()]);
            tally.found.push(CaseResult {
                case: names.case(lined, row.case)?,
                recovery: row.recovery,
                unserved,
                no_site: row.no_site_users.map(|_| no_site),
                missing,
                binding: binding.remove(&key).unwrap_or_default(),
                moved: row.moved_users,
                opened: opened.remove(&key).unwrap_or_default(),
                settled: row.settled_by,
                is_proven: row.proven,
                whole: row.whole_unserved_users.map(|unserved| WholeShards {
                    unserved,
                    worst_shortfall: row.whole_worst_shortfall.unwrap_or(0.0),
                }),
            });
        }
        for lined in &components {
            let row = &lined.row;
            let (component, resource) = names.pair(lined, &row.component, &row.resource)?;
            let key = (row.recovery, component, resource);
            tally.uses.entry(key).or_default().push(Use {
                utilization: row.utilization,
                load: row.load,
                capacity: row.capacity,
                case: names.case(lined, row.case)?,
            });
        }
        for lined in &worst {
            let row = &lined.row;
            let kind = CaseKind::of_word(&row.kind_of_case);
            let kind = known(lined, "kind_of_case", &row.kind_of_case, kind)?;
            let (component, resource) = names.pair(lined, &row.component, &row.resource)?;
            let used = Use {
                utilization: row.utilization,
                load: row.load,
                capacity: row.capacity,
                case: names.case(lined, row.case)?,
            };
            tally.add_worst((row.recovery, kind, component, resource), used);
        }
        for lined in &survivable {
            let row = &lined.row;
            let Some(case) = row.case else {
                continue;
            };
            let tenant = names.tenants.get(row.tenant.as_str()).copied();
            let tier = names.tiers.get(row.tier.as_str()).copied();
            let key = Break {
                recovery: row.recovery,
                tenant: known(lined, "tenant", &row.tenant, tenant)?,
                tier: known(lined, "tier", &row.tier, tier)?,
            };
            tally.add_break(key, names.case(lined, case)?);
        }
        for lined in &sites {
            let row = &lined.row;
            let site = match names.component(&row.site) {
                Some(Component::Site(id)) => Some(id),
                _ => None,
            };
            let resource = names.resources.get(row.resource.as_str()).copied();
            tally.sites.push(SiteUse {
                case: names.case(lined, row.case)?,
                recovery: row.recovery,
                site: known(lined, "site", &row.site, site)?,
                resource: known(lined, "resource", &row.resource, resource)?,
                utilization: row.utilization,
            });
        }
        Ok(tally)
    }
}
