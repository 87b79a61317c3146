//! Failing: what may fail as a whole, and sets of it.

use super::case::Case;
use super::event::{EventKind, Reduction};
use super::inventory::Inventory;
use crate::ids::{ComponentId, RiskGroupId};

/// Whose failures are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum FailureSet {
    /// Datacenters
    Sites,
    /// Access points
    AccessPoints,
    /// Network elements
    Elements,
    /// Links
    Links,
    /// Risk groups, each as a whole
    RiskGroups,
    /// Sites, access points, elements and links
    Components,
}

impl FailureSet {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Sites,
        Self::AccessPoints,
        Self::Elements,
        Self::Links,
        Self::RiskGroups,
        Self::Components,
    ];

    /// The set of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|failure_set| failure_set.word() == word)
    }

    /// As files and arguments spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sites => "sites",
            Self::AccessPoints => "access_points",
            Self::Elements => "elements",
            Self::Links => "links",
            Self::RiskGroups => "risk_groups",
            Self::Components => "components",
        }
    }

    /// What is in it, in the order of the inventory.
    pub fn members(self, inventory: &Inventory) -> Vec<Failing> {
        if self == Self::RiskGroups {
            let groups = (0..inventory.risk_groups.len()).map(RiskGroupId::new);
            return groups.map(Failing::RiskGroup).collect();
        }
        let sites = inventory.sites.len();
        let access_points = sites + inventory.access_points.len();
        let elements = access_points + inventory.elements.len();
        let all = inventory.component_count();
        let positions = match self {
            Self::Sites => 0..sites,
            Self::AccessPoints => sites..access_points,
            Self::Elements => access_points..elements,
            Self::Links => elements..all,
            Self::Components | Self::RiskGroups => 0..all,
        };
        let components = positions.map(ComponentId::new);
        components.map(Failing::Component).collect()
    }

    /// Those of them that can still fail: of which something is left in a case.
    pub fn left_in(self, inventory: &Inventory, case: &Case) -> Vec<Failing> {
        let mut members = self.members(inventory);
        members.retain(|member| member.is_left_in(inventory, case));
        members
    }
}

/// What fails as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Failing {
    /// One component.
    Component(ComponentId),
    /// All components of a risk group.
    RiskGroup(RiskGroupId),
}

impl Failing {
    /// Its id as the files spell it.
    pub fn name(self, inventory: &Inventory) -> &str {
        match self {
            Self::Component(component) => inventory.component_name(component),
            Self::RiskGroup(group) => &inventory.risk_groups[group.index()].id,
        }
    }

    /// Its failure: nothing is left of it.
    pub fn event(self, inventory: &Inventory) -> EventKind {
        EventKind::Failure(Reduction {
            components: self.components(inventory),
            resources: None,
            capacity: 0.0,
            loss: 0.0,
        })
    }

    /// `true` if something of it is left in a case.
    pub fn is_left_in(self, inventory: &Inventory, case: &Case) -> bool {
        let components = self.components(inventory);
        components
            .iter()
            .any(|component| !case.gone[component.index()])
    }

    /// The components that are gone with it, ascending.
    pub fn components(self, inventory: &Inventory) -> Vec<ComponentId> {
        match self {
            Self::Component(component) => vec![component],
            Self::RiskGroup(group) => inventory.risk_groups[group.index()].components.clone(),
        }
    }
}
