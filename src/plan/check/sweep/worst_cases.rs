//! Worst cases: whether `by_component.csv` has the ten worst cases of every component and resource, and
//! `worst_by_kind.csv` the worst of every kind of case.

use super::super::certificate::without_retries;
use super::super::judge::{self, Expected, judge_cells};
use super::super::report::{At, Report, Rule, is_same};
use super::case_rows::JudgedCase;
use super::tables::{CaseKey, RowOfCase, SweepReferee, at, is_of_nothing, rule_of};
use crate::ids::ComponentId;
use crate::model::{CaseKind, Recovery};
use crate::plan::sweep::MOST_CASES;
use crate::plan_files::{ComponentRow, Lined, WorstRow, decimal};
use std::collections::BTreeMap;

/// Of which kind the cases are, `None` if of any; component, resource.
type WorstKey = (Option<CaseKind>, usize, usize);

/// A row about how much of a resource is used on a component in a case.
pub(super) trait RowOfUse: RowOfCase {
    /// How many of the worst cases are listed.
    const MOST: usize;

    /// Component and resource.
    fn names(&self) -> [&str; 2];

    /// Utilization, load and capacity.
    fn numbers(&self) -> [f64; 3];

    /// The row with other numbers.
    fn with_numbers(&self, numbers: [f64; 3]) -> Self;
}

macro_rules! row_of_use {
    ($row:ty, $most:expr) => {
        impl RowOfUse for $row {
            const MOST: usize = $most;

            fn names(&self) -> [&str; 2] {
                [&self.component, &self.resource]
            }

            fn numbers(&self) -> [f64; 3] {
                [self.utilization, self.load, self.capacity]
            }

            fn with_numbers(&self, [utilization, load, capacity]: [f64; 3]) -> Self {
                Self {
                    utilization,
                    load,
                    capacity,
                    ..self.clone()
                }
            }
        }
    };
}

row_of_use!(ComponentRow, MOST_CASES);
row_of_use!(WorstRow, 1);

/// Cases with their rows.
type ListedCases<'w, R> = Vec<(usize, &'w Lined<R>)>;

/// A file that lists the worst cases of components.
pub(super) struct WorstCases<'w, R> {
    /// Whether the cases of each kind are listed by themselves.
    is_by_kind: bool,
    /// In the order of their places.
    listed: BTreeMap<(Recovery, WorstKey), ListedCases<'w, R>>,
    /// By case and recovery, of what it is listed.
    of_case: BTreeMap<CaseKey, Vec<WorstKey>>,
}

impl<'w> WorstCases<'w, ComponentRow> {
    /// `by_component.csv`, as far as it can be checked without looking at a case.
    pub(super) fn of_all(
        referee: &SweepReferee<'w>,
        rows: &'w [Lined<ComponentRow>],
        report: &mut Report,
    ) -> Self {
        let inventory = referee.ground.inventory;
        let mut all = Self::new(false);
        for ((case, recovery), lined) in referee.of_cases(rows, report) {
            let Some((component, resource)) = ids(referee, lined, report) else {
                continue;
            };
            let key = (recovery, (None, component, resource));
            let place = all.add(key, (case, lined), report);
            let kind = inventory.component_kind(ComponentId::new(component));
            let expected = ComponentRow {
                kind: kind.word().to_owned(),
                unit: inventory.resources[resource].unit.clone(),
                place: judge::number(place),
                ..lined.row.clone()
            };
            judge_cells(lined, &Expected::from(expected), report);
        }
        all
    }
}

impl<'w> WorstCases<'w, WorstRow> {
    /// `worst_by_kind.csv`, the same.
    pub(super) fn of_kinds(
        referee: &SweepReferee<'w>,
        rows: &'w [Lined<WorstRow>],
        report: &mut Report,
    ) -> Self {
        let mut all = Self::new(true);
        for ((case, recovery), lined) in referee.of_cases(rows, report) {
            let kind = referee.asked.cases.kind(case);
            if lined.row.kind_of_case != kind.word() {
                let found = format!("`{}`", lined.row.kind_of_case);
                let expected = format!("`{}`, as case {case} is", kind.word());
                report.add(worst_first(), at(lined, "kind_of_case"), found, expected);
            } else if let Some((component, resource)) = ids(referee, lined, report) {
                let key = (recovery, (Some(kind), component, resource));
                all.add(key, (case, lined), report);
            }
        }
        all
    }
}

impl<'w, R: RowOfUse> WorstCases<'w, R> {
    fn new(is_by_kind: bool) -> Self {
        Self {
            is_by_kind,
            listed: BTreeMap::new(),
            of_case: BTreeMap::new(),
        }
    }

    /// Takes a row over, whose utilization is load ÷ capacity; the place that it should have.
    fn add(
        &mut self,
        (recovery, key): (Recovery, WorstKey),
        (case, lined): (usize, &'w Lined<R>),
        report: &mut Report,
    ) -> usize {
        let [_, load, capacity] = lined.row.numbers();
        let expected = lined.row.with_numbers([load / capacity, load, capacity]);
        judge_cells(lined, &Expected::from(expected), report);
        let before = self.listed.entry((recovery, key)).or_default();
        order_is_kept(before, (case, lined), report);
        before.push((case, lined));
        self.of_case.entry((case, recovery)).or_default().push(key);
        before.len()
    }

    /// Checks what is listed of a case, and whether it is listed wherever it is among the worst.
    pub(super) fn check(&self, judged: &JudgedCase<'_, '_>, report: &mut Report) {
        let (case, recovery) = (judged.written.case, judged.written.recovery);
        for key in self.of_case.get(&(case, recovery)).into_iter().flatten() {
            let listed = self.listed[&(recovery, *key)].iter();
            for (_, lined) in listed.filter(|own| own.0 == case) {
                load_is_true(judged, *key, lined, report);
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
            if !listed.iter().any(|own| own.0 == case) {
                worst_are_listed(judged, position, listed, report);
            }
        }
    }
}

/// P7855: load and capacity are those of the case.
fn load_is_true<R: RowOfUse>(
    judged: &JudgedCase<'_, '_>,
    (_, component, resource): WorstKey,
    lined: &Lined<R>,
    report: &mut Report,
) {
    let Some(position) = judged.fullest((component, resource)) else {
        let found = format!("case {}, which leaves nothing of it", judged.written.case);
        let expected = "a case that leaves something of it";
        report.add(rule_of::<R>("load"), at(lined, "case"), found, expected);
        return;
    };
    let load = judged.outcome.loads[position];
    let capacity = judged.ways.rows[position].capacity;
    let [utilization, ..] = lined.row.numbers();
    let expected = lined.row.with_numbers([utilization, load, capacity]);
    let expected = Expected::from(expected)
        .scaled("load", capacity)
        .scaled("capacity", capacity);
    judge_cells(lined, &expected, report);
}

/// P7856: a case that is not listed is no worse than those that are, of which there are enough.
fn worst_are_listed<R: RowOfUse>(
    judged: &JudgedCase<'_, '_>,
    position: usize,
    listed: &[(usize, &Lined<R>)],
    report: &mut Report,
) {
    let utilization = judged.utilization(position);
    let last = listed.last().map(|own| own.1);
    let least = last.map_or(0.0, |last| last.row.numbers()[0]);
    let is_no_worse = utilization <= least || is_same(utilization, least, 1.0);
    if listed.len() >= R::MOST && is_no_worse {
        return;
    }
    let inventory = judged.ways.basis.ground.inventory;
    let row = &judged.ways.rows[position];
    let found = format!(
        "no row of case {}, which uses {} of {} on `{}`",
        judged.written.case,
        decimal(utilization),
        inventory.resources[row.resource].id,
        inventory.component_name(ComponentId::new(row.component)),
    );
    let place = At::cell(R::FILE, last.map_or(0, |last| last.line), "case");
    let expected = format!("the worst cases, as many as {}", R::MOST);
    report.add(worst_first(), place, found, expected);
}

/// P7833: component and resource are some.
fn ids<R: RowOfUse>(
    referee: &SweepReferee<'_>,
    lined: &Lined<R>,
    report: &mut Report,
) -> Option<(usize, usize)> {
    let [component, resource] = lined.row.names();
    let id = referee.ground.components.get(component);
    if id.is_none() {
        is_of_nothing(lined, "component", component, report);
    }
    let of = referee.ground.resources.get(resource);
    if of.is_none() {
        is_of_nothing(lined, "resource", resource, report);
    }
    Some((id?.index(), of?.index()))
}

/// P7856.
fn worst_first() -> Rule {
    rule_of::<ComponentRow>("place")
}

/// P7856: each case is there once, none stands behind one that is less bad, and there are not too many.
fn order_is_kept<R: RowOfUse>(
    before: &[(usize, &Lined<R>)],
    (case, lined): (usize, &Lined<R>),
    report: &mut Report,
) {
    let mut wrong = |column: &str, found: String, expected: String| {
        report.add(worst_first(), at(lined, column), found, expected);
    };
    if before.len() >= R::MOST {
        let found = format!("place {}", before.len() + 1);
        wrong("case", found, format!("no more than {} for it", R::MOST));
    }
    if before.iter().any(|own| own.0 == case) {
        wrong(
            "case",
            format!("case {case} again"),
            "another case".to_owned(),
        );
    }
    let Some((last_case, last)) = before.last() else {
        return;
    };
    let [most, own] = [last, &lined].map(|lined| lined.row.numbers()[0]);
    if most.total_cmp(&own).then(case.cmp(last_case)).is_lt() {
        let expected = format!("at most {}, or a later case", decimal(most));
        wrong("utilization", decimal(own), expected);
    }
}
