//! Laws that hold of every plan, on what is shipped and on what is drawn.

pub(crate) mod steps;
