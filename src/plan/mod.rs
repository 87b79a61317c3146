//! Placeholder front page of the floor `plan`.
