//! The runbook of a refused plan: why, what would help, and neither times nor steps that somebody might work by.

use super::by_hand::{Case, MAINTENANCE, NO_SPARE_SESSIONS, RECONNECT, read};
use super::incident::shipped;
use super::undone::{runbook_of, says};

/// Nothing that is done by the clock, and nothing that is done at all.
#[track_caller]
fn has_neither_times_nor_steps(text: &str) {
    for words in [
        "begin by 0",
        "All is done by",
        "### Wave",
        "**Step ",
        "Hold",
        "**Roll back",
        "grep",
        "do the steps of both",
        "Admission:",
        "in the order of their numbers",
    ] {
        let one_text = text.replace("It is safe if it begins by ", "");
        assert!(!one_text.contains(words), "said: {words}\n{text}");
    }
    says(
        text,
        "**The plan is refused: do not begin any of its waves.**",
    );
    says(text, ".** Do not begin it.\n");
}

#[test]
fn what_takes_too_long_has_an_outline_of_its_waves() {
    let scenario = MAINTENANCE.to_owned() + "drain_minutes = 10\n";
    let text = runbook_of(&read(&Case {
        scenario: &scenario,
        ..RECONNECT
    }));
    has_neither_times_nor_steps(&text);
    says(&text, "## Period 1, before 06:00: a's drain, refused\n");
    says(
        &text,
        "It is safe if it begins by 05:41: set drain_minutes to at least 19.",
    );
    says(&text, "- 2 waves and 19 min (at least 15 min)\n");
    says(
        &text,
        "- Wave 1 of 2 (9 min) would move 3 shards with 1,800 users, and 100 % of the change of weights. There cpu of ",
    );
}

#[test]
fn what_never_ends_has_no_waves() {
    let text = runbook_of(&read(&Case {
        elements: NO_SPARE_SESSIONS,
        ..RECONNECT
    }));
    has_neither_times_nor_steps(&text);
    says(&text, "No safe wave was found.\n");
}

#[test]
fn the_shipped_drain_at_once_has_neither_times_nor_steps() {
    has_neither_times_nor_steps(&runbook_of(&shipped("at-once.toml")));
}
