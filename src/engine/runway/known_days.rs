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
use std::cell::{Cell, RefCell};

/// The worst case of days, found once for all ends of the forecast.
#[derive(Debug, Default)]
pub(super) struct KnownDays {
    days: RefCell<Vec<KnownDay>>,
    /// The case that failed last, asked first.
    pub(super) likely: Cell<usize>,
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
        let known = self.known(dated, asked);
        let known = known.map(|position| self.days.borrow()[position].worst.clone());
        if let Some(worst) = known {
            return Ok(worst);
        }
        let worst = find()?;
        self.keep(dated, asked, worst.clone());
        Ok(worst)
    }

    /// The position of a day on which the same was asked of the same demand.
    fn known(&self, dated: &Dated<'_>, asked: AskedDay) -> Option<usize> {
        let days = self.days.borrow();
        let alike = days.iter().enumerate();
        let mut alike = alike.filter(|(_, day)| day.asked == asked).peekable();
        alike.peek()?;
        let demand = demand(dated, asked.2);
        let (position, _) = alike.find(|(_, day)| day.demand == demand)?;
        Some(position)
    }

    /// Keeps the worst case of a day.
    pub(super) fn keep(&self, dated: &Dated<'_>, asked: AskedDay, worst: Option<CaseOnDay>) {
        let demand = demand(dated, asked.2);
        if let Some(worst) = &worst {
            self.likely.set(worst.failure.case);
        }
        self.days.borrow_mut().push(KnownDay {
            asked,
            demand,
            worst,
        });
    }
}

fn demand(dated: &Dated<'_>, day: Day) -> DayDemand {
    let inventory = dated.inventory();
    let users = users_on(inventory, begins(dated.from(), day), Band::Expected);
    let homes = inventory.shards.iter().map(|shard| shard.site);
    users.into_iter().zip(homes).collect()
}
