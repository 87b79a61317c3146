//! The integration tests: behaviour of the whole library and of the command line, in one binary.

mod folders;
mod inventory;
