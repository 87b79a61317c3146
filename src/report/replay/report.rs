//! What is told of a replay and of each of its runs: how much, whom, from when to when, and what was short.

use super::shortage::{Measure, Shortage};
use crate::ids::{ComponentId, ResourceId, TenantId, TierId};
use crate::model::{Inventory, Scenario};
use crate::plan::replay::{Account, Conduct, Felt, Moment, Passage, Replay, Run, Short};
use crate::plan_files::Inputs;
use crate::report::numbers::first_most;
use crate::report::span::Clock;
use crate::units::FEASIBILITY;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The plan that is carried out in a replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// It was made for the replay; else it was there.
    pub is_made_here: bool,
    /// How many rules of the referee it breaks.
    pub broken: usize,
    /// Why it is refused; `None` if it is not.
    pub refused: Option<String>,
}

/// What is told of a replay.
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
    pub carried: Option<Carried>,
    runs: Vec<RunFacts<'a>>,
}

impl<'a> ReplayReport<'a> {
    /// Looks through a replay for what is worth telling.
    pub fn new(
        inventory: &'a Inventory,
        scenario: &'a Scenario,
        replay: &'a Replay,
        inputs: Inputs,
        carried: Option<Carried>,
    ) -> Self {
        let measure = Measure::new(inventory, scenario);
        let runs = replay.runs.iter();
        let runs = runs.map(|own| RunFacts::new(inventory, &measure, own));
        Self {
            inventory,
            scenario,
            replay,
            inputs,
            carried,
            runs: runs.collect(),
        }
    }

    /// The runs, the one that was asked for first.
    pub(in crate::report) fn runs(&self) -> &[RunFacts<'a>] {
        &self.runs
    }

    /// The run that was asked for: the plan's, or that in which nobody does anything.
    pub(in crate::report) fn asked(&self) -> Option<&RunFacts<'a>> {
        self.runs.first()
    }

    pub(in crate::report) fn of(&self, conduct: Conduct) -> Option<&RunFacts<'a>> {
        self.runs.iter().find(|own| own.run.conduct == conduct)
    }

    /// `true` if users are down with what was asked for, beyond a millionth of all their minutes.
    pub fn is_anybody_down(&self) -> bool {
        self.asked().is_some_and(RunFacts::is_anybody_down)
    }

    /// The share of users' downtime that the plan spares; below 0 it costs more. `None` without both runs, or where
    /// there is none to spare.
    pub fn spared(&self) -> Option<f64> {
        let plan = self.of(Conduct::Plan)?.down_minutes();
        let nothing = self
            .of(Conduct::Nothing)
            .filter(|own| own.is_anybody_down())?;
        Some(1.0 - plan / nothing.down_minutes())
    }

    /// The offset and the span in which instants are told.
    pub(in crate::report) fn clock(&self) -> Clock {
        let moments = self.runs.iter().filter_map(|own| own.run.moments.first());
        Clock::of(self.scenario).telling(moments.map(|own| own.start))
    }

    /// What people call a component; of an access point that it is one, since sites often have the same names.
    pub(in crate::report) fn component(&self, component: ComponentId) -> String {
        let title = self.inventory.component_title(component);
        match self.inventory.component(component) {
            crate::model::Component::AccessPoint(_) => format!("access point {title}"),
            _ => title.to_owned(),
        }
    }

    fn resource(&self, resource: ResourceId) -> &'a crate::model::Resource {
        &self.inventory.resources[resource.index()]
    }

    /// What is short, as files spell it: the id of a resource, or the column that says how many sessions are accepted.
    pub(in crate::report) fn what(&self, short: Short) -> &'a str {
        match short {
            Short::Sessions => "accepts_per_second",
            Short::Resource(own) => &self.resource(own).id,
        }
    }

    /// The same as people say it.
    pub(in crate::report) fn short_words(&self, short: Short) -> &'a str {
        match short {
            Short::Sessions => "new sessions",
            Short::Resource(own) => &self.resource(own).id,
        }
    }

    /// What a component is said to be short of.
    pub(in crate::report) fn lacking(&self, short: Short) -> &'a str {
        match short {
            Short::Sessions => "room for new sessions",
            Short::Resource(_) => self.short_words(short),
        }
    }

    /// The unit of what comes and of what can be taken.
    pub(in crate::report) fn unit(&self, short: Short) -> &'a str {
        match short {
            Short::Sessions => "sessions/s",
            Short::Resource(own) => &self.resource(own).unit,
        }
    }

    /// The unit of what waits: the other one times seconds.
    pub(in crate::report) fn unit_of_queue(&self, short: Short) -> String {
        let unit = self.unit(short);
        match unit.strip_suffix("/s") {
            Some(own) => own.to_owned(),
            None => format!("{unit}·s"),
        }
    }

    /// Ids of where and of what, for files.
    pub(in crate::report) fn names(&self, passage: &Passage) -> [&'a str; 2] {
        let component = self.inventory.component_name(passage.component);
        [component, self.what(passage.short)]
    }
}

/// Users are told to be down from the first instant on at which more than this share of them is, until the last.
pub(in crate::report) const DOWN_SHARE: f64 = 0.001;

/// Of what the worst shortage weighs, the share from which on another one matters.
const WEIGHTY: f64 = 0.01;

/// What is worth telling of a run.
pub(in crate::report) struct RunFacts<'a> {
    pub(in crate::report) run: &'a Run,
    /// The step in which most users are down, if any are.
    pub(in crate::report) worst: Option<&'a Moment>,
    /// The first instant at which more than [`DOWN_SHARE`] of all are down, and the end of the last step in which they are.
    pub(in crate::report) down: Option<[Timestamp; 2]>,
    /// They still are when it ends.
    pub(in crate::report) is_down_at_end: bool,
    /// By tier, in the order of ranks.
    pub(in crate::report) tiers: Vec<(TierId, Felt)>,
    pub(in crate::report) shortages: Vec<Shortage<'a>>,
    pub(in crate::report) credits: Credits,
}

impl<'a> RunFacts<'a> {
    pub(in crate::report) fn new(
        inventory: &Inventory,
        measure: &Measure<'_>,
        run: &'a Run,
    ) -> Self {
        let moments = run.moments.iter();
        let worst = moments.filter(|own| own.down > crate::units::NOBODY);
        let worst = first_most(worst, |own| own.most_down);
        let is_down = |own: &&Moment| own.down > DOWN_SHARE * own.users;
        let first = run.moments.iter().find(is_down);
        let last = run.moments.iter().rfind(is_down);
        let mut shortages: Vec<Shortage<'a>> = (run.passages.iter())
            .filter_map(|own| Shortage::new(measure, &run.moments, own))
            .collect();
        shortages.sort_by(|a, b| {
            let key = |own: &Shortage<'_>| (own.passage.component, own.passage.short);
            b.weight.total_cmp(&a.weight).then(key(a).cmp(&key(b)))
        });
        Self {
            run,
            worst,
            down: first.zip(last).map(|(first, last)| [first.start, last.end]),
            is_down_at_end: run.moments.last().as_ref().is_some_and(is_down),
            tiers: tiers(inventory, &run.accounts),
            shortages,
            credits: Credits::new(run),
        }
    }

    /// From when to when some steps are played in longer parts than is exact; `None` if none is.
    pub(in crate::report) fn coarse(&self) -> Option<[Timestamp; 2]> {
        let (first, last) = self.run.coarse.first().zip(self.run.coarse.last())?;
        Some([first[0], last[1]])
    }

    pub(in crate::report) fn user_minutes(&self) -> f64 {
        self.run.totals.user_seconds / 60.0
    }

    pub(in crate::report) fn down_minutes(&self) -> f64 {
        self.run.totals.down_minutes()
    }

    /// `true` if users are down beyond a millionth of all their minutes.
    pub(in crate::report) fn is_anybody_down(&self) -> bool {
        is_any(self.down_minutes(), self.user_minutes())
    }

    /// The share of users' minutes in which they are down; `None` without users.
    pub(in crate::report) fn down_share(&self) -> Option<f64> {
        share_down(&self.run.totals)
    }

    /// Who has users, the lowest uptime first; who has none behind them.
    pub(in crate::report) fn worst_accounts(&self) -> Vec<&'a Account> {
        let mut all: Vec<&Account> = self.run.accounts.iter().collect();
        all.sort_by(|a, b| {
            let (left, right) = (a.uptime(), b.uptime());
            let uptime = match (left, right) {
                (Some(left), Some(right)) => left.total_cmp(&right),
                _ => left.is_none().cmp(&right.is_none()),
            };
            let key = |own: &Account| (own.month, own.tenant, own.tier);
            uptime.then(key(a).cmp(&key(b)))
        });
        all
    }

    /// What is over capacity, loses or holds up work for the first time, of what weighs so much that it matters; of several
    /// the one that weighs most.
    pub(in crate::report) fn first_shortage(&self) -> Option<&Shortage<'a>> {
        let least = self.shortages.first()?.weight * WEIGHTY;
        self.shortages
            .iter()
            .filter(|own| own.weight >= least)
            .reduce(|first, own| if own.first < first.first { own } else { first })
    }
}

/// The share of some users' minutes in which they are down; `None` without users.
pub(in crate::report) fn share_down(felt: &Felt) -> Option<f64> {
    let all = felt.user_seconds;
    (all > 0.0).then(|| (felt.down_seconds / all).clamp(0.0, 1.0))
}

/// What users felt, by tier, in the order of ranks.
fn tiers(inventory: &Inventory, accounts: &[Account]) -> Vec<(TierId, Felt)> {
    let mut all: BTreeMap<(u32, TierId), Felt> = BTreeMap::new();
    for own in accounts {
        let rank = inventory.tiers[own.tier.index()].rank;
        all.entry((rank, own.tier)).or_default().add(&own.felt);
    }
    let all = all.into_iter();
    all.map(|((_, tier), felt)| (tier, felt)).collect()
}

/// `true` if so many of so many are more than arithmetic leaves of nothing.
pub(in crate::report) fn is_any(down: f64, all: f64) -> bool {
    down > FEASIBILITY * all
}

/// How many tenants get how much back.
pub(in crate::report) struct Credits {
    /// Share of a month's price, and how many tenants get it at most for any tier and month; the largest share first.
    pub(in crate::report) shares: Vec<(f64, usize)>,
}

impl Credits {
    pub(in crate::report) fn new(run: &Run) -> Self {
        let mut most: BTreeMap<TenantId, f64> = BTreeMap::new();
        for own in run.accounts.iter().filter(|own| own.credit > 0.0) {
            let credit = most.entry(own.tenant).or_default();
            *credit = credit.max(own.credit);
        }
        let mut all: Vec<f64> = most.into_values().collect();
        all.sort_by(|a, b| b.total_cmp(a));
        let of_share = all.chunk_by(|a, b| a.total_cmp(b).is_eq());
        let shares = of_share.filter_map(|own| Some((*own.first()?, own.len())));
        Self {
            shares: shares.collect(),
        }
    }

    pub(in crate::report) fn tenants(&self) -> usize {
        self.shares.iter().map(|own| own.1).sum()
    }
}
