//! The text of the terminal.

use super::of_run::premise;
use crate::report::document::{Block, Document};
use crate::report::grammar::count;
use crate::report::replay::Told;

impl Told<'_> {
    /// What a replay says on the terminal: the finding, each run, credits, tables, and what is assumed.
    pub fn text(&self, width: Option<u16>) -> String {
        let finding = format!("{}.", self.finding());
        let mut document = Document::of([vec![Block::sentences(
            [finding].into_iter().chain(self.of_plan()),
        )]]);
        for run in self.runs() {
            let sentences = self.sentences(run);
            if !sentences.is_empty() {
                let heading = Block::Heading("", premise(run.run.conduct).to_owned());
                document.add(vec![heading, Block::items(sentences)]);
            }
        }
        let heading = Block::Heading("", "Service credits".to_owned());
        document.add(vec![heading, Block::sentences([self.paid_back()])]);
        document.add(self.tier_table().map(Block::Table).into_iter().collect());
        for run in self.runs() {
            document.add(vec![Block::Table(self.shortage_table(run))]);
        }
        document.add(vec![Block::sentences(self.assumed())]);
        document.text(width)
    }

    /// What has to be known of the plan that is carried out.
    pub(in crate::report) fn of_plan(&self) -> Option<String> {
        let carried = self.carried.as_ref()?;
        let mut sentences = Vec::new();
        if let Some(reason) = &carried.refused {
            sentences.push(format!(
                "The plan is refused, not to be carried out: {reason}. This is what it would come to all the same."
            ));
        }
        if carried.broken > 0 {
            let rules = count(carried.broken, "rule");
            sentences.push(format!(
                "The plan does not hold, it breaks {rules}; this is what it would come to all the same."
            ));
        }
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }
}
