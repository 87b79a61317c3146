//! Results: what a case comes to under a recovery, the plan that shows it, what sweep.json counts of all cases, and what would
//! serve those who stay unserved (`model.md` §11).

use crate::ids::{AccessPointId, ComponentId, JurisdictionId, LinkId, ResourceId, ShardId, SiteId};
use crate::model::Recovery;
use crate::plan::Relaxed;
use crate::plan_files::{FailureRow, SettledBy, SettledCount, SweepTotals};
use crate::solve::LevelOutcome;
use crate::units::{NOBODY, PROVEN};

/// What one case comes to under one recovery.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseResult {
    /// Its position among the [`Contingencies`](crate::model::Contingencies).
    pub case: usize,
    /// How the failures are answered.
    pub recovery: Recovery,
    /// Unserved users by rank of tiers that have users, first rank first.
    pub unserved: Vec<f64>,
    /// Of these, the users no site can serve where they may be: none is open and reached by a path. `None` where a rule answers,
    /// which looks for no other sites.
    pub no_site: Option<Vec<f64>>,
    /// What headroom is missing at worst; `None` if no target is missed.
    pub missing: Option<Missing>,
    /// What binds: more of it would help first. Ascending.
    pub binding: Vec<(ComponentId, ResourceId)>,
    /// Users served at another site than their current one, in the plan that shows the rest; all users who move to a
    /// site where they are not now.
    pub moved: f64,
    /// Standby access points that carry users in that plan, ascending.
    pub opened: Vec<AccessPointId>,
    /// What settled it.
    pub settled: SettledBy,
    /// Value and bound of every level agree.
    pub is_proven: bool,
    /// What whole shards do, where all the rest may split them; `None` where that was not checked, where the policy permits
    /// to split shards, and where a rule answers.
    pub whole: Option<WholeShards>,
}

/// What the best placement of whole shards that was found does in a case.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct WholeShards {
    /// Unserved users of all ranks.
    pub unserved: f64,
    /// The worst missing share of a headroom target; 0 if none is missed.
    pub worst_shortfall: f64,
}

impl WholeShards {
    /// `true` if it leaves more users unserved than another, or as many and misses more of a target.
    pub fn is_worse_than(&self, other: &Self) -> bool {
        let of_users = PROVEN * other.unserved.max(1.0);
        let [more, fewer] = [
            self.unserved - other.unserved,
            other.unserved - self.unserved,
        ];
        more > of_users
            || fewer <= of_users && self.worst_shortfall > other.worst_shortfall + PROVEN
    }
}

impl WholeShards {
    /// `true` if it leaves users unserved where split shards serve everybody.
    fn is_unserved(&self, split: &Self) -> bool {
        split.unserved <= NOBODY && self.unserved > NOBODY
    }

    /// `true` if everybody is served with both, and it misses more of a target.
    fn is_missed(&self, split: &Self) -> bool {
        [self.unserved, split.unserved]
            .iter()
            .all(|users| *users <= NOBODY)
            && self.is_worse_than(split)
    }
}

impl CaseResult {
    /// What the plan that may split shards does.
    fn split(&self) -> WholeShards {
        WholeShards {
            unserved: self.unserved_users(),
            worst_shortfall: self.worst_shortfall(),
        }
    }

    /// `true` if whole shards were found to leave more users unserved than split ones, or to miss more of a target.
    pub fn is_worse_whole(&self) -> bool {
        let split = self.split();
        self.whole.is_some_and(|whole| whole.is_worse_than(&split))
    }

    /// `true` if everybody is served where shards may be split, and whole shards were found to leave users unserved.
    pub fn is_unserved_whole(&self) -> bool {
        let split = self.split();
        self.whole.is_some_and(|whole| whole.is_unserved(&split))
    }

    /// `true` if a headroom target is missed, or missed by more, only with whole shards, which serve everybody.
    pub fn is_missed_whole(&self) -> bool {
        let split = self.split();
        self.whole.is_some_and(|whole| whole.is_missed(&split))
    }

    /// Unserved users of all ranks.
    pub fn unserved_users(&self) -> f64 {
        self.unserved.iter().sum()
    }

    /// Of these, those that no site can serve where they may be; `None` where a rule answers.
    pub fn no_site_users(&self) -> Option<f64> {
        self.no_site.as_ref().map(|values| values.iter().sum())
    }

    /// `true` if everybody is served and no headroom target is missed.
    pub fn holds(&self) -> bool {
        self.missing.is_none() && self.unserved_users() <= NOBODY
    }

    /// The worst missing share of a headroom target; 0 if none is missed.
    pub fn worst_shortfall(&self) -> f64 {
        self.missing.map_or(0.0, |missing| missing.share)
    }
}

/// The worst missing share of a headroom target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Missing {
    /// The share of the target that is missing beyond what was missing before, `s⁰`, above 0; above `1 − s⁰` where more
    /// than the capacity is asked for, which only happens without a controller.
    pub share: f64,
    /// A component that misses so much; where several do, the one where more capacity would help most.
    pub component: ComponentId,
    /// Of which resource.
    pub resource: ResourceId,
}

/// A plan of one case, given by who is not on their default path, and what proves its levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// The position of the case.
    pub case: usize,
    /// The levels in their order, each with its proof.
    pub levels: Vec<LevelOutcome>,
    /// Who is not on their default path, ascending by shard, except those that nobody could serve.
    pub displaced: Vec<Displacement>,
}

/// Users who are not on their default path.
#[derive(Debug, Clone, PartialEq)]
pub struct Displacement {
    /// One of the shards whose users they are: all shards that are like it in everything but tenant, id and number of
    /// users are one.
    pub like: ShardId,
    /// Where they are now, if that shard is at several sites.
    pub site: Option<SiteId>,
    /// Where they go; `None` is unserved. Of a route that follows the hours the paths of all slices, one after the other.
    pub links: Option<Vec<LinkId>>,
    /// How many.
    pub users: f64,
}

/// What totals count of a case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CaseInTotals {
    case: u64,
    unserved_users: f64,
    is_target_missed: bool,
    is_proven: bool,
    settled_by: SettledBy,
    split: WholeShards,
    whole: Option<WholeShards>,
}

impl From<&CaseResult> for CaseInTotals {
    fn from(found: &CaseResult) -> Self {
        Self {
            case: found.case as u64,
            unserved_users: found.unserved_users(),
            is_target_missed: found.missing.is_some(),
            is_proven: found.is_proven,
            settled_by: found.settled,
            split: found.split(),
            whole: found.whole,
        }
    }
}

impl From<&FailureRow> for CaseInTotals {
    fn from(row: &FailureRow) -> Self {
        Self {
            case: row.case.into(),
            unserved_users: row.unserved_users,
            is_target_missed: row.component.is_some(),
            is_proven: row.proven,
            settled_by: row.settled_by,
            split: WholeShards {
                unserved: row.unserved_users,
                worst_shortfall: row.worst_shortfall,
            },
            whole: row.whole_unserved_users.map(|unserved| WholeShards {
                unserved,
                worst_shortfall: row.whole_worst_shortfall.unwrap_or(0.0),
            }),
        }
    }
}

/// The totals of the cases of a recovery, which come ascending; `may_split` if the policy permits to split shards.
pub fn totals(recovery: Recovery, may_split: bool, cases: &[CaseInTotals]) -> SweepTotals {
    let is_unserved = |case_in_totals: &CaseInTotals| case_in_totals.unserved_users > NOBODY;
    let count = |is: &dyn Fn(&CaseInTotals) -> bool| {
        let counted = cases.iter().filter(|case| is(case));
        counted.count() as u64
    };
    let mut worst: Option<&CaseInTotals> = None;
    for case_in_totals in cases {
        if case_in_totals.unserved_users > worst.map_or(NOBODY, |worst| worst.unserved_users) {
            worst = Some(case_in_totals);
        }
    }
    let settled = SettledBy::ALL.iter().map(|path| SettledCount {
        by: path.word().to_owned(),
        cases: count(&|case_in_totals| case_in_totals.settled_by == *path),
    });
    let is_replan = recovery == Recovery::Replan;
    let whole = |is: fn(&WholeShards, &WholeShards) -> bool| {
        let whole = cases
            .iter()
            .filter_map(|case| Some((case.whole?, case.split)));
        whole.filter(move |(whole, split)| is(whole, split))
    };
    let unserved_whole = whole(WholeShards::is_unserved).map(|(whole, _)| whole.unserved);
    let most_whole = unserved_whole.reduce(f64::max);
    SweepTotals {
        recovery: recovery.word().to_owned(),
        hold: count(&|case_in_totals| {
            !is_unserved(case_in_totals) && !case_in_totals.is_target_missed
        }),
        unserved: count(&is_unserved),
        target_missed: count(&|case_in_totals| {
            case_in_totals.is_target_missed && !is_unserved(case_in_totals)
        }),
        unproven: count(&|case_in_totals| !case_in_totals.is_proven),
        whole_shards_not_checked: is_replan.then(|| {
            count(&|case_in_totals| {
                !may_split
                    && case_in_totals.whole.is_none()
                    && case_in_totals.settled_by != SettledBy::Default
            })
        }),
        whole_shards_unserved: is_replan.then(|| whole(WholeShards::is_unserved).count() as u64),
        whole_shards_target_missed: is_replan.then(|| whole(WholeShards::is_missed).count() as u64),
        whole_shards_most_unserved_users: most_whole,
        most_unserved_users: worst.map_or(0.0, |worst| worst.unserved_users),
        worst_case: worst.map(|worst| worst.case),
        settled_by: settled
            .filter(|settled_count| settled_count.cases > 0)
            .collect(),
    }
}

/// Why users stay unserved in a case, and what would serve them.
#[derive(Debug, Clone, PartialEq)]
pub struct Advice {
    /// The case.
    pub case: usize,
    /// How its failures are answered.
    pub recovery: Recovery,
    /// Why most of them stay unserved; those with most users first.
    pub because: Vec<UnservedReason>,
    /// Different repairs, each found to hold by planning again; the best one first.
    pub repairs: Vec<Repair>,
}

/// Users who stay unserved for one reason.
#[derive(Debug, Clone, PartialEq)]
pub struct UnservedReason {
    /// Position of their rank among those that have users.
    pub rank: usize,
    /// How many.
    pub users: f64,
    /// What keeps them from being served.
    pub obstacle: ServingObstacle,
}

/// What keeps users from being served.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServingObstacle {
    /// Their shards are pinned to a site that is gone.
    Pinned,
    /// Their site has failed, and their shards have no replica.
    NoReplica,
    /// Their shards may only run from a copy, and no ready copy is at an open site.
    CopiesGone,
    /// Their shards may only run from a copy, and no open site with a ready copy offers their jurisdiction.
    CopiesElsewhere(JurisdictionId),
    /// No site is open.
    NoSite,
    /// No open site offers their jurisdiction.
    Jurisdiction(JurisdictionId),
    /// No open path leads to a permitted site within their latency limit.
    Unreachable,
    /// Where they may go is full.
    Full {
        /// The jurisdiction that leaves only these sites, if one does.
        jurisdiction: Option<JurisdictionId>,
        /// The sites where they may be, ascending.
        sites: Vec<SiteId>,
        /// What is full there or along the path, ascending.
        full: Vec<(ComponentId, ResourceId)>,
    },
}

/// What would serve more users.
#[derive(Debug, Clone, PartialEq)]
pub struct Repair {
    /// Rules that give, ascending.
    pub rules: Vec<Relaxed>,
    /// How much more capacity, ascending by component and resource, in the resource's unit.
    pub capacity: Vec<(ComponentId, ResourceId, f64)>,
    /// The same in average users.
    pub capacity_users: f64,
    /// Users who stay unserved in the case without it.
    pub unserved_before: f64,
    /// Who stays unserved with it, as planning again found.
    pub unserved_after: f64,
}
