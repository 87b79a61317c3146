//! `[protect]`: plans whose homes survive failures.

mod by_hand;
mod draws;
mod shipped;
mod sweeps;
