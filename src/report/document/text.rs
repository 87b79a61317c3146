//! The renderer for terminals: sections parted by empty lines, wrapped to a width.

use super::section::{Block, Document, Line};
use super::table::{Table, TableRow};
use crate::report::table::{lines, wrapped};

impl Document {
    /// What it says on a terminal, wrapped to `width` terminal columns where given: sections parted by an empty line.
    pub fn text(&self, width: Option<u16>) -> String {
        let sections = self.sections.iter().map(|own| blocks(&own.blocks, width));
        sections.collect::<Vec<_>>().join("\n")
    }

    /// The same with an empty line after each section; nothing where there is none.
    pub(in crate::report) fn ended_text(&self, width: Option<u16>) -> String {
        let sections = self.sections.iter();
        let sections = sections.map(|own| blocks(&own.blocks, width) + "\n");
        sections.collect()
    }
}

fn blocks(blocks: &[Block], width: Option<u16>) -> String {
    blocks.iter().map(|own| block(own, width)).collect()
}

fn block(own: &Block, width: Option<u16>) -> String {
    match own {
        Block::Verdict(_, sentence, beside) => wrapped(sentence, width) + &blocks(beside, width),
        Block::Heading(_, words) => wrapped(&format!("{words}:"), width),
        Block::Paragraphs(_, all) => all.iter().map(|own| wrapped(&own.text, width)).collect(),
        Block::List(_, all) | Block::Folded(_, all) => {
            let item = |own: &Line| wrapped(&format!("- {}", own.text), width);
            all.iter().map(item).collect()
        }
        Block::Table(table) => table.text(width),
        Block::Part(own) => blocks(&own.blocks, width),
        // Beside its sentences a terminal has no room for what is seen at a glance.
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
            cells.map(|own| own.plain(self.beside)).collect()
        };
        let rows: Vec<Vec<String>> = self.rows.iter().map(row).collect();
        let note = match self.note.as_str() {
            "" => String::new(),
            note => wrapped(note, width),
        };
        lines(&self.columns, &rows, width) + &note
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
                Cell::maybe(*users, |own| own.to_string())
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
