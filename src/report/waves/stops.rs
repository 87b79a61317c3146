//! Sentences about stopping between two waves.

use super::words::Teller;
use crate::plan::{Exposed, Transition, Wave};
use crate::plan_files::MOST_STOPS;
use crate::report::numbers;
use crate::report::sweep::Names;

/// Failures that are told one by one.
const MOST: usize = 2;

/// Waves that are told one by one.
const MOST_WAVES: usize = 4;

impl Teller<'_> {
    /// What is not survived: `if San Antonio fails, 600 users more stay unserved`, the worst first.
    pub(super) fn exposed(&self, exposed: &[Exposed]) -> String {
        let Some(protect) = &self.scenario.protect else {
            return String::new();
        };
        let names = Names::of(self.inventory, protect.over);
        let mut worst: Vec<&Exposed> = exposed.iter().collect();
        worst.sort_by(|a, b| b.users.total_cmp(&a.users));
        let told = worst.iter().take(MOST).map(|own| {
            let users = match numbers::users_up(own.users).as_str() {
                "1" => "1 user more stays".to_owned(),
                several => format!("{several} users more stay"),
            };
            format!(
                "if {}, {users} unserved",
                names.happening(&own.failing, &[])
            )
        });
        let told: Vec<String> = told.collect();
        let others = worst.len().saturating_sub(MOST);
        match others {
            0 => told.join("; "),
            1 => format!("{}; 1 other failure is not survived", told.join("; ")),
            _ => format!(
                "{}; {} other failures are not survived",
                told.join("; "),
                numbers::users(others as f64)
            ),
        }
    }

    /// Why one may not stop behind a wave, or that nobody looked; `None` if one may.
    pub(in crate::report) fn not_to_stop(
        &self,
        transition: &Transition,
        wave: &Wave,
    ) -> Option<String> {
        if transition.refusal.is_some() {
            return None;
        }
        if self.is_unasked(transition, wave) {
            return Some("do not stop here: what is survived is not checked".to_owned());
        }
        let exposed = wave.unprotected.as_ref().filter(|own| !own.is_empty())?;
        Some(format!("do not stop here: {}", self.exposed(exposed)))
    }

    /// `true` if something has to be survived and nobody looked whether it is behind a wave. Behind the last one is the
    /// plan's own state.
    pub(super) fn is_unasked(&self, transition: &Transition, wave: &Wave) -> bool {
        let protect = self.scenario.protect.as_ref();
        let is_asked = protect.is_some_and(|own| own.failures > 0);
        let is_last = transition.waves.last().map(|own| own.number) == Some(wave.number);
        is_asked && !is_last && wave.unprotected.is_none()
    }

    /// That nobody looked at the stops of a way, why, and what to do; `None` if somebody did, or nothing is asked.
    pub(in crate::report) fn unasked(&self, transition: &Transition) -> Option<String> {
        let mut waves = transition.waves.iter();
        let is_unasked = waves.any(|wave| self.is_unasked(transition, wave));
        // Nobody begins what is refused, and so nobody stops in it.
        if transition.refusal.is_some() || !is_unasked {
            return None;
        }
        let (why, what) = if transition.waves.len() > MOST_STOPS {
            (
                "it has too many waves for that",
                format!(
                    " Make the waves longer ([waves] minutes), so that there are at most {MOST_STOPS}, or plan again from where you stop."
                ),
            )
        } else {
            (
                "the planning was stopped before",
                " Plan again without a limit of time, or from where you stop.".to_owned(),
            )
        };
        Some(format!(
            "Nobody looked at what {} survives between its waves of what [protect] asks: {why}. Do not stop between them longer than their gates ask.{what}",
            self.subject(transition)
        ))
    }

    /// In a sentence, where one may stop on the ways to a period.
    pub(in crate::report) fn where_to_stop(&self, ways: &[&Transition]) -> String {
        if ways.iter().any(|own| own.refusal.is_some()) {
            return "It is refused: do not begin it.".to_owned();
        }
        if ways.iter().any(|own| self.unasked(own).is_some()) {
            return "Every part of a wave is safe; what is survived between them is not checked."
                .to_owned();
        }
        let exposed: Vec<(&Wave, &[Exposed])> = ways.iter().flat_map(|own| own.exposed()).collect();
        if exposed.is_empty() {
            "Every part of a wave is safe; one may stop at every gate.".to_owned()
        } else {
            let those = numbered(&exposed);
            format!("Every part of a wave is safe; do not stop behind {those}.")
        }
    }

    /// Behind which waves one may not stop and why, and what was tried so that one may.
    pub(in crate::report) fn stops(&self, transition: &Transition) -> Vec<String> {
        let subject = self.subject(transition);
        let mut sentences: Vec<String> = self.unasked(transition).into_iter().collect();
        if transition.begins_unprotected {
            sentences.push(format!(
                "The state before {subject} does not survive what [protect] asks."
            ));
        }
        let users = |exposed: &[Exposed]| exposed.iter().map(|own| own.users).sum::<f64>();
        let exposed: Vec<(&Wave, &[Exposed])> = transition.exposed().collect();
        let worst = exposed
            .iter()
            .rev()
            .max_by(|a, b| users(a.1).total_cmp(&users(b.1)));
        let Some((_, worst)) = worst else {
            if transition.other_orders > 0 {
                sentences.push(format!(
                    "The waves of {subject} stand in an order in which one may stop behind each; the largest first would not do."
                ));
            }
            return sentences;
        };
        sentences.push(format!(
            "Do not stop behind {} of {subject}: {}.",
            numbered(&exposed),
            self.exposed(worst)
        ));
        if transition.other_orders > 0 {
            let tried = match transition.other_orders {
                1 => "1 other order or length of its waves was".to_owned(),
                several => format!(
                    "{} other orders and lengths of its waves were",
                    numbers::users(several as f64)
                ),
            };
            sentences.push(format!("{tried} tried, and none avoids it."));
        }
        sentences
    }
}

/// `wave 3`, `waves 1, 2 and 5`, `waves 1, 2, 3, 4 and 9 more`.
fn numbered(exposed: &[(&Wave, &[Exposed])]) -> String {
    let mut words: Vec<String> = exposed
        .iter()
        .take(MOST_WAVES)
        .map(|(wave, _)| wave.number.to_string())
        .collect();
    if exposed.len() > MOST_WAVES {
        words.push(format!("{} more", exposed.len() - MOST_WAVES));
    }
    let last = words.pop().unwrap_or_default();
    if words.is_empty() {
        format!("wave {last}")
    } else {
        format!("waves {} and {last}", words.join(", "))
    }
}
