//! The words: the verdict, the worst cases, survival, and how cases were settled.

use super::made::{Mood, Wish, made};
use super::real::swept;
use plimsoll::model::{FailureSet, Recovery};

/// The text on one line for each paragraph.
fn text(wish: &Wish) -> String {
    made(wish).reported().text(None)
}

fn assert_says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part}\n---\n{text}");
    }
}

/// As derived for the sheet; the README calls the tenants of gold lakeside-bank and alamo-energy.
#[test]
fn the_words_about_tiny_are_what_paper_says() {
    let swept = swept("data/tiny", "drain-chicago.toml", FailureSet::Sites, 2);
    let text = swept.reported().text(None);
    assert_says(
        &text,
        &[
            "3 of 4 cases leave users unserved, 1 misses a headroom target, none holds, for these inputs, at peak demand. \
             1 of 4 cases misses more of a headroom target with whole shards: up to 60 %, without any failure. \
             No better placement was found.\n",
            "4 cases: 1 without a failure, 2 single sites, 1 pair of sites. Recovery: replan (planned again after every failure).\n",
            "Without any failure during tiny-drain-chicago, Amsterdam cpu misses 50 % of its headroom target, and everyone is served",
            "If San Antonio fails during tiny-drain-chicago, 130,000 users stay unserved (100,000 of gold, 30,000 of silver); Amsterdam cpu binds.\n",
            "If Amsterdam and San Antonio fail during tiny-drain-chicago, 180,000 users stay unserved (100,000 of gold, 80,000 of silver)",
            "0 of 2 tenants of gold survive the failure of any single site.\n",
            "Settled: 1 case by the default paths, 3 by the solver; every value is proven.\n",
        ],
    );
}

/// A remedy that serves some has what it leaves and what the case leaves without it.
#[test]
fn a_remedy_has_the_users_that_stay_unserved_with_and_without_it() {
    let folder = crate::command_line::place();
    let tiny = crate::command_line::root("data/tiny");
    let output = crate::command_line::plimsoll(folder.path())
        .arg("sweep")
        .arg(&tiny)
        .arg("--scenario")
        .arg(tiny.join("drain-chicago.toml"))
        .args(["--no-charts", "--out", "out"])
        .output()
        .expect("the program starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_says(
        &text,
        &[
            "If San Antonio fails during tiny-drain-chicago, 130,000 users stay unserved",
            "What would help: 30 vCPU more at Amsterdam would leave 100,000 users unserved instead of 130,000 (found by planning again).",
        ],
    );
}

/// Where a pair leaves no more users unserved than both of its sites together, it says nothing new.
#[test]
fn pairs_that_their_sites_explain_are_counted_and_not_reported() {
    let wish = Wish {
        mood: Mood::Fails,
        ..Wish::of(20, 2)
    };
    let text = text(&wish);
    let (_, said) = text
        .split_once(" pairs of sites not survived: ")
        .expect(&text);
    assert!(
        said.lines().next().is_some_and(
            |text| text.ends_with(" than the sites alone.") || text.starts_with("none comes")
        ),
        "{text}"
    );
}

#[test]
fn where_all_hold_that_is_said_and_nothing_else_is_to_fear() {
    let wish = Wish {
        mood: Mood::Holds,
        ..Wish::of(8, 2)
    };
    assert_says(
        &text(&wish),
        &[
            "Everyone is served and every headroom target is met in all 29 cases, for these inputs, at peak demand.\n",
            "No single site leaves users unserved or misses a headroom target.\n",
            "No pair of sites leaves users unserved or misses a headroom target.\n",
            "tenants of gold survive the failure of any pair of sites.\n",
        ],
    );
}

#[test]
fn where_nothing_holds_the_case_without_a_failure_is_reported_first_and_counted_against() {
    let wish = Wish {
        mood: Mood::Fails,
        ..Wish::of(8, 1)
    };
    let text = text(&wish);
    assert_says(
        &text,
        &[
            "All 8 cases leave users unserved, for these inputs, at peak demand.",
            "Without any failure during november-works, ",
            " more than without a failure; ",
        ],
    );
    let place = |part: &str| text.find(part).expect(part);
    assert!(place("Without any failure") < place("\nIf "));
}

#[test]
fn a_stopped_sweep_says_so_far_and_how_many_cases_are_missing() {
    let wish = Wish {
        done: Some(0..300),
        ..Wish::of(40, 2)
    };
    assert_says(
        &text(&wish),
        &[
            " of 300 cases leave users unserved, ",
            " hold so far, for these inputs, at peak demand. Not checked: 481 of 781 cases, which can be worse, since the sweep was stopped. Not proven: ",
            " cases. Not checked: whole shards in ",
            ", as far as checked",
        ],
    );
    let calm = Wish {
        mood: Mood::Holds,
        done: Some(0..10),
        ..Wish::of(40, 2)
    };
    assert_says(
        &text(&calm),
        &[
            "is met in all 10 cases so far",
            "No single site leaves users unserved or misses a headroom target so far.\n",
        ],
    );
}

#[test]
fn a_part_says_which_cases_are_its_own() {
    let wish = Wish {
        done: Some(400..500),
        ..Wish::of(40, 2)
    };
    let text = text(&wish);
    assert_says(
        &text,
        &[" Not checked: all but cases 400 to 499 of 781, as this is a part of the sweep."],
    );
    // Nothing is said about what another part looks at.
    assert!(
        !text.contains("single site leaves") && !text.contains("any single site"),
        "{text}"
    );
}

#[test]
fn reasons_and_repairs_follow_the_sentence_of_their_case() {
    let mut made = made(&Wish::of(12, 1));
    let sweep_report = made.reported();
    let worst = made
        .sweep
        .tally
        .of(Recovery::Replan)
        .max_by(|left, right| left.unserved_users().total_cmp(&right.unserved_users()));
    let case = worst.expect("a case").case;
    assert!(!sweep_report.text(None).contains("more at Boydton"));
    let why = "3,100 vCPU more at Boydton would serve them.\u{202e}".to_owned();
    made.because.insert((Recovery::Replan, case), vec![why]);
    let text = made.reported().text(None);
    assert_says(
        &text,
        &["bind.\n3,100 vCPU more at Boydton would serve them.\\u{202e}\n"],
    );
}

/// What rescale leaves unserved and replan serves is counted case by case.
#[test]
fn the_benefit_of_replanning_is_counted_in_the_same_case() {
    let made = made(&Wish {
        recoveries: vec![Recovery::Rescale, Recovery::Replan],
        ..Wish::of(20, 2)
    });
    let users = |recovery| -> Vec<f64> {
        made.sweep
            .tally
            .of(recovery)
            .map(plimsoll::plan::sweep::CaseResult::unserved_users)
            .collect()
    };
    let (before, after) = (users(Recovery::Rescale), users(Recovery::Replan));
    let most = before
        .iter()
        .zip(&after)
        .map(|(before, after)| before - after)
        .fold(0.0, f64::max);
    let acting = made.reported().acting();
    let saved = acting[0].saved.expect("planning again serves somebody");
    assert!((saved.1 - most).abs() < 1e-6);
    assert_eq!(acting[1].saved, None);
    let counts = acting
        .iter()
        .map(|recovery_outcome| recovery_outcome.counts.all());
    assert_eq!(counts.collect::<Vec<_>>(), [before.len(), after.len()]);
    assert_says(
        &made.reported().text(None),
        &[
            " users stay unserved under rescale, ",
            " under replan; ",
            "Benefit of replanning: if ",
        ],
    );
}

#[test]
fn pairs_that_break_only_together_are_counted() {
    let made = made(&Wish::of(40, 2));
    let cases = &made.sweep.contingencies;
    let unserved = |case: usize| made.sweep.tally.found[case].unserved_users() > 0.0;
    let count = cases.of_size(2).filter(|case| {
        let mut positions = cases.positions(*case).into_iter();
        unserved(*case) && positions.all(|position| !unserved(cases.case_of(&[position])))
    });
    let count = count.count();
    assert!(count > 1);
    let sentence = format!(
        "{count} pairs of sites leave users unserved, although none of their sites does alone.\n"
    );
    assert_says(&made.reported().text(None), &[&sentence]);
}
