//! `plimsoll rule`: what a code of a finding means.

use crate::cli::args::RuleArgs;
use crate::cli::exit;
use crate::cli::render;
use crate::cli::terminal::Terminal;
use crate::error::{Error, Result};
use crate::report::table::wrapped;
use serde_json::{Value, json};

/// The page that explains every code; a test holds that each has its section there.
const ERRORS: &str = include_str!("../../../docs/errors.md");

/// How many codes are suggested.
const SUGGESTED: usize = 3;

/// The section of a code.
struct RuleSection {
    code: &'static str,
    /// What is wrong, in a few words.
    title: &'static str,
    /// The heading of the chapter.
    chapter: &'static str,
    text: String,
}

/// Writes the sections of codes, or refuses all if one of them is not known.
pub(crate) fn run(args: &RuleArgs, terminal: &mut Terminal) -> Result<u8> {
    let all = sections();
    let mut asked: Vec<&RuleSection> = Vec::new();
    for typed in &args.codes {
        let code = typed.trim_matches(['[', ']', ' ']).to_uppercase();
        let section = all.iter().find(|rule| rule.code == code);
        let section = section.ok_or_else(|| Error::Refused(unknown(typed, &code, &all)))?;
        if !asked.iter().any(|rule| rule.code == section.code) {
            asked.push(section);
        }
    }
    let text = if args.json {
        let rules = asked.iter().map(|rule| {
            json!({ "code": rule.code, "title": rule.title, "chapter": rule.chapter, "text": rule.text })
        });
        render::pretty(&json!({
            "format": "plimsoll-rule/1",
            "plimsoll": env!("CARGO_PKG_VERSION"),
            "rules": rules.collect::<Vec<Value>>(),
        }))
    } else {
        let texts: Vec<String> = asked
            .iter()
            .map(|rule| rule.words(terminal.width))
            .collect();
        texts.join("\n")
    };
    terminal.print(&text)?;
    Ok(exit::SOUND)
}

impl RuleSection {
    /// Heading and text, wrapped; tables are left as they are.
    fn words(&self, width: Option<u16>) -> String {
        let mut words = wrapped(&format!("{} {}", self.code, self.title), width);
        words += &wrapped(self.chapter, width);
        words.push('\n');
        for line in self.text.lines() {
            if line.is_empty() || line.starts_with('|') {
                words += line;
                words.push('\n');
            } else {
                words += &wrapped(line, width);
            }
        }
        words
    }
}

/// Every section of the page that has a code.
fn sections() -> Vec<RuleSection> {
    let mut all: Vec<RuleSection> = Vec::new();
    let mut chapter = "";
    let mut is_open = false;
    for line in ERRORS.lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            let (code, title) = heading.split_once(' ').unwrap_or((heading, ""));
            all.push(RuleSection {
                code,
                title,
                chapter,
                text: String::new(),
            });
            is_open = true;
        } else if let Some(heading) = line.strip_prefix("## ") {
            (chapter, is_open) = (heading, false);
        } else if let Some(rule) = all.last_mut().filter(|_| is_open) {
            rule.text.push_str(line);
            rule.text.push('\n');
        }
    }
    for rule in &mut all {
        rule.text = format!("{}\n", rule.text.trim());
    }
    all
}

/// Why a code is refused, with the nearest that there are.
fn unknown(typed: &str, code: &str, all: &[RuleSection]) -> String {
    let typed = render::escaped(&typed.chars().take(60).collect::<String>());
    let number = |code: &str| {
        code.strip_prefix('P')
            .and_then(|digits| digits.parse::<u32>().ok())
    };
    let Some(asked) = number(code)
        .filter(|_| code.len() == 5 && code[1..].bytes().all(|byte| byte.is_ascii_digit()))
    else {
        return format!(
            "found `{typed}`, expected a code of a finding: P and four digits, such as P3002"
        );
    };
    let mut nearest: Vec<&str> = all.iter().map(|rule| rule.code).collect();
    let distance = |code: &&str| number(code).map_or(u32::MAX, |rule| rule.abs_diff(asked));
    nearest.sort_by_key(distance);
    nearest.truncate(SUGGESTED);
    nearest.sort_unstable();
    format!(
        "no finding has the code `{typed}`; the nearest are {}",
        nearest.join(", ")
    )
}
