//! Edited: data/tiny with one mistake in it, or with ids that could do harm.

use super::{Result, root};
use std::fs;
use std::path::Path;

/// A change of one file, or of all.
#[derive(Debug, Clone)]
pub(super) enum Edit {
    /// The first such text of a file becomes another.
    Replace(&'static str, &'static str, &'static str),
    /// The file has these bytes instead.
    Bytes(&'static str, &'static [u8]),
    /// The file is not there.
    Remove(&'static str),
    /// A word becomes another one wherever it stands, in every file.
    Everywhere(&'static str, &'static str),
}

/// An inventory of the project with a change.
#[derive(Debug)]
pub(super) struct Edited {
    pub(super) folder: &'static str,
    pub(super) edit: Edit,
}

impl Edited {
    /// Writes it to a new folder.
    ///
    /// # Errors
    /// If a file cannot be read or written, or what is to be replaced is not there.
    pub(super) fn write(&self, to: &Path) -> Result<()> {
        fs::create_dir(to)?;
        let mut is_done = false;
        for entry in fs::read_dir(root(self.folder))? {
            let path = entry?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let ending = path.extension().unwrap_or_default();
            if ending != "csv" && ending != "toml" {
                continue;
            }
            let text = fs::read_to_string(&path)?;
            let bytes = match self.edit {
                Edit::Replace(file, from, with) if file == name => {
                    is_done |= text.contains(from);
                    text.replacen(from, with, 1).into_bytes()
                }
                Edit::Bytes(file, bytes) if file == name => {
                    is_done = true;
                    bytes.to_vec()
                }
                Edit::Remove(file) if file == name => {
                    is_done = true;
                    continue;
                }
                Edit::Everywhere(from, with) => {
                    is_done |= text.contains(from);
                    text.replace(from, with).into_bytes()
                }
                _ => text.into_bytes(),
            };
            fs::write(to.join(name), bytes)?;
        }
        if let Edit::Bytes(file, bytes) = self.edit
            && !is_done
        {
            fs::write(to.join(file), bytes)?;
            is_done = true;
        }
        if is_done {
            return Ok(());
        }
        Err(format!("{:?} changes nothing in {}", self.edit, self.folder).into())
    }
}

/// Mistakes that users make, and names that spreadsheets, terminals and browsers might take for more than a name.
pub(super) fn edits() -> Vec<(&'static str, Edit)> {
    let shards = "shards.csv";
    let scenario = "drain-chicago.toml";
    vec![
        ("no-shards", Edit::Remove(shards)),
        ("no-elements", Edit::Remove("elements.csv")),
        ("empty-sites", Edit::Bytes("sites.csv", b"")),
        (
            "header-alone",
            Edit::Bytes(
                "sites.csv",
                b"site,name,region,jurisdiction,latitude,longitude,cpu\n",
            ),
        ),
        (
            "not-utf-8",
            Edit::Bytes("sites.csv", b"site,cpu\nchi,\xff\xfe\n"),
        ),
        ("unknown-file", Edit::Bytes("shard.csv", b"shard\n1\n")),
        (
            "missing-column",
            Edit::Replace(shards, "shard,tenant,users", "shard,tenant,user"),
        ),
        (
            "column-twice",
            Edit::Replace(shards, "profile,client_region", "profile,profile"),
        ),
        (
            "missing-cell",
            Edit::Replace(shards, ",gold,US,free", ",gold,US"),
        ),
        (
            "one-cell-more",
            Edit::Replace(shards, ",gold,US,free", ",gold,US,free,more"),
        ),
        ("text-for-a-number", Edit::Replace(shards, "40000", "forty")),
        ("negative-users", Edit::Replace(shards, "40000", "-40000")),
        ("infinite-users", Edit::Replace(shards, "40000", "1e999")),
        (
            "unknown-site",
            Edit::Replace(shards, ",chi,mailbox", ",chicago,mailbox"),
        ),
        ("unknown-tier", Edit::Replace(shards, ",gold,", ",golden,")),
        (
            "shard-twice",
            Edit::Replace(shards, "prairie-health-2", "prairie-health-1"),
        ),
        (
            "unterminated-quote",
            Edit::Replace(shards, "prairie-health-2", "\"prairie-health-2"),
        ),
        (
            "unknown-time-zone",
            Edit::Replace("client_regions.csv", "America/Chicago", "America/Chikago"),
        ),
        (
            "latitude-out-of-range",
            Edit::Replace("sites.csv", "41.85", "141.85"),
        ),
        (
            "no-link",
            Edit::Bytes("links.csv", b"link,from,to,latency_ms,bandwidth\n"),
        ),
        (
            "link-to-nowhere",
            Edit::Replace("links.csv", "ap-nyc,20", "ap-nyk,20"),
        ),
        (
            "headroom-over-one",
            Edit::Replace("resources.csv", "site,0.2", "site,1.2"),
        ),
        (
            "element-out-of-pool",
            Edit::Replace(
                "elements.csv",
                "load-balancer,lb-sat,10",
                "load-balancer,sat,10",
            ),
        ),
        (
            "key-misspelt",
            Edit::Replace(scenario, "max_latency_ms", "max_latency"),
        ),
        (
            "end-before-start",
            Edit::Replace(scenario, "end = 2012-11-17T06", "end = 2012-11-16T06"),
        ),
        (
            "unknown-component",
            Edit::Replace(scenario, "\"chi\"", "\"chicago\""),
        ),
        (
            "unknown-kind",
            Edit::Replace(scenario, "\"maintenance\"", "\"repair\""),
        ),
        ("not-toml", Edit::Replace(scenario, "[policy]", "[policy")),
        ("no-scenario", Edit::Bytes(scenario, b"")),
        (
            "formula",
            Edit::Everywhere("lakeside-bank", "=cmd|' /C calc'!A0"),
        ),
        (
            "markup",
            Edit::Everywhere("prairie-health", "<script>alert(1)<script>"),
        ),
        (
            "markdown",
            Edit::Everywhere("prairie-health", "[a](b)*_`c`"),
        ),
        (
            "right-to-left",
            Edit::Everywhere("prairie-health", "\u{202e}gpj.exe"),
        ),
        ("other-script", Edit::Everywhere("prairie-health", "東京")),
        (
            "template",
            Edit::Everywhere("prairie-health", "{{ 7 * 7 }}{% raw %}"),
        ),
    ]
}
