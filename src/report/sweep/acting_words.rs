//! The recoveries side by side, in words.

use super::names::Names;
use super::sheet::Column;
use super::told::Told;
use super::utilization::judged;
use crate::plan::sweep::Found;
use crate::report::headroom::State;
use crate::report::numbers;
use crate::units::NOBODY;

/// A cell of the table.
pub(in crate::report) struct ActingCell {
    /// What it says.
    pub(in crate::report) words: String,
    /// In which case; may be empty.
    pub(in crate::report) detail: String,
    /// How it is to be judged, if it is.
    pub(in crate::report) state: Option<State>,
}

impl ActingCell {
    fn plain(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            detail: String::new(),
            state: None,
        }
    }

    /// Words and detail in one.
    pub(super) fn joined(self) -> String {
        if self.detail.is_empty() {
            self.words
        } else {
            format!("{} {}", self.words, self.detail)
        }
    }
}

impl Told<'_> {
    /// The recoveries side by side: headings, and the cells of every recovery.
    pub(in crate::report) fn acting_table(
        &self,
        names: &Names<'_>,
    ) -> (Vec<&'static str>, Vec<Vec<ActingCell>>) {
        let column = |size: usize| Column::of(self.sweep.over, size).heading();
        let headings = ["recovery", "leave users unserved", "miss a target", "hold"]
            .into_iter()
            .chain((1..=self.most()).map(column))
            .chain(["value of acting"]);
        let rows = self.acting().into_iter().map(|own| {
            let count = |count: usize| ActingCell::plain(numbers::users(count as f64));
            let mut row = vec![
                ActingCell::plain(own.recovery.word()),
                count(own.counts.unserved),
                count(own.counts.missed),
                count(own.counts.hold),
            ];
            row.extend(own.worst.iter().skip(1).map(|worst| {
                worst.map_or_else(
                    || ActingCell::plain("–"),
                    |found| self.worst_cell(names, found),
                )
            }));
            row.push(match own.saved {
                Some((case, users)) => ActingCell {
                    words: format!("{} users", numbers::users(users)),
                    detail: format!("without {}", names.case(&self.sweep.contingencies, case)),
                    state: None,
                },
                None => ActingCell::plain("–"),
            });
            row
        });
        (headings.collect(), rows.collect())
    }

    /// What the worst case comes to, and which it is.
    fn worst_cell(&self, names: &Names<'_>, found: &Found) -> ActingCell {
        let without = self.without(names, found.case);
        let (words, detail) = if found.unserved_users() > NOBODY {
            let users = numbers::users_up(found.unserved_users());
            (users, format!("unserved {without}"))
        } else if let Some(missing) = found.missing {
            let share = numbers::short_percent_up(missing.share);
            (share, format!("of a target missing {without}"))
        } else {
            return ActingCell {
                state: Some(State::Fine),
                ..ActingCell::plain("holds")
            };
        };
        ActingCell {
            words,
            detail,
            state: Some(judged(found)),
        }
    }
}
