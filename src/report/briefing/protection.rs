//! What the plan survives besides, in sentences.

use super::Briefing;
use crate::model::{Protect, Recovery};
use crate::plan::{PeriodPlan, Protection, Unprotected};
use crate::report::numbers;
use crate::report::sweep::{Names, noun, repair_words};
use crate::report::text::visible;
use crate::units::NOBODY;

/// Failures that are told one by one.
const MOST: usize = 2;

impl Briefing<'_> {
    /// How much of `[protect]` every period survives, the worst failures of the period that loses most, and what would
    /// help there; nothing where it was not asked.
    pub(in crate::report) fn protection(&self) -> Vec<String> {
        let periods: Vec<(&PeriodPlan, &Protection)> = (self.plan.periods.iter())
            .filter_map(|period| Some((period, period.protection.as_ref()?)))
            .collect();
        let lost = |own: &&(&PeriodPlan, &Protection)| own.1.unserved_users();
        let worst = periods
            .iter()
            .rev()
            .max_by(|a, b| lost(a).total_cmp(&lost(b)));
        let Some(&(period, protection)) = worst else {
            return Vec::new();
        };
        let asked = &protection.protect;
        let what = failures(asked);
        let by = recovery_words(asked.recovery);
        if protection.unprotected.is_empty() {
            let most = periods.iter().map(|(_, own)| own.cases).max();
            let cases = numbers::amount(most.unwrap_or(0) as f64);
            let everywhere = if self.plan.periods.len() > 1 {
                " in every period"
            } else {
                ""
            };
            return vec![format!(
                "It survives every failure of {what}{everywhere} {by} (up to {cases} cases)."
            )];
        }
        let held = protection.cases - protection.unprotected.len();
        let place = if self.plan.periods.len() > 1 {
            format!(" in {}", self.named(period))
        } else {
            String::new()
        };
        let (cases, short) = (protection.cases, protection.short_cases());
        let but_for = if cases - short > held {
            format!(
                ", and {} but for users whom the rules leave no other site",
                numbers::amount((cases - short) as f64)
            )
        } else {
            String::new()
        };
        let mut sentences = vec![format!(
            "It survives {} of {} failures of {what}{place} {by}{but_for}; {}.",
            numbers::amount(held as f64),
            numbers::amount(cases as f64),
            how_proven(protection)
        )];
        let mut worst: Vec<&Unprotected> = protection.unprotected.iter().collect();
        // Where capacity would help comes first.
        worst.sort_by(|a, b| {
            let short = |own: &Unprotected| own.users - own.stuck;
            let by_short = short(b).total_cmp(&short(a));
            by_short.then(b.users.total_cmp(&a.users))
        });
        let names = Names::of(self.inventory, asked.over);
        for own in worst.into_iter().take(MOST) {
            let (subject, is_one) = names.subject_of(&own.failing);
            let fails = if is_one { "fails" } else { "fail" };
            let users = numbers::users_up(own.users);
            let stuck = if own.users - own.stuck <= NOBODY {
                ": the rules leave them no other site".to_owned()
            } else if own.stuck > NOBODY {
                let stuck = numbers::users_up(own.stuck);
                format!(", {stuck} of them because the rules leave them no other site")
            } else {
                String::new()
            };
            let mut sentence = format!(
                "If {} {fails}, {users} users more stay unserved{stuck}.",
                visible(&subject)
            );
            if let Some(repair) = &own.repair {
                sentence.push(' ');
                sentence.push_str(&repair_words(self.inventory, &names, repair));
            }
            sentences.push(sentence);
        }
        sentences
    }
}

/// What is known of better plans.
fn how_proven(protection: &Protection) -> String {
    let lost = protection.unserved_users();
    let least = protection.least_lost;
    if lost - least <= NOBODY.max(1e-6 * lost) {
        "no plan that serves as many now loses fewer users in the others".to_owned()
    } else if least > NOBODY {
        format!(
            "the others lose {} users together, and at least {} in any plan that serves as many now",
            numbers::users_up(lost),
            numbers::users_up(least)
        )
    } else {
        format!(
            "the others lose {} users together, and that no plan loses fewer is not proven",
            numbers::users_up(lost)
        )
    }
}

/// `one site`, `up to 2 elements`.
fn failures(asked: &Protect) -> String {
    let noun = noun(asked.over);
    match asked.failures {
        1 => format!("one {noun}"),
        most => format!("up to {most} {noun}s"),
    }
}

/// How failures are answered, in words.
fn recovery_words(recovery: Recovery) -> &'static str {
    match recovery {
        Recovery::Rescale => "by the weights of the survivors",
        Recovery::Replicas => "by the takeover of each shard",
        Recovery::Replan => "by planning again",
    }
}
