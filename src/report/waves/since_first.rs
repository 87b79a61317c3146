//! Since the first plan: what an earlier plan moved or opened, and what of it remains when a plan that goes on ends.

use super::writer::TransitionWriter;
use crate::ids::{ShardId, SiteId};
use crate::plan::PeriodPlan;
use crate::plan_files::AccessPointUse;
use crate::report::grammar::{by_count, listed};
use crate::report::numbers;
use crate::units::NOBODY;

impl TransitionWriter<'_> {
    /// `access point Dallas (ap-dfw) is still open`: what an earlier plan opened, and is open when the scenario ends; `None` if
    /// nothing is.
    pub(in crate::report) fn still_open(&self) -> Option<String> {
        let last = self.plan.periods.last()?;
        let opened = last.access_points.iter().filter(|change| {
            let row = &self.inventory.access_points[change.access_point.index()];
            let was_open = row.state.is_on_standby() && row.state.is_open_at_start();
            was_open && change.after == AccessPointUse::Opened
        });
        let names: Vec<String> = opened
            .map(|change| {
                let component = self.inventory.access_point_component(change.access_point);
                self.inventory.component_title(component).to_owned()
            })
            .collect();
        let count = names.len().to_string();
        (!names.is_empty()).then(|| {
            format!(
                "{} {} {} still open",
                by_count(&count, ["access point", "access points"]),
                listed(&names),
                by_count(&count, ["is", "are"])
            )
        })
    }

    /// Users that an earlier plan moved, and that are not back at their site when the scenario ends.
    fn still_away(&self) -> f64 {
        let Some(last) = self.plan.periods.last() else {
            return 0.0;
        };
        let returns = self.inventory.resumed.returns.iter();
        returns
            .map(|return_home| {
                let users = last.case.users(return_home.shard.index());
                users - users_at(last, return_home.shard, return_home.site).min(users)
            })
            .sum()
    }

    /// What of the earlier plan remains when the scenario ends, and what to do; `None` of a plan that goes on from none, and where
    /// nothing remains.
    pub(in crate::report) fn remains_of_first(&self) -> Option<String> {
        if self.plan.is_refused() {
            // Nothing of it is begun: its runbook says what stands.
            return None;
        }
        let away = self.still_away();
        let is_away = away > NOBODY;
        let open = self.still_open();
        if !is_away && open.is_none() {
            return None;
        }
        let users = numbers::lost_users(away);
        let stay = is_away.then(|| {
            let verb = by_count(&numbers::users_up(away), ["is", "are"]);
            format!("{users} that the earlier plan moved {verb} still away")
        });
        let all: Vec<String> = stay.into_iter().chain(open).collect();
        Some(format!(
            "When this plan ends, {}. To return: state when each event ends (--to, or `end`), and let the scenario end later. \
             Or roll back by this runbook, then by the earlier one.",
            all.join(", and ")
        ))
    }
}

/// Users of a shard at a site in a period.
fn users_at(period: &PeriodPlan, shard: ShardId, site: SiteId) -> f64 {
    let first = period.parts.partition_point(|part| part.shard < shard);
    let parts = period.parts[first..].iter();
    let of_shard = parts.take_while(|part| part.shard == shard);
    let at_site = of_shard.filter(|part| part.site == Some(site));
    at_site.map(|part| part.users).sum()
}
