//! Which bounds are proven for the plan, and the cost of whole shards.

use crate::formulation::goals::Level;
use crate::ids::ComponentId;
use crate::model::{Goal, Holds, LevelUnit};
use crate::plan::check::Proven;
use crate::plan::{ErrorMargin, Limit, PeriodPlan, Stage, Status};
use crate::report::briefing::Briefing;
use crate::report::grammar::{at_most, only_if, short};
use crate::report::numbers;
use crate::report::proven::within;
use crate::report::text::visible;
use crate::solve::Proof;
use crate::units::{FEASIBILITY, NOBODY, PROVEN};

const MOST: usize = 4;

impl Briefing<'_> {
    pub(in crate::report) fn proof(&self) -> Vec<String> {
        let price = self.price_of_whole_shards();
        let mut sentences = match (self.plan.status, self.proven) {
            (Status::Complete, Some(proven)) => vec![self.recomputed(proven)],
            (Status::Complete, None) if price.is_none() && self.is_joint() => {
                vec!["Proven: no plan does better before moves, goal by goal.".to_owned()]
            }
            (Status::Complete, None) if price.is_none() => {
                vec!["Proven: no plan does better, goal by goal.".to_owned()]
            }
            (Status::Complete, None) => Vec::new(),
            (Status::Unproven, _) => self.gaps(),
            (Status::Stopped, _) => {
                let proven = self.proven.filter(|proven| self.is_service_proven(proven));
                let service = proven.map(|proven| {
                    let service = self.proven_service(proven);
                    format!(
                        "Proven for these inputs, although the planning was stopped: {service}."
                    )
                });
                Vec::from_iter(service)
            }
        };
        if self.plan.status == Status::Complete {
            let rest = if self.proven.is_some() {
                "The rest is proven"
            } else {
                "Proven"
            };
            let open = self.periods_with_open_homes();
            sentences.extend(price.map(|price| {
                if open.is_empty() && !self.is_joint() {
                    return format!(
                        "{rest} for whole shards: no plan does better, goal by goal. Compared with split shards they cost: {price}."
                    );
                }
                let is_protected = (self.plan.periods.iter()).any(|period_plan| period_plan.protection.is_some());
                let [premise, cost] = if is_protected {
                    ["without [protect] and with split shards", "Whole shards and protection"]
                } else if self.is_joint() {
                    ["for split shards and independent periods", "Whole shards and joint planning"]
                } else {
                    ["for split shards", "Whole shards"]
                };
                let not_proven = only_if(!self.is_joint(), || format!(
                        " Not proven in {}: that no other choice of whole shards does better.",
                        self.stretch(&open)
                    ));
                format!("{rest} {premise}. {cost} cost: {price}.{not_proven}")
            }));
        }
        sentences
    }

    /// The periods in which other plans of whole shards may do better at some level, as far as is proven.
    fn periods_with_open_homes(&self) -> Vec<&PeriodPlan> {
        let is_open = |stage: &Stage| {
            let scale = stage.value.abs().max(1.0);
            let bound = stage.whole_bound;
            bound.is_none_or(|bound| stage.plan - bound > FEASIBILITY * scale)
        };
        let periods = self.plan.periods.iter();
        periods
            .filter(|period| period.stages.iter().any(is_open))
            .collect()
    }

    fn is_joint(&self) -> bool {
        self.plan.joint.is_some_and(|joint| joint.is_joint())
    }

    fn recomputed(&self, proven: &Proven) -> String {
        let has_band = self.plan.periods.iter().any(|period| period.band.is_some());
        // Both ends of the forecast have bounds of the planner's own, and no certificate.
        let demand = if has_band { " at expected demand" } else { "" };
        let mut said = vec![self.proven_service(proven)];
        said.extend(self.proven_headroom(proven));
        format!("Proven for these inputs{demand}: {}.", said.join("; "))
    }

    /// `true` if the levels of unserved users were settled in every period, and are proven.
    fn is_service_proven(&self, proven: &Proven) -> bool {
        let is_unserved = |stage: &Stage| matches!(stage.level, Level::Unserved(_));
        let periods = self.plan.periods.iter();
        let mut all = periods.map(|period| {
            let of_period = above_bounds(period, proven).filter(|(stage, _)| is_unserved(stage));
            let count = of_period.filter(|(stage, _)| stage.gap <= PROVEN).count();
            let settled = period
                .stages
                .iter()
                .filter(|stage| is_unserved(stage))
                .count();
            // A later level shows that all of them were settled.
            count == settled && settled < period.stages.len()
        });
        all.all(|is_proven| is_proven)
    }

    fn proven_service(&self, proven: &Proven) -> String {
        let periods = self.plan.periods.iter();
        let more = |period: &PeriodPlan| -> f64 {
            let of_period = above_bounds(period, proven);
            let unserved = of_period.filter(|(stage, _)| matches!(stage.level, Level::Unserved(_)));
            unserved.map(|(_, above)| above.max(0.0)).sum()
        };
        let most = periods.map(more).fold(0.0, f64::max);
        if self
            .plan
            .periods
            .iter()
            .all(|period| period.totals.unserved <= NOBODY)
        {
            return "nobody could be served better".to_owned();
        }
        let users: f64 = self
            .plan
            .periods
            .iter()
            .map(|period| period.totals.users)
            .fold(0.0, f64::max);
        if most <= FEASIBILITY * users.clamp(1.0, 1e3) {
            "no plan serves more users, tier by tier".to_owned()
        } else {
            let more = numbers::users_up(most);
            format!("at most {more} users more could be served in any period")
        }
    }

    /// The distance of the worst headroom from the best possible; `None` where the plan exceeds the bound of an earlier level
    /// in some period, since nothing is proven about it then, and where no goal asks for headroom.
    fn proven_headroom(&self, proven: &Proven) -> Option<String> {
        let mut furthest = 0.0_f64;
        for period in &self.plan.periods {
            for (stage, above) in above_bounds(period, proven) {
                if stage.level == Level::Worst {
                    furthest = furthest.max(above);
                    break;
                }
                if above > FEASIBILITY * stage.value.abs().max(1.0) {
                    return None;
                }
            }
        }
        let is_asked = |period_plan: &PeriodPlan| {
            period_plan
                .stages
                .iter()
                .any(|stage| stage.level == Level::Worst)
        };
        // The cost of whole shards has a sentence of its own.
        let is_near = furthest <= FEASIBILITY;
        let near = within(furthest);
        (is_near && self.plan.periods.iter().all(is_asked)).then(|| {
            format!("none as good misses less of its worst headroom target (within {near})")
        })
    }

    fn gaps(&self) -> Vec<String> {
        let gaps: Vec<String> = self
            .stages()
            .filter(|(_, stage)| stage.gap > FEASIBILITY)
            .map(|(period, stage)| {
                format!(
                    "Not proven: period {}, {}: value {}, proven {}.",
                    period.period.index,
                    name(stage),
                    amount(stage, stage.value),
                    amount(stage, stage.bound)
                )
            })
            .collect();
        let gaps = at_most(gaps, MOST, |more| {
            format!("{more} more levels with a gap are in summary.json.")
        });
        let is_before_open = self.plan.before.proof == Proof::Gap;
        let before = "Not proven: the state before, from which missing headroom is counted.";
        let before = is_before_open.then(|| before.to_owned());
        let mut sentences: Vec<String> = before.into_iter().chain(gaps).collect();
        if sentences.is_empty() {
            sentences.push("Not proven: some level may have a better value.".to_owned());
        }
        sentences
    }

    /// The first level, in the order of goals, at which split shards would reach more than the plan: in the period with the
    /// largest difference.
    fn price_of_whole_shards(&self) -> Option<String> {
        let excess = |stage: &Stage| (stage.plan - stage.value) / stage.value.abs().max(1.0);
        // A joint plan moves users in one period to avoid more moves in another: only levels before moves are comparable.
        let is_comparable = |stage: &Stage| {
            let is_before = !matches!(stage.level.goal(), Goal::Moves | Goal::Latency);
            is_before || !self.is_joint()
        };
        let is_worse = |stage: &Stage| excess(stage) > FEASIBILITY && is_comparable(stage);
        let firsts = self.plan.periods.iter().filter_map(|period| {
            let position = period.stages.iter().position(is_worse)?;
            Some((period, position, &period.stages[position]))
        });
        let (period, _, stage) = firsts.min_by(|a, b| {
            a.1.cmp(&b.1)
                .then(excess(b.2).total_cmp(&excess(a.2)))
                .then(a.0.period.index.cmp(&b.0.period.index))
        })?;
        Some(format!(
            "{} in period {}, {} instead of {}",
            name(stage),
            period.period.index,
            amount(stage, stage.plan),
            amount(stage, stage.value)
        ))
    }

    fn stages(&self) -> impl Iterator<Item = (&PeriodPlan, &Stage)> {
        let periods = self.plan.periods.iter();
        periods.flat_map(|period| period.stages.iter().map(move |stage| (period, stage)))
    }
}

/// The levels of a period, each with the difference between the plan and its proven bound.
fn above_bounds<'p>(
    period: &'p PeriodPlan,
    proven: &'p Proven,
) -> impl Iterator<Item = (&'p Stage, f64)> + 'p {
    let levels = proven.levels.iter();
    let of_period = levels.filter(|level| level.period == period.period.index);
    of_period.filter_map(|level| {
        let stage = period.stages.get(level.position)?;
        Some((stage, stage.plan - level.bound))
    })
}

fn name(stage: &Stage) -> String {
    let noun = stage.level.terms().noun;
    match &stage.tier {
        Some(tier) => format!("{noun} of {}", visible(tier)),
        None => noun.to_owned(),
    }
}

fn amount(stage: &Stage, value: f64) -> String {
    match stage.level.terms().unit {
        LevelUnit::Share => numbers::percent(value),
        _ => numbers::amount(value),
    }
}

/// The found limit and its bound are both shown where they differ by more: a hundredth of all demand or capacity.
const POINT: f64 = 0.01;

/// Growth or error below this counts as none.
const NOTHING_TO_SPARE: f64 = 0.0005;

impl Briefing<'_> {
    /// One sentence; `None` if there is no margin, or nothing limits it.
    pub(in crate::report) fn margin(&self) -> Option<String> {
        let mut margin = self.least_margin()?;
        if self.may_connect_at_a_gate() {
            margin.push_str(" Reconnecting users are not counted in this margin.");
        }
        Some(margin)
    }

    /// Whether events may have users reconnect to a component with a connection-rate limit: no margin asks how long they wait.
    fn may_connect_at_a_gate(&self) -> bool {
        let inventory = self.inventory;
        let mut components = (0..inventory.component_count()).map(ComponentId::new);
        let mut profiles = inventory.profiles.iter();
        !self.scenario.events.is_empty()
            && profiles.any(|profile| profile.sessions_per_hour > 0.0)
            && components.any(|component| inventory.accepts_per_second(component).is_some())
    }

    fn least_margin(&self) -> Option<String> {
        let (period, demand) = self
            .plan
            .least_limit(|margin: &ErrorMargin| margin.demand)?;
        let capacity = self.plan.least_limit(|margin| margin.capacity);
        let is = if demand.verified < 1.0 {
            "is"
        } else {
            "would be"
        };
        let first = self.first(period, demand, is);
        if demand.verified < 1.0 {
            let fewer = numbers::short_percent_up(1.0 - demand.verified);
            let more = capacity
                .filter(|(_, limit)| limit.verified < 0.0)
                .map_or_else(String::new, |(_, limit)| {
                    let more = numbers::short_percent_up(-limit.verified);
                    format!(", or all capacities {more} higher")
                });
            let who = self.who_would_be_served();
            let bound = self.plan.least_bound(|margin| margin.demand);
            let bound = bound.filter(|bound| bound - demand.verified > POINT);
            let least = bound.map_or_else(String::new, |bound| {
                if bound >= 1.0 {
                    return " It is not proven that less is not enough; no plan was found with less.".to_owned();
                }
                let least = numbers::short_headroom(1.0 - bound);
                format!(" Less than {least} lower is not enough; in between no plan was found.")
            });
            return Some(format!(
                "{who} if all demand were {fewer} lower{more}.{first}{least}"
            ));
        }
        let is_all = self.margins().all(|margin| margin.holds == Holds::Targets);
        let is_anybody_left_out = self.margins().any(|margin| margin.left_out > NOBODY);
        if demand.verified < 1.0 + NOTHING_TO_SPARE {
            let beyond = self.beyond(demand, capacity.map(|pair| pair.1));
            // The first full component may have no target.
            let margins = self
                .plan
                .periods
                .get(period)
                .map_or(&[][..], |period_plan| &period_plan.margins);
            let has_target = demand.first.is_none_or(|at| {
                let its = margins
                    .iter()
                    .filter(|margin| (margin.component, margin.resource) == at);
                its.map(crate::plan::Margin::written_target)
                    .fold(0.0, f64::max)
                    > 0.0
            });
            let (lost, keeps) = match (is_all && has_target, is_anybody_left_out) {
                (true, _) if self.is_any_missed_before() => (
                    "a headroom target is missed by more than before",
                    "misses no headroom target by more than before",
                ),
                (true, _) => ("a headroom target is missed", "meets every headroom target"),
                (false, false) => ("users stay unserved", "serves everyone"),
                (false, true) => ("more users stay unserved", "serves everyone else"),
            };
            let nothing = if beyond.is_empty() {
                format!("With any growth of all demand {lost}")
            } else {
                format!("No plan was found that {keeps} with any growth of all demand")
            };
            return Some(format!("{nothing}.{first}{beyond}"));
        }
        let more = numbers::short_headroom(demand.verified - 1.0);
        let fewer = capacity.filter(|(_, limit)| limit.verified >= NOTHING_TO_SPARE);
        // A new plan may round homes differently: the sentence says what is possible, not what will happen.
        let same = match (is_all, is_anybody_left_out) {
            (true, false) => "The same can be met",
            (true, true) => "The same can be met for all others",
            (false, false) => "Everyone can still be served",
            (false, true) => "Everyone else can still be served",
        };
        let what_holds = match fewer {
            None => format!("up to {more} higher.{first}"),
            Some((then, limit)) => {
                let fewer = numbers::short_headroom(limit.verified);
                let lower = format!("all capacities are up to {fewer} lower");
                if (then, limit.first) == (period, demand.first) {
                    format!("up to {more} higher, or {lower}.{first}")
                } else {
                    // Another component binds, so each has a sentence of its own.
                    let other = self.first(then, limit, is);
                    format!("up to {more} higher.{first} {same} if {lower}.{other}")
                }
            }
        };
        let beyond = self.beyond(demand, capacity.map(|pair| pair.1));
        Some(format!("{same} if all demand is {what_holds}{beyond}"))
    }

    /// The limit beyond which no plan exists, where it is more than a point above the found one.
    fn beyond(&self, demand: Limit, capacity: Option<Limit>) -> String {
        let growth = self.plan.least_bound(|margin| margin.demand);
        let growth = growth.filter(|bound| bound - demand.verified > POINT);
        let error = self.plan.least_bound(|margin| margin.capacity);
        let found = capacity.map_or(0.0, |limit| limit.verified);
        let error = error.filter(|bound| bound - found > POINT);
        let percent = numbers::short_percent_up;
        let higher = growth.map(|bound| format!("{} higher demand", percent(bound - 1.0)));
        let lower = error.map(|bound| format!("{} lower capacities", percent(bound)));
        let limits: Vec<String> = [higher, lower].into_iter().flatten().collect();
        if limits.is_empty() {
            return String::new();
        }
        format!(
            " No plan holds beyond {}; in between none was found.",
            limits.join(" or ")
        )
    }

    /// ` First San Antonio would be short of cpu in period 4 (10:42 to 14:10).`
    fn first(&self, period: usize, limit: Limit, is: &str) -> String {
        let period = self.plan.periods.get(period);
        let when = period.map_or_else(String::new, |period_plan| self.place(&[period_plan]));
        match limit.first {
            Some((component, resource)) => {
                let component = short(self.inventory.component_title(component));
                let resource = short(self.inventory.resource_name(resource));
                format!(" First {component} {is} short of {resource}{when}.")
            }
            None => format!(" First the limit of moved users {is} reached{when}."),
        }
    }

    fn margins(&self) -> impl Iterator<Item = &ErrorMargin> {
        let periods = self.plan.periods.iter();
        periods.filter_map(|period| period.error_margin.as_ref())
    }

    fn is_any_missed_before(&self) -> bool {
        let mut periods = self.plan.periods.iter();
        periods.any(|period| period.missed_before().next().is_some())
    }

    fn who_would_be_served(&self) -> &'static str {
        if self.margins().any(|margin| margin.left_out > NOBODY) {
            "Everyone with an open site would be served"
        } else {
            "Everyone would be served"
        }
    }
}
