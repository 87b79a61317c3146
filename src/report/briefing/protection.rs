//! Which further failures the plan survives, in sentences.

use super::Briefing;
use crate::model::{FailureSet, Protect, ProtectGray, Recovery};
use crate::plan::sweep::GrayLoss;
use crate::plan::{MOST_WATCHED, PeriodPlan, Protection, Unprotected};
use crate::report::grammar::{by_count, only_if};
use crate::report::numbers;
use crate::report::sweep::{ComponentNames, noun, repair_words};
use crate::report::text::visible;
use crate::units::NOBODY;

const MOST: usize = 2;

impl Briefing<'_> {
    /// That not all of `[protect]` is survived; then the rest: how much is, the worst failures of the period that loses most,
    /// what would help there, and the cost of gray faults. Nothing where it was not asked.
    pub(in crate::report) fn protection(&self) -> [Vec<String>; 2] {
        let ([mut bad, mut rest], [exposed, within]) = (self.survived(), self.exposed());
        bad.extend(exposed);
        rest.extend(within);
        [bad, rest]
    }

    /// Where failure protection was not checked: a stop came before, or the plan of before goes on.
    pub(super) fn protection_not_checked(&self) -> Option<String> {
        if self.scenario.protect.is_none() || self.scenario.policy.split_shards {
            return None;
        }
        let periods = &self.plan.periods;
        let without = periods.iter().filter(|period| period.protection.is_none());
        let without: Vec<&PeriodPlan> = without.collect();
        let place = match without.as_slice() {
            [] => return None,
            all if all.len() == periods.len() => String::new(),
            some => format!(" in {}", self.stretch(some)),
        };
        Some(format!(
            "Not checked{place}: the failures that [protect] asks to survive."
        ))
    }

    /// That plans which answer failures may split shards, which no plan in force does, in how many cases no whole shards are known
    /// that do as well, and how to check one; `None` where there is no such case.
    pub(super) fn protection_not_whole(&self) -> Option<String> {
        let periods = self.plan.periods.iter();
        let all = periods.filter_map(|period| period.protection.as_ref());
        let worst = all.max_by_key(|protection| protection.whole_not_checked)?;
        let (some, cases) = (worst.whole_not_checked, worst.cases);
        if some == 0 {
            return None;
        }
        let up_to = only_if(self.plan.periods.len() > 1, || "up to ");
        let failures = if some == cases {
            "the failures".to_owned()
        } else {
            let [some, cases] = [some, cases].map(|count| numbers::amount(count as f64));
            format!("{up_to}{some} of the {cases} failures")
        };
        Some(format!(
            "Not checked: whole shards after {failures} of [protect], which can leave more users unserved. \
             To check one: plimsoll plan DIR --resume-after PERIOD/WAVE --fail ID --scenario FILE, \
             where FILE has [protect] with enabled = false."
        ))
    }

    /// That some failures are not survived, and the details; or that all are.
    fn survived(&self) -> [Vec<String>; 2] {
        let periods: Vec<(&PeriodPlan, &Protection)> = (self.plan.periods.iter())
            .filter_map(|period| Some((period, period.protection.as_ref()?)))
            .collect();
        let lost = |pair: &&(&PeriodPlan, &Protection)| pair.1.unserved_users();
        let worst = periods
            .iter()
            .rev()
            .max_by(|a, b| lost(a).total_cmp(&lost(b)));
        let Some(&(period, protection)) = worst else {
            return Default::default();
        };
        let asked = &protection.protect;
        let (one, several) = cases_of(asked);
        let by = recovery_words(asked);
        if protection.unprotected.is_empty() {
            let most = periods.iter().map(|(_, protection)| protection.cases).max();
            let cases = match most.unwrap_or(0) {
                1 => "one case".to_owned(),
                most if self.plan.periods.len() > 1 => {
                    format!("up to {} cases", numbers::amount(most as f64))
                }
                most => format!("{} cases", numbers::amount(most as f64)),
            };
            let everywhere = match self.plan.periods.len() {
                1 => String::new(),
                all if all == periods.len() => " in every period".to_owned(),
                all => format!(" in {} of {all} periods", periods.len()),
            };
            let split = only_if(
                self.protection_not_whole().is_some(),
                || ", if shards may be split",
            );
            let all = format!("It survives every {one}{everywhere} {by}{split} ({cases}).");
            return [Vec::new(), vec![all]];
        }
        let held = protection.cases - protection.unprotected.len();
        let place = self.place(&[period]);
        let (cases, short) = (protection.cases, protection.short_cases());
        let not_survived = format!(
            "Not survived: {} of {} {several}{place}, answered {by}.",
            numbers::amount((cases - held) as f64),
            numbers::amount(cases as f64),
        );
        let mut sentences = vec![format!("In these cases {}.", how_proven(protection))];
        sentences.extend((cases - short > held).then(|| {
            let more = numbers::amount((cases - short - held) as f64);
            format!("{more} of them only affect users that have no other permitted site.")
        }));
        let mut worst: Vec<&Unprotected> = protection.unprotected.iter().collect();
        // Where capacity would help comes first.
        worst.sort_by(|a, b| {
            let short = |unprotected: &Unprotected| unprotected.users - unprotected.stuck;
            let by_short = short(b).total_cmp(&short(a));
            by_short.then(b.users.total_cmp(&a.users))
        });
        let names = ComponentNames::of(self.inventory, asked.over);
        for unprotected in worst.into_iter().take(MOST) {
            let happens = names.happening(&unprotected.failing, &unprotected.gray);
            let users = numbers::lost_users(unprotected.users);
            let stay = by_count(
                &numbers::users_up(unprotected.users),
                ["more is", "more are"],
            );
            let stuck = if unprotected.users - unprotected.stuck <= NOBODY {
                ": they have no other permitted site".to_owned()
            } else if unprotected.stuck > NOBODY {
                let stuck = numbers::users_up(unprotected.stuck);
                format!(", {stuck} of them without another permitted site")
            } else {
                String::new()
            };
            let mut sentence = format!("If {}, {users} {stay} unserved{stuck}.", visible(&happens));
            if let Some(repair) = &unprotected.repair {
                sentence.push(' ');
                sentence.push_str(&repair_words(self.inventory, &names, repair));
            }
            sentences.push(sentence);
        }
        [vec![not_survived], sentences]
    }
}

impl Briefing<'_> {
    /// The cost of gray faults before their detection: that tenants can lose more than is asked, with the details, in the
    /// period in which they lose most; or that none does.
    fn exposed(&self) -> [Vec<String>; 2] {
        let periods = self.plan.periods.iter();
        let asked = periods.filter_map(|period| period.protection.as_ref());
        let asked: Vec<&Protection> = asked
            .filter(|protection| protection.gray.is_some())
            .collect();
        let worst = asked
            .iter()
            .rev()
            .max_by(|a, b| a.users_beyond().total_cmp(&b.users_beyond()));
        let Some((protection, gray)) =
            worst.and_then(|protection| Some((protection, protection.protect.gray.as_ref()?)))
        else {
            return Default::default();
        };
        if gray.max_loss.iter().all(Option::is_none) {
            return Default::default();
        }
        let until = format!(
            "In the {} minutes until a gray fault is detected",
            numbers::amount(gray.minutes)
        );
        let beyond: Vec<(&GrayLoss, f64)> = protection.beyond().collect();
        if beyond.is_empty() {
            return [Vec::new(), vec![format!("{until} {}.", self.kept(gray))]];
        }
        let tenants = match beyond.len() {
            1 => "one tenant loses".to_owned(),
            several => format!("{} tenants lose", numbers::amount(several as f64)),
        };
        let bounded = bounded(protection, gray);
        let beyond_asked = format!(
            "{until} {tenants} more work than asked, {} beyond it (of {} tenants with a bound).",
            numbers::lost_users(protection.users_beyond()),
            numbers::amount(bounded as f64),
        );
        let mut sentences = Vec::from_iter((bounded > MOST_WATCHED).then(|| {
            let most = numbers::amount(MOST_WATCHED as f64);
            format!("Homes were sought for the {most} of these tenants with most users.")
        }));
        let names = ComponentNames::of(self.inventory, gray.over);
        for (loss, _) in beyond.into_iter().take(MOST) {
            let bound = gray.max_loss[loss.tier.index()].unwrap_or(1.0);
            sentences.push(format!(
                "{} may lose {} of the work of its {} users of {} while {} (limit {}){}.",
                visible(self.inventory.tenant_name(loss.tenant)),
                numbers::short_percent_up(loss.share()),
                numbers::users(loss.users),
                visible(self.inventory.tier_name(loss.tier)),
                visible(&names.being_gray(&loss.worst)),
                numbers::short_percent_up(bound),
                only_if(
                    gray.over == FailureSet::Sites && self.is_one_shard(loss),
                    || "; no home divides its one shard"
                )
            ));
        }
        [vec![beyond_asked], sentences]
    }

    fn is_one_shard(&self, loss: &GrayLoss) -> bool {
        let shards = self.inventory.shards.iter();
        let filter = shards.filter(|row| (row.tenant, row.tier) == (loss.tenant, loss.tier));
        filter.filter(|row| row.users > 0).nth(1).is_none()
    }

    /// `no tenant loses more than 10 % of its work in gold`.
    fn kept(&self, gray: &ProtectGray) -> String {
        let tiers = self.inventory.tiers.iter().zip(&gray.max_loss);
        let bounds = tiers.filter_map(|(tier, bound)| {
            let share = numbers::short_percent_up((*bound)?);
            Some(format!("{share} of its work in {}", visible(&tier.id)))
        });
        let bounds: Vec<String> = bounds.collect();
        format!("no tenant loses more than {}", bounds.join(" or "))
    }
}

fn bounded(protection: &Protection, gray: &ProtectGray) -> usize {
    let losses = protection
        .gray
        .iter()
        .flat_map(|gray_sweep| &gray_sweep.losses);
    losses
        .filter(|loss| gray.max_loss[loss.tier.index()].is_some())
        .count()
}

fn how_proven(protection: &Protection) -> String {
    let lost = protection.unserved_users();
    let least = protection.least_unserved;
    if lost - least <= NOBODY.max(1e-6 * lost) {
        format!(
            "{} more are unserved, summed over them, and no plan with the same service loses fewer",
            numbers::lost_users(lost)
        )
    } else if least > NOBODY {
        format!(
            "{} more are unserved, summed over them, and at least {} in any plan with the same service",
            numbers::lost_users(lost),
            numbers::users_up(least)
        )
    } else {
        format!(
            "{} more are unserved, summed over them; it is not proven that no plan loses fewer",
            numbers::lost_users(lost)
        )
    }
}

/// The name of a case and of several: `failure of one site`, `failures of up to 2 elements`, `failure of one site with
/// up to one gray element at the same time`, `gray faults of one element`.
fn cases_of(asked: &Protect) -> (String, String) {
    let hard = counted(asked.failures, noun(asked.over));
    let Some(gray) = &asked.gray else {
        return (format!("failure of {hard}"), format!("failures of {hard}"));
    };
    let silent = counted(gray.most, noun(gray.over));
    if asked.failures == 0 {
        return (
            format!("gray fault of {silent}"),
            format!("gray faults of {silent}"),
        );
    }
    let both = format!("{hard} while {silent} may be gray");
    (format!("failure of {both}"), format!("failures of {both}"))
}

fn counted(most: u32, noun: &str) -> String {
    match most {
        1 => format!("one {noun}"),
        most => format!("up to {most} {noun}s"),
    }
}

/// The recovery in words; a gray component that has not failed triggers no takeover.
fn recovery_words(asked: &Protect) -> &'static str {
    match asked.recovery {
        Recovery::Replan => "by planning again",
        _ if asked.failures == 0 => "without planning again",
        Recovery::Rescale => "by the weights of the survivors",
        Recovery::Replicas => "by the takeover of each shard",
    }
}
