//! Sentences about cases of a sweep and what they do to tenants.

use super::acting::Acting;
use super::counts::Counts;
use super::names::Names;
use super::ranked::worst;
use super::told::{Told, answer};
use crate::model::Recovery;
use crate::plan::sweep::{Found, SettledBy};
use crate::report::numbers;
use crate::report::text::visible;
use crate::report::words::{PREMISE, short};
use crate::units::NOBODY;

/// Most components that a sentence says to bind.
const NAMED: usize = 2;

impl Told<'_> {
    /// The verdict in a sentence: how many cases hold, and how many do not.
    pub(in crate::report) fn verdict(&self) -> String {
        let recovery = self.recovery();
        let under = if self.sweep.recoveries.len() > 1 || recovery != Recovery::Replan {
            format!(" under {}", recovery.word())
        } else {
            String::new()
        };
        let counts = self.counts(recovery);
        let so_far = if self.extent.is_stopped() {
            " so far"
        } else {
            ""
        };
        format!("{}{under}{so_far}, {PREMISE}.", counted(&counts))
    }

    /// Which cases there are and how they are answered; what is missing where it was stopped.
    pub(in crate::report) fn asked(&self) -> Vec<String> {
        let cases = &self.sweep.contingencies;
        let mut kinds = vec!["1 without a failure".to_owned()];
        for size in 1..=self.most() {
            let count = cases.of_size(size).len();
            let noun = if count == 1 {
                self.case_of_size(size)
            } else {
                self.cases_of_size(size)
            };
            kinds.push(format!("{} {noun}", numbers::users(count as f64)));
        }
        let answers = self.sweep.recoveries.iter();
        let answers: Vec<String> = answers
            .map(|own| format!("{} ({})", own.word(), answer(*own)))
            .collect();
        let mut sentences = vec![format!(
            "The cases: {}; recovery {}.",
            kinds.join(", "),
            answers.join(", ")
        )];
        let all = cases.count();
        if let Some(words) = self.extent.words(all) {
            let missing = self.extent.asked - self.extent.done.min(self.extent.asked);
            let stopped = match missing {
                0 => "the other parts have the rest".to_owned(),
                1 => "1 case was not looked at, and may be worse".to_owned(),
                more => format!(
                    "{} cases were not looked at, and may be worse",
                    numbers::users(more as f64)
                ),
            };
            sentences.push(format!("This is {words}: {stopped}."));
        }
        sentences
    }

    /// The worst case of every number of failures.
    pub(in crate::report) fn worst_cases(&self, names: &Names<'_>) -> Vec<String> {
        let mut sentences = Vec::new();
        for size in 0..=self.most() {
            let found =
                self.sweep.recoveries.iter().map(|recovery| {
                    worst(self.of_size(*recovery, size)).map(|own| (*recovery, own))
                });
            let found: Vec<(Recovery, &Found)> = found.flatten().collect();
            let is_calm = found.iter().all(|(_, own)| own.holds());
            if is_calm && size > 0 && !found.is_empty() {
                let noun = self.case_of_size(size);
                let so_far = if self.extent.is_stopped() {
                    " so far"
                } else {
                    ""
                };
                sentences.push(format!(
                    "No {noun} leaves anybody unserved or misses a headroom target{so_far}."
                ));
                continue;
            }
            for (recovery, own) in found.into_iter().filter(|(_, own)| !own.holds()) {
                sentences.push(self.case_sentence(names, own));
                sentences.extend(self.because(recovery, own.case).iter().cloned());
            }
        }
        let made = sentences.iter().map(|words| visible(words).into_owned());
        made.collect()
    }

    /// `If San Antonio fails during drain-chicago, 412,000 users of gold stay unserved; Boydton cpu binds.`
    pub(in crate::report) fn case_sentence(&self, names: &Names<'_>, found: &Found) -> String {
        let (subject, is_one) = names.subject(&self.sweep.contingencies, found.case);
        let mut condition = if subject.is_empty() {
            "without any failure".to_owned()
        } else {
            let fails = if is_one { "fails" } else { "fail" };
            format!("if {subject} {fails}")
        };
        if self.has_event() {
            condition = format!("{condition} during {}", short(&self.scenario.name));
        }
        if self.sweep.recoveries.len() > 1 {
            condition = format!("under {}, {condition}", found.recovery.word());
        }
        let mut letters = condition.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        let condition: String = first.chain(letters).collect();
        format!(
            "{condition}, {}{}.",
            self.outcome(names, found),
            self.binds(names, found)
        )
    }

    /// `412,000 users of gold stay unserved`.
    fn outcome(&self, names: &Names<'_>, found: &Found) -> String {
        let unserved = found.unserved_users();
        if unserved > NOBODY {
            return self.unserved(found);
        }
        match found.missing {
            Some(missing) => format!(
                "everyone is served, and {} {}",
                self.resource(names, (missing.component, missing.resource)),
                lacks(missing.share)
            ),
            None => "everyone is served and every headroom target is met".to_owned(),
        }
    }

    fn unserved(&self, found: &Found) -> String {
        let all = numbers::users_up(found.unserved_users());
        let (users, stay) = if all == "1" {
            ("user", "stays")
        } else {
            ("users", "stay")
        };
        let tiers = self.sweep.tiers.iter().zip(&found.unserved);
        let hurt: Vec<(&String, &f64)> = tiers.filter(|(_, users)| **users > NOBODY).collect();
        match hurt.as_slice() {
            [(tier, _)] if self.sweep.tiers.len() > 1 => {
                format!("{all} {users} of {} {stay} unserved", short(tier))
            }
            [] | [_] => format!("{all} {users} {stay} unserved"),
            several => {
                let parts: Vec<String> = several
                    .iter()
                    .map(|(tier, users)| {
                        format!("{} of {}", numbers::users_up(**users), short(tier))
                    })
                    .collect();
                format!("{all} {users} {stay} unserved ({})", parts.join(", "))
            }
        }
    }

    /// `; Boydton cpu and 3 others bind`.
    fn binds(&self, names: &Names<'_>, found: &Found) -> String {
        let binding = self.binding(names, found);
        match binding.as_slice() {
            [] => String::new(),
            [one] => format!("; {one} binds"),
            [one, two] => format!("; {one} and {two} bind"),
            [first @ .., _] => {
                let rest = binding.len() - NAMED;
                let others = if rest == 1 { "other" } else { "others" };
                format!("; {} and {rest} {others} bind", first[..NAMED].join(", "))
            }
        }
    }

    /// What binds in a case, in words.
    pub(in crate::report) fn binding(&self, names: &Names<'_>, found: &Found) -> Vec<String> {
        let binding = found.binding.iter();
        binding.map(|at| self.resource(names, *at)).collect()
    }

    /// `Boydton cpu`.
    pub(in crate::report) fn resource(
        &self,
        names: &Names<'_>,
        (component, resource): (crate::ids::ComponentId, crate::ids::ResourceId),
    ) -> String {
        let resource = &self.inventory.resources[resource.index()].id;
        format!("{} {}", short(&names.alone(component)), short(resource))
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
        of.map(|(recovery, (case, users))| {
            let (subject, is_one) = names.subject(&self.sweep.contingencies, case);
            let condition = match (subject.is_empty(), is_one) {
                (true, _) => "without any failure".to_owned(),
                (false, true) => format!("if {subject} fails"),
                (false, false) => format!("if {subject} fail"),
            };
            let users = numbers::users(users);
            let sentence = format!(
                "The value of acting: {condition}, planning again serves {users} users whom {} leaves unserved.",
                recovery.word()
            );
            visible(&sentence).into_owned()
        })
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
        let sentences = survival.iter().map(|own| {
            let tier = short(&self.inventory.tiers[own.tier.index()].id);
            let all = numbers::users(own.tenants as f64);
            let tenants = if own.tenants == 1 {
                "tenant"
            } else {
                "tenants"
            };
            let any = |size: usize| match size {
                0 => "are served without a failure".to_owned(),
                size => format!("survive any {}", self.case_of_size(size)),
            };
            let last = own.survive.len() - 1;
            if own.survive[last] == own.tenants {
                return format!("All {all} {tenants} of {tier} {}{so_far}.", any(last));
            }
            let from = usize::from(own.survive[0] == own.tenants);
            let mut parts: Vec<String> = Vec::new();
            for (size, survive) in own.survive.iter().enumerate().skip(from) {
                let count = numbers::users(*survive as f64);
                parts.push(if parts.is_empty() {
                    format!("{count} of {all} {tenants} of {tier} {}", any(size))
                } else {
                    format!("{count} any {}", self.case_of_size(size))
                });
            }
            format!("{}{so_far}.", parts.join(", "))
        });
        sentences
            .map(|words| visible(&words).into_owned())
            .collect()
    }

    /// How many cases were settled in which way, and whether all of them are proven.
    pub(in crate::report) fn settled(&self) -> Vec<String> {
        let sentences = self.sweep.recoveries.iter().map(|recovery| {
            let ways = self.sweep.tally.settled(*recovery);
            let ways: Vec<String> = ways
                .into_iter()
                .map(|(way, count)| {
                    let cases = if count == 1 { "case" } else { "cases" };
                    format!("{} {cases} {}", numbers::users(count as f64), by(way))
                })
                .collect();
            let counts = self.counts(*recovery);
            let proven = match counts.unproven {
                0 => "every value is proven".to_owned(),
                1 => "the values of 1 case are not proven".to_owned(),
                more => format!(
                    "the values of {} cases are not proven",
                    numbers::users(more as f64)
                ),
            };
            let of = if self.sweep.recoveries.len() > 1 {
                format!(" ({})", recovery.word())
            } else {
                String::new()
            };
            format!("Settled{of}: {}; {proven}.", ways.join(", "))
        });
        sentences.collect()
    }
}

/// What settled a case, in words.
fn by(way: SettledBy) -> &'static str {
    match way {
        SettledBy::Default => "by their plan without a change",
        SettledBy::Parts => "by plans of smaller cases put together",
        SettledBy::Solver => "by the solver",
        SettledBy::Rule => "by the rule of the recovery",
    }
}

/// How much of a headroom target is missing, in words.
pub(in crate::report) fn lacks(share: f64) -> String {
    if share > 1.0 + crate::units::FEASIBILITY {
        return "is overloaded".to_owned();
    }
    format!(
        "misses {} of its headroom target",
        numbers::short_percent_up(share)
    )
}

/// `12 of 1,771 cases leave users unserved, 59 more miss a headroom target, 1,700 hold`.
fn counted(counts: &Counts) -> String {
    let all = counts.all();
    let number = |count: usize| numbers::users(count as f64);
    let cases = |count: usize| if count == 1 { "case" } else { "cases" };
    let (leave, miss) = (
        if counts.unserved == 1 {
            "leaves"
        } else {
            "leave"
        },
        if counts.missed == 1 { "misses" } else { "miss" },
    );
    match *counts {
        Counts { hold, .. } if hold == all && all == 1 => {
            "Everyone is served and every headroom target is met in the only case".to_owned()
        }
        Counts { hold, .. } if hold == all => {
            format!(
                "Everyone is served and every headroom target is met in all {} cases",
                number(all)
            )
        }
        Counts {
            unserved: 0,
            missed,
            ..
        } => format!(
            "Everyone is served in all {} {}; {} {miss} a headroom target",
            number(all),
            cases(all),
            if missed == all {
                "all of them".to_owned()
            } else {
                number(missed)
            },
        ),
        Counts {
            unserved,
            missed: 0,
            hold,
            ..
        } => format!(
            "{} of {} {} {leave} users unserved, {} hold",
            number(unserved),
            number(all),
            cases(all),
            if hold == 0 {
                "none".to_owned()
            } else {
                number(hold)
            },
        ),
        Counts {
            unserved,
            missed,
            hold,
            ..
        } => format!(
            "{} of {} {} {leave} users unserved, {} {miss} a headroom target, {} hold",
            number(unserved),
            number(all),
            cases(all),
            number(missed),
            if hold == 0 {
                "none".to_owned()
            } else {
                number(hold)
            },
        ),
    }
}
