//! Openings: which standby access points may be open, and which the certificate says are.

use super::super::ground::Ground;
use super::super::report::{At, Report, Rule};
use super::bound::Scene;
use super::stage::{Aim, Stage};
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
        const RULE: Rule = Rule {
            code: "P7971",
            hint: "take all files of the same plan",
        };
        let access_points = &scene.ground.inventory.access_points;
        let candidates: Vec<usize> = (0..access_points.len())
            .filter(|&index| {
                access_points[index].state == AccessPointState::Standby
                    && scene.roads.may_open[index]
            })
            .collect();
        let is_it = |stage: &Stage| stage.aim == Aim::AccessPoints;
        let level = scene.stages.iter().position(is_it);
        let mut openings = Self {
            candidates,
            level,
            open: None,
        };
        if let Some(level) = level {
            let key = format!("{key}.levels[{level}]");
            let named = levels[level].open.as_deref().unwrap_or_default();
            openings.open = openings.positions(scene.ground, &key, named, report);
            let count = openings.open.as_ref().map_or(0, Vec::len) as f64;
            if openings.open.is_some() && (count - scene.stages[level].value).abs() > 0.5 {
                let found = format!("{} access points", decimal(count));
                let expected = format!(
                    "as many as its value {}",
                    decimal(scene.stages[level].value)
                );
                report.add(RULE, At::cell(CERTIFICATE_FILE, 0, &key), found, expected);
                openings.open = None;
            }
        }
        openings
    }

    /// P7972: the positions of named access points among the candidates.
    pub(super) fn positions(
        &self,
        ground: &Ground<'_>,
        key: &str,
        names: &[String],
        report: &mut Report,
    ) -> Option<Vec<usize>> {
        const RULE: Rule = Rule {
            code: "P7972",
            hint: "take the prices as they were written for this plan",
        };
        let mut all = Vec::with_capacity(names.len());
        for name in names {
            let id: Option<&AccessPointId> = ground.access_points.get(name.as_str());
            let position = id.and_then(|id| self.candidates.binary_search(&id.index()).ok());
            let Some(position) = position else {
                let at = At::cell(CERTIFICATE_FILE, 0, key);
                let expected = "standby access points that may be opened";
                report.add(RULE, at, format!("`{name}`"), expected);
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
