//! Chart: what can be drawn at any width.

use super::kit::raster;
use super::picture::Picture;
use crate::error::Result;

/// What can be drawn at any width.
///
/// The same values give the same bytes, whatever the order in which they come.
pub trait Chart: Send + Sync {
    /// The finding, such as `Chicago is drained: San Antonio keeps 12 % headroom`.
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
