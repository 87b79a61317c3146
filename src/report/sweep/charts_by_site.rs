//! The values of the charts of sites in every failure and of gray faults, and their titles.

use super::names::{ComponentNames, kind_words};
use super::report::{SweepReport, judged, state, worse};
use crate::ids::{SiteId, TierId};
use crate::model::Failing;
use crate::plan::sweep::{CaseResult, GrayLoss, GraySweep, SiteUse};
use crate::report::charts::tenants::{Detected, TierExposure};
use crate::report::charts::utilization::{FailureColumn, SiteCell, SiteRow};
use crate::report::charts::{TenantsChart, UtilizationChart};
use crate::report::grammar::{by_count, capital, short};
use crate::report::headroom::State;
use crate::report::{Named, numbers};
use crate::units::{FEASIBILITY, NOBODY, NUMERICAL_NOISE};
use std::collections::BTreeMap;

const MOST: usize = 60;

impl SweepReport<'_> {
    /// The chart of utilization by site and failure; `None` where no failure was checked, or no site is limited.
    pub(super) fn utilization(&self, names: &ComponentNames<'_>) -> Option<UtilizationChart> {
        let recovery = self.recovery();
        let uses = self.sweep.tally.sites.iter();
        let uses: Vec<&SiteUse> = uses
            .filter(|site_use| site_use.recovery == recovery)
            .collect();
        let mut fullest = BTreeMap::<usize, f64>::new();
        let mut by_site = BTreeMap::<SiteId, BTreeMap<usize, &SiteUse>>::new();
        for site_use in uses {
            let most = fullest.entry(site_use.case).or_insert(0.0);
            *most = most.max(site_use.utilization);
            by_site
                .entry(site_use.site)
                .or_default()
                .insert(site_use.case, site_use);
        }
        let mut cases: Vec<&CaseResult> = self.of_size(recovery, 1).collect();
        // Where the only site fails, no site is left to show.
        let is_left = |case_result: &&CaseResult| fullest.contains_key(&case_result.case);
        if !cases.iter().any(is_left) {
            return None;
        }
        let most =
            |case_result: &CaseResult| fullest.get(&case_result.case).copied().unwrap_or(0.0);
        let is_alike = |left: &CaseResult, right: &CaseResult| left.holds() && right.holds();
        cases.sort_by(|left, right| {
            if is_alike(left, right) {
                most(right)
                    .total_cmp(&most(left))
                    .then(left.case.cmp(&right.case))
            } else {
                worse(left, right)
            }
        });
        let mut columns: Vec<FailureColumn> = self
            .of_size(recovery, 0)
            .chain(cases)
            .map(|found| self.column(names, found))
            .collect();
        let mut rows: Vec<SiteRow> = by_site
            .iter()
            .map(|(site, cells)| self.site_row(names, *site, cells, &columns))
            .collect();
        rows.sort_by(|left, right| {
            let most = |row: &SiteRow| {
                row.fullest()
                    .map_or(0.0, |(_, site_cell)| site_cell.utilization)
            };
            most(right)
                .total_cmp(&most(left))
                .then_with(|| left.site.id.cmp(&right.site.id))
        });
        let title = self.utilization_title(&columns, &rows);
        let (sites_in_all, columns_in_all) = (rows.len(), columns.len());
        let first = usize::from(columns[0].failing.id.is_empty());
        rows.truncate(MOST);
        columns.truncate(MOST + first);
        for row in &mut rows {
            row.cells.truncate(columns.len());
        }
        Some(UtilizationChart {
            title,
            about: self.about(Some(recovery)),
            noun: self.noun().to_owned(),
            columns,
            failures_in_all: columns_in_all - first,
            rows,
            sites_in_all,
        })
    }

    fn column(&self, names: &ComponentNames<'_>, found: &CaseResult) -> FailureColumn {
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
        names: &ComponentNames<'_>,
        site: SiteId,
        cells: &BTreeMap<usize, &SiteUse>,
        columns: &[FailureColumn],
    ) -> SiteRow {
        let component = self.inventory.site_component(site);
        let cell = |column: &FailureColumn| {
            let site_use = cells.get(&column.case)?;
            let target = self.target((component, site_use.resource), column.case > 0);
            Some(SiteCell {
                resource: self.inventory.resources[site_use.resource.index()]
                    .id
                    .clone(),
                utilization: site_use.utilization,
                target,
                state: state(site_use.utilization, target),
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

    /// `11 of 11 single sites leave users unserved; sites are at most 92.0 % full, if Chicago fails`.
    ///
    /// Its count is that of the marks above the cells: the network is part of it.
    fn utilization_title(&self, columns: &[FailureColumn], rows: &[SiteRow]) -> String {
        let outcome = self.failures_outcome(columns);
        let worst = rows.first().and_then(|row| Some((row, row.fullest()?)));
        let Some((row, (index, cell))) = worst else {
            return format!("{outcome}; no site is in service");
        };
        let first = columns
            .iter()
            .position(|column| column.failing.id.is_empty());
        let at_first = first.and_then(|first| row.cells[first].as_ref());
        let is_as_before = at_first
            .is_some_and(|site_cell| site_cell.utilization >= cell.utilization - FEASIBILITY);
        let when = if is_as_before {
            " without any failure".to_owned()
        } else {
            format!(" if {} fails", short(&columns[index].failing.name))
        };
        let cells = rows.iter().flat_map(|row| row.cells.iter().flatten());
        let is_calm = cells.map(|cell| severity(cell.state)).max() == Some(0);
        if is_calm {
            let full = numbers::utilization(cell.utilization);
            return format!("{outcome}; every site keeps its target: at most {full} full");
        }
        let name = short(&row.site.name);
        format!("{outcome}; {name} is {}{when}", so_full(cell))
    }

    /// `11 of 11 single sites leave users unserved`: the worst outcome of failures, and how many have it.
    fn failures_outcome(&self, columns: &[FailureColumn]) -> String {
        let failures = columns
            .iter()
            .filter(|column| !column.failing.id.is_empty());
        let failures: Vec<&FailureColumn> = failures.collect();
        let is_unserved = |failure_column: &FailureColumn| failure_column.unserved > NOBODY;
        let is_over = |failure_column: &FailureColumn| failure_column.state == State::Full;
        let is_missed = |failure_column: &FailureColumn| failure_column.state == State::BelowTarget;
        let count = |is: &dyn Fn(&FailureColumn) -> bool| {
            let found = failures.iter().filter(|failure| is(failure)).count();
            (found > 0).then_some(found)
        };
        let outcome = [
            (
                count(&is_unserved),
                ["leaves users unserved", "leave users unserved"],
            ),
            (
                count(&is_over),
                ["overloads a component", "overload a component"],
            ),
            (
                count(&is_missed),
                ["misses a headroom target", "miss a headroom target"],
            ),
        ];
        let noun = self.noun();
        let outcome = outcome
            .into_iter()
            .find_map(|(found, verb)| Some((found?, verb)));
        match (outcome, failures.len()) {
            (None, 1) => format!("The only {noun} leaves nobody unserved"),
            (None, all) => format!(
                "None of {} single {noun}s leaves users unserved",
                numbers::whole(all)
            ),
            (Some((_, verb)), 1) => format!("The only {noun} {}", verb[0]),
            (Some((found, verb)), all) => {
                let [found, all] = [found, all].map(numbers::whole);
                let verb = by_count(&found, verb);
                format!("{found} of {all} single {noun}s {verb}")
            }
        }
    }
}

/// `92.0 % full`, `full`, `at 104 % of capacity`.
fn so_full(cell: &SiteCell) -> String {
    if cell.utilization > 1.0 + FEASIBILITY {
        let load = numbers::short_percent_up(cell.utilization);
        format!("at {load} of capacity")
    } else if cell.state == State::Full {
        "full".to_owned()
    } else {
        format!("{} full", numbers::utilization(cell.utilization))
    }
}

fn severity(state: State) -> u8 {
    match state {
        State::Gone | State::Fine => 0,
        State::BelowTarget => 1,
        State::Full => 2,
    }
}

/// Most tiers that the title of the chart of exposure names.
const MOST_NEEDS: usize = 4;

/// Minutes of a month of 30 days.
const MONTH: f64 = 30.0 * 1440.0;

/// Times to detect that are shown, as parts of the requested one.
const DETECTIONS: [f64; 5] = [0.25, 0.5, 1.0, 2.0, 4.0];

impl SweepReport<'_> {
    /// The chart of exposure; `None` where no gray faults were requested, or no tier has users.
    pub(super) fn exposure(&self) -> Option<TenantsChart> {
        let gray = self.sweep.gray.as_ref().filter(|gray| gray.minutes > 0.0)?;
        let tiers = (0..self.inventory.tiers.len()).map(TierId::new);
        let mut tiers: Vec<(u32, TierExposure)> = tiers
            .filter_map(|tier| {
                let rank = self.inventory.tiers[tier.index()].rank;
                Some((rank, self.exposed(gray, tier)?))
            })
            .collect();
        tiers.sort_by_key(|(rank, _)| *rank);
        let tiers: Vec<TierExposure> = tiers
            .into_iter()
            .map(|(_, tier_exposure)| tier_exposure)
            .collect();
        tiers.first()?;
        let noun = self.noun_of_gray(gray);
        let what = match gray.most {
            1 => format!("one gray {noun}"),
            most => format!("{most} gray {noun}s"),
        };
        // How soon a gray member has to be detected: what each minute costs the tenant affected most.
        let needs = tiers.iter().filter_map(|tier| {
            let first = tier
                .detected
                .iter()
                .find(|detected| detected.worst_minutes > 0.0)?;
            let minutes = tier.allowed_minutes / (first.worst_minutes / first.minutes);
            Some((short(&tier.tier), numbers::amount_down(minutes)))
        });
        let needs = needs
            .take(MOST_NEEDS)
            .enumerate()
            .map(|(index, (tier, minutes))| {
                if index == 0 {
                    format!(
                        "{} needs detection of {what} within {minutes} min",
                        capital(&tier)
                    )
                } else {
                    format!("{tier} within {minutes} min")
                }
            });
        let needs: Vec<String> = needs.collect();
        let title = if needs.is_empty() {
            format!("No tenant loses work to {what}")
        } else {
            needs.join(", ")
        };
        let mut about = self.about(None);
        about.push(format!(
            "{} of the work through it is lost, before retries",
            numbers::short_percent_up(gray.severity)
        ));
        Some(TenantsChart::exposure(title, about, &tiers))
    }

    /// The kind of gray component: `site`; `component` where there are several kinds.
    fn noun_of_gray(&self, gray: &GraySweep) -> &'static str {
        let mut nouns = gray.members.iter().map(|failing| match failing {
            Failing::Component(component) => kind_words(self.inventory.component_kind(*component)),
            Failing::RiskGroup(_) => "risk group",
        });
        let first = nouns.next().unwrap_or("component");
        if nouns.all(|noun| noun == first) {
            first
        } else {
            "component"
        }
    }

    fn exposed(&self, gray: &GraySweep, tier: TierId) -> Option<TierExposure> {
        let one_tier = &self.inventory.tiers[tier.index()];
        // Tenants without users lose nothing.
        let is_own = |loss: &&GrayLoss| loss.tier == tier && loss.users > NOBODY;
        let losses = gray.losses.iter().filter(is_own);
        let losses: Vec<&GrayLoss> = losses.collect();
        // The rounding removes what arithmetic leaves of a difference from 1.
        let allowed = ((1.0 - one_tier.availability) * MONTH * 1e6).round() / 1e6;
        let worst = losses.iter().map(|loss| loss.share()).fold(0.0, f64::max);
        let detected = DETECTIONS.map(|part| {
            let minutes = part * gray.minutes;
            let within = losses
                .iter()
                .filter(|loss| loss.share() * minutes <= allowed + NUMERICAL_NOISE);
            Detected {
                minutes,
                within: within.count(),
                worst_minutes: worst * minutes,
            }
        });
        (!losses.is_empty()).then(|| TierExposure {
            tier: one_tier.id.clone(),
            tenants: losses.len(),
            allowed_minutes: allowed,
            detected: detected.to_vec(),
        })
    }
}
