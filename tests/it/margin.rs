//! The error margin: what is verified holds, what is beyond the bound does not, by another statement of the program.

use crate::draw::{Size, draw};
use crate::levels::{homes, planned};
use crate::naive::{self, Question, Solver};
use crate::naive_cases::{csv_files, text};
use crate::read::read;
use plimsoll::formulation::Holds;
use plimsoll::model::{
    AccessPointState, Component, Event, EventKind, Inventory, Policy, Scenario, Surge,
};
use plimsoll::plan::{ErrorMargin, Limit, PeriodPlan, Plan};
use plimsoll::report::briefing::Briefing;
use std::collections::BTreeMap;
use std::path::Path;

/// Relative step beyond which a factor is told from another.
const STEP: f64 = 1e-4;

/// Background on a standby access point vanishes while that is closed: the bound leaves it out.
fn has_standby_background(inventory: &Inventory) -> bool {
    inventory.background.iter().any(|row| {
        matches!(
            inventory.component(row.component),
            Component::AccessPoint(id)
                if inventory.access_points[id.index()].state == AccessPointState::Standby
        )
    })
}

/// Asks the written-out program about one period at factors.
struct Asked<'a> {
    inventory: &'a Inventory,
    scenario: &'a Scenario,
    plan: &'a Plan,
    period: &'a PeriodPlan,
    margin: &'a ErrorMargin,
}

impl Asked<'_> {
    fn holds(&self, demand: f64, capacity: f64) -> bool {
        let (current, elsewhere) = homes(&self.period.current);
        assert!(elsewhere.is_empty(), "the statement is told whole homes");
        let question = Question {
            inventory: self.inventory,
            scenario: self.scenario,
            at: self.period.period.start,
            current: &current,
            elsewhere: &elsewhere,
            before_load: Some(&self.plan.before.load),
            band: naive::Band::Expected,
        };
        let asked = naive::stretched(&question, demand, capacity, Solver::Highs);
        let now = naive::stretched(&question, 1.0, 1.0, Solver::Highs);
        let users = self.period.totals.users;
        let is_cut_anew = asked
            .is_cut
            .iter()
            .zip(&now.is_cut)
            .any(|(asked, now)| *asked && !*now);
        let unserved = asked.unserved / demand - self.margin.left_out;
        let are_targets_asked = self.margin.holds == Holds::Targets;
        unserved <= 1e-6 * users.max(1.0)
            && !is_cut_anew
            && (!are_targets_asked || asked.worst <= 1e-6)
    }

    /// What is wrong with one side; `factors` gives demand and capacity at a limit.
    fn faults(
        &self,
        name: &str,
        limit: Option<Limit>,
        factors: impl Fn(f64, f64) -> (f64, f64),
    ) -> Vec<String> {
        let mut faults = Vec::new();
        let mut must = |expected: bool, (demand, capacity): (f64, f64), what: &str| {
            if self.holds(demand, capacity) != expected {
                faults.push(format!(
                    "period {} {name}: {what} at demand {demand}, capacity {capacity}: {limit:?} {:?}",
                    self.period.period.index, self.margin.holds
                ));
            }
        };
        match limit {
            None => must(
                true,
                factors(if name == "demand" { 1e3 } else { 0.999 }, 1.0),
                "must hold",
            ),
            Some(limit) => {
                must(true, factors(limit.verified, 1.0 - STEP), "must hold");
                if let Some(bound) = limit.bound {
                    must(false, factors(bound, 1.0 + STEP), "must not hold");
                }
            }
        }
        faults
    }
}

fn faults(inventory: &Inventory, scenario: &Scenario) -> Vec<String> {
    let plan = planned(inventory, scenario);
    let mut all = Vec::new();
    for period in &plan.periods {
        let Some(margin) = &period.error_margin else {
            continue;
        };
        if !homes(&period.current).1.is_empty() {
            continue;
        }
        let asked = Asked {
            inventory,
            scenario,
            plan: &plan,
            period,
            margin,
        };
        all.extend(asked.faults("demand", margin.demand, |factor, step| (factor * step, 1.0)));
        all.extend(asked.faults("capacity", margin.capacity, |error, step| {
            (1.0, (1.0 - error) / step)
        }));
        let is_exact = scenario.policy.split_shards && !has_standby_background(inventory);
        for limit in [margin.demand, margin.capacity].into_iter().flatten() {
            let bound = limit.bound.unwrap_or(f64::INFINITY);
            let is_clamped = (limit.verified - 1.0).abs() < 1e-9 || limit.verified.abs() < 1e-9;
            if is_exact
                && !is_clamped
                && (bound - limit.verified).abs() > STEP * limit.verified.abs().max(1.0)
            {
                all.push(format!("period {}: {limit:?}", period.period.index));
            }
        }
    }
    all
}

#[test]
fn margin_of_random_inventories_is_that_of_the_written_out_program() {
    crate::levels::assert_none(&crate::levels::found_in_draws(40, |_| {}, faults));
}

#[test]
fn margin_of_split_shards_is_its_own_bound() {
    let split = |policy: &mut Policy| policy.split_shards = true;
    crate::levels::assert_none(&crate::levels::found_in_draws(40, split, faults));
}

/// Two sites of 100 vCPU, of which a fifth is to stay free; `s1` is at `a`, `s2` at `b`, and nothing else limits.
fn two_sites(users: [u32; 2], more: &[(&str, &str)], policy: &str) -> (Inventory, Scenario) {
    let files = [
        (
            "sites.csv",
            "site,latitude,longitude,cpu\na,10,10,100\nb,20,20,100\n".to_owned(),
        ),
        (
            "access_points.csv",
            "access_point,latitude,longitude,state\np,0,0,active\n".to_owned(),
        ),
        (
            "client_regions.csv",
            "client_region,latitude,longitude\nr,0,0\n".to_owned(),
        ),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,4\nl2,p,a,6\nl3,p,b,6\n".to_owned(),
        ),
        ("profiles.csv", "profile,cpu\nq,1\n".to_owned()),
        (
            "tiers.csv",
            "tier,rank,availability\ngold,1,0.999\n".to_owned(),
        ),
        (
            "resources.csv",
            "resource,unit,scope,headroom,replica_share\ncpu,vCPU,site,0.2,0.5\n".to_owned(),
        ),
        (
            "shards.csv",
            format!(
                "shard,tenant,users,site,profile,client_region,tier\ns1,t,{},a,q,r,gold\ns2,t,{},b,q,r,gold\n",
                users[0], users[1]
            ),
        ),
    ];
    let more = more
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let files: Vec<(String, String)> = files
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text))
        .chain(more)
        .collect();
    let scenario = format!(
        "[scenario]\nname = \"two\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n\n{policy}"
    );
    read(&files, &scenario)
}

/// Asserts what the only period stands: demand, then capacities, each verified and at most.
#[track_caller]
fn assert_stands(
    (inventory, scenario): &(Inventory, Scenario),
    holds: Holds,
    expected: [(f64, f64); 2],
    first: Option<&str>,
) {
    let plan = planned(inventory, scenario);
    let margin = plan.periods[0].error_margin.as_ref().expect("a margin");
    assert_eq!(margin.holds, holds);
    for (found, (verified, bound)) in [margin.demand, margin.capacity].into_iter().zip(expected) {
        let found = found.expect("a limit");
        assert!((found.verified - verified).abs() < 1e-6, "{margin:?}");
        let most = found.bound.expect("a bound");
        assert!((most - bound).abs() < 1e-6, "{margin:?}");
    }
    let component = margin
        .demand
        .and_then(|limit| limit.first)
        .map(|(component, _)| inventory.component_name(component));
    assert_eq!(component, first);
}

#[test]
fn targets_hold_until_the_tighter_site_has_its_headroom_left() {
    // 30 and 24 users, 80 may be used: 80/30 while both stay; shared evenly 160/54.
    let two = two_sites([30, 24], &[], "");
    let whole = 80.0 / 30.0;
    let even = 160.0 / 54.0;
    assert_stands(
        &two,
        Holds::Targets,
        [(whole, even), (1.0 - 1.0 / whole, 1.0 - 1.0 / even)],
        Some("a"),
    );
}

#[test]
fn background_stays_while_demand_grows_and_shrinks_with_nothing() {
    // At a 20 of 80 are taken: 30·α ≤ 60; evenly 60·α ≤ 140. Capacities: 30 + 20 ≤ 80·β; evenly 80 ≤ 160·β.
    let background = ("background.csv", "component,resource,load\na,cpu,20\n");
    assert_stands(
        &two_sites([30, 30], &[background], ""),
        Holds::Targets,
        [(2.0, 140.0 / 60.0), (1.0 - 50.0 / 80.0, 0.5)],
        Some("a"),
    );
}

#[test]
fn copies_grow_with_demand() {
    // A copy of s1 at both sites takes 15 each; the other half of s1 is at a, all of s2 at b: 15 + 30 there.
    // Evenly 75 in all while part of s2 is at a.
    let copy = ("replicas.csv", "shard,site\ns1,b\n");
    let policy = "[policy]\ndrain = \"anywhere\"\nfailover = \"anywhere\"\n";
    assert_stands(
        &two_sites([30, 30], &[copy], policy),
        Holds::Targets,
        [
            (80.0 / 45.0, 160.0 / 75.0),
            (1.0 - 45.0 / 80.0, 1.0 - 75.0 / 160.0),
        ],
        Some("b"),
    );
}

#[test]
fn missing_headroom_leaves_service_as_what_holds() {
    // 90 of 100 at a: with "repair" the target is missed there as s1 cannot be split, and 90·α ≤ 100 is what is left.
    // Split, 90 + 60 fit both targets, but what holds is that everyone is served: 150·α ≤ 200.
    let two = two_sites([90, 60], &[], "[policy]\nexisting_shortfall = \"repair\"\n");
    assert_stands(
        &two,
        Holds::Service,
        [(100.0 / 90.0, 200.0 / 150.0), (0.1, 0.25)],
        Some("a"),
    );
}

#[test]
fn everyone_would_be_served_if_demand_were_lower() {
    // 130 users do not fit at one site: 130·α ≤ 100. Split, 230·α ≤ 200.
    let two = two_sites([130, 100], &[], "");
    assert_stands(
        &two,
        Holds::Service,
        [(100.0 / 130.0, 200.0 / 230.0), (1.0 - 1.3, 1.0 - 1.15)],
        Some("a"),
    );
    let told = briefed(&two);
    let sentence = "Everyone would be served if all demand were 24 % lower, or all capacities 30 % higher; \
                    first a's cpu is short.";
    assert!(told.contains(sentence), "{told}");
}

#[test]
fn limit_of_moved_users_binds_growth_and_no_error_of_capacities() {
    // The 30 users of a must leave: 30·α ≤ 33. At b 60 ≤ 80·β.
    let drain = "[policy]\nmax_moved_users = 33\n\n[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n\
                 start = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n";
    let two = two_sites([30, 30], &[], drain);
    assert_stands(&two, Holds::Targets, [(1.1, 1.1), (0.25, 0.25)], None);
    let told = briefed(&two);
    let sentence = "The same holds if all demand is up to 10 % higher, or all capacities are up to 25 % lower; \
                    first the limit of moved users would be short.";
    assert!(told.contains(sentence), "{told}");
}

/// The briefing of a plan, not wrapped.
fn briefed((inventory, scenario): &(Inventory, Scenario)) -> String {
    let plan = planned(inventory, scenario);
    Briefing {
        inventory,
        scenario,
        plan: &plan,
    }
    .text(None)
}

#[test]
fn case_of_one_drain_stands_nothing() {
    // tests/cases/one-drain: 150 users and 130 vCPU at the one site that is left.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/one-drain");
    let (inventory, scenario) = read(&csv_files(&folder), &text(&folder.join("scenario.toml")));
    let margin = (130.0 / 150.0, 130.0 / 150.0);
    let error = 1.0 - 150.0 / 130.0;
    assert_stands(
        &(inventory, scenario),
        Holds::Service,
        [margin, (error, error)],
        Some("b"),
    );
}

/// A surge of everyone for all time.
fn surge(scenario: &Scenario, factor: f64) -> Event {
    Event {
        kind: EventKind::Surge(Surge {
            client_region: None,
            profile: None,
            tenant: None,
            factor,
        }),
        start: scenario.start,
        end: scenario.end,
        detected: scenario.start,
    }
}

/// The first period planned anew under a surge of the factor that was verified keeps its verdict.
///
/// Every resource varies, and headroom during events is that without them, so that a surge is growth and no more.
fn broken_promises(inventory: &Inventory, scenario: &Scenario) -> Vec<String> {
    let mut inventory = inventory.clone();
    let mut scenario = scenario.clone();
    for resource in &mut inventory.resources {
        resource.varies = true;
    }
    scenario.policy.headroom.fill(None);
    let plan = planned(&inventory, &scenario);
    let period = &plan.periods[0];
    let Some((margin, demand)) = period
        .error_margin
        .as_ref()
        .and_then(|margin| Some((margin, margin.demand?)))
    else {
        return Vec::new();
    };
    // A surge would be the first event, and nobody would return.
    if !period.case.is_event_in_force {
        return Vec::new();
    }
    scenario.events.push(surge(&scenario, demand.verified));
    let again = planned(&inventory, &scenario);
    let totals = &again.periods[0].totals;
    let unserved = totals.unserved - margin.left_out * demand.verified;
    let is_missed = margin.holds == Holds::Targets && totals.worst_shortfall > 2e-6;
    if unserved > 1e-5 * totals.users.max(1.0) || is_missed {
        vec![format!(
            "{margin:?}, then {unserved} unserved, {} missing",
            totals.worst_shortfall
        )]
    } else {
        Vec::new()
    }
}

#[test]
fn plan_made_at_the_verified_factor_keeps_the_verdict() {
    crate::levels::assert_none(&crate::levels::found_in_draws(150, |_| {}, broken_promises));
}

#[test]
fn drawn_margins_are_of_every_kind() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..120 {
        let draw = draw(seed, Size::SMALL);
        let (inventory, scenario) = read(&draw.files, &draw.scenario);
        for period in &planned(&inventory, &scenario).periods {
            let Some(margin) = &period.error_margin else {
                *counts.entry("none").or_default() += 1;
                continue;
            };
            let mut count =
                |is_so: bool, name| *counts.entry(name).or_default() += usize::from(is_so);
            let Some(demand) = margin.demand else {
                count(true, "unlimited");
                continue;
            };
            count(demand.verified > 1.0 + STEP, "more demand");
            count(demand.verified < 1.0 - STEP, "less demand");
            count(margin.holds == Holds::Targets, "targets");
            count(margin.holds == Holds::Service, "service");
            count(margin.left_out > 0.0, "some are left out");
            let capacity = margin.capacity.map_or(0.0, |limit| limit.verified);
            count(
                !(1.0 - 1.0 / demand.verified - capacity).abs().lt(&STEP),
                "sides differ",
            );
            let bound = demand.bound.unwrap_or(f64::INFINITY);
            count(
                bound > demand.verified * (1.0 + STEP),
                "whole shards cost something",
            );
        }
    }
    assert!(counts.values().all(|count| *count >= 3), "{counts:?}");
}
