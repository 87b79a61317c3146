//! The end of a plan: until when its last homes and paths hold as users grow, by hand, beside a runway, and by the referee.

use super::{date, growing, request};
use crate::draw::random::Random;
use crate::levels::{judged, judged_files, planned, written};
use crate::naive_cases::{csv_files, text};
use crate::read::read;
use plimsoll::diagnostic::Finding;
use plimsoll::engine::{end_state, runway};
use plimsoll::error::Error;
use plimsoll::ids::{ShardId, TenantId};
use plimsoll::model::{
    Band, CurrentWeight, GrowthRate, Homes, Inventory, Movers, PlannedDemand, Replica,
    ReplicaState, Scenario, Shard,
};
use plimsoll::plan::runway::{Adjustment, Condition, SampleStep};
use plimsoll::plan::{EndStateGap, EndStateRunway, Flow, Plan};
use plimsoll::report::briefing::Briefing;
use plimsoll::solve::Stop;
use plimsoll::units::{Milliseconds, NOBODY};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// The plan with until when its end holds.
fn ended(inventory: &Inventory, scenario: &Scenario) -> Plan {
    let mut plan = planned(inventory, scenario);
    plan.end_state = end_state(inventory, scenario, &plan, &Stop::default()).expect("it is asked");
    plan
}

/// What the briefing says last.
fn said(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Vec<String> {
    let with = |plan: &Plan| {
        let briefing = Briefing {
            inventory,
            scenario,
            plan,
            steps: &[],
            explanations: None,
            proven: None,
        };
        briefing.text(None)
    };
    let silent = Plan {
        end_state: None,
        ..plan.clone()
    };
    let text = with(plan);
    let silent = with(&silent);
    let rest = text.strip_prefix(silent.trim_end());
    let rest = rest.expect("it stands last, and changes nothing else");
    let lines = rest.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The two sites of the case by hand: A has 40 thousand users and B 30; each carries 100, or 80 within its target. From 4 January
/// 2027 on (week 1) a thousand join at A every Monday. What `change` makes of a file is read instead, and `more` is added to the scenario.
fn two_sites(change: impl Fn(&str, &mut String), more: &str) -> (Inventory, Scenario) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/growth-two-sites");
    let files: Vec<(String, String)> = csv_files(&folder)
        .into_iter()
        .map(|(name, mut of_file)| {
            change(&name, &mut of_file);
            (name, of_file)
        })
        .collect();
    read(
        &files,
        &format!("{}{more}", text(&folder.join("scenario.toml"))),
    )
}

/// The sentences of a plan of the two sites, which the referee accepts; what it lacks for its dates.
fn said_and_lacking(more: &str) -> (Vec<String>, Vec<String>) {
    let (inventory, scenario) = two_sites(|_, _| {}, more);
    let plan = ended(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    (said(&inventory, &scenario, &plan), verdict.lacking)
}

/// The same where the referee recomputes the dates.
fn said_of_two_sites(more: &str) -> Vec<String> {
    let (said, lacking) = said_and_lacking(more);
    assert_eq!(lacking, Vec::<String>::new());
    said
}

const NOT_CHECKED: [&str; 2] = [
    "Not checked: failures in that time.",
    "To check from the homes in shards.csv: plimsoll runway INVENTORY --from 2026-12-29 --until 2028-12-29.",
];

fn maintenance(site: &str, capacity: &str, end: &str) -> String {
    format!(
        "[[event]]\nkind = \"maintenance\"\ncomponent = \"{site}\"\ncapacity = {capacity}\n\
         start = 2026-12-28T00:00:00Z\nend = {end}\n"
    )
}

/// Nobody moves: as in expected.json, A fails its target in week 41, on 11 October 2027, and is full in week 61, from 28
/// February 2028 on.
#[test]
fn plan_without_moves_ends_as_the_runway_as_is() {
    let dates = [
        "With the homes and paths at the plan's end and growth as expected, headroom targets are met until 10 Oct 2027.",
        "With them, everyone is served until 27 Feb 2028.",
    ];
    assert_eq!(said_of_two_sites(""), [&dates[..], &NOT_CHECKED].concat());
}

/// B is drained, and its 30 thousand users are at A when it is back: 70 + w are within the target of 80 before week 11, which begins
/// on 4 January + 70 days = 15 March 2027, and fit before week 31, on 2 August 2027. Neither is a date of today's homes.
#[test]
fn moved_users_count_where_the_plan_leaves_them() {
    let drain = maintenance("b", "0", "2026-12-29T00:00:00Z");
    let dates = [
        "With the homes and paths at the plan's end and growth as expected, headroom targets are met until 14 Mar 2027.",
        "With them, everyone is served until 1 Aug 2027.",
        "Assumed: maintenance of B is over, and moved users stay at their new sites.",
    ];
    assert_eq!(
        said_of_two_sites(&drain),
        [&dates[..], &NOT_CHECKED].concat()
    );
}

/// A has nine tenths of its capacity left, 90 or 72 within its target: 40 + w exceed that from week 33 on, 16 August 2027, and
/// fill it from week 51 on, 20 December 2027. The event ends after the scenario, or nobody knows when.
#[test]
fn event_that_goes_on_is_in_force_on_every_day() {
    let dates = [
        "With the homes and paths at the plan's end and growth as expected, headroom targets are met until 15 Aug 2027.",
        "With them, everyone is served until 19 Dec 2027.",
        "Assumed: maintenance of A goes on.",
    ];
    let later = maintenance("a", "0.9", "2027-01-10T00:00:00Z");
    let open = maintenance("a", "0.9", "2026-12-29T00:00:00Z") + "end_assumed = true\n";
    for more in [later, open] {
        let said = said_of_two_sites(&more);
        assert_eq!(said, [&dates[..], &NOT_CHECKED].concat(), "{more}");
    }
    let over = maintenance("a", "0.9", "2026-12-29T00:00:00Z");
    assert_eq!(
        said_of_two_sites(&over)[1..3],
        [
            "With them, everyone is served until 27 Feb 2028.",
            "Assumed: maintenance of A is over."
        ]
    );
}

/// A is drained, and all 70 thousand are at B, of which 75 is left: more than the 60 within its target, from the first day on.
#[test]
fn missed_target_is_said_of_the_first_day() {
    let drain = maintenance("a", "0", "2027-01-10T00:00:00Z");
    let less = maintenance("b", "0.75", "2027-01-10T00:00:00Z");
    let (said, lacking) = said_and_lacking(&(drain + &less));
    assert_eq!(
        said[0],
        "With the homes and paths at the plan's end and growth as expected, a headroom target is missed from 29 Dec 2026 on."
    );
    // Newcomers are homed at A, which is out: they have no site from week 1 on.
    assert_eq!(said[1], "With them, everyone is served until 3 Jan 2027.");
    assert_eq!(
        lacking,
        ["dates of end_state_runway (users join without a written path)"]
    );
}

/// Whatever is dated before the end, or beyond two years, is no growth; neither is a rate of 0.
#[test]
fn nothing_is_said_where_users_do_not_grow() {
    for rows in ["", "2026-12-28,new-001,1000\n", "2028-12-29,new-001,1000\n"] {
        let change = |name: &str, text: &mut String| {
            if name == "onboarding.csv" {
                *text = format!("date,shard,users\n{rows}");
            }
        };
        let (inventory, scenario) = two_sites(change, "");
        let plan = ended(&inventory, &scenario);
        assert_eq!(plan.end_state, None, "{rows}");
        let mut files = written(&inventory, &scenario, &plan);
        files.retain(|file| file.name == "summary.json");
        let summary = String::from_utf8_lossy(&files[0].bytes);
        assert!(!summary.contains("end_state"), "{summary}");
    }
}

/// The reason why no date is known, and the first sentence of the briefing about it.
fn gap(of: &(Inventory, Scenario)) -> (EndStateGap, String) {
    let (inventory, scenario) = of;
    let plan = ended(inventory, scenario);
    let found = plan.end_state.as_ref().expect("users grow").found;
    let verdict = judged(inventory, scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    let said = said(inventory, scenario, &plan);
    assert_eq!(said.last().map(String::as_str), Some(NOT_CHECKED[1]));
    (found.expect_err("no date is known"), said[0].clone())
}

/// Every day of two years has to be asked where some users rise while others fall: 731 days × more than 410 shards and paths.
#[test]
fn too_much_work_is_not_checked() {
    let many = |name: &str, text: &mut String| {
        if name == "shards.csv" {
            for shard in 0..200 {
                writeln!(text, "idle-{shard},tenant-b,0,b,mail,middle,gold").expect("a String");
            }
        }
    };
    let mut of = two_sites(many, "");
    let rate = |tenant: usize, monthly: f64| GrowthRate {
        tenant: Some(TenantId::new(tenant)),
        ..of_all(monthly)
    };
    of.0.growth = vec![rate(0, 0.001), rate(1, -0.001)];
    let (gap, sentence) = gap(&of);
    assert_eq!(gap, EndStateGap::Work);
    assert_eq!(
        sentence,
        "Not checked: until when the plan's end holds as users grow, since the inventory is too large to check it with every plan."
    );
    // With one trend few days are asked.
    of.0.growth.truncate(1);
    let plan = ended(&of.0, &of.1);
    let found = plan.end_state.as_ref().map(|runway| runway.found.is_ok());
    assert_eq!(found, Some(true));
}

/// The thousand users of week 2 have no home: what is said is of all others, who fill A a week later, on 6 March 2028.
#[test]
fn users_without_a_home_are_not_counted() {
    let homeless = |name: &str, text: &mut String| {
        if name == "shards.csv" {
            *text = text.replace("new-002,tenant-new,0,a", "new-002,tenant-new,0,");
        }
    };
    let of = two_sites(homeless, "");
    let plan = ended(&of.0, &of.1);
    let verdict = judged(&of.0, &of.1, &plan);
    assert!(verdict.holds(), "{verdict}");
    let said = said(&of.0, &of.1, &plan);
    assert_eq!(
        said[1..3],
        [
            "With them, everyone is served until 5 Mar 2028.",
            "Not counted: users that join from 11 Jan 2027 on and have no home yet.",
        ]
    );
    let verdict = changed(&of, "\"2027-01-11\"", "\"2027-01-18\"");
    let expected = "summary.json: key end_state_runway.newcomers_from: found 2027-01-18, expected 2027-01-11 [P7925]";
    assert!(verdict.contains(expected), "{verdict}");
}

#[test]
fn what_has_no_date_says_why() {
    let (found, sentence) = gap(&two_sites(|_, _| {}, "[policy]\ndemand = \"hourly\"\n"));
    assert_eq!(found, EndStateGap::Hours);
    assert_eq!(
        sentence,
        "Not checked: until when the plan's end holds as users grow, since demand is planned by the hour."
    );
    // A is out, and B carries 50 of 70 thousand.
    let end = "2026-12-29T00:00:00Z";
    let more = maintenance("a", "0", end) + &maintenance("b", "0.5", end);
    let (found, sentence) = gap(&two_sites(|_, _| {}, &more));
    assert_eq!(found, EndStateGap::Unserved);
    assert_eq!(sentence, "At the plan's end 20,000 users are unserved.");
}

/// The inventory with shards, copies and steering as at a plan's end: where a shard with copies was at home, one stays.
fn as_left(inventory: &Inventory, homes: &Homes, flows: &[Flow]) -> Inventory {
    let mut left = inventory.clone();
    let mut replicas: Vec<Replica> = inventory.replicas.to_vec();
    let shards: &mut [Shard] = &mut left.shards;
    for (index, shard) in shards.iter_mut().enumerate() {
        let id = ShardId::new(index);
        let (old, new) = (shard.site, homes.main(id));
        shard.site = new;
        let is_of = |replica: &Replica| replica.shard == id;
        if let Some(site) = old.filter(|_| old != new && replicas.iter().any(is_of)) {
            replicas.retain(|replica| !is_of(replica) || Some(replica.site) != new);
            replicas.push(Replica {
                shard: id,
                site,
                preference: 9,
                state: ReplicaState::Ready,
            });
        }
    }
    replicas.sort_by_key(|replica| (replica.shard, replica.preference));
    left.replicas = replicas.into();
    let cell = |flow: &Flow| {
        let group = flow.group;
        let limit = group.max_latency.map(f64::to_bits);
        (group.client_region, group.profile, limit, flow.path.site)
    };
    let mut users: BTreeMap<_, f64> = BTreeMap::new();
    for flow in flows {
        *users.entry(cell(flow)).or_default() += flow.users;
    }
    left.resumed.weights = flows
        .iter()
        .filter(|flow| users[&cell(flow)] > NOBODY)
        .map(|flow| CurrentWeight {
            client_region: flow.group.client_region,
            profile: flow.group.profile,
            max_latency: flow.group.max_latency.map(Milliseconds),
            site: flow.path.site,
            access_point: flow.path.access_point,
            links: flow.path.links.clone(),
            weight: flow.users / users[&cell(flow)],
        })
        .collect();
    left
}

/// Whether the dates of a plan's end are those of a runway from there; `None` where the runway is asked something else.
fn is_as_the_runway(
    (inventory, scenario): (&Inventory, &Scenario),
    (plan, end): (&Plan, &EndStateRunway),
) -> Option<bool> {
    let dates = end.found.ok()?;
    let homes = plan.homes_at_end(inventory);
    let last = plan.periods.last()?;
    if homes.split_shards().next().is_some() || !end.in_force.is_empty() {
        return None;
    }
    let left = as_left(inventory, &homes, last.last_flows());
    let mut quiet = scenario.clone();
    quiet.events.clear();
    quiet.protect = None;
    quiet.policy.movers = Movers::All;
    let asked = plimsoll::engine::RunwayRequest {
        until: end.begins(end.days),
        failures: 0,
        ..request(end.from, SampleStep::Quarter)
    };
    let found = match runway(&left, &quiet, &asked, &Stop::default()) {
        Ok(found) => found,
        // With these weights something is too full on the first day.
        Err(Error::Unfit(findings)) => {
            let codes: Vec<&str> = findings
                .iter()
                .map(|finding: &Finding| finding.code.0)
                .collect();
            assert_eq!(codes, ["P3604"]);
            return Some(dates.served == Some(0));
        }
        Err(error) => panic!("{error}"),
    };
    if !found.trapped.is_empty() {
        return None;
    }
    let same = [Condition::Target, Condition::Served].map(|condition| {
        let row = found.row(condition, Adjustment::AsIs, Band::Expected);
        let row = row.expect("it is asked");
        row.fails_from() == dates.fails_from(condition)
    });
    Some(same == [true, true])
}

/// A draw with more capacity than most, whose users grow by the same rate for two years, and whose events end with the scenario.
fn served_at_first(seed: u64) -> (Inventory, Scenario) {
    let (mut inventory, mut scenario) = growing(seed);
    let mut random = Random::new(seed ^ 0x65_6E_64_u64);
    let changes = inventory.capacity_changes.iter_mut();
    let later = changes.filter_map(|change| change.capacity.as_mut());
    let factor = random.between(1.2, 2.0);
    for capacity in inventory.capacity.iter_mut().flatten().chain(later) {
        *capacity *= factor;
    }
    let monthly = random.between(0.005, 0.06);
    inventory.growth.retain(|_| random.chance(0.3));
    inventory.growth.push(GrowthRate {
        start: date("2030-02-20"),
        ..of_all(monthly)
    });
    for event in &mut scenario.events {
        event.end = event.end.min(scenario.end);
        event.is_end_assumed = false;
    }
    scenario.events.retain(|event| event.start < event.end);
    scenario.policy.demand = PlannedDemand::Peak;
    scenario.policy.split_shards = false;
    scenario.policy.require_stable = false;
    (inventory, scenario)
}

/// A rate of all users from 2027 on.
fn of_all(monthly: f64) -> GrowthRate {
    GrowthRate {
        start: date("2027-01-01"),
        end: None,
        tenant: None,
        client_region: None,
        profile: None,
        tier: None,
        monthly,
        low: monthly,
        high: monthly,
    }
}

#[test]
fn dates_are_those_of_a_runway_from_the_end() {
    let seeds = std::env::var("PLIMSOLL_SEEDS").ok();
    let seeds = seeds.and_then(|seeds| seeds.parse().ok()).unwrap_or(40);
    let (mut compared, mut dated, mut moved) = (0, 0, 0);
    for seed in 0..seeds {
        let (inventory, scenario) = served_at_first(5000 + seed);
        let plan = ended(&inventory, &scenario);
        let verdict = judged(&inventory, &scenario, &plan);
        assert!(verdict.holds(), "seed {seed}: {verdict}");
        let Some(end) = &plan.end_state else {
            continue;
        };
        if let Some(is_same) = is_as_the_runway((&inventory, &scenario), (&plan, end)) {
            assert!(is_same, "seed {seed}");
            compared += 1;
            let dates = end.found.expect("there are dates");
            dated += usize::from(dates.target.is_some_and(|day| day > 0));
            let homes = plan.homes_at_end(&inventory);
            let mut shards = inventory.shards.iter().enumerate();
            let is_any = shards.any(|(shard, row)| homes.main(ShardId::new(shard)) != row.site);
            moved += usize::from(is_any);
        }
    }
    assert!(
        compared * 5 > seeds && dated > 0 && moved > 0,
        "{compared} compared, {dated} with a later date, {moved} with other homes"
    );
}

/// A summary with a text in place of another.
fn changed(of: &(Inventory, Scenario), from: &str, to: &str) -> String {
    let plan = ended(&of.0, &of.1);
    let mut files = written(&of.0, &of.1, &plan);
    let mut is_changed = false;
    for file in files.iter_mut().filter(|file| file.name == "summary.json") {
        let text = String::from_utf8_lossy(&file.bytes).into_owned();
        is_changed = text.contains(from);
        file.bytes = text.replace(from, to).into_bytes();
    }
    assert!(is_changed, "{from}");
    judged_files(&of.0, &of.1, &files).to_string()
}

#[test]
fn referee_finds_wrong_dates() {
    let of = two_sites(|_, _| {}, "");
    for (from, to, expected) in [
        (
            "\"until\": \"2028-12-29\"",
            "\"until\": \"2027-12-29\"",
            "summary.json: key end_state_runway.until: found 2027-12-29, expected 2028-12-29 [P7925]",
        ),
        (
            "\"targets_missed_from\": \"2027-10-11\"",
            "\"targets_missed_from\": \"2027-10-18\"",
            "summary.json: key end_state_runway.targets_missed_from: found 2027-10-18 after 2027-10-10, expected the day after [P7926]",
        ),
        (
            "\"served_through\": \"2028-02-27\",\n    \"unserved_from\": \"2028-02-28\"",
            "\"served_through\": \"2028-02-28\",\n    \"unserved_from\": \"2028-02-29\"",
            "summary.json: key end_state_runway.served_through: found 2028-02-28, with an overload, expected a day with no overload [P7926]",
        ),
        (
            "\"served_through\": \"2028-02-27\",\n    \"unserved_from\": \"2028-02-28\"",
            "\"served_through\": \"2028-02-20\",\n    \"unserved_from\": \"2028-02-21\"",
            "summary.json: key end_state_runway.unserved_from: found 2028-02-21, with no overload, expected a day with an overload [P7926]",
        ),
    ] {
        let verdict = changed(&of, from, to);
        assert!(verdict.contains(expected), "{to}: {verdict}");
    }
}
