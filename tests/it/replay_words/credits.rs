//! What is paid back for downtime.

use super::place::{PLACE, Place, json, number, printed, replayed, rows, written};
use std::fs;

/// Everybody is down for exactly so many minutes of June, which has 30 days.
fn down_for(minutes: u32) -> (String, tempfile::TempDir) {
    let end = 10 * 60 + minutes;
    let clock = |minutes: u32| format!("{:02}:{:02}:00Z", minutes / 60 % 24, minutes % 60);
    let day = 1 + end / (24 * 60);
    let scenario = format!(
        "[[event]]\nkind = \"failure\"\ncomponent = \"a\"\nstart = 2030-06-01T10:00:00Z\n\
         end = 2030-06-{day:02}T{}\n",
        clock(end)
    );
    let folder = written(&Place {
        end: "2030-06-03T00:00:00Z",
        scenario: &scenario,
        ..PLACE
    });
    let text = printed(&replayed(&folder, &["--do-nothing", "--no-charts"]), 1);
    (text, folder)
}

/// 302 ÷ (30 · 24 · 60) = 0.6991 %; 783 are 1.8125 %.
#[test]
fn downtime_of_a_month_is_paid_back_by_its_uptime() {
    for (minutes, words, percent, credit) in [
        (43, "99.900", 0.999, None),
        (44, "99.898", 0.999, Some(0.25)),
        (302, "99.300", 0.993_0, Some(0.25)),
        (783, "98.187", 0.981_9, Some(0.5)),
        (2160, "95.000", 0.95, Some(0.5)),
        (2161, "94.997", 0.949_98, Some(1.0)),
    ] {
        let (text, folder) = down_for(minutes);
        let tenants = rows(&folder, "tenants.csv");
        assert_eq!(tenants.len(), 1);
        let texts = &tenants[0];
        assert_eq!(
            [
                &texts["run"],
                &texts["month"],
                &texts["tenant"],
                &texts["tier"]
            ],
            ["nothing", "2030-06", "t", "gold"]
        );
        assert!((number(texts, "users") - 862.0).abs() < 1e-6);
        assert!((number(texts, "month_user_minutes") - 862.0 * 43_200.0).abs() < 1e-3);
        let down = f64::from(minutes) * 862.0;
        assert!(
            (number(texts, "down_minutes") - down).abs() < 1e-3,
            "{texts:?}"
        );
        let uptime = number(texts, "uptime");
        assert!((uptime - percent).abs() < 5e-5, "{minutes}: {uptime}");
        assert!((number(texts, "credit") - credit.unwrap_or(0.0)).abs() < 1e-12);
        assert_eq!(texts["kept"], if credit.is_some() { "no" } else { "yes" });
        let credits = &json(&folder)["runs"][0]["credits"];
        match credit {
            None => {
                assert_eq!(credits, &serde_json::json!([]));
                assert!(
                    text.contains("every tenant gets its promised uptime"),
                    "{text}"
                );
            }
            Some(credit) => {
                assert_eq!(
                    credits,
                    &serde_json::json!([{ "credit": credit, "tenants": 1 }])
                );
                let back = format!(
                    "1 tenant gets {} % of the month's price back",
                    credit * 100.0
                );
                assert!(text.contains(&back), "{text}");
            }
        }
        let page = fs::read_to_string(folder.path().join("replay/report.html"));
        let page = page.expect("it is written");
        assert!(page.contains(&format!("{words} %")), "{minutes}: {words}");
    }
}

/// 8 hours of a month of 30 days are 98.9 %, of which each of two months has half: 99.4 %.
#[test]
fn downtime_over_the_end_of_a_month_is_counted_month_by_month() {
    let folder = written(&Place {
        end: "2030-07-02T00:00:00Z",
        scenario: "[[event]]\nkind = \"failure\"\ncomponent = \"a\"\nstart = 2030-06-30T20:00:00Z\n\
            end = 2030-07-01T04:00:00Z\n",
        ..PLACE
    });
    let change = fs::read_to_string(folder.path().join("own.toml")).expect("it is written");
    let change = change.replace("start = 2030-06-01T00", "start = 2030-06-30T00");
    fs::write(folder.path().join("own.toml"), change).expect("there is room");
    printed(&replayed(&folder, &["--do-nothing", "--no-charts"]), 1);
    let tenants = rows(&folder, "tenants.csv");
    let entries: Vec<(&str, f64, f64)> = tenants
        .iter()
        .map(|texts| {
            (
                texts["month"].as_str(),
                number(texts, "down_minutes"),
                number(texts, "credit"),
            )
        })
        .collect();
    // The month with fewer days has the lower uptime, and comes first.
    assert_eq!(entries[0].0, "2030-06");
    assert_eq!(entries[1].0, "2030-07");
    for (_, down, credit) in entries {
        assert!((down - 240.0 * 862.0).abs() < 1e-3);
        assert!((credit - 0.25).abs() < 1e-12);
    }
    let credits = &json(&folder)["runs"][0]["credits"];
    assert_eq!(
        credits,
        &serde_json::json!([{ "credit": 0.25, "tenants": 1 }]),
        "a tenant is one, in however many months"
    );
}
