//! Copies of shards, and what changes over time: replicas.csv, onboarding.csv, `capacity_changes.csv`, background.csv,
//! `risk_groups.csv` and credits.csv.

use super::shards::Shards;
use super::{Located, REPEATED_KEYS, located, stand_once};
use crate::diagnostic::Code;
use crate::ids::{ComponentId, ResourceId, ShardId, SiteId};
use crate::inventory::findings::{Findings, place, quoted};
use crate::inventory::named::Named;
use crate::inventory::places::Places;
use crate::inventory::source::Folder;
use crate::inventory::table::{FOR_PEOPLE, Row, warn_of_outliers};
use crate::model::{
    Background, Band, CapacityChange, Credit, GrowthRate, Inventory, Onboarding, Replica, Resource,
    RiskGroup, Scope, Shard, Site,
};
use jiff::Timestamp;
use std::collections::HashMap;

/// A range whose low end lies above its high end.
pub(crate) const NO_RANGE: Code = Code("P2203");
/// Expected users outside the range of the forecast (a warning).
pub(crate) const OUTSIDE_RANGE: Code = Code("P2204");
/// A replica at the site of its shard (a warning: ignored).
pub(crate) const REPLICA_AT_HOME: Code = Code("P3201");
/// Two replicas of a shard with one preference (a warning: the order of names decides).
pub(crate) const SHARED_PREFERENCE: Code = Code("P3202");
/// More users leave than there are (a warning: 0 are left).
pub(crate) const MORE_LEAVE_THAN_ARE: Code = Code("P3301");
/// A resource of scope `site` at an access point, element or link.
pub(crate) const UNUSED_RESOURCE: Code = Code("P3302");
/// Less is paid for a lower uptime.
pub(crate) const LESS_FOR_WORSE: Code = Code("P3505");

/// The replicas, and whether the file has a row at all.
#[derive(Debug, Default)]
pub(crate) struct Replicas {
    /// By shard, preference, site; without those at their shard's site.
    pub(crate) rows: Vec<Replica>,
    /// The line of each.
    pub(crate) lines: Vec<u32>,
    /// `true` if the file has a row.
    pub(crate) has_rows: bool,
}

/// Reads replicas.csv.
pub(crate) fn replicas<C>(
    folder: &Folder<'_>,
    shards: &Shards,
    sites: &Named<(Site, C)>,
    findings: &mut Findings,
) -> Replicas {
    let mut has_rows = false;
    let mut guess = 0;
    let mut counts: HashMap<ShardId, u32> = HashMap::new();
    let mut rows = located(folder, "replicas.csv", findings, |row| {
        has_rows = true;
        let shard = shards.resolve(row, "shard", &mut guess);
        let site = sites.resolve(row, "site");
        let given = row.whole("preference", "1 is preferred first");
        let given = given.and_then(|given| u32::try_from(given).ok());
        let state = row.choice("state");
        let (shard, site) = (shard?, SiteId(site?));
        let count = counts.entry(shard).or_default();
        *count += 1;
        let replica = Replica {
            shard,
            site,
            preference: given.unwrap_or(*count),
            state,
        };
        is_elsewhere(row, &shards.rows[shard.index()], &replica).then_some(replica)
    });
    are_at_a_site_once(&mut rows, findings);
    rows.sort_by_key(|row| (row.value.shard, row.value.preference, row.value.site));
    have_distinct_preferences(&rows, findings);
    let line = |row: &Located<Replica>| u32::try_from(row.line).unwrap_or(u32::MAX);
    Replicas {
        lines: rows.iter().map(line).collect(),
        rows: rows.into_iter().map(|row| row.value).collect(),
        has_rows,
    }
}

/// `true` if the replica is not at its shard's own site; a warning otherwise.
fn is_elsewhere(row: &mut Row<'_, '_>, shard: &Shard, replica: &Replica) -> bool {
    if shard.site != Some(replica.site) {
        return true;
    }
    let found = format!("{}, where the shard is homed", quoted(row.raw("site")));
    row.warning(
        "site",
        REPLICA_AT_HOME,
        found,
        "a site other than that of shards.csv",
        "remove the row: it is ignored, as a shard with replicas always has a copy at its home",
    );
    false
}

/// A shard has at most one replica at a site.
fn are_at_a_site_once(rows: &mut Vec<Located<Replica>>, findings: &mut Findings) {
    rows.sort_by_key(|row| (row.value.shard, row.value.site, row.line));
    rows.dedup_by(|row, first| {
        let is_same = (row.value.shard, row.value.site) == (first.value.shard, first.value.site);
        if is_same {
            findings.error(
                REPEATED_KEYS,
                place("replicas.csv", row.line, Some("site")),
                format!("the same shard and site as on line {}", first.line),
                "one row for them",
                "remove one of the two rows",
            );
        }
        is_same
    });
}

/// The replicas of a shard, sorted by preference, are distinguished by it.
fn have_distinct_preferences(rows: &[Located<Replica>], findings: &mut Findings) {
    for pair in rows.windows(2) {
        if let [first, second] = pair
            && first.value.shard == second.value.shard
            && first.value.preference == second.value.preference
        {
            let (earlier, later) = (first.line.min(second.line), first.line.max(second.line));
            findings.warning(
                SHARED_PREFERENCE,
                place("replicas.csv", later, Some("preference")),
                format!(
                    "preference {} twice, first on line {earlier}",
                    second.value.preference
                ),
                "a preference of its own for each replica of a shard",
                "number the replicas of a shard from 1; of equal numbers the first site by name is preferred",
            );
        }
    }
}

/// The rows of onboarding.csv by date and shard.
pub(crate) fn onboarding(
    folder: &Folder<'_>,
    shards: &Shards,
    findings: &mut Findings,
) -> Vec<Located<Onboarding>> {
    let mut guess = 0;
    let hint = "write whole users, with a minus sign for users that leave";
    let mut rows = located(folder, "onboarding.csv", findings, |row| {
        let date = row.date("date");
        let shard = shards.resolve(row, "shard", &mut guess);
        let [users, low, high] = ["users", "low", "high"].map(|column| row.whole(column, hint));
        let expected = users.filter(|_| date.is_some() && shard.is_some())?;
        let onboarding = Onboarding {
            date: date?,
            shard: shard?,
            users: expected,
            low: low.unwrap_or(expected),
            high: high.unwrap_or(expected),
        };
        has_a_range(row, &onboarding);
        is_within_its_range(row, &onboarding);
        Some(onboarding)
    });
    rows.sort_by_key(|row| {
        let onboarding = &row.value;
        (
            onboarding.date,
            onboarding.shard,
            onboarding.users,
            onboarding.low,
            onboarding.high,
            row.line,
        )
    });
    rows
}

/// The low end of a forecast is at most its high end.
fn has_a_range(row: &mut Row<'_, '_>, onboarding: &Onboarding) {
    if onboarding.low > onboarding.high {
        row.error(
            "low",
            NO_RANGE,
            format!("{}, above the high end {}", onboarding.low, onboarding.high),
            "a low end of at most the high end",
            "swap the two; with users that leave, the low end is the more negative one",
        );
    }
}

/// What is expected lies within the range of the forecast.
fn is_within_its_range(row: &mut Row<'_, '_>, onboarding: &Onboarding) {
    let is_range = onboarding.low <= onboarding.high;
    if is_range && !(onboarding.low..=onboarding.high).contains(&onboarding.users) {
        row.warning(
            "users",
            OUTSIDE_RANGE,
            format!(
                "{}, outside {} to {}",
                onboarding.users, onboarding.low, onboarding.high
            ),
            "users between low and high",
            "check the three numbers",
        );
    }
}

/// Nobody leaves who is not there: all rows up to an instant count at it.
pub(crate) fn leaves_nobody_below_zero(
    inventory: &Inventory,
    rows: &[Located<Onboarding>],
    findings: &mut Findings,
) {
    // A number that may be a thousand times as large is reported already.
    let files = ["shards.csv", "onboarding.csv"];
    if files.iter().any(|file| findings.has(FOR_PEOPLE, file)) {
        return;
    }
    let mut by_shard: Vec<&Located<Onboarding>> = rows.iter().collect();
    by_shard.sort_by_key(|row| (row.value.shard, row.value.date, row.line));
    for of_shard in by_shard.chunk_by(|a, b| a.value.shard == b.value.shard) {
        let Some(shard) = of_shard
            .first()
            .and_then(|row| inventory.shards.get(row.value.shard.index()))
        else {
            continue;
        };
        let rates = inventory.growth.iter().filter(|rate| rate.is_of(shard));
        let rates: Vec<&GrowthRate> = rates.collect();
        let grown = |span: [Timestamp; 2]| -> f64 {
            let factors = rates.iter().map(|rate| rate.factor(span, Band::Expected));
            factors.product()
        };
        let mut users = shard.users as f64;
        let mut since = Timestamp::MIN;
        for at_instant in of_shard.chunk_by(|a, b| a.value.date == b.value.date) {
            let Some(date) = at_instant.first().map(|row| row.value.date) else {
                continue;
            };
            users *= grown([since, date]);
            since = date;
            let before = users.max(0.0);
            let joining = at_instant.iter().map(|row| row.value.users as f64);
            users += joining.sum::<f64>();
            let last = at_instant.iter().rfind(|row| row.value.users < 0);
            if let (true, Some(row)) = (users < 0.0, last) {
                findings.warning(
                    MORE_LEAVE_THAN_ARE,
                    place("onboarding.csv", row.line, Some("users")),
                    format!("{} of {before:.0} users", row.value.users),
                    "no more leaving users than exist",
                    "check the users of the shard and its earlier rows; 0 users are assumed",
                );
            }
        }
    }
}

/// What a row names: a component, and a resource that is used there.
pub(super) fn component_and_resource(
    row: &mut Row<'_, '_>,
    places: &Places,
    resources: &Named<Resource>,
) -> Option<(ComponentId, ResourceId)> {
    let component = places.component(row, "component");
    let resource = resources.resolve(row, "resource").map(ResourceId);
    component.zip(resource)
}

/// The rows of `capacity_changes.csv` by date, component and resource.
pub(crate) fn capacity_changes(
    folder: &Folder<'_>,
    places: &Places,
    resources: &Named<Resource>,
    findings: &mut Findings,
) -> Vec<Located<CapacityChange>> {
    const FILE: &str = "capacity_changes.csv";
    let mut rows = located(folder, FILE, findings, |row| {
        let date = row.date("date");
        let at = component_and_resource(row, places, resources);
        let capacity = row.limit("capacity");
        let (date, (component, resource)) = date.zip(at)?;
        uses_the_resource(row, places, resources, (component, resource));
        Some(CapacityChange {
            date,
            component,
            resource,
            capacity,
        })
    });
    rows.sort_by_key(|row| {
        let capacity_change = &row.value;
        (
            capacity_change.date,
            capacity_change.component,
            capacity_change.resource,
            row.line,
        )
    });
    stand_once(
        (FILE, "component"),
        &rows,
        |row| (row.date, row.component, row.resource),
        "date, component and resource",
        findings,
    );
    warn_by_resource((FILE, "capacity"), &rows, resources, findings, |row| {
        row.capacity.map(|capacity| (row.resource, capacity))
    });
    rows
}

/// The rows of background.csv by component and resource.
pub(crate) fn background(
    folder: &Folder<'_>,
    places: &Places,
    resources: &Named<Resource>,
    findings: &mut Findings,
) -> Vec<Located<Background>> {
    const FILE: &str = "background.csv";
    let mut rows = located(folder, FILE, findings, |row| {
        let at = component_and_resource(row, places, resources);
        let load = row.number("load");
        let (component, resource) = at?;
        uses_the_resource(row, places, resources, (component, resource));
        Some(Background {
            component,
            resource,
            load,
        })
    });
    rows.sort_by_key(|row| (row.value.component, row.value.resource, row.line));
    stand_once(
        (FILE, "component"),
        &rows,
        |row| (row.component, row.resource),
        "component and resource",
        findings,
    );
    warn_by_resource((FILE, "load"), &rows, resources, findings, |row| {
        Some((row.resource, row.load))
    });
    rows
}

/// Warns of amounts that are far from those of the same resource.
fn warn_by_resource<T>(
    (file, column): (&str, &str),
    rows: &[Located<T>],
    resources: &Named<Resource>,
    findings: &mut Findings,
    amount: impl Fn(&T) -> Option<(ResourceId, f64)>,
) {
    for position in 0..resources.entries.len() {
        let of_resource = rows.iter().filter_map(|row| {
            let (resource, amount) = amount(&row.value)?;
            (resource.index() == position).then_some((amount, row.line))
        });
        let mut samples: Vec<_> = of_resource.collect();
        warn_of_outliers(file, column, &mut samples, findings);
    }
}

/// Outside sites only network resources are used.
fn uses_the_resource(
    row: &mut Row<'_, '_>,
    places: &Places,
    resources: &Named<Resource>,
    (component, resource): (ComponentId, ResourceId),
) {
    let is_site = component.index() < places.counts[0];
    let scope = resources
        .entries
        .get(resource.index())
        .map(|entry| entry.value.scope);
    if !is_site && scope == Some(Scope::Site) {
        let found = format!(
            "{}, a resource of scope `site`",
            quoted(row.raw("resource"))
        );
        row.error(
            "resource",
            UNUSED_RESOURCE,
            found,
            "a resource of scope `network`, as the component is no site",
            "name a network resource, or a site",
        );
    }
}

/// The risk groups by id, each with its components ascending.
pub(crate) fn risk_groups(
    folder: &Folder<'_>,
    places: &Places,
    findings: &mut Findings,
) -> Vec<RiskGroup> {
    const FILE: &str = "risk_groups.csv";
    let mut rows = located(folder, FILE, findings, |row| {
        let id = row.id("risk_group").map(str::to_owned);
        let component = places.component(row, "component");
        id.zip(component)
    });
    rows.sort_by(|a, b| (&a.value, a.line).cmp(&(&b.value, b.line)));
    stand_once(
        (FILE, "component"),
        &rows,
        Clone::clone,
        "risk group and component",
        findings,
    );
    let mut groups: Vec<RiskGroup> = Vec::new();
    for row in rows {
        let (id, component) = row.value;
        match groups.last_mut() {
            Some(group) if group.id == id => group.components.push(component),
            _ => groups.push(RiskGroup {
                id,
                components: vec![component],
            }),
        }
    }
    groups
}

/// The credits, the highest uptime first; the standard ones without the file, or without a row in it.
pub(crate) fn credits(folder: &Folder<'_>, findings: &mut Findings) -> Vec<Credit> {
    const FILE: &str = "credits.csv";
    let mut rows = located(folder, FILE, findings, |row| {
        let uptime_below = row.optional("uptime_below");
        let share = row.optional("credit");
        let (uptime_below, share) = uptime_below.zip(share)?;
        Some(Credit {
            uptime_below,
            share,
        })
    });
    rows.sort_by(|a, b| {
        let by_uptime = b.value.uptime_below.total_cmp(&a.value.uptime_below);
        by_uptime.then(a.line.cmp(&b.line))
    });
    stand_once(
        (FILE, "uptime_below"),
        &rows,
        |row| row.uptime_below.to_bits(),
        "uptime",
        findings,
    );
    if !findings.has_errors_in(&[FILE]) {
        grow_as_uptime_falls(FILE, &rows, findings);
    }
    if rows.is_empty() {
        return Credit::STANDARD.to_vec();
    }
    rows.into_iter().map(|row| row.value).collect()
}

/// Of rows from the highest uptime down none pays less than the one before it.
fn grow_as_uptime_falls(file: &str, rows: &[Located<Credit>], findings: &mut Findings) {
    for pair in rows.windows(2) {
        let [higher, lower] = pair else { continue };
        if lower.value.share < higher.value.share {
            let (above, below) = (higher.value.uptime_below, lower.value.uptime_below);
            findings.error(
                LESS_FOR_WORSE,
                place(file, lower.line, Some("credit")),
                format!("{} below an uptime of {below}", lower.value.share),
                format!(
                    "at least {}, the credit below {above} on line {}",
                    higher.value.share, higher.line
                ),
                "compare the two rows: a lower uptime must not pay less",
            );
        }
    }
}
