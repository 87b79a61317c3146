//! What is known of two plans that are compared: what differs, and what the sides are called.

use super::tasks::PlannedFor;
use crate::ids::ComponentId;
use crate::inventory::TableDifference;
use crate::model::{Component, Inventory};
use crate::plan::compare::{BrokenPromise, Comparison, PeriodPair, PlayedPlan};
use crate::plan_files::ErrorMargin;
use crate::plan_files::explanations::Explanations;
use crate::scenario::KeyDifference;
use std::collections::{BTreeMap, BTreeSet};

/// What one of two plans is called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ComparedPlan {
    /// What the user calls it: the name of its folder.
    pub name: String,
    /// Name of its scenario; blank if it does not tell.
    pub scenario: String,
}

impl ComparedPlan {
    /// Its name, and that of its scenario where it is another one.
    pub fn words(&self) -> String {
        if self.scenario.is_empty() || self.scenario == self.name {
            self.name.clone()
        } else {
            format!("{}, scenario {}", self.name, self.scenario)
        }
    }
}

/// What the two sides and their components are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// The first side and the second one.
    pub sides: [ComparedPlan; 2],
    /// Names of components, sites among them, by id; what has none goes by its id.
    pub names: BTreeMap<String, String>,
}

impl Labels {
    /// Takes over the names of an inventory; later ones win. A component with the name of a site has its id after it.
    pub fn add_names(&mut self, inventory: &Inventory) {
        let sites = inventory.sites.iter();
        let sites: BTreeSet<&str> = sites.map(|site| site.name.as_str()).collect();
        for component in (0..inventory.component_count()).map(ComponentId::new) {
            let id = inventory.component_name(component);
            let title = inventory.component_title(component);
            let is_site = matches!(inventory.component(component), Component::Site(_));
            let name = if is_site || title == id || !sites.contains(title) {
                title.to_owned()
            } else {
                format!("{title} ({id})")
            };
            self.names.insert(id.to_owned(), name);
        }
    }

    /// What reports call a component.
    pub fn name<'a>(&'a self, component: &'a str) -> &'a str {
        self.names.get(component).map_or(component, String::as_str)
    }
}

/// The report of two plans.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparisonReport {
    /// What the sides are called.
    pub labels: Labels,
    /// What differs in the plans.
    pub comparison: Comparison,
    /// What differs in the inventories; `None` if a side does not carry its inputs.
    pub tables: Option<Vec<TableDifference>>,
    /// What differs in the scenarios; `None` if a side does not carry its inputs.
    pub keys: Option<Vec<KeyDifference>>,
    /// How far the inputs of either may be off, where their summaries tell.
    pub margins: [Option<ErrorMargin>; 2],
    /// What users lose while either is carried out; nothing of the state before.
    pub played: [Option<PlayedPlan>; 2],
    /// Promises that at least one of them breaks; `None` if a side has no tenants.csv.
    pub promises: Option<Vec<BrokenPromise>>,
    /// Why either is as it is, where it carries its explanations.
    pub explanations: [Option<Explanations>; 2],
    /// The files that either lacks, each with what it would state.
    pub absent: [Vec<(&'static str, &'static str)>; 2],
    /// What either is for, where it carries its inputs.
    pub tasks: [Option<PlannedFor>; 2],
    /// `true` for a plan that was made by hand, and whose values were computed for its homes.
    pub by_hand: [bool; 2],
}

impl ComparisonReport {
    /// The pair that is shown in full: the one that the verdict speaks of, else the hardest.
    pub fn shown(&self) -> Option<&PeriodPair> {
        let pairs = self.comparison.pairs.iter();
        let hardest = pairs.max_by(|left, right| {
            let moved = |pair: &PeriodPair| pair.totals[0].moved_users + pair.totals[1].moved_users;
            let by_users = left.users_elsewhere().total_cmp(&right.users_elsewhere());
            let by_moves = by_users.then(moved(left).total_cmp(&moved(right)));
            by_moves.then(right.moments[1].cmp(&left.moments[1]))
        });
        self.comparison.main().or(hardest)
    }

    pub(super) fn position(&self, pair: &PeriodPair) -> usize {
        let mut pairs = self.comparison.pairs.iter();
        let position = pairs.position(|period_pair| period_pair.moments == pair.moments);
        position.unwrap_or(0)
    }

    /// What differs in the inputs, first in the scenarios.
    pub(super) fn inputs(&self) -> Vec<ChangedInput<'_>> {
        let keys = self
            .keys
            .iter()
            .flatten()
            .map(|key_difference| ChangedInput {
                file: "scenario",
                row: key_difference.key.clone(),
                column: Some(""),
                sides: [key_difference.a.as_deref(), key_difference.b.as_deref()],
            });
        let cells = self
            .tables
            .iter()
            .flatten()
            .map(|table_difference| ChangedInput {
                file: &table_difference.file,
                row: table_difference.row.join(" "),
                column: table_difference.column.as_deref(),
                sides: [table_difference.a.as_deref(), table_difference.b.as_deref()],
            });
        keys.chain(cells).collect()
    }
}

/// A cell or a key that two plans were made from.
pub(super) struct ChangedInput<'a> {
    pub(super) file: &'a str,
    pub(super) row: String,
    /// Blank for a key; `None` where the whole row is missing on one side.
    pub(super) column: Option<&'a str>,
    pub(super) sides: [Option<&'a str>; 2],
}
