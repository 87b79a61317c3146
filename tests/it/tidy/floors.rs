//! Imports go down only.

use super::paths::{module_of, paths};
use super::source::{Source, library};
use super::{Breach, assert_broken, assert_kept, of_each};

/// The rooms of every floor, lowest first. Rooms of one floor do not see each other, but for the lowest.
const FLOORS: [&[&str]; 10] = [
    &["units", "ids", "diagnostic", "error", "records", "sums"],
    &["model"],
    &["inventory", "scenario", "plan_files", "generate"],
    &["graph"],
    &["formulation"],
    &["solve"],
    &["plan"],
    &["engine"],
    &["report"],
    &["cli"],
];

/// What judges plans without knowing how they are made: rooms of `plan` that see no other room of it, but what is listed below.
const REFEREE: [&str; 2] = ["check", "bound"];

/// What the referee takes from `plan`: what follows by definition from loads, homes and steering, made of those that the
/// referee recomputed itself.
const BY_DEFINITION: &str = "AccessPointChange ByGroupAndSite CaseInTotals ComponentSpare GroupKey BlindImpact MOST_CASES Move Origin Part RetryMargin \
    SteeringGroups TenantAccount TenantMonth access_point_changes blind_window changes affected_users \
    least_margin moves pool_shares reason reconnect reconnecting_users settle_shard tenants totals Use";

/// The highest floor that the referee sees.
const HIGHEST_OF_REFEREE: usize = 2;

fn floor_of(folder: &str) -> Option<usize> {
    FLOORS.iter().position(|folders| folders.contains(&folder))
}

fn climbs(source: &Source) -> Vec<Breach> {
    let module = module_of(source);
    let Some(folder) = module.first() else {
        return Vec::new();
    };
    let Some(floor) = floor_of(folder) else {
        return vec![Breach::new(source, 1, format!("`{folder}` is on no floor"))];
    };
    let mut breaches = Vec::new();
    for path in paths(source) {
        let Some(target) = path.in_crate(source) else {
            continue;
        };
        let Some(seen) = target.first().filter(|seen| *seen != folder) else {
            continue;
        };
        let may = floor_of(seen).is_some_and(|below| below < floor || below == 0);
        if !may {
            let what = format!("`{folder}` sees `{}`", target.join("::"));
            breaches.push(Breach::new(source, path.line, what));
        }
    }
    breaches
}

fn biases_the_referee(source: &Source) -> Vec<Breach> {
    let module = module_of(source);
    let Some(part) = module
        .get(1)
        .filter(|part| REFEREE.contains(&part.as_str()))
    else {
        return Vec::new();
    };
    if module[0] != "plan" {
        return Vec::new();
    }
    let mut breaches = Vec::new();
    for path in paths(source) {
        let Some(target) = path.in_crate(source).filter(|target| !target.is_empty()) else {
            continue;
        };
        let is_own = target[0] == "plan" && target.get(1) == Some(part);
        let mut defined = BY_DEFINITION.split(' ');
        let is_defined = target[0] == "plan"
            && defined.any(|name| [target.get(1), target.last()].contains(&Some(&name.to_owned())));
        let may = is_own
            || is_defined
            || floor_of(&target[0]).is_some_and(|floor| floor <= HIGHEST_OF_REFEREE);
        if !may {
            let what = format!("`plan::{part}` sees `{}`", target.join("::"));
            breaches.push(Breach::new(source, path.line, what));
        }
    }
    breaches
}

#[test]
fn imports_go_down_only() {
    assert_kept(
        &of_each(&library(), climbs),
        "move what both need to a lower floor, or what needs both to `engine` (ARCHITECTURE.md)",
    );
}

#[test]
fn an_import_upwards_or_sideways_is_found() {
    let text = "use crate::model::Site;\nuse crate::{ids::SiteId, solve::Outcome};\nuse super::super::engine::plan;";
    assert_broken(climbs, "src/graph/reach.rs", text, &[2, 3]);
    let sideways = "use crate::inventory::read;";
    assert_broken(climbs, "src/scenario/read.rs", sideways, &[1]);
    assert_broken(climbs, "src/ids.rs", "use crate::units::Users;", &[]);
    assert_broken(climbs, "src/attic/mod.rs", "", &[1]);
    assert_broken(climbs, "src/lib.rs", "pub use crate::cli::run;", &[]);
}

#[test]
fn the_referee_sees_neither_formulation_nor_solver_nor_how_plans_are_made() {
    assert_kept(
        &of_each(&library(), biases_the_referee),
        "let the referee compute it from floors 0 to 2: it judges by code of its own",
    );
}

#[test]
fn a_referee_that_sees_the_plan_is_found() {
    let text = "use super::verdict::Verdict;\nuse super::super::extract::loads;\nuse crate::formulation::Rules;\nuse crate::graph::Path;";
    for path in ["src/plan/check/moves.rs", "src/plan/bound/dual.rs"] {
        assert_broken(biases_the_referee, path, text, &[2, 3, 4]);
    }
    assert_broken(biases_the_referee, "src/plan/moves.rs", text, &[]);
    let file = "use super::extract::loads;\nmod inner { use super::super::extract; }";
    assert_broken(biases_the_referee, "src/plan/bound.rs", file, &[1, 2]);
}
