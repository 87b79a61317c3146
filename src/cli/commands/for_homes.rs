//! For homes: steering.csv of a plan made by hand that has none, planned for its homes.

use crate::engine::{Homed, steering_for};
use crate::error::Result;
use crate::ids::{ShardId, SiteId};
use crate::inventory::SourceFile;
use crate::model::{Inventory, Scenario};
use crate::plan_files::{
    self, AssignmentRow, Lined, PlanFile, Row as _, SWEEP_FILE, SteeringRow, WrittenPlan,
};
use crate::report::written::tables;
use crate::solve::Stop;
use std::collections::BTreeMap;

/// steering.csv for the homes of a folder that has an assignment.csv and no steering; `None` where it has one, or nothing that
/// steering could be planned for.
///
/// # Errors
/// Those of [`steering_for`], and [`Error::Internal`](crate::error::Error::Internal) if the table cannot be written.
pub(super) fn steering_of(
    files: &[SourceFile],
    (inventory, scenario): (&Inventory, &Scenario),
    stop: &Stop,
) -> Result<Option<SourceFile>> {
    let has = |name: &str| files.iter().any(|own| own.name == name);
    if has(SteeringRow::FILE) || has(SWEEP_FILE) {
        return Ok(None);
    }
    let header = format!("{}\n", SteeringRow::COLUMNS.join(","));
    let read: Vec<PlanFile<'_>> = files
        .iter()
        .filter(|own| own.name == AssignmentRow::FILE)
        .map(PlanFile::from)
        .chain([PlanFile {
            name: SteeringRow::FILE,
            bytes: header.as_bytes(),
        }])
        .collect();
    // What is wrong with the homes is told where all files are read.
    let (Some(written), _) = plan_files::read(&read) else {
        return Ok(None);
    };
    let homed = homed(inventory, &written);
    if homed.is_empty() {
        return Ok(None);
    }
    let plan = steering_for(inventory, scenario, &homed, stop)?;
    let all = tables(inventory, scenario, &plan, &[])?;
    let own = all.into_iter().find(|own| own.name == SteeringRow::FILE);
    Ok(own.map(|own| SourceFile {
        name: own.name,
        bytes: own.bytes,
    }))
}

/// Who is served where; rows that name what the inventory does not have are left to the referee.
fn homed(inventory: &Inventory, written: &WrittenPlan) -> Vec<Homed> {
    let ids = (0..inventory.shards.len()).map(|own| (inventory.shard_ids.get(own), own));
    let shards: BTreeMap<&str, usize> = ids.collect();
    let ids = inventory.sites.iter().enumerate();
    let sites: BTreeMap<&str, usize> = ids.map(|(at, own)| (own.id.as_str(), at)).collect();
    let of_row = |lined: &Lined<AssignmentRow>| {
        let row = &lined.row;
        let site = row.to_site.as_ref()?;
        Some(Homed {
            period: row.period as usize,
            shard: ShardId::new(*shards.get(row.shard.as_str())?),
            site: SiteId::new(*sites.get(site.as_str())?),
            users: row.users,
        })
    };
    written.assignment.iter().filter_map(of_row).collect()
}
