//! Replays of nobody doing anything against the second opinion: small places by hand, and drawn ones.

mod by_hand;
mod compared;
mod drawn;
mod place;
mod sessions;
