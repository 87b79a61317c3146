//! Stability: whether stability.csv says what all retries make of the loads, and whether everything recovers by itself where
//! that is asked.

use super::ground::Ground;
use super::judge::{Expected, Judged, Keys, by_key, judge, number, stray_or_again};
use super::load::{Key, Loads, retries};
use super::period::Situation;
use super::report::{At, Report, Rule, cell_text, is_same, is_same_difference};
use crate::ids::{ComponentId, ProfileId};
use crate::plan_files::{
    By, Lined, PeriodSummary, Row, SUMMARY_FILE, Signed, Stability, StabilityRow, Summary, decimal,
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
        let rows = rows.iter().filter(|row| row.row.wave.is_none()).copied();
        let rows: Vec<&Lined<StabilityRow>> = rows.collect();
        rows_are_true(ground, (period, None), &cases, rows.iter().copied(), report);
        by_key(rows, |row| key(ground, row))
    });
    if let Some(summary) = summary.and_then(|own| own.periods.get(period)) {
        let counted = cases.iter().filter_map(|(key, cases)| {
            let own = tightest(cases)?;
            let row = told.as_ref().and_then(|told| told.get(key));
            Some((*key, row.map_or(*own, |row| own.as_told(row))))
        });
        summary_is_true(ground, period, &counted.collect(), summary, report);
    }
}

/// What a row is of.
fn key(ground: &Ground<'_>, row: &StabilityRow) -> Option<Key> {
    let [component, resource] = ground.limit(&row.component, &row.resource)?;
    Some((component, resource))
}

/// Checks the rows of a period or a wave.
pub(super) fn rows_are_true<'a>(
    ground: &Ground<'_>,
    (period, wave): (usize, Option<u32>),
    cases: &Cases,
    rows: impl Iterator<Item = &'a Lined<StabilityRow>> + Clone,
    report: &mut Report,
) {
    let key = |row: &StabilityRow| key(ground, row);
    let told = by_key(rows.clone(), key);
    let expected = cases.iter().filter_map(|(key, cases)| {
        let told = told.get(key).copied();
        let row = expected_row(ground, *key, cases, told)?;
        Some((*key, row))
    });
    let of_period = expected.map(|(key, mut expected)| {
        expected.row.period = number(period);
        expected.row.wave = wave;
        (key, expected)
    });
    judge(rows, key, of_period, report);
}

/// The row of a component and a resource: what its tightest case carries and has left, and what follows. Of several cases that
/// are as tight that counts which is told, and what follows is that of the amounts that are told.
fn expected_row(
    ground: &Ground<'_>,
    (component, resource): Key,
    cases: &[Carried],
    told: Option<&StabilityRow>,
) -> Option<Expected<StabilityRow>> {
    let tightest = tightest(cases)?;
    let told_case =
        told.and_then(|told| as_tight(cases, tightest).find(|own| own.is_told_by(told)));
    let own = told_case.unwrap_or(tightest);
    let follows = told.map_or(*own, |told| own.as_told(told));
    let scale = own.nominal;
    // Of amounts that depend on each other one is named.
    let is_left = told.is_none_or(|told| is_same_difference(told.capacity, own.left, 1e-3 * scale));
    let is_load = told.is_none_or(|told| is_same(told.load, own.load, scale));
    let component = ComponentId::new(component);
    let resource = &ground.inventory.resources[resource];
    let row = StabilityRow {
        period: 0,
        wave: None,
        component: ground.inventory.component_name(component).to_owned(),
        kind: ground.inventory.component_kind(component).word().to_owned(),
        resource: resource.id.clone(),
        unit: resource.unit.clone(),
        load: own.load,
        retry_load: own.offered,
        capacity: own.left,
        margin: follows.margin().map(Signed),
        stability: follows.stability(),
    };
    let row = Expected::from(row)
        .scaled("load", scale)
        .scaled("retry_load", scale)
        .scaled("capacity", 1e-3 * scale)
        .unless(!is_left, &["load", "retry_load"])
        .unless(!is_load, &["retry_load"]);
    Some(row)
}

/// The cases that are as tight as the tightest.
fn as_tight<'a>(cases: &'a [Carried], tightest: &Carried) -> impl Iterator<Item = &'a Carried> {
    let (class, least) = tightness(tightest);
    let (load, nominal) = (tightest.load, tightest.nominal);
    cases.iter().filter(move |own| {
        let (own_class, own_margin) = tightness(own);
        let is_same_margin = own_margin <= least || own_margin - least <= 1e-6;
        let is_same_load = own.margin().is_some() || is_same(own.load, load, nominal);
        own_class == class && is_same_margin && is_same_load
    })
}

impl Judged for StabilityRow {
    const STRAY: Rule = Rule::new(
        "P7521",
        "keep one row for every component and resource that it limits, and in a wave for those where an overload \
         keeps itself up",
    );
    const MISSING: Rule = Rule::new("P7522", "add the row");
    const NAMED_IN: &'static str = "component";

    fn stray(&self, first: Option<u64>) -> [String; 2] {
        let names = [&*self.component, &*self.resource];
        stray_or_again(
            names,
            first,
            "a component and a resource of which it is told",
        )
    }

    fn missing(&self) -> [String; 2] {
        let wave = self.wave;
        let of_wave = wave.map_or_else(String::new, |wave| format!(", wave {wave}"));
        [
            format!(
                "no row of `{}` and `{}` in period {}{of_wave}",
                self.component, self.resource, self.period
            ),
            "a row for every component and resource of which it is told".to_owned(),
        ]
    }
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

/// P7526: summary.json counts the classes of a period, and names the least margin.
fn summary_is_true(
    ground: &Ground<'_>,
    period: usize,
    carried: &BTreeMap<Key, Carried>,
    summary: &PeriodSummary,
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7526",
        "count the rows of the period itself in stability.csv, class by class, and name the least margin",
    );
    let part = format!("periods[{period}].stability");
    let mut keys = Keys::new(SUMMARY_FILE, part, report);
    let Some(told) = summary.stability.as_ref() else {
        if is_told(ground) {
            keys.note(RULE, "", "nothing", "the classes, as somebody retries");
        }
        return;
    };
    for (name, found, class) in [
        ("stable", told.stable, Stability::Stable),
        ("vulnerable", told.vulnerable, Stability::Vulnerable),
        ("overloaded", told.overloaded, Stability::Overloaded),
    ] {
        let own = carried.values().filter(|own| own.stability() == class);
        keys.compare(RULE, By::Exact, name, [found, own.count() as u64]);
    }
    let margins = carried.values().filter_map(Carried::margin);
    let least = margins.min_by(f64::total_cmp);
    let named = told.least_margin.as_ref();
    let of_named = named.and_then(|own| {
        let [component, resource] = ground.limit(&own.component, &own.resource)?;
        carried.get(&(component, resource))?.margin()
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
                let margin = decimal(own.margin);
                format!("`{}`, `{}`: {margin}", own.component, own.resource)
            },
        );
        keys.note(RULE, "least_margin", found, cell_text(least));
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
    const RULE: Rule = Rule::new("P7402", "serve fewer there, or let require_stable be false");
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
