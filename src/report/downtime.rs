//! Sentences about who is down in a plan's own replay, what of it the plan does not name, and which triggers it does not
//! recover from.

use super::grammar::{at_most, by_count, counted_with, only_if, short};
use super::numbers;
use super::replay::user_minutes_are;
use super::span::{Clock, moment};
use super::waves::{WayTeller, duration};
use crate::model::{Failing, Inventory};
use crate::plan::replay::Short;
use crate::plan::{
    self, Downtime, Loses, NotCounted, Outage, Raised, Recovery, Relief, RetryMargin, Shortage,
    Trial,
};
use crate::units::{FEASIBILITY, NOBODY};
use jiff::Timestamp;

/// What is left where an outage ends.
const NO_OUTAGE: &str = "no such outage";

/// Fewer users are nobody.
const NOT_ONE: f64 = 0.5;

/// Outages that are told one by one.
const MOST: usize = 3;

/// How long a trigger lasts, and after how long most of them should be over.
const MEANWHILE: &str = "for 10 minutes";

/// What takes longer than so many seconds was not played to its end.
const DAY: f64 = 24.0 * 3600.0;

/// What leaves no outage, a sentence each.
pub(in crate::report) fn found(inventory: &Inventory, own: &Downtime) -> Vec<String> {
    let is_any = !own.relief.is_empty();
    only_if(is_any, || relief(inventory, &own.relief, NO_OUTAGE))
}

/// What would end outages, a sentence each; `left` is what none of them leaves.
fn relief(inventory: &Inventory, all: &[Relief], left: &str) -> Vec<String> {
    if all.is_empty() {
        return vec![format!(
            "No pace and no capacity was found with which this plan leaves {left}; a plan made for more capacity was not tried."
        )];
    }
    let of = |own: &Relief| match own {
        Relief::Returns { minutes } => format!(
            "Played forward: clients that return over {} minutes ([replay] return_seconds = {}, jitter = 1) leave {left}.",
            numbers::amount(*minutes),
            numbers::amount(minutes * 30.0)
        ),
        Relief::Paced(paced) => {
            let into = paced.iter().map(|own| {
                let name = short(inventory.site_name(own.site));
                let hourly = numbers::amount_down(own.per_hour);
                format!("into {name} at no more than {hourly} users an hour")
            });
            let into = into.collect::<Vec<_>>().join(" and ");
            format!("Played forward: moves {into} (`move_in_per_hour` in sites.csv) leave {left}.")
        }
        Relief::More(raised) => {
            let raised: Vec<String> = raised.iter().map(|own| more(inventory, own)).collect();
            let raised = raised.join(" and ");
            format!(
                "Played forward: {raised} leaves {left}. Planned again with it, others may move, and more may be needed."
            )
        }
    };
    all.iter().map(of).collect()
}

/// `230 in place of 97 new sessions a second at access point ap01`
fn more(inventory: &Inventory, own: &Raised) -> String {
    let name = short(inventory.component_title(own.component));
    let row = &inventory.resources[own.resource.index()];
    let (least, now) = (own.at_least, numbers::amount_down(own.now));
    if row.is_sessions {
        let least = numbers::amount(least);
        format!("{least} in place of {now} new sessions a second at {name}")
    } else {
        let (least, id) = (numbers::quantity(least, &row.unit), short(&row.id));
        format!("{least} in place of {now} of {id} at {name}")
    }
}

/// ` At access point ap01 up to 127 new sessions a second come, and 88.7 are accepted.`; nothing where nothing is short.
fn lacks(inventory: &Inventory, own: Option<&Shortage>) -> String {
    let Some(own) = own else {
        return String::new();
    };
    let name = short(inventory.component_title(own.component));
    let capacity = numbers::amount_down(own.capacity);
    match own.short {
        Short::Sessions => format!(
            " At {name} up to {} new sessions a second come, and {capacity} are accepted.",
            numbers::amount(own.offered)
        ),
        Short::Resource(id) => format!(
            " At {name} up to {} of {} come, and it can serve {capacity}.",
            inventory.quantity(id, own.offered),
            short(inventory.resource_name(id))
        ),
    }
}

impl WayTeller<'_> {
    /// A warning for every outage, in order of time; then one for the trigger after which most users stay down. Each with
    /// what would help.
    pub(super) fn warnings(&self) -> Vec<String> {
        let mut told = self.outage_warnings();
        told.extend(self.trigger_warnings());
        told
    }

    fn outage_warnings(&self) -> Vec<String> {
        let (inventory, scenario, plan) = (self.inventory, self.scenario, self.plan);
        let all = plan.outages();
        let until = plan.replayed.as_ref().and_then(|own| own.unchecked_from);
        let clock = Clock::of(scenario);
        let of = |own: &Outage| {
            let from = clock.second(own.start);
            let when = match (own.end, until) {
                (Some(end), _) => format!(
                    "from {from} to {}, {}",
                    clock.second(end),
                    duration(end.duration_since(own.start).as_secs_f64())
                ),
                (None, Some(until)) => format!(
                    "from {from} on, still at {}; not checked after that",
                    clock.moment(until)
                ),
                (None, None) => {
                    format!("from {from} on, and it does not recover before the scenario ends")
                }
            };
            format!(
                "WARNING: {}, this plan has up to {} of {} users down{} {when}.{}",
                self.played().replacen("Played", "played", 1),
                numbers::users_up(own.most_users),
                numbers::about(own.all_users),
                only_if(own.named_users >= NOT_ONE, || {
                    " besides those whom it names,"
                }),
                lacks(inventory, own.shortage.as_ref())
            )
        };
        let mut told = at_most(all.iter().map(of).collect(), MOST, |more| {
            format!("WARNING: {more} more outages are in summary.json.")
        });
        let replayed = plan.replayed.as_ref();
        let relief_of = replayed.filter(|own| own.outages.iter().any(|own| own.shortage.is_some()));
        if let Some(own) = relief_of {
            told.extend(relief(inventory, &own.relief, NO_OUTAGE));
        }
        told
    }

    fn trigger_warnings(&self) -> Vec<String> {
        let found = self.plan.recovery.as_ref().filter(|own| own.is_required);
        let Some((found, worst)) = found.and_then(|own| Some((own, own.worst()?))) else {
            return Vec::new();
        };
        let mut all = vec![format!(
            "WARNING: this plan does not recover by itself from every trigger. If {}, and their number does not fall.{}{}",
            self.stay_down(worst),
            lacks(self.inventory, worst.shortage.as_ref()),
            others(found)
        )];
        if worst.shortage.is_some() {
            all.extend(relief(self.inventory, &found.relief, "nobody down for it"));
        }
        all
    }

    /// `; not counted: sessions that events end`, at the end of the verdict; nothing where all counts.
    pub(super) fn not_counted(&self) -> &'static str {
        match self.plan.replayed.as_ref().and_then(|own| own.not_counted) {
            Some(NotCounted::Disconnects) => "; not counted: sessions that events end",
            Some(NotCounted::Queued) => "; not counted: work that waits when the scenario begins",
            Some(NotCounted::DisconnectsAndQueued) => {
                "; not counted: sessions that events end, and work that waits when the scenario begins"
            }
            Some(NotCounted::Refused) | None => "",
        }
    }

    /// What playing the plan does not tell, as sentences.
    pub(super) fn missing(&self) -> Vec<String> {
        let words = self.not_counted().trim_start_matches("; not counted: ");
        let uncounted = (!words.is_empty()).then(|| format!("Not counted: {words}."));
        let others = [self.not_played(), self.checked_roughly()];
        uncounted
            .into_iter()
            .chain(others.into_iter().flatten())
            .collect()
    }

    /// What users lose who are served nowhere until waves let them in; where a period leaves users unserved, with what those
    /// lose.
    pub(super) fn waiting(&self) -> Option<String> {
        let played = self.plan.replayed.as_ref()?.periods.iter();
        let [mut waiting, mut unserved] = [0.0; 2];
        for (period, own) in self.plan.periods.iter().zip(played) {
            if period.totals.unserved <= NOBODY {
                waiting += own.unserved_minutes;
            } else {
                unserved += own.unserved_minutes;
            }
        }
        let waits = waiting > 0.5 || !plan::waiting(self.inventory, self.plan).is_empty();
        if !waits || waiting + unserved <= 0.5 {
            return None;
        }
        let minutes = numbers::about(waiting + unserved);
        Some(if unserved > 0.5 {
            format!(
                "Users who are served nowhere, some of them until waves let them in, lose {minutes} user minutes."
            )
        } else {
            format!(
                "Until waves let them in, users who are served nowhere lose {minutes} user minutes."
            )
        })
    }

    /// That playing it forward is no more than rough, if it is.
    pub(super) fn checked_roughly(&self) -> Option<String> {
        let replayed = self.plan.replayed.as_ref()?;
        let is_all = replayed.unchecked_from.is_none();
        (is_all && replayed.is_rough).then(|| {
            "Checked only roughly by playing it forward; plimsoll replay does it step by step."
                .to_owned()
        })
    }

    /// From when on it is not checked whether users are down, and whether those recover who are down when the scenario ends.
    pub(super) fn not_played(&self) -> Option<String> {
        let replayed = self.plan.replayed.as_ref()?;
        if let Some(from) = replayed.unchecked_from {
            let what = only_if(from > self.scenario.start, || {
                format!(": what is after {}", moment(self.scenario, from))
            });
            return Some(format!(
                "Not checked by playing it forward{what}; plimsoll replay does."
            ));
        }
        (replayed.still_down >= NOT_ONE).then(|| {
            format!(
                "Not checked: whether users recover who are down when the scenario ends ({}); let it end later.",
                numbers::lost_users(replayed.still_down)
            )
        })
    }

    /// What is lost to what the plan names, how many are down at once where that is all and not only roughly known, and when
    /// the last of them are back.
    pub(super) fn lost_to_named(&self) -> Option<String> {
        let (scenario, plan) = (self.scenario, self.plan);
        let replayed = plan.replayed.as_ref()?;
        let periods = &replayed.periods;
        let minutes: f64 = periods.iter().map(|own| own.named_minutes).sum();
        if minutes <= NOBODY.max(0.5) {
            return None;
        }
        let waits = !plan::waiting(self.inventory, plan).is_empty();
        let lost = format!(
            "{}, {} lost to what the plan names: what is not known yet, what fails in part, and who connects anew{}.",
            self.played(),
            user_minutes_are(minutes),
            only_if(waits, || ", or waits until waves let him in or move him")
        );
        let last = periods.iter().filter_map(|own| own.down_until).max();
        let is_checked = |at: Timestamp| replayed.unchecked_from.is_none_or(|until| at < until);
        let until = match last {
            // What is not checked may be otherwise.
            Some(at) if !is_checked(at) => replayed.unchecked_from.map(|until| {
                let until = moment(scenario, until.max(scenario.start));
                format!("some may still be down after {until}")
            }),
            Some(at) if at < scenario.end => {
                let at = if replayed.is_rough {
                    format!("about {}", moment(scenario, at))
                } else {
                    Clock::of(scenario).second(at)
                };
                Some(format!("the last of them are back at {at}"))
            }
            Some(_) if plan.outages().is_empty() => Some("some are down until the end".to_owned()),
            _ => None,
        };
        let others: f64 = periods.iter().map(|own| own.unserved_minutes).sum();
        let is_all = plan.outages().is_empty() && others <= NOBODY && !replayed.is_rough;
        let most = periods.iter().map(|own| own.most_users).fold(0.0, f64::max);
        let most = is_all.then(|| {
            let users = counted_with(&numbers::users_up(most), "user", ["is", "are"]);
            format!("Up to {users} down at once")
        });
        let then = match (most, until) {
            (Some(most), Some(until)) => format!(" {most}; {until}."),
            (Some(most), None) => format!(" {most}."),
            (None, Some(until)) => format!(" Of these users {until}."),
            (None, None) => String::new(),
        };
        Some(lost + &then)
    }

    /// `Played forward`, and whether in longer parts than those of a replay, or in shorter steps.
    fn played(&self) -> String {
        match &self.plan.replayed {
            Some(own) if own.is_rough => "Played forward roughly".to_owned(),
            Some(own) if own.step_seconds < self.scenario.replay.step_seconds => {
                let seconds = numbers::amount(own.step_seconds);
                format!("Played forward in steps of {seconds} s")
            }
            _ => "Played forward".to_owned(),
        }
    }

    /// What a plan does not recover from that does not have to, with the trigger after which most users stay down; and how
    /// many triggers were not played of those that retries may lock in.
    pub(super) fn at_risk(&self) -> Option<String> {
        let found = self.plan.recovery.as_ref().filter(|own| !own.is_required)?;
        let unchecked = unchecked(found, "triggers that retries may lock in");
        let Some(worst) = found.worst() else {
            return unchecked;
        };
        Some(format!(
            "At risk: if {}.{}{}{}",
            self.stay_down(worst),
            lacks(self.inventory, worst.shortage.as_ref()),
            others(found),
            unchecked.map_or_else(String::new, |own| format!(" {own}"))
        ))
    }

    /// How many triggers were not played, if any were not.
    pub(super) fn triggers_not_played(&self) -> Option<String> {
        let Some(found) = &self.plan.recovery else {
            let is_asked = self.scenario.policy.require_stable;
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

    /// That the triggers which were played recover, and which takes longest; nothing where some do not.
    pub(super) fn recovers(&self) -> Option<String> {
        let found = self.plan.recovery.as_ref().filter(|own| own.is_required)?;
        let count = found.trials.len();
        if found.locked_in() > 0 || count == 0 {
            return None;
        }
        let (slowest, seconds) = found.slowest()?;
        let longest = if seconds < 1.0 {
            "nobody is down after any of them".to_owned()
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
                "Each of {count} triggers was played forward, {rough} of them only roughly: none was seen to lock in an overload; {longest}."
            )
        } else {
            format!(
                "Each of {count} triggers was played forward: all recover by themselves; {longest}."
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

/// How many more triggers lock in an overload than the worst.
fn others(found: &Recovery) -> String {
    let more = found.locked_in() - 1;
    let verb = ["locks in an overload", "lock in overloads"];
    only_if(more > 0, || {
        let triggers = counted_with(&numbers::whole(more), "more trigger", verb);
        format!(" {triggers} (summary.json).")
    })
}

/// How many triggers were not played, and how many only roughly, if any were.
fn unchecked(found: &Recovery, triggers: &str) -> Option<String> {
    let all = numbers::whole(found.trials.len() + found.not_checked);
    let of_all = |count: usize| format!("{} of {all} {triggers}", numbers::whole(count));
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
        format!(
            "Not checked: whether it recovers from triggers in {} {}, in which not all is known.",
            by_count(&unknown.len().to_string(), ["period", "periods"]),
            unknown.join(", ")
        )
    });
    let all = [not_played, only_rough, unknown].into_iter().flatten();
    let all: Vec<String> = all.collect();
    (!all.is_empty()).then(|| all.join(" "))
}

/// How often everybody tries again, as a sentence says it: `3 retries`, `1 retry`, `2.4 retries on average`.
///
/// ```
/// use plimsoll::report::downtime::retries;
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
    Some(if short[0] == short[1] {
        both.map(|share| format!("{} %", numbers::amount(share * 100.0)))
    } else {
        short
    })
}

/// `Chicago cpu locks in above 25 % with 3 retries: it stands at 61 %`; `None` where nothing keeps an overload up.
pub(super) fn locks_in(inventory: &Inventory, own: &RetryMargin) -> Option<String> {
    let [threshold, stand] = threshold_and_stand(own)?;
    let component = short(inventory.component_title(own.component));
    let resource = short(inventory.resource_name(own.resource));
    let retries = retries(own.retries()?);
    Some(format!(
        "{component} {resource} locks in above {threshold} with {retries}: it stands at {stand}"
    ))
}
