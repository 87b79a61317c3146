//! Inventory folders for tests: read from disk, or written out in a test's own body.

use plimsoll::inventory::SourceFile;
use std::fs;
use std::path::Path;

/// The files of a folder.
pub(crate) fn folder(path: &Path) -> Vec<SourceFile> {
    let mut files: Vec<SourceFile> = fs::read_dir(path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .map(|entry| entry.expect("the folder can be listed"))
        .filter(|entry| entry.path().is_file())
        .map(|entry| SourceFile {
            name: entry.file_name().to_string_lossy().into_owned(),
            bytes: fs::read(entry.path()).expect("the file can be read"),
        })
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

/// The smallest sound inventory: one client region, access point, link on either side, site, and shard.
pub(crate) fn smallest() -> Vec<SourceFile> {
    [
        ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
        ("profiles.csv", "profile,cpu\nmail,1\n"),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        ("client_regions.csv", "client_region\nr\n"),
        ("sites.csv", "site,cpu\na,100\n"),
        ("access_points.csv", "access_point\np\n"),
        ("links.csv", "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\n"),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns,t,10,a,mail,r,gold\n",
        ),
    ]
    .map(|(name, text)| file(name, text))
    .to_vec()
}

/// [`smallest`] with some files replaced or added.
pub(crate) fn with(changed: &[(&str, &str)]) -> Vec<SourceFile> {
    let mut files = smallest();
    for (name, text) in changed {
        files.retain(|file| file.name != *name);
        files.push(file(name, text));
    }
    files
}

/// A file by its name and text.
pub(crate) fn file(name: &str, text: &str) -> SourceFile {
    SourceFile {
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}
