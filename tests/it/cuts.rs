//! Cuts: each is derived again from the inventory, and on small inventories none is missed.

mod by_hand;

use crate::levels::{assert_none, found_in_draws, homes, planned};
use crate::naive::{self, Facts, Question};
use plimsoll::ids::ComponentId;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{PeriodPlan, Plan};
use plimsoll::plan_files::{CutKind, CutRow};
use plimsoll::report::cut_rows;
use std::collections::{BTreeMap, BTreeSet};

/// Relative agreement of sums that are added in another order.
const SAME: f64 = 1e-6;

/// One period with unserved users, and what is known of it independently.
struct Looked<'a> {
    question: Question<'a>,
    period: &'a PeriodPlan,
    facts: Facts,
}

impl Looked<'_> {
    fn shard(&self, name: &str) -> usize {
        let ids = &self.question.inventory.shard_ids;
        (0..self.facts.users.len())
            .find(|&index| ids.get(index) == name)
            .expect("the shard is there")
    }

    fn unserved(&self, shard: usize) -> f64 {
        let parts = self.period.parts.iter();
        parts
            .filter(|part| part.shard.index() == shard && part.site.is_none())
            .map(|part| part.users)
            .sum()
    }

    fn component(&self, name: &str) -> ComponentId {
        let inventory = self.question.inventory;
        (0..inventory.component_count())
            .map(ComponentId::new)
            .find(|id| inventory.component_name(*id) == name)
            .expect("the component is there")
    }

    fn resource(&self, row: &CutRow) -> Option<usize> {
        let name = row.resource.as_ref()?;
        let resources = &self.question.inventory.resources;
        resources.iter().position(|resource| resource.id == *name)
    }

    /// What is wrong with a cut.
    fn fault(&self, row: &CutRow) -> Option<String> {
        let shards: Vec<usize> = row.shards.iter().map(|name| self.shard(name)).collect();
        let sites: BTreeSet<ComponentId> =
            row.sites.iter().map(|name| self.component(name)).collect();
        let inventory = self.question.inventory;
        let is_bound = |shard: usize| {
            let allowed = self.facts.sites(shard);
            allowed
                .iter()
                .all(|site| sites.contains(&inventory.site_component(*site)))
        };
        if !shards.iter().all(|&shard| is_bound(shard)) {
            return Some("somebody may go elsewhere".to_owned());
        }
        let Some(resource) = self.resource(row) else {
            let is_stuck = shards
                .iter()
                .all(|&shard| self.facts.paths[shard].is_empty());
            let all: f64 = shards.iter().map(|&shard| self.unserved(shard)).sum();
            let is_all = (all - row.needs).abs() <= SAME * row.needs;
            return (!is_stuck || !is_all || row.has != 0.0)
                .then(|| "somebody is not stuck".to_owned());
        };
        let (needs, has) = if row.kind == CutKind::Sites {
            (
                shards
                    .iter()
                    .map(|&shard| self.facts.least_need(&self.question, shard, resource))
                    .sum::<f64>(),
                self.spare(&sites, resource),
            )
        } else {
            let through: BTreeSet<ComponentId> = row
                .components
                .iter()
                .map(|name| self.component(name))
                .collect();
            let is_stopped = |shard: usize| {
                self.facts.paths[shard]
                    .iter()
                    .all(|path| path.passes.iter().any(|passed| through.contains(passed)))
            };
            if !shards.iter().all(|&shard| is_stopped(shard)) {
                return Some("somebody goes another way".to_owned());
            }
            (
                shards
                    .iter()
                    .map(|&shard| self.facts.users[shard] * self.facts.demand[[shard, resource]])
                    .sum::<f64>(),
                self.spare(&through, resource),
            )
        };
        let close = |a: f64, b: f64| (a - b).abs() <= SAME * row.needs;
        if !close(needs, row.needs) || !close(has, row.has) || !close(needs - has, row.short) {
            return Some(format!("needs {needs}, has {has}"));
        }
        let lost: f64 = shards
            .iter()
            .map(|&shard| self.unserved(shard) * self.facts.demand[[shard, resource]])
            .sum();
        (row.short <= 0.0 || lost < row.short - SAME * row.needs)
            .then(|| format!("only {lost} is unserved"))
    }

    /// What components leave of a resource together; members of a pool carry equal shares.
    fn spare(&self, components: &BTreeSet<ComponentId>, resource: usize) -> f64 {
        let mut pools: BTreeMap<usize, f64> = BTreeMap::new();
        let mut alone = 0.0;
        for component in components {
            let e = component.index();
            let spare = self.facts.spare[[e, resource]].unwrap_or(f64::INFINITY);
            match self.facts.pool[e] {
                Some(pool) => {
                    let least = pools.entry(pool).or_insert(f64::INFINITY);
                    *least = least.min(spare * self.facts.sharing[e]);
                }
                None => alone += spare,
            }
        }
        alone + pools.values().sum::<f64>()
    }

    /// The most that is missing at any set of sites, of all sets.
    fn most_missing(&self, resource: usize) -> f64 {
        let inventory = self.question.inventory;
        let spare = |site: usize| {
            let component = inventory.site_component(plimsoll::ids::SiteId::new(site));
            self.facts.spare[[component.index(), resource]].unwrap_or(f64::INFINITY)
        };
        let mut most = 0.0_f64;
        for subset in 0..1_usize << inventory.sites.len() {
            let is_in = |site: usize| subset >> site & 1 == 1;
            let has: f64 = (0..inventory.sites.len())
                .filter(|&site| is_in(site))
                .map(spare)
                .sum();
            let needs: f64 = (0..self.facts.users.len())
                .filter(|&shard| {
                    let sites = self.facts.sites(shard);
                    !sites.is_empty() && sites.iter().all(|site| is_in(site.index()))
                })
                .map(|shard| self.facts.least_need(&self.question, shard, resource))
                .sum();
            most = most.max(needs - has);
        }
        most
    }

    fn faults(&self) -> Vec<String> {
        let inventory = self.question.inventory;
        let rows = cut_rows(inventory, self.period);
        let mut faults: Vec<String> = rows
            .iter()
            .filter_map(|row| self.fault(row).map(|fault| format!("{fault}: {row:?}")))
            .collect();
        for (index, resource) in inventory.resources.iter().enumerate() {
            let found: f64 = rows
                .iter()
                .filter(|row| {
                    row.kind == CutKind::Sites && row.resource.as_ref() == Some(&resource.id)
                })
                .map(|row| row.short)
                .sum();
            let most = self.most_missing(index);
            let all: f64 = (0..self.facts.users.len())
                .map(|shard| self.facts.users[shard] * self.facts.demand[[shard, index]])
                .sum();
            if (most - found).abs() > SAME * all {
                faults.push(format!(
                    "{}: {most} is missing, {found} is told",
                    resource.id
                ));
            }
        }
        faults
    }
}

fn looked<'a>(
    (inventory, scenario): (&'a Inventory, &'a Scenario),
    plan: &'a Plan,
    each: &mut dyn FnMut(&Looked<'_>),
) {
    for period in &plan.periods {
        let (current, elsewhere) = homes(&period.current);
        if period.totals.unserved <= 1e-6 {
            assert_eq!(period.cuts, []);
            continue;
        }
        if !elsewhere.is_empty() {
            continue;
        }
        let question = Question {
            inventory,
            scenario,
            at: period.period.start,
            current: &current,
            elsewhere: &elsewhere,
            before_load: Some(&plan.before.load),
            band: naive::Band::Expected,
        };
        let facts = Facts::new(&question);
        each(&Looked {
            question,
            period,
            facts,
        });
    }
}

#[test]
fn every_cut_of_random_inventories_is_a_proof_and_none_at_sites_is_missed() {
    let kinds = std::cell::RefCell::new(BTreeMap::<String, usize>::new());
    let failures = found_in_draws(
        250,
        |_| {},
        |inventory, scenario| {
            let plan = planned(inventory, scenario);
            let mut faults = Vec::new();
            looked((inventory, scenario), &plan, &mut |looked| {
                faults.extend(looked.faults());
                for row in cut_rows(inventory, looked.period) {
                    *kinds
                        .borrow_mut()
                        .entry(format!("{:?}", row.kind))
                        .or_default() += 1;
                }
            });
            faults
        },
    );
    assert_none(&failures);
    let kinds = kinds.into_inner();
    assert!(
        kinds.len() == 4 && kinds.values().all(|count| *count >= 3),
        "{kinds:?}"
    );
}
