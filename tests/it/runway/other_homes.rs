//! Homes before a failure: where a runway says that none survive longer than today's, none that are drawn do.

use super::{growing, written_out_from};
use crate::draw::random::Random;
use crate::naive;
use plimsoll::engine::runway;
use plimsoll::model::{Band, Drain, Inventory, MoveRule, ReplicaState, Scenario, Shard};
use plimsoll::plan::runway::{Adjustment, Condition, SampleStep};
use plimsoll::solve::{Proof, Stop};

/// The same with other homes that the rules of planned moves permit.
fn moved(inventory: &Inventory, scenario: &Scenario, random: &mut Random) -> Vec<Option<usize>> {
    let shards = inventory.shards.iter().enumerate();
    let home = |(index, shard): (usize, &Shard)| {
        let home = shard.site?.index();
        let replicas = || {
            let replicas = inventory.replicas.iter();
            replicas.filter(move |replica| replica.shard.index() == index)
        };
        let copies: Vec<usize> = replicas()
            .filter(|replica| replica.state == ReplicaState::Ready)
            .map(|replica| replica.site.index())
            .collect();
        let is_bound = scenario.policy.drain == Drain::Replicas && replicas().next().is_some();
        let sites: Vec<usize> = (0..inventory.sites.len())
            .filter(|site| {
                let offered = &inventory.sites[*site].jurisdictions;
                let is_offered = shard.jurisdiction.is_none_or(|one| offered.contains(&one));
                let is_free = shard.move_rule == MoveRule::Free && !is_bound;
                is_offered && (is_free || copies.contains(site))
            })
            .collect();
        let stays = shard.move_rule == MoveRule::Pinned || sites.is_empty() || random.chance(0.4);
        Some(if stays { home } else { *random.one_of(&sites) })
    };
    shards.map(home).collect()
}

#[test]
fn where_homes_do_not_matter_no_other_homes_survive_longer() {
    let seeds = std::env::var("PLIMSOLL_SEEDS").ok();
    let seeds = seeds.and_then(|seeds| seeds.parse().ok()).unwrap_or(20);
    let (mut tried, mut unproven) = (0, 0);
    for seed in 0..seeds {
        let (inventory, mut scenario) = growing(2000 + seed);
        scenario.events.clear();
        let from = super::date("2030-02-27");
        let asked = super::request(from, SampleStep::Quarter);
        let found = runway(&inventory, &scenario, &asked, &Stop::default()).expect("it is settled");
        let row = found.row(
            Condition::ServedUnder,
            Adjustment::Rebalanced,
            Band::Expected,
        );
        let row = row.expect("it is asked");
        if row.proof != Proof::Proven {
            unproven += 1;
            continue;
        }
        let Some(day) = row.fails_from() else {
            continue;
        };
        let mut random = Random::new(seed);
        for _ in 0..3 {
            let homes = moved(&inventory, &scenario, &mut random);
            let fails = (0..found.contingencies.count()).any(|case| {
                let of = (&inventory, &inventory);
                let asked = (&scenario, &[][..]);
                let at = (case, found.begins(day));
                let from = Some(&homes[..]);
                let (unserved, _) = written_out_from(
                    from,
                    of,
                    asked,
                    &found.contingencies,
                    at,
                    naive::Band::Expected,
                );
                unserved > 1e-5
            });
            assert!(fails, "seed {seed}: {homes:?} survive day {day}");
            tried += 1;
        }
    }
    assert!(
        tried > 6 && unproven > 0,
        "{tried} tried, {unproven} not proven"
    );
}
