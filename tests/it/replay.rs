//! Replays: queues, retries, sessions and what users felt.

mod by_hand;
mod circles;
mod downtime;
mod drawn;
mod incidents;
mod place;
mod replayed;
mod sessions;
mod shipped;
mod steps;
mod with_plan;
