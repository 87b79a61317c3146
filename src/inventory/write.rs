//! Write: an inventory back to its files.

mod line;

use super::source::SourceFile;
use crate::ids::{ComponentId, ElementId, SiteId};
use crate::model::{ContactOf, Credit, Inventory, LinkEnd, Overload, Word};
use line::{Line, written};

/// The files of an inventory: [`read`](super::read) makes the same inventory of them.
///
/// Defaults are written out, except for columns about overload, timeouts and sessions, which stand only where some row says
/// something else there, and for the standard credits. Files without a row are left out; so is the knowledge that
/// replicas.csv had only replicas that are ignored.
///
/// ```
/// use plimsoll::inventory::{SourceFile, read, write};
/// # let file = |name: &str, text: &str| SourceFile { name: name.into(), bytes: text.into() };
/// let files = [
///     file("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
///     file("profiles.csv", "profile,cpu\nmail,1\n"),
///     file("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
///     file("client_regions.csv", "client_region\nr\n"),
///     file("sites.csv", "site,cpu\na,100\n"),
///     file("access_points.csv", "access_point\np\n"),
///     file("links.csv", "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\n"),
///     file("shards.csv", "shard,tenant,users,site,profile,client_region,tier\ns,t,10,a,mail,r,gold\n"),
/// ];
/// let inventory = read(&files).inventory.unwrap();
/// assert_eq!(read(&write(&inventory)).inventory.unwrap(), inventory);
/// ```
pub fn write(inventory: &Inventory) -> Vec<SourceFile> {
    let mut files = Vec::new();
    write_each(inventory, |file| files.push(file));
    files
}

/// Hands the files of [`write()`] over one by one, so that no two of them need memory at once.
pub fn write_each(inventory: &Inventory, take: impl FnMut(SourceFile)) {
    const TABLES: [fn(&Inventory) -> Option<SourceFile>; 21] = [
        resources,
        profiles,
        tiers,
        load_curves,
        client_regions,
        sites,
        access_points,
        elements,
        links,
        shards,
        replicas,
        onboarding,
        growth,
        capacity_changes,
        background,
        risk_groups,
        credits,
        contacts,
        returns,
        current_weights,
        reference_utilization,
    ];
    let tables = TABLES.iter().filter_map(|table| table(inventory));
    tables.for_each(take);
}

fn resources(inventory: &Inventory) -> Option<SourceFile> {
    let rows = inventory.listed_resources();
    written("resources.csv", rows, |line, _, row| {
        line.text("resource", &row.id);
        line.text("unit", &row.unit);
        line.word("scope", row.scope);
        line.number("headroom", row.headroom);
        line.optional("event_headroom", row.event_headroom);
        line.word("varies", row.varies);
        line.number("replica_share", row.replica_share);
        line.number("moving_share", row.moving_share);
        let is_standard = row.overload == Overload::standard(row.scope);
        line.said("overload", (!is_standard).then(|| row.overload.word()));
        line.said("queue_seconds", row.queue_seconds);
    })
}

fn profiles(inventory: &Inventory) -> Option<SourceFile> {
    written("profiles.csv", &inventory.profiles, |line, _, row| {
        line.text("profile", &row.id);
        line.number("retries", row.retries);
        line.number("sessions_per_hour", row.sessions_per_hour);
        line.said("timeout_seconds", row.timeout_seconds);
        line.said("late_seconds", row.late_seconds);
        line.said("service_seconds", row.service_seconds);
        let session_cost = Some(row.session_cost).filter(|value| *value > 0.0);
        line.said("session_cost", session_cost);
        for (resource, work) in inventory.listed_resources().iter().zip(&row.work) {
            line.number(&resource.id, work);
        }
    })
}

fn tiers(inventory: &Inventory) -> Option<SourceFile> {
    written("tiers.csv", &inventory.tiers, |line, _, row| {
        line.text("tier", &row.id);
        line.number("rank", row.rank);
        line.number("availability", row.availability);
    })
}

fn load_curves(inventory: &Inventory) -> Option<SourceFile> {
    let hours = inventory.load_curves.iter().flat_map(|curve| {
        let factors = curve.factors.iter().enumerate();
        factors.map(move |(hour, factor)| (&curve.id, hour, factor))
    });
    let hours: Vec<_> = hours.collect();
    written("load_curves.csv", &hours, |line, _, (id, hour, factor)| {
        line.text("load_curve", *id);
        line.number("hour", hour);
        line.number("factor", factor);
    })
}

fn client_regions(inventory: &Inventory) -> Option<SourceFile> {
    let rows = &inventory.client_regions;
    written("client_regions.csv", rows, |line, _, row| {
        line.text("client_region", &row.id);
        line.text("name", &row.name);
        line.coordinates(row.coordinates);
        line.text("time_zone", &row.time_zone);
        let curve = row
            .load_curve
            .map(|load_curve| &inventory.load_curves[load_curve.index()]);
        line.text("load_curve", curve.map_or("", |load_curve| &load_curve.id));
    })
}

fn sites(inventory: &Inventory) -> Option<SourceFile> {
    written("sites.csv", &inventory.sites, |line, position, row| {
        line.text("site", &row.id);
        line.text("name", &row.name);
        line.text("region", &row.region);
        let offered = row.jurisdictions.iter();
        line.list(
            "jurisdiction",
            offered.map(|jurisdiction| inventory.jurisdictions[jurisdiction.index()].as_str()),
        );
        line.coordinates(row.coordinates);
        line.optional("headroom", row.headroom);
        line.limit("move_in_per_hour", row.move_in_per_hour);
        line.limit("move_out_per_hour", row.move_out_per_hour);
        line.limit("accepts_per_second", row.accepts_per_second);
        line.capacities(inventory, inventory.site_component(SiteId::new(position)));
    })
}

fn access_points(inventory: &Inventory) -> Option<SourceFile> {
    let rows = &inventory.access_points;
    written("access_points.csv", rows, |line, position, row| {
        line.text("access_point", &row.id);
        line.text("name", &row.name);
        line.coordinates(row.coordinates);
        line.word("state", row.state);
        line.optional("headroom", row.headroom);
        line.limit("accepts_per_second", row.accepts_per_second);
        let component = ComponentId::new(inventory.sites.len() + position);
        line.capacities(inventory, component);
    })
}

fn elements(inventory: &Inventory) -> Option<SourceFile> {
    let rows = &inventory.elements;
    written("elements.csv", rows, |line, position, row| {
        line.text("element", &row.id);
        line.text("name", &row.name);
        line.text("kind", &row.kind);
        line.coordinates(row.coordinates);
        line.optional("headroom", row.headroom);
        line.limit("accepts_per_second", row.accepts_per_second);
        let pool = row.pool.map(|pool| &inventory.pools[pool.index()]);
        line.text("pool", pool.map_or("", |pool| &pool.id));
        let sheds = row.sheds_stale_work.then(|| true.word());
        line.said("sheds_stale_work", sheds);
        let component = inventory.element_component(ElementId::new(position));
        line.capacities(inventory, component);
    })
}

fn links(inventory: &Inventory) -> Option<SourceFile> {
    let before = inventory.component_count() - inventory.links.len();
    written("links.csv", &inventory.links, |line, position, row| {
        line.text("link", &row.id);
        line.text("from", end(inventory, row.from));
        line.text("to", end(inventory, row.to));
        let profiles = row.profiles.iter().flatten();
        line.list(
            "profiles",
            profiles.map(|profile| inventory.profiles[profile.index()].id.as_str()),
        );
        line.number("latency_ms", row.latency.0);
        line.capacities(inventory, ComponentId::new(before + position));
    })
}

/// The id of an end of a link.
fn end(inventory: &Inventory, end: LinkEnd) -> &str {
    match end {
        LinkEnd::ClientRegion(client_region) => &inventory.client_regions[client_region.index()].id,
        LinkEnd::AccessPoint(access_point) => &inventory.access_points[access_point.index()].id,
        LinkEnd::Element(element) => &inventory.elements[element.index()].id,
        LinkEnd::Pool(pool) => &inventory.pools[pool.index()].id,
        LinkEnd::Site(site) => &inventory.sites[site.index()].id,
    }
}

fn shards(inventory: &Inventory) -> Option<SourceFile> {
    written("shards.csv", &inventory.shards, |line, position, row| {
        line.text("shard", inventory.shard_ids.get(position));
        line.text("tenant", &inventory.tenants[row.tenant.index()]);
        line.number("users", row.users);
        let site = row.site.map(|site| &inventory.sites[site.index()]);
        line.text("site", site.map_or("", |site| &site.id));
        line.text("profile", &inventory.profiles[row.profile.index()].id);
        let region = &inventory.client_regions[row.client_region.index()];
        line.text("client_region", &region.id);
        line.text("tier", &inventory.tiers[row.tier.index()].id);
        let jurisdiction = row.jurisdiction;
        let jurisdiction =
            jurisdiction.map(|jurisdiction| inventory.jurisdictions[jurisdiction.index()].as_str());
        line.text("jurisdiction", jurisdiction.unwrap_or_default());
        line.optional("max_latency_ms", row.max_latency.map(|limit| limit.0));
        line.word("move", row.move_rule);
    })
}

fn replicas(inventory: &Inventory) -> Option<SourceFile> {
    written("replicas.csv", &inventory.replicas, |line, _, row| {
        line.text("shard", inventory.shard_ids.get(row.shard.index()));
        line.text("site", &inventory.sites[row.site.index()].id);
        line.number("preference", row.preference);
        line.word("state", row.state);
    })
}

fn onboarding(inventory: &Inventory) -> Option<SourceFile> {
    written("onboarding.csv", &inventory.onboarding, |line, _, row| {
        line.number("date", row.date);
        line.text("shard", inventory.shard_ids.get(row.shard.index()));
        line.number("users", row.users);
        line.number("low", row.low);
        line.number("high", row.high);
    })
}

fn growth(inventory: &Inventory) -> Option<SourceFile> {
    written("growth.csv", &inventory.growth, |line, _, row| {
        line.number("start", row.start);
        line.said("end", row.end);
        let tenant = row.tenant.map(|id| inventory.tenants[id.index()].as_str());
        line.said("tenant", tenant);
        let region = row.client_region;
        let region = region.map(|id| inventory.client_regions[id.index()].id.as_str());
        line.said("client_region", region);
        let profile = row.profile;
        let profile = profile.map(|id| inventory.profiles[id.index()].id.as_str());
        line.said("profile", profile);
        line.said("tier", row.tier.map(|id| inventory.tier_id(id)));
        line.number("monthly", row.monthly);
        line.number("low", row.low);
        line.number("high", row.high);
    })
}

fn capacity_changes(inventory: &Inventory) -> Option<SourceFile> {
    let rows = &inventory.capacity_changes;
    written("capacity_changes.csv", rows, |line, _, row| {
        line.number("date", row.date);
        line.text("component", inventory.component_name(row.component));
        line.text("resource", &inventory.resources[row.resource.index()].id);
        line.limit("capacity", row.capacity);
    })
}

fn background(inventory: &Inventory) -> Option<SourceFile> {
    written("background.csv", &inventory.background, |line, _, row| {
        line.text("component", inventory.component_name(row.component));
        line.text("resource", &inventory.resources[row.resource.index()].id);
        line.number("load", row.load);
    })
}

fn risk_groups(inventory: &Inventory) -> Option<SourceFile> {
    let rows = inventory.risk_groups.iter().flat_map(|group| {
        let components = group.components.iter();
        components.map(move |component| (&group.id, *component))
    });
    let rows: Vec<_> = rows.collect();
    written("risk_groups.csv", &rows, |line, _, (id, component)| {
        line.text("risk_group", *id);
        line.text("component", inventory.component_name(*component));
    })
}

/// credits.csv; none where the standard credits hold.
fn credits(inventory: &Inventory) -> Option<SourceFile> {
    /// An empty file means the standard credits: that nobody is paid anything back has to be said.
    const NONE: [Credit; 1] = [Credit {
        uptime_below: 1.0,
        share: 0.0,
    }];
    let credits: &[Credit] = match inventory.credits.as_slice() {
        [] => &NONE,
        standard if standard == Credit::STANDARD => &[],
        credits => credits,
    };
    written("credits.csv", credits, |line: &mut Line<'_>, _, row| {
        line.number("uptime_below", row.uptime_below);
        line.number("credit", row.share);
    })
}

fn contacts(inventory: &Inventory) -> Option<SourceFile> {
    written("contacts.csv", &inventory.contacts, |line, _, row| {
        let (tenant, site) = match row.of {
            ContactOf::Tenant(tenant) => (inventory.tenants[tenant.index()].as_str(), ""),
            ContactOf::Site(site) => ("", inventory.site_id(site)),
        };
        line.text("tenant", tenant);
        line.text("site", site);
        line.text("name", &row.name);
        line.text("address", &row.address);
    })
}

fn returns(inventory: &Inventory) -> Option<SourceFile> {
    let rows = &inventory.resumed.returns;
    written("returns.csv", rows, |line, _, row| {
        line.text("shard", inventory.shard_ids.get(row.shard.index()));
        line.text("site", inventory.site_id(row.site));
        line.said("from", row.from);
    })
}

fn current_weights(inventory: &Inventory) -> Option<SourceFile> {
    let rows = &inventory.resumed.weights;
    written("current_weights.csv", rows, |line, _, row| {
        line.text("profile", &inventory.profiles[row.profile.index()].id);
        line.optional("max_latency_ms", row.max_latency.map(|limit| limit.0));
        let links = row.links.iter();
        let links = links.map(|link| inventory.links[link.index()].id.as_str());
        line.text("links", links.collect::<Vec<_>>().join(">"));
        line.number("weight", row.weight);
    })
}

fn reference_utilization(inventory: &Inventory) -> Option<SourceFile> {
    let rows = &inventory.resumed.reference;
    written("reference_utilization.csv", rows, |line, _, row| {
        line.text("component", inventory.component_name(row.component));
        line.text("resource", &inventory.resources[row.resource.index()].id);
        line.number("utilization", row.utilization);
    })
}
