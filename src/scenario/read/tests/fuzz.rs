//! Whatever the text is, reading it ends with a scenario or with an error among the findings.

use super::super::manual::EXAMPLE;
use super::*;
use crate::diagnostic::has_errors;
use proptest::prelude::*;

/// Pieces that scenarios are made of, so that mutations reach beyond the syntax.
const PIECES: [&str; 38] = [
    "[scenario]\n",
    "[policy]\n",
    "[[event]]\n",
    "[protect]\n",
    "[policy.headroom]\n",
    "[replay]\n",
    "[[queued]]\n",
    "amount = ",
    "resource = ",
    "jitter = ",
    "share = ",
    "\"slow\"\n",
    "\"disconnect\"\n",
    "\"cpu\"\n",
    "client_region = ",
    "kind = ",
    "start = ",
    "end = ",
    "detected = ",
    "component = ",
    "risk_group = ",
    "capacity = ",
    "loss = ",
    "factor = ",
    "goals = ",
    "resources = ",
    "\"gray\"\n",
    "\"failure\"\n",
    "\"surge\"\n",
    "\"lb\"\n",
    "\"a\"\n",
    "[\"bw\"]\n",
    "0.5\n",
    "2030-03-01T02:00:00Z\n",
    "9999-12-31T23:59:59-23:59\n",
    "\n",
    "{ cpu = ",
    "}\n",
];

#[track_caller]
fn holds(texts: &[&str]) {
    let reading = reading(texts);
    assert_eq!(reading.scenario.is_none(), has_errors(&reading.findings));
    if reading.findings.is_empty() {
        let written: usize = texts
            .iter()
            .map(|text| text.matches("[[event]]").count())
            .sum();
        let read = reading.scenario.map(|scenario| scenario.events.len());
        assert_eq!(read, Some(written), "no event is lost in silence");
    }
    let lines: Vec<u64> = texts
        .iter()
        .map(|text| text.lines().count() as u64)
        .collect();
    for finding in &reading.findings {
        let most = lines.iter().max().copied().unwrap_or(0).max(1);
        assert!(
            finding
                .place
                .line
                .is_none_or(|line| (1..=most + 1).contains(&line))
        );
        assert!(finding.to_string().lines().count() == 2, "{finding}");
    }
}

proptest! {
    #[test]
    fn any_text_ends_with_findings(text in any::<String>()) {
        holds(&[&text]);
    }

    #[test]
    fn any_pieces_end_with_findings(
        base in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40),
        patch in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..10),
    ) {
        holds(&[&format!("{}{SPAN}", base.concat()), &patch.concat()]);
    }

    #[test]
    fn mutated_example_ends_with_findings(
        at in 0..EXAMPLE.len(), length in 0..12_usize, piece in prop::sample::select(&PIECES[..]),
    ) {
        let end = (at + length).min(EXAMPLE.len());
        if let (Some(before), Some(after)) = (EXAMPLE.get(..at), EXAMPLE.get(end..)) {
            holds(&[&format!("{before}{piece}{after}")]);
            holds(&[&format!("{before}{after}")]);
        }
    }
}

#[test]
fn deep_and_long_texts_end_with_findings() {
    let many = 100_000;
    let long = "x".repeat(many);
    for text in [
        format!("a={}", "[".repeat(many)),
        format!("a={}", "{b=".repeat(many)),
        format!("a{}=1", ".b".repeat(many)),
        format!("[[event]]\nkind = \"{long}\"\n{long} = 1\n"),
        format!("policy.headroom.{long} = {many}"),
        "[[event]]\n".repeat(1000),
        "[policy.headroom]\n\"a\\nb\" = 0.1\n".to_owned(),
    ] {
        holds(&[&text]);
        holds(&[SPAN, &text]);
    }
}
