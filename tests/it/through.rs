//! The charts of a whole plan hold what the plan holds: headroom through the periods, and users by state.

use crate::draw::{Size, draw};
use crate::folders::{file, folder, with};
use crate::levels::planned;
use plimsoll::ids::{ComponentId, ResourceId};
use plimsoll::inventory::SourceFile;
use plimsoll::model::{Inventory, Phase, Scenario};
use plimsoll::plan::{PeriodPlan, Plan};
use plimsoll::report::HeadroomRow;
use plimsoll::report::charts::{HeadroomThroughChart, ThroughPeriod, UsersChart};
use plimsoll::report::through::headroom_through;
use plimsoll::report::users::users_by_state;
use plimsoll::scenario::ScenarioText;
use std::collections::BTreeMap;
use std::path::Path;

/// A plan with all that it was made of.
struct Planned {
    inventory: Inventory,
    scenario: Scenario,
    plan: Plan,
}

impl Planned {
    fn new(files: &[SourceFile], scenario: &str) -> Self {
        let inventory = plimsoll::inventory::read(files)
            .inventory
            .expect("a sound inventory");
        let layer = ScenarioText {
            name: "scenario.toml".to_owned(),
            text: scenario.to_owned(),
        };
        let scenario = plimsoll::scenario::read(&[layer], &inventory)
            .scenario
            .expect("a sound scenario");
        let plan = planned(&inventory, &scenario);
        Self {
            inventory,
            scenario,
            plan,
        }
    }

    fn shipped(path: &str, scenario: &str) -> Self {
        let files = folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
        let text = files
            .iter()
            .find(|file| file.name == scenario)
            .expect("the scenario is there");
        Self::new(&files, &String::from_utf8_lossy(&text.bytes))
    }

    fn drawn(seed: u64) -> Self {
        let drawn = draw(seed, Size::SMALL);
        let files: Vec<_> = drawn
            .files
            .iter()
            .map(|(name, text)| file(name, text))
            .collect();
        Self::new(&files, &drawn.scenario)
    }

    fn headroom(&self) -> HeadroomThroughChart {
        headroom_through(&self.inventory, &self.scenario, &self.plan)
    }

    fn users(&self) -> UsersChart {
        users_by_state(&self.inventory, &self.scenario, &self.plan)
    }
}

/// What really is the headroom of a component and resource under the load of the plan.
fn truth(period: &PeriodPlan, component: ComponentId, resource: ResourceId) -> f64 {
    let affected = period
        .blind
        .iter()
        .find(|affected| affected.component == component && affected.resource == Some(resource));
    let left = if let Some([_, _, left, _]) = affected.and_then(|affected| affected.amounts) {
        left
    } else {
        let left = period.case.capacity(component.index(), resource.index());
        left.expect("it is limited")
    };
    1.0 - period.load[[component.index(), resource.index()]] / left
}

fn is_close(left: f64, right: f64) -> bool {
    plimsoll::units::is_close(left, right, 1e-9)
}

/// The users of every period by state are all users, and each count is that of the plan.
fn assert_users_are_those_of_the_plan(name: &str, planned: &Planned) {
    let shown = planned.users().periods;
    assert_eq!(shown.len(), planned.plan.periods.len(), "{name}");
    for (users_period, period) in shown.iter().zip(&planned.plan.periods) {
        let totals = &period.totals;
        let sum =
            users_period.at_home + users_period.away + users_period.new + users_period.unserved;
        assert!(is_close(sum, totals.users), "{name}: {users_period:?}");
        assert!(is_close(users_period.unserved, totals.unserved), "{name}");
        assert!(is_close(users_period.moving, totals.moved), "{name}");
        assert!(users_period.copied <= totals.copied + 1e-6, "{name}");
        let mut components: BTreeMap<ComponentId, f64> = BTreeMap::new();
        for affected in &period.blind {
            let most = components.entry(affected.component).or_default();
            *most = most.max(affected.users_affected);
        }
        // Whoever crosses several of them is hurt once.
        let most = components.values().copied().fold(0.0, f64::max);
        let sum: f64 = components.values().sum();
        let affected = users_period.affected;
        assert!(
            most - 1e-6 <= affected && affected <= sum + 1e-6,
            "{name}: {affected} of {most} to {sum}"
        );
    }
}

/// The row of a component and resource, as it is in truth.
fn held<'c>(shown: &'c ThroughPeriod, component: &str, resource: &str) -> Option<&'c HeadroomRow> {
    let mut rows = shown.truth.iter().chain(&shown.rows);
    rows.find(|row| row.component == component && row.resource == resource)
}

/// The headroom of every component and resource in every period is what really holds.
fn assert_headroom_is_the_truth(name: &str, planned: &Planned) {
    let shown = planned.headroom().periods;
    assert_eq!(shown.len(), planned.plan.periods.len(), "{name}");
    let mut checked = 0;
    for (shown, period) in shown.iter().zip(&planned.plan.periods) {
        for margin in &period.margins {
            let component = planned.inventory.component_name(margin.component);
            let resource = &planned.inventory.resources[margin.resource.index()].id;
            let row = held(shown, component, resource).expect("it is shown");
            if let Some(headroom) = row.headroom_during() {
                let truth = truth(period, margin.component, margin.resource);
                assert!(is_close(headroom, truth), "{name}: {row:?}, not {truth}");
                checked += 1;
            }
        }
    }
    let mut all = planned.plan.periods.iter();
    assert!(
        checked > 0 || all.all(|period_plan| period_plan.margins.is_empty()),
        "{name}"
    );
}

#[test]
fn charts_of_drawn_and_shipped_plans_hold_what_the_plans_hold() {
    let seeds = (0..16).map(|seed| (format!("seed {seed}"), Planned::drawn(seed)));
    let shipped = [
        ("data/tiny", "drain-chicago.toml"),
        ("data/americas-2012", "13-november-2012.toml"),
    ];
    let shipped = shipped.map(|(path, scenario)| {
        let planned = Planned::shipped(path, scenario);
        (scenario.to_owned(), planned)
    });
    for (name, planned) in seeds.chain(shipped) {
        assert_headroom_is_the_truth(&name, &planned);
        assert_users_are_those_of_the_plan(&name, &planned);
    }
}

#[test]
fn users_of_the_tiny_drain_are_those_derived_by_hand() {
    // data/tiny/README.md: of 180 thousand, 90 leave Chicago, 50 of them by copying.
    let chart = Planned::shipped("data/tiny", "drain-chicago.toml").users();
    assert_eq!(
        chart.title,
        "Everyone is served; 90,000 users are displaced"
    );
    let users_period = &chart.periods[0];
    for (what, counted, users) in [
        ("users", users_period.users, 180e3),
        ("at home", users_period.at_home, 90e3),
        ("away", users_period.away, 90e3),
        ("new", users_period.new, 0.0),
        ("unserved", users_period.unserved, 0.0),
        ("moving", users_period.moving, 90e3),
        ("copied", users_period.copied, 50e3),
        ("hurt", users_period.affected, 0.0),
    ] {
        assert!(is_close(counted, users), "{what}: {users_period:?}");
    }
}

/// Site `a` has room for 100 and holds 60 users; three quarters of it are gone from 09:00, known from 09:30.
/// Link `l2`, which all of them cross, loses half of their work meanwhile.
const GRAY: &str = "[scenario]\nname = \"gray\"\n\
    start = 2012-11-13T09:00:00-08:00\nend = 2012-11-13T10:00:00-08:00\n\
    [[event]]\nkind = \"gray\"\ncomponent = \"a\"\ncapacity = 0.25\n\
    detected = 2012-11-13T09:30:00-08:00\n\
    [[event]]\nkind = \"gray\"\ncomponent = \"l2\"\ncapacity = 1.0\nloss = 0.5\n\
    detected = 2012-11-13T09:30:00-08:00\n";

#[test]
fn the_blind_window_is_shown_as_it_is_and_nobody_is_affected_twice() {
    let shards = "shard,tenant,users,site,profile,client_region,tier\ns,t,60,a,mail,r,gold\n";
    let planned = Planned::new(&with(&[("shards.csv", shards)]), GRAY);
    let (through, users) = (planned.headroom(), planned.users());
    // 60 at the site and 30 on the link are the same 60. Then 25 find room.
    assert_eq!(
        users.title,
        "35 users are unserved (09:30 to 10:00); undetected faults affect 60 users (09:00 to 09:30)"
    );
    // 60 on 25 is an overload of 140 percent.
    assert_eq!(
        through.title,
        "a is actually at 240 % of capacity from 09:00 to 09:30; 1 of 2 periods below target"
    );
    let [first, second] = &through.periods[..] else {
        panic!("two periods: {:?}", through.periods);
    };
    let believed = |through_period: &ThroughPeriod| {
        let row = through_period.rows.iter().find(|row| row.component == "a");
        row.and_then(HeadroomRow::headroom_during)
            .expect("it is shown")
    };
    assert!(is_close(believed(first), 0.4) && is_close(believed(second), 0.0));
    assert_eq!((first.phase, second.phase), (Phase::Blind, Phase::Known));
    let known = through.events.iter().map(|event| event.known.to_string());
    let known: Vec<String> = known.collect();
    assert_eq!(known, ["2012-11-13T17:30:00Z"; 2]);
}
