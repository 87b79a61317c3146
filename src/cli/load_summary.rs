//! Load summary: load, capacity and utilization of every resource and kind of component before anything happens.

use super::input::scenario_text;
use crate::engine::{LoadBefore, loads_before};
use crate::error::Result;
use crate::inventory::{SourceFile, site_load};
use crate::model::{ComponentKind, Inventory};
use crate::report::grammar::count;
use crate::report::numbers::{quantity, users, utilization};
use crate::report::table::{Align, Column, lines, wrapped};
use crate::scenario::{self, Band, users_on};
use crate::solve::Stop;
use crate::units::FEASIBILITY;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// A resource at the components of a kind that limit it.
struct LoadSummaryRow<'a> {
    resource: &'a str,
    unit: &'a str,
    kind: ComponentKind,
    components: usize,
    load: f64,
    capacity: f64,
    /// The component with the highest utilization, if any has a capacity above 0.
    fullest: Option<(&'a str, f64)>,
}

/// The loads of an inventory today, and on a date.
pub(super) struct LoadSummaries<'a> {
    today: LoadSummary<'a>,
    then: Option<LoadsOnDate<'a>>,
}

/// What is used on a date.
struct LoadsOnDate<'a> {
    date: Timestamp,
    /// All users of shards.csv, and then: expected, and at the low and the high end of the forecast.
    users: [f64; 4],
    loads: LoadSummary<'a>,
    /// At the high end of the forecast, if there is one.
    at_high: Option<HighEnd>,
}

/// What is fullest at the high end of the forecast.
struct HighEnd {
    /// Component, resource and utilization.
    fullest: Option<(String, String, f64)>,
    /// `true` if not everybody can be served.
    is_cut: bool,
}

impl HighEnd {
    /// # Errors
    /// Those of [`loads_before`].
    fn of(inventory: &Inventory, date: Timestamp) -> Result<Self> {
        let high = inventory.at_end_of_forecast(Band::High);
        let loads = LoadSummary::of(&high, date, &users_on(&high, date, Band::Expected))?;
        let rows = loads.rows.iter();
        let fullest = rows.filter_map(|row| {
            let (component, share) = row.fullest?;
            Some((component.to_owned(), row.resource.to_owned(), share))
        });
        Ok(Self {
            fullest: fullest.reduce(|a, b| if b.2 > a.2 { b } else { a }),
            is_cut: loads.is_cut,
        })
    }

    /// `At the high end (69,149 users), cpu at chi is 115.9 % full. …`
    fn in_words(&self, users: &str) -> String {
        let full = self.fullest.as_ref().map(|(component, resource, share)| {
            let share = utilization(*share);
            format!("At the high end ({users} users), {resource} at {component} is {share} full.")
        });
        let mut words = full.unwrap_or_default();
        let is_over = self.fullest.as_ref().is_some_and(|full| full.2 > 1.0);
        if self.is_cut || is_over {
            words.push_str(" Not everyone can be served there.");
        }
        words
    }
}

impl<'a> LoadSummaries<'a> {
    /// Before all that has a date, and on a date with all that has one up to then.
    ///
    /// # Errors
    /// Those of [`loads_before`].
    pub(super) fn of(inventory: &'a Inventory, date: Option<Timestamp>) -> Result<Self> {
        let today = inventory.shards.iter().map(|shard| shard.users as f64);
        let today: Vec<f64> = today.collect();
        let then = match date {
            Some(date) => {
                let users = [Band::Expected, Band::Low, Band::High];
                let [expected, low, high] = users.map(|band| users_on(inventory, date, band));
                let all = [&today, &expected, &low, &high];
                let has_range = low != high;
                Some(LoadsOnDate {
                    date,
                    users: all.map(|users| users.iter().sum()),
                    loads: LoadSummary::of(inventory, date, &expected)?,
                    at_high: has_range
                        .then(|| HighEnd::of(inventory, date))
                        .transpose()?,
                })
            }
            None => None,
        };
        Ok(Self {
            today: LoadSummary::of(inventory, Timestamp::UNIX_EPOCH, &today)?,
            then,
        })
    }

    /// A table, and what its numbers are; and the same of the date.
    pub(super) fn text(&self, width: Option<u16>) -> String {
        let mut text = self.today.text(width);
        if let Some(then) = &self.then {
            let date = Offset::UTC.to_datetime(then.date).date();
            let [today, expected, low, high] = then.users.map(users);
            let range = if low == high {
                String::new()
            } else {
                format!(" (from {low} to {high})")
            };
            let head = format!("On {date}: {expected} users{range}, after {today} in shards.csv.");
            text.push('\n');
            text.push_str(&wrapped(&head, width));
            if let Some(at_high) = &then.at_high {
                text.push_str(&wrapped(&at_high.in_words(&high), width));
            }
            text.push_str(&then.loads.text(width));
        }
        text
    }

    /// The same for programs.
    pub(super) fn json(&self) -> Value {
        let mut object = self.today.json();
        if let Some(then) = &self.then {
            let [today, expected, low, high] = then.users;
            let mut of_date = then.loads.json();
            of_date["date"] = json!(then.date.to_string());
            of_date["users_of_shards"] = json!(today);
            of_date["users"] = json!(expected);
            of_date["users_low"] = json!(low);
            of_date["users_high"] = json!(high);
            object["until"] = of_date;
        }
        object
    }
}

/// The rows of an inventory.
struct LoadSummary<'a> {
    rows: Vec<LoadSummaryRow<'a>>,
    /// `true` if not everybody can be served: the network carries less than is asked for.
    is_cut: bool,
}

impl<'a> LoadSummary<'a> {
    /// Of these users by shard at home on a date. Sites have what is used there, whether or not it fits.
    fn of(inventory: &'a Inventory, date: Timestamp, users: &[f64]) -> Result<Self> {
        let end = date
            .checked_add(SignedDuration::from_hours(1))
            .unwrap_or(Timestamp::MAX);
        let quiet = SourceFile {
            name: "nothing.toml".to_owned(),
            bytes: format!("[scenario]\nstart = {date}\nend = {end}\n").into_bytes(),
        };
        let quiet = scenario::read(&[scenario_text(&quiet)], inventory).scenario;
        let mut loads = match &quiet {
            Some(scenario) => loads_before(inventory, scenario, &Stop::default())?,
            None => Vec::new(),
        };
        let present = site_load(inventory, users);
        let mut is_cut = false;
        for load in &mut loads {
            let at = [load.component.index(), load.resource.index()];
            if let Some(present) = present.get(at) {
                is_cut |= load.load < present * (1.0 - FEASIBILITY);
                load.load = *present;
            }
        }
        let mut rows = Vec::new();
        for (index, resource) in inventory.resources.iter().enumerate() {
            for kind in [
                ComponentKind::Site,
                ComponentKind::AccessPoint,
                ComponentKind::Element,
                ComponentKind::Link,
            ] {
                let is_of = |load: &&LoadBefore| {
                    load.resource.index() == index
                        && inventory.component_kind(load.component) == kind
                };
                let limited: Vec<&LoadBefore> = loads.iter().filter(is_of).collect();
                if limited.is_empty() {
                    continue;
                }
                let with_capacity = limited.iter().filter(|load| load.capacity > 0.0);
                let full = with_capacity.map(|load| (load.component, load.load / load.capacity));
                // The first of several that are as full.
                let fullest = full.reduce(|a, b| if b.1 > a.1 { b } else { a });
                rows.push(LoadSummaryRow {
                    resource: &resource.id,
                    unit: &resource.unit,
                    kind,
                    components: limited.len(),
                    load: limited.iter().map(|load| load.load).sum(),
                    capacity: limited.iter().map(|load| load.capacity).sum(),
                    fullest: fullest.map(|(id, share)| (inventory.component_name(id), share)),
                });
            }
        }
        Ok(Self { rows, is_cut })
    }

    /// A table, and what its numbers are.
    fn text(&self, width: Option<u16>) -> String {
        let columns = [
            Column::new("resource", Align::Left),
            Column::new("at", Align::Left),
            Column::new("load", Align::Right),
            Column::new("capacity", Align::Right),
            Column::new("used", Align::Right),
            Column::new("fullest", Align::Left),
            Column::new("used there", Align::Right),
        ];
        let rows = self.rows.iter().map(|row| {
            let kind = row.kind.word().replace('_', " ");
            vec![
                row.resource.to_owned(),
                count(row.components, &kind),
                quantity(row.load, row.unit),
                quantity(row.capacity, row.unit),
                row.utilization()
                    .map_or_else(|| "-".to_owned(), utilization),
                row.fullest.map_or("-", |(id, _)| id).to_owned(),
                row.fullest
                    .map_or_else(|| "-".to_owned(), |(_, share)| utilization(share)),
            ]
        });
        let rows: Vec<Vec<String>> = rows.collect();
        let words = "Load before any event, summed over the components that limit the resource; load that passes \
                     several of them counts at each.";
        let cut = if self.is_cut {
            wrapped(
                "Some users cannot be served: access points, elements and links show the load of the others.",
                width,
            )
        } else {
            String::new()
        };
        let table = lines(&columns, &rows, width);
        format!("\n{cut}{table}\n{}", wrapped(words, width))
    }

    /// The same for programs.
    fn json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            json!({
                "resource": row.resource,
                "unit": row.unit,
                "kind": row.kind.word(),
                "components": row.components,
                "load": row.load,
                "capacity": row.capacity,
                "utilization": row.utilization(),
                "fullest": row.fullest.map(|(id, _)| id),
                "fullest_utilization": row.fullest.map(|(_, share)| share),
            })
        });
        json!({
            "is_everybody_served": !self.is_cut,
            "rows": rows.collect::<Vec<Value>>(),
        })
    }
}

impl LoadSummaryRow<'_> {
    /// `None` where there is no capacity at all.
    fn utilization(&self) -> Option<f64> {
        (self.capacity > 0.0).then(|| self.load / self.capacity)
    }
}
