//! A loaded planner: its verdicts are the levels of whole plans, and asking changes nothing.

use crate::draw::{Size, draw};
use crate::levels::{assert_none, found_in_draws, planned, written};
use plimsoll::engine::{NoWatch, Options, Planner, Verdict};
use plimsoll::formulation::goals::Level;
use plimsoll::graph::{Network, PricedPaths, Prices, Usable};
use plimsoll::ids::{ClientRegionId, ComponentId, ProfileId, ResourceId, SiteId};
use plimsoll::model::{
    Disconnect, Event, EventKind, Inventory, Policy, Reduction, Scenario, Slow, Surge,
};
use plimsoll::scenario::{Knowledge, is_in_force};
use plimsoll::solve::{Proof, Stop};
use std::sync::Arc;

/// Agreement of values found in two ways, relative to the larger of 1 and the value.
const SAME: f64 = 1e-6;

/// What is asked of a drawn inventory: every kind of component away, a part of one, maintenance, surges, pairs.
fn questions(inventory: &Inventory) -> Vec<Vec<EventKind>> {
    let count = inventory.component_count();
    let away = |index: usize| Reduction::all_of(ComponentId::new(index));
    let mut all = vec![Vec::new()];
    // A step that meets sites, access points, elements and links alike.
    for index in (0..count).step_by((count / 5).max(1)) {
        all.push(vec![EventKind::Failure(away(index))]);
    }
    let reduced = Reduction {
        capacity: 0.4,
        ..away(count / 2)
    };
    let of_resource = Reduction {
        resources: Some(vec![ResourceId::new(0)]),
        capacity: 0.25,
        ..away(0)
    };
    let surge = |client_region, profile, factor| {
        EventKind::Surge(Surge {
            client_region,
            profile,
            tenant: None,
            factor,
            arrive_minutes: Surge::ARRIVE_MINUTES,
        })
    };
    let slow = Slow {
        components: vec![ComponentId::new(0), ComponentId::new(count / 2)],
        profile: None,
        share: 0.5,
        factor: 3.0,
        timeout_seconds: Some(2.0),
        retries: Some(1.0),
    };
    let disconnect = Disconnect {
        components: Vec::new(),
        client_region: Some(ClientRegionId::new(0)),
    };
    all.extend([
        vec![EventKind::Maintenance(away(0))],
        vec![
            EventKind::Gray(reduced),
            EventKind::Failure(away(1 % count)),
        ],
        vec![EventKind::Maintenance(of_resource)],
        vec![EventKind::Slow(slow)],
        vec![EventKind::Disconnect(disconnect)],
        vec![surge(None, Some(ProfileId::new(0)), 1.5)],
        vec![
            surge(Some(ClientRegionId::new(0)), None, 2.0),
            EventKind::Failure(away(0)),
        ],
    ]);
    all
}

/// The scenario in which exactly the events of a question hold, from its start to its end.
fn asked(scenario: &Scenario, question: &[EventKind]) -> Scenario {
    let mut all = scenario.clone();
    let (start, end) = (scenario.start, scenario.end);
    let whole = |kind: &EventKind| Event {
        kind: kind.clone(),
        start,
        end,
        detected: start,
        drain_minutes: None,
        is_end_assumed: false,
    };
    all.policy.reaction_minutes = 0.0;
    all.events = scenario
        .events
        .iter()
        .filter(|event| is_in_force(event, scenario, start, Knowledge::Believed))
        .map(|event| &event.kind)
        .chain(question)
        .map(whole)
        .collect();
    all
}

/// What differs between a verdict and the first period of the whole plan of the same case.
fn difference(inventory: &Inventory, scenario: &Scenario, verdict: &Verdict) -> Option<String> {
    let plan = planned(inventory, scenario);
    let stages = &plan.periods[0].stages;
    let value = |level: Level| {
        stages
            .iter()
            .find(|stage| stage.level == level)
            .map(|stage| stage.value)
    };
    let mut expected: Vec<f64> = (0..)
        .map_while(|rank| value(Level::Unserved(rank)))
        .collect();
    expected.push(value(Level::Worst).unwrap_or(0.0));
    let mut found: Vec<f64> = verdict
        .unserved
        .iter()
        .map(|unserved| unserved.users)
        .collect();
    found.push(verdict.missing.map_or(0.0, |missing| missing.share));
    let is_same = found.len() == expected.len()
        && found
            .iter()
            .zip(&expected)
            .all(|(a, b)| (a - b).abs() <= SAME * b.abs().max(1.0));
    (!is_same || verdict.proof != Proof::Proven)
        .then(|| format!("{:?}: {found:?} instead of {expected:?}", verdict.proof))
}

fn differences(inventory: &Inventory, scenario: &Scenario) -> Vec<String> {
    let planner = Planner::new(inventory.clone(), scenario.clone()).expect("small ones are loaded");
    questions(inventory)
        .iter()
        .filter_map(|question| {
            let verdict = planner.verdict(question).expect("small cases are solved");
            let different = difference(inventory, &asked(scenario, question), &verdict)?;
            Some(format!("{question:?}\n  {different}"))
        })
        .collect()
}

#[test]
fn verdicts_on_random_inventories_are_the_levels_of_whole_plans() {
    assert_none(&found_in_draws(40, |_| {}, differences));
}

#[test]
fn verdicts_are_the_levels_of_whole_plans_under_other_policies() {
    use plimsoll::model::{ExistingShortfall, Goal, Movers};
    let policies: [fn(&mut Policy); 5] = [
        |policy| policy.movers = Movers::Affected,
        |policy| policy.existing_shortfall = ExistingShortfall::Repair,
        |policy| policy.max_moved_users = Some(40.0),
        |policy| policy.goals = vec![Goal::Unserved, Goal::Headroom, Goal::Relief, Goal::Moves],
        |policy| policy.goals = vec![Goal::Unserved, Goal::Moves, Goal::Headroom],
    ];
    for set in policies {
        assert_none(&found_in_draws(10, set, differences));
    }
}

#[test]
fn the_same_question_has_the_same_answer_from_any_thread_at_any_time() {
    for seed in 0..6 {
        let draw = draw(seed, Size::SMALL);
        let (inventory, scenario) = crate::read::read(&draw.files, &draw.scenario);
        let questions = questions(&inventory);
        let planner = Planner::new(inventory.clone(), scenario.clone()).expect("it is loaded");
        let ask = |question: &Vec<EventKind>| planner.verdict(question).expect("it is solved");
        let first: Vec<Verdict> = questions.iter().map(ask).collect();
        let again: Vec<Verdict> = questions.iter().rev().map(ask).collect();
        assert!(first.iter().eq(again.iter().rev()), "seed {seed}");
        let from_threads: Vec<Vec<Verdict>> = std::thread::scope(|scope| {
            let askers: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| questions.iter().map(ask).collect()))
                .collect();
            let answers = askers.into_iter().map(std::thread::ScopedJoinHandle::join);
            answers
                .map(|answer| answer.expect("nobody panics"))
                .collect()
        });
        assert!(
            from_threads.iter().all(|answers| *answers == first),
            "seed {seed}"
        );
        let fresh = Planner::new(inventory, scenario).expect("it is loaded");
        for (question, answer) in questions.iter().zip(&first).rev() {
            assert_eq!(
                &fresh.verdict(question).expect("it is solved"),
                answer,
                "seed {seed}"
            );
        }
    }
}

#[test]
fn plans_of_a_planner_are_those_of_the_engine_whatever_was_asked_before() {
    let stop = Stop::default();
    let options = Options {
        stop: &stop,
        watch: &NoWatch,
    };
    for seed in 0..12 {
        let draw = draw(seed, Size::SMALL);
        let (inventory, scenario) = crate::read::read(&draw.files, &draw.scenario);
        let planner = Planner::new(inventory.clone(), scenario.clone()).expect("it is loaded");
        let mut later = scenario.clone();
        later.policy.max_latency = None;
        later.policy.freeze_onboarding = !scenario.policy.freeze_onboarding;
        for question in questions(&inventory).iter().take(3) {
            planner.verdict(question).expect("it is solved");
        }
        for scenario in [
            &scenario,
            &asked(&scenario, &questions(&inventory)[1]),
            &later,
        ] {
            let plan = planner.plan(scenario, &options).expect("it is planned");
            assert_eq!(
                written(&inventory, scenario, &plan),
                written(&inventory, scenario, &planned(&inventory, scenario)),
                "seed {seed}"
            );
        }
    }
}

#[test]
fn paths_kept_where_something_is_lost_are_those_that_a_new_search_finds() {
    for seed in 0..30 {
        let draw = draw(seed, Size::FULL);
        let (inventory, _) = crate::read::read(&draw.files, &draw.scenario);
        let network = Network::new(&inventory);
        let longest = 60.0;
        let search = |usable: &Arc<Usable>| {
            let prices = Prices::zero(&network);
            PricedPaths::new(&network, Arc::clone(usable), prices, longest)
        };
        let all = Arc::new(Usable::all(&network));
        let found = search(&all)
            .found()
            .expect("least latencies are remembered");
        let places = (0..network.place_count()).map(|place| (Some(place), None));
        let links = (0..network.link_count()).map(|link| (None, Some(link)));
        for (place, link) in places.chain(links) {
            let mut left = Usable::clone(&all);
            if let Some(place) = place {
                left.places[place] = false;
            }
            if let Some(link) = link {
                left.links[link] = false;
            }
            let left = Arc::new(left);
            let kept = PricedPaths::without(&network, Arc::clone(&left), longest, &found);
            let kept = kept.expect("nothing came back");
            let again = search(&left);
            for region in (0..inventory.client_regions.len()).map(ClientRegionId::new) {
                for site in (0..inventory.sites.len()).map(SiteId::new) {
                    for limit in [None, Some(longest), Some(25.0)] {
                        assert_eq!(
                            kept.path(region, site, limit),
                            again.path(region, site, limit),
                            "seed {seed}, {place:?} {link:?}, {region:?} to {site:?} in {limit:?}"
                        );
                    }
                }
            }
        }
        let some = Arc::new(Usable {
            places: vec![false; network.place_count()],
            links: vec![false; network.link_count()],
        });
        let nothing = search(&some)
            .found()
            .expect("least latencies are remembered");
        assert!(PricedPaths::without(&network, all, longest, &nothing).is_none());
    }
}

#[test]
fn paths_where_something_is_dearer_are_those_that_a_new_search_finds() {
    for seed in 0..30 {
        let draw = draw(seed, Size::FULL);
        let (inventory, _) = crate::read::read(&draw.files, &draw.scenario);
        let network = Network::new(&inventory);
        let all = Arc::new(Usable::all(&network));
        let search = |prices: &Prices| {
            PricedPaths::beside(&network, Arc::clone(&all), prices.clone(), 60.0, &[])
        };
        let free = Prices::zero(&network);
        let fastest = search(&free);
        // Few different prices, so that many ways cost the same.
        let price = |index: usize, step: usize| {
            let is_charged = (index + step).is_multiple_of(step + 2);
            f64::from(u8::from(is_charged)) * ((index + step) % 3) as f64
        };
        for step in 0..12 {
            let mut prices = free.clone();
            for (place, value) in prices.places.iter_mut().enumerate() {
                *value = price(place, step);
            }
            for (link, value) in prices.links.iter_mut().enumerate().filter(|_| step > 5) {
                *value = price(link, step);
            }
            let again = search(&prices);
            let known = [&fastest];
            let beside = PricedPaths::beside(&network, Arc::clone(&all), prices, 60.0, &known);
            for region in (0..inventory.client_regions.len()).map(ClientRegionId::new) {
                for site in (0..inventory.sites.len()).map(SiteId::new) {
                    for limit in [None, Some(60.0), Some(25.0)] {
                        assert_eq!(
                            beside.path(region, site, limit),
                            again.path(region, site, limit),
                            "seed {seed}, step {step}, {region:?} to {site:?} in {limit:?}"
                        );
                        assert_eq!(
                            beside.cost(region, site, limit),
                            again.cost(region, site, limit)
                        );
                    }
                }
            }
        }
    }
}
