//! The README says what really happens: its commands are run as written, and what it shows is what they print.

use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// How the README starts Plimsoll.
const RUN: &str = "cargo run --quiet --";

/// Stands for lines that the README leaves out.
const LEFT_OUT: &str = "…";

fn readme() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    fs::read_to_string(path).expect("there is a README")
}

/// The section under a heading, up to the next of the same depth.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let start = text.find(heading).expect("the README has that heading");
    let rest = &text[start + heading.len()..];
    &rest[..rest.find("\n## ").unwrap_or(rest.len())]
}

/// The fenced blocks of a section in their order: language and text.
fn blocks(section: &str) -> Vec<(&str, &str)> {
    let mut parts = section.split("\n```");
    let mut blocks = Vec::new();
    parts.next();
    while let Some((language, text)) = parts.next().and_then(|part| part.split_once('\n')) {
        blocks.push((language, text));
        parts.next();
    }
    blocks
}

/// What a block of commands prints in that folder.
fn printed(folder: &Path, commands: &str) -> String {
    let program = assert_cmd::cargo::cargo_bin!("plimsoll");
    let commands = commands.replace(RUN, &format!("'{}'", program.display()));
    let output = Command::new("sh")
        .args(["-c", &commands])
        .current_dir(folder)
        .output()
        .expect("there is a shell");
    String::from_utf8(output.stdout).expect("text is UTF-8")
}

/// Fails where a stretch between two marks of omission is not printed as shown, in that order.
#[track_caller]
fn assert_shown(shown: &str, printed: &str) {
    let mut rest = printed;
    for stretch in shown
        .split(LEFT_OUT)
        .map(str::trim)
        .filter(|stretch| !stretch.is_empty())
    {
        let Some(at) = rest.find(stretch) else {
            panic!("the README shows\n\n{stretch}\n\nwhile this is printed:\n\n{printed}");
        };
        rest = &rest[at + stretch.len()..];
    }
}

#[test]
fn the_commands_of_the_first_five_minutes_print_what_is_shown_below_them() {
    let text = readme();
    let folder = TempDir::new().expect("there is room for a folder");
    let mut last = String::new();
    let mut shown = 0;
    for (language, block) in blocks(section(&text, "## Your own CSV in five minutes")) {
        if language == "sh" {
            last = printed(folder.path(), block);
        } else {
            assert_shown(block, &last);
            shown += 1;
        }
    }
    assert!(
        shown >= 5,
        "every command has its example, not only {shown}"
    );
    assert!(folder.path().join("demo/my-plan/report.html").exists());
}

#[test]
fn the_demo_prints_what_is_shown() {
    let text = readme();
    let shown = blocks(section(&text, "## Two commands"));
    let (_, briefing) = shown
        .iter()
        .find(|(language, _)| *language == "text")
        .expect("an excerpt");
    let folder = TempDir::new().expect("there is room for a folder");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/americas-2012");
    let data = data.display();
    let plan = format!(
        "{RUN} plan '{data}' --scenario '{data}/13-november-2012.toml' --out plan --no-charts"
    );
    assert_shown(briefing, &printed(folder.path(), &plan));
}

#[test]
fn every_file_of_a_plan_stands_in_the_table_of_files() {
    let text = readme();
    let table = section(&text, "## What a plan's folder holds");
    let folder = TempDir::new().expect("there is room for a folder");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/tiny");
    let data = data.display();
    let plan =
        format!("{RUN} plan '{data}' --scenario '{data}/drain-chicago.toml' --out plan --quiet");
    printed(folder.path(), &plan);
    let written = fs::read_dir(folder.path().join("plan")).expect("there is a plan");
    let missing: Vec<String> = written
        .map(|entry| {
            entry
                .expect("a folder can be listed")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| {
            !table.contains(&format!("| `{name}` |")) && !table.contains(&format!("| `{name}/` |"))
        })
        .collect();
    assert!(
        missing.is_empty(),
        "the README does not say what these are: {missing:?}"
    );
}

#[test]
fn every_picture_that_a_page_shows_is_there_and_every_picture_is_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (page, base) in [("README.md", ""), ("docs/charts.md", "docs")] {
        let text = fs::read_to_string(root.join(page)).expect("the page is there");
        let pictures = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        for picture in pictures.filter(|link| link.contains("plots/")) {
            assert!(
                root.join(base).join(picture).exists(),
                "{page} shows {picture}"
            );
        }
    }
    let list = fs::read_to_string(root.join("plots/README.md")).expect("the list is there");
    for entry in fs::read_dir(root.join("plots")).expect("there are plots") {
        let path = entry.expect("a folder can be listed").path();
        if path.extension().is_some_and(|ending| ending == "png") {
            let name = path
                .file_stem()
                .expect("a file has a name")
                .to_string_lossy()
                .into_owned();
            assert!(
                list.contains(&format!("| `{name}` |")),
                "plots/README.md lists {name}"
            );
        }
    }
}
