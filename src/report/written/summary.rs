//! summary.json of a plan.

use super::end_state::end_state;
use super::file::{AboutPlan, number};
use super::rows::PlanRows;
use crate::model::{Inventory, Scenario};
use crate::plan::replay::Short;
use crate::plan::{
    AccessPointChange, ErrorMargin, HourTurn, Limit, NotCounted, Outage, PeriodPlan, Plan,
    Protection, Stability, Stage, Timing, Totals, Transition, Trial, least_margin,
};
use crate::plan_files::{
    self, AccessPointUse, DowntimeSummary, ForecastBand, HourTurnsSummary, LeastMargin, ModelSize,
    OutageSummary, PeriodSummary, PlayedExtent, ProtectionGraySummary, ProtectionSummary,
    RecoverySummary, ReplayedSummary, StabilitySummary, Summary, TriggerSummary, WaySummary,
};
use crate::report::downtime::found;
use crate::report::waves::TransitionWriter;
use crate::units::NOBODY;

/// The summary of a plan.
pub fn summary(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    about: &AboutPlan,
) -> Summary {
    let of = PlanRows {
        inventory,
        scenario,
        plan,
    };
    let sizes = plan.periods.iter().map(|period| period.size);
    let size = sizes.max_by_key(|size| (size.columns, size.rows));
    let size = size.unwrap_or_default();
    Summary {
        format: plan_files::FORMAT.to_owned(),
        plimsoll: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: scenario.name.clone(),
        status: plan.status,
        inputs: about.inputs.clone(),
        model: ModelSize {
            shards: inventory.shards.len() as u64,
            ..size
        },
        periods: of.rows(|period_plan| vec![of.period_summary(period_plan)]),
        margin: of.margin(),
        joint: plan.joint,
        replayed: of.replayed(),
        outages: plan
            .outages()
            .iter()
            .map(|outage| of.outage(outage))
            .collect(),
        stays_down_users: plan.stays_down(scenario).map(|stays_down| stays_down.users),
        recovery: of.recovery(),
        end_state_runway: plan.end_state.as_ref().map(end_state),
        seconds: about.seconds,
        warnings: about.warnings,
    }
}

impl<'a> PlanRows<'a> {
    fn writer(&self) -> TransitionWriter<'a> {
        TransitionWriter {
            inventory: self.inventory,
            scenario: self.scenario,
            plan: self.plan,
        }
    }

    fn period_summary(&self, period: &PeriodPlan) -> PeriodSummary {
        let margin = period.error_margin.as_ref();
        PeriodSummary {
            period: period.period.number(),
            start: self.instant(period.period.start),
            end: self.instant(period.period.end),
            totals: self.totals(&period.totals, &period.stages, &period.access_points),
            targets_missed_before: Some(period.missed_before().count() as u64),
            band: period.band.as_ref().map(|ends| {
                let [low, high] = ends.each_ref().map(|forecast_end| {
                    self.totals(
                        &forecast_end.totals,
                        &forecast_end.stages,
                        &forecast_end.access_points,
                    )
                });
                ForecastBand { low, high }
            }),
            margin: margin.map(|error_margin| plan_files::ErrorMargin {
                holds: error_margin.holds,
                left_out_users: error_margin.left_out,
                demand_factor: error_margin.demand.map(|limit| self.limit(limit, None)),
                capacity_error: error_margin.capacity.map(|limit| self.limit(limit, None)),
            }),
            protection: period.protection.as_ref().map(protection),
            way: self.way(period),
            hour_turns: self.hour_turns(period),
            stability: self.stability_summary(period),
            downtime: self.downtime(period),
        }
    }

    fn totals(
        &self,
        totals: &Totals,
        stages: &[Stage],
        access_points: &[AccessPointChange],
    ) -> plan_files::Totals {
        let opened = access_points.iter();
        let opened = opened.filter(|change| change.after == AccessPointUse::Opened);
        let stage = |stage: &Stage| plan_files::Stage {
            goal: stage.level.goal(),
            tier: stage.tier.clone(),
            measure: stage.level.terms().measure,
            value: stage.value,
            bound: stage.bound,
            gap: stage.gap,
            plan: stage.plan,
            whole_bound: stage.whole_bound,
            skipped: stage.is_skipped,
        };
        plan_files::Totals {
            users: totals.users,
            unserved_users: totals.unserved,
            moved_users: totals.moved,
            copied_users: totals.copied,
            returned_users: totals.returned,
            reconnecting_users: totals.reconnecting,
            worst_shortfall: totals.worst_shortfall,
            opened_access_points: opened
                .map(|change| {
                    self.inventory
                        .access_point_id(change.access_point)
                        .to_owned()
                })
                .collect(),
            stages: stages.iter().map(stage).collect(),
        }
    }

    /// The least error margin of all periods; `None` if some period has none.
    fn margin(&self) -> Option<plan_files::ErrorMargin> {
        let periods = self.plan.periods.iter();
        let periods: Option<Vec<_>> = periods.map(|period| period.error_margin.as_ref()).collect();
        let periods = periods?;
        let least = |side: fn(&ErrorMargin) -> Option<Limit>| {
            let (period, limit) = self.plan.least_limit(side)?;
            Some(self.limit(limit, Some(period)))
        };
        let left_out = periods.iter().map(|margin| margin.left_out);
        Some(plan_files::ErrorMargin {
            holds: periods.iter().map(|margin| margin.holds).max()?,
            left_out_users: left_out.fold(0.0, f64::max),
            demand_factor: least(|margin| margin.demand),
            capacity_error: least(|margin| margin.capacity),
        })
    }

    fn limit(&self, limit: Limit, period: Option<usize>) -> plan_files::Limit {
        let (component, resource) = limit.first.unzip();
        plan_files::Limit {
            verified: limit.verified,
            bound: limit.bound,
            period: period.map(number),
            component: component
                .map(|component| self.inventory.component_name(component).to_owned()),
            resource: resource.map(|resource| self.inventory.resource_id(resource).to_owned()),
        }
    }

    /// The transition to a period; `None` where no users have to move.
    fn way(&self, period: &PeriodPlan) -> Option<WaySummary> {
        let transitions = self.plan.transitions.iter();
        let one_transitions: Vec<&Transition> = transitions
            .filter(|transition| transition.period == period.period.index)
            .collect();
        let writer = self.writer();
        let refused: Vec<String> = one_transitions
            .iter()
            .filter_map(|transition| writer.refusal(transition))
            .collect();
        let minutes: Option<Vec<f64>> = one_transitions
            .iter()
            .map(|transition| transition.minutes())
            .collect();
        let is_ahead = |transition: &&&Transition| {
            transition.timing == Timing::Ahead && transition.seconds.is_some()
        };
        let ahead = one_transitions.iter().find(is_ahead);
        (!one_transitions.is_empty()).then(|| WaySummary {
            waves: one_transitions
                .iter()
                .map(|transition| transition.waves.len() as u64)
                .sum(),
            wave_minutes: minutes.map(|all| all.iter().sum()),
            least_minutes: one_transitions
                .iter()
                .map(|transition| transition.least_seconds / 60.0)
                .sum(),
            latest_start: ahead.map(|transition| self.instant(transition.start)),
            refused: (!refused.is_empty()).then(|| refused.join("; ")),
            remedies: one_transitions
                .iter()
                .flat_map(|transition| writer.remedies(transition))
                .collect(),
        })
    }

    /// The hour turns of a period; `None` where there are none.
    fn hour_turns(&self, period: &PeriodPlan) -> Option<HourTurnsSummary> {
        let turns = self.plan.hour_turns.iter();
        let hour_turns: Vec<&HourTurn> = turns
            .filter(|turn| turn.period == period.period.index)
            .collect();
        let writer = self.writer();
        let refused = writer.refused_turns(hour_turns.iter().copied());
        (!hour_turns.is_empty()).then(|| HourTurnsSummary {
            count: hour_turns.len() as u64,
            refused: (!refused.is_empty()).then(|| refused.join("; ")),
            remedies: writer.remedies_of_turns(hour_turns.iter().copied()),
        })
    }

    /// How a period stands with all retries running; `None` where nobody retries.
    fn stability_summary(&self, period: &PeriodPlan) -> Option<StabilitySummary> {
        let count = |wanted: Stability| {
            let retry_margins = period.stability.iter();
            retry_margins
                .filter(|retry_margin| retry_margin.stability == wanted)
                .count() as u64
        };
        let least = least_margin(&period.stability);
        let least = least.and_then(|retry_margin| {
            Some(LeastMargin {
                component: self
                    .inventory
                    .component_name(retry_margin.component)
                    .to_owned(),
                resource: self.inventory.resource_id(retry_margin.resource).to_owned(),
                margin: retry_margin.margin?,
            })
        });
        self.inventory.has_retries().then(|| StabilitySummary {
            stable: count(Stability::Stable),
            vulnerable: count(Stability::Vulnerable),
            overloaded: count(Stability::Overloaded),
            least_margin: least,
        })
    }

    /// How much of the plan was played; `None` if nobody asked.
    fn replayed(&self) -> Option<ReplayedSummary> {
        let scenario = self.scenario;
        let downtime = self.plan.replayed.as_ref()?;
        let none =
            downtime.not_counted.is_some() || downtime.unchecked_from == Some(scenario.start);
        let most_users = downtime.periods.iter().map(|period| period.most_users);
        Some(ReplayedSummary {
            checked: match downtime.unchecked_from {
                _ if none => PlayedExtent::None,
                Some(_) => PlayedExtent::Part,
                None if downtime.is_rough => PlayedExtent::Roughly,
                None => PlayedExtent::All,
            },
            unchecked_from: downtime.unchecked_from.map(|at| self.instant(at)),
            not_counted: downtime.not_counted.map(|why| {
                let why = match why {
                    NotCounted::Disconnects => "disconnect",
                    NotCounted::Queued => "queued",
                    NotCounted::DisconnectsAndQueued => "disconnect, queued",
                    NotCounted::Refused => "refused",
                };
                why.to_owned()
            }),
            step_seconds: (downtime.step_seconds < scenario.replay.step_seconds && !none)
                .then_some(downtime.step_seconds),
            most_users_down: most_users.fold(0.0, f64::max),
            user_minutes: downtime
                .periods
                .iter()
                .map(|period| period.user_minutes)
                .sum(),
            remedies: found(self.inventory, downtime),
        })
    }

    fn outage(&self, outage: &Outage) -> OutageSummary {
        let shortage = outage.shortage;
        OutageSummary {
            start: self.instant(outage.start),
            end: outage.end.map(|at| self.instant(at)),
            most_users_down: outage.most_users,
            user_minutes: outage.user_minutes,
            component: shortage
                .map(|shortage| self.inventory.component_name(shortage.component).to_owned()),
            resource: shortage.map(|shortage| match shortage.short {
                Short::Sessions => "sessions".to_owned(),
                Short::Resource(id) => self.inventory.resource_id(id).to_owned(),
            }),
            offered: shortage.map(|shortage| shortage.offered),
            capacity: shortage.map(|shortage| shortage.capacity),
        }
    }

    /// What users feel in a period; `None` if that was not played.
    fn downtime(&self, period: &PeriodPlan) -> Option<DowntimeSummary> {
        let replayed = self.plan.replayed.as_ref()?;
        let until = replayed.unchecked_from;
        let is_played =
            replayed.not_counted.is_none() && until.is_none_or(|at| at >= period.period.end);
        let period_downtime = replayed.periods.get(period.period.index);
        let period_downtime = period_downtime.filter(|_| is_played)?;
        Some(DowntimeSummary {
            most_users_down: period_downtime.most_users,
            user_minutes: period_downtime.user_minutes,
            unserved_minutes: period_downtime.unserved_minutes,
            named_minutes: period_downtime.named_minutes,
            outage_minutes: period_downtime.outage_minutes,
            aftermath_until: period_downtime.aftermath_until.map(|at| self.instant(at)),
            down_until: period_downtime.down_until.map(|at| self.instant(at)),
        })
    }

    /// Which triggers the plan recovers from; `None` if that was not asked.
    fn recovery(&self) -> Option<RecoverySummary> {
        let found = self.plan.recovery.as_ref()?;
        let of = |trial: &Trial| TriggerSummary {
            period: number(trial.period),
            hit: trial.hit.name(self.inventory).to_owned(),
            loses: trial.loses.word().to_owned(),
            start: self.instant(trial.start),
            recovers_seconds: trial.clears_after,
            still_down: trial.still_down,
            still_down_before: trial.still_down_before,
        };
        let mut locked_in: Vec<&Trial> = found.trials.iter().collect();
        locked_in.retain(|trial| trial.is_locked_in());
        locked_in.sort_by(|a, b| b.still_down.total_cmp(&a.still_down));
        Some(RecoverySummary {
            triggers: (found.trials.len() + found.not_checked) as u64,
            not_checked: found.not_checked as u64,
            only_rough: found.only_rough() as u64,
            slowest: found.slowest().map(|pair| of(pair.0)),
            locked_in: locked_in.into_iter().map(of).collect(),
        })
    }
}

fn protection(protection: &Protection) -> ProtectionSummary {
    let asked = &protection.protect;
    let least = protection.least_unserved;
    ProtectionSummary {
        failures: asked.failures,
        over: asked.over.word().to_owned(),
        recovery: asked.recovery.word().to_owned(),
        cases: protection.cases as u64,
        survived: (protection.cases - protection.unprotected.len()) as u64,
        unserved_users: protection.unserved_users(),
        least_unserved_users: if least > NOBODY { least } else { 0.0 },
        gray: asked.gray.as_ref().map(|gray| ProtectionGraySummary {
            gray: gray.most,
            gray_over: gray.over.word().to_owned(),
            severity: gray.severity,
            detect_minutes: gray.minutes,
            tenants_beyond: protection.beyond().count() as u64,
            users_beyond: protection.users_beyond(),
        }),
    }
}
