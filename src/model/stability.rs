//! Stability: where attempts that come back can keep an overload up once its trigger is gone (`docs/model.md` §9, Stability).

use super::component::Component;
use super::inventory::Inventory;
use super::shard::Overload;
use crate::ids::{ComponentId, ResourceId};

impl Inventory {
    /// `true` if an overload there can keep itself up: work that finds no room waits, so that some of it is late and its
    /// client tries again while it is still being worked on. What is stored follows no attempts, what is lost at once
    /// leaves nothing to work through, and an element that sheds stale work does not work for nobody.
    pub fn is_able_to_lock_in(&self, component: ComponentId, resource: ResourceId) -> bool {
        let of = &self.resources[resource.index()];
        let sheds = match self.component(component) {
            Component::Element(element) => self.elements[element.index()].sheds_stale_work,
            Component::Site(_) | Component::AccessPoint(_) | Component::Link(_) => false,
        };
        of.varies && of.overload == Overload::Queue && !sheds
    }

    /// `true` if anybody tries again: without that no load ever exceeds what users demand.
    pub fn has_retries(&self) -> bool {
        self.profiles.iter().any(|profile| profile.retries > 0.0)
    }
}
