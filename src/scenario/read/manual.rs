//! `docs/scenario.md`, made from the schema.

use super::schema::{Key, header_of, keys_of};
use std::fmt::Write;

/// A whole scenario, shown in the manual and read by a test.
pub(super) const EXAMPLE: &str = r#"[scenario]
name  = "chicago-maintenance"
start = 2012-11-13T09:00:00-08:00
end   = 2012-11-13T17:00:00-08:00

[policy]
max_latency_ms = 150
headroom       = { cpu = 0.15 }

[[event]]                               # Chicago is drained
kind      = "maintenance"
component = "chi"
start     = 2012-11-13T09:08:00-08:00
end       = 2012-11-13T14:10:00-08:00

[[event]]                               # half of a load balancer is lost, undetected until 10:42
kind      = "gray"
component = "lb-sat-1"
capacity  = 0.5
start     = 2012-11-13T09:20:00-08:00
detected  = 2012-11-13T10:42:00-08:00

[[event]]                               # two in five more users of one region
kind          = "surge"
client_region = "us-midwest"
factor        = 1.4
"#;

const INTRODUCTION: &str = "# The scenario file

This page is made from `data/schema/scenario.csv`; a test compares the two.

A scenario is a TOML file: a span of time, a policy, and events.
Write an instant with its offset, as in `2012-11-13T09:08:00-08:00`.
Without an offset UTC is assumed, with a warning; a date alone means its midnight.
Spans are half-open: an event holds at its `start` and no longer at its `end`.
A key that is not in these tables is an error that suggests the nearest known one.

";

const LAYERS: &str = "
## Layers

Several files may be layered: `--scenario base.toml --scenario patch.toml`.
A later file wins key by key, in `[policy.headroom]` resource by resource; events and queued work add up in the order of the files.
Each file is checked by itself, including the keys that a later one replaces.
A later file disables `[protect]` with `enabled = false` in it; the other keys of `[protect]` are then not used.

`plimsoll plan` makes a layer from its options: `--drain COMPONENT` is an event of kind `maintenance`, `--fail COMPONENT` and `--degrade COMPONENT=SHARE` of kind `failure`, `--surge FACTOR` and `--surge REGION=FACTOR` of kind `surge`.
`--from` and `--to` are their start and end, by default those of the scenario.
Without `--scenario` the layer is a scenario of its own: it begins at `--from` or `--now`, and lasts 4 hours without `--to`.
It has no `[policy]`: all defaults above hold, among them `movers = \"all\"`.
Without `--to` the events have `end_assumed = true`.
The layer is the last `scenario-N.toml` in `inputs/` of the plan's folder.

";

const SECTIONS: [(&str, &str); 8] = [
    ("scenario", "The name and the time span."),
    (
        "policy",
        "Permissions and preferences. Every key is optional.",
    ),
    (
        "event",
        "Changes of components or of demand. Events on one component multiply their shares, and surges on one shard \
         their factors.",
    ),
    (
        "protect",
        "Contingencies that the plan must survive ([how](model.md#protect)). Homes are chosen so that these failures \
         leave as few users unserved as possible; only users unserved without any failure come first. The plan names \
         the contingencies that it does not survive and remedies for them; protection.csv lists them.",
    ),
    (
        "waves",
        "Waves in which users move between two states ([how](model.md#9-moving-safely)). Every key is optional.",
    ),
    (
        "commands",
        "What operators run to carry out a step, for `runbook.sh` in the plan's folder. Every key is optional. \
         Plimsoll itself runs none of it. A value in braces is filled in as one quoted word of the shell. \
         `ssh` and `eval` read words a second time: give them a script that quotes again. \
         `{step}`, `{period}` and, of waves, `{wave}` may stand in every command. \
         The same templates make the commands of a rollback: there `{step}` is `back-7` where step 7 is undone, and \
         `end-2` in the second part of the rollback after the last step.",
    ),
    (
        "replay",
        "Assumptions of a replay about clients, and its time step. Every key is optional; plans ignore this table.",
    ),
    (
        "queued",
        "Work that waits at the start of the scenario, for a replay; plans ignore it. Write one table for each \
         component and resource.",
    ),
];

/// The text of `docs/scenario.md`.
pub fn manual() -> String {
    let mut text = String::from(INTRODUCTION);
    text.push_str("```toml\n");
    text.push_str(EXAMPLE);
    text.push_str("```\n");
    for (table, meaning) in SECTIONS {
        section(&mut text, table, meaning);
    }
    text.push_str(LAYERS);
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// One table of the file: a heading, a sentence, its keys.
fn section(text: &mut String, table: &str, meaning: &str) {
    let header = header_of(table);
    let has_kinds = keys_of(table).any(|key| !key.kinds.is_empty());
    let sentences = meaning.replace(". ", ".\n");
    push(text, format_args!("\n## {header}\n\n{sentences}\n\n"));
    if has_kinds {
        text.push_str("| key | for | value | default | meaning |\n|---|---|---|---|---|\n");
    } else {
        text.push_str("| key | value | default | meaning |\n|---|---|---|---|\n");
    }
    for key in keys_of(table) {
        push(text, format_args!("| `{}` |", key.name));
        if has_kinds {
            let kinds = key.kinds.replace(' ', ", ");
            let kinds = if kinds.is_empty() { "all" } else { &kinds };
            push(text, format_args!(" {kinds} |"));
        }
        let (value, default) = (value_of(key), default_of(key));
        push(
            text,
            format_args!(" {value} | {default} | {} |\n", key.description),
        );
    }
}

/// What may stand there, with its unit.
fn value_of(key: &Key) -> String {
    let expected = key.shape.expected();
    if key.unit.is_empty() {
        expected
    } else {
        format!("{expected}, {}", key.unit)
    }
}

/// What holds without the key.
fn default_of(key: &Key) -> &str {
    match (key.required.as_str(), key.default.as_str()) {
        ("yes", _) => "required",
        (_, "") => "–",
        (_, default) => default,
    }
}

/// Appends to a text, which cannot fail.
fn push(text: &mut String, words: std::fmt::Arguments<'_>) {
    text.write_fmt(words)
        .expect("invariant: writing to a String never fails");
}
