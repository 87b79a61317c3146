//! Table: columns that are declared once with heading and cells, and rows that pages sort and filter.

use crate::report::headroom::{HeadroomRow, State};
use crate::report::numbers;
use crate::report::table::{Align, Column};
use crate::report::text::{glued, unglued, visible};

/// Most rows of one table of a page; the CSV beside it has all.
const MOST_ROWS: usize = 250;

/// Most characters of a word that is never broken.
const LONGEST_WORD: usize = 18;

/// A table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Its anchor: lower-case letters, digits and hyphens, unique in the page.
    pub id: String,
    /// What it lists.
    pub caption: String,
    /// How to read it, and what is left out; may be empty.
    pub note: String,
    /// Columns, left to right.
    pub columns: Vec<Column>,
    /// Rows, in the order in which they are shown first.
    pub rows: Vec<TableRow>,
    /// `true` if readers may sort and filter it; short tables need neither.
    pub is_sortable: bool,
    /// Words of the link to it at the head of a page; empty where there is none.
    pub link: &'static str,
    /// What parts a cell from its detail on a terminal; `None` leaves details out there.
    pub beside: Option<&'static str>,
}

/// The heading of a column: words, or nothing where the column is left out.
pub(in crate::report) trait Heading {
    fn words(self) -> Option<String>;
}

impl Heading for &str {
    fn words(self) -> Option<String> {
        Some(self.to_owned())
    }
}

impl Heading for String {
    fn words(self) -> Option<String> {
        Some(self)
    }
}

impl Heading for Option<&str> {
    fn words(self) -> Option<String> {
        self.map(str::to_owned)
    }
}

/// Things that become the rows of a table, column by column.
pub struct Listing<T> {
    things: Vec<T>,
    table: Table,
}

impl<T> Listing<T> {
    pub(in crate::report) fn of(things: impl IntoIterator<Item = T>) -> Self {
        let things: Vec<T> = things.into_iter().collect();
        let rows = things.iter().map(|_| TableRow::default()).collect();
        let table = Table {
            rows,
            ..Table::default()
        };
        Self { things, table }
    }

    /// The first things of a list in the order of importance; the note says what is left out, and which file has it.
    pub(in crate::report) fn selected(things: Vec<T>, which: &str, file: &str) -> Self {
        let (things, note) = selected(things, which, file);
        let mut listing = Self::of(things);
        listing.table.note = note;
        listing
    }

    pub(in crate::report) fn each(&self) -> impl Iterator<Item = &T> {
        self.things.iter()
    }

    /// The same of the things that are shown, each with something made of it.
    pub(in crate::report) fn with<M>(self, mut made: impl FnMut(&T) -> M) -> Listing<(T, M)> {
        let things = self.things.into_iter().map(|thing| {
            let made = made(&thing);
            (thing, made)
        });
        Listing {
            things: things.collect(),
            table: self.table,
        }
    }

    pub(in crate::report) fn words<C: Into<Cell>>(
        self,
        heading: impl Heading,
        cell: impl Fn(&T) -> C,
    ) -> Self {
        self.column(heading, (Align::Left, false), cell)
    }

    pub(in crate::report) fn whole<C: Into<Cell>>(
        self,
        heading: impl Heading,
        cell: impl Fn(&T) -> C,
    ) -> Self {
        self.column(heading, (Align::Whole, false), cell)
    }

    pub(in crate::report) fn right<C: Into<Cell>>(
        self,
        heading: impl Heading,
        cell: impl Fn(&T) -> C,
    ) -> Self {
        self.column(heading, (Align::Right, false), cell)
    }

    pub(in crate::report) fn number<C: Into<Cell>>(
        self,
        heading: impl Heading,
        cell: impl Fn(&T) -> C,
    ) -> Self {
        self.column(heading, (Align::Right, true), cell)
    }

    fn column<C: Into<Cell>>(
        mut self,
        heading: impl Heading,
        (align, is_number): (Align, bool),
        cell: impl Fn(&T) -> C,
    ) -> Self {
        if let Some(words) = heading.words() {
            self.table.columns.push(Column {
                words,
                align,
                is_number,
            });
            for (row, thing) in self.table.rows.iter_mut().zip(&self.things) {
                row.cells.push(cell(thing).into());
            }
        }
        self
    }

    pub(in crate::report) fn anchored(mut self, id: impl Fn(&T) -> Option<String>) -> Self {
        for (row, thing) in self.table.rows.iter_mut().zip(&self.things) {
            row.id = id(thing);
        }
        self
    }

    pub(in crate::report) fn table(
        self,
        id: impl Into<String>,
        caption: impl Into<String>,
    ) -> Table {
        Table {
            id: id.into(),
            caption: caption.into(),
            ..self.table
        }
    }

    pub(in crate::report) fn plain(self) -> Table {
        self.table
    }
}

/// A row, which others may link to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TableRow {
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
    /// A bar under the number.
    pub gauge: Option<Gauge>,
    /// `true` if there is nothing to show: a dash.
    pub is_none: bool,
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

    /// Words in which a percent sign stays on the line of its number.
    pub fn glued(text: &str) -> Self {
        Self::words(&glued(text))
    }

    /// A number as people read it, maybe with a unit, and its value.
    pub fn number(text: impl AsRef<str>, value: f64) -> Self {
        Self {
            text: visible(text.as_ref()).into_owned(),
            value: Some(value),
            ..Self::default()
        }
    }

    /// A dash, where there is nothing to show.
    pub fn none() -> Self {
        Self {
            is_none: true,
            ..Self::words("–")
        }
    }

    /// A number, or a dash where there is none.
    pub fn maybe(value: Option<f64>, words: impl Fn(f64) -> String) -> Self {
        value.map_or_else(Self::none, |value| Self::number(words(value), value))
    }

    /// Names parted by commas, or a dash where there are none.
    pub fn names<N: AsRef<str>>(names: &[N]) -> Self {
        if names.is_empty() {
            return Self::none();
        }
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        Self::words(&names.join(", "))
    }

    /// What something is called, with its id below where that is another.
    pub fn named(name: &str, id: &str) -> Self {
        Self::words(name).detailed(if name == id { "" } else { id })
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

    /// The cell with a judgement, if anything is wrong.
    #[must_use]
    pub fn judged_if(self, is_wrong: bool, state: State) -> Self {
        if is_wrong { self.judged(state) } else { self }
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

    /// Its text on a terminal, with its detail where that is not left out.
    pub(in crate::report) fn plain(&self, beside: Option<&str>) -> String {
        match beside.filter(|_| !self.detail.is_empty()) {
            _ if self.is_none => "-".to_owned(),
            Some(beside) => unglued(&format!("{}{beside}{}", self.text, self.detail)),
            None => unglued(&self.text),
        }
    }

    /// `true` if it has a word that is better broken than left to widen its column.
    pub(in crate::report) fn is_long(&self) -> bool {
        let words = [&self.text, &self.detail].into_iter();
        words
            .flat_map(|text| text.split([' ', '-']))
            .any(|word| word.chars().count() > LONGEST_WORD)
    }

    pub(in crate::report) fn judgement(&self) -> &'static str {
        self.state.map_or("", State::words)
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::words(text.as_ref())
    }
}

impl Table {
    /// The anchor of one of some tables, or another where it has no rows.
    pub(in crate::report) fn anchor(tables: &[Self], id: &str, other: &str) -> String {
        let is_there = |table: &Self| table.id == id && !table.rows.is_empty();
        let anchor = if tables.iter().any(is_there) {
            id
        } else {
            other
        };
        anchor.to_owned()
    }

    #[must_use]
    pub(in crate::report) fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    #[must_use]
    pub(in crate::report) fn noted_too(self, more: &str) -> Self {
        let note = format!("{} {more}", self.note);
        self.noted(note.trim())
    }

    #[must_use]
    pub(in crate::report) fn sortable(mut self) -> Self {
        self.is_sortable = true;
        self
    }

    /// The same for readers to sort and to filter where it has more rows than these.
    #[must_use]
    pub(in crate::report) fn sortable_above(mut self, few: usize) -> Self {
        self.is_sortable = self.rows.len() > few;
        self
    }

    /// The cells of a row, each with what its column makes of it.
    pub(in crate::report) fn placed<'a>(
        &'a self,
        row: &'a TableRow,
    ) -> impl Iterator<Item = PlacedCell<'a>> {
        let heading = self.columns.iter().position(|column| !column.is_number);
        let pairs = self.columns.iter().zip(&row.cells).enumerate();
        pairs.map(move |(position, (column, cell))| PlacedCell {
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

pub(in crate::report) struct PlacedCell<'a> {
    pub(in crate::report) cell: &'a Cell,
    /// Its element: the first column of words heads its row.
    pub(in crate::report) tag: &'static str,
    /// `true` in a column of numbers.
    pub(in crate::report) is_number: bool,
}

impl Gauge {
    /// A bar of the shares that are free during, before and at the target.
    pub(in crate::report) fn new(shares: [Option<f64>; 3], state: State, tip: &str) -> Self {
        let percent = |share: f64| (share.clamp(0.0, 1.0) * 1000.0).round() / 10.0;
        let [during, before, target] = shares.map(|share| share.map(percent));
        Self {
            during: during.unwrap_or(0.0),
            before,
            target,
            state,
            tip: visible(tip).into_owned(),
        }
    }

    /// The bar of a row; `None` where nothing is to be measured.
    pub fn of(row: &HeadroomRow) -> Option<Self> {
        let during = row.headroom_during()?;
        let before = row.headroom_before();
        let was = before.map_or_else(String::new, |before| {
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
        let shares = [Some(during), before, row.target];
        Some(Self::new(shares, row.state(), &tip))
    }
}

/// The first rows of a list that stands in the order of importance, and what the note says of the rest.
///
/// ```
/// use plimsoll::report::document::selected;
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
        numbers::whole(all)
    );
    (rows, note)
}
