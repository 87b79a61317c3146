//! The renderers for terminals, sections parted by empty lines and wrapped to a width; and for Markdown: headings, sentences
//! line below line, lists, and numbered steps with what belongs to each.

use super::section::{Block, Document, Line, Section};
use super::table::{Table, TableRow};
use crate::report::table::{Align, lines, wrapped};
use crate::report::text::visible;
use std::fmt::Write as _;

/// Class of sentences with an empty line after each.
const APART: &str = "apart";

/// Class of lists whose items are numbered through the section.
const STEPS: &str = "steps";

impl Document {
    /// What it says on a terminal, wrapped to `width` terminal columns where given: sections parted by an empty line.
    pub fn text(&self, width: Option<u16>) -> String {
        let sections = self
            .sections
            .iter()
            .map(|section| blocks(&section.blocks, width));
        sections.collect::<Vec<_>>().join("\n")
    }

    /// The same with an empty line after each section; nothing where there is none.
    pub(in crate::report) fn ended_text(&self, width: Option<u16>) -> String {
        let sections = self.sections.iter();
        let sections = sections.map(|section| blocks(&section.blocks, width) + "\n");
        sections.collect()
    }

    /// What it says as Markdown. Figures stand in files beside it.
    pub fn markdown(&self) -> String {
        let mut text = format!("# {}\n\n", self.title);
        for section in &self.sections {
            write_section(section, 2, &mut text);
        }
        text
    }
}

fn blocks(blocks: &[Block], width: Option<u16>) -> String {
    blocks
        .iter()
        .map(|one_block| block(one_block, width))
        .collect()
}

fn block(block: &Block, width: Option<u16>) -> String {
    match block {
        Block::Verdict(_, sentence, beside) => wrapped(sentence, width) + &blocks(beside, width),
        Block::Heading(_, words) => wrapped(&format!("{words}:"), width),
        Block::Paragraphs(_, all) => all.iter().map(|line| wrapped(&line.text, width)).collect(),
        Block::List(_, all) | Block::Folded(_, all) => {
            let item = |line: &Line| wrapped(&format!("- {}", line.text), width);
            all.iter().map(item).collect()
        }
        Block::Table(table) => table.text(width),
        Block::Part(section) => blocks(&section.blocks, width),
        Block::Unprinted(_, one_blocks) => blocks(one_blocks, width),
        // Beside its sentences a terminal has no space for the overview.
        Block::Numbers(_) | Block::Facts(_) | Block::Figures(_) => String::new(),
    }
}

impl Table {
    /// The table on a terminal; nothing if it has no rows.
    pub fn text(&self, width: Option<u16>) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let row = |row: &TableRow| -> Vec<String> {
            let cells = row.cells.iter();
            cells.map(|cell| cell.plain(self.beside)).collect()
        };
        let rows: Vec<Vec<String>> = self.rows.iter().map(row).collect();
        let note = match self.note.as_str() {
            "" => String::new(),
            note => wrapped(note, width),
        };
        lines(&self.columns, &rows, width) + &note
    }
}

impl Table {
    /// The table as Markdown; its cells are Markdown already.
    fn write_markdown(&self, text: &mut String) {
        let mut write_row = |cells: &mut dyn Iterator<Item = String>| {
            let cells: Vec<String> = cells.collect();
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        };
        write_row(&mut self.columns.iter().map(|column| column.words.clone()));
        write_row(&mut self.columns.iter().map(|column| {
            let rule = if column.is_number || column.align == Align::Right {
                "---:"
            } else {
                "---"
            };
            rule.to_owned()
        }));
        for row in &self.rows {
            let cells = row.cells.iter();
            write_row(&mut cells.map(|cell| cell.plain(self.beside).replace('\n', " ")));
        }
        text.push('\n');
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
            Block::Table(table) => {
                table.write_markdown(text);
                continue;
            }
            _ => continue,
        };
        for Line { text: line, .. } in lines {
            let _ = match class {
                APART => writeln!(text, "{line}\n"),
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

    /// Adds the first items of a list; where there are others, `more` makes a line of their number.
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

    pub(in crate::report) fn part(&mut self, part: Self) {
        self.blocks.push(Block::Part(part));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Block, Cell, Document, Listing};

    #[test]
    fn sections_that_say_nothing_are_left_out_and_what_is_missing_is_a_dash() {
        let table = Listing::of([("Oslo", Some(7.0)), ("Bergen", None)])
            .words("site", |(name, _)| *name)
            .number("users", |(_, users)| {
                Cell::maybe(*users, |value| value.to_string())
            })
            .number(None, |_| "a column that is left out")
            .plain();
        let document = Document::of([
            vec![Block::sentences(["Everyone is served."])],
            vec![Block::items(Vec::<String>::new())],
            vec![Block::Table(table.noted("2 of 9 sites."))],
        ]);
        let expected = "Everyone is served.\n\nsite    users\n-------------\nOslo        7\nBergen      -\n2 of 9 sites.\n";
        assert_eq!(document.text(None), expected);
    }
}
