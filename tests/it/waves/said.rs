//! What is said of the ways: admission, dates, figures that agree, stops that nobody looked at, refusals.

use super::by_hand::{Case, FREE_ELEMENTS, MAINTENANCE, RECONNECT, is_near, only, read};
use super::incident::{shipped, shipped_in};
use crate::levels::{judged, judged_files, planned, written};
use plimsoll::plan::{Plan, Remedy};
use plimsoll::report::waves::{TransitionWriter, runbook, waves_chart};

/// The plan of a case and its runbook.
fn runbook_of(case: &Case<'_>) -> (Plan, String) {
    let (inventory, scenario) = read(case);
    let plan = planned(&inventory, &scenario);
    let writer = TransitionWriter {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
    };
    let text = runbook(&writer);
    (plan, text)
}

#[track_caller]
fn says(text: &str, words: &str) {
    assert!(text.contains(words), "not said: {words}\n{text}");
}

fn admitted(remedies: &[Remedy]) -> Option<[f64; 2]> {
    remedies.iter().find_map(|remedy| match remedy {
        Remedy::Admit {
            per_second,
            seconds,
        } => Some([*per_second, *seconds]),
        _ => None,
    })
}

#[test]
fn no_more_are_admitted_than_every_gate_accepts_beside_the_worst_of_normal_operation() {
    // lb-b accepts 5 a second, and 2 are normal operation once everybody is there: 3 a second, for 3600 users.
    let scenario = MAINTENANCE.to_owned() + "drain_minutes = 0\n";
    let drain = only(&Case {
        scenario: &scenario,
        ..RECONNECT
    });
    let [per_second, seconds] = admitted(&drain.remedies).expect("it is told");
    is_near(per_second, 3.0);
    is_near(seconds, 1200.0);
}

#[test]
fn the_shipped_drain_at_once_is_admitted_no_faster_than_its_tightest_gate_allows() {
    let (inventory, scenario) = shipped("at-once.toml");
    let plan = planned(&inventory, &scenario);
    let [per_second, seconds] = admitted(&plan.transitions[0].remedies).expect("it is told");
    assert!((109.0..110.0).contains(&per_second), "{per_second}");
    is_near(per_second * seconds, plan.transitions[0].users);
}

#[test]
fn whoever_fails_over_is_admitted_no_faster_than_every_gate_allows() {
    let (plan, text) = runbook_of(&Case {
        scenario: "[[event]]\nkind = \"failure\"\ncomponent = \"a\"\nstart = 2030-03-01T06:00:00Z\n",
        ..RECONNECT
    });
    is_near(plan.transitions[0].least_seconds, 900.0);
    is_near(
        plan.transitions[0].waves[0]
            .admitted_per_second()
            .expect("lb-b limits it"),
        3.0,
    );
    says(
        &text,
        "Admission: let in no more than 3 a second of those who move, all together.",
    );
}

#[test]
fn all_waves_together_need_what_each_needs() {
    // In 10 minutes 1800 come beside 1 + 0.5 a second of normal operation, and then 1800 beside 2.
    let scenario = format!("[waves]\nminutes = 10\n\n{MAINTENANCE}");
    let case = Case {
        scenario: &scenario,
        ..RECONNECT
    };
    let drain = only(&case);
    assert_eq!(drain.waves.len(), 2);
    let window = drain.ramp[0].window.expect("it ends");
    is_near(window, 1800.0 / 3.5 + 1800.0 / 3.0);
    assert!(window <= drain.seconds.expect("it ends"));
    is_near(drain.ramp[0].background, 2.0);
    // What cannot be faster is told in the figures that prove it: 3600 / (5 − 1) are 15 minutes.
    let (_, text) = runbook_of(&case);
    says(&text, "(at least 15 min)");
    says(
        &text,
        "No transition is faster than 15 min: lb-b accepts 5 sessions a second, 1 of them in normal operation, and 3,600 users come through it.",
    );
}

#[test]
fn what_begins_the_day_before_is_reported_with_its_date() {
    // 1000 users at 100 an hour: 10 hours before 06:00.
    let (_, text) = runbook_of(&Case {
        sites: "site,cpu,move_out_per_hour\na,2000,100\nb,2000,unlimited\n",
        elements: FREE_ELEMENTS,
        shards: &[("a", 10, 100), ("b", 1, 100)],
        sessions_per_hour: 0.0,
        scenario: MAINTENANCE,
    });
    says(&text, "begin by 28 Feb 20:00.");
    says(&text, "## Period 1, before 1 Mar 06:00: a's drain");
    says(&text, "### Wave 1 of 10: 28 Feb 20:00 to 21:00");
}

/// On 13 November 2012 the drain of Chicago begins at 07:45, before those are placed there who join at 08:30, and before
/// the scenario does, at 08:00.
#[test]
fn waves_stand_in_the_order_of_their_times_and_say_what_else_goes_on() {
    let (inventory, scenario) = shipped_in("data/americas-2012", "13-november-2012.toml");
    let plan = planned(&inventory, &scenario);
    let writer = TransitionWriter {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
    };
    let text = runbook(&writer);
    let at = |heading: &str| {
        text.find(heading)
            .unwrap_or_else(|| panic!("{heading}\n{text}"))
    };
    assert!(
        at("## Period 2, before") < at("## Period 1, before"),
        "{text}"
    );
    says(&text, "It begins before the scenario does.");
    let beside = text.matches("While it goes on, so does").count();
    assert_eq!(beside % 2, 0, "each is told of the other\n{text}");
    assert!(beside >= 2, "{text}");
    // What no wave does stands between them, with what happens then.
    let detected = "## 10:42, period 4: gray fault of ";
    assert!(at("## Period 2, before") < at(detected), "{text}");
    assert!(at(detected) < at("## Period 4, from"), "{text}");
    // It still works in part, so it is left by and by; undone it is put back.
    let out = "(lb-sat-2) out of the pool lb-sat in part: from 33.3333 % to 16.6667 % of its users, evenly together with the weights.";
    assert!(at("## Period 4, from") < at(out), "{text}");
    // Users whose waves go on meanwhile are counted by the gate of those, and the new ones are not there before the period.
    for line in [
        "From 08:30 on 133,300 users more are there than before.",
        ".** Place 1 shard (rows of moves.csv with period 1 and wave 1), before their users come at 08:30:",
        "- this leaves out what wave 1 of period 2 moves meanwhile: where its hold allows more of a component, that holds",
        "From 08:30 on take the rows with `during` 1, to which the waves of period 1 turn.",
    ] {
        says(&text, line);
    }
    // Nobody is to stop where a firewall is short; San Antonio lets no more than 250 users a second leave.
    let short = "- **do not stop here**: bandwidth of Houston firewall (fw-hou) is still at 115.6 % of capacity then\n";
    assert!(at(detected) < at(short), "{text}");
    assert_eq!(text.matches("**do not stop here**").count(), 1, "{text}");
    says(
        &text,
        "- Admission: let in no more than 250 a second of those who move, all together.",
    );
    let reopened = "- open access point Dallas (ap-dfw) first, if it is closed by then";
    assert_eq!(text.matches(reopened).count(), 1, "{text}");
    // What is undetected stands first.
    assert!(
        at("**WARNING 09:30 to 10:42: two undetected faults leave ") < at("\n## Steps\n"),
        "{text}"
    );
    says(&text, "maintenance of Chicago (chi) begins");
    says(&text, "(lb-sat-2) back into the pool lb-sat: from 0 % to ");
    says(
        &text,
        "Set every weight to that of wave_weights.csv with period 2, wave 2 and `during` 1.",
    );
    assert!(!text.contains("such as"), "nobody mixes weights\n{text}");
    says(&text, "Nothing is left to undo");
}

/// Where the scenario ends with the works the runbook has the path back.
#[test]
fn the_path_back_is_reported_where_the_scenario_ends_with_the_maintenance() {
    let (inventory, scenario) = shipped_in("data/americas-2012", "drain-chi.toml");
    let plan = planned(&inventory, &scenario);
    assert!(plan.periods.last().expect("a period").totals.moved > 0.0);
    let writer = TransitionWriter {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
    };
    let text = runbook(&writer);
    let back = text
        .split("## Rollback after the last step")
        .nth(1)
        .expect("it is there");
    says(back, "when the scenario ends");
    says(back, "changes_back.csv");
    says(back, "1. Undo the rows with period ");
}

#[test]
fn a_stop_that_is_not_checked_is_not_said_to_be_safe() {
    // 70 shards of 10 users, one a minute.
    let protect = "[protect]\nfailures = 1\nover = \"sites\"\nrecovery = \"replan\"\n";
    let scenario = format!("[waves]\nminutes = 1\n\n{protect}\n{MAINTENANCE}");
    let case = Case {
        sites: "site,cpu,move_out_per_hour\na,2000,600\nb,2000,unlimited\n",
        elements: FREE_ELEMENTS,
        shards: &[("a", 70, 10), ("b", 1, 10)],
        sessions_per_hour: 0.0,
        scenario: &scenario,
    };
    let (plan, text) = runbook_of(&case);
    assert_eq!(plan.transitions[0].waves.len(), 70);
    assert!(!text.contains("You can stop after any wave"), "{text}");
    says(
        &text,
        "Some stopping points were not checked; their holds say so.",
    );
    says(
        &text,
        "The [protect] failures were not checked between the waves of a's drain",
    );
    says(&text, "so that there are at most 60");
    let gate = "- **do not stop here**: failures at this point were not checked\n";
    assert_eq!(text.matches(gate).count(), 69, "all gates but the last");
    let (inventory, scenario) = read(&case);
    let writer = TransitionWriter {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
    };
    let chart = waves_chart(&writer, &plan.periods[1]).expect("users move");
    says(&chart.stops, "failures between waves were not checked");
    // Without [protect] nothing is asked.
    let free = format!("[waves]\nminutes = 1\n\n{MAINTENANCE}");
    let (_, text) = runbook_of(&Case {
        scenario: &free,
        ..case
    });
    says(
        &text,
        "You can stop after any wave, unless its hold says otherwise.",
    );
}

#[test]
fn the_referee_says_that_a_plan_is_refused_and_why() {
    let scenario = MAINTENANCE.to_owned() + "drain_minutes = 10\n";
    let (inventory, scenario) = read(&Case {
        scenario: &scenario,
        ..RECONNECT
    });
    let plan = planned(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    assert_eq!(verdict.refused.len(), 1, "{:?}", verdict.refused);
    let words = "period 1: a's drain needs 19 min, the scenario allows 10 min: lb-b accepts";
    says(&verdict.refused[0], words);
    let (inventory, scenario) = read(&RECONNECT);
    let plan = planned(&inventory, &scenario);
    assert_eq!(judged(&inventory, &scenario, &plan).refused, [""; 0]);
}

/// Not everybody has a wave: those that are written are not judged, and the referee says so. Without before.csv none is, and it
/// stays refused.
#[test]
fn the_referee_says_which_waves_it_does_not_judge() {
    let folder = "tests/found/waves-of-a-refused-transition";
    let (inventory, scenario) = crate::laws::steps::read(folder, &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let mut files = written(&inventory, &scenario, &plan);
    let verdict = judged_files(&inventory, &scenario, &files);
    assert!(verdict.holds(), "{verdict}");
    assert!(!verdict.refused.is_empty());
    let of_waves = verdict
        .lacking
        .iter()
        .filter(|text| text.starts_with("waves of period 0 in waves.csv"));
    assert_eq!(of_waves.count(), 1, "{:?}", verdict.lacking);
    let refused = verdict.refused;
    files.retain(|file| file.name != "before.csv");
    let verdict = judged_files(&inventory, &scenario, &files);
    assert!(verdict.holds(), "{verdict}");
    assert_eq!(verdict.refused, refused);
    for file in ["waves.csv", "changes.csv", "wave_loads.csv"] {
        assert!(!verdict.checked.contains(&file));
        let words = format!("{file} (before.csv is absent)");
        assert!(verdict.lacking.contains(&words), "{:?}", verdict.lacking);
    }
}

/// Normal operation differs from wave to wave: what the head of a transition says of admission covers all of them.
#[test]
fn admission_at_the_head_covers_that_of_every_wave() {
    let (inventory, scenario) = shipped_in("data/incidents/22-january-2026", "with-the-plan.toml");
    let plan = planned(&inventory, &scenario);
    let text = runbook(&TransitionWriter {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
    });
    let mut filter = text
        .lines()
        .filter(|line| line.starts_with("- Chicago load balancer 1 (lb-chi-1): at most"));
    let words = filter.next().expect("its admission");
    assert!(
        words.contains(" to ") && words.contains(", by wave, beside normal"),
        "{words}"
    );
}
