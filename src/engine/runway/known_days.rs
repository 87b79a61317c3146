//! Known days: the worst case of days on which all cases were asked. The ends of the forecast are alike on some of them, such
//! as the first.

use super::answer::CaseOnDay;
use super::dated::Dated;
use super::stretches::begins;
use crate::error::Result;
use crate::ids::SiteId;
use crate::model::Band;
use crate::plan::runway::{Condition, Day};
use crate::scenario::users_on;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The worst case of days, found once for all ends of the forecast.
#[derive(Debug, Default)]
pub(super) struct KnownDays {
    days: Mutex<Vec<KnownDay>>,
    /// The case that failed last, asked first.
    likely: AtomicUsize,
}

/// What is asked about a day; the events are a position among the sets of events.
pub(super) type AskedDay = (Condition, usize, Day);

#[derive(Debug)]
struct KnownDay {
    asked: AskedDay,
    demand: DayDemand,
    /// The case in which most users are unserved, if any fails.
    worst: Option<CaseOnDay>,
}

/// By shard its users, and where they are at home.
type DayDemand = Vec<(f64, Option<SiteId>)>;

impl KnownDays {
    /// The worst case of a day: that of one on which the demand was the same, or what is found.
    ///
    /// # Errors
    /// Those of `find`.
    pub(super) fn worst_or(
        &self,
        dated: &Dated<'_>,
        asked: AskedDay,
        find: impl FnOnce() -> Result<Option<CaseOnDay>>,
    ) -> Result<Option<CaseOnDay>> {
        let days = self.days();
        if let Some(position) = position(&days, dated, asked) {
            return Ok(days[position].worst.clone());
        }
        drop(days);
        let worst = find()?;
        self.keep(dated, asked, worst.clone());
        Ok(worst)
    }

    /// The case that failed last.
    pub(super) fn likely(&self) -> usize {
        self.likely.load(Ordering::Relaxed)
    }

    /// Says which case failed last.
    pub(super) fn set_likely(&self, case: usize) {
        self.likely.store(case, Ordering::Relaxed);
    }

    fn days(&self) -> MutexGuard<'_, Vec<KnownDay>> {
        self.days.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the worst case of a day.
    pub(super) fn keep(&self, dated: &Dated<'_>, asked: AskedDay, worst: Option<CaseOnDay>) {
        let demand = demand(dated, asked.2);
        if let Some(worst) = &worst {
            self.set_likely(worst.failure.case);
        }
        self.days().push(KnownDay {
            asked,
            demand,
            worst,
        });
    }
}

/// The position of a day on which the same was asked of the same demand.
fn position(days: &[KnownDay], dated: &Dated<'_>, asked: AskedDay) -> Option<usize> {
    let alike = days.iter().enumerate();
    let mut alike = alike.filter(|(_, day)| day.asked == asked).peekable();
    alike.peek()?;
    let demand = demand(dated, asked.2);
    let (position, _) = alike.find(|(_, day)| day.demand == demand)?;
    Some(position)
}

fn demand(dated: &Dated<'_>, day: Day) -> DayDemand {
    let inventory = dated.inventory();
    let users = users_on(inventory, begins(dated.from(), day), Band::Expected);
    let homes = inventory.shards.iter().map(|shard| shard.site);
    users.into_iter().zip(homes).collect()
}
