//! Exposed: problems that bound what tenants lose to silent faults on their paths.

use super::class::{Class, Classes};
use super::column::PathTable;
use super::demand::{Demand, Group};
use super::goals::Level;
use super::ids::{ClassId, GroupId, RowId};
use super::problem::Problem;
use super::reused_classes::Begun;
use super::route::Route;
use super::rows::{ExposureRow, Survival};
use rustc_hash::FxHashMap;
use std::sync::Arc;

impl Classes {
    /// The same classes, where users that rows distinguish are in groups of their own, so that they may take other paths;
    /// `first` is the position of the first row.
    #[must_use]
    pub(super) fn exposed(self, first: RowId, exposures: &[ExposureRow]) -> Self {
        if exposures.is_empty() {
            return self;
        }
        let mut groups = self.groups.clone();
        let mut demands = self.demands.clone();
        let mut split: FxHashMap<(GroupId, Vec<(RowId, u64)>), GroupId> = FxHashMap::default();
        let mut group_of = |class: &Class| -> GroupId {
            let rows = (first..).zip(exposures);
            let weights = rows.map(|(row, exposure)| (row, exposure.weight(class, &self.who)));
            let exposed: Vec<(RowId, f64)> = weights.filter(|(_, weight)| *weight > 0.0).collect();
            if exposed.is_empty() {
                return class.group;
            }
            let bits = exposed.iter().map(|(row, weight)| (*row, weight.to_bits()));
            *split
                .entry((class.group, bits.collect()))
                .or_insert_with(|| {
                    let group = &self.groups[class.group];
                    demands.push(Demand {
                        exposed,
                        ..self.demands[group.demand].clone()
                    });
                    groups.push(Group {
                        demand: demands.len() - 1,
                        ..group.clone()
                    });
                    groups.len() - 1
                })
        };
        let classes = self.classes.iter().map(|class| {
            let group = group_of(class);
            if group == class.group {
                return Arc::clone(class);
            }
            Arc::new(Class {
                group,
                ..Class::clone(class)
            })
        });
        let classes = classes.collect();
        Self {
            classes,
            groups,
            demands,
            ..self
        }
    }
}

impl Problem<'_> {
    /// The same problem with these rows added; `case_count` is that of their cases. Its classes stand where they stand
    /// here.
    #[must_use]
    pub fn exposed(&self, case_count: usize, exposures: Vec<ExposureRow>) -> Self {
        let first = self.rows.rows.len();
        let classes = self.classes.clone().exposed(first, &exposures);
        let survival = Survival {
            case_count,
            exposures,
            ..Survival::default()
        };
        let rows = self.rows.as_ref().clone().surviving(survival, self.users);
        let begun = Begun {
            paths: PathTable::after(&self.paths),
            ..Begun::default()
        };
        Self::over(
            self.setting,
            classes,
            Arc::clone(&self.fixed),
            Arc::clone(&self.mean_demand),
            Arc::new(rows),
            Arc::clone(&self.profile_paths),
            begun,
        )
    }

    /// The same problem whose last level is this one.
    #[must_use]
    pub fn up_to(mut self, last: Level) -> Self {
        if let Some(position) = self.levels.iter().position(|level| *level == last) {
            self.levels.truncate(position + 1);
        }
        self
    }

    /// What one user of a class adds to the exposure rows on a route: the mean over the time of its slices.
    pub(super) fn exposures(
        &self,
        class: ClassId,
        route: &Route,
    ) -> impl Iterator<Item = (RowId, f64)> {
        let group = &self.classes.groups[self.class(class).group];
        let exposed = &self.classes.demands[group.demand].exposed;
        exposed.iter().filter_map(|&(row, weight)| {
            let exposure = self.rows.exposure(row);
            let network = self.setting.network;
            let crossed = route.mean_over(&self.setting.case.hours, |leg| {
                exposure.crossed(network, leg)
            });
            (crossed > 0.0).then_some((row, weight * crossed))
        })
    }
}
