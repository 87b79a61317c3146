//! What is said of replays that are worked out by hand.

use super::place::{JAM, PLACE, Place, json, number, printed, replayed, rows, written};

/// 29 minutes of 862 jobs a second are 1,499,880; 139 a second to spare clear them in 10,791 s, 2 h 59 min 51 s, and at
/// 1,001 a second the last of them waits 1,498.4 s, 24 min 59 s. The first of all waits 29 minutes.
#[test]
fn clearing_a_jam_and_waiting_in_it_are_two_times() {
    let folder = written(&Place {
        scenario: JAM,
        ..PLACE
    });
    let text = printed(&replayed(&folder, &["--do-nothing"]), 0);
    assert!(
        text.starts_with(
            "No users are down even without action; queued work waits up to 29 min.\n"
        ),
        "{text}"
    );
    let said = "- First Alpha is short of work, at 11:35: capacity falls from 1,001 to 0 jobs/s, and the load is 862 \
                jobs/s (in force: less capacity at Alpha).\n\
                - The queue there is largest at 12:04: 1,499,880 jobs. It clears in 3 h. The last item \
                queued at 12:04 waits 25 min. The longest wait is 29 min.\n";
    assert!(text.contains(said), "{text}");
    let components = rows(&folder, "components.csv");
    assert_eq!(components.len(), 1);
    let texts = &components[0];
    assert_eq!(texts["what"], "work");
    assert_eq!([&texts["unit"], &texts["queue_unit"]], ["jobs/s", "jobs"]);
    assert_eq!(texts["first_short"], "2030-06-01T11:35:00+00:00");
    assert_eq!(texts["most_queued_at"], "2030-06-01T12:04:00+00:00");
    let is = |column: &str, expected: f64, within: f64| {
        let found = number(texts, column);
        assert!((found - expected).abs() <= within, "{column}: {found}");
    };
    is("minutes_beyond_capacity", 29.0, 1e-9);
    is("most_queued", 1_499_880.0, 1e-3);
    is("clearing_seconds", 1_499_880.0 / 139.0, 1.0);
    is("last_wait_seconds", 1_499_880.0 / 1001.0, 1.0);
    is("longest_wait_seconds", 1740.0, 1e-6);
    is("lost", 0.0, 0.0);
    assert_eq!(
        texts["queued_at_end"], "",
        "nothing is left, which is not 0"
    );
    let value = &json(&folder)["runs"][0]["worst_components"][0];
    assert_eq!(value["component"], "a");
    assert!(value["queued_at_end"].is_null());
    let most = value["most_queued"].as_f64().expect("a number");
    assert!((most - number(texts, "most_queued")).abs() < 1e-9);
}

/// 1.5 million jobs wait at the start; an hour takes 3600 · 139 of them.
#[test]
fn what_is_left_at_the_end_is_said_with_the_time_that_it_would_take() {
    let folder = written(&Place {
        end: "2030-06-01T01:00:00Z",
        scenario: "[[queued]]\ncomponent = \"a\"\nresource = \"work\"\namount = 1500000\n",
        ..PLACE
    });
    let text = printed(&replayed(&folder, &["--do-nothing", "--no-charts"]), 0);
    for said in [
        "- First Alpha is short of work, at 00:00: 1,500,000 jobs wait at the start.\n",
        "999,600 jobs are still queued at the end and would clear in 2 h. The last item queued at \
         00:00 waits 25 min.\n",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    let texts = &rows(&folder, "components.csv")[0];
    assert_eq!(texts["clearing_seconds"], "");
    assert!((number(texts, "queued_at_end") - 999_600.0).abs() < 1.0);
    assert!((number(texts, "clearing_seconds_at_end") - 999_600.0 / 139.0).abs() < 0.1);
}

/// Twice what is sent with its one retry is more than the capacity: a fault of five minutes locks the overload in.
#[test]
fn overload_that_sustains_itself_goes_on_when_the_replay_ends() {
    let folder = written(&Place {
        capacity: "100000",
        shards: "s,t,51000,a,p,r,gold\n",
        profile: (",retries,timeout_seconds", ",1,20"),
        end: "2030-06-01T02:00:00Z",
        scenario: "[[event]]\nkind = \"failure\"\ncomponent = \"a\"\nresources = [\"work\"]\n\
            start = 2030-06-01T00:10:00Z\nend = 2030-06-01T00:15:00Z\ndetected = 2030-06-01T00:15:00Z\n",
    });
    let text = printed(&replayed(&folder, &["--do-nothing", "--step", "5"]), 1);
    let first = text.lines().next().unwrap_or_default();
    assert!(
        first.starts_with("Without action ") && first.contains(" user minutes are lost, "),
        "{text}"
    );
    assert!(
        text.contains("More than 0.1 % of all users are down from 00:10 on. When the replay ends at 02:00, 51,000 users are still down.\n"),
        "{text}"
    );
    let run = &json(&folder)["runs"][0];
    assert_eq!(run["down_at_end"], true);
    // What is sent first is late after 20 seconds, as long as its client waits, and up to a step later.
    let from = run["down_from"].as_str().expect("they are down");
    assert!(
        ("2030-06-01T00:10:20+00:00"..="2030-06-01T00:10:30+00:00").contains(&from),
        "{from}"
    );
    assert_eq!(json(&folder)["assumed"]["step_seconds"], 5.0);
}

/// Both halves can be served at Beta: the plan moves whom the failure of Alpha would leave without a site.
#[test]
fn the_plan_is_shown_beside_no_action() {
    let folder = written(&Place {
        scenario: "[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\nstart = 2030-06-01T10:00:00Z\n\
            end = 2030-06-01T11:00:00Z\n",
        ..PLACE
    });
    std::fs::write(
        folder.path().join("sites.csv"),
        "site,name,work\na,Alpha,1001\nb,Beta,1001\n",
    )
    .expect("there is room");
    std::fs::write(
        folder.path().join("links.csv"),
        "link,from,to,latency_ms\nl0,r,in,5\nl1,in,a,5\nl2,in,b,6\n",
    )
    .expect("there is room");
    let text = printed(&replayed(&folder, &[]), 0);
    // 862 users for 60 minutes.
    assert!(
        text.starts_with(
            "With the plan no users are down; without action 51,720 user minutes are lost.\n"
        ),
        "{text}"
    );
    assert!(text.contains("\nWithout action:\n- At most 862 of 862 users are down at once, at 10:00. More than 0.1 % of all users are down from 10:00 until 11:00.\n- No capacity is short: components that they need are out (in force: maintenance of Alpha).\n"), "{text}");
    assert!(text.contains("\nService credits:\nWith the plan every tenant gets its promised uptime. Without action 1 tenant gets 25 % of the month's price back."), "{text}");
    assert!(
        text.contains("to write it: plimsoll plan . --scenario own.toml --out plan\n"),
        "{text}"
    );
    let value = json(&folder);
    assert_eq!(value["plan"]["made_here"], true);
    assert!(value["plan"]["refused"].is_null());
    let runs: Vec<&str> = ["plan", "nothing"].to_vec();
    for (run, word) in value["runs"].as_array().expect("runs").iter().zip(runs) {
        assert_eq!(run["run"], word);
    }
    let spared = value["difference"]["down_minutes_spared"].as_f64();
    assert!((spared.expect("both were played") - 51_720.0).abs() < 1e-3);
    assert_eq!(value["difference"]["share_spared"], 1.0);
}

/// Of 862 jobs a second three in ten are lost, and seven in ten of these once more; nothing is full and nothing is out.
#[test]
fn losses_are_reported_as_losses() {
    let folder = written(&Place {
        profile: (",retries,timeout_seconds", ",2,20"),
        scenario: "[[event]]\nkind = \"gray\"\ncomponent = \"a\"\ncapacity = 0.9\nloss = 0.3\n\
            start = 2030-06-01T00:00:00Z\nend = 2030-06-01T02:00:00Z\n",
        end: "2030-06-01T02:00:00Z",
        ..PLACE
    });
    let text = printed(&replayed(&folder, &["--do-nothing", "--no-charts"]), 1);
    let said = "\n- No capacity is short: their work is late, because it has to be sent again (in force: losses at Alpha).\n";
    assert!(text.contains(said), "{text}");
    assert!(!text.contains("no site"), "{text}");
    let said = "is late (work that fails after it was late is both)";
    assert!(text.contains(said), "{text}");
}

/// 862 users connect at once, and every session takes 5 jobs: 4,310 jobs, of which 1,001 are worked in a second.
#[test]
fn a_burst_that_is_over_within_a_step_is_reported() {
    let folder = written(&Place {
        profile: (",session_cost", ",5"),
        scenario: "[[event]]\nkind = \"disconnect\"\ncomponent = \"a\"\nstart = 2030-06-01T10:00:00Z\n",
        ..PLACE
    });
    let text = printed(&replayed(&folder, &["--do-nothing", "--no-charts"]), 1);
    let said = "- First Alpha is short of work, at 10:00: a burst above the limit of 1,001 jobs/s queues 4,310 jobs.\n";
    assert!(text.contains(said), "{text}");
    assert!(
        text.contains("of these are of users without a session"),
        "{text}"
    );
    let texts = &rows(&folder, "components.csv")[0];
    assert!((number(texts, "most_queued") - 4310.0).abs() < 1.0);
    assert_eq!(texts["most_queued_at"], "2030-06-01T10:00:00+00:00");
    assert!((number(texts, "last_wait_seconds") - 4310.0 / 1001.0).abs() < 0.1);
}
