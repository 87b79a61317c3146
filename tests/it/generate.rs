//! Generated inventories: as large as asked, sound, the same for the same seed, and fit to be planned.

use plimsoll::generate::{Generated, Options, generate, note, scenarios};
use plimsoll::inventory::{SourceFile, read, write};
use plimsoll::model::{Component, Goal, Inventory, Scenario};
use plimsoll::plan::Stage;
use plimsoll::plan::check::check;
use std::collections::BTreeSet;

/// Small, so that many can be made.
fn small() -> Options {
    Options {
        sites: 6,
        access_points: 9,
        client_regions: 15,
        shards: 300,
        ..Options::default()
    }
}

fn made(options: &Options) -> Generated {
    generate(options).expect("the options are in range")
}

/// All bytes that the command writes from these options, but for generated.json.
fn files(options: &Options) -> Vec<SourceFile> {
    let made = made(options);
    let mut files = write(&made.inventory);
    let documents = scenarios(&made.events).into_iter();
    let note = ("README.md", note(options, &made.events));
    files.extend(documents.chain([note]).map(|(name, text)| SourceFile {
        name: name.to_owned(),
        bytes: text.into_bytes(),
    }));
    files
}

#[test]
fn the_same_options_make_the_same_bytes_and_another_seed_makes_others() {
    for mesh in [0, 12] {
        let options = Options { mesh, ..small() };
        assert_eq!(files(&options), files(&options));
        let other = Options {
            seed: 2,
            ..options.clone()
        };
        let differ = files(&options)
            .into_iter()
            .zip(files(&other))
            .filter(|(a, b)| a != b)
            .map(|(a, _)| a.name);
        let differ: BTreeSet<String> = differ.collect();
        for table in [
            "shards.csv",
            "sites.csv",
            "links.csv",
            "elements.csv",
            "README.md",
        ] {
            assert!(differ.contains(table), "{table} is the same for both seeds");
        }
    }
}

#[test]
fn bytes_are_those_of_every_other_machine() {
    let options = Options {
        mesh: 12,
        ..small()
    };
    let mut hasher = blake3::Hasher::new();
    for file in files(&options) {
        hasher.update(file.name.as_bytes());
        hasher.update(&file.bytes);
    }
    // What another machine computed; it changes with the generator and with nothing else.
    let expected = "cd0766838c9ea7d2383e5c384f614ffe894af0471c56b9c1ff957e6e0aed53eb";
    assert_eq!(hasher.finalize().to_hex().as_str(), expected);
}

#[test]
fn every_kind_of_inventory_is_read_without_a_finding_and_as_it_was_made() {
    let kinds = [
        small(),
        Options {
            sites: 1,
            ..small()
        },
        Options {
            sites: 2,
            ..small()
        },
        Options {
            access_points: 1,
            ..small()
        },
        Options {
            client_regions: 1,
            ..small()
        },
        Options {
            shards: 1,
            ..small()
        },
        Options {
            elements_per_site: 0,
            ..small()
        },
        Options {
            elements_per_site: 1,
            ..small()
        },
        Options {
            elements_per_site: 5,
            ..small()
        },
        Options { mesh: 1, ..small() },
        Options {
            mesh: 30,
            elements_per_site: 0,
            ..small()
        },
        Options {
            mesh: 40,
            sites: 30,
            access_points: 300,
            client_regions: 700,
            ..small()
        },
        Options {
            residency: 0.0,
            replicas: 0.0,
            ..small()
        },
        Options {
            residency: 1.0,
            replicas: 1.0,
            ..small()
        },
        Options {
            residency: 1.0,
            replicas: 1.0,
            mesh: 9,
            seed: u64::MAX,
            ..small()
        },
        Options {
            utilization: 0.01,
            ..small()
        },
        Options {
            utilization: 1.0,
            replicas: 1.0,
            ..small()
        },
        Options {
            sites: 250,
            shards: 20,
            ..small()
        },
    ];
    for options in kinds {
        let inventory = made(&options).inventory;
        let reading = read(&write(&inventory));
        // Sites as full as they can be miss their headroom targets.
        let mut findings = reading.findings;
        findings.retain(|finding| options.utilization < 1.0 || finding.code.0 != "P3408");
        assert_eq!(findings, [], "{options:?}");
        assert!(reading.inventory == Some(inventory), "{options:?}");
    }
}

#[test]
fn sizes_are_as_asked() {
    let options = Options {
        elements_per_site: 3,
        mesh: 10,
        ..small()
    };
    let inventory = made(&options).inventory;
    assert_eq!(inventory.sites.len(), 6);
    assert_eq!(inventory.access_points.len(), 9);
    assert_eq!(inventory.client_regions.len(), 15);
    assert_eq!(inventory.shards.len(), 300);
    // Before each site two load balancers in a pool and a firewall; and the routers.
    assert_eq!(inventory.elements.len(), 6 * 3 + 10);
    assert_eq!(inventory.pools.len(), 6);
    let firewalls = inventory
        .elements
        .iter()
        .filter(|element| element.kind == "firewall");
    assert_eq!(firewalls.count(), 6);
}

/// The share of tenants that have a shard with a jurisdiction.
fn bound_tenants(inventory: &Inventory) -> f64 {
    let bound = inventory
        .shards
        .iter()
        .filter(|shard| shard.jurisdiction.is_some());
    let tenants: BTreeSet<u32> = bound.map(|shard| shard.tenant.0).collect();
    tenants.len() as f64 / inventory.tenants.len() as f64
}

#[test]
fn residency_and_replicas_are_the_shares_asked_for() {
    let options = |residency, replicas| Options {
        shards: 20_000,
        residency,
        replicas,
        ..small()
    };
    for share in [0.0, 0.25, 1.0] {
        let inventory = made(&options(share, share)).inventory;
        let copied: BTreeSet<u32> = inventory
            .replicas
            .iter()
            .map(|replica| replica.shard.0)
            .collect();
        let copied = copied.len() as f64 / inventory.shards.len() as f64;
        // Of about 5,000 tenants and 20,000 shards a quarter is drawn within a fiftieth.
        assert!((bound_tenants(&inventory) - share).abs() <= 0.02);
        // Some shards have a limit of latency that no other site meets: they have no copy.
        assert!(
            copied <= share + 0.02 && copied >= 0.7 * share - 0.02,
            "{copied}"
        );
    }
}

#[test]
fn homes_and_copies_keep_the_rules_and_every_jurisdiction_has_two_sites() {
    let options = Options {
        sites: 20,
        residency: 0.8,
        replicas: 0.5,
        ..small()
    };
    let inventory = made(&options).inventory;
    let offers =
        |site: usize, jurisdiction| inventory.sites[site].jurisdictions.contains(&jurisdiction);
    for shard in &inventory.shards {
        let home = shard.site.expect("all have a home").index();
        assert!(
            shard
                .jurisdiction
                .is_none_or(|jurisdiction| offers(home, jurisdiction))
        );
    }
    for replica in &inventory.replicas {
        let shard = &inventory.shards[replica.shard.index()];
        assert!(
            shard
                .jurisdiction
                .is_none_or(|jurisdiction| offers(replica.site.index(), jurisdiction))
        );
        assert_ne!(shard.site, Some(replica.site));
    }
    for jurisdiction in inventory
        .shards
        .iter()
        .filter_map(|shard| shard.jurisdiction)
    {
        let offering = (0..inventory.sites.len()).filter(|site| offers(*site, jurisdiction));
        assert!(offering.count() >= 2);
    }
}

/// Mean utilization of the sites' cpu, from the shards at home and the copies elsewhere.
fn mean_utilization(inventory: &Inventory) -> f64 {
    let cpu = inventory
        .resources
        .iter()
        .position(|resource| resource.id == "cpu");
    let cpu = cpu.expect("there is cpu");
    let mut load = vec![0.0; inventory.sites.len()];
    let demand = |shard: &plimsoll::model::Shard| {
        shard.users as f64 * inventory.profiles[shard.profile.index()].demand[cpu]
    };
    for shard in &inventory.shards {
        load[shard.site.expect("all have a home").index()] += demand(shard);
    }
    for replica in &inventory.replicas {
        let shard = &inventory.shards[replica.shard.index()];
        load[replica.site.index()] += inventory.resources[cpu].replica_share * demand(shard);
    }
    let capacity = (0..load.len()).filter_map(|site| inventory.capacity[[site, cpu]]);
    load.iter().sum::<f64>() / capacity.sum::<f64>()
}

#[test]
fn sites_are_as_full_as_asked() {
    for utilization in [0.3, 0.7, 0.9] {
        let options = Options {
            shards: 20_000,
            utilization,
            ..small()
        };
        let full = mean_utilization(&made(&options).inventory);
        // Each site is within a tenth of it; capacities are rounded up by at most a hundredth.
        assert!((full / utilization - 1.0).abs() < 0.1, "{full}");
    }
}

#[test]
fn tenants_and_shards_are_heavy_tailed_and_homes_are_near() {
    let options = Options {
        sites: 20,
        shards: 20_000,
        ..small()
    };
    let inventory = made(&options).inventory;
    let mut users: Vec<u64> = inventory.shards.iter().map(|shard| shard.users).collect();
    users.sort_unstable();
    let all: u64 = users.iter().sum();
    let largest: u64 = users[users.len() * 9 / 10..].iter().sum();
    assert!(
        largest * 10 > all * 3,
        "a tenth of the shards has a third of the users"
    );
    let mut shards = vec![0; inventory.tenants.len()];
    for shard in &inventory.shards {
        shards[shard.tenant.index()] += 1;
    }
    assert!(
        shards.iter().any(|shard| *shard >= 100)
            && shards.iter().filter(|shard| **shard == 1).count() * 4 > shards.len()
    );
}

#[test]
fn events_name_components_of_the_inventory() {
    for options in [
        small(),
        Options {
            sites: 1,
            elements_per_site: 0,
            ..small()
        },
        Options {
            elements_per_site: 0,
            mesh: 5,
            ..small()
        },
    ] {
        let Generated { inventory, events } = made(&options);
        let named = |id: &str| {
            let all = (0..inventory.component_count()).map(plimsoll::ids::ComponentId::new);
            let mut all = all.filter(|component| inventory.component_name(*component) == id);
            all.next().map(|component| inventory.component(component))
        };
        assert!(matches!(named(&events.drained), Some(Component::Site(_))));
        assert!(
            events
                .short
                .iter()
                .all(|text| matches!(named(text), Some(Component::Site(_))))
        );
        assert_eq!(events.short.len(), options.sites.min(2));
        assert!(named(&events.gray).is_some());
    }
}

#[test]
fn options_out_of_range_are_all_refused_at_once() {
    let options = Options {
        sites: 0,
        access_points: 0,
        client_regions: 20_001,
        shards: 20_000_001,
        elements_per_site: 65,
        mesh: 2001,
        residency: -0.1,
        replicas: f64::NAN,
        utilization: 0.0,
        seed: 0,
    };
    let sentences: Vec<String> = generate(&options)
        .expect_err("nothing of it is possible")
        .iter()
        .map(ToString::to_string)
        .collect();
    let expected = [
        "`--sites`: found 0, expected a whole number from 1 to 500",
        "`--access-points`: found 0, expected a whole number from 1 to 2000",
        "`--client-regions`: found 20001, expected a whole number from 1 to 20000",
        "`--shards`: found 20000001, expected a whole number from 1 to 20000000",
        "`--elements-per-site`: found 65, expected a whole number from 0 to 64",
        "`--mesh`: found 2001, expected a whole number from 0 to 2000",
        "`--residency`: found -0.1, expected a share from 0 to 1",
        "`--replicas`: found NaN, expected a share from 0 to 1",
        "`--utilization`: found 0, expected a share from 0.01 to 1",
    ];
    assert_eq!(sentences, expected);
}

/// A generated inventory with its scenario of two neighbouring sites away, and more events.
fn shortage(options: &Options, events: &str) -> (Inventory, Scenario) {
    let Generated {
        inventory,
        events: made,
    } = made(options);
    let shortage = scenarios(&made)
        .into_iter()
        .find(|(name, _)| *name == "shortage.toml")
        .map(|(name, text)| plimsoll::scenario::ScenarioText {
            name: name.to_owned(),
            text: text + events,
        })
        .expect("there is a shortage");
    let scenario = plimsoll::scenario::read(&[shortage], &inventory)
        .scenario
        .expect("what is generated is sound");
    (inventory, scenario)
}

/// So many classes leave their default path that the program is rebased again and again.
#[test]
fn a_shortage_of_hundreds_of_classes_is_proven_at_every_level() {
    let options = Options {
        sites: 10,
        access_points: 14,
        client_regions: 80,
        shards: 1_500,
        utilization: 0.8,
        ..Options::default()
    };
    let (inventory, scenario) = shortage(&options, "");
    let plan = crate::levels::planned(&inventory, &scenario);
    let period = &plan.periods[0];
    assert!(period.totals.unserved > 0.0);
    for stage in &period.stages {
        assert!(stage.gap <= 1e-9, "{:?}: {}", stage.level, stage.gap);
    }
}

/// So many classes that a sample of them is solved first, and several tiers of which stay unserved, most of them
/// without a row and a column: its prices prove every level all the same.
#[test]
fn a_shortage_of_thousands_of_classes_and_several_tiers_is_proven_by_its_prices() {
    let options = Options {
        sites: 10,
        access_points: 24,
        client_regions: 130,
        shards: 12_000,
        utilization: 0.95,
        seed: 3,
        ..Options::default()
    };
    let surge = "\n[[event]]\nkind = \"surge\"\nfactor = 1.7\n";
    let (inventory, scenario) = shortage(&options, surge);
    let plan = crate::levels::planned(&inventory, &scenario);
    assert!(plan.periods[0].size.classes >= 3_000);
    let is_short = |stage: &&Stage| stage.level.goal() == Goal::Unserved && stage.value > 1.0;
    let stages = &plan.periods[0].stages;
    assert!(stages.iter().filter(is_short).count() > 1, "{stages:?}");
    let written = crate::levels::read_back(&inventory, &scenario, &plan);
    let verdict = check(&inventory, &scenario, written);
    assert!(verdict.holds(), "{verdict}");
    assert_eq!(verdict.proven.levels.len(), stages.len());
    for level in &verdict.proven.levels {
        assert!(level.gap() <= 1e-6, "gap {:.1e}: {level:?}", level.gap());
    }
}

/// The linear program fills sites to just their targets; the shards of a class that come to one site come near to its quota.
#[test]
fn many_whole_shards_miss_no_target_by_a_hair() {
    let generated = made(&Options {
        sites: 20,
        access_points: 40,
        client_regions: 100,
        shards: 6_000,
        seed: 2,
        ..Options::default()
    });
    for (name, text) in scenarios(&generated.events) {
        if !["drain.toml", "gray.toml"].contains(&name) {
            continue;
        }
        let inventory = &generated.inventory;
        let name = name.to_owned();
        let text = plimsoll::scenario::ScenarioText { name, text };
        let read = plimsoll::scenario::read(&[text], inventory);
        let plan = crate::levels::planned(inventory, &read.scenario.expect("it is sound"));
        let stages = plan.periods.iter().flat_map(|period| &period.stages);
        let headroom = stages.filter(|stage| stage.level.goal() == Goal::Headroom);
        for stage in headroom {
            assert!(stage.plan <= 1e-9, "{stage:?}");
        }
    }
}
