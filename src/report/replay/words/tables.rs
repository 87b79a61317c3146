//! Tables of a replay for the terminal.

use super::finding::length;
use super::share_words;
use crate::plan::replay::Conduct;
use crate::report::numbers;
use crate::report::replay::Told;
use crate::report::replay::run::{RunFacts, share_down};
use crate::report::replay::shortage::Shortage;
use crate::report::table::{Align, Column, lines};

/// Components that a table lists; components.csv has all.
const LISTED: usize = 5;

impl Told<'_> {
    /// User minutes lost by tier, run by run; nothing with one tier, or where nobody is down.
    pub(super) fn tier_table(&self, width: Option<u16>) -> String {
        let is_any = self.runs().iter().any(RunFacts::is_anybody_down);
        let Some(first) = self
            .runs()
            .first()
            .filter(|own| is_any && own.tiers.len() > 1)
        else {
            return String::new();
        };
        let mut columns = vec![("user minutes lost", Align::Left)];
        for own in self.runs() {
            columns.push((heading(own.run.conduct), Align::Right));
            columns.push(("of all", Align::Right));
        }
        let columns = columns.into_iter();
        let columns: Vec<Column<'_>> = columns
            .map(|(heading, align)| Column { heading, align })
            .collect();
        let rows = first.tiers.iter().map(|(tier, _)| {
            let mut row = vec![self.inventory.tiers[tier.index()].id.clone()];
            for run in self.runs() {
                let felt = run.tiers.iter().find(|own| own.0 == *tier);
                let lost = felt.map(|own| numbers::about(own.1.down_minutes()));
                let share = felt.and_then(|own| share_down(&own.1)).map(share_words);
                row.push(lost.unwrap_or_else(dash));
                row.push(share.unwrap_or_else(dash));
            }
            row
        });
        format!("\n{}", lines(&columns, &rows.collect::<Vec<_>>(), width))
    }

    /// What was short in a run, the worst first; nothing where nothing was.
    pub(super) fn shortage_table(&self, run: &RunFacts<'_>, width: Option<u16>) -> String {
        if run.shortages.is_empty() {
            return String::new();
        }
        let heading = format!("short {}", heading(run.run.conduct));
        let columns = [
            (heading.as_str(), Align::Left),
            ("of", Align::Left),
            ("from", Align::Whole),
            ("above capacity for", Align::Right),
            ("most that waits", Align::Right),
            ("clears in", Align::Right),
            ("longest wait", Align::Right),
            ("lost of it", Align::Right),
        ]
        .map(|(heading, align)| Column { heading, align });
        let shown = run.shortages.iter().take(LISTED);
        let rows: Vec<Vec<String>> = shown.map(|own| self.shortage_row(run, own)).collect();
        let mut text = format!("\n{}", lines(&columns, &rows, width));
        let more = run.shortages.len().saturating_sub(LISTED);
        if more > 0 {
            let more = numbers::users(more as f64);
            text.extend(["… and ", &more, " more in components.csv\n"]);
        }
        text
    }

    fn shortage_row(&self, run: &RunFacts<'_>, own: &Shortage<'_>) -> Vec<String> {
        let short = own.passage.short;
        let unit = self.unit_of_queue(short);
        let peak = own.peak.as_ref();
        let from = run.run.moments.get(own.first);
        vec![
            self.component(own.passage.component),
            self.short_words(short).to_owned(),
            from.map_or_else(dash, |own| self.clock().moment(own.start)),
            spell(own.beyond_seconds),
            peak.map_or_else(dash, |own| numbers::quantity(own.queued, &unit)),
            peak.map_or_else(dash, |own| {
                own.clearing
                    .map_or_else(|| "not by the end".to_owned(), spell)
            }),
            peak.map_or_else(dash, |_| spell(own.longest_of_all())),
            own.lost_share().map_or_else(dash, share_words),
        ]
    }
}

/// `with the plan`, `if nobody acts`.
pub(in crate::report) fn heading(conduct: Conduct) -> &'static str {
    match conduct {
        Conduct::Plan => "with the plan",
        Conduct::Nothing => "if nobody acts",
    }
}

/// A length of time, or a dash for none.
fn spell(seconds: f64) -> String {
    if seconds > 0.0 {
        length(seconds)
    } else {
        dash()
    }
}

fn dash() -> String {
    "-".to_owned()
}
