//! Who must know: the contacts of the tenants and sites that a plan touches.

use super::in_force::Runbook;
use crate::ids::{ShardId, SiteId, TenantId};
use crate::model::ContactOf;
use crate::plan::Change;
use crate::report::document::Section;
use crate::report::grammar::{count, counted_with, only_if};
use crate::report::markdown::code;
use crate::report::numbers;
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};

/// Contacts that are listed at most.
const MOST: usize = 40;

/// Sites and tenants without a contact that are listed by name.
const NAMED_WITHOUT: usize = 5;

/// Sites, and tenants, that are listed by id where nobody has a contact.
const MOST_IDS: usize = 10;

/// `28,000 users are unserved, 1 user moves`; what is nobody is left out.
fn listed_amounts(amounts: &[(f64, [&str; 2])]) -> String {
    let any = amounts.iter().filter(|amount| amount.0 > NOBODY);
    let words = any.map(|(users, verb)| counted_with(&numbers::users_up(*users), "user", *verb));
    words.collect::<Vec<_>>().join(", ")
}

impl Runbook<'_> {
    /// The contacts of the sites and tenants of which users move, are shed or let in, or say that none are known.
    pub(super) fn add_contacts(&self, section: &mut Section) {
        let writer = self.writer;
        let inventory = writer.inventory;
        let (tenants, sites) = self.touched();
        let is_touched = |of: ContactOf| match of {
            ContactOf::Tenant(tenant) => tenants.contains(&tenant),
            ContactOf::Site(site) => sites.contains(&site),
        };
        if tenants.is_empty() && sites.is_empty() {
            return;
        }
        if inventory.contacts.is_empty() {
            self.add_ids(&tenants, section);
            return;
        }
        let contacts = inventory.contacts.iter();
        let title = |of: ContactOf| match of {
            ContactOf::Tenant(id) => format!("tenant {}", inventory.tenants[id.index()]),
            ContactOf::Site(id) => format!("site {}", writer.site_by_hand(id)),
        };
        let named = contacts
            .filter(|contact| is_touched(contact.of))
            .map(|contact| {
                format!(
                    "{}: {}, {}",
                    title(contact.of),
                    contact.name,
                    code(&contact.address)
                )
            });
        let named: Vec<String> = named.collect();
        let has_contact = |of: ContactOf| inventory.contacts.iter().any(|contact| contact.of == of);
        // A site concerns more people than a tenant.
        let sites = sites.iter().map(|site| ContactOf::Site(*site));
        let all = sites.chain(tenants.iter().map(|tenant| ContactOf::Tenant(*tenant)));
        let without = all
            .filter(|contact_of| !has_contact(*contact_of))
            .map(title);
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

    /// Without contacts, the sites and tenants by id, the most affected first.
    fn add_ids(&self, touched: &BTreeSet<TenantId>, section: &mut Section) {
        section
            .apart("Who must know, before the first step and after the last, most affected first:");
        let sites = self.sites_by_users();
        section.first_items(sites, MOST_IDS, |more| {
            format!("and {} more sites in moves.csv", numbers::whole(more))
        });
        let tenants = self.tenants_by_users(touched);
        section.first_items(tenants, MOST_IDS, |more| {
            format!("and {} more in tenants.csv", numbers::whole(more))
        });
        section.say("");
        section.say("The inventory has no contacts.csv, which adds names and addresses.");
        section.say("");
    }

    /// `site Chicago (chi): 90,000 users leave`, the most users first.
    fn sites_by_users(&self) -> Vec<String> {
        // A shard that leaves and returns is counted once.
        let mut moved = BTreeMap::<(SiteId, bool), BTreeMap<ShardId, f64>>::new();
        for step in self.steps {
            if let Change::Home {
                shard,
                from,
                to,
                users,
                ..
            } = step.change
            {
                let ends = [(from, true), (to, false)];
                for (site, leaves) in ends.into_iter().filter_map(|(site, is)| Some((site?, is))) {
                    let most = moved.entry((site, leaves)).or_default();
                    let most = most.entry(shard).or_insert(0.0);
                    *most = most.max(users);
                }
            }
        }
        let mut sites = BTreeMap::<SiteId, [f64; 2]>::new();
        for ((site, leaves), shards) in &moved {
            let at = usize::from(!leaves);
            sites.entry(*site).or_default()[at] = shards.values().sum();
        }
        let mut sites: Vec<(SiteId, [f64; 2])> = sites.into_iter().collect();
        let all = |values: &[f64; 2]| values[0].max(values[1]);
        sites.sort_by(|left, right| all(&right.1).total_cmp(&all(&left.1)));
        let words = |(site, [leave, arrive]): (SiteId, [f64; 2])| {
            let name = self.writer.site_by_hand(site);
            let amounts = [
                (leave, ["leaves", "leave"]),
                (arrive, ["arrives", "arrive"]),
            ];
            format!("site {name}: {}", listed_amounts(&amounts))
        };
        sites.into_iter().map(words).collect()
    }

    /// `tenant prairie-health: 40,000 users move`, those with unserved users first, then by their users who move.
    fn tenants_by_users(&self, touched: &BTreeSet<TenantId>) -> Vec<String> {
        let mut tenants = BTreeMap::<TenantId, [f64; 3]>::new();
        for tenant in touched {
            tenants.insert(*tenant, [0.0; 3]);
        }
        for tenant_account in &self.writer.plan.tenants {
            let down = tenant_account
                .month
                .map_or(tenant_account.affected_minutes, |month| month.down_minutes);
            let amounts = [tenant_account.unserved, tenant_account.moved, down];
            if amounts[0].max(amounts[1]) > NOBODY || down > 0.5 {
                let all = tenants.entry(tenant_account.tenant).or_default();
                *all = [0, 1, 2].map(|at| all[at] + amounts[at]);
            }
        }
        let mut tenants: Vec<(TenantId, [f64; 3])> = tenants.into_iter().collect();
        tenants.sort_by(|left, right| {
            let order = [0, 1, 2].map(|at| right.1[at].total_cmp(&left.1[at]));
            order[0].then(order[1]).then(order[2])
        });
        let words = |(tenant, [unserved, moved, down]): (TenantId, [f64; 3])| {
            let name = &self.writer.inventory.tenants[tenant.index()];
            let amounts = [
                (unserved, ["is unserved", "are unserved"]),
                (moved, ["moves", "move"]),
            ];
            let mut words = listed_amounts(&amounts);
            if down > 0.5 {
                let comma = only_if(!words.is_empty(), || ", ");
                words = format!(
                    "{words}{comma}down for {} user minutes",
                    numbers::about(down)
                );
            }
            let colon = only_if(!words.is_empty(), || ": ");
            format!("tenant {name}{colon}{words}")
        };
        tenants.into_iter().map(words).collect()
    }

    /// The tenants and sites of which users move, are shed or let in.
    fn touched(&self) -> (BTreeSet<TenantId>, BTreeSet<SiteId>) {
        let inventory = self.writer.inventory;
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
