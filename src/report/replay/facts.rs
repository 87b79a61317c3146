//! What is found in a replay and worth telling, run by run.

use super::independent::failing_without_retries;
use super::shortage::{PassageShortage, mean_demands};
use crate::ids::{ComponentId, ResourceId, TierId};
use crate::model::{Component, Event, Inventory, Resource, Scenario};
use crate::plan::replay::{Account, Conduct, Felt, Moment, Replay, Run, Short};
use crate::plan_files::Inputs;
use crate::report::charts::events::EventSpan;
use crate::report::numbers::first_most;
use crate::report::span::Clock;
use crate::report::through::event_span;
use crate::units::{FEASIBILITY, NOBODY};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The plan that is carried out in a replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedPlan {
    /// It was made for the replay; else it was there.
    pub is_made_here: bool,
    /// How many rules of the referee it breaks.
    pub broken: usize,
    /// Why it is refused; `None` if it is not.
    pub refused: Option<String>,
}

/// The report of a replay.
pub struct ReplayReport<'a> {
    /// Names come from here.
    pub inventory: &'a Inventory,
    /// What was played.
    pub scenario: &'a Scenario,
    /// What came of it.
    pub replay: &'a Replay,
    /// Digests of inventory and scenario.
    pub inputs: Inputs,
    /// The plan that was carried out, if one was.
    pub carried: Option<CarriedPlan>,
    pub(super) runs: Vec<RunFacts<'a>>,
}

impl<'a> ReplayReport<'a> {
    /// Looks through a replay for what is worth telling.
    pub fn new(
        inventory: &'a Inventory,
        scenario: &'a Scenario,
        replay: &'a Replay,
        inputs: Inputs,
        carried: Option<CarriedPlan>,
    ) -> Self {
        let demands = mean_demands(inventory);
        let runs = replay.runs.iter();
        let runs = runs.map(|run| RunFacts::new((inventory, scenario), &demands, run));
        Self {
            inventory,
            scenario,
            replay,
            inputs,
            carried,
            runs: runs.collect(),
        }
    }

    /// The events of the scenario that lie in it.
    pub(super) fn events(&self) -> impl Iterator<Item = (&'a Event, EventSpan)> {
        let (inventory, scenario) = (self.inventory, self.scenario);
        let events = scenario.events.iter();
        let within =
            events.filter(|event| event.start < scenario.end && scenario.start < event.end);
        within.map(|event| (event, event_span(inventory, scenario, event)))
    }

    pub(super) fn of(&self, conduct: Conduct) -> Option<&RunFacts<'a>> {
        self.runs.iter().find(|run| run.run.conduct == conduct)
    }

    /// `true` if users are down with what was asked for, or it is not checked whether they are.
    pub fn may_be_down(&self) -> bool {
        let asked = self.runs.first();
        asked.is_some_and(|run_facts| run_facts.is_anybody_down() || run_facts.is_open())
    }

    /// The share of users' downtime that the plan spares; below 0 it costs more. `None` without both runs, or where
    /// there is none to spare.
    pub fn spared(&self) -> Option<f64> {
        let plan = self.of(Conduct::Plan)?.down_minutes();
        let nothing = self.of(Conduct::Nothing)?;
        let is_any = nothing.is_anybody_down();
        is_any.then(|| 1.0 - plan / nothing.down_minutes())
    }

    pub(super) fn below(&self, run: &RunFacts<'_>) -> usize {
        let accounts = run.run.accounts.iter().filter(|account| {
            let promised = self.inventory.tiers[account.tier.index()].availability;
            account.uptime().is_some_and(|uptime| uptime < promised)
        });
        accounts
            .map(|account| account.tenant)
            .collect::<BTreeSet<_>>()
            .len()
    }

    pub(super) fn clock(&self) -> Clock {
        let moments = self.runs.iter().filter_map(|run| run.run.moments.first());
        Clock::of(self.scenario).telling(moments.map(|moment| moment.start))
    }

    /// What people call a component; of an access point that it is one, since sites often have the same names.
    pub(super) fn component(&self, component: ComponentId) -> String {
        let title = self.inventory.component_title(component);
        match self.inventory.component(component) {
            Component::AccessPoint(_) => format!("access point {title}"),
            _ => title.to_owned(),
        }
    }

    pub(super) fn resource(&self, resource: ResourceId) -> &'a Resource {
        &self.inventory.resources[resource.index()]
    }

    /// What is short, as people say it.
    pub(super) fn short_words(&self, short: Short) -> &'a str {
        match short {
            Short::Sessions => "new sessions",
            Short::Resource(resource) => &self.resource(resource).id,
        }
    }

    pub(super) fn unit(&self, short: Short) -> &'a str {
        match short {
            Short::Sessions => "sessions/s",
            Short::Resource(resource) => &self.resource(resource).unit,
        }
    }

    /// The unit of what waits: the other one times seconds.
    pub(super) fn unit_of_queue(&self, short: Short) -> String {
        let unit = self.unit(short);
        match unit.strip_suffix("/s") {
            Some(text) => text.to_owned(),
            None => format!("{unit}·s"),
        }
    }
}

/// Users count as down from the first instant on at which more than this share of them is, until the last.
pub(super) const DOWN_SHARE: f64 = 0.001;

/// Fewer user minutes count as none, as they do where a briefing says how many a plan loses.
const NOT_A_MINUTE: f64 = 0.5;

/// Of what the worst shortage weighs, the share from which on another one matters.
const WEIGHTY: f64 = 0.01;

pub(super) struct RunFacts<'a> {
    pub(super) run: &'a Run,
    /// The step in which most users are down, if any are.
    pub(super) worst: Option<&'a Moment>,
    /// The first instant at which more than [`DOWN_SHARE`] of all are down, and the end of the last step in which they are.
    pub(super) down: Option<[Timestamp; 2]>,
    /// They still are when it ends.
    pub(super) is_down_at_end: bool,
    pub(super) tiers: Vec<(TierId, Felt)>,
    pub(super) shortages: Vec<PassageShortage<'a>>,
    /// Share of a month's price, and how many tenants get it at most for any tier and month; the largest share first.
    pub(super) credits: Vec<(f64, usize)>,
    /// By component with a fault that retries may meet again, while here they need not: the share of its work that fails if no
    /// retry helps, at most.
    pub(super) independent: BTreeMap<ComponentId, f64>,
}

impl<'a> RunFacts<'a> {
    fn new(from: (&Inventory, &Scenario), demands: &[f64], run: &'a Run) -> Self {
        let moments = &run.moments;
        let worst = moments.iter().filter(|moment| moment.down > NOBODY);
        let is_down = |moment: &&Moment| moment.down > DOWN_SHARE * moment.users;
        let first = moments.iter().find(is_down);
        let last = moments.iter().rfind(is_down);
        let shortages = run.passages.iter();
        let mut shortages: Vec<PassageShortage<'a>> = shortages
            .filter_map(|passage| PassageShortage::new(from, demands, moments, passage))
            .collect();
        shortages.sort_by(|a, b| {
            let by_weight = b.weight.total_cmp(&a.weight);
            by_weight.then(a.key().cmp(&b.key()))
        });
        let mut tiers: BTreeMap<(u32, TierId), Felt> = BTreeMap::new();
        for account in &run.accounts {
            let rank = from.0.tiers[account.tier.index()].rank;
            tiers
                .entry((rank, account.tier))
                .or_default()
                .add(&account.felt);
        }
        let tiers = tiers.into_iter();
        Self {
            run,
            worst: first_most(worst, |moment| moment.most_down),
            down: first.zip(last).map(|(first, last)| [first.start, last.end]),
            is_down_at_end: moments.last().as_ref().is_some_and(is_down),
            tiers: tiers.map(|((_, tier), felt)| (tier, felt)).collect(),
            shortages,
            credits: credits(run),
            independent: failing_without_retries(from, run),
        }
    }

    /// From when to when some steps are played in longer parts than is exact; `None` if none is.
    pub(super) fn coarse(&self) -> Option<[Timestamp; 2]> {
        let (first, last) = self.run.coarse.first().zip(self.run.coarse.last())?;
        Some([first[0], last[1]])
    }

    pub(super) fn down_minutes(&self) -> f64 {
        self.run.totals.down_minutes()
    }

    /// `true` if users are down for half a user minute, or beyond a millionth of all minutes where that is less: more than
    /// arithmetic leaves of nothing.
    pub(super) fn is_anybody_down(&self) -> bool {
        let all = self.run.totals.user_seconds / 60.0;
        self.down_minutes() > NOT_A_MINUTE.min(FEASIBILITY * all)
    }

    /// `true` if more users may be down: it is not checked whether retries meet the same fault again.
    pub(super) fn is_open(&self) -> bool {
        !self.independent.is_empty()
    }

    /// Tenants with users, the lowest uptime first; then those without.
    pub(super) fn worst_accounts(&self) -> Vec<&'a Account> {
        let mut all: Vec<&Account> = self.run.accounts.iter().collect();
        all.sort_by(|a, b| {
            let (left, right) = (a.uptime(), b.uptime());
            let uptime = match (left, right) {
                (Some(left), Some(right)) => left.total_cmp(&right),
                _ => left.is_none().cmp(&right.is_none()),
            };
            let key = |account: &Account| (account.month, account.tenant, account.tier);
            uptime.then(key(a).cmp(&key(b)))
        });
        all
    }

    /// What is over capacity, loses or holds up work for the first time, of what weighs so much that it matters; of several
    /// the one that weighs most.
    pub(super) fn first_shortage(&self) -> Option<&PassageShortage<'a>> {
        let least = self.shortages.first()?.weight * WEIGHTY;
        let weighty = self
            .shortages
            .iter()
            .filter(|shortage| shortage.weight >= least);
        weighty.min_by_key(|passage_shortage| passage_shortage.first)
    }
}

/// The share of some users' minutes in which they are down; `None` without users.
pub(super) fn share_down(felt: &Felt) -> Option<f64> {
    let all = felt.user_seconds;
    (all > 0.0).then(|| (felt.down_seconds / all).clamp(0.0, 1.0))
}

fn credits(run: &Run) -> Vec<(f64, usize)> {
    let mut most = BTreeMap::new();
    for account in run.accounts.iter().filter(|account| account.credit > 0.0) {
        let credit: &mut f64 = most.entry(account.tenant).or_default();
        *credit = credit.max(account.credit);
    }
    let mut all: Vec<f64> = most.into_values().collect();
    all.sort_by(|a, b| b.total_cmp(a));
    let shares = all.chunk_by(|a, b| a.total_cmp(b).is_eq());
    let shares = shares.filter_map(|share| Some((*share.first()?, share.len())));
    shares.collect()
}
