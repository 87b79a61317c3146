//! A case in words: failures, outcome, bottlenecks, why users stay unserved, and what would serve them.

use super::names::ComponentNames;
use super::report::SweepReport;
use crate::ids::{ComponentId, JurisdictionId, ResourceId};
use crate::model::{Failing, Inventory};
use crate::plan::sweep::{Advice, CaseResult, Repair, ServingObstacle, Sweep, UnservedReason};
use crate::report::grammar::{
    at_most, by_count, capital, count, joined, said_if, short, stay_unserved,
};
use crate::report::numbers;
use crate::report::text::visible;
use crate::report::words::{NO_TARGET, relaxed_words};
use crate::units::{FEASIBILITY, NOBODY};

const MOST_BINDING: usize = 2;

impl SweepReport<'_> {
    /// `If San Antonio fails during drain-chicago, 412,000 users of gold stay unserved; Boydton cpu binds.`, the outcome of one
    /// case under every requested recovery.
    pub(super) fn case_sentence(
        &self,
        names: &ComponentNames<'_>,
        found: &[&CaseResult],
    ) -> String {
        let Some(last) = found.last() else {
            return String::new();
        };
        let during = said_if(
            self.has_event(),
            format!(" during {}", short(&self.scenario.name)),
        );
        let outcome = match found {
            [one] => self.outcome(names, one),
            several => self.outcomes(names, several),
        };
        let condition = capital(&self.condition(names, last.case));
        format!(
            "{condition}{during}, {outcome}{}.",
            Self::binds(names, last)
        )
    }

    /// `if San Antonio fails`, `without any failure`.
    pub(super) fn condition(&self, names: &ComponentNames<'_>, case: usize) -> String {
        let (failing, gray) = self.happens(case);
        let happens = names.happening(&failing, &gray);
        if happens.is_empty() {
            "without any failure".to_owned()
        } else {
            format!("if {happens}")
        }
    }

    fn happens(&self, case: usize) -> (Vec<Failing>, Vec<Failing>) {
        let cases = &self.sweep.contingencies;
        let failing: Vec<Failing> = cases.failing(case).collect();
        let gray = cases
            .gray(case)
            .filter(|candidate| !failing.contains(candidate));
        let gray = gray.collect();
        (failing, gray)
    }

    /// `without San Antonio`, `without any failure`, `without Boston while lb-1 is gray`.
    pub(super) fn without(&self, names: &ComponentNames<'_>, case: usize) -> String {
        let (failing, gray) = self.happens(case);
        let (subject, _) = names.subject_of(&failing);
        let without = if subject.is_empty() {
            "without any failure".to_owned()
        } else {
            format!("without {subject}")
        };
        match gray.as_slice() {
            [] => without,
            gray => format!("{without} while {}", names.being_gray(gray)),
        }
    }

    /// `412,000 users of gold stay unserved`.
    fn outcome(&self, names: &ComponentNames<'_>, found: &CaseResult) -> String {
        if found.unserved_users() > NOBODY {
            return format!("{}{}", self.unserved(found), self.more(found));
        }
        match Self::lacking(names, found) {
            Some(lacking) => format!("{lacking}, and everyone is served"),
            None => format!("everyone is served and {}", self.targets_met()),
        }
    }

    /// `Boydton cpu misses 12 % of its headroom target`; nothing if no target is missed.
    pub(super) fn lacking(names: &ComponentNames<'_>, found: &CaseResult) -> Option<String> {
        let missing = found.missing?;
        let lacks = if missing.share > 1.0 + FEASIBILITY {
            "is overloaded".to_owned()
        } else {
            let share = numbers::short_percent_up(missing.share);
            format!("misses {share} of its headroom target")
        };
        let at = names.resource((missing.component, missing.resource));
        Some(format!("{at} {lacks}"))
    }

    fn unserved(&self, found: &CaseResult) -> String {
        let all = found.unserved_users();
        let tiers = self.sweep.tiers.iter().zip(&found.unserved);
        let with_some: Vec<(&String, &f64)> = tiers.filter(|(_, users)| **users > NOBODY).collect();
        match with_some.as_slice() {
            [(tier, _)] if self.sweep.tiers.len() > 1 => {
                let stay = by_count(&numbers::users_up(all), ["stays", "stay"]);
                let users = numbers::lost_users(all);
                format!("{users} of {} {stay} unserved", short(tier))
            }
            [] | [_] => stay_unserved(all),
            several => {
                let parts = several.iter().map(|(tier, users)| {
                    format!("{} of {}", numbers::users_up(**users), short(tier))
                });
                let parts: Vec<String> = parts.collect();
                format!("{} ({})", stay_unserved(all), parts.join(", "))
            }
        }
    }

    /// `, 2,239,900 more than without a failure`, where users are unserved without one.
    pub(super) fn more(&self, found: &CaseResult) -> String {
        let at_first = self.unserved_at_first(found.recovery);
        let more = found.unserved_users() - at_first;
        if found.case == 0 || at_first <= NOBODY {
            String::new()
        } else if more <= NOBODY {
            ", no more than without a failure".to_owned()
        } else {
            format!(", {} more than without a failure", numbers::users(more))
        }
    }

    fn outcomes(&self, names: &ComponentNames<'_>, found: &[&CaseResult]) -> String {
        let is_any_unserved = found
            .iter()
            .any(|case_result| case_result.unserved_users() > NOBODY);
        let parts = found.iter().enumerate().map(|(index, case_result)| {
            let outcome = if is_any_unserved {
                let users = match numbers::users_up(case_result.unserved_users()).as_str() {
                    "0" => "no users".to_owned(),
                    users => users.to_owned(),
                };
                let stay = match (index, users.as_str()) {
                    (0, "no users") => " stay unserved",
                    (0, "1") => " user stays unserved",
                    (0, _) => " users stay unserved",
                    _ => "",
                };
                format!("{users}{stay}")
            } else {
                let lacking = Self::lacking(names, case_result);
                lacking.unwrap_or_else(|| match self.targets_met() {
                    NO_TARGET => "everyone is served".to_owned(),
                    met => met.to_owned(),
                })
            };
            format!("{outcome} under {}", case_result.recovery.word())
        });
        let parts = parts.collect::<Vec<_>>().join(", ");
        if is_any_unserved {
            parts
        } else {
            format!("{parts}, and everyone is served")
        }
    }

    /// `; Boydton cpu and Dallas bandwidth bind`.
    fn binds(names: &ComponentNames<'_>, found: &CaseResult) -> String {
        let binding = at_most(Self::binding(names, found), MOST_BINDING, |others| {
            count(others, "other")
        });
        let bind = if binding.len() == 1 { "binds" } else { "bind" };
        said_if(
            !binding.is_empty(),
            format!("; {} {bind}", joined(&binding)),
        )
    }

    pub(super) fn binding(names: &ComponentNames<'_>, found: &CaseResult) -> Vec<String> {
        let binding = found.binding.iter();
        binding.map(|at| names.resource(*at)).collect()
    }
}

const MOST_SITES: usize = 3;
const MOST_STEPS: usize = 3;

/// Sentences about the cases that there is advice for.
pub fn because(inventory: &Inventory, sweep: &Sweep, advice: &[Advice]) -> super::Because {
    let names = ComponentNames::of(inventory, sweep.over);
    let all = advice.iter().map(|advice| {
        let reasons = advice.because.iter();
        let reasons =
            reasons.map(|unserved_reason| reason(inventory, sweep, &names, unserved_reason));
        let repairs = advice.repairs.iter();
        let repairs = repairs.map(|repair| repair_words(inventory, &names, repair));
        let nothing = advice.repairs.is_empty().then(|| NO_HELP.to_owned());
        (
            (advice.recovery, advice.case),
            reasons.chain(repairs).chain(nothing).collect(),
        )
    });
    all.collect()
}

fn reason(
    inventory: &Inventory,
    sweep: &Sweep,
    names: &ComponentNames<'_>,
    unserved_reason: &UnservedReason,
) -> String {
    let jurisdiction = |id: JurisdictionId| visible(&inventory.jurisdictions[id.index()]);
    let why = match &unserved_reason.obstacle {
        ServingObstacle::Pinned => "their shards are pinned to a site that is gone".to_owned(),
        ServingObstacle::NoReplica => {
            "their site has failed and their shards have no replica".to_owned()
        }
        ServingObstacle::CopiesGone => {
            "their shards run only from copies, and no ready copy is at an open site".to_owned()
        }
        ServingObstacle::CopiesElsewhere(id) => format!(
            "their shards run only from copies, and must stay in {}, which no open site with a ready copy offers",
            jurisdiction(*id)
        ),
        ServingObstacle::NoSite => "no site is open".to_owned(),
        ServingObstacle::Jurisdiction(id) => {
            format!("no open site offers the jurisdiction {}", jurisdiction(*id))
        }
        ServingObstacle::Unreachable => {
            "no open path within their latency limit leads to a permitted site".to_owned()
        }
        ServingObstacle::Kept { site, full } => {
            let full = full_words(inventory, names, full);
            let site = visible(&inventory.sites[site.index()].name);
            format!(
                "{full}, and `movers = \"affected\"` keeps them at {site}, since no event or failure touches them"
            )
        }
        ServingObstacle::Full {
            jurisdiction: resident,
            sites,
            full,
        } => {
            // The permitted sites, and the full resources there.
            let is_one = sites.len() == 1;
            let sites = match sites.len() {
                many if many > MOST_SITES => format!("{many} sites"),
                _ => {
                    let sites = sites.iter();
                    let sites = sites.map(|site| inventory.sites[site.index()].name.as_str());
                    sites.collect::<Vec<_>>().join(" and ")
                }
            };
            let full = full_words(inventory, names, full);
            match resident {
                Some(one_jurisdiction) => {
                    let text = jurisdiction(*one_jurisdiction);
                    format!("residency in {text} leaves only {sites}, and {full}")
                }
                None if is_one => format!("their only permitted site is {sites}, and {full}"),
                None => format!("their only permitted sites are {sites}, and {full}"),
            }
        }
    };
    let tier = sweep
        .tiers
        .get(unserved_reason.rank)
        .map_or("", String::as_str);
    let users = numbers::users_up(unserved_reason.users);
    format!("{users} users of {}: {why}.", visible(tier))
}

/// `cpu of Dublin is full`
fn full_words(
    inventory: &Inventory,
    names: &ComponentNames<'_>,
    full: &[(ComponentId, ResourceId)],
) -> String {
    let full = full.iter().map(|(component, resource)| {
        let resource = visible(&inventory.resources[resource.index()].id);
        format!("{resource} of {}", visible(&names.alone(*component)))
    });
    let full: Vec<String> = full.collect();
    match full.as_slice() {
        [] => "there is no spare capacity for them there".to_owned(),
        [one] => format!("{one} is full"),
        few if few.len() <= MOST_STEPS => format!("{} are full", few.join(" and ")),
        [first, rest @ ..] => format!("{first} and {} more are full", rest.len()),
    }
}

/// Where no remedy serves more users.
const NO_HELP: &str = "What would help was not found: neither more capacity where it is short nor a lifted rule serves more users. \
                       Not tried: a ready copy at another site, or one more permitted site.";

/// What a remedy begins with.
pub(super) const HELPS: &str = "What would help: ";

/// What it ends with: nothing of it is an estimate.
pub(super) const TRIED: &str = " (found by planning again).";

/// `What would help: 3,100 vCPU more at Boydton would serve everyone (found by planning again).`, or `… would leave 100,000 users
/// unserved instead of 130,000 …`.
pub(in crate::report) fn repair_words(
    inventory: &Inventory,
    names: &ComponentNames<'_>,
    repair: &Repair,
) -> String {
    let rules = repair.rules.iter();
    let rules = rules.map(|rule| relaxed_words(*rule).to_owned());
    let mut largest: Vec<&(ComponentId, ResourceId, f64)> = repair.capacity.iter().collect();
    largest.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
    let left = largest.len().saturating_sub(MOST_STEPS);
    largest.truncate(MOST_STEPS);
    let more = largest.iter().map(|(component, resource, amount)| {
        let unit = visible(&inventory.resources[resource.index()].unit);
        let more = numbers::quantity(*amount, &unit);
        format!("{more} more at {}", visible(&names.alone(*component)))
    });
    let others = (left > 0).then(|| {
        let worth = numbers::lost_users(repair.capacity_users);
        format!("more at {left} other components (worth {worth} in all)")
    });
    let steps: Vec<String> = rules.chain(more).chain(others).collect();
    let result = if repair.unserved_after <= NOBODY {
        "would serve everyone".to_owned()
    } else {
        let users = numbers::lost_users(repair.unserved_after);
        let before = numbers::users_up(repair.unserved_before);
        format!("would leave {users} unserved instead of {before}")
    };
    format!("{HELPS}{} {result}{TRIED}", steps.join(", "))
}
