//! Why a component is full, and the users of its load.

use super::everything::when;
use super::out_of_service;
use crate::ids::ComponentId;
use crate::model::{Inventory, Scenario};
use crate::plan::explain::Filling;
use crate::report::document::{Block, Document, Listing};
use crate::report::grammar::{only_if, short};
use crate::report::headroom::Tightness;
use crate::report::numbers;
use crate::scenario::Period;
use crate::units::FEASIBILITY;
use serde_json::{Value, json};
use std::cmp::Ordering;

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
    /// What the plan does not see of it, by blind.csv.
    pub unseen: Vec<String>,
}

/// Who fills a component, period by period.
pub struct ComponentAnswer<'a> {
    /// Names come from here.
    pub inventory: &'a Inventory,
    /// Its offset and dates.
    pub scenario: &'a Scenario,
    /// Which component.
    pub component: ComponentId,
    /// The answers, in order.
    pub periods: Vec<ComponentPeriod>,
}

impl ComponentAnswer<'_> {
    /// The answer on a terminal, wrapped to `width` columns where given: first when it is out of service and why, then the
    /// tightest period in full, the others in a line. Periods with the same answer are shown once.
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
        let same = |a: &ComponentPeriod, b: &ComponentPeriod| {
            (&a.fillings, &a.sentences, &a.unseen) == (&b.fillings, &b.sentences, &b.unseen)
        };
        let groups: Vec<&[ComponentPeriod]> = self.periods.chunk_by(same).collect();
        let tightest = groups
            .iter()
            .enumerate()
            .min_by(|a, b| {
                let tightness = [a, b].map(|pair| tightness(pair.1));
                order(tightness).then(a.0.cmp(&b.0))
            })
            .map(|(position, _)| position);
        let mut document = Document::default();
        let mut lines = vec![format!("{named}, {kind}")];
        let periods = self.periods.iter().map(|asked| &asked.period);
        lines.extend(out_of_service::sentences(
            self.scenario,
            self.component,
            &periods,
        ));
        for (position, alike) in groups.into_iter().enumerate() {
            let of_group = alike.iter().map(|asked| &asked.period);
            let when = when(self.scenario, of_group.clone());
            let unseen = alike[0].unseen.iter();
            let unseen = unseen.map(|text| format!("Not seen by the plan: {text}"));
            let unseen: Vec<String> = unseen.collect();
            if alike[0].fillings.is_empty() {
                lines.push(out_of_service::line(
                    self.scenario,
                    self.component,
                    of_group,
                ));
            } else if Some(position) == tightest {
                document.add(vec![Block::sentences(std::mem::take(&mut lines))]);
                let sentences = [unseen, alike[0].sentences.clone()].concat();
                let sentences = Block::sentences(sentences);
                document.add(vec![Block::Heading("", when), sentences]);
                for filling in &alike[0].fillings {
                    let load = Block::sentences([self.load(filling)]);
                    document.add(vec![load, self.who_fills(filling)]);
                }
            } else {
                let loads = alike[0]
                    .fillings
                    .iter()
                    .map(|filling| self.headroom(filling));
                let loads: Vec<String> = loads.collect();
                let words = [vec![format!("{when}: {}.", loads.join("; "))], unseen].concat();
                lines.push(words.join(" "));
            }
        }
        document.add(vec![Block::sentences(lines)]);
        document.text(width)
    }

    /// The answer for programs.
    pub fn json(&self) -> Value {
        let inventory = self.inventory;
        let filling = |filling: &Filling| {
            let [tenants, client_regions, sites] = self.fillers(filling).map(|(key, _, all)| {
                let loads = all.iter();
                let loads = loads.map(|(id, _, load)| json!({ key: id, "load": load }));
                loads.collect::<Vec<Value>>()
            });
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
                "client_regions": client_regions,
                "sites": sites,
            })
        };
        let periods: Vec<Value> = self
            .periods
            .iter()
            .map(|period| {
                let out = out_of_service::sentences(
                    self.scenario,
                    self.component,
                    &std::iter::once(&period.period),
                );
                json!({
                    "period": period.period.index,
                    "why": ([&out[..], &period.unseen[..], &period.sentences[..]].concat()),
                    "resources": period.fillings.iter().map(filling).collect::<Vec<_>>(),
                })
            })
            .collect();
        json!({ "component": inventory.component_name(self.component), "periods": periods })
    }

    /// `cpu 12.0 % headroom (target 10.0 %)`.
    fn headroom(&self, filling: &Filling) -> String {
        let resource = self.inventory.resource_name(filling.resource);
        format!("{resource} {}", against_target(filling))
    }

    /// `cpu: 3,520 of 4,000 vCPU are in use: 12.0 % headroom, 10.0 % is the target.`
    fn load(&self, filling: &Filling) -> String {
        let resource = &self.inventory.resources[filling.resource.index()];
        let left = only_if(filling.capacity < filling.nominal, || {
            format!(
                " left of {}",
                numbers::quantity(filling.nominal, &resource.unit)
            )
        });
        format!(
            "{}: {} of {}{left} in use: {}.",
            resource.id,
            numbers::amount(filling.load),
            numbers::quantity(filling.capacity, &resource.unit),
            against_target(filling),
        )
    }

    /// Whose users fill it, where they are, and where they are bound for.
    fn fillers(&self, filling: &Filling) -> [Fillers<'_>; 3] {
        let inventory = self.inventory;
        let tenants = filling.tenants.iter().map(|(number, load)| {
            let tenant = inventory.tenants[*number as usize].as_str();
            (tenant, tenant, *load)
        });
        let regions = filling.client_regions.iter().map(|(client_region, load)| {
            let region = &inventory.client_regions[client_region.index()];
            (region.id.as_str(), region.name.as_str(), *load)
        });
        let sites = filling.sites.iter().map(|(one_site, load)| {
            let site = &inventory.sites[one_site.index()];
            (site.id.as_str(), site.name.as_str(), *load)
        });
        let regions = (
            "client_region",
            ["users in", "client regions"],
            regions.collect(),
        );
        [
            ("tenant", ["tenant", "tenants"], tenants.collect()),
            regions,
            ("site", ["bound for", "sites"], sites.collect()),
        ]
    }

    fn who_fills(&self, filling: &Filling) -> Block {
        let inventory = self.inventory;
        let others = [
            ("passive copies", filling.copies),
            ("background", filling.background),
        ];
        let others = others.into_iter().filter(|(_, load)| *load > 0.0);
        let fillers = self.fillers(filling);
        let mut rows: Vec<_> = fillers.iter().flat_map(first_few).collect();
        rows.extend(others.map(|(what, load)| (what.to_owned(), "", load)));
        if rows.is_empty() {
            return Block::sentences(["It has no load."]);
        }
        let unit = &inventory.resources[filling.resource.index()].unit;
        let share = |load: f64| {
            if filling.load > 0.0 {
                load / filling.load
            } else {
                0.0
            }
        };
        let table = Listing::of(rows)
            .words("used by", |(what, ..)| what.clone())
            .words("", |(_, name, _)| *name)
            .number("load", |(.., load)| numbers::quantity(*load, unit))
            .number("of the load", |(.., load)| numbers::percent(share(*load)));
        Block::Table(table.plain())
    }
}

/// `12.0 % headroom (target 10.0 %)`, and whether it is missed.
fn against_target(filling: &Filling) -> String {
    let (headroom, target) = (
        1.0 - filling.load / filling.capacity,
        filling.written_target,
    );
    let missed = only_if(headroom < target - FEASIBILITY, || ", missed");
    format!(
        "{} headroom (target {}{missed})",
        numbers::headroom(headroom),
        numbers::percent(target)
    )
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

/// Who fills a component, of one kind: its key in JSON, what stands before one and what several are, and each one's id,
/// name and load.
type Fillers<'a> = (
    &'static str,
    [&'static str; 2],
    Vec<(&'a str, &'a str, f64)>,
);

/// The first few with what they are, and what the rest come to.
fn first_few<'a>((_, [what, many], all): &Fillers<'a>) -> Vec<(String, &'a str, f64)> {
    let (few, rest) = all.split_at(all.len().min(LISTED));
    let rows = few.iter();
    let rows = rows.map(|(_, name, load)| ((*what).to_owned(), *name, *load));
    let more = (!rest.is_empty()).then(|| {
        let load = rest.iter().map(|(.., load)| load).sum();
        (format!("{} more {many}", rest.len()), "", load)
    });
    rows.chain(more).collect()
}
