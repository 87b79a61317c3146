//! `plimsoll runway` that is interrupted.

use super::runway::{asked, case, place, verified};
use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

/// Ctrl-C between two rows: what is settled is written with a mark, and neither the text nor `verify` gives an all clear.
#[test]
fn an_interrupted_runway_has_the_rows_that_are_settled_and_says_so() {
    let folder = place();
    let begun = Instant::now();
    let (text, code) = asked(&folder, "2029-12-31", &[]);
    assert_eq!(code, Some(1), "{text}");
    let spent = begun.elapsed();
    let read = |file: &str| fs::read_to_string(folder.path().join("runway").join(file));
    let whole = read("runway.csv").expect("it is written");
    let [inventory, scenario] = case();
    let binary = assert_cmd::cargo::cargo_bin!("plimsoll");
    let mut stopped = None;
    for tried in 0..40 {
        let run = Command::new(binary)
            .current_dir(folder.path())
            .args(["runway", &inventory, "--scenario", &scenario])
            .args(["--until", "2029-12-31", "--out", "runway", "--no-charts"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it can be run");
        thread::sleep(spent.mul_f64(f64::from(tried % 20 + 1) / 21.0));
        let interrupt = format!("kill -INT {}", run.id());
        let sent = Command::new("sh").args(["-c", &interrupt]).status();
        assert!(sent.is_ok());
        let output = run.wait_with_output().expect("it ends");
        let document = read("runway.json").expect("it is written");
        let is_partial = read("runway.csv").expect("it is written").len() < whole.len();
        // Else it came before the first row (3), after the last, or before anything listens to it.
        if output.status.code() == Some(1) && is_partial {
            stopped = Some((
                String::from_utf8_lossy(&output.stdout).into_owned(),
                document,
            ));
            break;
        }
    }
    let (text, document) = stopped.expect("a stop comes between rows");
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    assert!(text.starts_with("Stopped with "), "{text}");
    assert!(text.contains("settled. Not checked: "), "{text}");
    assert!(text.contains("First: run it again to the end."), "{text}");
    assert!(document.contains("\"complete\": false"), "{document}");
    assert!(document.contains("\"proofs\": []"), "{document}");
    for line in read("runway.csv").expect("it is written").lines() {
        assert!(whole.lines().any(|other| other == line), "{line}");
    }
    let (text, code) = verified(&folder);
    assert_eq!(code, Some(0), "{text}");
    let missing =
        "not checked: rows that runway.csv lacks, and proofs, since the runway was stopped";
    assert!(text.contains(missing), "{text}");
    assert!(
        text.contains("the runway is unfinished: missing rows"),
        "{text}"
    );
    assert!(!text.contains("the runway holds"), "{text}");
}
