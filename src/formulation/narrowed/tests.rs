//! A narrowed problem is that of its shards, each with the sites that are left to it.

use super::*;
use crate::formulation::ids::ClassId;
use crate::formulation::posed::{self, case_at_start, drain_of_americas};
use crate::model::{Home, Homes, MoveRule, Shard};

/// Asks about the problem of a drain in which one shard is split over two sites.
fn with_problem(ask: impl FnOnce(&Problem<'_>, ShardId)) {
    let (inventory, scenario) = drain_of_americas();
    let mut current = Homes::whole(inventory.shards.iter().map(|shard| shard.site));
    // One that may be anywhere, at the first two sites.
    let is_free = |row: &Shard| row.jurisdiction.is_none() && row.move_rule == MoveRule::Free;
    let split = (0..inventory.shards.len()).find(|&shard| is_free(&inventory.shards[shard]));
    let split = ShardId::new(split.expect("some shard may be anywhere"));
    current.settle(split, &[(SiteId::new(0), 50.0), (SiteId::new(1), 50.0)]);
    let case = case_at_start(&inventory, &scenario);
    let of = (&inventory, &scenario);
    posed::with_problem(of, &case, &current, 0.0, |problem| ask(problem, split));
}

/// All homes of shards with users, and their classes.
fn homes(problem: &Problem<'_>) -> Vec<(Home, ClassId)> {
    let current = problem.setting.current;
    (0..current.shard_count())
        .map(ShardId::new)
        .flat_map(|shard| current.of(shard).collect::<Vec<_>>())
        .filter_map(|home| Some((home, problem.classes.class_of.get(home)?)))
        .collect()
}

/// Every third class is left its first site, of every third each shard another one, the rest everything.
fn some(problem: &Problem<'_>) -> Narrowed {
    let mut narrowed = Narrowed::none(problem);
    for (id, class) in problem.classes.classes.iter().enumerate() {
        if class.sites.is_empty() || id % 3 == 2 {
            continue;
        }
        narrowed.leave_to_class(id, &class.sites[..1]);
        if id % 3 == 1 {
            for (position, &shard) in class.shards.iter().enumerate() {
                let site = class.sites[position % class.sites.len()];
                narrowed.leave_to_shard(problem, shard, &[site]);
            }
        }
    }
    narrowed.join_split(problem);
    narrowed
}

#[test]
fn shards_are_in_classes_with_the_sites_that_are_left_to_them() {
    with_problem(|problem, _| {
        let narrowed = some(problem);
        let made = problem.narrowed(&narrowed, Detail::Plan);
        let before = homes(problem);
        assert_eq!(before.len(), homes(&made).len());
        let mut users = vec![0.0; made.classes.classes.len()];
        let mut shards: Vec<Vec<ShardId>> = vec![Vec::new(); made.classes.classes.len()];
        for ((home, class), (_, part)) in before.into_iter().zip(homes(&made)) {
            let (class, part_row) = (problem.class(class), made.class(part));
            let left = narrowed.left_to_shard(problem, home.shard);
            let expected: Vec<SiteId> = class
                .sites
                .iter()
                .copied()
                .filter(|site| left.is_none_or(|left| left.contains(site)))
                .collect();
            assert_eq!(*part_row.sites, *expected, "{home:?}");
            assert_eq!(
                (part_row.group, part_row.current, part_row.is_affected),
                (class.group, class.current, class.is_affected)
            );
            users[part] += problem.setting.users(home);
            shards[part].push(home.shard);
        }
        for (id, class) in made.classes.classes.iter().enumerate() {
            assert!((class.users - users[id]).abs() < 1e-6, "class {id}");
            let of_ranks: f64 = class.users_of_rank.iter().sum();
            assert!((class.users - of_ranks).abs() < 1e-6, "class {id}");
            assert_eq!(*class.shards, *shards[id], "class {id}");
        }
    });
}

#[test]
fn default_paths_and_loads_are_those_of_the_narrowed_classes() {
    with_problem(|problem, _| {
        let made = problem.narrowed(&some(problem), Detail::Values);
        let mut loads: Vec<f64> = made.rows.rows.iter().map(|row| row.fixed).collect();
        for (id, class) in made.classes.classes.iter().enumerate() {
            let Some(default) = made.defaults[id] else {
                assert!(class.sites.is_empty(), "class {id}");
                continue;
            };
            assert!(class.sites.contains(&default.site));
            let path = made.paths.get(default.path);
            assert_eq!(path.site, default.site);
            assert!(path.is_steady());
            assert_eq!(path.leg(0).access_point, default.access_point);
            assert!((path.latency - default.latency).abs() < 1e-9);
            let expected = made.loads(id, path);
            let position = made.loads_by_default[id].expect("it has a path");
            assert_eq!(*made.loads.get(position), *expected);
            for (row, load) in expected {
                loads[row] += load * class.users;
            }
        }
        for (row, (sum, expected)) in made.default_loads.iter().zip(loads).enumerate() {
            assert!(
                (sum - expected).abs() <= 1e-9 * expected.max(1.0),
                "row {row}"
            );
        }
    });
}

#[test]
fn all_parts_of_a_split_shard_are_left_the_same() {
    with_problem(|problem, split| {
        let mut narrowed = Narrowed::none(problem);
        for (id, class) in problem.classes.classes.iter().enumerate() {
            narrowed.leave_to_class(id, class.current.as_slice());
        }
        let of = |home| problem.classes.class_of.get(home);
        let parts: Vec<Home> = problem.setting.current.of(split).collect();
        assert_ne!(of(parts[0]), of(parts[1]), "it is in two classes");
        narrowed.join_split(problem);
        let made = problem.narrowed(&narrowed, Detail::Values);
        let sites = |home| {
            let class = made.classes.class_of.get(home).expect("it has users");
            made.class(class).sites.to_vec()
        };
        assert_eq!(sites(parts[0]), sites(parts[1]));
        assert_eq!(sites(parts[0]).len(), 1);
    });
}

#[test]
fn prices_of_loads_are_what_each_of_them_costs() {
    with_problem(|problem, _| {
        let made = problem.narrowed(&some(problem), Detail::Values);
        let rows = made.rows.rows.len();
        let prices: Vec<f64> = (0..rows)
            .map(|row| if row % 4 == 0 { row as f64 } else { 0.0 })
            .collect();
        let of_loads = made.loads.prices(&prices);
        assert_eq!(of_loads.len(), made.loads.len());
        assert!(made.loads.len() > problem.loads.len(), "some are new");
        for (position, found) in (0..).zip(of_loads) {
            let loads = made.loads.get(position).iter();
            let expected: f64 = loads.map(|(row, load)| load * prices[*row]).sum();
            assert!((found - expected).abs() <= 1e-12 * expected.max(1.0));
        }
    });
}
