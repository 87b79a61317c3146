//! Made: a generated inventory and its drain.

use super::Result;
use super::subject::Subject;
use plimsoll::generate::{Options, generate, scenarios};
use plimsoll::model::FailureSet;
use plimsoll::scenario::{self, ScenarioText};

/// So many shards and sites, with all else as `docs/performance.md` has it: 200 access points and 1,200 client regions,
/// fewer where there are few shards.
pub(crate) fn generated(shards: usize, sites: usize) -> Result<Subject> {
    let options = Options {
        sites,
        access_points: 200.min(shards / 10),
        client_regions: 1_200.min(shards / 5),
        shards,
        ..Options::default()
    };
    let made = generate(&options).map_err(|refusals| {
        let lines = refusals.iter().map(ToString::to_string);
        lines.collect::<Vec<_>>().join("; ")
    })?;
    let drain = scenarios(&made.events)
        .into_iter()
        .find(|(name, _)| *name == "drain.toml");
    let (name, text) = drain.ok_or("no drain was generated")?;
    let layer = ScenarioText {
        name: name.to_owned(),
        text,
    };
    let reading = scenario::read(&[layer], &made.inventory);
    Ok(Subject {
        name: format!("generated, {sites} sites"),
        inventory: made.inventory,
        scenario: reading.scenario.ok_or("the scenario has errors")?,
        over: FailureSet::Sites,
    })
}
