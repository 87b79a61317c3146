//! The values behind the chart of ranked failures, and its finding.

use super::names::Names;
use super::ranked::{severity, worst};
use super::sentences::capital;
use super::told::Told;
use crate::model::Recovery;
use crate::plan::sweep::Found;
use crate::report::Named;
use crate::report::charts::ImpactChart;
use crate::report::charts::impact::{Impact, ImpactBlock, ImpactRow, MissingAt};
use crate::report::numbers;
use crate::units::NOBODY;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Most cases of the chart.
const MOST: usize = 25;

impl Told<'_> {
    /// The chart of ranked failures; `None` where every case holds.
    pub(super) fn impact(&self, names: &Names<'_>) -> Option<ImpactChart> {
        let mut left = MOST;
        let sizes = self.most() + 1;
        let mut blocks = Vec::new();
        for size in 0..sizes {
            let mut rows = self.ranked_rows(size);
            let in_all = rows.len();
            // What one number of failures leaves of its share goes to the next.
            rows.truncate(left.div_ceil(sizes - size));
            left -= rows.len();
            let rows = rows
                .into_iter()
                .map(|(case, found)| self.impact_row(names, case, &found));
            blocks.push(ImpactBlock {
                heading: capital(&self.cases_of_size(size)),
                rows: rows.collect(),
                in_all,
            });
        }
        blocks.retain(|block| !block.rows.is_empty());
        if blocks.is_empty() {
            return None;
        }
        let recoveries = &self.sweep.recoveries;
        let one = (recoveries.len() == 1).then(|| self.recovery());
        Some(ImpactChart {
            title: self.impact_title(names),
            about: self.about(one),
            tiers: self.sweep.tiers.clone(),
            recoveries: recoveries.iter().map(|own| own.word()).collect(),
            blocks,
        })
    }

    /// Cases of so many failures that do not hold under some recovery, with what they come to under each; the worst
    /// first: under planning again, then under the recovery that does next most.
    pub(super) fn ranked_rows(&self, size: usize) -> Vec<(usize, Vec<Option<&Found>>)> {
        let recoveries = &self.sweep.recoveries;
        let mut rows: BTreeMap<usize, Vec<Option<&Found>>> = BTreeMap::new();
        for (position, recovery) in recoveries.iter().enumerate() {
            for found in self.of_size(*recovery, size) {
                let row = rows
                    .entry(found.case)
                    .or_insert_with(|| vec![None; recoveries.len()]);
                row[position] = Some(found);
            }
        }
        let mut rows: Vec<_> = rows.into_iter().collect();
        rows.retain(|(_, row)| row.iter().flatten().any(|own| !own.holds()));
        rows.sort_by(|(left_case, left), (right_case, right)| {
            let pairs = left.iter().zip(right).rev();
            let orders = pairs.map(|pair| match pair {
                (Some(left), Some(right)) => severity(left, right),
                (left, right) => left.is_none().cmp(&right.is_none()),
            });
            let first = orders.into_iter().find(|order| order.is_ne());
            first
                .unwrap_or(Ordering::Equal)
                .then(left_case.cmp(right_case))
        });
        rows
    }

    fn impact_row(&self, names: &Names<'_>, case: usize, found: &[Option<&Found>]) -> ImpactRow {
        let cases = &self.sweep.contingencies;
        let impact = |own: &Found| Impact {
            unserved: own.unserved.clone(),
            missing: own.missing.map(|missing| MissingAt {
                share: missing.share,
                component: Named::new(
                    self.inventory.component_name(missing.component),
                    &names.alone(missing.component),
                ),
                resource: self.inventory.resources[missing.resource.index()]
                    .id
                    .clone(),
            }),
        };
        ImpactRow {
            case,
            failing: Named::new(&cases.name(self.inventory, case), &names.case(cases, case)),
            impacts: found.iter().map(|own| own.map(impact)).collect(),
        }
    }

    /// `San Antonio is the worst single site: 412,000 users stay unserved`.
    fn impact_title(&self, names: &Names<'_>) -> String {
        let with_replan = self.sweep.recoveries.contains(&Recovery::Replan);
        let saved = self
            .acting()
            .into_iter()
            .filter_map(|own| Some((own.recovery, own.saved?)));
        let saved = saved.reduce(|most, own| if own.1.1 > most.1.1 { own } else { most });
        if let Some((recovery, (case, _))) = saved.filter(|_| with_replan) {
            let users = |of: Recovery| {
                let found = self.found(of, case);
                numbers::users_up(found.map_or(0.0, Found::unserved_users))
            };
            return format!(
                "{}, {} leaves {} users unserved, planning again {}",
                capital(&self.without(names, case)),
                recovery.word(),
                users(recovery),
                users(Recovery::Replan)
            );
        }
        let by_size =
            (0..=self.most()).filter_map(|size| worst(self.of_size(self.recovery(), size)));
        let Some(most) = by_size.reduce(|most, own| {
            if severity(own, most).is_lt() {
                own
            } else {
                most
            }
        }) else {
            return "Nothing was looked at".to_owned();
        };
        let without = self.without(names, most.case);
        if most.unserved_users() > NOBODY {
            let users = numbers::users_up(most.unserved_users());
            let (some, stay) = if users == "1" {
                ("user", "stays")
            } else {
                ("users", "stay")
            };
            let more = self.more(most);
            return format!(
                "{}, {users} {some} {stay} unserved{more}: no case is worse",
                capital(&without)
            );
        }
        match most.missing {
            Some(missing) => format!(
                "Everyone is served; {without}, {} {}",
                self.resource(names, (missing.component, missing.resource)),
                super::case_words::lacks(missing.share)
            ),
            None => format!("Every case holds under {}", self.recovery().word()),
        }
    }
}
