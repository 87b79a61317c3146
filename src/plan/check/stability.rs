//! Stability: whether stability.csv says what all retries make of the loads, and whether everything recovers by itself where
//! that is asked.

use super::context::RefereeContext;
use super::judge::{Expected, Judged, Keys, by_key, judge, number, stray_or_again};
use super::load::{Key, Loads};
use super::period::PeriodState;
use super::report::{At, Report, Rule, cell_text, is_same, is_same_difference};
use crate::diagnostic::amounts::rounded;
use crate::ids::{ComponentId, ResourceId};
use crate::model::most_with_retries;
use crate::plan::{RetryMargin, least_margin};
use crate::plan_files::{
    By, Lined, PeriodSummary, Row, SUMMARY_FILE, Signed, Stability, StabilityRow,
};
use std::collections::BTreeMap;

/// An overload keeps itself up where somebody gives up while their work waits, and tries again.
pub(super) fn keeps_itself_up(context: &RefereeContext, at: Key) -> bool {
    let (component, resource) = (ComponentId::new(at.0), ResourceId::new(at.1));
    context
        .before
        .is_able_to_lock_in(context.inventory, component, resource)
}

/// What a component carries of a resource, and what it has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Carried {
    margin: RetryMargin,
    nominal: f64,
}

impl Carried {
    /// That of a load without and with all retries, which is known where an overload keeps itself up.
    pub(super) fn new(
        (component, resource): Key,
        amounts: (f64, Option<f64>),
        [left, nominal]: [f64; 2],
    ) -> Self {
        let at = (ComponentId::new(component), ResourceId::new(resource));
        Self {
            margin: RetryMargin::of(at, amounts, [left, nominal]),
            nominal,
        }
    }

    /// The same where the amounts are those that a row tells.
    fn as_reported(&self, row: &StabilityRow) -> RetryMargin {
        let at = (self.margin.component, self.margin.resource);
        RetryMargin::of(at, (row.load, row.retry_load), [row.capacity, self.nominal])
    }

    /// `true` if a row has this load.
    fn has_load_of(&self, row: &StabilityRow) -> bool {
        is_same(row.load, self.margin.load, self.nominal)
    }

    /// `true` if a row has this capacity.
    fn has_capacity_of(&self, row: &StabilityRow) -> bool {
        is_same_difference(row.capacity, self.margin.capacity, 1e-3 * self.nominal)
    }

    /// `true` if a row has these amounts.
    fn is_reported_by(&self, row: &StabilityRow) -> bool {
        let is_same_offer = match (row.retry_load, self.margin.retry_load) {
            (Some(value), Some(amount)) => is_same(value, amount, self.nominal),
            (None, None) => true,
            _ => false,
        };
        is_same_offer && self.has_load_of(row) && self.has_capacity_of(row)
    }

    /// `true` if it is as tight as the tightest.
    fn is_as_tight(&self, tightest: &Self) -> bool {
        let (retry_margin, other) = (&self.margin, &tightest.margin);
        let is_same_margin = match (retry_margin.margin, other.margin) {
            (Some(value), Some(least)) => value - least <= 1e-6,
            (None, None) => is_same(retry_margin.load, other.load, tightest.nominal),
            _ => false,
        };
        retry_margin.stability == other.stability && is_same_margin
    }
}

/// By component and resource, what is carried under each of some cases.
pub(super) type Cases = BTreeMap<Key, Vec<Carried>>;

/// Checks the rows of a period itself and what summary.json says of it; its loads are by slice of the hours.
pub(super) fn check(
    situation: &PeriodState,
    period: usize,
    loads: &[Loads],
    (rows, summary): (Option<&[&Lined<StabilityRow>]>, Option<&PeriodSummary>),
    report: &mut Report,
) {
    let context = situation.context;
    let mut cases = Cases::new();
    for (key, nominal) in situation.case.nominal.indexed_iter() {
        let Some(nominal) = *nominal else { continue };
        let waits = keeps_itself_up(context, key);
        let at = [key.0, key.1];
        let left = nominal * situation.case.available[at];
        let slices = loads.iter().map(|loads| {
            let offered = waits.then(|| loads.offered[at]);
            Carried::new(key, (loads.load[at], offered), [left, nominal])
        });
        cases.insert(key, slices.collect());
    }
    let stability_rows = rows.map(|rows| {
        let rows = rows.iter().filter(|row| row.row.wave.is_none()).copied();
        rows_are_true(context, (period, None), &cases, rows.clone(), report);
        by_key(rows, |row| key(context, row))
    });
    if let Some(summary) = summary {
        let counted = cases.iter().filter_map(|(key, cases)| {
            let carried = tightest(cases)?;
            let row = stability_rows
                .as_ref()
                .and_then(|stability_rows| stability_rows.get(key));
            Some(row.map_or(carried.margin, |row| carried.as_reported(row)))
        });
        summary_is_true(
            context,
            period,
            &counted.collect::<Vec<_>>(),
            summary,
            report,
        );
    }
}

/// What a row is of.
fn key(context: &RefereeContext, row: &StabilityRow) -> Option<Key> {
    let [component, resource] = context.limit(&row.component, &row.resource)?;
    Some((component, resource))
}

/// Checks the rows of a period or a wave.
pub(super) fn rows_are_true<'a>(
    context: &RefereeContext,
    (period, wave): (usize, Option<u32>),
    cases: &Cases,
    rows: impl Iterator<Item = &'a Lined<StabilityRow>> + Clone,
    report: &mut Report,
) {
    let key = |row: &StabilityRow| key(context, row);
    let stability_rows = by_key(rows.clone(), key);
    let expected = cases.iter().filter_map(|(key, cases)| {
        let stability_row = stability_rows.get(key).copied();
        expected_row(context, (number(period), wave), cases, stability_row)
    });
    judge(rows, key, expected, report);
}

/// The row of a component and a resource: what its tightest case carries and has left, and what follows. Of several cases that
/// are as tight that counts which is written, and what follows is that of the amounts that are written.
fn expected_row(
    context: &RefereeContext,
    (period, wave): (u32, Option<u32>),
    cases: &[Carried],
    stability_row: Option<&StabilityRow>,
) -> Option<Expected<StabilityRow>> {
    let tightest = tightest(cases)?;
    let as_tight = || cases.iter().filter(|carried| carried.is_as_tight(tightest));
    let told_case = stability_row
        .and_then(|stability_row| as_tight().find(|carried| carried.is_reported_by(stability_row)));
    let carried = told_case.unwrap_or(tightest);
    let follows = stability_row.map_or(carried.margin, |stability_row| {
        carried.as_reported(stability_row)
    });
    // Of amounts that depend on each other one is named.
    let is_left = stability_row.is_none_or(|stability_row| carried.has_capacity_of(stability_row));
    let is_load = stability_row.is_none_or(|stability_row| carried.has_load_of(stability_row));
    let row = StabilityRow {
        margin: follows.margin.map(Signed),
        stability: follows.stability,
        ..carried.margin.row(context.inventory, period, wave)
    };
    let row = Expected::from(row)
        .all_scaled(&["load", "retry_load"], carried.nominal)
        .scaled("capacity", 1e-3 * carried.nominal)
        .unless(!is_left, &["load", "retry_load"])
        .unless(!is_load, &["retry_load"]);
    Some(row)
}

/// The case that counts, of equals the last one.
fn tightest(cases: &[Carried]) -> Option<&Carried> {
    let cases = cases.iter();
    cases.reduce(|known, carried| {
        if known.margin.is_tighter(&carried.margin) {
            known
        } else {
            carried
        }
    })
}

impl Judged for StabilityRow {
    const STRAY: Rule = Rule::new(
        "P7521",
        "write one row for every component and resource that it limits, and for each wave one where an overload would \
         not clear by itself",
    );
    const MISSING: Rule = Rule::new("P7522", "add the row");
    const NAMED_IN: &'static str = "component";

    fn stray(&self, first: Option<u64>) -> [String; 2] {
        let names = [&*self.component, &*self.resource];
        stray_or_again(names, first, "a component and a resource that need a row")
    }

    fn missing(&self) -> [String; 2] {
        let wave = self.wave;
        let of_wave = wave.map_or_else(String::new, |wave| format!(", wave {wave}"));
        [
            format!(
                "no row of `{}` and `{}` in period {}{of_wave}",
                self.component, self.resource, self.period
            ),
            "a row for every component and resource that need one".to_owned(),
        ]
    }
}

/// P7526: summary.json counts the classes of a period, and names the least margin.
fn summary_is_true(
    context: &RefereeContext,
    period: usize,
    margins: &[RetryMargin],
    summary: &PeriodSummary,
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7526",
        "count the rows of the period in stability.csv by class, without those of waves, and name the least margin",
    );
    let part = format!("periods[{period}].stability");
    let mut keys = Keys::new(SUMMARY_FILE, part, report);
    let Some(stability_summary) = summary.stability.as_ref() else {
        if context.inventory.has_retries() {
            keys.note(RULE, "", "nothing", "the classes, as some profile retries");
        }
        return;
    };
    for (name, found, class) in [
        ("stable", stability_summary.stable, Stability::Stable),
        (
            "vulnerable",
            stability_summary.vulnerable,
            Stability::Vulnerable,
        ),
        (
            "overloaded",
            stability_summary.overloaded,
            Stability::Overloaded,
        ),
    ] {
        let filter = margins.iter().filter(|margin| margin.stability == class);
        keys.compare(RULE, By::Exact, name, [found, filter.count() as u64]);
    }
    let least = least_margin(margins).and_then(|retry_margin| retry_margin.margin);
    let named = stability_summary.least_margin.as_ref();
    let of_named = named.and_then(|least_margin| {
        let [component, resource] =
            context.limit(&least_margin.component, &least_margin.resource)?;
        let key = (ComponentId::new(component), ResourceId::new(resource));
        let mut margins = margins.iter();
        margins
            .find(|margin| (margin.component, margin.resource) == key)?
            .margin
    });
    let is_right = match (named, least) {
        (Some(least_margin), Some(least)) => {
            let same = |value: f64| is_same_difference(value, least, 1.0);
            same(least_margin.margin) && of_named.is_some_and(same)
        }
        (None, None) => true,
        _ => false,
    };
    if !is_right {
        let found = named.map_or_else(
            || "nothing".to_owned(),
            |least_margin| {
                let margin = rounded(least_margin.margin);
                format!(
                    "`{}`, `{}`: {margin}",
                    least_margin.component, least_margin.resource
                )
            },
        );
        keys.note(RULE, "least_margin", found, cell_text(least));
    }
}

/// P7402: where that is asked, no load with all retries running exceeds what is left.
pub(super) fn offers_fit(
    situation: &PeriodState,
    period: usize,
    loads: &Loads,
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7402",
        "serve fewer users there, or set require_stable = false",
    );
    let context = situation.context;
    if !context.scenario.policy.require_stable {
        return;
    }
    for ((component, resource), offered) in loads.offered.indexed_iter() {
        if !keeps_itself_up(context, (component, resource)) {
            continue;
        }
        let at = [component, resource];
        let Some(left) = situation.case.capacity(component, resource) else {
            continue;
        };
        let nominal = situation.case.nominal[at].unwrap_or(left);
        // Copies and background are there whatever is planned.
        let fixed = situation.fixed.load[at];
        if *offered <= most_with_retries(left, nominal).max(fixed + 1e-12 * fixed) {
            continue;
        }
        let of = &context.inventory.resources[resource];
        let name = context
            .inventory
            .component_name(ComponentId::new(component));
        let unit = &of.unit;
        let found = format!(
            "{} {unit} of {} on `{name}` with all retries running in period {period}",
            rounded(*offered),
            of.id
        );
        let left = rounded(left);
        let expected = format!("less than the {left} {unit} that are left, by a millionth");
        report.add(RULE, At::file(StabilityRow::FILE), found, expected);
    }
}
