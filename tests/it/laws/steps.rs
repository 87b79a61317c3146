//! The steps are complete: the state before plus exactly the written steps, at the times of waves.csv, and nothing else,
//! gives the loads of `wave_loads.csv` after every wave and those of headroom.csv in every period.

mod by_hand;
mod judged;
mod loads;
mod open;
mod state;
mod walk;

use crate::draw::Size;
use crate::folders::folder;
use crate::levels::{assert_none, found_in_changed_draws, judged, planned};
use plimsoll::inventory;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{Plan, changes};
use plimsoll::plan_files::Action;
use plimsoll::report::waves::{TransitionWriter, runbook};
use plimsoll::scenario::{self, ScenarioText};
use std::cell::Cell;
use std::path::Path;
use walk::{Found, Walk};

fn walked(inventory: &Inventory, scenario: &Scenario) -> Found {
    let plan = planned(inventory, scenario);
    Walk::new(inventory, scenario, &plan).walked()
}

/// What the steps of this plan leave out, or say otherwise than its loads.
pub(super) fn faults_of(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Vec<String> {
    Walk::new(inventory, scenario, plan).walked().faults
}

/// What the steps of a plan leave out, or say otherwise than its loads.
pub(crate) fn faults(inventory: &Inventory, scenario: &Scenario) -> Vec<String> {
    walked(inventory, scenario).faults
}

/// The inventory of a folder with scenarios of it, layered.
pub(crate) fn read(name: &str, scenarios: &[&str]) -> (Inventory, Scenario) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let inventory = inventory::read(&folder(&path)).inventory;
    let inventory = inventory.expect("it is sound");
    let layers = scenarios.iter().map(|name| ScenarioText {
        name: (*name).to_owned(),
        text: std::fs::read_to_string(path.join(name)).expect("it is there"),
    });
    let layers: Vec<ScenarioText> = layers.collect();
    let scenario = scenario::read(&layers, &inventory).scenario;
    (inventory, scenario.expect("it is sound"))
}

#[track_caller]
fn holds(name: &str, found: &Found) {
    assert!(found.faults.is_empty(), "{name}: {:#?}", found.faults);
    assert!(found.headrooms > 0, "{name}");
}

#[test]
fn steps_of_13_november_2012_are_complete() {
    let (inventory, scenario) = read("data/americas-2012", &["13-november-2012.toml"]);
    let found = walked(&inventory, &scenario);
    holds("13-november-2012", &found);
    // The load balancer that was found to be faulty is taken out, and put back with the waves after the works.
    assert!(found.waves >= 8 && found.members >= 2, "{found:?}");
}

/// A member of a pool under works carries nothing: a step takes it out.
#[test]
fn steps_of_a_pool_under_maintenance_are_complete() {
    let scenarios = ["scenario.toml", "clients.toml"];
    let (inventory, scenario) = read("tests/it/laws/steps/pool-step", &scenarios);
    let found = walked(&inventory, &scenario);
    holds("pool-step", &found);
    assert!(found.members > 0, "{found:?}");
}

/// Of a shard that goes home most was served nowhere: on the way back these are shed, and not sent to where the others were.
#[test]
fn the_rollback_brings_no_more_users_to_a_site_than_it_had() {
    let (inventory, scenario) = read("tests/found/way-back", &["scenario.toml"]);
    let found = walked(&inventory, &scenario);
    holds("way-back", &found);
    assert!(found.served > 0, "{found:?}");
}

/// Paths change from the one access point on: that is a step, where a wave turns them and where none does.
#[test]
fn steps_have_what_changes_from_an_access_point_on() {
    for name in ["scenario.toml", "half.toml"] {
        let (inventory, scenario) = read("tests/found/router-works", &[name]);
        let plan = planned(&inventory, &scenario);
        holds(name, &Walk::new(&inventory, &scenario, &plan).walked());
        let steps = changes(&inventory, &scenario, &plan);
        for period in [1, 2] {
            let mut filter = steps.iter().filter(|step| step.period == period);
            let turns = filter.any(|step| step.action == Action::Weight);
            assert!(turns, "{name}, period {period}: {steps:#?}");
        }
        let text = runbook(&TransitionWriter {
            inventory: &inventory,
            scenario: &scenario,
            plan: &plan,
        });
        let is_told = text.contains("Set every weight to that of steering.csv with period 2.");
        assert!(is_told, "{name}: {text}");
    }
}

/// Parts of a split shard that grew come home from several sites: who comes from one site is one move.
#[test]
fn steps_of_a_split_shard_that_comes_home_are_complete() {
    let (inventory, scenario) = read("tests/found/split-comes-home", &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    holds(
        "split-comes-home",
        &Walk::new(&inventory, &scenario, &plan).walked(),
    );
}

/// A site is out before anybody of a shard is there: whoever joins meanwhile is shed, and let in when the site is back.
#[test]
fn steps_of_a_shard_without_users_are_complete() {
    let (inventory, scenario) = read("tests/found/nobody-to-shed", &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    let found = Walk::new(&inventory, &scenario, &plan).walked();
    holds("nobody-to-shed", &found);
    assert_eq!(found.served, 2, "{found:?}");
}

/// All users of a shard leave while it is away: it goes home without any.
#[test]
fn steps_of_a_shard_that_all_leave_are_complete() {
    let (inventory, scenario) = read("tests/found/all-leave-meanwhile", &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    holds(
        "all-leave-meanwhile",
        &Walk::new(&inventory, &scenario, &plan).walked(),
    );
}

/// Part of a shard is shed, then all of it leaves, then others join: they are served, and the steps say so.
#[test]
fn steps_of_a_shard_that_all_leave_while_a_part_is_shed_are_complete() {
    let (inventory, scenario) = read("tests/found/shed-twice", &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    holds(
        "shed-twice",
        &Walk::new(&inventory, &scenario, &plan).walked(),
    );
    let (inventory, scenario) = read("tests/found/no-let-in", &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    let found = Walk::new(&inventory, &scenario, &plan).walked();
    holds("no-let-in", &found);
    assert_eq!(found.served, 2, "{found:?}");
    let text = runbook(&TransitionWriter {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
    });
    let words = "Let all of shard school in again at s0: no user of it is there now.";
    assert!(text.contains(words), "{text}");
}

/// A member leaves its pool in a wave that begins before another one is back: the runbook has both in order of time, and the first
/// within its wave, there and back.
#[test]
fn the_runbook_takes_members_out_in_order_of_time() {
    let (inventory, scenario) = read("tests/found/out-before-another-is-back", &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let text = runbook(&TransitionWriter {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
    });
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}: {text}"));
    let (wave, out) = (
        at("### Wave 1 of 1: 05:48:45"),
        at("Take lb1 out of the pool"),
    );
    let (undone, back) = (
        at("Put lb1 back into the pool"),
        at("Put lb0 back into the pool lb: from 0 % to 50 %"),
    );
    assert!(wave < out && out < undone && undone < back, "{text}");
    assert!(
        text[out..]
            .lines()
            .next()
            .is_some_and(|text| text.ends_with("of its users, evenly together with the weights.")),
        "{text}"
    );
}

#[test]
fn steps_of_shipped_incidents_are_complete() {
    for (folder, name) in [
        ("data/incidents/12-may-2011", "as-it-happened.toml"),
        ("data/incidents/24-june-2014", "with-the-plan.toml"),
        ("data/incidents/8-november-2012", "with-the-plan.toml"),
    ] {
        let (inventory, scenario) = read(folder, &[name]);
        holds(name, &walked(&inventory, &scenario));
    }
}

#[test]
fn steps_of_shipped_drains_are_complete() {
    for (folder, name) in [
        ("data/tiny", "drain-chicago.toml"),
        ("data/americas-2012", "drain-chi.toml"),
        ("data/americas-2012", "drain-sat.toml"),
        ("data/incidents/22-january-2026", "staged.toml"),
    ] {
        let (inventory, scenario) = read(folder, &[name]);
        holds(name, &walked(&inventory, &scenario));
    }
}

/// A draw of the law below.
fn changed(seed: u64, inventory: &mut Inventory, scenario: &mut Scenario) {
    crate::waves::drawn::limited(inventory, scenario, seed);
    scenario.policy.split_shards = seed % 5 == 4;
}

fn drawn(seed: u64, size: Size) -> (Inventory, Scenario) {
    let draw = crate::draw::draw(seed, size);
    let (mut inventory, mut scenario) = crate::read::read(&draw.files, &draw.scenario);
    changed(seed, &mut inventory, &mut scenario);
    (inventory, scenario)
}

/// 1379, 5076: who is served as before, but for the last digits that a solver leaves, is served exactly as before.
/// 1886, 2308, 5384, 6784, 8177: a member of a pool that is back while waves go on is put back when they are done, and not taken out again.
/// 2549: no wave lets in a millionth of a shard.
/// 4030: waves ahead of a period do not begin before users are shed with the one before it: they are refused.
/// 4584, 4614: who is served at a site stays while another part of the shard leaves, and who waited there is let in elsewhere.
/// 20494: where parts of a shard leave one site for several, who waited there is let in with the part that none served takes.
/// 1500062: a wave ends where only members of a pool without limits are left.
/// 41842: an access point on standby opens before a wave of no length that begins with its period.
/// 41322: a period that waves of an earlier one outlast is never reached.
/// 7049: nobody is served at another site than the others of his shard where he is so few that it is no home of it.
/// 3505: an access point on standby that nobody can reach any more closes after the waves, and is loaded until then.
#[test]
fn steps_that_were_not_complete_are() {
    for seed in [
        1379, 1886, 2308, 2549, 3505, 4030, 4584, 4614, 5076, 5384, 6784, 7049, 8177, 20494, 41322,
        41842, 1_500_062,
    ] {
        let [small, full] = [Size::SMALL, Size::FULL].map(|size| {
            let (inventory, scenario) = drawn(seed, size);
            let found = walked(&inventory, &scenario);
            assert_eq!(found.faults, Vec::<String>::new(), "seed {seed}");
            assert!(found.headrooms > 0, "seed {seed}");
            found
        });
        let is_of_full = [4584, 4614, 20494].contains(&seed);
        let found = if is_of_full { full } else { small };
        assert_eq!(found.waves > 0, seed != 4030, "seed {seed}");
    }
}

/// What a runbook says otherwise than the files of its plan, for somebody who has nothing else; `None` where it is not carried out.
pub(super) fn faults_by_hand(inventory: &Inventory, scenario: &Scenario) -> Option<Vec<String>> {
    let plan = planned(inventory, scenario);
    let text = runbook(&TransitionWriter {
        inventory,
        scenario,
        plan: &plan,
    });
    let walk = Walk::new(inventory, scenario, &plan);
    by_hand::faults_by_hand(inventory, scenario, &walk, &text)
}

/// Undone, waves that others had overtaken, or that set nothing but new weights, led users to where they had not been; the path back
/// led over what it had closed, and from where nobody was; an access point closed under users and opened again at once,
/// or closed under users whom the waves of a later period still turned off it; a period set weights that the waves of a later one
/// had begun to turn, and nobody set those that a wave left as they were.
#[test]
fn runbooks_that_led_elsewhere_lead_to_the_plan() {
    for name in [
        "opened-before-works",
        "wave-sets-only-new",
        "goes-where-nobody-was",
        "undone-while-another-turned",
        "turned-off-before-it-closes",
        "moved-off-before-it-closes",
    ] {
        let folder = format!("tests/found/{name}");
        let (inventory, scenario) = read(&folder, &["scenario.toml"]);
        let faults = faults_by_hand(&inventory, &scenario);
        assert_eq!(faults, Some(Vec::new()), "{name}");
    }
    for (seed, size) in [
        (721_473, Size::SMALL),
        (721_616, Size::FULL),
        (730_149, Size::SMALL),
    ] {
        let (inventory, scenario) = drawn(seed, size);
        let faults = faults_by_hand(&inventory, &scenario);
        assert!(faults.is_none_or(|texts| texts.is_empty()), "seed {seed}");
    }
}

/// Somebody with only the runbook and its files leads everybody as the plan has it, undoes every wave to where it began, and finds
/// back.
#[test]
fn random_runbooks_lead_to_the_plan() {
    let count = Cell::new(0);
    for (size, seeds) in [(Size::SMALL, 40), (Size::FULL, 20)] {
        let failures = found_in_changed_draws(size, seeds, changed, |inventory, scenario| {
            let faults = faults_by_hand(inventory, scenario);
            count.set(count.get() + u32::from(faults.is_some()));
            faults.unwrap_or_default()
        });
        assert_none(&failures);
    }
    if std::env::var("PLIMSOLL_SEEDS").is_err() {
        assert!(count.get() > 20, "{count:?}");
    }
}

#[test]
fn steps_of_random_plans_are_complete() {
    let counts = Cell::new([0; 5]);
    for (size, count) in [(Size::SMALL, 40), (Size::FULL, 20)] {
        let failures = found_in_changed_draws(size, count, changed, |inventory, scenario| {
            let found = walked(inventory, scenario);
            let indexes = [
                found.headrooms,
                found.waves,
                found.members,
                found.served,
                found.overlapping,
            ];
            let mut sum = counts.get();
            for (sum, index) in sum.iter_mut().zip(indexes) {
                *sum += index;
            }
            counts.set(sum);
            found.faults
        });
        assert_none(&failures);
    }
    let [headrooms, waves, members, served, _] = counts.get();
    if std::env::var("PLIMSOLL_SEEDS").is_err() {
        let is_met = headrooms > 100 && waves > 60 && members > 10 && served > 10;
        assert!(is_met, "{counts:?}");
    }
}
