//! Real sweeps of shipped inventories.

use super::made::shipped;
use crate::folders::folder;

use plimsoll::engine::{NoWatch, Options, SweepRequest, Sweeper};
use plimsoll::model::FailureSet;
use plimsoll::plan::sweep::{Sweep, SweepTally};
use plimsoll::report::sweep::{Extent, SweepReport};
use plimsoll::scenario::{self, ScenarioText};
use plimsoll::solve::Stop;
use std::path::Path;

/// A sweep and the planner that it was asked of.
pub(super) struct Swept {
    sweeper: Sweeper,
    pub(super) sweep: Sweep,
}

impl Swept {
    /// What the cases of so many failures come to without any others.
    pub(super) fn of_size(&self, size: usize) -> SweepTally {
        let cases = self.sweep.contingencies.of_size(size);
        let stretch = self.sweeper.course().tally(cases, &Stop::default(), &|| ());
        stretch.expect("it is swept").tally
    }

    /// What is told of it, with the state before.
    pub(super) fn reported(&self) -> SweepReport<'_> {
        let planner = self.sweeper.planner();
        SweepReport {
            inventory: planner.inventory(),
            scenario: planner.scenario(),
            sweep: &self.sweep,
            before: Some(planner.before()),
            extent: Extent::whole(&self.sweep),
            because: None,
        }
    }
}

/// Every case of a shipped inventory and scenario.
pub(super) fn swept(data: &str, name: &str, over: FailureSet, failures: usize) -> Swept {
    swept_as(data, name, SweepRequest::new(over, failures))
}

/// The same of what is asked.
pub(super) fn swept_as(data: &str, name: &str, asked: SweepRequest) -> Swept {
    let inventory = shipped(data);
    let files = folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join(data));
    let file = files
        .iter()
        .find(|file| file.name == name)
        .expect("it is shipped");
    let layer = ScenarioText {
        name: file.name.clone(),
        text: String::from_utf8_lossy(&file.bytes).into_owned(),
    };
    let scenario = scenario::read(&[layer], &inventory)
        .scenario
        .expect("a sound scenario");
    let options = Options {
        stop: &Stop::default(),
        watch: &NoWatch,
    };
    let sweeper = Sweeper::new(inventory, scenario, asked, &options).expect("it is loaded");
    let all = sweeper.contingencies().count();
    let stretch = sweeper
        .course()
        .tally(0..all, &Stop::default(), &|| ())
        .expect("it is swept");
    let sweep = sweeper.sweep(stretch.tally, 0..all);
    Swept { sweeper, sweep }
}
