//! Sentences about overloads that keep themselves up with retries, and about triggers that a plan does not recover from.

use super::downtime::{lacks, relief};
use super::grammar::{by_count, counted_with, listed};
use super::numbers;
use super::span::moment;
use super::waves::duration;
use crate::model::{Failing, Inventory, Scenario};
use crate::plan::{Loses, Plan, Recovery, RetryMargin, Trial};
use crate::units::FEASIBILITY;

/// How long a trigger lasts, and after how long most of them should be over.
const MEANWHILE: &str = "for 10 minutes";

/// What takes longer than so many seconds was not played to its end.
const DAY: f64 = 24.0 * 3600.0;

/// One warning for the trigger after which most users stay down, and what would help.
pub(in crate::report) fn warnings(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
) -> Vec<String> {
    let found = plan.recovery.as_ref().filter(|own| own.is_required);
    let Some((found, worst)) = found.and_then(|own| Some((own, own.worst()?))) else {
        return Vec::new();
    };
    let others = others(found);
    let short = worst.shortage.as_ref();
    let short = short.map_or_else(String::new, |own| lacks(inventory, own));
    let mut all = vec![format!(
        "WARNING: this plan does not recover by itself from every trigger. If {} {MEANWHILE} from {} on, {} of {} users stay down, and their number does not fall.{short}{others}",
        loses(inventory, worst),
        moment(scenario, worst.start),
        numbers::users_up(worst.still_down),
        numbers::about(worst.all_users),
    )];
    if worst.shortage.is_some() {
        all.extend(relief(inventory, &found.relief, "nobody down for it"));
    }
    all
}

fn others(found: &Recovery) -> String {
    match found.locked_in() - 1 {
        0 => String::new(),
        more => {
            let more = numbers::whole(more);
            let verb = ["locks in an overload", "lock in overloads"];
            let triggers = counted_with(&more, "more trigger", verb);
            format!(" {triggers} (summary.json).")
        }
    }
}

/// What a plan does not recover from that does not have to, with the trigger after which most users stay down; and how many
/// triggers were not played of those that retries may lock in.
pub(in crate::report) fn at_risk(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
) -> Option<String> {
    let found = plan.recovery.as_ref().filter(|own| !own.is_required)?;
    let unchecked = unchecked(found, "triggers that retries may lock in");
    let unchecked = unchecked.map_or_else(String::new, |own| format!(" {own}"));
    let Some(worst) = found.worst() else {
        return (!unchecked.is_empty()).then(|| unchecked.trim_start().to_owned());
    };
    let short = worst.shortage.as_ref();
    let short = short.map_or_else(String::new, |own| lacks(inventory, own));
    Some(format!(
        "At risk: if {} {MEANWHILE} from {} on, {} of {} users stay down.{short}{}{unchecked}",
        loses(inventory, worst),
        moment(scenario, worst.start),
        numbers::users_up(worst.still_down),
        numbers::about(worst.all_users),
        others(found),
    ))
}

/// How many triggers were not played, if any were not.
pub(in crate::report) fn not_checked(scenario: &Scenario, plan: &Plan) -> Option<String> {
    let Some(found) = &plan.recovery else {
        let is_asked = scenario.policy.require_stable;
        return is_asked.then(|| "Not checked: whether it recovers by itself.".to_owned());
    };
    if !found.is_required {
        // What a plan does not have to recover from has a line of its own.
        return None;
    }
    if found.trials.is_empty() && found.not_checked > 0 {
        return Some(format!(
            "WARNING: not checked whether it recovers from any of {} triggers: playing one of them takes too long, or the planning was stopped.",
            numbers::whole(found.not_checked)
        ));
    }
    unchecked(found, "triggers")
}

/// How many triggers were not played, and how many only roughly, if any were.
fn unchecked(found: &Recovery, triggers: &str) -> Option<String> {
    let all = found.trials.len() + found.not_checked;
    let of_all = |count: usize| {
        format!(
            "{} of {} {triggers}",
            numbers::whole(count),
            numbers::whole(all)
        )
    };
    let not_played = (found.not_checked > 0).then(|| {
        let count = of_all(found.not_checked);
        format!("Not checked: whether it recovers from {count}.")
    });
    let only_rough = (found.only_rough() > 0).then(|| {
        let count = of_all(found.only_rough());
        format!("Not checked in short steps and at every hour: whether it recovers from {count}.")
    });
    let unknown = found.unknown_periods.iter().map(ToString::to_string);
    let unknown: Vec<String> = unknown.collect();
    let unknown = (found.is_required && !unknown.is_empty()).then(|| {
        let periods = by_count(&unknown.len().to_string(), ["period", "periods"]);
        format!(
            "Not checked: whether it recovers from triggers in {periods} {}, in which not all is known.",
            unknown.join(", ")
        )
    });
    let all: Vec<String> = [not_played, only_rough, unknown]
        .into_iter()
        .flatten()
        .collect();
    (!all.is_empty()).then(|| all.join(" "))
}

/// That the triggers which were played recover, and which takes longest; nothing where some do not.
pub(in crate::report) fn recovers(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
) -> Option<String> {
    let found = plan.recovery.as_ref().filter(|own| own.is_required)?;
    let count = found.trials.len();
    if found.locked_in() > 0 || count == 0 {
        return None;
    }
    let (slowest, seconds) = found.slowest()?;
    let longest = if seconds < 1.0 {
        "nobody is down after any of them".to_owned()
    } else {
        format!(
            "the longest of these recoveries takes {}{}, if {} {MEANWHILE} from {} on",
            if seconds > DAY { "about " } else { "" },
            duration(seconds),
            loses(inventory, slowest),
            moment(scenario, slowest.start)
        )
    };
    let count = numbers::whole(count);
    Some(if found.only_rough() > 0 {
        let rough = numbers::whole(found.only_rough());
        format!(
            "Each of {count} triggers was played forward, {rough} of them only roughly: none was seen to lock in an overload; {longest}."
        )
    } else {
        format!(
            "Each of {count} triggers was played forward: all recover by themselves; {longest}."
        )
    })
}

/// `access point ap01 loses all its sessions`
fn loses(inventory: &Inventory, trial: &Trial) -> String {
    let name = match trial.hit {
        Failing::Component(component) => listed(&[inventory.component_title(component)]),
        Failing::RiskGroup(_) => format!("risk group {}", listed(&[trial.hit.name(inventory)])),
    };
    match trial.loses {
        Loses::Sessions => format!("{name} loses all its sessions"),
        Loses::Capacity => format!("{name} loses all its capacity"),
        Loses::Work => format!("{name} stays open and does no work"),
    }
}

/// How often everybody tries again, as a sentence says it: `3 retries`, `1 retry`, `2.4 retries on average`.
///
/// ```
/// use plimsoll::report::recovery::retries;
/// assert_eq!(retries(3.0), "3 retries");
/// assert_eq!(retries(1.0), "1 retry");
/// assert_eq!(retries(2.4375), "2.44 retries on average");
/// ```
pub fn retries(count: f64) -> String {
    let whole = count.round();
    if (count - whole).abs() > FEASIBILITY * count {
        return format!("{} retries on average", numbers::amount(count));
    }
    match numbers::amount(whole).as_str() {
        "1" => "1 retry".to_owned(),
        text => format!("{text} retries"),
    }
}

/// The utilization from which on an overload keeps itself up, and the one at which it stands, in as many digits as tell
/// them apart.
pub(super) fn threshold_and_stand(own: &RetryMargin) -> Option<[String; 2]> {
    let both = [own.threshold()?, own.utilization()?];
    let short = both.map(numbers::short_percent);
    let is_told_apart = short[0] != short[1];
    Some(if is_told_apart {
        short
    } else {
        both.map(|share| format!("{} %", numbers::amount(share * 100.0)))
    })
}

/// `Chicago cpu locks in above 25 % with 3 retries: it stands at 61 %`; `None` where nothing keeps an overload up.
pub(super) fn locks_in(inventory: &Inventory, own: &RetryMargin) -> Option<String> {
    let [threshold, stand] = threshold_and_stand(own)?;
    let component = listed(&[inventory.component_title(own.component)]);
    let resource = listed(&[inventory.resource_name(own.resource)]);
    let retries = retries(own.retries()?);
    Some(format!(
        "{component} {resource} locks in above {threshold} with {retries}: it stands at {stand}"
    ))
}
