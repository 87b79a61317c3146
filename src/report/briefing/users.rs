//! Users in sentences: moved, unserved and entering elsewhere, and the tenants to notify.

use super::Briefing;
use crate::ids::{ShardId, SiteId};
use crate::model::{AccessPointState, Inventory};
use crate::plan::{Change, PeriodPlan, Step, TenantAccount};
use crate::plan_files::{AccessPointUse, Action, Counted, How, Reason};
use crate::report::document::{Cell, Listing, Table};
use crate::report::explained::unserved_words;
use crate::report::grammar::{at_most, count, counted, counted_with, listed, only_if};
use crate::report::numbers;
use crate::report::text::visible;
use crate::report::waves::step_count;
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};

const MOST_MOVES: usize = 6;
const MOST_REASONS: usize = 6;
const MOST_ACCESS_POINTS: usize = 6;
const MOST_TENANTS: usize = 3;

/// Users that move from the same site to the same site in the same period for the same reason.
pub(in crate::report) struct SiteMoves {
    pub(in crate::report) period: usize,
    /// `None` have no home yet, or go home from wherever they were.
    pub(in crate::report) from: Option<SiteId>,
    /// `None` go to their sites of shards.csv.
    pub(in crate::report) to: Option<SiteId>,
    pub(in crate::report) reason: Reason,
    pub(in crate::report) users: f64,
    pub(in crate::report) shards: usize,
    pub(in crate::report) copied: f64,
}

impl Briefing<'_> {
    pub(super) fn moves(&self) -> Table {
        let of_periods = self.plan.periods.iter().map(site_moves);
        let (shown, left_out) = selected(of_periods);
        let is_copied = shown.iter().any(|path| path.copied > 0.0);
        let rows = Listing::of(shown).number("period", |path| path.period.to_string());
        let rows = self.rows_of_moves(rows, "moves from", is_copied, |_| None);
        rows.plain().noted(smaller_moves(&left_out))
    }

    pub(in crate::report) fn rows_of_moves(
        &self,
        rows: Listing<SiteMoves>,
        from: &str,
        is_copied: bool,
        because: impl Fn(&SiteMoves) -> Option<String>,
    ) -> Listing<SiteMoves> {
        rows.words(from, |path| self.ends(path).0)
            .words("to", |path| self.ends(path).1)
            .number("users", |path| Cell::users(path.users))
            .number("shards", |path| Cell::users(path.shards as f64))
            .number(is_copied.then_some("by copying"), |path| {
                Cell::users(path.copied)
            })
            .words("why", |path| {
                Cell::words(path.reason.word()).maybe_because(because(path))
            })
    }

    fn ends(&self, path: &SiteMoves) -> (&str, &str) {
        let site = |site: SiteId| self.inventory.site_name(site);
        match (path.from, path.to) {
            (_, None) => ("(away)", "(home)"),
            (from, Some(to)) => (from.map_or("(new)", site), site(to)),
        }
    }
}

/// The moves of one period by pair of sites, most users first.
pub(in crate::report) fn site_moves(period: &PeriodPlan) -> Vec<SiteMoves> {
    let mut paths = BTreeMap::new();
    for moved in &period.moves {
        let is_home = moved.reason == Reason::Returned;
        let [from, to] = [moved.from, Some(moved.to)].map(|site| site.filter(|_| !is_home));
        let key = (is_home, from, to, moved.reason);
        let path = paths.entry(key).or_insert(SiteMoves {
            period: period.period.index,
            from,
            to,
            reason: moved.reason,
            users: 0.0,
            shards: 0,
            copied: 0.0,
        });
        path.users += moved.users;
        path.shards += 1;
        if moved.how == How::Copy {
            path.copied += moved.users;
        }
    }
    let mut all: Vec<SiteMoves> = paths.into_values().collect();
    all.sort_by(|a, b| b.users.total_cmp(&a.users));
    all
}

/// A sentence for moves that are left out; nothing if none is.
pub(in crate::report) fn smaller_moves(left_out: &[SiteMoves]) -> String {
    if left_out.is_empty() {
        return String::new();
    }
    let users: f64 = left_out.iter().map(|path| path.users).sum();
    format!(
        "{} smaller moves with {} users are in moves.csv.",
        left_out.len(),
        numbers::users(users)
    )
}

/// The largest pair of sites of every period, then the largest of all up to the most that are shown; and those left out.
fn selected(of_periods: impl Iterator<Item = Vec<SiteMoves>>) -> (Vec<SiteMoves>, Vec<SiteMoves>) {
    let mut ranked: Vec<(bool, SiteMoves)> = of_periods
        .flat_map(|paths| {
            let ranks = paths.into_iter().enumerate();
            ranks.map(|(rank, path)| (rank > 0, path))
        })
        .collect();
    ranked.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.users.total_cmp(&a.1.users)));
    let mut paths = ranked.into_iter().map(|(_, path)| path);
    let mut shown: Vec<SiteMoves> = paths.by_ref().take(MOST_MOVES).collect();
    shown.sort_by(|a, b| a.period.cmp(&b.period).then(b.users.total_cmp(&a.users)));
    (shown, paths.collect())
}

#[derive(Default)]
pub(in crate::report) struct UnservedGroup<'a> {
    pub(in crate::report) users: f64,
    pub(in crate::report) shards: Vec<ShardId>,
    pub(in crate::report) tiers: BTreeSet<&'a str>,
}

pub(in crate::report) fn unserved_groups<'a>(
    inventory: &'a Inventory,
    period: &PeriodPlan,
) -> BTreeMap<String, UnservedGroup<'a>> {
    let mut groups = BTreeMap::<String, UnservedGroup<'_>>::new();
    for (shard, (users, reason)) in unserved_words(inventory, period) {
        let group = groups.entry(reason).or_default();
        group.users += users;
        group.shards.push(shard);
        let tier = inventory.shards[shard.index()].tier;
        group.tiers.insert(inventory.tier_name(tier));
    }
    groups
}

impl Briefing<'_> {
    pub(in crate::report) fn unserved(&self) -> Vec<String> {
        let mut reasons = BTreeMap::<String, Vec<(&PeriodPlan, UnservedGroup<'_>)>>::new();
        for period in &self.plan.periods {
            for (reason, group) in unserved_groups(self.inventory, period) {
                reasons.entry(reason).or_default().push((period, group));
            }
        }
        let reasons = reasons.into_iter().map(|(reason, groups)| {
            let most = groups
                .iter()
                .map(|(_, unserved_group)| unserved_group.users);
            (most.fold(0.0, f64::max), reason, groups)
        });
        let mut reasons: Vec<_> = reasons.collect();
        reasons.sort_by(|a, b| b.0.total_cmp(&a.0));
        let sentences = reasons.iter();
        let sentences = sentences
            .map(|(users, reason, groups)| {
                let periods: Vec<&PeriodPlan> =
                    groups.iter().map(|(period_plan, _)| *period_plan).collect();
                let shards = groups
                    .iter()
                    .map(|(_, unserved_group)| unserved_group.shards.len())
                    .max();
                let tiers = groups
                    .iter()
                    .flat_map(|(_, unserved_group)| &unserved_group.tiers)
                    .copied();
                let tiers: Vec<&str> = tiers.collect::<BTreeSet<_>>().into_iter().collect();
                format!(
                    "Unserved{}: {} of {} ({}): {}.",
                    self.place(&periods),
                    numbers::lost_users(*users),
                    count(shards.unwrap_or(0), "shard"),
                    visible(&tiers.join(", ")),
                    visible(reason)
                )
            })
            .collect();
        at_most(sentences, MOST_REASONS, |more| {
            let reasons = counted_with(&more.to_string(), "more reason", ["is", "are"]);
            format!("{reasons} in unserved.csv.")
        })
    }

    /// A sentence for every access point that is opened or closed in any period, up to the most that are shown.
    pub(super) fn access_points(&self) -> Vec<String> {
        let sentences = self.access_point_sentences().into_iter();
        let sentences = sentences.map(|(_, sentence)| sentence).collect();
        at_most(sentences, MOST_ACCESS_POINTS, |more| {
            format!("{more} more are in access_points.csv.")
        })
    }

    /// The access points that are opened or closed in any period, by position, each with its sentence.
    pub(in crate::report) fn access_point_sentences(&self) -> Vec<(usize, String)> {
        let mut sentences = Vec::new();
        for (index, access_point) in self.inventory.access_points.iter().enumerate() {
            let name = visible(&access_point.name);
            let open = self.periods_with(index, AccessPointUse::Opened);
            if !open.is_empty() {
                let entering = open
                    .iter()
                    .map(|period| period.access_points[index].users)
                    .fold(0.0, f64::max);
                let up_to = if open.len() > 1 { "up to " } else { "" };
                let verb = if access_point.state == AccessPointState::Opened {
                    "(opened by the earlier plan) is needed"
                } else {
                    "opens"
                };
                let words = format!(
                    "Access point {name} {verb} in {}: {up_to}{} enter there.",
                    self.stretch(&open),
                    counted(&numbers::users(entering), "user")
                );
                sentences.push((index, words));
            }
            sentences.extend(self.closed_again(index).map(|words| (index, words)));
            let closed = self.periods_with(index, AccessPointUse::Closed);
            if !closed.is_empty() {
                let words = format!(
                    "Access point {name} is closed in {}.",
                    self.stretch(&closed)
                );
                sentences.push((index, words));
            }
        }
        sentences
    }

    /// When an access point closes that an earlier plan opened; `None` of others, and where it stays open.
    fn closed_again(&self, index: usize) -> Option<String> {
        let access_point = &self.inventory.access_points[index];
        if access_point.state != AccessPointState::Opened {
            return None;
        }
        let closes = |step: &&Step| {
            step.action == Action::CloseAccessPoint
                && matches!(step.change, Change::AccessPoint { access_point, .. } if access_point.index() == index)
        };
        let at = self.steps.iter().filter(closes).filter_map(|step| step.at);
        Some(format!(
            "Access point {}, which the earlier plan opened, closes at {}.",
            visible(&access_point.name),
            self.writer().clock().second(at.max()?)
        ))
    }

    fn periods_with(&self, index: usize, put_to: AccessPointUse) -> Vec<&PeriodPlan> {
        let periods = self.plan.periods.iter();
        periods
            .filter(|period| period.access_points[index].after == put_to)
            .collect()
    }

    /// The losses that months are counted without, as words; `None` where months are counted as in the plan's replay.
    pub(in crate::report) fn left_out_of_promises(&self) -> Option<&'static str> {
        let is_left_out = self.plan.leaves_out_of_promises();
        is_left_out.then(|| match self.plan.outages() {
            [] => "waves, known losses and aftermath",
            [_] => "the outage of its replay, waves, known losses and aftermath",
            _ => "the outages of its replay, waves, known losses and aftermath",
        })
    }

    /// `true` if an outage may break a promise that is kept without it: months are counted without outages, and there are some.
    fn leaves_promises_open(&self) -> bool {
        self.plan.leaves_out_of_promises() && !self.plan.outages().is_empty()
    }

    /// Whether a promise that is kept as far as it is counted may be broken all the same: by an outage, or by retries that were
    /// not checked.
    pub(in crate::report) fn open_promises(&self) -> impl Fn(&TenantAccount) -> bool {
        let is_any_open = self.leaves_promises_open();
        let is_retried = self.writer().retries_not_checked().is_some();
        move |tenant_account| {
            is_any_open
                || is_retried && tenant_account.is_kept_by_month_if_affected() == Some(false)
        }
    }

    /// `true` if months are counted as the plan says, and affected users are down in them.
    pub(in crate::report) fn counts_affected(&self) -> bool {
        let mut accounts = self.plan.tenants.iter();
        let is_counted = |tenant_account: &TenantAccount| {
            let month = tenant_account
                .month
                .filter(|tenant_month| tenant_month.counted == Counted::Plan);
            month.is_some() && tenant_account.affected_minutes > NOBODY
        };
        accounts.any(is_counted)
    }

    /// The tenants with less availability in a calendar month than promised, worst first; if there are none, that this was not
    /// checked for outages, if so.
    pub(in crate::report) fn reported(&self) -> Vec<String> {
        let accounts = self.plan.tenants.iter();
        let broken: Vec<&TenantAccount> = accounts
            .filter(|account| account.is_kept_by_month() == Some(false))
            .collect();
        let mut seen = BTreeSet::new();
        let worst: Vec<&str> = broken
            .iter()
            .filter(|account| seen.insert(account.tenant))
            .map(|account| self.inventory.tenant_name(account.tenant))
            .collect();
        if worst.is_empty() {
            let is_open = self.open_promises();
            let open = if self.leaves_promises_open() {
                "Not checked: the monthly SLA targets. Without the outages of the plan's replay no tenant falls below them."
            } else if self.plan.tenants.iter().any(is_open) {
                "Not checked: the monthly SLA targets. If retries avoid the fault, no tenant falls below them."
            } else {
                return Vec::new();
            };
            return vec![open.to_owned()];
        }
        let verb = ["misses its", "miss their"];
        let most = if worst.len() > MOST_TENANTS {
            ", worst "
        } else {
            ": "
        };
        let tenants = counted_with(&numbers::whole(worst.len()), "tenant", verb);
        let named = &worst[..worst.len().min(MOST_TENANTS)];
        let but = self.left_out_of_promises();
        let affected = only_if(self.counts_affected(), || "affected users count as down; ");
        let but = but.map_or_else(String::new, |what| {
            format!(" ({affected}{what} not counted)")
        });
        let sentence = format!(
            "{tenants} monthly SLA target{but}{most}{}. tenants.csv has all.",
            listed(named)
        );
        vec![visible(&sentence).into_owned()]
    }

    /// Why a refused plan must not be begun, and what to do instead; `None` if it is not refused.
    pub(in crate::report) fn not_to_be_begun(&self) -> Option<&'static str> {
        if !self.plan.is_refused() {
            return None;
        }
        Some(if self.remedies().is_empty() {
            "the plan is refused, and no remedy that was tried makes it safe"
        } else {
            "the plan is refused; apply a remedy, and plan again"
        })
    }

    /// The number of steps in the runbook, and of changes in their file; that they must not be begun if the plan is refused;
    /// nothing without changes.
    pub(in crate::report) fn work(&self) -> Vec<String> {
        let changes: BTreeSet<(usize, u32)> = (self.steps.iter())
            .filter(|step| step.number > 0)
            .map(|step| (step.period, step.number))
            .collect();
        if changes.is_empty() {
            return Vec::new();
        }
        let changes = count(changes.len(), "change");
        vec![match self.not_to_be_begun() {
            Some(why) if !self.inventory.resumed.is_empty() => format!(
                "Do not begin the {changes} in changes.csv: {why}. What you can do now is in runbook.md."
            ),
            Some(why) => format!("Do not begin the {changes} in changes.csv: {why}."),
            None => format!(
                "To do: {} in runbook.md ({changes} in changes.csv); the rollback is in changes_back.csv.",
                count(step_count(&self.writer(), self.steps), "step")
            ),
        }]
    }
}
