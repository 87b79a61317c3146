//! Worst cases: whether `by_component.csv` has the ten worst cases of every component and resource, and
//! `worst_by_kind.csv` the worst of every kind of case.

use super::super::certificate::without_retries;
use super::super::judge::{self, Expected, judge_cells};
use super::super::report::{At, Report, Rule, is_same};
use super::case_rows::JudgedCase;
use super::tables::{CaseKey, SweepReferee, at, is_of_nothing, rule_of};
use crate::ids::ComponentId;
use crate::model::{CaseKind, Recovery};
use crate::plan::sweep::{MOST_CASES, Use};
use crate::plan_files::{ComponentRow, Lined, Row, WorstRow, decimal};
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
    listed: BTreeMap<(Recovery, WorstKey), Vec<Lined<Use>>>,
    /// By case and recovery, of what it is listed.
    of_case: BTreeMap<CaseKey, Vec<WorstKey>>,
}

impl WorstCases {
    fn new(file: &'static str, most: usize, is_by_kind: bool) -> Self {
        Self {
            file,
            most,
            is_by_kind,
            listed: BTreeMap::new(),
            of_case: BTreeMap::new(),
        }
    }

    /// `by_component.csv`, as far as it can be checked without looking at a case.
    pub(super) fn of_all(
        referee: &SweepReferee<'_>,
        rows: &[Lined<ComponentRow>],
        report: &mut Report,
    ) -> Self {
        let inventory = referee.context.inventory;
        let mut all = Self::new(ComponentRow::FILE, MOST_CASES, false);
        for ((case, recovery), lined) in referee.of_cases(rows, report) {
            let row = &lined.row;
            let names = [&row.component, &row.resource];
            let Some((component, resource)) = ids(referee, lined, names, report) else {
                continue;
            };
            let listed = Use {
                utilization: row.utilization,
                load: row.load,
                capacity: row.capacity,
                case,
            };
            let key = (recovery, (None, component, resource));
            let place = all.add(key, lined.line, listed, report);
            let kind = inventory.component_kind(ComponentId::new(component));
            let expected = ComponentRow {
                kind: kind.word().to_owned(),
                unit: inventory.resources[resource].unit.clone(),
                place: judge::number(place),
                ..row.clone()
            };
            judge_cells(lined, &Expected::from(expected), report);
        }
        all
    }

    /// `worst_by_kind.csv`, the same.
    pub(super) fn of_kinds(
        referee: &SweepReferee<'_>,
        rows: &[Lined<WorstRow>],
        report: &mut Report,
    ) -> Self {
        let mut all = Self::new(WorstRow::FILE, 1, true);
        for ((case, recovery), lined) in referee.of_cases(rows, report) {
            let row = &lined.row;
            let kind = referee.asked.cases.kind(case);
            if row.kind_of_case != kind.word() {
                let found = format!("`{}`", row.kind_of_case);
                let expected = format!("`{}`, as case {case} is", kind.word());
                report.add(worst_first(), at(lined, "kind_of_case"), found, expected);
                continue;
            }
            let names = [&row.component, &row.resource];
            if let Some((component, resource)) = ids(referee, lined, names, report) {
                let listed = Use {
                    utilization: row.utilization,
                    load: row.load,
                    capacity: row.capacity,
                    case,
                };
                let key = (recovery, (Some(kind), component, resource));
                all.add(key, lined.line, listed, report);
            }
        }
        all
    }

    /// Takes a row over, whose utilization is load ÷ capacity; the place that it should have. P7856: each case is there
    /// once, none stands behind one that is less bad, and there are not too many.
    fn add(
        &mut self,
        (recovery, key): (Recovery, WorstKey),
        line: u64,
        row: Use,
        report: &mut Report,
    ) -> usize {
        let (file, case) = (self.file, row.case);
        let utilization = [row.utilization, row.load / row.capacity];
        number_is_true((file, line), "utilization", utilization, 1.0, report);
        let before = self.listed.entry((recovery, key)).or_default();
        let mut wrong = |column: &str, found: String, expected: String| {
            let place = At::cell(file, line, column);
            report.add(worst_first(), place, found, expected);
        };
        if before.len() >= self.most {
            let found = format!("place {}", before.len() + 1);
            wrong("case", found, format!("no more than {} for it", self.most));
        }
        if before.iter().any(|own| own.row.case == case) {
            let found = format!("case {case} again");
            wrong("case", found, "another case".to_owned());
        }
        if let Some(Lined { row: last, .. }) = before.last() {
            let order = last.utilization.total_cmp(&row.utilization);
            if order.then(case.cmp(&last.case)).is_lt() {
                let most = decimal(last.utilization);
                let expected = format!("at most {most}, or a later case");
                wrong("utilization", decimal(row.utilization), expected);
            }
        }
        before.push(Lined { line, row });
        self.of_case.entry((case, recovery)).or_default().push(key);
        before.len()
    }

    /// Checks what is listed of a case, and whether it is listed wherever it is among the worst.
    pub(super) fn check(&self, judged: &JudgedCase<'_, '_>, report: &mut Report) {
        let (case, recovery) = (judged.written.case, judged.written.recovery);
        for key in self.of_case.get(&(case, recovery)).into_iter().flatten() {
            let listed = self.listed[&(recovery, *key)].iter();
            for lined in listed.filter(|own| own.row.case == case) {
                self.load_is_true(judged, *key, lined, report);
            }
        }
        let kind = judged.ways.basis.asked.cases.kind(case);
        let kind = self.is_by_kind.then_some(kind);
        for (position, row) in without_retries(&judged.ways.rows).iter().enumerate() {
            if judged.fullest((row.component, row.resource)) != Some(position) {
                continue;
            }
            let key = (kind, row.component, row.resource);
            let listed = self.listed.get(&(recovery, key));
            let listed = listed.map_or(&[][..], Vec::as_slice);
            if !listed.iter().any(|own| own.row.case == case) {
                self.worst_are_listed(judged, position, listed, report);
            }
        }
    }

    /// P7855: load and capacity are those of the case.
    fn load_is_true(
        &self,
        judged: &JudgedCase<'_, '_>,
        (_, component, resource): WorstKey,
        lined: &Lined<Use>,
        report: &mut Report,
    ) {
        let Some(position) = judged.fullest((component, resource)) else {
            let rule = rule_of::<ComponentRow>("load");
            let place = At::cell(self.file, lined.line, "case");
            let found = format!("case {}, which leaves nothing of it", judged.written.case);
            report.add(rule, place, found, "a case that leaves something of it");
            return;
        };
        let capacity = judged.ways.rows[position].capacity;
        let load = [lined.row.load, judged.outcome.loads[position]];
        let at = (self.file, lined.line);
        number_is_true(at, "load", load, capacity, report);
        number_is_true(
            at,
            "capacity",
            [lined.row.capacity, capacity],
            capacity,
            report,
        );
    }

    /// P7856: a case that is not listed is no worse than those that are, of which there are enough.
    fn worst_are_listed(
        &self,
        judged: &JudgedCase<'_, '_>,
        position: usize,
        listed: &[Lined<Use>],
        report: &mut Report,
    ) {
        let utilization = judged.utilization(position);
        let last = listed.last();
        let least = last.map_or(0.0, |last| last.row.utilization);
        let is_no_worse = utilization <= least || is_same(utilization, least, 1.0);
        if listed.len() >= self.most && is_no_worse {
            return;
        }
        let inventory = judged.ways.basis.context.inventory;
        let row = &judged.ways.rows[position];
        let found = format!(
            "no row of case {}, which uses {} of {} on `{}`",
            judged.written.case,
            decimal(utilization),
            inventory.resources[row.resource].id,
            inventory.component_name(ComponentId::new(row.component)),
        );
        let place = At::cell(self.file, last.map_or(0, |last| last.line), "case");
        let expected = format!("the worst cases, as many as {}", self.most);
        report.add(worst_first(), place, found, expected);
    }
}

/// P7855: a number of a line is the expected one.
fn number_is_true(
    (file, line): (&'static str, u64),
    column: &str,
    [found, expected]: [f64; 2],
    scale: f64,
    report: &mut Report,
) {
    if !is_same(found, expected, scale) {
        let rule = rule_of::<ComponentRow>(column);
        let place = At::cell(file, line, column);
        report.add(rule, place, decimal(found), decimal(expected));
    }
}

/// P7833: component and resource are some.
fn ids<R: Row>(
    referee: &SweepReferee<'_>,
    lined: &Lined<R>,
    [component, resource]: [&String; 2],
    report: &mut Report,
) -> Option<(usize, usize)> {
    let id = referee.context.components.get(component.as_str());
    if id.is_none() {
        is_of_nothing(lined, "component", component, report);
    }
    let of = referee.context.resources.get(resource.as_str());
    if of.is_none() {
        is_of_nothing(lined, "resource", resource, report);
    }
    Some((id?.index(), of?.index()))
}

/// P7856.
fn worst_first() -> Rule {
    rule_of::<ComponentRow>("place")
}
