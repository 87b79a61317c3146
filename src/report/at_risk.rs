//! Sentences about triggers from which a plan does not recover by itself: what the plan adds to that risk, and what was so
//! before.

use super::downtime::{lacks, relief};
use super::grammar::{by_count, counted_with, only_if, short};
use super::numbers;
use super::span::moment;
use super::waves::{TransitionWriter, duration};
use crate::model::Failing;
use crate::plan::{Loses, Recovery, Trial};
use std::collections::BTreeMap;

/// How long a trigger lasts, and after how long most of them should be over.
const MEANWHILE: &str = "for 10 minutes";

/// Recoveries that take more seconds than this were not played to their end.
const DAY: f64 = 24.0 * 3600.0;

/// What a trigger is against the state before the plan.
const NEW: &str = "new with this plan";
const MORE: &str = "worse than before this plan";
const AS_BEFORE: &str = "as before this plan";
const UNKNOWN: &str = "not checked in the state before";

impl TransitionWriter<'_> {
    /// That a plan that has to recover does not, with the trigger after which most users stay down and what helps.
    pub(super) fn trigger_warnings(&self) -> Vec<String> {
        let found = self
            .plan
            .recovery
            .as_ref()
            .filter(|recovery| recovery.is_required);
        let Some((found, worst)) = found.and_then(|recovery| Some((recovery, recovery.worst()?)))
        else {
            return Vec::new();
        };
        let mut all = vec![format!(
            "WARNING: this plan does not recover by itself from every trigger. If {}, without recovery.{}{}{}",
            self.stay_down(worst),
            only_if(
                worst.is_added() == Some(false),
                || " The state before this plan does not recover from it either."
            ),
            lacks(self.inventory, worst.shortage.as_ref()),
            others(found, worst)
        )];
        if worst.shortage.is_some() {
            all.extend(relief(
                self.inventory,
                &found.relief,
                "no users down for it",
            ));
        }
        all
    }

    /// Triggers after which users stay down, of a plan that does not have to recover: first what is said before the verdict,
    /// because the plan adds it or nobody knows of it, then what the state before has as well.
    pub(super) fn at_risk(&self) -> [Vec<String>; 2] {
        let found = self
            .plan
            .recovery
            .as_ref()
            .filter(|recovery| !recovery.is_required);
        let Some(found) = found else {
            return [Vec::new(), Vec::new()];
        };
        let unchecked = unchecked(found);
        let mut first: Vec<String> = unchecked.into_iter().collect();
        let Some(worst) = found.worst_added() else {
            return [first, Vec::new()];
        };
        let added = worst.still_down - worst.still_down_before.unwrap_or(0.0);
        let stand = against_before(worst);
        let (head, end) = match stand {
            NEW => ("At risk, new with this plan", String::new()),
            AS_BEFORE => ("At risk, also before this plan", String::new()),
            MORE => {
                let more = numbers::users_up(added);
                ("At risk", format!(", {more} more than before this plan"))
            }
            _ => ("At risk", "; the state before was not checked".to_owned()),
        };
        let said = format!(
            "{head}: if {}{end}.{}{}",
            self.stay_down(worst),
            lacks(self.inventory, worst.shortage.as_ref()),
            others(found, worst)
        );
        if stand == AS_BEFORE {
            return [first, vec![said]];
        }
        first.insert(0, said);
        [first, Vec::new()]
    }

    /// How many triggers were not played, if any were not.
    pub(super) fn triggers_not_played(&self) -> Option<String> {
        let Some(found) = &self.plan.recovery else {
            let is_asked = self.scenario.policy.require_stable;
            return is_asked.then(|| "Not checked: whether it recovers by itself.".to_owned());
        };
        if !found.is_required {
            // A plan that does not have to recover has a line of its own.
            return None;
        }
        if found.trials.is_empty() && found.not_checked > 0 {
            return Some(format!(
                "WARNING: not checked whether it recovers from any of {} triggers. Playing one of them takes too long, or the planning was stopped.",
                numbers::whole(found.not_checked)
            ));
        }
        unchecked(found)
    }

    /// That the triggers which were played recover, and which takes longest; nothing where some do not.
    pub(super) fn recovers(&self) -> Option<String> {
        let found = self
            .plan
            .recovery
            .as_ref()
            .filter(|recovery| recovery.is_required)?;
        let count = found.trials.len();
        if found.locked_in() > 0 || count == 0 {
            return None;
        }
        let (slowest, seconds) = found.slowest()?;
        let longest = if seconds < 1.0 {
            "no users are down after any of them".to_owned()
        } else {
            format!(
                "the longest of these recoveries takes {}{}, if {}",
                only_if(seconds > DAY, || "about "),
                duration(seconds),
                self.triggered(slowest)
            )
        };
        let count = numbers::whole(count);
        Some(if found.only_rough() > 0 {
            let rough = numbers::whole(found.only_rough());
            format!(
                "Each of {count} triggers was played forward, {rough} of them only roughly. None left a lasting overload; {longest}."
            )
        } else {
            format!(
                "Each of {count} triggers was played forward. All recover by themselves; {longest}."
            )
        })
    }

    /// `access point ap01 loses all its sessions for 10 minutes from 08:00 on, 500 of 9,000 users stay down`
    fn stay_down(&self, trial: &Trial) -> String {
        let (down, all) = (
            numbers::users_up(trial.still_down),
            numbers::about(trial.all_users),
        );
        format!("{}, {down} of {all} users stay down", self.triggered(trial))
    }

    /// `access point ap01 loses all its sessions for 10 minutes from 08:00 on`
    fn triggered(&self, trial: &Trial) -> String {
        let inventory = self.inventory;
        let name = match trial.hit {
            Failing::Component(component) => short(inventory.component_title(component)),
            Failing::RiskGroup(_) => format!("risk group {}", short(trial.hit.name(inventory))),
        };
        let loses = match trial.loses {
            Loses::Sessions => "loses all its sessions",
            Loses::Capacity => "loses all its capacity",
            Loses::Work => "stays open and does no work",
        };
        let start = moment(self.scenario, trial.start);
        format!("{name} {loses} {MEANWHILE} from {start} on")
    }
}

/// How many more triggers than one leave an overload that retries keep up, and what of that was so before the plan.
fn others(found: &Recovery, one: &Trial) -> String {
    let all = found.trials.iter().filter(|trial| trial.is_locked_in());
    let all: Vec<&Trial> = all.filter(|trial| !std::ptr::eq(*trial, one)).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for trial in &all {
        *counts.entry(against_before(trial)).or_default() += 1;
    }
    let verb = ["leaves a lasting overload", "leave lasting overloads"];
    let triggers = counted_with(&numbers::whole(all.len()), "more trigger", verb);
    let each = [NEW, MORE, AS_BEFORE, UNKNOWN].into_iter();
    let each = each.filter_map(|words| Some((*counts.get(words)?, words)));
    let each = each.map(|(count, words)| match count {
        count if count == all.len() => words.to_owned(),
        count => format!("{} {words}", numbers::whole(count)),
    });
    let each: Vec<String> = each.collect();
    only_if(!all.is_empty(), || {
        format!(" {triggers} (summary.json): {}.", each.join(", "))
    })
}

/// What a trigger after which users stay down is against the state before.
fn against_before(trial: &Trial) -> &'static str {
    let is_none = |before: f64| numbers::users_up(before) == "0";
    match (trial.is_added(), trial.still_down_before) {
        (Some(true), Some(before)) if is_none(before) => NEW,
        (Some(true), _) => MORE,
        (Some(false), _) => AS_BEFORE,
        (None, _) => UNKNOWN,
    }
}

/// How many triggers were not played, and how many only roughly, if any were.
fn unchecked(found: &Recovery) -> Option<String> {
    let all = numbers::whole(found.trials.len() + found.not_checked);
    let of_all = |count: usize| format!("{} of {all}", numbers::whole(count));
    let not_played = (found.not_checked > 0).then(|| {
        let count = of_all(found.not_checked);
        format!(
            "Not checked: recovery after {count} short faults (triggers), whose retries can keep an overload up."
        )
    });
    let only_rough = (found.only_rough() > 0).then(|| {
        let count = of_all(found.only_rough());
        let faults = match not_played {
            Some(_) => " of these faults",
            None => " short faults (triggers), whose retries can keep an overload up",
        };
        format!("Not checked in short steps and at every hour: recovery after {count}{faults}.")
    });
    let unknown = found.unknown_periods.iter().map(ToString::to_string);
    let unknown: Vec<String> = unknown.collect();
    let unknown = (found.is_required && !unknown.is_empty()).then(|| {
        format!(
            "Not checked: recovery from triggers in {} {}, which {} undetected faults.",
            by_count(&unknown.len().to_string(), ["period", "periods"]),
            unknown.join(", "),
            by_count(&unknown.len().to_string(), ["has", "have"])
        )
    });
    let all = [not_played, only_rough, unknown].into_iter().flatten();
    let all: Vec<String> = all.collect();
    (!all.is_empty()).then(|| all.join(" "))
}
