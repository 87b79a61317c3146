//! The only floor that names `HiGHS`: the master program, its pricing, the levels in order; an [`Outcome`] out.
//!
//! `levels.rs` and `settled.rs` go from level to level, `price.rs` prices one pass and proves its bound. `master/` is the
//! program with fewer rows and columns than it has classes, `candidate.rs` finds columns worth adding. `openings.rs` and
//! `cover.rs` decide on standby access points, `scale.rs` finds the least scale of all that rows allow. `options.rs` has every
//! budget, `backend.rs` the interface of the solver, `faults.rs` what tests let go wrong in it.

mod backend;
mod candidate;
mod capacity;
mod closed;
mod cover;
mod elsewhere;
mod extract;
mod fares;
#[cfg(test)]
pub(crate) mod faults;
mod joint;
mod known_paths;
mod levels;
mod master;
mod matrix;
mod openings;
mod options;
mod outcome;
mod placement;
mod price;
mod prices;
mod proposed;
mod scale;
mod service;
mod settled;
mod stop;
mod survival;
#[cfg(test)]
pub(crate) mod tests;

pub use capacity::least_capacity;
pub use joint::{JointOutcome, JointShare, solve_joint};
pub use levels::{
    Unless, solve, solve_from, solve_if_served, solve_near, solve_to_beat, solve_unless_short,
};
pub use outcome::{LevelOutcome, LevelProof, Outcome, Proof, Served};
pub use placement::Placement;
pub use placement::Start;
pub use prices::{Keeping, Kept, Prices, RowPrice, SetPrices};
pub use proposed::prove;
pub use scale::{LeastScale, least_scale, least_scale_and_outcome};
pub use settled::Beat;
pub use stop::Stop;
pub use survival::{Fewest, OfDemand, fewest_unserved};
