//! A transition in the runbook, before its waves: its length, what is too full meanwhile, and what a trigger can lock in.

use crate::ids::{ComponentId, ResourceId};
use crate::plan::{Fullness, Overloaded, Ramp, RetryMargin, Stability, Timing, Transition, Wave};
use crate::report::document::Section;
use crate::report::downtime::{retries, threshold_and_stand};
use crate::report::grammar::{count, only_if};
use crate::report::numbers;
use crate::report::waves::wave_of_transition::beside;
use crate::report::waves::writer::{TransitionWriter, duration, duration_down, waves};
use crate::units::NOBODY;
use std::collections::BTreeMap;

const MOST: usize = 6;

/// The first and the last wave in which something is vulnerable, and how it stands in the one in which it is most.
type Vulnerable<'t> = (&'t Wave, &'t Wave, &'t RetryMargin);

impl TransitionWriter<'_> {
    pub(super) fn section(&self, transition: &Transition) -> Section {
        let clock = self.clock();
        let mut section = self.headed(transition);
        section.say(self.sentence(transition));
        let least = transition.least_seconds;
        if let Some(slowest) = self.slowest(transition) {
            let bound = if least > 0.0 {
                format!("No transition is faster than {}", duration_down(least))
            } else {
                "What limits it".to_owned()
            };
            section.say(format!("{bound}: {slowest}."));
        }
        if transition.timing == Timing::After && least > 0.0 && !transition.ramp.is_empty() {
            section.say("Admission, of all who connect:");
            section.items(
                transition
                    .ramp
                    .iter()
                    .map(|ramp| self.admission(transition, ramp)),
            );
        }
        let period_plan = self.period(transition);
        let earlier = transition
            .period
            .checked_sub(1)
            .map(|at| &self.plan.periods[at]);
        let more = earlier.map_or(0.0, |before| period_plan.totals.users - before.totals.users);
        if more > NOBODY {
            let (from, more) = (clock.moment(period_plan.period.start), numbers::users(more));
            section.say(format!(
                "From {from} on {more} users more are there than before."
            ));
        }
        self.add_overloads(transition, &mut section);
        self.add_stability(transition, &mut section);
        for sentence in self.stops(transition) {
            section.say(sentence);
        }
        if !transition.waves.is_empty() && transition.start < self.scenario.start {
            section.say("It begins before the scenario does.");
        }
        for other in beside(self.plan, transition) {
            section.say(format!(
                "While it goes on, so does {}, {}: do the steps of both by their numbers.",
                self.subject(other),
                clock.exactly(other.start, other.end)
            ));
        }
        section
    }

    pub(super) fn headed(&self, transition: &Transition) -> Section {
        let start = self.clock().moment(self.period(transition).period.start);
        let when = match transition.timing {
            Timing::Ahead => format!("before {start}"),
            Timing::After => format!("from {start} on"),
        };
        let subject = self.subject(transition);
        let refused = transition.refusal.map_or("", |_| ", refused");
        Section::titled(&format!(
            "Period {}, {when}: {subject}{refused}",
            transition.period
        ))
    }

    /// How many new sessions a component may get, of the users who connect through it in a transition.
    fn admission(&self, transition: &Transition, ramp: &Ramp) -> String {
        let ramps = transition.waves.iter().flat_map(|wave| &wave.ramp);
        let filter = ramps
            .filter(|candidate| candidate.component == ramp.component && candidate.arrivals > 0.0);
        let [least, most] = filter.fold([f64::INFINITY, 0.0], |[least, most], ramp| {
            let spare = (ramp.accepts - ramp.background).max(0.0);
            [f64::min(least, spare), f64::max(most, spare)]
        });
        let [least, most] = [least, most].map(numbers::amount_down);
        // Normal operation is not the same in all waves.
        let rate = if least == most {
            format!("at most {most} new sessions a second")
        } else {
            format!("at most {least} to {most} new sessions a second, by wave,")
        };
        format!(
            "{}: {rate} beside normal operation, for {}",
            self.component_by_hand(ramp.component),
            numbers::lost_users(ramp.arrivals)
        )
    }

    /// What a fault has left too little of when the waves of a transition begin, how full it is, and until when.
    fn add_overloads(&self, transition: &Transition, section: &mut Section) {
        // As the first wave that begins while it is above its capacity has it, and the last such wave.
        let mut all: BTreeMap<(ComponentId, ResourceId), (&Overloaded, &Wave, &Overloaded)> =
            BTreeMap::new();
        for wave in &transition.waves {
            for overloaded in &wave.overloaded {
                let known = all.entry((overloaded.full.component, overloaded.full.resource));
                let known = known.or_insert((overloaded, wave, overloaded));
                if known.1.number != wave.number {
                    (known.1, known.2) = (wave, overloaded);
                }
            }
        }
        let share = |overloaded: &Overloaded| overloaded.full.begun_load / overloaded.full.capacity;
        let mut words: Vec<_> = all.into_values().collect();
        words.sort_by(|a, b| share(b.0).total_cmp(&share(a.0)));
        if words.is_empty() {
            return;
        }
        // Each wave keeps to the busiest of the hours that it meets.
        let busiest = only_if(
            self.follows_hours(),
            || ", at the demand of the busiest hour that each wave meets",
        );
        section.say(format!(
            "**Above its capacity already when the waves begin{busiest}.** No part of a wave adds to it. It alone is no reason to stop:"
        ));
        let words = words.into_iter().map(|(begun, last, ended)| {
            format!(
                "{}, {}",
                self.full_at_first(begun),
                self.full_at_last(last, &ended.full)
            )
        });
        section.first_items(words, MOST, |others| {
            format!("and {} more", numbers::whole(others))
        });
    }

    /// How full something is before anybody of a wave has moved, and from when on.
    fn full_at_first(
        &self,
        Overloaded {
            from,
            full: fullness,
        }: &Overloaded,
    ) -> String {
        let used = self.used_by_hand(fullness.component, fullness.resource);
        let at = self.clock().second(*from);
        let at = if self.follows_hours() {
            format!("at most from {at} on")
        } else {
            format!("at {at}")
        };
        if fullness.capacity > 0.0 {
            let share = numbers::utilization(fullness.begun_load / fullness.capacity);
            format!("{used}: {share} {at}")
        } else {
            let load = self
                .inventory
                .quantity(fullness.resource, fullness.begun_load);
            format!("{used}, of which nothing is left, carries {load} {at}")
        }
    }

    /// Until when it is above its capacity: after which wave it is not any more, or that it still is.
    fn full_at_last(&self, wave: &Wave, fullness: &Fullness) -> String {
        let at = self.clock().second(wave.end);
        let number = wave.number;
        if fullness.capacity <= 0.0 {
            let load = self
                .inventory
                .quantity(fullness.resource, fullness.stop_load);
            return format!("and {load} at {at}, after wave {number}");
        }
        let share = numbers::utilization(fullness.stop_load / fullness.capacity);
        if numbers::is_above(fullness.stop_load / fullness.capacity) {
            format!(
                "**still {share}** after wave {number} ({at}): these waves do not clear the overload"
            )
        } else {
            format!("{share} after wave {number} ({at})")
        }
    }

    /// `Chicago (chi) cpu: at most 72.9 % during the wave, 29.2 % at its end`.
    pub(super) fn seen(&self, wave: &Wave, fullness: &Fullness) -> String {
        let used = format!(
            "{} {}",
            self.component_by_hand(fullness.component),
            self.inventory.resource_name(fullness.resource)
        );
        let share = |load: f64| numbers::utilization_at_most(load / fullness.capacity);
        let [begun, most] = [fullness.begun_load, fullness.load].map(share);
        let stop = used_now(wave, fullness).unwrap_or_else(|| share(fullness.stop_load));
        // While steering turns away from it, it still carries what it did.
        if fullness.begun_load > fullness.load && begun != most && wave.turned > wave.start {
            format!(
                "{used}: {begun} when the wave begins, at most {most} once the weights have turned, {stop} at its end"
            )
        } else {
            format!("{used}: at most {most} during the wave, {stop} at its end")
        }
    }

    /// How full a component may be once a wave is over: `Chicago (chi) cpu: at most 29.2 %`.
    pub(super) fn seen_at_end(&self, wave: &Wave, fullness: &Fullness) -> String {
        let share = |load: f64| numbers::utilization_at_most(load / fullness.capacity);
        let stop = used_now(wave, fullness).unwrap_or_else(|| share(fullness.stop_load));
        let component = self.component_by_hand(fullness.component);
        let resource = self.inventory.resource_name(fullness.resource);
        format!("{component} {resource}: at most {stop}")
    }

    /// In which waves of a transition a trigger can lock something in, and above which utilization.
    fn add_stability(&self, transition: &Transition, section: &mut Section) {
        let mut all: BTreeMap<(ComponentId, ResourceId), Vulnerable<'_>> = BTreeMap::new();
        for wave in &transition.waves {
            let retry_margins = wave.stability.iter();
            for retry_margin in
                retry_margins.filter(|retry_margin| retry_margin.stability == Stability::Vulnerable)
            {
                let known = all.entry((retry_margin.component, retry_margin.resource));
                let known = known.or_insert((wave, wave, retry_margin));
                known.1 = wave;
                if retry_margin.is_tighter(known.2) {
                    known.2 = retry_margin;
                }
            }
        }
        let mut words: Vec<Vulnerable<'_>> = all.into_values().collect();
        let margin = |entry: &Vulnerable<'_>| entry.2.margin.unwrap_or(f64::INFINITY);
        words.sort_by(|a, b| margin(a).total_cmp(&margin(b)));
        if words.is_empty() {
            return;
        }
        section.say(
            "**Metastable risk during these waves.** With all retries the offered load exceeds capacity, so an overload would not clear by itself:",
        );
        let others = words.len().saturating_sub(MOST);
        let words = words.into_iter().take(MOST);
        section.items(words.filter_map(|word| self.vulnerable(word)));
        if others > 0 {
            let others = numbers::whole(others);
            section.items([format!("and {others} more (stability.csv)")]);
        }
    }

    fn vulnerable(&self, (first, last, retry_margin): Vulnerable<'_>) -> Option<String> {
        let [threshold, stand] = threshold_and_stand(retry_margin)?;
        let waves = if first.number == last.number {
            format!("in wave {}", first.number)
        } else {
            format!("from wave {} to {}", first.number, last.number)
        };
        Some(format!(
            "{} {waves}: above {threshold} with {}, and it reaches at most {stand} of capacity",
            self.used_by_hand(retry_margin.component, retry_margin.resource),
            retries(retry_margin.retries()?)
        ))
    }
}

/// How much of it is used at the end of a wave, while its gate is watched: the most under what holds then, which may be less than
/// a wave has to keep to. `None` where nothing is left of it then.
fn used_now(wave: &Wave, full: &Fullness) -> Option<String> {
    let loads = wave.standing.iter().flat_map(|holds| &holds.loads);
    let its = loads.filter(|at| (at.component, at.resource) == (full.component, full.resource));
    let left = its.filter(|carries| carries.capacity > 0.0);
    let shares = left.map(|carries| carries.load / carries.capacity);
    shares.reduce(f64::max).map(numbers::utilization_at_most)
}

const MOST_OUTLINES: usize = 12;

impl TransitionWriter<'_> {
    /// A transition of a plan that is refused, because of it or of another.
    pub(super) fn not_begun(&self, transition: &Transition) -> Section {
        let mut section = self.headed(transition);
        if let Some(refusal) = self.refusal(transition) {
            section.apart(format!("**Refused: {refusal}.** Do not begin it."));
            let mut remedies = self.remedies(transition);
            remedies.extend(self.without_fix(transition));
            if !remedies.is_empty() {
                section.items(remedies);
                section.say("");
            }
        } else {
            section.apart(
                "**Do not begin it**: it is safe alone, but another transition of this plan is refused.",
            );
        }
        if let Some(overloaded) = self.overloaded_now(transition) {
            section.apart(overloaded);
        }
        if transition.waves.is_empty() {
            section.say("No safe wave was found.");
            return section;
        }
        section.apart("Planned waves, for review only. Do not execute:");
        section.items([self.length(transition)]);
        if let Some(slowest) = self.slowest(transition) {
            section.items([format!("what limits it: {slowest}")]);
        }
        let outlines = transition
            .waves
            .iter()
            .map(|wave| self.outline(transition, wave));
        section.first_items(outlines, MOST_OUTLINES, |others| {
            format!("and {} more", waves(others))
        });
        section
    }

    fn length(&self, transition: &Transition) -> String {
        let count = waves(transition.waves.len());
        match transition.seconds {
            Some(seconds) if seconds > 0.0 => {
                let least = duration_down(transition.least_seconds);
                format!("{count} and {} (at least {least})", duration(seconds))
            }
            Some(_) => format!("{count}, and {}", self.unlimited(transition)),
            None => format!("{count} would be safe; after them no safe wave was found"),
        }
    }

    fn outline(&self, transition: &Transition, wave: &Wave) -> String {
        let period = self.period(transition);
        let moves = wave.moves.iter().map(|index| &period.moves[*index]);
        let users: f64 = moves.map(|moved| moved.users).sum();
        let mut words = Vec::new();
        if !wave.moves.is_empty() {
            let shards = count(wave.moves.len(), "shard");
            words.push(format!("move {shards} with {}", numbers::lost_users(users)));
        }
        if transition.restored > 0.0 {
            let share = numbers::amount(wave.restored_share * 100.0);
            words.push(format!("readmit {share} % of the users who are unserved"));
        }
        if words.is_empty() {
            words.push("move no user".to_owned());
        }
        let seconds = wave.end.duration_since(wave.start).as_secs_f64();
        let fullest = wave.fullest.first().map_or_else(String::new, |fullness| {
            format!(
                ". There {} of {} reaches at most {} of capacity",
                self.inventory.resource_name(fullness.resource),
                self.component(fullness.component),
                numbers::utilization(fullness.load.max(fullness.begun_load) / fullness.capacity)
            )
        });
        format!(
            "{} ({}) would {}, and {} % of the change of weights{fullest}",
            self.numbered(transition, wave),
            duration(seconds),
            words.join(" and "),
            numbers::amount(wave.steering_share * 100.0),
        )
    }

    /// What is above its capacity already, whether or not a refused transition would bring it down.
    fn overloaded_now(&self, transition: &Transition) -> Option<String> {
        let first = transition.waves.first()?;
        let begun = first.overloaded.iter();
        let begun = begun
            .filter(|overloaded| overloaded.from == first.start)
            .take(MOST_OUTLINES);
        let begun = begun
            .map(|overloaded| &overloaded.full)
            .filter(|fullness| fullness.capacity > 0.0);
        let words = begun.map(|fullness| {
            let share = numbers::utilization(fullness.begun_load / fullness.capacity);
            format!(
                "{} ({share})",
                self.used_by_hand(fullness.component, fullness.resource)
            )
        });
        let words: Vec<String> = words.collect();
        let when = match transition.timing {
            Timing::Ahead => "before",
            Timing::After => "once the period has begun",
        };
        (!words.is_empty()).then(|| {
            let words = words.join(", ");
            format!("Above its capacity {when}, without action: {words}.")
        })
    }
}
