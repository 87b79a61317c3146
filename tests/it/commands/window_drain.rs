//! What `plimsoll window` tells of the best time besides its rank: the drain ahead of it, and the hours without it.

use super::window::{SATURDAY, day_and_night, day_and_night_with, stdout};
use super::{plimsoll, written};
use crate::command_line::root;
use std::fmt::Write as _;
use std::fs;
use tempfile::TempDir;

/// `plimsoll window` between two times of that Saturday; the exit code and what it prints.
fn between(folder: &TempDir, from: &str, to: &str, more: &[&str]) -> (Option<i32>, String) {
    let times = [from, to].map(|time| format!("2026-11-21T{time}-05:00"));
    let mut args = SATURDAY.to_vec();
    (args[7], args[9]) = (&times[0], &times[1]);
    args.push("--no-failures");
    args.extend(more);
    let output = plimsoll(folder, &args).output().expect("it runs");
    (output.status.code(), stdout(&output))
}

/// The same as JSON.
fn json(folder: &TempDir, from: &str, to: &str) -> serde_json::Value {
    let (_, text) = between(folder, from, to, &["--json"]);
    serde_json::from_str(&text).expect("JSON")
}

/// 60 users leave Alpha at 30 an hour: two hours, of one shard in one wave. They have left by 02:00 if they begin by 00:00.
#[test]
fn the_latest_safe_start_of_the_drain_is_reported_and_is_that_of_the_plan() {
    let folder = day_and_night_with(&[(
        "sites.csv",
        "site,name,cpu,move_out_per_hour\na,Alpha,100,30\nb,Beta,100,unlimited\n",
    )]);
    let (code, text) = between(&folder, "02:00", "03:00", &["--out", "windows"]);
    assert_eq!(code, Some(0), "{text}");
    let said = "Alpha's drain takes 1 wave and 2 h (at least 2 h); begin by 21 Nov 00:00.\n\
                60 users move in it; 21 Nov 00:00 UTC-05:00 is its latest safe start.\n";
    assert!(text.contains(said), "{text}");
    let json = json(&folder, "02:00", "03:00");
    // Its plan is played, and there is no other start.
    assert!(!text.contains("Not checked"), "{text}");
    assert_eq!(json["not_checked"], serde_json::Value::Null);
    let drain = &json["drains"][0];
    assert_eq!(drain["plan"]["good"], true);
    assert_eq!(drain["plan"]["outages"], serde_json::json!([]));
    assert_eq!(drain["latest_start"], "2026-11-21T00:00:00-05:00");
    assert_eq!(
        [&drain["waves"], &drain["users"], &drain["minutes"]].map(serde_json::Value::as_f64),
        [Some(1.0), Some(60.0), Some(120.0)]
    );
    let table = fs::read_to_string(folder.path().join("windows/windows.csv")).expect("a table");
    assert!(
        table.ends_with(",60,60,yes,1,60,2026-11-21T00:00:00-05:00,,,,,\n"),
        "{table}"
    );

    // The scenario that is written has the same drain.
    let said = "plimsoll plan . --scenario windows/maintenance.toml --out plan";
    assert!(text.contains(said), "{text}");
    let args: Vec<&str> = said.split(' ').skip(1).chain(["--quiet"]).collect();
    let output = plimsoll(&folder, &args).output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let waves = fs::read_to_string(folder.path().join("plan/waves.csv")).expect("a table");
    let rows: Vec<&str> = waves.lines().skip(1).collect();
    let of_drain =
        "1,ahead,1,2026-11-21T00:00:00-05:00,2026-11-21T00:00:00-05:00,2026-11-21T02:00:00-05:00,";
    assert!(rows.iter().all(|row| row.starts_with(of_drain)), "{waves}");
    assert_eq!(rows.len(), 2, "{waves}");

    // It ends with the maintenance, and its runbook leads back all the same.
    let runbook = fs::read_to_string(folder.path().join("plan/runbook.md")).expect("a runbook");
    let (_, back) = runbook
        .split_once("\n## Rollback after the last step\n")
        .expect("a rollback");
    assert!(back.contains("1 shard back"), "{back}");
}

/// Alpha's shard of 60 may be split between Beta and Gamma, which have 40 each; at one of them 40 of its users fit. The row of the
/// recommended start has what its plan leaves unserved and moves, as the finding does, and the others hold if it is split.
#[test]
fn the_table_and_the_finding_have_one_number_for_the_recommended_start() {
    let mut curve = "load_curve,hour,factor\n".to_owned();
    for hour in 0..24 {
        let _ = writeln!(curve, "office,{hour},1");
    }
    let folder = day_and_night_with(&[
        (
            "sites.csv",
            "site,name,cpu\na,Alpha,100\nb,Beta,100\nc,Gamma,100\n",
        ),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\nl4,p,c,5\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\n\
             s1,t1,60,a,mail,r,gold\ns2,t1,60,b,mail,r,gold\ns3,t1,60,c,mail,r,gold\n",
        ),
        ("load_curves.csv", &curve),
    ]);
    let (code, text) = between(&folder, "00:00", "02:00", &[]);
    assert_eq!(code, Some(1), "{text}");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.starts_with(
            "The plan of the best time leaves 20 users unserved from 21 Nov 00:00 to 02:00. "
        ),
        "{text}"
    );
    assert!(words.contains("; 40 users move. "), "{text}");
    let said = "The row with * has the numbers of its plan, with whole shards; all other rows hold if shards may be split.";
    assert!(words.contains(said), "{text}");
    let row = |begins: &str| -> Vec<String> {
        let line = text.lines().find(|line| line.contains(begins));
        let line = line.unwrap_or_else(|| panic!("{text}"));
        let cells = line.split("  ").map(str::trim);
        cells
            .filter(|cell| !cell.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (planned, other) = (row("21 Nov 00:00 *"), row("21 Nov 01:00 "));
    assert_eq!(planned[3..5], ["20", "40"], "{text}");
    assert_eq!(other[3..5], ["0", "60"], "{text}");
}

/// By day Beta has no room for all 120: who has to leave before 20:00 cannot, though at 20:00 all would fit.
#[test]
fn a_drain_that_has_no_safe_transition_is_refused_loudly() {
    let folder = day_and_night();
    let (code, text) = between(&folder, "20:00", "21:00", &[]);
    assert_eq!(code, Some(1), "{text}");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.starts_with(
            "NO SAFE TIME for Alpha for 2 h: even the best start, from 21 Nov 20:00 to 22:00 UTC-05:00, has no safe drain. Ignoring the drain: everyone is served;"
        ),
        "{text}"
    );
    let said = "Refused for the start at 21 Nov 20:00: no safe transition was found for Alpha's drain: the next move brings cpu of Beta to 120 of 100 vCPU, 20 over capacity.";
    assert!(words.contains(said), "{text}");
    let said = "Do not begin: the end state is safe, the transition is not.";
    assert!(words.contains(said), "{text}");
    assert_eq!(
        json(&folder, "20:00", "21:00")["drains"][0]["latest_start"],
        serde_json::Value::Null
    );
}

/// From 21:00 on the hours ahead are quiet too.
#[test]
fn the_best_time_with_a_safe_drain_is_taken_where_better_ones_are_refused() {
    let folder = day_and_night();
    let (code, text) = between(&folder, "20:00", "22:00", &["--out", "windows"]);
    assert_eq!(code, Some(0), "{text}");
    let said = "Alpha for 2 h: best from 21 Nov 21:00 to 23:00 UTC-05:00 of the times with a safe drain (the drain for 1 better time is refused). Everyone is served;";
    assert!(text.starts_with(said), "{text}");
    assert!(
        text.contains("Refused for the start at 21 Nov 20:00: "),
        "{text}"
    );
    let read = |name: &str| {
        fs::read_to_string(folder.path().join("windows").join(name)).expect("it is written")
    };
    let chart = read("charts/windows.svg");
    let tips: Vec<&str> = chart
        .lines()
        .filter(|line| line.ends_with("</title></rect>"))
        .collect();
    let is_refused = |tip: &str| tip.contains("; its drain is refused<");
    assert!(is_refused(tips[0]) && !is_refused(tips[1]), "{tips:?}");
    assert!(chart.contains(">best: Sat 21 Nov 21:00</text>"), "{chart}");
    let table = read("windows.csv");
    assert!(
        table.contains("no safe transition was found for Alpha's drain"),
        "{table}"
    );
    let maintenance = read("maintenance.toml");
    assert!(
        maintenance.contains("component = \"a\"\nstart = 2026-11-21T21:00:00-05:00\nend = 2026-11-21T23:00:00-05:00\n"),
        "{maintenance}"
    );
    let json = json(&folder, "20:00", "22:00");
    assert_eq!(json["start"], "2026-11-21T21:00:00-05:00");
}

/// At noon 20 of 120 stay unserved while Alpha is out, and nobody is while it is not.
#[test]
fn what_the_same_hours_cost_without_the_maintenance_is_reported() {
    let folder = day_and_night();
    let (_, text) = between(&folder, "12:00", "13:00", &[]);
    let said = "Without the maintenance, in the same hours: everyone is served; no headroom target is set.";
    assert!(text.contains(said), "{text}");

    // 40 of 100 are free of the 50 that are wished for: a fifth of the target is missing at noon, none at night.
    let folder = day_and_night_with(&[(
        "resources.csv",
        "resource,unit,scope,headroom\ncpu,vCPU,site,0.5\n",
    )]);
    let (_, text) = between(&folder, "12:00", "13:00", &[]);
    let said = "20 % of the headroom target missing at Alpha already before the maintenance, which counts against no window; everyone is served.";
    assert!(text.contains(said), "{text}");
    let noon = json(&folder, "12:00", "13:00");
    let kept = noon["without_maintenance"]["kept"]["share"].as_f64();
    assert!(
        kept.is_some_and(|share| (share - 0.2).abs() < 1e-9),
        "{noon}"
    );
    let night = json(&folder, "02:00", "03:00");
    assert_eq!(
        night["without_maintenance"]["kept"],
        serde_json::Value::Null
    );
}

#[test]
fn nothing_more_is_asked_where_all_sites_are_out() {
    let folder = day_and_night();
    let mut args = SATURDAY.to_vec();
    args.extend(["--component", "b"]);
    let text = stdout(&plimsoll(&folder, &args).output().expect("it runs"));
    assert!(
        text.contains("The best time leaves 120 users unserved. Alpha and Beta for 2 h: "),
        "{text}"
    );
}

/// Of 24 starts 11 end within the scenario's 12 hours.
#[test]
fn windows_outside_of_the_scenario_are_warned_of() {
    let folder = day_and_night();
    let scenario = "[scenario]\nname = \"morning\"\nstart = 2026-11-21T00:00:00-05:00\n\
                    end = 2026-11-21T12:00:00-05:00\n";
    fs::write(folder.path().join("morning.toml"), scenario).expect("there is room");
    let warned = |to: &'static str| {
        let mut args = SATURDAY.to_vec();
        args[9] = to;
        args.extend(["--no-failures", "--scenario", "morning.toml"]);
        let output = plimsoll(&folder, &args).output().expect("it runs");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let text = warned("2026-11-22T00:00-05:00");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("13 of 24 windows outside of it"), "{text}");
    assert!(
        words.contains("[P5002]") || words.contains("P5002"),
        "{text}"
    );
    let words = warned("2026-11-21T10:30-05:00");
    assert!(!words.contains("P5002"), "{words}");
}

/// On 14 November 2012 133,300 users of an onboarding row have to be placed when the plan begins, and a link is too slow for it.
#[test]
fn an_outage_of_the_plan_comes_first_and_the_exit_code_is_that_of_the_plan() {
    let folder = TempDir::new().expect("there is room for a folder");
    let americas = root("data/americas-2012").display().to_string();
    let span = ["--between", "2012-11-14T06:00", "--and", "2012-11-14T07:00"];
    let asked = [
        "window",
        &americas,
        "--component",
        "chi",
        "--duration",
        "5h",
    ];
    let rest = ["--no-failures", "--out", "windows"];
    let output = plimsoll(&folder, &[&asked[..], &span, &rest].concat()).output();
    let output = output.expect("it runs");
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let said = "The plan of the best time has up to 33,592 users down from 14 Nov 03:56:24 to 04:00:59, before the maintenance. \
        Chicago for 5 h: best from 14 Nov 06:00 to 11:00 UTC. Apart from that, everyone is served;";
    assert!(text.starts_with(said), "{text}");
    assert!(
        text.contains("WARNING: played forward, this plan has up to 33,592 "),
        "{text}"
    );
    let scenario = ["--scenario", "windows/maintenance.toml", "--out", "plan"];
    let asked = ["plan", &americas, "--no-charts", "--quiet"];
    let output = plimsoll(&folder, &[&asked[..], &scenario].concat()).output();
    assert_eq!(output.expect("it runs").status.code(), Some(1));
}

/// By whole shards Amsterdam and San Antonio miss more than by parts of them: 60 % in place of 50 %.
#[test]
fn what_whole_shards_lose_is_said_where_the_ranking_does_not_count_it() {
    let folder = TempDir::new().expect("there is room for a folder");
    let tiny = root("data/tiny").display().to_string();
    let span = ["--between", "2026-11-21T00:00", "--and", "2026-11-21T01:00"];
    let asked = ["window", &tiny, "--component", "chi", "--duration", "4h"];
    let output = plimsoll(&folder, &[&asked[..], &span, &["--no-failures"]].concat()).output();
    let output = output.expect("it runs");
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let said = "The plan of the best time has 60 % of the headroom target missing at San Antonio from 21 Nov 00:00 to 04:00. Chicago for 4 h: ";
    assert!(text.contains(said), "{text}");
}

/// Eighty users in e and eighty in w, at their peaks at 10:00 and at 11:00: at each hour near carries others, and it accepts no
/// more sessions than it has. By the peak nobody turns. Nobody is at the site that is maintained.
#[test]
fn a_start_that_only_its_hours_refuse_is_planned_by_the_peak_too() {
    let mut shards = "shard,tenant,users,site,profile,client_region,tier\n".to_owned();
    let mut curves = "load_curve,hour,factor\n".to_owned();
    for (region, factors) in [("e", [1.0, 0.25]), ("w", [0.25, 1.0])] {
        for number in 0..8 {
            let _ = writeln!(shards, "{region}{number},t,10,d,p,{region},gold");
        }
        for hour in 0..24_usize {
            let value = hour.checked_sub(10).and_then(|index| factors.get(index));
            let _ = writeln!(curves, "{region},{hour},{}", value.unwrap_or(&0.1));
        }
    }
    let of = |accepts: &str| {
        let access_points =
            format!("access_point,net,accepts_per_second\nnear,100,{accepts}\nfar,300,unlimited\n");
        let folder = written(&[
            (
                "resources.csv",
                "resource,unit,scope,headroom\nnet,Mbit/s,network,0.2\n",
            ),
            ("profiles.csv", "profile,net,sessions_per_hour\np,1,36\n"),
            ("client_regions.csv", "client_region,load_curve\ne,e\nw,w\n"),
            ("sites.csv", "site\nd\nidle\n"),
            ("access_points.csv", &access_points),
            (
                "links.csv",
                "link,from,to,latency_ms\nen,e,near,1\nwn,w,near,1\nef,e,far,9\nwf,w,far,9\nnd,near,d,1\nfd,far,d,1\nni,near,idle,1\n",
            ),
            ("load_curves.csv", &curves),
            ("shards.csv", &shards),
        ]);
        let span = ["--between", "2030-03-01T10:00", "--and", "2030-03-01T11:00"];
        let asked = ["window", ".", "--component", "idle", "--duration", "2h"];
        let rest = ["--no-failures"];
        let output = plimsoll(&folder, &[&asked[..], &span, &rest].concat()).output();
        let output = output.expect("it runs");
        let words = stdout(&output);
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        (output.status.code(), words)
    };
    let (code, text) = of("1.4");
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.starts_with("NO SAFE TIME for idle for 2 h: "),
        "{text}"
    );
    let said = "Planned by the peak, the start at 1 Mar 10:00 has a safe drain: set `demand = \"peak\"` in [policy] to plan it.";
    assert!(text.contains(said), "{text}");
    let hourly = "Every start is planned hour by hour (`demand = \"hourly\"`)";
    assert!(text.contains(&format!("{hourly}.")), "{text}");
    let (code, text) = of("2");
    assert_eq!(code, Some(0), "{text}");
    assert!(!text.contains("Planned by the peak"), "{text}");
    assert!(
        text.contains(&format!("{hourly}, and maintenance.toml says so.")),
        "{text}"
    );
}
