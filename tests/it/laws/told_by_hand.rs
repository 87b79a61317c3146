//! What a runbook tells people to do is what the loads count: each place in which it was not.

use crate::levels::planned;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::Plan;
use plimsoll::report::waves::{Teller, runbook};

fn found(name: &str) -> (Inventory, Scenario, Plan) {
    let folder = format!("tests/found/{name}");
    let (inventory, scenario) = super::steps::read(&folder, &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    (inventory, scenario, plan)
}

fn runbook_of(name: &str) -> String {
    let (inventory, scenario, plan) = found(name);
    runbook(&Teller {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
    })
}

/// At 08:00, when the scenario starts, 47.5 of 100 are used, and 95 at 12:00: of the 20 % that are to stay free 15 are missing
/// then, which was not so before.
#[test]
fn a_busier_hour_lowers_no_target() {
    let (inventory, _, plan) = found("busier-hour");
    let site = inventory.site_component(plimsoll::ids::SiteId::new(0));
    let at = [site.index(), 0];
    assert!(
        (plan.before.load[at] - 47.5).abs() < 1e-9,
        "{:?}",
        plan.before.load
    );
    let missing = plan.periods[0].totals.worst_shortfall;
    assert!((missing - 0.75).abs() < 1e-9, "{missing}");
    assert!(!plan.is_good());
}

/// A shard with a copy goes to a third site by copying, and comes back to the copy that its home keeps: it is not deleted.
#[test]
fn the_home_of_a_shard_with_copies_keeps_one() {
    let text = runbook_of("copy-deleted");
    let kept = "Then delete the data at the old site. Keep them if a part of the shard stays there: the wave says so. \
        Keep them also if replicas.csv has the shard, and the old site is its home or in its rows.";
    assert!(text.contains(kept), "{text}");
    let (inventory, _, plan) = found("copy-deleted");
    let site = inventory.site_component(plimsoll::ids::SiteId::new(0));
    let disk = inventory.resources.iter().position(|own| own.id == "disk");
    let at = [site.index(), disk.expect("it is there")];
    assert!((plan.periods[1].load[at] - 50.0).abs() < 1e-9);
}

/// Users join a shard to whose site no path leads: they were served nowhere before, and nobody is led back there.
#[test]
fn nobody_is_led_back_to_where_no_path_led() {
    let pinned = runbook_of("joins-unreachable-pinned");
    assert!(
        pinned.contains("Do not serve 50 users of shard y at b."),
        "{pinned}"
    );
    assert!(!pinned.contains("and were before"), "{pinned}");
    assert!(
        !pinned.contains("let the users of 1 shard in again"),
        "{pinned}"
    );
    let free = runbook_of("joins-unreachable-free");
    let left = "leave as it is, with its weights, 1 shard without users before: the state before has no path for them";
    assert!(free.contains(left), "{free}");
    assert!(!free.contains("move 1 shard back."), "{free}");
}

/// A wave keeps to what is left of a site later on; when it ends a fifth is used of what is there then.
#[test]
fn a_gate_tells_what_is_used_when_it_is_watched() {
    let text = runbook_of("gate-later-capacity");
    let now = "cpu of a is used to 40.0 % at most meanwhile, and to 20.0 % now";
    assert!(text.contains(now), "{text}");
}

/// A thousandth of a millionth of a user would be served of a shard of 100: nothing of it is copied.
#[test]
fn no_data_are_copied_for_nobody() {
    let (_, _, plan) = found("copy-for-nobody");
    let parts = plan.periods.iter().flat_map(|own| &own.parts);
    let mut served = parts.filter(|own| own.site.is_some() && own.users > 0.0);
    let few = served.find(|own| own.users < plimsoll::units::NOBODY);
    assert!(few.is_none(), "{few:?}");
}
