//! HTML: pages that are read in a browser, each one file that needs no network and no other file.
//!
//! Plain values ([`Page`], [`DataTable`], [`Figure`]) are made from a plan, templates make text of them and escape
//! whatever they are given. [`Frame`] is what every page has around its contents; a page of another command
//! extends `templates/base.html` and reuses `table.html`, `figures.html` and `sentences.html`.

mod comparison;
mod content;
mod explained;
mod figure;
mod frame;
mod page;
mod replay;
mod report;
mod sweep;
mod table;
mod theme;

pub use comparison::{COMPARISON_PAGE, comparison};
pub use content::Told;
pub use explained::{Explained, Topic};
pub use figure::Figure;
pub use frame::Frame;
pub use page::{Fact, KeyNumber, Line, Page, PeriodPart, Why, WhyPart};
pub use replay::replay_report;
pub use report::{REPORT_FILE, report};
pub use sweep::sweep_report;
pub use table::{Cell, DataTable, Gauge, Heading, Row, selected};
