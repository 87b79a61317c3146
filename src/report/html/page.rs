//! Page: what report.html says, as plain values that its template lays out.

use super::explained::Explained;
use super::figure::Figure;
use super::frame::Frame;
use super::table::{DataTable, mark};
use crate::report::headroom::State;

/// Sentences of one topic, period by period.
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// The anchor of its heading.
    pub id: &'static str,
    /// Its heading.
    pub heading: &'static str,
    /// Period by period.
    pub parts: Vec<WhyPart>,
}

/// Sentences of one topic about one period.
#[derive(Debug, Clone, PartialEq)]
pub struct WhyPart {
    /// Which period; empty where there is one only, and for what is about all.
    pub heading: String,
    /// The first few.
    pub told: Vec<Explained>,
    /// The rest, which readers may unfold.
    pub folded: Vec<Explained>,
}

/// A sentence of the briefing, with where more of it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The sentence.
    pub text: String,
    /// Anchor of its because without `#`, and the words that lead there.
    pub because: Option<(String, &'static str)>,
}

/// A total of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What is counted.
    pub words: &'static str,
    /// How many.
    pub value: String,
    /// Anchor of its because, without `#`.
    pub because: Option<String>,
}

/// One of the three numbers of the briefing.
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

impl KeyNumber {
    /// The name of its shape and colour, for the style sheet.
    pub(super) fn mark(&self) -> &'static str {
        mark(self.state)
    }
}

/// What the page says of one period.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodPart {
    /// Counts from 0; the anchor is `period-<index>`.
    pub index: usize,
    /// When: `09:08 to 10:42`.
    pub time: String,
    /// What happens, and what it leaves.
    pub finding: String,
    /// How the period is to be judged.
    pub state: State,
    /// What is not known or not answered in it; may be empty.
    pub phase: &'static str,
    /// Totals.
    pub facts: Vec<Fact>,
    /// Its charts.
    pub figures: Vec<Figure>,
    /// Names of charts in the output folder that would make the page too large.
    pub left_out: Vec<String>,
    /// The sentences about it that weigh most.
    pub explained: Vec<Explained>,
    /// How many others there are.
    pub more_explained: usize,
    /// Who moves, which access points change, who is unserved.
    pub tables: Vec<DataTable>,
}

impl PeriodPart {
    /// The name of its shape and colour, for the style sheet.
    pub(super) fn mark(&self) -> &'static str {
        mark(self.state)
    }
}

/// What report.html says.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Head, title, footer.
    pub frame: Frame,
    /// How the plan is to be judged.
    pub state: State,
    /// The verdict in a sentence.
    pub answer: String,
    /// The tightest period, how far the inputs may be off, what was not known.
    pub findings: Vec<Line>,
    /// Who needs more than there is, what would help, whom to tell, what to do.
    pub next: Vec<Line>,
    /// The three numbers.
    pub numbers: Vec<KeyNumber>,
    /// The tightest components of the tightest period.
    pub tightest: Option<DataTable>,
    /// What the user should know of the input and did not ask.
    pub warnings: Vec<String>,
    /// What was hurt while nobody knew.
    pub unknown: Vec<String>,
    /// One row for every period.
    pub glance: DataTable,
    /// Charts of the whole scenario.
    pub figures: Vec<Figure>,
    /// Period by period.
    pub periods: Vec<PeriodPart>,
    /// Why, topic by topic.
    pub whys: Vec<Why>,
    /// Both ends of the forecast, and what is proven.
    pub proof: Vec<String>,
    /// Everything, by table.
    pub tables: Vec<DataTable>,
}

impl Page {
    /// The name of the verdict's shape and colour, for the style sheet.
    pub(super) fn mark(&self) -> &'static str {
        mark(self.state)
    }
}
