//! The charts of a whole plan hold what the plan holds: headroom through the periods, and users by state.

use crate::draw::{Size, draw};
use crate::folders::{file, folder, with};
use crate::levels::planned;
use plimsoll::ids::{ComponentId, ResourceId};
use plimsoll::inventory::SourceFile;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{Margin, PeriodPlan, Plan};
use plimsoll::report::drawn::{Drawing, drawings};
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

    /// Headroom through the periods, and users by state.
    fn charts(&self) -> [Drawing; 2] {
        let drawn = drawings(&self.inventory, &self.scenario, &self.plan);
        let drawn = drawn.expect("charts can be drawn");
        ["headroom-through", "users"].map(|name| {
            let mut all = drawn.iter();
            let own = all.find(|drawing| drawing.name == name);
            own.expect("the chart is drawn").clone()
        })
    }
}

/// What really is the headroom of a component and resource under the load of the plan.
fn truth(period: &PeriodPlan, component: ComponentId, resource: ResourceId) -> f64 {
    let hurt = period
        .blind
        .iter()
        .find(|hurt| hurt.component == component && hurt.resource == Some(resource));
    let left = if let Some([_, _, left, _]) = hurt.and_then(|hurt| hurt.amounts) {
        left
    } else {
        let left = period.case.capacity(component.index(), resource.index());
        left.expect("it is limited")
    };
    1.0 - period.load[[component.index(), resource.index()]] / left
}

type Row = BTreeMap<String, String>;

fn rows(drawing: &Drawing) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(drawing.csv.as_slice());
    let rows = reader.deserialize().map(|row| row.expect("a row"));
    rows.collect()
}

fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().expect("a number")
}

fn is_close(left: f64, right: f64) -> bool {
    plimsoll::units::is_close(left, right, 1e-9)
}

/// The users of every period by state are all users, and each count is that of the plan.
fn assert_users_are_those_of_the_plan(name: &str, planned: &Planned, users: &Drawing) {
    let rows = rows(users);
    assert_eq!(rows.len(), planned.plan.periods.len(), "{name}");
    for (row, period) in rows.iter().zip(&planned.plan.periods) {
        let totals = &period.totals;
        let states = ["at_home", "away", "new", "unserved"];
        let sum: f64 = states.iter().map(|state| number(row, state)).sum();
        assert!(is_close(sum, totals.users), "{name}: {row:?}");
        assert!(is_close(number(row, "unserved"), totals.unserved), "{name}");
        assert!(is_close(number(row, "moving"), totals.moved), "{name}");
        assert!(number(row, "copied") <= totals.copied + 1e-6, "{name}");
        let mut components: BTreeMap<ComponentId, f64> = BTreeMap::new();
        for hurt in &period.blind {
            let most = components.entry(hurt.component).or_default();
            *most = most.max(hurt.users_affected);
        }
        // Whoever crosses several of them is hurt once.
        let most = components.values().copied().fold(0.0, f64::max);
        let sum: f64 = components.values().sum();
        let hurt = number(row, "hurt");
        assert!(
            most - 1e-6 <= hurt && hurt <= sum + 1e-6,
            "{name}: {hurt} of {most} to {sum}"
        );
    }
}

/// What is full comes first, then what misses its target by its share, then what is least above it.
fn tightness(headroom: f64, margin: &Margin) -> (u8, f64) {
    let target = margin.written_target;
    if headroom <= 1e-6 {
        (0, headroom)
    } else if headroom < margin.target - 1e-6 {
        (1, headroom / target)
    } else if headroom < target - 1e-6 {
        (2, headroom / target)
    } else {
        (3, headroom - target)
    }
}

/// Every cell is the headroom of the tightest resource of its component that really holds.
fn assert_cells_are_the_truth(name: &str, planned: &Planned, through: &Drawing) {
    let rows = rows(through);
    let cells: Vec<&Row> = rows.iter().filter(|row| row["block"] != "events").collect();
    let mut checked = 0;
    for row in &cells {
        let period: usize = row["period"].parse().expect("a number");
        let period = &planned.plan.periods[period];
        let own = period.margins.iter();
        let own =
            own.filter(|own| planned.inventory.component_name(own.component) == row["component"]);
        let all = own.map(|own| {
            let headroom = truth(period, own.component, own.resource);
            (tightness(headroom, own), headroom)
        });
        let tightest = all.filter(|(_, headroom)| headroom.is_finite());
        let tightest = tightest.min_by(|a, b| a.0.0.cmp(&b.0.0).then(a.0.1.total_cmp(&b.0.1)));
        if !row["headroom"].is_empty() {
            let (_, tightest) = tightest.expect("a headroom");
            assert!(
                is_close(number(row, "headroom"), tightest),
                "{name}: {row:?}"
            );
            checked += 1;
        }
    }
    assert!(checked > 0 || cells.is_empty(), "{name}");
    let limited = |site: usize| {
        let component = planned
            .inventory
            .site_component(plimsoll::ids::SiteId::new(site));
        let margins = planned.plan.periods[0].margins.iter();
        margins.filter(|own| own.component == component).count() > 0
    };
    let sites = (0..planned.inventory.sites.len()).filter(|site| limited(*site));
    let shown = cells.iter().filter(|row| row["block"] == "sites").count();
    assert_eq!(shown, sites.count() * planned.plan.periods.len(), "{name}");
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
        let [through, users] = planned.charts();
        assert_cells_are_the_truth(&name, &planned, &through);
        assert_users_are_those_of_the_plan(&name, &planned, &users);
    }
}

#[test]
fn users_of_the_tiny_drain_are_those_derived_by_hand() {
    // data/tiny/README.md: of 180 thousand, 90 leave Chicago, 50 of them by copying.
    let [_, drawing] = Planned::shipped("data/tiny", "drain-chicago.toml").charts();
    assert_eq!(
        drawing.title,
        "Everyone is served; 90,000 users are away from home"
    );
    let row = &rows(&drawing)[0];
    for (column, users) in [
        ("users", 180e3),
        ("at_home", 90e3),
        ("away", 90e3),
        ("new", 0.0),
        ("unserved", 0.0),
        ("moving", 90e3),
        ("copied", 50e3),
        ("hurt", 0.0),
    ] {
        assert!(is_close(number(row, column), users), "{column}: {row:?}");
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
fn the_blind_window_is_shown_as_it_is_and_nobody_is_hurt_twice() {
    let shards = "shard,tenant,users,site,profile,client_region,tier\ns,t,60,a,mail,r,gold\n";
    let planned = Planned::new(&with(&[("shards.csv", shards)]), GRAY);
    let [through, users] = planned.charts();
    // 60 at the site and 30 on the link are the same 60. Then 25 find room.
    assert_eq!(
        users.title,
        "35 users are unserved (09:30 to 10:00); in truth 60 users are hurt (09:00 to 09:30); \
         nobody is away from home"
    );
    // 60 on 25 is an overload of 140 percent.
    assert_eq!(
        through.title,
        "a is in truth overloaded by 140 % from 09:00 to 09:30; 1 of 2 periods misses a target"
    );
    let rows = rows(&through);
    let site: Vec<&Row> = rows.iter().filter(|row| row["component"] == "a").collect();
    let believed = |row: &Row| number(row, "believed_headroom");
    assert!(is_close(believed(site[0]), 0.4) && is_close(believed(site[1]), 0.0));
    assert_eq!((&*site[0]["phase"], &*site[1]["phase"]), ("blind", "known"));
    let known: Vec<&str> = rows
        .iter()
        .filter(|row| row["block"] == "events")
        .map(|row| &*row["known_from"])
        .collect();
    assert_eq!(known, ["2012-11-13T09:30:00-08:00"; 2]);
}
