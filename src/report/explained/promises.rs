//! Promises in words: what more of a component would change.

use crate::model::{Inventory, LevelUnit};
use crate::plan::Plan;
use crate::plan::explain::{
    BindingRule, Lever, Outlook, OutlookChange, PricedBinding, TriedPromise,
};
use crate::report::grammar::{counted, joined, only_if, short};
use crate::report::numbers;
use crate::report::text::visible;
use crate::report::words::relaxed_words;
use crate::units::{FEASIBILITY, NOBODY};

/// What a binding promises in its period: `900 vCPU more at Boydton would serve 41,000 users more in period 3`.
///
/// `is_quick` is `true` if planning again spared work that the plan was worth: then what it did not find is not denied.
pub(crate) fn sentence(
    inventory: &Inventory,
    (plan, is_quick): (&Plan, bool),
    binding: &PricedBinding,
) -> String {
    let place = only_if(plan.periods.len() > 1, || {
        format!(" in period {}", binding.period)
    });
    let tried = binding.promise.as_ref();
    let change = tried.and_then(|promise| {
        let change = promise.periods.get(binding.period)?;
        Some((promise, change))
    });
    let Some((promise, change)) = change else {
        return format!(
            "{} limits too{place}: {}.",
            with_resource(inventory, binding.lever),
            rate(inventory, binding)
        );
    };
    result(
        &more_of(inventory, binding, promise),
        change,
        &place,
        is_quick,
    )
}

/// The gain in its period from lifting a rule: `no residency rule would serve 41,000 users more in period 3`;
/// `None` where that was not tried.
pub(crate) fn rule_sentence(
    (plan, is_quick): (&Plan, bool),
    binding_rule: &BindingRule,
) -> Option<String> {
    let place = only_if(plan.periods.len() > 1, || {
        format!(" in period {}", binding_rule.period)
    });
    let change = binding_rule.promised.get(binding_rule.period)?;
    Some(result(
        relaxed_words(binding_rule.rule),
        change,
        &place,
        is_quick,
    ))
}

/// What something changes in a period; what a quick plan did not find is not denied.
fn result(more: &str, change: &OutlookChange, place: &str, is_quick: bool) -> String {
    let (gains, losses) = (gains(change), losses(change));
    match (gains.is_empty(), losses.is_empty()) {
        (true, _) if is_quick => format!(
            "{more} alone made nothing better{place} in a quick second plan; a full one was not tried."
        ),
        (true, true) => format!("{more} alone would change nothing{place}."),
        (false, true) => format!("{more} would {}{place}.", joined(&gains)),
        (false, false) => format!(
            "{more} would {}{place}, but would {}.",
            joined(&gains),
            joined(&losses)
        ),
        (true, false) => format!(
            "{more} alone would not help{place}: it would {}.",
            joined(&losses)
        ),
    }
}

/// The tried bindings that help most, the most first: users served, then shortfall, then access points and moves;
/// one for every component and resource.
pub(crate) fn helping(bindings: &[PricedBinding]) -> Vec<&PricedBinding> {
    let change = |binding: &PricedBinding| {
        let promise = binding.promise.as_ref()?;
        promise.periods.get(binding.period).copied()
    };
    let mut helping: Vec<(&PricedBinding, OutlookChange)> = bindings
        .iter()
        .filter_map(|binding| Some((binding, change(binding)?)))
        .filter(|(_, change)| is_better(change))
        .collect();
    let fewer =
        |change: &OutlookChange, of: fn(&Outlook) -> f64| of(&change.before) - of(&change.after);
    helping.sort_by(|(one, a), (other, b)| {
        let by = |of: fn(&Outlook) -> f64| fewer(b, of).total_cmp(&fewer(a, of));
        by(|outlook| outlook.unserved)
            .then(by(|outlook| outlook.worst_shortfall))
            .then(by(|outlook| outlook.shortfall_users))
            .then(by(|outlook| outlook.moved))
            .then(one.period.cmp(&other.period))
    });
    let mut sentences: Vec<&PricedBinding> = Vec::new();
    for (binding, _) in helping {
        if sentences.iter().all(|known| known.lever != binding.lever) {
            sentences.push(binding);
        }
    }
    sentences
}

fn is_better(change: &OutlookChange) -> bool {
    let (before, after) = (&change.before, &change.after);
    if (before.unserved - after.unserved).abs() > NOBODY {
        return before.unserved > after.unserved;
    }
    if (before.worst_shortfall - after.worst_shortfall).abs() > FEASIBILITY {
        return before.worst_shortfall > after.worst_shortfall;
    }
    !gains(change).is_empty()
}

/// `900 vCPU more at Boydton`, with the resource where the unit does not tell it.
fn more_of(inventory: &Inventory, binding: &PricedBinding, promise: &TriedPromise) -> String {
    let resource = &inventory.resources[binding.lever.resource.index()];
    let unit = visible(&resource.unit);
    let amount = numbers::quantity(promise.amount, &unit);
    let is_told = !resource.unit.is_empty()
        && inventory
            .resources
            .iter()
            .filter(|other| other.unit == resource.unit)
            .count()
            == 1;
    let what = if is_told {
        format!("{amount} more")
    } else {
        format!("{amount} more {}", short(&resource.id))
    };
    format!("{what} at {}", place(inventory, binding.lever))
}

/// The component, or `each of the 3 members of lb-chi`.
fn place(inventory: &Inventory, lever: Lever) -> String {
    let raised = lever.raised(inventory);
    match (raised.as_slice(), lever.pool(inventory)) {
        ([_, _, ..], Some(pool)) => format!(
            "each of the {} members of {}",
            raised.len(),
            short(inventory.pool_name(pool))
        ),
        _ => short(inventory.component_title(lever.component)),
    }
}

/// `Boydton (cpu)`.
fn with_resource(inventory: &Inventory, lever: Lever) -> String {
    let resource = &inventory.resources[lever.resource.index()];
    let name = match lever.pool(inventory) {
        Some(pool) => short(inventory.pool_name(pool)),
        None => short(inventory.component_title(lever.component)),
    };
    format!("{name} ({})", short(&resource.id))
}

fn rate(inventory: &Inventory, binding: &PricedBinding) -> String {
    let resource = &inventory.resources[binding.lever.resource.index()];
    let unit = if resource.unit.is_empty() {
        "unit"
    } else {
        resource.unit.as_str()
    };
    let terms = binding.level.terms();
    let amount = match terms.unit {
        LevelUnit::Share => numbers::short_percent(binding.price),
        _ => numbers::amount(binding.price),
    };
    let gain = terms.gain.replace("{}", &amount);
    format!("its first {} more is worth {gain}", visible(unit))
}

fn gains(change: &OutlookChange) -> Vec<String> {
    let (before, after) = (&change.before, &change.after);
    let mut gains = Vec::new();
    if let Some(users) = less(before.unserved, after.unserved) {
        gains.push(if after.unserved <= NOBODY {
            // As many as the plan says stay unserved.
            let all = numbers::users_up(before.unserved);
            format!("serve all {} who stay unserved", people(&all))
        } else {
            format!("serve {} more", people(&users))
        });
    }
    gains.extend(headroom_gain(before, after));
    if before.opened > after.opened {
        gains.push(format!(
            "leave {} closed",
            access_points(before.opened - after.opened)
        ));
    }
    if let Some(users) = less(before.moved, after.moved) {
        gains.push(format!("spare {} the move", people(&users)));
    } else if let Some(users) = less(before.copied, after.copied) {
        gains.push(format!("spare {} the copying", people(&users)));
    }
    gains
}

fn headroom_gain(before: &Outlook, after: &Outlook) -> Option<String> {
    let worst = before.worst_shortfall - after.worst_shortfall;
    if worst > FEASIBILITY && after.worst_shortfall <= FEASIBILITY {
        return Some("meet every headroom target".to_owned());
    }
    let (from, to) = (
        numbers::short_percent(before.worst_shortfall),
        numbers::short_percent(after.worst_shortfall),
    );
    if worst > FEASIBILITY && from != to {
        return Some(format!(
            "bring the worst headroom deficit from {from} down to {to}"
        ));
    }
    let users = less(before.shortfall_users, after.shortfall_users)?;
    Some(format!("give back headroom for {}", people(&users)))
}

fn losses(change: &OutlookChange) -> Vec<String> {
    let (before, after) = (&change.before, &change.after);
    let mut losses = Vec::new();
    if let Some(users) = more(before.unserved, after.unserved) {
        losses.push(format!("leave {} more unserved", people(&users)));
    }
    let (from, to) = (
        numbers::short_percent(before.worst_shortfall),
        numbers::short_percent(after.worst_shortfall),
    );
    if after.worst_shortfall - before.worst_shortfall > FEASIBILITY && from != to {
        losses.push(format!(
            "raise the worst headroom deficit from {from} to {to}"
        ));
    } else if let Some(users) = more(before.shortfall_users, after.shortfall_users) {
        losses.push(format!("leave headroom for {} fewer", people(&users)));
    }
    if after.opened > before.opened {
        losses.push(format!(
            "open {}",
            access_points(after.opened - before.opened)
        ));
    }
    // Users that are served now and were not are no loss, though they move; where more move than these, all moves are shown.
    let served = (before.unserved - after.unserved).max(0.0);
    let beside = |before: f64, after: f64| {
        more(before + served, after)?;
        more(before, after)
    };
    if let Some(users) = beside(before.moved, after.moved) {
        losses.push(format!("move {} more", people(&users)));
    } else if let Some(users) = beside(before.copied, after.copied) {
        losses.push(format!("copy {} more", people(&users)));
    }
    losses
}

/// How many fewer, rounded down so that no promise says too much; `None` if it is less than one.
fn less(before: f64, after: f64) -> Option<String> {
    let users = (before - after + NOBODY).floor();
    (users >= 1.0).then(|| numbers::users(users))
}

fn more(before: f64, after: f64) -> Option<String> {
    let users = after - before;
    (users > NOBODY).then(|| numbers::users_up(users))
}

fn people(count: &str) -> String {
    counted(count, "user")
}

fn access_points(count: f64) -> String {
    counted(&numbers::users(count), "standby access point")
}

#[cfg(test)]
mod tests {
    use super::{Outlook, OutlookChange, result};

    fn outlook(unserved: f64) -> Outlook {
        Outlook {
            unserved,
            moved: 0.0,
            copied: 0.0,
            opened: 0.0,
            worst_shortfall: 0.0,
            shortfall_users: 0.0,
        }
    }

    #[test]
    fn what_a_quick_plan_does_not_find_is_not_denied() {
        let said = |after: f64, is_quick| {
            let (before, after) = (outlook(40.0), outlook(after));
            result(
                "9 vCPU more at a",
                &OutlookChange { before, after },
                "",
                is_quick,
            )
        };
        assert_eq!(
            said(40.0, false),
            "9 vCPU more at a alone would change nothing."
        );
        let quick = "9 vCPU more at a alone made nothing better in a quick second plan; a full one was not tried.";
        assert_eq!(said(40.0, true), quick);
        assert_eq!(said(50.0, true), quick);
        for is_quick in [false, true] {
            assert_eq!(
                said(0.0, is_quick),
                "9 vCPU more at a would serve all 40 users who stay unserved."
            );
        }
    }
}
