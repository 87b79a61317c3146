//! The briefing: what a plan says on the terminal, shortest first, read by somebody who is tired.
//!
//! The verdict comes first: alarms, the answer and what it holds for, the reasons, the first action. Then come the periods, the
//! tightest components, moves, opened access points, unserved users with their reasons, undetected faults, both ends of the
//! forecast, proofs, and until when the end of the plan holds as users grow.

pub(in crate::report) mod action;
mod end_state;
mod further;
mod margin;
mod outlook;
pub(in crate::report) mod periods;
mod placed;
mod proof;
mod protection;
mod restored;
mod undetected;
pub(in crate::report) mod users;
mod verdict;
mod wounds;

use super::assumed::assumed_ends;
use super::document::{Block, Document};
use super::grammar::only_if;
use super::span::{moment, span};
use crate::model::{Inventory, Scenario};
use crate::plan::check::Proven;
use crate::plan::explain::PlanExplanations;
use crate::plan::{Margin, PeriodPlan, Plan, Step};

/// What a briefing is about.
#[derive(Debug, Clone, Copy)]
pub struct Briefing<'a> {
    /// Names come from here.
    pub inventory: &'a Inventory,
    /// Its name and its offset.
    pub scenario: &'a Scenario,
    /// The plan that it describes.
    pub plan: &'a Plan,
    /// The steps to do: [`changes`](crate::plan::changes) of the plan.
    pub steps: &'a [Step],
    /// The reasons; `None` leaves them out.
    pub explanations: Option<&'a PlanExplanations>,
    /// The bounds that the referee recomputed from the prices; `None` shows those that the planner proved itself.
    pub proven: Option<&'a Proven>,
}

impl Briefing<'_> {
    /// The whole briefing; lines are wrapped at `width` terminal columns if it is given.
    ///
    /// Every section is a paragraph or a short table; what there is nothing to say about is left out.
    pub fn text(&self, width: Option<u16>) -> String {
        self.beginning(width) + &self.rest(width)
    }

    /// Its beginning: the scenario, the verdict and the first action. Nothing of it depends on explanations or prices.
    pub fn beginning(&self, width: Option<u16>) -> String {
        let scenario = self.scenario;
        let span = span(scenario, scenario.start, scenario.end);
        let title = format!("{}, {span}", scenario.name);
        let assumed = assumed_ends(self.inventory, scenario);
        let verdict = self.verdict();
        let action = self.first_action().after(&verdict.wrong);
        let paragraphs = verdict.paragraphs(action, assumed).into_iter();
        let filled = paragraphs.filter(|sentences| !sentences.is_empty());
        let sections = [vec![title]].into_iter().chain(filled);
        let sections = sections.map(|sentences| vec![Block::sentences(sentences)]);
        Document::of(sections).ended_text(width)
    }

    /// What comes after its beginning.
    pub fn rest(&self, width: Option<u16>) -> String {
        let sentences = [
            self.joint(),
            self.transitions(),
            self.stability(),
            self.unserved(),
            self.help(),
            self.cuts(),
            self.access_points(),
            self.blind(),
            self.reported(),
            self.band(),
            self.work(),
            self.proof(),
            self.end_state(),
        ];
        let tables = [Some(self.periods()), self.tightest(), Some(self.moves())];
        let tables = tables.into_iter().flatten().map(Block::Table);
        let last = Block::sentences(sentences.concat());
        Document::of(tables.chain([last]).map(|block| vec![block])).ended_text(width)
    }

    /// The period with most unserved users, then the worst shortfall, then the least headroom; `None` without one.
    pub fn tightest_period(&self) -> Option<&PeriodPlan> {
        worst_of(self.plan.periods.iter())
    }

    /// ` in period 4 (10:42 to 14:10)`; nothing where there is one period only.
    fn place(&self, periods: &[&PeriodPlan]) -> String {
        self.place_of(&self.plan.periods, periods)
    }

    /// The same, of these periods only.
    fn place_of<T>(&self, all: &[T], periods: &[&PeriodPlan]) -> String {
        only_if(all.len() > 1, || format!(" in {}", self.stretch(periods)))
    }

    /// `period 4 (10:42 to 14:10)`.
    fn named(&self, period: &PeriodPlan) -> String {
        self.stretch(&[period])
    }

    /// `period 4 (10:42 to 14:10)`, `periods 2 to 4 (09:08 to 14:10)`, or `periods 1, 4 and 6 (from 08:00 on)`.
    fn stretch(&self, periods: &[&PeriodPlan]) -> String {
        let (Some(first), Some(last)) = (periods.first(), periods.last()) else {
            return "no period".to_owned();
        };
        let from = moment(self.scenario, first.period.start);
        let to = moment(self.scenario, last.period.end);
        let (head, tail) = (first.period.index, last.period.index);
        if head == tail {
            format!("period {head} ({from} to {to})")
        } else if tail - head + 1 == periods.len() {
            format!("periods {head} to {tail} ({from} to {to})")
        } else {
            format!(
                "{} periods from {head} to {tail} ({from} to {to})",
                periods.len()
            )
        }
    }
}

/// The period with most unserved users, then the worst shortfall, then the least headroom.
fn worst_of<'p>(periods: impl Iterator<Item = &'p PeriodPlan>) -> Option<&'p PeriodPlan> {
    let least = |period: &PeriodPlan| {
        let headroom = period.margins.iter().filter_map(Margin::headroom);
        headroom.fold(1.0, f64::min)
    };
    periods.min_by(|a, b| {
        let (left, right) = (&a.totals, &b.totals);
        right
            .unserved
            .total_cmp(&left.unserved)
            .then(right.worst_shortfall.total_cmp(&left.worst_shortfall))
            .then(least(a).total_cmp(&least(b)))
            .then(a.period.index.cmp(&b.period.index))
    })
}
