//! Stability: what a trigger can lock in with retries.

use super::Briefing;
use crate::plan::{PeriodPlan, RetryMargin, Stability};
use crate::report::stability::locks_in;
use crate::report::text::visible;
use crate::report::{numbers, recovery};
use std::collections::BTreeSet;

impl Briefing<'_> {
    /// What triggers that were played lock in; where none was, what is furthest beyond where an overload keeps itself up. Then
    /// whether a plan recovers that has to.
    pub(in crate::report) fn stability(&self) -> Vec<String> {
        let plan = self.plan;
        let told = match &plan.recovery {
            Some(own) if own.is_required => recovery::recovers(self.inventory, self.scenario, plan),
            Some(_) => recovery::at_risk(self.inventory, self.scenario, plan),
            None => self.may_lock_in(),
        };
        let told = told.into_iter();
        told.map(|own| visible(&own).into_owned()).collect()
    }

    /// What is furthest beyond where an overload keeps itself up, if nobody played whether it recovers.
    fn may_lock_in(&self) -> Option<String> {
        let periods = self.plan.periods.iter();
        let all = periods.flat_map(|period| period.stability.iter().map(move |own| (period, own)));
        let vulnerable: Vec<(&PeriodPlan, &RetryMargin)> = all
            .filter(|(_, own)| own.stability == Stability::Vulnerable)
            .collect();
        let mut worst: Option<(&PeriodPlan, &RetryMargin)> = None;
        for (period, own) in &vulnerable {
            if worst.is_none_or(|(_, known)| own.is_tighter(known)) {
                worst = Some((period, own));
            }
        }
        let (period, own) = worst?;
        let sentence = locks_in(self.inventory, own)?;
        let when = if self.plan.periods.len() > 1 {
            format!(" in {}", self.named(period))
        } else {
            String::new()
        };
        let keys = vulnerable
            .iter()
            .map(|(_, own)| (own.component, own.resource));
        let others = keys.collect::<BTreeSet<_>>().len() - 1;
        let others = match numbers::whole(others).as_str() {
            "0" => String::new(),
            others => format!("; so can {others} more be locked in (stability.csv)"),
        };
        Some(format!("{sentence}{when}{others}."))
    }
}
