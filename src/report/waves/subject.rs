//! What a transition is called: by why most users move, and what they leave for it.

use super::words::Teller;
use crate::ids::SiteId;
use crate::model::Event;
use crate::plan::Transition;
use crate::plan_files::Reason;
use crate::report::numbers;
use crate::units::NOBODY;
use std::collections::BTreeMap;

impl Teller<'_> {
    /// Why most users move, and the sites that they leave for it where that is drained or failed: in the order of the
    /// scenario's events, then by how many leave.
    fn most(&self, transition: &Transition) -> Option<(Reason, Vec<SiteId>)> {
        let period = self.period(transition);
        let mut users: BTreeMap<(Reason, Option<SiteId>), f64> = BTreeMap::new();
        let others = self.plan.transitions.iter();
        let others = others.filter(|own| own.period == transition.period);
        let others = others.filter(|own| own.timing != transition.timing);
        let mut is_other = vec![false; period.moves.len()];
        for (moved, _) in others.flat_map(Transition::wave_of_moves) {
            is_other[moved] = true;
        }
        for (moved, is_other) in period.moves.iter().zip(is_other) {
            if !is_other {
                let from = match moved.reason {
                    Reason::Drained | Reason::Failed => moved.from,
                    _ => None,
                };
                *users.entry((moved.reason, from)).or_default() += moved.users;
            }
        }
        let most = users
            .iter()
            .max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0)));
        let ((reason, _), _) = most?;
        let left = users.iter().filter(|(key, _)| key.0 == *reason);
        let mut left: Vec<(SiteId, f64)> = left
            .filter_map(|(key, users)| Some((key.1?, *users)))
            .collect();
        left.sort_by(|a, b| {
            let order = self.event_of(a.0).cmp(&self.event_of(b.0));
            order.then(b.1.total_cmp(&a.1)).then(a.0.cmp(&b.0))
        });
        Some((*reason, left.into_iter().map(|(site, _)| site).collect()))
    }

    /// The position of the first event that takes a site, behind all of them if none names it.
    fn event_of(&self, site: SiteId) -> usize {
        let component = self.inventory.site_component(site);
        let events = &self.scenario.events;
        let takes = |own: &Event| {
            let mut reduced = own.reduction().into_iter().flat_map(|own| &own.components);
            reduced.any(|own| *own == component)
        };
        events.iter().position(takes).unwrap_or(events.len())
    }

    /// What a transition is, as the subject of a sentence: `Chicago's drain`, `the drain of Oslo and Rome`, `the return of
    /// 600,000 users`.
    pub fn subject(&self, transition: &Transition) -> String {
        let users = numbers::lost_users(transition.users);
        let leaving = |sites: &[SiteId], what: &str| match sites {
            [site] => format!("{}'s {what}", self.site(*site)),
            several => format!("the {what} of {}", self.sites(several)),
        };
        match self.most(transition) {
            Some((Reason::Drained, from)) if !from.is_empty() => leaving(&from, "drain"),
            Some((Reason::Failed, from)) if !from.is_empty() => leaving(&from, "failover"),
            Some((Reason::Returned, _)) => format!("the return of {users}"),
            Some((Reason::Placed, _)) => format!("the placing of {users}"),
            Some(_) => format!("the move of {users}"),
            None if transition.restored > NOBODY => format!("the return to service of {users}"),
            None => "steering users anew".to_owned(),
        }
    }
}
