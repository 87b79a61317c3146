//! Sentences about one run: when users are down, the first shortage and its cause, how long its queue takes to clear, slow work.

use super::facts::{DOWN_SHARE, ReplayReport, RunFacts};
use super::shortage::{PassageShortage, QueuePeak};
use super::words::{length, share_words};
use crate::model::{Event, EventKind, Queued};
use crate::plan::HourTurn;
use crate::plan::replay::{Conduct, Moment, PassageFlow, Short, SlowWork};
use crate::report::grammar::{at_most, capital, counted, listed, said_if};
use crate::report::numbers;
use crate::report::period::happening;
use crate::report::unplaced::have_no_site;
use crate::report::words::Effect;
use crate::units::NOBODY;
use jiff::Timestamp;

const MOST_EVENTS: usize = 2;

const MOST_COMPONENTS: usize = 3;

const MOST_HOURS: usize = 3;

/// From this share on it is said that work is done for clients that have given up.
const STALE: f64 = 0.01;

/// From this share on it is said that losses are due to a missing site or path.
const NOWHERE: f64 = 0.001;

/// Waits that differ by less than this share and a minute are shown once.
const ALIKE: f64 = 0.02;

impl ReplayReport<'_> {
    /// Sentences about a run, the one that weighs most first; none where no users are down and nothing is short.
    pub(super) fn sentences(&self, run: &RunFacts<'_>) -> Vec<String> {
        let is_down = run.is_anybody_down();
        let first = run.first_shortage();
        let mut shortages = run.shortages.iter();
        let worst = shortages.find_map(|shortage| Some((shortage, shortage.peak.as_ref()?)));
        let queue = worst.map(|(passage_shortage, peak)| {
            let is_there = first.is_some_and(|first| std::ptr::eq(first, passage_shortage));
            self.queue(passage_shortage, peak, is_there)
        });
        let why = match first {
            Some(passage_shortage) => [
                Some(self.first(run, passage_shortage)),
                nowhere(run).filter(|_| is_down),
                self.without_session(run).filter(|_| is_down),
            ],
            None if is_down => [self.why_without_shortage(run), None, None],
            None => [const { None }; 3],
        };
        let when = [
            self.coarse(run),
            self.when(run).filter(|_| is_down),
            self.unsafe_turns_words(run).filter(|_| is_down),
        ];
        let all = when.into_iter().chain(why).chain([queue]).flatten();
        all.chain(self.of_slow_work(run))
            .chain(of_work(run))
            .collect()
    }

    fn coarse(&self, run: &RunFacts<'_>) -> Option<String> {
        let [from, until] = run.coarse()?.map(|instant| self.clock().moment(instant));
        Some(format!(
            "{} of {} steps, between {from} and {until}, are played roughly, in longer parts than is exact: the work of a replay is limited.",
            numbers::whole(run.run.coarse.len()),
            numbers::whole(run.run.moments.len()),
        ))
    }

    fn when(&self, run: &RunFacts<'_>) -> Option<String> {
        let worst = run.worst?;
        let clock = self.clock();
        let at = clock.moment(worst.start);
        let most = numbers::users_up(worst.most_down);
        let all = numbers::about(worst.users);
        let Some([begins, ends]) = run.down.map(|instants| instants.map(|at| clock.moment(at)))
        else {
            let share = numbers::short_percent(DOWN_SHARE);
            return Some(format!(
                "Never more than {share} of all users are down at once: {most} of {all} users at worst, at {at}."
            ));
        };
        let share = numbers::short_percent(DOWN_SHARE);
        let stretch = if run.is_down_at_end {
            let last = run.run.moments.last().map_or(0.0, |moment| moment.down);
            let last = numbers::lost_users(last);
            format!(
                "More than {share} of all users are down from {begins} on. When the replay ends at {ends}, {last} are still down."
            )
        } else {
            format!("More than {share} of all users are down from {begins} until {ends}.")
        };
        Some(format!(
            "At most {most} of {all} users are down at once, at {at}. {stretch}"
        ))
    }

    fn first(&self, run: &RunFacts<'_>, passage_shortage: &PassageShortage<'_>) -> String {
        let step = passage_shortage.first;
        let moment = run.run.moments.get(step);
        let when = moment.map_or_else(String::new, |moment| self.clock().moment(moment.start));
        let events = moment.map_or_else(String::new, |moment| self.in_force(moment.start));
        let why = self.why(passage_shortage, moment.map_or(0.0, Moment::seconds));
        let together = run.shortages.iter().filter(|other| other.first == step);
        let name = self.component(passage_shortage.passage.component);
        let who = match together.count().saturating_sub(1) {
            0 => format!("{name} is"),
            others => format!("{name} and {} are", counted(&others.to_string(), "other")),
        };
        let what = self.lacking(passage_shortage.passage.short);
        let before = run
            .shortages
            .iter()
            .filter(|shortage| shortage.first < step);
        let before = match before.count() {
            0 => String::new(),
            count => {
                let others = counted(&count.to_string(), "other component");
                format!(" {others} exceeded capacity earlier, by much less.")
            }
        };
        let why = why.unwrap_or_default();
        format!("First {who} short of {what}, at {when}: {why}{events}.{before}")
    }

    pub(super) fn lacking(&self, short: Short) -> &str {
        match short {
            Short::Sessions => "capacity for new sessions",
            Short::Resource(_) => self.short_words(short),
        }
    }

    /// The change from one step to the first short one that raises the load above capacity.
    fn why(&self, passage_shortage: &PassageShortage<'_>, seconds: f64) -> Option<String> {
        let (flows, short) = (
            &passage_shortage.passage.flows,
            passage_shortage.passage.short,
        );
        let now = flows.get(passage_shortage.first)?;
        let before = passage_shortage
            .first
            .checked_sub(1)
            .and_then(|index| flows.get(index));
        let unit = self.unit(short);
        let [load, capacity] =
            [now.offered, now.capacity].map(|value| numbers::quantity(value, unit));
        let is_begun = before.is_none() && !now.is_beyond();
        let begun = self.queued_at_first(passage_shortage).filter(|_| is_begun);
        Some(match before {
            _ if begun.is_some() => {
                let unit = self.unit_of_queue(short);
                let waits = numbers::quantity(begun.unwrap_or_default(), &unit);
                format!("{waits} wait at the start")
            }
            Some(before) if now.capacity < before.capacity && before.offered > now.capacity => {
                let from = numbers::amount(before.capacity);
                format!("capacity falls from {from} to {capacity}, and the load is {load}")
            }
            _ if !now.is_beyond() => self.burst(short, now, seconds),
            None => format!("the load is {load} from the start on, and the capacity {capacity}"),
            Some(before) => {
                let from = numbers::amount(before.offered);
                format!("the load rises from {from} to {load}, and the capacity is {capacity}")
            }
        })
    }

    /// The fate of a load above capacity that arrives in less time than a step.
    fn burst(&self, short: Short, now: &PassageFlow, seconds: f64) -> String {
        let capacity = numbers::quantity(now.capacity, self.unit(short));
        let unit = self.unit_of_queue(short);
        let lost = now.lost * seconds;
        let [wait, turned_away] = [now.most, lost].map(|value| numbers::quantity(value, &unit));
        let fate = match (lost > 0.0, now.most > 0.0) {
            (true, true) => format!("queues {wait} and turns {turned_away} away"),
            (true, false) => format!("turns {turned_away} away"),
            (false, _) => format!("queues {wait}"),
        };
        format!("a burst above the limit of {capacity} {fate}")
    }

    fn queued_at_first(&self, passage_shortage: &PassageShortage<'_>) -> Option<f64> {
        let is_it = |queued: &&Queued| {
            (queued.component, Short::Resource(queued.resource)) == passage_shortage.key()
        };
        let queued = self.scenario.queued.iter().find(is_it);
        queued.map(|queued| queued.amount)
    }

    /// Events that hold at an instant, detected or not.
    fn events_at(&self, at: Timestamp) -> impl Iterator<Item = &Event> {
        let events = self.scenario.events.iter();
        events.filter(move |event| event.start <= at && at < event.end)
    }

    /// ` (in force: maintenance of Chicago)`; nothing where nothing is.
    fn in_force(&self, at: Timestamp) -> String {
        let loses = |event: &Event| matches!(&event.kind, EventKind::Gray(gray) if gray.loss > 0.0);
        let mut names: Vec<String> = Vec::new();
        for event in self.events_at(at) {
            let happening = happening(self.inventory, event);
            let what = match happening.effect {
                Effect::Drained => "maintenance of",
                Effect::Failed => "failure of",
                Effect::Reduced if loses(event) => "losses at",
                Effect::Reduced => "less capacity at",
                Effect::Surge(_) => "more demand of",
                Effect::Slowed => "slow work at",
                Effect::Disconnected => "disconnect of",
            };
            let name = format!("{what} {}", happening.subject);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let names = at_most(names, MOST_EVENTS, |more| format!("{more} more"));
        let events = format!(" (in force: {})", names.join(", "));
        said_if(!names.is_empty(), events)
    }

    fn why_without_shortage(&self, run: &RunFacts<'_>) -> Option<String> {
        let worst = run.worst?;
        if worst.unplaced >= worst.most_down / 2.0 {
            // No event has them down.
            return Some(unplaced(run, worst.unplaced));
        }
        let why = if worst.nowhere >= worst.most_down / 2.0 {
            "No site has capacity for them, or no path leads to one"
        } else if worst.without_session > NOBODY {
            "No capacity is short: components that they need are out"
        } else if worst.failed > worst.late {
            "No capacity is short: their work fails"
        } else {
            "No capacity is short: their work is late, because it has to be sent again"
        };
        Some(format!("{why}{}.", self.in_force(worst.start)))
    }

    /// The share of losses of users without a session, and the events in force when most have none.
    fn without_session(&self, run: &RunFacts<'_>) -> Option<String> {
        let minutes = minutes_of(run, |moment| moment.without_session)?;
        let moments = run.run.moments.iter();
        let worst = numbers::first_most(moments, |moment| moment.without_session)?;
        let is_out = self.events_at(worst.start).any(|event| {
            let effect = happening(self.inventory, event).effect;
            matches!(
                effect,
                Effect::Drained | Effect::Failed | Effect::Disconnected
            )
        });
        let at = self.clock().moment(worst.start);
        let why = format!(", most at {at}{}", self.in_force(worst.start));
        let why = said_if(is_out, why);
        Some(format!(
            "{minutes} of these are of users without a session{why}."
        ))
    }

    /// The largest queue, its time to clear, and the wait of its last item.
    fn queue(
        &self,
        passage_shortage: &PassageShortage<'_>,
        peak: &QueuePeak,
        is_there: bool,
    ) -> String {
        let place = if is_there {
            "there".to_owned()
        } else {
            format!("at {}", self.component(passage_shortage.passage.component))
        };
        let unit = self.unit_of_queue(passage_shortage.passage.short);
        let amount = |value: f64| numbers::quantity(value, &unit);
        let (at, waits) = (self.clock().moment(peak.at), amount(peak.queued));
        let left = passage_shortage.left();
        let are_left = amount(left.map_or(peak.queued, |pair| pair.0));
        let clears = match (peak.clearing, left.and_then(|pair| pair.1)) {
            (Some(seconds), _) => {
                format!("It clears in {}", length(seconds))
            }
            (None, Some(seconds)) => format!(
                "{are_left} are still queued at the end and would clear in {}",
                length(seconds)
            ),
            (None, None) => format!(
                "{are_left} are still queued at the end; the queue cannot drain at this arrival rate"
            ),
        };
        let last = peak.last_wait.map_or_else(String::new, |value| {
            format!(". The last item queued at {at} waits {}", length(value))
        });
        let longest = passage_shortage.longest_of_all();
        let is_shown = |last: f64| (longest - last).abs() <= (ALIKE * longest).max(60.0);
        let is_other = !peak.last_wait.is_some_and(is_shown);
        let longest = format!(". The longest wait is {}", length(longest));
        let longest = said_if(is_other, longest);
        let stale = passage_shortage
            .stale_share()
            .filter(|value| *value >= STALE);
        let stale = stale.map_or_else(String::new, |value| {
            let share = numbers::short_percent(value);
            format!(
                " About {share} of its work while it is short is for clients that have given up."
            )
        });
        format!("The queue {place} is largest at {at}: {waits}. {clears}{last}{longest}.{stale}")
    }

    /// Sentences about the components that do not keep up with slow work; without any, that all do.
    fn of_slow_work(&self, run: &RunFacts<'_>) -> Vec<String> {
        let slow = run.run.slow.iter();
        let (short, enough): (Vec<_>, Vec<_>) = slow.partition(|slow_work| slow_work.lags());
        let said = short
            .iter()
            .map(|slow_work| self.of_slow(slow_work))
            .collect();
        let mut all = at_most(said, MOST_COMPONENTS, |more| {
            let more = numbers::whole(more);
            format!(
                "{more} more components do not keep up with slow work (remedies in replay.json)."
            )
        });
        let is_enough = short.is_empty() && !enough.is_empty();
        all.extend(is_enough.then(|| {
            let most = enough.iter().map(|slow_work| slow_work.inflation).fold(1.0, f64::max);
            format!(
                "Slow work takes up to {} times as much capacity, and all components keep up with it.",
                numbers::amount(most)
            )
        }));
        all
    }

    /// `Slow work multiplies the work at Filter 1 by 1.72: …`.
    fn of_slow(&self, slow_work: &SlowWork) -> String {
        let remedy = match remedies(slow_work).as_slice() {
            [] => {
                "No shorter timeout, fewer retries or quarantine alone would be enough".to_owned()
            }
            [one] => format!("{} would be enough", capital(one)),
            [head @ .., last] => {
                format!(
                    "Any one of these would be enough: {} or {last}",
                    head.join(", ")
                )
            }
        };
        format!(
            "Slow work multiplies the work at {} by {}: the load is up to {}, and the capacity {}. {remedy}.",
            self.component(slow_work.component),
            numbers::amount(slow_work.inflation),
            numbers::quantity(slow_work.load, &self.resource(slow_work.resource).unit),
            numbers::amount(slow_work.capacity / slow_work.inflation)
        )
    }

    /// The hours before which steering of the state before cannot turn safely.
    fn unsafe_turns_words(&self, run: &RunFacts<'_>) -> Option<String> {
        let turns = self.unsafe_turns(run);
        let first = turns.first()?;
        let times = turns.iter().map(|turn| self.clock().moment(turn.at));
        let times = at_most(times.collect(), MOST_HOURS, |more| {
            format!("{} more hours", numbers::whole(more))
        });
        let fullest = first
            .fullest
            .filter(|fullness| fullness.load > fullness.capacity);
        let place = fullest.map_or_else(String::new, |fullness| {
            let resource = self.resource(fullness.resource);
            let [load, capacity] = [fullness.load, fullness.capacity]
                .map(|amount| numbers::quantity(amount, &resource.unit));
            let at = self.component(fullness.component);
            format!(
                ": the first would load {} of {at} to {load} (capacity {capacity})",
                resource.id
            )
        });
        Some(format!(
            "Steering of the state before cannot turn safely between hours at {}{place}. Users may be down then without any event.",
            listed(&times)
        ))
    }

    pub(super) fn unsafe_turns(&self, run: &RunFacts<'_>) -> &[HourTurn] {
        match run.run.conduct {
            Conduct::Nothing => &self.replay.unsafe_turns,
            Conduct::Plan => &[],
        }
    }
}

/// Remedies, each of which is enough alone, also after rounding.
fn remedies(slow_work: &SlowWork) -> Vec<String> {
    let timeout = slow_work.longest_timeout.map(numbers::amount_down);
    let timeout = timeout.map(|text| format!("a timeout of at most {text} s"));
    let retries = slow_work.most_retries.map(numbers::amount_down);
    let retries = retries.map(|retry| match retry.as_str() {
        "0" => "no retries".to_owned(),
        _ => format!("at most {retry} retries"),
    });
    let kept_away = slow_work.least_quarantine.map(numbers::short_percent_up);
    let kept_away = kept_away.map(|text| format!("{text} of the slow work in quarantine"));
    [timeout, retries, kept_away]
        .into_iter()
        .flatten()
        .collect()
}

/// User minutes of some of the users that are down, if they are enough to be shown.
fn minutes_of(run: &RunFacts<'_>, users: impl Fn(&Moment) -> f64) -> Option<String> {
    let moments = run.run.moments.iter();
    let seconds = moments.map(|moment| users(moment) * moment.seconds());
    let minutes = seconds.sum::<f64>() / 60.0;
    let is_shown = minutes / run.down_minutes() >= NOWHERE;
    is_shown.then(|| counted(&numbers::about(minutes), "user minute"))
}

/// Users without a site in the inventory, and whether anybody places them.
fn unplaced(run: &RunFacts<'_>, users: f64) -> String {
    let last = run.run.moments.last();
    let is_placed = last.is_some_and(|moment| moment.unplaced <= NOBODY);
    let fate = match run.run.conduct {
        Conduct::Plan if is_placed => "they are placed by the plan",
        Conduct::Plan => "the plan leaves some of them without one",
        Conduct::Nothing => "only a plan places them",
    };
    format!("{}; {fate}.", have_no_site(users))
}

/// The losses of users without a site or a path, apart from shortages.
fn nowhere(run: &RunFacts<'_>) -> Option<String> {
    let minutes = minutes_of(run, |moment| moment.nowhere)?;
    Some(format!(
        "{minutes} of these are of users without a site that has capacity and a path."
    ))
}

fn of_work(run: &RunFacts<'_>) -> Option<String> {
    let totals = &run.run.totals;
    let left = run
        .run
        .moments
        .last()
        .map_or(0.0, |moment| moment.in_flight);
    // Work that was queued at the start was not sent in it.
    let all = totals.served + totals.failed + left;
    let share = |value: f64| (value > 0.0 && all > 0.0).then(|| share_words(value / all));
    let failed = share(totals.failed).map(|text| format!("{text} fails"));
    let both = match failed {
        Some(_) => " (work that fails after it was late is both)",
        None => "",
    };
    let late = share(totals.late).map(|text| format!("{text} is late{both}"));
    let parts: Vec<String> = failed.into_iter().chain(late).collect();
    let waits = totals.mean_wait().filter(|_| totals.longest >= 1.0);
    let waits = waits.map(|mean| {
        let longest = length(totals.longest);
        let mean = if mean >= 1.0 {
            length(mean)
        } else {
            "less than 1 s".to_owned()
        };
        format!("served work waits {mean} on average, {longest} at most")
    });
    match (parts.join(" and "), waits) {
        (parts, None) if parts.is_empty() => None,
        (parts, None) => Some(format!("Of their work {parts}.")),
        (parts, Some(waits)) if parts.is_empty() => Some(format!("Of their work, {waits}.")),
        (parts, Some(waits)) => Some(format!("Of their work {parts}. {}.", capital(&waits))),
    }
}
