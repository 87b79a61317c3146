//! Placeholder front page of the floor `solve`.
