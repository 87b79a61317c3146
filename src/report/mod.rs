//! Placeholder front page of the floor `report`.
