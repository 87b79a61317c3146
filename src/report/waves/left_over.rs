//! Left over: what members of pools, access points and weights need once everybody is back, to be as before.

use super::teller::WayTeller;
use crate::ids::{AccessPointId, ShardId, SiteId};
use crate::model::LinkEnd;
use crate::plan::{Change, Flow, GroupKey, Step, are_paths_changed, still_out};
use crate::plan_files::Action;
use crate::report::grammar::only_if;
use jiff::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};

/// Shards that had no home before.
pub(super) fn placed(steps: &[Step]) -> BTreeSet<ShardId> {
    let placed = steps.iter().filter_map(|own| match own.change {
        Change::Home { shard, .. } if own.action == Action::Place => Some(shard),
        _ => None,
    });
    placed.collect()
}

impl WayTeller<'_> {
    /// What members of pools and access points still need once everybody is back, to be as before.
    pub(super) fn left_over(&self, steps: &[Step]) -> Vec<String> {
        let mut open: BTreeMap<AccessPointId, i32> = BTreeMap::new();
        for step in steps {
            if let Change::AccessPoint { access_point, .. } = step.change {
                let is_opened = step.action == Action::OpenAccessPoint;
                *open.entry(access_point).or_default() += if is_opened { 1 } else { -1 };
            }
        }
        open.retain(|_, times| *times != 0);
        // Nobody is led to what is not open yet, or is closed already.
        let mut told = self.access_points(&open, false, "Open");
        let put_back = self.put_back();
        let by_hour = self.follows_hours();
        if !open.is_empty() || self.is_steered_otherwise() || by_hour && !put_back.is_empty() {
            let is_placed = steps.iter().any(|own| own.action == Action::Place);
            let but = only_if(
                is_placed,
                || ", but leave those of shards that had no home before (action `remove` in changes_back.csv)",
            );
            let hour = only_if(
                by_hour,
                || " in the slice of the hour, and from then on by the hour",
            );
            told.push(format!(
                "Set every weight to that of before.csv{hour}{but}."
            ));
        }
        told.extend(put_back);
        let passed = self.passed_by_placed(steps);
        let kept = open.keys().filter(|own| passed.contains(own));
        let kept: Vec<AccessPointId> = kept.copied().collect();
        open.retain(|own, _| !passed.contains(own));
        told.extend(self.access_points(&open, true, "Close"));
        for own in kept {
            let name = self.access_point_by_hand(own);
            told.push(format!(
                "Leave {name} open: shards that had no home before are reached over it. To close it, first take them out of service (action `remove` in changes_back.csv)."
            ));
        }
        told
    }

    /// Members of pools that are still out when the scenario ends, as imperatives.
    pub(super) fn put_back(&self) -> Vec<String> {
        let out = still_out(self.inventory, self.plan).into_iter();
        let put_back = out.map(|out| {
            let shares = [out.after, out.before];
            let told = self.member(Action::PutBack, (out.pool, out.member), shares);
            format!("{told}.")
        });
        put_back.collect()
    }

    /// Access points that were opened, or closed, as imperatives.
    fn access_points(
        &self,
        open: &BTreeMap<AccessPointId, i32>,
        is_left_open: bool,
        verb: &str,
    ) -> Vec<String> {
        let own = open.iter().filter(|own| (*own.1 > 0) == is_left_open);
        let names = own.map(|own| self.access_point_by_hand(*own.0));
        names.map(|own| format!("{verb} {own}.")).collect()
    }

    /// The access points over which users of shards come, when the scenario ends, that had no home before.
    fn passed_by_placed(&self, steps: &[Step]) -> BTreeSet<AccessPointId> {
        let Some(last) = self.plan.periods.last() else {
            return BTreeSet::new();
        };
        let placed = placed(steps);
        let served = last.parts.iter().filter(|own| placed.contains(&own.shard));
        let cells: Vec<(GroupKey, Option<SiteId>)> = served
            .map(|own| {
                let key = GroupKey::of(self.inventory, &self.scenario.policy, own.shard);
                (key, own.site)
            })
            .collect();
        let is_theirs = |flow: &&Flow| cells.contains(&(flow.group, Some(flow.path.site)));
        let flows = last.flows.iter().filter(is_theirs);
        let links = flows.flat_map(|flow| &flow.path.links);
        let ends = links.flat_map(|link| {
            let row = &self.inventory.links[link.index()];
            [row.from, row.to]
        });
        ends.filter_map(|end| match end {
            LinkEnd::AccessPoint(id) => Some(id),
            _ => None,
        })
        .collect()
    }

    /// Whether the last period leads users on other paths when the scenario ends than the state before does at that hour, other
    /// than for who has joined or left meanwhile: these are to stay as they are steered.
    fn is_steered_otherwise(&self) -> bool {
        let (before, last) = (&self.plan.before, self.plan.periods.last());
        last.is_some_and(|last| {
            // What still goes on when the scenario ends is no growth: its steering is to be undone.
            let mut events = self.scenario.events.iter();
            let goes_on = events.any(|own| own.end >= self.scenario.end);
            let grows = last.case.base_users != before.case.base_users
                || last.case.nominal != before.case.nominal;
            let just_before = SignedDuration::from_nanos(1);
            let at = last.period.end.checked_sub(just_before);
            let same_hour = before.flows_at(at.unwrap_or(last.period.end));
            // Where the last period has one hour alone, it leaves the weights of that.
            let is_of_one = last.case.hours.slice_count() == 1 && !self.scenario.events.is_empty();
            let hours = 0..before.case.hours.slice_count();
            let mut others = hours
                .filter(|_| is_of_one)
                .map(|own| crate::plan::flows_in(&before.flows, own));
            (goes_on || !grows)
                && (are_paths_changed(same_hour, last.last_flows())
                    || others.any(|own| are_paths_changed(own, last.last_flows())))
        })
    }
}
