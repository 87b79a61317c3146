//! Runway: the last day on which conditions hold while users grow and capacities change (`docs/model.md` §13).
//!
//! `dated.rs` asks what holds on one day (`occasion.rs`, `answer.rs`, `of_settled.rs`): `as_is.rs` without planning again,
//! `cases.rs` in every case of failures, `by_rule.rs` under recoveries that decide nothing, `protected.rs` from other homes
//! where those matter (`homes.rs`), `whole.rs` with whole shards. `placed.rs` gives homes to those who come, `events.rs` tells
//! which events are in force together, `trapped.rs` who has no site whatever the capacity.
//!
//! `stretches.rs` finds the days on which a condition fails by asking few of them. `rows.rs` goes through conditions,
//! `under_failures.rs` through cases and days, `search.rs` through ends of the forecast. `samples.rs` says when components run
//! out, `proof.rs` which days show that dates are right. `end_state.rs` asks as is of the homes and paths with which a plan ends.

mod answer;
mod as_is;
mod by_rule;
mod cases;
mod dated;
mod end_state;
mod events;
mod homes;
mod known_days;
mod occasion;
mod of_settled;
mod placed;
mod proof;
mod protected;
mod rows;
mod samples;
mod search;
mod stretches;
mod trapped;
mod under_failures;
mod whole;

pub use end_state::end_state;
pub use proof::{DayProof, RunwayProver};
pub use search::{RunwayRequest, runway};
