//! Openings: which standby access points may be open, which the certificate says are, and which sets are left once some are
//! refuted.

use super::super::context::RefereeContext;
use super::super::report::{At, Report};
use super::bound::Scene;
use super::level::{Aim, ClaimedLevel, SHAPE, UNKNOWN};
use crate::ids::AccessPointId;
use crate::model::AccessPointState;
use crate::plan_files::{CERTIFICATE_FILE, LevelCertificate, decimal};

/// The standby access points that may be open, and which are.
pub(super) struct Openings {
    /// Access points.
    pub(super) candidates: Vec<usize>,
    /// Position of the level that counts them, if there is one.
    pub(super) level: Option<usize>,
    /// Positions among the candidates; `None` if the certificate's set cannot be the one.
    pub(super) open: Option<Vec<usize>>,
}

impl Openings {
    pub(super) fn new(
        scene: &Scene<'_>,
        levels: &[LevelCertificate],
        key: &str,
        report: &mut Report,
    ) -> Self {
        let access_points = &scene.context.inventory.access_points;
        let candidates: Vec<usize> = (0..access_points.len())
            .filter(|&index| {
                access_points[index].state == AccessPointState::Standby
                    && scene.roads.may_open[index]
            })
            .collect();
        let is_it = |stage: &ClaimedLevel| stage.aim == Aim::AccessPoints;
        let level = scene.stages.iter().position(is_it);
        let mut openings = Self {
            candidates,
            level,
            open: None,
        };
        if let Some(level) = level {
            let key = format!("{key}.levels[{level}]");
            let named = levels[level].open.as_deref().unwrap_or_default();
            openings.open = openings.positions(scene.context, &key, named, report);
            let count = openings.open.as_ref().map_or(0, Vec::len) as f64;
            if openings.open.is_some() && (count - scene.stages[level].value).abs() > 0.5 {
                let found = format!("{} access points", decimal(count));
                let expected = format!(
                    "as many as its value {}",
                    decimal(scene.stages[level].value)
                );
                report.add(SHAPE, At::cell(CERTIFICATE_FILE, 0, &key), found, expected);
                openings.open = None;
            }
        }
        openings
    }

    /// P7972: the positions of named access points among the candidates.
    pub(super) fn positions(
        &self,
        context: &RefereeContext,
        key: &str,
        names: &[String],
        report: &mut Report,
    ) -> Option<Vec<usize>> {
        let mut all = Vec::with_capacity(names.len());
        for name in names {
            let id: Option<&AccessPointId> = context.access_points.get(name.as_str());
            let position = id.and_then(|id| self.candidates.binary_search(&id.index()).ok());
            let Some(position) = position else {
                let at = At::cell(CERTIFICATE_FILE, 0, key);
                let expected = "standby access points that may be opened";
                report.add(UNKNOWN, at, format!("`{name}`"), expected);
                return None;
            };
            all.push(position);
        }
        all.sort_unstable();
        all.dedup();
        Some(all)
    }

    /// By access point, whether it is open when just these candidates are.
    pub(super) fn mask(&self, scene: &Scene<'_>, open: &[usize]) -> Vec<bool> {
        let mut mask = scene.roads.may_open.clone();
        for (position, &candidate) in self.candidates.iter().enumerate() {
            mask[candidate] = open.binary_search(&position).is_ok();
        }
        mask
    }

    /// `true` if the level stands behind the choice of access points.
    pub(super) fn is_after(&self, position: usize) -> bool {
        self.level.is_some_and(|level| position > level)
    }
}

/// How many choices are looked at before nothing is said.
const MOST_CHOICES: usize = 200_000;

/// What is left of all sets of so many openings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Left {
    /// These, each ascending, in their order.
    Sets(Vec<Vec<usize>>),
    /// Too many to look at.
    Unknown,
}

/// The sets of exactly `size` of `count` candidates that are within no refuted set.
pub(super) fn left(count: usize, size: usize, refuted: &[Vec<usize>]) -> Left {
    let outside: Vec<Vec<usize>> = refuted
        .iter()
        .map(|set| (0..count).filter(|own| !set.contains(own)).collect())
        .collect();
    let mut search = SetSearch {
        count,
        size,
        outside,
        found: Vec::new(),
        choices: 0,
    };
    let mut is_banned = vec![false; count];
    if search.go_on(&mut Vec::new(), &mut is_banned) {
        for set in &mut search.found {
            set.sort_unstable();
        }
        search.found.sort();
        Left::Sets(search.found)
    } else {
        Left::Unknown
    }
}

struct SetSearch {
    count: usize,
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
        let missed = self
            .outside
            .iter()
            .filter(|outside| !outside.iter().any(|own| chosen.contains(own)))
            .map(|outside| -> Vec<usize> {
                let open = outside.iter().copied();
                open.filter(|own| !is_banned[*own]).collect()
            })
            .min_by_key(Vec::len);
        if chosen.len() == self.size {
            if missed.is_none() {
                self.found.push(chosen.clone());
            }
            return true;
        }
        let choices = missed.unwrap_or_else(|| {
            (0..self.count)
                .filter(|own| !is_banned[*own] && !chosen.contains(own))
                .collect()
        });
        // A set is found once: with the first of the choices, or without it and with the second, and so on.
        let mut is_complete = true;
        for &choice in &choices {
            chosen.push(choice);
            is_complete &= self.go_on(chosen, is_banned);
            chosen.pop();
            is_banned[choice] = true;
            if !is_complete {
                break;
            }
        }
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
            .map(|bits| (0..count).filter(|own| bits >> own & 1 == 1).collect())
            .filter(|set: &Vec<usize>| set.len() == size)
            .filter(|set| {
                !refuted
                    .iter()
                    .any(|refuted| set.iter().all(|own| refuted.contains(own)))
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
                let expected = Left::Sets(by_all(5, size, &refuted));
                assert_eq!(left(5, size, &refuted), expected, "{refuted:?}, {size}");
            }
        }
    }

    #[test]
    fn too_many_sets_are_not_looked_at() {
        assert_eq!(left(60, 30, &[]), Left::Unknown);
    }
}
