//! Short sentences: a page has one fact in each, in at most 25 words.

use super::source::Source;
use super::words::pages;
use super::{Breach, assert_broken, assert_kept, of_each};

/// The most words of a sentence (CONTRIBUTING.md, Words).
const MOST_WORDS: usize = 25;

/// A word and the line that it stands on.
type Placed = (usize, String);

/// The words of a line: code is one word, and what links lead to is none.
fn words(line: &str) -> Vec<String> {
    let mut text = String::new();
    for (number, part) in line.split('`').enumerate() {
        // Code may have spaces and marks that end sentences elsewhere.
        text += if number % 2 == 0 { part } else { "code" };
    }
    let mut parts = text.split("](");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push(']');
        plain += part.split_once(')').map_or(part, |(_, rest)| rest);
    }
    plain.split_whitespace().map(str::to_owned).collect()
}

/// `true` if a sentence ends with the word, or a part before a colon, which is a fact of its own.
fn is_last(word: &str) -> bool {
    let word = word.trim_end_matches(['*', '_', ')', ']', '"', '\'', '”']);
    word.ends_with(['.', '!', '?', ':', '…'])
}

/// How many words a sentence has; numbers are words except in a computation.
fn length(sentence: &[Placed]) -> usize {
    let is_computed = sentence.iter().any(|pair| pair.1 == "=");
    let is_word = |pair: &&Placed| {
        let mut letters = pair.1.chars();
        letters.any(|letter| letter.is_alphabetic() || (!is_computed && letter.is_numeric()))
    };
    sentence.iter().filter(is_word).count()
}

/// The text of a line of prose, and `true` if it begins a paragraph; `None` for a heading, a table, a picture or a blank line.
fn prose(line: &str) -> Option<(&str, bool)> {
    let line = line.trim();
    if line.is_empty() || line.starts_with(['|', '#', '>']) || line.starts_with("![") {
        return None;
    }
    let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_item = matches!(mark, "-" | "*" | "+") || mark.strip_suffix('.').is_some_and(is_number);
    Some(if is_item { (rest, true) } else { (line, false) })
}

/// Sentences of a page that are too long, outside of code, tables, headings and pictures.
fn too_long(page: &Source) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let mut sentence: Vec<Placed> = Vec::new();
    let mut end = |sentence: &mut Vec<Placed>| {
        let count = length(sentence);
        if let Some((line, _)) = sentence.first().filter(|_| count > MOST_WORDS) {
            let text: Vec<&str> = sentence.iter().map(|pair| pair.1.as_str()).collect();
            let what = format!("{count} words: {}", text.join(" "));
            breaches.push(Breach::new(page, *line, what));
        }
        sentence.clear();
    };
    let mut is_code = false;
    for (index, line) in page.text.lines().enumerate() {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        let text = prose(line).filter(|_| !is_code && !is_fence);
        let Some((text, is_new)) = text else {
            end(&mut sentence);
            continue;
        };
        if is_new {
            end(&mut sentence);
        }
        for word in words(text) {
            let is_last = is_last(&word);
            sentence.push((index + 1, word));
            if is_last {
                end(&mut sentence);
            }
        }
    }
    end(&mut sentence);
    breaches
}

/// The sentences of a Markdown text that are too long, each with its line.
pub(crate) fn long_sentences(text: &str) -> Vec<String> {
    let breaches = too_long(&Source::new("text", text)).into_iter();
    breaches.map(|breach| breach.to_string()).collect()
}

#[test]
fn sentences_of_pages_have_at_most_25_words() {
    // Records are kept as they were written.
    let mut pages = pages();
    pages.retain(|page| !page.path.starts_with("docs/records/"));
    assert!(pages.len() > 20, "the pages are found");
    assert_kept(
        &of_each(&pages, too_long),
        "say one fact a sentence: end it earlier, or make a list of it",
    );
}

#[test]
fn a_sentence_that_is_too_long_is_found_wherever_it_begins() {
    let many = |count: usize| vec!["word"; count].join(" ");
    let (most, more) = (many(MOST_WORDS), many(MOST_WORDS + 1));
    let assert_lines = |text: &str, lines: &[usize]| {
        assert_broken(too_long, "docs/a.md", text, lines);
    };
    assert_lines(&format!("{most}.\n{most}!\n\n{most}"), &[]);
    assert_lines(
        &format!("Short. {more}.\n- {more}\n1. {most}:\n   {more}."),
        &[1, 2, 4],
    );
    // A sentence goes on in the next line, but not in the next item.
    assert_lines(&format!("{most}\nand on."), &[1]);
    assert_lines(&format!("- {most}\n- {most}"), &[]);
    assert_lines(
        &format!("# {more}\n| {more} |\n![{more}](a.png)\n```\n{more}\n```\n"),
        &[],
    );
    // Code is a word, the target of a link is none, and a computation has numbers that are none.
    assert_lines(&format!("{} `{more}.`", many(MOST_WORDS - 1)), &[]);
    assert_lines(&format!("[{most}](a b c d)."), &[]);
    assert_lines(&format!("{} 1 2 3.\n{} 1 = 1.", many(24), many(24)), &[1]);
}
