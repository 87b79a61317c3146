//! The tables of a runway, and its runway.json.

use super::report::RunwayReport;
use crate::error::Result;
use crate::ids::{ComponentId, ResourceId, ShardId, SiteId};
use crate::model::{Band, Recovery};
use crate::plan::runway::{
    ComponentRunway, Day, DaySample, ReachedOn, RunwayRow, SampleStep, WholeShards,
};
use crate::plan_files::{
    ComponentRunwayRow, DayUseRow, EventName, GapRow, Inputs, PlacedRow, RUNWAY_FORMAT,
    RunwayProof, RunwayRow as WrittenRow, RunwaySummary, Text, TrappedCase,
};
use crate::report::written::{WrittenFile, document_file, file, number};
use crate::solve::Proof;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The content of runway.json apart from what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct AboutRunway {
    /// Hashes of what was read.
    pub inputs: Inputs,
    /// How failures were to be answered.
    pub recoveries: Vec<Recovery>,
    /// Which ends of the forecast were asked about.
    pub bands: Vec<Band>,
    /// On which days components were sampled.
    pub step: SampleStep,
    /// The proofs that are written beside it.
    pub proofs: Vec<RunwayProof>,
    /// Whether a stop left proofs out.
    pub lacks_proofs: bool,
}

impl RunwayReport<'_> {
    /// runway.csv, gaps.csv, components.csv, utilization.csv, placed.csv and runway.json.
    ///
    /// # Errors
    /// `Error::Internal` if a number is not finite.
    pub fn tables(
        &self,
        about: &AboutRunway,
        placed: &[(Band, ShardId, SiteId)],
    ) -> Result<Vec<WrittenFile>> {
        let rows: Vec<WrittenRow> = self.runway.rows.iter().map(|row| self.row(row)).collect();
        let gaps: Vec<GapRow> = self
            .runway
            .rows
            .iter()
            .flat_map(|row| self.gaps(row))
            .collect();
        let components = self.runway.components.iter();
        let components: Vec<ComponentRunwayRow> = components
            .map(|component| self.component_row(component))
            .collect();
        let uses = self
            .runway
            .samples
            .iter()
            .flat_map(|sample| self.uses(sample));
        let uses: Vec<DayUseRow> = uses.collect();
        let placed = placed.iter().map(|(band, shard, site)| PlacedRow {
            band: *band,
            shard: self.inventory.shard_id(*shard).into(),
            site: self.inventory.site_id(*site).to_owned(),
        });
        let placed: Vec<PlacedRow> = placed.collect();
        Ok(vec![
            file(&rows)?,
            file(&gaps)?,
            file(&components)?,
            file(&uses)?,
            file(&placed)?,
            document_file(&self.summary(about))?,
        ])
    }

    /// What runway.json says.
    pub fn summary(&self, about: &AboutRunway) -> RunwaySummary {
        let runway = self.runway;
        let trapped = runway.trapped.iter().map(|trapped| TrappedCase {
            case: trapped.case as u64,
            failing: runway.contingencies.name(self.inventory, trapped.case),
            date: self.written(trapped.day),
            events: self.event_names(runway.events.get(trapped.events).map_or(&[], Vec::as_slice)),
            recovery: trapped.recovery.word().to_owned(),
            users: trapped.users,
        });
        RunwaySummary {
            format: RUNWAY_FORMAT.to_owned(),
            plimsoll: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: self.scenario.name.clone(),
            complete: !runway.is_stopped && !about.lacks_proofs,
            inputs: about.inputs.clone(),
            from: written_date(runway.from),
            until: self.written(runway.days),
            step: about.step.word().to_owned(),
            over: self.over.word().to_owned(),
            failures: number(runway.failures),
            recoveries: about
                .recoveries
                .iter()
                .map(|recovery| recovery.word().to_owned())
                .collect(),
            bands: about
                .bands
                .iter()
                .map(|band| band.word().to_owned())
                .collect(),
            cases: runway.contingencies.count() as u64,
            events: runway
                .events
                .iter()
                .map(|set| self.event_names(set))
                .collect(),
            trapped: trapped.collect(),
            verdict: self.words(),
            proofs: about.proofs.clone(),
        }
    }

    fn event_names(&self, set: &[usize]) -> Vec<EventName> {
        let names = set.iter().filter_map(|position| {
            Some(EventName {
                number: number(position + 1),
                name: self.event_name(*position)?,
            })
        });
        names.collect()
    }

    /// A day as files have it.
    pub(super) fn written(&self, day: Day) -> String {
        written_date(self.runway.begins(day))
    }

    fn failing(&self, case: usize) -> Option<Text> {
        let name = self.runway.contingencies.name(self.inventory, case);
        (!name.is_empty()).then(|| Text::from(name))
    }

    fn component(&self, component: ComponentId) -> String {
        self.inventory.component_name(component).to_owned()
    }

    fn resource(&self, resource: ResourceId) -> String {
        self.inventory.resource_id(resource).to_owned()
    }

    fn unit(&self, resource: ResourceId) -> String {
        self.inventory.resources[resource.index()].unit.clone()
    }

    /// The events of a row, joined by `+`.
    fn events(&self, row: &RunwayRow) -> Option<Text> {
        let names = self.events_named(row.events);
        (!names.is_empty()).then(|| Text::from(names.join("+")))
    }

    fn row(&self, row: &RunwayRow) -> WrittenRow {
        let from = row.fails_from();
        let through = from.unwrap_or(self.runway.days).checked_sub(1);
        let first = row.first.as_ref();
        let binding = first.and_then(|first| first.binding);
        WrittenRow {
            condition: row.condition,
            events: self.events(row),
            recovery: row.recovery,
            moves: row.adjustment,
            band: row.band,
            holds_through: through.map(|day| self.written(day)),
            fails_from: from.map(|day| self.written(day)),
            days: from.unwrap_or(self.runway.days),
            proven: row.proof == Proof::Proven,
            case: first.map(|first| number(first.case)),
            failing: first.and_then(|first| self.failing(first.case)),
            component: binding.map(|(component, _)| self.component(component)),
            resource: binding.map(|(_, resource)| self.resource(resource)),
            short: binding.and(first.map(|first| first.short)),
            users_unserved: first
                .filter(|_| row.counts_users())
                .map(|first| first.unserved),
            trapped_users: first.map(|first| first.trapped),
            whole_shards_fail_from: match row.whole_shards {
                WholeShards::FailFrom(day) => Some(self.written(day)),
                WholeShards::AsLong | WholeShards::NotChecked => None,
            },
            whole_shards_checked: row.whole_shards != WholeShards::NotChecked,
        }
    }

    fn gaps(&self, row: &RunwayRow) -> Vec<GapRow> {
        let spans = row.failing.iter().map(|span| GapRow {
            condition: row.condition,
            events: self.events(row),
            recovery: row.recovery,
            moves: row.adjustment,
            band: row.band,
            fails_from: self.written(span.start),
            holds_again_from: (span.end < self.runway.days).then(|| self.written(span.end)),
        });
        spans.collect()
    }

    fn component_row(&self, of: &ComponentRunway) -> ComponentRunwayRow {
        let on = |reached: ReachedOn| {
            [reached.target, reached.capacity].map(|day| day.map(|day| self.written(day)))
        };
        let [target_as_is, capacity_as_is] = on(of.as_is);
        let [target_rebalanced, capacity_rebalanced] = on(of.rebalanced);
        let [target_worst_case, capacity_worst_case] = on(of.worst);
        ComponentRunwayRow {
            component: self.component(of.component),
            kind: self
                .inventory
                .component_kind(of.component)
                .word()
                .to_owned(),
            resource: self.resource(of.resource),
            unit: self.unit(of.resource),
            target_as_is,
            capacity_as_is,
            target_rebalanced,
            capacity_rebalanced,
            target_worst_case,
            capacity_worst_case,
            days: of.earliest(),
            order_by: None,
        }
    }

    fn uses<'s>(&'s self, sample: &'s DaySample) -> impl Iterator<Item = DayUseRow> + 's {
        sample.uses.iter().map(|used| {
            let [load_low, load, load_high] = used.as_is;
            DayUseRow {
                date: self.written(sample.day),
                component: self.component(used.component),
                resource: self.resource(used.resource),
                unit: self.unit(used.resource),
                capacity: used.capacity,
                headroom_target: used.target,
                load_low,
                load,
                load_high,
                load_rebalanced: used.rebalanced,
                worst_utilization: used.worst,
                failing: self.failing(used.worst_case),
            }
        })
    }
}

/// `2027-03-14`: the date of an instant as files have it, in UTC.
pub fn written_date(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}
