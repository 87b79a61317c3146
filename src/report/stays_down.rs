//! Sentences about users who stay down at components that the plan keeps in service and knows to lose work.

use super::grammar::{counted_with, listed};
use super::numbers;
use super::span::Clock;
use super::waves::TransitionWriter;
use crate::plan::StaysDown;

impl TransitionWriter<'_> {
    pub(super) fn stays_down(&self) -> Option<StaysDown> {
        self.plan.stays_down(self.scenario)
    }

    /// The warning, then the remedy; nothing where no users stay down so.
    pub(super) fn stays_down_warnings(&self) -> Vec<String> {
        let Some(stays_down) = self.stays_down() else {
            return Vec::new();
        };
        let users = counted_with(
            &numbers::users_up(stays_down.users),
            "user",
            ["stays down", "stay down"],
        );
        let names = self.lossy(&stays_down);
        let lost = match stays_down.lossy[..] {
            [(_, loss)] => format!("loses {} of its work", numbers::short_percent_up(loss)),
            _ => "lose part of their work".to_owned(),
        };
        vec![
            format!(
                "WARNING: up to {users} until the scenario ends. The plan keeps {names} in service, which {lost}."
            ),
            self.stays_down_remedy(&stays_down),
        ]
    }

    /// `To end this, add a maintenance event on lb-1 from 10:42 on, which takes it out of service, and plan again.`
    pub(super) fn stays_down_remedy(&self, stays_down: &StaysDown) -> String {
        let from = Clock::of(self.scenario).moment(stays_down.from);
        let it = match stays_down.lossy[..] {
            [_] => "it",
            _ => "each",
        };
        format!(
            "To end this, add a maintenance event on {} from {from} on, which takes {it} out of service, and plan again.",
            self.lossy(stays_down)
        )
    }

    fn lossy(&self, stays_down: &StaysDown) -> String {
        let names = stays_down.lossy.iter();
        let names = names.map(|(component, _)| self.inventory.component_title(*component));
        listed(&names.collect::<Vec<_>>())
    }
}
