//! The runbook: what somebody does by hand at night, wave by wave.

use super::in_force::{Runbook, WeightsInForce};
use super::instants::{StepsAt, instants};
use super::on_way::WaveOnWay;
use super::teller::WayTeller;
use super::wave::add_gate;
use crate::plan::{PeriodPlan, Step, Timing, Transition, changes};
use crate::report::briefing::Briefing;
use crate::report::document::{Document, Section};
use crate::report::span::span;
use crate::report::text::visible;
use crate::report::{markdown, numbers};
use crate::units::NOBODY;

/// File name of the runbook.
pub const RUNBOOK_FILE: &str = "runbook.md";

const REFUSED: &str = "**The plan is refused: do not begin any of its waves.** What is refused says below why, and what would make it safe; plan again with that, and work by the runbook of that plan. No wave of this plan has a time to begin at, so none is told.";

const PREAMBLE: [&str; 6] = [
    "Work through the waves in the order of their times.",
    "Do not begin a wave before the gate of the one before it under the same heading is passed.",
    "Within a wave shards may move in any order, no faster than it says: every part of a wave is safe.",
    "If a number is above what the gate of a wave says, stop: move no further shard, and turn no weight any further. Go on with the wave once the number is below again, or undo the wave where it says how. Whoever undoes a wave does none of the steps after it under its heading; what other headings have goes on.",
    "Close no access point while users enter there because a wave was undone or is not done: leave it open, and have what needs it closed postponed.",
    "If you are late, go no faster: have what begins after the waves postponed, or stop where one may.",
];

const STOPS: &str = "At the end of every wave one may stop, unless its gate says otherwise.";

const SOME_STOPS: &str = "At the end of a wave one may stop only if its gate does not say otherwise: \
not all of them are checked, and the gate says so where one is not.";

const FILES: [&str; 6] = [
    "The shards of a wave are the rows of moves.csv with its period and wave. Where `from_site` is empty nothing is copied or deleted. Where `how` is `copy`, copy the data first, then switch. Where it is `takeover`, run from the copy that is there. Then delete the data at the old site. Keep them if a part of the shard stays there: the wave says so. Keep them also if replicas.csv has the shard, and the old site is its home or in its rows.",
    "Moved back, a shard needs its data there: copy them first, unless the site still has them. Then switch, and delete the data at the site that it leaves. Keep them if replicas.csv has the shard, and that site is its home or in its rows.",
    "The weights of a wave are the rows of wave_weights.csv that its first step names. Of these, take the ones whose `slice` is that of the hour (hours.csv; 0 without it). Weights that named rows do not have stay as they are.",
    "Where no step names others, the weights are those of steering.csv with the period at hand, in the slice of the hour.",
    "changes.csv lists every step in order, but each weight only once, with the wave after which it is whole. Do not work through waves by it: wave_weights.csv has the weights between.",
    "changes_back.csv takes every step back, the last one first. Who turns back earlier begins at the row of the last step that was done; where users are elsewhere at the end there is a `Path back`. While a wave is under way use what the wave says about undoing it.",
];

const PAST_HOURS: &str =
    "Rows of a period that is over have no slice for the hour: take the slice of its last hour.";

const HOURS: &str = "Between waves weights turn by the hour too: the last part says how.";

/// The runbook of a plan as Markdown.
pub fn runbook(teller: &WayTeller<'_>) -> String {
    runbook_of(
        teller,
        &changes(teller.inventory, teller.scenario, teller.plan),
    )
}

/// The runbook of a plan whose steps are known: names show as they are, whatever letters they have.
pub fn runbook_of(teller: &WayTeller<'_>, steps: &[Step]) -> String {
    let inventory = markdown::named(teller.inventory);
    let scenario = markdown::titled(teller.scenario);
    let teller = &WayTeller {
        inventory: &inventory,
        scenario: &scenario,
        plan: teller.plan,
    };
    let runbook = Runbook {
        teller,
        steps,
        in_force: &WeightsInForce::new(teller, steps),
    };
    let mut text = runbook.document().markdown();
    teller.write_hours(&mut text);
    let lines = text.split('\n').map(|line| visible(line).into_owned());
    lines.collect::<Vec<_>>().join("\n")
}

impl Runbook<'_> {
    fn document(&self) -> Document {
        let (teller, plan) = (self.teller, self.teller.plan);
        let title = format!("Runbook: {}", teller.scenario.name);
        let mut document = Document::page("Runbook", &title, "");
        let has_steps = self.steps.iter().any(|own| own.number > 0);
        document.sections.push(self.preface(has_steps));
        let mut in_time: Vec<&Transition> = plan.transitions.iter().collect();
        if plan.is_refused() {
            // What is refused comes first: the others are not to be begun because of it.
            in_time.sort_by_key(|own| (own.refusal.is_none(), own.period));
            let ways = in_time.into_iter().map(|own| teller.not_begun(own));
            document.sections.extend(ways);
            return document;
        }
        in_time.sort_by_key(|own| (own.start, own.period));
        let is_empty = !has_steps && in_time.is_empty();
        let mut instants = instants(plan, self.steps).into_iter().peekable();
        for way in in_time {
            let start = teller.period(way).period.start;
            // What a wave of no length does ahead of a period is done before the period begins.
            let is_last = way.timing == Timing::Ahead && way.start >= start;
            // What closes for the period does so once its waves are over.
            let waits = |own: &StepsAt| own.closes && own.period == way.period;
            let is_before = |own: &StepsAt| {
                !waits(own) && (own.at < way.start || own.at == way.start && !is_last)
            };
            while let Some(own) = instants.next_if(|own| has_steps && is_before(own)) {
                document.sections.push(teller.instant(&own));
            }
            let now = instants.peek_mut().filter(|own| {
                let at = (own.at, own.period);
                has_steps && is_last && at == (way.start, way.period)
            });
            if let Some(opening) = now.and_then(StepsAt::opening) {
                document.sections.push(teller.instant(&opening));
            }
            let mut section = teller.way(way);
            for at in WaveOnWay::each(teller, way) {
                let begins = at.wave.start;
                // What no wave does in the period itself is done after the waves ahead of it.
                let is_over = |own: &StepsAt| {
                    let is_ahead = way.timing == Timing::Ahead;
                    let is_after = is_ahead && begins >= start && own.period >= way.period;
                    !waits(own) && (own.at < begins || own.at == begins && !is_after)
                };
                let is_between = has_steps && !at.is_first();
                while let Some(own) = instants.next_if(|own| is_between && is_over(own)) {
                    section.part(teller.instant(&own));
                }
                let mut wave = self.wave(at);
                add_gate(at, &mut wave);
                self.add_undo(at, &mut wave);
                section.part(wave);
            }
            document.sections.push(section);
        }
        if !is_empty {
            let rest = instants.map(|own| teller.instant(&own));
            document.sections.extend(rest.chain(self.path_back()));
        }
        document
    }

    fn preface(&self, has_steps: bool) -> Section {
        let (scenario, plan) = (self.teller.scenario, self.teller.plan);
        let mut section = Section::default();
        let mut warnings = self.teller.warnings();
        warnings.extend(self.teller.missing());
        warnings.extend(self.teller.triggers_not_played());
        for warning in warnings.into_iter().chain(self.unknown()) {
            section.apart(format!("**{warning}**"));
        }
        let ways = &plan.transitions;
        if ways.is_empty() && plan.hour_turns.is_empty() && !has_steps {
            section.say("Nobody has to move: there is nothing to do.");
            return section;
        }
        let times = span(scenario, scenario.start, scenario.end);
        let zone = self.teller.clock().zone();
        section.apart(format!("For {times}; all times are {zone}."));
        if plan.is_refused() {
            section.say(REFUSED);
            return section;
        }
        if !ways.is_empty() {
            section.items(PREAMBLE);
            let is_unasked = ways.iter().any(|own| self.teller.unasked(own).is_some());
            section.items([if is_unasked { SOME_STOPS } else { STOPS }]);
        }
        section.items(FILES);
        let mut periods = plan.periods.iter();
        if periods.any(|own| own.case.hours.slice_count() > 1) {
            section.items([PAST_HOURS]);
        }
        if !ways.is_empty() && !plan.hour_turns.is_empty() {
            section.items([HOURS]);
        }
        section
    }

    fn unknown(&self) -> Vec<String> {
        let WayTeller {
            inventory,
            scenario,
            plan,
        } = *self.teller;
        let briefing = Briefing {
            inventory,
            scenario,
            plan,
            steps: &[],
            explanations: None,
            proven: None,
        };
        let short = plan.periods.iter();
        let short: Vec<&PeriodPlan> = short.filter(|own| own.totals.unserved > NOBODY).collect();
        let most = short.iter().map(|own| own.totals.unserved).reduce(f64::max);
        let unserved = most.map(|most| {
            let users = numbers::lost_users(most);
            match short[..] {
                [only] => format!("Unserved in period {}: {users}.", only.period.index),
                _ => format!("Unserved in {} periods: up to {users}.", short.len()),
            }
        });
        let truth = briefing.truth().filter(|_| !briefing.wounds().is_empty());
        unserved.into_iter().chain(truth).collect()
    }
}
