//! The numbers of one undetected fault: what plan, play and sweep say of the same damage, and how they are related.
//!
//! Every place is data/tiny, where 30,000 users pass each load balancer with a load of 3 of 10 Gbit/s, 60,000 the link
//! from New York to San Antonio with 6 of 12, and 150,000 New York with 15 of 20.

use crate::command_line::{place, plimsoll, root};
use crate::draw::random::Random;
use crate::folders::{file, folder};
use crate::levels::planned;
use plimsoll::engine::replay_plan;
use plimsoll::ids::ComponentId;
use plimsoll::inventory::{self, SourceFile};
use plimsoll::model::{Failing, Inventory, Phase, Scenario};
use plimsoll::plan::sweep::GraySweep;
use plimsoll::plan::{PeriodPlan, Plan, SteeringGroups, affected_users, independent_retries};
use plimsoll::scenario::{self, ScenarioText};
use plimsoll::solve::Stop;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// Minutes until the fault is detected, and over.
const MINUTES: f64 = 60.0;

/// Relative agreement of what is worked out in two ways.
const SAME: f64 = 1e-6;

/// A component with a fault, what is left of its capacity, what is lost of the work, and how often clients retry.
#[derive(Debug, Clone, Copy)]
struct Fault {
    component: &'static str,
    capacity: f64,
    loss: f64,
    retries: u32,
}

impl Fault {
    /// data/tiny with these clients.
    fn files(self) -> Vec<SourceFile> {
        let mut files = folder(&root("data/tiny"));
        files.retain(|file| file.name != "profiles.csv");
        let retries = self.retries;
        let text = format!("profile,cpu,bandwidth,retries\nmailbox,0.001,0.0001,{retries}\n");
        files.push(file("profiles.csv", &text));
        files
    }

    /// The same read, and the fault from 09:00 on until it is over and detected.
    fn read(self) -> (Inventory, Scenario) {
        let files = self.files();
        let reading = inventory::read(&files);
        let inventory = reading.inventory;
        let inventory = inventory.unwrap_or_else(|| panic!("{:?}", reading.findings));
        let reading = scenario::read(&[self.scenario()], &inventory);
        let scenario = reading.scenario;
        (
            inventory,
            scenario.unwrap_or_else(|| panic!("{:?}", reading.findings)),
        )
    }

    fn scenario(self) -> ScenarioText {
        let Self {
            component,
            capacity,
            loss,
            ..
        } = self;
        ScenarioText {
            name: "fault.toml".to_owned(),
            text: format!(
                "[scenario]\nname = \"fault\"\nstart = 2030-03-01T08:00:00Z\nend = 2030-03-01T11:00:00Z\n\
                 [[event]]\nkind = \"gray\"\ncomponent = \"{component}\"\ncapacity = {capacity}\nloss = {loss}\n\
                 start = 2030-03-01T09:00:00Z\nend = 2030-03-01T10:00:00Z\ndetected = 2030-03-01T10:00:00Z\n"
            ),
        }
    }
}

/// A folder with data/tiny and these clients as `shop`, and the scenario of the fault.
fn shop(fault: Fault) -> TempDir {
    let at = place();
    let shop = at.path().join("shop");
    let write = |path: PathBuf, bytes: &[u8]| {
        fs::write(path, bytes).expect("there is space for a file");
    };
    fs::create_dir(&shop).expect("there is space for a folder");
    for file in fault.files() {
        write(shop.join(&file.name), &file.bytes);
    }
    write(
        at.path().join("fault.toml"),
        fault.scenario().text.as_bytes(),
    );
    at
}

/// The exit code of a command in it, and what it prints.
fn printed(at: &TempDir, command: &str, more: &[&str]) -> (Option<i32>, String) {
    let asked = [
        command,
        "shop",
        "--scenario",
        "fault.toml",
        "--out",
        command,
        "--no-charts",
    ];
    let mut all = plimsoll(at.path());
    let output = all.args(asked).args(more).output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("it prints text");
    (output.status.code(), text)
}

/// What is said of the fault of a plan.
#[derive(Debug)]
struct Damage {
    crossing: f64,
    /// Users of blind.csv: affected and excess, the most of any resource.
    affected: f64,
    excess: f64,
    /// User minutes in which users are down in the replay.
    down: f64,
    /// Users of gray.csv at a severity, all tenants together.
    exposed: f64,
    /// Users who are down if no retry helps, where that is not checked.
    not_checked: Option<f64>,
}

fn component(inventory: &Inventory, id: &str) -> ComponentId {
    let mut all = (0..inventory.component_count()).map(ComponentId::new);
    all.find(|component| inventory.component_name(*component) == id)
        .expect("it is shipped")
}

fn blind(plan: &Plan) -> &PeriodPlan {
    let mut periods = plan.periods.iter();
    periods
        .find(|period| period.period.phase == Phase::Blind)
        .expect("the fault is not detected")
}

fn damage(fault: Fault, severity: f64) -> Damage {
    let (inventory, scenario) = fault.read();
    let plan = planned(&inventory, &scenario);
    let period = blind(&plan);
    let is_affected = component(&inventory, fault.component);
    let run = replay_plan(&inventory, &scenario, &plan, &Stop::default()).expect("it is played");
    let most = |of: fn(&plimsoll::plan::BlindImpact) -> f64| {
        period.blind.iter().map(of).fold(0.0, f64::max)
    };
    assert!(
        period
            .blind
            .iter()
            .all(|blind_impact| blind_impact.component == is_affected)
    );
    assert!(
        period.totals.unserved < SAME,
        "the plan serves excess users"
    );
    let asked = GraySweep {
        members: vec![Failing::Component(is_affected)],
        most: 1,
        severity,
        minutes: MINUTES,
        losses: Vec::new(),
    };
    let groups = SteeringGroups::new(&inventory, &scenario.policy);
    let exposed = asked.with_losses_of(&inventory, &groups, period.carried());
    let affected = most(|blind_impact| blind_impact.users_affected);
    let once = affected_users(&inventory, period);
    assert!(
        (once - affected).abs() <= SAME * affected.max(1.0),
        "{once} and {affected}"
    );
    Damage {
        crossing: period.crossing_within(is_affected.index()),
        affected,
        excess: most(|blind_impact| blind_impact.users_excess),
        down: run.totals.down_minutes(),
        exposed: exposed.losses.iter().map(|loss| loss.lost_users).sum(),
        not_checked: independent_retries(&inventory, &scenario, &plan)
            .map(|independent_retries| independent_retries.users),
    }
}

/// Faults of a member of a pool, of a link and of an access point, drawn.
fn drawn(seed: u64, retries: u32) -> Fault {
    let mut random = Random::new(seed);
    Fault {
        component: random.one_of::<&str>(&["lb-sat-1", "nyc-sat", "ap-nyc"]),
        capacity: *random.one_of(&[0.05, 0.1, 0.25, 0.4, 0.6, 0.9]),
        loss: *random.one_of(&[0.0, 0.0, 0.1, 0.3]),
        retries,
    }
}

fn is_same(a: f64, b: f64) -> bool {
    (a - b).abs() <= SAME * a.abs().max(b.abs()).max(1.0)
}

/// Without retries the users down are the excess users, or those whose work is lost; all are among the affected, and the
/// exposure at the same severity is no less.
#[test]
fn without_retries_users_down_in_a_blind_window_are_the_excess_users_or_those_of_the_loss() {
    for seed in 0..24 {
        let fault = drawn(seed, 0);
        let share_lost = (1.0 - fault.capacity).max(fault.loss);
        let one_damage = damage(fault, share_lost);
        let failing = one_damage.excess.max(fault.loss * one_damage.crossing);
        assert!(
            is_same(one_damage.down, failing * MINUTES),
            "{fault:?}: {one_damage:?}"
        );
        assert!(
            one_damage.excess <= one_damage.affected * (1.0 + SAME),
            "{fault:?}: {one_damage:?}"
        );
        assert!(
            failing <= one_damage.affected * (1.0 + SAME),
            "{fault:?}: {one_damage:?}"
        );
        assert!(
            failing <= one_damage.exposed * (1.0 + SAME),
            "{fault:?}: {one_damage:?}"
        );
        assert!(
            is_same(one_damage.exposed, share_lost * one_damage.crossing),
            "{fault:?}: {one_damage:?}"
        );
        assert_eq!(
            one_damage.not_checked, None,
            "{fault:?}: nothing is tried again"
        );
    }
}

/// A retry that takes any member of the pool, or meets a loss by chance, keeps users from being down: that is said not to be
/// checked, with as many users as are down without retries.
#[test]
fn users_that_retries_alone_keep_from_being_down_are_said_not_to_be_checked() {
    for seed in 0..24 {
        let retries = if seed % 2 == 0 { 1 } else { 3 };
        let fault = Fault {
            component: "lb-sat-1",
            ..drawn(seed, retries)
        };
        let one_damage = damage(fault, 1.0 - fault.capacity);
        let failing = one_damage.excess.max(fault.loss * one_damage.crossing);
        assert!(
            one_damage.down <= failing * MINUTES * (1.0 + SAME),
            "{fault:?}: {one_damage:?}"
        );
        let said = one_damage.not_checked.unwrap_or(0.0);
        assert!(is_same(said, failing), "{fault:?}: {one_damage:?}");
    }
}

/// Every retry comes to the same link, which carries no more for it: as many are down as without retries, and nothing is open.
#[test]
fn retries_of_a_component_outside_of_pools_change_nothing() {
    for capacity in [0.25, 0.4] {
        let fault = Fault {
            component: "nyc-sat",
            capacity,
            loss: 0.0,
            retries: 1,
        };
        let one_damage = damage(fault, 1.0 - capacity);
        let ratio = one_damage.down / (one_damage.excess * MINUTES);
        assert!(
            (0.95..=1.0 + SAME).contains(&ratio),
            "{fault:?}: {one_damage:?}"
        );
        assert_eq!(one_damage.not_checked, None, "{fault:?}");
    }
}

/// Of 32.4 million user minutes a loss of 0.0000175 of the work of 30,000 users for an hour takes 31.5: the plan says so, and so
/// does the replay, though that is less than a millionth of all.
#[test]
fn plan_and_replay_count_the_same_few_user_minutes_as_lost() {
    let fault = Fault {
        component: "lb-sat-1",
        capacity: 0.9,
        loss: 0.000_017_5,
        retries: 0,
    };
    let at = shop(fault);
    let (code, text) = printed(&at, "replay", &[]);
    let said = "With the plan 32 user minutes are lost, no less than without action (32).\n";
    assert!(text.starts_with(said), "{text}");
    assert_eq!(code, Some(1), "{text}");
    let (_, text) = printed(&at, "plan", &[]);
    assert!(
        text.contains("Played forward, 32 user minutes are lost to causes that the plan names"),
        "{text}"
    );
}

/// With ten retries the replay has nobody down in the minutes in which the plan counts 5,000 excess users.
#[test]
fn no_replay_gives_an_all_clear_where_retries_alone_avoid_a_fault() {
    let fault = Fault {
        component: "lb-sat-1",
        capacity: 0.25,
        loss: 0.0,
        retries: 10,
    };
    let at = shop(fault);
    let again = "Not checked: retries that meet the same fault again at San Antonio load balancer 1. \
                 Played forward, each retry may take any member of the pool.";
    for more in [&[][..], &["--do-nothing"]] {
        let (code, text) = printed(&at, "replay", more);
        let said = format!("{again} If no retry helps, up to 16.7 % of the work there fails.\n");
        assert!(text.starts_with(&said), "{text}");
        assert!(
            text.contains("users are down unless retries avoid the fault"),
            "{text}"
        );
        assert!(!text.to_lowercase().contains("no users are down"), "{text}");
        assert_eq!(code, Some(1), "{text}");
    }
    let (_, text) = printed(&at, "plan", &[]);
    let open = format!("{again} If no retry helps, up to 5,000 users are down.\n");
    let position = |said: &str| text.find(said).unwrap_or_else(|| panic!("{said}: {text}"));
    assert!(position(&open) < position("everyone is served"), "{text}");
    assert!(
        text.contains("leaves 5,000 users unserved (excess users, before retries)."),
        "{text}"
    );
    assert!(text.contains("Not checked: the monthly SLA targets. If retries avoid the fault, no tenant falls below them."), "{text}");
    let runbook = fs::read_to_string(at.path().join("plan/runbook.md")).expect("it is written");
    assert!(runbook.contains(open.trim_end()), "{runbook}");
}
