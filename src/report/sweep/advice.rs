//! Advice: why users stay unserved in a case, and what would serve them, in sentences.

use super::names::Names;
use super::told::Because as Sentences;
use crate::ids::{ComponentId, JurisdictionId, ResourceId, SiteId};
use crate::model::Inventory;
use crate::plan::sweep::{Advice, Because, Obstacle, Relaxed, Repair, Sweep};
use crate::report::numbers;
use crate::report::text::visible;
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// How many sites are named one by one.
const MOST_SITES: usize = 3;

/// How many components a repair names one by one.
const MOST_STEPS: usize = 3;

/// Sentences about the cases that there is advice for.
pub fn because(inventory: &Inventory, sweep: &Sweep, advice: &[Advice]) -> Sentences {
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
        let repairs = advice.repairs.iter().map(|own| self.repair(own));
        reasons.chain(repairs).collect()
    }

    fn reason(&self, own: &Because) -> String {
        let tier = self.sweep.tiers.get(own.rank);
        let tier = visible(tier.map_or("", String::as_str)).into_owned();
        let users = numbers::users_up(own.users);
        let why = match &own.obstacle {
            Obstacle::Pinned => "their shards are pinned to a site that is gone".to_owned(),
            Obstacle::NoReplica => {
                "their site has failed and their shards have no replica".to_owned()
            }
            Obstacle::CopiesGone => {
                "their shards run only from copies, and no ready copy is at an open site".to_owned()
            }
            Obstacle::Jurisdiction(id) => format!(
                "no open site offers the jurisdiction {}",
                visible(&self.inventory.jurisdictions[id.index()])
            ),
            Obstacle::Unreachable => {
                "no open path within their latency limit leads to a site where they may be"
                    .to_owned()
            }
            Obstacle::Full {
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

    fn repair(&self, own: &Repair) -> String {
        let mut steps: Vec<String> = own
            .rules
            .iter()
            .map(|rule| rule_words(*rule).to_owned())
            .collect();
        let mut largest: Vec<&(ComponentId, ResourceId, f64)> = own.capacity.iter().collect();
        largest.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
        let more = largest
            .iter()
            .take(MOST_STEPS)
            .map(|(component, resource, amount)| {
                let of = &self.inventory.resources[resource.index()];
                format!(
                    "{} more at {}",
                    numbers::quantity(*amount, &visible(&of.unit)),
                    self.component(*component)
                )
            });
        steps.extend(more);
        if own.capacity.len() > MOST_STEPS {
            let left = own.capacity.len() - MOST_STEPS;
            steps.push(format!(
                "more at {left} other components (worth {} users in all)",
                numbers::users_up(own.capacity_users)
            ));
        }
        let result = if own.unserved_after <= NOBODY {
            "would serve everyone".to_owned()
        } else {
            format!(
                "would leave {} users unserved",
                numbers::users_up(own.unserved_after)
            )
        };
        format!(
            "What would help: {} {result} (found by planning again).",
            steps.join(", ")
        )
    }

    fn site(&self, site: SiteId) -> &str {
        &self.inventory.sites[site.index()].name
    }

    /// What a component is called.
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

/// A rule that gives, in words.
fn rule_words(rule: Relaxed) -> &'static str {
    match rule {
        Relaxed::Copies => "failover and drain to any permitted site (\"anywhere\")",
        Relaxed::Jurisdiction => "no residency rule",
        Relaxed::Latency => "no latency limit",
    }
}
