//! A scenario that was played: what waited where, and who was down when.

use jiff::Timestamp;
use plimsoll::model::Inventory;
use plimsoll::plan::replay::{Moment, Passage, Run, Short};

/// Minutes from one instant to another.
pub(super) fn minutes(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64() / 60.0
}

/// What waits at a component, from the first of it to the last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Jam {
    pub(super) start: Timestamp,
    /// When most waits.
    pub(super) peak_at: Timestamp,
    /// From when on nothing waits any more.
    pub(super) end: Timestamp,
    pub(super) peak: f64,
    /// The longest wait of what is worked there, in seconds.
    pub(super) longest: f64,
}

impl Jam {
    pub(super) fn minutes(&self) -> f64 {
        minutes(self.start, self.end)
    }
}

/// A scenario of an incident, played.
pub(super) struct Replayed {
    pub(super) inventory: Inventory,
    pub(super) run: Run,
}

impl Replayed {
    fn moments(&self) -> &[Moment] {
        &self.run.moments
    }

    fn passages<'a>(&'a self, component: &'a str) -> impl Iterator<Item = &'a Passage> {
        let name = |passage: &Passage| self.inventory.component_name(passage.component);
        self.run
            .passages
            .iter()
            .filter(move |passage| name(passage) == component)
    }

    /// The jam of a resource at a component.
    pub(super) fn queue(&self, component: &str, resource: &str) -> Jam {
        let is_named = |passage: &&Passage| match passage.short {
            Short::Sessions => false,
            Short::Resource(id) => self.inventory.resources[id.index()].id == resource,
        };
        let passage = self
            .passages(component)
            .find(is_named)
            .expect("it is short");
        let waits = |index: &usize| passage.flows[*index].queued > 0.0;
        let all = || 0..passage.flows.len();
        let first = all().find(waits).expect("work waits");
        let last = all().rfind(waits).expect("work waits");
        let most = |a: &usize, b: &usize| {
            let [a, b] = [a, b].map(|index| passage.flows[*index].queued);
            a.total_cmp(&b)
        };
        let peak = all().max_by(most).expect("work waits");
        let longest = passage.flows.iter().map(|flow| flow.longest);
        Jam {
            start: self.moments()[first].start,
            peak_at: self.moments()[peak].end,
            end: self.moments()[last + 1].end,
            peak: passage.flows[peak].queued,
            longest: longest.fold(0.0, f64::max),
        }
    }

    /// Minutes in which more comes to a component than it can take.
    pub(super) fn minutes_beyond_capacity(&self, component: &str) -> f64 {
        let is_beyond = |index: usize| {
            let mut flows = self.passages(component).map(|passage| passage.flows[index]);
            flows.any(|flow| flow.offered > flow.capacity)
        };
        let moments = self.moments().iter().enumerate();
        let beyond = moments.filter(|(index, _)| is_beyond(*index));
        beyond
            .map(|(_, moment)| minutes(moment.start, moment.end))
            .sum()
    }

    /// From when to when more than a share of all users are down.
    pub(super) fn down(&self, share: f64) -> [Timestamp; 2] {
        let is_down = |moment: &&Moment| moment.down > share * moment.users;
        let first = self.moments().iter().find(is_down);
        let last = self.moments().iter().rfind(is_down);
        [first.expect("a fault").start, last.expect("a fault").end]
    }

    /// The share of users who are down at an instant.
    pub(super) fn down_at(&self, at: &str) -> f64 {
        let at: Timestamp = at.parse().expect("an instant");
        let now = |moment: &&Moment| moment.start <= at && at < moment.end;
        let moment = self.moments().iter().find(now).expect("it is played");
        moment.down / moment.users
    }

    /// Minutes in which users of a tenant are down.
    pub(super) fn down_minutes_of(&self, tenant: &str) -> f64 {
        let accounts = self.run.accounts.iter();
        let filter =
            accounts.filter(|account| self.inventory.tenants[account.tenant.index()] == tenant);
        filter.map(|account| account.felt.down_minutes()).sum()
    }
}
