//! explanations.json of a plan.

use super::because::Teller;
use super::promises::{rule_sentence, sentence};
use crate::error::{Error, Result};
use crate::formulation::goals::Level;
use crate::ids::SiteId;
use crate::model::{Inventory, Scenario};
use crate::plan::explain::{
    self, Because, Choice, Explanations, Fate, Obstacle, Out, Rule, Useless, Why,
};
use crate::plan::{PeriodPlan, Plan, stage_name};
use crate::plan_files::explanations::{
    self as written, Binding, Cut, EXPLANATIONS_FILE, EXPLANATIONS_FORMAT, Promise, Reason,
    RuleInTheWay, UselessSite, write_explanations,
};
use crate::report::cut_rows;
use crate::report::written::{WrittenFile, json_file};

/// explanations.json as bytes.
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn explanations_file(explanations: &written::Explanations) -> Result<WrittenFile> {
    let mut bytes = Vec::new();
    write_explanations(explanations, &mut bytes)
        .map_err(|error| Error::Internal(error.to_string()))?;
    json_file(EXPLANATIONS_FILE, bytes)
}

/// The explanations of a plan as they are written, sentences included.
pub fn explanations(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    explanations: &Explanations,
) -> written::Explanations {
    let bindings = explanations.bindings.iter().enumerate();
    let teller = Teller { inventory };
    let periods = plan.periods.iter().enumerate();
    let reasons = periods.flat_map(|(position, period)| {
        let of_period = period.reasons.iter();
        of_period.map(move |because| (position, because))
    });
    written::Explanations {
        format: EXPLANATIONS_FORMAT.to_owned(),
        scenario: scenario.name.clone(),
        complete: !explanations.is_cut_short,
        quick: explanations.is_quick,
        bindings: bindings
            .map(|(number, binding)| {
                binding_of(inventory, (plan, explanations.is_quick), number, binding)
            })
            .collect(),
        rules: explanations
            .rules
            .iter()
            .enumerate()
            .map(|(number, own)| rule_of((plan, explanations.is_quick), number, own))
            .collect(),
        cuts: plan
            .periods
            .iter()
            .flat_map(|period| cut_rows(inventory, period))
            .enumerate()
            .map(|(number, row)| Cut {
                id: format!("c{number}"),
                row,
            })
            .collect(),
        reasons: reasons
            .enumerate()
            .map(|(number, (period, because))| teller.item(number, period, because))
            .collect(),
    }
}

/// A period as files count it.
pub(super) fn count(period: usize) -> u32 {
    u32::try_from(period).unwrap_or(u32::MAX)
}

fn rule_of(
    (plan, is_quick): (&Plan, bool),
    number: usize,
    own: &explain::RuleInTheWay,
) -> RuleInTheWay {
    let promised = own.promised.iter().enumerate();
    RuleInTheWay {
        id: format!("w{number}"),
        rule: own.rule.word().to_owned(),
        period: count(own.period),
        users: own.users,
        promises: promised
            .map(|(period, change)| promise_of(period, change))
            .collect(),
        sentence: rule_sentence((plan, is_quick), own),
    }
}

fn binding_of(
    inventory: &Inventory,
    (plan, is_quick): (&Plan, bool),
    number: usize,
    binding: &explain::Binding,
) -> Binding {
    let resource = &inventory.resources[binding.lever.resource.index()];
    let period = &plan.periods[binding.period];
    let name = |component| inventory.component_name(component).to_owned();
    let promise = binding.promise.as_ref();
    let periods = promise.map_or(&[][..], |promise| promise.periods.as_slice());
    Binding {
        id: format!("b{number}"),
        period: count(binding.period),
        also_in: binding.also_in.iter().copied().map(count).collect(),
        case: "expected".to_owned(),
        component: name(binding.component),
        kind: inventory
            .component_kind(binding.component)
            .word()
            .to_owned(),
        raised: binding
            .lever
            .raised(inventory)
            .into_iter()
            .map(name)
            .collect(),
        resource: resource.id.clone(),
        unit: resource.unit.clone(),
        level: stage_name(binding.level, tier_of(period, binding.level)),
        price: binding.price,
        amount: promise.map(|promise| promise.amount),
        promises: periods
            .iter()
            .enumerate()
            .map(|(period, change)| promise_of(period, change))
            .collect(),
        sentence: sentence(inventory, (plan, is_quick), binding),
    }
}

/// The tiers of an unserved level by name.
fn tier_of(period: &PeriodPlan, level: Level) -> Option<&str> {
    let stage = period.stages.iter().find(|stage| stage.level == level);
    stage.and_then(|stage| stage.tier.as_deref())
}

fn promise_of(period: usize, change: &explain::Change) -> Promise {
    let of = |number: fn(&explain::Outlook) -> f64| written::Change {
        before: number(&change.before),
        after: number(&change.after),
    };
    Promise {
        period: count(period),
        unserved_users: of(|outlook| outlook.unserved),
        moved_users: of(|outlook| outlook.moved),
        copied_users: of(|outlook| outlook.copied),
        opened_access_points: of(|outlook| outlook.opened),
        worst_shortfall: of(|outlook| outlook.worst_shortfall),
        shortfall_users: of(|outlook| outlook.shortfall_users),
    }
}

impl Teller<'_> {
    pub(super) fn item(self, number: usize, period: usize, because: &Because) -> Reason {
        let inventory = self.inventory;
        let site = |site: SiteId| inventory.sites[site.index()].id.clone();
        let (component, resource) = match &because.why {
            Why::NoRoom(scarce) => (
                Some(inventory.component_name(scarce.component).to_owned()),
                Some(&inventory.resources[scarce.resource.index()]),
            ),
            Why::NoPath(Some(Out::Component(component))) => {
                (Some(inventory.component_name(*component).to_owned()), None)
            }
            Why::NoPath(Some(Out::Pool(pool))) => {
                (Some(inventory.pools[pool.index()].id.clone()), None)
            }
            _ => (None, None),
        };
        let (rule, sites) = match &because.why {
            Why::Trapped(rule, sites) => (*rule, sites.as_slice()),
            Why::Full(sites) | Why::MoveLimit(sites) | Why::WholeShards(sites) => {
                (None, sites.as_slice())
            }
            _ => (None, &[][..]),
        };
        let jurisdiction = match rule {
            Some(Rule::Jurisdiction(own)) => Some(inventory.jurisdictions[own.index()].clone()),
            _ => None,
        };
        let (choice, nearer) = because.choice.as_ref().map_or((None, &[][..]), choice_of);
        let has_moved = matches!(because.fate, Fate::Moved | Fate::Placed);
        Reason {
            id: format!("r{number}"),
            period: count(period),
            kind: because.fate,
            reason: word(&because.why),
            users: because.users(),
            shards: because
                .shards
                .iter()
                .map(|(shard, _)| inventory.shard_ids.get(shard.index()).to_owned())
                .collect(),
            from_site: because.from.map(site),
            to_site: because.to.map(site),
            takeover: has_moved.then_some(because.is_takeover),
            component,
            resource: resource.map(|resource| resource.id.clone()),
            unit: resource.map(|resource| resource.unit.clone()),
            short_by: because.squeeze.map(|squeeze| squeeze.short_by()),
            headroom: because.squeeze.map(|squeeze| squeeze.headroom()),
            target: because.squeeze.map(|squeeze| squeeze.target),
            rule: rule.map(rule_word),
            jurisdiction,
            sites: self.useless(sites),
            choice,
            nearer: self.useless(nearer),
            sentence: self.sentence(because),
        }
    }

    fn useless(self, sites: &[Useless]) -> Vec<UselessSite> {
        let inventory = self.inventory;
        let item = |(site, obstacle): &Useless| {
            let scarce = match obstacle {
                Obstacle::NoRoom(scarce) => Some(scarce),
                _ => None,
            };
            let component = scarce.map(|scarce| inventory.component_name(scarce.component));
            let resource =
                scarce.map(|scarce| inventory.resources[scarce.resource.index()].id.clone());
            UselessSite {
                site: inventory.sites[site.index()].id.clone(),
                obstacle: obstacle_word(*obstacle),
                component: component.map(str::to_owned),
                resource,
                with_retries: scarce.is_some_and(|scarce| scarce.with_retries),
            }
        };
        sites.iter().map(item).collect()
    }
}

fn choice_of(choice: &Choice) -> (Option<written::Choice>, &[Useless]) {
    let (word, nearer): (written::Choice, &[Useless]) = match choice {
        Choice::Only => (written::Choice::Only, &[]),
        Choice::Nearest => (written::Choice::Nearest, &[]),
        Choice::NearestWithRoom(nearer) => (written::Choice::NearestWithRoom, nearer),
        Choice::Copy(nearer) => (written::Choice::Copy, nearer),
        Choice::Together(nearer) => (written::Choice::Together, nearer),
        Choice::Ahead(nearer) => (written::Choice::Ahead, nearer),
    };
    (Some(word), nearer)
}

fn word(why: &Why) -> written::Because {
    match why {
        Why::Drained => written::Because::Drained,
        Why::Failed => written::Because::Failed,
        Why::NothingLeft => written::Because::NothingLeft,
        Why::NoPath(_) => written::Because::NoPath,
        Why::StandbyClosed => written::Because::StandbyClosed,
        Why::NoRoom(..) => written::Because::NoRoom,
        Why::Nearer => written::Because::Nearer,
        Why::Together => written::Because::Together,
        Why::Ahead => written::Because::Ahead,
        Why::Returned => written::Because::Returned,
        Why::Placed => written::Because::Placed,
        Why::Trapped(..) => written::Because::Trapped,
        Why::Full(_) => written::Because::Full,
        Why::MoveLimit(_) => written::Because::MoveLimit,
        Why::WholeShards(_) => written::Because::WholeShards,
    }
}

fn obstacle_word(obstacle: Obstacle) -> written::Obstacle {
    match obstacle {
        Obstacle::Drained => written::Obstacle::Drained,
        Obstacle::Failed => written::Obstacle::Failed,
        Obstacle::NothingLeft => written::Obstacle::NothingLeft,
        Obstacle::NoPath => written::Obstacle::NoPath,
        Obstacle::StandbyClosed => written::Obstacle::StandbyClosed,
        Obstacle::NoRoom(..) => written::Obstacle::NoRoom,
        Obstacle::NoCopy => written::Obstacle::NoCopy,
    }
}

fn rule_word(rule: explain::Rule) -> written::Rule {
    match rule {
        Rule::Pinned => written::Rule::Pinned,
        Rule::Movers => written::Rule::Movers,
        Rule::Failover => written::Rule::Failover,
        Rule::ReplicaOnly => written::Rule::ReplicaOnly,
        Rule::Drain => written::Rule::Drain,
        Rule::Jurisdiction(_) => written::Rule::Jurisdiction,
    }
}
