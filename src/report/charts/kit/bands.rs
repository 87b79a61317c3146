//! Flow bands: from bars on the left to bars on the right, as wide as what they carry.
//!
//! Where a picture is wide a name stands beside its number, else they stand one under the other.

use super::canvas::{Anchor, Face, Point, whole};
use super::font::{ASCENT, Font};
use super::frame::{ChartFrame, MUTED, SIZE, SMALL, ink};
use crate::report::charts::palette::Role;
use std::fmt::Write as _;

/// Least and greatest height that all bands together have, in pixels; between them it grows with the ends.
const HEIGHT: (f64, f64) = (110.0, 270.0);

/// Height that an end adds to that of all bands, in pixels.
const HEIGHT_OF_END: f64 = 55.0;

/// The least thickness of a band; the edge of a larger one beside it may take a pixel of it.
const THINNEST: f64 = 3.0;

/// Bands thinner than this lie beneath all others, so that threads do not cut up what is large.
const THREAD: f64 = 4.0;

/// Free space between ends.
const GAP: f64 = 12.0;

/// Width of the bar of an end.
const BAR: f64 = 6.0;

/// Free space between the bar of an end and its words.
const BESIDE: f64 = 10.0;

/// Space between a number and the name beside it.
const APART: f64 = 8.0;

/// Height of a line of words.
const LINE: f64 = 18.0;

/// Share of the picture that a number may take: below it nothing is cut that counts the users of this planet.
const MOST_OF_NUMBER: f64 = 0.4;

/// Most lines of a name that stands above its number, and of what stands below.
const MOST_LINES: usize = 2;

/// Width of a stripe, and from one stripe to the next, in pixels.
const STRIPE: (f64, usize) = (15.0, 21);

/// Pieces of the outline that the pointer feels.
const ROUGHLY: i32 = 12;

/// Where bands begin or end.
pub(crate) struct BandEnd {
    pub(crate) number: String,
    pub(crate) name: String,
    /// What stands below both; may be empty.
    pub(crate) detail: String,
    /// Colour of the bar, the number and the name.
    pub(crate) role: Role,
    /// The text for the pointer.
    pub(crate) tip: String,
}

/// What goes from an end on the left to one on the right, both given by position.
pub(crate) struct FlowBand {
    pub(crate) left: usize,
    pub(crate) right: usize,
    pub(crate) amount: f64,
    pub(crate) role: Role,
    pub(crate) is_striped: bool,
    /// The text for the pointer.
    pub(crate) tip: String,
}

/// Two sides and the bands between them, which leave and arrive in their order.
pub(crate) struct Bands {
    /// What the sides are.
    pub(crate) headings: [&'static str; 2],
    /// The ends on the left and on the right, from top to bottom.
    pub(crate) sides: [Vec<BandEnd>; 2],
    pub(crate) between: Vec<FlowBand>,
}

/// An end where it stands.
struct PlacedEnd {
    lines: Vec<Vec<(String, Face)>>,
    /// Top and bottom of its bar.
    bar: (f64, f64),
}

impl PlacedEnd {
    /// Height of its bar or of its words.
    fn height(&self) -> f64 {
        (self.bar.1 - self.bar.0).max(self.lines.len() as f64 * LINE)
    }

    fn middle(&self) -> f64 {
        f64::midpoint(self.bar.0, self.bar.1)
    }
}

/// Width of a line of words.
fn width(line: &[(String, Face)], font: Font) -> f64 {
    let words = line
        .iter()
        .map(|(words, face)| font.width(words, face.size));
    words.sum::<f64>() + APART * line.len().saturating_sub(1) as f64
}

impl Bands {
    /// Draws all of it into a picture.
    pub(crate) fn draw(&self, frame: &mut ChartFrame) {
        frame.y += 10.0;
        let headings = frame.y + SMALL * ASCENT;
        frame.y += SMALL * 2.0;
        let [mut left, mut right] = [0, 1].map(|side| self.placed(side, frame));
        let font = frame.font();
        let widest = |side: &[PlacedEnd]| {
            let lines = side.iter().flat_map(|end| &end.lines);
            lines.map(|line| width(line, font)).fold(0.0, f64::max)
        };
        let bars = (
            frame.left + widest(&left) + BESIDE,
            frame.right - widest(&right) - BESIDE - BAR,
        );
        let gaps = |side: &[PlacedEnd]| GAP * side.len().saturating_sub(1) as f64;
        let height =
            |side: &[PlacedEnd]| gaps(side) + side.iter().map(PlacedEnd::height).sum::<f64>();
        let all = height(&left).max(height(&right));
        for side in [&mut left, &mut right] {
            let mut y = frame.y + (all - height(side)) / 2.0;
            for end in side.iter_mut() {
                let top = y + (end.height() - end.bar.1) / 2.0;
                y += end.height() + GAP;
                end.bar = (top, top + end.bar.1);
            }
        }
        self.draw_headings(frame, headings, bars);
        self.draw_bands(frame, (whole(bars.0 + BAR), whole(bars.1)), [&left, &right]);
        for (end, placed) in self.sides[0].iter().zip(&left) {
            draw_end(frame, end, placed, bars.0, true);
        }
        for (end, placed) in self.sides[1].iter().zip(&right) {
            draw_end(frame, end, placed, bars.1, false);
        }
        frame.y += all + 18.0;
    }

    /// Thickness of a band.
    fn thickness(&self, band: &FlowBand) -> f64 {
        let ends = self.sides[0].len().max(self.sides[1].len());
        let high = (ends as f64 * HEIGHT_OF_END).clamp(HEIGHT.0, HEIGHT.1);
        let all: f64 = self.between.iter().map(|band| band.amount).sum();
        (band.amount / all * high).max(THINNEST)
    }

    /// The ends of a side with their words, each bar from 0 to its height.
    fn placed(&self, side: usize, frame: &ChartFrame) -> Vec<PlacedEnd> {
        let ends = self.sides[side].iter().enumerate();
        let placed = ends.map(|(index, end)| {
            let bands = self.between.iter();
            let filter = bands.filter(|band| [band.left, band.right][side] == index);
            PlacedEnd {
                lines: lines(end, frame),
                bar: (0.0, filter.map(|band| self.thickness(band)).sum()),
            }
        });
        placed.collect()
    }

    /// The headings of the sides: above their words where they fit.
    fn draw_headings(&self, frame: &mut ChartFrame, baseline: f64, bars: (f64, f64)) {
        let face = Face {
            role: Role::Muted,
            ..ink(SMALL, true)
        };
        let [left, right] = self.headings;
        let widths = self.headings.map(|words| frame.font().width(words, SMALL));
        let from = (bars.0 - BESIDE).max(frame.left + widths[0]);
        let to = (bars.1 + BAR + BESIDE).min(frame.right - widths[1]);
        frame.canvas.text(from, baseline, Anchor::End, face, left);
        frame.canvas.text(to, baseline, Anchor::Start, face, right);
    }

    /// The bands, each kept apart from others by an edge of paper: the large ones first, so that small ones are seen.
    fn draw_bands(&self, frame: &mut ChartFrame, ends: (i32, i32), sides: [&[PlacedEnd]; 2]) {
        let mut tops = sides.map(|side| side.iter().map(|end| end.bar.0).collect::<Vec<f64>>());
        let mut courses = Vec::new();
        for band in &self.between {
            let thickness = self.thickness(band);
            let mut take = |side: usize, end: usize| {
                let top = tops[side][end];
                tops[side][end] += thickness;
                (top, top + thickness)
            };
            let (from, to) = (take(0, band.left), take(1, band.right));
            let upper = BandEdge::new(ends, from.0, to.0);
            let lower = BandEdge::new(ends, from.1, to.1);
            courses.push((band, thickness < THREAD, upper, lower));
        }
        courses.sort_by(|a, b| {
            let by_amount = || b.0.amount.total_cmp(&a.0.amount);
            b.1.cmp(&a.1).then_with(by_amount)
        });
        for (band, _, upper, lower) in courses {
            let canvas = &mut frame.canvas;
            canvas.fill_path(&outline(&upper, &lower, 1), Role::Paper);
            canvas.fill_path(&outline(&upper, &lower, 0), band.role);
            let starts = (ends.0..ends.1).step_by(STRIPE.1);
            let mut gaps = String::new();
            for start in starts.filter(|_| band.is_striped) {
                let from = (f64::from(start) + STRIPE.0).min(f64::from(ends.1));
                let to = f64::from(start + i32::try_from(STRIPE.1).unwrap_or(0));
                let to = to.min(f64::from(ends.1));
                let (a, b) = (upper.y(from) - 0.7, upper.y(to) - 0.7);
                let (c, d) = (lower.y(to) + 0.7, lower.y(from) + 0.7);
                // Writing to a string does not fail.
                let _ = write!(
                    gaps,
                    "M{from} {a:.1}L{to} {b:.1}L{to} {c:.1}L{from} {d:.1}z"
                );
            }
            canvas.fill_path(&gaps, Role::Paper);
            // The pointer needs something to hit, and not more than a rough outline.
            let rough = |edge: &BandEdge, rim: i32| -> Vec<Point> {
                let places =
                    (0..=ROUGHLY).map(|piece| ends.0 + (ends.1 - ends.0) * piece / ROUGHLY);
                let points = places.map(|x| (x, whole(edge.y(f64::from(x))) + rim));
                points.collect()
            };
            let mut felt = rough(&upper, -2);
            felt.extend(rough(&lower, 2).into_iter().rev());
            frame.canvas.tip_within(&felt, &band.tip);
        }
    }
}

/// An edge of a band: level at both ends, steepest in the middle.
struct BandEdge {
    from: Point,
    to: Point,
}

impl BandEdge {
    fn new(ends: (i32, i32), left: f64, right: f64) -> Self {
        Self {
            from: (ends.0, whole(left)),
            to: (ends.1, whole(right)),
        }
    }

    /// Its height at a place between its ends.
    fn y(&self, x: f64) -> f64 {
        let share = (x - f64::from(self.from.0)) / f64::from((self.to.0 - self.from.0).max(1));
        let eased = share * share * (3.0 - 2.0 * share);
        f64::from(self.to.1 - self.from.1).mul_add(eased, f64::from(self.from.1))
    }
}

/// The path around a band and a rim: `3 s² - 2 s³` is the cubic Bézier curve whose control points stand level with its
/// ends at a third and two thirds of the distance.
fn outline(upper: &BandEdge, lower: &BandEdge, rim: i32) -> String {
    let ((left, top), (right, top_right)) = (upper.from, upper.to);
    let (bottom, bottom_right) = (lower.from.1 + rim, lower.to.1 + rim);
    let (top, top_right) = (top - rim, top_right - rim);
    let third = f64::from(right - left) / 3.0;
    let (near, far) = (f64::from(left) + third, f64::from(right) - third);
    format!(
        "M{left} {top}C{near:.1} {top} {far:.1} {top_right} {right} {top_right}V{bottom_right}\
         C{far:.1} {bottom_right} {near:.1} {bottom} {left} {bottom}z"
    )
}

/// The lines of an end's words: names are cut rather than bands squeezed to nothing, numbers are no use in part.
fn lines(end: &BandEnd, frame: &ChartFrame) -> Vec<Vec<(String, Face)>> {
    let inner = frame.right - frame.left;
    let most = inner * if frame.is_wide { 0.3 } else { 0.34 } - BESIDE - BAR;
    let font = frame.font();
    let face = |is_strong| Face {
        role: end.role,
        ..ink(SIZE, is_strong)
    };
    let number = font.fit(&end.number, SIZE, inner * MOST_OF_NUMBER);
    let mut lines = Vec::new();
    if frame.is_wide {
        let space = most - font.width(&number, SIZE) - APART;
        let name = font.fit(&end.name, SIZE, space);
        lines.push(vec![(number, face(true)), (name, face(false))]);
    } else {
        let name = font.wrap(&end.name, SIZE, most, MOST_LINES).into_iter();
        lines.extend(name.map(|words| vec![(words, face(false))]));
        lines.push(vec![(number, face(true))]);
    }
    let detail = font.wrap(&end.detail, SMALL, most, MOST_LINES).into_iter();
    lines.extend(detail.map(|words| vec![(words, MUTED)]));
    lines
}

/// The bar of an end at `x`, its words beside it, and its text for the pointer.
fn draw_end(frame: &mut ChartFrame, end: &BandEnd, placed: &PlacedEnd, x: f64, is_left: bool) {
    let (top, bottom) = placed.bar;
    let corners = ((whole(x), whole(top)), (whole(x + BAR), whole(bottom)));
    let font = frame.font();
    let edges = (frame.left, frame.right);
    let canvas = &mut frame.canvas;
    canvas.rectangle(corners.0, corners.1, end.role);
    let mut baseline = LINE.mul_add(0.72, placed.middle());
    baseline -= placed.lines.len() as f64 * LINE / 2.0;
    for line in &placed.lines {
        let mut at = if is_left {
            x - BESIDE - width(line, font)
        } else {
            x + BAR + BESIDE
        };
        for (words, face) in line {
            at += canvas.text(at, baseline, Anchor::Start, *face, words) + APART;
        }
        baseline += LINE;
    }
    let half = placed.height() / 2.0;
    let (from, to) = if is_left { (edges.0, x) } else { (x, edges.1) };
    canvas.tip(
        (whole(from), whole(placed.middle() - half)),
        (whole(to), whole(placed.middle() + half)),
        &end.tip,
    );
}
