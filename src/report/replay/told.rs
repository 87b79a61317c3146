//! What is told of a replay, and what it was made from.

use super::run::RunFacts;
use super::shortage::Measure;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{Inventory, Scenario};
use crate::plan::replay::{Conduct, Passage, Replay, Short};
use crate::plan_files::Inputs;
use crate::report::span::Clock;

/// The plan that is carried out in a replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// It was made for the replay; else it was there.
    pub is_made_here: bool,
    /// How many rules of the referee it breaks.
    pub broken: usize,
    /// Why it is refused; `None` if it is not.
    pub refused: Option<String>,
}

/// What is told of a replay.
pub struct Told<'a> {
    /// Names come from here.
    pub inventory: &'a Inventory,
    /// What was played.
    pub scenario: &'a Scenario,
    /// What came of it.
    pub replay: &'a Replay,
    /// Digests of inventory and scenario.
    pub inputs: Inputs,
    /// The plan that was carried out, if one was.
    pub carried: Option<Carried>,
    runs: Vec<RunFacts<'a>>,
}

impl<'a> Told<'a> {
    /// Looks through a replay for what is worth telling.
    pub fn new(
        inventory: &'a Inventory,
        scenario: &'a Scenario,
        replay: &'a Replay,
        inputs: Inputs,
        carried: Option<Carried>,
    ) -> Self {
        let measure = Measure::new(inventory, scenario);
        let runs = replay.runs.iter();
        let runs = runs.map(|own| RunFacts::new(inventory, &measure, own));
        Self {
            inventory,
            scenario,
            replay,
            inputs,
            carried,
            runs: runs.collect(),
        }
    }

    /// The runs, the one that was asked for first.
    pub(in crate::report) fn runs(&self) -> &[RunFacts<'a>] {
        &self.runs
    }

    /// The run that was asked for: the plan's, or that in which nobody does anything.
    pub(in crate::report) fn asked(&self) -> Option<&RunFacts<'a>> {
        self.runs.first()
    }

    /// The run of a conduct, if it was played.
    pub(in crate::report) fn of(&self, conduct: Conduct) -> Option<&RunFacts<'a>> {
        self.runs.iter().find(|own| own.run.conduct == conduct)
    }

    /// `true` if users are down with what was asked for, beyond a millionth of all their minutes.
    pub fn is_anybody_down(&self) -> bool {
        self.asked().is_some_and(RunFacts::is_anybody_down)
    }

    /// The share of users' downtime that the plan spares; below 0 it costs more. `None` without both runs, or where
    /// there is none to spare.
    pub fn spared(&self) -> Option<f64> {
        let plan = self.of(Conduct::Plan)?.down_minutes();
        let nothing = self
            .of(Conduct::Nothing)
            .filter(|own| own.is_anybody_down())?;
        Some(1.0 - plan / nothing.down_minutes())
    }

    /// The offset and the span in which instants are told.
    pub(in crate::report) fn clock(&self) -> Clock {
        let moments = self.runs.iter().filter_map(|own| own.run.moments.first());
        Clock::of(self.scenario).telling(moments.map(|own| own.start))
    }

    /// What people call a component; of an access point that it is one, since sites often have the same names.
    pub(in crate::report) fn component(&self, component: ComponentId) -> String {
        let title = self.inventory.component_title(component);
        match self.inventory.component(component) {
            crate::model::Component::AccessPoint(_) => format!("access point {title}"),
            _ => title.to_owned(),
        }
    }

    fn resource(&self, resource: ResourceId) -> &'a crate::model::Resource {
        &self.inventory.resources[resource.index()]
    }

    /// What is short, as files spell it: the id of a resource, or the column that says how many sessions are accepted.
    pub(in crate::report) fn what(&self, short: Short) -> &'a str {
        match short {
            Short::Sessions => "accepts_per_second",
            Short::Resource(own) => &self.resource(own).id,
        }
    }

    /// The same as people say it.
    pub(in crate::report) fn short_words(&self, short: Short) -> &'a str {
        match short {
            Short::Sessions => "new sessions",
            Short::Resource(own) => &self.resource(own).id,
        }
    }

    /// What a component is said to be short of.
    pub(in crate::report) fn lacking(&self, short: Short) -> &'a str {
        match short {
            Short::Sessions => "room for new sessions",
            Short::Resource(_) => self.short_words(short),
        }
    }

    /// The unit of what comes and of what can be taken.
    pub(in crate::report) fn unit(&self, short: Short) -> &'a str {
        match short {
            Short::Sessions => "sessions/s",
            Short::Resource(own) => &self.resource(own).unit,
        }
    }

    /// The unit of what waits: the other one times seconds.
    pub(in crate::report) fn unit_of_queue(&self, short: Short) -> String {
        let unit = self.unit(short);
        match unit.strip_suffix("/s") {
            Some(own) => own.to_owned(),
            None => format!("{unit}·s"),
        }
    }

    /// Ids of where and of what, for files.
    pub(in crate::report) fn names(&self, passage: &Passage) -> [&'a str; 2] {
        let component = self.inventory.component_name(passage.component);
        [component, self.what(passage.short)]
    }
}
