//! Whole shards in the cases of a sweep: where they leave users unserved, miss a target, or were not checked.

use super::names::ComponentNames;
use super::report::SweepReport;
use crate::model::Recovery;
use crate::plan::sweep::{CaseResult, SettledBy};
use crate::report::grammar::{by_count, capital, count, stay_unserved};
use crate::report::numbers::{self, first_most};
use crate::report::text::visible;
use crate::units::NOBODY;

/// Most cases that are named because whole shards leave users unserved.
const MOST_WHOLE: usize = 3;

impl<'a> SweepReport<'a> {
    /// Cases that were planned again with homes that may split a shard, although the policy serves each at one site, and for
    /// which no placement of whole shards was found. On default paths no shard is split.
    pub(super) fn with_split_shards(&self) -> usize {
        if self.scenario.policy.split_shards {
            return 0;
        }
        let replanned = self.sweep.tally.of(Recovery::Replan);
        let is_split = |case_result: &&CaseResult| {
            case_result.settled != SettledBy::Default && case_result.whole.is_none()
        };
        replanned.filter(is_split).count()
    }

    /// Cases in which split shards serve everybody, and whole shards were found to leave users unserved; most users first.
    pub(super) fn unserved_whole(&self) -> Vec<&'a CaseResult> {
        let replanned = self.sweep.tally.of(Recovery::Replan);
        let mut all: Vec<&CaseResult> = replanned
            .filter(|case_result| case_result.is_unserved_whole())
            .collect();
        let users = |found: &CaseResult| found.whole.map_or(0.0, |whole| whole.unserved);
        all.sort_by(|a, b| users(b).total_cmp(&users(a)).then(a.case.cmp(&b.case)));
        all
    }

    /// Cases in which a headroom target is missed, or missed by more, only with whole shards; the largest share first.
    pub(super) fn missed_whole(&self) -> Vec<&'a CaseResult> {
        let replanned = self.sweep.tally.of(Recovery::Replan);
        let missed = replanned.filter(|case_result| case_result.is_missed_whole());
        let mut all: Vec<&CaseResult> = missed.collect();
        let share = |found: &CaseResult| found.whole.map_or(0.0, |whole| whole.worst_shortfall);
        all.sort_by(|a, b| share(b).total_cmp(&share(a)).then(a.case.cmp(&b.case)));
        all
    }

    /// `true` if an all clear of replanning holds only with split shards, or was not checked with whole ones.
    pub(super) fn needs_split_shards(&self) -> bool {
        let mut replanned = self.sweep.tally.of(Recovery::Replan);
        self.with_split_shards() > 0 || replanned.any(CaseResult::is_worse_whole)
    }

    /// `3 of 4 cases leave users unserved with whole shards: up to 90, without a.`
    pub(super) fn unserved_with_whole(&self) -> Option<String> {
        let all = self.unserved_whole();
        let worst = all.first()?;
        let cases = capital(&self.of_replanned(all.len()));
        let leave = by_count(&numbers::whole(all.len()), ["leaves", "leave"]);
        let users = worst.whole.map_or(0.0, |whole| whole.unserved);
        let without = self.without(&self.names(), worst.case);
        Some(format!(
            "{cases} {leave} users unserved with whole shards: up to {}, {}.",
            numbers::users_up(users),
            visible(&without)
        ))
    }

    /// `2 of 4 cases leave more users unserved with whole shards: up to 90 in place of 80, without a.`
    pub(super) fn more_with_whole(&self) -> Option<String> {
        let replanned = self.sweep.tally.of(Recovery::Replan);
        let users = |found: &CaseResult| found.whole.map_or(0.0, |whole| whole.unserved);
        let is_more = |found: &&CaseResult| {
            found.unserved_users() > NOBODY
                && found.is_worse_whole()
                && users(found) > found.unserved_users()
        };
        let all: Vec<&CaseResult> = replanned.filter(is_more).collect();
        let worst = first_most(all.iter().copied(), |found| users(found))?;
        let cases = capital(&self.of_replanned(all.len()));
        let leave = by_count(&numbers::whole(all.len()), ["leaves", "leave"]);
        let without = self.without(&self.names(), worst.case);
        Some(format!(
            "{cases} {leave} more users unserved with whole shards: up to {} in place of {}, {}.",
            numbers::users_up(users(worst)),
            numbers::users_up(worst.unserved_users()),
            visible(&without)
        ))
    }

    /// `2 of 4 cases miss more of a headroom target with whole shards: up to 60 %, without a.`
    pub(super) fn missed_with_whole(&self) -> Option<String> {
        let all = self.missed_whole();
        let worst = all.first()?;
        let cases = capital(&self.of_replanned(all.len()));
        let miss = by_count(&numbers::whole(all.len()), ["misses", "miss"]);
        let share = worst.whole.map_or(0.0, |whole| whole.worst_shortfall);
        let without = self.without(&self.names(), worst.case);
        Some(format!(
            "{cases} {miss} more of a headroom target with whole shards: up to {}, {}.",
            numbers::short_percent_up(share),
            visible(&without)
        ))
    }

    /// `the only case`, `all 4 cases`, `3 of 4 cases`, of those that are planned again.
    fn of_replanned(&self, some: usize) -> String {
        match (some, self.counts(Recovery::Replan).all()) {
            (1, 1) => "the only case".to_owned(),
            (some, all) if some == all => format!("all {} cases", numbers::whole(all)),
            (some, all) => format!("{} of {} cases", numbers::whole(some), numbers::whole(all)),
        }
    }

    /// The cases that leave users unserved only with whole shards, those with most users first, as many as are named.
    pub(super) fn whole_cases(&self, names: &ComponentNames<'_>) -> Vec<String> {
        let all = self.unserved_whole();
        let named = all.iter().take(MOST_WHOLE).map(|found| {
            let condition = capital(&self.condition(names, found.case));
            let unserved = stay_unserved(found.whole.map_or(0.0, |whole| whole.unserved));
            let words =
                format!("{condition}, {unserved} with whole shards; split shards serve everyone.");
            visible(&words).into_owned()
        });
        let more = all.len().saturating_sub(MOST_WHOLE);
        let rest = (more > 0).then(|| {
            format!(
                "The column whole_unserved_users of by_failure.csv has {}.",
                count(more, "further case")
            )
        });
        named.chain(rest).collect()
    }

    /// That plans of cases may split shards, which no plan in force does, and how to check one.
    pub(super) fn whole_not_checked(&self) -> Option<String> {
        let cases = match self.with_split_shards() {
            0 => return None,
            some => self.of_replanned(some),
        };
        Some(format!(
            "Not checked: whole shards in {cases}, which can leave more users unserved. \
             To check a case, run plimsoll plan with --fail and its IDs."
        ))
    }

    /// `, if shards may be split`, after what holds only then.
    pub(super) fn if_split(&self, recovery: Recovery) -> &'static str {
        if recovery == Recovery::Replan && self.needs_split_shards() {
            ", if shards may be split"
        } else {
            ""
        }
    }
}
