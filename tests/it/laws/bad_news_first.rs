//! Bad news first: no sentence goes on to what is wrong once it has said that everyone is served, and no alarm comes after it.

use crate::command_line::{place, plimsoll, root};
use crate::levels::{assert_none, found_in_draws, planned};
use plimsoll::report::briefing::Briefing;

/// What a sentence does not say after "everyone is served".
const WRONG: [&str; 8] = [
    "missed",
    "misses",
    "missing",
    "unserved",
    "undetected",
    "overloaded",
    "unproven",
    "not checked",
];

/// How sentences begin that come before it.
const ALARMS: [&str; 4] = ["WARNING", "Not checked", "Not proven", "Refused"];

/// What is wrong and stands after "everyone is served", in a text whose paragraphs are apart.
fn said_too_late(text: &str) -> Vec<String> {
    let mut late = Vec::new();
    for paragraph in text.split("\n\n") {
        let words = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut sentences = words.split(". ");
        let is_all_clear = |sentence: &&str| sentence.contains("veryone is served");
        let Some(sentence) = sentences.find(is_all_clear) else {
            continue;
        };
        let (_, after) = sentence.split_once("veryone is served").unwrap_or_default();
        let after = after.replace("no headroom target is missed by more than before", "");
        if WRONG.iter().any(|word| after.contains(word)) {
            late.push(format!("{sentence:?}"));
        }
        let alarm = sentences.find(|later| ALARMS.iter().any(|alarm| later.starts_with(alarm)));
        late.extend(alarm.map(|alarm| format!("{alarm:?} after {sentence:?}")));
    }
    late
}

#[test]
fn no_alarm_comes_after_everyone_is_served_in_drawn_plans() {
    let found = |inventory: &_, scenario: &_| {
        let plan = planned(inventory, scenario);
        let briefing = Briefing {
            inventory,
            scenario,
            plan: &plan,
            steps: &[],
            explanations: None,
            proven: None,
        };
        said_too_late(&briefing.text(None))
    };
    assert_none(&found_in_draws(40, |_| {}, found));
}

#[test]
fn no_alarm_comes_after_everyone_is_served_in_what_is_shipped() {
    for (command, data, scenario) in [
        ("plan", "tiny", "drain-chicago"),
        ("plan", "tiny", "drain-amsterdam"),
        ("plan", "keep-room", "drain-ams"),
        ("plan", "keep-room", "drain-ams-protected"),
        ("sweep", "tiny", "drain-chicago"),
        ("sweep", "keep-room", "drain-ams"),
        ("sweep", "keep-room", "drain-ams-protected"),
    ] {
        let folder = place();
        let data = root("data").join(data);
        let scenario = data.join(scenario).with_extension("toml");
        let output = plimsoll(folder.path())
            .arg(command)
            .arg(&data)
            .arg("--scenario")
            .arg(&scenario)
            .args(["--no-charts", "--out", "out"])
            .output()
            .expect("the program starts");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.lines().count() > 5, "{text}");
        let late = said_too_late(&text);
        assert!(
            late.is_empty(),
            "{command} {}: {late:?}",
            scenario.display()
        );
    }
}

#[test]
fn what_is_late_is_found() {
    let late = "Everyone is served and 2 headroom targets are missed, at peak demand.";
    assert_eq!(said_too_late(late).len(), 1);
    let late = "Everyone is served. Not checked: whole shards in 2 cases.";
    assert_eq!(said_too_late(late).len(), 1);
    let well = "2 headroom targets are missed. Everyone is served and no headroom target is missed by more than before.";
    assert_eq!(said_too_late(well), [""; 0]);
}
