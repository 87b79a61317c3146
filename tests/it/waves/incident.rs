//! The shipped drain of 22 January 2026: at once it is refused, in waves it is safe.

use crate::folders::folder;
use crate::levels::{judged, planned};
use plimsoll::inventory;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{PaceLimit, Plan, Refusal, Remedy};
use plimsoll::report::waves::{TransitionWriter, runbook};
use plimsoll::scenario::{self, ScenarioText};
use std::path::Path;

pub(super) fn shipped(name: &str) -> (Inventory, Scenario) {
    shipped_in("data/incidents/22-january-2026", name)
}

/// A scenario that is shipped with the inventory of a folder.
pub(super) fn shipped_in(folder_name: &str, name: &str) -> (Inventory, Scenario) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder_name);
    let reading = inventory::read(&folder(&path));
    assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    let inventory = reading.inventory.expect("what is shipped is sound");
    let text = std::fs::read_to_string(path.join(name)).expect("it is shipped");
    let name = name.to_owned();
    let reading = scenario::read(&[ScenarioText { name, text }], &inventory);
    assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    (
        inventory,
        reading.scenario.expect("what is shipped is sound"),
    )
}

/// Nobody is unserved and no headroom is missing, in any period.
fn passes_every_static_check(plan: &Plan) -> bool {
    plan.periods
        .iter()
        .all(|period| period.totals.unserved < 1e-6 && period.totals.worst_shortfall < 1e-6)
}

#[test]
fn a_drain_at_once_is_refused_for_its_ramp_although_everything_fits() {
    let (inventory, scenario) = shipped("at-once.toml");
    let plan = planned(&inventory, &scenario);
    assert!(passes_every_static_check(&plan));
    assert!(!plan.is_good());
    let drain = &plan.transitions[0];
    assert_eq!(drain.refusal, Some(Refusal::TooLong));
    let PaceLimit::Accepts(component) = drain.slowest[0].limit else {
        panic!("{:?}", drain.slowest[0]);
    };
    let slowest = inventory.component_name(component);
    assert!(slowest.starts_with("lb-"), "{slowest}");
    let writer = TransitionWriter {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
    };
    let words = writer.refusal(drain).expect("it is refused");
    assert!(words.starts_with("Chicago's drain needs "), "{words}");
    assert!(
        words.contains("the scenario allows 5 min: Washington load balancer "),
        "{words}"
    );
    assert!(words.contains(" accepts 60 sessions a second"), "{words}");
    let is_accept = |remedy: &Remedy| matches!(remedy, Remedy::Accept { .. });
    let is_begin = |remedy: &Remedy| matches!(remedy, Remedy::Begin { .. });
    assert!(drain.remedies.iter().any(is_accept) && drain.remedies.iter().any(is_begin));
    let text = runbook(&writer);
    assert!(text.contains("**Refused: Chicago's drain needs "), "{text}");
    assert!(
        text.contains("**The plan is refused: do not begin any of its waves.**"),
        "{text}"
    );
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
}

#[test]
fn the_same_drain_in_waves_is_accepted() {
    let (inventory, scenario) = shipped("staged.toml");
    let plan = planned(&inventory, &scenario);
    assert!(passes_every_static_check(&plan) && plan.is_good());
    let drain = &plan.transitions[0];
    assert!(drain.waves.len() > 1);
    assert!(drain.end <= plan.periods[1].period.start);
    let writer = TransitionWriter {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
    };
    let text = runbook(&writer);
    for words in [
        "all times are UTC-06:00.",
        "### Wave 1 of 3: 04:19:19 to 04:49:05",
        "**Step 1.** Set every weight to that of wave_weights.csv with period 1, wave 1 and `during` 0.\n\n- Do this before users move.\n- After this 100 % of the transition to the weights of period 1 is done.\n",
        "- Chicago (chi) to San Antonio (sat): 152,000 users in 7 shards, no faster than 306,382 users an hour",
        "- to list them: `grep '^1,1,' moves.csv`",
        "- Chicago (chi) cpu: at most 72.9 % during the wave, 32.0 % at its end",
        "- San Antonio load balancer 1 (lb-sat-1): at most 60 new sessions a second (limit 60)",
        "- 2 other components stay below this share of their limits of new sessions: 11.1 %",
        "### Wave 2 of 3: 04:54:05 to 05:23:19",
        ".** Nothing to do: no group is new at a site. The rows are wave_weights.csv with period 1, wave 2 and `during` 0.",
    ] {
        assert!(text.contains(words), "not said: {words}\n{text}");
    }
    assert!(!text.contains("do not begin any"), "{text}");
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
}
