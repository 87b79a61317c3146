//! Placeholder front page of the floor `formulation`.
