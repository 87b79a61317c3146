//! Sizes: generated inventories, each with four cases.

use super::Result;
use plimsoll::generate::{Generated, Options, generate, scenarios};
use plimsoll::inventory::{self, SourceFile};
use plimsoll::model::Inventory;
use std::fmt::Write as _;

/// What is generated.
pub(crate) struct Size {
    pub(crate) name: &'static str,
    sites: usize,
    access_points: usize,
    client_regions: usize,
    pub(crate) shards: usize,
}

/// From a folder that one knows by heart to the largest.
pub(crate) const SIZES: [Size; 3] = [
    Size {
        name: "2,400 shards",
        sites: 20,
        access_points: 60,
        client_regions: 400,
        shards: 2_400,
    },
    Size {
        name: "100,000 shards",
        sites: 40,
        access_points: 120,
        client_regions: 1_200,
        shards: 100_000,
    },
    Size {
        name: "1,000,000 shards",
        sites: 60,
        access_points: 200,
        client_regions: 1_200,
        shards: 1_000_000,
    },
];

/// The files of the cases, in the order in which they are measured.
pub(crate) const CASES: [&str; 4] = ["base.toml", "mild.toml", "worst.toml", "short.toml"];

impl Size {
    /// The folder as bytes: nothing happens (base), a large site is drained whose neighbours have room (mild), the
    /// site with most users is drained (worst), and two neighbours whose users find no room (short).
    pub(crate) fn files(&self) -> Result<Vec<SourceFile>> {
        let options = Options {
            sites: self.sites,
            access_points: self.access_points,
            client_regions: self.client_regions,
            shards: self.shards,
            ..Options::default()
        };
        let made = generate(&options).map_err(|refusals| {
            let lines = refusals.iter().map(ToString::to_string);
            lines.collect::<Vec<_>>().join("; ")
        })?;
        let mut files: Vec<SourceFile> = inventory::write(&made.inventory)
            .into_iter()
            .map(|file| SourceFile {
                name: file.name,
                bytes: file.bytes,
            })
            .collect();
        for (name, text) in CASES.into_iter().zip(cases(&made)?) {
            files.push(SourceFile {
                name: name.to_owned(),
                bytes: text.into_bytes(),
            });
        }
        Ok(files)
    }
}

/// The four scenarios.
fn cases(made: &Generated) -> Result<[String; 4]> {
    let written = scenarios(&made.events);
    let of_file = |name: &str| {
        let found = written.iter().find(|(text, _)| *text == name);
        found
            .map(|(_, text)| text.clone())
            .ok_or_else(|| format!("no {name} was generated"))
    };
    let mild = of_file("drain.toml")?;
    let (base, _) = mild
        .split_once("[[event]]")
        .ok_or("drain.toml has no event")?;
    let mut worst = base.to_owned();
    let _ = writeln!(
        worst,
        "[[event]]\nkind = \"maintenance\"\ncomponent = \"{}\"",
        largest_site(&made.inventory)
    );
    Ok([base.to_owned(), mild, worst, of_file("shortage.toml")?])
}

/// The site with most users.
fn largest_site(inventory: &Inventory) -> &str {
    let mut users = vec![0; inventory.sites.len()];
    for shard in &*inventory.shards {
        if let Some(site) = shard.site {
            users[site.index()] += shard.users;
        }
    }
    let largest = (0..users.len()).max_by_key(|&site| users[site]);
    largest.map_or("", |site| inventory.sites[site].id.as_str())
}
