//! Table: rows that sort and filter in the page.

use crate::report::headroom::{HeadroomRow, State};
use crate::report::numbers;
use crate::report::text::visible;

/// Most rows of one table of a page; the CSV beside it has all.
pub(super) const MOST_ROWS: usize = 250;

/// Most characters of a word that is never broken.
const LONGEST_WORD: usize = 18;

/// A table of a page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DataTable {
    /// Its anchor: lower-case letters, digits and hyphens, unique in the page.
    pub id: String,
    /// What it lists.
    pub caption: String,
    /// How to read it, and what is left out; may be empty.
    pub note: String,
    /// Headings, left to right.
    pub columns: Vec<Heading>,
    /// Rows, in the order in which they are shown first.
    pub rows: Vec<Row>,
    /// `true` if readers may sort and filter it; short tables need neither.
    pub is_sortable: bool,
}

/// The heading of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heading {
    /// What stands in the column.
    pub words: &'static str,
    /// `true` if they are numbers: right-aligned, sorted by value.
    pub is_number: bool,
}

impl Heading {
    /// A column of words.
    pub const fn words(words: &'static str) -> Self {
        Self {
            words,
            is_number: false,
        }
    }

    /// A column of numbers.
    pub const fn number(words: &'static str) -> Self {
        Self {
            words,
            is_number: true,
        }
    }
}

/// A row, which others may link to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// Its anchor, if anything links to it.
    pub id: Option<String>,
    /// One cell for every heading.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// What is shown, without anything that hides or turns the reading direction.
    pub text: String,
    /// A second, smaller line; may be empty.
    pub detail: String,
    /// The full value, if it is a number: what the column is sorted by.
    pub value: Option<f64>,
    /// Anchor of its because, without `#`.
    pub because: Option<String>,
    /// How it is to be judged; a shape and a colour.
    pub state: Option<State>,
    /// A bar behind the number.
    pub gauge: Option<Gauge>,
}

/// A bar of what is free of a capacity, before against during.
#[derive(Debug, Clone, PartialEq)]
pub struct Gauge {
    /// Percent of the bar that is filled.
    pub during: f64,
    /// Percent at which the state before is marked.
    pub before: Option<f64>,
    /// Percent at which the target is marked.
    pub target: Option<f64>,
    /// How it is to be judged.
    pub state: State,
    /// What the pointer tells.
    pub tip: String,
}

impl Cell {
    /// Words, from whomever.
    pub fn words(text: &str) -> Self {
        Self {
            text: visible(text).into_owned(),
            ..Self::default()
        }
    }

    /// A number as people read it, maybe with a unit, and its value.
    pub fn number(text: impl AsRef<str>, value: f64) -> Self {
        Self {
            text: visible(text.as_ref()).into_owned(),
            value: Some(value),
            ..Self::default()
        }
    }

    /// A number, or a dash where there is none.
    pub fn maybe(value: Option<f64>, words: fn(f64) -> String) -> Self {
        value.map_or_else(
            || Self::words("–"),
            |value| Self::number(words(value), value),
        )
    }

    /// The number of a period.
    pub fn period(index: usize) -> Self {
        Self::number(index.to_string(), index as f64).because(format!("period-{index}"))
    }

    /// Users, rounded to the nearest.
    pub fn users(count: f64) -> Self {
        Self::number(numbers::users(count), count)
    }

    /// The cell with a link to its because.
    #[must_use]
    pub fn because(mut self, anchor: impl Into<String>) -> Self {
        self.because = Some(anchor.into());
        self
    }

    /// The cell with a link to its because, if there is one; a number that is shown as 0 needs none.
    #[must_use]
    pub fn maybe_because(mut self, anchor: Option<String>) -> Self {
        self.because = anchor.filter(|_| self.text != "0");
        self
    }

    /// The cell with a judgement.
    #[must_use]
    pub fn judged(mut self, state: State) -> Self {
        self.state = Some(state);
        self
    }

    /// The cell with a second line.
    #[must_use]
    pub fn detailed(mut self, words: &str) -> Self {
        self.detail = visible(words).into_owned();
        self
    }

    /// The name of the shape and colour of its judgement, for the style sheet.
    pub(super) fn mark(&self) -> Option<&'static str> {
        self.state.map(mark)
    }

    /// `true` if it has a word that is better broken than left to widen its column.
    pub(super) fn is_long(&self) -> bool {
        let words = [&self.text, &self.detail].into_iter();
        words
            .flat_map(|text| text.split([' ', '-']))
            .any(|word| word.chars().count() > LONGEST_WORD)
    }

    /// Its judgement in words.
    pub(super) fn judgement(&self) -> &'static str {
        self.state.map_or("", State::words)
    }
}

impl DataTable {
    /// The cells of a row, each with what its column makes of it.
    pub(super) fn placed<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = Placed<'a>> {
        let heading = self.columns.iter().position(|column| !column.is_number);
        let pairs = self.columns.iter().zip(&row.cells).enumerate();
        pairs.map(move |(position, (column, cell))| Placed {
            cell,
            tag: if heading == Some(position) {
                "th"
            } else {
                "td"
            },
            is_number: column.is_number,
        })
    }
}

/// A cell in its column.
pub(super) struct Placed<'a> {
    /// The cell.
    pub(super) cell: &'a Cell,
    /// Its element: the first column of words heads its row.
    pub(super) tag: &'static str,
    /// `true` in a column of numbers.
    pub(super) is_number: bool,
}

/// The name of a state's shape and colour in the style sheet.
pub(super) fn mark(state: State) -> &'static str {
    match state {
        State::Fine => "fine",
        State::BelowTarget => "below-target",
        State::Full => "full",
        State::Gone => "gone",
    }
}

impl Gauge {
    /// The name of its colour, for the style sheet.
    pub(super) fn mark(&self) -> &'static str {
        mark(self.state)
    }

    /// The bar of a row; `None` where nothing is to be measured.
    pub fn of(row: &HeadroomRow) -> Option<Self> {
        let during = row.headroom_during()?;
        let percent = |share: f64| (share.clamp(0.0, 1.0) * 1000.0).round() / 10.0;
        let was = row.headroom_before().map_or_else(String::new, |before| {
            format!(" (was {})", numbers::headroom(before))
        });
        let target = row.target.map_or_else(String::new, |target| {
            format!(", target {}", numbers::percent(target))
        });
        let tip = format!(
            "{}, {}: headroom {}{was}{target}, load {} of {}",
            row.name,
            row.resource,
            numbers::headroom(during),
            numbers::amount(row.load),
            numbers::quantity(row.capacity, &row.unit),
        );
        Some(Self {
            during: percent(during),
            before: row.headroom_before().map(percent),
            target: row.target.map(percent),
            state: row.state(),
            tip: visible(&tip).into_owned(),
        })
    }
}

/// The first rows of a list that stands in the order of importance, and what the note says of the rest.
///
/// ```
/// use plimsoll::report::html::selected;
/// let (rows, note) = selected(vec![1; 251], "tightest", "headroom.csv");
/// assert_eq!(rows.len(), 250);
/// assert_eq!(note, "The 250 tightest of 251 rows; headroom.csv has all.");
/// assert_eq!(selected(vec![1], "tightest", "headroom.csv").1, "");
/// ```
pub fn selected<T>(mut rows: Vec<T>, which: &str, file: &str) -> (Vec<T>, String) {
    let all = rows.len();
    if all <= MOST_ROWS {
        return (rows, String::new());
    }
    rows.truncate(MOST_ROWS);
    let note = format!(
        "The {MOST_ROWS} {which} of {} rows; {file} has all.",
        numbers::users(all as f64)
    );
    (rows, note)
}
