//! What is said of one run: when users are down, what is short first and why, how long its queue takes to clear.

use super::finding::{length, share_words, user_minutes};
use crate::model::{Event, EventKind, Queued};
use crate::plan::replay::{Conduct, Moment, PassageFlow, Short};
use crate::report::grammar::counted;
use crate::report::numbers;
use crate::report::period::happening;
use crate::report::replay::ReplayReport;
use crate::report::replay::report::{DOWN_SHARE, RunFacts};
use crate::report::replay::shortage::{Peak, Shortage};
use crate::report::words::Effect;
use crate::units::NOBODY;
use jiff::Timestamp;

/// Events in force that a sentence names.
const MOST_EVENTS: usize = 2;

/// From this share on it is told that work is done for nobody.
const STALE: f64 = 0.01;

/// From this share on it is told what is lost because there is no site or no way.
const NOWHERE: f64 = 0.001;

/// Waits that differ by less than this share and a minute are told once.
const ALIKE: f64 = 0.02;

/// `With the plan`, `If nobody does anything`.
pub(in crate::report) fn premise(conduct: Conduct) -> &'static str {
    match conduct {
        Conduct::Plan => "With the plan",
        Conduct::Nothing => "If nobody does anything",
    }
}

impl ReplayReport<'_> {
    /// Sentences about a run, the one that weighs most first; none where nobody is down and nothing is short.
    pub(in crate::report) fn sentences(&self, run: &RunFacts<'_>) -> Vec<String> {
        let mut all = Vec::new();
        all.extend(self.coarse(run));
        all.extend(self.when(run));
        all.extend(self.unsafe_turns(run));
        let first = run.first_shortage();
        let worst = run.worst_queue();
        if let Some(own) = first {
            all.push(self.first(run, own));
            all.extend(nowhere(run));
            all.extend(self.without_session(run));
        } else if run.is_anybody_down() {
            all.extend(self.why_without_shortage(run));
        }
        if let Some((own, peak)) = worst {
            let is_there = first.is_some_and(|first| std::ptr::eq(first, own));
            all.push(self.queue(own, peak, is_there));
        }
        all.extend(self.of_slow_work(run));
        all.extend(of_work(run));
        all
    }

    /// In how many steps parts are longer than is exact, if in any.
    fn coarse(&self, run: &RunFacts<'_>) -> Option<String> {
        let [from, until] = run.coarse()?;
        let clock = self.clock();
        Some(format!(
            "{} of {} steps, between {} and {}, are played roughly, in longer parts than is exact: the work of a replay is limited.",
            numbers::users(run.run.coarse.len() as f64),
            numbers::users(run.run.moments.len() as f64),
            clock.moment(from),
            clock.moment(until)
        ))
    }

    /// How many are down at once, from when to when.
    fn when(&self, run: &RunFacts<'_>) -> Option<String> {
        let worst = run.worst.filter(|_| run.is_anybody_down())?;
        let clock = self.clock();
        let at = clock.moment(worst.start);
        let (most, all) = (
            numbers::users_up(worst.most_down),
            numbers::about(worst.users),
        );
        let Some([from, until]) = run.down else {
            let share = numbers::short_percent(DOWN_SHARE);
            return Some(format!(
                "Never more than {share} of all users are down at once: {most} of {all} users at worst, at {at}."
            ));
        };
        let begins = clock.moment(from);
        let ends = if run.is_down_at_end {
            let last = run.run.moments.last().map_or(0.0, |own| own.down);
            let end = clock.moment(until);
            let last = numbers::lost_users(last);
            format!("still goes on when the replay ends at {end}, with {last} down")
        } else {
            format!("is over at {}", clock.moment(until))
        };
        Some(format!(
            "At most {most} of {all} users are down at once, at {at}; it begins at {begins} and {ends}."
        ))
    }

    /// What is short first, and why.
    fn first(&self, run: &RunFacts<'_>, own: &Shortage<'_>) -> String {
        let step = own.first;
        let at = run.run.moments.get(step).map(|own| own.start);
        let when = at.map_or_else(String::new, |own| self.clock().moment(own));
        let together = run.shortages.iter().filter(|other| other.first == step);
        let others = together.count().saturating_sub(1);
        let name = self.component(own.passage.component);
        let who = match others {
            0 => format!("{name} is"),
            _ => format!("{name} and {} are", counted(&others.to_string(), "other")),
        };
        let what = self.lacking(own.passage.short);
        let flows = &own.passage.flows;
        let last = step.checked_sub(1).and_then(|own| flows.get(own));
        let moment = run.run.moments.get(step);
        let seconds = moment.map_or(0.0, Moment::seconds);
        let why = self.why(own, [last, flows.get(step)], seconds);
        let why = why.unwrap_or_default();
        let events = at.map_or_else(String::new, |at| self.in_force(at));
        let before = run.shortages.iter().filter(|own| own.first < step);
        let before = match before.count() {
            0 => String::new(),
            1 => " Before that one other is, by far less.".to_owned(),
            count => format!(" Before that {count} others are, by far less."),
        };
        format!("First {who} short of {what}, at {when}: {why}{events}.{before}")
    }

    /// What changed from one step to the next so that more comes than there is room for.
    fn why(
        &self,
        own: &Shortage<'_>,
        [before, now]: [Option<&PassageFlow>; 2],
        seconds: f64,
    ) -> Option<String> {
        let now = now?;
        let unit = self.unit(own.passage.short);
        let amount = |value: f64| numbers::quantity(value, unit);
        let Some(before) = before else {
            return Some(
                if let Some(begun) = self.queued_at_first(own).filter(|_| !now.is_beyond()) {
                    let unit = self.unit_of_queue(own.passage.short);
                    let waits = numbers::quantity(begun, &unit);
                    format!("{waits} wait when it begins")
                } else if now.is_beyond() {
                    let (come, room) = (amount(now.offered), amount(now.capacity));
                    format!("{come} come from the beginning on and it can take {room}")
                } else {
                    self.burst(own, now, seconds)
                },
            );
        };
        let come = amount(now.offered);
        Some(
            if now.capacity < before.capacity && before.offered > now.capacity {
                let (from, to) = (numbers::amount(before.capacity), amount(now.capacity));
                format!("what it can take falls from {from} to {to}, and {come} come")
            } else if !now.is_beyond() {
                self.burst(own, now, seconds)
            } else {
                let (from, room) = (numbers::amount(before.offered), amount(now.capacity));
                format!("what comes rises from {from} to {come}, and it can take {room}")
            },
        )
    }

    /// What becomes of more than there is room for, which comes in less time than a step.
    fn burst(&self, own: &Shortage<'_>, now: &PassageFlow, seconds: f64) -> String {
        let room = numbers::quantity(now.capacity, self.unit(own.passage.short));
        let unit = self.unit_of_queue(own.passage.short);
        let amount = |value: f64| numbers::quantity(value, &unit);
        let lost = now.lost * seconds;
        let fate = match (lost > 0.0, now.most > 0.0) {
            (true, true) => format!(
                "{} wait and {} find no room",
                amount(now.most),
                amount(lost)
            ),
            (true, false) => format!("{} find no room", amount(lost)),
            (false, _) => format!("{} wait", amount(now.most)),
        };
        format!("for a moment more comes than the {room} that it can take, and {fate}")
    }

    /// What the scenario says to wait there when it begins.
    fn queued_at_first(&self, own: &Shortage<'_>) -> Option<f64> {
        let Short::Resource(resource) = own.passage.short else {
            return None;
        };
        let is_it = |queued: &&Queued| {
            queued.component == own.passage.component && queued.resource == resource
        };
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
        let loses = |own: &Event| {
            let EventKind::Gray(own) = &own.kind else {
                return false;
            };
            own.loss > 0.0
        };
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
        let more = names.len().saturating_sub(MOST_EVENTS);
        names.truncate(MOST_EVENTS);
        if more > 0 {
            names.push(format!("{more} more"));
        }
        if names.is_empty() {
            String::new()
        } else {
            format!(" (in force: {})", names.join(", "))
        }
    }

    /// Why users are down though nothing has more than it can take.
    fn why_without_shortage(&self, run: &RunFacts<'_>) -> Option<String> {
        let worst = run.worst?;
        let events = self.in_force(worst.start);
        Some(if worst.nowhere >= worst.most_down / 2.0 {
            format!("There is no site with room for them, or no way to one{events}.")
        } else if worst.without_session > NOBODY {
            format!("Nothing is short of capacity: what they need is out{events}.")
        } else if worst.failed > worst.late {
            format!("Nothing is short of capacity: their work fails{events}.")
        } else {
            format!(
                "Nothing is short of capacity: their work is late, because it has to be sent again{events}."
            )
        })
    }

    /// How much of what is lost is of users without a session, and what is out when most are.
    fn without_session(&self, run: &RunFacts<'_>) -> Option<String> {
        let minutes = minutes_of(run, |own| own.without_session);
        let share = minutes / run.down_minutes();
        if !run.is_anybody_down() || share < NOWHERE {
            return None;
        }
        let moments = run.run.moments.iter();
        let worst = numbers::first_most(moments, |own| own.without_session)?;
        let is_out = self.events_at(worst.start).any(|own| {
            let effect = happening(self.inventory, own).effect;
            matches!(
                effect,
                Effect::Drained | Effect::Failed | Effect::Disconnected
            )
        });
        let why = if is_out {
            format!(
                ", most at {}{}",
                self.clock().moment(worst.start),
                self.in_force(worst.start)
            )
        } else {
            String::new()
        };
        let minutes = user_minutes(minutes);
        Some(format!(
            "{minutes} of these are of users without a session{why}."
        ))
    }

    /// How much waits at most, how long it takes until nothing does, and how long the last of it waits.
    fn queue(&self, own: &Shortage<'_>, peak: &Peak, is_there: bool) -> String {
        let clock = self.clock();
        let place = if is_there {
            "there".to_owned()
        } else {
            format!("at {}", self.component(own.passage.component))
        };
        let unit = self.unit_of_queue(own.passage.short);
        let amount = |value: f64| numbers::quantity(value, &unit);
        let (at, waits) = (clock.moment(peak.at), amount(peak.queued));
        let clears = match (peak.clearing, own.left()) {
            (Some(seconds), _) => {
                format!("It takes {} until nothing waits any more", length(seconds))
            }
            (None, Some((left, Some(seconds)))) => format!(
                "When the replay ends {} are left, which would take {} more to clear",
                amount(left),
                length(seconds)
            ),
            (None, left) => {
                let left = left.map_or(peak.queued, |own| own.0);
                format!(
                    "When the replay ends {} are left, which do not clear while so much comes",
                    amount(left)
                )
            }
        };
        let last = peak
            .last_wait
            .map(|own| format!("; the last of what waits at {at} waits {}", length(own)));
        let longest = own.longest_of_all();
        let is_told = |last: f64| (longest - last).abs() <= (ALIKE * longest).max(60.0);
        let longest = if peak.last_wait.is_some_and(is_told) {
            String::new()
        } else {
            format!("; the longest wait of all is {}", length(longest))
        };
        let last = last.unwrap_or_default();
        let stale = own.stale_share().filter(|own| *own >= STALE);
        let stale = stale.map_or_else(String::new, |own| {
            let share = numbers::short_percent(own);
            format!(" About {share} of what it works while it is short is for clients who have given up.")
        });
        format!("Most waits {place} at {at}: {waits}. {clears}{last}{longest}.{stale}")
    }
}

impl<'a> RunFacts<'a> {
    /// What holds up most work of all that lets it wait, and when most of it does.
    fn worst_queue(&self) -> Option<(&Shortage<'a>, &Peak)> {
        self.shortages
            .iter()
            .find_map(|own| Some((own, own.peak.as_ref()?)))
    }
}

fn minutes_of(run: &RunFacts<'_>, users: impl Fn(&Moment) -> f64) -> f64 {
    let moments = run.run.moments.iter();
    let seconds = moments.map(|own| users(own) * own.seconds());
    seconds.sum::<f64>() / 60.0
}

/// How much of what is lost is of users for whom there is no site or no way, besides what is short.
fn nowhere(run: &RunFacts<'_>) -> Option<String> {
    let minutes = minutes_of(run, |own| own.nowhere);
    let share = minutes / run.down_minutes();
    (run.is_anybody_down() && share >= NOWHERE).then(|| {
        format!(
            "{} of these are of users for whom there is no site with room, or no way to one.",
            user_minutes(minutes)
        )
    })
}

/// How much of the work fails, is late, and waits.
fn of_work(run: &RunFacts<'_>) -> Option<String> {
    let totals = &run.run.totals;
    let left = run.run.moments.last().map_or(0.0, |own| own.in_flight);
    // What was queued when it began was not sent in it.
    let all = totals.served + totals.failed + left;
    let share = |own: f64| (own > 0.0 && all > 0.0).then(|| own / all);
    let words = |share: f64| share_words(share);
    let failed = share(totals.failed).map(|own| format!("{} fails", words(own)));
    let late = share(totals.late).map(|own| {
        let both = if failed.is_some() {
            " (what fails after it was late is both)"
        } else {
            ""
        };
        format!("{} is late{both}", words(own))
    });
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
    let told = match (parts.is_empty(), waits) {
        (true, None) => return None,
        (true, Some(waits)) => format!("Of their work, {waits}"),
        (false, waits) => {
            let parts = parts.join(" and ");
            let waits = waits.map_or_else(String::new, |own| format!("; {own}"));
            format!("Of their work {parts}{waits}")
        }
    };
    Some(format!("{told}."))
}
