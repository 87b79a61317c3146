//! What has to be done, in the order in which it is done.

use super::Told;
use super::anchors::Anchors;
use crate::ids::SiteId;
use crate::plan::{Change, Step};
use crate::report::document::{Cell, Listing, Table};
use crate::report::numbers;

/// What a step changes.
struct Changed {
    of: Cell,
    from: Cell,
    to: Cell,
    users: f64,
    /// Anchor of its because.
    because: Option<String>,
}

impl Told<'_> {
    /// The rows of changes.csv for people.
    pub(super) fn changes(&self, anchors: &Anchors) -> Table {
        let refused = self.briefing.not_to_be_begun();
        let refused = refused.map_or_else(String::new, |why| format!("Do not begin: {why}."));
        let steps = self.briefing.steps.iter().collect();
        let steps = Listing::<&Step>::selected(steps, "first", "changes.csv");
        let steps = steps.with(|step| self.change(anchors, step));
        let table = steps
            .number("period", |(step, _)| Cell::period(step.period))
            .number("step", |(step, _)| {
                Cell::number(step.number.to_string(), f64::from(step.number))
            })
            .words("what", |(step, _)| step.action.word().replace('_', " "))
            .words("of", |(_, change)| change.of.clone())
            .words("from", |(_, change)| change.from.clone())
            .words("to", |(_, change)| change.to.clone())
            .number("users", |(_, change)| {
                Cell::users(change.users).maybe_because(change.because.clone())
            })
            .table("changes", "What to do")
            .sortable();
        let note = format!("{refused} {}", table.note);
        Table {
            link: "What to do",
            ..table
        }
        .noted(note.trim())
        .noted_too("What has one number is done at once. changes.csv has the ids to type into other systems; changes_back.csv is the way back from any step, the last one first.")
    }

    fn change(&self, anchors: &Anchors, step: &Step) -> Changed {
        let inventory = self.briefing.inventory;
        let site = |site: Option<SiteId>| {
            let name = site.map(|site| inventory.sites[site.index()].name.as_str());
            name.map_or_else(Cell::none, Cell::words)
        };
        let share = |share: f64| Cell::number(numbers::percent(share), share);
        let (of, [from, to], users, because) = match step.change {
            Change::AccessPoint {
                access_point,
                before,
                after,
                users,
            } => {
                let own = &inventory.access_points[access_point.index()];
                (
                    Cell::words(&own.name),
                    [before.word(), after.word()].map(Cell::words),
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
                    [site(from), site(to)],
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
                    [share(before[0]), share(after[0])],
                    after[1],
                    None,
                )
            }
            Change::Mark { component, kind } => (
                Cell::words(inventory.component_name(component)).detailed(kind.word()),
                [Cell::none(), Cell::none()],
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
                    [share(before[0]), share(after[0])],
                    after[1],
                    None,
                )
            }
        };
        Changed {
            of,
            from,
            to,
            users,
            because,
        }
    }
}
