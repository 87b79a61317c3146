//! The integration tests: behaviour of the whole library and of the command line, in one binary.
#![allow(missing_docs)]

mod briefing;
mod cases;
mod change_list;
mod check;
mod command_line;
mod commands;
mod draw;
mod folders;
mod forged;
mod hostile;
mod inventory;
mod levels;
mod look;
mod maps;
mod naive;
mod naive_cases;
mod naive_properties;
mod naive_rules;
mod plan_files;
mod prices;
mod properties;
mod read;
mod report_page;
mod robust;
mod scenario;
mod second_opinion;
mod shipped;
mod tables;
mod tenant_list;
mod through;
mod tidy;
mod written_tables;
