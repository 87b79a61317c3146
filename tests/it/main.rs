//! Behaviour of the whole package, in one binary.
#![allow(missing_docs)]

mod draw;
mod naive;
mod second_opinion;
