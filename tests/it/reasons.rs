//! Reasons: every shard that is not at home has exactly one, and it is true by an independent look at the files.

mod check;
mod look;

use crate::draw::{Size, draw};
use crate::levels::{planned, read_back};
use crate::read::read;
use look::Look;
use plimsoll::model::{Inventory, Policy, Scenario};
use plimsoll::plan::Plan;
use plimsoll::plan::explain::PlanExplanations as Found;
use plimsoll::plan_files::explanations::ChoiceKind::{Nearest, NearestWithRoom, Only};
use plimsoll::plan_files::explanations::{Explanations, Reason, ReasonKind, ShardFate};
use plimsoll::plan_files::{Reason as Word, WrittenPlan};
use plimsoll::report::explained::explanations;
use std::collections::BTreeMap;

/// The reasons of explanations.json; promises are left out.
pub(crate) fn reported(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Explanations {
    explanations(inventory, scenario, plan, &Found::default())
}

/// The rows of assignment.csv that have not exactly one reason.
fn not_reported_once(written: &WrittenPlan, explanations: &Explanations) -> Vec<String> {
    let mut all = Vec::new();
    for row in written.assignment.iter().map(|lined| &lined.row) {
        if row.reason == Word::Home || row.users <= 0.0 {
            continue;
        }
        let kind = match row.reason {
            Word::Unserved => ShardFate::Unserved,
            Word::Placed => ShardFate::Placed,
            Word::Returned => ShardFate::Returned,
            _ => ShardFate::Moved,
        };
        let (is_back, from) = (kind == ShardFate::Returned, row.from_site.as_deref());
        let count = explanations
            .reasons
            .iter()
            .filter(|reason| (reason.period, reason.kind) == (row.period, kind))
            .filter(|reason| reason.to_site.as_deref() == row.to_site.as_deref())
            .filter(|reason| is_back || reason.from_site.as_deref() == from)
            .filter(|reason| reason.shards.iter().any(|shard| *shard == row.shard))
            .count();
        if count != 1 {
            all.push(format!("{row:?} has {count} reasons"));
        }
    }
    all
}

/// Draws instances and lists what is found, each under its seed.
fn found_in_draws(
    seeds: impl Iterator<Item = u64>,
    set: impl Fn(&mut Policy),
    mut found: impl FnMut(&Inventory, &Scenario) -> Vec<String>,
) -> Vec<String> {
    let mut all = Vec::new();
    for seed in seeds {
        let draw = draw(seed, Size::SMALL);
        let (inventory, mut scenario) = read(&draw.files, &draw.scenario);
        set(&mut scenario.policy);
        let texts = found(&inventory, &scenario);
        all.extend(texts.into_iter().map(|text| format!("seed {seed} {text}")));
    }
    all
}

/// Everything that is not true of a plan's reasons; how often each kind of reason was seen is added up.
fn untrue_reasons(
    inventory: &Inventory,
    scenario: &Scenario,
    seen: &mut BTreeMap<String, usize>,
) -> Vec<String> {
    let plan = planned(inventory, scenario);
    let files = read_back(inventory, scenario, &plan);
    let explanations = reported(inventory, scenario, &plan);
    let mut all = not_reported_once(&files, &explanations);
    for period in &plan.periods {
        let look = Look::new(inventory, scenario, &files, &period.period);
        let number = u32::try_from(period.period.index).expect("few periods");
        for reason in explanations
            .reasons
            .iter()
            .filter(|reason| reason.period == number)
        {
            *seen.entry(format!("{:?}", reason.reason)).or_default() += 1;
            *seen
                .entry(format!("chosen {:?}", reason.choice))
                .or_default() += 1;
            *seen.entry(format!("rule {:?}", reason.rule)).or_default() += 1;
            for untrue in check::untrue(&look, reason) {
                all.push(format!("{untrue}: {reason:?}"));
            }
        }
    }
    all
}

#[test]
fn every_reason_of_random_inventories_is_true_by_an_independent_look() {
    let mut seen = BTreeMap::new();
    let untrue = found_in_draws(
        0..200,
        |_| {},
        |inventory, scenario| untrue_reasons(inventory, scenario, &mut seen),
    );
    assert!(
        untrue.is_empty(),
        "{} are not\n{}\n{seen:#?}",
        untrue.len(),
        untrue.join("\n")
    );
    let often = [
        "Drained",
        "Failed",
        "NothingLeft",
        "NoPath",
        "NoRoom",
        "Nearer",
        "Returned",
        "Placed",
        "Trapped",
        "Full",
        "MoveLimit",
        "chosen Some(Together)",
        "chosen Some(NearestWithRoom)",
    ];
    for word in often {
        assert!(
            seen.get(word).copied().unwrap_or(0) >= 3,
            "{word} is too seldom: {seen:#?}"
        );
    }
}

#[test]
fn a_reason_with_another_word_or_component_is_not_true() {
    let mut changed = 0;
    let accepted = found_in_draws(
        0..60,
        |_| {},
        |inventory, scenario| {
            let plan = planned(inventory, scenario);
            let files = read_back(inventory, scenario, &plan);
            let mut all = Vec::new();
            for reason in reported(inventory, scenario, &plan).reasons {
                let period = &plan.periods[reason.period as usize].period;
                let look = Look::new(inventory, scenario, &files, period);
                let mut others = Vec::new();
                for word in [
                    ReasonKind::Drained,
                    ReasonKind::NoRoom,
                    ReasonKind::NoPath,
                    ReasonKind::Full,
                ] {
                    if word != reason.reason {
                        others.push(Reason {
                            reason: word,
                            component: None,
                            ..reason.clone()
                        });
                    }
                }
                if reason.reason == ReasonKind::NoRoom {
                    let short_by = reason.short_by.map(|short| short * 2.0);
                    others.push(Reason {
                        short_by,
                        ..reason.clone()
                    });
                }
                for choice in [Only, Nearest, NearestWithRoom] {
                    if reason
                        .choice
                        .is_some_and(|choice_kind| choice_kind != choice)
                    {
                        others.push(Reason {
                            choice: Some(choice),
                            ..reason.clone()
                        });
                    }
                }
                changed += others.len();
                let accepted = others
                    .into_iter()
                    .filter(|other| check::untrue(&look, other).is_empty());
                all.extend(accepted.map(|other| format!("{other:?}")));
            }
            all
        },
    );
    assert!(accepted.is_empty(), "{}", accepted.join("\n"));
    assert!(changed > 300, "{changed} only");
}

#[test]
fn every_part_of_a_split_shard_that_is_not_at_home_has_one_reason() {
    let split = |policy: &mut Policy| policy.split_shards = true;
    let found = found_in_draws(0..60, split, |inventory, scenario| {
        let plan = planned(inventory, scenario);
        let files = read_back(inventory, scenario, &plan);
        not_reported_once(&files, &reported(inventory, scenario, &plan))
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}
