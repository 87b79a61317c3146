//! HTML: documents as pages that are read in a browser, each one file that needs no network and no other file.
//!
//! One renderer lays out a [`Document`](super::document::Document) by the templates beside this file, which escape whatever they are given. What
//! `plan` says on its page is made in `content/`, what other commands say beside their report, as sections of values.

mod content;
mod render;
mod theme;

pub use super::document::Figure;
pub use content::{Explained, PlanReport, Topic, report};
pub use render::REPORT_FILE;
pub(in crate::report) use render::page;
