//! Write: an inventory back to its files.

use super::source::SourceFile;
use crate::ids::{ComponentId, ShardId};
use crate::model::{
    AccessPointState, Coordinates, Inventory, LinkEnd, MoveRule, ReplicaState, Scope,
};

/// The files of an inventory: [`read`](super::read) makes the same inventory of them.
///
/// Defaults are written out. Files without a row are left out; so is the knowledge that replicas.csv had only
/// replicas that are ignored.
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
    let tables = [
        resources(inventory),
        profiles(inventory),
        tiers(inventory),
        load_curves(inventory),
        client_regions(inventory),
        sites(inventory),
        access_points(inventory),
        elements(inventory),
        links(inventory),
        shards(inventory),
        replicas(inventory),
        onboarding(inventory),
        capacity_changes(inventory),
        background(inventory),
        risk_groups(inventory),
    ];
    let written = tables.into_iter().filter(|table| table.rows > 0);
    written.map(TableText::into_file).collect()
}

/// A CSV file being written.
struct TableText {
    name: &'static str,
    writer: csv::Writer<Vec<u8>>,
    rows: usize,
}

impl TableText {
    fn new(name: &'static str, header: &[&str]) -> Self {
        let mut table = Self {
            name,
            writer: csv::Writer::from_writer(Vec::new()),
            rows: 0,
        };
        table.row(header.iter().map(|name| (*name).to_owned()));
        table.rows = 0;
        table
    }

    fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.writer
            .write_record(cells)
            .expect("invariant: memory takes every byte, and rows are as long as the header");
        self.rows += 1;
    }

    fn into_file(self) -> SourceFile {
        SourceFile {
            name: self.name.to_owned(),
            bytes: self
                .writer
                .into_inner()
                .expect("invariant: memory takes every byte"),
        }
    }
}

/// A capacity or limit: `unlimited` where there is none.
fn limit(value: Option<f64>) -> String {
    value.map_or_else(|| "unlimited".to_owned(), |value| value.to_string())
}

/// A number, blank where there is none.
fn optional<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Latitude and longitude, blank where unknown.
fn coordinates(at: Option<Coordinates>) -> [String; 2] {
    [at.map(|at| at.latitude), at.map(|at| at.longitude)].map(optional)
}

/// The resources that some of the components limit.
fn limited(inventory: &Inventory, components: &[ComponentId]) -> Vec<usize> {
    let is_limited = |resource: &usize| {
        components
            .iter()
            .any(|component| inventory.capacity[[component.index(), *resource]].is_some())
    };
    (0..inventory.resources.len()).filter(is_limited).collect()
}

/// The capacities of a component in the columns of `limited`.
fn capacities(inventory: &Inventory, component: ComponentId, limited: &[usize]) -> Vec<String> {
    limited
        .iter()
        .map(|resource| limit(inventory.capacity[[component.index(), *resource]]))
        .collect()
}

/// A header with the columns of resources at its end.
fn header<'a>(inventory: &'a Inventory, fixed: &[&'a str], limited: &[usize]) -> Vec<&'a str> {
    let of_resources = limited
        .iter()
        .map(|resource| inventory.resources[*resource].id.as_str());
    fixed.iter().copied().chain(of_resources).collect()
}

fn resources(inventory: &Inventory) -> TableText {
    let mut table = TableText::new(
        "resources.csv",
        &[
            "resource",
            "unit",
            "scope",
            "headroom",
            "event_headroom",
            "varies",
            "replica_share",
            "moving_share",
        ],
    );
    for row in &inventory.resources {
        let scope = match row.scope {
            Scope::Site => "site",
            Scope::Network => "network",
        };
        table.row([
            row.id.clone(),
            row.unit.clone(),
            scope.to_owned(),
            row.headroom.to_string(),
            optional(row.event_headroom),
            if row.varies { "yes" } else { "no" }.to_owned(),
            row.replica_share.to_string(),
            row.moving_share.to_string(),
        ]);
    }
    table
}

fn profiles(inventory: &Inventory) -> TableText {
    let all: Vec<usize> = (0..inventory.resources.len()).collect();
    let mut table = TableText::new(
        "profiles.csv",
        &header(inventory, &["profile", "retries"], &all),
    );
    for row in &inventory.profiles {
        let fixed = [row.id.clone(), row.retries.to_string()];
        let demand = row.demand.iter().map(f64::to_string);
        table.row(fixed.into_iter().chain(demand));
    }
    table
}

fn tiers(inventory: &Inventory) -> TableText {
    let mut table = TableText::new("tiers.csv", &["tier", "rank", "availability"]);
    for row in &inventory.tiers {
        table.row([
            row.id.clone(),
            row.rank.to_string(),
            row.availability.to_string(),
        ]);
    }
    table
}

fn load_curves(inventory: &Inventory) -> TableText {
    let mut table = TableText::new("load_curves.csv", &["load_curve", "hour", "factor"]);
    for row in &inventory.load_curves {
        for (hour, factor) in row.factors.iter().enumerate() {
            table.row([row.id.clone(), hour.to_string(), factor.to_string()]);
        }
    }
    table
}

fn client_regions(inventory: &Inventory) -> TableText {
    let mut table = TableText::new(
        "client_regions.csv",
        &[
            "client_region",
            "name",
            "latitude",
            "longitude",
            "time_zone",
            "load_curve",
        ],
    );
    for row in &inventory.client_regions {
        let [latitude, longitude] = coordinates(row.coordinates);
        let load_curve = row
            .load_curve
            .map(|own| inventory.load_curves[own.index()].id.clone());
        table.row([
            row.id.clone(),
            row.name.clone(),
            latitude,
            longitude,
            row.time_zone.clone(),
            load_curve.unwrap_or_default(),
        ]);
    }
    table
}

fn sites(inventory: &Inventory) -> TableText {
    let components: Vec<ComponentId> = (0..inventory.sites.len()).map(ComponentId::new).collect();
    let limited = limited(inventory, &components);
    let fixed = [
        "site",
        "name",
        "region",
        "jurisdiction",
        "latitude",
        "longitude",
        "headroom",
        "move_in_per_hour",
        "move_out_per_hour",
        "accepts_per_second",
    ];
    let mut table = TableText::new("sites.csv", &header(inventory, &fixed, &limited));
    for (row, component) in inventory.sites.iter().zip(components) {
        let [latitude, longitude] = coordinates(row.coordinates);
        let jurisdictions = row.jurisdictions.iter();
        let jurisdictions: Vec<&str> = jurisdictions
            .map(|own| inventory.jurisdictions[own.index()].as_str())
            .collect();
        let cells = [
            row.id.clone(),
            row.name.clone(),
            row.region.clone(),
            jurisdictions.join(";"),
            latitude,
            longitude,
            optional(row.headroom),
            limit(row.move_in_per_hour),
            limit(row.move_out_per_hour),
            limit(row.accepts_per_second),
        ];
        let capacities = capacities(inventory, component, &limited);
        table.row(cells.into_iter().chain(capacities));
    }
    table
}

fn access_points(inventory: &Inventory) -> TableText {
    let before = inventory.sites.len();
    let components: Vec<ComponentId> = (before..before + inventory.access_points.len())
        .map(ComponentId::new)
        .collect();
    let limited = limited(inventory, &components);
    let fixed = [
        "access_point",
        "name",
        "latitude",
        "longitude",
        "state",
        "headroom",
        "accepts_per_second",
    ];
    let mut table = TableText::new("access_points.csv", &header(inventory, &fixed, &limited));
    for (row, component) in inventory.access_points.iter().zip(components) {
        let [latitude, longitude] = coordinates(row.coordinates);
        let state = match row.state {
            AccessPointState::Active => "active",
            AccessPointState::Standby => "standby",
        };
        let cells = [
            row.id.clone(),
            row.name.clone(),
            latitude,
            longitude,
            state.to_owned(),
            optional(row.headroom),
            limit(row.accepts_per_second),
        ];
        let capacities = capacities(inventory, component, &limited);
        table.row(cells.into_iter().chain(capacities));
    }
    table
}

fn elements(inventory: &Inventory) -> TableText {
    let before = inventory.sites.len() + inventory.access_points.len();
    let components: Vec<ComponentId> = (before..before + inventory.elements.len())
        .map(ComponentId::new)
        .collect();
    let limited = limited(inventory, &components);
    let fixed = [
        "element",
        "name",
        "kind",
        "latitude",
        "longitude",
        "headroom",
        "accepts_per_second",
        "pool",
    ];
    let mut table = TableText::new("elements.csv", &header(inventory, &fixed, &limited));
    for (row, component) in inventory.elements.iter().zip(components) {
        let [latitude, longitude] = coordinates(row.coordinates);
        let pool = row.pool.map(|own| inventory.pools[own.index()].id.clone());
        let cells = [
            row.id.clone(),
            row.name.clone(),
            row.kind.clone(),
            latitude,
            longitude,
            optional(row.headroom),
            limit(row.accepts_per_second),
            pool.unwrap_or_default(),
        ];
        let capacities = capacities(inventory, component, &limited);
        table.row(cells.into_iter().chain(capacities));
    }
    table
}

fn links(inventory: &Inventory) -> TableText {
    let before = inventory.component_count() - inventory.links.len();
    let components: Vec<ComponentId> = (before..inventory.component_count())
        .map(ComponentId::new)
        .collect();
    let limited = limited(inventory, &components);
    let fixed = ["link", "from", "to", "profiles", "latency_ms"];
    let mut table = TableText::new("links.csv", &header(inventory, &fixed, &limited));
    for (row, component) in inventory.links.iter().zip(components) {
        let profiles = row.profiles.iter().flatten();
        let profiles: Vec<&str> = profiles
            .map(|own| inventory.profiles[own.index()].id.as_str())
            .collect();
        let cells = [
            row.id.clone(),
            end(inventory, row.from),
            end(inventory, row.to),
            profiles.join(";"),
            row.latency.0.to_string(),
        ];
        let capacities = capacities(inventory, component, &limited);
        table.row(cells.into_iter().chain(capacities));
    }
    table
}

/// The id of an end of a link.
fn end(inventory: &Inventory, end: LinkEnd) -> String {
    match end {
        LinkEnd::ClientRegion(own) => &inventory.client_regions[own.index()].id,
        LinkEnd::AccessPoint(own) => &inventory.access_points[own.index()].id,
        LinkEnd::Element(own) => &inventory.elements[own.index()].id,
        LinkEnd::Pool(own) => &inventory.pools[own.index()].id,
        LinkEnd::Site(own) => &inventory.sites[own.index()].id,
    }
    .clone()
}

fn shards(inventory: &Inventory) -> TableText {
    let mut table = TableText::new(
        "shards.csv",
        &[
            "shard",
            "tenant",
            "users",
            "site",
            "profile",
            "client_region",
            "tier",
            "jurisdiction",
            "max_latency_ms",
            "move",
        ],
    );
    for (row, id) in inventory.shards.iter().zip(inventory.shard_ids.iter()) {
        let site = row.site.map(|own| inventory.sites[own.index()].id.clone());
        let jurisdiction = row
            .jurisdiction
            .map(|own| inventory.jurisdictions[own.index()].clone());
        let move_rule = match row.move_rule {
            MoveRule::Free => "free",
            MoveRule::ReplicaOnly => "replica_only",
            MoveRule::Pinned => "pinned",
        };
        table.row([
            id.to_owned(),
            inventory.tenants[row.tenant.index()].clone(),
            row.users.to_string(),
            site.unwrap_or_default(),
            inventory.profiles[row.profile.index()].id.clone(),
            inventory.client_regions[row.client_region.index()]
                .id
                .clone(),
            inventory.tiers[row.tier.index()].id.clone(),
            jurisdiction.unwrap_or_default(),
            optional(row.max_latency.map(|limit| limit.0)),
            move_rule.to_owned(),
        ]);
    }
    table
}

fn replicas(inventory: &Inventory) -> TableText {
    let mut table = TableText::new("replicas.csv", &["shard", "site", "preference", "state"]);
    for row in &inventory.replicas {
        let state = match row.state {
            ReplicaState::Ready => "ready",
            ReplicaState::Blocked => "blocked",
        };
        table.row([
            shard(inventory, row.shard),
            inventory.sites[row.site.index()].id.clone(),
            row.preference.to_string(),
            state.to_owned(),
        ]);
    }
    table
}

fn shard(inventory: &Inventory, shard: ShardId) -> String {
    inventory.shard_ids.get(shard.index()).to_owned()
}

fn onboarding(inventory: &Inventory) -> TableText {
    let mut table = TableText::new("onboarding.csv", &["date", "shard", "users", "low", "high"]);
    for row in &inventory.onboarding {
        table.row([
            row.date.to_string(),
            shard(inventory, row.shard),
            row.users.to_string(),
            row.low.to_string(),
            row.high.to_string(),
        ]);
    }
    table
}

fn capacity_changes(inventory: &Inventory) -> TableText {
    let mut table = TableText::new(
        "capacity_changes.csv",
        &["date", "component", "resource", "capacity"],
    );
    for row in &inventory.capacity_changes {
        table.row([
            row.date.to_string(),
            inventory.component_name(row.component).to_owned(),
            inventory.resources[row.resource.index()].id.clone(),
            limit(row.capacity),
        ]);
    }
    table
}

fn background(inventory: &Inventory) -> TableText {
    let mut table = TableText::new("background.csv", &["component", "resource", "load"]);
    for row in &inventory.background {
        table.row([
            inventory.component_name(row.component).to_owned(),
            inventory.resources[row.resource.index()].id.clone(),
            row.load.to_string(),
        ]);
    }
    table
}

fn risk_groups(inventory: &Inventory) -> TableText {
    let mut table = TableText::new("risk_groups.csv", &["risk_group", "component"]);
    for row in &inventory.risk_groups {
        for component in &row.components {
            table.row([
                row.id.clone(),
                inventory.component_name(*component).to_owned(),
            ]);
        }
    }
    table
}
