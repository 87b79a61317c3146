//! What a replay comes to, in one sentence, and how it says lengths, shares and user minutes.

use crate::plan::replay::Conduct;
use crate::report::grammar::{counted, counted_with};
use crate::report::numbers;
use crate::report::replay::ReplayReport;
use crate::report::replay::report::RunFacts;
use crate::report::waves::duration;

/// A change of less than this is told as none.
const AS_GOOD: f64 = 0.0005;

impl ReplayReport<'_> {
    /// What it comes to, in one sentence without its stop.
    pub fn finding(&self) -> String {
        match (self.of(Conduct::Plan), self.of(Conduct::Nothing)) {
            (Some(plan), Some(nothing)) => self.both(plan, nothing),
            (Some(plan), None) if plan.is_anybody_down() => {
                format!("With the plan {}", lost(plan))
            }
            (Some(plan), None) => format!("With the plan nobody is down{}", waiting(plan)),
            (None, Some(nothing)) if nothing.is_anybody_down() => {
                format!("If nobody does anything {}", lost(nothing))
            }
            (None, Some(nothing)) => {
                let waits = waiting(nothing);
                format!("Nobody is down even if nobody does anything{waits}")
            }
            (None, None) => "Nothing was played".to_owned(),
        }
    }

    fn both(&self, plan: &RunFacts<'_>, nothing: &RunFacts<'_>) -> String {
        let minutes = user_minutes_are(plan.down_minutes());
        match (plan.is_anybody_down(), nothing.is_anybody_down()) {
            (false, false) => format!(
                "Nobody is down, with the plan or if nobody does anything{}",
                waiting(plan)
            ),
            (false, true) => {
                let instead = user_minutes_are(nothing.down_minutes());
                let waits = waiting(plan);
                format!(
                    "With the plan nobody is down{waits}; if nobody does anything {instead} lost"
                )
            }
            (true, false) => format!(
                "With the plan {minutes} lost, though nobody is down if nobody does anything"
            ),
            (true, true) => {
                let instead = numbers::about(nothing.down_minutes());
                let spared = self.spared().unwrap_or(0.0);
                let how = if spared >= AS_GOOD {
                    format!("{} less", numbers::headroom(spared))
                } else if spared <= -AS_GOOD {
                    format!("{} more", numbers::percent(-spared))
                } else {
                    "no less".to_owned()
                };
                format!("With the plan {minutes} lost instead of {instead}: {how}")
            }
        }
    }
}

/// `31.2 million user minutes are lost, 2.1 % of all`.
fn lost(run: &RunFacts<'_>) -> String {
    let minutes = user_minutes_are(run.down_minutes());
    let share = run.down_share().map(share_words);
    let of_all = share.map_or_else(String::new, |own| format!(", {own} of all"));
    format!("{minutes} lost{of_all}")
}

/// `, though work waits up to 29 min`; nothing where it waits less than a minute.
fn waiting(run: &RunFacts<'_>) -> String {
    let longest = run.run.totals.longest;
    if longest < 60.0 {
        return String::new();
    }
    format!(", though work waits up to {}", length(longest))
}

/// A length of time as people say it; what is a whole second but for arithmetic is that.
pub(in crate::report) fn length(seconds: f64) -> String {
    duration((seconds - 1e-3).max(0.0))
}

/// `31.2 million user minutes`.
pub(in crate::report::replay) fn user_minutes(minutes: f64) -> String {
    counted(&numbers::about(minutes), "user minute")
}

pub(in crate::report) fn user_minutes_are(minutes: f64) -> String {
    counted_with(&numbers::about(minutes), "user minute", ["is", "are"])
}

/// A share in percent with no more digits than it needs; what is not nothing is never told as 0 %.
///
/// One digit from 0.1 % on, below it as many as it takes to see two.
pub(in crate::report) fn share_words(share: f64) -> String {
    let percent = share * 100.0;
    if percent >= 0.1 || percent <= 0.0 {
        numbers::short_percent(share)
    } else if percent >= 0.001 {
        format!("{} %", numbers::amount(percent))
    } else {
        "under 0.001 %".to_owned()
    }
}

/// `with the plan`, `if nobody acts`.
pub(in crate::report) fn heading(conduct: Conduct) -> &'static str {
    match conduct {
        Conduct::Plan => "with the plan",
        Conduct::Nothing => "if nobody acts",
    }
}

#[cfg(test)]
mod tests {
    use super::share_words;

    #[test]
    fn what_is_not_nothing_is_never_told_as_0_percent() {
        let told = [0.0, 1e-9, 0.000_012, 0.000_4, 0.001_04, 0.0215, 1.0].map(share_words);
        assert_eq!(
            told,
            [
                "0 %",
                "under 0.001 %",
                "0.0012 %",
                "0.04 %",
                "0.1 %",
                "2.1 %",
                "100 %"
            ]
        );
    }
}
