//! First screen: the beginning of every page. It decides: the alarm or the all clear, three numbers, the first thing to do, the
//! chart that shows it, and the files beside the page.

use super::section::{Block, Figure, KeyNumber, Line, Section};
use crate::report::headroom::State;
use crate::report::text::visible;

/// The first screen of a page.
pub(in crate::report) struct FirstScreen {
    /// How the verdict is to be judged.
    pub(in crate::report) state: State,
    /// The first alarm, or the all clear.
    pub(in crate::report) verdict: String,
    /// Sentences below it, few enough that the rest of the screen stays free.
    pub(in crate::report) beside: Vec<Line>,
    /// Three numbers at most.
    pub(in crate::report) numbers: Vec<KeyNumber>,
    /// The first thing to do.
    pub(in crate::report) first: Line,
    /// The chart of the finding, or a small table in its place.
    pub(in crate::report) shown: Vec<Block>,
    /// Files of the folder, those for operators first.
    pub(in crate::report) files: Vec<&'static str>,
}

impl FirstScreen {
    /// The first section of a page. No link at the head of the page leads to it: it is there already.
    pub(in crate::report) fn section(self) -> Section {
        let verdict = visible(&self.verdict).into_owned();
        let beside = vec![Block::Paragraphs("", self.beside)];
        let mut blocks = vec![
            Block::Verdict(self.state, verdict, beside),
            Block::Numbers(self.numbers),
            Block::Paragraphs("first", vec![self.first]),
        ];
        blocks.extend(self.shown);
        let files = self.files.into_iter();
        let files = files.map(|file| Line::link(file, file)).collect();
        blocks.push(Block::List("files", files));
        Section::headed("briefing", "", "briefing", blocks)
    }
}

/// The chart that a first screen shows, which is the first one of a command, and all others.
pub(in crate::report) fn first_figure(figures: Vec<Figure>) -> (Vec<Block>, Vec<Figure>) {
    let mut figures = figures.into_iter();
    let first = figures.next().map(|figure| Block::Figures(vec![figure]));
    (first.into_iter().collect(), figures.collect())
}

/// A link to further alarms and to what is not checked, where there are any: `2 more findings`.
pub(in crate::report) fn more_findings(count: usize, anchor: &str) -> Option<(String, String)> {
    let words = match count {
        0 => return None,
        1 => "1 more finding".to_owned(),
        more => format!("{more} more findings"),
    };
    Some((anchor.to_owned(), words))
}
