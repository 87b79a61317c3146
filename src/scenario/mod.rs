//! Placeholder front page of the floor `scenario`.
