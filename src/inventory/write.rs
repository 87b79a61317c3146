//! Write: an inventory back to its files.

mod demand;
mod growth;
mod network;
mod said;

use super::source::SourceFile;
use crate::ids::ShardId;
use crate::model::Inventory;
use crate::records::{append, side_by_side};

/// The files of an inventory: [`read`](super::read) makes the same inventory of them.
///
/// Defaults are written out, but for columns about overload, timeouts and sessions, which stand only where some row says
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
pub fn write_each(inventory: &Inventory, mut take: impl FnMut(SourceFile)) {
    const TABLES: [fn(&Inventory) -> TableText; 16] = [
        demand::resources,
        demand::profiles,
        demand::tiers,
        demand::load_curves,
        network::client_regions,
        network::sites,
        network::access_points,
        network::elements,
        network::links,
        demand::shards,
        demand::replicas,
        growth::onboarding,
        growth::capacity_changes,
        growth::background,
        growth::risk_groups,
        growth::credits,
    ];
    let tables = TABLES.iter().map(|table| table(inventory));
    for table in tables.filter(|table| table.rows > 0) {
        take(table.into_file());
    }
}

/// How many rows of a large file are written as one.
const STRETCH_ROWS: usize = 1 << 14;

/// A CSV file being written.
struct TableText {
    name: &'static str,
    bytes: Vec<u8>,
    rows: usize,
}

impl TableText {
    fn new(name: &'static str, header: &[&str]) -> Self {
        let mut rows = Rows::default();
        rows.row(header);
        Self {
            name,
            bytes: rows.into_bytes(),
            rows: 0,
        }
    }

    /// With rows that `each` writes of every item, large files in stretches side by side.
    fn of<T: Sync>(mut self, items: &[T], each: impl Fn(&mut Rows, usize, &T) + Sync) -> Self {
        let stretches: Vec<(usize, &[T])> = (0..)
            .step_by(STRETCH_ROWS)
            .zip(items.chunks(STRETCH_ROWS))
            .collect();
        side_by_side(
            &stretches,
            |(first, items)| {
                let mut rows = Rows::default();
                for (position, item) in (*first..).zip(*items) {
                    each(&mut rows, position, item);
                }
                rows
            },
            |rows| {
                self.rows += rows.count;
                append(&mut self.bytes, &rows.into_bytes(), stretches.len());
                true
            },
        );
        self
    }

    fn into_file(self) -> SourceFile {
        SourceFile {
            name: self.name.to_owned(),
            bytes: self.bytes,
        }
    }
}

/// Rows of a CSV file that stand together.
struct Rows {
    writer: csv::Writer<Vec<u8>>,
    count: usize,
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            writer: csv::Writer::from_writer(Vec::new()),
            count: 0,
        }
    }
}

impl Rows {
    fn row(&mut self, cells: impl IntoIterator<Item = impl AsRef<[u8]>>) {
        self.writer
            .write_record(cells)
            .expect("invariant: memory takes every byte, and rows are as long as the header");
        self.count += 1;
    }

    fn into_bytes(self) -> Vec<u8> {
        self.writer
            .into_inner()
            .expect("invariant: memory takes every byte")
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
