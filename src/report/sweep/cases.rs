//! A case in words: what fails, what that comes to, what binds, why users stay unserved, and what would serve them.

use super::names::Names;
use super::report::SweepReport;
use crate::ids::{ComponentId, JurisdictionId, ResourceId, SiteId};
use crate::model::{Failing, Inventory};
use crate::plan::sweep::{Advice, CaseResult, Repair, ServingObstacle, Sweep, UnservedReason};
use crate::report::grammar::{by_count, capital, counted, short, stay_unserved};
use crate::report::numbers;
use crate::report::text::visible;
use crate::report::words::relaxed_words;
use crate::units::{FEASIBILITY, NOBODY};
use std::collections::BTreeMap;

const MOST_BINDING: usize = 2;

impl SweepReport<'_> {
    /// `If San Antonio fails during drain-chicago, 412,000 users of gold stay unserved; Boydton cpu binds.`, of what one
    /// case comes to under every recovery that was asked about.
    pub(super) fn case_sentence(&self, names: &Names<'_>, found: &[&CaseResult]) -> String {
        let Some(last) = found.last() else {
            return String::new();
        };
        let mut condition = self.condition(names, last.case);
        if self.has_event() {
            condition = format!("{condition} during {}", short(&self.scenario.name));
        }
        let condition = capital(&condition);
        let outcome = match found {
            [one] => self.outcome(names, one),
            several => self.outcomes(names, several),
        };
        format!("{condition}, {outcome}{}.", self.binds(names, last))
    }

    /// `if San Antonio fails`, `without any failure`.
    pub(super) fn condition(&self, names: &Names<'_>, case: usize) -> String {
        let (failing, gray) = self.happens(case);
        let happens = names.happening(&failing, &gray);
        if happens.is_empty() {
            "without any failure".to_owned()
        } else {
            format!("if {happens}")
        }
    }

    /// What fails in a case, and what is gray that does not fail.
    fn happens(&self, case: usize) -> (Vec<Failing>, Vec<Failing>) {
        let cases = &self.sweep.contingencies;
        let failing: Vec<Failing> = cases.failing(case).collect();
        let gray = cases.gray(case).filter(|own| !failing.contains(own));
        let gray = gray.collect();
        (failing, gray)
    }

    /// `without San Antonio`, `without any failure`, `without Boston while lb-1 is gray`.
    pub(super) fn without(&self, names: &Names<'_>, case: usize) -> String {
        let (failing, gray) = self.happens(case);
        let (subject, _) = names.subject_of(&failing);
        let without = if subject.is_empty() {
            "without any failure".to_owned()
        } else {
            format!("without {subject}")
        };
        if gray.is_empty() {
            without
        } else {
            format!("{without} while {}", names.being_gray(&gray))
        }
    }

    /// `412,000 users of gold stay unserved`.
    fn outcome(&self, names: &Names<'_>, found: &CaseResult) -> String {
        if found.unserved_users() > NOBODY {
            return format!("{}{}", self.unserved(found), self.more(found));
        }
        match found.missing {
            Some(missing) => format!(
                "everyone is served, and {} {}",
                self.resource(names, (missing.component, missing.resource)),
                lacks(missing.share)
            ),
            None => format!("everyone is served and {}", self.targets_met()),
        }
    }

    fn unserved(&self, found: &CaseResult) -> String {
        let all = found.unserved_users();
        let tiers = self.sweep.tiers.iter().zip(&found.unserved);
        let hurt: Vec<(&String, &f64)> = tiers.filter(|(_, users)| **users > NOBODY).collect();
        match hurt.as_slice() {
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

    /// `, 2,239,900 more than without a failure`, where somebody is unserved without one.
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

    /// What several recoveries make of a case.
    fn outcomes(&self, names: &Names<'_>, found: &[&CaseResult]) -> String {
        if found.iter().any(|own| own.unserved_users() > NOBODY) {
            let parts = found.iter().enumerate().map(|(index, own)| {
                let users = match numbers::users_up(own.unserved_users()).as_str() {
                    "0" => "nobody".to_owned(),
                    users => users.to_owned(),
                };
                let stay = match (index, users.as_str()) {
                    (0, "nobody") => " stays unserved",
                    (0, "1") => " user stays unserved",
                    (0, _) => " users stay unserved",
                    _ => "",
                };
                format!("{users}{stay} under {}", own.recovery.word())
            });
            return parts.collect::<Vec<_>>().join(", ");
        }
        let parts = found.iter().map(|own| {
            let outcome = own.missing.map_or_else(
                || self.targets_met().to_owned(),
                |missing| {
                    let at = (missing.component, missing.resource);
                    format!("{} {}", self.resource(names, at), lacks(missing.share))
                },
            );
            format!("{outcome} under {}", own.recovery.word())
        });
        let parts: Vec<String> = parts.collect();
        format!("everyone is served, and {}", parts.join(", "))
    }

    /// `; Boydton cpu and Dallas bandwidth bind`.
    fn binds(&self, names: &Names<'_>, found: &CaseResult) -> String {
        let binding = self.binding(names, found);
        match binding.as_slice() {
            [] => String::new(),
            [one] => format!("; {one} binds"),
            [one, two] => format!("; {one} and {two} bind"),
            more => {
                let others = counted(&(binding.len() - MOST_BINDING).to_string(), "other");
                format!("; {} and {others} bind", more[..MOST_BINDING].join(", "))
            }
        }
    }

    pub(in crate::report) fn binding(&self, names: &Names<'_>, found: &CaseResult) -> Vec<String> {
        let binding = found.binding.iter();
        binding.map(|at| self.resource(names, *at)).collect()
    }

    /// `Boydton cpu`.
    pub(in crate::report) fn resource(
        &self,
        names: &Names<'_>,
        (component, resource): (ComponentId, ResourceId),
    ) -> String {
        let resource = &self.inventory.resources[resource.index()].id;
        format!("{} {}", short(&names.alone(component)), short(resource))
    }
}

/// How much of a headroom target is missing, in words.
pub(super) fn lacks(share: f64) -> String {
    if share > 1.0 + FEASIBILITY {
        return "is overloaded".to_owned();
    }
    let share = numbers::short_percent_up(share);
    format!("misses {share} of its headroom target")
}

const MOST_SITES: usize = 3;
const MOST_STEPS: usize = 3;

/// Sentences about the cases that there is advice for.
pub fn because(inventory: &Inventory, sweep: &Sweep, advice: &[Advice]) -> super::Because {
    let told = advice.iter().map(|own| {
        let names = Names::of(inventory, sweep.over);
        let teller = Teller {
            inventory,
            sweep,
            names,
        };
        ((own.recovery, own.case), teller.sentences(own))
    });
    told.collect::<BTreeMap<_, _>>()
}

struct Teller<'a> {
    inventory: &'a Inventory,
    sweep: &'a Sweep,
    names: Names<'a>,
}

impl Teller<'_> {
    fn sentences(&self, advice: &Advice) -> Vec<String> {
        let reasons = advice.because.iter().map(|own| self.reason(own));
        let repairs = advice
            .repairs
            .iter()
            .map(|own| repair_words(self.inventory, &self.names, own));
        reasons.chain(repairs).collect()
    }

    fn reason(&self, own: &UnservedReason) -> String {
        let tier = self.sweep.tiers.get(own.rank);
        let tier = visible(tier.map_or("", String::as_str)).into_owned();
        let users = numbers::users_up(own.users);
        let why = match &own.obstacle {
            ServingObstacle::Pinned => "their shards are pinned to a site that is gone".to_owned(),
            ServingObstacle::NoReplica => {
                "their site has failed and their shards have no replica".to_owned()
            }
            ServingObstacle::CopiesGone => {
                "their shards run only from copies, and no ready copy is at an open site".to_owned()
            }
            ServingObstacle::NoSite => "no site is open".to_owned(),
            ServingObstacle::Jurisdiction(id) => format!(
                "no open site offers the jurisdiction {}",
                visible(&self.inventory.jurisdictions[id.index()])
            ),
            ServingObstacle::Unreachable => {
                "no open path within their latency limit leads to a site where they may be"
                    .to_owned()
            }
            ServingObstacle::Full {
                jurisdiction,
                sites,
                full,
            } => self.full(jurisdiction.map(JurisdictionId::index), sites, full),
        };
        format!("{users} users of {tier}: {why}.")
    }

    /// Where they may be, and what is full there.
    fn full(
        &self,
        jurisdiction: Option<usize>,
        sites: &[SiteId],
        full: &[(ComponentId, ResourceId)],
    ) -> String {
        let named: Vec<&str> = sites.iter().map(|site| self.site(*site)).collect();
        let sites = if named.len() > MOST_SITES {
            format!("{} sites", named.len())
        } else {
            named.join(" and ")
        };
        let full_names: Vec<String> = full.iter().map(|at| self.at(*at)).collect();
        let full_words = match full_names.len() {
            0 => "there is no room for them there".to_owned(),
            1 => format!("{} is full", full_names[0]),
            count if count <= MOST_STEPS => format!("{} are full", full_names.join(" and ")),
            count => format!("{} and {} more are full", full_names[0], count - 1),
        };
        match jurisdiction {
            Some(own) => format!(
                "residency in {} leaves only {sites}, and {full_words}",
                visible(&self.inventory.jurisdictions[own])
            ),
            None => format!("they may only be at {sites}, and {full_words}"),
        }
    }

    fn site(&self, site: SiteId) -> &str {
        &self.inventory.sites[site.index()].name
    }

    fn component(&self, component: ComponentId) -> String {
        visible(&self.names.alone(component)).into_owned()
    }

    fn at(&self, (component, resource): (ComponentId, ResourceId)) -> String {
        format!(
            "{} of {}",
            visible(&self.inventory.resources[resource.index()].id),
            self.component(component)
        )
    }
}

/// `What would help: 3,100 vCPU more at Boydton would serve everyone (found by planning again).`
pub(in crate::report) fn repair_words(
    inventory: &Inventory,
    names: &Names<'_>,
    own: &Repair,
) -> String {
    let mut steps: Vec<String> = own
        .rules
        .iter()
        .map(|rule| relaxed_words(*rule).to_owned())
        .collect();
    let mut largest: Vec<&(ComponentId, ResourceId, f64)> = own.capacity.iter().collect();
    largest.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
    let more = largest
        .iter()
        .take(MOST_STEPS)
        .map(|(component, resource, amount)| {
            let of = &inventory.resources[resource.index()];
            format!(
                "{} more at {}",
                numbers::quantity(*amount, &visible(&of.unit)),
                visible(&names.alone(*component))
            )
        });
    steps.extend(more);
    if own.capacity.len() > MOST_STEPS {
        let left = own.capacity.len() - MOST_STEPS;
        steps.push(format!(
            "more at {left} other components (worth {} in all)",
            numbers::lost_users(own.capacity_users)
        ));
    }
    let result = if own.unserved_after <= NOBODY {
        "would serve everyone".to_owned()
    } else {
        format!(
            "would leave {} unserved",
            numbers::lost_users(own.unserved_after)
        )
    };
    format!(
        "What would help: {} {result} (found by planning again).",
        steps.join(", ")
    )
}
