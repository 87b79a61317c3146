//! The renderer of pages, by the templates beside this file.

use crate::error::{Error, Result};
use crate::report::document::{Block, Document, Line, Section, TABLES};
use crate::report::written::WrittenFile;
use askama::Template;

/// Name of the report in the output folder.
pub const REPORT_FILE: &str = "report.html";

/// Sentences that are folded away, most of them that paper has.
const MOST_PRINTED: usize = 3;

const SCRIPT: &str = include_str!("report.js");

/// What the page's policy lets run: this script and nothing else, whatever a file of the user's may smuggle in.
const SCRIPT_HASH: &str = "sha256-7SKR2E5h7VUnVTPsLvONlVhe6mIdJAqm418onnWZgng=";

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentHtml<'a> {
    document: &'a Document,
    /// What made the page, for the footer.
    maker: String,
    style: &'static str,
    script: &'static str,
    /// The script's hash as a content security policy names it.
    script_hash: &'static str,
}

#[derive(Template)]
#[template(path = "section.html")]
struct SectionHtml<'a> {
    section: &'a Section,
    level: u8,
}

#[derive(Template)]
#[template(path = "blocks.html")]
struct BlocksHtml<'a> {
    blocks: &'a [Block],
    first: u8,
    level: u8,
}

/// A document as a page of this name.
///
/// # Errors
/// `Error::Internal` if it cannot be rendered.
pub(in crate::report) fn page(name: &str, document: &Document) -> Result<WrittenFile> {
    let html = DocumentHtml {
        document,
        maker: format!("Plimsoll {}", env!("CARGO_PKG_VERSION")),
        style: super::theme::style(),
        script: SCRIPT,
        script_hash: SCRIPT_HASH,
    };
    let text = html
        .render()
        .map_err(|error| Error::Internal(format!("{name} cannot be rendered: {error}")))?;
    Ok(WrittenFile {
        name: name.to_owned(),
        bytes: text.into_bytes(),
    })
}

impl BlocksHtml<'_> {
    fn filled(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(|block| !block.is_empty())
    }

    fn rank(&self, is_first: bool) -> u8 {
        if is_first { self.first } else { self.level }
    }
}

impl Document {
    /// The links at the head of the page: anchors without `#`, and words.
    fn links(&self) -> Vec<(String, &'static str)> {
        let mut links = Vec::new();
        for section in &self.sections {
            for block in &section.blocks {
                if let Block::Table(table) = block {
                    links.push((table.id.clone(), table.link));
                }
            }
            let anchor = section.anchor().map(str::to_owned);
            links.push((anchor.unwrap_or_else(|| section.label()), section.link));
        }
        links.retain(|(_, words)| !words.is_empty());
        links
    }
}

impl Section {
    fn tag(&self) -> &'static str {
        if self.class.starts_with("period") {
            "article"
        } else {
            "section"
        }
    }

    /// `true` if its heading has its anchor.
    fn is_anchored_by_heading(&self) -> bool {
        ["told", "why"].contains(&self.class)
    }

    fn anchor(&self) -> Option<&str> {
        (!self.id.is_empty() && !self.is_anchored_by_heading()).then_some(&self.id)
    }

    fn label(&self) -> String {
        match self.blocks.first() {
            _ if self.is_anchored_by_heading() => self.id.clone(),
            _ if !self.heading.is_empty() => format!("{}-heading", self.id),
            Some(Block::Table(table)) => table.id.clone(),
            _ => "verdict".to_owned(),
        }
    }

    /// What it says, where its own heading has a rank; a table that heads it has that rank.
    fn body(&self, level: u8) -> BlocksHtml<'_> {
        let is_headed_by_table =
            self.heading.is_empty() && matches!(self.blocks.first(), Some(Block::Table(_)));
        BlocksHtml {
            blocks: &self.blocks,
            first: if is_headed_by_table { level } else { level + 1 },
            level: level + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn the_policy_names_the_script() {
        let hash = data_encoding::BASE64.encode(&Sha256::digest(SCRIPT.as_bytes()));
        assert_eq!(SCRIPT_HASH, format!("sha256-{hash}"));
    }
}
