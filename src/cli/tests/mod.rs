//! A plan from its inventory to its exit code, as the program makes it, without files; the page of commands.

mod faults;
mod manual;
