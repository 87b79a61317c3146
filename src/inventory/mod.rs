//! Placeholder front page of the floor `inventory`.
