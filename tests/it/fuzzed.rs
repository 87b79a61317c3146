//! Changed bytes: whatever files hold they are read or refused, and what is refused has its place; nothing panics.

use crate::draw::random::Random;
use crate::draw::{Size, draw};
use crate::levels::say;
use crate::levels::{planned, written};
use crate::robust::sound_plan;
use plimsoll::diagnostic::{Finding, has_errors};
use plimsoll::inventory::SourceFile;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::check::check;
use plimsoll::plan_files::PlanFile;
use plimsoll::report::written::WrittenFile;
use plimsoll::scenario::ScenarioText;
use rayon::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How many inputs there are, unless the environment says otherwise.
const INPUTS: u64 = 3_000;

/// The variable that says how many.
const INPUTS_VARIABLE: &str = "PLIMSOLL_INPUTS";

/// Of inputs that are read one in so many is planned and judged.
const PLANNED: usize = 40;

/// Draws whose files are changed.
const DRAWS: u64 = 5_000;

/// Plans whose files are changed.
const PLANS: u64 = 8;

/// What is put in somewhere.
const PIECES: [&[u8]; 36] = [
    b"",
    b"\0",
    b"\"",
    b"\"\"",
    b",",
    b"\n",
    b"\r",
    b"\r\n",
    b"\t",
    b" ",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xc3",
    "\u{202e}".as_bytes(),
    "\u{1f984}".as_bytes(),
    b"nan",
    b"-inf",
    b"-0",
    b"1e308",
    b"1e-308",
    b"1e999",
    b"9223372036854775808",
    b"18446744073709551616",
    b"0x10",
    b"0.1.2",
    b"=1+1",
    b"unlimited",
    b"[[event]]",
    b"{",
    b"]",
    b"'''",
    b"\\u0000",
    b"9999-12-31T23:59:59Z",
    b"-9999-01-01T00:00:00-25:59",
    b"2030-02-30T02:00:00Z",
    &[b'a'; 5_000],
];

/// A stretch of bytes, of any length.
fn stretch(bytes: &[u8], random: &mut Random) -> std::ops::Range<usize> {
    let first = random.whole(0, bytes.len());
    let longest = (bytes.len() - first).min(*random.one_of(&[1, 8, 200, usize::MAX]));
    first..first + random.whole(0, longest)
}

/// The cells of a file, roughly: what stands between commas and ends of lines.
fn cells(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut cells = Vec::new();
    let mut first = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(byte, b',' | b'\n' | b'=') {
            cells.push(first..at);
            first = at + 1;
        }
    }
    cells.push(first..bytes.len());
    cells
}

/// Changes a file somewhere.
fn change(bytes: &mut Vec<u8>, random: &mut Random) {
    let piece = random.one_of(&PIECES).to_vec();
    match random.whole(0, 9) {
        0 if !bytes.is_empty() => {
            let at = random.whole(0, bytes.len() - 1);
            bytes[at] ^= 1 << random.whole(0, 7);
        }
        1 => {
            let at = random.whole(0, bytes.len());
            bytes.splice(at..at, piece);
        }
        2 => {
            let gone = stretch(bytes, random);
            bytes.drain(gone);
        }
        3 => {
            let twice = bytes[stretch(bytes, random)].to_vec();
            let at = random.whole(0, bytes.len());
            bytes.splice(at..at, twice);
        }
        4 => {
            let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
            let [a, b] = [(); 2].map(|()| random.whole(0, lines.len() - 1));
            lines.swap(a, b);
            *bytes = lines.join(&b'\n');
        }
        5 => bytes.truncate(random.whole(0, bytes.len())),
        6 => {
            let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
            *bytes = lines.join(&b"\r\n"[..]);
        }
        7 => {
            let cells = cells(bytes);
            let other = bytes[random.one_of(&cells).clone()].to_vec();
            bytes.splice(random.one_of(&cells).clone(), other);
        }
        _ => {
            let cells = cells(bytes);
            bytes.splice(random.one_of(&cells).clone(), piece);
        }
    }
}

/// What is wrong with what is said of files: a place that is not there, or words that are missing.
fn misplaced(findings: &[Finding], files: &[(&str, &[u8])]) -> Vec<String> {
    let is_there = |finding: &Finding| {
        let Some(line) = finding.place.line else {
            return true;
        };
        let mut files = files.iter();
        let file = files.find(|file| file.0 == finding.place.file);
        file.is_some_and(|(_, bytes)| {
            let ends = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r'));
            line >= 1 && line <= ends.count() as u64 + 1
        })
    };
    let has_words = |finding: &Finding| {
        let words = [
            &finding.place.file,
            &finding.found,
            &finding.expected,
            &finding.hint,
        ];
        words.iter().all(|word| !word.is_empty())
    };
    let wrong = findings.iter();
    let wrong = wrong.filter(|finding| !is_there(finding) || !has_words(finding));
    wrong.map(ToString::to_string).collect()
}

/// What became of an input.
#[derive(Debug, Default)]
struct Outcome {
    is_read: bool,
    is_planned: bool,
    faults: Vec<String>,
}

/// Reads what the files of a draw have become.
fn read_changed(seed: u64) -> Outcome {
    let mut random = Random::new(seed ^ 0x0b1e_55ed);
    let size = *random.one_of(&[Size::SMALL, Size::SMALL, Size::FULL]);
    let drawn = draw(seed % DRAWS, size);
    let mut sources: Vec<SourceFile> = drawn
        .files
        .into_iter()
        .map(|(name, text)| SourceFile {
            name,
            bytes: text.into_bytes(),
        })
        .collect();
    let mut text = drawn.scenario.into_bytes();
    for _ in 0..*random.one_of(&[1, 1, 1, 2, 4]) {
        match random.whole(0, 11) {
            0 => {
                let at = random.whole(0, sources.len() - 1);
                sources.swap_remove(at);
            }
            1 | 2 => change(&mut text, &mut random),
            _ => {
                let at = random.whole(0, sources.len() - 1);
                change(&mut sources[at].bytes, &mut random);
            }
        }
    }
    let mut outcome = Outcome::default();
    let reading = plimsoll::inventory::read(&sources);
    let files: Vec<(&str, &[u8])> = sources
        .iter()
        .map(|source| (source.name.as_str(), source.bytes.as_slice()))
        .collect();
    outcome.faults = misplaced(&reading.findings, &files);
    let Some(inventory) = reading.inventory else {
        if !has_errors(&reading.findings) {
            outcome.faults.push("refused without an error".to_owned());
        }
        return outcome;
    };
    let text = String::from_utf8_lossy(&text).into_owned();
    let layer = ScenarioText {
        name: "scenario.toml".to_owned(),
        text: text.clone(),
    };
    let reading = plimsoll::scenario::read(&[layer], &inventory);
    let files = [("scenario.toml", text.as_bytes())];
    outcome.faults.extend(misplaced(&reading.findings, &files));
    let Some(scenario) = reading.scenario else {
        if !has_errors(&reading.findings) {
            outcome.faults.push("refused without an error".to_owned());
        }
        return outcome;
    };
    outcome.is_read = true;
    outcome.is_planned = random.whole(1, PLANNED) == 1;
    if outcome.is_planned {
        sound_plan(&inventory, &scenario);
    }
    outcome
}

/// A plan with its files.
struct Written {
    inventory: Inventory,
    scenario: Scenario,
    files: Vec<WrittenFile>,
}

/// Reads and judges what the files of a plan have become.
fn judge_changed(seed: u64, plans: &[Written]) -> Outcome {
    let mut random = Random::new(seed ^ 0x0b1e_55ed);
    let one_written = random.one_of(plans);
    let mut files: Vec<(&str, Vec<u8>)> = one_written
        .files
        .iter()
        .map(|file| (file.name.as_str(), file.bytes.clone()))
        .collect();
    for _ in 0..random.whole(1, 3) {
        let at = random.whole(0, files.len() - 1);
        change(&mut files[at].1, &mut random);
    }
    let read: Vec<PlanFile<'_>> = files
        .iter()
        .map(|(name, bytes)| PlanFile { name, bytes })
        .collect();
    let mut outcome = Outcome::default();
    let (written, findings) = plimsoll::plan_files::read(&read);
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|file| (file.0, file.1.as_slice()))
        .collect();
    outcome.faults = misplaced(&findings, &files);
    if let Some(written) = written {
        outcome.is_read = true;
        let verdict = check(&one_written.inventory, &one_written.scenario, written);
        outcome.faults.extend(misplaced(&verdict.broken, &files));
    } else if !has_errors(&findings) {
        outcome.faults.push("refused without an error".to_owned());
    }
    outcome
}

/// So many as `PLIMSOLL_INPUTS` says; `make soak` asks for a million.
#[test]
fn changed_bytes_are_read_or_refused() {
    let inputs = std::env::var(INPUTS_VARIABLE).ok();
    let inputs = inputs.map_or(INPUTS, |text| text.parse().expect("a number of inputs"));
    let plans: Vec<Written> = (0..PLANS)
        .map(|seed| {
            let drawn = draw(seed, Size::SMALL);
            let (inventory, scenario) = crate::read::read(&drawn.files, &drawn.scenario);
            let plan = planned(&inventory, &scenario);
            let files = written(&inventory, &scenario, &plan);
            Written {
                inventory,
                scenario,
                files,
            }
        })
        .collect();
    let of_seed = |seed: u64| {
        let asked = || match seed % 8 {
            7 => judge_changed(seed, &plans),
            _ => read_changed(seed),
        };
        let outcome = catch_unwind(AssertUnwindSafe(asked));
        let outcome = outcome.unwrap_or_else(|_| Outcome {
            faults: vec!["PANIC".to_owned()],
            ..Outcome::default()
        });
        let counts = [outcome.is_read, outcome.is_planned].map(u64::from);
        let faults = outcome.faults.into_iter();
        let faults: Vec<String> = faults
            .map(|fault| format!("seed {seed}: {fault}"))
            .collect();
        (counts, faults)
    };
    let (counts, faults) =
        (0..inputs)
            .into_par_iter()
            .map(of_seed)
            .reduce(Default::default, |mut a, b| {
                a.1.extend(b.1);
                ([a.0[0] + b.0[0], a.0[1] + b.0[1]], a.1)
            });
    let [read, planned] = counts;
    say(&format!(
        "{inputs} inputs: {read} read, {planned} of them planned"
    ));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(inputs < INPUTS || (read > inputs / 10 && read < inputs && planned > 0));
}
