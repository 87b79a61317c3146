//! report.html in a real browser: nothing is cut or overlaps, nothing is fetched, tables sort and filter,
//! bars tell their numbers, and text from the user's files stays text.
//!
//! `make test-browser` runs it; it needs Chromium.

mod chromium;
mod devtools;
mod first_screens;
mod hostile;
mod keyboard;
mod layout;
mod made;
mod reports;
mod runway;
#[path = "../it/runway_values.rs"]
mod runway_values;
mod tables;
mod tips;
