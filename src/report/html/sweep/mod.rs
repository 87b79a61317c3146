//! The page of a sweep: report.html of its folder, opened by the sheet.

mod cases;
mod page;
mod tables;
mod tenants;

pub use page::sweep_report;
