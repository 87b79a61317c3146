//! Canvas: shapes drawn by plotters, texts beside them, one SVG out of both.
//!
//! plotters writes the shapes. Texts are written here, because plotters knows no `textLength`: with it a
//! browser that lacks the font squeezes its own into the width that was measured, and nothing overlaps.

use super::font::{FAMILY, Font};
use super::ground::Ground;
use super::palette::Role;
use crate::error::{Error, Result};
use crate::report::text::{visible, xml};
use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::{Color, ShapeStyle};
use std::fmt::Write as _;

/// A point in pixels, right and down from the upper left corner.
pub(super) type Point = (i32, i32);

/// Which point of a text `x` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Face {
    /// Pixels to the em.
    pub(super) size: f64,
    /// Colour.
    pub(super) role: Role,
    /// Whether it is heavier than the rest.
    pub(super) is_strong: bool,
}

/// A shape and its colour.
#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Rectangle(Point, Point),
    Polygon(Vec<Point>),
    Disc(Point, u32),
    Ring(Point, u32, u32),
    Line(Point, Point, u32),
}

/// A drawing in the making.
#[derive(Debug, Clone)]
pub(super) struct Canvas {
    /// The font that measures.
    pub(super) font: Font,
    /// What lies beneath the shapes.
    pub(super) ground: Ground,
    shapes: Vec<(Shape, Role)>,
    texts: String,
    labels: String,
    tips: String,
}

impl Canvas {
    /// An empty drawing.
    pub(super) fn new(font: Font) -> Self {
        Self {
            font,
            ground: Ground::default(),
            shapes: Vec::new(),
            texts: String::new(),
            labels: String::new(),
            tips: String::new(),
        }
    }

    /// A filled rectangle between two corners.
    pub(super) fn rectangle(&mut self, from: Point, to: Point, role: Role) {
        self.shapes.push((Shape::Rectangle(from, to), role));
    }

    /// A filled polygon.
    pub(super) fn polygon(&mut self, corners: Vec<Point>, role: Role) {
        self.shapes.push((Shape::Polygon(corners), role));
    }

    /// A filled circle.
    pub(super) fn disc(&mut self, centre: Point, radius: u32, role: Role) {
        self.shapes.push((Shape::Disc(centre, radius), role));
    }

    /// A circle's outline.
    pub(super) fn ring(&mut self, centre: Point, radius: u32, width: u32, role: Role) {
        self.shapes.push((Shape::Ring(centre, radius, width), role));
    }

    /// A straight line.
    pub(super) fn line(&mut self, from: Point, to: Point, width: u32, role: Role) {
        self.shapes.push((Shape::Line(from, to, width), role));
    }

    /// A text on one line with its baseline at `y`; returns its width.
    pub(super) fn text(&mut self, x: f64, y: f64, anchor: Anchor, face: Face, text: &str) -> f64 {
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
    pub(super) fn upright(&mut self, x: f64, y: f64, face: Face, text: &str) -> f64 {
        let turn = format!(" transform=\"rotate(-90 {x:.1} {y:.1})\"");
        let (length, svg) = self.written(x, y, Anchor::Start, face, text, &turn);
        self.texts.push_str(&svg);
        length
    }

    /// A text over a drawing, kept apart from it by a rim of paper.
    pub(super) fn label(&mut self, x: f64, y: f64, anchor: Anchor, face: Face, text: &str) {
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
    pub(super) fn tip(&mut self, from: Point, to: Point, words: &str) {
        // Writing to a string does not fail.
        let _ = writeln!(
            self.tips,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{}</title></rect>",
            from.0.min(to.0),
            from.1.min(to.1),
            from.0.abs_diff(to.0),
            from.1.abs_diff(to.1),
            xml(&visible(words)),
        );
    }

    /// Numbers that show when the pointer rests within the polygon.
    pub(super) fn tip_within(&mut self, corners: &[Point], words: &str) {
        let points: Vec<String> = corners.iter().map(|(x, y)| format!("{x},{y}")).collect();
        // Writing to a string does not fail.
        let _ = writeln!(
            self.tips,
            "<polygon points=\"{}\"><title>{}</title></polygon>",
            points.join(" "),
            xml(&visible(words)),
        );
    }

    /// The SVG of `width` × `height`, with a title and a description for those who do not see it.
    pub(super) fn finish(
        self,
        (width, height): (u32, u32),
        title: &str,
        description: &str,
    ) -> Result<String> {
        let mut svg = String::new();
        {
            let mut backend = SVGBackend::with_string(&mut svg, (width, height));
            let corner = (whole(f64::from(width)), whole(f64::from(height)));
            let paper = (Shape::Rectangle((0, 0), corner), Role::Paper);
            for (shape, role) in std::iter::once(&paper).chain(&self.shapes) {
                draw(&mut backend, shape, *role)?;
            }
            backend
                .present()
                .map_err(|error| Error::Internal(format!("a chart could not be ended: {error}")))?;
        }
        let told = format!(
            "<title>{}</title>\n<desc>{}</desc>\n",
            xml(&visible(title)),
            xml(&visible(description))
        );
        let labels = if self.labels.is_empty() {
            String::new()
        } else {
            format!("<g {RIM}>\n{}</g>\n", self.labels)
        };
        let texts = format!(
            "<g font-family=\"{}\">\n{labels}{}</g>\n",
            xml(FAMILY),
            self.texts
        );
        let tips = if self.tips.is_empty() {
            String::new()
        } else {
            // Nothing is painted, and the pointer is felt all the same.
            format!(
                "<g class=\"tips\" fill=\"none\" pointer-events=\"all\">\n{}</g>\n",
                self.tips
            )
        };
        let (head, shapes) = svg
            .split_once('\n')
            .ok_or_else(|| Error::Internal("a chart has no shapes".to_owned()))?;
        let head = head.replacen("<svg ", "<svg role=\"img\" ", 1);
        let shapes = shapes.strip_suffix("</svg>\n").unwrap_or(shapes);
        // The paper is the first of them.
        let (paper, shapes) = shapes.split_once('\n').unwrap_or((shapes, ""));
        let ground = self.ground.finish();
        Ok(format!(
            "{head}\n{told}{paper}\n{ground}{shapes}{texts}{tips}</svg>\n"
        ))
    }
}

/// A rim around labels, in the colour of [`Role::Paper`].
const RIM: &str = "stroke=\"#ffffff\" stroke-opacity=\".85\" stroke-width=\"3\" stroke-linejoin=\"round\" \
                   paint-order=\"stroke\"";

/// Width of the outline that makes a text heavier, in em.
const STRONG: f64 = 0.045;

/// The pixel that a position falls on.
pub(super) fn whole(position: f64) -> i32 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float cast saturates, and pictures are far smaller than 2^31 pixels"
    )]
    let pixel = position.round() as i32;
    pixel
}

/// Draws one shape with plotters.
fn draw(backend: &mut SVGBackend<'_>, shape: &Shape, role: Role) -> Result<()> {
    let style = |width: u32| ShapeStyle {
        color: role.plotters().to_rgba(),
        filled: true,
        stroke_width: width,
    };
    let drawn = match shape {
        Shape::Rectangle(from, to) => backend.draw_rect(*from, *to, &style(0), true),
        Shape::Polygon(corners) => backend.fill_polygon(corners.iter().copied(), &style(0)),
        Shape::Disc(centre, radius) => backend.draw_circle(*centre, *radius, &style(0), true),
        Shape::Ring(centre, radius, width) => {
            backend.draw_circle(*centre, *radius, &style(*width), false)
        }
        Shape::Line(from, to, width) => backend.draw_line(*from, *to, &style(*width)),
    };
    drawn.map_err(|error| Error::Internal(format!("a shape could not be drawn: {error}")))
}

#[cfg(test)]
mod tests;
