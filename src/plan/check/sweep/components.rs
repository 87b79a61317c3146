//! Components: whether `by_component.csv` has the ten worst cases of every component and resource, and
//! `worst_by_kind.csv` the worst of every kind of case.

use super::super::certificate::without_retries;
use super::super::ground::Ground;
use super::super::report::{At, Report, Rule, is_same};
use super::asked::Asked;
use super::failures::Found;
use super::tables::{OfCase, is_of_nothing, of_cases};
use crate::ids::ComponentId;
use crate::model::{CaseKind, Recovery};
use crate::plan_files::{ComponentRow, Lined, Row, WorstRow, decimal};
use std::collections::BTreeMap;

/// How many of the worst cases of a component are kept.
const MOST_CASES: usize = 10;

/// Of which kind the cases are, `None` if of any; component, resource.
type Key = (Option<CaseKind>, usize, usize);

/// One of the worst cases of a component's resource.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Listed {
    line: u64,
    case: usize,
    utilization: f64,
    load: f64,
    capacity: f64,
}

/// A file that lists the worst cases of components.
pub(super) struct Worst {
    file: &'static str,
    /// How many are listed.
    most: usize,
    /// Whether the cases of each kind are listed by themselves.
    is_by_kind: bool,
    /// In the order of their places.
    listed: BTreeMap<(Recovery, Key), Vec<Listed>>,
    /// By case and recovery, of what it is listed.
    of_case: BTreeMap<(usize, Recovery), Vec<Key>>,
}

impl Worst {
    /// `by_component.csv`, as far as it can be checked without looking at a case.
    pub(super) fn of_all(
        ground: &Ground<'_>,
        asked: &Asked,
        rows: &[Lined<ComponentRow>],
        report: &mut Report,
    ) -> Self {
        let mut all = Self::new::<ComponentRow>(MOST_CASES, false);
        for ((case, recovery), lined) in of_cases(ground, asked, rows, report) {
            let row = &lined.row;
            let names = [row.component.as_str(), row.resource.as_str()];
            let Some((component, resource)) =
                ids::<ComponentRow>(ground, lined.line, names, report)
            else {
                continue;
            };
            kind_and_unit_are_true(ground, (component, resource), lined, report);
            let listed = Listed {
                line: lined.line,
                case,
                utilization: row.utilization,
                load: row.load,
                capacity: row.capacity,
            };
            let place = all.add((recovery, (None, component, resource)), listed, report);
            if usize::try_from(row.place) != Ok(place) {
                let at = At::cell(ComponentRow::FILE, lined.line, "place");
                report.add(WORST, at, row.place.to_string(), place.to_string());
            }
        }
        all
    }

    /// `worst_by_kind.csv`, the same.
    pub(super) fn of_kinds(
        ground: &Ground<'_>,
        asked: &Asked,
        rows: &[Lined<WorstRow>],
        report: &mut Report,
    ) -> Self {
        let mut all = Self::new::<WorstRow>(1, true);
        for ((case, recovery), lined) in of_cases(ground, asked, rows, report) {
            let row = &lined.row;
            let kind = asked.cases.kind(case);
            if row.kind_of_case != kind.word() {
                let at = At::cell(WorstRow::FILE, lined.line, "kind_of_case");
                let found = format!("`{}`", row.kind_of_case);
                let expected = format!("`{}`, as case {case} is", kind.word());
                report.add(WORST, at, found, expected);
                continue;
            }
            let names = [row.component.as_str(), row.resource.as_str()];
            let Some((component, resource)) = ids::<WorstRow>(ground, lined.line, names, report)
            else {
                continue;
            };
            let listed = Listed {
                line: lined.line,
                case,
                utilization: row.utilization,
                load: row.load,
                capacity: row.capacity,
            };
            all.add(
                (recovery, (Some(kind), component, resource)),
                listed,
                report,
            );
        }
        all
    }

    fn new<R: OfCase>(most: usize, is_by_kind: bool) -> Self {
        Self {
            file: R::FILE,
            most,
            is_by_kind,
            listed: BTreeMap::new(),
            of_case: BTreeMap::new(),
        }
    }

    /// Takes a row over; the place that it should have.
    fn add(&mut self, key: (Recovery, Key), listed: Listed, report: &mut Report) -> usize {
        utilization_is_load_by_capacity(self.file, &listed, report);
        let before = self.listed.entry(key).or_default();
        order_is_kept((self.file, self.most), before, &listed, report);
        before.push(listed);
        let place = before.len();
        let of_case = self.of_case.entry((listed.case, key.0)).or_default();
        of_case.push(key.1);
        place
    }

    /// Checks what is listed of a case, and whether it is listed wherever it is among the worst.
    pub(super) fn check(
        &self,
        found: &Found<'_, '_>,
        (case, recovery): (usize, Recovery),
        report: &mut Report,
    ) {
        for key in self.of_case.get(&(case, recovery)).into_iter().flatten() {
            let listed = self.listed[&(recovery, *key)].iter();
            for own in listed.filter(|own| own.case == case) {
                self.load_is_true(found, *key, own, report);
            }
        }
        let kind = found.ways.basis.asked.cases.kind(case);
        let kind = self.is_by_kind.then_some(kind);
        for (position, row) in without_retries(found.rows).iter().enumerate() {
            if found.fullest((row.component, row.resource)) != Some(position) {
                continue;
            }
            let load = found.outcome.loads[position];
            let key = (kind, row.component, row.resource);
            let listed = self.listed.get(&(recovery, key));
            let listed = listed.map_or(&[][..], Vec::as_slice);
            if !listed.iter().any(|own| own.case == case) {
                self.worst_are_listed(found, (case, key), load / row.capacity, listed, report);
            }
        }
    }

    /// P7855: load and capacity are those of the case.
    fn load_is_true(
        &self,
        found: &Found<'_, '_>,
        (_, component, resource): Key,
        listed: &Listed,
        report: &mut Report,
    ) {
        let Some(position) = found.fullest((component, resource)) else {
            let at = At::cell(self.file, listed.line, "case");
            let words = format!("case {}, which leaves nothing of it", listed.case);
            report.add(ANOTHER, at, words, "a case that leaves something of it");
            return;
        };
        let row = &found.rows[position];
        let load = found.outcome.loads[position];
        let cells = [
            ("load", listed.load, load),
            ("capacity", listed.capacity, row.capacity),
        ];
        for (column, own, expected) in cells {
            if !is_same(own, expected, row.capacity) {
                let at = At::cell(self.file, listed.line, column);
                report.add(ANOTHER, at, decimal(own), decimal(expected));
            }
        }
    }

    /// P7856: a case that is not listed is no worse than those that are, of which there are enough.
    fn worst_are_listed(
        &self,
        found: &Found<'_, '_>,
        (case, (_, component, resource)): (usize, Key),
        utilization: f64,
        listed: &[Listed],
        report: &mut Report,
    ) {
        let last = listed.last();
        let least = last.map_or(0.0, |last| last.utilization);
        let is_no_worse = utilization <= least || is_same(utilization, least, 1.0);
        if listed.len() >= self.most && is_no_worse {
            return;
        }
        let ground = found.ways.basis.ground;
        let name = ground.inventory.component_name(ComponentId::new(component));
        let resource = &ground.inventory.resources[resource].id;
        let words = format!(
            "no row of case {case}, which uses {} of {resource} on `{name}`",
            decimal(utilization)
        );
        let at = At::cell(self.file, last.map_or(0, |last| last.line), "case");
        let expected = format!("the worst cases, as many as {}", self.most);
        report.add(WORST, at, words, expected);
    }
}

/// P7833: component and resource are some.
fn ids<R: Row>(
    ground: &Ground<'_>,
    line: u64,
    [component, resource]: [&str; 2],
    report: &mut Report,
) -> Option<(usize, usize)> {
    let id = ground.components.get(component);
    if id.is_none() {
        is_of_nothing::<R>(line, "component", component, report);
    }
    let of = ground.resources.get(resource);
    if of.is_none() {
        is_of_nothing::<R>(line, "resource", resource, report);
    }
    Some((id?.index(), of?.index()))
}

const ANOTHER: Rule = Rule {
    code: "P7855",
    hint: "write what the plan of the case loads there, and what is left in the case",
};

/// P7855: kind and unit are the component's and the resource's.
fn kind_and_unit_are_true(
    ground: &Ground<'_>,
    (component, resource): (usize, usize),
    lined: &Lined<ComponentRow>,
    report: &mut Report,
) {
    let kind = ground.inventory.component_kind(ComponentId::new(component));
    let unit = &ground.inventory.resources[resource].unit;
    let cells = [
        ("kind", &lined.row.kind, kind.word()),
        ("unit", &lined.row.unit, unit),
    ];
    for (column, found, expected) in cells {
        if found != expected {
            let at = At::cell(ComponentRow::FILE, lined.line, column);
            report.add(ANOTHER, at, format!("`{found}`"), format!("`{expected}`"));
        }
    }
}

/// P7855: utilization is load ÷ capacity.
fn utilization_is_load_by_capacity(file: &'static str, listed: &Listed, report: &mut Report) {
    let expected = listed.load / listed.capacity;
    if !is_same(listed.utilization, expected, 1.0) {
        let at = At::cell(file, listed.line, "utilization");
        report.add(
            ANOTHER,
            at,
            decimal(listed.utilization),
            format!("{expected}"),
        );
    }
}

const WORST: Rule = Rule {
    code: "P7856",
    hint: "list the cases that fill it most, the worst first; of equally bad ones the first",
};

/// P7856: each case is there once, none stands behind one that is less bad, and there are not too many.
fn order_is_kept(
    (file, most): (&'static str, usize),
    before: &[Listed],
    listed: &Listed,
    report: &mut Report,
) {
    let mut wrong = |column: &str, found: String, expected: String| {
        report.add(WORST, At::cell(file, listed.line, column), found, expected);
    };
    if before.len() >= most {
        let found = format!("place {}", before.len() + 1);
        wrong("case", found, format!("no more than {most} for it"));
    }
    if before.iter().any(|own| own.case == listed.case) {
        let found = format!("case {} again", listed.case);
        wrong("case", found, "another case".to_owned());
    }
    let Some(last) = before.last() else {
        return;
    };
    let order = last.utilization.total_cmp(&listed.utilization);
    if order.then(listed.case.cmp(&last.case)).is_lt() {
        let expected = format!("at most {}, or a later case", decimal(last.utilization));
        wrong("utilization", decimal(listed.utilization), expected);
    }
}
