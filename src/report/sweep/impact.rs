//! The values behind the chart of ranked failures, and its finding.

use super::names::Names;
use super::ranked::{severity, worst};
use super::told::Told;
use crate::model::{CaseKind, Recovery};
use crate::plan::sweep::Found;
use crate::report::Named;
use crate::report::charts::ImpactChart;
use crate::report::charts::impact::{Impact, ImpactBlock, ImpactRow, MissingAt};
use crate::report::grammar::{capital, stay_unserved};
use crate::report::numbers;
use crate::units::NOBODY;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Most cases of the chart.
const MOST: usize = 25;

impl Told<'_> {
    /// The chart of ranked failures; `None` where every case holds.
    pub(super) fn impact(&self, names: &Names<'_>) -> Option<ImpactChart> {
        let (title, named) = self.impact_title(names);
        let mut left = MOST;
        let kinds = self.sweep.contingencies.kinds();
        let ranked: Vec<_> = kinds
            .map(|kind| (kind, self.ranked_rows(kind)))
            .filter(|(_, rows)| !rows.is_empty())
            .collect();
        let kinds = ranked.len();
        let mut blocks = Vec::new();
        for (index, (kind, mut rows)) in ranked.into_iter().enumerate() {
            let in_all = rows.len();
            // What one kind of cases leaves of its share goes to the next.
            let most = left.div_ceil(kinds - index).min(in_all);
            // What the title names has a row.
            let own = rows.iter().position(|(case, _)| Some(*case) == named);
            if let Some(own) = own.filter(|own| *own >= most && most > 0) {
                rows.swap(own, most - 1);
            }
            rows.truncate(most);
            left -= rows.len();
            let rows = rows
                .into_iter()
                .map(|(case, found)| self.impact_row(names, case, &found));
            blocks.push(ImpactBlock {
                heading: self.cases_of_kind(kind),
                rows: rows.collect(),
                in_all,
            });
        }
        if blocks.is_empty() {
            return None;
        }
        let recoveries = &self.sweep.recoveries;
        let one = (recoveries.len() == 1).then(|| self.recovery());
        Some(ImpactChart {
            title,
            about: self.about(one),
            tiers: self.sweep.tiers.clone(),
            recoveries: recoveries.iter().map(|own| own.word()).collect(),
            blocks,
        })
    }

    /// The heading of the cases of a kind.
    fn cases_of_kind(&self, kind: CaseKind) -> String {
        match kind {
            CaseKind::Failures(size) => capital(&self.cases_of_size(size)),
            CaseKind::RiskGroup => "Risk groups".to_owned(),
            CaseKind::Gray => "While something is gray".to_owned(),
        }
    }

    /// Cases of a kind that do not hold under some recovery, with what they come to under each; the worst
    /// first: under planning again, then under the recovery that does next most.
    pub(super) fn ranked_rows(&self, kind: CaseKind) -> Vec<(usize, Vec<Option<&Found>>)> {
        let recoveries = &self.sweep.recoveries;
        let mut rows: BTreeMap<usize, Vec<Option<&Found>>> = BTreeMap::new();
        for (position, recovery) in recoveries.iter().enumerate() {
            for found in self.of_kind(*recovery, kind) {
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
            no_site: own.no_site.clone().unwrap_or_default(),
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
            failing: Named::new(&cases.name(self.inventory, case), &names.case(cases, case)),
            impacts: found.iter().map(|own| own.map(impact)).collect(),
        }
    }

    /// `Without San Antonio, 412,000 users stay unserved: no case is worse`, with the case that it names: the worst of
    /// all that were looked at.
    fn impact_title(&self, names: &Names<'_>) -> (String, Option<usize>) {
        let recoveries = &self.sweep.recoveries;
        let with_replan = recoveries.contains(&Recovery::Replan);
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
            let title = format!(
                "{}, {} leaves {} users unserved, planning again {}",
                capital(&self.without(names, case)),
                recovery.word(),
                users(recovery),
                users(Recovery::Replan)
            );
            return (title, Some(case));
        }
        // Where planning again saves nobody, no recovery leaves more unserved than it does.
        let is_asked = |own: &&Found| !with_replan || own.recovery == Recovery::Replan;
        let Some(most) = worst(self.sweep.tally.found.iter().filter(is_asked)) else {
            return ("Nothing was looked at".to_owned(), None);
        };
        (self.worst_words(names, most), Some(most.case))
    }

    /// What the worst of all cases comes to, as the finding.
    fn worst_words(&self, names: &Names<'_>, most: &Found) -> String {
        let without = self.without(names, most.case);
        let under = if self.sweep.recoveries.len() > 1 && most.recovery != Recovery::Replan {
            format!(" under {}", most.recovery.word())
        } else {
            String::new()
        };
        if most.unserved_users() > NOBODY {
            let stay = stay_unserved(most.unserved_users());
            let more = self.more(most);
            return format!(
                "{}, {stay}{under}{more}: no case is worse",
                capital(&without)
            );
        }
        match most.missing {
            Some(missing) => format!(
                "Everyone is served; {without}, {} {}{under}",
                self.resource(names, (missing.component, missing.resource)),
                super::case_words::lacks(missing.share)
            ),
            None => format!("Every case holds under {}", self.recovery().word()),
        }
    }
}
