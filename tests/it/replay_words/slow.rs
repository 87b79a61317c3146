//! What would have kept ahead of slow work is said in words and in replay.json.

use super::place::{PLACE, Place, json, printed, replayed, written};

/// Work takes 1 + 0.01 · (30 · 2 − 1) = 1.59 times as much. Beside what is not slow 1,001 − 862 · 0.99 = 147.62 jobs a
/// second are left: enough for a timeout of 147.62 ÷ (8.62 · 2) = 8.562 s, or with 1 − 147.62 ÷ 517.2 = 71.5 % of it kept
/// away; without retries 8.62 · 30 are still too many.
#[test]
fn thresholds_of_slow_work_are_reported() {
    let folder = written(&Place {
        profile: (",retries,timeout_seconds", ",1,30"),
        scenario: "[[event]]\nkind = \"slow\"\ncomponent = \"a\"\nshare = 0.01\nfactor = 1000\n\
                   start = 2030-06-01T11:35:00Z\nend = 2030-06-01T12:04:00Z\n",
        ..PLACE
    });
    let text = printed(&replayed(&folder, &["--do-nothing", "--no-charts"]), 1);
    let said = "\n- Slow work multiplies the work at Alpha by 1.59: the load is up to 862 jobs/s, and the capacity 630. \
                Any one of these would be enough: a timeout of at most 8.56 s or 72 % of the slow work in quarantine.\n";
    assert!(text.contains(said), "{text}");
    let value = &json(&folder)["runs"][0]["slow_work"][0];
    for (name, expected) in [
        ("load", 862.0),
        ("capacity", 1001.0),
        ("inflation", 1.59),
        ("longest_timeout_seconds", 147.62 / 17.24),
        ("least_quarantine", 1.0 - 147.62 / 517.2),
    ] {
        let found = value[name].as_f64().expect("a number");
        assert!((found - expected).abs() < 1e-6, "{name}: {found}");
    }
    assert!(value["most_retries"].is_null());
    assert_eq!(
        [&value["component"], &value["resource"], &value["start"]],
        ["a", "work", "2030-06-01T11:35:00+00:00"]
    );
    assert_eq!(value["falls_behind"], true);
}

/// 1 + 0.001 · 59 = 1.059 times 862 is 913 of 1,001.
#[test]
fn slow_work_that_is_kept_ahead_of_is_reported_once() {
    let folder = written(&Place {
        profile: (",retries,timeout_seconds", ",1,30"),
        scenario: "[[event]]\nkind = \"slow\"\ncomponent = \"a\"\nshare = 0.001\nfactor = 1000\n\
                   start = 2030-06-01T11:35:00Z\nend = 2030-06-01T12:04:00Z\n",
        ..PLACE
    });
    let text = printed(&replayed(&folder, &["--do-nothing", "--no-charts"]), 1);
    let said = "\n- Slow work takes up to 1.06 times as much capacity, and all components keep up with it.\n";
    assert!(text.contains(said), "{text}");
    assert_eq!(
        json(&folder)["runs"][0]["slow_work"][0]["falls_behind"],
        false
    );
}

/// Either makes work take 1 + 0.0015 · (30 · 2 − 1) = 1.0885 times as much, which is kept ahead of; both 1.1848 times, and
/// 862 · 1.1848 = 1,021 are more than 1,001. Beside the other one 862 · 1.0885 = 938.287 come, of which 936.880 are not slow:
/// 64.120 are left, for a timeout of 64.120 ÷ (1.40743 · 2) = 22.779 s.
#[test]
fn what_would_be_enough_is_reported_beside_what_else_is_slow() {
    let slow = "[[event]]\nkind = \"slow\"\ncomponent = \"a\"\nshare = 0.0015\nfactor = 1000\n\
                start = 2030-06-01T11:35:00Z\nend = 2030-06-01T12:04:00Z\n";
    let folder = written(&Place {
        profile: (",retries,timeout_seconds", ",1,30"),
        scenario: &format!("{slow}\n{slow}"),
        ..PLACE
    });
    printed(&replayed(&folder, &["--do-nothing", "--no-charts"]), 1);
    let value = json(&folder);
    let values = value["runs"][0]["slow_work"].as_array().expect("two");
    assert_eq!(values.len(), 2);
    let beside = 862.0 * 1.0885;
    let spare = 1001.0 - beside * 0.9985;
    for item in values {
        assert_eq!(item["falls_behind"], true);
        for (name, expected) in [
            ("load", 862.0),
            ("inflation", 1.0885 * 1.0885),
            ("longest_timeout_seconds", spare / (beside * 0.0015 * 2.0)),
            ("least_quarantine", 1.0 - spare / (beside * 0.0015 * 60.0)),
        ] {
            let found = item[name].as_f64().expect("a number");
            assert!((found - expected).abs() < 1e-6, "{name}: {found}");
        }
    }
}

/// 1.059 times 862 is 913 of 1,001, and more than 90 % of it.
#[test]
fn slow_work_is_judged_when_least_can_be_worked() {
    let folder = written(&Place {
        profile: (",retries,timeout_seconds", ",1,30"),
        scenario: "[[event]]\nkind = \"slow\"\ncomponent = \"a\"\nshare = 0.001\nfactor = 1000\n\
                   start = 2030-06-01T11:35:00Z\nend = 2030-06-01T12:04:00Z\n\n\
                   [[event]]\nkind = \"gray\"\ncomponent = \"a\"\nresources = [\"work\"]\ncapacity = 0.9\n\
                   start = 2030-06-01T11:50:00Z\nend = 2030-06-01T12:04:00Z\n",
        ..PLACE
    });
    let text = printed(&replayed(&folder, &["--do-nothing", "--no-charts"]), 1);
    assert!(!text.contains("keep up with it"), "{text}");
    let value = &json(&folder)["runs"][0]["slow_work"][0];
    assert_eq!(value["falls_behind"], true);
    let capacity = value["capacity"].as_f64().expect("a number");
    assert!((capacity - 900.9).abs() < 1e-6, "{capacity}");
}
