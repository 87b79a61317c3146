//! A plan from its inventory to its exit code, as the program makes it, without files.

mod faults;
