//! Chart: what can be drawn at any width.

use super::kit::frame::ChartFrame;
use super::kit::raster;
use crate::error::Result;

/// One chart in both forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The picture; its text is text, with a generic family to fall back on.
    pub svg: String,
    /// The same SVG drawn at twice its size (less if that were more than 24 million pixels).
    pub png: Vec<u8>,
}

/// What can be drawn at any width.
///
/// The same values give the same bytes, whatever the order in which they come.
pub trait Chart: Send + Sync {
    /// The finding, such as `Chicago is drained: San Antonio has 12 % headroom (target 10 %)`.
    fn title(&self) -> &str;

    /// The SVG at `width` pixels (at least [`LEAST_WIDTH`](super::LEAST_WIDTH)); its height follows.
    ///
    /// # Errors
    /// `Error::Internal` if it cannot be drawn.
    fn svg(&self, width: u32) -> Result<String>;

    /// The chart in both forms, `width` pixels wide.
    ///
    /// # Errors
    /// `Error::Internal` if it cannot be drawn.
    fn picture(&self, width: u32) -> Result<Picture> {
        let svg = self.svg(width)?;
        let png = raster::png(&svg)?;
        Ok(Picture { svg, png })
    }
}

/// A specification of a chart: what stands above it, and what is drawn below that.
pub(super) trait Drawn {
    /// The finding, and the parts of what it is about: scenario, period and the like.
    fn heading(&self) -> (&str, Vec<String>);

    /// Draws legend, contents and notes from the top of a frame down.
    fn draw(&self, frame: &mut ChartFrame);
}

impl<D: Drawn + Send + Sync> Chart for D {
    fn title(&self) -> &str {
        self.heading().0
    }

    fn svg(&self, width: u32) -> Result<String> {
        let (title, about) = self.heading();
        let mut frame = ChartFrame::titled(width, title, &about)?;
        self.draw(&mut frame);
        Ok(frame.finish())
    }
}
