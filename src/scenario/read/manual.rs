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

[[event]]                               # half of a load balancer is lost, and nobody knows until 10:42
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

This page is made from `data/schema/scenario.csv`; a test holds that the two agree.

A scenario is a TOML file: a span of time, a policy, and events.
An instant is written with its offset, as in `2012-11-13T09:08:00-08:00`; without one UTC is assumed and a warning says so, and a date alone is its midnight.
Spans are half-open: what lasts from `start` to `end` holds at `start` and no longer at `end`.
A key that is not in these tables is an error that suggests the nearest known one.

";

const LAYERS: &str = "
## Layers

Several files may be layered: `--scenario base.toml --scenario patch.toml`.
A later file wins key by key, in `[policy.headroom]` resource by resource; events and what is queued add up in the order of the files.
Each file is checked by itself, also the keys that a later one replaces.

`plimsoll plan` makes a layer of options: `--drain COMPONENT` is an event of kind `maintenance`, `--fail COMPONENT` and `--degrade COMPONENT=SHARE` of kind `failure`, `--surge FACTOR` and `--surge REGION=FACTOR` of kind `surge`.
`--from` and `--to` are their start and end; left out, these are the scenario's.
Without `--scenario` the layer is a scenario of its own: `--from` or `--now` says when it begins, and without `--to` it lasts 4 hours.
The layer is the last `scenario-N.toml` in `inputs/` of the plan's folder.

";

const SECTIONS: [(&str, &str); 8] = [
    ("scenario", "The span of time."),
    (
        "policy",
        "What is permitted and preferred. Everything is optional.",
    ),
    (
        "event",
        "What happens to components or demand. \
         Events on one component multiply their shares, and surges on one shard their factors.",
    ),
    (
        "protect",
        "What the plan must survive besides: homes are chosen so that these failures leave as few users unserved \
         as possible; only who is unserved without them comes first ([how](model.md#protect)). \
         What is not survived is said, with what would help; protection.csv lists it.",
    ),
    (
        "waves",
        "How users are moved from one state to the next ([how](model.md#9-moving-safely)). Everything is optional.",
    ),
    (
        "commands",
        "What operators run to carry out a step, for `runbook.sh` in the plan's folder. Everything is optional. \
         Plimsoll itself runs none of it. A value in braces is filled in as one quoted word of the shell. \
         `{step}`, `{period}` and, of waves, `{wave}` may stand in every command.",
    ),
    (
        "replay",
        "What a replay assumes of clients, and how finely it cuts time. Everything is optional; plans do not ask for it.",
    ),
    (
        "queued",
        "Work that waits when the scenario begins, for a replay; plans do not count it. \
         There may be several, each for another component and resource.",
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
