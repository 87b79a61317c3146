//! Who must know: the contacts of the tenants and sites that a plan touches.

use super::in_force::Runbook;
use crate::ids::{SiteId, TenantId};
use crate::model::ContactOf;
use crate::plan::Change;
use crate::report::document::Section;
use crate::report::grammar::{count, only_if};
use crate::report::markdown::code;
use crate::report::numbers;
use std::collections::BTreeSet;

/// Contacts that are listed at most.
const MOST: usize = 40;

/// Sites and tenants without a contact that are listed by name.
const NAMED_WITHOUT: usize = 5;

impl Runbook<'_> {
    /// The contacts of the sites and tenants of which users move, are shed or let in, or say that none are known.
    pub(super) fn add_contacts(&self, section: &mut Section) {
        let teller = self.teller;
        let inventory = teller.inventory;
        let (tenants, sites) = self.touched();
        let is_touched = |of: ContactOf| match of {
            ContactOf::Tenant(own) => tenants.contains(&own),
            ContactOf::Site(own) => sites.contains(&own),
        };
        if tenants.is_empty() && sites.is_empty() {
            return;
        }
        if inventory.contacts.is_empty() {
            section.apart(format!(
                "Who must know: {} and {} are touched. The inventory has no contacts.csv, so nobody is named.",
                count(sites.len(), "site"),
                count(tenants.len(), "tenant")
            ));
            return;
        }
        let contacts = inventory.contacts.iter();
        let title = |of: ContactOf| match of {
            ContactOf::Tenant(id) => format!("tenant {}", inventory.tenants[id.index()]),
            ContactOf::Site(id) => format!("site {}", teller.site_by_hand(id)),
        };
        let named = contacts
            .filter(|own| is_touched(own.of))
            .map(|own| format!("{}: {}, {}", title(own.of), own.name, code(&own.address)));
        let named: Vec<String> = named.collect();
        let has_contact = |of: ContactOf| inventory.contacts.iter().any(|own| own.of == of);
        // A site concerns more people than a tenant.
        let sites = sites.iter().map(|own| ContactOf::Site(*own));
        let all = sites.chain(tenants.iter().map(|own| ContactOf::Tenant(*own)));
        let without = all.filter(|own| !has_contact(*own)).map(title);
        let without: Vec<String> = without.collect();
        section.apart("Who must know, before the first step and after the last:");
        section.first_items(named, MOST, |others| {
            format!("and {} more of contacts.csv", count(others, "contact"))
        });
        if !without.is_empty() {
            let (all, first) = (without.len(), without.len().min(NAMED_WITHOUT));
            let rest = only_if(all > first, || {
                let more = numbers::whole(all - first);
                format!(" and {more} more (tenants and sites of all moves: assignment.csv)")
            });
            section.items([format!(
                "contacts.csv names nobody for {} that the plan touches: {}{rest}",
                count(all, "tenant or site").replace("tenant or sites", "tenants or sites"),
                without[..first].join(", ")
            )]);
        }
        section.say("");
    }

    /// The tenants and sites of which users move, are shed or let in.
    fn touched(&self) -> (BTreeSet<TenantId>, BTreeSet<SiteId>) {
        let inventory = self.teller.inventory;
        let (mut tenants, mut sites) = (BTreeSet::new(), BTreeSet::new());
        for step in self.steps {
            if let Change::Home {
                shard, from, to, ..
            } = step.change
            {
                tenants.insert(inventory.shards[shard.index()].tenant);
                sites.extend([from, to].into_iter().flatten());
            }
        }
        (tenants, sites)
    }
}
