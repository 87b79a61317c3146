//! Worst cases: whether `by_component.csv` has the ten worst cases of every component and resource, and
//! `worst_by_kind.csv` the worst of every kind of case.

use super::super::certificate::without_retries;
use super::super::judge::{self, Expected, judge_cells_of};
use super::super::report::{At, Report, is_same};
use super::case_rows::JudgedCase;
use super::tables::{CaseKey, RowOfCase, SweepReferee, at, is_of_nothing, rule_of};
use crate::diagnostic::amounts::rounded;
use crate::ids::ComponentId;
use crate::model::{CaseKind, Recovery};
use crate::plan::sweep::MOST_CASES;
use crate::plan_files::{ComponentRow, Lined, WorstRow};
use std::collections::BTreeMap;

/// Of which kind the cases are, `None` if of any; component, resource.
type WorstKey = (Option<CaseKind>, usize, usize);

/// A file that lists the worst cases of components.
pub(super) struct WorstCases {
    file: &'static str,
    /// How many of the worst cases are listed.
    most: usize,
    /// Whether the cases of each kind are listed by themselves.
    is_by_kind: bool,
    /// The lines of the file in the order of their places.
    listed: BTreeMap<(Recovery, WorstKey), Vec<Lined<ComponentRow>>>,
    /// By case and recovery, of what it is listed.
    of_case: BTreeMap<CaseKey, Vec<WorstKey>>,
}

impl WorstCases {
    /// `by_component.csv`, as far as it can be checked without looking at a case.
    pub(super) fn of_all(
        referee: &SweepReferee<'_>,
        rows: &[Lined<ComponentRow>],
        report: &mut Report,
    ) -> Self {
        Self::new(referee, rows, (MOST_CASES, false), report, |row, _, _| {
            Some(row.row.clone())
        })
    }

    /// `worst_by_kind.csv`, the same.
    pub(super) fn of_kinds(
        referee: &SweepReferee<'_>,
        rows: &[Lined<WorstRow>],
        report: &mut Report,
    ) -> Self {
        Self::new(referee, rows, (1, true), report, |lined, kind, report| {
            let row = &lined.row;
            if row.kind_of_case != kind.word() {
                let found = format!("`{}`", row.kind_of_case);
                let expected = format!("`{}`, as case {} is", kind.word(), row.case);
                let place = at(lined, "kind_of_case");
                report.add(rule_of::<ComponentRow>("place"), place, found, expected);
                return None;
            }
            Some(ComponentRow {
                recovery: row.recovery,
                component: row.component.clone(),
                kind: String::new(),
                resource: row.resource.clone(),
                unit: String::new(),
                place: 0,
                utilization: row.utilization,
                load: row.load,
                capacity: row.capacity,
                case: row.case,
                failing: row.failing.clone(),
            })
        })
    }

    /// The lines of a file that are of some component, resource and case; `read` gives what a line says.
    fn new<R: RowOfCase>(
        referee: &SweepReferee<'_>,
        rows: &[Lined<R>],
        (most, is_by_kind): (usize, bool),
        report: &mut Report,
        read: impl Fn(&Lined<R>, CaseKind, &mut Report) -> Option<ComponentRow>,
    ) -> Self {
        let context = referee.context;
        let mut all = Self {
            file: R::FILE,
            most,
            is_by_kind,
            listed: BTreeMap::new(),
            of_case: BTreeMap::new(),
        };
        for (key, lined) in referee.of_cases(rows, report) {
            let kind = referee.asked.cases.kind(key.0);
            let Some(row) = read(lined, kind, report) else {
                continue;
            };
            let component = context.components.get(row.component.as_str());
            if component.is_none() {
                is_of_nothing(lined, "component", &row.component, report);
            }
            let resource = context.resources.get(row.resource.as_str());
            if resource.is_none() {
                is_of_nothing(lined, "resource", &row.resource, report);
            }
            if let Some((component, resource)) = component.zip(resource) {
                let of = (component.index(), resource.index());
                let row = Lined {
                    line: lined.line,
                    row,
                };
                all.add(
                    referee,
                    key,
                    (is_by_kind.then_some(kind), of.0, of.1),
                    row,
                    report,
                );
            }
        }
        all
    }

    /// Takes a row over, whose utilization is load ÷ capacity. P7856: each case is there once, none stands after one that
    /// is less bad, and there are not too many.
    fn add(
        &mut self,
        referee: &SweepReferee<'_>,
        (case, recovery): CaseKey,
        key: WorstKey,
        lined: Lined<ComponentRow>,
        report: &mut Report,
    ) {
        let (file, line, row) = (self.file, lined.line, &lined.row);
        let before = self.listed.entry((recovery, key)).or_default();
        let mut wrong = |column: &str, found: String, expected: String| {
            let place = At::cell(file, line, column);
            report.add(rule_of::<ComponentRow>("place"), place, found, expected);
        };
        if before.len() >= self.most {
            let found = format!("place {}", before.len() + 1);
            wrong("case", found, format!("no more than {} for it", self.most));
        }
        if before
            .iter()
            .any(|component_row| component_row.row.case == row.case)
        {
            let found = format!("case {case} twice");
            wrong("case", found, "each case once".to_owned());
        }
        if let Some(Lined { row: last, .. }) = before.last() {
            let order = last.utilization.total_cmp(&row.utilization);
            if order.then(row.case.cmp(&last.case)).is_lt() {
                let most = rounded(last.utilization);
                let expected = format!("at most {most}, or a later case");
                wrong("utilization", rounded(row.utilization), expected);
            }
        }
        let mut expected = ComponentRow {
            utilization: row.load / row.capacity,
            ..row.clone()
        };
        if !self.is_by_kind {
            let inventory = referee.context.inventory;
            let kind = inventory.component_kind(ComponentId::new(key.1));
            kind.word().clone_into(&mut expected.kind);
            expected.unit.clone_from(&inventory.resources[key.2].unit);
            expected.place = judge::number(before.len() + 1);
        }
        judge_cells_of(file, (&lined, None), &Expected::from(expected), report);
        before.push(lined);
        self.of_case.entry((case, recovery)).or_default().push(key);
    }

    /// Checks what is listed of a case, and whether it is listed wherever it is among the worst.
    pub(super) fn check(&self, judged: &JudgedCase<'_, '_, '_>, report: &mut Report) {
        let case = judged.paths.case;
        let recovery = judged.written.failure.row.recovery;
        for key in self.of_case.get(&(case, recovery)).into_iter().flatten() {
            let listed = self.listed[&(recovery, *key)].iter();
            for lined in listed.filter(|component_row| component_row.row.case as usize == case) {
                self.load_is_true(judged, *key, lined, report);
            }
        }
        let kind = judged.paths.basis.asked.cases.kind(case);
        let kind = self.is_by_kind.then_some(kind);
        for (position, row) in without_retries(&judged.paths.rows).iter().enumerate() {
            if judged.fullest([row.component, row.resource]) != Some(position) {
                continue;
            }
            let key = (kind, row.component, row.resource);
            let listed = self.listed.get(&(recovery, key));
            let listed = listed.map_or(&[][..], Vec::as_slice);
            if !listed
                .iter()
                .any(|component_row| component_row.row.case as usize == case)
            {
                self.worst_are_listed(judged, position, listed, report);
            }
        }
    }

    /// P7855: load and capacity are those of the case.
    fn load_is_true(
        &self,
        judged: &JudgedCase<'_, '_, '_>,
        (_, component, resource): WorstKey,
        lined: &Lined<ComponentRow>,
        report: &mut Report,
    ) {
        let Some(position) = judged.fullest([component, resource]) else {
            let rule = rule_of::<ComponentRow>("load");
            let place = At::cell(self.file, lined.line, "case");
            let found = format!("case {}, which leaves it no capacity", judged.paths.case);
            report.add(rule, place, found, "a case that leaves it capacity");
            return;
        };
        let capacity = judged.paths.rows[position].capacity;
        let expected = ComponentRow {
            load: judged.outcome.loads[position],
            capacity,
            ..lined.row.clone()
        };
        let expected = Expected::from(expected).all_scaled(&["load", "capacity"], capacity);
        judge_cells_of(self.file, (lined, None), &expected, report);
    }

    /// P7856: a case that is not listed is no worse than those that are, of which there are enough.
    fn worst_are_listed(
        &self,
        judged: &JudgedCase<'_, '_, '_>,
        position: usize,
        listed: &[Lined<ComponentRow>],
        report: &mut Report,
    ) {
        let utilization = judged.utilization(position);
        let last = listed.last();
        let least = last.map_or(0.0, |last| last.row.utilization);
        let is_no_worse = utilization <= least || is_same(utilization, least, 1.0);
        if listed.len() >= self.most && is_no_worse {
            return;
        }
        let inventory = judged.paths.basis.context.inventory;
        let row = &judged.paths.rows[position];
        let found = format!(
            "no row of case {}, which uses {} of {} on `{}`",
            judged.paths.case,
            rounded(utilization),
            inventory.resources[row.resource].id,
            inventory.component_name(ComponentId::new(row.component)),
        );
        let place = At::cell(self.file, last.map_or(0, |last| last.line), "case");
        let expected = format!("the worst cases, as many as {}", self.most);
        report.add(rule_of::<ComponentRow>("place"), place, found, expected);
    }
}
