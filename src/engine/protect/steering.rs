//! Steering of given homes: who takes which path, so that silent faults along it cost tenants no more than they may.

use super::super::describe::{matched, most_crossing};
use super::gray::Exposure;
use super::search::Guarding;
use crate::error::{Error, Result};
use crate::formulation::goals::Level;
use crate::formulation::rows::{Counted, ExposureRow};
use crate::formulation::{GroupId, Problem};
use crate::ids::{SiteId, TenantId, TierId};
use crate::model::{Component, Failing};
use crate::plan::sweep::{GrayLoss, GraySweep};
use crate::plan::{Carried, Flow, GroupKey, Part, SteeringGroups, crossing_by_slice, flows};
use crate::solve::{Outcome, Start, solve_from};
use crate::units::NOBODY;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Times that steering is solved again at most, before all levels are settled and after.
const MOST_ROUNDS: usize = 12;
const MOST_LAST_ROUNDS: usize = 4;

/// Rows that are written at most: those of who loses most.
const MOST_ROWS: usize = 400;

/// Homes with the steering that exposes least.
#[derive(Clone)]
pub(super) struct SteeredHomes {
    pub(super) outcome: Outcome,
    pub(super) flows: Vec<Flow>,
    /// What silent faults cost.
    pub(super) losses: GraySweep,
}

/// Users of tenants by tier, group and site.
struct TenantCrowds {
    /// All users of a group at a site.
    all: BTreeMap<(usize, SiteId), f64>,
    /// Those of a tenant's tier whose loss is bounded.
    by_tenant: BTreeMap<(TenantId, TierId), BTreeMap<(usize, SiteId), f64>>,
}

/// Rows so far.
#[derive(Default)]
struct SteeringRows {
    rows: Vec<ExposureRow>,
    case_of: BTreeMap<(TenantId, TierId), usize>,
    exposed: BTreeSet<(TenantId, TierId, Vec<Failing>)>,
}

impl Exposure<'_> {
    /// Steers users whose homes are given, beginning at an outcome.
    pub(super) fn steered(
        &self,
        guarding: &Guarding<'_>,
        frozen: &Problem<'_>,
        outcome: Outcome,
        parts: &[Part],
    ) -> Result<SteeredHomes> {
        let mut steered = self.exposed(guarding, frozen, outcome, parts);
        let crowds = self.crowds(guarding, parts);
        let mut known = SteeringRows::default();
        // What is lost is settled first: later levels only choose among steering that loses as little.
        let mut rough: Option<SteeredHomes> = None;
        for _ in 0..MOST_ROUNDS {
            let last = rough.as_ref().unwrap_or(&steered);
            if !self.learn_of_steering((guarding, frozen), &crowds, &last.losses, &mut known) {
                break;
            }
            let found = again(guarding, frozen, &known, &last.outcome, Some(Level::Lost))?;
            let Some(outcome) = found else {
                return Ok(steered);
            };
            rough = Some(self.exposed(guarding, frozen, outcome, parts));
        }
        for _ in 0..MOST_LAST_ROUNDS {
            let Some(last) = rough.take() else {
                break;
            };
            let Some(outcome) = again(guarding, frozen, &known, &last.outcome, None)? else {
                break;
            };
            steered = self.exposed(guarding, frozen, outcome, parts);
            if self.learn_of_steering((guarding, frozen), &crowds, &steered.losses, &mut known) {
                rough = Some(steered.clone());
            }
        }
        Ok(steered)
    }

    /// Adds the rows of tenants who lose more than they may; `true` if there are any that are new.
    fn learn_of_steering(
        &self,
        (guarding, frozen): (&Guarding<'_>, &Problem<'_>),
        crowds: &TenantCrowds,
        losses: &GraySweep,
        known: &mut SteeringRows,
    ) -> bool {
        let before = known.rows.len();
        for loss in &losses.losses {
            let Some(spare) = self.spare_along_path(frozen, loss) else {
                continue;
            };
            let of = (loss.tenant, loss.tier, loss.worst.clone());
            if known.rows.len() >= MOST_ROWS || !known.exposed.insert(of) {
                continue;
            }
            let next = known.case_of.len();
            let case = known.case_of.entry((loss.tenant, loss.tier));
            let case = *case.or_insert(next);
            let counted = Counted::Shares(crowds.shares(frozen, guarding.groups, loss));
            let row = self.row((case, spare), counted, frozen, &loss.worst);
            known.rows.push(row);
        }
        known.rows.len() > before
    }

    /// Users whose loss is bounded, where they are.
    fn crowds(&self, guarding: &Guarding<'_>, parts: &[Part]) -> TenantCrowds {
        let inventory = guarding.backdrop.inventory;
        let mut crowds = TenantCrowds {
            all: BTreeMap::new(),
            by_tenant: BTreeMap::new(),
        };
        for part in parts {
            let Some(site) = part.site else {
                continue;
            };
            let at = (guarding.groups.of_shard(part.shard), site);
            *crowds.all.entry(at).or_default() += part.users;
            let row = &inventory.shards[part.shard.index()];
            if self.gray.max_loss[row.tier.index()].is_some() {
                let values = crowds.by_tenant.entry((row.tenant, row.tier)).or_default();
                *values.entry(at).or_default() += part.users;
            }
        }
        crowds
    }

    /// An outcome with what silent faults cost in it.
    fn exposed(
        &self,
        guarding: &Guarding<'_>,
        frozen: &Problem<'_>,
        outcome: Outcome,
        parts: &[Part],
    ) -> SteeredHomes {
        let flows = matched(guarding.groups, flows(frozen, &outcome), parts);
        let carried = Carried {
            parts,
            flows: &flows,
            crossing: &most_crossing(&crossing_by_slice(frozen, &flows)),
            hours: &frozen.setting.case.hours,
        };
        let losses = self.losses(guarding.backdrop.inventory, guarding.groups, carried);
        SteeredHomes {
            outcome,
            flows,
            losses,
        }
    }

    /// Users of a tenant who may lose their work, if more do and other paths may help.
    fn spare_along_path(&self, frozen: &Problem<'_>, loss: &GrayLoss) -> Option<f64> {
        let max_loss = &self.gray.max_loss;
        let share = max_loss[loss.tier.index()]?;
        let inventory = frozen.setting.inventory;
        let is_site = |component| matches!(inventory.component(component), Component::Site(_));
        let mut components = loss
            .worst
            .iter()
            .flat_map(|failing| failing.components(inventory));
        let is_on_the_way = components.any(|component| !is_site(component));
        (loss.beyond(max_loss) > NOBODY && is_on_the_way).then_some(share * loss.users)
    }
}

/// The outcome with these rows, whose last level is `last`; `None` if a stop was raised.
fn again(
    guarding: &Guarding<'_>,
    frozen: &Problem<'_>,
    known: &SteeringRows,
    from: &Outcome,
    last: Option<Level>,
) -> Result<Option<Outcome>> {
    let mut problem = frozen.exposed(known.case_of.len(), known.rows.clone());
    if let Some(last) = last {
        problem = problem.up_to(last);
    }
    let start = Start {
        problem: frozen,
        outcome: from,
    };
    let mut outcome = match solve_from(&problem, start, &guarding.stop.with_plan()) {
        Err(Error::StoppedEarly) => return Ok(None),
        ended => ended?,
    };
    // What is handed on knows nothing of these rows.
    outcome.levels.retain(|level| level.level != Level::Lost);
    for level in &mut outcome.levels {
        level.gains.truncate(frozen.rows.rows.len());
    }
    Ok(Some(outcome))
}

impl TenantCrowds {
    /// By group of a problem and site, the share of the users there who are a tenant's.
    fn shares(
        &self,
        frozen: &Problem<'_>,
        groups: &SteeringGroups,
        loss: &GrayLoss,
    ) -> FxHashMap<(GroupId, SiteId), f64> {
        let none = BTreeMap::new();
        let values = self
            .by_tenant
            .get(&(loss.tenant, loss.tier))
            .unwrap_or(&none);
        let mut shares = FxHashMap::default();
        for (id, group) in frozen.classes.groups.iter().enumerate() {
            let Some(steered) = groups.of(&GroupKey {
                client_region: group.client_region,
                profile: frozen.classes.demands[group.demand].profile,
                max_latency: group.max_latency,
            }) else {
                continue;
            };
            for (at, users) in
                values.range((steered, SiteId::new(0))..(steered + 1, SiteId::new(0)))
            {
                if *users > 0.0 {
                    shares.insert((id, at.1), users / self.all[at]);
                }
            }
        }
        shares
    }
}
