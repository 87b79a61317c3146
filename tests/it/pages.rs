//! Pages say what really happens: their commands are run as written, and what they show is what these print.
//!
//! Blocks of `sh` are typed in a folder that has nothing but `data`, one after the other.
//! A block of `text` is what the block of `sh` before it prints, where `…` stands for what is left out.
//! Blocks in other languages, such as `console` for what a test cannot type, are only read.

mod ci;

use crate::command_line::{place, root};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Stands for lines that a page leaves out.
const LEFT_OUT: &str = "…";

/// The tests of pages of one folder, a function for each, and the list of these pages.
macro_rules! pages {
    ($($name:ident: $page:literal,)*) => {
        const PAGES: &[&str] = &[$($page),*];

        $(#[test]
        fn $name() {
            assert_holds($page);
        })*
    };
}

pages! {
    the_first_page: "README.md",
    the_tutorial: "docs/tutorial.md",
    a_maintenance_weekend: "docs/how-to/maintenance-weekend.md",
    a_site_that_is_down: "docs/how-to/site-down.md",
    a_lying_load_balancer: "docs/how-to/lying-load-balancer.md",
    n_1_safety: "docs/how-to/n-1-safe.md",
    running_out: "docs/how-to/run-out.md",
    a_runbook_carried_out: "docs/how-to/carry-out-a-runbook.md",
    a_plan_made_by_hand: "docs/how-to/plan-by-hand.md",
    a_service_of_ones_own: "docs/how-to/model-my-service.md",
    an_import: "docs/how-to/import.md",
    a_job_of_ci: "docs/how-to/ci.md",
}

/// The fenced blocks of a page in their order: language and text.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let mut parts = page.split("\n```");
    let mut blocks = Vec::new();
    parts.next();
    while let Some((language, text)) = parts.next().and_then(|part| part.split_once('\n')) {
        blocks.push((language, text));
        parts.next();
    }
    blocks
}

/// An empty folder with the product's `data`, and `plimsoll` beside it for whoever types its name.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: place() };
        for folder in ["desk", "bin"] {
            fs::create_dir(desk.path(folder)).expect("a folder can be made");
        }
        let program = assert_cmd::cargo::cargo_bin!("plimsoll");
        for (original, link) in [
            (root("data"), "desk/data"),
            (program.to_owned(), "bin/plimsoll"),
        ] {
            let linked = Command::new("ln")
                .arg("-s")
                .arg(original)
                .arg(desk.path(link))
                .status();
            assert!(linked.is_ok_and(|status| status.success()), "{link}");
        }
        desk
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// A shell that runs commands in the folder.
    fn command(&self, commands: &str) -> Command {
        let found = std::env::var_os("PATH").unwrap_or_default();
        let mut all = vec![self.path("bin")];
        all.extend(std::env::split_paths(&found));
        let mut command = Command::new("sh");
        command
            .args(["-c", commands])
            .current_dir(self.path("desk"))
            .env("PATH", std::env::join_paths(all).expect("paths"));
        command
    }

    /// What a block of commands prints, and what it says of mistakes.
    #[track_caller]
    fn printed(&self, commands: &str) -> (String, String) {
        let output = self.command(commands).output().expect("there is a shell");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        // 1 is an answer of Plimsoll.
        let is_answer = matches!(output.status.code(), Some(0 | 1));
        assert!(
            is_answer,
            "{commands}\nends with {}:\n{said}",
            output.status
        );
        let text = String::from_utf8(output.stdout).expect("text is UTF-8");
        (text, said)
    }
}

/// Fails where a stretch between two marks of omission is not printed as shown, in that order.
#[track_caller]
fn assert_shown(page: &str, shown: &str, (printed, said): &(String, String)) {
    let mut rest = printed.as_str();
    for stretch in shown
        .split(LEFT_OUT)
        .map(str::trim)
        .filter(|stretch| !stretch.is_empty())
    {
        let Some(at) = rest.find(stretch) else {
            panic!("{page} shows\n\n{stretch}\n\nwhile this is printed:\n\n{printed}\n{said}");
        };
        rest = &rest[at + stretch.len()..];
    }
}

/// Fails where a page shows something else than its commands print.
#[track_caller]
fn assert_holds(page: &str) {
    let text = fs::read_to_string(root(page)).expect("the page is there");
    let desk = Desk::new();
    let mut last = None;
    let mut shown = 0;
    for (language, block) in blocks(&text) {
        match language {
            "sh" => last = Some(desk.printed(block)),
            "text" => {
                let printed = last
                    .as_ref()
                    .expect("commands stand before what they print");
                assert_shown(page, block, printed);
                shown += 1;
            }
            _ => {}
        }
    }
    assert!(shown > 0, "{page} shows nothing that is printed");
}

#[test]
fn every_how_to_is_run() {
    let folder = fs::read_dir(root("docs/how-to")).expect("there are how-tos");
    for entry in folder {
        let name = entry.expect("a folder can be listed").file_name();
        let page = format!("docs/how-to/{}", name.to_string_lossy());
        assert!(PAGES.contains(&page.as_str()), "no test runs {page}");
    }
}

#[test]
fn the_first_page_is_short() {
    let text = fs::read_to_string(root("README.md")).expect("the page is there");
    let lines = text.lines().count();
    assert!(lines <= 150, "{lines} lines");
}

#[test]
fn every_file_of_a_plan_is_listed() {
    let page = fs::read_to_string(root("docs/output.md")).expect("the page is there");
    let desk = Desk::new();
    let scenario = "data/tiny/drain-chicago.toml";
    desk.printed(&format!(
        "plimsoll plan data/tiny --scenario {scenario} --out plan --quiet"
    ));
    let written = fs::read_dir(desk.path("desk/plan")).expect("there is a plan");
    for entry in written {
        let name = entry.expect("a folder can be listed").file_name();
        let name = name.to_string_lossy();
        let is_listed = [format!("| `{name}` |"), format!("| `{name}/")];
        assert!(
            is_listed.iter().any(|row| page.contains(row)),
            "docs/output.md does not list {name}"
        );
    }
}

#[test]
fn every_picture_that_a_page_shows_is_there_and_every_picture_is_listed() {
    for (page, base) in [("README.md", ""), ("docs/charts.md", "docs")] {
        let text = fs::read_to_string(root(page)).expect("the page is there");
        let pictures = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        for picture in pictures.filter(|link| link.contains("plots/")) {
            let picture = root(base).join(picture);
            assert!(picture.exists(), "{page} shows {}", picture.display());
        }
    }
    let list = fs::read_to_string(root("plots/README.md")).expect("the list is there");
    for entry in fs::read_dir(root("plots")).expect("there are plots") {
        let path = entry.expect("a folder can be listed").path();
        if path.extension().is_some_and(|ending| ending == "png") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            assert!(
                list.contains(&format!("| `{name}` |")),
                "plots/README.md lists {name}"
            );
        }
    }
}

/// Headings of a page as the addresses that links use: the second of a name ends with `-1`.
fn anchors(page: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let headings = page
        .split("\n```")
        .step_by(2)
        .flat_map(str::lines)
        .filter(|line| line.starts_with('#'));
    for heading in headings {
        let text = heading.trim_start_matches('#').trim().to_lowercase();
        let anchor: String = text
            .chars()
            .filter(|char| char.is_alphanumeric() || " -_".contains(*char))
            .map(|letter| if letter == ' ' { '-' } else { letter })
            .collect();
        let count = counts.entry(anchor.clone()).or_default();
        all.push(match *count {
            0 => anchor,
            more => format!("{anchor}-{more}"),
        });
        *count += 1;
    }
    all
}

/// All pages below a folder, without what is built or made.
fn pages_below(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let is_left_out = ["target", ".git", "demo"].iter().any(|out| name == *out);
        if path.is_dir() && !is_left_out {
            all.extend(pages_below(&path));
        } else if path.extension() == Some("md".as_ref()) {
            all.push(path);
        }
    }
    all
}

#[test]
fn every_link_leads_to_a_file_and_to_a_heading() {
    let mut broken = Vec::new();
    for page in pages_below(&root("")) {
        let text = fs::read_to_string(&page).expect("the page is there");
        let here = page.parent().expect("a folder");
        let outside_of_code = text.split("\n```").step_by(2);
        for link in outside_of_code.flat_map(|part| part.split("](").skip(1)) {
            let link = link.split(')').next().unwrap_or_default();
            if link.contains("://") || link.contains(char::is_whitespace) {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() {
                page.clone()
            } else {
                here.join(file)
            };
            let has_anchor = || {
                let page = fs::read_to_string(&target).unwrap_or_default();
                anchors(&page).iter().any(|text| text == anchor)
            };
            if !target.exists() || !(anchor.is_empty() || has_anchor()) {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
