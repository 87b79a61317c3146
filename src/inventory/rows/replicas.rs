//! replicas.csv: passive copies of shards.

use super::Located;
use super::shards::Shards;
use crate::ids::{ShardId, SiteId};
use crate::inventory::findings::Findings;
use crate::inventory::named::Named;
use crate::inventory::source::Folder;
use crate::inventory::table::{Resources, Table};
use crate::inventory::validate::replicas as rules;
use crate::model::{Replica, ReplicaState, Site};
use std::collections::HashMap;

const FILE: &str = "replicas.csv";

/// The replicas, and whether the file has a row at all.
#[derive(Debug, Default)]
pub(crate) struct Replicas {
    /// By shard, preference, site; without those at their shard's site.
    pub(crate) rows: Vec<Replica>,
    /// `true` if the file has a row.
    pub(crate) has_rows: bool,
}

/// Reads replicas.csv.
pub(crate) fn read<C>(
    folder: &Folder<'_>,
    shards: &Shards,
    sites: &Named<(Site, C)>,
    findings: &mut Findings,
) -> Replicas {
    let mut rows: Vec<Located<Replica>> = Vec::new();
    let mut has_rows = false;
    if let Some(table) = Table::open(folder, FILE, &Resources::default(), findings) {
        let shard = table.column("shard");
        let site = table.column("site");
        let preference = table.column("preference");
        let state = table.column("state");
        let mut guess = 0;
        let mut counts: HashMap<ShardId, u32> = HashMap::new();
        table.for_each(findings, |row| {
            has_rows = true;
            let own_shard = shards.resolve(row, shard, &mut guess);
            let own_site = sites.resolve(row, site);
            let given = row.whole(preference, "1 is preferred first");
            let state = row.choice(
                state,
                [
                    ("ready", ReplicaState::Ready),
                    ("blocked", ReplicaState::Blocked),
                ],
            );
            let (Some(own_shard), Some(own_site)) = (own_shard, own_site) else {
                return;
            };
            let count = counts.entry(own_shard).or_default();
            *count += 1;
            let replica = Replica {
                shard: own_shard,
                site: SiteId(own_site),
                preference: given
                    .and_then(|given| u32::try_from(given).ok())
                    .unwrap_or(*count),
                state,
            };
            if rules::is_elsewhere(row, site, &shards.rows[own_shard.index()], &replica) {
                rows.push(Located {
                    line: row.line,
                    value: replica,
                });
            }
        });
    }
    rules::stand_once(&mut rows, findings);
    rows.sort_by_key(|row| (row.value.shard, row.value.preference, row.value.site));
    rules::have_own_preferences(&rows, findings);
    Replicas {
        rows: rows.into_iter().map(|row| row.value).collect(),
        has_rows,
    }
}
