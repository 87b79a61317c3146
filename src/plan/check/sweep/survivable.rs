//! Survivable: whether survivable.csv says of every tenant which failures leave some of its users unserved.

use super::super::ground::Ground;
use super::super::judge::{self, Expected, judge_cells};
use super::super::report::{At, Report, Rule};
use super::asked::Asked;
use super::basis::Basis;
use super::cells::Cells;
use super::tables::{Names, is_of_nothing, names, stands_twice};
use super::traffic::{Who, number};
use crate::ids::{TenantId, TierId};
use crate::model::Recovery;
use crate::plan_files::{Lined, Row, SurvivableRow};
use crate::units::NOBODY;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// The first case that leaves somebody unserved. What arithmetic leaves of nobody may count as somebody or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct First {
    /// In no case before this one.
    earliest: usize,
    /// Surely in this one; `None` if that is sure of none.
    latest: Option<usize>,
}

impl First {
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
pub(super) struct Hits(FxHashMap<Who, First>);

impl Hits {
    /// Takes over who is unserved in a case, and how many of them; cases come ascending. Risk groups that are looked at
    /// besides, and gray members, count as no number of failures.
    pub(super) fn add(&mut self, asked: &Asked, case: usize, unserved: &BTreeMap<Who, f64>) {
        if case >= asked.cases.first_group() {
            return;
        }
        for (who, users) in unserved.iter().filter(|own| *own.1 > SURELY_NOBODY) {
            let latest = None;
            let earliest = case;
            let first = self.0.entry(*who).or_insert(First { earliest, latest });
            if *users > SURELY_SOMEBODY {
                first.latest.get_or_insert(case);
            }
        }
    }

    /// By tenant and tier, the first case that leaves somebody unserved; `users` tells whose users are whose.
    fn by_tenant(&self, users: impl Iterator<Item = ((TenantId, TierId), Who)>) -> FirstOf {
        let mut all = FirstOf::new();
        for (key, who) in users {
            if let Some(first) = self.0.get(&who) {
                all.entry(key).or_insert(*first).or(*first);
            }
        }
        all
    }

    /// The same of users who are planned again.
    pub(super) fn by_shards(&self, basis: &Basis<'_>) -> FirstOf {
        self.by_tenant(basis.shards().flat_map(|(shard, alike)| {
            let row = &basis.ground.inventory.shards[shard];
            let own = Some((row.tier.0, row.max_latency.is_some()));
            [None, own].map(|of| ((row.tenant, row.tier), (number(alike), of)))
        }))
    }

    /// The same of users of the scenario's own plan.
    pub(super) fn by_cells(&self, ground: &Ground<'_>, cells: &Cells) -> FirstOf {
        self.by_tenant(cells.tenants(ground))
    }
}

/// By tenant and tier.
pub(super) type FirstOf = BTreeMap<(TenantId, TierId), First>;

/// No more users than these are nobody, whoever adds them up.
const SURELY_NOBODY: f64 = 0.1 * NOBODY;

/// More users than these are somebody.
const SURELY_SOMEBODY: f64 = 10.0 * NOBODY;

/// The rows of survivable.csv, by recovery, tenant and tier.
pub(super) struct Survivable<'w> {
    rows: BTreeMap<(Recovery, TenantId, TierId), &'w Lined<SurvivableRow>>,
}

impl<'w> Survivable<'w> {
    /// P7833: every row is of a tenant's tier that has shards, once.
    pub(super) fn new(
        ground: &Ground<'_>,
        asked: &Asked,
        (names, rows): (&Names<'_>, &'w [Lined<SurvivableRow>]),
        report: &mut Report,
    ) -> Self {
        let mut all: BTreeMap<_, &Lined<SurvivableRow>> = BTreeMap::new();
        for lined in rows {
            let row = &lined.row;
            let (tenant, tier) = names.tenant(row);
            let unknown = match (tenant, tier) {
                (None, _) => Some(("tenant", row.tenant.as_str())),
                (_, None) => Some(("tier", row.tier.as_str())),
                _ if !asked.recoveries.contains(&row.recovery) => {
                    Some(("recovery", row.recovery.word()))
                }
                _ => None,
            };
            if let Some((column, name)) = unknown {
                is_of_nothing::<SurvivableRow>(lined.line, column, name, report);
                continue;
            }
            let (Some(tenant), Some(tier)) = (tenant, tier) else {
                continue;
            };
            let key = (row.recovery, tenant, tier);
            if let Some(first) = all.get(&key) {
                stands_twice::<SurvivableRow>(lined.line, first.line, report);
            } else {
                all.insert(key, lined);
            }
        }
        let survivable = Self { rows: all };
        survivable.every_tenant_has_a_row(ground, asked, report);
        survivable
    }

    /// P7858: every tenant has a row for each tier of its shards, and no other.
    fn every_tenant_has_a_row(&self, ground: &Ground<'_>, asked: &Asked, report: &mut Report) {
        const RULE: Rule = Rule {
            code: "P7858",
            hint: "write one row for every tenant, tier of its shards, and recovery",
        };
        let inventory = ground.inventory;
        let shards = inventory.shards.iter();
        let mut pairs: Vec<(TenantId, TierId)> = Vec::new();
        for pair in shards.map(|shard| (shard.tenant, shard.tier)) {
            if pairs.last() != Some(&pair) {
                pairs.push(pair);
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        for &recovery in &asked.recoveries {
            for &(tenant, tier) in &pairs {
                if !self.rows.contains_key(&(recovery, tenant, tier)) {
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
        }
        for ((_, tenant, tier), lined) in &self.rows {
            if pairs.binary_search(&(*tenant, *tier)).is_err() {
                let found = format!("`{}` and `{}`", lined.row.tenant, lined.row.tier);
                let at = At::cell(SurvivableRow::FILE, lined.line, "tier");
                report.add(RULE, at, found, "a tier of the tenant's shards");
            }
        }
    }

    /// P7857: the first case that leaves users of a tenant's tier unserved is the one, and so many failures are
    /// survived as it has less one.
    pub(super) fn check(
        &self,
        basis: &Basis<'_>,
        recovery: Recovery,
        first: &FirstOf,
        report: &mut Report,
    ) {
        let asked = basis.asked;
        let most_done = asked.most_done();
        for ((own, tenant, tier), lined) in &self.rows {
            if *own != recovery {
                continue;
            }
            let named = lined.row.case.map(|case| case as usize);
            let first = first.get(&(*tenant, *tier));
            let case = match first {
                Some(first) if first.may_be(named) => named,
                Some(first) => Some(first.latest.unwrap_or(first.earliest)),
                None => None,
            };
            let survived = most_done.and_then(|most| match case {
                Some(case) => asked.cases.size(case).checked_sub(1),
                None => Some(most),
            });
            let name = case.map_or_else(String::new, |case| {
                asked.cases.name(basis.ground.inventory, case)
            });
            let expected = SurvivableRow {
                failures_survived: survived.map(judge::number),
                case: case.map(judge::number),
                failing: names(&name),
                ..lined.row.clone()
            };
            judge_cells(lined, &Expected::from(expected), report);
        }
    }
}
