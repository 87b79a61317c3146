//! Report: plan values in, bytes out; tables, CSV, sentences and charts.
//!
//! Nothing here opens a file, reads a clock or asks the environment.

pub mod numbers;
pub mod text;
