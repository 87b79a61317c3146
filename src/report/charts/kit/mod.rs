//! Chart kit: what all charts are made of.
//!
//! A chart is a specification: a [`frame`] of title, legend and notes around a primitive that lays itself out.
//! [`rows`] are gauges with words beside them, [`grid`] is a map of cells. Both measure their words, and both
//! re-flow where a picture is narrow: what stood side by side stands under each other, and fewer columns are shown.

pub(crate) mod bands;
pub(crate) mod canvas;
pub(crate) mod cells;
pub(crate) mod columns;
pub(crate) mod font;
pub(crate) mod frame;
pub(crate) mod grid;
#[cfg(test)]
pub(crate) mod legible;
mod lines;
pub(crate) mod marks;
pub(crate) mod raster;
pub(crate) mod rows;
pub(crate) mod scale;
pub(crate) mod time;
