//! Orders: in which order users are asked whether they fit in the next wave.
//!
//! Every order makes safe waves; how many, and what is survived where one stops between them, differ. Fewest waves are a
//! packing problem with a choice of steering in each: largest first is near to fewest as a rule, and where more waves are
//! needed than are proven to be, or nobody can move on, others are tried. Where moves go in proportion, states on the way
//! are mixtures of both ends, which survive what both survive as far as whole shards allow it.

use super::context::{Order, Way};
use super::passage::Passage;
use crate::ids::SiteId;
use rustc_hash::FxBuildHasher;
use std::collections::BTreeMap;
use std::hash::BuildHasher;

/// Orders without a rule that are tried.
const MIXED: u32 = 24;

/// What is tried besides the largest first where that needs more waves than are proven to be needed.
pub(super) fn others() -> impl Iterator<Item = Order> {
    let ruled = [
        Order::Exact,
        Order::Alternating,
        Order::Tightest,
        Order::Roomiest,
        Order::InProportion,
        Order::Smallest,
    ];
    ruled.into_iter().chain((0..MIXED).map(Order::Mixed))
}

impl Passage<'_> {
    fn way(&self, kind: usize) -> Way {
        (self.kinds[kind].from, self.kinds[kind].to)
    }

    /// Sorts items.
    pub(super) fn sort(&self, items: &mut [usize], order: Order) {
        items.sort_by(|a, b| {
            let users = |item: &usize| self.items[*item].users;
            users(b).total_cmp(&users(a)).then(a.cmp(b))
        });
        let keys: BTreeMap<usize, f64> = match order {
            Order::Largest | Order::Exact => return,
            Order::Smallest => {
                let users = items.iter().map(|item| (*item, self.items[*item].users));
                users.collect()
            }
            Order::InProportion => self.in_proportion(items),
            Order::Roomiest => self.by_room(items, -1.0),
            Order::Tightest => self.by_room(items, 1.0),
            Order::Alternating => {
                let last = items.len().saturating_sub(1);
                let place = |rank: usize| (2 * rank).min(2 * (last - rank) + 1) as f64;
                let ranked = items.iter().enumerate();
                ranked.map(|(rank, item)| (*item, place(rank))).collect()
            }
            Order::Mixed(number) => {
                let place = |item: usize| FxBuildHasher.hash_one((number, item)) as f64;
                items.iter().map(|item| (*item, place(*item))).collect()
            }
            Order::First(first) => {
                let is_other = |item: &usize| self.way(self.items[*item].kind) != first;
                let keys = items.iter();
                keys.map(|item| (*item, f64::from(u8::from(is_other(item)))))
                    .collect()
            }
        };
        // Of equal ones the largest stays first.
        items.sort_by(|a, b| keys[a].total_cmp(&keys[b]));
    }

    /// By item, which part of its way has gone when half of it has, if each way goes in this order.
    fn in_proportion(&self, items: &[usize]) -> BTreeMap<usize, f64> {
        let mut all: BTreeMap<Way, f64> = BTreeMap::new();
        let way = |item: usize| self.way(self.items[item].kind);
        for &item in items {
            *all.entry(way(item)).or_default() += self.items[item].users;
        }
        let mut gone: BTreeMap<Way, f64> = BTreeMap::new();
        let keys = items.iter().map(|&item| {
            let users = self.items[item].users;
            let before = gone.entry(way(item)).or_default();
            let key = (*before + users / 2.0) / all[&way(item)].max(f64::MIN_POSITIVE);
            *before += users;
            (item, key)
        });
        keys.collect()
    }

    /// By item, what is free at the site to which it goes before anybody moves, as a share of its capacity.
    fn by_room(&self, items: &[usize], times: f64) -> BTreeMap<usize, f64> {
        let free = |site: SiteId| {
            let component = self.limits.inventory.site_component(site);
            let limits = self.limits.of(0, component);
            let shares = limits.map(|at| {
                let limit = &self.limits.rows[at];
                1.0 - self.first.load(at, 0.0) / limit.capacity.max(f64::MIN_POSITIVE)
            });
            shares.fold(1.0, f64::min)
        };
        let keys = items.iter();
        keys.map(|item| (*item, times * free(self.kinds[self.items[*item].kind].to)))
            .collect()
    }
}
