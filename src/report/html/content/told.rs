//! What report.html is made from.

use super::super::explained::Explained;
use super::super::figure::Figure;
use super::super::frame::Frame;
use super::super::page::Page;
use super::anchors::Anchors;
use super::tables::HeadroomTable;
use crate::ids::ShardId;
use crate::plan::PeriodPlan;
use crate::report::briefing::Briefing;
use crate::report::explained::{Teller, unserved_words};
use crate::report::span::span;
use crate::report::text::visible;

/// What report.html is made from: the plan, and what was made of it elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The plan and where its names come from.
    pub briefing: Briefing<'a>,
    /// What the user should know of the input: what was found when it was read, then what planning found.
    pub warnings: &'a [String],
    /// Why, in sentences; the order is kept.
    pub explained: &'a [Explained],
    /// Charts, in the order in which they are to be read; none if none are drawn.
    pub figures: &'a [Figure],
}

impl Told<'_> {
    /// The page.
    pub(in super::super) fn page(&self) -> Page {
        let scenario = self.briefing.scenario;
        let anchors = Anchors::new(self);
        let headroom = HeadroomTable::new(self, &anchors);
        let mut frame = Frame::new(
            "Plan",
            &scenario.name,
            &span(scenario, scenario.start, scenario.end),
        );
        let tables = self.tables(&anchors, &headroom);
        let own = |id: &str| tables.iter().any(|table| table.id == id);
        let sections = [
            ("briefing", "Briefing", true),
            ("periods", "Periods", true),
            ("why", "Why", true),
            ("tenants", "Whom to tell", own("tenants")),
            ("changes", "What to do", own("changes")),
            ("tables", "Tables", true),
        ];
        let sections = sections.into_iter().filter(|(_, _, is_there)| *is_there);
        frame.sections = sections.map(|(id, words, _)| (id, words)).collect();
        let of_scenario = self.figures.iter().filter(|own| own.period.is_none());
        Page {
            frame,
            state: self.state(),
            answer: self.answer(),
            findings: self.findings(&headroom),
            next: self.next(&anchors),
            numbers: self.numbers(&headroom),
            tightest: self.tightest(&headroom),
            warnings: visible_all(self.warnings),
            unknown: visible_all(&self.briefing.blind()),
            glance: self.glance(&anchors, &headroom),
            figures: of_scenario.cloned().collect(),
            periods: self.periods(&anchors, &headroom),
            whys: self.whys(&anchors),
            proof: visible_all(
                &[
                    self.briefing.joint(),
                    self.briefing.band(),
                    self.briefing.proof(),
                ]
                .concat(),
            ),
            tables,
        }
    }
}

impl Told<'_> {
    /// Who is unserved in a period, how many of them and why, by shard.
    pub(super) fn unserved_words(
        &self,
        period: &PeriodPlan,
    ) -> std::collections::BTreeMap<ShardId, (f64, String)> {
        let teller = Teller {
            inventory: self.briefing.inventory,
        };
        unserved_words(teller, period)
    }
}

/// Sentences without anything that hides or turns the reading direction.
pub(super) fn visible_all(sentences: &[String]) -> Vec<String> {
    let made = sentences.iter().map(|words| visible(words).into_owned());
    made.collect()
}
