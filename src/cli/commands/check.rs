//! `plimsoll check`: is my input sound?

use crate::cli::clock::run_on;
use crate::cli::input::{Checked, ScenarioCheck};
use crate::cli::options::{CheckOptions, Format};
use crate::cli::progress::Progress;
use crate::cli::render::{self, Sources};
use crate::cli::run::written;
use crate::cli::terminal::Terminal;
use crate::cli::{exit, files, input};
use crate::error::Result;
use crate::report::span::span;
use crate::report::table::wrapped;
use crate::scenario::periods;

/// Reads the input and writes what is wrong with it.
pub(crate) fn run(options: &CheckOptions, terminal: &mut Terminal) -> Result<u8> {
    run_on(None)?;
    let progress = Progress::start("reading the input");
    let folder = files::inventory(&options.inventory)?;
    let texts = input::scenario_files(&options.scenarios)?;
    let mut checked = Checked::of(&folder, &texts);
    checked.add_missed(&input::file_names(&texts))?;
    drop(progress);

    let shown_folder = options.inventory.display().to_string();
    let text = match options.format {
        Format::Json => render::json::json(&checked, &shown_folder, &texts),
        Format::Quiet => String::new(),
        Format::Text => {
            let sources = Sources::of(folder.iter().chain(&texts));
            let mut text = render::findings(checked.findings(), &sources, terminal);
            let verdicts = [
                inventory_verdict(&checked, &shown_folder),
                scenario_verdict(&checked, &input::file_names(&texts)),
            ];
            for verdict in verdicts.iter().flat_map(|own| own.lines()) {
                text.push_str(&wrapped(verdict, terminal.width));
            }
            text
        }
    };
    written(terminal.out.write_all(text.as_bytes()))?;
    Ok(if checked.errors() > 0 {
        exit::BAD_INPUT
    } else {
        exit::SOUND
    })
}

/// How much is wrong with the inventory, or what it holds.
fn inventory_verdict(checked: &Checked, folder: &str) -> String {
    let reading = &checked.inventory;
    let Some(inventory) = &reading.inventory else {
        return render::refusal(folder, reading.errors, reading.warnings);
    };
    let users: u64 = inventory.shards.iter().map(|shard| shard.users).sum();
    format!(
        "`{}`: no errors, {}; {}, {}, {}, {}, {}, {}, {}\n",
        render::escaped(folder),
        render::counted(reading.warnings, "warning"),
        render::counted(inventory.sites.len(), "site"),
        render::counted(inventory.access_points.len(), "access point"),
        render::counted(inventory.elements.len(), "element"),
        render::counted(inventory.links.len(), "link"),
        render::counted(inventory.client_regions.len(), "client region"),
        render::counted(inventory.shards.len(), "shard"),
        render::counted(usize::try_from(users).unwrap_or(usize::MAX), "user"),
    )
}

/// How much is wrong with the scenario, or what it tells; nothing if none was given.
fn scenario_verdict(checked: &Checked, names: &str) -> String {
    let reading = match &checked.scenario {
        ScenarioCheck::NotGiven => return String::new(),
        ScenarioCheck::NotRead => {
            let names = render::escaped(names);
            return format!(
                "`{names}`: not checked; a scenario is read once its inventory has no errors\n"
            );
        }
        ScenarioCheck::Read(reading) => reading,
    };
    let (errors, warnings) = (checked.scenario.errors(), checked.scenario.warnings());
    match (&reading.scenario, &checked.inventory.inventory) {
        (Some(scenario), Some(inventory)) => format!(
            "`{}`: no errors, {}; `{}`, {}: {}, {}\n",
            render::escaped(names),
            render::counted(warnings, "warning"),
            render::escaped(&scenario.name),
            span(scenario, scenario.start, scenario.end),
            render::counted(scenario.events.len(), "event"),
            render::counted(periods(inventory, scenario).len(), "period"),
        ),
        _ => render::refusal(names, errors, warnings),
    }
}
