//! Sets of openings: which standby access points may be open, which the certificate says are, which sets are left once some are
//! refuted, and what all prices prove together, access points and the levels after them included.

use super::super::judge::Keys;
use super::prices::{Bound, SHAPE, Scene, UNKNOWN, Vector};
use super::view::{Aim, View};
use crate::diagnostic::amounts::rounded;
use crate::ids::AccessPointId;
use crate::plan_files::{KeptBy, LevelCertificate, SetVector};
use rayon::prelude::*;

/// The standby access points that may be open, and which are.
pub(super) struct Openings {
    /// Access points.
    candidates: Vec<usize>,
    /// Position of the level that counts them, if there is one.
    level: Option<usize>,
    /// Positions among the candidates; `None` if the certificate's set cannot be the one.
    open: Option<Vec<usize>>,
}

/// What the prices of a level are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PricedSet {
    /// The set that is open.
    Chosen,
    /// A set that is refuted: a plan that keeps the levels before needs others too.
    Refuted,
    /// Another set that is as good in the levels before.
    Alternative,
}

/// The prices of a level for one set of openings.
pub(super) struct OpeningPrices {
    level: usize,
    of: PricedSet,
    /// Ascending, among the candidates.
    open: Vec<usize>,
    /// `None` where nothing can be lower whatever the prices.
    vector: Option<Vector>,
}

impl Openings {
    pub(super) fn new(scene: &Scene<'_>, levels: &[LevelCertificate], keys: &mut Keys<'_>) -> Self {
        let context = scene.situation.context;
        let access_points = 0..context.inventory.access_points.len();
        let may_be_opened = |index: &usize| {
            let component = context
                .inventory
                .access_point_component(AccessPointId::new(*index));
            context.is_standby(component.index()) && scene.roads.may_open[*index]
        };
        let mut openings = Self {
            candidates: access_points.filter(may_be_opened).collect(),
            level: scene
                .stages
                .iter()
                .position(|claimed_level| claimed_level.aim == Aim::AccessPoints),
            open: None,
        };
        if let Some(level) = openings.level {
            let keys = &mut keys.of(&format!("levels[{level}]"));
            let named = levels[level].open.as_deref().unwrap_or_default();
            openings.open = openings.positions(scene, named, keys);
            let count = openings.open.as_ref().map_or(0, Vec::len) as f64;
            let value = scene.stages[level].value;
            if openings.open.is_some() && (count - value).abs() > 0.5 {
                let found = format!("{} access points", rounded(count));
                let expected = format!("as many as its value {}", rounded(value));
                keys.note(SHAPE, "", found, expected);
                openings.open = None;
            }
        }
        openings
    }

    /// P7972: the positions of named access points among the candidates.
    fn positions(
        &self,
        scene: &Scene<'_>,
        names: &[String],
        keys: &mut Keys<'_>,
    ) -> Option<Vec<usize>> {
        let mut all = Vec::with_capacity(names.len());
        for name in names {
            let id = scene.situation.context.access_points.get(name.as_str());
            let position = id.and_then(|id| self.candidates.binary_search(&id.index()).ok());
            let Some(position) = position else {
                let expected = "standby access points that may be opened";
                keys.note(UNKNOWN, "", format!("`{name}`"), expected);
                return None;
            };
            all.push(position);
        }
        all.sort_unstable();
        all.dedup();
        Some(all)
    }

    /// All prices of a level; those that cannot be ones are left out.
    pub(super) fn prices(
        &self,
        scene: &Scene<'_>,
        (position, level): (usize, &LevelCertificate),
        keys: &mut Keys<'_>,
    ) -> Vec<OpeningPrices> {
        let mut all = Vec::new();
        let price_vector = level.prices.as_ref();
        let vector = price_vector.map(|prices| Vector::new(scene, position, prices, keys));
        let is_after = self.level.is_some_and(|level| position > level);
        let open = self.open.clone().filter(|_| is_after);
        if vector != Some(None) && (open.is_some() || !is_after) {
            all.push(OpeningPrices {
                level: position,
                of: PricedSet::Chosen,
                open: open.unwrap_or_else(|| (0..self.candidates.len()).collect()),
                vector: vector.flatten(),
            });
        }
        let mut add = |list: &[SetVector], word: &str, of: PricedSet| {
            for (index, set) in list.iter().enumerate() {
                let keys = &mut keys.of(&format!("{word}[{index}]"));
                let open = self.positions(scene, &set.open, keys);
                let vector = open
                    .as_ref()
                    .and_then(|_| Vector::new(scene, position, &set.prices, keys));
                if let Some((open, vector)) = open.zip(vector) {
                    all.push(OpeningPrices {
                        level: position,
                        of,
                        open,
                        vector: Some(vector),
                    });
                }
            }
        };
        add(&level.refuted, "refuted", PricedSet::Refuted);
        add(&level.other_sets, "other_sets", PricedSet::Alternative);
        all
    }

    /// Recomputes what prices prove.
    fn bound(&self, scene: &Scene<'_>, prices: &OpeningPrices) -> Bound {
        let mut open = scene.roads.may_open.clone();
        let mut entry = vec![0.0; open.len()];
        let outside = self.candidates.iter().enumerate();
        let outside = outside.filter(|(position, _)| prices.open.binary_search(position).is_err());
        let aim = if prices.of == PricedSet::Refuted {
            outside.for_each(|(_, candidate)| entry[*candidate] = 1.0);
            Aim::Entry
        } else {
            outside.for_each(|(_, candidate)| open[*candidate] = false);
            scene.stages[prices.level].aim
        };
        match &prices.vector {
            Some(vector) => scene.bound(aim, vector, &open, &entry),
            None => Bound::AtLeast(View::new(scene.classes, scene.roads, open).floor(aim)),
        }
    }

    /// By level, what is proven of it: 0 where nothing is, for no level can be less. Levels that are said to be kept at a floor
    /// that they are above go to `above`, each with the level that keeps it.
    pub(super) fn proven(
        &self,
        scene: &Scene<'_>,
        prices: &[OpeningPrices],
        above: &mut Vec<(usize, usize)>,
    ) -> Vec<f64> {
        let bounds: Vec<Bound> = prices
            .par_iter()
            .map(|opening_prices| self.bound(scene, opening_prices))
            .collect();
        let of = |of: PricedSet, level: usize| {
            let all = prices.iter().zip(&bounds);
            let all = all.filter(move |(opening_prices, _)| {
                opening_prices.of == of && opening_prices.level == level
            });
            all.map(|(opening_prices, bound)| (&opening_prices.open, *bound))
        };
        let mut proven = vec![0.0; scene.stages.len()];
        for (position, proven) in proven.iter_mut().enumerate() {
            match of(PricedSet::Chosen, position).next() {
                Some((_, Bound::AtLeast(bound))) => *proven = bound,
                Some((_, Bound::NotAtFloor(kept))) => above.push((position, kept)),
                _ => {}
            }
        }
        let Some(level) = self.level else {
            return proven;
        };
        let refuted = of(PricedSet::Refuted, level).filter(|(_, bound)| match bound {
            Bound::AtLeast(users) => *users > 0.0,
            Bound::Impossible => true,
            Bound::NotAtFloor(_) => false,
        });
        let refuted: Vec<Vec<usize>> = refuted.map(|(open, _)| open.clone()).collect();
        let count = self.candidates.len();
        proven[level] = least_number(count, scene.stages[level].value, &refuted) as f64;
        let Some(open) = &self.open else {
            return proven;
        };
        let Some(mut alive) = left(count, open.len(), &refuted) else {
            proven[level + 1..].fill(0.0);
            return proven;
        };
        alive.retain(|set| set != open);
        for (position, proven) in proven.iter_mut().enumerate().skip(level + 1) {
            let most = held_at(scene, prices, position);
            alive.retain(|set| {
                let mut others = of(PricedSet::Alternative, position);
                let pair = others
                    .find(|(open, bound)| *open == set && !matches!(bound, Bound::NotAtFloor(_)));
                match pair.map_or(Bound::AtLeast(0.0), |pair| pair.1) {
                    Bound::AtLeast(bound) if bound <= most => {
                        *proven = proven.min(bound);
                        true
                    }
                    _ => false,
                }
            });
        }
        proven
    }
}

/// The most that later levels of the set that is open let a level be. Another set that cannot have so little is worse,
/// however much of the level its own later prices let it have.
fn held_at(scene: &Scene<'_>, prices: &[OpeningPrices], position: usize) -> f64 {
    let stage = &scene.stages[position];
    let later = prices.iter();
    let later = later.filter(|opening_prices| {
        opening_prices.of == PricedSet::Chosen && opening_prices.level > position
    });
    let kept = later
        .flat_map(|opening_prices| &opening_prices.vector)
        .flat_map(|vector| &vector.kept);
    let at = kept
        .filter(|pair| pair.0 == position)
        .map(|pair| match pair.1 {
            KeptBy::Floor => stage.value + scene.classes.nobody(),
            KeptBy::Limit { at } | KeptBy::Row { at, .. } => at,
        });
    at.fold(stage.value, f64::max)
}

/// The least number of openings, as far as it is proven: every set of fewer is refuted.
fn least_number(count: usize, value: f64, refuted: &[Vec<usize>]) -> usize {
    let mut least = 0;
    while least < count
        && (least as f64) < value
        && left(count, least, refuted).is_some_and(|sets| sets.is_empty())
    {
        least += 1;
    }
    least
}

/// How many choices are looked at before nothing is said.
const MOST_CHOICES: usize = 200_000;

/// The sets of exactly `size` of `count` candidates that are within no refuted set, each ascending, in their order; `None` if
/// there are too many to look at.
fn left(count: usize, size: usize, refuted: &[Vec<usize>]) -> Option<Vec<Vec<usize>>> {
    let outside = refuted
        .iter()
        .map(|set| (0..count).filter(|index| !set.contains(index)).collect());
    let mut search = SetSearch {
        size,
        outside: outside.collect(),
        found: Vec::new(),
        choices: 0,
    };
    let is_complete = search.go_on(&mut Vec::new(), &mut vec![false; count]);
    for set in &mut search.found {
        set.sort_unstable();
    }
    search.found.sort();
    is_complete.then_some(search.found)
}

struct SetSearch {
    size: usize,
    /// By refuted set: the candidates outside, one of which every set that is left has.
    outside: Vec<Vec<usize>>,
    found: Vec<Vec<usize>>,
    choices: usize,
}

impl SetSearch {
    /// Every set that has all of `chosen` and nothing that is banned; `false` if there are too many choices.
    fn go_on(&mut self, chosen: &mut Vec<usize>, is_banned: &mut [bool]) -> bool {
        self.choices += 1;
        if self.choices > MOST_CHOICES {
            return false;
        }
        let missed = self.outside.iter();
        let missed = missed.filter(|outside| !outside.iter().any(|index| chosen.contains(index)));
        let missed = missed.map(|outside| -> Vec<usize> {
            let open = outside.iter().copied();
            open.filter(|index| !is_banned[*index]).collect()
        });
        let missed = missed.min_by_key(Vec::len);
        if chosen.len() == self.size {
            if missed.is_none() {
                self.found.push(chosen.clone());
            }
            return true;
        }
        let choices = missed.unwrap_or_else(|| {
            (0..is_banned.len())
                .filter(|index| !is_banned[*index] && !chosen.contains(index))
                .collect()
        });
        // A set is found once: with the first of the choices, or without it and with the second, and so on.
        let is_complete = choices.iter().all(|&choice| {
            chosen.push(choice);
            let is_complete = self.go_on(chosen, is_banned);
            chosen.pop();
            is_banned[choice] = true;
            is_complete
        });
        for choice in choices {
            is_banned[choice] = false;
        }
        is_complete
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same by looking at every set.
    fn by_all(count: usize, size: usize, refuted: &[Vec<usize>]) -> Vec<Vec<usize>> {
        let mut sets: Vec<Vec<usize>> = (0_u32..1 << count)
            .map(|bits| (0..count).filter(|index| bits >> index & 1 == 1).collect())
            .filter(|set: &Vec<usize>| set.len() == size)
            .filter(|set| {
                !refuted
                    .iter()
                    .any(|refuted| set.iter().all(|index| refuted.contains(index)))
            })
            .collect();
        sets.sort();
        sets
    }

    #[test]
    fn what_is_left_is_what_no_refuted_set_contains() {
        let lists: [&[&[usize]]; 5] = [
            &[],
            &[&[]],
            &[&[0], &[1, 2]],
            &[&[0, 1, 2], &[1, 2, 3], &[3, 4]],
            &[&[0, 1, 2, 3, 4]],
        ];
        for list in lists {
            let refuted: Vec<Vec<usize>> = list.iter().map(|set| set.to_vec()).collect();
            for size in 0..=5 {
                let expected = Some(by_all(5, size, &refuted));
                assert_eq!(left(5, size, &refuted), expected, "{refuted:?}, {size}");
            }
        }
    }

    #[test]
    fn too_many_sets_are_not_looked_at() {
        assert_eq!(left(60, 30, &[]), None);
    }
}
