//! Tenants: whether survivable.csv says of every tenant which failures leave some of its users unserved, and gray.csv what
//! silent faults cost which users until they are noticed.

use super::super::exposure::{Exposures, Faults, NAME_THE_WORST};
use super::super::judge::{self, Expected, Judged, judge, judge_cells, stray_or_again};
use super::super::period::PeriodState;
use super::super::report::{At, Report, Rule};
use super::asked::AskedSweep;
use super::basis::Who;
use super::start::PlanInForce;
use super::tables::{OF_NO_CASE, SweepReferee, at, is_of_nothing, stands_twice};
use crate::diagnostic::amounts::rounded;
use crate::ids::{TenantId, TierId};
use crate::model::{FailureSet, Recovery};
use crate::plan_files::{GrayRow, GraySummary, Lined, Row, SurvivableRow};
use crate::units::NOBODY;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// The first case that leaves somebody unserved. What arithmetic leaves of nobody may count as somebody or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FirstLoss {
    /// In no case before this one.
    earliest: usize,
    /// Surely in this one; `None` if that is sure of none.
    latest: Option<usize>,
}

impl FirstLoss {
    /// Takes over that another one does so too.
    fn or(&mut self, other: Self) {
        self.earliest = self.earliest.min(other.earliest);
        let both = self.latest.into_iter().chain(other.latest);
        self.latest = both.min();
    }

    /// `true` if a row may name a case, or none.
    fn may_be(&self, case: Option<usize>) -> bool {
        match case {
            None => self.latest.is_none(),
            Some(case) => case >= self.earliest && self.latest.is_none_or(|latest| case <= latest),
        }
    }
}

/// The first cases of a recovery that leave somebody unserved.
#[derive(Default)]
pub(super) struct FirstLosses(FxHashMap<Who, FirstLoss>);

impl FirstLosses {
    /// Takes over who is unserved in a case, and how many of them; cases come ascending. Risk groups that are looked at
    /// in addition, and gray members, count as no number of failures.
    pub(super) fn add(&mut self, asked: &AskedSweep, case: usize, unserved: &BTreeMap<Who, f64>) {
        // A tenth of nobody is nobody no matter who adds them up, and ten times as many are somebody.
        let [nobody, somebody] = [0.1 * NOBODY, 10.0 * NOBODY];
        if case >= asked.cases.first_group() {
            return;
        }
        for (who, users) in unserved.iter().filter(|pair| *pair.1 > nobody) {
            let first = self.0.entry(*who).or_insert(FirstLoss {
                earliest: case,
                latest: None,
            });
            if *users > somebody {
                first.latest.get_or_insert(case);
            }
        }
    }

    /// By tenant and tier, the first case that leaves somebody unserved; `users` tells whose users are whose.
    pub(super) fn by_tenant(
        &self,
        users: impl Iterator<Item = (TenantTier, Who)>,
    ) -> LossesByTenant {
        let mut all = LossesByTenant::new();
        for (key, who) in users {
            if let Some(first) = self.0.get(&who) {
                all.entry(key).or_insert(*first).or(*first);
            }
        }
        all
    }
}

/// A tenant and one of its tiers.
pub(super) type TenantTier = (TenantId, TierId);

/// The first losses by tenant and tier.
pub(super) type LossesByTenant = BTreeMap<TenantTier, FirstLoss>;

/// The rows of survivable.csv, by recovery, tenant and tier.
pub(super) struct Survivable<'w>(BTreeMap<(Recovery, TenantTier), &'w Lined<SurvivableRow>>);

impl<'w> Survivable<'w> {
    /// P7833: every row is of a tenant's tier that has shards, once.
    pub(super) fn new(
        referee: &SweepReferee<'w>,
        rows: &'w [Lined<SurvivableRow>],
        report: &mut Report,
    ) -> Self {
        let mut all: BTreeMap<_, &Lined<SurvivableRow>> = BTreeMap::new();
        for lined in rows {
            let row = &lined.row;
            let key = match referee.tenant(row) {
                (None, _) => Err(("tenant", row.tenant.as_str())),
                (_, None) => Err(("tier", row.tier.as_str())),
                _ if !referee.asked.recoveries.contains(&row.recovery) => {
                    Err(("recovery", row.recovery.word()))
                }
                (Some(tenant), Some(tier)) => Ok((row.recovery, (tenant, tier))),
            };
            match key {
                Err((column, name)) => is_of_nothing(lined, column, name, report),
                Ok(key) => match all.get(&key) {
                    Some(first) => stands_twice(lined, first.line, report),
                    None => {
                        all.insert(key, lined);
                    }
                },
            }
        }
        let survivable = Self(all);
        survivable.every_tenant_has_a_row(referee, report);
        survivable
    }

    /// P7858: every tenant has a row for each tier of its shards, and no other.
    fn every_tenant_has_a_row(&self, referee: &SweepReferee<'_>, report: &mut Report) {
        const RULE: Rule = Rule::new(
            "P7858",
            "write one row for every tenant, tier of its shards, and recovery",
        );
        let inventory = referee.context.inventory;
        let shards = inventory.shards.iter();
        let mut pairs: Vec<TenantTier> = Vec::new();
        for pair in shards.map(|shard| (shard.tenant, shard.tier)) {
            if pairs.last() != Some(&pair) {
                pairs.push(pair);
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        for &recovery in &referee.asked.recoveries {
            let is_missing = |pair: &&TenantTier| !self.0.contains_key(&(recovery, **pair));
            for (tenant, tier) in pairs.iter().filter(is_missing) {
                let found = format!(
                    "no row of `{}` and `{}` under {}",
                    inventory.tenants[tenant.index()],
                    inventory.tiers[tier.index()].id,
                    recovery.word()
                );
                let expected = "a row for every tenant's tier";
                report.add(RULE, At::file(SurvivableRow::FILE), found, expected);
            }
        }
        for ((_, pair), lined) in &self.0 {
            if pairs.binary_search(pair).is_err() {
                let found = format!("`{}` and `{}`", lined.row.tenant, lined.row.tier);
                report.add(
                    RULE,
                    at(lined, "tier"),
                    found,
                    "a tier of the tenant's shards",
                );
            }
        }
    }

    /// P7857: the first case that leaves users of a tenant's tier unserved is the one, and as many failures are
    /// survived as it has less one.
    pub(super) fn check(
        &self,
        referee: &SweepReferee<'_>,
        recovery: Recovery,
        first: &LossesByTenant,
        report: &mut Report,
    ) {
        let asked = referee.asked;
        let most_done = asked.cases.most_done(&asked.done);
        for ((_, pair), lined) in self.0.iter().filter(|pair| pair.0.0 == recovery) {
            let named = lined.row.case.map(|case| case as usize);
            let case = match first.get(pair) {
                Some(first) if first.may_be(named) => named,
                Some(first) => Some(first.latest.unwrap_or(first.earliest)),
                None => None,
            };
            let survived = most_done.and_then(|most| match case {
                Some(case) => asked.cases.size(case).checked_sub(1),
                None => Some(most),
            });
            let expected = SurvivableRow {
                failures_survived: survived.map(judge::number),
                case: case.map(judge::number),
                failing: case.and_then(|case| referee.failing(case)),
                ..lined.row.clone()
            };
            judge_cells(lined, &Expected::from(expected), report);
        }
    }
}

impl Judged for GrayRow {
    const STRAY: Rule = Rule::new(
        "P7863",
        "write exactly one row for every tenant and tier with users, the largest loss first",
    );
    const AGAIN: Rule = OF_NO_CASE;
    const MISSING: Rule = Self::STRAY;
    const NAMED_IN: &'static str = "tenant";

    fn stray(&self, first: Option<u64>) -> [String; 2] {
        let expected = "a tenant with users of the tier";
        stray_or_again([&self.tenant, &self.tier], first, expected)
    }

    fn missing(&self) -> [String; 2] {
        let found = format!(
            "no row of tenant `{}` and tier `{}`",
            self.tenant, self.tier
        );
        [found, "every tenant and tier with users".to_owned()]
    }
}

/// P7863 to P7865: the rows of gray.csv, recomputed from the scenario's own plan, stand in their order, one for everybody.
pub(super) fn gray_is_true(
    quiet: &PeriodState,
    plan: &PlanInForce,
    (rows, asked): (&[Lined<GrayRow>], &GraySummary),
    report: &mut Report,
) {
    const MEMBERS: Rule = Rule::new("P7865", NAME_THE_WORST);
    let inventory = quiet.context.inventory;
    let Some(over) = FailureSet::of_word(&asked.over) else {
        return;
    };
    let exposures = Exposures::new(quiet, over, &plan.assignment, &plan.steered);
    let faults = Faults {
        severity: asked.severity,
        most: asked.most as usize,
        minutes: asked.detect_minutes,
    };
    let key = |row: &GrayRow| exposures.key(&row.tenant, &row.tier);
    let expected = exposures.all.keys().map(|&key| {
        let [users, lost_users, lost_share, lost_user_minutes] = exposures.losses(key, &faults);
        let row = GrayRow {
            tenant: inventory.tenants[key.0.index()].clone(),
            tier: inventory.tiers[key.1.index()].id.clone(),
            users,
            gray: None,
            lost_users,
            lost_share,
            lost_user_minutes,
        };
        exposures.expected(key, row)
    });
    judge(rows, key, expected, report);
    let mut last = f64::INFINITY;
    for row in rows {
        let Some(key) = key(&row.row) else {
            continue;
        };
        let lost = row.row.lost_users;
        if lost > last {
            let expected = format!("at most {}, as in the row before", rounded(last));
            report.add(
                GrayRow::STRAY,
                at(row, "lost_users"),
                rounded(lost),
                expected,
            );
        }
        last = lost;
        let gray = row.row.gray.as_deref().unwrap_or_default();
        let rule = (MEMBERS, at(row, "gray"));
        exposures.members_affected_most((key, faults.most), (gray, "+"), rule, report);
    }
}
