//! Page: what report.html says, as plain values that its template lays out.

use super::figure::Figure;
use super::frame::Frame;
use super::table::{DataTable, mark};
use crate::plan_files::explanations::Explanations;
use crate::report::headroom::State;

/// A sentence that says why, with an anchor that numbers link to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Its anchor: lower-case letters, digits and hyphens, unique in the page.
    pub id: String,
    /// The sentence.
    pub sentence: String,
    /// The period that it is about; `None` is about all.
    pub period: Option<usize>,
    /// Id of the component that it is about, if it is about one.
    pub component: Option<String>,
}

impl Explained {
    /// Who needs more than there is, what binds, and why shards are not at home, of explanations.json.
    pub fn all(explanations: &Explanations) -> Vec<Self> {
        let told = |id: &str, sentence: &str, period: u32, component: Option<&String>| Self {
            id: anchor(id),
            sentence: sentence.to_owned(),
            period: Some(period as usize),
            component: component.cloned(),
        };
        let cuts = explanations.cuts.iter().map(|own| {
            let component = match own.row.components.as_slice() {
                [one] => Some(one),
                _ => None,
            };
            told(&own.id, &own.row.sentence, own.row.period, component)
        });
        let bindings = explanations
            .bindings
            .iter()
            .map(|own| told(&own.id, &own.sentence, own.period, Some(&own.component)));
        let reasons = explanations
            .reasons
            .iter()
            .map(|own| told(&own.id, &own.sentence, own.period, None));
        cuts.chain(bindings).chain(reasons).collect()
    }
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
    /// Totals: words and number.
    pub facts: Vec<(&'static str, String)>,
    /// Its charts.
    pub figures: Vec<Figure>,
    /// Names of charts in the output folder that would make the page too large.
    pub left_out: Vec<String>,
    /// Sentences about it.
    pub explained: Vec<Explained>,
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
    /// The verdict; the first sentence is the answer.
    pub verdict: Vec<String>,
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
    /// Why: what binds, who is unserved, which access points open.
    pub explained: Vec<Explained>,
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

    /// The answer.
    pub(super) fn answer(&self) -> &str {
        self.verdict.first().map_or("", String::as_str)
    }

    /// What is said after the answer.
    pub(super) fn after_the_answer(&self) -> &[String] {
        self.verdict.get(1..).unwrap_or_default()
    }
}

/// An id of explanations.json as an anchor: letters and digits in lower case, all else a hyphen.
fn anchor(id: &str) -> String {
    let plain = |character: char| {
        if character.is_ascii_alphanumeric() {
            character.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    id.chars().map(plain).collect()
}
