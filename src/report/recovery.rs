//! Sentences about triggers that a plan does not recover from by itself.

use super::downtime::lacks;
use super::numbers;
use super::span::moment;
use super::waves::duration;
use super::words::listed;
use crate::model::{Failing, Inventory, Scenario};
use crate::plan::{Loses, Plan, Trial};

/// How long a trigger lasts, and after how long most of them should be over.
const MEANWHILE: &str = "for 10 minutes";

/// One warning for the trigger after which most users stay down.
pub(in crate::report) fn warning(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
) -> Option<String> {
    let found = plan.recovery.as_ref()?;
    let worst = found.worst()?;
    let others = match found.locked_in() - 1 {
        0 => String::new(),
        1 => " 1 more trigger locks in an overload (summary.json).".to_owned(),
        more => format!(
            " {} more triggers lock in overloads (summary.json).",
            numbers::users(more as f64)
        ),
    };
    let short = worst.shortage.as_ref();
    let short = short.map_or_else(String::new, |own| lacks(inventory, own));
    Some(format!(
        "WARNING: this plan does not recover by itself from every trigger. If {} {MEANWHILE} from {} on, {} of {} users stay down, and their number does not fall.{short}{others}",
        loses(inventory, worst),
        moment(scenario, worst.start),
        numbers::users_up(worst.still_down),
        numbers::about(worst.all_users),
    ))
}

/// How many triggers were not played, if any were not.
pub(in crate::report) fn not_checked(scenario: &Scenario, plan: &Plan) -> Option<String> {
    let Some(found) = &plan.recovery else {
        let is_asked = scenario.policy.require_stable;
        return is_asked.then(|| "Not checked: whether it recovers by itself.".to_owned());
    };
    let all = found.trials.len() + found.not_checked;
    (found.not_checked > 0).then(|| {
        format!(
            "Not checked: whether it recovers from {} of {} triggers.",
            numbers::users(found.not_checked as f64),
            numbers::users(all as f64)
        )
    })
}

/// That the triggers which were played recover, and which takes longest; nothing where some do not.
pub(in crate::report) fn recovers(inventory: &Inventory, plan: &Plan) -> Option<String> {
    let found = plan.recovery.as_ref()?;
    let count = found.trials.len();
    if found.locked_in() > 0 || count == 0 {
        return None;
    }
    let (slowest, seconds) = found.slowest()?;
    let longest = if seconds < 1.0 {
        "nobody is down after any of them".to_owned()
    } else {
        format!(
            "the longest recovery takes {}, if {} {MEANWHILE}",
            duration(seconds),
            loses(inventory, slowest)
        )
    };
    Some(format!(
        "Each of {} triggers was played forward: all recover by themselves; {longest}.",
        numbers::users(count as f64)
    ))
}

/// `access point ap01 loses all its sessions`
fn loses(inventory: &Inventory, trial: &Trial) -> String {
    let name = match trial.hit {
        Failing::Component(component) => listed(&[inventory.component_title(component)]),
        Failing::RiskGroup(_) => format!("risk group {}", listed(&[trial.hit.name(inventory)])),
    };
    let what = match trial.loses {
        Loses::Sessions => "all its sessions",
        Loses::Capacity => "all its capacity",
    };
    format!("{name} loses {what}")
}
