//! Further failures of the named window in words: counted once users have moved, as a sweep of its plan counts them, and from
//! the homes before the maintenance, as those of all other starts are.

use super::RankedWindows;
use crate::engine::{OnceMoved, OneMore, Window};
use crate::model::FailureSet;
use crate::report::grammar::{count, only_if};
use crate::report::numbers;
use crate::units::NOBODY;

/// From which homes the further failures of all starts are counted.
const BEFORE: &str = " from the homes before the maintenance";

/// From which homes those of the named window are counted too.
const MOVED: &str = " once users have moved";

/// What is said of further failures, and whether users are unserved in one.
pub(super) struct FurtherWords {
    words: Vec<String>,
    is_broken: bool,
}

/// Adds what further failures do, before the word that everyone is served where they leave users unserved.
pub(super) fn add(words: &mut Vec<String>, further: FurtherWords, unserved: f64) {
    let at = if further.is_broken && unserved <= NOBODY {
        0
    } else {
        words.len()
    };
    words.splice(at..at, further.words);
}

impl FurtherWords {
    /// Adds them to the alarms where users are unserved in one, else to the rest.
    pub(super) fn add_to(self, alarms: &mut Vec<String>, rest: &mut Vec<String>) {
        let list = if self.is_broken { alarms } else { rest };
        list.extend(self.words);
    }
}

impl RankedWindows<'_> {
    /// What further failures do at the named window once users have moved; `None` where that was not asked, or no drain is safe.
    pub(super) fn once_moved(&self) -> Option<&OnceMoved> {
        self.drain()?.once_moved.as_ref()
    }

    /// `true` if a further failure leaves users unserved at the named window, before users move or after it.
    pub(super) fn is_broken_by_one_more(&self) -> bool {
        let is_broken = self
            .recommended()
            .is_some_and(Window::is_broken_by_one_more);
        is_broken || self.once_moved().is_some_and(OnceMoved::is_broken)
    }

    /// Users who are unserved after the worst further failure of the named window, before users move or after it.
    pub(super) fn unserved_after_one_more(&self) -> Option<f64> {
        let before = self.recommended()?.unserved_after_one_more();
        let moved = self
            .once_moved()
            .and_then(OnceMoved::unserved_after_one_more);
        [before, moved].into_iter().flatten().reduce(f64::max)
    }

    /// `At the best time 38 of 39 further failures leave users unserved once users have moved: it is not N-1 safe.`; nothing
    /// where none does.
    pub(super) fn further(&self) -> String {
        let is_broken = |one_more: &&OneMore| one_more.broken > 0;
        let moved = self
            .once_moved()
            .map(|once_moved| &once_moved.failures)
            .filter(is_broken);
        let before = self
            .recommended()
            .and_then(|window| window.failures.as_ref());
        let (one_more, basis) = match (moved, before.filter(is_broken)) {
            (Some(moved), _) => (moved, MOVED),
            (None, Some(before)) => (before, only_if(self.once_moved().is_some(), || BEFORE)),
            (None, None) => return String::new(),
        };
        format!(
            "At the best time {} users unserved{basis}: it is not N-1 safe.",
            leave(one_more)
        )
    }

    /// What one more failure does, counted from the homes before the maintenance.
    pub(super) fn further_before(&self, one_more: Option<&OneMore>, unserved: f64) -> FurtherWords {
        let is_broken = one_more.is_some_and(|one_more| one_more.worst.is_some());
        let basis = only_if(!is_broken && unserved <= NOBODY, || BEFORE);
        FurtherWords {
            words: one_more
                .map(|one_more| self.clause(one_more, unserved, basis))
                .into_iter()
                .collect(),
            is_broken,
        }
    }

    /// What one more failure does at the named window: once users have moved, and from the homes before where that is more, or
    /// another answer; the larger first.
    pub(super) fn further_of_reported(&self, window: &Window) -> FurtherWords {
        let unserved = window.unserved_users();
        let (Some(moved), Some(before)) = (self.once_moved(), window.failures.as_ref()) else {
            return self.further_before(window.failures.as_ref(), unserved);
        };
        let once_moved = |basis| self.clause(&moved.failures, moved.unserved, basis);
        let most = |one_more: &OneMore| one_more.worst.as_ref().map_or(0.0, |(_, users)| *users);
        let (of_moved, of_before) = (most(&moved.failures), most(before));
        let words = match (moved.failures.broken, before.broken) {
            (0, 0) => vec![once_moved(", also once users have moved")],
            (0, _) => vec![self.clause(before, unserved, BEFORE), once_moved(MOVED)],
            (_, 0) => vec![once_moved(MOVED), self.clause(before, unserved, BEFORE)],
            _ if of_before > of_moved => {
                vec![self.clause(before, unserved, BEFORE), once_moved(MOVED)]
            }
            (moved, homes) if homes > moved => {
                vec![once_moved(MOVED), self.clause(before, unserved, BEFORE)]
            }
            _ => vec![once_moved(MOVED)],
        };
        FurtherWords {
            words,
            is_broken: moved.failures.broken > 0 || before.broken > 0,
        }
    }

    /// `38 of 39 further failures leave users unserved once users have moved, San Antonio most (150,000)`.
    fn clause(&self, one_more: &OneMore, unserved: f64, basis: &str) -> String {
        match &one_more.worst {
            None if one_more.cases == 0 => "nothing else is left that could fail".to_owned(),
            None if unserved > NOBODY => {
                format!("no further failure leaves more unserved{basis}")
            }
            None => format!("any one more failure is survived{basis}"),
            Some((name, users)) => format!(
                "{} users unserved{basis}, {}{} ({})",
                leave(one_more),
                self.failing(name),
                only_if(one_more.broken > 1, || " most"),
                numbers::users_up(*users)
            ),
        }
    }

    /// The name of what fails.
    pub(super) fn failing<'b>(&'b self, name: &'b str) -> &'b str {
        if self.over == Some(FailureSet::RiskGroups.word()) {
            return name;
        }
        let component = self.inventory.component_named(name);
        component.map_or(name, |component| self.inventory.component_title(component))
    }

    /// Risk groups that leave users unserved once users have moved; nothing where none does.
    pub(super) fn of_groups(&self) -> Option<String> {
        let groups = &self.once_moved()?.groups;
        let (name, users) = groups.worst.as_ref()?;
        let (leave, most) = match groups.broken {
            1 => ("leaves", ""),
            _ => ("leave", " most"),
        };
        Some(format!(
            "{} of {} {leave} users unserved{MOVED}, {name}{most} ({}).",
            groups.broken,
            count(groups.cases, "risk group"),
            numbers::users_up(*users)
        ))
    }

    /// The further failures that are not checked: a sentence after others, or, where those of the recommended start are, the rest
    /// of one about other starts; nothing where none were asked.
    pub(super) fn failures_not_checked(&self, window: &Window) -> &'static str {
        let is_asked = window
            .failures
            .as_ref()
            .is_some_and(|one_more| one_more.cases > 0);
        match (is_asked, self.once_moved()) {
            (false, _) => "",
            (true, Some(_)) => ", and further failures once users have moved",
            (true, None) => {
                " Not checked: failures after users have moved, which can leave more users unserved; `sweep --from plan` checks them."
            }
        }
    }

    /// From which homes the further failures of the table are counted.
    pub(super) fn basis(&self) -> &'static str {
        match self.once_moved() {
            Some(_) => {
                "Further failures in the rows without * are counted from the homes before the maintenance."
            }
            None => {
                "Further failures are counted from the homes before the maintenance; `sweep --from plan` counts from a plan of it."
            }
        }
    }
}

/// `38 of 39 further failures leave`.
fn leave(one_more: &OneMore) -> String {
    let leave = if one_more.broken == 1 {
        "leaves"
    } else {
        "leave"
    };
    format!(
        "{} of {} further failures {leave}",
        one_more.broken, one_more.cases
    )
}
