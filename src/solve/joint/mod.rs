//! The joint program: who has to move at all where every period is planned at once (`docs/model.md` §8).

mod cheapest;
mod columns;
mod fares;
mod master;
mod rows;
mod settle;

pub use settle::{JointOutcome, JointShare, solve_joint};
