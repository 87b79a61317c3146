//! compare.html, from the verdict to the last table.

use super::super::figure::Figure;
use super::super::frame::Frame;
use super::super::page::KeyNumber;
use super::super::table::{DataTable, mark};
use super::pairs::{Paired, Part};
use super::tables;
use crate::error::{Error, Result};
use crate::plan::compare::Pair;
use crate::report::comparison::Told;
use crate::report::headroom::State;
use crate::report::numbers;
use crate::report::text::visible;
use crate::report::written::WrittenFile;
use crate::units::{FEASIBILITY, NOBODY};
use askama::Template;

/// Name of the page in the folder of a comparison.
pub const COMPARISON_PAGE: &str = "compare.html";

/// The page as its template sees it.
#[derive(Template)]
#[template(path = "compare.html")]
struct Compared<'a> {
    page: &'a Page,
}

/// What compare.html says.
struct Page {
    /// Head, title, footer.
    frame: Frame,
    /// How B is to be judged in the pair that the verdict speaks of.
    state: State,
    /// Which is better.
    verdict: String,
    /// What binds in the worse plan, and what to know before comparing.
    said: Vec<String>,
    /// Who is unserved, who moves, who is served elsewhere.
    numbers: Vec<KeyNumber>,
    /// Margins and promises.
    whole: Option<DataTable>,
    /// Every pair of periods, if there are several.
    glance: Option<DataTable>,
    /// What was changed, in a sentence; `None` beside the state before.
    why: Option<String>,
    /// Every changed cell and key.
    inputs: Option<DataTable>,
    /// The pair that the verdict speaks of, then the others.
    pairs: Vec<Part>,
    /// Everything, by table.
    tables: Vec<DataTable>,
}

impl Page {
    /// The name of the verdict's shape and colour, for the style sheet.
    fn mark(&self) -> &'static str {
        mark(self.state)
    }
}

/// compare.html of two plans, with the charts of the pair that the verdict speaks of.
///
/// # Errors
/// `Error::Internal` if the page cannot be rendered.
pub fn comparison(told: &Told, figures: Vec<Figure>) -> Result<WrittenFile> {
    let page = page(told, figures);
    let text = Compared { page: &page }.render().map_err(|error| {
        Error::Internal(format!("{COMPARISON_PAGE} cannot be rendered: {error}"))
    })?;
    Ok(WrittenFile {
        name: COMPARISON_PAGE.to_owned(),
        bytes: text.into_bytes(),
    })
}

fn page(told: &Told, figures: Vec<Figure>) -> Page {
    let paired = Paired { told };
    let why = Some(told.why()).filter(|words| !words.is_empty());
    let inputs = filled(tables::inputs(told));
    let pairs = paired.parts(figures);
    let tables: Vec<DataTable> = [paired.headroom(), paired.shards(), tables::promises(told)]
        .into_iter()
        .filter_map(filled)
        .collect();
    let mut frame = Frame::new(
        "Comparison",
        &format!("{} against {}", told.labels.a.name, told.labels.b.name),
        &format!(
            "A: {}. B: {}.",
            told.labels.a.words(),
            told.labels.b.words()
        ),
    );
    frame.sections = [
        ("briefing", "Briefing", true),
        ("why", "What was changed", why.is_some()),
        ("pairs", "Side by side", !pairs.is_empty()),
        ("tables", "Tables", !tables.is_empty()),
    ]
    .into_iter()
    .filter_map(|(anchor, words, is_there)| is_there.then_some((anchor, words)))
    .collect();
    Page {
        frame,
        state: if told.comparison.refused()[1].is_some() {
            State::Full
        } else {
            told.shown().map_or(State::Fine, state)
        },
        verdict: visible(&told.verdict()).into_owned(),
        said: all_visible(&[why.iter().cloned().collect(), told.because(), told.notes()].concat()),
        numbers: told
            .shown()
            .map_or_else(Vec::new, |pair| numbers(told, pair)),
        whole: filled(tables::whole(told)),
        glance: (told.comparison.pairs.len() > 1).then(|| paired.glance()),
        why,
        inputs,
        pairs,
        tables,
    }
}

fn filled(table: DataTable) -> Option<DataTable> {
    Some(table).filter(|table| !table.rows.is_empty())
}

fn all_visible(sentences: &[String]) -> Vec<String> {
    let made = sentences.iter().map(|words| visible(words).into_owned());
    made.collect()
}

/// How B is to be judged in a pair.
fn state(pair: &Pair) -> State {
    let [_, b] = &pair.totals;
    if b.unserved > NOBODY {
        State::Full
    } else if b.worst_shortfall > FEASIBILITY {
        State::BelowTarget
    } else {
        State::Fine
    }
}

/// Three numbers of B with those of A beside them.
fn numbers(told: &Told, pair: &Pair) -> Vec<KeyNumber> {
    let [a, b] = &pair.totals;
    let position = told.position(pair);
    let number = |value: f64, label: &str, note: String, because: String, state| KeyNumber {
        value: numbers::users_up(value),
        label: label.to_owned(),
        note,
        because,
        state,
    };
    let beside = |value: f64| format!("{} in A", numbers::users_up(value));
    let is_unserved = b.unserved > NOBODY;
    let because = if pair.homes.is_empty() {
        format!("totals-{position}")
    } else {
        format!("streams-{position}")
    };
    vec![
        number(
            b.unserved,
            "users unserved in B",
            beside(a.unserved),
            format!("totals-{position}"),
            if is_unserved {
                State::Full
            } else {
                State::Fine
            },
        ),
        number(
            b.moved,
            "users who move in B",
            beside(a.moved),
            format!("totals-{position}"),
            State::Fine,
        ),
        number(
            pair.users_elsewhere(),
            "users served elsewhere",
            format!(
                "{} {} at other sites in B than in A",
                numbers::users(pair.homes.len() as f64),
                if pair.homes.len() == 1 {
                    "shard"
                } else {
                    "shards"
                }
            ),
            because,
            State::Fine,
        ),
    ]
}
