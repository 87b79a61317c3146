//! shards.csv: the things that are homed. The one table that is large: a million rows take about a second.

use crate::ids::{
    ClientRegionId, JurisdictionId, Names, ProfileId, ShardId, SiteId, TenantId, TierId,
};
use crate::inventory::findings::Findings;
use crate::inventory::named::{Interner, Named, report_missing, report_repeated};
use crate::inventory::source::Folder;
use crate::inventory::table::{Column, InTable, Resources, Row, Table};
use crate::model::{ClientRegion, Profile, Shard, Site, Tier};
use crate::units::Milliseconds;
use rayon::slice::ParallelSliceMut;

const FILE: &str = "shards.csv";

/// The tables that shards name.
#[derive(Debug)]
pub(crate) struct Targets<'a, C> {
    /// Where shards are homed.
    pub(crate) sites: &'a Named<(Site, C)>,
    /// What their users demand.
    pub(crate) profiles: &'a Named<Profile>,
    /// Where their users are.
    pub(crate) client_regions: &'a Named<ClientRegion>,
    /// What they were promised.
    pub(crate) tiers: &'a Named<Tier>,
}

/// The shards by position, sorted by id.
#[derive(Debug, Default)]
pub(crate) struct Shards {
    /// Their ids.
    pub(crate) ids: Names,
    /// The rest, tenants and jurisdictions by number of their interners.
    pub(crate) rows: Vec<Shard>,
    /// Lines of the file.
    pub(crate) lines: Vec<u32>,
    /// `true` if rows may be missing: references to nothing are no finding then.
    is_broken: bool,
}

/// Reads shards.csv.
pub(crate) fn read<C: Sync>(
    folder: &Folder<'_>,
    targets: &Targets<'_, C>,
    tenants: &mut Interner,
    jurisdictions: &mut Interner,
    findings: &mut Findings,
) -> Shards {
    let mut shards = Shards::default();
    if let Some(table) = Table::open(folder, FILE, &Resources::default(), findings) {
        let columns = Columns::of(&table);
        let read = |part: &mut Part, row: &mut Row<'_, '_>| {
            let id = row.id(columns.shard);
            let tenant = part.tenants.number(row, columns.tenant);
            let jurisdiction = part.jurisdictions.number(row, columns.jurisdiction);
            let shard = shard(row, &columns, targets, tenant, jurisdiction);
            if let (Some(id), Some(shard)) = (id, shard) {
                let shards = &mut part.shards;
                shards.ids.push(id);
                shards.rows.push(shard);
                shards
                    .lines
                    .push(u32::try_from(row.line).unwrap_or(u32::MAX));
            }
        };
        // A part that is joined twice names the same tenants and jurisdictions twice, which changes nothing.
        shards = table.in_parts(findings, read, |all: &mut Shards, part| {
            all.join(part, tenants, jurisdictions);
        });
    }
    shards.sort(findings);
    // Rows that name what could not be read are left out without a finding.
    let named = [
        targets.sites.file,
        targets.profiles.file,
        targets.client_regions.file,
        targets.tiers.file,
    ];
    let is_cut = named.iter().any(|file| findings.is_unreadable(file));
    shards.is_broken = is_cut || findings.has_errors_in(&[FILE]);
    shards
}

/// The shards of a part of the file, tenants and jurisdictions by number of its own interners.
#[derive(Default)]
struct Part {
    shards: Shards,
    tenants: Interner,
    jurisdictions: Interner,
}

struct Columns {
    shard: Column,
    tenant: Column,
    users: Column,
    site: Column,
    profile: Column,
    client_region: Column,
    tier: Column,
    jurisdiction: Column,
    max_latency_ms: Column,
    move_rule: Column,
}

impl Columns {
    fn of(table: &Table<'_>) -> Self {
        Self {
            shard: table.column("shard"),
            tenant: table.column("tenant"),
            users: table.column("users"),
            site: table.column("site"),
            profile: table.column("profile"),
            client_region: table.column("client_region"),
            tier: table.column("tier"),
            jurisdiction: table.column("jurisdiction"),
            max_latency_ms: table.column("max_latency_ms"),
            move_rule: table.column("move"),
        }
    }
}

/// The shard of a row; `None` after a finding about what it names.
fn shard<C>(
    row: &mut Row<'_, '_>,
    columns: &Columns,
    targets: &Targets<'_, C>,
    tenant: Option<u32>,
    jurisdiction: Option<u32>,
) -> Option<Shard> {
    let users = row.whole(
        columns.users,
        "write leaving users into onboarding.csv, as a negative number",
    );
    let site = targets.sites.resolve(row, columns.site);
    let profile = targets.profiles.resolve(row, columns.profile);
    let client_region = targets.client_regions.resolve(row, columns.client_region);
    let tier = targets.tiers.resolve(row, columns.tier);
    let max_latency = row.optional(columns.max_latency_ms);
    let move_rule = row.choice(columns.move_rule);
    Some(Shard {
        tenant: TenantId(tenant?),
        users: u64::try_from(users?).ok()?,
        site: site.map(SiteId),
        profile: ProfileId(profile?),
        client_region: ClientRegionId(client_region?),
        tier: TierId(tier?),
        jurisdiction: jurisdiction.map(JurisdictionId),
        max_latency: max_latency.map(Milliseconds),
        move_rule,
    })
}

impl Shards {
    /// Appends the shards of a part, tenants and jurisdictions by number of the common interners.
    fn join(&mut self, part: Part, tenants: &mut Interner, jurisdictions: &mut Interner) {
        let tenants = part.tenants.numbers_in(tenants);
        let jurisdictions = part.jurisdictions.numbers_in(jurisdictions);
        let rows = part.shards.rows.into_iter().map(|row| Shard {
            tenant: TenantId(tenants[row.tenant.index()]),
            jurisdiction: row
                .jurisdiction
                .map(|jurisdiction| JurisdictionId(jurisdictions[jurisdiction.index()])),
            ..row
        });
        self.rows.extend(rows);
        self.ids.append(&part.shards.ids);
        self.lines.extend(part.shards.lines);
    }

    /// Sorts by id; an id that stands twice is a finding at its later row.
    fn sort(&mut self, findings: &mut Findings) {
        let ids = &self.ids;
        let name = |at: u32| ids.get(at as usize);
        if (0..)
            .take(ids.len())
            .is_sorted_by(|a, b| name(*a) < name(*b))
        {
            return;
        }
        let order = order(ids);
        for pair in order.windows(2) {
            if let [first, second] = *pair
                && name(first) == name(second)
            {
                let line = |at: u32| u64::from(self.lines[at as usize]);
                let (again, line, first_line) = (name(second), line(second), line(first));
                report_repeated(FILE, "shard", again, line, first_line, findings);
            }
        }
        let rows = order.iter().map(|at| self.rows[*at as usize].clone());
        let lines = order.iter().map(|at| self.lines[*at as usize]);
        *self = Self {
            rows: rows.collect(),
            lines: lines.collect(),
            ids: order.iter().map(|at| name(*at)).collect(),
            is_broken: self.is_broken,
        };
    }

    /// The shard that a cell names, tried first at and after `guess`, where the row before found its own.
    pub(crate) fn resolve(
        &self,
        row: &mut Row<'_, '_>,
        column: impl InTable,
        guess: &mut usize,
    ) -> Option<ShardId> {
        let id = row.id(column)?;
        let position = self.find(id, *guess);
        if let Some(position) = position {
            *guess = position;
        } else if !self.is_broken {
            // Among very many ids only those that begin alike are compared.
            let begins_alike =
                |text: &&str| self.ids.len() <= 10_000 || text.chars().next() == id.chars().next();
            let known = self.ids.iter().filter(begins_alike).take(100_000);
            report_missing(row, column, id, FILE, (known, std::iter::empty()));
        }
        position.map(ShardId::new)
    }

    fn find(&self, id: &str, guess: usize) -> Option<usize> {
        for position in [guess, guess + 1] {
            if position < self.ids.len() && self.ids.get(position) == id {
                return Some(position);
            }
        }
        let (mut low, mut high) = (0, self.ids.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.ids.get(middle).cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }
}

/// The positions of names in the order of the names; equal names in their own order.
///
/// Names of a large table begin alike (`shard-0000001`), so what differs is mostly decided by the sixteen bytes
/// after the common beginning, which are compared as one number, without a look at the names.
fn order(names: &Names) -> Vec<u32> {
    let first = names.iter().next().unwrap_or_default().as_bytes();
    let common = names.iter().fold(first.len(), |common, name| {
        let alike = first.iter().zip(name.as_bytes());
        alike.take(common).take_while(|(a, b)| a == b).count()
    });
    let mut keys: Vec<(u128, u32)> = (0..)
        .zip(names.iter())
        .map(|(position, name)| (key(name.as_bytes(), common), position))
        .collect();
    let name = |at: u32| names.get(at as usize);
    keys.par_sort_unstable_by(|(a_key, a), (b_key, b)| {
        a_key
            .cmp(b_key)
            .then_with(|| name(*a).cmp(name(*b)))
            .then(a.cmp(b))
    });
    keys.into_iter().map(|(_, position)| position).collect()
}

/// Sixteen bytes of a name from `start` on as a number that is ordered like them.
fn key(name: &[u8], start: usize) -> u128 {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(name.iter().skip(start)) {
        *to = *from;
    }
    u128::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ordered_by_their_bytes() {
        let order_of = |names: &[&str]| order(&names.iter().copied().collect());
        assert_eq!(order_of(&[]), Vec::<u32>::new());
        assert_eq!(order_of(&["a", "a"]), [0, 1]);
        assert_eq!(order_of(&["ab", "a", "abc"]), [1, 0, 2]);
        let long = "shard-0123456789-0123456789";
        let longer = format!("{long}-b");
        let other = format!("{long}-a");
        assert_eq!(order_of(&[&longer, &other, long]), [2, 1, 0]);
    }
}
