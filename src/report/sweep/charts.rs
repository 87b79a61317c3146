//! The charts of a sweep: which there are, and the values and findings of those of its worst failures and pairs.

use super::names::ComponentNames;
use super::report::{CaseCounts, SweepReport, TierSurvival, answer, severity, worst};
use crate::error::Result;
use crate::model::{CaseKind, Recovery};
use crate::plan::sweep::CaseResult;
use crate::report::charts::impact::{Impact, ImpactBlock, ImpactRow, MissingAt};
use crate::report::charts::pairs::PairCell;
use crate::report::charts::tenants::TierBars;
use crate::report::charts::{Chart, ImpactChart, PairsChart, TenantsChart};
use crate::report::document::Figure;
use crate::report::drawn::drawing;
use crate::report::grammar::{capital, only_if, stay_unserved};
use crate::report::{Named, numbers};
use crate::units::NOBODY;
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::BTreeMap;

fn boxed(chart: Option<impl Chart + 'static>) -> Option<Box<dyn Chart>> {
    chart.map(|call| Box::new(call) as Box<dyn Chart>)
}

const MOST_CASES: usize = 25;
const MOST_MEMBERS: usize = 60;

impl SweepReport<'_> {
    /// Every chart that has something to show, in the order in which they are to be read.
    ///
    /// # Errors
    /// `Error::Internal` if a picture cannot be drawn.
    pub fn drawings(&self) -> Result<Vec<Figure>> {
        let names = self.names();
        let charts = [
            ("impact", "Worst failures", boxed(self.impact(&names))),
            (
                "utilization",
                "Sites in every failure",
                boxed(self.utilization(&names)),
            ),
            ("pairs", "Pairs of failures", boxed(self.pairs(&names))),
            (
                "survivability",
                "Survivability",
                boxed(self.survivability()),
            ),
            ("exposure", "Gray faults", boxed(self.exposure())),
        ];
        let drawn = charts.into_par_iter().filter_map(|(name, subject, chart)| {
            Some(drawing(name.to_owned(), subject, None, chart?.as_ref()))
        });
        drawn.collect()
    }

    /// The chart of survivability; `None` where no failure was checked, or no tier has users.
    fn survivability(&self) -> Option<TenantsChart> {
        let recovery = self.recovery();
        let survival = self.survival(recovery);
        let sizes: Vec<usize> = self.sizes(recovery).collect();
        let is_broken = |tier_survival: &&TierSurvival| {
            sizes
                .iter()
                .any(|size| tier_survival.survive[*size] < tier_survival.tenants)
        };
        let shown = survival.iter().find(is_broken).or(survival.first())?;
        let last = *sizes.iter().max().filter(|size| **size > 0)?;
        let title = if is_broken(&shown) {
            self.survival_words(shown)?
        } else {
            format!(
                "Every tenant survives the failure of any {}{}",
                self.case_of_size(last),
                self.if_split(recovery)
            )
        };
        let bar = |tier_survival: &TierSurvival, size: usize| {
            let case = match size {
                0 => "no failure".to_owned(),
                size => format!("any {}", self.case_of_size(size)),
            };
            (case, tier_survival.survive[size])
        };
        let tiers = survival.iter().map(|tier_survival| TierBars {
            tier: self.inventory.tiers[tier_survival.tier.index()].id.clone(),
            tenants: tier_survival.tenants,
            bars: sizes.iter().map(|size| bar(tier_survival, *size)).collect(),
        });
        let about = self.about(Some(recovery));
        Some(TenantsChart::survivability(title, about, tiers.collect()))
    }

    /// The chart of ranked failures; `None` where every case holds.
    pub(super) fn impact(&self, names: &ComponentNames<'_>) -> Option<ImpactChart> {
        let (title, named) = self.impact_title(names);
        let mut left = MOST_CASES;
        let kinds = self.sweep.contingencies.kinds();
        let ranked: Vec<_> = kinds
            .map(|kind| (kind, self.worst_rows(kind)))
            .filter(|(_, rows)| !rows.is_empty())
            .collect();
        let kinds = ranked.len();
        let mut blocks = Vec::new();
        for (index, (kind, mut rows)) in ranked.into_iter().enumerate() {
            let in_all = rows.len();
            // The unused share of one kind of cases goes to the next.
            let most = left.div_ceil(kinds - index).min(in_all);
            // The case of the title has a row.
            let index = rows.iter().position(|(case, _)| Some(*case) == named);
            if let Some(index) = index.filter(|index| *index >= most && most > 0) {
                rows.swap(index, most - 1);
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
        let mut about = self.about(one);
        if one.is_none() {
            let explained = recoveries.iter();
            about.extend(
                explained.map(|recovery| {
                    format!("{}: {}", recovery.word(), answer(self.sweep, *recovery))
                }),
            );
        }
        Some(ImpactChart {
            title,
            about,
            tiers: self.sweep.tiers.clone(),
            recoveries: recoveries.iter().map(|recovery| recovery.word()).collect(),
            blocks,
        })
    }

    /// Cases of a kind that do not hold under some recovery, each ranked by the recovery under which it is worst. A case
    /// whose gray member has failed in it is the case without that member, and left out.
    fn worst_rows(&self, kind: CaseKind) -> Vec<(usize, Vec<Option<&CaseResult>>)> {
        let cases = &self.sweep.contingencies;
        let mut rows = self.ranked_rows(kind);
        rows.retain(|(case, _)| !cases.is_repeated(*case));
        rows.sort_by(|(left_case, left), (right_case, right)| {
            let [left, right] = [left, right].map(|row| worst(row.iter().flatten().copied()));
            let order = match (left, right) {
                (Some(left), Some(right)) => severity(left, right),
                (left, right) => left.is_none().cmp(&right.is_none()),
            };
            order.then(left_case.cmp(right_case))
        });
        rows
    }

    fn cases_of_kind(&self, kind: CaseKind) -> String {
        match kind {
            CaseKind::Failures(size) => capital(&self.cases_of_size(size)),
            CaseKind::RiskGroup => "Risk groups".to_owned(),
            CaseKind::Gray => "With gray members".to_owned(),
        }
    }

    /// Cases of a kind that do not hold under some recovery, with what they come to under each; the worst
    /// first: under planning again, then under the recovery that does next most.
    pub(super) fn ranked_rows(&self, kind: CaseKind) -> Vec<(usize, Vec<Option<&CaseResult>>)> {
        let recoveries = &self.sweep.recoveries;
        let mut rows: BTreeMap<usize, Vec<Option<&CaseResult>>> = BTreeMap::new();
        for (position, recovery) in recoveries.iter().enumerate() {
            for found in self.of_kind(*recovery, kind) {
                let row = rows
                    .entry(found.case)
                    .or_insert_with(|| vec![None; recoveries.len()]);
                row[position] = Some(found);
            }
        }
        let mut rows: Vec<_> = rows.into_iter().collect();
        rows.retain(|(_, row)| row.iter().flatten().any(|case_result| !case_result.holds()));
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

    fn impact_row(
        &self,
        names: &ComponentNames<'_>,
        case: usize,
        found: &[Option<&CaseResult>],
    ) -> ImpactRow {
        let cases = &self.sweep.contingencies;
        let impact = |case_result: &CaseResult| Impact {
            unserved: case_result.unserved.clone(),
            no_site: case_result.no_site.clone().unwrap_or_default(),
            missing: case_result.missing.map(|missing| MissingAt {
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
            impacts: found
                .iter()
                .map(|case_result| case_result.map(impact))
                .collect(),
        }
    }

    /// `Without San Antonio, 412,000 users stay unserved: no case is worse`, with the case that it names: the worst of
    /// all that were looked at.
    fn impact_title(&self, names: &ComponentNames<'_>) -> (String, Option<usize>) {
        let Some(most) = worst(self.sweep.tally.found.iter()) else {
            return ("No case was checked".to_owned(), None);
        };
        (self.worst_words(names, most), Some(most.case))
    }

    fn worst_words(&self, names: &ComponentNames<'_>, most: &CaseResult) -> String {
        let without = self.without(names, most.case);
        let is_other = self.sweep.recoveries.len() > 1 && most.recovery != Recovery::Replan;
        let under = only_if(is_other, || format!(" under {}", most.recovery.word()));
        if most.unserved_users() > NOBODY {
            let stay = stay_unserved(most.unserved_users());
            let again = self.found(Recovery::Replan, most.case).filter(|_| is_other);
            let more = again.map_or_else(
                || self.more(most),
                |case_result| {
                    format!(
                        ", planning again {}",
                        numbers::users_up(case_result.unserved_users())
                    )
                },
            );
            return format!(
                "{}, {stay}{under}{more}: no case is worse",
                capital(&without)
            );
        }
        match Self::lacking(names, most) {
            Some(lacking) => format!(
                "{}, {lacking}{under}; everyone is served",
                capital(&without)
            ),
            None => format!("Every case holds under {}", self.recovery().word()),
        }
    }

    /// The chart of pairs; `None` where no pair was checked, and where every pair holds or comes to no more than its parts alone.
    pub(super) fn pairs(&self, names: &ComponentNames<'_>) -> Option<PairsChart> {
        let recovery = self.recovery();
        let cases = &self.sweep.contingencies;
        let pairs = || self.of_size(recovery, 2);
        let worst_pair = worst(pairs())?;
        // What failures come to alone is in the charts of them.
        if pairs().all(|case_result| case_result.holds() || self.is_explained(case_result)) {
            return None;
        }
        // How bad the pairs of a member are together: unserved users, missing shares, and users unserved by it alone.
        let mut badness = vec![[0.0; 3]; cases.members().len()];
        for found in pairs() {
            for position in cases.positions(found.case) {
                badness[position][0] += found.unserved_users();
                badness[position][1] += found.worst_shortfall();
            }
        }
        for found in self.of_size(recovery, 1) {
            for position in cases.positions(found.case) {
                badness[position][2] = found.unserved_users();
            }
        }
        let mut order: Vec<usize> = (0..cases.members().len()).collect();
        order.sort_by(|left, right| {
            let both = badness[*right].iter().zip(&badness[*left]);
            let mut orders = both.map(|(right, left)| right.total_cmp(left));
            let first = orders.find(|ordering| ordering.is_ne());
            first.unwrap_or(Ordering::Equal).then(left.cmp(right))
        });
        order.truncate(MOST_MEMBERS);
        let members = order.iter().map(|position| {
            let member = cases.members()[*position];
            Named::new(member.name(self.inventory), &names.failing(member))
        });
        let cells = order.iter().enumerate().map(|(index, first)| {
            let others = order[..=index].iter();
            others
                .map(|second| self.pair_cell(recovery, *first, *second))
                .collect()
        });
        Some(PairsChart {
            title: self.pairs_title(names, worst_pair, &CaseCounts::of(pairs())),
            about: self.about(Some(recovery)),
            noun: self.noun().to_owned(),
            members: members.collect(),
            members_in_all: cases.members().len(),
            cells: cells.collect(),
        })
    }

    fn pair_cell(&self, recovery: Recovery, first: usize, second: usize) -> Option<PairCell> {
        let positions = match first.cmp(&second) {
            Ordering::Less => vec![first, second],
            Ordering::Equal => vec![first],
            Ordering::Greater => vec![second, first],
        };
        let found = self.found(recovery, self.sweep.contingencies.case_of(&positions))?;
        Some(PairCell {
            unserved: found.unserved_users(),
            no_site: found.no_site_users(),
            missing: found.worst_shortfall(),
            surplus: self.surplus(recovery, found, &positions),
        })
    }

    /// Users that a pair leaves unserved beyond the sum of what its members do alone.
    fn surplus(&self, recovery: Recovery, found: &CaseResult, positions: &[usize]) -> f64 {
        if positions.len() < 2 {
            return 0.0;
        }
        let at_first = self.unserved_at_first(recovery);
        let mut alone = at_first;
        for position in positions {
            let case = self.sweep.contingencies.case_of(&[*position]);
            let Some(case_result) = self.found(recovery, case) else {
                return 0.0;
            };
            alone += (case_result.unserved_users() - at_first).max(0.0);
        }
        let surplus = found.unserved_users() - alone;
        if surplus > 0.5 { surplus } else { 0.0 }
    }

    /// `Without San Antonio and Boydton, 812,000 users stay unserved; 23 of 1,711 pairs of sites leave users unserved`.
    fn pairs_title(
        &self,
        names: &ComponentNames<'_>,
        worst: &CaseResult,
        counts: &CaseCounts,
    ) -> String {
        let without = self.without(names, worst.case);
        let number = numbers::whole;
        if worst.unserved_users() <= NOBODY {
            let lacking = Self::lacking(names, worst).unwrap_or_default();
            let all = self.case_of_size(2);
            return format!(
                "{}, {lacking}; no {all} leaves users unserved",
                capital(&without)
            );
        }
        let stay = stay_unserved(worst.unserved_users());
        let finding = format!("{}, {stay}{}", capital(&without), self.more(worst));
        match (counts.unserved, counts.all()) {
            (_, 1) => finding,
            (1, all) => {
                let all = number(all);
                format!("{finding}; no other of {all} pairs leaves users unserved")
            }
            (some, all) if some == all => {
                let all = number(all);
                format!("{finding}; each of {all} pairs leaves users unserved")
            }
            (some, all) => {
                let (some, all) = (number(some), number(all));
                format!("{finding}; {some} of {all} pairs leave users unserved")
            }
        }
    }
}
