//! Sheet: normal, this scenario and the worst cases of every kind, side by side; each cell with the case that causes it.

use super::report::{SweepReport, state, worst};
use crate::error::{Error, Result};
use crate::ids::{ComponentId, ResourceId};
use crate::model::{CaseKind, ComponentKind, FailureSet, Inventory, Recovery};
use crate::plan::sweep::{CaseResult, Sweep};
use crate::plan::{Before, flows_in};
use crate::plan_files::{SideBySideRow, Text};
use crate::report::headroom::{State, Tightness};
use crate::report::numbers::{self, first_most};
use crate::report::written::{WrittenFile, file};
use crate::units::{AGREEMENT, FEASIBILITY, NOBODY};
use std::collections::BTreeMap;

const MOST_COMPONENTS: usize = 12;

/// What a line of the sheet is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetRow {
    /// Unserved users in all.
    Unserved,
    /// Of the tiers at this position of [`Sweep::tiers`](crate::plan::sweep::Sweep::tiers).
    UnservedOf(usize),
    /// Of all unserved, whom no site can serve where they may be.
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
        let has_no_site = found.any(|own| own.no_site_users().unwrap_or(0.0) > NOBODY);
        let mut rows = vec![SheetRow::Unserved];
        rows.extend(tiers);
        rows.extend(has_no_site.then_some(SheetRow::NoSite));
        rows.push(SheetRow::Missing);
        let tightest = self.tightest(recovery).into_iter();
        rows.extend(
            tightest.map(|(component, resource)| SheetRow::Utilization(component, resource)),
        );
        let normal = self.before.map(|before| self.normal(before));
        let cell = |row: SheetRow, column: &SheetColumn| match column.kind {
            None => normal.as_ref().and_then(|normal| normal.cell(self, row)),
            Some(kind) => self.cell(recovery, row, kind),
        };
        let lines = rows.into_iter().map(|row| SheetLine {
            row,
            cells: columns.iter().map(|column| cell(row, column)).collect(),
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
            let most = first_most(cases(), |own| users(own))?;
            Some(unserved(users(most), most.case))
        };
        match row {
            SheetRow::Unserved => {
                let most = worst(cases())?;
                Some(unserved(most.unserved_users(), most.case))
            }
            SheetRow::UnservedOf(tier) => {
                most_users(&|own| own.unserved.get(tier).copied().unwrap_or(0.0))
            }
            SheetRow::NoSite => most_users(&|own| own.no_site_users().unwrap_or(0.0)),
            SheetRow::Missing => {
                let most = first_most(cases(), |own| own.worst_shortfall())?;
                let missing = most.missing;
                let is_as_before = missing.is_none() && self.misses_a_target_before();
                Some(SheetCell {
                    value: most.worst_shortfall(),
                    case: missing.map(|_| most.case),
                    at: missing.map(|own| (own.component, own.resource)),
                    state: missing_state(missing.map(|own| own.share), is_as_before),
                })
            }
            SheetRow::Utilization(component, resource) => {
                let at = (component, resource);
                let worst = &self.sweep.tally.worst_by_kind;
                let worst = worst.get(&(recovery, kind, component, resource))?;
                let target = self.target(at, kind != CaseKind::Failures(0));
                Some(utilization(worst.utilization, Some(worst.case), target))
            }
        }
    }
}

fn missing_state(share: Option<f64>, is_as_before: bool) -> State {
    match share {
        Some(share) if share > 1.0 + FEASIBILITY => State::Full,
        Some(_) => State::BelowTarget,
        None if is_as_before => State::BelowTarget,
        None => State::Fine,
    }
}

fn utilization(value: f64, case: Option<usize>, target: f64) -> SheetCell {
    SheetCell {
        value,
        case,
        at: None,
        state: state(value, target),
    }
}

fn unserved(users: f64, case: usize) -> SheetCell {
    let is_any = users > NOBODY;
    SheetCell {
        value: if is_any { users } else { 0.0 },
        case: is_any.then_some(case),
        at: None,
        state: if is_any { State::Full } else { State::Fine },
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
        match (size, self.over) {
            (0, _) => "this scenario",
            (1, FailureSet::Sites) => "worst single site",
            (1, FailureSet::AccessPoints) => "worst single access point",
            (1, FailureSet::Elements) => "worst single element",
            (1, FailureSet::Links) => "worst single link",
            (1, FailureSet::RiskGroups) => "worst risk group",
            (1, FailureSet::Components) => "worst single failure",
            (2, FailureSet::Sites) => "worst pair of sites",
            (2, FailureSet::AccessPoints) => "worst pair of access points",
            (2, FailureSet::Elements) => "worst pair of elements",
            (2, FailureSet::Links) => "worst pair of links",
            (2, FailureSet::RiskGroups) => "worst pair of risk groups",
            (2, FailureSet::Components) => "worst pair",
            (3, _) => "worst three at once",
            (4, _) => "worst four at once",
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
        for ((of, kind, component, resource), own) in &self.sweep.tally.worst_by_kind {
            // Nobody is at what is never used.
            if *of != recovery || own.utilization <= 0.0 {
                continue;
            }
            let target = self.target((*component, *resource), *kind != CaseKind::Failures(0));
            let tightness = Tightness::of(1.0 - own.utilization, [target; 2]);
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
        let sites = all.iter().filter(|(own, _)| is_site(*own)).count();
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

/// The state before the scenario, as a column of the sheet.
struct Normal<'a> {
    before: &'a Before,
    unserved: f64,
    /// The worst missing share of a target, and where.
    missing: Option<(f64, (ComponentId, ResourceId))>,
}

impl SweepReport<'_> {
    /// The state before the scenario.
    fn normal<'a>(&self, before: &'a Before) -> Normal<'a> {
        let shards = 0..self.inventory.shards.len();
        let users: f64 = shards.map(|shard| before.case.users(shard)).sum();
        let flows = flows_in(&before.flows, 0).iter();
        let served: f64 = flows.map(|flow| flow.users).sum();
        // What sums of very many lose is nobody.
        let unserved = Some(users - served).filter(|left| *left > AGREEMENT * users.max(1.0));
        let mut missing: Option<(f64, (ComponentId, ResourceId))> = None;
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
        Normal {
            before,
            unserved: unserved.unwrap_or(0.0),
            missing,
        }
    }
}

impl Normal<'_> {
    fn cell(&self, told: &SweepReport<'_>, row: SheetRow) -> Option<SheetCell> {
        let of_nobody = || SheetCell {
            case: None,
            ..unserved(self.unserved, 0)
        };
        match row {
            SheetRow::Unserved => Some(of_nobody()),
            // Of which tiers they are, and why, is not known of the state before.
            SheetRow::UnservedOf(_) | SheetRow::NoSite => {
                Some(of_nobody()).filter(|cell| cell.state == State::Fine)
            }
            SheetRow::Missing => Some(SheetCell {
                value: self.missing.map_or(0.0, |(share, _)| share),
                case: None,
                at: self.missing.map(|(_, at)| at),
                state: missing_state(self.missing.map(|own| own.0), false),
            }),
            SheetRow::Utilization(component, resource) => {
                let at = [component.index(), resource.index()];
                let capacity = self.before.case.nominal[at].filter(|capacity| *capacity > 0.0)?;
                let target = told.target_before((component, resource));
                Some(utilization(self.before.most[at] / capacity, None, target))
            }
        }
    }
}

/// `side_by_side.csv`: the sheets of all recoveries.
///
/// # Errors
/// [`Error::Internal`] if a number is not finite.
pub fn sheet_file(
    inventory: &Inventory,
    sweep: &Sweep,
    sheets: impl Iterator<Item = Sheet>,
) -> Result<WrittenFile> {
    let rows: Vec<Vec<_>> = sheets
        .map(|own| own.rows(inventory, sweep))
        .collect::<Result<_>>()?;
    file(rows.iter().flatten())
}

impl Sheet {
    /// The rows of `side_by_side.csv`, line by line.
    ///
    /// # Errors
    /// [`Error::Internal`] if there are more cases than a file can number.
    pub fn rows(&self, inventory: &Inventory, sweep: &Sweep) -> Result<Vec<SideBySideRow>> {
        let mut rows = Vec::new();
        for line in &self.lines {
            for (column, cell) in self.columns.iter().zip(&line.cells) {
                let Some(cell) = cell else { continue };
                rows.push(self.row(inventory, sweep, line.row, &column.word(), cell)?);
            }
        }
        Ok(rows)
    }

    fn row(
        &self,
        inventory: &Inventory,
        sweep: &Sweep,
        row: SheetRow,
        column: &str,
        cell: &SheetCell,
    ) -> Result<SideBySideRow> {
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
        let number = |case: usize| {
            u32::try_from(case)
                .map_err(|_| Error::Internal("there are more cases than 2^32".into()))
        };
        let failing = cell
            .case
            .map(|case| sweep.contingencies.name(inventory, case));
        Ok(SideBySideRow {
            recovery: self.recovery,
            row: words,
            component: at.map(|(component, _)| inventory.component_name(component).to_owned()),
            resource: at.map(|(_, resource)| inventory.resources[resource.index()].id.clone()),
            column: column.to_owned(),
            value: cell.value,
            unit: unit.to_owned(),
            case: cell.case.map(number).transpose()?,
            failing: failing.filter(|names| !names.is_empty()).map(Text::from),
        })
    }
}
