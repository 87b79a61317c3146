//! explanations.json of a plan.

use super::because::Teller;
use super::promises::{rule_sentence, sentence};
use crate::error::{Error, Result};
use crate::formulation::goals::Level;
use crate::model::{Inventory, Scenario};
use crate::plan::explain::{self, Explanations};
use crate::plan::stage_name;
use crate::plan::{PeriodPlan, Plan};
use crate::plan_files::explanations::{
    self as written, Binding, Cut, EXPLANATIONS_FILE, EXPLANATIONS_FORMAT, Promise, RuleInTheWay,
    write_explanations,
};
use crate::report::cut_rows;
use crate::report::written::{WrittenFile, json_file};

/// explanations.json as bytes.
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn explanations_file(explanations: &written::Explanations) -> Result<WrittenFile> {
    let mut bytes = Vec::new();
    write_explanations(explanations, &mut bytes)
        .map_err(|error| Error::Internal(error.to_string()))?;
    json_file(EXPLANATIONS_FILE, bytes)
}

/// The explanations of a plan as they are written, sentences included.
pub fn explanations(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    explanations: &Explanations,
) -> written::Explanations {
    let bindings = explanations.bindings.iter().enumerate();
    let teller = Teller { inventory };
    let periods = plan.periods.iter().enumerate();
    let reasons = periods.flat_map(|(position, period)| {
        let of_period = period.reasons.iter();
        of_period.map(move |because| (position, because))
    });
    written::Explanations {
        format: EXPLANATIONS_FORMAT.to_owned(),
        scenario: scenario.name.clone(),
        complete: !explanations.is_cut_short,
        quick: explanations.is_quick,
        bindings: bindings
            .map(|(number, binding)| {
                binding_of(inventory, (plan, explanations.is_quick), number, binding)
            })
            .collect(),
        rules: explanations
            .rules
            .iter()
            .enumerate()
            .map(|(number, own)| rule_of((plan, explanations.is_quick), number, own))
            .collect(),
        cuts: plan
            .periods
            .iter()
            .flat_map(|period| cut_rows(inventory, period))
            .enumerate()
            .map(|(number, row)| Cut {
                id: format!("c{number}"),
                row,
            })
            .collect(),
        reasons: reasons
            .enumerate()
            .map(|(number, (period, because))| teller.item(number, period, because))
            .collect(),
    }
}

/// A period as files count it.
pub(super) fn count(period: usize) -> u32 {
    u32::try_from(period).unwrap_or(u32::MAX)
}

fn rule_of(
    (plan, is_quick): (&Plan, bool),
    number: usize,
    own: &explain::RuleInTheWay,
) -> RuleInTheWay {
    let promised = own.promised.iter().enumerate();
    RuleInTheWay {
        id: format!("w{number}"),
        rule: own.rule.word().to_owned(),
        period: count(own.period),
        users: own.users,
        promises: promised
            .map(|(period, change)| promise_of(period, change))
            .collect(),
        sentence: rule_sentence((plan, is_quick), own),
    }
}

fn binding_of(
    inventory: &Inventory,
    (plan, is_quick): (&Plan, bool),
    number: usize,
    binding: &explain::Binding,
) -> Binding {
    let resource = &inventory.resources[binding.lever.resource.index()];
    let period = &plan.periods[binding.period];
    let name = |component| inventory.component_name(component).to_owned();
    let promise = binding.promise.as_ref();
    let periods = promise.map_or(&[][..], |promise| promise.periods.as_slice());
    Binding {
        id: format!("b{number}"),
        period: count(binding.period),
        also_in: binding.also_in.iter().copied().map(count).collect(),
        case: "expected".to_owned(),
        component: name(binding.component),
        kind: inventory
            .component_kind(binding.component)
            .word()
            .to_owned(),
        raised: binding
            .lever
            .raised(inventory)
            .into_iter()
            .map(name)
            .collect(),
        resource: resource.id.clone(),
        unit: resource.unit.clone(),
        level: stage_name(binding.level, tier_of(period, binding.level)),
        price: binding.price,
        amount: promise.map(|promise| promise.amount),
        promises: periods
            .iter()
            .enumerate()
            .map(|(period, change)| promise_of(period, change))
            .collect(),
        sentence: sentence(inventory, (plan, is_quick), binding),
    }
}

/// The tiers of an unserved level by name.
fn tier_of(period: &PeriodPlan, level: Level) -> Option<&str> {
    let stage = period.stages.iter().find(|stage| stage.level == level);
    stage.and_then(|stage| stage.tier.as_deref())
}

fn promise_of(period: usize, change: &explain::Change) -> Promise {
    let of = |number: fn(&explain::Outlook) -> f64| written::Change {
        before: number(&change.before),
        after: number(&change.after),
    };
    Promise {
        period: count(period),
        unserved_users: of(|outlook| outlook.unserved),
        moved_users: of(|outlook| outlook.moved),
        copied_users: of(|outlook| outlook.copied),
        opened_access_points: of(|outlook| outlook.opened),
        worst_shortfall: of(|outlook| outlook.worst_shortfall),
        shortfall_users: of(|outlook| outlook.shortfall_users),
    }
}
