//! Advice: why users stay unserved in a case, and what would serve them, in sentences.

use super::names::Names;
use super::repair::repair_words;
use super::told::Because as Sentences;
use crate::ids::{ComponentId, JurisdictionId, ResourceId, SiteId};
use crate::model::Inventory;
use crate::plan::sweep::{Advice, Because, Obstacle, Sweep};
use crate::report::numbers;
use crate::report::text::visible;
use std::collections::BTreeMap;

/// How many sites are named one by one.
const MOST_SITES: usize = 3;

/// How many components are named one by one.
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
        let repairs = advice
            .repairs
            .iter()
            .map(|own| repair_words(self.inventory, &self.names, own));
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
            Obstacle::NoSite => "no site is open".to_owned(),
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
