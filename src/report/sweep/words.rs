//! Sentences about a sweep: unchecked and unproven cases, how many hold, the worst ones, survival, and how they were settled.

use super::names::ComponentNames;
use super::report::{
    CaseCounts, RecoveryOutcome, SweepReport, TierSurvival, answer, unserved, worst,
};
use crate::model::{CaseKind, Recovery};
use crate::plan::sweep::{CaseResult, SettledBy};
use crate::report::grammar::{by_count, capital, count, only_if, short};
use crate::report::numbers;
use crate::report::text::visible;
use crate::report::words::{NO_TARGET, premise};
use crate::units::NOBODY;

impl SweepReport<'_> {
    /// How many cases do not hold, after those that were not checked or have no proof where all others hold. It has the commands
    /// that check the rest.
    pub(super) fn verdict(&self) -> String {
        let moved = self.moved_not_checked().map(|words| {
            format!(
                "{words} To check: plimsoll sweep INVENTORY --scenario FILE --from plan --out DIR."
            )
        });
        self.verdict_with(moved)
    }

    /// The same on a page, whose first action is what to check.
    pub(super) fn short_verdict(&self) -> String {
        self.verdict_with(self.moved_not_checked().map(str::to_owned))
    }

    fn verdict_with(&self, moved: Option<String>) -> String {
        let recovery = self.recovery();
        let counts = self.counts(recovery);
        // Where cases fail already, what to do about these comes first.
        let moved = moved.filter(|_| counts.hold == counts.all());
        let unchecked = self.extent.sentence(self.sweep.contingencies.count());
        let unproven = match counts.unproven {
            0 => None,
            some => Some(format!(
                "Not proven: the values of {}.",
                count(some, "case")
            )),
        };
        let whole = [
            self.unserved_with_whole(),
            self.more_with_whole(),
            self.missed_with_whole(),
        ];
        let whole: Vec<String> = whole.into_iter().flatten().collect();
        let searched = (!whole.is_empty()).then(|| "No better placement was found.".to_owned());
        let alarms = [unchecked, moved, unproven, self.whole_not_checked()];
        let alarms: Vec<String> = (whole.into_iter().chain(searched))
            .chain(alarms.into_iter().flatten())
            .collect();
        let under = match self.sweep.recoveries.as_slice() {
            [Recovery::Replan] => String::new(),
            _ => format!(" under {}", recovery.word()),
        };
        let counted = counted(&counts, self.targets_met());
        let premise = premise(self.scenario.policy.demand);
        // An all clear may rest on homes that split shards; damage is there with whole shards too.
        let split = only_if(counts.hold == counts.all(), || self.if_split(recovery));
        let answer = format!("{counted}{under}{}{split}, {premise}.", self.so_far());
        // Damage comes before what is not known, and that before an all clear.
        let parts = if counts.hold < counts.all() {
            [vec![answer], alarms]
        } else {
            [alarms, vec![answer]]
        };
        parts.concat().join(" ")
    }

    /// That a sweep from the start says nothing of failures once users have moved; `None` from the plan, and without events.
    fn moved_not_checked(&self) -> Option<&'static str> {
        let is_any = !self.sweep.is_from_plan && !self.scenario.events.is_empty();
        is_any.then_some("Not checked: failures once users have moved.")
    }

    /// The cases and their recoveries.
    pub(super) fn asked(&self) -> Vec<String> {
        let cases = &self.sweep.contingencies;
        let sizes = 1..=self.most();
        let sizes = sizes.map(|size| self.counted_cases(cases.of_size(size).len(), size));
        let mut kinds = vec!["1 without a failure".to_owned()];
        kinds.extend(sizes);
        if !cases.groups.is_empty() {
            kinds.push(count(cases.groups.len(), "risk group"));
        }
        if cases.most_gray() > 0 {
            let choices = cases.count() / cases.without_gray() - 1;
            let choices = numbers::whole(choices);
            kinds.push(format!(
                "and all of these with {choices} choices of gray members"
            ));
        }
        let answers = self.sweep.recoveries.iter();
        let answers = answers
            .map(|recovery| format!("{} ({})", recovery.word(), answer(self.sweep, *recovery)));
        let answers: Vec<String> = answers.collect();
        vec![format!(
            "{}: {}. Recovery: {}.",
            count(cases.count(), "case"),
            kinds.join(", "),
            answers.join(", ")
        )]
    }

    /// The worst case of every number of failures, and how many leave users unserved only together.
    pub(super) fn worst_cases(&self, names: &ComponentNames<'_>) -> Vec<String> {
        let mut sentences = self.whole_cases(names);
        for size in self.sizes(self.recovery()) {
            sentences.extend(self.worst_of_size(names, size));
            sentences.extend(self.together(size));
            sentences.extend(self.only_together(size));
        }
        let made = sentences.iter().map(|words| visible(words).into_owned());
        made.collect()
    }

    fn worst_of_size(&self, names: &ComponentNames<'_>, size: usize) -> Vec<String> {
        let ranked = self.ranked_rows(CaseKind::Failures(size));
        let is_new = |case_result: &&CaseResult| !self.is_explained(case_result);
        let mut all = ranked.iter();
        let first = all.position(|(_, found)| found.iter().flatten().any(is_new));
        let Some((case, found)) = ranked.into_iter().nth(first.unwrap_or(0)) else {
            let beyond = if self.misses_a_target_before() {
                " by more than before"
            } else {
                ""
            };
            let calm = format!(
                "No {} leaves users unserved or misses a headroom target{beyond}{}{}.",
                self.case_of_size(size),
                self.so_far(),
                self.if_split(self.recovery())
            );
            return Vec::from_iter((size > 0).then_some(calm));
        };
        let found: Vec<&CaseResult> = found.into_iter().flatten().collect();
        if found
            .iter()
            .all(|case_result| self.is_explained(case_result))
        {
            // What its failures come to alone is said of them.
            return Vec::new();
        }
        let mut sentences = vec![self.case_sentence(names, &found)];
        for case_result in found {
            sentences.extend(self.because(case_result.recovery, case).iter().cloned());
        }
        sentences
    }

    /// `37 pairs of sites leave users unserved though none of their sites does alone.`
    fn only_together(&self, size: usize) -> Option<String> {
        if size < 2 {
            return None;
        }
        let recovery = self.recovery();
        let cases = &self.sweep.contingencies;
        let is_served = |case: usize| {
            let found = self.found(recovery, case);
            found.is_some_and(|case_result| case_result.unserved_users() <= NOBODY)
        };
        let is_new = |case_result: &&CaseResult| {
            let mut positions = cases.positions(case_result.case).into_iter();
            case_result.unserved_users() > NOBODY
                && positions.all(|position| is_served(cases.case_of(&[position])))
        };
        let count = self.of_size(recovery, size).filter(is_new).count();
        if count == 0 {
            return None;
        }
        let cases = self.counted_cases(count, size);
        let leave = by_count(&numbers::whole(count), ["leaves", "leave"]);
        let (noun, so_far) = (self.noun(), self.so_far());
        Some(format!(
            "{cases} {leave} users unserved{so_far}, although none of their {noun}s does alone."
        ))
    }

    /// `1 pair of sites`, `37 pairs of sites`.
    pub(super) fn counted_cases(&self, count: usize, size: usize) -> String {
        let noun = match count {
            1 => self.case_of_size(size),
            _ => self.cases_of_size(size),
        };
        format!("{} {noun}", numbers::whole(count))
    }

    pub(super) fn value_of_acting(
        &self,
        names: &ComponentNames<'_>,
        acting: &[RecoveryOutcome<'_>],
    ) -> Vec<String> {
        let of = acting.iter().filter_map(|recovery_outcome| {
            Some((recovery_outcome.recovery, recovery_outcome.saved?))
        });
        let sentences = of.map(|(recovery, (case, users))| {
            let words = format!(
                "Benefit of replanning: {}, a new plan serves {} users that {} leaves unserved.",
                self.condition(names, case),
                numbers::users(users),
                recovery.word()
            );
            visible(&words).into_owned()
        });
        sentences.collect()
    }

    pub(super) fn survivors(&self) -> Vec<String> {
        let is_stopped = self.extent.is_stopped();
        let so_far = if is_stopped {
            ", as far as checked"
        } else {
            ""
        };
        let survival = self.survival(self.recovery());
        // That none survives is so with whole shards too.
        let is_any = |tier_survival: &TierSurvival| {
            tier_survival.survive.iter().skip(1).any(|count| *count > 0)
        };
        let sentences = survival.iter();
        let sentences = sentences.filter_map(|tier_survival| {
            Some((self.survival_words(tier_survival)?, is_any(tier_survival)))
        });
        sentences
            .map(|(words, is_any)| {
                let split = only_if(is_any, || self.if_split(self.recovery()));
                visible(&format!("{words}{so_far}{split}.")).into_owned()
            })
            .collect()
    }

    pub(super) fn settled(&self) -> Vec<String> {
        let sentences = self.sweep.recoveries.iter().map(|recovery| {
            let settled = self.sweep.tally.settled(*recovery).into_iter();
            let settled = settled.enumerate().map(|(index, (by_what, cases))| {
                let cases = match index {
                    0 => count(cases, "case"),
                    _ => numbers::whole(cases),
                };
                format!("{cases} {}", by(by_what))
            });
            let settled: Vec<String> = settled.collect();
            let proven = match self.counts(*recovery).unproven {
                0 => "every value is proven".to_owned(),
                more => format!("the values of {} are not proven", count(more, "case")),
            };
            let of = match self.sweep.recoveries.len() {
                1 => String::new(),
                _ => format!(" under {}", recovery.word()),
            };
            format!("Settled{of}: {}; {proven}.", settled.join(", "))
        });
        sentences.collect()
    }

    /// ` so far` where it was stopped.
    fn so_far(&self) -> &'static str {
        if self.extent.is_stopped() {
            " so far"
        } else {
            ""
        }
    }

    /// The number of unserved users without any failure under a recovery; 0 if that case was not checked.
    pub(super) fn unserved_at_first(&self, recovery: Recovery) -> f64 {
        worst(self.of_size(recovery, 0)).map_or(0.0, unserved)
    }
}

fn by(by_what: SettledBy) -> &'static str {
    match by_what {
        SettledBy::Default => "by the default paths",
        SettledBy::Parts => "by plans of smaller cases put together",
        SettledBy::Solver => "by the solver",
        SettledBy::Rule => "by the rule of the recovery",
    }
}

/// `12 of 1,771 cases leave users unserved, 59 miss a headroom target, 1,700 hold`.
fn counted(counts: &CaseCounts, targets_met: &str) -> String {
    let CaseCounts {
        hold,
        unserved,
        missed,
        ..
    } = *counts;
    let all = counts.all();
    let number = numbers::whole;
    // `all 40 cases`, `the only case`, `3 of 40 cases`.
    let of_all = |count: usize| match (count == all, all) {
        (true, 1) => "the only case".to_owned(),
        (true, _) => format!("all {} cases", number(all)),
        (false, _) => format!("{} of {} cases", number(count), number(all)),
    };
    let leaves = by_count(&number(unserved), ["leaves", "leave"]);
    let misses = by_count(&number(missed), ["misses", "miss"]);
    let holds = by_count(&number(hold), ["holds", "hold"]);
    let rest = match hold {
        0 => "none holds".to_owned(),
        more => format!("{} {holds}", number(more)),
    };
    if hold == all && targets_met == NO_TARGET {
        return format!("Everyone is served in {} ({NO_TARGET})", of_all(all));
    }
    if hold == all {
        return format!("Everyone is served and {targets_met} in {}", of_all(all));
    }
    if unserved == 0 {
        let missed = of_all(missed);
        return format!(
            "{} {misses} a headroom target; everyone is served",
            capital(&missed)
        );
    }
    let unserved = format!("{} {leaves} users unserved", capital(&of_all(unserved)));
    match (missed, hold) {
        (0, 0) => unserved,
        (0, _) => format!("{unserved}, {rest}"),
        (missed, _) => {
            let missed = number(missed);
            format!("{unserved}, {missed} {misses} a headroom target, {rest}")
        }
    }
}

impl SweepReport<'_> {
    /// `288 of 300 tenants of gold survive the failure of any single site, 201 of any pair of sites`; nothing where no case was
    /// checked.
    pub(super) fn survival_words(&self, tier_survival: &TierSurvival) -> Option<String> {
        let sizes: Vec<usize> = self.sizes(self.recovery()).collect();
        let last = *sizes.last()?;
        let tier = short(&self.inventory.tiers[tier_survival.tier.index()].id);
        let all = numbers::whole(tier_survival.tenants);
        let tenants = by_count(&all, ["tenant", "tenants"]);
        // Of one it is said in the singular.
        let any = |size: usize, count: usize| {
            let is_one = count == 1;
            match size {
                0 if is_one => "is served without a failure".to_owned(),
                0 => "are served without a failure".to_owned(),
                size => {
                    let survive = if is_one { "survives" } else { "survive" };
                    format!("{survive} the failure of any {}", self.case_of_size(size))
                }
            }
        };
        if tier_survival.survive[last] == tier_survival.tenants {
            let who = match tier_survival.tenants {
                1 => "The only".to_owned(),
                _ => format!("All {all}"),
            };
            let any = any(last, tier_survival.tenants);
            return Some(format!("{who} {tenants} of {tier} {any}"));
        }
        let mut words: Vec<String> = Vec::new();
        let mut before: Option<usize> = None;
        for size in sizes {
            let count = tier_survival.survive[size];
            // That all are served without a failure goes without saying.
            if size == 0 && count == tier_survival.tenants {
                continue;
            }
            let shown = numbers::whole(count);
            words.push(match before {
                None => format!("{shown} of {all} {tenants} of {tier} {}", any(size, count)),
                Some(0) => format!("{shown} {}", any(size, count)),
                Some(_) => format!("{shown} of any {}", self.case_of_size(size)),
            });
            before = Some(size);
            // A tenant that fewer failures break is broken by more.
            if count == 0 {
                break;
            }
        }
        Some(words.join(", "))
    }
}
