//! What is told of ranked windows, as people read it at any width.

use crate::folders::with;
use jiff::{SignedDuration, Timestamp};
use plimsoll::engine::{OneMore, Window};
use plimsoll::inventory;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::report::charts::Chart;
use plimsoll::report::windows::RankedWindows;
use plimsoll::scenario::{self, ScenarioText};

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

/// Windows of four hours, hour by hour, with so many users unserved and so many after one more failure.
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
                        "Llanfairpwll on the hill for 4 h: best from 21 Nov 00:00 to 04:00 {zone} "
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

#[test]
fn equal_windows_are_all_as_good() {
    let (inventory, scenario) = read("Z");
    let found = windows(&scenario, 48, |_| [0.0, 0.0]);
    let subject = "Boydton".to_owned();
    let ranked = RankedWindows::new(&inventory, &scenario, subject, None, &found);
    let text = ranked.text(Some(80));
    assert!(text.ends_with("\n… and 36 more, all as good\n"), "{text}");
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
        chart.title.contains("San Antonio most (30)"),
        "{}",
        chart.title
    );
    let svg = chart.svg(1200).expect("a picture");
    assert!(svg.contains(">users unserved if one more thing fails, at worst</text>"));
}
