//! Over random inventories: a plan that serves nobody keeps every rule, and nothing makes the referee panic.

use super::written::Written;
use crate::draw::{Size, draw};
use crate::folders::file;
use plimsoll::plan_files::{
    AssignmentRow, Reason, SteeringRow, Text, UnservedRow, WrittenPlan, write_rows,
};
use plimsoll::scenario::{Band, Knowledge, case_at, periods};

/// The plan of a seed in which nobody is served.
fn nobody_served(seed: u64) -> Written {
    let drawn = draw(seed, Size::SMALL);
    let files: Vec<_> = drawn
        .files
        .iter()
        .map(|(name, text)| file(name, text))
        .collect();
    let inventory = plimsoll::inventory::read(&files)
        .inventory
        .expect("what is drawn is valid");
    let scenario = super::written::scenario_text(&drawn.scenario, &inventory);
    let mut assignment = Vec::new();
    let mut unserved = Vec::new();
    for period in periods(&inventory, &scenario) {
        let case = case_at(
            &inventory,
            &scenario,
            period.start,
            Knowledge::Believed,
            Band::Expected,
        );
        for (shard, row) in inventory.shards.iter().enumerate() {
            let number = u32::try_from(period.index).expect("few periods");
            let name = Text::from(inventory.shard_ids.get(shard));
            let tenant = Text::from(&inventory.tenants[row.tenant.index()]);
            let users = case.users(shard);
            assignment.push(AssignmentRow {
                period: number,
                shard: name.clone(),
                tenant: tenant.clone(),
                users,
                from_site: row
                    .site
                    .map(|site| Text::from(&inventory.sites[site.index()].id)),
                to_site: None,
                share: 1.0,
                reason: Reason::Unserved,
            });
            if users > 0.0 {
                unserved.push(UnservedRow {
                    period: number,
                    shard: name,
                    tenant,
                    tier: Text::from(&inventory.tiers[row.tier.index()].id),
                    users,
                    reason: "nobody is served".to_owned(),
                    cause: None,
                });
            }
        }
    }
    let (mut of_assignment, mut of_unserved, mut of_steering) =
        (Vec::new(), Vec::new(), Vec::new());
    write_rows(&assignment, &mut of_assignment).expect("the rows can be written");
    write_rows(&unserved, &mut of_unserved).expect("the rows can be written");
    write_rows::<SteeringRow>([], &mut of_steering).expect("the rows can be written");
    let text = |bytes| String::from_utf8(bytes).expect("text is written");
    let files = [
        ("assignment.csv", text(of_assignment)),
        ("unserved.csv", text(of_unserved)),
        ("steering.csv", text(of_steering)),
    ];
    let files: Vec<(&'static str, &str)> = files
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    Written::of(inventory, scenario, &files)
}

#[test]
fn plan_that_serves_nobody_keeps_every_rule() {
    for seed in 0..150 {
        let verdict = nobody_served(seed).verdict();
        assert!(verdict.holds(), "seed {seed}: {verdict}");
    }
}

#[test]
fn plan_without_rows_leaves_every_shard_missing() {
    for seed in 0..50 {
        let plan = nobody_served(seed);
        let empty = WrittenPlan::default();
        let verdict = plimsoll::plan::check::check(&plan.inventory, &plan.scenario, empty);
        let periods = periods(&plan.inventory, &plan.scenario).len();
        assert_eq!(
            verdict.broken.len(),
            periods * plan.inventory.shards.len(),
            "seed {seed}"
        );
        assert!(
            verdict
                .broken
                .iter()
                .all(|finding| finding.code.0 == "P7102")
        );
    }
}
