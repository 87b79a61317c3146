//! Sentences about users that are down in a plan's own replay, and about outages that the plan does not name.

use super::grammar::{at_most, capital, only_if, short};
use super::numbers;
use super::replay::user_minutes_are;
use super::span::{Clock, moment};
use super::unplaced::unserved_minutes;
use super::waves::{TransitionWriter, duration};
use crate::model::Inventory;
use crate::plan::replay::Short;
use crate::plan::{self, Downtime, NotCounted, Outage, Raised, Relief, RetryMargin, Shortage};
use crate::units::{AGREEMENT, FEASIBILITY, NOBODY};
use jiff::Timestamp;

/// What remains where an outage ends.
const NO_OUTAGE: &str = "no such outage";

/// Fewer users count as none.
const NOT_ONE: f64 = 0.5;

/// Outages that are listed one by one.
const MOST: usize = 3;

/// The changes that leave no outage, a sentence each.
pub(in crate::report) fn found(inventory: &Inventory, downtime: &Downtime) -> Vec<String> {
    let is_any = !downtime.relief.is_empty();
    only_if(is_any, || relief(inventory, &downtime.relief, NO_OUTAGE))
}

/// The changes that would end outages, a sentence each; `left` is what none of them leaves.
pub(super) fn relief(inventory: &Inventory, all: &[Relief], left: &str) -> Vec<String> {
    if all.is_empty() {
        return vec![format!(
            "No pace and no capacity was found with which this plan leaves {left}. A plan made for more capacity was not tried."
        )];
    }
    let of = |relief: &Relief| match relief {
        Relief::Returns { minutes } => format!(
            "Played forward: clients that return over {} minutes ([replay] return_seconds = {}, jitter = 1) leave {left}.",
            numbers::amount(*minutes),
            numbers::amount(minutes * 30.0)
        ),
        Relief::Paced(paced) => {
            let into = paced.iter().map(|paced| {
                let name = short(inventory.site_name(paced.site));
                let hourly = numbers::amount_down(paced.per_hour);
                format!("into {name} at no more than {hourly} users an hour")
            });
            let into = into.collect::<Vec<_>>().join(" and ");
            format!("Played forward: moves {into} (`move_in_per_hour` in sites.csv) leave {left}.")
        }
        Relief::More(raised) => {
            let raised: Vec<String> = raised
                .iter()
                .map(|raised| more(inventory, raised))
                .collect();
            let raised = raised.join(" and ");
            format!(
                "Played forward: {raised} leaves {left}. A new plan with it can move other users and can need more."
            )
        }
    };
    all.iter().map(of).collect()
}

/// `230 in place of 97 new sessions a second at access point ap01`
fn more(inventory: &Inventory, raised: &Raised) -> String {
    let name = short(inventory.component_title(raised.component));
    let row = &inventory.resources[raised.resource.index()];
    let (least, now) = (raised.at_least, numbers::amount_down(raised.now));
    if row.is_sessions {
        let least = numbers::amount(least);
        format!("{least} in place of {now} new sessions a second at {name}")
    } else {
        let (least, id) = (numbers::quantity(least, &row.unit), short(&row.id));
        format!("{least} in place of {now} of {id} at {name}")
    }
}

/// ` At access point ap01 up to 127 new sessions a second arrive, and 88.7 are accepted.`; nothing where nothing is short.
pub(super) fn lacks(inventory: &Inventory, shortage: Option<&Shortage>) -> String {
    let Some(shortage) = shortage else {
        return String::new();
    };
    let name = short(inventory.component_title(shortage.component));
    let capacity = numbers::amount_down(shortage.capacity);
    match shortage.short {
        Short::Sessions => format!(
            " At {name} up to {} new sessions a second arrive, and {capacity} are accepted.",
            numbers::amount(shortage.offered)
        ),
        Short::Resource(id) => format!(
            " At {name} the demand is up to {} of {}, and the capacity is {capacity}.",
            inventory.quantity(id, shortage.offered),
            short(inventory.resource_name(id))
        ),
    }
}

impl TransitionWriter<'_> {
    /// A warning for every outage, in order of time; one for users who stay down at what the plan keeps; then one for the trigger after which most users stay down. Each has its
    /// remedies.
    pub(super) fn warnings(&self) -> Vec<String> {
        let mut all = self.outage_warnings();
        all.extend(self.stays_down_warnings());
        all.extend(self.trigger_warnings());
        all
    }

    fn outage_warnings(&self) -> Vec<String> {
        let (inventory, scenario, plan) = (self.inventory, self.scenario, self.plan);
        let all = plan.outages();
        let until = plan
            .replayed
            .as_ref()
            .and_then(|downtime| downtime.unchecked_from);
        let clock = Clock::of(scenario);
        let of = |outage: &Outage| {
            let from = clock.second(outage.start);
            let when = match (outage.end, until) {
                (Some(end), _) => format!(
                    "from {from} to {}, {}",
                    clock.second(end),
                    duration(end.duration_since(outage.start).as_secs_f64())
                ),
                (None, Some(until)) => format!(
                    "from {from} on, still at {}; not checked after that",
                    clock.moment(until)
                ),
                (None, None) => {
                    format!("from {from} on, without recovery before the scenario ends")
                }
            };
            format!(
                "WARNING: {}, this plan has up to {} of {} users down{} {when}.{}",
                self.played().replacen("Played", "played", 1),
                numbers::users_up(outage.most_users),
                numbers::about(outage.all_users),
                only_if(outage.named_users >= NOT_ONE, || {
                    ", in addition to those it names,"
                }),
                lacks(inventory, outage.shortage.as_ref())
            )
        };
        let mut warnings = at_most(all.iter().map(of).collect(), MOST, |more| {
            format!("WARNING: {more} more outages are in summary.json.")
        });
        let replayed = plan.replayed.as_ref();
        let relief_of = replayed.filter(|downtime| {
            downtime
                .outages
                .iter()
                .any(|outage| outage.shortage.is_some())
        });
        if let Some(downtime) = relief_of {
            warnings.extend(relief(inventory, &downtime.relief, NO_OUTAGE));
        }
        warnings
    }

    /// `; not counted: sessions that events end`, at the end of the verdict; nothing where all counts.
    pub(super) fn not_counted(&self) -> &'static str {
        match self
            .plan
            .replayed
            .as_ref()
            .and_then(|downtime| downtime.not_counted)
        {
            Some(NotCounted::Disconnects) => "; not counted: sessions that events end",
            Some(NotCounted::Queued) => "; not counted: work that waits when the scenario begins",
            Some(NotCounted::DisconnectsAndQueued) => {
                "; not counted: sessions that events end, and work that waits when the scenario begins"
            }
            Some(NotCounted::Refused) | None => "",
        }
    }

    /// The limits of playing the plan, as sentences.
    pub(super) fn missing(&self) -> Vec<String> {
        let words = self.not_counted().trim_start_matches("; not counted: ");
        let uncounted = (!words.is_empty()).then(|| format!("Not counted: {words}."));
        let others = [
            self.retries_not_checked(),
            self.not_played(),
            self.checked_roughly(),
        ];
        uncounted
            .into_iter()
            .chain(others.into_iter().flatten())
            .collect()
    }

    /// User minutes lost by users that are unserved until waves readmit them; where a period leaves users unserved, with the
    /// minutes of those. Users who wait to be placed for the first time are named apart.
    pub(super) fn waiting(&self) -> Option<String> {
        let played = self.plan.replayed.as_ref()?.periods.iter();
        let [mut waiting, mut unserved, mut stay] = [0.0; 3];
        for (period, period_downtime) in self.plan.periods.iter().zip(played) {
            if period.totals.unserved <= NOBODY {
                waiting += unserved_minutes(period_downtime);
            } else {
                unserved += period_downtime.unserved_minutes;
                stay += period.totals.unserved * period.period.minutes();
            }
        }
        let waits = waiting > 0.5 || !plan::waiting(self.inventory, self.plan).is_empty();
        if !waits || waiting + unserved <= 0.5 {
            return None;
        }
        let minutes = numbers::about(waiting + unserved);
        if unserved <= 0.5 {
            return Some(format!(
                "Until waves readmit them, unserved users lose {minutes} user minutes."
            ));
        }
        // Those who stay unserved lose all of it where nobody else waits.
        let is_all_of_stay = waiting <= 0.5 && unserved <= stay * (1.0 + AGREEMENT) + 0.5;
        if !is_all_of_stay {
            return Some(format!(
                "Unserved users, some of them until waves readmit them, lose {minutes} user minutes."
            ));
        }
        let last = self.plan.periods.last();
        let is_to_the_end = last.is_some_and(|period| period.totals.unserved > NOBODY);
        let until = only_if(is_to_the_end, || " until the end");
        Some(format!(
            "Unserved users lose {minutes} user minutes{until}."
        ))
    }

    /// That playing it forward was only rough, if it was.
    pub(super) fn checked_roughly(&self) -> Option<String> {
        let replayed = self.plan.replayed.as_ref()?;
        let is_all = replayed.unchecked_from.is_none();
        (is_all && replayed.is_rough).then(|| {
            "Checked only roughly by playing it forward; plimsoll replay checks it step by step."
                .to_owned()
        })
    }

    /// From when on downtime was not checked, and that recovery after the end of the scenario was not.
    pub(super) fn not_played(&self) -> Option<String> {
        let replayed = self.plan.replayed.as_ref()?;
        if let Some(from) = replayed.unchecked_from {
            let what = only_if(from > self.scenario.start, || {
                format!(": everything after {}", moment(self.scenario, from))
            });
            return Some(format!(
                "Not checked by playing it forward{what}; plimsoll replay checks it."
            ));
        }
        (replayed.still_down >= NOT_ONE).then(|| {
            format!(
                "Not checked: recovery of {} down when the scenario ends. Let the scenario end later.",
                numbers::lost_users(replayed.still_down)
            )
        })
    }

    /// How many users are down at once at most and when the last of them are back; then the user minutes lost to causes that the
    /// plan names.
    pub(super) fn lost_to_named(&self) -> Option<String> {
        let (scenario, plan) = (self.scenario, self.plan);
        let replayed = plan.replayed.as_ref()?;
        let periods = &replayed.periods;
        let minutes = periods
            .iter()
            .map(|period| period.named_minutes - period.unplaced_named_minutes);
        let minutes: f64 = minutes.sum();
        if minutes <= NOBODY.max(0.5) {
            return None;
        }
        let unplaced = self.most_unplaced();
        let waiting = plan::waiting(self.inventory, plan).into_iter();
        let waits = waiting.map(|waiting| waiting.users).sum::<f64>() > unplaced + NOT_ONE;
        let lost = format!(
            "{}, {} lost to causes that the plan names: undetected faults, partial failures and reconnects{}.",
            self.played(),
            user_minutes_are(minutes),
            only_if(waits, || ", and waits for a wave")
        );
        let last = periods.iter().filter_map(|period| period.down_until).max();
        // The last of all may be one who is placed.
        let last = last.filter(|_| unplaced < NOT_ONE);
        let is_checked = |at: Timestamp| replayed.unchecked_from.is_none_or(|until| at < until);
        let until = match last {
            // The unchecked rest may differ.
            Some(at) if !is_checked(at) => replayed.unchecked_from.map(|until| {
                let until = moment(scenario, until.max(scenario.start));
                format!("some of these users may still be down after {until}")
            }),
            Some(at) if at < scenario.end => {
                let at = if replayed.is_rough {
                    format!("about {}", moment(scenario, at))
                } else {
                    Clock::of(scenario).second(at)
                };
                Some(format!("the last of these users are back at {at}"))
            }
            Some(_) if plan.outages().is_empty() => {
                Some("some of these users are down until the end".to_owned())
            }
            _ => None,
        };
        let most = self.most_down();
        let first = match (most, until) {
            (Some(most), Some(until)) => format!("{most}; {until}. "),
            (Some(most), None) => format!("{most}. "),
            (None, Some(until)) => format!("{}. ", capital(&until)),
            (None, None) => String::new(),
        };
        Some(first + &lost)
    }

    /// `Up to 675,231 of 9.33 million users are down at once`, with what else is in that number; `None` without any.
    fn most_down(&self) -> Option<String> {
        let plan = self.plan;
        let replayed = plan.replayed.as_ref()?;
        let periods = plan.periods.iter().zip(&replayed.periods);
        let periods: Vec<_> = periods.collect();
        let (period, most) =
            numbers::first_most(&periods, |(_, period_downtime)| period_downtime.most_others)?;
        if most.most_others <= NOBODY {
            return None;
        }
        let others: f64 = replayed.periods.iter().map(unserved_minutes).sum();
        let of_outages = only_if(!plan.outages().is_empty(), || ", those of outages included");
        let of_unserved = only_if(others > NOBODY, || ", unserved users included");
        let roughly = only_if(replayed.is_rough, || ", counted roughly");
        Some(format!(
            "Up to {} of {} users are down at once{of_outages}{of_unserved}{roughly}",
            numbers::users_up(most.most_others),
            numbers::about(period.totals.users.max(most.most_others)),
        ))
    }

    /// `Played forward`, and if so that it was in longer parts than those of a replay, or in shorter steps.
    fn played(&self) -> String {
        match &self.plan.replayed {
            Some(downtime) if downtime.is_rough => "Played forward roughly".to_owned(),
            Some(downtime) if downtime.step_seconds < self.scenario.replay.step_seconds => {
                let seconds = numbers::amount(downtime.step_seconds);
                format!("Played forward in steps of {seconds} s")
            }
            _ => "Played forward".to_owned(),
        }
    }
}

/// The number of retries in a sentence: `3 retries`, `1 retry`, `2.4 retries on average`.
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

/// The utilization above which retries keep an overload up, and the current one, in as many digits as distinguish them.
pub(super) fn threshold_and_stand(retry_margin: &RetryMargin) -> Option<[String; 2]> {
    let both = [retry_margin.threshold()?, retry_margin.utilization()?];
    let short = both.map(numbers::short_percent);
    Some(if short[0] == short[1] {
        both.map(|share| format!("{} %", numbers::amount(share * 100.0)))
    } else {
        short
    })
}

/// `Chicago cpu is at 61 %; above 25 % a retry storm would not clear by itself (3 retries)`; `None` where nothing keeps an
/// overload up.
pub(super) fn locks_in(inventory: &Inventory, retry_margin: &RetryMargin) -> Option<String> {
    let [threshold, stand] = threshold_and_stand(retry_margin)?;
    let component = short(inventory.component_title(retry_margin.component));
    let resource = short(inventory.resource_name(retry_margin.resource));
    let retries = retries(retry_margin.retries()?);
    Some(format!(
        "{component} {resource} is at {stand}; above {threshold} a retry storm would not clear by itself ({retries})"
    ))
}
