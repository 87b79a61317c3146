//! Acting: what each recovery makes of the same failures, and what planning again would save.

use super::counts::Counts;
use super::ranked::worst;
use super::told::Told;
use crate::model::Recovery;
use crate::plan::sweep::Found;
use crate::units::NOBODY;

/// What one recovery makes of the failures.
#[derive(Debug, Clone, PartialEq)]
pub struct Acting<'a> {
    /// How failures are answered.
    pub recovery: Recovery,
    /// How many cases hold, and how many do not.
    pub counts: Counts,
    /// By number of failures from 0 on, the worst case; `None` where none was looked at.
    pub worst: Vec<Option<&'a Found>>,
    /// The case in which planning again serves most users whom this recovery leaves unserved, and how many; `None` where
    /// there are none, and where it was not asked about.
    pub saved: Option<(usize, f64)>,
}

impl<'a> Told<'a> {
    /// What every recovery that was asked about makes of the same failures, the one that does least first.
    pub fn acting(&self) -> Vec<Acting<'a>> {
        let recoveries = self.sweep.recoveries.iter();
        let acting = recoveries.map(|recovery| Acting {
            recovery: *recovery,
            counts: self.counts(*recovery),
            worst: (0..=self.most())
                .map(|size| worst(self.of_size(*recovery, size)))
                .collect(),
            saved: self.saved(*recovery),
        });
        acting.collect()
    }

    /// Where planning again serves most users whom a recovery leaves unserved.
    fn saved(&self, recovery: Recovery) -> Option<(usize, f64)> {
        if recovery == Recovery::Replan {
            return None;
        }
        let mut best: Option<(usize, f64)> = None;
        for found in self.sweep.tally.of(recovery) {
            let Some(again) = self.found(Recovery::Replan, found.case) else {
                continue;
            };
            let saved = found.unserved_users() - again.unserved_users();
            if saved > NOBODY && best.is_none_or(|(_, most)| saved > most) {
                best = Some((found.case, saved));
            }
        }
        best
    }
}
