//! What a plan's homes come to in every case that is to be survived.

use super::super::instant::{Asking, Whom};
use super::super::parted::Parted;
use super::super::settled::Depth;
use super::super::sweep::ByRule;
use crate::error::Result;
use crate::formulation::goals::Level;
use crate::model::{Case, Contingencies};
use crate::solve::Stop;
use crate::units::NOBODY;
use rayon::prelude::*;

/// A case that is not survived.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Lost {
    pub(in crate::engine) case: usize,
    /// Users who are unserved in it and would not be without it.
    pub(in crate::engine) users: f64,
    /// Those among them whom the rules leave no open site.
    pub(in crate::engine) stuck: f64,
}

/// Who is unserved in a case.
struct Unserved {
    /// Users, by rank.
    users: Vec<f64>,
    /// Those among them whom the rules leave no open site.
    stuck: f64,
}

impl Unserved {
    /// Users who are unserved here beyond those without the failures: that others of another rank are served instead of
    /// them is no consolation.
    fn beyond(&self, without: &Self) -> f64 {
        let both = self.users.iter().zip(&without.users);
        both.map(|(own, without)| (own - without).max(0.0)).sum()
    }
}

/// What fails in a case, on top of what is in force.
pub(super) fn known(asking: Asking<'_>, contingencies: &Contingencies, case: usize) -> Case {
    asking.case(&contingencies.events(asking.backdrop.inventory, case))
}

/// Unserved users by case, from the homes of an instant, where the optimiser runs again; `None` if a stop was raised.
fn replanned(
    asking: Asking<'_>,
    contingencies: &Contingencies,
    stop: &Stop,
) -> Result<Option<Vec<Unserved>>> {
    let parted = Parted::new(contingencies, Depth::Verdict);
    let unserved = |case: usize| -> Result<Option<Unserved>> {
        if stop.is_raised() {
            return Ok(None);
        }
        let known = known(asking, contingencies, case);
        let own = (case, &known);
        let unserved = parted.settle(asking, contingencies, own, Depth::Verdict, |settled| {
            let ranks = 0..settled.problem.classes.ranks.len();
            let by_default = settled.problem.amounts_by_default();
            Unserved {
                users: ranks
                    .map(|rank| settled.value(Level::Unserved(rank)))
                    .collect(),
                stuck: by_default.levels.unserved.iter().sum(),
            }
        })?;
        Ok(Some(unserved))
    };
    let all: Result<Vec<Option<Unserved>>> = (0..contingencies.count())
        .into_par_iter()
        .map(unserved)
        .collect();
    Ok(all?.into_iter().collect())
}

/// The same where nobody decides, from the plan that homes users so.
fn by_rule(
    asking: Asking<'_>,
    contingencies: &Contingencies,
    rule: &ByRule,
    stop: &Stop,
) -> Option<Vec<Unserved>> {
    let unserved = |case: usize| {
        let known = known(asking, contingencies, case);
        let folded = asking.folded(&known);
        let users = asking.in_setting(&known, &folded, Whom::Everybody, |setting| {
            rule.unserved(setting)
        });
        let unserved = Unserved { users, stuck: 0.0 };
        (!stop.is_raised()).then_some(unserved)
    };
    let cases = 0..contingencies.count();
    cases.into_par_iter().map(unserved).collect()
}

/// The cases that are not survived, ascending, and how many users are unserved without a failure whom the rules leave an
/// open site: who fails may make room for them, so that nothing is proven of what is lost besides. `None` if a stop was
/// raised.
pub(in crate::engine) fn lost(
    asking: Asking<'_>,
    contingencies: &Contingencies,
    rule: Option<&ByRule>,
    stop: &Stop,
) -> Result<Option<(Vec<Lost>, f64)>> {
    let unserved = match rule {
        None => replanned(asking, contingencies, stop)?,
        Some(rule) => by_rule(asking, contingencies, rule, stop),
    };
    Ok(unserved.map(|unserved| {
        let without = &unserved[0];
        let all = unserved.iter().enumerate().skip(1);
        let all = all.map(|(case, own)| Lost {
            case,
            users: own.beyond(without),
            stuck: (own.stuck - without.stuck).max(0.0),
        });
        let all = all.filter(|own| !contingencies.is_repeated(own.case));
        let lost = all.filter(|own| own.users > NOBODY).collect();
        let short = without.users.iter().sum::<f64>() - without.stuck;
        (lost, short)
    }))
}
