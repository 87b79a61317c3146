//! The error margin: what is verified holds, what is beyond the bound does not.

mod by_hand;
pub(crate) mod drawn;
