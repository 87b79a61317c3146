//! The referee: plans written by hand for the four cases hold, and every change of them is caught.

mod drawn;
mod lists;
mod mutations;
mod older;
mod plans;
mod rules;
mod statements;
mod summary;
mod table;
mod written;
