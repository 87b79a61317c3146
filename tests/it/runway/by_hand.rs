//! The two sites of the case by hand: components, newcomers, events and rules.

use super::{date, fails_from};
use crate::naive_cases::{csv_files, text};
use crate::read::read;
use plimsoll::engine::{RunwayRequest, runway};
use plimsoll::model::{Band, FailureSet, Inventory, Recovery, Scenario};
use plimsoll::plan::runway::{Adjustment, Condition, Day, Runway, RunwayRow, SampleStep};
use plimsoll::solve::{Proof, Stop};
use std::path::Path;

/// The case, with other texts of its files where `change` gives them, and with more in its scenario.
fn two_sites(change: impl Fn(&str, String) -> String, more: &str) -> (Inventory, Scenario) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/growth-two-sites");
    let files: Vec<(String, String)> = csv_files(&folder)
        .into_iter()
        .map(|(name, of_file)| {
            let changed = change(&name, of_file);
            (name, changed)
        })
        .collect();
    let scenario = format!("{}{more}", text(&folder.join("scenario.toml")));
    read(&files, &scenario)
}

fn asked(until: &str) -> RunwayRequest {
    RunwayRequest {
        from: date("2026-12-28"),
        until: date(until),
        over: FailureSet::Sites,
        failures: 1,
        bands: vec![Band::Expected],
        recoveries: vec![Recovery::Replan],
        step: SampleStep::Month,
        with_components: true,
    }
}

fn found(of: &(Inventory, Scenario), asked: &RunwayRequest) -> Runway {
    runway(&of.0, &of.1, asked, &Stop::default()).expect("it is settled")
}

/// The day on which a week begins.
#[expect(
    clippy::unnecessary_wraps,
    reason = "rows have a day that fails, or none"
)]
fn week(week: u32) -> Option<Day> {
    Some(7 * week)
}

#[test]
fn components_run_out_on_the_days_by_hand() {
    let case = two_sites(|_, text| text, "");
    let found = found(&case, &asked("2028-12-25"));
    let at = |day: Option<Day>| day.map(|day| found.begins(day).to_string()[..10].to_owned());
    let [a, b] = &found.components[..] else {
        panic!("{:?}", found.components)
    };
    let site = |index: usize| case.0.site_component(plimsoll::ids::SiteId::new(index));
    assert_eq!([a.component, b.component], [site(0), site(1)]);
    // A carries 40 + w as is, of the 80 that its target leaves and of 100.
    assert_eq!([a.as_is.target, a.as_is.capacity], [week(41), week(60)]);
    assert_eq!([b.as_is.target, b.as_is.capacity], [None, None]);
    for row in [a, b] {
        // The other carries all 70 + w if one fails: above 80 from week 11 on, at 100 from week 30 on; asked every month.
        assert_eq!(at(row.worst.target).as_deref(), Some("2027-09-01"));
        assert_eq!(at(row.worst.capacity).as_deref(), Some("2027-09-01"));
    }
    assert_eq!(found.samples.len(), 25);
    for sample in &found.samples {
        let users = f64::from(70 + sample.day / 7);
        let [a, b] = &sample.uses[..] else {
            panic!("{sample:?}")
        };
        assert!((a.capacity - 100.0).abs() < 1e-9 && (a.target - 0.2).abs() < 1e-9);
        let of_a = f64::from(40 + sample.day / 7);
        for (load, expected) in [
            (a.as_is[1], of_a),
            (b.as_is[1], 30.0),
            (a.as_is[0], of_a),
            (a.as_is[2], of_a),
            (a.rebalanced + b.rebalanced, users),
        ] {
            assert!((load - expected).abs() < 1e-6, "{sample:?}");
        }
        let worst = (users / 100.0).min(1.0);
        assert!((a.worst - worst).abs() < 1e-6, "{sample:?}");
        // From then on A is full in normal operation as well.
        if of_a < 100.0 {
            assert_eq!([a.worst_case, b.worst_case], [2, 1]);
        }
    }
}

#[test]
fn newcomers_without_a_site_are_placed_where_targets_are_met_longest() {
    let without_site = |name: &str, text: String| -> String {
        if name == "shards.csv" {
            text.replace("tenant-new,0,a,", "tenant-new,0,,")
        } else {
            text
        }
    };
    let case = two_sites(without_site, "");
    let found = found(&case, &asked("2028-12-25"));
    for condition in [Condition::Target, Condition::Served] {
        for adjustment in Adjustment::ALL {
            let row = found.row(condition, adjustment, Band::Expected);
            let row = row.expect("it is asked");
            // Everybody is at home as well as they could be: 70 + w ≤ 160, and 200 is beyond.
            let expected = (condition == Condition::Target).then_some("2028-09-25");
            assert_eq!(fails_from(&found, row).as_deref(), expected, "{row:?}");
        }
    }
    let row = found.row(Condition::ServedUnder, Adjustment::AsIs, Band::Expected);
    let row = row.expect("it is asked");
    assert_eq!(row.fails_from(), week(31));
}

#[test]
fn events_that_are_in_force_together_have_rows_of_their_own() {
    let events = "
[[event]]
kind = \"maintenance\"
component = \"b\"
start = 2026-12-28T02:00:00Z
end = 2026-12-28T06:00:00Z

[[event]]
kind = \"surge\"
factor = 2.0
start = 2026-12-28T10:00:00Z
end = 2026-12-28T12:00:00Z
";
    let case = two_sites(|_, text| text, events);
    let found = found(&case, &asked("2029-12-31"));
    assert_eq!(found.events, [vec![], vec![0], vec![1]]);
    let fails = |events: usize, condition: Condition, adjustment: Adjustment| {
        let mut rows = found.rows.iter();
        let row: Option<&RunwayRow> = rows.find(|row| {
            row.events == events && row.condition == condition && row.adjustment == adjustment
        });
        let row = row.expect("it is asked");
        assert_eq!(row.proof, Proof::Proven, "{row:?}");
        row.fails_from()
    };
    let (served, under) = (Condition::Served, Condition::ServedUnder);
    let (as_is, steered, rebalanced) = (
        Adjustment::AsIs,
        Adjustment::Steered,
        Adjustment::Rebalanced,
    );
    assert_eq!(fails(0, served, rebalanced), week(131));
    // B is drained: its users are unserved as long as they stay at home, and A holds 70 + w up to 100.
    assert_eq!(fails(1, served, as_is), Some(0));
    assert_eq!(fails(1, served, steered), Some(0));
    assert_eq!(fails(1, served, rebalanced), week(31));
    assert_eq!(fails(1, under, as_is), week(31));
    // Twice as many users: A carries 2 · (40 + w) of 100, both 2 · (70 + w) of 200.
    assert_eq!(fails(2, served, as_is), week(11));
    assert_eq!(fails(2, served, rebalanced), week(31));
    assert_eq!(fails(2, under, rebalanced), Some(0));
}

#[test]
fn rules_that_decide_nothing_have_rows_of_their_own() {
    let case = two_sites(|_, text| text, "");
    let mut asked = asked("2028-06-26");
    asked.recoveries = vec![Recovery::Rescale, Recovery::Replicas, Recovery::Replan];
    asked.step = SampleStep::Quarter;
    let found = found(&case, &asked);
    let rows = |recovery: Recovery| -> Vec<&RunwayRow> {
        let rows = found.rows.iter();
        rows.filter(|row| row.recovery == Some(recovery)).collect()
    };
    let [as_is, rebalanced] = rows(Recovery::Rescale)[..] else {
        panic!("{:?}", rows(Recovery::Rescale))
    };
    // Users of the failed site go to the other one, which holds 70 + w up to 100; plans are made every quarter.
    assert_eq!(as_is.fails_from(), week(31));
    assert_eq!(
        fails_from(&found, rebalanced).as_deref(),
        Some("2027-09-01")
    );
    assert_eq!([as_is.proof, rebalanced.proof], [Proof::Proven, Proof::Gap]);
    let first = as_is.first.as_ref().expect("it fails");
    assert!(
        first.binding.is_some() && (first.short - 1.0).abs() < 1e-6,
        "{first:?}"
    );
    // Nobody has a copy, so whoever loses the site is trapped; A as is carries 40 + w up to 100.
    let [as_is, rebalanced] = rows(Recovery::Replicas)[..] else {
        panic!("{:?}", rows(Recovery::Replicas))
    };
    assert_eq!(
        [as_is.fails_from(), rebalanced.fails_from()],
        [week(61), None]
    );
    assert_eq!(rows(Recovery::Replan).len(), 4);
}
