//! Sentences about one run: when users are down, what is short first and why, how long its queue takes to clear, slow work.

use super::facts::{DOWN_SHARE, ReplayReport, RunFacts};
use super::shortage::{PassageShortage, QueuePeak};
use super::words::{length, share_words};
use crate::model::{Event, EventKind, Queued};
use crate::plan::HourTurn;
use crate::plan::replay::{Conduct, Moment, PassageFlow, Short, SlowWork};
use crate::report::grammar::{at_most, counted, listed, said_if};
use crate::report::numbers;
use crate::report::period::happening;
use crate::report::words::Effect;
use crate::units::NOBODY;
use jiff::Timestamp;

const MOST_EVENTS: usize = 2;

const MOST_COMPONENTS: usize = 3;

const MOST_HOURS: usize = 3;

/// From this share on it is told that work is done for nobody.
const STALE: f64 = 0.01;

/// From this share on it is told what is lost because there is no site or no way.
const NOWHERE: f64 = 0.001;

/// Waits that differ by less than this share and a minute are told once.
const ALIKE: f64 = 0.02;

impl ReplayReport<'_> {
    /// Sentences about a run, the one that weighs most first; none where nobody is down and nothing is short.
    pub(super) fn sentences(&self, run: &RunFacts<'_>) -> Vec<String> {
        let is_down = run.is_anybody_down();
        let first = run.first_shortage();
        let mut shortages = run.shortages.iter();
        let worst = shortages.find_map(|own| Some((own, own.peak.as_ref()?)));
        let queue = worst.map(|(own, peak)| {
            let is_there = first.is_some_and(|first| std::ptr::eq(first, own));
            self.queue(own, peak, is_there)
        });
        let why = match first {
            Some(own) => [
                Some(self.first(run, own)),
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
        let [from, until] = run.coarse()?.map(|own| self.clock().moment(own));
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
        let Some([begins, ends]) = run.down.map(|own| own.map(|at| clock.moment(at))) else {
            let share = numbers::short_percent(DOWN_SHARE);
            return Some(format!(
                "Never more than {share} of all users are down at once: {most} of {all} users at worst, at {at}."
            ));
        };
        let ends = if run.is_down_at_end {
            let last = run.run.moments.last().map_or(0.0, |own| own.down);
            let last = numbers::lost_users(last);
            format!("still goes on when the replay ends at {ends}, with {last} down")
        } else {
            format!("is over at {ends}")
        };
        Some(format!(
            "At most {most} of {all} users are down at once, at {at}; it begins at {begins} and {ends}."
        ))
    }

    fn first(&self, run: &RunFacts<'_>, own: &PassageShortage<'_>) -> String {
        let step = own.first;
        let moment = run.run.moments.get(step);
        let when = moment.map_or_else(String::new, |own| self.clock().moment(own.start));
        let events = moment.map_or_else(String::new, |own| self.in_force(own.start));
        let why = self.why(own, moment.map_or(0.0, Moment::seconds));
        let together = run.shortages.iter().filter(|other| other.first == step);
        let name = self.component(own.passage.component);
        let who = match together.count().saturating_sub(1) {
            0 => format!("{name} is"),
            others => format!("{name} and {} are", counted(&others.to_string(), "other")),
        };
        let what = self.lacking(own.passage.short);
        let before = run.shortages.iter().filter(|own| own.first < step);
        let before = match before.count() {
            0 => String::new(),
            1 => " Before that one other is, by far less.".to_owned(),
            count => format!(" Before that {count} others are, by far less."),
        };
        let why = why.unwrap_or_default();
        format!("First {who} short of {what}, at {when}: {why}{events}.{before}")
    }

    pub(super) fn lacking(&self, short: Short) -> &str {
        match short {
            Short::Sessions => "room for new sessions",
            Short::Resource(_) => self.short_words(short),
        }
    }

    /// What changed from one step to its first one so that more comes than there is room for.
    fn why(&self, own: &PassageShortage<'_>, seconds: f64) -> Option<String> {
        let (flows, short) = (&own.passage.flows, own.passage.short);
        let now = flows.get(own.first)?;
        let before = own.first.checked_sub(1).and_then(|own| flows.get(own));
        let unit = self.unit(short);
        let [come, room] = [now.offered, now.capacity].map(|own| numbers::quantity(own, unit));
        let is_begun = before.is_none() && !now.is_beyond();
        let begun = self.queued_at_first(own).filter(|_| is_begun);
        Some(match before {
            _ if begun.is_some() => {
                let unit = self.unit_of_queue(short);
                let waits = numbers::quantity(begun.unwrap_or_default(), &unit);
                format!("{waits} wait when it begins")
            }
            Some(before) if now.capacity < before.capacity && before.offered > now.capacity => {
                let from = numbers::amount(before.capacity);
                format!("what it can take falls from {from} to {room}, and {come} come")
            }
            _ if !now.is_beyond() => self.burst(short, now, seconds),
            None => format!("{come} come from the beginning on and it can take {room}"),
            Some(before) => {
                let from = numbers::amount(before.offered);
                format!("what comes rises from {from} to {come}, and it can take {room}")
            }
        })
    }

    /// What becomes of more than there is room for, which comes in less time than a step.
    fn burst(&self, short: Short, now: &PassageFlow, seconds: f64) -> String {
        let room = numbers::quantity(now.capacity, self.unit(short));
        let unit = self.unit_of_queue(short);
        let lost = now.lost * seconds;
        let [wait, turned_away] = [now.most, lost].map(|own| numbers::quantity(own, &unit));
        let fate = match (lost > 0.0, now.most > 0.0) {
            (true, true) => format!("{wait} wait and {turned_away} find no room"),
            (true, false) => format!("{turned_away} find no room"),
            (false, _) => format!("{wait} wait"),
        };
        format!("for a moment more comes than the {room} that it can take, and {fate}")
    }

    fn queued_at_first(&self, own: &PassageShortage<'_>) -> Option<f64> {
        let is_it =
            |queued: &&Queued| (queued.component, Short::Resource(queued.resource)) == own.key();
        let queued = self.scenario.queued.iter().find(is_it);
        queued.map(|own| own.amount)
    }

    /// Events that hold at an instant, whether anybody knows of them or not.
    fn events_at(&self, at: Timestamp) -> impl Iterator<Item = &Event> {
        let events = self.scenario.events.iter();
        events.filter(move |own| own.start <= at && at < own.end)
    }

    /// ` (in force: maintenance of Chicago)`; nothing where nothing is.
    fn in_force(&self, at: Timestamp) -> String {
        let loses = |own: &Event| matches!(&own.kind, EventKind::Gray(gray) if gray.loss > 0.0);
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
        let why = if worst.nowhere >= worst.most_down / 2.0 {
            "There is no site with room for them, or no way to one"
        } else if worst.without_session > NOBODY {
            "Nothing is short of capacity: what they need is out"
        } else if worst.failed > worst.late {
            "Nothing is short of capacity: their work fails"
        } else {
            "Nothing is short of capacity: their work is late, because it has to be sent again"
        };
        Some(format!("{why}{}.", self.in_force(worst.start)))
    }

    /// How much of what is lost is of users without a session, and what is out when most are.
    fn without_session(&self, run: &RunFacts<'_>) -> Option<String> {
        let minutes = minutes_of(run, |own| own.without_session)?;
        let moments = run.run.moments.iter();
        let worst = numbers::first_most(moments, |own| own.without_session)?;
        let is_out = self.events_at(worst.start).any(|own| {
            let effect = happening(self.inventory, own).effect;
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

    /// How much waits at most, how long it takes until nothing does, and how long the last of it waits.
    fn queue(&self, own: &PassageShortage<'_>, peak: &QueuePeak, is_there: bool) -> String {
        let place = if is_there {
            "there".to_owned()
        } else {
            format!("at {}", self.component(own.passage.component))
        };
        let unit = self.unit_of_queue(own.passage.short);
        let amount = |value: f64| numbers::quantity(value, &unit);
        let (at, waits) = (self.clock().moment(peak.at), amount(peak.queued));
        let left = own.left();
        let are_left = amount(left.map_or(peak.queued, |own| own.0));
        let clears = match (peak.clearing, left.and_then(|own| own.1)) {
            (Some(seconds), _) => {
                format!("It takes {} until nothing waits any more", length(seconds))
            }
            (None, Some(seconds)) => format!(
                "When the replay ends {are_left} are left, which would take {} more to clear",
                length(seconds)
            ),
            (None, None) => format!(
                "When the replay ends {are_left} are left, which do not clear while so much comes"
            ),
        };
        let last = peak.last_wait.map_or_else(String::new, |own| {
            format!("; the last of what waits at {at} waits {}", length(own))
        });
        let longest = own.longest_of_all();
        let is_told = |last: f64| (longest - last).abs() <= (ALIKE * longest).max(60.0);
        let is_other = !peak.last_wait.is_some_and(is_told);
        let longest = format!("; the longest wait of all is {}", length(longest));
        let longest = said_if(is_other, longest);
        let stale = own.stale_share().filter(|own| *own >= STALE);
        let stale = stale.map_or_else(String::new, |own| {
            let share = numbers::short_percent(own);
            format!(" About {share} of what it works while it is short is for clients who have given up.")
        });
        format!("Most waits {place} at {at}: {waits}. {clears}{last}{longest}.{stale}")
    }

    /// Sentences about the slow work that is more than can be worked; of the rest that it is not.
    fn of_slow_work(&self, run: &RunFacts<'_>) -> Vec<String> {
        let slow = run.run.slow.iter();
        let (behind, ahead): (Vec<_>, Vec<_>) = slow.partition(|own| own.falls_behind());
        let told = behind.iter().map(|own| self.of_slow(own)).collect();
        let mut all = at_most(told, MOST_COMPONENTS, |more| {
            let more = numbers::whole(more);
            format!(
                "{more} more fall behind with slow work (replay.json has what would be enough)."
            )
        });
        let is_ahead = behind.is_empty() && !ahead.is_empty();
        all.extend(is_ahead.then(|| {
            let most = ahead.iter().map(|own| own.inflation).fold(1.0, f64::max);
            format!(
                "Slow work makes work take up to {} times as much, and it is kept ahead of.",
                numbers::amount(most)
            )
        }));
        all
    }

    /// `Slow work makes work at Filter 1 take 1.72 times as much: …`.
    fn of_slow(&self, own: &SlowWork) -> String {
        let remedy = match remedies(own).as_slice() {
            [] => {
                "No shorter timeout, fewer retries or quarantine alone would be enough".to_owned()
            }
            [one] => format!("Enough would be {one}"),
            [head @ .., last] => {
                format!("Enough would be any one of {} or {last}", head.join(", "))
            }
        };
        format!(
            "Slow work makes work at {} take {} times as much: at most {} come, and it can take {}. {remedy}.",
            self.component(own.component),
            numbers::amount(own.inflation),
            numbers::quantity(own.load, &self.resource(own.resource).unit),
            numbers::amount(own.capacity / own.inflation)
        )
    }

    /// The hours before which steering of the state before has no safe way to turn.
    fn unsafe_turns_words(&self, run: &RunFacts<'_>) -> Option<String> {
        let turns = self.unsafe_turns(run);
        let first = turns.first()?;
        let times = turns.iter().map(|own| self.clock().moment(own.at));
        let times = at_most(times.collect(), MOST_HOURS, |more| {
            format!("{} more hours", numbers::whole(more))
        });
        let fullest = first.fullest.filter(|own| own.load > own.capacity);
        let place = fullest.map_or_else(String::new, |own| {
            let resource = self.resource(own.resource);
            let [load, capacity] =
                [own.load, own.capacity].map(|amount| numbers::quantity(amount, &resource.unit));
            let at = self.component(own.component);
            format!(
                ": the first would bring {} of {at} to {load}, and it can take {capacity}",
                resource.id
            )
        });
        Some(format!(
            "Steering of the state before has no safe turn between hours at {}{place}. Users may be down then without any event.",
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

/// What would be enough, each alone; rounded so that it still is.
fn remedies(own: &SlowWork) -> Vec<String> {
    let timeout = own.longest_timeout.map(numbers::amount_down);
    let timeout = timeout.map(|own| format!("a timeout of at most {own} s"));
    let retries = own.most_retries.map(numbers::amount_down);
    let retries = retries.map(|own| match own.as_str() {
        "0" => "no retries".to_owned(),
        _ => format!("at most {own} retries"),
    });
    let kept_away = own.least_quarantine.map(numbers::short_percent_up);
    let kept_away = kept_away.map(|own| format!("{own} of the slow work in quarantine"));
    [timeout, retries, kept_away]
        .into_iter()
        .flatten()
        .collect()
}

/// User minutes of some of those who are down, if they are enough to be told of.
fn minutes_of(run: &RunFacts<'_>, users: impl Fn(&Moment) -> f64) -> Option<String> {
    let moments = run.run.moments.iter();
    let seconds = moments.map(|own| users(own) * own.seconds());
    let minutes = seconds.sum::<f64>() / 60.0;
    let is_told = minutes / run.down_minutes() >= NOWHERE;
    is_told.then(|| counted(&numbers::about(minutes), "user minute"))
}

/// How much of what is lost is of users for whom there is no site or no way, besides what is short.
fn nowhere(run: &RunFacts<'_>) -> Option<String> {
    let minutes = minutes_of(run, |own| own.nowhere)?;
    Some(format!(
        "{minutes} of these are of users for whom there is no site with room, or no way to one."
    ))
}

fn of_work(run: &RunFacts<'_>) -> Option<String> {
    let totals = &run.run.totals;
    let left = run.run.moments.last().map_or(0.0, |own| own.in_flight);
    // What was queued when it began was not sent in it.
    let all = totals.served + totals.failed + left;
    let share = |own: f64| (own > 0.0 && all > 0.0).then(|| share_words(own / all));
    let failed = share(totals.failed).map(|own| format!("{own} fails"));
    let both = match failed {
        Some(_) => " (what fails after it was late is both)",
        None => "",
    };
    let late = share(totals.late).map(|own| format!("{own} is late{both}"));
    let parts: Vec<String> = failed.into_iter().chain(late).collect();
    let waits = totals.mean_wait().filter(|_| totals.longest >= 1.0);
    let waits = waits.map(|mean| {
        let longest = length(totals.longest);
        let mean = if mean >= 1.0 {
            length(mean)
        } else {
            "less than 1 s".to_owned()
        };
        format!("what is served waits {mean} on average, {longest} at most")
    });
    match (parts.join(" and "), waits) {
        (parts, None) if parts.is_empty() => None,
        (parts, None) => Some(format!("Of their work {parts}.")),
        (parts, Some(waits)) if parts.is_empty() => Some(format!("Of their work, {waits}.")),
        (parts, Some(waits)) => Some(format!("Of their work {parts}; {waits}.")),
    }
}
