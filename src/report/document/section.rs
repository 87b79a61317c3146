//! Sections: the values of which a document is put together.

use super::table::Table;
use crate::report::headroom::State;
use crate::report::text::visible;
use crate::report::written::WrittenFile;

/// What a command found, in sections.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// What it is called.
    pub title: String,
    /// When and where, below the title.
    pub subtitle: String,
    /// What kind of document it is, such as `Plan`.
    pub kind: &'static str,
    /// What it says, in order.
    pub sections: Vec<Section>,
}

/// A section: a heading with what stands below it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Section {
    /// Its anchor: lower-case letters, digits and hyphens, unique in the document. Empty where nothing links to it.
    pub id: String,
    /// Words of the link to it at the head of a page; empty where there is none.
    pub link: &'static str,
    /// Its heading; empty where its verdict or its first table heads it.
    pub heading: String,
    /// When it is, beside its heading; may be empty.
    pub time: String,
    /// How it is to be judged, if it is: a shape and a colour before its heading.
    pub state: Option<State>,
    /// What it is for the style sheet; may be empty.
    pub class: &'static str,
    /// What it says, in order.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// The verdict with how it is to be judged, and what stands beside it.
    Verdict(State, String, Vec<Block>),
    /// A few numbers, each with where its reason stands.
    Numbers(Vec<KeyNumber>),
    /// A heading within a section, with its anchor; an empty anchor is none.
    Heading(&'static str, String),
    /// Paragraphs of one sentence or more, of a class of the style sheet.
    Paragraphs(&'static str, Vec<Line>),
    /// A list of sentences.
    List(&'static str, Vec<Line>),
    /// A list that is folded away, and the words that unfold it.
    Folded(String, Vec<Line>),
    /// Pieces that are folded away and left out on paper, and the words that unfold them.
    Unprinted(String, Vec<Block>),
    /// Totals.
    Facts(Vec<Fact>),
    /// Charts.
    Figures(Vec<Figure>),
    /// A table.
    Table(Table),
    /// A section within the section.
    Part(Section),
}

/// A sentence, which others may link to and which may link to others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Its anchor; may be empty.
    pub id: String,
    /// Where what comes before it stands, and the words that lead there.
    pub before: Option<(String, String)>,
    /// The sentence; what stands between backticks is code.
    pub text: String,
    /// Where more of it stands, an anchor or a file beside the document, and the words that lead there.
    pub link: Option<(String, String)>,
}

/// A number that a reader should see first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyNumber {
    /// The number as people read it.
    pub value: String,
    /// What it counts.
    pub label: String,
    /// When, of how many, against which target.
    pub note: String,
    /// Anchor of its because, without `#`.
    pub because: String,
    /// How it is to be judged.
    pub state: State,
}

/// A total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What is counted.
    pub words: &'static str,
    /// How many.
    pub value: String,
    /// Anchor of its because, without `#`.
    pub because: Option<String>,
}

/// A chart, drawn wide and narrow.
///
/// Both forms are SVG of our own making, in which every text of the user's is escaped
/// (`report::charts::canvas`): templates insert them as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Its name in the output folder without folder and ending, such as `headroom-0`.
    pub name: String,
    /// What it is, for headings, such as `Headroom`.
    pub subject: &'static str,
    /// The finding.
    pub title: String,
    /// The period that it shows; `None` shows all.
    pub period: Option<usize>,
    /// The SVG for wide screens, for paper and for the output folder.
    pub wide: String,
    /// The SVG for narrow screens.
    pub narrow: String,
    /// The wide SVG as PNG.
    pub png: Vec<u8>,
    /// Anchor of the table with its numbers; may be empty.
    pub table: String,
}

impl Figure {
    /// The files of the output folder.
    pub fn files(self) -> [WrittenFile; 2] {
        let file =
            |ending, bytes| WrittenFile::new(format!("charts/{}.{ending}", self.name), bytes);
        [file("svg", self.wide.into_bytes()), file("png", self.png)]
    }

    /// The same with the anchor of the table with its numbers.
    #[must_use]
    pub(in crate::report) fn tabled(self, table: impl Into<String>) -> Self {
        Self {
            table: table.into(),
            ..self
        }
    }

    pub(in crate::report) fn size(&self) -> usize {
        self.wide.len() + self.narrow.len()
    }
}

impl Document {
    /// A page without sections yet: its kind, what it is called, when and where it is.
    pub(in crate::report) fn page(kind: &'static str, title: &str, subtitle: &str) -> Self {
        Self {
            title: visible(title).into_owned(),
            subtitle: visible(subtitle).into_owned(),
            kind,
            sections: Vec::new(),
        }
    }

    /// A document of sections without headings, for a terminal: those that say nothing are left out.
    pub(in crate::report) fn of(sections: impl IntoIterator<Item = Vec<Block>>) -> Self {
        let mut document = Self::default();
        for blocks in sections {
            document.add(blocks);
        }
        document
    }

    pub(in crate::report) fn add(&mut self, blocks: Vec<Block>) {
        self.push(Section {
            blocks,
            ..Section::default()
        });
    }

    pub(in crate::report) fn push(&mut self, section: Section) {
        if section.blocks.iter().any(|block| !block.is_empty()) {
            self.sections.push(section);
        }
    }
}

impl Section {
    /// A section with an anchor and a heading; the words of the link to it are those of its heading.
    pub(in crate::report) fn new(id: &str, heading: &'static str, blocks: Vec<Block>) -> Self {
        Self {
            id: id.to_owned(),
            link: heading,
            heading: heading.to_owned(),
            blocks,
            ..Self::default()
        }
    }

    /// A section with an anchor that its first block heads, and the words of the link to it.
    pub(in crate::report) fn headed(
        id: &str,
        link: &'static str,
        class: &'static str,
        blocks: Vec<Block>,
    ) -> Self {
        Self {
            id: id.to_owned(),
            link,
            class,
            blocks,
            ..Self::default()
        }
    }

    pub(in crate::report) fn charts(heading: &str, figures: Vec<Figure>) -> Self {
        Self {
            link: "Charts",
            heading: heading.to_owned(),
            ..Self::new("charts", "", vec![Block::Figures(figures)])
        }
    }

    pub(in crate::report) fn tables(tables: Vec<Table>) -> Self {
        Self::new(TABLES, "Tables", Block::tables(tables))
    }
}

pub(in crate::report) const TABLES: &str = "tables";

impl Block {
    pub(in crate::report) fn sentences<L: Into<Line>>(all: impl IntoIterator<Item = L>) -> Self {
        Self::Paragraphs("", all.into_iter().map(Into::into).collect())
    }

    pub(in crate::report) fn items<L: Into<Line>>(all: impl IntoIterator<Item = L>) -> Self {
        Self::List("", all.into_iter().map(Into::into).collect())
    }

    pub(in crate::report) fn tables(tables: impl IntoIterator<Item = Table>) -> Vec<Self> {
        let filled = tables.into_iter().filter(|table| !table.rows.is_empty());
        filled.map(Self::Table).collect()
    }

    /// `true` if it says nothing.
    pub(in crate::report) fn is_empty(&self) -> bool {
        match self {
            Self::Verdict(..) | Self::Heading(..) => false,
            Self::Numbers(all) => all.is_empty(),
            Self::Paragraphs(_, all) | Self::List(_, all) | Self::Folded(_, all) => all.is_empty(),
            Self::Facts(all) => all.is_empty(),
            Self::Figures(all) => all.is_empty(),
            Self::Table(table) => table.rows.is_empty(),
            Self::Part(section) => section.blocks.iter().all(Self::is_empty),
            Self::Unprinted(_, all) => all.iter().all(Self::is_empty),
        }
    }
}

impl<T: AsRef<str>> From<T> for Line {
    fn from(text: T) -> Self {
        Self {
            text: visible(text.as_ref()).into_owned(),
            ..Self::default()
        }
    }
}

impl Line {
    /// The sentence with where more of it stands, and the words that lead there.
    pub(in crate::report) fn linked(mut self, link: Option<(String, &str)>) -> Self {
        self.link = link.map(|(anchor, words)| (anchor, words.to_owned()));
        self
    }

    /// The sentence with a link before it.
    pub(in crate::report) fn after(mut self, link: Option<(String, String)>) -> Self {
        self.before = link;
        self
    }

    /// Its words and its code in turn, each with whether it is code.
    pub(in crate::report) fn pieces(&self) -> Vec<(bool, &str)> {
        let pieces: Vec<&str> = self.text.split('`').collect();
        // A backtick without another one is a letter of a name.
        if pieces.len().is_multiple_of(2) {
            return vec![(false, &self.text)];
        }
        let pieces = pieces.into_iter().enumerate();
        pieces
            .map(|(index, text)| (index % 2 == 1, text))
            .filter(|(_, text)| !text.is_empty())
            .collect()
    }

    /// Where a link leads: a name with a dot is a file beside the document, any other an anchor within it.
    pub(in crate::report) fn href(target: &str) -> String {
        let mark = if target.contains('.') { "" } else { "#" };
        format!("{mark}{target}")
    }

    pub(in crate::report) fn link(anchor: &str, words: &str) -> Self {
        Self::from("").linked(Some((anchor.to_owned(), words)))
    }
}
