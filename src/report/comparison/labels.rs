//! What the two sides of a comparison and their components are called.

use crate::model::{Component, Inventory};
use crate::plan::compare::{Comparison, Moment};
use crate::report::span::spoken;
use jiff::Timestamp;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use std::collections::{BTreeMap, BTreeSet};

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// What the user calls it: the name of its folder.
    pub name: String,
    /// Name of its scenario; blank if it does not tell.
    pub scenario: String,
}

impl Side {
    /// Its name, and that of its scenario where it is another one.
    pub fn words(&self) -> String {
        if self.scenario.is_empty() || self.scenario == self.name {
            self.name.clone()
        } else {
            format!("{}, scenario {}", self.name, self.scenario)
        }
    }
}

/// What the two sides and their components are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// The first side.
    pub a: Side,
    /// The second side.
    pub b: Side,
    /// Names of components, sites among them, by id; what has none goes by its id.
    pub names: BTreeMap<String, String>,
}

impl Labels {
    /// Takes over the names of an inventory; later ones win. What has the name of a site has its id behind it.
    pub fn add_names(&mut self, inventory: &Inventory) {
        let sites: BTreeSet<&str> = inventory
            .sites
            .iter()
            .map(|own| own.name.as_str())
            .collect();
        for component in (0..inventory.component_count()).map(crate::ids::ComponentId::new) {
            let id = inventory.component_name(component);
            let title = inventory.component_title(component);
            let is_site = matches!(inventory.component(component), Component::Site(_));
            let name = if is_site || title == id || !sites.contains(title) {
                title.to_owned()
            } else {
                format!("{title} ({id})")
            };
            self.names.insert(id.to_owned(), name);
        }
    }

    /// What reports call a component.
    pub fn name<'a>(&'a self, component: &'a str) -> &'a str {
        self.names.get(component).map_or(component, String::as_str)
    }

    /// The period of a pair, such as `period 3 (10:42 to 14:10)`; both where they are not at the same time.
    pub(super) fn period(comparison: &Comparison, a: usize, b: usize) -> String {
        let (a, b) = (&comparison.a[a], &comparison.b[b]);
        match (a.period, b.period) {
            (None, _) => one(b),
            (_, None) => one(a),
            (Some(x), Some(y)) if x == y && (a.span == b.span || a.span.is_none()) => one(b),
            (Some(x), Some(y)) if x == y && b.span.is_none() => one(a),
            _ if a.span.is_some() && a.span == b.span => time(b),
            _ => format!("A {}, B {}", one(a), one(b)),
        }
    }
}

fn one(moment: &Moment) -> String {
    let Some(period) = moment.period else {
        return "the state before".to_owned();
    };
    match &moment.words {
        Some(_) => format!("period {period} ({})", time(moment)),
        None => format!("period {period}"),
    }
}

/// When it is, where the summary tells.
fn time(moment: &Moment) -> String {
    moment
        .words
        .as_ref()
        .map_or_else(String::new, |(start, end)| between(start, end))
}

/// `13 Nov 2012 09:08 to 10:42 (UTC-08:00)` from two instants as summary.json writes them.
fn between(start: &str, end: &str) -> String {
    let read = |instant: &str| -> Option<(Timestamp, Offset)> {
        let zoned = Pieces::parse(instant).ok()?.to_numeric_offset()?;
        Some((instant.parse().ok()?, zoned))
    };
    match (read(start), read(end)) {
        (Some((from, offset)), Some((to, _))) => spoken(offset, from, to),
        _ => format!("{start} to {end}"),
    }
}
