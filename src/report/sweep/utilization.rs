//! The values behind the chart of utilization by site and failure, and its finding.

use super::fullness::state;
use super::names::Names;
use super::ranked::worse;
use super::told::Told;
use crate::ids::SiteId;
use crate::plan::sweep::{Found, SiteUse};
use crate::report::Named;
use crate::report::charts::UtilizationChart;
use crate::report::charts::utilization::{FailureColumn, SiteCell, SiteRow};
use crate::report::headroom::State;
use crate::report::numbers;
use crate::report::words::short;
use crate::units::FEASIBILITY;
use std::collections::BTreeMap;

impl Told<'_> {
    /// The chart of utilization by site and failure; `None` where no failure was looked at, or no site is limited.
    pub(super) fn utilization(&self, names: &Names<'_>) -> Option<UtilizationChart> {
        let recovery = self.recovery();
        let uses = self.sweep.tally.sites.iter();
        let uses: Vec<&SiteUse> = uses.filter(|own| own.recovery == recovery).collect();
        let mut fullest = BTreeMap::<usize, f64>::new();
        let mut by_site = BTreeMap::<SiteId, BTreeMap<usize, &SiteUse>>::new();
        for own in uses {
            let most = fullest.entry(own.case).or_insert(0.0);
            *most = most.max(own.utilization);
            by_site.entry(own.site).or_default().insert(own.case, own);
        }
        let mut cases: Vec<&Found> = self.of_size(recovery, 1).collect();
        if cases.is_empty() || by_site.is_empty() {
            return None;
        }
        let most = |own: &Found| fullest.get(&own.case).copied().unwrap_or(0.0);
        let is_alike = |left: &Found, right: &Found| left.holds() && right.holds();
        cases.sort_by(|left, right| {
            if is_alike(left, right) {
                most(right)
                    .total_cmp(&most(left))
                    .then(left.case.cmp(&right.case))
            } else {
                worse(left, right)
            }
        });
        let columns: Vec<FailureColumn> = self
            .of_size(recovery, 0)
            .chain(cases)
            .map(|found| self.column(names, found))
            .collect();
        let mut rows: Vec<SiteRow> = by_site
            .iter()
            .map(|(site, cells)| self.site_row(names, *site, cells, &columns))
            .collect();
        rows.sort_by(|left, right| {
            let most = |row: &SiteRow| row.fullest().map_or(0.0, |(_, own)| own.utilization);
            most(right)
                .total_cmp(&most(left))
                .then_with(|| left.site.id.cmp(&right.site.id))
        });
        Some(UtilizationChart {
            title: self.utilization_title(&columns, &rows),
            about: self.about(Some(recovery)),
            noun: self.noun().to_owned(),
            columns,
            rows,
        })
    }

    fn column(&self, names: &Names<'_>, found: &Found) -> FailureColumn {
        let cases = &self.sweep.contingencies;
        let id = cases.name(self.inventory, found.case);
        FailureColumn {
            case: found.case,
            failing: Named::new(&id, &names.case(cases, found.case)),
            state: judged(found),
            unserved: found.unserved_users(),
        }
    }

    fn site_row(
        &self,
        names: &Names<'_>,
        site: SiteId,
        cells: &BTreeMap<usize, &SiteUse>,
        columns: &[FailureColumn],
    ) -> SiteRow {
        let component = self.inventory.site_component(site);
        let cell = |column: &FailureColumn| {
            let own = cells.get(&column.case)?;
            let target = self.target((component, own.resource), column.case > 0);
            Some(SiteCell {
                resource: self.inventory.resources[own.resource.index()].id.clone(),
                utilization: own.utilization,
                target,
                state: state(own.utilization, target),
            })
        };
        SiteRow {
            site: Named::new(
                self.inventory.component_name(component),
                &names.beside_kind(component),
            ),
            cells: columns.iter().map(cell).collect(),
        }
    }

    /// `If Chicago fails, San Antonio is 92 % full; 3 of 59 single sites leave a site below its target or full`.
    fn utilization_title(&self, columns: &[FailureColumn], rows: &[SiteRow]) -> String {
        let worst = rows.first().and_then(|row| Some((row, row.fullest()?)));
        let Some((row, (index, cell))) = worst else {
            return "No site is in service".to_owned();
        };
        let name = short(&row.site.name);
        let so_full = if cell.utilization > 1.0 + FEASIBILITY {
            format!(
                "overloaded by {}",
                numbers::short_percent_up(cell.utilization - 1.0)
            )
        } else if cell.state == State::Full {
            "full".to_owned()
        } else {
            format!("{} full", numbers::utilization(cell.utilization))
        };
        let column = &columns[index];
        let finding = if column.failing.id.is_empty() {
            format!("{name} is {so_full} without any failure")
        } else {
            format!(
                "If {} fails, {name} is {so_full}",
                short(&column.failing.name)
            )
        };
        let singles = columns.iter().filter(|own| !own.failing.id.is_empty());
        let all = singles.count();
        let is_hurt = |index: usize| {
            rows.iter().any(|row| {
                let cell = row.cells[index].as_ref();
                cell.is_some_and(|own| own.state != State::Fine)
            })
        };
        let indices = (0..columns.len()).filter(|index| !columns[*index].failing.id.is_empty());
        let hurt = indices.filter(|index| is_hurt(*index)).count();
        let noun = self.noun();
        let count = match (hurt, all) {
            (0, 1) => format!("the only {noun} takes no site below its target"),
            (0, _) => format!("no single {noun} takes a site below its target"),
            (1, 1) => "a site misses its target".to_owned(),
            (1, all) => format!(
                "1 of {} single {noun}s takes a site below its target",
                numbers::users(all as f64)
            ),
            (hurt, all) => format!(
                "{} of {} single {noun}s take a site below its target",
                numbers::users(hurt as f64),
                numbers::users(all as f64)
            ),
        };
        format!("{finding}; {count}")
    }
}

/// How a case as a whole is to be judged.
pub(in crate::report) fn judged(found: &Found) -> State {
    if found.unserved_users() > crate::units::NOBODY {
        return State::Full;
    }
    match found.missing {
        Some(missing) if missing.share > 1.0 + FEASIBILITY => State::Full,
        Some(_) => State::BelowTarget,
        None => State::Fine,
    }
}
