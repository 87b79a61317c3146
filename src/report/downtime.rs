//! Sentences about who is down in a plan's own replay, and what of it the plan does not name.

use super::grammar::{at_most, counted_with, listed};
use super::numbers;
use super::replay::user_minutes_are;
use super::span::{Clock, moment};
use super::waves::duration;
use crate::model::{Inventory, Scenario};
use crate::plan::replay::Short;
use crate::plan::{self, Downtime, NotCounted, Outage, Plan, Raised, Relief, Shortage};
use crate::units::NOBODY;
use jiff::Timestamp;

const NO_OUTAGE: &str = "no such outage";

/// Fewer users are nobody.
const NOT_ONE: f64 = 0.5;

const MOST: usize = 3;

pub(in crate::report) fn warnings(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
) -> Vec<String> {
    let all = plan.outages();
    let until = plan.replayed.as_ref().and_then(|own| own.unchecked_from);
    let of = |own: &Outage| {
        let users = format!(
            "{} of {} users",
            numbers::users_up(own.most_users),
            numbers::about(own.all_users)
        );
        let clock = Clock::of(scenario);
        let from = clock.second(own.start);
        let when = match (own.end, until) {
            (Some(end), _) => format!(
                "from {from} to {}, {}",
                clock.second(end),
                duration(end.duration_since(own.start).as_secs_f64())
            ),
            (None, Some(until)) => format!(
                "from {from} on, still at {}; not checked after that",
                moment(scenario, until)
            ),
            (None, None) => {
                format!("from {from} on, and it does not recover before the scenario ends")
            }
        };
        let short = own.shortage.as_ref();
        let short = short.map_or_else(String::new, |own| lacks(inventory, own));
        let what = format!(
            "WARNING: {}, this plan has up to",
            played(scenario, plan).replacen("Played", "played", 1)
        );
        let besides = if own.named_users < NOT_ONE {
            ""
        } else {
            " besides those whom it names,"
        };
        format!("{what} {users} down{besides} {when}.{short}")
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

pub(in crate::report) fn found(inventory: &Inventory, own: &Downtime) -> Vec<String> {
    if own.relief.is_empty() {
        return Vec::new();
    }
    relief(inventory, &own.relief, NO_OUTAGE)
}

/// What would end outages, a sentence each; `left` is what none of them leaves.
pub(super) fn relief(inventory: &Inventory, all: &[Relief], left: &str) -> Vec<String> {
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
                let name = listed(&[inventory.sites[own.site.index()].name.as_str()]);
                format!(
                    "into {name} at no more than {} users an hour",
                    numbers::amount_down(own.per_hour)
                )
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
    let name = listed(&[inventory.component_title(own.component)]);
    let row = &inventory.resources[own.resource.index()];
    let (least, now) = (own.at_least, numbers::amount_down(own.now));
    if row.is_sessions {
        let least = numbers::amount(least);
        format!("{least} in place of {now} new sessions a second at {name}")
    } else {
        let (least, id) = (numbers::quantity(least, &row.unit), listed(&[&row.id]));
        format!("{least} in place of {now} of {id} at {name}")
    }
}

/// ` At access point ap01 up to 127 new sessions a second come, and 88.7 are accepted.`
pub(super) fn lacks(inventory: &Inventory, own: &Shortage) -> String {
    let name = listed(&[inventory.component_title(own.component)]);
    let (offered, capacity) = (own.offered, own.capacity);
    match own.short {
        Short::Sessions => format!(
            " At {name} up to {} new sessions a second come, and {} are accepted.",
            numbers::amount(offered),
            numbers::amount_down(capacity)
        ),
        Short::Resource(id) => {
            let row = &inventory.resources[id.index()];
            format!(
                " At {name} up to {} of {} come, and it can serve {}.",
                numbers::quantity(offered, &row.unit),
                listed(&[&row.id]),
                numbers::amount_down(capacity)
            )
        }
    }
}

/// `; not counted: sessions that events end`, at the end of the verdict; nothing where all counts.
pub(in crate::report) fn not_counted(plan: &Plan) -> &'static str {
    match plan.replayed.as_ref().and_then(|own| own.not_counted) {
        Some(NotCounted::Disconnects) => "; not counted: sessions that events end",
        Some(NotCounted::Queued) => "; not counted: work that waits when the scenario begins",
        Some(NotCounted::DisconnectsAndQueued) => {
            "; not counted: sessions that events end, and work that waits when the scenario begins"
        }
        Some(NotCounted::Refused) | None => "",
    }
}

pub(in crate::report) fn missing(scenario: &Scenario, plan: &Plan) -> Vec<String> {
    let words = not_counted(plan).trim_start_matches("; not counted: ");
    let uncounted = (!words.is_empty()).then(|| format!("Not counted: {words}."));
    uncounted
        .into_iter()
        .chain(not_checked(scenario, plan))
        .chain(checked_roughly(plan))
        .collect()
}

/// What users lose who are served nowhere until waves let them in; where a period leaves users unserved, with what those lose.
pub(in crate::report) fn waiting(inventory: &Inventory, plan: &Plan) -> Option<String> {
    let played = plan.replayed.as_ref()?.periods.iter();
    let both = plan.periods.iter().zip(played);
    let (serving, others): (Vec<_>, Vec<_>) =
        both.partition(|(period, _)| period.totals.unserved <= NOBODY);
    let [waiting, unserved] = [serving, others].map(|all| {
        let minutes = all.into_iter().map(|(_, own)| own.unserved_minutes);
        minutes.sum::<f64>()
    });
    let waits = waiting > 0.5 || !plan::waiting(inventory, plan).is_empty();
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

pub(in crate::report) fn checked_roughly(plan: &Plan) -> Option<String> {
    let replayed = plan.replayed.as_ref()?;
    let is_all = replayed.unchecked_from.is_none();
    (is_all && replayed.is_rough).then(|| {
        "Checked only roughly by playing it forward; plimsoll replay does it step by step."
            .to_owned()
    })
}

/// From when on it is not checked whether users are down, and whether those recover who are down when the scenario ends.
pub(in crate::report) fn not_checked(scenario: &Scenario, plan: &Plan) -> Option<String> {
    let replayed = plan.replayed.as_ref()?;
    if let Some(from) = replayed.unchecked_from {
        return Some(if from <= scenario.start {
            "Not checked by playing it forward; plimsoll replay does.".to_owned()
        } else {
            format!(
                "Not checked by playing it forward: what is after {}; plimsoll replay does.",
                moment(scenario, from)
            )
        });
    }
    (replayed.still_down >= NOT_ONE).then(|| {
        format!(
            "Not checked: whether users recover who are down when the scenario ends ({}); let it end later.",
            numbers::lost_users(replayed.still_down)
        )
    })
}

/// What is lost to what the plan names, how many are down at once where that is all and not only roughly known, and when the
/// last of them are back.
pub(in crate::report) fn named(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
) -> Option<String> {
    let replayed = plan.replayed.as_ref()?;
    let periods = &replayed.periods;
    let minutes: f64 = periods.iter().map(|own| own.named_minutes).sum();
    if minutes <= NOBODY.max(0.5) {
        return None;
    }
    let lost = format!(
        "{}, {} lost to what the plan names: what is not known yet, what fails in part, and who connects anew{}.",
        played(scenario, plan),
        user_minutes_are(minutes),
        if plan::waiting(inventory, plan).is_empty() {
            ""
        } else {
            ", or waits until waves let him in or move him"
        }
    );
    let about = if replayed.is_rough { "about " } else { "" };
    let last = periods.iter().filter_map(|own| own.down_until).max();
    let is_checked = |at: Timestamp| replayed.unchecked_from.is_none_or(|until| at < until);
    let until = match last {
        // What is not checked may be otherwise.
        Some(at) if !is_checked(at) => replayed.unchecked_from.map(|until| {
            let until = moment(scenario, until.max(scenario.start));
            format!("some may still be down after {until}")
        }),
        Some(at) if at < scenario.end => Some(format!(
            "the last of them are back at {about}{}",
            if replayed.is_rough {
                moment(scenario, at)
            } else {
                Clock::of(scenario).second(at)
            }
        )),
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
fn played(scenario: &Scenario, plan: &Plan) -> String {
    match &plan.replayed {
        Some(own) if own.is_rough => "Played forward roughly".to_owned(),
        Some(own) if own.step_seconds < scenario.replay.step_seconds => format!(
            "Played forward in steps of {} s",
            numbers::amount(own.step_seconds)
        ),
        _ => "Played forward".to_owned(),
    }
}
