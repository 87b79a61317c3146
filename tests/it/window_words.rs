//! What is told of ranked windows, as people read it at any width.

use crate::folders::{folder, with};
use jiff::{SignedDuration, Timestamp};
use plimsoll::engine::{OneMore, Window, WindowsAsked, drains};
use plimsoll::inventory;
use plimsoll::model::{Event, EventKind, Inventory, Reduction, Scenario};
use plimsoll::report::charts::Chart;
use plimsoll::report::windows::{DrainReport, RankedWindows};
use plimsoll::scenario::{self, ScenarioText};
use plimsoll::solve::Stop;
use std::path::Path;
use std::sync::Arc;

fn read(offset: &str) -> (Inventory, Scenario) {
    let files = with(&[
        (
            "sites.csv",
            "site,name,cpu\na,San Antonio,100\nb,Boydton,100\n",
        ),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\n",
        ),
    ]);
    let inventory = inventory::read(&files).inventory.expect("it is sound");
    let text = format!(
        "[scenario]\nname = \"windows\"\nstart = 2026-11-21T00:00:00{offset}\nend = 2026-11-28T00:00:00{offset}\n"
    );
    let layer = ScenarioText {
        name: "windows.toml".to_owned(),
        text,
    };
    let scenario = scenario::read(&[layer], &inventory).scenario;
    (inventory, scenario.expect("it is sound"))
}

/// Windows of four hours, hour by hour, with the given users unserved, and unserved after one more failure.
fn windows(scenario: &Scenario, count: i64, of: impl Fn(i64) -> [f64; 2]) -> Vec<Window> {
    let one = |hour: i64| {
        let start: Timestamp = scenario.start + SignedDuration::from_hours(hour);
        let [unserved, after] = of(hour);
        Window {
            start,
            end: start + SignedDuration::from_hours(4),
            unserved: vec![unserved],
            missing: None,
            missing_users: 0.0,
            moved: 1_234_567.0,
            busiest_users: 9_000_000.0 + (hour % 7) as f64 * 1e6,
            failures: (after > 0.0).then(|| OneMore {
                cases: 40,
                broken: 2,
                worst: Some(("a".to_owned(), after)),
            }),
            is_proven: true,
        }
    };
    (0..count).map(one).collect()
}

/// The lines of a text, each no wider than a width.
fn lines(text: &str, width: usize) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    for line in &lines {
        assert!(line.chars().count() <= width, "`{line}` in\n{text}");
    }
    lines
}

#[test]
fn times_stay_whole_at_every_width_and_say_their_zone() {
    for (offset, zone) in [("Z", "UTC"), ("-06:00", "UTC-06:00")] {
        let (inventory, scenario) = read(offset);
        for over in [Some("sites"), None] {
            let found = windows(&scenario, 168, |hour| {
                [
                    (hour % 24) as f64 * 1e5,
                    if over.is_some() { 1e7 } else { 0.0 },
                ]
            });
            let subject = "Llanfairpwll on the hill".to_owned();
            let ranked = RankedWindows::new(&inventory, &scenario, subject, over, &found);
            for width in [80_u16, 100, 200] {
                let text = ranked.text(Some(width));
                let lines = lines(&text, width.into());
                let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
                assert!(
                    words.starts_with(&format!(
                        "Llanfairpwll on the hill for 4 h: best from 21 Nov 00:00 to 04:00 {zone}, the quietest of 7 times of equal cost. "
                    )) || words.contains(&format!(
                        " Llanfairpwll on the hill for 4 h: best from 21 Nov 00:00 to 04:00 {zone}, the quietest of 7 times of equal cost. "
                    )),
                    "{text}"
                );
                assert!(text.contains(&format!("({zone})")), "{text}");
                let second = lines.iter().find(|line| line.contains("22 Nov 00:00"));
                let second = second.unwrap_or_else(|| panic!("{text}"));
                assert_eq!(second.contains("22 Nov 04:00"), width >= 100, "{text}");
                assert_eq!(second.contains("San Antonio"), over.is_some(), "{text}");
            }
        }
    }
}

/// Of 48 windows that cost the same every seventh has least users.
#[test]
fn the_quietest_of_equal_windows_comes_first_and_is_reported_from_them() {
    let (inventory, scenario) = read("Z");
    let mut found = windows(&scenario, 48, |_| [0.0, 0.0]);
    let ranked = |found: &[Window]| {
        RankedWindows::new(&inventory, &scenario, "Boydton".to_owned(), None, found).text(Some(80))
    };
    let text = ranked(&found);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.starts_with("Boydton for 4 h: best from 21 Nov 00:00 to 04:00 UTC, the first of the 7 quietest of 48 times of equal cost. "),
        "{text}"
    );
    let said = "All 48 times cost the same; the quietest comes first, \
        with 9,000,000 users at its busiest instant (the last of them: 15,000,000).";
    assert!(words.contains(said), "{text}");
    assert!(
        words.contains("… and 36 more, of equal cost but busier or later"),
        "{text}"
    );

    found[5].busiest_users = 8_000_000.0;
    let text = ranked(&found);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains(
            "best from 21 Nov 05:00 to 09:00 UTC, the quietest of 48 times of equal cost. "
        ),
        "{text}"
    );

    for window in &mut found {
        window.busiest_users = 1.0;
    }
    let text = ranked(&found);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("UTC, the first of 48 times of equal cost. "),
        "{text}"
    );
    let said = "All 48 times cost the same and are equally quiet; the earliest comes first.";
    assert!(words.contains(said), "{text}");
}

#[test]
fn what_no_window_costs_has_no_column() {
    let (inventory, scenario) = read("Z");
    let call = |found: &[Window]| {
        let subject = "Boydton".to_owned();
        RankedWindows::new(&inventory, &scenario, subject, None, found).text(None)
    };
    // Nobody has looked at the hours without the maintenance: a target may be missed in them too.
    let text = call(&windows(&scenario, 3, |_| [0.0, 0.0]));
    assert!(!text.contains("users unserved"), "{text}");
    let said = "\n\"Users at the busiest\" is the actual number at that hour; all other columns use peak counts.\n\
        At any start time, everyone is served and no headroom target is set, if shards may be split.\n";
    assert!(text.ends_with(said), "{text}");
    let text = call(&windows(&scenario, 3, |hour| [hour as f64, 0.0]));
    assert!(text.contains("  users unserved  "), "{text}");
    let said = "\nAt any start time, no headroom target is set, if shards may be split.\n";
    assert!(text.ends_with(said), "{text}");
}

#[test]
fn nothing_is_survived_where_nothing_is_left_to_fail() {
    let (inventory, scenario) = read("Z");
    let mut found = windows(&scenario, 2, |_| [7.0, 30.0]);
    for window in &mut found {
        window.failures = Some(OneMore {
            cases: 0,
            broken: 0,
            worst: None,
        });
    }
    let subject = "Boydton".to_owned();
    let ranked = RankedWindows::new(&inventory, &scenario, subject, Some("sites"), &found);
    let text = ranked.text(None);
    assert!(
        text.contains("Nothing else is left that could fail; "),
        "{text}"
    );
    assert!(
        !text.contains("survived") && !text.contains("failure before moves"),
        "{text}"
    );
    assert_eq!(
        ranked.json()["windows"][0]["unserved_after_it"],
        serde_json::Value::Null
    );
    let svg = ranked.chart().svg(1200).expect("a picture");
    assert!(!svg.contains("one more failure"));
}

#[test]
fn the_chart_says_how_long_the_maintenance_is_and_in_which_zone() {
    let (inventory, scenario) = read("Z");
    let found = windows(&scenario, 24, |_| [20.0, 30.0]);
    let subject = "Boydton".to_owned();
    let ranked = RankedWindows::new(&inventory, &scenario, subject, Some("sites"), &found);
    let chart = ranked.chart();
    assert_eq!(
        chart.span,
        "maintenance of 4 h, 24 times to begin, times in UTC"
    );
    assert!(
        chart.title.contains(": 20 users unserved, best from ") && chart.title.ends_with(" UTC"),
        "{}",
        chart.title
    );
    assert!(ranked.finding().contains("San Antonio most (30)"));
    let svg = chart.svg(1200).expect("a picture");
    assert!(svg.contains("one more failure"));
}

/// What is told of the drain for works on sites of data/rolling-drains from midnight on, where other works may begin then.
fn drain_for(sites: &[&str], other: Option<&str>) -> Vec<String> {
    drain_until("2026-11-29", sites, other)
}

/// The same where starts are looked at until a date.
fn drain_until(until: &str, sites: &[&str], other: Option<&str>) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/rolling-drains");
    let inventory = inventory::read(&folder(&path)).inventory;
    let inventory = Arc::new(inventory.expect("what is shipped is sound"));
    let other = other.map_or_else(String::new, |site| {
        format!(
            "[[event]]\nkind = \"maintenance\"\ncomponent = \"{site}\"\nstart = 2026-11-28T00:00:00Z\nend = 2026-11-28T04:00:00Z\n"
        )
    });
    let text = format!(
        "[scenario]\nname = \"windows\"\nstart = 2026-11-27T00:00:00Z\nend = {until}T00:00:00Z\n\
         [policy]\ndrain = \"anywhere\"\nmax_latency_ms = 150\n{other}"
    );
    let name = "windows.toml".to_owned();
    let scenario = scenario::read(&[ScenarioText { name, text }], &inventory).scenario;
    let scenario = scenario.expect("it is sound");
    let named = |id: &&str| inventory.component_named(id).expect("it is there");
    let start: Timestamp = "2026-11-28T00:00:00Z".parse().expect("an instant");
    let asked = WindowsAsked {
        reduction: Reduction {
            components: sites.iter().map(named).collect(),
            resources: None,
            capacity: 0.0,
            loss: 0.0,
        },
        duration: SignedDuration::from_hours(2),
        starts: vec![start],
        over: None,
    };
    let starts = asked.starts.clone().into_iter();
    let drain_reports = drains(
        &inventory,
        &scenario,
        &asked,
        starts,
        &Stop::default(),
        |drain_plan| DrainReport::of(&inventory, &scenario, drain_plan),
    );
    drain_reports.expect("it is planned")[0].transitions.clone()
}

#[test]
fn a_drain_is_reported_of_every_site_that_is_drained_what_is_asked_about_first() {
    for (sites, other, said) in [
        (&["ams"][..], None, "Amsterdam's drain takes "),
        // 100,000 users leave Dublin, and for 50,000 of Amsterdam there is room.
        (
            &["ams", "dub"],
            None,
            "The drain of Dublin and Amsterdam takes ",
        ),
        (
            &["ams"],
            Some("dub"),
            "The drain of Amsterdam and Dublin takes ",
        ),
        (
            &["dub"],
            Some("ams"),
            "The drain of Dublin and Amsterdam takes ",
        ),
    ] {
        let paths = drain_for(sites, other);
        assert_eq!(paths.len(), 1, "{sites:?}, {other:?}: {paths:?}");
        assert!(
            paths[0].starts_with(said),
            "{sites:?}, {other:?}: {paths:?}"
        );
    }
}

/// Where the starts that are looked at cross a year every time says its own, also that of a drain within a day.
#[test]
fn a_drain_says_its_year_where_the_ranking_does() {
    let begins = |until: &str| {
        let paths = drain_until(until, &["ams"], None);
        let (_, begins) = paths[0].split_once("begin by ").expect("when it begins");
        begins.to_owned()
    };
    assert!(!begins("2026-11-29").contains("2026"));
    assert!(begins("2027-01-02").contains(" Nov 2026 "));
}

/// On 18 November 26,000 users are placed at 18:00, while Chicago's drain for 19:00 runs: a plan of it is refused, and so is
/// that start.
#[test]
fn a_start_is_not_recommended_where_an_onboarding_row_falls_into_its_drain() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/americas-2012");
    let inventory = inventory::read(&folder(&path)).inventory;
    let inventory = Arc::new(inventory.expect("what is shipped is sound"));
    let text = "[scenario]\nname = \"windows\"\nstart = 2012-11-18T18:00:00-06:00\nend = 2012-11-18T20:00:00-06:00\n";
    let layer = ScenarioText {
        name: "windows.toml".to_owned(),
        text: text.to_owned(),
    };
    let scenario = scenario::read(&[layer], &inventory).scenario;
    let scenario = scenario.expect("it is sound");
    let chicago = inventory.component_named("chi").expect("it is there");
    let starts: Vec<Timestamp> = ["2012-11-19T01:00:00Z", "2012-11-19T00:00:00Z"]
        .map(|at| at.parse().expect("an instant"))
        .to_vec();
    let asked = WindowsAsked {
        reduction: Reduction::all_of(chicago),
        duration: SignedDuration::from_hours(5),
        starts: starts.clone(),
        over: None,
    };
    let drain_reports = drains(
        &inventory,
        &scenario,
        &asked,
        starts.into_iter(),
        &Stop::default(),
        |drain_plan| DrainReport::of(&inventory, &scenario, drain_plan),
    );
    let drain_reports = drain_reports.expect("it is planned");
    assert_eq!(drain_reports.len(), 2, "{drain_reports:?}");
    assert!(
        drain_reports[0].refused[0]
            .starts_with("the placing of 26,000 users goes on when a wave of Chicago's drain"),
        "{drain_reports:?}"
    );
    assert!(
        !drain_reports[1].is_refused() && drain_reports[0].latest_start.is_none(),
        "{drain_reports:?}"
    );
}

/// What begins after the maintenance is no part of its plan, and the page says so before the drain.
#[test]
fn later_events_of_the_scenario_are_named_as_not_planned_for() {
    let (inventory, mut scenario) = read("Z");
    let found = windows(&scenario, 1, |_| [0.0, 0.0]);
    let text = |scenario: &Scenario| {
        let subject = "Boydton".to_owned();
        RankedWindows::new(&inventory, scenario, subject, None, &found).text(None)
    };
    assert!(!text(&scenario).contains("Not planned for"));
    let start = found[0].end + SignedDuration::from_hours(1);
    let site = inventory.component_named("a").expect("it is there");
    scenario.events.push(Event {
        kind: EventKind::Maintenance(Reduction::all_of(site)),
        start,
        end: start + SignedDuration::from_hours(1),
        detected: start,
        drain_minutes: None,
        is_end_assumed: false,
    });
    let said = "Not planned for: 1 event of the scenario that begins after the maintenance, from 21 Nov 05:00 on.";
    assert!(text(&scenario).contains(said), "{}", text(&scenario));
}
