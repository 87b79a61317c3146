//! Recalls a written plan: its tables as the planner's own values, so that it can be asked about.

use super::before::kept_shortfall;
use crate::diagnostic::{Code, Finding, Place, Severity};
use crate::formulation::{Affected, Folded, Narrowing, Problem, Setting, StandbyUse};
use crate::graph::{Network, Path};
use crate::ids::{LinkId, ShardId, SiteId, parted};
use crate::model::{After, Case, Homes, Inventory, LinkEnd, Scenario};
use crate::plan::explain::Written;
use crate::plan::{
    AccessPointChange, Flow, GroupKey, Loaded, Origin, Part, SteeringGroups, access_point_changes,
    homes_after, loads, most_entering, retry_loads,
};
use crate::plan_files::{AssignmentRow, HeadroomRow, Row, SteeringRow, Text, WrittenPlan, rows_in};
use crate::scenario::{Band, Knowledge, Period, case_at, case_before, free_share_lowered, periods};
use ndarray::Array2;
use std::collections::BTreeMap;

/// A table of the plan names what its inputs do not have.
const UNKNOWN_NAME: Code = Code("P6018");

type Result<T> = std::result::Result<T, Box<Finding>>;

/// A written plan as the planner's own values. It may be anybody's: nothing is solved.
pub struct Recalled<'a> {
    inventory: &'a Inventory,
    scenario: &'a Scenario,
    network: Network,
    groups: SteeringGroups,
    periods: Vec<RecalledPeriod>,
    /// Its homes were settled for all periods together.
    is_joint: bool,
}

struct RecalledPeriod {
    period: Period,
    case: Case,
    previous: Homes,
    current: Homes,
    folded: Folded,
    is_affected: Affected,
    kept: Array2<f64>,
    parts: Vec<Part>,
    flows: Vec<Flow>,
    access_points: Vec<AccessPointChange>,
}

impl<'a> Recalled<'a> {
    /// Recalls a plan of a scenario.
    ///
    /// # Errors
    /// A finding with the name, if a table names what the inventory does not have.
    pub fn new(
        inventory: &'a Inventory,
        scenario: &'a Scenario,
        written: &WrittenPlan,
    ) -> Result<Self> {
        let network = Network::new(inventory);
        let names = RecallNames::new(inventory);
        let before = case_before(inventory, scenario, Band::Expected);
        let load_before = load_before(&names, &before, written)?;
        let mut homes = Homes::whole(inventory.shards.iter().map(|shard| shard.site));
        let mut settled = homes.clone();
        let mut last_quiet = None;
        let mut recalled: Vec<RecalledPeriod> = Vec::new();
        for period in periods(inventory, scenario) {
            let case = case_at(
                inventory,
                scenario,
                period.start,
                Knowledge::Believed,
                Band::Expected,
            );
            let is_returning = scenario.policy.after == After::Return && !case.is_event_in_force;
            let current = if is_returning {
                let since = (period.start, last_quiet);
                inventory.resumed.returned(&homes, &settled, since)
            } else {
                homes.clone()
            };
            let lowered =
                free_share_lowered(inventory, scenario, period.start, Band::Expected, &current);
            let policy = &scenario.policy;
            let folded = Folded::new(inventory, &case, &current);
            let is_affected =
                Affected::new(inventory, &network, &case, policy, &folded.kinds, &lowered);
            let kept = kept_shortfall(&case, &before, &load_before, policy.existing_shortfall);
            let parts = parts(&names, written, period.index)?;
            let flows = flows(&names, written, period.index)?;
            let previous = recalled.last();
            let entering = most_entering(inventory, &flows);
            let access_points = access_point_changes(
                inventory,
                &case,
                previous.map(|previous| previous.access_points.as_slice()),
                |access_point| entering[access_point.index()],
            );
            let after = homes_after(&homes, &parts);
            if !case.is_event_in_force {
                settled = homes_after(&settled, &parts);
                last_quiet = Some(period.start);
            }
            recalled.push(RecalledPeriod {
                period,
                case,
                previous: std::mem::replace(&mut homes, after),
                current,
                folded,
                is_affected,
                kept,
                parts,
                flows,
                access_points,
            });
        }
        Ok(Self {
            inventory,
            scenario,
            network,
            groups: SteeringGroups::new(inventory, &scenario.policy),
            periods: recalled,
            is_joint: (written.summary.as_ref().and_then(|summary| summary.joint))
                .is_some_and(|joint| joint.moved_users < joint.sequential_users),
        })
    }

    /// The periods, in order.
    pub fn periods(&self) -> impl Iterator<Item = &Period> {
        self.periods.iter().map(|period| &period.period)
    }

    /// What a question about one period answers.
    pub fn ask<R>(&self, period: usize, question: impl FnOnce(&Written<'_>) -> R) -> Option<R> {
        let recalled = self.periods.get(period)?;
        let policy = &self.scenario.policy;
        let problem = Problem::new(Setting {
            inventory: self.inventory,
            network: &self.network,
            case: &recalled.case,
            policy,
            current: &recalled.current,
            folded: &recalled.folded,
            is_affected: &recalled.is_affected,
            kept_shortfall: &recalled.kept,
            standby: if policy.open_standby {
                StandbyUse::Openable
            } else {
                StandbyUse::Closed
            },
            narrowed: Narrowing::Rules,
            is_distinguished: false,
        });
        let who = (recalled.parts.as_slice(), recalled.flows.as_slice());
        let load = loads(&problem, &self.groups, who.0, who.1);
        let retry_load = if self.inventory.has_retries() {
            retry_loads(&problem, &self.groups, who, &load)
        } else {
            Vec::new()
        };
        Some(question(&Written {
            problem: &problem,
            groups: &self.groups,
            origin: Origin {
                case: &recalled.case,
                previous: &recalled.previous,
                current: &recalled.current,
            },
            parts: &recalled.parts,
            flows: &recalled.flows,
            load: Loaded {
                load: &load,
                retry_load: &retry_load,
            },
            access_points: &recalled.access_points,
            is_joint: self.is_joint,
        }))
    }
}

pub(in crate::engine) struct RecallNames<'a> {
    inventory: &'a Inventory,
    sites: BTreeMap<&'a str, SiteId>,
    links: BTreeMap<&'a str, LinkId>,
    shards: BTreeMap<&'a str, ShardId>,
}

impl<'a> RecallNames<'a> {
    pub(in crate::engine) fn new(inventory: &'a Inventory) -> Self {
        let sites = inventory.sites.iter().enumerate();
        let links = inventory.links.iter().enumerate();
        Self {
            inventory,
            sites: sites
                .map(|(index, row)| (row.id.as_str(), SiteId::new(index)))
                .collect(),
            links: links
                .map(|(index, row)| (row.id.as_str(), LinkId::new(index)))
                .collect(),
            shards: inventory
                .shard_ids
                .iter()
                .enumerate()
                .map(|(index, id)| (id, ShardId::new(index)))
                .collect(),
        }
    }

    pub(in crate::engine) fn shard(&self, file: &str, id: &str) -> Result<ShardId> {
        let known = self.shards.get(id).copied();
        known.ok_or_else(|| unknown(file, "shard", id))
    }

    pub(in crate::engine) fn site(&self, file: &str, id: &str) -> Result<SiteId> {
        self.sites
            .get(id)
            .copied()
            .ok_or_else(|| unknown(file, "site", id))
    }
}

/// A plan that names what the inventory does not have is no plan of it.
pub(in crate::engine) fn unknown(file: &str, what: &str, id: &str) -> Box<Finding> {
    Box::new(Finding {
        severity: Severity::Error,
        code: UNKNOWN_NAME,
        place: Place {
            file: file.to_owned(),
            line: None,
            column: None,
        },
        found: format!("`{id}`"),
        expected: format!("a {what} of the inventory of the plan"),
        hint: "run `plimsoll verify` to list further mismatches, or plan again".to_owned(),
    })
}

/// Loads of the state before, as headroom.csv tells them; unknown ones are 0.
fn load_before(
    names: &RecallNames<'_>,
    before: &Case,
    written: &WrittenPlan,
) -> Result<Array2<f64>> {
    let inventory = names.inventory;
    let mut load = Array2::zeros(before.nominal.dim());
    let components: BTreeMap<&str, usize> = (0..inventory.component_count())
        .map(|index| {
            (
                inventory.component_name(crate::ids::ComponentId::new(index)),
                index,
            )
        })
        .collect();
    let rows = rows_in(written.headroom.as_deref());
    for row in rows.filter(|row| row.period == 0) {
        let component = *components
            .get(row.component.as_str())
            .ok_or_else(|| unknown(HeadroomRow::FILE, "component", &row.component))?;
        let resource = inventory
            .resources
            .iter()
            .position(|resource| resource.id == row.resource)
            .ok_or_else(|| unknown(HeadroomRow::FILE, "resource", &row.resource))?;
        if let (Some(utilization), Some(capacity)) = (
            row.before_utilization,
            before.nominal[[component, resource]],
        ) {
            load[[component, resource]] = utilization * capacity;
        }
    }
    Ok(load)
}

pub(in crate::engine) fn parts(
    names: &RecallNames<'_>,
    written: &WrittenPlan,
    period: usize,
) -> Result<Vec<Part>> {
    let rows = written.assignment.iter().map(|row| &row.row);
    let mut parts = rows
        .filter(|row| row.period as usize == period)
        .map(|row| part(names, row))
        .collect::<Result<Vec<Part>>>()?;
    parts.sort_by_key(|part| (part.home(), part.site.is_none(), part.site));
    Ok(parts)
}

pub(in crate::engine) fn part(names: &RecallNames<'_>, row: &AssignmentRow) -> Result<Part> {
    let site = |id: &Option<Text>| {
        id.as_deref()
            .map(|id| names.site(AssignmentRow::FILE, id))
            .transpose()
    };
    Ok(Part {
        shard: names.shard(AssignmentRow::FILE, &row.shard)?,
        current: site(&row.from_site)?,
        site: site(&row.to_site)?,
        users: row.users,
    })
}

pub(in crate::engine) fn flows(
    names: &RecallNames<'_>,
    written: &WrittenPlan,
    period: usize,
) -> Result<Vec<Flow>> {
    let rows = written.steering.iter().map(|row| &row.row);
    rows.filter(|row| row.period as usize == period)
        .map(|row| flow(names, row))
        .collect()
}

pub(in crate::engine) fn flow(names: &RecallNames<'_>, row: &SteeringRow) -> Result<Flow> {
    let inventory = names.inventory;
    let links = links_of(names, SteeringRow::FILE, &row.links)?;
    let first = links.first().map(|link| inventory.links[link.index()].from);
    let Some(LinkEnd::ClientRegion(client_region)) = first else {
        return Err(unknown(SteeringRow::FILE, "path", &row.path));
    };
    let access_point = inventory
        .access_points
        .iter()
        .position(|access_point| access_point.id == row.access_point)
        .ok_or_else(|| unknown(SteeringRow::FILE, "access point", &row.access_point))?;
    let profile = inventory
        .profiles
        .iter()
        .position(|profile| profile.id == row.profile)
        .ok_or_else(|| unknown(SteeringRow::FILE, "profile", &row.profile))?;
    Ok(Flow {
        slice: row.slice.unwrap_or(0) as usize,
        group: GroupKey {
            client_region,
            profile: crate::ids::ProfileId::new(profile),
            max_latency: row.max_latency_ms,
        },
        path: Path {
            links,
            access_point: crate::ids::AccessPointId::new(access_point),
            site: names.site(SteeringRow::FILE, &row.site)?,
            latency: row.latency_ms,
        },
        users: row.users,
    })
}

pub(in crate::engine) fn links_of(
    names: &RecallNames<'_>,
    file: &str,
    joined: &str,
) -> Result<Vec<LinkId>> {
    let links = parted(joined, |id| names.links.get(id).copied());
    links.map_err(|id| unknown(file, "link", id))
}
