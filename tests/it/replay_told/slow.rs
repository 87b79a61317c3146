//! What would have kept ahead of slow work is said in words and in replay.json.

use super::place::{PLACE, Place, json, printed, replayed, written};

/// Work takes 1 + 0.01 · (30 · 2 − 1) = 1.59 times as much. Beside what is not slow 1,001 − 862 · 0.99 = 147.62 jobs a
/// second are left: enough for a timeout of 147.62 ÷ (8.62 · 2) = 8.562 s, or with 1 − 147.62 ÷ 517.2 = 71.5 % of it kept
/// away; without retries 8.62 · 30 are still too many.
#[test]
fn thresholds_of_slow_work_are_told() {
    let folder = written(&Place {
        profile: (",retries,timeout_seconds", ",1,30"),
        scenario: "[[event]]\nkind = \"slow\"\ncomponent = \"a\"\nshare = 0.01\nfactor = 1000\n\
                   start = 2030-06-01T11:35:00Z\nend = 2030-06-01T12:04:00Z\n",
        ..PLACE
    });
    let text = printed(&replayed(&folder, &["--do-nothing", "--no-charts"]), 1);
    let said = "\n- Slow work makes work at Alpha take 1.59 times as much: at most 862 jobs/s come, and it can take 630. \
                Enough would be any one of a timeout of at most 8.56 s or 72 % of the slow work in quarantine.\n";
    assert!(text.contains(said), "{text}");
    let told = &json(&folder)["runs"][0]["slow_work"][0];
    for (name, expected) in [
        ("load", 862.0),
        ("capacity", 1001.0),
        ("inflation", 1.59),
        ("longest_timeout_seconds", 147.62 / 17.24),
        ("least_quarantine", 1.0 - 147.62 / 517.2),
    ] {
        let found = told[name].as_f64().expect("a number");
        assert!((found - expected).abs() < 1e-6, "{name}: {found}");
    }
    assert!(told["most_retries"].is_null());
    assert_eq!(
        [&told["component"], &told["resource"], &told["start"]],
        ["a", "work", "2030-06-01T11:35:00+00:00"]
    );
    assert_eq!(told["falls_behind"], true);
}

/// 1 + 0.001 · 59 = 1.059 times 862 is 913 of 1,001.
#[test]
fn slow_work_that_is_kept_ahead_of_is_told_once() {
    let folder = written(&Place {
        profile: (",retries,timeout_seconds", ",1,30"),
        scenario: "[[event]]\nkind = \"slow\"\ncomponent = \"a\"\nshare = 0.001\nfactor = 1000\n\
                   start = 2030-06-01T11:35:00Z\nend = 2030-06-01T12:04:00Z\n",
        ..PLACE
    });
    let text = printed(&replayed(&folder, &["--do-nothing", "--no-charts"]), 1);
    let said = "\n- Slow work makes work take up to 1.06 times as much, and it is kept ahead of.\n";
    assert!(text.contains(said), "{text}");
    assert_eq!(
        json(&folder)["runs"][0]["slow_work"][0]["falls_behind"],
        false
    );
}
