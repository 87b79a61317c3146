//! `plimsoll check`: is my input sound?

use crate::cli::options::{CheckOptions, Format};
use crate::cli::progress::Progress;
use crate::cli::render::{self, Sources};
use crate::cli::run::written;
use crate::cli::terminal::Terminal;
use crate::cli::{exit, files};
use crate::error::Result;
use crate::inventory::{self, Reading};

/// Reads the input and writes what is wrong with it.
pub(crate) fn run(options: &CheckOptions, terminal: &mut Terminal) -> Result<u8> {
    let progress = Progress::start("reading the inventory");
    let folder = files::inventory(&options.inventory)?;
    let reading = inventory::read(&folder);
    drop(progress);
    if !options.scenarios.is_empty() {
        let _ = terminal
            .err
            .write_all(b"warning: scenario files are not checked yet\n");
    }

    let sources = Sources::of(&folder);
    let shown_folder = options.inventory.display().to_string();
    let text = match options.format {
        Format::Json => render::json(&reading, &shown_folder),
        Format::Quiet => String::new(),
        Format::Text => {
            let mut text = String::new();
            for finding in &reading.findings {
                text.push_str(&render::finding(finding, &sources, terminal.style));
                text.push('\n');
            }
            text.push_str(&verdict(&reading, &shown_folder));
            text
        }
    };
    written(terminal.out.write_all(text.as_bytes()))?;
    Ok(if reading.errors > 0 {
        exit::BAD_INPUT
    } else {
        exit::SOUND
    })
}

/// The last line: how much is wrong, or what the folder holds.
fn verdict(reading: &Reading, folder: &str) -> String {
    let folder = render::escaped(folder);
    let warnings = render::counted(reading.warnings, "warning");
    let Some(inventory) = &reading.inventory else {
        let errors = render::counted(reading.errors, "error");
        return format!(
            "`{folder}`: {errors}, {warnings}; nothing can be planned until the errors are mended\n"
        );
    };
    let users: u64 = inventory.shards.iter().map(|shard| shard.users).sum();
    format!(
        "`{folder}`: no errors, {warnings}; {}, {}, {}, {}, {}, {}, {}\n",
        render::counted(inventory.sites.len(), "site"),
        render::counted(inventory.access_points.len(), "access point"),
        render::counted(inventory.elements.len(), "element"),
        render::counted(inventory.links.len(), "link"),
        render::counted(inventory.client_regions.len(), "client region"),
        render::counted(inventory.shards.len(), "shard"),
        render::counted(usize::try_from(users).unwrap_or(usize::MAX), "user"),
    )
}
