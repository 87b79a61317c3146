//! What the plan of the recommended start loses and the ranking does not count, in words: outages when it is played forward, and
//! users unserved or targets missed by whole shards, or before the maintenance.

use super::drain::PeriodLoss;
use super::{DrainReport, RankedWindows};
use crate::engine::Window;
use crate::plan::Outage;
use crate::report::grammar::{count, only_if};
use crate::report::numbers;
use crate::units::{AGREEMENT, NOBODY};
use jiff::Timestamp;

impl RankedWindows<'_> {
    /// What the plan of the recommended start loses beyond what is said of the start, a clause each, worst first.
    pub(super) fn losses(&self, window: &Window) -> Vec<String> {
        let Some(drain) = self.drain() else {
            return Vec::new();
        };
        let outage = worst_outage(drain).map(|outage| self.outage(outage, drain));
        let unserved = drain.unserved.as_ref();
        let unserved =
            unserved.filter(|period_loss| period_loss.value > window.unserved_users() + NOBODY);
        let unserved = unserved.map(|period_loss| {
            let users = numbers::lost_users(period_loss.value);
            format!(
                "the plan of the best time leaves {users} unserved {}",
                self.within(period_loss)
            )
        });
        let missing = drain.missing.as_ref();
        let missing = missing
            .filter(|period_loss| period_loss.value.share > window.worst_shortfall() + AGREEMENT);
        let missing = missing.map(|period_loss| {
            let missing = self.missing(period_loss.value);
            format!(
                "the plan of the best time has {missing} {}",
                self.within(period_loss)
            )
        });
        [outage, unserved, missing].into_iter().flatten().collect()
    }

    /// `the plan of the best time has up to 33,962 users down from 16 Nov 03:57:36 to 04:00:59, before the maintenance`.
    fn outage(&self, outage: &Outage, drain: &DrainReport) -> String {
        let when = match outage.end {
            Some(end) => self.clock.exactly(outage.start, end),
            None => format!("{} on", self.clock.second(outage.start)),
        };
        let more = drain.outages.len() - 1;
        format!(
            "the plan of the best time has up to {} down from {when}{}{}",
            numbers::lost_users(outage.most_users),
            before(outage.start, drain.start),
            only_if(more > 0, || {
                format!(", and {} later or smaller", count(more, "outage"))
            })
        )
    }

    fn within<T>(&self, period_loss: &PeriodLoss<T>) -> String {
        let when = self.clock.stretch(period_loss.start, period_loss.end);
        let start = self.drain().map_or(period_loss.start, |drain| drain.start);
        format!("from {when}{}", before(period_loss.start, start))
    }

    /// The users that the plan of the recommended start has down at once without naming them; 0 if it has none.
    pub(super) fn down_in_plan(&self) -> f64 {
        let worst = self.drain().and_then(worst_outage);
        worst.map_or(0.0, |outage| outage.most_users)
    }

    /// The users that the recommended start leaves unserved, by its plan where that leaves more.
    pub(super) fn unserved_at_most(&self, window: &Window) -> f64 {
        let planned = self
            .drain()
            .and_then(|drain_report| drain_report.unserved.as_ref());
        planned
            .map_or(0.0, |period_loss| period_loss.value)
            .max(window.unserved_users())
    }
}

fn worst_outage(drain: &DrainReport) -> Option<&Outage> {
    let all = drain.outages.iter();
    all.max_by(|a, b| a.most_users.total_cmp(&b.most_users))
}

/// `, before the maintenance`; nothing where it is not.
fn before(start: Timestamp, maintenance: Timestamp) -> &'static str {
    only_if(start < maintenance, || ", before the maintenance")
}
