//! `plimsoll compare`: two plans side by side, and a plan beside the state before it.

use super::{plimsoll, written};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A site that is drained for an hour, beside one that can take all of it.
const DRAIN: &str = "[scenario]\nname = \"drain\"\nstart = 2026-03-07T02:00:00Z\nend = 2026-03-07T03:00:00Z\n\
                     [[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n";

/// Two sites; `b` has so much cpu.
pub(super) fn two_sites(cpu: u32) -> TempDir {
    let sites = format!("site,name,cpu\na,Alpha,100\nb,Beta,{cpu}\n");
    written(&[
        ("drain.toml", DRAIN),
        ("sites.csv", &sites),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\n",
        ),
    ])
}

pub(super) fn planned(folder: &TempDir) -> String {
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
    let _ = plimsoll(folder, &args).assert();
    folder.path().join("plan").display().to_string()
}

fn text(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_plan_that_leaves_fewer_unserved_is_better_and_the_changed_cell_is_named() {
    // Ten users of one cpu each leave `a`: 4 cpu at `b` serve 4 of them, 100 cpu serve all.
    let (small, large) = (two_sites(4), two_sites(100));
    let (a, b) = (planned(&small), planned(&large));
    let output = plimsoll(&small, &["compare", &a, &b])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(0));
    let text = text(&output);
    assert!(
        text.contains(
            "B is better in period 0 (7 Mar 2026 02:00 to 03:00 (UTC+00:00)): 0 unserved users of gold instead of 6."
        ),
        "{text}"
    );
    assert!(
        text.contains("The scenario is the same; 1 cell of the inventory differs."),
        "{text}"
    );
    assert!(
        text.contains("- sites.csv, b: cpu 4 in A, 100 in B"),
        "{text}"
    );
    let has_line = |cells: &[&str]| {
        let mut lines = text.lines();
        lines.any(|line| line.split_whitespace().collect::<Vec<_>>() == cells)
    };
    assert!(has_line(&["unserved", "users", "6", "0", "−6"]), "{text}");
    // The other way round A is better, by the same.
    let turned = plimsoll(&small, &["compare", &b, &a])
        .output()
        .expect("it runs");
    assert!(
        String::from_utf8_lossy(&turned.stdout).contains("A is better in period 0"),
        "the order of the sides decides nothing"
    );
}

#[test]
fn a_plan_and_itself_are_the_same() {
    let folder = two_sites(100);
    let plan = planned(&folder);
    let output = plimsoll(&folder, &["compare", &plan, &plan])
        .output()
        .expect("it runs");
    let text = text(&output);
    assert!(
        text.contains("Both plans reach the same by every goal in the period that they share.")
            && text.contains("Inventory and scenario are the same."),
        "{text}"
    );
    assert!(!text.contains("served in A at"), "{text}");
}

#[test]
fn one_plan_is_compared_with_the_state_before_it() {
    let folder = two_sites(100);
    let plan = planned(&folder);
    let output = plimsoll(&folder, &["compare", &plan])
        .output()
        .expect("it runs");
    let text = text(&output);
    assert!(
        text.contains(
            "A is the state before B: in period 0 (7 Mar 2026 02:00 to 03:00 (UTC+00:00)) 10 users are at other sites than before."
        ),
        "{text}"
    );
    // Before, `b` was empty and `a` had a tenth of its cpu in use.
    assert!(text.contains("Beta, cpu   100.0 %  90.0 %"), "{text}");
    assert!(text.contains("Alpha, cpu   90.0 %       -"), "{text}");
    assert!(
        text.contains("Alpha              Beta     10       1"),
        "{text}"
    );
}

#[test]
fn the_folder_of_a_comparison_is_written_whole_and_replaces_only_its_own() {
    let (small, large) = (two_sites(4), two_sites(100));
    let (a, b) = (planned(&small), planned(&large));
    let ask = ["compare", &a, &b, "--out", "difference", "--json"];
    let output = plimsoll(&small, &ask).output().expect("it runs");
    let item: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let close = |value: &serde_json::Value, expected: f64| {
        (value.as_f64().expect("a number") - expected).abs() < 1e-6
    };
    assert!(close(&item["pairs"][0]["a"]["unserved_users"], 6.0));
    assert_eq!(
        item["pairs"][0]["first_difference"]["stage"],
        "unserved gold"
    );
    assert!(close(&item["pairs"][0]["users_elsewhere"], 6.0));
    let read =
        |name: &str| fs::read_to_string(small.path().join("difference").join(name)).expect(name);
    let shards = read("shards.csv");
    assert!(
        shards.starts_with(
            "period_a,period_b,shard,site_a,site_b,users_elsewhere\n0,0,s,unserved; b,b,6"
        ),
        "{shards}"
    );
    assert_eq!(
        read("inputs.csv"),
        "file,row,column,a,b\nsites.csv,b,cpu,4,100\n"
    );
    for name in [
        "comparison.json",
        "headroom.csv",
        "compare.html",
        "charts/headroom.svg",
        "charts/headroom.png",
    ] {
        assert!(
            !fs::read(small.path().join("difference").join(name))
                .expect(name)
                .is_empty()
        );
    }
    plimsoll(&small, &ask).assert().code(0);
    fs::write(small.path().join("difference/diary.txt"), "mine").expect("it can be written");
    plimsoll(&small, &ask).assert().code(2);
    // A plan's folder is no comparison, and is not replaced by one.
    plimsoll(&small, &["compare", &a, &b, "--out", "plan"])
        .assert()
        .code(2);
}

#[test]
fn a_folder_that_holds_no_plan_is_refused_with_what_is_missing() {
    let folder = two_sites(100);
    fs::create_dir(folder.path().join("empty")).expect("a folder");
    let output = plimsoll(&folder, &["compare", "empty"])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        words.contains("assignment.csv") && words.contains("P6011"),
        "{words}"
    );
    let absent = plimsoll(&folder, &["compare", "absent"])
        .output()
        .expect("it runs");
    assert_eq!(absent.status.code(), Some(2));
}

/// What `compare` says of two folders, written to `page` as well.
pub(super) fn said(folder: &TempDir, a: &str, b: &str) -> (String, String) {
    let output = plimsoll(folder, &["compare", a, b, "--out", "page"])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let page = fs::read_to_string(folder.path().join("page/compare.html")).expect("the page");
    (text(&output), page)
}

#[test]
fn the_page_says_what_the_terminal_says_and_the_worse_plan_says_what_binds() {
    let (small, large) = (two_sites(4), two_sites(100));
    let (text, page) = said(&small, &planned(&small), &planned(&large));
    let verdict = "B is better in period 0 (7 Mar 2026 02:00 to 03:00 (UTC+00:00)): 0 unserved users of gold instead of 6.";
    assert!(text.contains(verdict) && page.contains(verdict), "{page}");
    // Six of ten users have no cpu in A, and none in B.
    assert!(text.contains("In A: "), "{text}");
    for row in ["tenants below their promise", "all demand may be higher by"] {
        assert!(text.contains(row) && page.contains(row), "{row}: {text}");
    }
    assert!(text.contains("page/compare.html"), "{text}");
    assert!(page.contains(">sites.csv</td>"), "{page}");
}

#[test]
fn names_that_hold_markup_are_text_in_the_page_of_a_comparison() {
    let sites = "site,name,cpu\na,<img src=x onerror=broken()>,100\nb,a\u{202e}b,100\n";
    let folder = written(&[
        ("drain.toml", DRAIN),
        ("sites.csv", sites),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\n",
        ),
    ]);
    let plan = planned(&folder);
    let output = plimsoll(&folder, &["compare", &plan, "--out", "page"])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let page = fs::read_to_string(folder.path().join("page/compare.html")).expect("the page");
    assert!(!page.contains("<img"), "{page}");
    assert!(!page.contains('\u{202e}'), "{page}");
    assert!(page.contains("The state before") || page.contains("the state before"));
}

/// Homes alone, in a folder of their own.
fn by_hand(folder: &TempDir, name: &str, rows: &str) {
    let hand = folder.path().join(name);
    fs::create_dir(&hand).expect("a folder");
    let header = "period,shard,tenant,users,from_site,to_site,share,reason\n";
    fs::write(hand.join("assignment.csv"), format!("{header}{rows}")).expect("a file");
}

/// Alpha is drained: Beta serves ten users of one cpu each, or by hand nobody does.
#[test]
fn a_plan_made_by_hand_is_compared_by_the_goals_of_the_other_plan() {
    let folder = two_sites(100);
    let plan = planned(&folder);
    by_hand(&folder, "same", "0,s,t,10,a,b,1,drained\n");
    by_hand(&folder, "worse", "0,s,t,10,a,,1,unserved\n");
    let (text, page) = said(&folder, "worse", &plan);
    for sentence in [
        "A was made by hand: its values are computed for its homes, with the steering that is best for them. `verify` says whether it holds.",
        "B is better in period 0 (7 Mar 2026 02:00 to 03:00 (UTC+00:00)): 0 unserved users of gold instead of 10.",
        "Not stated by A: transitions (no waves.csv), undetected faults (no blind.csv) and promises to tenants (no tenants.csv). They are not compared.",
    ] {
        assert!(text.replace('\n', " ").contains(sentence), "{text}");
    }
    assert!(page.contains("A was made by hand"), "{page}");
    let (text, _) = said(&folder, &plan, "same");
    let same = "Both plans reach the same by every goal";
    assert!(text.contains(same), "{text}");
    assert!(text.contains("B was made by hand"), "{text}");
}

/// No inputs say what two plans made by hand are for, and a plan that does not fit has no values.
#[test]
fn a_plan_made_by_hand_without_inputs_or_that_does_not_hold_gets_no_claim_about_goals() {
    let folder = two_sites(4);
    let plan = planned(&folder);
    let hand = folder.path().join("hand");
    fs::create_dir(&hand).expect("a folder");
    for name in ["assignment.csv", "steering.csv"] {
        fs::copy(folder.path().join("plan").join(name), hand.join(name)).expect(name);
    }
    let (text, _) = said(&folder, "hand", "hand");
    for sentence in [
        "The better plan cannot be determined: A has no levels in a summary.json.",
        "A plan does not state the times of its periods: they are compared in their order.",
        "Not stated by A: users copied, returned or reconnecting, missing headroom, and access points to open (no summary.json). They are not compared.",
        "Not stated by A: transitions (no waves.csv), undetected faults (no blind.csv), promises to tenants (no tenants.csv) and headroom (no headroom.csv). They are not compared.",
        "Not stated by A: the events that it is for (no inputs/ that can be read). They are not compared.",
    ] {
        assert!(text.replace('\n', " ").contains(sentence), "{text}");
    }
    by_hand(&folder, "full", "0,s,t,10,a,b,1,drained\n");
    let (text, _) = said(&folder, "full", &plan);
    let undecided = "The better plan cannot be determined";
    assert!(text.contains(undecided), "{text}");
}

#[test]
fn periods_of_a_plan_made_by_hand_may_have_any_number() {
    let folder = two_sites(100);
    planned(&folder);
    let hand = folder.path().join("hand");
    fs::create_dir(&hand).expect("a folder");
    for name in ["assignment.csv", "steering.csv"] {
        let read = fs::read_to_string(folder.path().join("plan").join(name)).expect(name);
        fs::write(hand.join(name), read.replace("\n0,", "\n4294967295,")).expect(name);
    }
    let (text, _) = said(&folder, "hand", "plan");
    assert!(text.contains("A period 4294967295"), "{text}");
}

#[test]
fn plans_of_other_times_and_sites_are_compared_in_their_order_and_it_is_said() {
    let folder = two_sites(100);
    let plan = planned(&folder);
    let other = written(&[
        ("drain.toml", &DRAIN.replace("2026-03-07", "2026-03-08")),
        ("sites.csv", "site,name,cpu\na,Alpha,100\nc,Gamma,100\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,c,5\n",
        ),
    ]);
    let (text, page) = said(&folder, &plan, &planned(&other));
    let note = "No period of A is at the time of one of B: they are compared in their order.";
    assert!(
        text.replace('\n', " ").contains(note) && page.contains(note),
        "{text}"
    );
    let has_stream = text
        .lines()
        .any(|line| line.split_whitespace().collect::<Vec<_>>() == ["Beta", "Gamma", "10", "1"]);
    assert!(has_stream, "{text}");
}

/// The drain of `two_sites`, which may take ten minutes; `a` lets so many users an hour leave.
fn hurried(rate: &str) -> TempDir {
    let scenario = format!(
        "{}drain_minutes = 10\n",
        DRAIN.replace("component", "start = 2026-03-07T02:30:00Z\ncomponent")
    );
    let sites =
        format!("site,name,cpu,move_out_per_hour\na,Alpha,100,{rate}\nb,Beta,100,unlimited\n");
    written(&[
        ("drain.toml", &scenario),
        ("sites.csv", &sites),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\n",
        ),
    ])
}

#[test]
fn a_refused_plan_is_reported_as_refused_by_whoever_reads_it_after_plan() {
    // Ten users leave at five an hour: two hours, and ten minutes are allowed.
    let (slow, fast) = (hurried("5"), hurried("unlimited"));
    let (a, b) = (planned(&slow), planned(&fast));
    let verify = |folder: &TempDir| {
        let args = ["verify", ".", "--scenario", "drain.toml", "plan"];
        let output = plimsoll(folder, &args).output().expect("it runs");
        (output.status.code(), text(&output))
    };
    let (code, said) = verify(&slow);
    assert_eq!(code, Some(1), "{said}");
    let words = "the plan is refused, do not carry it out; it holds as written. Refused: period 1: Alpha's drain needs 2 h, the scenario allows 10 min";
    assert!(said.contains(words), "{said}");
    let (code, said) = verify(&fast);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("it serves everyone; no headroom target is set"),
        "{said}"
    );

    let summary = fs::read_to_string(Path::new(&a).join("summary.json")).expect("it is there");
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
    let remedies = &summary["periods"][1]["remedies"];
    let begin = "It is safe if it begins by 00:30: set drain_minutes to at least 120.";
    assert_eq!(remedies[0], begin, "{remedies}");

    for (first, second, worse) in [(&a, &b, "A"), (&b, &a, "B")] {
        let output = plimsoll(&slow, &["compare", first, second])
            .output()
            .expect("it runs");
        let said = text(&output);
        let words =
            format!("{worse} is refused in the transition to period 1: Alpha's drain needs 2 h");
        assert!(said.contains(&words), "{said}");
        assert!(
            said.contains("By goals alone: Both plans reach the same by every goal"),
            "{said}"
        );
    }
}

/// Two plans of one failure, in which the same ten users move: at 10 an hour it takes an hour, and at 40 a quarter of it.
#[test]
fn of_plans_that_are_equal_by_every_goal_the_one_that_loses_fewer_user_minutes_is_named() {
    let failure = "[scenario]\nname = \"failure\"\nstart = 2026-03-07T02:00:00Z\nend = 2026-03-07T05:00:00Z\n\
                   [[event]]\nkind = \"failure\"\ncomponent = \"a\"\n";
    let paced = |per_hour: u32| {
        let sites =
            format!("site,name,cpu,move_in_per_hour\na,Alpha,100,\nb,Beta,100,{per_hour}\n");
        written(&[
            ("drain.toml", failure),
            ("sites.csv", &sites),
            (
                "links.csv",
                "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\n",
            ),
        ])
    };
    let (slow, fast) = (paced(10), paced(40));
    let (text, page) = said(&slow, &planned(&slow), &planned(&fast));
    assert!(text.contains("Equal by every goal in "), "{text}");
    let fewer = text.contains("; B loses ") && text.contains(" user minutes fewer");
    assert!(fewer, "{text}");
    assert!(page.contains("; B loses "), "{page}");
    for row in [
        "user minutes lost",
        "users down at once, at most",
        "last wave ends",
    ] {
        assert!(text.contains(row) && page.contains(row), "{row}: {text}");
    }
    let output = plimsoll(
        &slow,
        &["compare", &planned(&slow), &planned(&fast), "--json"],
    )
    .output()
    .expect("it runs");
    let item: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let minutes = |side: &str| item[side]["user_minutes"].as_f64().expect("a number");
    assert!(minutes("played_a") > minutes("played_b"), "{item}");
}

/// Nothing happens in the first hour, and ten users move in the second: the tile has all of them.
#[test]
fn the_first_screen_counts_users_who_move_in_any_period() {
    let folder = two_sites(100);
    let later = "[scenario]\nname = \"drain\"\nstart = 2026-03-07T02:00:00Z\nend = 2026-03-07T04:00:00Z\n\
                 [[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\nstart = 2026-03-07T03:00:00Z\n";
    fs::write(folder.path().join("drain.toml"), later).expect("there is room for a file");
    let plan = planned(&folder);
    let (text, page) = said(&folder, &plan, &plan);
    let has_line = |cells: &[&str]| {
        let mut lines = text.lines();
        lines.any(|line| line.split_whitespace().collect::<Vec<_>>() == cells)
    };
    let all = ["users", "moved,", "all", "periods", "10", "10", "0"];
    assert!(has_line(&all), "{text}");
    assert!(page.contains("users moved in B, all periods"), "{page}");
    assert!(text.contains("In period 1"), "{text}");
}
