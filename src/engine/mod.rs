//! Placeholder front page of the floor `engine`.
