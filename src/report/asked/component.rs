//! Why a component is full, and who fills it.

use super::shard::when;
use crate::ids::ComponentId;
use crate::model::{Inventory, Scenario};
use crate::plan::explain::Filling;
use crate::report::grammar::short;
use crate::report::headroom::Tightness;
use crate::report::numbers;
use crate::report::table::{Align, Column, lines, wrapped};
use crate::scenario::Period;
use crate::units::FEASIBILITY;
use serde_json::{Value, json};
use std::cmp::Ordering;

/// Most tenants, client regions and sites that are listed each.
const LISTED: usize = 5;

/// Who fills a component in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct ComponentPeriod {
    /// Which.
    pub period: Period,
    /// Resource by resource; nothing if none of it is left.
    pub fillings: Vec<Filling>,
    /// Sentences of explanations.json about it.
    pub sentences: Vec<String>,
}

/// Who fills a component, period by period.
pub struct ComponentAnswer<'a> {
    /// Names come from here.
    pub inventory: &'a Inventory,
    /// Times are told as in it.
    pub scenario: &'a Scenario,
    /// Which component.
    pub component: ComponentId,
    /// What is told, in order.
    pub periods: Vec<ComponentPeriod>,
}

impl ComponentAnswer<'_> {
    /// The answer on a terminal, wrapped to `width` columns where given: the tightest period in full, the others in
    /// a line. Periods that say the same are told once.
    pub fn text(&self, width: Option<u16>) -> String {
        let inventory = self.inventory;
        let (title, id) = (
            inventory.component_title(self.component),
            inventory.component_name(self.component),
        );
        let kind = inventory
            .component_kind(self.component)
            .word()
            .replace('_', " ");
        let named = if title == id {
            short(id)
        } else {
            format!("{} ({})", short(title), short(id))
        };
        let mut text = wrapped(&format!("{named}, {kind}"), width);
        let same = |a: &ComponentPeriod, b: &ComponentPeriod| {
            (&a.fillings, &a.sentences) == (&b.fillings, &b.sentences)
        };
        let groups: Vec<&[ComponentPeriod]> = self.periods.chunk_by(same).collect();
        let tightest = groups
            .iter()
            .enumerate()
            .min_by(|a, b| {
                let tightness = [a, b].map(|own| tightness(own.1));
                order(tightness).then(a.0.cmp(&b.0))
            })
            .map(|(position, _)| position);
        for (position, alike) in groups.into_iter().enumerate() {
            let when = when(self.scenario, alike.iter().map(|told| &told.period));
            if alike[0].fillings.is_empty() {
                let words = format!("{when}: it is out of service, or limits nothing.");
                text.push_str(&wrapped(&words, width));
            } else if Some(position) == tightest {
                text.push('\n');
                text.push_str(&self.in_full(&when, &alike[0], width));
                text.push('\n');
            } else {
                let loads: Vec<String> = alike[0]
                    .fillings
                    .iter()
                    .map(|filling| self.headroom(filling))
                    .collect();
                text.push_str(&wrapped(&format!("{when}: {}.", loads.join("; ")), width));
            }
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        text
    }

    /// The answer for programs.
    pub fn json(&self) -> Value {
        let inventory = self.inventory;
        let filling = |filling: &Filling| {
            let tenants: Vec<Value> = filling
                .tenants
                .iter()
                .map(|(tenant, load)| {
                    json!({ "tenant": inventory.tenants[*tenant as usize], "load": load })
                })
                .collect();
            let regions: Vec<Value> = filling
                .client_regions
                .iter()
                .map(|(region, load)| {
                    json!({ "client_region": inventory.client_regions[region.index()].id, "load": load })
                })
                .collect();
            let sites: Vec<Value> = filling
                .sites
                .iter()
                .map(|(site, load)| json!({ "site": inventory.sites[site.index()].id, "load": load }))
                .collect();
            json!({
                "resource": inventory.resources[filling.resource.index()].id,
                "unit": inventory.resources[filling.resource.index()].unit,
                "load": filling.load,
                "capacity": filling.capacity,
                "nominal_capacity": filling.nominal,
                "target": filling.target,
                "written_target": filling.written_target,
                "background": filling.background,
                "copies": filling.copies,
                "tenants": tenants,
                "client_regions": regions,
                "sites": sites,
            })
        };
        let periods: Vec<Value> = self
            .periods
            .iter()
            .map(|told| {
                json!({
                    "period": told.period.index,
                    "why": told.sentences,
                    "resources": told.fillings.iter().map(filling).collect::<Vec<_>>(),
                })
            })
            .collect();
        json!({ "component": inventory.component_name(self.component), "periods": periods })
    }

    /// What is said about it and who fills it.
    fn in_full(&self, when: &str, told: &ComponentPeriod, width: Option<u16>) -> String {
        let mut text = wrapped(&format!("{when}:"), width);
        for sentence in &told.sentences {
            text.push_str(&wrapped(sentence, width));
        }
        for filling in &told.fillings {
            text.push('\n');
            text.push_str(&wrapped(&self.load(filling), width));
            text.push_str(&self.table(filling, width));
        }
        text
    }

    /// `cpu 12.0 % headroom, 10.0 % is the target`.
    fn headroom(&self, filling: &Filling) -> String {
        let headroom = 1.0 - filling.load / filling.capacity;
        format!(
            "{} {} headroom, {} is the target{}",
            self.inventory.resources[filling.resource.index()].id,
            numbers::headroom(headroom),
            numbers::percent(filling.written_target),
            missed(headroom, filling.written_target),
        )
    }

    /// `cpu: 3,520 of 4,000 vCPU are in use: 12.0 % headroom, 10.0 % is the target.`
    fn load(&self, filling: &Filling) -> String {
        let resource = &self.inventory.resources[filling.resource.index()];
        let headroom = 1.0 - filling.load / filling.capacity;
        let left = if filling.capacity < filling.nominal {
            format!(
                " left of {}",
                numbers::quantity(filling.nominal, &resource.unit)
            )
        } else {
            String::new()
        };
        format!(
            "{}: {} of {}{left} in use: {} headroom, {} is the target{}.",
            resource.id,
            numbers::amount(filling.load),
            numbers::quantity(filling.capacity, &resource.unit),
            numbers::headroom(headroom),
            numbers::percent(filling.written_target),
            missed(headroom, filling.written_target),
        )
    }

    fn table(&self, filling: &Filling, width: Option<u16>) -> String {
        let inventory = self.inventory;
        let unit = &inventory.resources[filling.resource.index()].unit;
        let mut rows = Vec::new();
        let tenants = filling
            .tenants
            .iter()
            .map(|(tenant, load)| (inventory.tenants[*tenant as usize].as_str(), *load));
        listed(&mut rows, "tenant", "tenants", tenants, filling, unit);
        let regions = filling.client_regions.iter().map(|(region, load)| {
            (
                inventory.client_regions[region.index()].name.as_str(),
                *load,
            )
        });
        listed(
            &mut rows,
            "users in",
            "client regions",
            regions,
            filling,
            unit,
        );
        let sites = filling
            .sites
            .iter()
            .map(|(site, load)| (inventory.sites[site.index()].name.as_str(), *load));
        listed(&mut rows, "bound for", "sites", sites, filling, unit);
        for (what, load) in [
            ("passive copies", filling.copies),
            ("background", filling.background),
        ] {
            if load > 0.0 {
                rows.push(row(what, "", load, filling, unit));
            }
        }
        if rows.is_empty() {
            return "Nobody uses it.\n".to_owned();
        }
        let columns = [
            Column {
                heading: "who fills it",
                align: Align::Left,
            },
            Column {
                heading: "",
                align: Align::Left,
            },
            Column {
                heading: "load",
                align: Align::Right,
            },
            Column {
                heading: "of the load",
                align: Align::Right,
            },
        ];
        lines(&columns, &rows, width)
    }
}

/// Said of a target that is missed.
fn missed(headroom: f64, target: f64) -> &'static str {
    if headroom < target - FEASIBILITY {
        " and is missed"
    } else {
        ""
    }
}

/// That of the tightest resource of periods that are alike; `None` if nothing is limited.
fn tightness(alike: &[ComponentPeriod]) -> Option<Tightness> {
    let all = alike[0].fillings.iter().map(|filling| {
        let headroom = 1.0 - filling.load / filling.capacity;
        Tightness::of(headroom, [filling.written_target, filling.target])
    });
    all.min_by(Tightness::order)
}

/// What is limited comes first, the tightest of it before all.
fn order([left, right]: [Option<Tightness>; 2]) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => left.order(&right),
        (left, right) => right.is_some().cmp(&left.is_some()),
    }
}

/// The first few, and what the rest come to.
fn listed<'a>(
    rows: &mut Vec<Vec<String>>,
    what: &str,
    many: &str,
    all: impl Iterator<Item = (&'a str, f64)>,
    filling: &Filling,
    unit: &str,
) {
    let all: Vec<(&str, f64)> = all.collect();
    for (name, load) in all.iter().take(LISTED) {
        rows.push(row(what, name, *load, filling, unit));
    }
    let rest = &all[all.len().min(LISTED)..];
    if !rest.is_empty() {
        let load = rest.iter().map(|(_, load)| load).sum();
        rows.push(row(
            &format!("{} more {many}", rest.len()),
            "",
            load,
            filling,
            unit,
        ));
    }
}

fn row(what: &str, name: &str, load: f64, filling: &Filling, unit: &str) -> Vec<String> {
    let share = if filling.load > 0.0 {
        load / filling.load
    } else {
        0.0
    };
    vec![
        what.to_owned(),
        name.to_owned(),
        numbers::quantity(load, unit),
        numbers::percent(share),
    ]
}
