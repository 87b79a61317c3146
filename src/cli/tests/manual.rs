//! docs/commands.md has every command and option that the program has.

use crate::cli::args::Cli;
use clap::builder::StyledStr;
use clap::{Arg, ArgAction, Command, CommandFactory};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Below this line of the page everything is made from the options.
const MADE_BELOW: &str = "<!-- From here on made from the options: \
     after a change there run the tests with PLIMSOLL_BLESS=1. -->\n";

/// A text of clap as one line of a page.
fn line(text: Option<&StyledStr>) -> String {
    let text = text.map(ToString::to_string).unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}

/// The values that an option takes: the words it knows, or what stands for them.
fn values_of(argument: &Arg) -> String {
    if !argument.get_action().takes_values() {
        return String::new();
    }
    let known: Vec<String> = argument
        .get_possible_values()
        .iter()
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if !known.is_empty() {
        return known.join(", ");
    }
    let names = argument.get_value_names().unwrap_or_default();
    let names: Vec<&str> = names.iter().map(clap::builder::Str::as_str).collect();
    format!("`{}`", names.join(" "))
}

/// What holds where an option is left out.
fn default_of(argument: &Arg) -> String {
    let defaults: Vec<_> = argument
        .get_default_values()
        .iter()
        .map(|value| format!("`{}`", value.to_string_lossy()))
        .collect();
    if argument.get_action().takes_values() && !defaults.is_empty() {
        defaults.join(" ")
    } else if argument.is_required_set() {
        "required".to_owned()
    } else {
        String::new()
    }
}

/// The row of an option or an argument.
fn row(argument: &Arg) -> String {
    let name = match argument.get_long() {
        Some(long) => format!("`--{long}`"),
        None => values_of(argument),
    };
    let values = match argument.get_long() {
        Some(_) => values_of(argument),
        None => String::new(),
    };
    let several = match argument.get_action() {
        ArgAction::Append => " (may be repeated)",
        _ => "",
    };
    let meaning = line(argument.get_help());
    let default = default_of(argument);
    format!("| {name} | {values} | {default} | {meaning}{several} |\n")
}

/// The section of a command.
fn section(command: &mut Command) -> String {
    let mut text = String::new();
    let usage = line(Some(&command.render_usage()));
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage);
    // Writing to a string never fails.
    let _ = write!(
        text,
        "\n## plimsoll {}\n\n{}\n\n```console\n$ {usage}\n```\n\n\
         | option | value | default | meaning |\n|---|---|---|---|\n",
        command.get_name(),
        line(command.get_about()),
    );
    let arguments = command.get_arguments();
    for argument in arguments.filter(|arg| arg.get_id() != "help") {
        text.push_str(&row(argument));
    }
    let after = command.get_after_help().map(ToString::to_string);
    let examples = after.iter().flat_map(|text| text.lines());
    let examples: Vec<&str> = examples
        .map(str::trim)
        .filter(|line| line.starts_with("plimsoll "))
        .collect();
    if !examples.is_empty() {
        let _ = write!(text, "\n```console\n$ {}\n```\n", examples.join("\n$ "));
    }
    text
}

/// Everything below the mark.
fn made() -> String {
    let mut program = Cli::command();
    program.build();
    let commands = program.get_subcommands_mut();
    let sections = commands.filter(|command| command.get_name() != "help");
    sections.map(section).collect()
}

#[test]
fn the_page_of_commands_has_every_option() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/commands.md");
    let page = fs::read_to_string(&path).expect("docs/commands.md is there");
    let (head, _) = page.split_once(MADE_BELOW).expect("the page has the mark");
    let expected = format!("{head}{MADE_BELOW}{}", made());
    if std::env::var_os("PLIMSOLL_BLESS").is_some() {
        fs::write(&path, &expected).expect("the page can be written");
    }
    let committed = fs::read_to_string(&path).expect("docs/commands.md is there");
    assert_eq!(
        committed, expected,
        "run the tests with PLIMSOLL_BLESS=1 and commit docs/commands.md"
    );
}
