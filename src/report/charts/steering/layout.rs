//! Layout of the chart of steering: what each row says, and where columns stand.

use super::select::{Entry, Gauge, Selection, Sums};
use crate::report::charts::canvas::whole;
use crate::report::charts::font::Font;
use crate::report::charts::frame::{Frame, SIZE, SMALL};
use crate::report::numbers;
use crate::report::words::short;

/// Free space between columns.
pub(super) const GAP: f64 = 18.0;

/// Half the width of a mark at the end of a bar.
pub(super) const MARK: f64 = 8.0;

/// Most client regions that a line names.
const MOST_NAMED: usize = 5;

/// What the numbers of a row say.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Numbers {
    /// `685,751`.
    pub(super) now: String,
    /// `0`.
    pub(super) before: String,
    /// `+685,751`, `as before`.
    pub(super) change: String,
}

impl Numbers {
    /// The words of sums.
    pub(super) fn new(sums: Sums) -> Self {
        let (now, before) = (
            numbers::some_users(sums.now),
            numbers::some_users(sums.before),
        );
        let change = sums.now - sums.before;
        let change = if now == before {
            "as before".to_owned()
        } else if change > 0.0 {
            format!("+{}", numbers::some_users(change))
        } else {
            format!("−{}", numbers::some_users(-change))
        };
        Self {
            now,
            before,
            change,
        }
    }
}

/// What one row says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RowText<'a> {
    /// The row.
    pub(super) gauge: &'a Gauge<'a>,
    /// Its numbers.
    pub(super) numbers: Numbers,
    /// Which client regions come and go, in lines that fit.
    pub(super) details: Vec<String>,
}

/// Where the columns stand; in the narrow form only the axis and the right edge count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Columns {
    /// `true` if name and numbers stand beside the bar.
    pub(super) is_wide: bool,
    /// Left edge of the picture's contents.
    pub(super) left: f64,
    /// Right edge of the picture's contents.
    pub(super) right: f64,
    /// Right edge of the users now.
    pub(super) now: f64,
    /// Right edge of the users before.
    pub(super) before: f64,
    /// Ends of the axis.
    pub(super) axis: (f64, f64),
    /// Users at the right end of the axis.
    pub(super) most: f64,
}

impl Columns {
    /// Where columns stand in a picture that shows a selection.
    pub(super) fn new(selection: &Selection<'_>, frame: &Frame) -> Self {
        let font = frame.font();
        let Frame {
            left,
            right,
            is_wide,
            ..
        } = *frame;
        let inner = right - left;
        let shown = || selection.shown.iter();
        let mut columns = Self {
            is_wide,
            left,
            right,
            now: right,
            before: right,
            axis: (left + MARK, right - MARK),
            most: shown()
                .map(|gauge| gauge.sums.now.max(gauge.sums.before))
                .fold(0.0, f64::max)
                .max(1.0),
        };
        if is_wide {
            let sums = shown().map(|gauge| gauge.sums);
            let all = sums.chain([selection.of_others]).map(Numbers::new);
            let all: Vec<Numbers> = all.collect();
            let widest = |heading: &str, size: f64, words: fn(&Numbers) -> &str| {
                all.iter()
                    .map(|numbers| font.width(words(numbers), size))
                    .fold(font.width(heading, SMALL), f64::max)
            };
            let name = shown()
                .map(|gauge| font.width(&gauge.title, SIZE).max(word_width(gauge, font)))
                .fold(font.width(&others(selection), SIZE), f64::max)
                .min(inner * 0.26);
            let now = widest(NOW, SIZE, |numbers| &numbers.now) + 1.0;
            let before = widest(BEFORE, SMALL, |numbers| &numbers.before);
            let change = widest(CHANGE, SIZE, |numbers| &numbers.change) + 1.0;
            columns.before = right - change - GAP;
            columns.now = columns.before - before - GAP;
            columns.axis = (left + name + GAP + MARK, columns.now - now - GAP - MARK);
        }
        columns
    }

    /// Where so many users stand on the axis.
    pub(super) fn x(&self, users: f64) -> i32 {
        let (from, to) = self.axis;
        whole((to - from).mul_add((users / self.most).clamp(0.0, 1.0), from))
    }

    /// Users that get a grid line and a label, in steps of 1, 2 or 5 that leave labels room.
    pub(super) fn ticks(&self, font: Font) -> Vec<f64> {
        let room = font.width(&numbers::users(self.most), SMALL) + 22.0;
        let width = self.axis.1 - self.axis.0;
        let mut step = 1.0;
        let mut factors = [2.0, 2.5, 2.0].into_iter().cycle();
        while width * step / self.most < room && step < self.most {
            step *= factors.next().unwrap_or(2.0);
        }
        let last = (self.most / step).floor();
        std::iter::successors(Some(0.0), |tick| Some(tick + 1.0))
            .take_while(|tick| *tick <= last)
            .map(|tick| tick * step)
            .collect()
    }

    /// What a row says.
    pub(super) fn row<'a>(&self, gauge: &'a Gauge<'a>, font: Font) -> RowText<'a> {
        let (width, lines) = if self.is_wide {
            (self.right - self.axis.0, 1)
        } else {
            (self.right - self.left, 3)
        };
        RowText {
            gauge,
            numbers: Numbers::new(gauge.sums),
            details: details(gauge)
                .into_iter()
                .flat_map(|detail| detail.lines(font, width, lines))
                .collect(),
        }
    }
}

/// Heading of the users now.
pub(super) const NOW: &str = "users now";

/// Heading of the users before.
pub(super) const BEFORE: &str = "before";

/// Heading of the difference.
pub(super) const CHANGE: &str = "change";

/// `87 more access points`; empty if all are shown.
pub(super) fn others(selection: &Selection<'_>) -> String {
    match selection.others {
        0 => String::new(),
        more => format!("{} more access points", numbers::users(more as f64)),
    }
}

/// Width of the word below a name.
fn word_width(gauge: &Gauge<'_>, font: Font) -> f64 {
    font.width(gauge.change.word(), SMALL)
}

/// Client regions of an access point that have something in common.
struct Detail<'a> {
    /// What, such as `gains`.
    what: &'static str,
    /// Name and users, most first.
    regions: Vec<(&'a str, f64)>,
}

/// Who comes, who goes, or, if nobody does, who enters there.
fn details<'a>(gauge: &'a Gauge<'a>) -> Vec<Detail<'a>> {
    let detail = |what, users: fn(&Entry<'_>) -> f64| {
        let mut regions: Vec<(&str, f64)> = gauge
            .entries
            .iter()
            .map(|entry| (entry.title.as_str(), users(entry)))
            .filter(|(_, users)| *users > 0.0)
            .collect();
        // Equal ones stay in the order of the entries.
        regions.sort_by(|a, b| b.1.total_cmp(&a.1));
        Detail { what, regions }
    };
    let mut all = vec![
        detail("gains", |entry| entry.row.arriving),
        detail("loses", |entry| entry.row.leaving),
    ];
    all.retain(|detail| !detail.regions.is_empty());
    if all.is_empty() {
        all.push(detail("has", |entry| entry.row.now));
        all.retain(|detail| !detail.regions.is_empty());
    }
    if all.is_empty() {
        all.push(detail("had", |entry| entry.row.before));
        all.retain(|detail| !detail.regions.is_empty());
    }
    all
}

impl Detail<'_> {
    /// `gains 212,300 of Houston, 98,000 of Austin and 12 more client regions`, with as many names as fit.
    fn lines(&self, font: Font, width: f64, most: usize) -> Vec<String> {
        let most_named = self.regions.len().min(MOST_NAMED);
        let wrapped = |named| font.wrap(&self.words(named), SMALL, width, usize::MAX);
        (1..=most_named)
            .rev()
            .map(wrapped)
            .find(|lines| lines.len() <= most)
            .unwrap_or_else(|| font.wrap(&self.words(1), SMALL, width, most))
    }

    fn words(&self, named: usize) -> String {
        let names: Vec<String> = self
            .regions
            .iter()
            .take(named)
            .map(|(name, users)| {
                // A number stays with its name.
                let name = short(name).replace(' ', "\u{a0}");
                format!("{}\u{a0}of\u{a0}{name}", numbers::some_users(*users))
            })
            .collect();
        let rest = self.regions.len() - names.len();
        let regions = if rest == 1 {
            "client region"
        } else {
            "client regions"
        };
        let what = self.what;
        match (names.split_last(), rest) {
            (Some((last, [])), 0) => format!("{what} {last}"),
            (Some((last, others)), 0) => format!("{what} {} and {last}", others.join(", ")),
            _ => {
                let rest = numbers::users(rest as f64);
                format!("{what} {} and {rest} more {regions}", names.join(", "))
            }
        }
    }
}
