//! Merged: the layers of a scenario as one text, in which every event has its times.

use super::read::ScenarioText;
use crate::model::Scenario;
use jiff::Timestamp;
use toml::value::Datetime;
use toml::{Table, Value};

/// The layers of a scenario as one. Its events are those of the scenario, in the same order, and keep their times whatever span
/// they are given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MergedLayers {
    tables: Table,
    events: Vec<Table>,
}

impl MergedLayers {
    /// The layers that a scenario was read from; `None` for text that is no TOML.
    pub fn of(layers: &[ScenarioText], scenario: &Scenario) -> Option<Self> {
        let mut tables = Table::new();
        for layer in layers {
            overlay(&mut tables, layer.text.parse().ok()?);
        }
        let events = match tables.remove("event") {
            Some(Value::Array(events)) => events,
            _ => Vec::new(),
        };
        let span = [scenario.start, scenario.end]
            .map(|at| at.display_with_offset(scenario.offset).to_string());
        let [start, end] = [span[0].parse().ok()?, span[1].parse().ok()?];
        let events = events.into_iter().filter_map(|event| match event {
            Value::Table(event) => dated(event, start, end),
            _ => None,
        });
        Some(Self {
            events: events.collect(),
            tables,
        })
    }

    /// The same without some events, by their position.
    #[must_use]
    pub fn without(mut self, left_out: &[usize]) -> Self {
        let mut position = 0;
        self.events.retain(|_| {
            position += 1;
            !left_out.contains(&(position - 1))
        });
        self
    }

    /// The text of it in another span, planned hour by hour. Events that are over when it starts are left out.
    pub fn text(&self, [name, start, end]: [&str; 3]) -> String {
        let mut tables = self.tables.clone();
        tables.remove("scenario");
        let policy = tables
            .entry("policy")
            .or_insert_with(|| Table::new().into());
        if let Value::Table(policy) = policy {
            policy.insert("demand".to_owned(), "hourly".into());
        }
        let begin: Option<Timestamp> = start.parse().ok();
        let events = self.events.iter().filter(|event| {
            let end = event.get("end").or_else(|| event.get("start"));
            let is_over = end.and_then(instant).zip(begin);
            is_over.is_none_or(|(end, begin)| end > begin)
        });
        let events: Vec<Value> = events.cloned().map(Value::Table).collect();
        if !events.is_empty() {
            tables.insert("event".to_owned(), events.into());
        }
        // A name in quotes is written in TOML as in JSON.
        let name = serde_json::Value::from(name);
        let rest = toml::to_string(&tables).unwrap_or_default();
        format!("[scenario]\nname = {name}\nstart = {start}\nend = {end}\n\n{rest}")
    }
}

/// Lays later tables over earlier ones: key by key, also within shares; lists of tables add up.
fn overlay(earlier: &mut Table, later: Table) {
    for (key, value) in later {
        match (earlier.get_mut(&key), value) {
            (Some(Value::Table(known)), Value::Table(more)) => overlay(known, more),
            (Some(Value::Array(known)), Value::Array(more)) if more.iter().all(Value::is_table) => {
                known.extend(more);
            }
            (_, value) => {
                earlier.insert(key, value);
            }
        }
    }
}

/// An event with its times; `None` if it has no length, as a scenario leaves it out then.
fn dated(mut event: Table, start: Datetime, end: Datetime) -> Option<Table> {
    let is_disconnect = event.get("kind").and_then(Value::as_str) == Some("disconnect");
    event.entry("start").or_insert(start.into());
    if is_disconnect {
        return Some(event);
    }
    event.entry("end").or_insert(end.into());
    let times = [event.get("start"), event.get("end")];
    let [start, end] = times.map(|value| value.and_then(instant));
    (start? < end?).then_some(event)
}

fn instant(value: &Value) -> Option<Timestamp> {
    value.as_datetime()?.to_string().parse().ok()
}
