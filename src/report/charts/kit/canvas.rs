//! Canvas: smooth paths, shapes on whole pixels above them, texts above both, one SVG out of all.
//!
//! Texts have a `textLength`: with it a browser that lacks the font squeezes its own into the width that was
//! measured, and nothing overlaps.

use super::font::{FAMILY, Font};
use crate::report::charts::palette::Role;
use crate::report::text::{visible, xml};
use std::fmt::{Display, Write as _};

/// A point in pixels, right and down from the upper left corner.
pub(crate) type Point = (i32, i32);

/// Which point of a text `x` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Face {
    /// Pixels to the em.
    pub(crate) size: f64,
    /// Colour.
    pub(crate) role: Role,
    /// Whether it is heavier than the rest.
    pub(crate) is_strong: bool,
}

/// A drawing in the making: the ground, shapes on whole pixels, texts, and texts for the pointer.
#[derive(Debug, Clone)]
pub(crate) struct Canvas {
    /// The font that measures.
    pub(crate) font: Font,
    background: String,
    shapes: String,
    texts: String,
    labels: String,
    tips: String,
}

impl Canvas {
    /// An empty drawing.
    pub(crate) fn new(font: Font) -> Self {
        let [text, shapes, texts, labels, tips] = Default::default();
        Self {
            font,
            background: text,
            shapes,
            texts,
            labels,
            tips,
        }
    }

    /// A filled path beneath the shapes, in pixels.
    pub(crate) fn fill_path(&mut self, path: &str, role: Role) {
        self.path(path, format_args!("fill=\"{}\"", role.hex()));
    }

    /// A filled path in half pixels beneath the shapes; what an even number of its rings surround stays empty.
    pub(crate) fn fill_half_path(&mut self, path: &str, role: Role) {
        let role = role.hex();
        let rule = "fill-rule=\"evenodd\" transform=\"scale(.5)\"";
        self.path(path, format_args!("fill=\"{role}\" {rule}"));
    }

    /// A line along a path beneath the shapes, in pixels.
    pub(crate) fn curve(&mut self, path: &str, width: f64, role: Role) {
        let role = role.hex();
        let stroke = format_args!("fill=\"none\" stroke=\"{role}\" stroke-width=\"{width:.1}\"");
        self.path(path, stroke);
    }

    /// A dot around each point, beneath the shapes.
    pub(crate) fn dots(&mut self, centres: &[Point], width: u32, role: Role) {
        // A line without length whose ends are round.
        let dots = centres.iter().map(|(x, y)| format!("M{x} {y}h0"));
        let (dots, role) = (dots.collect::<String>(), role.hex());
        let stroke = format_args!(
            "fill=\"none\" stroke=\"{role}\" stroke-width=\"{width}\" stroke-linecap=\"round\""
        );
        self.path(&dots, stroke);
    }

    fn path(&mut self, path: &str, attributes: impl Display) {
        if !path.is_empty() {
            // Writing to a string does not fail.
            let _ = writeln!(self.background, "<path {attributes} d=\"{path}\"/>");
        }
    }

    /// A filled rectangle between two corners.
    pub(crate) fn rectangle(&mut self, from: Point, to: Point, role: Role) {
        let area = area(from, to);
        self.shape(format_args!("<rect {area} fill=\"{}\"/>", role.hex()));
    }

    /// A filled polygon.
    pub(crate) fn polygon(&mut self, corners: impl AsRef<[Point]>, role: Role) {
        let (points, role) = (points(corners.as_ref()), role.hex());
        self.shape(format_args!(
            "<polygon fill=\"{role}\" points=\"{points}\"/>"
        ));
    }

    /// A filled circle.
    pub(crate) fn disc(&mut self, (x, y): Point, radius: u32, role: Role) {
        let role = role.hex();
        self.shape(format_args!(
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{role}\"/>"
        ));
    }

    /// A circle's outline.
    pub(crate) fn ring(&mut self, (x, y): Point, radius: u32, width: u32, role: Role) {
        let role = role.hex();
        self.shape(format_args!(
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"none\" stroke=\"{role}\" stroke-width=\"{width}\"/>"
        ));
    }

    /// A straight line.
    pub(crate) fn line(&mut self, from: Point, to: Point, width: u32, role: Role) {
        let ((x1, y1), (x2, y2), role) = (from, to, role.hex());
        self.shape(format_args!(
            "<line stroke=\"{role}\" stroke-width=\"{width}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>"
        ));
    }

    fn shape(&mut self, shape: impl Display) {
        // Writing to a string does not fail.
        let _ = writeln!(self.shapes, "{shape}");
    }

    /// A text on one line with its baseline at `y`; returns its width.
    pub(crate) fn text(&mut self, x: f64, y: f64, anchor: Anchor, face: Face, text: &str) -> f64 {
        // One weight comes with the program: a thin outline makes the heavier one.
        let outline = if face.is_strong {
            format!(
                " stroke=\"{}\" stroke-width=\"{:.2}\"",
                face.role.hex(),
                face.size * STRONG
            )
        } else {
            String::new()
        };
        let (width, svg) = self.written(x, y, anchor, face, text, &outline);
        self.texts.push_str(&svg);
        width
    }

    /// A text on one line that reads upwards from a point, with its baseline to the right; returns its length.
    pub(crate) fn upright(&mut self, x: f64, y: f64, face: Face, text: &str) -> f64 {
        let turn = format!(" transform=\"rotate(-90 {x:.1} {y:.1})\"");
        let (length, svg) = self.written(x, y, Anchor::Start, face, text, &turn);
        self.texts.push_str(&svg);
        length
    }

    /// A text over a drawing, kept apart from it by a rim of paper.
    pub(crate) fn label(&mut self, x: f64, y: f64, anchor: Anchor, face: Face, text: &str) {
        let (_, svg) = self.written(x, y, anchor, face, text, "");
        self.labels.push_str(&svg);
    }

    /// Width and SVG of a text with further attributes.
    fn written(
        &self,
        x: f64,
        y: f64,
        anchor: Anchor,
        face: Face,
        text: &str,
        attributes: &str,
    ) -> (f64, String) {
        let text = visible(text);
        if text.is_empty() {
            return (0.0, String::new());
        }
        let width = self.font.width(&text, face.size);
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let svg = format!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-size=\"{}\" fill=\"{}\"{attributes} \
             textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\">{}</text>\n",
            face.size,
            face.role.hex(),
            xml(&text),
        );
        (width, svg)
    }

    /// Numbers that show when the pointer rests on the rectangle between two corners. Later tips lie on top.
    pub(crate) fn tip(&mut self, from: Point, to: Point, words: &str) {
        let (area, words) = (area(from, to), xml(&visible(words)));
        // Writing to a string does not fail.
        let _ = writeln!(self.tips, "<rect {area}><title>{words}</title></rect>");
    }

    /// Numbers that show when the pointer rests within the polygon.
    pub(crate) fn tip_within(&mut self, corners: &[Point], words: &str) {
        let (points, words) = (points(corners), xml(&visible(words)));
        // Writing to a string does not fail.
        let _ = writeln!(
            self.tips,
            "<polygon points=\"{points}\"><title>{words}</title></polygon>"
        );
    }

    /// The SVG of `width` × `height`, with a title and a description for those who do not see it.
    pub(crate) fn finish(
        self,
        (width, height): (u32, u32),
        title: &str,
        description: &str,
    ) -> String {
        let (title, description) = (xml(&visible(title)), xml(&visible(description)));
        let (paper, family) = (Role::Paper.hex(), xml(FAMILY));
        let Self {
            background,
            shapes,
            texts,
            labels,
            tips,
            ..
        } = self;
        let background = group("class=\"ground\"", &background);
        let labels = group(RIM, &labels);
        // Nothing is painted, and the pointer is felt all the same.
        let tips = group("class=\"tips\" fill=\"none\" pointer-events=\"all\"", &tips);
        format!(
            "<svg role=\"img\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             xmlns=\"http://www.w3.org/2000/svg\">\n\
             <title>{title}</title>\n<desc>{description}</desc>\n\
             <rect x=\"0\" y=\"0\" width=\"{width}\" height=\"{height}\" fill=\"{paper}\"/>\n\
             {background}{shapes}<g font-family=\"{family}\">\n{labels}{texts}</g>\n{tips}</svg>\n"
        )
    }
}

/// A group of shapes with attributes; none if there are no shapes.
fn group(attributes: &str, shapes: &str) -> String {
    if shapes.is_empty() {
        return String::new();
    }
    format!("<g {attributes}>\n{shapes}</g>\n")
}

/// The place of a rectangle between two corners.
fn area(from: Point, to: Point) -> String {
    format!(
        "x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
        from.0.min(to.0),
        from.1.min(to.1),
        from.0.abs_diff(to.0),
        from.1.abs_diff(to.1)
    )
}

/// Corners as SVG writes them.
fn points(corners: &[Point]) -> String {
    let points: Vec<String> = corners.iter().map(|(x, y)| format!("{x},{y}")).collect();
    points.join(" ")
}

/// A rim around labels, in the colour of [`Role::Paper`].
const RIM: &str = "stroke=\"#ffffff\" stroke-opacity=\".85\" stroke-width=\"3\" stroke-linejoin=\"round\" \
                   paint-order=\"stroke\"";

/// Width of the outline that makes a text heavier, in em.
const STRONG: f64 = 0.045;

/// The pixel that a position falls on.
pub(crate) fn whole(position: f64) -> i32 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float cast saturates, and pictures are far smaller than 2^31 pixels"
    )]
    let pixel = position.round() as i32;
    pixel
}

#[cfg(test)]
mod tests;
