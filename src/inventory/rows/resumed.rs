//! Where an earlier plan has come to: returns.csv, `current_weights.csv` and `reference_utilization.csv`.

use super::changes::component_and_resource;
use super::shards::Shards;
use super::{Located, located, stand_once};
use crate::diagnostic::Code;
use crate::ids::{LinkId, ProfileId, SiteId, parted};
use crate::inventory::findings::{Findings, place, quoted};
use crate::inventory::named::{Named, report_missing};
use crate::inventory::places::Places;
use crate::inventory::source::Folder;
use crate::inventory::table::Row;
use crate::model::{
    AccessPoint, AccessPointState, CurrentWeight, Link, LinkEnd, Profile, ReferenceUtilization,
    Resource, Resumed, ReturnHome, Site,
};
use crate::units::{AGREEMENT, LATENCY_SLACK_MS, Milliseconds};
use std::cmp::Ordering;

/// Links that are no path, or none that these users may take.
pub(crate) const NO_PATH: Code = Code("P3601");
/// Weights of the same users that do not add up to 1.
pub(crate) const NOT_WHOLE: Code = Code("P3602");
/// A weight that leads over an access point on standby.
pub(crate) const ON_STANDBY: Code = Code("P3603");

/// Reads the three tables.
pub(crate) fn resumed<C, D, E>(
    folder: &Folder<'_>,
    named: &ResumedTargets<'_, C, D, E>,
    findings: &mut Findings,
) -> Resumed {
    let ResumedTargets {
        shards,
        sites,
        profiles,
        links,
        access_points,
        places,
        resources,
    } = *named;
    Resumed {
        returns: returns(folder, shards, sites, findings),
        weights: weights(folder, profiles, links, access_points, findings),
        reference: reference(folder, places, resources, findings),
    }
}

/// The tables that the three name.
pub(crate) struct ResumedTargets<'a, C, D, E> {
    pub(crate) shards: &'a Shards,
    pub(crate) sites: &'a Named<(Site, C)>,
    pub(crate) profiles: &'a Named<Profile>,
    pub(crate) links: &'a Named<(Link, D)>,
    pub(crate) access_points: &'a Named<(AccessPoint, E)>,
    pub(crate) places: &'a Places,
    pub(crate) resources: &'a Named<Resource>,
}

fn returns<C>(
    folder: &Folder<'_>,
    shards: &Shards,
    sites: &Named<(Site, C)>,
    findings: &mut Findings,
) -> Vec<ReturnHome> {
    const FILE: &str = "returns.csv";
    let mut guess = 0;
    let mut rows = located(folder, FILE, findings, |row| {
        let shard = shards.resolve(row, "shard", &mut guess);
        let site = sites.resolve(row, "site").map(SiteId);
        let has_date = !row.raw("from").is_empty();
        let from = if has_date {
            Some(row.date("from")?)
        } else {
            None
        };
        Some(ReturnHome {
            shard: shard?,
            site: site?,
            from,
        })
    });
    rows.sort_by_key(|row| (row.value.shard, row.line));
    stand_once((FILE, "shard"), &rows, |row| row.shard, "shard", findings);
    rows.into_iter().map(|row| row.value).collect()
}

fn reference(
    folder: &Folder<'_>,
    places: &Places,
    resources: &Named<Resource>,
    findings: &mut Findings,
) -> Vec<ReferenceUtilization> {
    const FILE: &str = "reference_utilization.csv";
    let mut rows = located(folder, FILE, findings, |row| {
        let at = component_and_resource(row, places, resources);
        let utilization = row.number("utilization");
        let (component, resource) = at?;
        Some(ReferenceUtilization {
            component,
            resource,
            utilization,
        })
    });
    let key = |row: &ReferenceUtilization| (row.component, row.resource);
    rows.sort_by_key(|row| (key(&row.value), row.line));
    let keys = "component and resource";
    stand_once((FILE, "component"), &rows, key, keys, findings);
    rows.into_iter().map(|row| row.value).collect()
}

const WEIGHTS: &str = "current_weights.csv";

fn weights<D, E>(
    folder: &Folder<'_>,
    profiles: &Named<Profile>,
    links: &Named<(Link, D)>,
    access_points: &Named<(AccessPoint, E)>,
    findings: &mut Findings,
) -> Vec<CurrentWeight> {
    let mut rows = located(folder, WEIGHTS, findings, |row| {
        let profile = profiles.resolve(row, "profile").map(ProfileId);
        let max_latency = row.optional("max_latency_ms").map(Milliseconds);
        let weight = row.number("weight");
        let path = path(row, links)?;
        let profile = profile?;
        let current_weight = CurrentWeight {
            client_region: path.client_region,
            profile,
            max_latency,
            site: path.site,
            access_point: path.access_point,
            links: path.links,
            weight,
        };
        may_be_taken(row, &current_weight, links);
        is_active(row, &current_weight, access_points);
        Some(current_weight)
    });
    rows.sort_by(|a, b| in_order(&a.value, &b.value).then(a.line.cmp(&b.line)));
    let same = |current_weight: &CurrentWeight| {
        let limit = current_weight.max_latency.map(|limit| limit.0.to_bits());
        (current_weight.profile, limit, current_weight.links.clone())
    };
    let keys = "profile, limit and path";
    stand_once((WEIGHTS, "links"), &rows, same, keys, findings);
    add_up(&rows, findings);
    rows.into_iter().map(|row| row.value).collect()
}

/// By whose users they are and where these are homed, then by path.
fn in_order(a: &CurrentWeight, b: &CurrentWeight) -> Ordering {
    of_users(a, b).then_with(|| a.links.cmp(&b.links))
}

fn of_users(a: &CurrentWeight, b: &CurrentWeight) -> Ordering {
    let limit = |current_weight: &CurrentWeight| {
        current_weight
            .max_latency
            .map_or(f64::INFINITY, |limit| limit.0)
    };
    let of =
        |current_weight: &CurrentWeight| (current_weight.client_region, current_weight.profile);
    of(a)
        .cmp(&of(b))
        .then_with(|| limit(a).total_cmp(&limit(b)))
        .then_with(|| a.site.cmp(&b.site))
}

/// What the links of a cell lead from, through and to.
struct WrittenPath {
    client_region: crate::ids::ClientRegionId,
    access_point: crate::ids::AccessPointId,
    site: SiteId,
    links: Vec<LinkId>,
}

/// The path in the cell; `None` after a finding.
fn path<D>(row: &mut Row<'_, '_>, links: &Named<(Link, D)>) -> Option<WrittenPath> {
    let cell = row.text("links");
    if cell.is_empty() {
        return None;
    }
    let found = match parted(cell, |id| links.find(id).map(LinkId)) {
        Ok(found) => found,
        Err(unknown) => {
            let known = links.entries.iter().map(|entry| entry.id.as_str());
            let known = (known, std::iter::empty());
            report_missing(row, "links", unknown, links.file, known);
            return None;
        }
    };
    let ends = |id: &LinkId| {
        let (link, _) = &links.entries[id.index()].value;
        [link.from, link.to]
    };
    let both: Vec<[LinkEnd; 2]> = found.iter().map(ends).collect();
    let is_joined = both.windows(2).all(|pair| pair[0][1] == pair[1][0]);
    let passes_twice = (1..both.len()).any(|link| {
        both[..link]
            .iter()
            .any(|link_ends| link_ends[1] == both[link][1])
    });
    let (first, last) = (both.first()?, both.last()?);
    let path = match (first, last[1]) {
        (
            &[
                LinkEnd::ClientRegion(client_region),
                LinkEnd::AccessPoint(access_point),
            ],
            LinkEnd::Site(site),
        ) if is_joined && !passes_twice => Some(WrittenPath {
            client_region,
            access_point,
            site,
            links: found,
        }),
        _ => None,
    };
    if path.is_none() {
        row.error(
            "links",
            NO_PATH,
            quoted(cell),
            "links that lead one after the other from a client region over an access point to a site",
            "write the links of the path in their order, with `>` between two of them",
        );
    }
    path
}

/// Rule: these users may take the path.
fn may_be_taken<D>(
    row: &mut Row<'_, '_>,
    current_weight: &CurrentWeight,
    links: &Named<(Link, D)>,
) {
    let used = current_weight
        .links
        .iter()
        .map(|id| &links.entries[id.index()]);
    let closed = used.clone().find(|entry| {
        let profiles = entry.value.0.profiles.as_ref();
        profiles.is_some_and(|profiles| !profiles.contains(&current_weight.profile))
    });
    if let Some(entry) = closed {
        let found = format!("{}, a link that other profiles may use", quoted(&entry.id));
        let expected = "links that users of this profile may use";
        let hint = "take the path out, or let the profile use the link in links.csv";
        row.error("links", NO_PATH, found, expected, hint);
    }
    let latency: f64 = used.map(|entry| entry.value.0.latency.0).sum();
    if let Some(limit) = current_weight.max_latency
        && latency > limit.0 + LATENCY_SLACK_MS
    {
        let found = format!("a path of {latency} ms");
        let expected = format!("at most the {} ms of max_latency_ms", limit.0);
        let hint = "take the path out: these users may not use it";
        row.error("links", NO_PATH, found, expected, hint);
    }
}

/// Rule: nobody enters through an access point on standby.
fn is_active<E>(
    row: &mut Row<'_, '_>,
    current_weight: &CurrentWeight,
    access_points: &Named<(AccessPoint, E)>,
) {
    let entry = &access_points.entries[current_weight.access_point.index()];
    if entry.value.0.state == AccessPointState::Standby && current_weight.weight > 0.0 {
        row.error(
            "weight",
            ON_STANDBY,
            format!("a weight over {}, which is on standby", quoted(&entry.id)),
            "an access point in service",
            "if it is open now, write `opened` in access_points.csv; else give the path the weight 0",
        );
    }
}

/// Rule: the weights of the same users at a site add up to 1.
fn add_up(rows: &[Located<CurrentWeight>], findings: &mut Findings) {
    for same in rows.chunk_by(|a, b| of_users(&a.value, &b.value) == Ordering::Equal) {
        let sum: f64 = same.iter().map(|row| row.value.weight).sum();
        if (sum - 1.0).abs() > AGREEMENT {
            findings.error(
                NOT_WHOLE,
                place(WEIGHTS, same[0].line, Some("weight")),
                format!("weights that add up to {sum}"),
                "1 in all, over the paths of the same users to the same site",
                "write a row for each path that these users take, with its share of them",
            );
        }
    }
}
