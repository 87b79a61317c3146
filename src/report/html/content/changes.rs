//! What has to be done, in the order in which it is done.

use super::super::table::{Cell, DataTable, Heading, Row, selected};
use super::anchors::Anchors;
use super::told::Told;
use crate::ids::SiteId;
use crate::plan::{Change, Step};
use crate::report::numbers;

impl Told<'_> {
    /// The rows of changes.csv for people.
    pub(super) fn changes(&self, anchors: &Anchors) -> DataTable {
        let (steps, cut) = selected(self.briefing.steps.iter().collect(), "first", "changes.csv");
        let rows: Vec<Row> = steps
            .iter()
            .map(|step| Row {
                id: None,
                cells: self.step(anchors, step),
            })
            .collect();
        let refused = self.briefing.not_to_be_begun();
        let refused = refused.map_or_else(String::new, |why| format!("Do not begin: {why}."));
        let note = [
            refused.as_str(),
            cut.as_str(),
            "What has one number is done at once. changes.csv has the ids to type into other systems; changes_back.csv is the way back from any step, the last one first.",
        ];
        DataTable {
            id: "changes".to_owned(),
            caption: "What to do".to_owned(),
            note: note
                .iter()
                .filter(|own| !own.is_empty())
                .copied()
                .collect::<Vec<_>>()
                .join(" "),
            columns: vec![
                Heading::number("period"),
                Heading::number("step"),
                Heading::words("what"),
                Heading::words("of"),
                Heading::words("from"),
                Heading::words("to"),
                Heading::number("users"),
            ],
            rows,
            is_sortable: true,
        }
    }

    fn step(&self, anchors: &Anchors, step: &Step) -> Vec<Cell> {
        let inventory = self.briefing.inventory;
        let site = |site: Option<SiteId>| {
            let name = site.map(|site| inventory.sites[site.index()].name.as_str());
            Cell::words(name.unwrap_or("–"))
        };
        let share = |share: f64| Cell::number(numbers::percent(share), share);
        let (of, from, to, users, because) = match step.change {
            Change::AccessPoint {
                access_point,
                before,
                after,
                users,
            } => {
                let own = &inventory.access_points[access_point.index()];
                (
                    Cell::words(&own.name),
                    Cell::words(before.word()),
                    Cell::words(after.word()),
                    users,
                    anchors.of_access_point(&own.id),
                )
            }
            Change::Home {
                shard,
                from,
                to,
                users,
                ..
            } => {
                let shard = inventory.shard_ids.get(shard.index());
                (
                    Cell::words(shard),
                    site(from),
                    site(to),
                    users,
                    anchors.of_move(step.period, shard),
                )
            }
            Change::Member {
                pool,
                member,
                before,
                after,
            } => {
                let own = &inventory.elements[member.index()];
                let pool = &inventory.pools[pool.index()].id;
                (
                    Cell::words(&own.name).detailed(&format!("of the pool {pool}")),
                    share(before[0]),
                    share(after[0]),
                    after[1],
                    None,
                )
            }
            Change::Mark { component, kind } => (
                Cell::words(inventory.component_name(component)).detailed(kind.word()),
                Cell::words("–"),
                Cell::words("–"),
                0.0,
                None,
            ),
            Change::Weight {
                client_region,
                access_point,
                before,
                after,
            } => {
                let region = &inventory.client_regions[client_region.index()].name;
                let own = &inventory.access_points[access_point.index()];
                (
                    Cell::words(region).detailed(&format!("at {}", own.name)),
                    share(before[0]),
                    share(after[0]),
                    after[1],
                    None,
                )
            }
        };
        vec![
            Cell::period(step.period),
            Cell::number(step.number.to_string(), f64::from(step.number)),
            Cell::words(&step.action.word().replace('_', " ")),
            of,
            from,
            to,
            Cell::users(users).maybe_because(because),
        ]
    }
}
