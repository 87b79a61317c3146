//! report.html of a replay, from the finding to what is assumed.

use super::super::figure::Figure;
use super::super::frame::Frame;
use super::super::page::KeyNumber;
use super::super::report::REPORT_FILE;
use super::super::table::{DataTable, mark};
use super::tables;
use crate::error::{Error, Result};
use crate::report::headroom::State;
use crate::report::numbers;
use crate::report::replay::{RunFacts, Told, heading, premise, share_words};
use crate::report::span::spoken;
use crate::report::text::visible;
use crate::report::written::WrittenFile;
use askama::Template;

/// The page as its template sees it.
#[derive(Template)]
#[template(path = "replay.html")]
struct Replayed<'a> {
    page: &'a Page,
}

/// What is said of one run.
struct RunPart {
    /// What was done.
    heading: String,
    /// What came of it.
    sentences: Vec<String>,
}

/// What the page of a replay says.
struct Page {
    /// Head, title, footer.
    frame: Frame,
    /// How what was asked for is to be judged.
    state: State,
    /// How many user minutes are lost, and how many fewer.
    finding: String,
    /// What has to be known of the plan.
    of_plan: Option<String>,
    /// Run by run.
    runs: Vec<RunPart>,
    /// What is paid back.
    paid_back: String,
    /// Minutes lost, users down at once, tenants that get less than promised.
    numbers: Vec<KeyNumber>,
    /// The charts.
    figures: Vec<Figure>,
    /// Events, what was short, tiers, tenants.
    tables: Vec<DataTable>,
    /// What is assumed of clients.
    assumed: Vec<String>,
}

impl Page {
    /// The name of the verdict's shape and colour, for the style sheet.
    fn mark(&self) -> &'static str {
        mark(self.state)
    }
}

/// report.html of a replay, with its charts ([`drawings`](Told::drawings)).
///
/// # Errors
/// `Error::Internal` if the page cannot be rendered.
pub fn replay_report(told: &Told<'_>, figures: Vec<Figure>) -> Result<WrittenFile> {
    let page = page(told, figures);
    let text = Replayed { page: &page }
        .render()
        .map_err(|error| Error::Internal(format!("{REPORT_FILE} cannot be rendered: {error}")))?;
    Ok(WrittenFile {
        name: REPORT_FILE.to_owned(),
        bytes: text.into_bytes(),
    })
}

fn page(told: &Told<'_>, figures: Vec<Figure>) -> Page {
    let tables: Vec<DataTable> = [
        tables::events(told),
        tables::components(told),
        tables::tiers(told),
        tables::tenants(told),
    ]
    .into_iter()
    .filter(|table| !table.rows.is_empty())
    .collect();
    let mut frame = Frame::new(
        "Replay",
        &format!("What users would have felt: {}", told.scenario.name),
        &subtitle(told),
    );
    frame.sections = [
        ("briefing", "Briefing", true),
        ("charts", "Charts", !figures.is_empty()),
        ("tables", "Tables", !tables.is_empty()),
        ("assumed", "What is assumed", true),
    ]
    .into_iter()
    .filter_map(|(anchor, words, is_there)| is_there.then_some((anchor, words)))
    .collect();
    let runs = told.runs().iter().map(|own| RunPart {
        heading: premise(own.run.conduct).to_owned(),
        sentences: all_visible(&told.sentences(own)),
    });
    Page {
        frame,
        state: judged(told.is_anybody_down()),
        finding: shown(&format!("{}.", told.finding())),
        of_plan: told.of_plan().as_deref().map(shown),
        paid_back: shown(&told.paid_back()),
        runs: runs.filter(|own| !own.sentences.is_empty()).collect(),
        numbers: key_numbers(told, &tables),
        figures,
        tables,
        assumed: all_visible(&told.assumed()),
    }
}

fn all_visible(sentences: &[String]) -> Vec<String> {
    sentences.iter().map(|words| shown(words)).collect()
}

/// A sentence without anything hidden, in which a percent sign stays on the line of its number.
fn shown(sentence: &str) -> String {
    visible(sentence).replace(" %", "\u{a0}%")
}

/// When it is.
fn subtitle(told: &Told<'_>) -> String {
    let moments = told.runs().iter().flat_map(|own| &own.run.moments);
    let starts = moments.clone().map(|own| own.start);
    let ends = moments.map(|own| own.end);
    let (from, to) = (starts.min(), ends.max());
    from.zip(to).map_or_else(String::new, |(from, to)| {
        spoken(told.scenario.offset, from, to)
    })
}

fn judged(is_bad: bool) -> State {
    if is_bad { State::Full } else { State::Fine }
}

/// Minutes that are lost, users who are down at once, tenants that get less than they were promised.
fn key_numbers(told: &Told<'_>, tables: &[DataTable]) -> Vec<KeyNumber> {
    let Some(asked) = told.asked() else {
        return Vec::new();
    };
    let beside = |words: &dyn Fn(&RunFacts<'_>) -> String| {
        let other = told.runs().iter().skip(1);
        let words = other.map(|own| format!("{} {}", words(own), heading(own.run.conduct)));
        words.collect::<Vec<_>>().join(", ")
    };
    let to = |id: &str| {
        let is_there = tables.iter().any(|table| table.id == id);
        if is_there { id } else { "assumed" }.to_owned()
    };
    let share = asked.down_share().map(share_words);
    let of_all = share.map_or_else(String::new, |own| format!(", {own} of all"));
    let most = |own: &RunFacts<'_>| own.worst.map_or(0.0, |own| own.most_down);
    let below = told.below(asked);
    vec![
        KeyNumber {
            value: numbers::about(asked.down_minutes()),
            label: format!("user minutes lost{of_all}"),
            note: beside(&|own| numbers::about(own.down_minutes())),
            because: to(tables::TIERS),
            state: judged(asked.is_anybody_down()),
        },
        KeyNumber {
            value: numbers::users_up(most(asked)),
            label: "users down at once, at most".to_owned(),
            note: beside(&|own| numbers::users_up(most(own))),
            because: to(tables::COMPONENTS),
            state: judged(asked.is_anybody_down()),
        },
        KeyNumber {
            value: numbers::users(below as f64),
            label: if below == 1 {
                "tenant gets less than promised".to_owned()
            } else {
                "tenants get less than promised".to_owned()
            },
            note: beside(&|own| numbers::users(told.below(own) as f64)),
            because: to(tables::TENANTS),
            state: judged(below > 0),
        },
    ]
}
