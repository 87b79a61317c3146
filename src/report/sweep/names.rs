//! Names of components, risk groups and cases in sentences, tables and charts of a sweep.

use crate::ids::{ComponentId, ResourceId};
use crate::model::{ComponentKind, Contingencies, Failing, FailureSet, Inventory};
use crate::report::grammar::{joined, listed, short};
use std::collections::BTreeMap;

/// The names of components, risk groups and cases, made distinct where a name is shared.
#[derive(Debug)]
pub(in crate::report) struct ComponentNames<'a> {
    inventory: &'a Inventory,
    over: FailureSet,
    /// By name, the kinds of all components that have it.
    kinds: BTreeMap<&'a str, Vec<ComponentKind>>,
}

impl<'a> ComponentNames<'a> {
    pub(in crate::report) fn of(inventory: &'a Inventory, over: FailureSet) -> Self {
        let mut kinds = BTreeMap::<&str, Vec<ComponentKind>>::new();
        for component in (0..inventory.component_count()).map(ComponentId::new) {
            let title = inventory.component_title(component);
            let kind = inventory.component_kind(component);
            kinds.entry(title).or_default().push(kind);
        }
        Self {
            inventory,
            over,
            kinds,
        }
    }

    /// How many components of a kind have a name, and whether one of another kind has it.
    fn shared(&self, title: &str, kind: ComponentKind) -> (usize, bool) {
        let kinds = self.kinds.get(title).map_or(&[][..], Vec::as_slice);
        let same = kinds
            .iter()
            .filter(|component_kind| **component_kind == kind)
            .count();
        (same, same < kinds.len())
    }

    /// A component where its kind stands beside it: `Dallas`, or `Dallas (ap-1)` where another of its kind has the same name.
    pub(in crate::report) fn beside_kind(&self, component: ComponentId) -> String {
        let title = self.inventory.component_title(component);
        let kind = self.inventory.component_kind(component);
        if self.shared(title, kind).0 > 1 {
            format!("{title} ({})", self.inventory.component_name(component))
        } else {
            title.to_owned()
        }
    }

    /// A component in a sentence: as beside its kind, with its kind before it where one of another kind has the same name.
    pub(in crate::report) fn alone(&self, component: ComponentId) -> String {
        let title = self.inventory.component_title(component);
        let kind = self.inventory.component_kind(component);
        let name = self.beside_kind(component);
        if self.shared(title, kind).1 && kind != ComponentKind::Site && name == title {
            format!("{} {name}", kind_words(kind))
        } else {
            name
        }
    }

    /// `Boydton cpu`: a component's resource, shortened.
    pub(in crate::report) fn resource(
        &self,
        (component, resource): (ComponentId, ResourceId),
    ) -> String {
        let resource = self.inventory.resource_id(resource);
        format!("{} {}", short(&self.alone(component)), short(resource))
    }

    /// A failing component or group, where the kind of failures is clear.
    pub(in crate::report) fn failing(&self, failing: Failing) -> String {
        match failing {
            Failing::Component(component) if self.over == FailureSet::Components => {
                self.alone(component)
            }
            Failing::Component(component) => self.beside_kind(component),
            Failing::RiskGroup(_) => failing.name(self.inventory).to_owned(),
        }
    }

    /// The failures of a case, for headings and cells: `Boston + Dallas`, with a `~` before gray ones; `no failure` without
    /// any.
    pub(in crate::report) fn case(&self, contingencies: &Contingencies, case: usize) -> String {
        let failing = contingencies
            .failing(case)
            .map(|failing| self.failing(failing));
        let gray = contingencies.gray(case);
        let gray = gray.map(|failing| format!("~{}", self.failing(failing)));
        let names: Vec<String> = failing.chain(gray).collect();
        if names.is_empty() {
            "no failure".to_owned()
        } else {
            names.join(" + ")
        }
    }

    /// The failures for sentences, and whether there is one: `Boston and Dallas`. All of a case are named.
    pub(in crate::report) fn subject_of(&self, failing: &[Failing]) -> (String, bool) {
        let names = failing.iter().map(|failing| short(&self.failing(*failing)));
        let listed = joined(&names.collect::<Vec<String>>());
        let is_one = failing.len() == 1;
        match (self.over, is_one) {
            (FailureSet::RiskGroups, true) => (format!("risk group {listed}"), true),
            (FailureSet::RiskGroups, false) => (format!("risk groups {listed}"), false),
            _ => (listed, is_one),
        }
    }

    /// `San Antonio fails`, `Boydton and Dallas fail while lb-1 is gray`, `lb-1 is gray`; empty without failures.
    pub(in crate::report) fn happening(&self, failing: &[Failing], gray: &[Failing]) -> String {
        let (subject, is_one) = self.subject_of(failing);
        let fails = if is_one { "fails" } else { "fail" };
        match (failing.is_empty(), gray.is_empty()) {
            (true, true) => String::new(),
            (false, true) => format!("{subject} {fails}"),
            (true, false) => self.being_gray(gray),
            (false, false) => format!("{subject} {fails} while {}", self.being_gray(gray)),
        }
    }

    /// `lb-1 is gray`, `lb-1 and lb-2 are gray`.
    pub(in crate::report) fn being_gray(&self, gray: &[Failing]) -> String {
        let names = gray.iter().map(|failing| self.failing(*failing));
        let names: Vec<String> = names.collect();
        let are = if names.len() == 1 { "is" } else { "are" };
        format!("{} {are} gray", listed(&names))
    }
}

pub(super) fn kind_words(kind: ComponentKind) -> &'static str {
    match kind {
        ComponentKind::AccessPoint => "access point",
        other => other.word(),
    }
}

pub(in crate::report) fn noun(over: FailureSet) -> &'static str {
    match over {
        FailureSet::AccessPoints => "access point",
        FailureSet::RiskGroups => "risk group",
        other => other.word().trim_end_matches('s'),
    }
}
