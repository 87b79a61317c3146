//! Placeholder front page of the floor `cli`.
