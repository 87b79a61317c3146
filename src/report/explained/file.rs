//! explanations.json of a plan.

use super::promises::{rule_sentence, sentence};
use crate::error::Result;
use crate::formulation::goals::Level;
use crate::ids::SiteId;
use crate::model::{Inventory, Scenario};
use crate::plan::explain::{
    self, Explanation, Out, PlanExplanations, Scarce, ShardFate, ShardRule, SiteObstacle, Useless,
};
use crate::plan::{PeriodPlan, Plan, stage_name};
use crate::plan_files::explanations::{
    self as written, Binding, EXPLANATIONS_FORMAT, ObstacleKind, Promise, Reason, RuleInTheWay,
    RuleKind, UselessSite, WrittenCut,
};
use crate::report::cut_rows;
use crate::report::written::{WrittenFile, document_file};

/// explanations.json as bytes.
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn explanations_file(explanations: &written::Explanations) -> Result<WrittenFile> {
    document_file(explanations)
}

/// The explanations of a plan as they are written, sentences included.
pub fn explanations(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    explanations: &PlanExplanations,
) -> written::Explanations {
    let bindings = explanations.bindings.iter().enumerate();
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
            .map(|(number, binding_rule)| {
                rule_of((plan, explanations.is_quick), number, binding_rule)
            })
            .collect(),
        cuts: plan
            .periods
            .iter()
            .flat_map(|period| cut_rows(inventory, period))
            .enumerate()
            .map(|(number, row)| WrittenCut {
                id: format!("c{number}"),
                row,
            })
            .collect(),
        reasons: reasons
            .enumerate()
            .map(|(number, (period, because))| inventory.reason_row(number, period, because))
            .collect(),
    }
}

pub(super) fn count(period: usize) -> u32 {
    u32::try_from(period).unwrap_or(u32::MAX)
}

fn rule_of(
    (plan, is_quick): (&Plan, bool),
    number: usize,
    binding_rule: &explain::BindingRule,
) -> RuleInTheWay {
    let promised = binding_rule.promised.iter().enumerate();
    RuleInTheWay {
        id: format!("w{number}"),
        rule: binding_rule.rule.word().to_owned(),
        period: count(binding_rule.period),
        users: binding_rule.users,
        promises: promised
            .map(|(period, change)| promise_of(period, change))
            .collect(),
        sentence: rule_sentence((plan, is_quick), binding_rule),
    }
}

fn binding_of(
    inventory: &Inventory,
    (plan, is_quick): (&Plan, bool),
    number: usize,
    binding: &explain::PricedBinding,
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

fn tier_of(period: &PeriodPlan, level: Level) -> Option<&str> {
    let stage = period.stages.iter().find(|stage| stage.level == level);
    stage.and_then(|stage| stage.tier.as_deref())
}

fn promise_of(period: usize, change: &explain::OutlookChange) -> Promise {
    let of = |number: fn(&explain::Outlook) -> f64| written::PromisedChange {
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

impl Inventory {
    pub(super) fn reason_row(&self, number: usize, period: usize, because: &Explanation) -> Reason {
        let inventory = self;
        let site = |site: SiteId| inventory.sites[site.index()].id.clone();
        let why = &because.why;
        let component = match (why.scarce, why.out) {
            (Some(Scarce { component, .. }), _) | (None, Some(Out::Component(component))) => {
                Some(inventory.component_name(component).to_owned())
            }
            (None, Some(Out::Pool(pool))) => Some(inventory.pools[pool.index()].id.clone()),
            (None, None) => None,
        };
        let resource = why
            .scarce
            .map(|scarce| &inventory.resources[scarce.resource.index()]);
        let jurisdiction = match why.rule {
            Some(ShardRule::Jurisdiction(jurisdiction)) => {
                Some(inventory.jurisdictions[jurisdiction.index()].clone())
            }
            _ => None,
        };
        let choice = because.choice.as_ref();
        let has_moved = matches!(because.fate, ShardFate::Moved | ShardFate::Placed);
        Reason {
            id: format!("r{number}"),
            period: count(period),
            kind: because.fate,
            reason: why.kind,
            users: because.users(),
            shards: because
                .shards
                .iter()
                .map(|(shard, _)| inventory.shard_name(*shard).to_owned())
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
            rule: why.rule.map(rule_word),
            jurisdiction,
            sites: self.useless(&why.sites),
            choice: choice.map(|pair| pair.0),
            nearer: choice.map_or_else(Vec::new, |pair| self.useless(&pair.1)),
            sentence: self.reason_sentence(because),
        }
    }

    fn useless(&self, sites: &[Useless]) -> Vec<UselessSite> {
        let inventory = self;
        let item = |(site, obstacle): &Useless| {
            let scarce = match obstacle {
                SiteObstacle::NoSpare(scarce) => Some(scarce),
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

fn obstacle_word(obstacle: SiteObstacle) -> ObstacleKind {
    match obstacle {
        SiteObstacle::Drained => ObstacleKind::Drained,
        SiteObstacle::Failed => ObstacleKind::Failed,
        SiteObstacle::NothingLeft => ObstacleKind::NothingLeft,
        SiteObstacle::NoPath => ObstacleKind::NoPath,
        SiteObstacle::StandbyClosed => ObstacleKind::StandbyClosed,
        SiteObstacle::NoSpare(..) => ObstacleKind::NoRoom,
        SiteObstacle::NoCopy => ObstacleKind::NoCopy,
    }
}

fn rule_word(rule: explain::ShardRule) -> RuleKind {
    match rule {
        ShardRule::Pinned => RuleKind::Pinned,
        ShardRule::Movers => RuleKind::Movers,
        ShardRule::Failover => RuleKind::Failover,
        ShardRule::ReplicaOnly => RuleKind::ReplicaOnly,
        ShardRule::Drain => RuleKind::Drain,
        ShardRule::Jurisdiction(_) => RuleKind::Jurisdiction,
    }
}
