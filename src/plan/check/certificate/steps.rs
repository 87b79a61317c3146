//! Steps: the links that lead on from every place, for one kind of user, laid out for the searches.

use super::super::ground::Ground;
use crate::model::LinkEnd;
use std::ops::Range;

/// What stands where a step ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// An element or a pool: the way goes on.
    Between,
    /// An access point, by its position.
    AccessPoint(u32),
    /// A site, by its position.
    Site(u32),
}

/// A link that may be passed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) link: u32,
    /// Where it ends, by `Ground::place_index`.
    pub(super) place: u32,
    /// Milliseconds.
    pub(super) latency: f64,
    pub(super) end: End,
}

/// What users of some profiles may pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passable {
    /// By link: it and the place where it ends may be passed.
    pub(super) links: Vec<bool>,
}

/// The steps of one kind of user, by the place that they leave, in the order of the links.
pub(super) struct Steps {
    all: Vec<Step>,
    /// By place the first of its steps; one more entry closes the last.
    first: Vec<u32>,
    /// By place where they end: the place that a step leaves, and its position.
    arriving: Vec<Vec<(u32, u32)>>,
    /// Places where a way goes on.
    between: Range<u32>,
}

impl Steps {
    /// The links that a kind of user may pass; `ends` is what stands at every place.
    pub(super) fn new(ground: &Ground<'_>, ends: &[LinkEnd], passable: &Passable) -> Self {
        let is_between = |end: &LinkEnd| matches!(end, LinkEnd::Element(_) | LinkEnd::Pool(_));
        let between = ends.iter().take_while(|end| !is_between(end)).count();
        let count = ends.iter().filter(|end| is_between(end)).count();
        let mut steps = Self {
            all: Vec::new(),
            first: Vec::with_capacity(ends.len() + 1),
            arriving: vec![Vec::new(); ends.len()],
            between: position(between)..position(between + count),
        };
        for (from, end) in ends.iter().enumerate() {
            steps.first.push(steps.next());
            let leaving = ground.leaving(*end).iter();
            for link in leaving.filter(|link| passable.links[link.index()]) {
                let of_link = &ground.inventory.links[link.index()];
                let end = match of_link.to {
                    LinkEnd::Element(_) | LinkEnd::Pool(_) => End::Between,
                    LinkEnd::AccessPoint(id) => End::AccessPoint(id.0),
                    LinkEnd::Site(id) => End::Site(id.0),
                    // Nobody's way leads through where users are.
                    LinkEnd::ClientRegion(_) => continue,
                };
                let place = ground.place_index(of_link.to);
                let own = steps.next();
                steps.arriving[place].push((position(from), own));
                steps.all.push(Step {
                    link: link.0,
                    place: position(place),
                    latency: of_link.latency.0,
                    end,
                });
            }
        }
        steps.first.push(steps.next());
        steps
    }

    /// The steps that leave a place, each with its position.
    pub(super) fn from(&self, place: u32) -> impl DoubleEndedIterator<Item = (u32, &Step)> {
        let (first, next) = (self.first[place as usize], self.first[place as usize + 1]);
        (first..next).zip(&self.all[first as usize..next as usize])
    }

    /// The steps that end at a place, each with the place that it leaves.
    pub(super) fn to(&self, place: u32) -> impl Iterator<Item = (u32, &Step)> {
        let arriving = self.arriving[place as usize].iter();
        arriving.map(|(from, step)| (*from, self.at(*step)))
    }

    /// The step at a position.
    pub(super) fn at(&self, step: u32) -> &Step {
        &self.all[step as usize]
    }

    /// `true` if a way goes on from a place: it is an element or a pool.
    pub(super) fn is_between(&self, place: u32) -> bool {
        self.between.contains(&place)
    }

    /// How many places there are.
    pub(super) fn places(&self) -> usize {
        self.first.len() - 1
    }

    fn next(&self) -> u32 {
        position(self.all.len())
    }
}

/// A position in four bytes.
pub(super) fn position(index: usize) -> u32 {
    u32::try_from(index).expect("invariant: the readers refuse tables of 2^32 rows")
}
