//! The plan as the rows and bytes of its output folder.

use super::margin;
use crate::error::{Error, Result};
use crate::formulation::goals::Level;
use crate::ids::SiteId;
use crate::model::{Inventory, Phase, Scenario};
use crate::plan::{
    AccessPointChange, Flow, Margin, Origin, PeriodPlan, Plan, Stage, Status, Totals, reason,
};
use crate::plan_files::{
    self, AccessPointRow, AccessPointUse, AssignmentRow, Band, BeforeRow, BlindPhase, BlindRow,
    HeadroomRow, Inputs, Measure, ModelSize, MoveRow, PeriodSummary, Row, SUMMARY_FILE, Seconds,
    Signed, SteeringRow, Summary, UnservedRow, joined, write_rows, write_summary,
};
use crate::scenario::Period;

/// A file of the output folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// Path inside the folder, such as `charts/headroom-0.svg`.
    pub name: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// What summary.json tells besides the plan.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct About {
    /// Hashes of what was read.
    pub inputs: Inputs,
    /// How long each phase took.
    pub seconds: Seconds,
    /// How many warnings were printed.
    pub warnings: u64,
}

/// The tables of a plan: every file of the output folder but the charts and summary.json.
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn tables(inventory: &Inventory, plan: &Plan) -> Result<Vec<WrittenFile>> {
    let writer = Writer { inventory, plan };
    Ok(vec![
        file(&writer.assignment())?,
        file(&writer.moves())?,
        file(&writer.steering())?,
        file(&writer.headroom())?,
        file(&writer.blind())?,
        file(&writer.before())?,
        file(&writer.access_points())?,
        file(&writer.unserved())?,
    ])
}

/// summary.json of a plan.
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn summary_file(summary: &Summary) -> Result<WrittenFile> {
    let mut bytes = Vec::new();
    write_summary(summary, &mut bytes).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(WrittenFile {
        name: SUMMARY_FILE.to_owned(),
        bytes,
    })
}

/// The summary of a plan.
pub fn summary(inventory: &Inventory, scenario: &Scenario, plan: &Plan, about: &About) -> Summary {
    let size = plan
        .periods
        .iter()
        .map(|period| period.size)
        .max_by_key(|size| (size.columns, size.rows))
        .unwrap_or_default();
    Summary {
        format: plan_files::FORMAT.to_owned(),
        plimsoll: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: scenario.name.clone(),
        status: match plan.status {
            Status::Complete => plan_files::Status::Complete,
            Status::Unproven => plan_files::Status::Unproven,
            Status::Stopped => plan_files::Status::Stopped,
        },
        inputs: about.inputs.clone(),
        model: ModelSize {
            shards: inventory.shards.len() as u64,
            classes: size.classes as u64,
            groups: size.groups as u64,
            paths: size.paths as u64,
            rows: size.rows as u64,
            columns: size.columns as u64,
            nonzeros: size.nonzeros as u64,
        },
        periods: plan
            .periods
            .iter()
            .map(|period| PeriodSummary {
                period: number(&period.period),
                start: instant(scenario, period.period.start),
                end: instant(scenario, period.period.end),
                totals: totals(
                    &period.totals,
                    &period.stages,
                    opened(inventory, &period.access_points),
                ),
                band: period.band.as_ref().map(|[low, high]| Band {
                    low: totals(
                        &low.totals,
                        &low.stages,
                        opened(inventory, &low.access_points),
                    ),
                    high: totals(
                        &high.totals,
                        &high.stages,
                        opened(inventory, &high.access_points),
                    ),
                }),
                margin: period
                    .error_margin
                    .as_ref()
                    .map(|own| margin::of_period(inventory, own)),
            })
            .collect(),
        margin: margin::of_plan(inventory, plan),
        seconds: about.seconds,
        warnings: about.warnings,
    }
}

/// An instant in the offset of the scenario, such as `2012-11-13T09:08:00-08:00`.
pub fn instant(scenario: &Scenario, at: jiff::Timestamp) -> String {
    at.display_with_offset(scenario.offset).to_string()
}

/// How a level is called in `price_stage` and in tables: its goal, then tier or measure.
///
/// ```
/// use plimsoll::formulation::goals::Level;
/// use plimsoll::report::written::stage_name;
/// assert_eq!(stage_name(Level::Worst, None), "headroom worst");
/// assert_eq!(stage_name(Level::Unserved(0), Some("gold")), "unserved gold");
/// ```
pub fn stage_name(level: Level, tier: Option<&str>) -> String {
    let goal = level.goal().word();
    match tier.or(level.measure()) {
        Some(part) => format!("{goal} {part}"),
        None => goal.to_owned(),
    }
}

/// Ids of the standby access points through which users enter.
fn opened(inventory: &Inventory, changes: &[AccessPointChange]) -> Vec<String> {
    changes
        .iter()
        .filter(|change| change.after == AccessPointUse::Opened)
        .map(|change| {
            inventory.access_points[change.access_point.index()]
                .id
                .clone()
        })
        .collect()
}

fn totals(totals: &Totals, stages: &[Stage], opened: Vec<String>) -> plan_files::Totals {
    plan_files::Totals {
        users: totals.users,
        unserved_users: totals.unserved,
        moved_users: totals.moved,
        copied_users: totals.copied,
        returned_users: totals.returned,
        reconnecting_users: totals.reconnecting,
        worst_shortfall: totals.worst_shortfall,
        opened_access_points: opened,
        stages: stages
            .iter()
            .map(|stage| plan_files::Stage {
                goal: stage.level.goal(),
                tier: stage.tier.clone(),
                measure: match stage.level {
                    Level::Worst => Some(Measure::Worst),
                    Level::Total => Some(Measure::Total),
                    Level::Copied => Some(Measure::Copied),
                    Level::Moved => Some(Measure::Moved),
                    _ => None,
                },
                value: stage.value,
                bound: stage.bound,
                gap: stage.gap,
                plan: stage.plan,
                skipped: stage.is_skipped,
            })
            .collect(),
    }
}

fn number(period: &Period) -> u32 {
    u32::try_from(period.index).unwrap_or(u32::MAX)
}

fn file<R: Row>(rows: &[R]) -> Result<WrittenFile> {
    let mut bytes = Vec::new();
    write_rows(rows, &mut bytes).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(WrittenFile {
        name: R::FILE.to_owned(),
        bytes,
    })
}

/// Names of what the plan speaks of by index.
struct Writer<'a> {
    inventory: &'a Inventory,
    plan: &'a Plan,
}

impl Writer<'_> {
    fn site(&self, site: SiteId) -> String {
        self.inventory.sites[site.index()].id.clone()
    }

    fn shard(&self, shard: crate::ids::ShardId) -> String {
        self.inventory.shard_ids.get(shard.index()).to_owned()
    }

    fn tenant(&self, shard: crate::ids::ShardId) -> String {
        let tenant = self.inventory.shards[shard.index()].tenant;
        self.inventory.tenants[tenant.index()].clone()
    }

    fn rows<R>(&self, of_period: impl Fn(&PeriodPlan) -> Vec<R>) -> Vec<R> {
        self.plan.periods.iter().flat_map(of_period).collect()
    }

    fn assignment(&self) -> Vec<AssignmentRow> {
        self.rows(|period| {
            let origin = Origin {
                case: &period.case,
                previous: &period.previous,
                current: &period.current,
            };
            period
                .parts
                .iter()
                .map(|part| {
                    let shard = part.shard.index();
                    let all = period.case.users(shard);
                    AssignmentRow {
                        period: number(&period.period),
                        shard: self.shard(part.shard),
                        tenant: self.tenant(part.shard),
                        users: part.users,
                        from_site: part.current.map(|site| self.site(site)),
                        to_site: part.site.map(|site| self.site(site)),
                        share: if all > 0.0 { part.users / all } else { 1.0 },
                        reason: reason(&origin, part),
                    }
                })
                .collect()
        })
    }

    fn moves(&self) -> Vec<MoveRow> {
        self.rows(|period| {
            period
                .moves
                .iter()
                .map(|moved| MoveRow {
                    period: number(&period.period),
                    wave: None,
                    shard: self.shard(moved.shard),
                    users: moved.users,
                    from_site: moved.from.map(|site| self.site(site)),
                    to_site: self.site(moved.to),
                    how: moved.how,
                    reason: moved.reason,
                })
                .collect()
        })
    }

    fn steering(&self) -> Vec<SteeringRow> {
        self.rows(|period| self.flows(Some(number(&period.period)), &period.flows))
    }

    fn before(&self) -> Vec<BeforeRow> {
        self.flows(None, &self.plan.before.flows)
            .into_iter()
            .map(|row| BeforeRow {
                client_region: row.client_region,
                profile: row.profile,
                max_latency_ms: row.max_latency_ms,
                access_point: row.access_point,
                site: row.site,
                path: row.path,
                links: row.links,
                users: row.users,
                share: row.share,
                latency_ms: row.latency_ms,
            })
            .collect()
    }

    /// Flows as rows; a group's flows stand together, so that its sum is at hand.
    fn flows(&self, period: Option<u32>, flows: &[Flow]) -> Vec<SteeringRow> {
        let inventory = self.inventory;
        flows
            .chunk_by(|a, b| a.group == b.group)
            .flat_map(|of_group| {
                let all: f64 = of_group.iter().map(|flow| flow.users).sum();
                of_group.iter().map(move |flow| SteeringRow {
                    period: period.unwrap_or(0),
                    client_region: inventory.client_regions[flow.group.client_region.index()]
                        .id
                        .clone(),
                    profile: inventory.profiles[flow.group.profile.index()].id.clone(),
                    max_latency_ms: flow.group.max_latency,
                    access_point: inventory.access_points[flow.path.access_point.index()]
                        .id
                        .clone(),
                    site: self.site(flow.path.site),
                    path: joined(self.places(flow)),
                    links: joined(
                        flow.path
                            .links
                            .iter()
                            .map(|link| inventory.links[link.index()].id.as_str()),
                    ),
                    users: flow.users,
                    share: flow.users / all,
                    latency_ms: flow.path.latency,
                })
            })
            .collect()
    }

    /// Ids of the places of a path; a pool goes by its own.
    fn places(&self, flow: &Flow) -> Vec<&str> {
        use crate::model::LinkEnd;
        let inventory = self.inventory;
        let name = |end: LinkEnd| match end {
            LinkEnd::ClientRegion(id) => inventory.client_regions[id.index()].id.as_str(),
            LinkEnd::AccessPoint(id) => inventory.access_points[id.index()].id.as_str(),
            LinkEnd::Element(id) => inventory.elements[id.index()].id.as_str(),
            LinkEnd::Pool(id) => inventory.pools[id.index()].id.as_str(),
            LinkEnd::Site(id) => inventory.sites[id.index()].id.as_str(),
        };
        let links = flow
            .path
            .links
            .iter()
            .map(|link| &inventory.links[link.index()]);
        let first = links.clone().next().map(|link| name(link.from));
        first
            .into_iter()
            .chain(links.map(|link| name(link.to)))
            .collect()
    }

    fn headroom(&self) -> Vec<HeadroomRow> {
        self.rows(|period| {
            period
                .margins
                .iter()
                .map(|margin| self.margin(period, margin))
                .collect()
        })
    }

    fn margin(&self, period: &PeriodPlan, margin: &Margin) -> HeadroomRow {
        let resource = &self.inventory.resources[margin.resource.index()];
        let tier_of = |level: Level| {
            period
                .stages
                .iter()
                .find(|stage| stage.level == level)
                .and_then(|stage| stage.tier.as_deref())
        };
        HeadroomRow {
            period: number(&period.period),
            component: self.inventory.component_name(margin.component).to_owned(),
            kind: self
                .inventory
                .component_kind(margin.component)
                .word()
                .to_owned(),
            resource: resource.id.clone(),
            unit: resource.unit.clone(),
            load: margin.load,
            capacity: margin.capacity,
            nominal_capacity: margin.nominal,
            utilization: margin.utilization(),
            headroom: margin.headroom().map(Signed),
            target: margin.target,
            shortfall: margin.shortfall,
            room_users: margin.room_users,
            shadow_price: margin.price.map(|(price, _)| price),
            price_stage: margin
                .price
                .map(|(_, level)| stage_name(level, tier_of(level))),
            before_utilization: margin.before_utilization,
        }
    }

    fn blind(&self) -> Vec<BlindRow> {
        self.rows(|period| {
            period
                .blind
                .iter()
                .map(|hurt| BlindRow {
                    period: number(&period.period),
                    phase: match hurt.phase {
                        Phase::Reacting => BlindPhase::Reacting,
                        Phase::Blind | Phase::Known => BlindPhase::Blind,
                    },
                    component: self.inventory.component_name(hurt.component).to_owned(),
                    resource: hurt
                        .resource
                        .map(|resource| self.inventory.resources[resource.index()].id.clone()),
                    load: hurt.amounts.map(|amounts| amounts[0]),
                    believed_capacity: hurt.amounts.map(|amounts| amounts[1]),
                    true_capacity: hurt.amounts.map(|amounts| amounts[2]),
                    overload: hurt.amounts.map(|amounts| amounts[3]),
                    users_affected: hurt.users_affected,
                    users_excess: hurt.users_excess,
                    user_minutes: hurt.user_minutes,
                })
                .collect()
        })
    }

    fn access_points(&self) -> Vec<AccessPointRow> {
        self.rows(|period| {
            period
                .access_points
                .iter()
                .map(|change| AccessPointRow {
                    period: number(&period.period),
                    access_point: self.inventory.access_points[change.access_point.index()]
                        .id
                        .clone(),
                    state_before: change.before,
                    state_after: change.after,
                    users: change.users,
                    reason: access_point_reason(change.before, change.after),
                })
                .collect()
        })
    }

    fn unserved(&self) -> Vec<UnservedRow> {
        self.rows(|period| {
            period
                .unserved_reasons
                .iter()
                .map(|(shard, users, reason)| {
                    let tier = self.inventory.shards[shard.index()].tier;
                    UnservedRow {
                        period: number(&period.period),
                        shard: self.shard(*shard),
                        tenant: self.tenant(*shard),
                        tier: self.inventory.tiers[tier.index()].id.clone(),
                        users: *users,
                        reason: reason.clone(),
                    }
                })
                .collect()
        })
    }
}

/// Why the state of an access point changed, if it did.
fn access_point_reason(before: AccessPointUse, after: AccessPointUse) -> Option<String> {
    if before == after {
        return None;
    }
    let words = match after {
        AccessPointUse::Opened => "earlier goals need users to enter here",
        AccessPointUse::Closed => "events leave nothing of it",
        AccessPointUse::Standby => "nobody has to enter here any more",
        AccessPointUse::Active => "it is back in service",
    };
    Some(words.to_owned())
}
