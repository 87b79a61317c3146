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
    pub(super) fn losses(&self, told: &Window) -> Vec<String> {
        let Some(drain) = self.drain() else {
            return Vec::new();
        };
        let outage = worst_outage(drain).map(|own| self.outage(own, drain));
        let unserved = drain.unserved.as_ref();
        let unserved = unserved.filter(|own| own.value > told.unserved_users() + NOBODY);
        let unserved = unserved.map(|own| {
            let users = numbers::lost_users(own.value);
            format!("its plan leaves {users} unserved {}", self.within(own))
        });
        let missing = drain.missing.as_ref();
        let missing = missing.filter(|own| own.value.share > told.worst_shortfall() + AGREEMENT);
        let missing = missing.map(|own| {
            let missing = self.missing(own.value);
            format!("its plan has {missing} {}", self.within(own))
        });
        [outage, unserved, missing].into_iter().flatten().collect()
    }

    /// `its plan has up to 33,962 users down from 16 Nov 03:57:36 to 04:00:59, before the maintenance`.
    fn outage(&self, own: &Outage, drain: &DrainReport) -> String {
        let when = match own.end {
            Some(end) => self.clock.exactly(own.start, end),
            None => format!("{} on", self.clock.second(own.start)),
        };
        let more = drain.outages.len() - 1;
        format!(
            "its plan has up to {} down from {when}{}{}",
            numbers::lost_users(own.most_users),
            before(own.start, drain.start),
            only_if(more > 0, || {
                format!(", and {} later or smaller", count(more, "outage"))
            })
        )
    }

    fn within<T>(&self, own: &PeriodLoss<T>) -> String {
        let when = self.clock.stretch(own.start, own.end);
        let start = self.drain().map_or(own.start, |drain| drain.start);
        format!("from {when}{}", before(own.start, start))
    }

    /// The users that the plan of the recommended start has down at once without naming them; 0 if it has none.
    pub(super) fn down_in_plan(&self) -> f64 {
        let worst = self.drain().and_then(worst_outage);
        worst.map_or(0.0, |own| own.most_users)
    }

    /// The users that the recommended start leaves unserved, by its plan where that leaves more.
    pub(super) fn unserved_at_most(&self, told: &Window) -> f64 {
        let planned = self.drain().and_then(|own| own.unserved.as_ref());
        planned
            .map_or(0.0, |own| own.value)
            .max(told.unserved_users())
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
