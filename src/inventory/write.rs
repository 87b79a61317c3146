//! Write: an inventory back to its files.

mod demand;
mod growth;
mod network;

use super::source::SourceFile;
use crate::ids::ShardId;
use crate::model::Inventory;

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
        demand::resources(inventory),
        demand::profiles(inventory),
        demand::tiers(inventory),
        demand::load_curves(inventory),
        network::client_regions(inventory),
        network::sites(inventory),
        network::access_points(inventory),
        network::elements(inventory),
        network::links(inventory),
        demand::shards(inventory),
        demand::replicas(inventory),
        growth::onboarding(inventory),
        growth::capacity_changes(inventory),
        growth::background(inventory),
        growth::risk_groups(inventory),
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

/// The id of a shard.
fn shard(inventory: &Inventory, shard: ShardId) -> String {
    inventory.shard_ids.get(shard.index()).to_owned()
}
