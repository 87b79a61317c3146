//! Sentences about a sweep: how many cases hold, which there are, which are worst, who survives, and how they were settled.

use super::names::Names;
use super::report::Acting;
use super::report::Counts;
use super::report::{SweepReport, answer};
use super::report::{unserved, worst};
use crate::ids::{TenantId, TierId};
use crate::model::{CaseKind, Recovery};
use crate::plan::sweep::{Break, CaseResult, SettledBy};
use crate::report::grammar::{by_count, capital, count, short};
use crate::report::numbers;
use crate::report::text::visible;
use crate::report::words::premise;
use crate::units::NOBODY;

impl SweepReport<'_> {
    /// The verdict in a sentence: how many cases hold, and how many do not.
    pub(in crate::report) fn verdict(&self) -> String {
        let recovery = self.recovery();
        let is_plain = self.sweep.recoveries.len() == 1 && recovery == Recovery::Replan;
        let under = if is_plain {
            String::new()
        } else {
            format!(" under {}", recovery.word())
        };
        let so_far = self.so_far();
        let counts = self.counts(recovery);
        let premise = premise(self.scenario.policy.demand);
        format!(
            "{}{under}{so_far}, {premise}.",
            counted(&counts, self.targets_met())
        )
    }

    /// Which cases there are and how they are answered; what is missing where it was stopped.
    pub(in crate::report) fn asked(&self) -> Vec<String> {
        let cases = &self.sweep.contingencies;
        let mut kinds = vec!["1 without a failure".to_owned()];
        for size in 1..=self.most() {
            kinds.push(self.counted_cases(cases.of_size(size).len(), size));
        }
        if !cases.groups.is_empty() {
            kinds.push(count(cases.groups.len(), "risk group"));
        }
        if cases.most_gray() > 0 {
            let choices = cases.count() / cases.without_gray() - 1;
            let choices = numbers::users(choices as f64);
            kinds.push(format!(
                "and all of these with {choices} choices of gray members"
            ));
        }
        let answers = self.sweep.recoveries.iter();
        let answers = answers.map(|own| format!("{} ({})", own.word(), answer(self.sweep, *own)));
        let answers: Vec<String> = answers.collect();
        let asked = format!(
            "The cases: {}; recovery {}.",
            kinds.join(", "),
            answers.join(", ")
        );
        let extent = self.extent.sentence(cases.count());
        std::iter::once(asked).chain(extent).collect()
    }

    /// The worst case of every number of failures, and how many do only together what none of them does alone.
    pub(in crate::report) fn worst_cases(&self, names: &Names<'_>) -> Vec<String> {
        let mut sentences = Vec::new();
        for size in 0..=self.most() {
            if self.of_size(self.recovery(), size).next().is_none() {
                continue;
            }
            sentences.extend(self.worst_of_size(names, size));
            sentences.extend(self.only_together(size));
        }
        let made = sentences.iter().map(|words| visible(words).into_owned());
        made.collect()
    }

    fn worst_of_size(&self, names: &Names<'_>, size: usize) -> Vec<String> {
        let so_far = self.so_far();
        let Some((case, found)) = self
            .ranked_rows(CaseKind::Failures(size))
            .into_iter()
            .next()
        else {
            let noun = self.case_of_size(size);
            let calm =
                format!("No {noun} leaves anybody unserved or misses a headroom target{so_far}.");
            return Some(calm).filter(|_| size > 0).into_iter().collect();
        };
        let found: Vec<&CaseResult> = found.into_iter().flatten().collect();
        let mut sentences = vec![self.case_sentence(names, &found)];
        for own in found {
            sentences.extend(self.because(own.recovery, case).iter().cloned());
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
            found.is_some_and(|own| own.unserved_users() <= NOBODY)
        };
        let is_new = |own: &&CaseResult| {
            let mut positions = cases.positions(own.case).into_iter();
            own.unserved_users() > NOBODY
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
            "{cases} {leave} users unserved{so_far} though no {noun} of theirs does alone."
        ))
    }

    /// `1 pair of sites`, `37 pairs of sites`.
    fn counted_cases(&self, count: usize, size: usize) -> String {
        let noun = if count == 1 {
            self.case_of_size(size)
        } else {
            self.cases_of_size(size)
        };
        format!("{} {noun}", numbers::whole(count))
    }

    /// What planning again would save against the other recoveries.
    pub(in crate::report) fn value_of_acting(
        &self,
        names: &Names<'_>,
        acting: &[Acting<'_>],
    ) -> Vec<String> {
        let of = acting
            .iter()
            .filter_map(|own| Some((own.recovery, own.saved?)));
        let sentences = of.map(|(recovery, (case, users))| {
            let condition = self.condition(names, case);
            let users = numbers::users(users);
            let recovery = recovery.word();
            format!("The value of acting: {condition}, planning again serves {users} users whom {recovery} leaves unserved.")
        });
        sentences
            .map(|words| visible(&words).into_owned())
            .collect()
    }

    /// How many tenants of each tier survive any failures.
    pub(in crate::report) fn survivors(&self) -> Vec<String> {
        let so_far = if self.extent.is_stopped() {
            ", as far as was looked"
        } else {
            ""
        };
        let survival = self.survival(self.recovery());
        let sentences = survival.iter().filter_map(|own| self.survival_words(own));
        sentences
            .map(|words| visible(&format!("{words}{so_far}.")).into_owned())
            .collect()
    }

    /// How many cases were settled in which way, and whether all of them are proven.
    pub(in crate::report) fn settled(&self) -> Vec<String> {
        let sentences = self.sweep.recoveries.iter().map(|recovery| {
            let ways = self.sweep.tally.settled(*recovery);
            let ways = ways.into_iter().enumerate().map(|(index, (way, cases))| {
                let cases = match index {
                    0 => count(cases, "case"),
                    _ => numbers::whole(cases),
                };
                format!("{cases} {}", by(way))
            });
            let ways: Vec<String> = ways.collect();
            let proven = match self.counts(*recovery).unproven {
                0 => "every value is proven".to_owned(),
                more => format!("the values of {} are not proven", count(more, "case")),
            };
            let of = if self.sweep.recoveries.len() > 1 {
                format!(" under {}", recovery.word())
            } else {
                String::new()
            };
            format!("Settled{of}: {}; {proven}.", ways.join(", "))
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

    /// What somebody unserved without any failure comes to under a recovery; 0 if that case was not looked at.
    pub(super) fn unserved_at_first(&self, recovery: Recovery) -> f64 {
        worst(self.of_size(recovery, 0)).map_or(0.0, unserved)
    }
}

fn by(way: SettledBy) -> &'static str {
    match way {
        SettledBy::Default => "by the default paths",
        SettledBy::Parts => "by plans of smaller cases put together",
        SettledBy::Solver => "by the solver",
        SettledBy::Rule => "by the rule of the recovery",
    }
}

/// `12 of 1,771 cases leave users unserved, 59 miss a headroom target, 1,700 hold`.
fn counted(counts: &Counts, targets_met: &str) -> String {
    let Counts {
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
    let rest = match hold {
        0 => "none holds".to_owned(),
        more => format!(
            "{} {}",
            number(more),
            by_count(&number(more), ["holds", "hold"])
        ),
    };
    if hold == all {
        return format!("Everyone is served and {targets_met} in {}", of_all(all));
    }
    if unserved == 0 {
        let missed = of_all(missed);
        return format!("Everyone is served; {missed} {misses} a headroom target");
    }
    let unserved = capital(&of_all(unserved));
    match (missed, hold) {
        (0, 0) => format!("{unserved} {leaves} users unserved"),
        (0, _) => format!("{unserved} {leaves} users unserved, {rest}"),
        (missed, _) => format!(
            "{unserved} {leaves} users unserved, {} {misses} a headroom target, {rest}",
            number(missed)
        ),
    }
}

/// How many failures at once the tenants of one tier survive, whichever they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::report) struct Survival {
    pub(in crate::report) tier: TierId,
    /// Tenants that have users of it.
    pub(in crate::report) tenants: usize,
    /// By number of failures from 0 on, tenants that any so many leave without unserved users of the tier.
    pub(in crate::report) survive: Vec<usize>,
}

impl SweepReport<'_> {
    /// Tiers and the tenants that have users of them before the scenario or are broken by some case; ascending.
    pub(in crate::report) fn tenants(&self, recovery: Recovery) -> Vec<(TierId, TenantId)> {
        let shards = self.inventory.shards.iter().enumerate();
        let has_users = |shard: usize, users: u64| {
            let known = self.before.map(|before| before.case.users(shard));
            known.unwrap_or(users as f64) > NOBODY
        };
        let mut all: Vec<_> = shards
            .filter(|(index, shard)| has_users(*index, shard.users))
            .map(|(_, shard)| (shard.tier, shard.tenant))
            .collect();
        // Who comes later has users as well.
        let breaks = self.sweep.tally.breaks.keys();
        let broken = breaks.filter(|own| own.recovery == recovery);
        all.extend(broken.map(|own| (own.tier, own.tenant)));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The smallest case that breaks a tenant's tier, if one does.
    pub(in crate::report) fn breaking(
        &self,
        recovery: Recovery,
        tier: TierId,
        tenant: TenantId,
    ) -> Option<usize> {
        let key = Break {
            recovery,
            tenant,
            tier,
        };
        self.sweep.tally.breaks.get(&key).copied()
    }

    /// How many failures at once the tenants of each tier survive; tiers by rank.
    pub(in crate::report) fn survival(&self, recovery: Recovery) -> Vec<Survival> {
        let most = self.most();
        let mut all: Vec<Survival> = Vec::new();
        for (tier, tenant) in self.tenants(recovery) {
            if all.last().is_none_or(|last| last.tier != tier) {
                all.push(Survival {
                    tier,
                    tenants: 0,
                    survive: vec![0; most + 1],
                });
            }
            let Some(own) = all.last_mut() else { continue };
            own.tenants += 1;
            let broken_by = self
                .breaking(recovery, tier, tenant)
                .map_or(most + 1, |case| self.sweep.contingencies.size(case));
            for survive in own.survive.iter_mut().take(broken_by) {
                *survive += 1;
            }
        }
        all.sort_by_key(|own| (self.inventory.tiers[own.tier.index()].rank, own.tier));
        all
    }

    pub(super) fn sizes(&self, recovery: Recovery) -> impl Iterator<Item = usize> {
        (0..=self.most()).filter(move |size| self.of_size(recovery, *size).next().is_some())
    }

    /// `288 of 300 tenants of gold survive the failure of any single site, 201 of any pair of sites`; nothing where no
    /// case was looked at.
    pub(super) fn survival_words(&self, own: &Survival) -> Option<String> {
        let sizes: Vec<usize> = self.sizes(self.recovery()).collect();
        let last = *sizes.last()?;
        let tier = short(&self.inventory.tiers[own.tier.index()].id);
        let all = numbers::users(own.tenants as f64);
        let tenants = if own.tenants == 1 {
            "tenant"
        } else {
            "tenants"
        };
        // Of one it is said in the singular.
        let any = |size: usize, count: usize| match (size, count) {
            (0, 1) => "is served without a failure".to_owned(),
            (0, _) => "are served without a failure".to_owned(),
            (size, 1) => format!("survives the failure of any {}", self.case_of_size(size)),
            (size, _) => format!("survive the failure of any {}", self.case_of_size(size)),
        };
        if own.survive[last] == own.tenants {
            let who = if own.tenants == 1 {
                "The only".to_owned()
            } else {
                format!("All {all}")
            };
            return Some(format!(
                "{who} {tenants} of {tier} {}",
                any(last, own.tenants)
            ));
        }
        let mut words: Vec<String> = Vec::new();
        let mut before: Option<usize> = None;
        for size in sizes {
            let count = own.survive[size];
            // That all are served without a failure goes without saying.
            if size == 0 && count == own.tenants {
                continue;
            }
            let shown = numbers::users(count as f64);
            words.push(match before {
                None => format!("{shown} of {all} {tenants} of {tier} {}", any(size, count)),
                Some(0) => format!("{shown} {}", any(size, count)),
                Some(_) => format!("{shown} of any {}", self.case_of_size(size)),
            });
            before = Some(size);
            // Whom fewer failures break is broken by more.
            if count == 0 {
                break;
            }
        }
        Some(words.join(", "))
    }
}
