//! Trapped: cases that leave users no site, whatever the capacity, on the first day or once others have joined.

use super::by_rule::trapped_by_rule;
use super::cases::{same_case, stopped};
use super::dated::Dated;
use super::occasion::Occasion;
use super::stretches::counts_from;
use crate::error::Result;
use crate::model::{Band, Contingencies, Recovery};
use crate::plan::runway::{Condition, Day, TrappedUsers};
use crate::scenario::users_on;
use crate::solve::Stop;
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};

/// What traps users.
type TrapKey = (Recovery, usize, usize);

/// Who is asked about trapped users.
pub(super) struct TrapSearch<'a> {
    /// The ends of the forecast, what is expected first.
    pub(super) bands: Vec<&'a Dated<'a>>,
    pub(super) recoveries: &'a [Recovery],
    pub(super) events: &'a [Vec<usize>],
    /// Those of the first day without events, by which cases are named.
    pub(super) contingencies: &'a Contingencies,
    pub(super) days: Day,
    pub(super) stop: &'a Stop,
}

impl TrapSearch<'_> {
    /// Cases that trap users, each with the first day on which it was found to; `today` are those of the first day without
    /// events, planned again. Those of the first day come before others, and those of most users before fewer.
    ///
    /// Whether users have a site follows from rules, copies and paths, which stay. So others are trapped only where users join
    /// a shard that had none: they are there on the last day, or on the last before they leave.
    pub(super) fn all(&self, today: Vec<TrappedUsers>) -> Result<Vec<TrappedUsers>> {
        let key = |one: &TrappedUsers| (one.recovery, one.events, one.case);
        let mut found: BTreeMap<TrapKey, TrappedUsers> =
            today.into_iter().map(|one| (key(&one), one)).collect();
        for dated in &self.bands {
            let days = self.asked(dated);
            for (recovery, events) in self.occasions() {
                let mut before: Day = 0;
                for &day in &days {
                    let is_known = day == 0 && recovery == Recovery::Replan && events == 0;
                    let users = if is_known {
                        Vec::new()
                    } else {
                        self.trapped(dated, (recovery, events, day))?
                    };
                    for (case, users) in users {
                        let key = (recovery, events, case);
                        // What traps users without events does so with them.
                        let alike = found.get(&(recovery, 0, case)).or(found.get(&key));
                        if alike.is_some_and(|known| known.users >= users - NOBODY) {
                            continue;
                        }
                        let on = (recovery, events, day);
                        let trapped = self.since(dated, on, (case, users), before)?;
                        found.entry(key).or_insert(trapped);
                    }
                    before = day;
                }
            }
        }
        let mut all: Vec<TrappedUsers> = found.into_values().collect();
        all.sort_by(|a, b| {
            let is_later = |one: &TrappedUsers| one.day > 0;
            let by_users = b.users.total_cmp(&a.users);
            is_later(a)
                .cmp(&is_later(b))
                .then(by_users)
                .then(a.case.cmp(&b.case))
        });
        Ok(all)
    }

    fn occasions(&self) -> Vec<(Recovery, usize)> {
        let events = 0..self.events.len();
        let all = self.recoveries.iter();
        all.flat_map(|recovery| events.clone().map(|set| (*recovery, set)))
            .collect()
    }

    /// The first day; where users join a shard that has none by then also the last one, and the last before they leave it.
    fn asked(&self, dated: &Dated<'_>) -> BTreeSet<Day> {
        let inventory = dated.inventory();
        let today = users_on(inventory, dated.from(), Band::Expected);
        let mut days = BTreeSet::from([0]);
        for row in &inventory.onboarding {
            let day = counts_from(dated.from(), row.date).filter(|day| *day < self.days);
            if let Some(day) = day
                && today[row.shard.index()] <= 0.0
            {
                if row.joining(Band::Expected) < 0 {
                    days.insert(day - 1);
                }
                days.insert(self.days - 1);
            }
        }
        days
    }

    /// Cases that trap users on a day, by the number that rows name them by, and how many.
    fn trapped(
        &self,
        dated: &Dated<'_>,
        (recovery, events, day): (Recovery, usize, Day),
    ) -> Result<Vec<(usize, f64)>> {
        stopped(self.stop)?;
        let occasion = Occasion {
            day,
            events: &self.events[events],
        };
        let (users, of) = if recovery == Recovery::Replan {
            let cases = dated.cases(Condition::ServedUnder, occasion)?;
            (cases.trapped(self.stop)?, cases.contingencies().clone())
        } else {
            trapped_by_rule(dated, recovery, occasion, self.stop)?
        };
        let users = users.into_iter().enumerate();
        let trapped = users.filter(|(_, users)| *users > NOBODY);
        Ok(trapped
            .map(|(case, users)| (same_case(&of, case, self.contingencies), users))
            .collect())
    }

    /// The same from the first day on, of those after another, on which a case is found to trap users.
    fn since(
        &self,
        dated: &Dated<'_>,
        (recovery, events, day): (Recovery, usize, Day),
        (case, users): (usize, f64),
        before: Day,
    ) -> Result<TrappedUsers> {
        let mut first = TrappedUsers {
            case,
            day,
            events,
            recovery,
            users,
        };
        let mut low = if day == 0 { 0 } else { before + 1 };
        while low < first.day {
            let middle = low + (first.day - low) / 2;
            let all = self.trapped(dated, (recovery, events, middle))?;
            match all.into_iter().find(|(other, _)| *other == case) {
                Some((_, users)) => (first.day, first.users) = (middle, users),
                None => low = middle + 1,
            }
        }
        Ok(first)
    }
}
