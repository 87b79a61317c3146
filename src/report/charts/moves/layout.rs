//! Layout of the chart of moves: where ends, their words and the bands stand.

use super::flow::{End, Flow, Place};
use crate::report::charts::font::Font;
use crate::report::charts::frame::{Frame, SIZE, SMALL};
use crate::report::numbers;

/// Least and greatest height that all users together have, in pixels; between them it grows with the ends.
const HEIGHT: (f64, f64) = (110.0, 270.0);

/// Height that an end adds to that of all users, in pixels.
const HEIGHT_OF_END: f64 = 55.0;

/// The least thickness of a band; the edge of a larger one beside it may take a pixel of it.
const THINNEST: f64 = 3.0;

/// Free space between ends.
const GAP: f64 = 12.0;

/// Width of the bar of an end.
pub(super) const BAR: f64 = 6.0;

/// Free space between the bar of an end and its words.
pub(super) const BESIDE: f64 = 10.0;

/// Height of a line of words.
pub(super) const LINE: f64 = 18.0;

/// Share of the picture that a number may take: below it nothing is cut that counts the users of this planet.
const MOST_OF_NUMBER: f64 = 0.4;

/// Most lines of a name in the narrow form.
const NAME_LINES: usize = 2;

/// Most lines of what stands below a name.
const DETAIL_LINES: usize = 2;

/// An end where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    /// Number, name and detail, each with its rank.
    pub(super) words: Vec<Words>,
    /// Top of its bar.
    pub(super) top: f64,
    /// Bottom of its bar.
    pub(super) bottom: f64,
}

/// What a line of an end's words is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    /// How many.
    Number,
    /// Who.
    Name,
    /// Why or how.
    Detail,
}

/// A line of words; in the wide form a number and the name beside it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Words {
    /// The words, in the order of reading.
    pub(super) parts: Vec<(Rank, String)>,
}

/// Where a band leaves and arrives, as heights of its upper and lower edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Course {
    /// At the left.
    pub(super) from: (f64, f64),
    /// At the right.
    pub(super) to: (f64, f64),
}

/// Everything where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    /// Left edges of the bars on the left and on the right.
    pub(super) bars: (f64, f64),
    /// The left ends.
    pub(super) left: Vec<Placed>,
    /// The right ends.
    pub(super) right: Vec<Placed>,
    /// The bands, in the order of the flow.
    pub(super) courses: Vec<Course>,
    /// Where all this ends.
    pub(super) bottom: f64,
}

impl Layout {
    /// Where everything stands from the frame's height down.
    pub(super) fn new(flow: &Flow<'_>, frame: &Frame) -> Self {
        let inner = frame.right - frame.left;
        // Names are cut rather than bands squeezed to nothing.
        let most = inner * if frame.is_wide { 0.3 } else { 0.34 } - BESIDE - BAR;
        let most_of_number = inner * MOST_OF_NUMBER;
        let font = frame.font();
        let words = |ends: &[End<'_>]| -> Vec<Vec<Words>> {
            ends.iter()
                .map(|end| words(end, font, (most, most_of_number), frame.is_wide))
                .collect()
        };
        let (left, right) = (words(&flow.left), words(&flow.right));
        let widest = |side: &[Vec<Words>]| {
            let lines = side.iter().flatten();
            lines.fold(0.0, |most: f64, line| most.max(line.width(font)))
        };
        let bars = (
            frame.left + widest(&left) + BESIDE,
            frame.right - widest(&right) - BESIDE - BAR,
        );
        let ends = flow.left.len().max(flow.right.len());
        let high = (ends as f64 * HEIGHT_OF_END).clamp(HEIGHT.0, HEIGHT.1);
        let thickness = |users: f64| (users / flow.users * high).max(THINNEST);
        let tall = |index: usize, side: fn(&super::flow::Band) -> usize| -> f64 {
            let own = flow.bands.iter().filter(|band| side(band) == index);
            own.map(|band| thickness(band.users)).sum()
        };
        let mut left: Vec<(Vec<Words>, f64)> = left
            .into_iter()
            .enumerate()
            .map(|(index, words)| (words, tall(index, |band| band.left)))
            .collect();
        let mut right: Vec<(Vec<Words>, f64)> = right
            .into_iter()
            .enumerate()
            .map(|(index, words)| (words, tall(index, |band| band.right)))
            .collect();
        let (left_height, right_height) = (height(&left), height(&right));
        let all = left_height.max(right_height);
        let left = stacked(&mut left, frame.y + (all - left_height) / 2.0);
        let right = stacked(&mut right, frame.y + (all - right_height) / 2.0);
        let mut leave: Vec<f64> = left.iter().map(|end| end.top).collect();
        let mut arrive: Vec<f64> = right.iter().map(|end| end.top).collect();
        let courses = flow
            .bands
            .iter()
            .map(|band| {
                let thickness = thickness(band.users);
                let edges = |tops: &mut Vec<f64>, end: usize| {
                    let top = tops[end];
                    tops[end] += thickness;
                    (top, top + thickness)
                };
                Course {
                    from: edges(&mut leave, band.left),
                    to: edges(&mut arrive, band.right),
                }
            })
            .collect();
        Self {
            bars,
            left,
            right,
            courses,
            bottom: frame.y + all,
        }
    }
}

impl Words {
    /// Width of the line.
    pub(super) fn width(&self, font: Font) -> f64 {
        let gaps = SPACE * self.parts.len().saturating_sub(1) as f64;
        let parts = self.parts.iter();
        gaps + parts
            .map(|(rank, part)| font.width(part, rank.size()))
            .sum::<f64>()
    }
}

/// Space between a number and the name beside it.
pub(super) const SPACE: f64 = 8.0;

impl Rank {
    /// Size of its words.
    pub(super) fn size(self) -> f64 {
        match self {
            Self::Number | Self::Name => SIZE,
            Self::Detail => SMALL,
        }
    }
}

/// The lines of an end's words, none wider than `most`; a number, which is no use in part, than `most_of_number`.
fn words(
    end: &End<'_>,
    font: Font,
    (most, most_of_number): (f64, f64),
    is_wide: bool,
) -> Vec<Words> {
    let line = |rank: Rank, words: String| Words {
        parts: vec![(rank, words)],
    };
    let count = match end.place {
        Place::Nowhere(_) => numbers::users_up(end.users),
        _ => numbers::some_users(end.users),
    };
    let count = font.fit(&count, SIZE, most_of_number);
    let mut lines = Vec::new();
    if is_wide {
        let room = most - font.width(&count, SIZE) - SPACE;
        let name = font.fit(&end.title, SIZE, room);
        lines.push(Words {
            parts: vec![(Rank::Number, count), (Rank::Name, name)],
        });
    } else {
        let name = font.wrap(&end.title, SIZE, most, NAME_LINES);
        lines.extend(name.into_iter().map(|words| line(Rank::Name, words)));
        lines.push(line(Rank::Number, count));
    }
    let detail = font.wrap(&end.detail, SMALL, most, DETAIL_LINES);
    lines.extend(detail.into_iter().map(|words| line(Rank::Detail, words)));
    lines
}

/// Height that an end takes: of its bar or of its words.
fn slot((words, bar): &(Vec<Words>, f64)) -> f64 {
    bar.max(words.len() as f64 * LINE)
}

/// Height of a side.
fn height(side: &[(Vec<Words>, f64)]) -> f64 {
    let gaps = GAP * side.len().saturating_sub(1) as f64;
    gaps + side.iter().map(slot).sum::<f64>()
}

/// The ends one below the other, each bar in the middle of its room.
fn stacked(side: &mut Vec<(Vec<Words>, f64)>, top: f64) -> Vec<Placed> {
    let mut y = top;
    side.drain(..)
        .map(|end| {
            let slot = slot(&end);
            let middle = y + slot / 2.0;
            y += slot + GAP;
            Placed {
                words: end.0,
                top: middle - end.1 / 2.0,
                bottom: middle + end.1 / 2.0,
            }
        })
        .collect()
}
