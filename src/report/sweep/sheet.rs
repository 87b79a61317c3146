//! Sheet: normal, this scenario and the worst cases of every kind, side by side; each cell with the case that causes it.

pub(super) mod normal;

use super::report::SweepReport;
use super::report::state;
use super::report::worst;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{CaseKind, ComponentKind, FailureSet, Recovery};
use crate::plan::sweep::{CaseResult, Use};
use crate::report::headroom::{State, Tightness};
use crate::report::numbers::{self, first_most};
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
    pub(in crate::report) fn is_component(&self) -> bool {
        matches!(self.row, SheetRow::Utilization(..))
    }
}

/// Normal, this scenario and the worst cases of every kind, side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// How failures are answered.
    pub recovery: Recovery,
    /// What stands side by side.
    pub columns: Vec<Column>,
    /// Unserved users, missing headroom, then the tightest components.
    pub lines: Vec<SheetLine>,
}

impl SweepReport<'_> {
    /// The sheet of a recovery.
    pub fn sheet(&self, recovery: Recovery) -> Sheet {
        let columns = self.columns(recovery);
        let tiers = 0..self.sweep.tiers.len();
        let mut rows = vec![SheetRow::Unserved];
        if tiers.len() > 1 {
            rows.extend(tiers.map(SheetRow::UnservedOf));
        }
        let found = self.sweep.tally.found.iter();
        let mut found = found.filter(|own| own.recovery == recovery);
        if found.any(|own| own.no_site_users().unwrap_or(0.0) > NOBODY) {
            rows.push(SheetRow::NoSite);
        }
        rows.push(SheetRow::Missing);
        let tightest = self.tightest(recovery);
        rows.extend(
            tightest
                .into_iter()
                .map(|(component, resource)| SheetRow::Utilization(component, resource)),
        );
        let normal = self.before.map(|before| self.normal(before));
        let cell = |row: SheetRow, column: &Column| match column.kind() {
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

    /// The columns that something is known for.
    fn columns(&self, recovery: Recovery) -> Vec<Column> {
        let normal = self.before.map(|_| Column::Normal);
        let kinds = self.sweep.contingencies.kinds();
        let kinds = kinds.filter(|kind| self.of_kind(recovery, *kind).next().is_some());
        let of_cases = kinds.map(|kind| Column::of_kind(self.sweep.over, kind));
        normal.into_iter().chain(of_cases).collect()
    }

    fn cell(&self, recovery: Recovery, row: SheetRow, kind: CaseKind) -> Option<SheetCell> {
        let cases = || self.of_kind(recovery, kind);
        match row {
            SheetRow::Unserved => {
                let most = worst(cases())?;
                Some(unserved(most.unserved_users(), most.case))
            }
            SheetRow::UnservedOf(tier) => {
                let users = |own: &CaseResult| own.unserved.get(tier).copied().unwrap_or(0.0);
                let most = first_most(cases(), |own| users(own))?;
                Some(unserved(users(most), most.case))
            }
            SheetRow::NoSite => {
                let users = |own: &CaseResult| own.no_site_users().unwrap_or(0.0);
                let most = first_most(cases(), |own| users(own))?;
                Some(unserved(users(most), most.case))
            }
            SheetRow::Missing => {
                let most = first_most(cases(), |own| own.worst_shortfall())?;
                let missing = most.missing;
                Some(SheetCell {
                    value: most.worst_shortfall(),
                    case: missing.map(|_| most.case),
                    at: missing.map(|own| (own.component, own.resource)),
                    state: match missing {
                        Some(own) if own.share > 1.0 + FEASIBILITY => State::Full,
                        Some(_) => State::BelowTarget,
                        None if self.misses_a_target_before() => State::BelowTarget,
                        None => State::Fine,
                    },
                })
            }
            SheetRow::Utilization(component, resource) => {
                let worst = self.worst_use(recovery, kind, (component, resource))?;
                Some(SheetCell {
                    value: worst.utilization,
                    case: Some(worst.case),
                    at: None,
                    state: state(
                        worst.utilization,
                        self.target((component, resource), kind != CaseKind::Failures(0)),
                    ),
                })
            }
        }
    }

    /// How full a component is at worst in a case of so many failures.
    fn worst_use(
        &self,
        recovery: Recovery,
        kind: CaseKind,
        (component, resource): (ComponentId, ResourceId),
    ) -> Option<Use> {
        let tally = &self.sweep.tally;
        let worst = tally
            .worst_by_kind
            .get(&(recovery, kind, component, resource));
        worst.copied()
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

/// What stands side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The state before the scenario.
    Normal,
    /// The scenario without a failure.
    Scenario,
    /// The worst of the cases in which so many of a set fail at once.
    Failures(FailureSet, usize),
    /// The worst risk group, whatever else is looked at.
    RiskGroup,
    /// The worst case in which something is gray.
    Gray,
}

impl Column {
    /// The column of the cases of so many failures.
    pub fn of(over: FailureSet, size: usize) -> Self {
        Self::of_kind(over, CaseKind::Failures(size))
    }

    /// The column of the cases of a kind.
    pub fn of_kind(over: FailureSet, kind: CaseKind) -> Self {
        match kind {
            CaseKind::Failures(0) => Self::Scenario,
            CaseKind::Failures(size) => Self::Failures(over, size),
            CaseKind::RiskGroup => Self::RiskGroup,
            CaseKind::Gray => Self::Gray,
        }
    }

    /// Of which kind its cases are; `None` for the state before, which is no case.
    pub fn kind(self) -> Option<CaseKind> {
        match self {
            Self::Normal => None,
            Self::Scenario => Some(CaseKind::Failures(0)),
            Self::Failures(_, size) => Some(CaseKind::Failures(size)),
            Self::RiskGroup => Some(CaseKind::RiskGroup),
            Self::Gray => Some(CaseKind::Gray),
        }
    }

    /// Its heading.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Scenario => "this scenario",
            Self::Failures(over, 1) => match over {
                FailureSet::Sites => "worst single site",
                FailureSet::AccessPoints => "worst single access point",
                FailureSet::Elements => "worst single element",
                FailureSet::Links => "worst single link",
                FailureSet::RiskGroups => "worst risk group",
                FailureSet::Components => "worst single failure",
            },
            Self::Failures(over, 2) => match over {
                FailureSet::Sites => "worst pair of sites",
                FailureSet::AccessPoints => "worst pair of access points",
                FailureSet::Elements => "worst pair of elements",
                FailureSet::Links => "worst pair of links",
                FailureSet::RiskGroups => "worst pair of risk groups",
                FailureSet::Components => "worst pair",
            },
            Self::Failures(_, 3) => "worst three at once",
            Self::Failures(_, 4) => "worst four at once",
            Self::Failures(..) => "worst of more at once",
            Self::RiskGroup => "worst risk group",
            Self::Gray => "worst gray, once known",
        }
    }

    /// As `side_by_side.csv` spells it.
    pub fn word(self) -> String {
        let of = match self {
            Self::Normal => return "normal".to_owned(),
            Self::Scenario => return "scenario".to_owned(),
            Self::Failures(FailureSet::RiskGroups, 1) | Self::RiskGroup => {
                return "worst_risk_group".to_owned();
            }
            Self::Gray => return "worst_gray".to_owned(),
            Self::Failures(FailureSet::RiskGroups, size) => ("_of_risk_groups", size),
            Self::Failures(_, size) => ("", size),
        };
        match of {
            (_, 1) => "worst_single".to_owned(),
            (of, 2) => format!("worst_pair{of}"),
            (of, size) => format!("worst_{size}{of}"),
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
        let sites = all
            .iter()
            .filter(|(component, _)| is_site(*component))
            .count();
        let others = all.len() - sites;
        let for_sites =
            sites.min((MOST_COMPONENTS / 2).max(MOST_COMPONENTS.saturating_sub(others)));
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
