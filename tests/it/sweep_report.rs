//! What a sweep looks like: the sheet, the words, the charts and the page, of made-up sweeps and of real ones.

mod gray;
mod impact;
mod look;
mod made;
mod page;
mod real;
mod sheet;
mod sites;
mod survivors;
mod words;
