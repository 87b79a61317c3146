//! Stability: whether stability.csv says what all retries make of the loads, and whether everything recovers by itself where
//! that is asked.

use super::ground::Ground;
use super::load::{Key, Loads, retries};
use super::period::Situation;
use super::report::{At, Report, Rule, cell_text, is_same, is_same_difference};
use crate::ids::{ComponentId, ProfileId, ResourceId};
use crate::plan_files::{
    Lined, PeriodSummary, Row, SUMMARY_FILE, Stability, StabilityRow, Summary, decimal,
};
use crate::units::FEASIBILITY;
use std::collections::BTreeMap;

/// "An overload keeps itself up where somebody gives up while his work waits, and tries again."
pub(super) fn keeps_itself_up(ground: &Ground<'_>, at: Key) -> bool {
    let profiles = (0..ground.inventory.profiles.len()).map(ProfileId::new);
    let mut again = profiles.map(|profile| retries(ground, profile, at));
    again.any(|again| again > 0.0)
}

/// "With all retries less than what is left has to come": a millionth of it less.
pub(super) fn most_offered(left: f64, nominal: f64) -> f64 {
    (left - FEASIBILITY * left).max(1e-9 * nominal)
}

/// "stability.csv is written where anybody retries."
pub(super) fn is_told(ground: &Ground<'_>) -> bool {
    let mut profiles = ground.inventory.profiles.iter();
    profiles.any(|own| own.retries > 0.0)
}

/// What a component carries of a resource, and what it has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Carried {
    pub(super) load: f64,
    /// With all retries running, where an overload keeps itself up.
    pub(super) offered: Option<f64>,
    pub(super) left: f64,
    pub(super) nominal: f64,
}

impl Carried {
    /// load ÷ R − load ÷ A; where nothing is loaded nobody tries again.
    fn margin(&self) -> Option<f64> {
        let offered = self.offered.filter(|_| self.left > 0.0)?;
        let threshold = if self.load > 0.0 {
            self.load / offered
        } else {
            1.0
        };
        Some(threshold - self.load / self.left)
    }

    /// Overloaded beyond what is left, vulnerable where all retries are, else stable.
    fn stability(&self) -> Stability {
        let most = self.left * (1.0 + FEASIBILITY) + 1e-9 * self.nominal;
        let most_offered = most_offered(self.left, self.nominal);
        if self.load > most {
            Stability::Overloaded
        } else if self.offered.is_some_and(|offered| offered > most_offered) {
            Stability::Vulnerable
        } else {
            Stability::Stable
        }
    }

    /// The same where the amounts are those that a row tells.
    fn as_told(&self, row: &StabilityRow) -> Self {
        Self {
            load: row.load,
            offered: row.retry_load,
            left: row.capacity,
            nominal: self.nominal,
        }
    }

    /// `true` if a row has these amounts.
    fn is_told_by(&self, row: &StabilityRow) -> bool {
        let is_same_offer = match (row.retry_load, self.offered) {
            (Some(told), Some(own)) => is_same(told, own, self.nominal),
            (None, None) => true,
            _ => false,
        };
        is_same_offer
            && is_same(row.load, self.load, self.nominal)
            && is_same_difference(row.capacity, self.left, 1e-3 * self.nominal)
    }
}

/// By component and resource, what is carried under each of some cases.
pub(super) type Cases = BTreeMap<Key, Vec<Carried>>;

/// Checks the rows of a period itself and what summary.json says of it; its loads are by slice of the hours.
pub(super) fn check(
    ground: &Ground<'_>,
    situation: &Situation,
    period: usize,
    loads: &[Loads],
    (rows, summary): (Option<&[&Lined<StabilityRow>]>, Option<&Summary>),
    report: &mut Report,
) {
    let mut cases = Cases::new();
    for (at, nominal) in situation.case.nominal.indexed_iter() {
        let Some(nominal) = *nominal else { continue };
        let waits = keeps_itself_up(ground, at);
        let at = [at.0, at.1];
        let slices = loads.iter().map(|own| Carried {
            load: own.load[at],
            offered: waits.then(|| own.offered[at]),
            left: nominal * situation.case.available[at],
            nominal,
        });
        cases.insert((at[0], at[1]), slices.collect());
    }
    let told = rows.map(|rows| {
        let own = rows.iter().filter(|row| row.row.wave.is_none()).copied();
        rows_are_true(ground, (period, None), &cases, own, report)
    });
    if let Some(summary) = summary.and_then(|own| own.periods.get(period)) {
        let counted = cases.iter().filter_map(|(key, cases)| {
            let own = tightest(cases)?;
            let row = told.as_ref().and_then(|told| told.get(key));
            Some((*key, row.map_or(*own, |row| own.as_told(&row.row))))
        });
        summary_is_true(ground, period, &counted.collect(), summary, report);
    }
}

/// Checks the rows of a period or a wave, and gives them back by what they are of.
pub(super) fn rows_are_true<'a>(
    ground: &Ground<'_>,
    (period, wave): (usize, Option<u32>),
    cases: &Cases,
    rows: impl Iterator<Item = &'a Lined<StabilityRow>>,
    report: &mut Report,
) -> BTreeMap<Key, &'a Lined<StabilityRow>> {
    let told = by_key(ground, rows, |key| cases.contains_key(&key), report);
    for (key, cases) in cases {
        match (told.get(key), cases.first()) {
            (Some(row), Some(first)) => {
                tightest_is_told(cases, row, report);
                what_follows_is_true(first, row, report);
                kind_and_unit_are_true(ground, *key, row, report);
            }
            _ => row_is_missing(ground, (period, wave), *key, report),
        }
    }
    told
}

/// "The case counts that is worst by class, then by margin", of equals the one with more load. What carries something where
/// nothing is left is furthest of all, what carries nothing there is not in it at all.
fn tightness(own: &Carried) -> (Stability, f64) {
    let blank = if own.left <= 0.0 && own.load > 0.0 {
        f64::NEG_INFINITY
    } else {
        f64::INFINITY
    };
    (own.stability(), own.margin().unwrap_or(blank))
}

fn tightest(cases: &[Carried]) -> Option<&Carried> {
    cases.iter().max_by(|a, b| {
        let ((class, margin), (other_class, other_margin)) = (tightness(a), tightness(b));
        let order = class.cmp(&other_class);
        let order = order.then(other_margin.total_cmp(&margin));
        order.then(a.load.total_cmp(&b.load))
    })
}

/// P7523: the loads, without and with retries, and the capacity are those of the tightest case.
fn tightest_is_told(cases: &[Carried], row: &Lined<StabilityRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7523",
        hint: "add up what is brought there, once and with the retries of its profile, copies and background once; tell of \
               the hour that is tightest, and of a wave of the most that any part of it brings under the tightest case",
    };
    let Some(expected) = tightest(cases) else {
        return;
    };
    let (class, least) = tightness(expected);
    let is_as_tight = |own: &&Carried| {
        let (own_class, own_margin) = tightness(own);
        let is_same_margin = own_margin <= least || own_margin - least <= 1e-6;
        let is_same_load = own.margin().is_some() || is_same(own.load, expected.load, own.nominal);
        own_class == class && is_same_margin && is_same_load
    };
    let mut as_tight = cases.iter().filter(is_as_tight);
    if as_tight.any(|own| own.is_told_by(&row.row)) {
        return;
    }
    let (told, scale) = (&row.row, expected.nominal);
    let is_load = is_same(told.load, expected.load, scale);
    let is_left = is_same_difference(told.capacity, expected.left, 1e-3 * scale);
    let at = |column| At::cell(StabilityRow::FILE, row.line, column);
    if !is_left {
        let found = decimal(told.capacity);
        report.add(RULE, at("capacity"), found, decimal(expected.left));
    } else if !is_load {
        let found = decimal(told.load);
        report.add(RULE, at("load"), found, decimal(expected.load));
    } else {
        let (found, expected) = (cell_text(told.retry_load), cell_text(expected.offered));
        report.add(RULE, at("retry_load"), found, expected);
    }
}

/// P7521: every row is of a component and a resource that is asked about there, once.
fn by_key<'a>(
    ground: &Ground<'_>,
    rows: impl Iterator<Item = &'a Lined<StabilityRow>>,
    is_asked: impl Fn(Key) -> bool,
    report: &mut Report,
) -> BTreeMap<Key, &'a Lined<StabilityRow>> {
    const RULE: Rule = Rule {
        code: "P7521",
        hint: "keep one row for every component and resource that it limits, and in a wave for those where an overload \
               keeps itself up",
    };
    let mut all = BTreeMap::new();
    for row in rows {
        let component = ground.components.get(row.row.component.as_str());
        let resource = ground.resources.get(row.row.resource.as_str());
        let key = component.zip(resource);
        let key = key.map(|(component, resource)| (component.index(), resource.index()));
        let at = At::cell(StabilityRow::FILE, row.line, "component");
        let Some(key) = key.filter(|key| is_asked(*key)) else {
            let found = format!("`{}` and `{}`", row.row.component, row.row.resource);
            report.add(
                RULE,
                at,
                found,
                "a component and a resource of which it is told",
            );
            continue;
        };
        let first = all.get(&key).map(|first: &&Lined<StabilityRow>| first.line);
        match first {
            Some(first) => {
                let found = format!("the row of line {first} again");
                report.add(RULE, at, found, "one row for it");
            }
            None => {
                all.insert(key, row);
            }
        }
    }
    all
}

/// P7522: nothing of which it is to be told is left out.
fn row_is_missing(
    ground: &Ground<'_>,
    (period, wave): (usize, Option<u32>),
    (component, resource): Key,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7522",
        hint: "add the row",
    };
    let of_wave = wave.map_or_else(String::new, |wave| format!(", wave {wave}"));
    let found = format!(
        "no row of `{}` and `{}` in period {period}{of_wave}",
        ground.inventory.component_name(ComponentId::new(component)),
        ground.inventory.resources[resource].id,
    );
    let expected = "a row for every component and resource of which it is told";
    report.add(RULE, At::file(StabilityRow::FILE), found, expected);
}

/// P7524: margin and class follow from the amounts of the row.
fn what_follows_is_true(own: &Carried, row: &Lined<StabilityRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7524",
        hint: "write load ÷ retry_load − load ÷ capacity, and the class: overloaded where load exceeds capacity, \
               vulnerable where retry_load does, else stable",
    };
    let at = |column| At::cell(StabilityRow::FILE, row.line, column);
    let expected = own.as_told(&row.row);
    let margin = row.row.margin.map(|margin| margin.0);
    let agrees = match (margin, expected.margin()) {
        (Some(found), Some(expected)) => is_same_difference(found, expected, 1.0),
        (None, None) => true,
        _ => false,
    };
    if !agrees {
        let (found, expected) = (cell_text(margin), cell_text(expected.margin()));
        report.add(RULE, at("margin"), found, expected);
    }
    let (found, expected) = (row.row.stability, expected.stability());
    if found != expected {
        let words = [found, expected].map(|own| format!("`{}`", own.word()));
        let [found, expected] = words;
        report.add(RULE, at("stability"), found, expected);
    }
}

/// P7525: kind and unit are the component's and the resource's.
fn kind_and_unit_are_true(
    ground: &Ground<'_>,
    (component, resource): Key,
    row: &Lined<StabilityRow>,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7525",
        hint: "write the word for the kind of component, and the unit of resources.csv",
    };
    let kind = ground.inventory.component_kind(ComponentId::new(component));
    let unit = &ground.inventory.resources[ResourceId::new(resource).index()].unit;
    let cells = [
        ("kind", &row.row.kind, kind.word()),
        ("unit", &row.row.unit, unit.as_str()),
    ];
    for (column, found, expected) in cells {
        if found != expected {
            let at = At::cell(StabilityRow::FILE, row.line, column);
            report.add(RULE, at, format!("`{found}`"), format!("`{expected}`"));
        }
    }
}

/// P7526: summary.json counts the classes of a period, and names the least margin.
fn summary_is_true(
    ground: &Ground<'_>,
    period: usize,
    carried: &BTreeMap<Key, Carried>,
    summary: &PeriodSummary,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7526",
        hint: "count the rows of the period itself in stability.csv, class by class, and name the least margin",
    };
    let key = |name: &str| format!("periods[{period}].stability{name}");
    let Some(told) = summary.stability.as_ref() else {
        if is_told(ground) {
            let expected = "the classes, as somebody retries";
            report.add(
                RULE,
                At::cell(SUMMARY_FILE, 0, &key("")),
                "nothing",
                expected,
            );
        }
        return;
    };
    let count = |wanted: Stability| {
        let own = carried.values().filter(|own| own.stability() == wanted);
        own.count() as u64
    };
    let counts = [
        (".stable", told.stable, Stability::Stable),
        (".vulnerable", told.vulnerable, Stability::Vulnerable),
        (".overloaded", told.overloaded, Stability::Overloaded),
    ];
    for (name, found, class) in counts {
        let expected = count(class);
        if found != expected {
            let at = key(name);
            let at = At::cell(SUMMARY_FILE, 0, &at);
            report.add(RULE, at, found.to_string(), expected.to_string());
        }
    }
    let margins = carried.values().filter_map(Carried::margin);
    let least = margins.min_by(f64::total_cmp);
    let named = told.least_margin.as_ref();
    let of_named = named.and_then(|own| {
        let component = ground.components.get(own.component.as_str())?;
        let resource = ground.resources.get(own.resource.as_str())?;
        let own = carried.get(&(component.index(), resource.index()))?;
        own.margin()
    });
    let is_right = match (named, least) {
        (Some(told), Some(least)) => {
            let same = |own: f64| is_same_difference(own, least, 1.0);
            same(told.margin) && of_named.is_some_and(same)
        }
        (None, None) => true,
        _ => false,
    };
    if !is_right {
        let found = named.map_or_else(
            || "nothing".to_owned(),
            |own| {
                format!(
                    "`{}`, `{}`: {}",
                    own.component,
                    own.resource,
                    decimal(own.margin)
                )
            },
        );
        let at = key(".least_margin");
        let at = At::cell(SUMMARY_FILE, 0, &at);
        report.add(RULE, at, found, cell_text(least));
    }
}

/// P7402: where that is asked, no load with all retries running exceeds what is left.
pub(super) fn offers_fit(
    ground: &Ground<'_>,
    situation: &Situation,
    period: usize,
    loads: &Loads,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7402",
        hint: "serve fewer there, or let require_stable be false",
    };
    if !ground.scenario.policy.require_stable {
        return;
    }
    for ((component, resource), offered) in loads.offered.indexed_iter() {
        if !keeps_itself_up(ground, (component, resource)) {
            continue;
        }
        let at = [component, resource];
        let Some(left) = situation.case.capacity(component, resource) else {
            continue;
        };
        let nominal = situation.case.nominal[at].unwrap_or(left);
        // Copies and background are there whatever is planned.
        let fixed = situation.fixed.load[at];
        if *offered <= most_offered(left, nominal).max(fixed + 1e-12 * fixed) {
            continue;
        }
        let of = &ground.inventory.resources[resource];
        let name = ground.inventory.component_name(ComponentId::new(component));
        let unit = &of.unit;
        let found = format!(
            "{} {unit} of {} on `{name}` with all retries running in period {period}",
            decimal(*offered),
            of.id
        );
        let left = decimal(left);
        let expected = format!("less than the {left} {unit} that are left, by a millionth");
        report.add(RULE, At::file(StabilityRow::FILE), found, expected);
    }
}
