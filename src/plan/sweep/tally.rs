//! Tally: what many cases come to together. Tallies of different cases add up, in any order, to that of all of them.

use super::gray::GraySweep;
use super::results::CaseResult;
use crate::ids::{ComponentId, ResourceId, SiteId, TenantId, TierId};
use crate::model::{CaseKind, Contingencies, FailureSet, Recovery};
use crate::plan_files::SettledBy;
use crate::scenario::Period;
use std::collections::BTreeMap;
use std::ops::Range;

/// How many of the worst cases of a component are kept.
pub const MOST_CASES: usize = 10;

/// A sweep: what was asked, and what was found.
#[derive(Debug, Clone)]
pub struct Sweep {
    /// Of which members.
    pub over: FailureSet,
    /// All cases that were asked about.
    pub contingencies: Contingencies,
    /// How failures are answered, ascending.
    pub recoveries: Vec<Recovery>,
    /// In which period of the scenario.
    pub period: Period,
    /// Whether all levels were settled, not only unserved users and the worst missing share.
    pub is_full: bool,
    /// Whether planning again begins where the scenario's own plan homes users.
    pub is_from_plan: bool,
    /// Names of the ranks of tiers that have users, first rank first.
    pub tiers: Vec<String>,
    /// Which cases were looked at.
    pub cases: Range<usize>,
    /// What was found.
    pub tally: SweepTally,
    /// What silent faults cost until they are noticed, if that was asked.
    pub gray: Option<GraySweep>,
}

/// What a case does to a component.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Use {
    /// Load ÷ what is left.
    pub utilization: f64,
    /// In the resource's unit.
    pub load: f64,
    /// What is left in the case.
    pub capacity: f64,
    /// The case.
    pub case: usize,
}

impl Use {
    /// `true` if it is fuller than another; of equally full ones the first case is worse.
    fn is_worse_than(&self, other: &Self) -> bool {
        let order = self.utilization.total_cmp(&other.utilization);
        order.then(other.case.cmp(&self.case)).is_gt()
    }

    /// Takes its place among the worst cases, if it has one.
    fn take_place_among(self, worst: &mut Vec<Self>) {
        let position = worst.partition_point(|used| used.is_worse_than(&self));
        if position < MOST_CASES {
            worst.insert(position, self);
            worst.truncate(MOST_CASES);
        }
    }
}

/// How full a site is in a case of at most one failure: its fullest resource.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SiteUse {
    /// The case.
    pub case: usize,
    /// How the failure is answered.
    pub recovery: Recovery,
    /// Which site.
    pub site: SiteId,
    /// Its fullest resource.
    pub resource: ResourceId,
    /// Load ÷ what is left.
    pub utilization: f64,
}

/// The smallest case that leaves users of a tenant's tier unserved; of as many failures the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Break {
    /// How the failures are answered.
    pub recovery: Recovery,
    /// Whose users.
    pub tenant: TenantId,
    /// Of which tier.
    pub tier: TierId,
}

/// What many cases come to together.
#[derive(Debug, Clone, Default)]
pub struct SweepTally {
    /// Ascending by case, then recovery.
    pub found: Vec<CaseResult>,
    /// The worst cases of every component and resource, the worst first; of equally bad ones the first.
    pub uses: BTreeMap<(Recovery, ComponentId, ResourceId), Vec<Use>>,
    /// By kind of case, the worst case of every component and resource; of equally bad ones the first.
    pub worst_by_kind: BTreeMap<(Recovery, CaseKind, ComponentId, ResourceId), Use>,
    /// By tenant's tier, the first case that breaks it.
    pub breaks: BTreeMap<Break, usize>,
    /// Ascending by case, then recovery, then site.
    pub sites: Vec<SiteUse>,
}

impl Sweep {
    /// How many failures at once all cases of which were looked at, and all cases of fewer; `None` if there are none.
    pub fn most_done(&self) -> Option<usize> {
        self.contingencies.most_done(&self.cases)
    }

    /// How many failures at once leave nobody of a tenant's tier unserved, whichever they are, as far as was looked;
    /// `None` if somebody is unserved without any failure, or that is not known.
    pub fn survived(&self, of: Break) -> Option<usize> {
        let most_done = self.most_done()?;
        match self.tally.breaks.get(&of) {
            Some(&case) => self.contingencies.size(case).checked_sub(1),
            None => Some(most_done),
        }
    }
}

impl SweepTally {
    /// Takes over what other cases come to.
    pub fn add(&mut self, other: Self) {
        let is_behind = match (self.found.last(), other.found.first()) {
            (Some(last), Some(first)) => last.case < first.case,
            _ => true,
        };
        self.found.extend(other.found);
        self.sites.extend(other.sites);
        if !is_behind {
            self.found
                .sort_by_key(|case_result| (case_result.case, case_result.recovery));
            self.sites
                .sort_by_key(|site| (site.case, site.recovery, site.site));
        }
        for (key, uses) in other.uses {
            for used in uses {
                self.add_use(key, used);
            }
        }
        for (key, used) in other.worst_by_kind {
            self.add_worst(key, used);
        }
        for (key, case) in other.breaks {
            self.add_break(key, case);
        }
    }

    /// Takes a case's use of a component, if it is among the worst.
    pub fn add_use(&mut self, key: (Recovery, ComponentId, ResourceId), of_case: Use) {
        of_case.take_place_among(self.uses.entry(key).or_default());
    }

    /// Takes a case's use of a component, if it is among the worst of all cases or the worst of its kind.
    pub fn add_use_of(
        &mut self,
        cases: &Contingencies,
        key: (Recovery, ComponentId, ResourceId),
        of_case: Use,
    ) {
        let kind = cases.kind(of_case.case);
        let known = self.uses.entry(key).or_default();
        // Cases come one kind after the other: mostly the worst of all is the worst of its kind as well, and no other
        // table need be asked.
        let is_beaten = known
            .first()
            .is_some_and(|worst| cases.kind(worst.case) == kind && !of_case.is_worse_than(worst));
        of_case.take_place_among(known);
        if !is_beaten {
            let (recovery, component, resource) = key;
            self.add_worst((recovery, kind, component, resource), of_case);
        }
    }

    /// Takes a case's use of a component, if it is the worst of its kind.
    pub fn add_worst(&mut self, key: (Recovery, CaseKind, ComponentId, ResourceId), of_case: Use) {
        let known = self.worst_by_kind.entry(key).or_insert(of_case);
        if of_case.is_worse_than(known) {
            *known = of_case;
        }
    }

    /// Takes a case that breaks a tenant's tier, if none before it did.
    pub fn add_break(&mut self, key: Break, case: usize) {
        let known = self.breaks.entry(key).or_insert(case);
        *known = case.min(*known);
    }

    /// What was found in the cases of one recovery, ascending by case.
    pub fn of(&self, recovery: Recovery) -> impl Iterator<Item = &CaseResult> {
        self.found
            .iter()
            .filter(move |found| found.recovery == recovery)
    }

    /// How many cases of a recovery were settled in which manner.
    pub fn settled(&self, recovery: Recovery) -> Vec<(SettledBy, usize)> {
        let count = |path| {
            self.of(recovery)
                .filter(|case_result| case_result.settled == path)
                .count()
        };
        let counted = SettledBy::ALL.iter().map(|path| (*path, count(*path)));
        counted.filter(|(_, count)| *count > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_case(case: usize, utilization: f64) -> Use {
        Use {
            utilization,
            load: utilization,
            capacity: 1.0,
            case,
        }
    }

    #[test]
    fn the_worst_of_each_kind_is_kept_whatever_the_order() {
        let at = (ComponentId::new(0), ResourceId::new(0));
        let key = |size| (Recovery::Replan, CaseKind::Failures(size), at.0, at.1);
        let seen = [
            (1, 3, 0.5),
            (1, 2, 0.5),
            (1, 1, 0.25),
            (2, 9, 0.75),
            (2, 8, 1.0),
        ];
        let mut forth = SweepTally::default();
        let mut back = SweepTally::default();
        for (size, case, utilization) in seen {
            forth.add_worst(key(size), of_case(case, utilization));
        }
        for (size, case, utilization) in seen.into_iter().rev() {
            let mut one = SweepTally::default();
            one.add_worst(key(size), of_case(case, utilization));
            back.add(one);
        }
        let worst = BTreeMap::from([(key(1), of_case(2, 0.5)), (key(2), of_case(8, 1.0))]);
        assert_eq!(forth.worst_by_kind, worst);
        assert_eq!(back.worst_by_kind, worst);
    }
}
