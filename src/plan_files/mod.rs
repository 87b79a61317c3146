//! Placeholder front page of the floor `plan_files`.
