//! Sentences about transitions: how long they take, why one is refused and what would help.

use super::writer::{TransitionWriter, waves};
use super::writer::{duration, duration_down, excess, of_capacity};
use crate::ids::{ComponentId, SiteId};
use crate::model::Component;
use crate::plan::{Allowed, Fullness, Pace, PaceLimit, Refusal, Remedy, Timing, Transition, Wave};
use crate::report::explained::with_retries;
use crate::report::grammar::{capital_or_name, only_if};
use crate::report::numbers;

impl TransitionWriter<'_> {
    /// Why something cannot be faster: `lb-sat-1 accepts 50 sessions a second and 600,000 users come through it`.
    pub fn pace(&self, pace: &Pace, accepts: Option<[f64; 2]>) -> String {
        let users = numbers::lost_users(pace.users);
        let hourly = numbers::amount(pace.per_second * 3600.0);
        let site = |site: SiteId| self.site(site);
        match pace.limit {
            PaceLimit::Accepts(component) => {
                let accepts = accepts.unwrap_or([pace.per_second, 0.0]);
                self.gate(component, accepts, pace.users)
            }
            PaceLimit::Out(from) => {
                format!(
                    "{} lets {hourly} users an hour leave and {users} have to",
                    site(from)
                )
            }
            PaceLimit::In(to) => {
                format!(
                    "{} takes {hourly} users an hour and {users} go there",
                    site(to)
                )
            }
        }
    }

    /// `access point Paris accepts 50 sessions a second, 20 of them in normal operation, and 600,000 users come through it`
    pub(super) fn gate(&self, component: ComponentId, accepts: [f64; 2], users: f64) -> String {
        let [all, normal] = accepts.map(numbers::amount);
        let beside = only_if(accepts[1] > 1e-9, || {
            format!(", {normal} of them in normal operation,")
        });
        let (name, users) = (self.component(component), numbers::lost_users(users));
        format!("{name} accepts {all} sessions a second{beside} and {users} come through it")
    }

    /// What a component accepts, and the part of normal operation in it where others are let through as well.
    fn accepts_at(&self, pace: &Pace) -> Option<[f64; 2]> {
        let PaceLimit::Accepts(component) = pace.limit else {
            return None;
        };
        let accepts = self.inventory.accepts_per_second(component)?;
        Some([accepts, (accepts - pace.per_second).max(0.0)])
    }

    /// What a gate accepts, and of that normal operation, as a transition's ramp has it.
    fn accepts(transition: &Transition, limit: PaceLimit) -> Option<[f64; 2]> {
        let PaceLimit::Accepts(component) = limit else {
            return None;
        };
        let mut ramps = transition.ramp.iter();
        let ramp = ramps.find(|ramp| ramp.component == component)?;
        Some([ramp.accepts, ramp.background])
    }

    /// Users of a wave who may be let in per second, all together; `None` if nothing limits them.
    pub(super) fn admitted_per_second(&self, wave: &Wave) -> Option<f64> {
        let users: f64 = wave.sites.iter().map(|site| site.users_in).sum();
        let of_sites = wave.sites.iter().flat_map(|site_traffic| {
            let site = &self.inventory.sites[site_traffic.site.index()];
            [
                (site_traffic.users_in, site.move_in_per_hour),
                (site_traffic.users_out, site.move_out_per_hour),
            ]
        });
        let of_sites = of_sites.filter(|(at_site, _)| *at_site > 0.0);
        let of_sites =
            of_sites.filter_map(|(at_site, hourly)| Some(users * hourly? / 3600.0 / at_site));
        let rates = of_sites.chain(wave.admitted_per_second());
        rates.min_by(f64::total_cmp)
    }

    /// What makes a transition as long as it is at least: with normal operation at its least.
    pub fn slowest(&self, transition: &Transition) -> Option<String> {
        let pace = transition.slowest.first()?;
        Some(self.limited(pace))
    }

    /// What cannot be faster, in the figures from which its length follows.
    pub(super) fn limited(&self, pace: &Pace) -> String {
        self.pace(pace, self.accepts_at(pace))
    }

    /// What leaves a transition before a period no more than some seconds.
    fn before_it(&self, transition: &Transition, allowed: f64) -> String {
        let start = self.plan.periods[transition.period].period.start;
        let not_before = self.scenario.waves.not_before;
        let limit = not_before.filter(|at| {
            let between = start.duration_since(*at).as_secs_f64().max(0.0);
            (between - allowed).abs() < 1.0
        });
        match limit {
            Some(at) => format!(
                "no wave may begin before {}, which leaves {}",
                self.clock().second(at),
                duration(allowed)
            ),
            None => format!("the change before it leaves {}", duration(allowed)),
        }
    }

    /// Why a transition is refused, without the word: `Chicago's drain needs 3 h 20 min, the scenario allows 5 min: …`;
    /// `None` if it is not.
    pub fn refusal(&self, transition: &Transition) -> Option<String> {
        let subject = self.subject(transition);
        Some(match transition.refusal? {
            Refusal::TooLong => {
                let seconds = transition.seconds.unwrap_or_default();
                let least = transition.least_seconds;
                let allowed = transition.allowed.map_or(0.0, Allowed::seconds);
                let allows = match (transition.allowed, transition.timing) {
                    (Some(Allowed::Between(_)), Timing::Ahead) => {
                        self.before_it(transition, allowed)
                    }
                    (Some(Allowed::Between(_)), Timing::After) => {
                        format!("the next change comes after {}", duration(allowed))
                    }
                    (Some(Allowed::Maintenance(_)), _) => format!(
                        "and after {} maintenance begins that takes away what users still leave",
                        duration(allowed)
                    ),
                    _ => format!("the scenario allows {}", duration(allowed)),
                };
                let is_proven = least > allowed;
                let because = match self.slowest(transition).filter(|_| is_proven) {
                    Some(slowest) => slowest,
                    None => format!("it takes {}", self.waves_and_gates(transition)),
                };
                let crowd = transition.slowest.first().filter(|pace| {
                    is_proven && allowed > 0.0 && matches!(pace.limit, PaceLimit::Accepts(_))
                });
                let crowd = crowd.map_or_else(String::new, |pace| {
                    let rate = numbers::amount(pace.users / allowed);
                    format!(
                        "; within {} they would be {rate} a second",
                        duration(allowed)
                    )
                });
                // What makes it so long at least does not say why the waves take much longer.
                let [needed, found] = if is_proven && seconds > 2.0 * least {
                    [
                        format!("at least {}", duration(least)),
                        format!("; the waves that were found take {}", duration(seconds)),
                    ]
                } else {
                    [duration(seconds), String::new()]
                };
                format!("{subject} needs {needed}, {allows}: {because}{crowd}{found}")
            }
            Refusal::Never(limit) => {
                format!("{subject} never ends: {}", self.never(transition, limit))
            }
            Refusal::Unsafe(fullness) => {
                let words = self.too_much(&fullness, ["the next move brings", "the next move"]);
                format!("no safe transition was found for {subject}: {words}")
            }
            Refusal::Early(users) => format!(
                "{subject} starts before {} new users have been placed at the site that it drains; \
                 place them elsewhere, or later",
                numbers::users_up(users)
            ),
            Refusal::TurnedBeside(period) if period < transition.period => format!(
                "{subject} turns weights while waves of period {period} go on, and these turn for one period at a time. \
                 Let one of them begin later"
            ),
            Refusal::TurnedBeside(period) => format!(
                "{subject} goes on when a wave of {} before {} ends or turns weights, and these turn for one period at a time. \
                 Let one of them begin later",
                self.subject_ahead_of(period),
                self.clock().second(self.plan.periods[period].period.start)
            ),
            Refusal::Unfinished(users) => format!(
                "{subject} cannot finish before the maintenance begins: {} users can leave what the maintenance takes away only afterwards, \
                 since the path or the capacity that they need is not there before. They are unserved until they have left. \
                 Begin the maintenance later, or make that available earlier",
                numbers::users_up(users)
            ),
            Refusal::Overloaded(fullness) => {
                let resource = fullness.resource;
                let amounts = [fullness.begun_load, fullness.capacity];
                let [load, left] = amounts.map(|value| self.inventory.quantity(resource, value));
                format!(
                    "{subject} cannot finish before the maintenance begins: until then {} carries {load} of {}, and the maintenance leaves {left}. \
                     Begin the maintenance later, or make what users move to available earlier",
                    self.component(fullness.component),
                    self.inventory.resource_name(resource),
                )
            }
        })
    }

    /// What the waves before a period do.
    fn subject_ahead_of(&self, period: usize) -> String {
        let transitions = self.plan.transitions.iter();
        let mut filter = transitions
            .filter(|transition| (transition.period, transition.timing) == (period, Timing::Ahead));
        let subject = filter.next().map(|transition| self.subject(transition));
        subject.unwrap_or_else(|| format!("period {period}"))
    }

    /// `7 waves of at most 60 min and 30 min of gates`.
    fn waves_and_gates(&self, transition: &Transition) -> String {
        let policy = self.scenario.waves;
        let gates = policy.gate_minutes * 60.0 * transition.waves.len() as f64;
        let waves = waves(transition.waves.len());
        let longest = duration(policy.minutes * 60.0);
        if gates > 0.0 {
            format!(
                "{waves} of at most {longest} and {} of holds",
                duration(gates)
            )
        } else {
            format!("{waves} of at most {longest}")
        }
    }

    pub(super) fn never(&self, transition: &Transition, limit: PaceLimit) -> String {
        match limit {
            PaceLimit::Accepts(component) => {
                let mut beside = transition.beside.iter();
                let is_met = |pair: &&(ComponentId, f64)| pair.0 == component && pair.1 > 0.0;
                if let Some((_, others)) = beside.find(is_met) {
                    return format!(
                        "beside normal operation, {} accepts no more than waves of other periods bring meanwhile \
                         ({} new sessions a second)",
                        self.component(component),
                        numbers::amount(*others)
                    );
                }
                let accepts = Self::accepts(transition, limit);
                // Earlier waves may have had less of normal operation.
                let accepts = accepts.filter(|[all, background]| *background >= all * 0.99);
                let of = accepts.map_or_else(String::new, |[all, background]| {
                    let (all, text) = (numbers::amount(all), numbers::amount(background));
                    format!(" {all} sessions a second, and normal operation alone opens {text}")
                });
                let name = self.component(component);
                if of.is_empty() {
                    format!("{name} accepts no more than normal operation opens")
                } else {
                    format!("{name} accepts{of}")
                }
            }
            PaceLimit::Out(site) => format!("{} lets no user leave", self.site(site)),
            PaceLimit::In(site) => format!("{} lets no user in", self.site(site)),
        }
    }

    /// Which load is too much during the transition; where none is, what comes closest.
    pub(super) fn too_much(&self, fullness: &Fullness, [brings, who]: [&str; 2]) -> String {
        let words = self.brought_to(fullness);
        match excess(fullness) {
            Some(excess) => format!("{brings} {words}, {excess}"),
            None => {
                format!("no single load is too much, and {who} comes closest by bringing {words}")
            }
        }
    }

    /// `cpu of Boydton to 1,040 of 1,000 vCPU`.
    pub(super) fn brought_to(&self, fullness: &Fullness) -> String {
        let resource = &self.inventory.resources[fullness.resource.index()];
        format!(
            "{} of {} to {}{}",
            resource.id,
            self.component(fullness.component),
            of_capacity(fullness, &resource.unit),
            with_retries(fullness.with_retries),
        )
    }

    /// What would make a transition safe, one sentence each.
    pub fn remedies(&self, transition: &Transition) -> Vec<String> {
        let remedies = transition.remedies.iter();
        let is_moving = transition.users > 0.0;
        remedies
            .map(|remedy| self.remedy(is_moving, remedy))
            .collect()
    }

    /// What would make it safe, in a sentence.
    pub(super) fn remedy(&self, is_moving: bool, remedy: &Remedy) -> String {
        let clock = self.clock();
        match remedy {
            Remedy::Begin { at, minutes } => format!(
                "It is safe if it begins by {}: set drain_minutes to at least {}.",
                clock.moment(*at),
                numbers::users(*minutes)
            ),
            Remedy::Admit {
                per_second,
                seconds,
            } => format!(
                "If all are {} at once, admit {} of them a second at most: the last one waits {}.",
                if is_moving { "moved" } else { "steered" },
                numbers::amount_down(*per_second),
                duration(*seconds)
            ),
            Remedy::Accept { more } => {
                let mut more = more.clone();
                more.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
                let each = more.iter().map(|(component, extra)| {
                    let extra = numbers::amount(*extra);
                    format!("{extra} more at {}", self.component(*component))
                });
                let each: Vec<String> = each.collect();
                let each = each.join(", ");
                format!("It is safe if more sessions a second are accepted: {each}.")
            }
            Remedy::Member { pool } => format!(
                "It is safe with one more element in {}.",
                self.inventory.pools[pool.index()].id
            ),
            Remedy::Beside { component } => format!(
                "It is safe with one more {} like {} beside it, each with half of its users.",
                match self.inventory.component(*component) {
                    Component::AccessPoint(_) => "access point",
                    _ => "element",
                },
                self.inventory.component_title(*component)
            ),
            Remedy::Open {
                access_point,
                relieved,
            } => format!(
                "It is safe with access point {} opened, and half of those who pass {} entering there.",
                self.inventory.access_points[access_point.index()].name,
                self.component(*relieved)
            ),
            Remedy::Longer { minutes } => format!(
                "It is safe in waves of up to {} minutes, which need fewer holds.",
                numbers::users(*minutes)
            ),
            Remedy::Capacity { more } => {
                let each = more.iter().map(|(component, resource, extra)| {
                    let extra = self.inventory.quantity(*resource, *extra);
                    format!("{extra} at {}", self.component(*component))
                });
                let each: Vec<String> = each.collect();
                let (what, verb) = if is_moving {
                    ("moves", "move")
                } else {
                    ("changes", "change")
                };
                format!(
                    "These {what} are safe with more capacity: {}. Plan again with it, since others may {verb} then.",
                    each.join(", ")
                )
            }
        }
    }

    /// What a transition comes to: `Chicago's drain takes 6 waves and 3 h 20 min, at least 3 h 20 min; begin by 22:20.`
    pub fn sentence(&self, transition: &Transition) -> String {
        let clock = self.clock();
        let subject = capital_or_name(self.inventory, &self.subject(transition));
        let waves = waves(transition.waves.len());
        let Some(seconds) = transition.seconds else {
            return format!("{subject} has no safe transition.");
        };
        let takes = if seconds > 0.0 {
            format!(
                "takes {waves} and {} (at least {})",
                duration(seconds),
                duration_down(transition.least_seconds)
            )
        } else {
            format!("takes {waves}, and {}", self.unlimited(transition))
        };
        let when = match transition.timing {
            Timing::Ahead => format!("; begin by {}", clock.moment(transition.start)),
            Timing::After => format!(". All is done by {}", clock.second(transition.end)),
        };
        format!("{subject} {takes}{when}.")
    }
}
