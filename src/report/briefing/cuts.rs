//! What users are unserved for: the cuts, each told once.

use super::Briefing;
use crate::plan::PeriodPlan;
use crate::report::cut_sentence;

/// Most cuts that are told.
const MOST: usize = 3;

impl Briefing<'_> {
    /// A sentence for every cut of any period, those of the period with most unserved users first.
    pub(in crate::report) fn cuts(&self) -> Vec<String> {
        let mut periods: Vec<&PeriodPlan> = self.plan.periods.iter().collect();
        periods.sort_by(|a, b| b.totals.unserved.total_cmp(&a.totals.unserved));
        let mut told: Vec<(String, Vec<&PeriodPlan>)> = Vec::new();
        for period in periods {
            for cut in &period.cuts {
                let sentence = cut_sentence(self.inventory, cut);
                match told.iter_mut().find(|(known, _)| *known == sentence) {
                    Some((_, known)) => known.push(period),
                    None => told.push((sentence, vec![period])),
                }
            }
        }
        told.truncate(MOST);
        told.into_iter()
            .map(|(sentence, mut periods)| {
                if self.plan.periods.len() == 1 {
                    return sentence;
                }
                periods.sort_by_key(|period| period.period.index);
                format!("In {}: {sentence}", self.stretch(&periods))
            })
            .collect()
    }
}
