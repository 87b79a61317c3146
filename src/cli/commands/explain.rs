//! `plimsoll explain`: why is this shard here, why is this component full, and everything else that a plan's
//! explanations say.

use crate::cli::args::ExplainArgs;
use crate::cli::clock::run_on;
use crate::cli::stored::Stored;
use crate::cli::terminal::Terminal;
use crate::cli::{exit, render};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Finding, Place};
use crate::engine::Recalled;
use crate::error::{Error, Result};
use crate::ids::{ComponentId, ShardId};
use crate::model::Inventory;
use crate::plan::explain::{elsewhere, filling, reasons_of};
use crate::plan_files::explanations::Explanations;
use crate::report::asked::{
    ComponentAnswer, ComponentPeriod, PlanTables, ShardAnswer, ShardPeriod, everything, unseen,
};
use crate::scenario::titled;
use serde_json::Value;

/// What is asked about is not in the plan.
const UNKNOWN: Code = Code("P6016");

/// The folder does not hold what the question needs.
const NOT_CARRIED: Code = Code("P6017");

type Asked<T> = std::result::Result<T, Box<Finding>>;

/// Reads a written plan and answers a question about it.
pub(crate) fn run(args: &ExplainArgs, terminal: &mut Terminal) -> Result<u8> {
    run_on(None)?;
    let stored = Stored::read(&args.plan, terminal)?;
    let (text, json) =
        answer(args, &stored, terminal.width).map_err(|finding| Error::Unfit(vec![*finding]))?;
    terminal.print(&if args.json {
        render::pretty(&json)
    } else {
        text
    })?;
    Ok(exit::SOUND)
}

fn answer(args: &ExplainArgs, stored: &Stored, width: Option<u16>) -> Asked<(String, Value)> {
    if args.shard.is_none() && args.component.is_none() {
        let what = "the bottlenecks and the reasons of the plan";
        let explanations = stored.explanations.as_ref();
        let explanations = explanations.ok_or_else(|| not_carried("explanations.json", what))?;
        let count = stored.plan.summary.as_ref();
        let count = count.map_or(usize::MAX, |summary| summary.periods.len());
        if let Some(period) = args.period.filter(|index| *index >= count) {
            return Err(no_period(period, count));
        }
        let of_period;
        let explanations = match args.period {
            None => explanations,
            Some(period) => {
                of_period = explanations.of_period(period);
                &of_period
            }
        };
        let tables = PlanTables {
            headroom: stored.plan.headroom.as_deref().unwrap_or_default(),
            blind: stored.plan.blind.as_deref().unwrap_or_default(),
        };
        let text = everything(explanations, tables, args.period, width);
        return Ok((text, serde_json::to_value(explanations).unwrap_or_default()));
    }
    let lacks = |what| move || not_carried("inputs", what);
    let inputs = stored.inputs.as_ref();
    let inputs = inputs.ok_or_else(lacks("the inventory and the scenario of the plan"))?;
    let inventory = &inputs
        .inventory()
        .ok_or_else(lacks("an inventory without errors"))?;
    let scenario = &inputs
        .scenario(inventory)
        .ok_or_else(lacks("a scenario without errors"))?;
    let recalled = Recalled::new(inventory, scenario, &stored.plan)?;
    let periods = asked_periods(&recalled, args.period)?;
    let all: Vec<_> = recalled.periods().copied().collect();
    if let Some(id) = &args.shard {
        let shard = shard(inventory, id)?;
        let ask = |&index: &usize| {
            recalled.ask(index, |period| ShardPeriod {
                period: all[index],
                reasons: reasons_of(period, shard),
                sites: elsewhere(period, shard),
            })
        };
        let answer = ShardAnswer {
            inventory,
            scenario,
            shard,
            periods: periods.iter().filter_map(ask).collect(),
        };
        return Ok((answer.text(width), answer.json()));
    }
    let id = args.component.as_deref().unwrap_or_default();
    let component = component(inventory, id)?;
    let ask = |&index: &usize| {
        recalled.ask(index, |period| ComponentPeriod {
            period: all[index],
            fillings: filling(period, component),
            sentences: sentences_on(stored.explanations.as_ref(), id, index),
            unseen: unseen(stored.plan.blind.as_deref().unwrap_or_default(), id, index),
        })
    };
    let answer = ComponentAnswer {
        inventory,
        scenario,
        component,
        periods: periods.iter().filter_map(ask).collect(),
    };
    Ok((answer.text(width), answer.json()))
}

/// What explanations.json says of a component in a period.
fn sentences_on(explanations: Option<&Explanations>, id: &str, period: usize) -> Vec<String> {
    let bindings = explanations
        .iter()
        .flat_map(|explanations| &explanations.bindings);
    let about = bindings.filter(|binding| {
        let mut periods = std::iter::once(&binding.period).chain(&binding.also_in);
        binding.component == id && periods.any(|number| *number as usize == period)
    });
    about.map(|binding| binding.sentence.clone()).collect()
}

fn asked_periods(recalled: &Recalled<'_>, asked: Option<usize>) -> Asked<Vec<usize>> {
    let count = recalled.periods().count();
    match asked {
        None => Ok((0..count).collect()),
        Some(period) if period < count => Ok(vec![period]),
        Some(period) => Err(no_period(period, count)),
    }
}

fn no_period(period: usize, count: usize) -> Box<Finding> {
    Box::new(Finding {
        expected: format!("a period of the plan: 0 to {}", count.saturating_sub(1)),
        hint: "leave the option out for all periods".to_owned(),
        ..*unknown("period", &period.to_string(), None)
    })
}

fn shard(inventory: &Inventory, id: &str) -> Asked<ShardId> {
    let position = inventory
        .shard_ids
        .iter()
        .position(|shard_id| shard_id == id);
    position
        .map(ShardId::new)
        .ok_or_else(|| unknown("shard", id, nearest(id, inventory.shard_ids.iter())))
}

fn component(inventory: &Inventory, id: &str) -> Asked<ComponentId> {
    let names = || {
        (0..inventory.component_count())
            .map(|index| inventory.component_name(ComponentId::new(index)))
    };
    names()
        .position(|name| name == id)
        .map(ComponentId::new)
        .ok_or_else(|| {
            if let Some(members) = pool(inventory, id) {
                return Box::new(Finding {
                    found: format!("the pool `{id}`"),
                    hint: format!("ask about a member: {members}"),
                    ..*unknown("component", id, None)
                });
            }
            let unknown = unknown("component", id, nearest(id, names()));
            match titled(inventory, id) {
                Some(hint) => Box::new(Finding { hint, ..*unknown }),
                None => unknown,
            }
        })
}

/// The members of a pool, as a hint names them.
fn pool(inventory: &Inventory, id: &str) -> Option<String> {
    let pool = inventory.pools.iter().find(|pool| pool.id == id)?;
    let members = pool.members.iter();
    let ids: Vec<String> = members
        .map(|member| format!("`{}`", inventory.elements[member.index()].id))
        .collect();
    Some(ids.join(", "))
}

/// What is asked about is not in the plan.
fn unknown(what: &str, found: &str, near: Option<&str>) -> Box<Finding> {
    Box::new(Finding::error(
        UNKNOWN,
        Place::whole(format!("--{what}")),
        format!("`{found}`"),
        format!("the id of a {what} of the plan"),
        near.map_or_else(
            || "look the id up in the tables of the plan".to_owned(),
            |near| format!("did you mean `{near}`?"),
        ),
    ))
}

fn not_carried(what: &str, is: &str) -> Box<Finding> {
    let found = "nothing readable";
    let hint = "plan again with this version: `plimsoll plan` writes it";
    Box::new(Finding::error(
        NOT_CARRIED,
        Place::whole(what),
        found,
        is,
        hint,
    ))
}
