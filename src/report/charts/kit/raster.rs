//! Raster: a chart's SVG as PNG.

use super::font::database;
use crate::error::{Error, Result};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use std::fmt::Display;

/// Pixels of the PNG for one of the SVG, so that it is sharp on dense screens.
const SCALE: f32 = 2.0;

/// Most pixels of a PNG; a taller chart is drawn at a smaller scale.
const MOST_PIXELS: f32 = 24e6;

/// The SVG drawn with the built-in fonts.
pub(crate) fn png(svg: &str) -> Result<Vec<u8>> {
    let options = Options {
        fontdb: database(),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).map_err(failed)?;
    let size = tree.size();
    let scale = SCALE.min((MOST_PIXELS / (size.width() * size.height())).sqrt());
    let scaled = size
        .to_int_size()
        .scale_by(scale)
        .ok_or_else(|| failed("it has no area"))?;
    let mut pixels = Pixmap::new(scaled.width(), scaled.height())
        .ok_or_else(|| failed("it does not fit into memory"))?;
    resvg::render(
        &tree,
        Transform::from_scale(scale, scale),
        &mut pixels.as_mut(),
    );
    encode(&pixels)
}

/// The pixels as PNG.
///
/// Large even areas want no filter, and the first level of compression: of the settings tried it is the fastest
/// whose files stay below half a megabyte for a dozen sites.
fn encode(pixels: &Pixmap) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, pixels.width(), pixels.height());
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_filter(png::Filter::NoFilter);
    encoder.set_deflate_compression(png::DeflateCompression::Level(1));
    let mut writer = encoder.write_header().map_err(failed)?;
    // The paper is opaque everywhere: multiplied by its opacity or not, a colour is the same.
    writer.write_image_data(pixels.data()).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

/// A chart of ours that cannot be drawn is a bug.
fn failed(reason: impl Display) -> Error {
    Error::Internal(format!("a chart could not be drawn: {reason}"))
}
