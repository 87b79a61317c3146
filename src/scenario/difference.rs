//! Differences between two layered scenarios, key by key.

use super::read::ScenarioText;
use std::collections::{BTreeMap, BTreeSet};

/// A key that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDifference {
    /// Such as `policy.max_latency_ms` or `event 2.component`.
    pub key: String,
    /// What the first has, in words; `None` if it does not name the key.
    pub a: Option<String>,
    /// What the second has.
    pub b: Option<String>,
}

/// What differs between two scenarios, each given as its layers; text that is no TOML has no keys.
///
/// Later layers win, and events add up, as when a scenario is read.
///
/// ```
/// use plimsoll::scenario::{ScenarioText, differences};
/// let layer = |text: &str| vec![ScenarioText { name: "s.toml".into(), text: text.into() }];
/// let found = differences(
///     &layer("[policy]\nmax_moved_users = 2000\n"),
///     &layer("[policy]\nmax_moved_users = 3000\n"),
/// );
/// assert_eq!(found[0].key, "policy.max_moved_users");
/// assert_eq!((found[0].a.as_deref(), found[0].b.as_deref()), (Some("2000"), Some("3000")));
/// ```
pub fn differences(a: &[ScenarioText], b: &[ScenarioText]) -> Vec<KeyDifference> {
    let (one, other) = (keys(a), keys(b));
    let all: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    all.into_iter()
        .filter(|key| one.get(*key) != other.get(*key))
        .map(|key| KeyDifference {
            key: key.clone(),
            a: one.get(key).cloned(),
            b: other.get(key).cloned(),
        })
        .collect()
}

/// Values by key, over all layers.
fn keys(layers: &[ScenarioText]) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut counts = BTreeMap::new();
    for layer in layers {
        let Ok(table) = layer.text.parse::<toml::Table>() else {
            continue;
        };
        for (name, value) in &table {
            match value {
                toml::Value::Array(tables) if ["event", "queued"].contains(&name.as_str()) => {
                    for table in tables {
                        let count: &mut usize = counts.entry(name.clone()).or_default();
                        *count += 1;
                        // Two digits keep them in their order.
                        flatten(&format!("{name} {count:02}"), table, &mut all);
                    }
                }
                other => flatten(name, other, &mut all),
            }
        }
    }
    all
}

fn flatten(key: &str, value: &toml::Value, all: &mut BTreeMap<String, String>) {
    match value {
        toml::Value::Table(table) => {
            for (name, value) in table {
                flatten(&format!("{key}.{name}"), value, all);
            }
        }
        other => {
            all.insert(key.to_owned(), words(other));
        }
    }
}

/// A value as a file may write it.
fn words(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::Boolean(value) => value.to_string(),
        toml::Value::Datetime(at) => at.to_string(),
        toml::Value::Array(values) => {
            let values: Vec<String> = values.iter().map(words).collect();
            values.join(", ")
        }
        toml::Value::Table(table) => {
            let values: Vec<String> = table
                .iter()
                .map(|(name, value)| format!("{name} {}", words(value)))
                .collect();
            values.join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_stand_several_times_is_counted_each_by_itself() {
        let layer = |text: &str| ScenarioText {
            name: "s.toml".to_owned(),
            text: text.to_owned(),
        };
        let base = layer("[[event]]\nkind = \"surge\"\n[[queued]]\namount = 5\n");
        let more = |amount: u32| {
            let text = format!("[replay]\njitter = 0.5\n[[queued]]\namount = {amount}\n");
            vec![base.clone(), layer(&text)]
        };
        let found = differences(&more(7), &more(8));
        let [only] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(only.key, "queued 02.amount");
        assert_eq!(
            (only.a.as_deref(), only.b.as_deref()),
            (Some("7"), Some("8"))
        );
        let found = differences(std::slice::from_ref(&base), &more(7));
        let keys: Vec<&str> = found
            .iter()
            .map(|key_difference| key_difference.key.as_str())
            .collect();
        assert_eq!(keys, ["queued 02.amount", "replay.jitter"]);
    }
}
