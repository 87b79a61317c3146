//! Components: whether `by_component.csv` has the ten worst cases of every component and resource, and
//! `worst_by_kind.csv` the worst of every kind of case; and whether `site_utilization.csv` says how full every site is in the
//! cases of at most one failure.

use super::super::certificate::without_retries;
use super::super::ground::Ground;
use super::super::judge::{self, Expected, judge_cells};
use super::super::report::{At, Report, Rule, is_same};
use super::asked::Asked;
use super::failures::Found;
use super::tables::{OfCase, Rows, is_of_nothing, of_cases, rule_of};
use crate::ids::ComponentId;
use crate::model::{CaseKind, Recovery};
use crate::plan_files::{ComponentRow, Lined, Row, SiteUtilizationRow, WorstRow, decimal};
use std::collections::BTreeMap;

/// Of which kind the cases are, `None` if of any; component, resource.
type Key = (Option<CaseKind>, usize, usize);

/// A row about how much of a resource is used on a component in a case.
pub(super) trait OfComponent: OfCase {
    /// How many of the worst cases are listed.
    const MOST: usize;

    /// Component and resource.
    fn names(&self) -> [&str; 2];

    /// Utilization, load and capacity.
    fn numbers(&self) -> [f64; 3];

    /// The row with other numbers.
    fn with_numbers(&self, numbers: [f64; 3]) -> Self;
}

macro_rules! of_component {
    ($row:ty, $most:expr) => {
        impl OfComponent for $row {
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

of_component!(ComponentRow, 10);
of_component!(WorstRow, 1);

/// Cases with their rows.
type Cases<'w, R> = Vec<(usize, &'w Lined<R>)>;

/// A file that lists the worst cases of components.
pub(super) struct Worst<'w, R> {
    /// Whether the cases of each kind are listed by themselves.
    is_by_kind: bool,
    /// In the order of their places.
    listed: BTreeMap<(Recovery, Key), Cases<'w, R>>,
    /// By case and recovery, of what it is listed.
    of_case: BTreeMap<(usize, Recovery), Vec<Key>>,
}

impl<'w> Worst<'w, ComponentRow> {
    /// `by_component.csv`, as far as it can be checked without looking at a case.
    pub(super) fn of_all(
        ground: &Ground<'_>,
        asked: &Asked,
        rows: &'w [Lined<ComponentRow>],
        report: &mut Report,
    ) -> Self {
        let mut all = Self::new(false);
        for ((case, recovery), lined) in of_cases(ground, asked, rows, report) {
            let Some((component, resource)) = ids(ground, lined, report) else {
                continue;
            };
            let key = (recovery, (None, component, resource));
            let place = all.add(key, (case, lined), report);
            let kind = ground.inventory.component_kind(ComponentId::new(component));
            let expected = ComponentRow {
                kind: kind.word().to_owned(),
                unit: ground.inventory.resources[resource].unit.clone(),
                place: judge::number(place),
                ..lined.row.clone()
            };
            judge_cells(lined, &Expected::from(expected), report);
        }
        all
    }
}

impl<'w> Worst<'w, WorstRow> {
    /// `worst_by_kind.csv`, the same.
    pub(super) fn of_kinds(
        ground: &Ground<'_>,
        asked: &Asked,
        rows: &'w [Lined<WorstRow>],
        report: &mut Report,
    ) -> Self {
        let mut all = Self::new(true);
        for ((case, recovery), lined) in of_cases(ground, asked, rows, report) {
            let kind = asked.cases.kind(case);
            if lined.row.kind_of_case != kind.word() {
                let at = At::cell(WorstRow::FILE, lined.line, "kind_of_case");
                let found = format!("`{}`", lined.row.kind_of_case);
                let expected = format!("`{}`, as case {case} is", kind.word());
                report.add(worst_first(), at, found, expected);
                continue;
            }
            if let Some((component, resource)) = ids(ground, lined, report) {
                let key = (recovery, (Some(kind), component, resource));
                all.add(key, (case, lined), report);
            }
        }
        all
    }
}

impl<'w, R: OfComponent> Worst<'w, R> {
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
        key: (Recovery, Key),
        (case, lined): (usize, &'w Lined<R>),
        report: &mut Report,
    ) -> usize {
        let [_, load, capacity] = lined.row.numbers();
        let expected = lined.row.with_numbers([load / capacity, load, capacity]);
        judge_cells(lined, &Expected::from(expected), report);
        let before = self.listed.entry(key).or_default();
        order_is_kept(before, (case, lined), report);
        before.push((case, lined));
        let of_case = self.of_case.entry((case, key.0)).or_default();
        of_case.push(key.1);
        before.len()
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
            for (_, lined) in listed.filter(|own| own.0 == case) {
                load_is_true(found, (case, *key), lined, report);
            }
        }
        let kind = found.ways.basis.asked.cases.kind(case);
        let kind = self.is_by_kind.then_some(kind);
        for (position, row) in without_retries(found.rows).iter().enumerate() {
            if found.fullest((row.component, row.resource)) != Some(position) {
                continue;
            }
            let key = (kind, row.component, row.resource);
            let listed = self.listed.get(&(recovery, key));
            let listed = listed.map_or(&[][..], Vec::as_slice);
            if !listed.iter().any(|own| own.0 == case) {
                worst_are_listed(found, (case, position), listed, report);
            }
        }
    }
}

/// P7855: load and capacity are those of the case.
fn load_is_true<R: OfComponent>(
    found: &Found<'_, '_>,
    (case, (_, component, resource)): (usize, Key),
    lined: &Lined<R>,
    report: &mut Report,
) {
    let Some(position) = found.fullest((component, resource)) else {
        let at = At::cell(R::FILE, lined.line, "case");
        let words = format!("case {case}, which leaves nothing of it");
        let rule = rule_of::<R>("load");
        report.add(rule, at, words, "a case that leaves something of it");
        return;
    };
    let (load, capacity) = (found.outcome.loads[position], found.rows[position].capacity);
    let [utilization, ..] = lined.row.numbers();
    let expected = lined.row.with_numbers([utilization, load, capacity]);
    let expected = Expected::from(expected)
        .scaled("load", capacity)
        .scaled("capacity", capacity);
    judge_cells(lined, &expected, report);
}

/// P7856: a case that is not listed is no worse than those that are, of which there are enough.
fn worst_are_listed<R: OfComponent>(
    found: &Found<'_, '_>,
    (case, position): (usize, usize),
    listed: &[(usize, &Lined<R>)],
    report: &mut Report,
) {
    let row = &found.rows[position];
    let utilization = found.outcome.loads[position] / row.capacity;
    let last = listed.last().map(|own| own.1);
    let least = last.map_or(0.0, |last| last.row.numbers()[0]);
    let is_no_worse = utilization <= least || is_same(utilization, least, 1.0);
    if listed.len() >= R::MOST && is_no_worse {
        return;
    }
    let inventory = found.ways.basis.ground.inventory;
    let words = format!(
        "no row of case {case}, which uses {} of {} on `{}`",
        decimal(utilization),
        inventory.resources[row.resource].id,
        inventory.component_name(ComponentId::new(row.component)),
    );
    let at = At::cell(R::FILE, last.map_or(0, |last| last.line), "case");
    let expected = format!("the worst cases, as many as {}", R::MOST);
    report.add(worst_first(), at, words, expected);
}

/// P7833: component and resource are some.
fn ids<R: OfComponent>(
    ground: &Ground<'_>,
    lined: &Lined<R>,
    report: &mut Report,
) -> Option<(usize, usize)> {
    let [component, resource] = lined.row.names();
    let id = ground.components.get(component);
    if id.is_none() {
        is_of_nothing::<R>(lined.line, "component", component, report);
    }
    let of = ground.resources.get(resource);
    if of.is_none() {
        is_of_nothing::<R>(lined.line, "resource", resource, report);
    }
    Some((id?.index(), of?.index()))
}

/// P7856.
fn worst_first() -> Rule {
    rule_of::<ComponentRow>("place")
}

/// P7856: each case is there once, none stands behind one that is less bad, and there are not too many.
fn order_is_kept<R: OfComponent>(
    before: &[(usize, &Lined<R>)],
    (case, lined): (usize, &Lined<R>),
    report: &mut Report,
) {
    let mut wrong = |column: &str, found: String, expected: String| {
        let at = At::cell(R::FILE, lined.line, column);
        report.add(worst_first(), at, found, expected);
    };
    if before.len() >= R::MOST {
        let found = format!("place {}", before.len() + 1);
        wrong("case", found, format!("no more than {} for it", R::MOST));
    }
    if before.iter().any(|own| own.0 == case) {
        let found = format!("case {case} again");
        wrong("case", found, "another case".to_owned());
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

const FULLEST: Rule = Rule {
    code: "P7859",
    hint: "write one row for every site that has something left, with its fullest resource",
};

/// P7859: every site that limits something has a row with the fullest of its resources.
pub(super) fn sites_are_true(
    found: &Found<'_, '_>,
    case: usize,
    rows: &Rows<'_>,
    report: &mut Report,
) {
    let ground = found.ways.basis.ground;
    let mut told: BTreeMap<usize, &Lined<SiteUtilizationRow>> = BTreeMap::new();
    for row in &rows.sites {
        match ground.sites.get(row.row.site.as_str()) {
            Some(site) => {
                told.insert(site.index(), row);
            }
            None => is_of_nothing::<SiteUtilizationRow>(row.line, "site", &row.row.site, report),
        }
    }
    let mut fullest: BTreeMap<usize, f64> = BTreeMap::new();
    let sites = ground.inventory.sites.len();
    let of_sites = without_retries(found.rows).iter().zip(&found.outcome.loads);
    for (row, load) in of_sites.filter(|(row, _)| row.component < sites) {
        let own = fullest.entry(row.component).or_default();
        *own = own.max(load / row.capacity);
    }
    let cases = &found.ways.basis.asked.cases;
    if cases.size(case) > 1 || cases.gray_size(case) > 0 {
        fullest.clear();
    }
    for (site, row) in &told {
        let Some(expected) = fullest.get(site) else {
            let at = At::cell(SiteUtilizationRow::FILE, row.line, "site");
            let words = format!("`{}` in case {case}", row.row.site);
            let expected = "a site that has something left, in a case of at most one failure";
            report.add(FULLEST, at, words, expected);
            continue;
        };
        let position = found.row_of(&row.row.site, &row.row.resource);
        let of_resource =
            position.map(|position| found.outcome.loads[position] / found.rows[position].capacity);
        if of_resource.is_none_or(|own| !is_same(own, *expected, 1.0)) {
            let at = At::cell(SiteUtilizationRow::FILE, row.line, "resource");
            let words = format!("`{}`", row.row.resource);
            report.add(FULLEST, at, words, "the fullest resource of the site");
        } else if !is_same(row.row.utilization, *expected, 1.0) {
            let at = At::cell(SiteUtilizationRow::FILE, row.line, "utilization");
            report.add(
                FULLEST,
                at,
                decimal(row.row.utilization),
                decimal(*expected),
            );
        }
    }
    for (site, utilization) in &fullest {
        if !told.contains_key(site) {
            let name = &ground.inventory.sites[*site].id;
            let words = format!("no row of `{name}` in case {case}");
            let expected = format!("its fullest resource, at {}", decimal(*utilization));
            report.add(FULLEST, At::file(SiteUtilizationRow::FILE), words, expected);
        }
    }
}
