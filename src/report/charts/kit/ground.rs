//! Ground: smooth areas and curves beneath the shapes of a canvas.
//!
//! Shapes stand on whole pixels, which is too coarse for coasts and curves; these are paths.

use crate::report::charts::palette::Role;
use std::fmt::Write as _;

/// What lies beneath the shapes, in the order drawn.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ground(String);

impl Ground {
    /// Fills a path in pixels.
    pub(crate) fn area(&mut self, path: &str, role: Role) {
        if path.is_empty() {
            return;
        }
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "<path fill=\"{}\" d=\"{path}\"/>", role.hex());
    }

    /// Fills a path in half pixels; what an even number of its rings surround stays empty.
    pub(crate) fn outline(&mut self, path: &str, role: Role) {
        if path.is_empty() {
            return;
        }
        let _ = writeln!(
            self.0,
            "<path fill=\"{}\" fill-rule=\"evenodd\" transform=\"scale(.5)\" d=\"{path}\"/>",
            role.hex()
        );
    }

    /// Draws along a path in pixels.
    pub(crate) fn curve(&mut self, path: &str, width: f64, role: Role) {
        if path.is_empty() {
            return;
        }
        let _ = writeln!(
            self.0,
            "<path fill=\"none\" stroke=\"{}\" stroke-width=\"{width:.1}\" d=\"{path}\"/>",
            role.hex()
        );
    }

    /// Draws a dot around each point.
    pub(crate) fn dots(&mut self, centres: &[(i32, i32)], width: u32, role: Role) {
        if centres.is_empty() {
            return;
        }
        let mut path = String::with_capacity(centres.len() * 10);
        for (x, y) in centres {
            // A line without length whose ends are round.
            let _ = write!(path, "M{x} {y}h0");
        }
        let _ = writeln!(
            self.0,
            "<path fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\" stroke-linecap=\"round\" d=\"{path}\"/>",
            role.hex()
        );
    }

    /// The SVG of all of it.
    pub(crate) fn finish(self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        format!("<g class=\"ground\">\n{}</g>\n", self.0)
    }
}
