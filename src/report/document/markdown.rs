//! The renderer for Markdown: headings, sentences line below line, lists, and numbered steps with what belongs to each.

use super::section::{Block, Document, Line, Section};
use crate::report::text::visible;
use std::fmt::Write as _;

/// Class of sentences with an empty line after each.
const APART: &str = "apart";

/// Class of lists whose items are numbered through the section.
const STEPS: &str = "steps";

/// Class of lists of what belongs to the step before them.
const DETAILS: &str = "details";

impl Document {
    /// What it says as Markdown. Tables and figures stand in files beside it.
    pub fn markdown(&self) -> String {
        let mut text = format!("# {}\n\n", self.title);
        for section in &self.sections {
            write_section(section, 2, &mut text);
        }
        text
    }
}

fn write_section(section: &Section, level: usize, text: &mut String) {
    if !section.heading.is_empty() {
        let _ = writeln!(text, "\n{} {}\n", "#".repeat(level), section.heading);
    }
    let mut number = 0;
    for block in &section.blocks {
        let (class, lines, is_list) = match block {
            Block::Paragraphs(class, lines) => (*class, lines, false),
            Block::List(class, lines) => (*class, lines, true),
            Block::Part(part) => {
                write_section(part, level + 1, text);
                continue;
            }
            _ => continue,
        };
        for Line { text: line, .. } in lines {
            let _ = match class {
                APART => writeln!(text, "{line}\n"),
                DETAILS => writeln!(text, "   - {line}"),
                STEPS => {
                    number += 1;
                    writeln!(text, "{number}. {line}")
                }
                _ if is_list => writeln!(text, "- {line}"),
                _ => writeln!(text, "{line}"),
            };
        }
    }
}

/// Sentence by sentence, as a section of a text is written.
impl Section {
    pub(in crate::report) fn titled(heading: &str) -> Self {
        Self {
            heading: visible(heading).into_owned(),
            ..Self::default()
        }
    }

    pub(in crate::report) fn say(&mut self, sentence: impl Into<Line>) {
        self.blocks.push(Block::sentences([sentence]));
    }

    pub(in crate::report) fn apart(&mut self, sentence: impl Into<Line>) {
        let line = vec![sentence.into()];
        self.blocks.push(Block::Paragraphs(APART, line));
    }

    pub(in crate::report) fn items<L: Into<Line>>(&mut self, items: impl IntoIterator<Item = L>) {
        self.blocks.push(Block::items(items));
    }

    /// Adds the first items of a list; where there are others, `more` tells of so many.
    pub(in crate::report) fn first_items(
        &mut self,
        items: impl IntoIterator<Item = String>,
        most: usize,
        more: impl FnOnce(usize) -> String,
    ) {
        let mut items = items.into_iter();
        self.items(items.by_ref().take(most));
        match items.count() {
            0 => {}
            others => self.items([more(others)]),
        }
    }

    pub(in crate::report) fn step(&mut self, step: impl Into<Line>) {
        self.blocks.push(Block::List(STEPS, vec![step.into()]));
    }

    pub(in crate::report) fn steps<L: Into<Line>>(&mut self, steps: impl IntoIterator<Item = L>) {
        for step in steps {
            self.step(step);
        }
    }

    pub(in crate::report) fn detail(&mut self, detail: impl Into<Line>) {
        self.blocks.push(Block::List(DETAILS, vec![detail.into()]));
    }

    pub(in crate::report) fn part(&mut self, part: Self) {
        self.blocks.push(Block::Part(part));
    }
}
