//! A search once some places or links have become dearer: what passes none of them stays as it is.
//!
//! A path that was the best and passes nothing dearer still is. So only the places past something dearer are
//! searched, from all that lead there. Labels settle in the very order of a search from nothing, ties included.
//! Source: Ramalingam and Reps 1996.

use super::{Prices, Scratch, Terms, Tree, search};
use crate::graph::build::PlaceId;
use crate::graph::dominance::Label;
use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

/// Where prices are higher than those of an earlier search.
pub(in crate::graph) struct Dearer {
    /// By place.
    places: Vec<bool>,
    /// By link; empty where no link is dearer.
    links: Vec<bool>,
}

impl Dearer {
    /// Where prices are higher than earlier ones, looking at some places and links only; `None` if any is lower.
    pub(in crate::graph) fn than(
        earlier: &Prices,
        now: &Prices,
        is_looked_at: (impl Fn(usize) -> bool, impl Fn(usize) -> bool),
    ) -> Option<Self> {
        if earlier.latency.to_bits() != now.latency.to_bits() {
            return None;
        }
        let places = dearer(&earlier.places, &now.places, is_looked_at.0)?;
        let links = dearer(&earlier.links, &now.links, is_looked_at.1)?;
        Some(Self { places, links })
    }

    fn is_on(&self, label: &Label) -> bool {
        self.places.get(label.place.index()) == Some(&true)
            || label
                .before
                .is_some_and(|(_, link)| self.links.get(link.index()) == Some(&true))
    }
}

/// By position, whether a price is higher than an earlier one; empty if none is, `None` if any is lower.
fn dearer(earlier: &[f64], now: &[f64], is_looked_at: impl Fn(usize) -> bool) -> Option<Vec<bool>> {
    let mut all = Vec::new();
    let count = now.len();
    for (position, (earlier, now)) in earlier.iter().zip(now).enumerate() {
        if earlier.to_bits() == now.to_bits() || !is_looked_at(position) {
            continue;
        }
        if now < earlier {
            return None;
        }
        if now > earlier {
            all.resize(count, false);
            all[position] = true;
        }
    }
    Some(all)
}

impl Tree {
    /// What a search from `start` finds now that some places or links are dearer than when this was found: a tree that
    /// goes on from this one, with labels of its own for the places past them. `None` if that is nothing. There is no
    /// latency limit, and this goes on from no other.
    pub(in crate::graph) fn once_dearer(
        self: &Arc<Self>,
        terms: Terms<'_>,
        start: PlaceId,
        dearer: &Dearer,
        scratch: &mut Scratch,
    ) -> Option<Self> {
        let is_lost = self.past(dearer)?;
        if is_lost.first() != Some(&false) {
            return Some(search(terms, start, scratch));
        }
        scratch.clear(terms.network.place_count());
        scratch.open.resize(terms.network.place_count(), false);
        scratch.is_narrow = true;
        let lost = |label: &(&Label, &bool)| *label.1;
        let after = self.labels.iter().zip(&is_lost).filter(lost);
        after.for_each(|(label, _)| scratch.open[label.place.index()] = true);
        let mut replay = Replay {
            terms,
            known: self,
            labels: Vec::new(),
        };
        for position in 0..self.settled {
            if !is_lost[position as usize] {
                let label = &self.labels[position as usize];
                replay.settle_before(label, scratch);
                terms.go_on(label, position, scratch);
            }
        }
        replay.settle_rest(scratch);
        let settled = replay.next();
        let mut labels = replay.labels;
        labels.append(&mut scratch.goals);
        let after = self.labels.iter().zip(&is_lost).filter(lost);
        after.for_each(|(label, _)| scratch.open[label.place.index()] = false);
        scratch.is_narrow = false;
        Some(Self {
            labels,
            settled,
            earlier: Some(Arc::clone(self)),
        })
    }

    /// By label, whether the path to it passes something dearer; `None` if none does.
    fn past(&self, dearer: &Dearer) -> Option<Vec<bool>> {
        let mut is_lost: Vec<bool> = Vec::with_capacity(self.labels.len());
        let mut is_any = false;
        for label in &self.labels {
            let is_behind = label
                .before
                .is_some_and(|(before, _)| is_lost[before as usize]);
            let flag = is_behind || dearer.is_on(label);
            is_lost.push(flag);
            is_any |= flag;
        }
        is_any.then_some(is_lost)
    }
}

/// A search that passes what is known where it would be settled, and settles what is not.
struct Replay<'a> {
    terms: Terms<'a>,
    known: &'a Tree,
    labels: Vec<Label>,
}

impl Replay<'_> {
    /// Settles whatever waits and is before a label.
    fn settle_before(&mut self, label: &Label, scratch: &mut Scratch) {
        while let Some(Reverse(entry)) = scratch.heap.peek() {
            let waiting = scratch.found[entry.order as usize];
            if self.in_order(&waiting, label) == Ordering::Greater {
                return;
            }
            scratch.heap.pop();
            self.settle(waiting, scratch);
        }
    }

    /// Settles whatever waits.
    fn settle_rest(&mut self, scratch: &mut Scratch) {
        while let Some(label) = scratch.least() {
            self.settle(label, scratch);
        }
    }

    fn settle(&mut self, label: Label, scratch: &mut Scratch) {
        let front = &mut scratch.fronts[label.place.index()];
        if !front.is_settled() {
            front.settle(label.latency);
            let position = self.next();
            self.labels.push(label);
            self.terms.go_on(&label, position, scratch);
        }
    }

    /// The position of the next label.
    fn next(&self) -> u32 {
        u32::try_from(self.known.labels.len() + self.labels.len())
            .expect("invariant: fewer than 2^32 labels are found in memory")
    }

    fn label(&self, position: u32) -> &Label {
        let position = position as usize;
        let known = self.known.labels.get(position);
        known.unwrap_or_else(|| &self.labels[position - self.known.labels.len()])
    }

    /// Which of two labels is settled first: ties go to the one that is found first.
    fn in_order(&self, one: &Label, other: &Label) -> Ordering {
        let best = one.price.total_cmp(&other.price);
        let best = best.then(one.latency.total_cmp(&other.latency));
        best.then(one.steps.cmp(&other.steps))
            .then_with(|| match (one.before, other.before) {
                (Some((before, link)), Some((of_other, other))) if before == of_other => {
                    let mut leaving = self.terms.network.leaving(self.label(before).place);
                    let first =
                        leaving.find(|(one_link, _)| *one_link == link || *one_link == other);
                    if first.is_some_and(|(one_link, _)| one_link == link) {
                        Ordering::Less
                    } else {
                        Ordering::Greater
                    }
                }
                (Some((before, _)), Some((of_other, _))) => {
                    self.in_order(self.label(before), self.label(of_other))
                }
                (one, other) => one.cmp(&other),
            })
    }
}
