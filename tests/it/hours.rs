//! Demand that follows the hours: plans of a few slices against the program of all hours written out, and by hand.

mod drawn;

use crate::draw::{Size, draw};
use crate::levels::{assert_none, differences, found_in_changed_draws, judged, planned, written};
use crate::read::read;
pub(crate) use drawn::with_hours;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{PeriodPlan, flows_in};
use std::collections::BTreeMap;

/// What is found in so many draws whose demand follows the hours, each under its seed.
pub(crate) fn found_in_hourly_draws(
    size: Size,
    count: u64,
    found: impl Fn(&Inventory, &Scenario) -> Vec<String>,
) -> Vec<String> {
    found_in_changed_draws(size, count, with_hours, found)
}

#[test]
fn every_level_equals_that_of_all_hours_written_out() {
    assert_none(&found_in_hourly_draws(Size::SMALL, 60, differences));
}

#[test]
fn every_level_of_meshes_equals_that_of_all_hours_written_out() {
    assert_none(&found_in_hourly_draws(Size::MESHED, 20, differences));
}

fn broken(inventory: &Inventory, scenario: &Scenario) -> Vec<String> {
    let verdict = judged(inventory, scenario, &planned(inventory, scenario));
    let is_broken = !verdict.holds();
    is_broken.then(|| verdict.to_string()).into_iter().collect()
}

#[test]
fn every_plan_that_follows_the_hours_holds() {
    assert_none(&found_in_hourly_draws(Size::SMALL, 120, broken));
}

#[test]
fn drawn_periods_have_several_slices_and_some_steer_by_the_hour() {
    let (mut sliced, mut steered) = (0, 0);
    for seed in 0..40 {
        let draw = draw(seed, Size::MESHED);
        let (mut inventory, mut scenario) = read(&draw.files, &draw.scenario);
        with_hours(seed, &mut inventory, &mut scenario);
        let plan = planned(&inventory, &scenario);
        for period in &plan.periods {
            let slices = period.case.hours.slice_count();
            sliced += usize::from(slices > 1);
            let of = |slice| -> Vec<_> {
                let flows = flows_in(&period.flows, slice).iter();
                flows
                    .map(|flow| (flow.group, &flow.path.links, flow.users.to_bits()))
                    .collect()
            };
            steered += usize::from((1..slices).any(|slice| of(slice) != of(0)));
        }
    }
    assert!(sliced >= 20, "{sliced} periods have several slices");
    assert!(steered >= 5, "{steered} periods steer by the hour");
}

/// One site behind two access points, 10 ms away over p1 and 20 ms over p2, each of which carries 50. In r1 and r2 are
/// 40 users each, who demand 1; in the first hour of the scenario those of r2 demand half of it, in the second those of
/// r1.
fn two_hours() -> (Inventory, Scenario) {
    two_hours_with("p1,50\np2,50\n", ["0.5", "1"])
}

/// The same with other access points and other factors of r2.
fn two_hours_with(access_points: &str, late: [&str; 2]) -> (Inventory, Scenario) {
    let access_points = format!("access_point,bw\n{access_points}");
    let curve = |name: &str, first: &str, second: &str| -> String {
        let factor = |hour| match hour {
            10 => first,
            11 => second,
            _ => "0.1",
        };
        let rows = (0..24).map(|hour| format!("{name},{hour},{}\n", factor(hour)));
        rows.collect::<Vec<_>>().concat()
    };
    let curves = format!(
        "load_curve,hour,factor\n{}{}",
        curve("early", "1", "0.5"),
        curve("late", late[0], late[1])
    );
    let files = [
        ("resources.csv", "resource,unit,scope\nbw,Gbit/s,network\n"),
        ("profiles.csv", "profile,bw\nmail,1\n"),
        ("sites.csv", "site\na\n"),
        ("access_points.csv", access_points.as_str()),
        (
            "links.csv",
            "link,from,to,latency_ms\n11,r1,p1,0\n12,r1,p2,0\n21,r2,p1,0\n22,r2,p2,0\n1a,p1,a,10\n2a,p2,a,20\n",
        ),
        (
            "client_regions.csv",
            "client_region,load_curve\nr1,early\nr2,late\n",
        ),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns1,t,40,a,mail,r1,gold\ns2,t,40,a,mail,r2,gold\n",
        ),
        ("load_curves.csv", curves.as_str()),
    ];
    let files: Vec<(String, String)> = files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    let scenario = "[scenario]\nname = \"two hours\"\nstart = 2030-03-01T10:00:00Z\nend = 2030-03-01T12:00:00Z\n\
                    [policy]\ndemand = \"hourly\"\n";
    read(&files, scenario)
}

/// By access point, users of a client region who enter there in a slice.
fn entering(
    inventory: &Inventory,
    period: &PeriodPlan,
    slice: usize,
) -> BTreeMap<[String; 2], f64> {
    let flows = flows_in(&period.flows, slice).iter();
    flows
        .map(|flow| {
            let region = &inventory.client_regions[flow.group.client_region.index()].id;
            let entry = &inventory.access_points[flow.path.access_point.index()].id;
            ([region.clone(), entry.clone()], flow.users)
        })
        .collect()
}

/// Both hours have 40 + 20 = 60 for p1, which carries 50. In each of them it is cheapest to send over p2 ten of those who
/// demand all of theirs: (70·10 + 10·20) = 900 user-milliseconds at every hour. One steering for both hours would send x
/// of r1 and y of r2 with x + y/2 ≥ 10 and x/2 + y ≥ 10: 20/3 of each, 933.3.
#[test]
fn steering_follows_the_hours_while_homes_stay() {
    let (inventory, scenario) = two_hours();
    let plan = planned(&inventory, &scenario);
    let period = &plan.periods[0];
    let hours = &period.case.hours;
    assert_eq!(hours.slice_count(), 2);
    let latency = period.stages.last().expect("latency is the last level");
    assert!((latency.value - 900.0).abs() < 1e-6, "{}", latency.value);
    assert!((latency.plan - 900.0).abs() < 1e-6, "{}", latency.plan);
    assert!(latency.gap.abs() < 1e-9, "{}", latency.gap);
    for (slice, busy) in [
        (hours.slice_at(scenario.start), "r1"),
        (1 - hours.slice_at(scenario.start), "r2"),
    ] {
        let expected = |region: &str| if region == busy { 10.0 } else { 0.0 };
        let entering = entering(&inventory, period, slice);
        for region in ["r1", "r2"] {
            let over_p2 = entering.get(&[region.to_owned(), "p2".to_owned()]);
            let over_p2 = over_p2.copied().unwrap_or(0.0);
            assert!(
                (over_p2 - expected(region)).abs() < 1e-6,
                "{slice} {entering:?}"
            );
        }
    }
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
}

/// Over p1, the nearer way, nobody can go who demands bandwidth; that those of r2 demand none of it in these hours opens
/// it to nobody (`docs/model.md` §2).
#[test]
fn a_curve_of_zero_opens_no_path_that_has_nothing_left() {
    let (inventory, scenario) = two_hours_with("p1,0\np2,50\n", ["0", "0"]);
    let plan = planned(&inventory, &scenario);
    let period = &plan.periods[0];
    for slice in 0..period.case.hours.slice_count() {
        let all = [(["r1", "p2"], 40.0), (["r2", "p2"], 40.0)];
        let all = all.map(|(key, users)| (key.map(str::to_owned), users));
        assert_eq!(entering(&inventory, period, slice), BTreeMap::from(all));
    }
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    assert_none(&differences(&inventory, &scenario));
}

/// What does not vary is there at all hours: at the tenth hour those of r2 still need all of their storage.
#[test]
fn stored_data_is_there_at_all_hours() {
    let (mut inventory, scenario) = two_hours();
    inventory.resources[0].varies = false;
    let plan = planned(&inventory, &scenario);
    // 80 at every hour, of which p1 carries 50.
    let latency = plan.periods[0]
        .stages
        .last()
        .expect("latency is the last level");
    assert!((latency.value - (50.0 * 10.0 + 30.0 * 20.0)).abs() < 1e-6);
    assert!(judged(&inventory, &scenario, &plan).holds());
}

#[test]
fn hours_csv_says_when_which_steering_holds_and_a_change_of_it_is_caught() {
    let (inventory, scenario) = two_hours();
    let plan = planned(&inventory, &scenario);
    let files = written(&inventory, &scenario, &plan);
    let hours = files.iter().find(|file| file.name == "hours.csv");
    let text = String::from_utf8(hours.expect("it is written").bytes.clone()).expect("UTF-8");
    assert_eq!(
        text,
        "period,start,end,slice\n\
         ,2030-03-01T10:00:00Z,2030-03-01T11:00:00Z,0\n,2030-03-01T11:00:00Z,2030-03-01T12:00:00Z,1\n\
         0,2030-03-01T10:00:00Z,2030-03-01T11:00:00Z,0\n0,2030-03-01T11:00:00Z,2030-03-01T12:00:00Z,1\n"
    );
    let changed = |from: &str, to: &str| -> String {
        let mut files = files.clone();
        for file in &mut files {
            if file.name == "hours.csv" {
                file.bytes = text.replace(from, to).into_bytes();
            }
        }
        crate::levels::judged_files(&inventory, &scenario, &files).to_string()
    };
    let slice = changed(
        "0,2030-03-01T11:00:00Z,2030-03-01T12:00:00Z,1",
        "0,2030-03-01T11:00:00Z,2030-03-01T12:00:00Z,0",
    );
    assert!(
        slice.contains("hours.csv:5: column slice: found 0, expected 1 [P7320]"),
        "{slice}"
    );
    let end = changed(
        "0,2030-03-01T11:00:00Z,2030-03-01T12:00:00Z,1",
        "0,2030-03-01T11:00:00Z,2030-03-01T12:30:00Z,1",
    );
    assert!(end.contains("[P7320]"), "{end}");
    let missing = changed("0,2030-03-01T11:00:00Z,2030-03-01T12:00:00Z,1\n", "");
    assert!(
        missing.contains("1 rows of period 0, expected 2 rows [P7320]"),
        "{missing}"
    );
}

#[test]
fn who_is_homed_is_there_at_all_hours_before_too() {
    let (inventory, scenario) = two_hours();
    let plan = planned(&inventory, &scenario);
    let mut files = written(&inventory, &scenario, &plan);
    for file in &mut files {
        if file.name == "before.csv" {
            // The last row of the last slice is left out: ten users of r2 who enter through p2.
            let text = String::from_utf8(file.bytes.clone()).expect("UTF-8");
            let last = text.trim_end().rfind('\n').expect("rows");
            file.bytes = text[..=last].into();
        }
    }
    let verdict = crate::levels::judged_files(&inventory, &scenario, &files).to_string();
    assert!(
        verdict.contains("in slice 1, expected the 40 of slice 0 [P7604]"),
        "{verdict}"
    );
}

#[test]
fn a_steering_row_of_a_slice_that_is_not_there_is_caught() {
    let (inventory, scenario) = two_hours();
    let plan = planned(&inventory, &scenario);
    let mut files = written(&inventory, &scenario, &plan);
    for file in &mut files {
        if file.name == "steering.csv" {
            let text = String::from_utf8(file.bytes.clone()).expect("UTF-8");
            let last = text.trim_end().rfind(',').expect("cells");
            file.bytes = format!("{},7\n", &text[..last]).into_bytes();
        }
    }
    let verdict = crate::levels::judged_files(&inventory, &scenario, &files).to_string();
    assert!(
        verdict.contains("found slice 7, expected a slice from 0 to 1 [P7316]"),
        "{verdict}"
    );
}

#[test]
fn no_target_is_lowered_because_another_hour_is_busier() {
    // 48 of 70 when the scenario starts, so that nothing of a fifth is missing; 60 of 70 an hour later, a seventh free.
    let (inventory, mut scenario) = two_hours_with("p1,70\np2,0\n", ["0.2", "1"]);
    scenario.policy.headroom = vec![Some(0.2)];
    let plan = planned(&inventory, &scenario);
    let margins = plan.periods.iter().flat_map(|period| &period.margins);
    let of_p1: Vec<[f64; 3]> = margins
        .filter(|margin| inventory.component_name(margin.component) == "p1")
        .map(|margin| [margin.row.load, margin.row.target, margin.row.shortfall])
        .collect();
    let expected = [[60.0, 0.2, 2.0 / 7.0]];
    let pairs = of_p1.iter().flatten().zip(expected.iter().flatten());
    let is_close = pairs.map(|(a, b)| (a - b).abs()).all(|value| value < 1e-6);
    assert!(of_p1.len() == 1 && is_close, "{of_p1:?}");
    assert_eq!(broken(&inventory, &scenario), Vec::<String>::new());
}
