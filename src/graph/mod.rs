//! Placeholder front page of the floor `graph`.
