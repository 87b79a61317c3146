//! Made-up sweeps of any size: what they found is drawn, not planned, so that every shape of an answer is seen.

use jiff::Timestamp;
use plimsoll::generate::{Options, generate};
use plimsoll::ids::{AccessPointId, ComponentId, ResourceId, TenantId};
use plimsoll::inventory::read;
use plimsoll::model::{
    Contingencies, Event, EventKind, Failover, FailureSet, Inventory, Policy, Recovery, Reduction,
    Scenario, Tier,
};
use plimsoll::plan::sweep::{CaseResult, Missing, SettledBy, SiteUse, Sweep, SweepTally, Use};
use plimsoll::report::sweep::{Because, Extent, SweepReport};
use plimsoll::scenario::periods;
use std::ops::Range;

/// How bad what was found is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Every case holds.
    Holds,
    /// Some cases leave users unserved, some miss a target.
    Mixed,
    /// Every case leaves users unserved.
    Fails,
}

/// What is to be made up.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) sites: usize,
    pub(crate) over: FailureSet,
    pub(crate) failures: usize,
    pub(crate) recoveries: Vec<Recovery>,
    pub(crate) mood: Mood,
    /// Cases that were looked at; `None` is all.
    pub(crate) done: Option<Range<usize>>,
}

impl Wish {
    /// So many sites of which up to so many fail at once, replanned, some cases bad.
    pub(crate) fn of(sites: usize, failures: usize) -> Self {
        Self {
            sites,
            over: FailureSet::Sites,
            failures,
            recoveries: vec![Recovery::Replan],
            mood: Mood::Mixed,
            done: None,
        }
    }
}

/// A made-up sweep and what it is about.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) inventory: Inventory,
    pub(crate) scenario: Scenario,
    pub(crate) sweep: Sweep,
    pub(crate) extent: Extent,
    pub(crate) because: Because,
}

impl Made {
    /// What is told of it.
    pub(crate) fn reported(&self) -> SweepReport<'_> {
        SweepReport {
            inventory: &self.inventory,
            scenario: &self.scenario,
            sweep: &self.sweep,
            before: None,
            extent: self.extent,
            because: Some(&self.because),
        }
    }
}

/// A fraction of 1 that looks random and is always the same.
fn scatter(index: usize, salt: usize) -> f64 {
    ((index * 7919 + salt * 104_729 + index * index * 31) % 1000) as f64 / 1000.0
}

/// An inventory of so many sites.
pub(crate) fn inventory(sites: usize) -> Inventory {
    let options = Options {
        sites,
        access_points: (2 * sites).max(2),
        client_regions: (3 * sites).max(6),
        shards: 400,
        ..Options::default()
    };
    generate(&options).expect("options in range").inventory
}

/// A scenario of a day in which the last site is under works, if there is more than one.
pub(crate) fn scenario(inventory: &Inventory) -> Scenario {
    let start: Timestamp = "2026-11-21T02:00:00Z".parse().expect("an instant");
    let end: Timestamp = "2026-11-21T08:00:00Z".parse().expect("an instant");
    let last = ComponentId::new(inventory.sites.len() - 1);
    let maintenance = Event {
        kind: EventKind::Maintenance(Reduction::all_of(last)),
        start,
        end,
        detected: start,
        drain_minutes: None,
        is_end_assumed: false,
    };
    Scenario {
        name: "november-works".to_owned(),
        start,
        end,
        offset: jiff::tz::offset(-8),
        policy: Policy::standard(inventory.resources.len(), Failover::Anywhere),
        events: if inventory.sites.len() > 1 {
            vec![maintenance]
        } else {
            Vec::new()
        },
        protect: None,
        waves: plimsoll::model::WavePolicy::default(),
        replay: plimsoll::model::ReplayPolicy::default(),
        queued: Vec::new(),
        commands: plimsoll::model::Commands::default(),
    }
}

/// A sweep as it is wished for.
pub(crate) fn made(wish: &Wish) -> Made {
    made_of(inventory(wish.sites), wish)
}

/// A sweep of an inventory.
pub(crate) fn made_of(inventory: Inventory, wish: &Wish) -> Made {
    let scenario = scenario(&inventory);
    let period = periods(&inventory, &scenario)[0];
    let mut members = wish.over.members(&inventory);
    let maintenance = scenario.events.first().and_then(Event::reduction);
    let gone = maintenance.map_or(&[][..], |reduction| &reduction.components);
    members.retain(|member| {
        member
            .components(&inventory)
            .iter()
            .any(|component| !gone.contains(component))
    });
    let contingencies = Contingencies::new(members, wish.failures).expect("they can be counted");
    let all = contingencies.count();
    let mut by_rank: Vec<&Tier> = inventory.tiers.iter().collect();
    by_rank.sort_by_key(|tier| tier.rank);
    let tiers: Vec<String> = by_rank.iter().map(|tier| tier.id.clone()).collect();
    let done = wish.done.clone().unwrap_or(0..all);
    let mut tally = SweepTally::default();
    for case in done.clone() {
        for recovery in &wish.recoveries {
            take(
                &mut tally,
                &inventory,
                &contingencies,
                (case, *recovery),
                wish,
                gone,
            );
        }
    }
    let sweep = Sweep {
        over: wish.over,
        contingencies,
        recoveries: wish.recoveries.clone(),
        period,
        is_from_plan: false,
        is_full: false,
        tiers,
        cases: done.clone(),
        tally,
        gray: None,
    };
    let extent = Extent {
        first: done.start,
        // A part has all of its own cases, a stopped sweep not all.
        asked: if done.start > 0 { done.len() } else { all },
        done: done.len(),
    };
    Made {
        inventory,
        scenario,
        sweep,
        extent,
        because: Because::new(),
    }
}

/// How bad it is to lose a member, 0 to 1: a few are bad.
fn weight(position: usize) -> f64 {
    scatter(position, 3).powi(6)
}

fn take(
    tally: &mut SweepTally,
    inventory: &Inventory,
    contingencies: &Contingencies,
    (case, recovery): (usize, Recovery),
    wish: &Wish,
    gone: &[ComponentId],
) {
    let positions = contingencies.positions(case);
    let size = positions.len();
    let helpless = match recovery {
        Recovery::Rescale => 3.0,
        Recovery::Replicas => 1.6,
        Recovery::Replan => 1.0,
    };
    let lost: f64 = positions
        .iter()
        .map(|position| weight(*position))
        .sum::<f64>()
        * helpless;
    let level = match wish.mood {
        Mood::Holds => 0.0,
        Mood::Mixed => lost,
        Mood::Fails => 0.5 + lost,
    };
    let users = ((level - 0.45) * 2e6).max(0.0).floor();
    let last = inventory.tiers.len() - 1;
    let unserved: Vec<f64> = (0..inventory.tiers.len())
        .map(|tier| {
            if tier == last {
                users
            } else {
                (users * 0.1_f64.powi(2) - 3000.0).max(0.0).floor()
            }
        })
        .collect();
    let tight = (
        ComponentId::new((case * 7 + 1) % inventory.sites.len()),
        ResourceId::new(0),
    );
    let missing = (level > 0.15).then(|| Missing {
        share: (level * helpless).min(if recovery == Recovery::Replan {
            1.0
        } else {
            1.4
        }),
        component: tight.0,
        resource: tight.1,
    });
    let is_hurt = unserved.iter().sum::<f64>() > 0.0;
    let found = CaseResult {
        case,
        recovery,
        no_site: (recovery == Recovery::Replan)
            .then(|| unserved.iter().map(|users| users / 4.0).collect()),
        unserved,
        missing,
        binding: if is_hurt {
            vec![
                tight,
                (ComponentId::new(inventory.sites.len()), ResourceId::new(0)),
            ]
        } else {
            Vec::new()
        },
        moved: lost * 1e6,
        opened: if is_hurt {
            vec![AccessPointId::new(0)]
        } else {
            Vec::new()
        },
        settled: if missing.is_some() {
            SettledBy::Solver
        } else {
            SettledBy::Default
        },
        is_proven: case % 97 != 96,
        whole: None,
    };
    let failed: Vec<ComponentId> = contingencies
        .failing(case)
        .flat_map(|failing| failing.components(inventory))
        .collect();
    for component in (0..inventory.component_count().min(400)).map(ComponentId::new) {
        if failed.contains(&component) || gone.contains(&component) {
            continue;
        }
        for resource in (0..inventory.resources.len()).map(ResourceId::new) {
            let Some(capacity) = inventory.capacity[[component.index(), resource.index()]] else {
                continue;
            };
            let base = 0.2 + 0.55 * scatter(component.index(), resource.index());
            let near = scatter(component.index() * 31 + case, 11).powi(3);
            let most = if recovery == Recovery::Replan {
                1.0
            } else {
                1.3
            };
            let most = if wish.mood == Mood::Holds { 0.79 } else { most };
            let utilization = (base + near * lost.min(1.0) * 0.9).min(most);
            let of_case = Use {
                utilization,
                load: utilization * capacity,
                capacity,
                case,
            };
            tally.add_use((recovery, component, resource), of_case);
            let kind = plimsoll::model::CaseKind::Failures(size);
            tally.add_worst((recovery, kind, component, resource), of_case);
            let is_site = component.index() < inventory.sites.len();
            if is_site && size <= 1 {
                let site = plimsoll::ids::SiteId::new(component.index());
                let site_use = SiteUse {
                    case,
                    recovery,
                    site,
                    resource,
                    utilization,
                };
                match tally.sites.last_mut() {
                    Some(last)
                        if last.case == case && last.recovery == recovery && last.site == site =>
                    {
                        if utilization > last.utilization {
                            *last = site_use;
                        }
                    }
                    _ => tally.sites.push(site_use),
                }
            }
        }
    }
    if is_hurt {
        for (index, shard) in inventory.shards.iter().enumerate() {
            let is_broken = scatter(index, case) < lost * 0.1 * (1.0 + shard.tier.index() as f64);
            if is_broken {
                let key = plimsoll::plan::sweep::Break {
                    recovery,
                    tenant: TenantId::new(shard.tenant.index()),
                    tier: shard.tier,
                };
                tally.add_break(key, case);
            }
        }
    }
    tally.found.push(found);
}

/// The inventory of `data/<folder>`.
pub(crate) fn shipped(folder: &str) -> Inventory {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = crate::folders::folder(&path);
    read(&files).inventory.expect("a sound inventory")
}
