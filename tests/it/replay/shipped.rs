//! Shipped incidents: their folders, read, planned and played, beside the tables of their pages.

use super::replayed::Replayed;
use crate::folders::folder;
use crate::levels::{planned, read_back};
use plimsoll::engine::replay;
use plimsoll::inventory::{self, SourceFile};
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::replay::{Conduct, Run};
use plimsoll::plan_files::WrittenPlan;
use plimsoll::scenario::{self, ScenarioText};
use plimsoll::solve::Stop;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Public figures come out within this share.
const NEAR: f64 = 0.1;

/// Half the step changes user minutes by less than this share.
const OF_HALF_THE_STEP: f64 = 0.01;

/// A folder of `data/incidents`, and what its page has to say.
pub(super) struct Incident {
    folder: PathBuf,
    files: Vec<SourceFile>,
    conduct: Conduct,
    page: String,
    /// User minutes down as it happened.
    happened: f64,
    played: BTreeSet<String>,
    missing: Vec<String>,
}

impl Incident {
    /// An incident with its own inventory; as it happened, somebody followed a plan or nobody did anything.
    pub(super) fn of(name: &str, conduct: Conduct) -> Self {
        Self::at(name, &format!("incidents/{name}"), conduct)
    }

    /// An incident in an inventory below `data`.
    pub(super) fn at(name: &str, inventory: &str, conduct: Conduct) -> Self {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
        let path = data.join("incidents").join(name);
        let page = std::fs::read_to_string(path.join("README.md")).expect("it has a page");
        Self {
            folder: path,
            files: folder(&data.join(inventory)),
            conduct,
            page,
            happened: 0.0,
            played: BTreeSet::new(),
            missing: Vec::new(),
        }
    }

    /// Plays `as-it-happened.toml`.
    pub(super) fn as_it_happened(&mut self) -> Replayed {
        let replayed = self.another("as-it-happened.toml", self.conduct);
        self.happened = replayed.run.totals.down_minutes();
        replayed
    }

    /// Plays a scenario that is no remedy.
    pub(super) fn another(&mut self, file: &str, conduct: Conduct) -> Replayed {
        let replayed = self.played(file, conduct);
        self.downtime(file, &replayed.run, "");
        replayed
    }

    /// Plays another scenario, with which users are down for less time.
    pub(super) fn with(&mut self, file: &str, conduct: Conduct) -> Replayed {
        let replayed = self.played(file, conduct);
        let less = 1.0 - replayed.run.totals.down_minutes() / self.happened;
        assert!(less > 0.0, "{file}: users are down for no less time");
        self.downtime(file, &replayed.run, &percent(less));
        replayed
    }

    /// What nobody doing anything comes to where a scenario says something else.
    pub(super) fn changed(&self, file: &str, from: &str, to: &str) -> Run {
        let text = self.text(file);
        assert!(text.contains(from), "{file} does not say `{from}`");
        let (inventory, scenario) = self.read(file, text.replace(from, to));
        run(&inventory, &scenario, None)
    }

    /// Changes a file of the inventory.
    pub(super) fn inventory_says(&mut self, file: &str, from: &str, to: &str) {
        let source_file = self
            .files
            .iter_mut()
            .find(|source_file| source_file.name == file);
        let source_file = source_file.expect("a file");
        let text = String::from_utf8(source_file.bytes.clone()).expect("text");
        assert!(text.contains(from), "{file} does not say `{from}`");
        source_file.bytes = text.replace(from, to).into_bytes();
    }

    /// The page has a row of a public figure, in minutes, and the replay comes near it.
    pub(super) fn figure(&mut self, what: &str, public: f64, replayed: f64) {
        let minutes = |value: f64| format!("{value:.0} min");
        self.near(what, (public, replayed), minutes);
    }

    /// The same of a number of things.
    pub(super) fn count(&mut self, what: &str, public: f64, replayed: f64) {
        self.near(what, (public, replayed), grouped);
    }

    fn near(&mut self, what: &str, (public, replayed): (f64, f64), words: impl Fn(f64) -> String) {
        let off = replayed / public - 1.0;
        assert!(
            off.abs() < NEAR,
            "{what}: {public} is public, and {replayed} comes out"
        );
        let off = format!("{:.1} %", 100.0 * off.abs());
        self.says(&format!(
            "| {what} | {} | {} | {off} |",
            words(public),
            words(replayed)
        ));
    }

    fn downtime(&mut self, file: &str, run: &Run, less: &str) {
        self.played.insert(file.to_owned());
        let millions = run.totals.down_minutes() / 1e6;
        let share = 100.0 * run.totals.down_seconds / run.totals.user_seconds;
        let row = format!("| [{file}]({file}) | {millions:.1} million | {share:.1} % |");
        self.says(&if less.is_empty() {
            format!("{row} |")
        } else {
            format!("{row} {less} |")
        });
    }

    /// The page has these words.
    pub(super) fn says(&mut self, words: &str) {
        if !self.page.contains(words) {
            self.missing.push(words.to_owned());
        }
    }

    /// The page says everything that was asked for, and every scenario of the folder was played.
    pub(super) fn holds(self) {
        let names = folder(&self.folder)
            .into_iter()
            .map(|source_file| source_file.name);
        let is_scenario = |text: &String| Path::new(text).extension() == Some("toml".as_ref());
        let shipped: BTreeSet<String> = names.filter(is_scenario).collect();
        assert_eq!(self.played, shipped);
        let page = self.folder.join("README.md");
        let missing = self.missing.join("\n");
        assert!(
            missing.is_empty(),
            "{} does not say:\n{missing}",
            page.display()
        );
    }

    fn text(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.join(file)).expect("it is shipped")
    }

    fn read(&self, file: &str, text: String) -> (Inventory, Scenario) {
        let reading = inventory::read(&self.files);
        assert!(reading.findings.is_empty(), "{:?}", reading.findings);
        let inventory = reading.inventory.expect("what is shipped is sound");
        let name = file.to_owned();
        let reading = scenario::read(&[ScenarioText { name, text }], &inventory);
        assert!(reading.findings.is_empty(), "{:?}", reading.findings);
        let scenario = reading.scenario.expect("what is shipped is sound");
        (inventory, scenario)
    }

    /// Plays a scenario: twice, which gives the same, and in half the steps, which gives nearly the same.
    fn played(&self, file: &str, conduct: Conduct) -> Replayed {
        let (inventory, scenario) = self.read(file, self.text(file));
        let written = match conduct {
            Conduct::Plan => Some(read_back(
                &inventory,
                &scenario,
                &planned(&inventory, &scenario),
            )),
            Conduct::Nothing => None,
        };
        let one_run = run(&inventory, &scenario, written.as_ref());
        assert!(
            one_run == run(&inventory, &scenario, written.as_ref()),
            "{file}: not the same twice"
        );
        let mut halved = scenario.clone();
        halved.replay.step_seconds /= 2.0;
        let fine = run(&inventory, &halved, written.as_ref());
        let [coarse, fine] = [&one_run, &fine].map(|run| run.totals.down_minutes());
        assert!(
            (coarse - fine).abs() <= OF_HALF_THE_STEP * fine,
            "{file}: {coarse} user minutes, and {fine} in half the step"
        );
        Replayed {
            inventory,
            run: one_run,
        }
    }
}

/// What happens with a plan, or with nobody doing anything.
fn run(inventory: &Inventory, scenario: &Scenario, written: Option<&WrittenPlan>) -> Run {
    let replay = replay(
        inventory,
        scenario,
        written,
        written.is_none(),
        &Stop::default(),
    )
    .expect("a plan of its own")
    .expect("a replay");
    replay.runs.into_iter().next().expect("one run")
}

/// A whole number in groups of three digits.
pub(super) fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut all = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            all.push(',');
        }
        all.push(digit);
    }
    all
}

/// A share in per cent, to as many digits as tell it from all.
fn percent(share: f64) -> String {
    let digits = if share < 0.99 { 1 } else { 2 };
    format!("{:.digits$} %", 100.0 * share)
}
