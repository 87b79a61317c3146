//! Names in a runbook: a page drawn from it shows their letters and no markup that is not ours.

use super::incident::shipped_in;
use crate::levels::planned;
use plimsoll::ids::Names;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::Plan;
use plimsoll::report::markdown::markdown;
use plimsoll::report::text::visible;
use plimsoll::report::waves::{TransitionWriter, runbook};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use pulldown_cmark::{Event, Options, Parser};
use regex::{Captures, Regex};
use std::ops::{Range, RangeInclusive};

/// Of which names are drawn: everything that is markup somewhere, and what makes it so.
const ALPHABET: [&str; 62] = [
    "\\",
    "`",
    "``",
    "```",
    "*",
    "**",
    "_",
    "__",
    "~",
    "~~",
    "[",
    "]",
    "(",
    ")",
    "![",
    "](",
    "<",
    ">",
    "<b>",
    "</b>",
    "<!--",
    "-->",
    "<script>",
    "&",
    "&amp;",
    "&#42;",
    ";",
    "#",
    "##",
    "+",
    "-",
    "---",
    "=",
    "===",
    ":",
    ":-:",
    "|",
    "|-|",
    "$",
    "!",
    "\"",
    "'",
    "@",
    "a@b.cd",
    "https://",
    "http://x.yz",
    "ftp://x.yz",
    "www.",
    "www.x.yz",
    "mailto:",
    "xmpp:",
    "1. ",
    "1) ",
    "7",
    ".",
    "/",
    "[x] ",
    " ",
    "  ",
    "\u{1b}",
    "é",
    "x",
];

/// What a page shows, in order: where markup begins and ends, and the text between.
fn shown(text: &str) -> Vec<(String, String)> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    let mut shown: Vec<(String, String)> = Vec::new();
    for event in Parser::new_ext(text, options) {
        let words = match event {
            Event::Text(words) => words.into_string(),
            Event::SoftBreak => "\n".to_owned(),
            markup => {
                shown.push((format!("{markup:?}"), String::new()));
                continue;
            }
        };
        match shown.last_mut() {
            Some((kind, before)) if kind == "text" => before.push_str(&words),
            _ => shown.push(("text".to_owned(), words)),
        }
    }
    shown
}

/// Asserts that no program makes a link of bare text in it: an address of the web or of mail.
#[track_caller]
fn assert_no_bare_link(text: &str) {
    let bare = Regex::new(r"(?i)[a-z]://|\bwww\.|[a-z0-9._+-]@[a-z0-9_-]+\.[a-z0-9]")
        .expect("it is a pattern");
    let found = bare.find(text).map(|found| found.as_str());
    assert_eq!(found, None, "{text}");
}

/// An inventory and a scenario whose names are others; a name that is the id stays that.
fn renamed(
    (inventory, scenario): (&Inventory, &Scenario),
    mut name: impl FnMut() -> String,
) -> (Inventory, Scenario) {
    let mut other = inventory.clone();
    let mut both = |id: &mut String, title: &mut String| {
        let is_same = id == title;
        *id = name();
        *title = if is_same { id.clone() } else { name() };
    };
    for site in &mut other.sites {
        both(&mut site.id, &mut site.name);
    }
    for access_point in &mut other.access_points {
        both(&mut access_point.id, &mut access_point.name);
    }
    for element in &mut other.elements {
        both(&mut element.id, &mut element.name);
    }
    for client_region in &mut other.client_regions {
        both(&mut client_region.id, &mut client_region.name);
    }
    for resource in &mut other.resources {
        resource.id = name();
        resource.unit = name();
    }
    let ids = other.links.iter_mut().map(|link| &mut link.id);
    let ids = ids.chain(other.pools.iter_mut().map(|pool| &mut pool.id));
    let ids = ids.chain(other.profiles.iter_mut().map(|profile| &mut profile.id));
    let ids = ids.chain(other.tiers.iter_mut().map(|tier| &mut tier.id));
    let ids = ids.chain(
        other
            .risk_groups
            .iter_mut()
            .map(|risk_group| &mut risk_group.id),
    );
    let ids = ids
        .chain(&mut other.tenants)
        .chain(&mut other.jurisdictions);
    ids.for_each(|id| *id = name());
    let shards: Vec<String> = other.shard_ids.iter().map(|_| name()).collect();
    other.shard_ids = shards.iter().map(String::as_str).collect::<Names>();
    let mut titled = scenario.clone();
    titled.name = name();
    (other, titled)
}

fn runbook_of((inventory, scenario): &(Inventory, Scenario), plan: &Plan) -> String {
    runbook(&TransitionWriter {
        inventory,
        scenario,
        plan,
    })
}

/// The letters of a name as they are shown: what is hidden is written out, and so is the `@` of a mail address.
fn letters_of(name: &str) -> String {
    let letters = visible(name).into_owned();
    let is_address = letters.split('@').skip(1).any(|text| text.contains('.'));
    if is_address {
        letters.replace('@', r"\u{40}")
    } else {
        letters
    }
}

/// What a page with hostile names should show: what it shows with harmless ones, letter by letter. Where a harmless name is
/// shortened, so is the hostile one, which is as long at least.
fn with_names(harmless: &[(String, String)], names: &[String]) -> Vec<(String, String)> {
    let placeholder = Regex::new("Name([0-9]+)x(y*)(…y*)?").expect("it is a pattern");
    let put = |found: &Captures<'_>| {
        let at: usize = found[1].parse().expect("it is a number");
        let letters: Vec<char> = letters_of(&names[at]).chars().collect();
        if found.get(3).is_none() {
            return letters.into_iter().collect();
        }
        let (head, tail) = (&letters[..20], &letters[letters.len() - 19..]);
        let cut = head.iter().chain(&['…']).chain(tail);
        cut.collect::<String>()
    };
    let nodes = harmless.iter();
    let put = nodes.map(|(kind, words)| {
        (
            kind.clone(),
            placeholder.replace_all(words, put).into_owned(),
        )
    });
    put.collect()
}

/// Names of pieces of the alphabet, the same ones in every run.
fn drawn(count: usize, seed: u8, pieces: RangeInclusive<usize>) -> Vec<String> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), rng);
    let names = prop::collection::vec(select(&ALPHABET[..]), pieces);
    let names = names.prop_map(|pieces| pieces.concat());
    let drawn = (0..count).map(|_| names.new_tree(&mut runner).expect("it draws").current());
    drawn.collect()
}

/// Plans with waves, refused ones, and the users who come back.
fn cases() -> Vec<(Inventory, Scenario)> {
    let tiny = "data/tiny";
    let incident = "data/incidents/22-january-2026";
    vec![
        shipped_in(tiny, "drain-chicago.toml"),
        shipped_in(incident, "at-once.toml"),
        shipped_in(incident, "staged.toml"),
    ]
}

/// Runbooks of the cases with hostile names of so many pieces show what those with harmless names show, which end like `padding`.
fn assert_letters(seeds: Range<u8>, pieces: &RangeInclusive<usize>, padding: &str) {
    for (inventory, scenario) in cases() {
        let plan = planned(&inventory, &scenario);
        let mut count = 0;
        let harmless = renamed((&inventory, &scenario), || {
            count += 1;
            format!("Name{}x{padding}", count - 1)
        });
        let harmless = shown(&runbook_of(&harmless, &plan));
        for seed in seeds.clone() {
            let mut names = drawn(count, seed, pieces.clone());
            // A name that is the id too is told once.
            for at in 1..names.len() {
                if names[..at].contains(&names[at]) {
                    names[at] = format!("{}x{at}", names[at]);
                }
            }
            let mut left = names.iter().cloned();
            let hostile = renamed((&inventory, &scenario), || left.next().expect("as many"));
            let text = runbook_of(&hostile, &plan);
            let found = shown(&text);
            let expected = with_names(&harmless, &names);
            assert_no_bare_link(&text);
            let differs = found.iter().zip(&expected).find(|(a, b)| a != b);
            assert_eq!(differs, None, "seed {seed}\n{text}");
            assert_eq!(found.len(), expected.len(), "seed {seed}\n{text}");
        }
    }
}

#[test]
fn hostile_names_are_letters_in_a_runbook() {
    assert_letters(0..40, &(1..=4), "");
}

/// Sentences shorten names of more than 40 letters, and cut nothing that is escaped.
#[test]
fn long_hostile_names_are_letters_in_a_runbook() {
    assert_letters(40..60, &(60..=60), &"y".repeat(60));
}

#[test]
fn a_hostile_name_is_letters_wherever_it_stands() {
    let frames: [[&str; 2]; 12] = [
        ["", ""],
        ["# ", ""],
        ["# Runbook: ", ""],
        ["a\n", ""],
        ["a\n", " b"],
        ["- ", ": 5"],
        ["- ", ""],
        ["1. Move ", ", then stop"],
        ["**", "'s drain.**"],
        ["**Of ", " (x)**"],
        ["a (", "); b"],
        ["x | y\n", ""],
    ];
    for name in drawn(4000, 7, 1..=6) {
        let escaped = markdown(&name);
        assert_no_bare_link(&escaped);
        for [before, after] in frames {
            let harmless = shown(&format!("{before}Name0x{after}\n"));
            let found = shown(&format!("{before}{escaped}{after}\n"));
            let expected = with_names(&harmless, std::slice::from_ref(&name));
            assert_eq!(found, expected, "{name:?} as {escaped} in {before}…{after}");
        }
    }
}

#[test]
fn names_of_shipped_inventories_stay_as_they_are() {
    for (inventory, scenario) in cases() {
        let named = |name: &str| assert_eq!(markdown(name), name);
        named(&scenario.name);
        inventory.sites.iter().for_each(|site| named(&site.name));
        inventory
            .elements
            .iter()
            .for_each(|element| named(&element.name));
        inventory.links.iter().for_each(|link| named(&link.id));
        inventory.shard_ids.iter().for_each(named);
    }
}
