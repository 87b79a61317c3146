//! The blind window: whether blind.csv says what the truth does to the plan.

use super::ground::Ground;
use super::judge::{Expected, Judged, judge, number};
use super::load::Loads;
use super::period::Situation;
use super::report::{Report, Rule};
use crate::ids::{ComponentId, ResourceId};
use crate::model::{Case, Phase};
use crate::plan_files::{BlindPhase, BlindRow, Lined};
use crate::scenario::{Period, Unanswered};
use crate::units::FEASIBILITY;
use std::collections::BTreeMap;

/// Component and resource.
type Key = (ComponentId, Option<ResourceId>);

/// What stands behind a period that does not answer everything yet.
pub(super) struct Truth<'a> {
    /// What really holds.
    pub(super) case: &'a Case,
    /// What is hurt unanswered.
    pub(super) unanswered: &'a [Unanswered],
}

/// Checks the rows of one period.
pub(super) fn check(
    ground: &Ground<'_>,
    situation: &Situation,
    period: &Period,
    loads: &Loads,
    truth: &Truth<'_>,
    rows: &[&Lined<BlindRow>],
    report: &mut Report,
) {
    let expected = expected_rows(ground, situation, period, loads, truth);
    let expected = expected.into_iter().map(|(key, row)| {
        let amounts = row.load.zip(row.believed_capacity);
        let most = amounts.map_or(1.0, |(load, believed)| load.max(believed));
        let affected = row.users_affected;
        let scaled = AMOUNTS
            .into_iter()
            .fold(Expected::from(row), |row, column| row.scaled(column, most));
        (
            key,
            USERS
                .into_iter()
                .fold(scaled, |row, column| row.scaled(column, affected)),
        )
    });
    let key = |row: &BlindRow| {
        let component = ground.components.get(&*row.component).copied()?;
        let resource = match row.resource.as_deref() {
            None => None,
            Some(name) => Some(ground.resources.get(name).copied()?),
        };
        Some((component, resource))
    };
    judge(rows.iter().copied(), key, expected, report);
}

/// The columns of amounts, and those of users.
const AMOUNTS: [&str; 4] = ["load", "believed_capacity", "true_capacity", "overload"];
const USERS: [&str; 3] = ["users_affected", "users_excess", "user_minutes"];

impl Judged for BlindRow {
    const STRAY: Rule = Rule::new(
        "P7821",
        "keep one row for every component and resource that an event reduces before the plan answers it",
    );
    const MISSING: Rule = Rule::new("P7822", "add the row");
    const NAMED_IN: &'static str = "component";

    fn stray(&self, _: Option<u64>) -> [String; 2] {
        let resource = self.resource.as_deref().unwrap_or("no resource");
        [
            format!("`{}` and `{resource}`", self.component),
            "what is hurt unanswered, once".to_owned(),
        ]
    }

    fn missing(&self) -> [String; 2] {
        let resource = self.resource.as_ref();
        let resource = resource.map_or_else(String::new, |own| format!(" and `{own}`"));
        [
            format!(
                "no row of `{}`{resource} in period {}",
                self.component, self.period
            ),
            "a row for all that is hurt unanswered".to_owned(),
        ]
    }
}

/// What blind.csv should have: a row for each resource that the component limits and the events reduce; one
/// without a resource if there is none.
fn expected_rows(
    ground: &Ground<'_>,
    situation: &Situation,
    period: &Period,
    loads: &Loads,
    truth: &Truth<'_>,
) -> BTreeMap<Key, BlindRow> {
    let mut all = BTreeMap::new();
    for hurt in truth.unanswered {
        let component = hurt.component.index();
        let crossing = loads.crossing[component];
        let is_gone = truth.case.gone[component];
        let phase = match hurt.phase {
            Phase::Reacting => BlindPhase::Reacting,
            Phase::Blind | Phase::Known => BlindPhase::Blind,
        };
        let row = |affected: f64, excess: f64, of: Option<(usize, [f64; 4])>| BlindRow {
            period: number(period.index),
            phase,
            component: ground.inventory.component_name(hurt.component).to_owned(),
            resource: of.map(|own| ground.inventory.resources[own.0].id.clone()),
            load: of.map(|own| own.1[0]),
            believed_capacity: of.map(|own| own.1[1]),
            true_capacity: of.map(|own| own.1[2]),
            overload: of.map(|own| own.1[3]),
            users_affected: affected,
            users_excess: excess,
            user_minutes: affected * period.minutes(),
        };
        let is_reduced = |resource: usize| {
            let named = hurt.resources.as_ref();
            named.is_none_or(|named| named.contains(&ResourceId::new(resource)))
        };
        let limited: Vec<usize> = (0..ground.inventory.resources.len())
            .filter(|&resource| truth.case.nominal[[component, resource]].is_some())
            .filter(|&resource| is_reduced(resource))
            .collect();
        for &resource in &limited {
            let load = loads.load[[component, resource]];
            let believed = situation
                .case
                .capacity(component, resource)
                .unwrap_or_default();
            let left = truth.case.capacity(component, resource).unwrap_or_default();
            let nominal = truth.case.nominal[[component, resource]].unwrap_or_default();
            let is_over = load > left * (1.0 + FEASIBILITY) + 1e-9 * nominal;
            let overload = if is_over { load - left } else { 0.0 };
            let excess = match () {
                () if is_gone => crossing,
                () if is_over => crossing * overload / load,
                () => 0.0,
            };
            let affected = if is_over || is_gone {
                crossing
            } else {
                crossing * hurt.loss
            };
            let amounts = Some((resource, [load, believed, left, overload]));
            let key = (hurt.component, Some(ResourceId::new(resource)));
            all.insert(key, row(affected, excess, amounts));
        }
        if limited.is_empty() {
            let (affected, excess) = if is_gone {
                (crossing, crossing)
            } else {
                (crossing * hurt.loss, 0.0)
            };
            all.insert((hurt.component, None), row(affected, excess, None));
        }
    }
    all
}

/// Components that nobody answers for yet: the share of those who cross them who are hurt there. Of the resources of
/// one the worst counts.
pub(super) fn hurt_shares(
    ground: &Ground<'_>,
    situation: &Situation,
    period: &Period,
    loads: &Loads,
    truth: &Truth<'_>,
) -> BTreeMap<ComponentId, f64> {
    let mut shares: BTreeMap<ComponentId, f64> = BTreeMap::new();
    for ((component, _), hurt) in expected_rows(ground, situation, period, loads, truth) {
        let crossing = loads.crossing[component.index()];
        if crossing > 0.0 {
            let share = shares.entry(component).or_default();
            *share = share.max(hurt.users_affected / crossing);
        }
    }
    shares
}
