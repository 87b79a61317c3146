//! Who must know: the contacts of the tenants and sites that a plan touches.

use super::in_force::Runbook;
use crate::ids::{ComponentId, ShardId, SiteId, TenantId};
use crate::model::ContactOf;
use crate::plan::{Change, TenantAccount};
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
    /// The contacts of the sites and tenants of which users move, are shed or let in, or say that none are known. Where no user
    /// moves, those of the sites and tenants that an event affects, and its components.
    pub(super) fn add_contacts(&self, section: &mut Section, when: &str) {
        let writer = self.writer;
        let inventory = writer.inventory;
        let (mut tenants, mut sites) = self.touched();
        let components = if tenants.is_empty() && sites.is_empty() {
            tenants = self.affected_tenants();
            sites = self.hit_sites();
            self.hit_components()
        } else {
            Vec::new()
        };
        let is_touched = |of: ContactOf| match of {
            ContactOf::Tenant(tenant) => tenants.contains(&tenant),
            ContactOf::Site(site) => sites.contains(&site),
        };
        if tenants.is_empty() && sites.is_empty() && components.is_empty() {
            section.apart(format!(
                "Who must know{when}: no site and no tenant is affected."
            ));
            section.say("");
            return;
        }
        if inventory.contacts.is_empty() {
            self.add_ids((&tenants, &sites), components, (section, when));
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
        section.apart(format!("Who must know{when}:"));
        section.first_items(named, MOST, |others| {
            format!("and {} more of contacts.csv", count(others, "contact"))
        });
        section.items(components);
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
    fn add_ids(
        &self,
        (touched, hit): (&BTreeSet<TenantId>, &BTreeSet<SiteId>),
        components: Vec<String>,
        (section, when): (&mut Section, &str),
    ) {
        section.apart(format!("Who must know{when}, most affected first:"));
        let mut sites = self.sites_by_users();
        if sites.is_empty() {
            let hit = hit.iter();
            sites.extend(hit.map(|site| format!("site {}", self.writer.site_by_hand(*site))));
        }
        section.items(components);
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

    /// Tenants with users who are unserved, or affected until a fault is answered.
    fn affected_tenants(&self) -> BTreeSet<TenantId> {
        let accounts = self.writer.plan.tenants.iter();
        let is_affected = |account: &&TenantAccount| {
            account.unserved > NOBODY
                || account.affected_minutes > 0.5
                || account.month.is_some_and(|month| month.down_minutes > 0.5)
        };
        let affected = accounts.filter(is_affected);
        affected.map(|account| account.tenant).collect()
    }

    /// The sites that an event of the scenario hits.
    fn hit_sites(&self) -> BTreeSet<SiteId> {
        let inventory = self.writer.inventory;
        let hit = self.hit();
        let sites = (0..inventory.sites.len()).map(SiteId::new);
        sites
            .filter(|site| hit.contains(&inventory.site_component(*site)))
            .collect()
    }

    /// The other components that an event hits, each as an item.
    fn hit_components(&self) -> Vec<String> {
        let sites = self.hit_sites();
        let inventory = self.writer.inventory;
        let sites: BTreeSet<ComponentId> = sites
            .iter()
            .map(|site| inventory.site_component(*site))
            .collect();
        let others = self.hit().into_iter();
        let others = others.filter(|component| !sites.contains(component));
        let names = others.map(|component| self.writer.component_by_hand(component));
        let mut names: Vec<String> = names.map(|name| format!("operators of {name}")).collect();
        let more = names.len().saturating_sub(MOST_IDS);
        names.truncate(MOST_IDS);
        names.extend((more > 0).then(|| {
            let more = numbers::whole(more);
            format!("operators of {more} more components of the events")
        }));
        names
    }

    fn hit(&self) -> BTreeSet<ComponentId> {
        let events = self.writer.scenario.events.iter();
        let hit = events.flat_map(|event| event.kind.components());
        hit.copied().collect()
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
