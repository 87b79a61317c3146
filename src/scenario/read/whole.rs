//! The whole reading: layers in, one scenario out.

use super::events::read_events;
use super::findings::Findings;
use super::layer::{Draft, read_layer};
use super::names::Names;
use super::policy::read_policy;
use super::protect::read_protect;
use super::source::Source;
use super::span::read_span;
use crate::diagnostic::{Finding, has_errors};
use crate::model::{Inventory, Scenario};

/// One scenario file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioText {
    /// File name, as findings call it.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// What was read, and what is to be said about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// `None` if and only if a finding is an error.
    pub scenario: Option<Scenario>,
    /// By layer, line, key and code.
    pub findings: Vec<Finding>,
}

/// Reads a scenario from its layers, for one inventory.
///
/// A later layer wins key by key, also inside `policy.headroom` and `[protect]`; events add up in the order of
/// the files. Whatever the texts are, this ends with findings, never with a panic.
pub fn read(layers: &[ScenarioText], inventory: &Inventory) -> Reading {
    let mut findings = Findings::new(layers.iter().map(|layer| layer.name.clone()).collect());
    let mut draft = Draft::empty();
    for (index, layer) in layers.iter().enumerate() {
        let source = Source::new(index, &layer.text);
        draft.add(read_layer(&source, &mut findings));
    }
    let scenario = if draft.is_readable {
        build(layers, inventory, &draft, &mut findings)
    } else {
        None
    };
    let findings = findings.sorted();
    Reading {
        scenario: scenario.filter(|_| !has_errors(&findings)),
        findings,
    }
}

/// The scenario that the merged layers mean; `None` after an error that leaves a hole in it.
fn build(
    layers: &[ScenarioText],
    inventory: &Inventory,
    draft: &Draft,
    findings: &mut Findings,
) -> Option<Scenario> {
    let names = Names::new(inventory);
    let span = read_span(&draft.scenario, findings);
    let policy = read_policy(&draft.policy, &names, findings);
    let protect = read_protect(draft.protect.as_ref(), inventory, findings);
    let events = read_events(&draft.events, &names, span, findings);
    let name = draft
        .scenario
        .name("name")
        .map_or_else(|| standard_name(layers), str::to_owned);
    let span = span?;
    Some(Scenario {
        name,
        start: span.start,
        end: span.end,
        offset: span.offset,
        policy,
        events,
        protect,
    })
}

/// The name of a scenario that gives none: its first file's, without the ending.
fn standard_name(layers: &[ScenarioText]) -> String {
    let file = layers.first().map_or("scenario", |layer| &layer.name);
    file.strip_suffix(".toml").unwrap_or(file).to_owned()
}
