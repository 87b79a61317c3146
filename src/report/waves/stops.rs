//! Sentences about stopping between two waves.

use super::words::Teller;
use crate::plan::{Exposed, Transition, Wave};
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

    /// Why one may not stop behind a wave; `None` if one may, or nobody knows.
    pub(in crate::report) fn not_to_stop(&self, wave: &Wave) -> Option<String> {
        let exposed = wave.unprotected.as_ref().filter(|own| !own.is_empty())?;
        Some(format!("do not stop here: {}", self.exposed(exposed)))
    }

    /// Behind which waves one may not stop and why, and what was tried so that one may.
    pub(in crate::report) fn stops(&self, transition: &Transition) -> Vec<String> {
        let subject = self.subject(transition);
        let mut sentences = Vec::new();
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
