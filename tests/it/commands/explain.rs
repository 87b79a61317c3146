//! `plimsoll explain`: why a shard is where it is, who fills a component, from a plan's folder alone.

use super::{plimsoll, written};
use std::fs;
use tempfile::TempDir;

/// Alpha is drained. Beta has room for the shard within its target of a fifth, Gamma has room but misses its
/// target, Delta is in another jurisdiction, and no link leads to Epsilon.
fn drained() -> TempDir {
    let folder = written(&[
        (
            "drain.toml",
            "[scenario]\nname = \"drain\"\nstart = 2026-03-07T02:00:00Z\nend = 2026-03-07T03:00:00Z\n\
             [[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n",
        ),
        (
            "resources.csv",
            "resource,unit,scope,headroom\ncpu,vCPU,site,0.2\n",
        ),
        (
            "sites.csv",
            "site,name,jurisdiction,cpu\na,Alpha,EU,100\nb,Beta,EU,100\nc,Gamma,EU,12\nd,Delta,US,100\ne,Epsilon,EU,100\n",
        ),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,15\nl4,p,c,10\nl5,p,d,20\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier,jurisdiction\n\
             s,t,10,a,mail,r,gold,EU\nhome,other,30,b,mail,r,gold,EU\n",
        ),
        ("background.csv", "component,resource,load\nb,cpu,20\n"),
    ]);
    let args = [
        "plan",
        ".",
        "--scenario",
        "drain.toml",
        "--out",
        "plan",
        "--quiet",
        "--no-charts",
    ];
    plimsoll(&folder, &args).assert().code(0);
    folder
}

/// What is answered.
fn reported(folder: &TempDir, args: &[&str]) -> String {
    let args = [&["explain", "plan"], args].concat();
    let output = plimsoll(folder, &args).output().expect("it runs");
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// `true` if a line of a text has these cells.
fn has_line(text: &str, cells: &[&str]) -> bool {
    let wanted = cells.join(" ");
    text.lines()
        .any(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") == wanted)
}

#[test]
fn a_moved_shard_has_its_reason_and_what_every_other_site_would_mean() {
    let folder = drained();
    let text = reported(&folder, &["--shard", "s"]);
    assert!(
        text.starts_with(
            "Shard s of tenant t: mail users in r, tier gold, at home in Alpha, must stay in EU.\n"
        ),
        "{text}"
    );
    assert!(text.contains("10 users of 1 shard move from Alpha to Beta: Alpha is drained; Beta is the nearest with spare capacity"), "{text}");
    // At Beta 20 of background, 30 of `home` and its own 10 leave 40 of 100 vCPU; at Gamma 10 of 12 would be used.
    for line in [
        [
            "Beta",
            "20 ms",
            "must migrate",
            "40.0 %",
            "20.0 %",
            "Beta, cpu",
            "it is here",
        ],
        [
            "Gamma",
            "15 ms",
            "must migrate",
            "16.6 %",
            "20.0 %",
            "Gamma, cpu",
            "would fit, below a target",
        ],
    ] {
        assert!(has_line(&text, &line), "{line:?} in\n{text}");
    }
    assert!(
        has_line(&text, &["Alpha", "-", "must migrate", "-", "-", "drained"]),
        "{text}"
    );
    assert!(
        has_line(
            &text,
            &[
                "Delta",
                "25 ms",
                "must migrate",
                "-",
                "-",
                "must stay in EU"
            ]
        ),
        "{text}"
    );
    assert!(
        has_line(
            &text,
            &[
                "Epsilon",
                "-",
                "must migrate",
                "-",
                "-",
                "no open path within its limit"
            ]
        ),
        "{text}"
    );
}

#[test]
fn a_shard_at_home_has_no_reason_and_a_table_all_the_same() {
    let text = reported(&drained(), &["--shard", "home"]);
    assert!(text.contains("users served: 30 at Beta."), "{text}");
    assert!(!text.contains("move from"), "{text}");
    assert!(
        has_line(
            &text,
            &[
                "Gamma",
                "15 ms",
                "must migrate",
                "150 % over",
                "20.0 %",
                "Gamma, cpu",
                "no spare capacity: Gamma, cpu"
            ]
        ),
        "{text}"
    );
}

/// The shortest way to Beta carries 120 of background where 100 is its capacity; the other one has room.
#[test]
fn who_fits_by_another_path_only_reads_which_path_is_full() {
    let folder = written(&[
        (
            "quiet.toml",
            "[scenario]\nname = \"quiet\"\nstart = 2026-03-07T02:00:00Z\nend = 2026-03-07T03:00:00Z\n",
        ),
        (
            "resources.csv",
            "resource,unit,scope,headroom\ncpu,vCPU,site,0.2\nbandwidth,Gbit/s,network,0.2\n",
        ),
        ("profiles.csv", "profile,cpu,bandwidth\nmail,1,0.01\n"),
        ("sites.csv", "site,name,cpu\na,Alpha,100\nb,Beta,100\n"),
        ("elements.csv", "element,kind\ne,router\n"),
        (
            "links.csv",
            "link,from,to,latency_ms,bandwidth\nl1,r,p,5,unlimited\nl2,p,a,5,unlimited\n\
             l3,p,b,15,100\nl4,p,e,15,unlimited\nl5,e,b,15,unlimited\n",
        ),
        (
            "background.csv",
            "component,resource,load\nl3,bandwidth,120\n",
        ),
    ]);
    let args = [
        "plan",
        ".",
        "--scenario",
        "quiet.toml",
        "--out",
        "plan",
        "--quiet",
        "--no-charts",
    ];
    let output = plimsoll(&folder, &args).output().expect("it runs");
    assert!(output.status.code().is_some_and(|code| code < 2));
    let text = reported(&folder, &["--shard", "s"]);
    assert!(
        text.contains("would fit, but not over l3, which is full"),
        "{text}"
    );
}

#[test]
fn who_fills_a_component_sums_up_to_its_load() {
    let folder = drained();
    let text = reported(&folder, &["--component", "b"]);
    assert!(
        text.contains("cpu: 60 of 100 vCPU in use: 40.0 % headroom (target 20.0 %)."),
        "{text}"
    );
    assert!(
        has_line(&text, &["tenant", "other", "30 vCPU", "50.0 %"]),
        "{text}"
    );
    assert!(
        has_line(&text, &["tenant", "t", "10 vCPU", "16.7 %"]),
        "{text}"
    );
    assert!(
        has_line(&text, &["background", "20 vCPU", "33.3 %"]),
        "{text}"
    );
    let json: serde_json::Value =
        serde_json::from_str(&reported(&folder, &["--component", "b", "--json"])).expect("JSON");
    let cpu = &json["periods"][0]["resources"][0];
    let tenants: f64 = cpu["tenants"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|tenant| tenant["load"].as_f64().expect("a number"))
        .sum();
    let rest =
        cpu["background"].as_f64().expect("a number") + cpu["copies"].as_f64().expect("a number");
    assert!((tenants + rest - 60.0).abs() < 1e-6, "{cpu}");
    assert!(reported(&folder, &["--component", "a"]).contains("out of service (maintenance)"));
}

#[test]
fn without_a_question_all_explanations_are_reported() {
    let text = reported(&drained(), &[]);
    assert!(
        text.contains("Period 0\n\nShards that are not at home:\n- 10 users of 1 shard"),
        "{text}"
    );
}

#[test]
fn a_question_about_nothing_is_answered_with_the_nearest_name() {
    let folder = drained();
    let refused = |args: &[&str]| -> String {
        let args = [&["explain", "plan"], args].concat();
        let output = plimsoll(&folder, &args).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let words = refused(&["--shard", "hoem"]);
    assert!(
        words.contains("found `hoem`")
            && words.contains("did you mean `home`?")
            && words.contains("P6016"),
        "{words}"
    );
    assert!(refused(&["--component", "bb"]).contains("did you mean `b`?"));
    assert!(refused(&["--shard", "s", "--period", "7"]).contains("a period of the plan: 0 to 0"));
    // Inputs that were edited are said to be others; the answer comes all the same.
    let sites = folder.path().join("plan/inputs/sites.csv");
    let as_planned = fs::read_to_string(&sites).expect("sites");
    fs::write(&sites, as_planned.replace(",12", ",13")).expect("it can be written");
    let output = plimsoll(&folder, &["explain", "plan", "--shard", "s"])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(0));
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        words.starts_with("warning: inputs:") && words.contains("P6019"),
        "{words}"
    );
    fs::write(&sites, as_planned).expect("it can be written");
    // A plan whose tables name what its inputs do not have.
    let steering = folder.path().join("plan/steering.csv");
    let rows = fs::read_to_string(&steering).expect("steering");
    fs::write(&steering, rows.replace("l3", "l33")).expect("it can be written");
    assert!(refused(&["--shard", "s"]).contains("P6018"));
    // A folder that does not carry its inputs.
    fs::remove_dir_all(folder.path().join("plan/inputs")).expect("it is there");
    assert!(refused(&["--shard", "s"]).contains("P6017"));
}

/// The plan of data/tiny with these what-ifs from 02:00 to 06:00, as it is explained for a component.
fn of_tiny(what_if: &[&str], component: &str) -> String {
    let folder = TempDir::new().expect("there is room for a folder");
    let tiny = crate::command_line::root("data/tiny").display().to_string();
    let times = [
        "--from",
        "2012-11-17T02:00-06:00",
        "--to",
        "2012-11-17T06:00-06:00",
    ];
    let rest = ["--no-charts", "--quiet", "--out", "plan"];
    let args = [&["plan", &tiny][..], what_if, &times, &rest].concat();
    plimsoll(&folder, &args).output().expect("it runs");
    reported(&folder, &["--component", component])
}

#[test]
fn a_component_out_of_service_is_said_to_be_out_first_with_times_and_cause() {
    for (what_if, noun) in [("--drain", "maintenance"), ("--fail", "failure")] {
        let expected = format!(
            "Chicago (chi), site\n\
             Out of service 17 Nov 2012 02:00 to 06:00 (UTC-06:00): {noun}.\n\
             Period 0 (17 Nov 2012 02:00 to 06:00 (UTC-06:00)): out of service ({noun}).\n"
        );
        assert_eq!(of_tiny(&[what_if, "chi"], "chi"), expected);
    }
    let text = of_tiny(&["--degrade", "chi=0.5"], "chi");
    assert!(!text.contains("ut of service"), "{text}");
}
