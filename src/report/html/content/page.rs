//! report.html of a plan, from the verdict to the last table.

use super::super::render::{REPORT_FILE, page};
use super::tables::HeadroomTable;
use super::whys::{Explained, PageAnchors};
use crate::error::Result;
use crate::ids::ShardId;
use crate::plan::PeriodPlan;
use crate::report::briefing::Briefing;
use crate::report::document::{Block, Document, Figure, Section};
use crate::report::explained::unserved_words;
use crate::report::span::span;
use crate::report::written::WrittenFile;
use std::collections::BTreeMap;

/// What report.html is made from: the plan, and what was made of it elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct PlanReport<'a> {
    /// The plan and where its names come from.
    pub briefing: Briefing<'a>,
    /// What the user should know of the input: what was found when it was read, then what planning found.
    pub warnings: &'a [String],
    /// Why, in sentences; the order is kept.
    pub explained: &'a [Explained],
    /// Charts, in the order in which they are to be read; none if none are drawn.
    pub figures: &'a [Figure],
}

/// report.html of a plan.
///
/// # Errors
/// `Error::Internal` if the page cannot be rendered.
pub fn report(told: &PlanReport<'_>) -> Result<WrittenFile> {
    page(REPORT_FILE, &told.document())
}

impl PlanReport<'_> {
    fn document(&self) -> Document {
        let (briefing, scenario) = (&self.briefing, self.briefing.scenario);
        let anchors = PageAnchors::new(self);
        let headroom = HeadroomTable::new(self, &anchors);
        let beside = vec![
            Block::Paragraphs("", self.findings(&headroom)),
            Block::List("", self.next(&anchors)),
        ];
        let mut rest = Block::tables(self.tightest(&headroom));
        rest.push(told("warnings", "Warnings", self.warnings));
        rest.push(told("unknown", "What nobody knew", &briefing.blind()));
        rest.push(Block::Table(self.glance(&anchors, &headroom)));
        let numbers = self.numbers(&headroom);
        let of_scenario = self.figures.iter().filter(|own| own.period.is_none());
        let figures = Section {
            link: "",
            ..Section::charts("The scenario in pictures", of_scenario.cloned().collect())
        };
        let proof = [briefing.joint(), briefing.band(), briefing.proof()].concat();
        let mut why = self.whys(&anchors);
        if !proof.is_empty() {
            why.push(Block::Heading("proof", "What is proven".to_owned()));
            why.push(Block::sentences(proof));
        }
        let span = span(scenario, scenario.start, scenario.end);
        let mut document = Document::page("Plan", &scenario.name, &span);
        document.push(Section::briefing(
            self.state(),
            &self.answer(),
            beside,
            numbers,
            rest,
        ));
        document.push(figures);
        let periods = self.periods(&anchors, &headroom);
        document.push(Section::new("periods", "Periods", periods));
        document.push(Section::new("why", "Why", why));
        document.push(Section::tables(self.tables(&anchors, &headroom)));
        document
    }

    pub(super) fn unserved_words(&self, period: &PeriodPlan) -> BTreeMap<ShardId, (f64, String)> {
        unserved_words(self.briefing.inventory, period)
    }
}

/// What has to be told before anything else, in a section of the briefing.
fn told(id: &str, heading: &str, sentences: &[String]) -> Block {
    Block::Part(Section {
        id: id.to_owned(),
        heading: heading.to_owned(),
        class: "told",
        blocks: vec![Block::items(sentences)],
        ..Section::default()
    })
}
