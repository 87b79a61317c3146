//! `[protect]`: plans whose homes survive failures.

mod bounds;
mod by_hand;
mod closed_forms;
mod draws;
mod gray;
mod shipped;
mod steering;
mod sweeps;
mod words;
