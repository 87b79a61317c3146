//! Who must be told, and where it stands what has to be done.

use super::Briefing;
use crate::plan::TenantAccount;
use crate::report::grammar::{count, counted_with, listed};
use crate::report::numbers;
use crate::report::text::visible;
use std::collections::BTreeSet;

/// Tenants that are named.
const NAMED: usize = 3;

impl Briefing<'_> {
    /// What months are counted without, as words; `None` where they are counted as the plan's replay has them.
    pub(in crate::report) fn left_out_of_promises(&self) -> Option<&'static str> {
        let is_left_out = self.plan.leaves_out_of_promises();
        is_left_out.then(|| match self.plan.outages() {
            [] => "waves, known losses and aftermath",
            [_] => "the outage of its replay, waves, known losses and aftermath",
            _ => "the outages of its replay, waves, known losses and aftermath",
        })
    }

    /// `true` if an outage may break a promise that is kept without it: months are counted without outages, and there are some.
    pub(in crate::report) fn leaves_promises_open(&self) -> bool {
        self.plan.leaves_out_of_promises() && !self.plan.outages().is_empty()
    }

    /// The tenants whose users have less of a calendar month than was promised, worst first; if there are none, whether that
    /// is not checked for outages.
    pub(in crate::report) fn told(&self) -> Vec<String> {
        let accounts = self.plan.tenants.iter();
        let broken: Vec<&TenantAccount> = accounts
            .filter(|account| account.is_kept_by_month() == Some(false))
            .collect();
        let mut seen = BTreeSet::new();
        let worst: Vec<&str> = broken
            .iter()
            .filter(|account| seen.insert(account.tenant))
            .map(|account| self.inventory.tenants[account.tenant.index()].as_str())
            .collect();
        if worst.is_empty() {
            let open = "Not checked: promises of the month. Without the outages of the plan's replay no tenant falls below them.";
            return Vec::from_iter(self.leaves_promises_open().then(|| open.to_owned()));
        }
        let verb = ["falls below its", "fall below their"];
        let most = if worst.len() > NAMED {
            ", most of all "
        } else {
            ": "
        };
        let tenants = counted_with(&numbers::whole(worst.len()), "tenant", verb);
        let named = &worst[..worst.len().min(NAMED)];
        let but = self.left_out_of_promises();
        let but = but.map_or_else(String::new, |what| format!(" ({what} not counted)"));
        let sentence = format!(
            "{tenants} promise of the month{but}{most}{}; tenants.csv has all.",
            listed(named)
        );
        vec![visible(&sentence).into_owned()]
    }

    /// That nothing of a refused plan is to be begun, and what to do instead; `None` if it is not refused.
    pub(in crate::report) fn not_to_be_begun(&self) -> Option<&'static str> {
        if !self.plan.is_refused() {
            return None;
        }
        Some(if self.remedies().is_empty() {
            "the plan is refused, and nothing that was tried makes it safe"
        } else {
            "the plan is refused; change what makes it safe, and plan again"
        })
    }

    /// How much has to be done, and in which file it stands; that it is not to be begun if the plan is refused; nothing if
    /// nothing changes.
    pub(in crate::report) fn work(&self) -> Vec<String> {
        let steps: BTreeSet<(usize, u32)> = (self.steps.iter())
            .filter(|step| step.number > 0)
            .map(|step| (step.period, step.number))
            .collect();
        if steps.is_empty() {
            return Vec::new();
        }
        let steps = count(steps.len(), "step");
        vec![match self.not_to_be_begun() {
            Some(why) => format!("Do not begin the {steps} in changes.csv: {why}."),
            None => format!("To do: {steps} in changes.csv; the way back is in changes_back.csv."),
        }]
    }
}
