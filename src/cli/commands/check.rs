//! `plimsoll check`: is my input sound?

use crate::cli::args::CheckArgs;
use crate::cli::clock::run_on;
use crate::cli::input::CheckedInput;
use crate::cli::load_summary::LoadSummaries;
use crate::cli::progress::Progress;
use crate::cli::render::{self, Sources};
use crate::cli::terminal::Terminal;
use crate::cli::{exit, files, input};
use crate::error::Result;
use crate::report::grammar::count;
use crate::report::span::span;
use crate::report::table::wrapped;
use crate::scenario::periods;

/// Reads the input and writes what is wrong with it.
pub(crate) fn run(args: &CheckArgs, terminal: &mut Terminal) -> Result<u8> {
    run_on(None)?;
    let progress = Progress::start("reading the input");
    let folder = files::inventory(&args.inventory)?;
    let texts = input::scenario_files(&args.scenarios)?;
    let mut checked = CheckedInput::of(&folder, &texts);
    checked.add_missed(&input::file_names(&texts))?;
    let read = checked.inventory.inventory.as_ref();
    let until = args.until.map(|until| until.at);
    let summary = match read.filter(|_| args.summary) {
        Some(inventory) => Some(LoadSummaries::of(inventory, until)?),
        None => None,
    };
    drop(progress);

    let shown_folder = args.inventory.display().to_string();
    let text = if args.json {
        let summary = summary.as_ref().map(LoadSummaries::json);
        render::json::json(&checked, &shown_folder, &texts, summary)
    } else {
        let sources = Sources::of(folder.iter().chain(&texts));
        let mut text = render::findings(checked.findings(), &sources, terminal);
        let verdicts = [
            inventory_verdict(&checked, &shown_folder),
            scenario_verdict(&checked, &input::file_names(&texts)),
        ];
        for verdict in verdicts.iter().flat_map(|verdict| verdict.lines()) {
            text.push_str(&wrapped(verdict, terminal.width));
        }
        if let Some(summary) = &summary {
            text += &summary.text(terminal.width);
        }
        text
    };
    terminal.print(&text)?;
    let [errors, _] = checked.counts();
    Ok(if errors > 0 {
        exit::BAD_INPUT
    } else {
        exit::SOUND
    })
}

/// How much is wrong with the inventory, or what it holds.
fn inventory_verdict(checked: &CheckedInput, folder: &str) -> String {
    let reading = &checked.inventory;
    let Some(inventory) = &reading.inventory else {
        return render::refusal(folder, reading.errors, reading.warnings);
    };
    format!(
        "`{}`: no errors, {}; {}\n",
        render::escaped(folder),
        count(reading.warnings, "warning"),
        render::contents(inventory),
    )
}

/// How much is wrong with the scenario, or what it tells; nothing if none was given.
fn scenario_verdict(checked: &CheckedInput, names: &str) -> String {
    let Some(reading) = &checked.scenario else {
        if names.is_empty() {
            return String::new();
        }
        let names = render::escaped(names);
        return format!(
            "`{names}`: not checked; a scenario is read only after an inventory without errors\n"
        );
    };
    let [errors, warnings] = checked.of_scenario();
    match (&reading.scenario, &checked.inventory.inventory) {
        (Some(scenario), Some(inventory)) => format!(
            "`{}`: no errors, {}; `{}`, {}: {}, {}\n",
            render::escaped(names),
            count(warnings, "warning"),
            render::escaped(&scenario.name),
            span(scenario, scenario.start, scenario.end),
            count(scenario.events.len(), "event"),
            count(periods(inventory, scenario).len(), "period"),
        ),
        _ => render::refusal(names, errors, warnings),
    }
}
