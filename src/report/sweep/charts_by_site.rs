//! The values of the charts of sites in every failure and of gray faults, and their titles.

use super::names::{ComponentNames, kind_words};
use super::report::{SweepReport, judged, state, worse};
use crate::ids::{SiteId, TierId};
use crate::model::Failing;
use crate::plan::sweep::{CaseResult, GrayLoss, GraySweep, SiteUse};
use crate::report::charts::tenants::{Detected, TierExposure};
use crate::report::charts::utilization::{FailureColumn, SiteCell, SiteRow};
use crate::report::charts::{TenantsChart, UtilizationChart};
use crate::report::grammar::{by_count, short};
use crate::report::headroom::State;
use crate::report::{Named, numbers};
use crate::units::{FEASIBILITY, NUMERICAL_NOISE};
use std::collections::BTreeMap;

const MOST: usize = 60;

impl SweepReport<'_> {
    /// The chart of utilization by site and failure; `None` where no failure was checked, or no site is limited.
    pub(super) fn utilization(&self, names: &ComponentNames<'_>) -> Option<UtilizationChart> {
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
        let mut cases: Vec<&CaseResult> = self.of_size(recovery, 1).collect();
        // Where the only site fails, no site is left to show.
        let is_left = |own: &&CaseResult| fullest.contains_key(&own.case);
        if !cases.iter().any(is_left) {
            return None;
        }
        let most = |own: &CaseResult| fullest.get(&own.case).copied().unwrap_or(0.0);
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
            let most = |row: &SiteRow| row.fullest().map_or(0.0, |(_, own)| own.utilization);
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

    /// `If Chicago fails, San Antonio is 92 % full; 3 of 59 single sites take a site below its target`.
    fn utilization_title(&self, columns: &[FailureColumn], rows: &[SiteRow]) -> String {
        let first = columns.iter().position(|own| own.failing.id.is_empty());
        let at_first = |row: &SiteRow| row.cells[first?].clone();
        let worst = rows.first().and_then(|row| Some((row, row.fullest()?)));
        let Some((row, (index, cell))) = worst else {
            return "No site is in service".to_owned();
        };
        let name = short(&row.site.name);
        let is_as_before =
            at_first(row).is_some_and(|own| own.utilization >= cell.utilization - FEASIBILITY);
        let finding = if is_as_before {
            format!("{name} is {} without any failure", so_full(cell))
        } else {
            let failing = short(&columns[index].failing.name);
            format!("If {failing} fails, {name} is {}", so_full(cell))
        };
        let failures = (0..columns.len()).filter(|index| Some(*index) != first);
        let failures: Vec<usize> = failures.collect();
        // A state that holds without a failure is not caused by one.
        let does_harm = |index: &usize| {
            rows.iter().any(|row| {
                let state = row.cells[*index].as_ref().map(|own| own.state);
                let before = at_first(row).map_or(State::Fine, |own| own.state);
                state.is_some_and(|state| severity(state) > severity(before))
            })
        };
        let harmful = failures.iter().filter(|index| does_harm(index)).count();
        let (noun, all) = (self.noun(), numbers::whole(failures.len()));
        let what = "below its target or full";
        let count = match (harmful, failures.len()) {
            (0, 1) => format!("the only {noun} takes no site {what}"),
            (0, _) => format!("no single {noun} takes a site {what}"),
            (1, 1) => format!("the only {noun} takes a site {what}"),
            (1, _) => format!("1 of {all} single {noun}s takes a site {what}"),
            (harmful, _) => {
                let harmful = numbers::whole(harmful);
                format!("{harmful} of {all} single {noun}s take a site {what}")
            }
        };
        format!("{finding}; {count}")
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
        let tiers: Vec<TierExposure> = tiers.into_iter().map(|(_, own)| own).collect();
        let asked = |own: &TierExposure| {
            let all = own.detected.iter();
            let asked = all.filter(|own| (own.minutes - gray.minutes).abs() <= NUMERICAL_NOISE);
            asked.map(|own| own.within).next()
        };
        let shown = tiers
            .iter()
            .find(|own| asked(own).is_some_and(|within| within < own.tenants))
            .or(tiers.first())?;
        let within = asked(shown)?;
        let noun = self.noun_of_gray(gray);
        let what = match gray.most {
            1 => format!("one gray {noun}"),
            most => format!("{most} gray {noun}s"),
        };
        let tenants = if within < shown.tenants {
            let [beyond, all] = [shown.tenants - within, shown.tenants].map(numbers::whole);
            let lose = by_count(&beyond, ["loses", "lose"]);
            format!("{beyond} of {all} tenants of {} {lose}", short(&shown.tier))
        } else {
            "No tenant loses".to_owned()
        };
        let title = format!(
            "{tenants} more than a month allows to {what} detected after {} minutes",
            numbers::amount(gray.minutes)
        );
        let mut about = self.about(None);
        about.push(format!(
            "{} of the work through it is lost, before retries",
            numbers::short_percent_up(gray.severity)
        ));
        Some(TenantsChart::exposure(title, about, &tiers))
    }

    /// The kind of gray component: `site`; `component` where there are several kinds.
    fn noun_of_gray(&self, gray: &GraySweep) -> &'static str {
        let mut nouns = gray.members.iter().map(|own| match own {
            Failing::Component(component) => kind_words(self.inventory.component_kind(*component)),
            Failing::RiskGroup(_) => "risk group",
        });
        let first = nouns.next().unwrap_or("component");
        if nouns.all(|own| own == first) {
            first
        } else {
            "component"
        }
    }

    fn exposed(&self, gray: &GraySweep, tier: TierId) -> Option<TierExposure> {
        let own = &self.inventory.tiers[tier.index()];
        let losses = gray.losses.iter().filter(|loss| loss.tier == tier);
        let losses: Vec<&GrayLoss> = losses.collect();
        // The rounding removes what arithmetic leaves of a difference from 1.
        let allowed = ((1.0 - own.availability) * MONTH * 1e6).round() / 1e6;
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
            tier: own.id.clone(),
            tenants: losses.len(),
            allowed_minutes: allowed,
            detected: detected.to_vec(),
        })
    }
}
