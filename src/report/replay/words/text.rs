//! The text of the terminal.

use super::of_run::premise;
use crate::report::numbers;
use crate::report::replay::Told;
use crate::report::table::wrapped;

impl Told<'_> {
    /// What a replay says on the terminal: the finding, each run, credits, tables, and what is assumed.
    pub fn text(&self, width: Option<u16>) -> String {
        let mut text = wrapped(&format!("{}.", self.finding()), width);
        if let Some(sentence) = self.of_plan() {
            text += &wrapped(&sentence, width);
        }
        for run in self.runs() {
            let sentences = self.sentences(run);
            if !sentences.is_empty() {
                text.extend(["\n", premise(run.run.conduct), ":\n"]);
            }
            for sentence in sentences {
                text += &wrapped(&format!("- {sentence}"), width);
            }
        }
        text.push_str("\nService credits:\n");
        text.push_str(&wrapped(&self.paid_back(), width));
        text += &self.tier_table(width);
        for run in self.runs() {
            text += &self.shortage_table(run, width);
        }
        text.push('\n');
        for sentence in self.assumed() {
            text += &wrapped(&sentence, width);
        }
        text
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
            let rules = match carried.broken {
                1 => "1 rule".to_owned(),
                more => format!("{} rules", numbers::users(more as f64)),
            };
            sentences.push(format!(
                "The plan does not hold, it breaks {rules}; this is what it would come to all the same."
            ));
        }
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }
}
