//! Items: the kinds of attempt that streams make, numbered.

use super::field::{Field, Obstacle};
use crate::model::Inventory;

/// What an attempt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Work of a user who has a session.
    Work = 0,
    /// A session.
    Session = 1,
}

/// First attempts and retries of every stream, of work, of sessions and of work that has been counted as late, and the first
/// attempt of whoever is turned, numbered one behind the other.
pub(super) struct Items {
    /// By stream: its first number, and how many attempts there are of each kind.
    of_stream: Vec<(usize, usize)>,
    /// By number: whose, and what for.
    whose: Vec<(usize, Kind)>,
    /// By number: its number once it is late; its own if it is already, and that of a session.
    late: Vec<usize>,
    /// By number: how many were made before.
    attempt: Vec<usize>,
    /// By number: of whoever is turned.
    is_turned: Vec<bool>,
    /// By stream: something on its way says how many sessions it accepts, or sessions cost something.
    has_gate: Vec<bool>,
}

impl Items {
    pub(super) fn new(inventory: &Inventory, field: &Field) -> Self {
        let mut items = Self {
            of_stream: Vec::with_capacity(field.streams.len()),
            whose: Vec::new(),
            late: Vec::new(),
            attempt: Vec::new(),
            is_turned: Vec::new(),
            has_gate: Vec::with_capacity(field.streams.len()),
        };
        for (stream, own) in field.streams.iter().enumerate() {
            let profile = &inventory.profiles[own.profile.index()];
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "no more attempts than this are told apart"
            )]
            let attempts = profile.retries.ceil().clamp(0.0, MOST_RETRIES) as usize + 1;
            let first = items.whose.len();
            items.of_stream.push((first, attempts));
            let kinds = [(Kind::Work, 2), (Kind::Session, 1), (Kind::Work, 2)];
            for (kind, once_late) in kinds {
                for attempt in 0..attempts {
                    items.whose.push((stream, kind));
                    items.late.push(first + once_late * attempts + attempt);
                    items.attempt.push(attempt);
                    items.is_turned.push(false);
                }
            }
            items.late.push(items.whose.len());
            items.whose.push((stream, Kind::Session));
            items.attempt.push(0);
            items.is_turned.push(true);
            let components = own.hops.iter().flat_map(|(_, components)| components);
            let mut stages = components.flat_map(|own| field.of_component(*own));
            let is_gate = |stage: &usize| field.stages[*stage].obstacle == Obstacle::Gate;
            items
                .has_gate
                .push(profile.session_cost > 0.0 || stages.any(is_gate));
        }
        items
    }

    pub(super) fn len(&self) -> usize {
        self.whose.len()
    }

    /// The number of a stream's first attempts.
    pub(super) fn first(&self, stream: usize, kind: Kind) -> usize {
        let (first, attempts) = self.of_stream[stream];
        first + kind as usize * attempts
    }

    /// The number of the first attempt of whoever is turned to a stream.
    pub(super) fn turned(&self, stream: usize) -> usize {
        let (first, attempts) = self.of_stream[stream];
        first + 3 * attempts
    }

    /// `true` if it is made by whoever is turned: he connects only where he did not pass.
    pub(super) fn is_turned(&self, item: usize) -> bool {
        self.is_turned[item]
    }

    /// The number of the attempt after it, if one is made.
    pub(super) fn next(&self, item: usize) -> usize {
        if self.is_turned[item] {
            self.first(self.whose[item].0, Kind::Session) + 1
        } else {
            item + 1
        }
    }

    /// The stream of an item, and what it is for.
    pub(super) fn whose(&self, item: usize) -> (usize, Kind) {
        self.whose[item]
    }

    /// The number of the same attempt once its work is late; its own if nothing changes by that.
    pub(super) fn once_late(&self, item: usize) -> usize {
        self.late[item]
    }

    /// `true` if it counts once it is late: not again, and not of a session.
    pub(super) fn may_be_late(&self, item: usize) -> bool {
        self.late[item] != item
    }

    /// How many attempts were made before.
    pub(super) fn attempt(&self, item: usize) -> usize {
        self.attempt[item]
    }

    /// `true` if sessions of a stream are more than a word.
    pub(super) fn has_gate(&self, stream: usize) -> bool {
        self.has_gate[stream]
    }
}

/// More retries than this are as many.
pub(in crate::engine) const MOST_RETRIES: f64 = 100.0;
