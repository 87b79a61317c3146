//! Steering by the hour, in words: when weights change within a period, how fast, and why that is refused.

use super::amounts::{duration, excess};
use super::teller::WayTeller;
use crate::plan::{Fullness, HourTurn, PaceLimit, Ramp, Refusal};
use crate::report::numbers;
use crate::report::words::listed;
use std::fmt::Write as _;

/// Hours, and remedies, that are told one by one.
const NAMED: usize = 3;

/// How many `turn_minutes` would do for an hour turn that is refused because it has too little time; `None` if no number
/// would.
fn longer(turn: &HourTurn) -> Option<f64> {
    let needs = turn
        .needs
        .filter(|_| turn.refusal == Some(Refusal::TooLong))?;
    (needs <= turn.quiet).then(|| (needs / 60.0).ceil())
}

impl WayTeller<'_> {
    /// Of those who come through it in an hour turn, the component that takes longest.
    fn slowest_gate(turn: &HourTurn) -> Option<&Ramp> {
        let seconds = |own: &Ramp| own.window.unwrap_or(f64::INFINITY);
        let ramp = turn.ramp.iter();
        ramp.max_by(|a, b| seconds(a).total_cmp(&seconds(b)))
    }

    /// `access point Paris accepts 50 sessions a second, 20 of them in normal operation, and 600,000 users come through it`
    fn gate(&self, ramp: &Ramp) -> String {
        let beside = if ramp.background > 1e-9 {
            let own = numbers::amount(ramp.background);
            format!(", {own} of them in normal operation,")
        } else {
            String::new()
        };
        format!(
            "{} accepts {} sessions a second{beside} and {} come through it",
            self.component(ramp.component),
            numbers::amount(ramp.accepts),
            numbers::lost_users(ramp.arrivals)
        )
    }

    /// Why an hour turn is refused, without the word; `None` if it is not.
    fn refused_turn(&self, turn: &HourTurn) -> Option<String> {
        let at = self.clock().moment(turn.at);
        let subject = format!("steering anew at {at}");
        let because = Self::slowest_gate(turn).map(|own| self.gate(own));
        let because = because.unwrap_or_default();
        Some(match turn.refusal? {
            Refusal::Never(PaceLimit::Accepts(component)) => format!(
                "{subject} never ends: {} accepts no more than normal operation opens",
                self.component(component)
            ),
            Refusal::Unsafe(fullness) => {
                format!("{subject} has no safe way: {}", self.halfway(&fullness))
            }
            _ if turn.allowed <= 0.0 => {
                format!("{subject} comes while users move, and nothing else can turn meanwhile")
            }
            _ => format!(
                "{subject} needs {} before the hour and has {}: {because}",
                duration(turn.needs.unwrap_or_default()),
                duration(turn.allowed)
            ),
        })
    }

    /// Why hour turns are refused: the first one at length, then when else; nothing if none is.
    pub(in crate::report) fn refused_turns<'t>(
        &self,
        turns: impl Iterator<Item = &'t HourTurn>,
    ) -> Vec<String> {
        let refused: Vec<&HourTurn> = turns.filter(|own| own.refusal.is_some()).collect();
        let Some((first, others)) = refused.split_first() else {
            return Vec::new();
        };
        let mut all: Vec<String> = self.refused_turn(first).into_iter().collect();
        let clock = self.clock();
        let times = others.iter().map(|own| clock.moment(own.at));
        let times: Vec<String> = times.take(NAMED).collect();
        let more = format!(
            "{} more hours",
            numbers::users((others.len() - times.len()) as f64)
        );
        let is_more = (others.len() > times.len()).then_some(more.as_str());
        let named: Vec<&str> = times.iter().map(String::as_str).chain(is_more).collect();
        if !named.is_empty() {
            all.push(format!(
                "steering anew at {} is refused too",
                listed(&named)
            ));
        }
        all
    }

    /// What would make hour turns safe that are refused, and what spares them; each once.
    pub(in crate::report) fn remedies_of_turns<'t>(
        &self,
        turns: impl Iterator<Item = &'t HourTurn>,
    ) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        let (mut is_any, mut minutes) = (false, 0.0_f64);
        for turn in turns.filter(|own| own.refusal.is_some()) {
            is_any = true;
            for remedy in &turn.remedies {
                let told = self.remedy(false, remedy);
                if all.len() < NAMED && !all.contains(&told) {
                    all.push(told);
                }
            }
            minutes = minutes.max(longer(turn).unwrap_or(0.0));
        }
        if minutes > 0.0 {
            all.push(format!(
                "With turn_minutes = {} in [waves] there is time for it.",
                numbers::amount(minutes)
            ));
        }
        if is_any {
            all.push(
                "A plan with demand = \"peak\" has one steering for all hours and nothing to turn between them."
                    .to_owned(),
            );
        }
        all
    }

    /// Which load is too much while steering turns.
    fn halfway(&self, fullness: &Fullness) -> String {
        let told = self.brought_to(fullness);
        match excess(fullness) {
            Some(excess) => format!("it brings {told}, {excess}"),
            None => format!("no single load is too much, and it comes closest by bringing {told}"),
        }
    }

    /// What hour turns come to, in a sentence; `None` if there are none, or one is refused.
    pub(in crate::report) fn hours(&self) -> Option<String> {
        let turns = &self.plan.hour_turns;
        let seconds = turns.iter().map(|turn| {
            let start = turn.start?;
            Some(turn.at.duration_since(start).as_secs_f64())
        });
        let longest = (seconds.collect::<Option<Vec<f64>>>()?)
            .into_iter()
            .reduce(f64::max)?;
        let times = match turns.len() {
            1 => "once".to_owned(),
            count => format!("{} times", numbers::users(count as f64)),
        };
        let share = |own: &&Fullness| own.load / own.capacity.max(f64::MIN_POSITIVE);
        let fullest = turns.iter().filter_map(|own| own.fullest.as_ref());
        let fullest = fullest.max_by(|a, b| share(a).total_cmp(&share(b)));
        let fullest = fullest.map_or_else(String::new, |own| {
            format!(" Before the hour it brings {}.", self.brought_to(own))
        });
        Some(format!(
            "Between hours steering turns {times}, in {} at most: runbook.md says how.{fullest}",
            duration(longest)
        ))
    }

    /// The part of the runbook that says when weights change between hours; nothing if they do not.
    pub(super) fn write_hours(&self, text: &mut String) {
        let turns = &self.plan.hour_turns;
        if turns.is_empty() {
            return;
        }
        if self.plan.is_refused() {
            // What is not refused is not to be begun either.
            let mut refused = turns.iter().filter(|own| own.refusal.is_some()).peekable();
            if refused.peek().is_some() {
                text.push_str("\n## Steering by the hour, refused\n\n");
            }
            for turn in refused {
                let why = self.refused_turn(turn).unwrap_or_default();
                let _ = writeln!(text, "- Period {}: {why}.", turn.period);
            }
            let remedies = self.remedies_of_turns(turns.iter());
            if !remedies.is_empty() {
                let _ = writeln!(text, "\n{}", remedies.join(" "));
            }
            return;
        }
        let _ = writeln!(
            text,
            "\n## Steering by the hour\n\n\
             Weights are those of the slice that hours.csv names; steering.csv has them by slice. \
             Where they change from one hour to the next, change them evenly over the {} that end with the hour, \
             or over as long as nobody moves before that if it is less, so that no load is too much \
             meanwhile and nothing has to accept more new sessions than it can.",
            duration(self.scenario.waves.turn_minutes * 60.0)
        );
    }
}
