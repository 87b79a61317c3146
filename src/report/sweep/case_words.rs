//! A case in words: what fails, what that comes to, what binds.

use super::names::Names;
use super::told::Told;
use crate::ids::{ComponentId, ResourceId};
use crate::model::Failing;
use crate::plan::sweep::Found;
use crate::report::grammar::{by_count, capital, counted, short, stay_unserved};
use crate::report::numbers;
use crate::units::{FEASIBILITY, NOBODY};

/// Most components that a sentence says to bind.
const NAMED: usize = 2;

impl Told<'_> {
    /// `If San Antonio fails during drain-chicago, 412,000 users of gold stay unserved; Boydton cpu binds.`, of what one
    /// case comes to under every recovery that was asked about.
    pub(super) fn case_sentence(&self, names: &Names<'_>, found: &[&Found]) -> String {
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
    fn outcome(&self, names: &Names<'_>, found: &Found) -> String {
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

    fn unserved(&self, found: &Found) -> String {
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
    pub(super) fn more(&self, found: &Found) -> String {
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
    fn outcomes(&self, names: &Names<'_>, found: &[&Found]) -> String {
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
    fn binds(&self, names: &Names<'_>, found: &Found) -> String {
        let binding = self.binding(names, found);
        match binding.as_slice() {
            [] => String::new(),
            [one] => format!("; {one} binds"),
            [one, two] => format!("; {one} and {two} bind"),
            more => {
                let others = counted(&(binding.len() - NAMED).to_string(), "other");
                format!("; {} and {others} bind", more[..NAMED].join(", "))
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
