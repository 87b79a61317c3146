//! What is said about a plan: whether it holds.

pub mod check;
