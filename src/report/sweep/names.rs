//! Names: what sentences, tables and charts of a sweep call components, risk groups and cases.

use crate::ids::ComponentId;
use crate::model::{ComponentKind, Contingencies, Failing, FailureSet, Inventory};
use crate::report::grammar::{listed, short};
use std::collections::BTreeMap;

/// How many components of each kind have a name.
type Count = [u32; 4];

/// What components, risk groups and cases are called: by name, told apart where a name is shared.
#[derive(Debug)]
pub(in crate::report) struct Names<'a> {
    inventory: &'a Inventory,
    over: FailureSet,
    counts: BTreeMap<&'a str, Count>,
}

impl<'a> Names<'a> {
    pub(in crate::report) fn of(inventory: &'a Inventory, over: FailureSet) -> Self {
        let mut counts = BTreeMap::<&str, Count>::new();
        for component in (0..inventory.component_count()).map(ComponentId::new) {
            let count = counts
                .entry(inventory.component_title(component))
                .or_default();
            count[position(inventory.component_kind(component))] += 1;
        }
        Self {
            inventory,
            over,
            counts,
        }
    }

    /// A component where its kind stands beside it: `Dallas`, or `Dallas (ap-1)` where another of its kind is called so.
    pub(in crate::report) fn beside_kind(&self, component: ComponentId) -> String {
        let title = self.inventory.component_title(component);
        let kind = position(self.inventory.component_kind(component));
        let is_shared = self.counts.get(title).is_some_and(|count| count[kind] > 1);
        if is_shared {
            format!("{title} ({})", self.inventory.component_name(component))
        } else {
            title.to_owned()
        }
    }

    /// A component in a sentence: as beside its kind, with its kind before it where one of another kind is called so.
    pub(in crate::report) fn alone(&self, component: ComponentId) -> String {
        let title = self.inventory.component_title(component);
        let kind = self.inventory.component_kind(component);
        let name = self.beside_kind(component);
        let others = self.counts.get(title).map_or(0, |count| {
            let kinds = (0..count.len()).filter(|own| *own != position(kind));
            kinds.map(|own| count[own]).sum()
        });
        if others > 0 && kind != ComponentKind::Site && name == title {
            format!("{} {name}", kind_words(kind))
        } else {
            name
        }
    }

    /// What fails, where it is clear which kind of things fail.
    pub(in crate::report) fn failing(&self, failing: Failing) -> String {
        match failing {
            Failing::Component(component) if self.over == FailureSet::Components => {
                self.alone(component)
            }
            Failing::Component(component) => self.beside_kind(component),
            Failing::RiskGroup(_) => failing.name(self.inventory).to_owned(),
        }
    }

    /// What fails in a case, for headings and cells: `Boston + Dallas`, with a `~` before what is gray; `no failure` where
    /// nothing happens.
    pub(in crate::report) fn case(&self, contingencies: &Contingencies, case: usize) -> String {
        let names: Vec<String> = contingencies
            .failing(case)
            .map(|own| self.failing(own))
            .chain(
                contingencies
                    .gray(case)
                    .map(|own| format!("~{}", self.failing(own))),
            )
            .collect();
        if names.is_empty() {
            "no failure".to_owned()
        } else {
            names.join(" + ")
        }
    }

    /// What fails, for sentences, and whether that is one: `Boston and Dallas`.
    pub(in crate::report) fn subject_of(&self, failing: &[Failing]) -> (String, bool) {
        let names: Vec<String> = failing.iter().map(|own| self.failing(*own)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let listed = match names.as_slice() {
            // Nothing of a case is left out.
            [rest @ .., last] if rest.len() > 2 => {
                let rest: Vec<String> = rest.iter().map(|name| short(name)).collect();
                format!("{} and {}", rest.join(", "), short(last))
            }
            few => listed(few),
        };
        let is_one = names.len() == 1;
        match (self.over, is_one) {
            (FailureSet::RiskGroups, true) => (format!("risk group {listed}"), true),
            (FailureSet::RiskGroups, false) => (format!("risk groups {listed}"), false),
            _ => (listed, is_one),
        }
    }

    /// `San Antonio fails`, `Boydton and Dallas fail while lb-1 is gray`, `lb-1 is gray`; empty where nothing happens.
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
        let names: Vec<String> = gray.iter().map(|own| self.failing(*own)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let are = if names.len() == 1 { "is" } else { "are" };
        format!("{} {are} gray", listed(&names))
    }
}

pub(in crate::report) fn kind_words(kind: ComponentKind) -> &'static str {
    match kind {
        ComponentKind::Site => "site",
        ComponentKind::AccessPoint => "access point",
        ComponentKind::Element => "element",
        ComponentKind::Link => "link",
    }
}

fn position(kind: ComponentKind) -> usize {
    match kind {
        ComponentKind::Site => 0,
        ComponentKind::AccessPoint => 1,
        ComponentKind::Element => 2,
        ComponentKind::Link => 3,
    }
}
