//! Frame: what every chart has around its drawing: title and subtitle above, a legend, notes below.
//!
//! From 900 pixels on a chart has its wide form, below that its narrow one, with smaller titles.

use super::canvas::{Anchor, Canvas, Face, Point, whole};
use super::font::{ASCENT, Font};
use super::marks;
use crate::error::Result;
use crate::report::charts::palette::Role;
use crate::report::headroom::State;
use crate::report::numbers;
use std::borrow::Cow;

/// Free space around the picture.
pub(crate) const MARGIN: f64 = 24.0;

/// The least width of a chart, in pixels; a smaller one is drawn at this.
pub const LEAST_WIDTH: u32 = 320;

/// From this width on a chart has its wide form.
const WIDE: u32 = 900;

/// `true` if a picture of this width has its wide form.
pub(crate) const fn is_wide(width: u32) -> bool {
    width >= WIDE
}

/// Size of names and values.
pub(crate) const SIZE: f64 = 15.0;

/// Size of everything beside them.
pub(crate) const SMALL: f64 = 13.0;

/// Space between a mark and its words.
pub(crate) const SPACE: f64 = 6.0;

/// Half the height of a line of the legend.
const HALF_LEGEND: f64 = 12.0;

/// What stands between the parts of the subtitle.
const SEPARATOR: &str = " · ";

/// A text of the first rank.
pub(crate) const fn ink(size: f64, is_strong: bool) -> Face {
    Face {
        size,
        role: Role::Ink,
        is_strong,
    }
}

/// A text of the second rank.
pub(crate) const MUTED: Face = Face {
    size: SMALL,
    role: Role::Muted,
    is_strong: false,
};

/// `Of 70 sites the 60 fullest are shown.`; nothing if all are.
pub(crate) fn left_out_of(what: &str, which: &str, shown: usize, all: usize) -> String {
    if shown >= all {
        return String::new();
    }
    let all = numbers::users(all as f64);
    format!("Of {all} {what} the {shown} {which} are shown.")
}

/// Draws a mark around a point.
type Mark<'a> = Box<dyn Fn(&mut Canvas, Point) + 'a>;

/// A mark that a legend explains.
pub(crate) struct LegendKey<'a> {
    /// Width of the mark in pixels.
    pub(crate) width: f64,
    /// What it means.
    pub(crate) words: Cow<'a, str>,
    /// Draws it around a point.
    pub(crate) mark: Mark<'a>,
}

impl<'a> LegendKey<'a> {
    /// A mark of a width, drawn around a point.
    pub(crate) fn mark(
        width: f64,
        words: impl Into<Cow<'a, str>>,
        mark: impl Fn(&mut Canvas, Point) + 'a,
    ) -> Self {
        Self {
            width,
            words: words.into(),
            mark: Box::new(mark),
        }
    }

    /// The mark of a state.
    pub(crate) fn state(state: State) -> Self {
        let mark = move |canvas: &mut Canvas, at| marks::state(canvas, at, state);
        Self::mark(20.0, state.words(), mark)
    }

    /// A patch of a colour.
    pub(crate) fn patch(role: Role, words: impl Into<Cow<'a, str>>) -> Self {
        Self::mark(16.0, words, move |canvas, (x, y)| {
            canvas.rectangle((x - 8, y - 6), (x + 8, y + 6), role);
        })
    }
}

/// A picture in the making: what is drawn so far, and how far down the next thing stands.
pub(crate) struct ChartFrame {
    /// What is drawn so far.
    pub(crate) canvas: Canvas,
    /// `true` in the wide form.
    pub(crate) is_wide: bool,
    /// Left edge of the contents.
    pub(crate) left: f64,
    /// Right edge of the contents.
    pub(crate) right: f64,
    /// How far down the next thing stands.
    pub(crate) y: f64,
    width: u32,
    title: String,
    subtitle: String,
}

/// The width for which titles are made.
const NORMAL: f64 = 1200.0;

/// The sizes of a title in the wide form: the largest in which it is one line.
const WIDE_SIZES: [f64; 4] = [25.0, 23.0, 21.0, 20.0];

/// `true` if a title is one line of a picture of the normal width.
fn is_line(font: Font, title: &str) -> bool {
    let least = WIDE_SIZES.into_iter().fold(f64::INFINITY, f64::min);
    font.wrap(title, least, NORMAL - 2.0 * MARGIN, 2).len() < 2
}

/// `true` if a title is one line of a picture of the normal width.
pub(in crate::report) fn is_one_line(title: &str) -> bool {
    Font::load().is_ok_and(|font| is_line(font, title))
}

/// A beginning with fewer bytes than this is no finding, such as `Refused plan`.
const LEAST_FINDING: usize = 24;

/// The beginning of a title that is one line, and the rest of it, for the subtitle. It ends where a clause ends, so that a title
/// of one long clause is whole.
fn first_clauses(font: Font, title: &str) -> (&str, &str) {
    if is_line(font, title) {
        return (title, "");
    }
    let cut = |pause: &str| {
        let ends = title.match_indices(pause).map(|pair| pair.0);
        let is_finding = |end: &usize| *end >= LEAST_FINDING && is_line(font, &title[..*end]);
        let end = ends.filter(is_finding).last()?;
        Some((&title[..end], &title[end + pause.len()..]))
    };
    let cuts = ["; ", ": ", ", "].into_iter().find_map(cut);
    cuts.unwrap_or((title, ""))
}

impl ChartFrame {
    /// A picture of `width` pixels (at least [`LEAST_WIDTH`]) that has its title and, below it, what it is about:
    /// empty parts are left out. What of the title is more than a line at the normal width begins what stands below it.
    pub(crate) fn titled(width: u32, title: &str, about: &[impl AsRef<str>]) -> Result<Self> {
        let width = width.max(LEAST_WIDTH);
        let font = Font::load()?;
        let (line, rest) = first_clauses(font, title);
        let subtitle = std::iter::once(rest)
            .chain(about.iter().map(AsRef::as_ref))
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(SEPARATOR);
        let mut frame = Self {
            canvas: Canvas::new(font),
            is_wide: is_wide(width),
            left: MARGIN,
            right: f64::from(width) - MARGIN,
            y: MARGIN - 6.0,
            width,
            title: title.to_owned(),
            subtitle,
        };
        let size = frame.title_size(line);
        frame.lines(line, ink(size, true), 5);
        frame.y += 4.0;
        let face = Face {
            size: 14.0,
            ..MUTED
        };
        let subtitle = frame.subtitle.clone();
        frame.lines(&subtitle, face, 4);
        frame.y += 12.0;
        Ok(frame)
    }

    /// The largest size of the title in which it is one line; in a narrow picture, or where it is too long, a fixed one.
    fn title_size(&self, title: &str) -> f64 {
        if !self.is_wide {
            return 20.0;
        }
        let width = self.right - self.left;
        let is_line = |size: &f64| self.font().wrap(title, *size, width, 2).len() < 2;
        WIDE_SIZES.into_iter().find(is_line).unwrap_or(22.0)
    }

    /// The font that measures.
    pub(crate) fn font(&self) -> Font {
        self.canvas.font
    }

    /// A text of several lines at the left edge; what is more than `most` lines ends in an ellipsis.
    pub(crate) fn lines(&mut self, text: &str, face: Face, most: usize) {
        let width = self.right - self.left;
        for line in self.canvas.font.wrap(text, face.size, width, most) {
            let baseline = self.y + face.size * ASCENT;
            let line = line.trim_end_matches(SEPARATOR.trim_end());
            self.canvas
                .text(self.left, baseline, Anchor::Start, face, line);
            self.y += face.size * 1.28;
        }
    }

    /// What the marks mean, in as many lines as they need.
    pub(crate) fn legend(&mut self, keys: &[LegendKey<'_>]) {
        if keys.is_empty() {
            return;
        }
        let mut x = self.left;
        self.y += HALF_LEGEND;
        for key in keys {
            let space = self.right - self.left - key.width - SPACE;
            let words = self.canvas.font.fit(&key.words, SMALL, space);
            let width = key.width + SPACE + self.canvas.font.width(&words, SMALL);
            if x > self.left && x + width > self.right {
                x = self.left;
                self.y += 2.0 * HALF_LEGEND;
            }
            let centre = (whole(x + key.width / 2.0), whole(self.y));
            (key.mark)(&mut self.canvas, centre);
            let baseline = self.y + SMALL * 0.35;
            self.canvas.text(
                x + key.width + SPACE,
                baseline,
                Anchor::Start,
                MUTED,
                &words,
            );
            x += width + 16.0;
        }
        self.y += HALF_LEGEND + 8.0;
    }

    /// A heading of a part of the chart, on the line that stands next; the line is not left.
    pub(crate) fn heading(&mut self, text: &str) {
        self.heading_at(self.left, text);
    }

    /// The same, from `left` on.
    pub(crate) fn heading_at(&mut self, left: f64, text: &str) {
        let baseline = self.y + SIZE * ASCENT;
        let fitted = self.canvas.font.fit(text, SIZE, self.right - left);
        self.canvas
            .text(left, baseline, Anchor::Start, ink(SIZE, true), &fitted);
    }

    /// What the picture leaves out, or how to read it; below the drawing. Nothing is said of nothing.
    pub(crate) fn note(&mut self, text: &str) {
        self.lines(text, MUTED, 4);
    }

    /// The SVG.
    pub(crate) fn finish(mut self) -> String {
        self.y += MARGIN - 8.0;
        let height = whole(self.y).unsigned_abs();
        self.canvas
            .finish((self.width, height), &self.title, &self.subtitle)
    }
}
