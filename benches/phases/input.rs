//! Input: shipped folders as bytes, and a generated one of a million shards.

use super::Result;
use plimsoll::inventory::SourceFile;
use std::fmt::Write as _;
use std::path::Path;

/// The files of a folder below `data/`.
pub(crate) fn folder_files(folder: &str) -> Result<Vec<SourceFile>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("data")
        .join(folder);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        if entry.path().is_file() {
            files.push(SourceFile {
                name: entry.file_name().to_string_lossy().into_owned(),
                bytes: std::fs::read(entry.path())?,
            });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// The folder of the Americas with a shards.csv of so many rows: its own over and over, each with one user.
pub(crate) fn million(rows: usize) -> Result<Vec<SourceFile>> {
    let mut files = folder_files("americas-2012")?;
    // They name shards that are no longer there.
    files.retain(|file| !["replicas.csv", "onboarding.csv"].contains(&file.name.as_str()));
    let shards = files.iter_mut().find(|file| file.name == "shards.csv");
    let shards = shards.ok_or("shards.csv is not there")?;
    let text = String::from_utf8(std::mem::take(&mut shards.bytes))?;
    let mut lines = text.lines();
    let header = lines.next().ok_or("shards.csv has no header")?;
    let texts: Vec<&str> = lines.collect();
    let mut text = format!("{header}\n");
    for (row, line) in texts.iter().cycle().take(rows).enumerate() {
        let cells: Vec<&str> = line.splitn(4, ',').collect();
        let [_, tenant, _, rest] = cells.as_slice() else {
            return Err("a row of shards.csv has too few cells".into());
        };
        let _ = writeln!(text, "shard-{row},{tenant},1,{rest}");
    }
    shards.bytes = text.into_bytes();
    Ok(files)
}
