//! Growth and dated changes of capacity are no events: who moved for them is not returned, and is moved once.

use crate::draw::Size;
use crate::levels::{assert_none, broken, found_in_changed_draws, judged, planned};
use crate::read::read;
use plimsoll::engine::replay;
use plimsoll::ids::TierId;
use plimsoll::model::{Inventory, PlannedPeriods, Scenario};
use plimsoll::solve::Stop;
use std::cell::Cell;

/// Shards e and f of 40 users at a, and three sites for 100; f grows to 70 at 3, shrinks at 4 and grows again at 5.
fn three_sites(events: &str) -> (Inventory, Scenario) {
    let files = [
        ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
        ("profiles.csv", "profile,cpu\nmail,1\n"),
        ("sites.csv", "site,cpu\na,100\nb,100\nc,100\n"),
        ("access_points.csv", "access_point\np\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nin,r,p,0\nla,p,a,10\nlb,p,b,20\nlc,p,c,30\n",
        ),
        ("client_regions.csv", "client_region\nr\n"),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\n\
             e,t,40,a,mail,r,gold\nf,t,40,a,mail,r,gold\n",
        ),
        (
            "onboarding.csv",
            "date,shard,users\n2030-03-01T03:00:00Z,f,30\n2030-03-01T04:00:00Z,f,-30\n\
             2030-03-01T05:00:00Z,f,30\n",
        ),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    read(
        &files,
        &format!(
            "[scenario]\nname = \"months\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T09:00:00Z\n\
             [policy]\ndrain = \"anywhere\"\n{events}"
        ),
    )
}

fn moved_and_returned(inventory: &Inventory, scenario: &Scenario) -> Vec<(f64, f64)> {
    let plan = planned(inventory, scenario);
    let periods = plan.periods.iter();
    periods
        .map(|period| (period.totals.moved + 0.0, period.totals.returned + 0.0))
        .collect()
}

#[test]
fn who_moved_for_growth_is_moved_once() {
    let (inventory, scenario) = three_sites("");
    // No month carries e back, and none has to carry it out again.
    assert_eq!(
        moved_and_returned(&inventory, &scenario),
        [(0.0, 0.0), (40.0, 0.0), (0.0, 0.0), (0.0, 0.0)]
    );
    assert_eq!(broken(&inventory, &scenario), Vec::<String>::new());
}

#[test]
fn after_events_users_return_where_growth_had_moved_them() {
    // At b, where e is by then, works begin at 6; at 7 it goes back there, and not to shards.csv's a, which has no room.
    let (inventory, scenario) = three_sites(
        "[[event]]\nkind = \"maintenance\"\ncomponent = \"b\"\nresources = [\"cpu\"]\ncapacity = 0.3\n\
         start = 2030-03-01T06:00:00Z\nend = 2030-03-01T07:00:00Z\n",
    );
    // Planned together it goes to c at once, and stays.
    assert_eq!(
        moved_and_returned(&inventory, &scenario),
        [
            (0.0, 0.0),
            (40.0, 0.0),
            (0.0, 0.0),
            (0.0, 0.0),
            (0.0, 0.0),
            (0.0, 0.0)
        ]
    );
    let mut scenario = scenario;
    scenario.policy.periods = PlannedPeriods::Sequential;
    assert_eq!(
        moved_and_returned(&inventory, &scenario)[3..],
        [(0.0, 0.0), (40.0, 0.0), (0.0, 40.0)]
    );
    let plan = planned(&inventory, &scenario);
    let sites = |period: usize| -> Vec<&str> {
        let parts = plan.periods[period].parts.iter();
        let sites = parts.filter_map(|part| part.site);
        sites
            .map(|site| inventory.sites[site.index()].id.as_str())
            .collect()
    };
    assert_eq!([3, 4, 5].map(sites), [["b", "a"], ["c", "a"], ["b", "a"]]);
    assert_eq!(broken(&inventory, &scenario), Vec::<String>::new());
}

/// Another access point would move twelve users: whatever it brings in latency does not count.
#[test]
fn an_access_point_that_moves_more_users_proves_nothing_less() {
    let draw = crate::draw::draw(2498, Size::SMALL);
    let (inventory, mut scenario) = read(&draw.files, &draw.scenario);
    scenario.events.clear();
    assert_eq!(broken(&inventory, &scenario), Vec::<String>::new());
}

#[test]
fn nobody_returns_in_random_scenarios_without_events() {
    let growing = Cell::new(0);
    let found = |inventory: &Inventory, scenario: &Scenario| {
        let plan = planned(inventory, scenario);
        let moved = plan.periods.iter().any(|period| period.totals.moved > 0.0);
        growing.set(growing.get() + usize::from(moved && plan.periods.len() > 1));
        let returned: f64 = plan
            .periods
            .iter()
            .map(|period| period.totals.returned)
            .sum();
        let mut faults = broken(inventory, scenario);
        faults.extend((returned > 0.0).then(|| format!("{returned} users return")));
        faults
    };
    let change = |_: u64, _: &mut Inventory, scenario: &mut Scenario| scenario.events.clear();
    assert_none(&found_in_changed_draws(Size::SMALL, 40, change, found));
    if std::env::var("PLIMSOLL_SEEDS").is_err() {
        assert!(growing.get() > 3, "{}", growing.get());
    }
}

/// 600 join over a day from 1:00 on, and 500 leave at 5:00, when 100 have come: up to 21:00 nobody is there. Plan and replay count
/// 24,000 user minutes.
#[test]
fn who_leaves_before_others_have_come_is_counted_alike() {
    let (inventory, scenario) =
        super::steps::read("tests/found/clipped-minutes", &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let silver = inventory.tiers.iter().position(|tier| tier.id == "silver");
    let silver = TierId::new(silver.expect("a tier"));
    let planned: f64 = (plan.tenants.iter().filter(|tenant| tenant.tier == silver))
        .map(|tenant_account| tenant_account.user_minutes)
        .sum();
    let replay = replay(&inventory, &scenario, None, true, &Stop::default());
    let replay = replay.expect("no plan is named").expect("a replay");
    let played: f64 = (replay.runs[0]
        .accounts
        .iter()
        .filter(|account| account.tier == silver))
    .map(|account| account.felt.user_seconds / 60.0)
    .sum();
    assert!((planned - 24_000.0).abs() < 1.0, "{planned}");
    assert!((played - 24_000.0).abs() < 1.0, "{played}");
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
}
