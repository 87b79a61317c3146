//! Crowds: who is down in a run, stream by stream, and who had to connect because something happened.
//!
//! Items number the kinds of attempt that streams make.

use super::accounts::StepTally;
use super::course::Member;
use super::field::{Obstacle, ResourceNetwork};
use crate::ids::{ComponentId, ProfileId};
use crate::model::{Inventory, Scenario};
use jiff::Timestamp;

/// Who is down in a run, and on which streams.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct RunCrowds {
    /// By stream: what its users pass.
    pub(in crate::engine) streams: Vec<Passed>,
    /// By moment: the streams on which anybody is down or has to connect because something happens.
    pub(in crate::engine) moments: Vec<Vec<RunCrowd>>,
    /// By stream: its steering group.
    groups: Vec<usize>,
    coming: GroupArrivals,
}

/// What users of a stream pass.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Passed {
    pub(in crate::engine) profile: ProfileId,
    /// Hop by hop; the members of a pool together.
    pub(in crate::engine) hops: Vec<Vec<ComponentId>>,
}

impl Passed {
    /// The components that any of its users pass.
    pub(in crate::engine) fn components(&self) -> impl Iterator<Item = ComponentId> + '_ {
        self.hops.iter().flatten().copied()
    }
}

/// Users of steering groups who come, wherever they are led, with a surge or because they join: no plan brings them.
#[derive(Debug, Clone, Default)]
struct GroupArrivals {
    /// By group: how many there are at the end of the last span.
    before: Vec<f64>,
    /// By group: how many come when the span begins, and how many evenly over it.
    come: Vec<[f64; 2]>,
}

impl GroupArrivals {
    /// Looks at the next span, which begins at an instant; `group_of` is the group of every shard.
    fn look(
        &mut self,
        (scenario, from): (&Scenario, Timestamp),
        members: &[Member],
        group_of: &[usize],
    ) {
        let count = group_of.iter().map(|index| index + 1).max().unwrap_or(0);
        let mut sums = vec![[0.0; 2]; count];
        for member in members {
            let of_group = &mut sums[group_of[member.shard.index()]];
            for (sum, users) in of_group.iter_mut().zip(member.users) {
                *sum += users;
            }
        }
        let is_surge = scenario
            .events
            .iter()
            .any(|event| event.surge().is_some() && (event.start == from || event.end == from));
        // Who has joined before a scenario begins is placed by a plan.
        let is_ahead = from < scenario.start;
        let has_jumped = is_surge && !self.before.is_empty();
        self.before.resize(count, 0.0);
        let both = self.before.iter().zip(&sums);
        let come = both.map(|(before, [begin, end])| {
            let at_once = if has_jumped { begin - before } else { 0.0 };
            let evenly = if is_ahead { 0.0 } else { end - begin };
            [at_once.max(0.0), evenly.max(0.0)]
        });
        self.come = come.collect();
        self.before = sums.into_iter().map(|sum| sum[1]).collect();
    }

    /// By group: how many come in a share of the span, its beginning included if `is_first`.
    fn in_part(&self, share: f64, is_first: bool) -> impl Iterator<Item = f64> {
        let come = self.come.iter();
        come.map(move |[at_once, evenly]| share * evenly + if is_first { *at_once } else { 0.0 })
    }
}

/// Users of a stream in a moment, counted as at the peak.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::engine) struct RunCrowd {
    pub(in crate::engine) stream: usize,
    /// All of it.
    pub(in crate::engine) users: f64,
    /// Who is down, on average.
    pub(in crate::engine) down: f64,
    /// Of these, who has no session.
    pub(in crate::engine) apart: f64,
    /// Users who have to connect because they are brought to another path or site.
    pub(in crate::engine) brought: f64,
    /// Whose session ends because what it passes is out.
    pub(in crate::engine) cut_off: f64,
}

impl RunCrowds {
    /// Of a field, and no moment yet; `cells` are the groups of its cells.
    pub(super) fn new(field: &ResourceNetwork, cells: &[usize]) -> Self {
        let passed = field.streams.iter().map(|stream| Passed {
            profile: stream.profile,
            hops: stream.hops.iter().map(|hop| hop.1.clone()).collect(),
        });
        Self {
            streams: passed.collect(),
            moments: Vec::new(),
            groups: field
                .streams
                .iter()
                .map(|stream| cells[stream.cell])
                .collect(),
            coming: GroupArrivals::default(),
        }
    }

    /// The same of some streams alone.
    pub(in crate::engine) fn of(&self, is_meant: impl Fn(usize) -> bool) -> Self {
        let of_moment = |all: &Vec<RunCrowd>| {
            let its = all.iter().filter(|run_crowd| is_meant(run_crowd.stream));
            its.copied().collect()
        };
        Self {
            streams: self.streams.clone(),
            moments: self.moments.iter().map(of_moment).collect(),
            ..Self::default()
        }
    }

    /// Looks at the next span, which begins at an instant; `group_of` is the group of every shard.
    pub(super) fn look(
        &mut self,
        at: (&Scenario, Timestamp),
        members: &[Member],
        group_of: &[usize],
    ) {
        self.coming.look(at, members, group_of);
    }

    /// Adds a moment of `seconds`, a `share` of its span, which begins with it if `is_first`; `users` are those of its
    /// streams, counted as at the peak, and `factor` is the share of them that is there.
    pub(super) fn note(
        &mut self,
        (tally, factor): (&StepTally, &[f64]),
        users: &[f64],
        seconds: f64,
        (share, is_first): (f64, bool),
    ) {
        let mut brought = vec![0.0; self.coming.come.len()];
        for ((of_stream, factor), group) in tally.streams.iter().zip(factor).zip(&self.groups) {
            if *factor > 0.0 {
                brought[*group] += of_stream.brought / factor;
            }
        }
        // Users who come have to connect as well; they are not distinguished from those who are brought.
        let both = self.coming.in_part(share, is_first).zip(&brought);
        let moved = both.map(|(come, brought)| {
            if *brought > 0.0 {
                (1.0 - come / brought).max(0.0)
            } else {
                0.0
            }
        });
        let moved: Vec<f64> = moved.collect();
        let both = tally.streams.iter().zip(factor).enumerate();
        let crowds = both.filter(|(_, (_, factor))| **factor > 0.0);
        let crowds = crowds.filter_map(|(stream, (of_stream, factor))| {
            let crowd = RunCrowd {
                stream,
                users: users[stream],
                down: of_stream.down / factor / seconds,
                apart: of_stream.down_apart / factor / seconds,
                brought: of_stream.brought / factor * moved[self.groups[stream]],
                cut_off: of_stream.cut_off / factor,
            };
            (crowd.down > 0.0 || crowd.brought > 0.0 || crowd.cut_off > 0.0).then_some(crowd)
        });
        self.moments.push(crowds.collect());
    }
}

/// What an attempt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum AttemptKind {
    /// Work of a user who has a session.
    Work = 0,
    /// A session.
    Session = 1,
}

/// First attempts and retries of every stream, of work, of sessions and of work that has been counted as late, and the first
/// attempts of users who are turned, numbered one after the other.
pub(super) struct Items {
    /// By stream: its first number, and how many attempts there are of each kind.
    of_stream: Vec<(usize, usize)>,
    /// By number: whose, and what for.
    whose: Vec<(usize, AttemptKind)>,
    /// By number: its number once it is late; its own if it is already, and that of a session.
    late: Vec<usize>,
    /// By number: how many were made before.
    attempt: Vec<usize>,
    /// By number: made by users who are turned.
    is_turned: Vec<bool>,
    /// By stream: something on its path says how many sessions it accepts, or sessions cost something.
    has_gate: Vec<bool>,
}

impl Items {
    pub(super) fn new(inventory: &Inventory, field: &ResourceNetwork) -> Self {
        let mut items = Self {
            of_stream: Vec::with_capacity(field.streams.len()),
            whose: Vec::new(),
            late: Vec::new(),
            attempt: Vec::new(),
            is_turned: Vec::new(),
            has_gate: Vec::with_capacity(field.streams.len()),
        };
        for (stream, one_stream) in field.streams.iter().enumerate() {
            let profile = &inventory.profiles[one_stream.profile.index()];
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "no more attempts than this are distinguished"
            )]
            let attempts = profile.retries.ceil().clamp(0.0, MOST_RETRIES) as usize + 1;
            let first = items.whose.len();
            items.of_stream.push((first, attempts));
            let kinds = [
                (AttemptKind::Work, 2),
                (AttemptKind::Session, 1),
                (AttemptKind::Work, 2),
            ];
            for (kind, once_late) in kinds {
                for attempt in 0..attempts {
                    items.whose.push((stream, kind));
                    items.late.push(first + once_late * attempts + attempt);
                    items.attempt.push(attempt);
                    items.is_turned.push(false);
                }
            }
            items.late.push(items.whose.len());
            items.whose.push((stream, AttemptKind::Session));
            items.attempt.push(0);
            items.is_turned.push(true);
            let components = one_stream
                .hops
                .iter()
                .flat_map(|(_, components)| components);
            let mut stages = components.flat_map(|component| field.of_component(*component));
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

    pub(super) fn first(&self, stream: usize, kind: AttemptKind) -> usize {
        let (first, attempts) = self.of_stream[stream];
        first + kind as usize * attempts
    }

    /// The number of the first attempt of users who are turned to a stream.
    pub(super) fn turned(&self, stream: usize) -> usize {
        let (first, attempts) = self.of_stream[stream];
        first + 3 * attempts
    }

    /// `true` if users who are turned make it: they connect only where they did not pass before.
    pub(super) fn is_turned(&self, item: usize) -> bool {
        self.is_turned[item]
    }

    pub(super) fn next(&self, item: usize) -> usize {
        if self.is_turned[item] {
            self.first(self.whose[item].0, AttemptKind::Session) + 1
        } else {
            item + 1
        }
    }

    pub(super) fn whose(&self, item: usize) -> (usize, AttemptKind) {
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
