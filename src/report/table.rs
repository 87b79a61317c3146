//! Tables for the terminal: plain text of a given width, without colour.

use super::text;
use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, TableStyle, Width,
};

/// How a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Words that stay on one line, such as times.
    Whole,
    /// Numbers.
    Right,
}

/// A column: its heading and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Heading.
    pub words: String,
    /// How it stands on a terminal: words left, numbers right.
    pub align: Align,
    /// `true` if it is of numbers: a page aligns it right and sorts it by value.
    pub is_number: bool,
}

impl Column {
    /// A column of words, or of numbers where it stands to the right.
    pub fn new(words: impl Into<String>, align: Align) -> Self {
        Self {
            words: words.into(),
            align,
            is_number: align == Align::Right,
        }
    }
}

/// The table as lines of text, each ended by a line feed and none ended by a space.
///
/// Where `width` (in terminal columns) is given and the table is wider, headings are broken at spaces and long cells of
/// words are wrapped to fit it if they can be; numbers and what has to stay on one line are never broken.
/// A row with fewer cells than columns ends in empty ones.
///
/// ```
/// use plimsoll::report::table::{Align, Column, lines};
/// let columns = [
///     Column::new("site", Align::Left),
///     Column::new("room", Align::Right),
/// ];
/// let rows = [vec!["Chicago".to_owned(), "480 vCPU".to_owned()], vec!["Oslo".to_owned(), "7".to_owned()]];
/// assert_eq!(lines(&columns, &rows, None), "\
/// site         room
/// -----------------
/// Chicago  480 vCPU
/// Oslo            7
/// ");
/// ```
pub fn lines(columns: &[Column], rows: &[Vec<String>], width: Option<u16>) -> String {
    let mut table = comfy_table::Table::new();
    table
        .load_style(TableStyle::new().header_separator(LineStyle::none().fill('-').junction('-')))
        .set_header(headings(columns, rows, width));
    for row in rows {
        let missing = columns.len().saturating_sub(row.len());
        let cells = row.iter().map(|cell| glued(&text::visible(cell)));
        table.add_row(cells.chain(std::iter::repeat_n(String::new(), missing)));
    }
    let least = least_width(columns, rows);
    let words_fit = width.is_none_or(|width| least <= usize::from(width));
    for (index, (shown, column)) in table.column_iter_mut().zip(columns).enumerate() {
        shown.set_padding((u16::from(index > 0), 0));
        if column.align == Align::Right {
            shown.set_cell_alignment(CellAlignment::Right);
        }
        if column.align != Align::Left {
            shown.set_constraint(ColumnConstraint::ContentWidth);
        } else if words_fit {
            let whole = longest_word(rows, index) + usize::from(index > 0);
            let whole = Width::Fixed(u16::try_from(whole).unwrap_or(u16::MAX));
            shown.set_constraint(ColumnConstraint::LowerBoundary(whole));
        }
    }
    fit(&mut table, width);
    ended(unglued(&table.trim_fmt()))
}

/// Characters of a word that is kept whole in a table, at most.
const LONGEST_WORD: usize = 24;

/// Characters of the longest word of a column of words, which is broken nowhere inside if it is not too long.
fn longest_word(rows: &[Vec<String>], index: usize) -> usize {
    let cells = rows.iter().filter_map(|row| row.get(index));
    let words = cells.flat_map(|cell| cell.split(' '));
    let longest = words.map(|word| word.chars().count()).max().unwrap_or(0);
    longest.min(LONGEST_WORD)
}

/// Columns of the terminal that the table needs if no word is broken inside.
fn least_width(columns: &[Column], rows: &[Vec<String>]) -> usize {
    let of = columns.iter().enumerate().map(|(index, column)| {
        let words = column.words.split(' ').map(|word| word.chars().count());
        let heading = words.max().unwrap_or(0);
        let cells = rows.iter().filter_map(|row| row.get(index));
        let position = if column.align == Align::Left {
            longest_word(rows, index)
        } else {
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        position.max(heading) + 2
    });
    of.sum::<usize>().saturating_sub(2)
}

/// The headings: broken at spaces where the table would be wider than `width` and their column needs less space than
/// they do, with the last line of each on the same height.
fn headings(columns: &[Column], rows: &[Vec<String>], width: Option<u16>) -> Vec<String> {
    let length = |text: &str| text::visible(text).chars().count();
    let widest = |index: usize| {
        let cells = rows.iter().filter_map(|row| row.get(index));
        cells.map(|cell| length(cell)).max().unwrap_or(0)
    };
    let one_columns = columns.iter().enumerate();
    let natural = one_columns.map(|(index, column)| widest(index).max(length(&column.words)) + 2);
    // Two spaces part a column from the next.
    let is_wider = width.is_some_and(|width| natural.sum::<usize>() > usize::from(width) + 2);
    let broken = columns.iter().enumerate().map(|(index, column)| {
        let heading = text::visible(&column.words);
        let words = heading.split(' ');
        let spare = words.clone().map(length).fold(widest(index), usize::max);
        let mut lines: Vec<String> = Vec::new();
        for word in words {
            match lines.last_mut() {
                Some(line) if !is_wider || length(line) + 1 + length(word) <= spare => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines
    });
    let broken: Vec<Vec<String>> = broken.collect();
    let most = broken.iter().map(Vec::len).max().unwrap_or(0);
    let level = broken.into_iter().map(|lines| {
        let above = "\n".repeat(most - lines.len());
        above + &lines.join("\n")
    });
    level.collect()
}

/// A sentence on as many lines as it needs, the last one ended.
///
/// Lines break at spaces, but not between a number and its unit; those of an item of a list (`- `) stand below its text.
///
/// ```
/// use plimsoll::report::table::wrapped;
/// assert_eq!(wrapped("Everyone is served.", Some(12)), "Everyone is\nserved.\n");
/// assert_eq!(wrapped("Everyone is served.", None), "Everyone is served.\n");
/// assert_eq!(wrapped("Oslo keeps 20 % headroom", Some(13)), "Oslo keeps\n20 % headroom\n");
/// assert_eq!(wrapped("- Oslo is full", Some(9)), "- Oslo is\n  full\n");
/// ```
pub fn wrapped(words: &str, width: Option<u16>) -> String {
    let (mark, words) = match words.strip_prefix("- ") {
        Some(item) => ("- ", item),
        None => ("", words),
    };
    let indent = " ".repeat(mark.len());
    let width = width.map(|number| {
        number
            .saturating_sub(u16::try_from(mark.len()).unwrap_or(0))
            .max(1)
    });
    let mut table = comfy_table::Table::new();
    table
        .load_style(TableStyle::new())
        .add_row([glued(&text::visible(words))]);
    for column in table.column_iter_mut() {
        column.set_padding((0, 0));
    }
    fit(&mut table, width);
    let text = unglued(&table.trim_fmt()).replace('\n', &format!("\n{indent}"));
    ended(format!("{mark}{text}"))
}

/// Stands for a space at which no line breaks.
const GLUE: &str = "\u{a0}";

/// Units that stay beside their number.
const UNITS: [&str; 5] = ["%", "h", "min", "s", "ms"];

pub(in crate::report) fn glued(text: &str) -> String {
    let mut tied = String::with_capacity(text.len());
    let mut is_number = false;
    for (index, word) in text.split(' ').enumerate() {
        let bare = word.trim_end_matches([',', '.', ';', ':', ')']);
        if index > 0 {
            let is_unit = is_number && UNITS.contains(&bare);
            tied.push_str(if is_unit { GLUE } else { " " });
        }
        tied.push_str(word);
        is_number = word.ends_with(|last: char| last.is_ascii_digit());
    }
    tied
}

fn unglued(text: &str) -> String {
    text.replace(GLUE, " ")
}

/// Lets the table be as wide as `width`, or as it likes.
fn fit(table: &mut comfy_table::Table, width: Option<u16>) {
    match width {
        Some(width) => table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width),
        None => table.set_content_arrangement(ContentArrangement::Disabled),
    };
}

fn ended(mut text: String) -> String {
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> [Column; 2] {
        [("site", Align::Left), ("room", Align::Right)]
            .map(|(text, align)| Column::new(text, align))
    }

    #[test]
    fn control_characters_never_reach_the_terminal() {
        let rows = [vec!["evil\u{1b}[2J\u{202e}\r\n".to_owned(), "1".to_owned()]];
        let shown = lines(&columns(), &rows, None);
        assert!(shown.contains(r"evil\u{1b}[2J\u{202e}\r\n"), "{shown}");
        assert!(shown.chars().all(|c| c == '\n' || !c.is_control()));
    }

    #[test]
    fn long_words_wrap_and_numbers_stay_whole() {
        let rows = [vec![
            "A site whose name goes on and on and on".to_owned(),
            "480 vCPU".to_owned(),
        ]];
        assert_eq!(
            lines(&columns(), &rows, Some(30)),
            "\
site                      room
------------------------------
A site whose name     480 vCPU
goes on and on and
on
"
        );
    }

    #[test]
    fn no_word_is_broken_inside_where_all_fit() {
        let columns = columns().map(|column| Column {
            align: Align::Left,
            ..column
        });
        let rows = [vec![
            "granite-insurance".to_owned(),
            "Washington load balancer 1 keeps 20 % headroom".to_owned(),
        ]];
        assert_eq!(
            lines(&columns, &rows, Some(34)),
            "\
site               room
----------------------------------
granite-insurance  Washington load
                   balancer 1
                   keeps 20 %
                   headroom
"
        );
    }

    #[test]
    fn headings_break_at_words_and_times_never() {
        let column = |words, align| Column::new(words, align);
        let columns = [
            column("begins (UTC)", Align::Whole),
            column("users who are unserved", Align::Right),
            column("what fails", Align::Left),
        ];
        let rows = [vec![
            "21 Nov 00:00".to_owned(),
            "1,200".to_owned(),
            "San Antonio load balancer".to_owned(),
        ]];
        let narrow = lines(&columns, &rows, Some(40));
        let narrow: Vec<&str> = narrow.lines().collect();
        assert_eq!(
            narrow,
            [
                "                 users",
                "               who are",
                "begins (UTC)  unserved  what fails",
                "----------------------------------------",
                "21 Nov 00:00     1,200  San Antonio load",
                "                        balancer",
            ]
        );
        // In a wide table no heading is broken.
        let wide = lines(&columns, &rows, Some(80));
        assert!(wide.starts_with("begins (UTC)  users who are unserved  what fails\n"));
    }

    #[test]
    fn wide_characters_count_as_two_and_missing_cells_are_empty() {
        let rows = [
            vec!["東京".to_owned(), "1".to_owned()],
            vec!["Oslo".to_owned()],
        ];
        assert_eq!(
            lines(&columns(), &rows, None),
            "site  room\n----------\n東京     1\nOslo\n"
        );
    }
}
