//! Sheet: normal, this scenario and the worst cases of every kind, side by side; each cell with the case that causes it.

use super::report::{SweepReport, state, worst};
use crate::error::Result;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{CaseKind, ComponentKind, FailureSet, Inventory, Recovery};
use crate::plan::Before;
use crate::plan::sweep::{CaseResult, Sweep};
use crate::plan_files::{SideBySideRow, Text};
use crate::report::headroom::{State, Tightness};
use crate::report::numbers::{self, first_most};
use crate::report::written::{WrittenFile, file, number};
use crate::units::{FEASIBILITY, NOBODY};
use std::collections::BTreeMap;

const MOST_COMPONENTS: usize = 12;

/// What a line of the sheet is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetRow {
    /// Unserved users in all.
    Unserved,
    /// Of the tiers at this position of [`Sweep::tiers`](crate::plan::sweep::Sweep::tiers).
    UnservedOf(usize),
    /// Of all unserved, users without a reachable permitted site.
    NoSite,
    /// The worst missing share of a headroom target.
    Missing,
    /// How full a component is.
    Utilization(ComponentId, ResourceId),
}

/// A cell of the sheet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SheetCell {
    /// Users, or a share.
    pub value: f64,
    /// The case that it is in; `None` in the state before, and where nobody is unserved or nothing is missing in any case.
    pub case: Option<usize>,
    /// Where headroom is missing.
    pub at: Option<(ComponentId, ResourceId)>,
    /// How it is to be judged.
    pub state: State,
}

impl SheetCell {
    /// Its value, in words, in a line that is about this.
    pub fn words(&self, row: SheetRow) -> String {
        match row {
            SheetRow::Unserved | SheetRow::UnservedOf(_) | SheetRow::NoSite => {
                numbers::users_up(self.value)
            }
            // Nothing is missing that was not missing before.
            SheetRow::Missing if self.value <= 0.0 && self.state == State::BelowTarget => {
                "as before".to_owned()
            }
            SheetRow::Missing if self.value <= 0.0 => "none".to_owned(),
            SheetRow::Missing => numbers::short_percent_up(self.value),
            SheetRow::Utilization(..) => numbers::utilization(self.value),
        }
    }
}

/// A line of the sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetLine {
    /// What it is about.
    pub row: SheetRow,
    /// One for each column; `None` where nothing is known, or the component is out of service in all of its cases.
    pub cells: Vec<Option<SheetCell>>,
}

impl SheetLine {
    pub(super) fn is_component(&self) -> bool {
        matches!(self.row, SheetRow::Utilization(..))
    }
}

/// Normal, this scenario and the worst cases of every kind, side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// How failures are answered.
    pub recovery: Recovery,
    /// What stands side by side.
    pub columns: Vec<SheetColumn>,
    /// Unserved users, missing headroom, then the tightest components.
    pub lines: Vec<SheetLine>,
}

impl SweepReport<'_> {
    /// The sheet of a recovery.
    pub fn sheet(&self, recovery: Recovery) -> Sheet {
        let over = self.sweep.over;
        let column = |kind| SheetColumn { kind, over };
        let normal = self.before.map(|_| column(None));
        let kinds = self.sweep.contingencies.kinds();
        // Those that something is known for.
        let kinds = kinds.filter(|kind| self.of_kind(recovery, *kind).next().is_some());
        let of_cases = kinds.map(|kind| column(Some(kind)));
        let columns: Vec<SheetColumn> = normal.into_iter().chain(of_cases).collect();
        let tiers = self.sweep.tiers.len();
        let tiers = (0..tiers).filter(|_| tiers > 1).map(SheetRow::UnservedOf);
        let mut found = self.sweep.tally.of(recovery);
        let has_no_site =
            found.any(|case_result| case_result.no_site_users().unwrap_or(0.0) > NOBODY);
        let mut rows = vec![SheetRow::Unserved];
        rows.extend(tiers);
        rows.extend(has_no_site.then_some(SheetRow::NoSite));
        rows.push(SheetRow::Missing);
        let tightest = self.tightest(recovery).into_iter();
        rows.extend(
            tightest.map(|(component, resource)| SheetRow::Utilization(component, resource)),
        );
        let normal = self.before.map(|before| self.cells_before(before, &rows));
        let lines = rows.into_iter().enumerate().map(|(at, row)| {
            let cell = |column: &SheetColumn| match column.kind {
                None => normal.as_ref().and_then(|normal| normal[at]),
                Some(kind) => self.cell(recovery, row, kind),
            };
            SheetLine {
                row,
                cells: columns.iter().map(cell).collect(),
            }
        });
        Sheet {
            recovery,
            lines: lines.collect(),
            columns,
        }
    }

    fn cell(&self, recovery: Recovery, row: SheetRow, kind: CaseKind) -> Option<SheetCell> {
        let cases = || self.of_kind(recovery, kind);
        let most_users = |users: &dyn Fn(&CaseResult) -> f64| {
            let most = first_most(cases(), |case_result| users(case_result))?;
            Some(SheetCell::unserved(users(most), Some(most.case)))
        };
        match row {
            SheetRow::Unserved => {
                let most = worst(cases())?;
                Some(SheetCell::unserved(most.unserved_users(), Some(most.case)))
            }
            SheetRow::UnservedOf(tier) => {
                most_users(&|case_result| case_result.unserved.get(tier).copied().unwrap_or(0.0))
            }
            SheetRow::NoSite => {
                most_users(&|case_result| case_result.no_site_users().unwrap_or(0.0))
            }
            SheetRow::Missing => {
                let most = first_most(cases(), |case_result| case_result.worst_shortfall())?;
                let missing = most.missing;
                Some(SheetCell::missing(
                    missing.map(|missing| missing.share),
                    missing.map(|missing| (missing.component, missing.resource)),
                    missing.map(|_| most.case),
                    self.misses_a_target_before(),
                ))
            }
            SheetRow::Utilization(component, resource) => {
                let at = (component, resource);
                let worst = &self.sweep.tally.worst_by_kind;
                let worst = worst.get(&(recovery, kind, component, resource))?;
                let target = self.target(at, kind != CaseKind::Failures(0));
                Some(SheetCell::utilization(
                    worst.utilization,
                    Some(worst.case),
                    target,
                ))
            }
        }
    }
}

impl SheetCell {
    fn utilization(value: f64, case: Option<usize>, target: f64) -> Self {
        Self {
            value,
            case,
            at: None,
            state: state(value, target),
        }
    }

    fn unserved(users: f64, case: Option<usize>) -> Self {
        let is_any = users > NOBODY;
        Self {
            value: if is_any { users } else { 0.0 },
            case: case.filter(|_| is_any),
            at: None,
            state: State::bad_if(is_any),
        }
    }

    /// The share of a target that is missing, and where; `is_before` if the same was missing before.
    fn missing(
        share: Option<f64>,
        at: Option<(ComponentId, ResourceId)>,
        case: Option<usize>,
        is_before: bool,
    ) -> Self {
        Self {
            value: share.unwrap_or(0.0),
            case,
            at,
            state: match share {
                Some(share) if share > 1.0 + FEASIBILITY => State::Full,
                None if !is_before => State::Fine,
                _ => State::BelowTarget,
            },
        }
    }
}

/// What stands side by side: the worst of the cases of a kind, or the state before the scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetColumn {
    /// Of which kind its cases are; `None` for the state before, which is no case.
    pub kind: Option<CaseKind>,
    /// What fails.
    pub over: FailureSet,
}

impl SheetColumn {
    /// Its heading.
    pub fn heading(self) -> &'static str {
        let size = match self.kind {
            None => return "normal",
            Some(CaseKind::RiskGroup) => return "worst risk group",
            Some(CaseKind::Gray) => return "worst gray, once known",
            Some(CaseKind::Failures(size)) => size,
        };
        let [single, pair] = match self.over {
            FailureSet::Sites => ["worst single site", "worst pair of sites"],
            FailureSet::AccessPoints => {
                ["worst single access point", "worst pair of access points"]
            }
            FailureSet::Elements => ["worst single element", "worst pair of elements"],
            FailureSet::Links => ["worst single link", "worst pair of links"],
            FailureSet::RiskGroups => ["worst risk group", "worst pair of risk groups"],
            FailureSet::Components => ["worst single failure", "worst pair"],
        };
        match size {
            0 => "this scenario",
            1 => single,
            2 => pair,
            3 => "worst three at once",
            4 => "worst four at once",
            _ => "worst of more at once",
        }
    }

    /// As `side_by_side.csv` spells it.
    pub fn word(self) -> String {
        let size = match self.kind {
            None => return "normal".to_owned(),
            Some(CaseKind::RiskGroup) => return "worst_risk_group".to_owned(),
            Some(CaseKind::Gray) => return "worst_gray".to_owned(),
            Some(CaseKind::Failures(size)) => size,
        };
        match (size, self.over) {
            (0, _) => "scenario".to_owned(),
            (1, FailureSet::RiskGroups) => "worst_risk_group".to_owned(),
            (1, _) => "worst_single".to_owned(),
            (2, FailureSet::RiskGroups) => "worst_pair_of_risk_groups".to_owned(),
            (2, _) => "worst_pair".to_owned(),
            (size, FailureSet::RiskGroups) => format!("worst_{size}_of_risk_groups"),
            (size, _) => format!("worst_{size}"),
        }
    }
}

impl SweepReport<'_> {
    /// The tightest components over all cases with their tightest resource, the tightest first, as [`Tightness`] has it. Sites and
    /// the network have half of the lines each, as far as they need them.
    pub(super) fn tightest(&self, recovery: Recovery) -> Vec<(ComponentId, ResourceId)> {
        let mut tightest = BTreeMap::<ComponentId, (Tightness, ResourceId)>::new();
        for ((of, kind, component, resource), used) in &self.sweep.tally.worst_by_kind {
            // Nobody is at what is never used.
            if *of != recovery || used.utilization <= 0.0 {
                continue;
            }
            let target = self.target((*component, *resource), *kind != CaseKind::Failures(0));
            let tightness = Tightness::of(1.0 - used.utilization, [target; 2]);
            let known = tightest.entry(*component).or_insert((tightness, *resource));
            if tightness.order(&known.0).is_lt() {
                *known = (tightness, *resource);
            }
        }
        let mut all: Vec<_> = tightest.into_iter().collect();
        all.sort_by(|(left, (of_left, _)), (right, (of_right, _))| {
            of_left.order(of_right).then(left.cmp(right))
        });
        let is_site = |component: ComponentId| {
            self.inventory.component_kind(component) == ComponentKind::Site
        };
        let sites = all
            .iter()
            .filter(|(component, _)| is_site(*component))
            .count();
        let others = all.len() - sites;
        let half = MOST_COMPONENTS / 2;
        let for_sites = sites.min(half.max(MOST_COMPONENTS.saturating_sub(others)));
        let mut left = [for_sites, MOST_COMPONENTS - for_sites];
        all.retain(|(component, _)| {
            let left = &mut left[usize::from(!is_site(*component))];
            let is_kept = *left > 0;
            *left = left.saturating_sub(1);
            is_kept
        });
        let shown = all.into_iter();
        shown
            .map(|(component, (_, resource))| (component, resource))
            .collect()
    }
}

/// A share of a target, and where it is missing.
type MissingShare = (f64, (ComponentId, ResourceId));

impl SweepReport<'_> {
    /// Users unserved before the scenario, and the worst missing share of a target, with where that is.
    fn totals_before(&self, before: &Before) -> (f64, Option<MissingShare>) {
        let unserved = before.unserved_users(self.inventory);
        let mut missing: Option<MissingShare> = None;
        for ((component, resource), capacity) in before.case.nominal.indexed_iter() {
            let at = (ComponentId::new(component), ResourceId::new(resource));
            let Some(capacity) = capacity.filter(|capacity| *capacity > 0.0) else {
                continue;
            };
            let target = self.target_before(at);
            let utilization = before.most[[component, resource]] / capacity;
            let share = (utilization - 1.0 + target) / target;
            let is_worst = missing.is_none_or(|(worst, _)| share > worst);
            if target > 0.0 && share > FEASIBILITY && is_worst {
                missing = Some((share, at));
            }
        }
        (unserved, missing)
    }

    /// What the state before the scenario has in some rows.
    fn cells_before(&self, before: &Before, rows: &[SheetRow]) -> Vec<Option<SheetCell>> {
        let (unserved, missing) = self.totals_before(before);
        let unserved = SheetCell::unserved(unserved, None);
        let cell = |row: &SheetRow| match *row {
            SheetRow::Unserved => Some(unserved),
            // Of which tiers they are, and why, is not known of the state before.
            SheetRow::UnservedOf(_) | SheetRow::NoSite => {
                Some(unserved).filter(|cell| cell.state == State::Fine)
            }
            SheetRow::Missing => {
                let (share, at) = missing.unzip();
                Some(SheetCell::missing(share, at, None, false))
            }
            SheetRow::Utilization(component, resource) => {
                let at = [component.index(), resource.index()];
                let capacity = before.case.nominal[at].filter(|capacity| *capacity > 0.0)?;
                let target = self.target_before((component, resource));
                let utilization = before.most[at] / capacity;
                Some(SheetCell::utilization(utilization, None, target))
            }
        };
        rows.iter().map(cell).collect()
    }
}

/// `side_by_side.csv`: the sheets of all recoveries.
///
/// # Errors
/// [`Error::Internal`](crate::error::Error::Internal) if a number is not finite.
pub fn sheet_file(
    inventory: &Inventory,
    sweep: &Sweep,
    sheets: impl Iterator<Item = Sheet>,
) -> Result<WrittenFile> {
    let rows: Vec<_> = sheets.map(|sheet| sheet.rows(inventory, sweep)).collect();
    file(rows.iter().flatten())
}

impl Sheet {
    /// The rows of `side_by_side.csv`, line by line.
    pub fn rows(&self, inventory: &Inventory, sweep: &Sweep) -> Vec<SideBySideRow> {
        let rows = self.lines.iter().flat_map(|line| {
            let cells = self.columns.iter().zip(&line.cells);
            cells.filter_map(|(column, cell)| {
                Some(self.row((inventory, sweep), line.row, column.word(), cell.as_ref()?))
            })
        });
        rows.collect()
    }

    fn row(
        &self,
        (inventory, sweep): (&Inventory, &Sweep),
        row: SheetRow,
        column: String,
        cell: &SheetCell,
    ) -> SideBySideRow {
        let (words, unit) = match row {
            SheetRow::Unserved => ("unserved".to_owned(), "users"),
            SheetRow::UnservedOf(tier) => (format!("unserved {}", sweep.tiers[tier]), "users"),
            SheetRow::NoSite => ("no_site".to_owned(), "users"),
            SheetRow::Missing => ("missing_headroom".to_owned(), "share of target"),
            SheetRow::Utilization(..) => ("utilization".to_owned(), "share of capacity"),
        };
        let at = match row {
            SheetRow::Utilization(component, resource) => Some((component, resource)),
            _ => cell.at,
        };
        let failing = cell
            .case
            .map(|case| sweep.contingencies.name(inventory, case));
        SideBySideRow {
            recovery: self.recovery,
            row: words,
            component: at.map(|(component, _)| inventory.component_name(component).to_owned()),
            resource: at.map(|(_, resource)| inventory.resource_id(resource).to_owned()),
            column,
            value: cell.value,
            unit: unit.to_owned(),
            case: cell.case.map(number),
            failing: failing.filter(|names| !names.is_empty()).map(Text::from),
        }
    }
}
