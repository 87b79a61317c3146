//! The beginning of a replay: its verdict, and the first thing to do: not to begin, the time that matters, or the plan to carry out.

use super::facts::{ReplayReport, RunFacts};
use super::tables::{COMPONENTS_ID, TIERS_ID};
use super::words::REFUSED_PLAN;
use crate::plan::replay::Conduct;
use crate::report::document::{Line, Table};
use crate::report::grammar::counted_with;
use crate::report::numbers;

impl ReplayReport<'_> {
    /// That the plan is refused or does not hold, then the finding. What is not checked comes after users that are down, and before
    /// an all clear.
    pub(super) fn verdict(&self) -> Vec<String> {
        let finding = Some(format!("{}.", self.finding()));
        let plan = self.plan_words().into_iter();
        let is_down = self.runs.first().is_some_and(RunFacts::is_anybody_down);
        let rest = if is_down {
            [finding, self.not_checked()]
        } else {
            [self.not_checked(), finding]
        };
        plan.chain(rest.into_iter().flatten()).collect()
    }

    /// The headline of the page, what stands below it, and what is left for its findings: the reason of a refusal.
    pub(super) fn headline(&self) -> (String, Vec<String>, Vec<String>) {
        let finding = format!("{}.", self.finding());
        let refused = self
            .carried
            .as_ref()
            .and_then(|carried_plan| carried_plan.refused.as_ref());
        if let Some(reason) = refused {
            let what = reason
                .split_once(": ")
                .map_or(reason.as_str(), |pair| pair.0);
            let headline = format!("{REFUSED_PLAN}: {what}.");
            let findings = self.plan_words().into_iter().chain(self.not_checked());
            return (headline, vec![finding], findings.collect());
        }
        match self.plan_words() {
            Some(broken) => {
                let rest = [finding].into_iter().chain(self.not_checked());
                (broken, rest.collect(), Vec::new())
            }
            // The finding itself says where it depends on what is not checked.
            None => (finding, Vec::from_iter(self.not_checked()), Vec::new()),
        }
    }

    pub(super) fn first_to_do(&self, tables: &[Table]) -> Line {
        let carried = self.carried.as_ref();
        if carried.is_some_and(|carried_plan| carried_plan.refused.is_some()) {
            return to_findings(
                "First: do not begin. The report of `plan` has the remedies that were tried.",
            );
        }
        if carried.is_some_and(|carried_plan| carried_plan.broken > 0) {
            return to_findings("First: do not begin. `verify` names the broken rules.");
        }
        let Some(asked) = self.runs.first() else {
            return Line::from("First: nothing. Nothing was played.");
        };
        let is_planned = asked.run.conduct == Conduct::Plan;
        if let Some(worst) = self.worst_time(asked) {
            let words = if is_planned {
                format!("First: look at {worst}")
            } else {
                format!("First: plan an answer with `plan`. Look at {worst}")
            };
            let table = Table::anchor(tables, COMPONENTS_ID, TIERS_ID);
            let is_there = tables
                .iter()
                .any(|candidate| candidate.id == table && !candidate.rows.is_empty());
            let table = is_there.then_some((table, "the table"));
            return Line::from(words).linked(table);
        }
        if asked.is_open() {
            return to_findings("First: find out whether retries meet the same fault again.");
        }
        let without = self.of(Conduct::Nothing).filter(|_| is_planned);
        match without.and_then(|run_facts| self.worst_time(run_facts)) {
            Some(worst) => Line::from(format!(
                "First: carry out the plan by its runbook. Without action, look at {worst}"
            )),
            None => Line::from("First: nothing. No users are down."),
        }
    }

    /// `02:14, when 1,025,172 users are down at once.`, and where something is short first; `None` where no users are down.
    fn worst_time(&self, run: &RunFacts<'_>) -> Option<String> {
        let worst = run.worst.filter(|_| run.is_anybody_down())?;
        let at = self.clock().moment(worst.start);
        let most = numbers::users_up(worst.most_down);
        let down = counted_with(&most, "user", ["is", "are"]);
        let short = run.first_shortage().map(|passage_shortage| {
            let component = self.component(passage_shortage.passage.component);
            format!(
                " {component} is the first to lack {}.",
                self.lacking(passage_shortage.passage.short)
            )
        });
        let short = short.unwrap_or_default();
        Some(format!("{at}, when {down} down at once.{short}"))
    }
}

fn to_findings(words: &str) -> Line {
    Line::from(words).linked(Some(("findings".to_owned(), "why")))
}
