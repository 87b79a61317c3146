//! Staying: who stays where he is homed and connects anew, because his path or his load balancer is gone, or because
//! steering turns. All numbers by hand.

use crate::levels::{judged, planned};
use plimsoll::inventory::{self, SourceFile};
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{Allowed, PaceLimit, Refusal, Remedy, Timing, Transition};
use plimsoll::scenario::{self, ScenarioText};

/// 400,000 users of one site, reached over p1 and a pool of two load balancers, or further away over p2.
struct Case<'a> {
    /// What p1, p2, each load balancer accepts.
    accepts: [&'a str; 3],
    sessions_per_hour: &'a str,
    events: &'a str,
}

fn read(case: &Case<'_>) -> (Inventory, Scenario) {
    let [p1, p2, lb] = case.accepts;
    let texts = [
        (
            "resources.csv",
            "resource,unit,scope\ncpu,vCPU,site\n".to_owned(),
        ),
        (
            "profiles.csv",
            format!(
                "profile,cpu,sessions_per_hour\np,1,{}\n",
                case.sessions_per_hour
            ),
        ),
        (
            "tiers.csv",
            "tier,rank,availability\ngold,1,0.999\n".to_owned(),
        ),
        ("client_regions.csv", "client_region\nr\n".to_owned()),
        ("sites.csv", "site,cpu\na,500000\n".to_owned()),
        (
            "access_points.csv",
            format!("access_point,accepts_per_second\np1,{p1}\np2,{p2}\n"),
        ),
        (
            "elements.csv",
            format!(
                "element,kind,pool,accepts_per_second\n\
                 lb-1,load-balancer,lb,{lb}\nlb-2,load-balancer,lb,{lb}\n"
            ),
        ),
        (
            "links.csv",
            "link,from,to,latency_ms\n11,r,p1,5\n12,r,p2,9\n21,p1,lb,0\n22,p2,lb,0\n31,lb,a,0\n"
                .to_owned(),
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns1,t,400000,a,p,r,gold\n"
                .to_owned(),
        ),
    ];
    let files = texts.map(|(name, text)| SourceFile {
        name: name.to_owned(),
        bytes: text.into_bytes(),
    });
    let reading = inventory::read(&files);
    let inventory = reading
        .inventory
        .unwrap_or_else(|| panic!("{:?}", reading.findings));
    let text = format!(
        "[scenario]\nname = \"staying\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T20:00:00Z\n\
         [policy]\nreaction_minutes = 0\n[waves]\ngate_minutes = 0\n\n{}",
        case.events
    );
    let name = "staying.toml".to_owned();
    let reading = scenario::read(&[ScenarioText { name, text }], &inventory);
    let scenario = reading
        .scenario
        .unwrap_or_else(|| panic!("{:?}", reading.findings));
    (inventory, scenario)
}

/// The ways of a case, whose plan the referee accepts.
fn transitions(case: &Case<'_>) -> Vec<Transition> {
    let (inventory, scenario) = read(case);
    let plan = planned(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    plan.transitions
}

fn event(kind: &str, component: &str, more: &str) -> String {
    format!(
        "[[event]]\nkind = \"{kind}\"\ncomponent = \"{component}\"\n{more}\
         start = 2030-03-01T06:00:00Z\nend = 2030-03-01T12:00:00Z\n"
    )
}

/// By name of the component, who comes through it in all waves.
fn arrivals(case: &Case<'_>, transition: &Transition) -> Vec<(String, f64)> {
    let (inventory, _) = read(case);
    let ramps = transition.ramp.iter();
    ramps
        .map(|ramp| {
            let name = inventory.component_name(ramp.component).to_owned();
            (name, ramp.arrivals.round())
        })
        .collect()
}

fn is_near(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-6 * expected,
        "{found}, expected {expected}"
    );
}

/// p1 fails, and all enter by p2, which says how many it accepts.
pub(super) fn one_transition_fails() -> (Inventory, Scenario) {
    read(&Case {
        accepts: ["unlimited", "100", "unlimited"],
        sessions_per_hour: "0",
        events: &event("failure", "p1", ""),
    })
}

#[test]
fn who_loses_his_access_point_comes_through_the_next_one() {
    // All 400,000 enter by p1; p2 accepts 100 a second: 4,000 s, longer than a wave of an hour should be.
    let events = event("failure", "p1", "");
    let case = Case {
        accepts: ["unlimited", "100", "unlimited"],
        sessions_per_hour: "0",
        events: &events,
    };
    let item = transitions(&case);
    let failover = &item[0];
    assert_eq!((failover.period, failover.timing), (1, Timing::After));
    assert_eq!(arrivals(&case, failover), [("p2".to_owned(), 400_000.0)]);
    is_near(failover.least_seconds, 4_000.0);
    is_near(failover.seconds.expect("it ends"), 4_000.0);
    // The way back leads through p1, which says nothing of what it accepts.
    assert_eq!(item.len(), 1);
}

#[test]
fn who_loses_his_load_balancer_comes_through_the_other_and_all_before_it() {
    // Half of all are cut off. They come through p1 once more (250 a second: 800 s), and through lb-2 (60 a second less
    // 400,000 × 0.18 ÷ 3600 = 20 of normal operation: 200,000 ÷ 40 = 5,000 s).
    let events = event("failure", "lb-1", "");
    let case = Case {
        accepts: ["250", "unlimited", "60"],
        sessions_per_hour: "0.18",
        events: &events,
    };
    let item = transitions(&case);
    let failover = &item[0];
    assert_eq!((failover.period, failover.timing), (1, Timing::After));
    let expected = [("p1".to_owned(), 200_000.0), ("lb-2".to_owned(), 200_000.0)];
    assert_eq!(arrivals(&case, failover), expected);
    is_near(failover.seconds.expect("it ends"), 5_000.0);
    // Back again half of all go to lb-1, beside 10 sessions a second of the half that it has then at most... steering turns
    // as a whole at last, so that is what proves the least: 200,000 ÷ 60, nobody being there when it begins.
    let back = &item[1];
    assert_eq!((back.period, back.timing), (2, Timing::After));
    assert_eq!(arrivals(&case, back), [("lb-1".to_owned(), 200_000.0)]);
    is_near(back.least_seconds, 200_000.0 / 60.0);
    assert!(back.seconds.expect("it ends") >= 200_000.0 / 60.0);
}

#[test]
fn maintenance_of_a_load_balancer_waits_until_all_of_it_are_elsewhere() {
    // The 200,000 of lb-1 come through lb-2, which accepts 60 a second and has 10 of normal operation at least: at least
    // 4,000 s, and the scenario allows five minutes.
    let events = event("maintenance", "lb-1", "drain_minutes = 5\n");
    let case = Case {
        accepts: ["unlimited", "unlimited", "60"],
        sessions_per_hour: "0.18",
        events: &events,
    };
    let item = transitions(&case);
    let drain = &item[0];
    assert_eq!((drain.period, drain.timing), (1, Timing::Ahead));
    assert_eq!(arrivals(&case, drain), [("lb-2".to_owned(), 200_000.0)]);
    is_near(drain.least_seconds, 4_000.0);
    assert_eq!(drain.allowed, Some(Allowed::Drain(300.0)));
    assert_eq!(drain.refusal, Some(Refusal::TooLong));
    // All at once, 20 sessions of normal operation come beside them at last.
    let admitted = drain.remedies.iter().find_map(|remedy| match remedy {
        Remedy::Admit {
            per_second,
            seconds,
        } => Some([*per_second, *seconds]),
        _ => None,
    });
    let [per_second, seconds] = admitted.expect("admission is told");
    is_near(per_second, 40.0);
    is_near(seconds, 5_000.0);
    assert!(matches!(drain.slowest[0].limit, PaceLimit::Accepts(_)));
}

#[test]
fn who_cannot_be_accepted_beside_normal_operation_is_reported_of() {
    // Normal operation opens 400,000 × 0.18 ÷ 3600 = 20 sessions a second, p2 accepts 10.
    let events = event("failure", "p1", "");
    let case = Case {
        accepts: ["unlimited", "10", "unlimited"],
        sessions_per_hour: "0.18",
        events: &events,
    };
    let item = transitions(&case);
    assert!(matches!(
        item[0].refusal,
        Some(Refusal::Never(PaceLimit::Accepts(_)))
    ));
    assert!(item[0].waves.is_empty());
}

#[test]
fn steering_that_nothing_counts_has_no_waves() {
    let events = event("maintenance", "lb-1", "");
    let case = Case {
        accepts: ["unlimited", "unlimited", "unlimited"],
        sessions_per_hour: "0.18",
        events: &events,
    };
    for transition in transitions(&case) {
        assert!(transition.ramp.is_empty(), "{transition:?}");
        assert!(transition.refusal.is_none(), "{transition:?}");
    }
}
