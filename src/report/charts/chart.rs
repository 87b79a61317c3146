//! Chart: what can be drawn at any width, with the values that it shows.

use super::picture::Picture;
use super::raster;
use crate::error::Result;

/// What can be drawn at any width, with the values that it shows.
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

    /// The values shown, in the order shown.
    ///
    /// # Errors
    /// `Error::Internal` if it cannot be written.
    fn csv(&self) -> Result<Vec<u8>>;

    /// The chart in its three forms, `width` pixels wide.
    ///
    /// # Errors
    /// `Error::Internal` if it cannot be drawn.
    fn picture(&self, width: u32) -> Result<Picture> {
        let svg = self.svg(width)?;
        let png = raster::png(&svg)?;
        let csv = self.csv()?;
        Ok(Picture { svg, png, csv })
    }
}
