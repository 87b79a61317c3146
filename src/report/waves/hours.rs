//! Steering by the hour, in words: when weights change within a period, how fast, and why that is refused.

use crate::plan::{
    Carries, Exposed, Fullness, HourTurn, PaceLimit, Ramp, Refusal, Transition, Wave,
};
use crate::plan_files::MOST_STOPS;
use crate::report::document::Section;
use crate::report::numbers;
use crate::report::sweep::ComponentNames;
use crate::report::waves::in_force::WeightRows;
use crate::report::waves::tasks::{RunbookTask, TaskKind, Work};
use crate::report::waves::writer::{TransitionWriter, duration};
use crate::report::words::listed;

const NAMED: usize = 3;

/// How many `turn_minutes` would do for an hour turn that is refused because it has too little time; `None` if no number
/// would.
fn longer(turn: &HourTurn) -> Option<f64> {
    let needs = turn
        .needs
        .filter(|_| turn.refusal == Some(Refusal::TooLong))?;
    (needs <= turn.quiet).then(|| (needs / 60.0).ceil())
}

impl TransitionWriter<'_> {
    fn slowest_gate(turn: &HourTurn) -> Option<&Ramp> {
        let seconds = |ramp: &Ramp| ramp.window.unwrap_or(f64::INFINITY);
        let ramp = turn.ramp.iter();
        ramp.max_by(|a, b| seconds(a).total_cmp(&seconds(b)))
    }

    /// Why an hour turn is refused, without the word; `None` if it is not.
    fn refused_turn(&self, turn: &HourTurn) -> Option<String> {
        let at = self.clock().moment(turn.at);
        let subject = format!("the change of weights at {at}");
        let because = Self::slowest_gate(turn).map(|ramp| {
            let accepts = [ramp.accepts, ramp.background];
            self.gate(ramp.component, accepts, ramp.arrivals)
        });
        let because = because.unwrap_or_default();
        Some(match turn.refusal? {
            Refusal::Never(PaceLimit::Accepts(component)) => format!(
                "{subject} never ends: {} accepts no more than normal operation opens",
                self.component(component)
            ),
            Refusal::Unsafe(fullness) => {
                let words = self.too_much(&fullness, ["it brings", "it"]);
                format!("{subject} has no safe transition: {words}")
            }
            _ if turn.allowed <= 0.0 => {
                format!("{subject} comes while users move, and nothing else can turn meanwhile")
            }
            _ => format!(
                "{subject} needs {} before the hour and has {}: {because}",
                duration(turn.needs.unwrap_or_default()),
                duration(turn.allowed)
            ),
        })
    }

    /// Why hour turns are refused: the first one at length, then when else; nothing if none is.
    pub(in crate::report) fn refused_turns<'t>(
        &self,
        turns: impl Iterator<Item = &'t HourTurn>,
    ) -> Vec<String> {
        let refused: Vec<&HourTurn> = turns.filter(|turn| turn.refusal.is_some()).collect();
        let Some((first, others)) = refused.split_first() else {
            return Vec::new();
        };
        let mut all: Vec<String> = self.refused_turn(first).into_iter().collect();
        let clock = self.clock();
        let times = others.iter().map(|hour_turn| clock.moment(hour_turn.at));
        let times: Vec<String> = times.take(NAMED).collect();
        let more = format!(
            "{} more hours",
            numbers::users((others.len() - times.len()) as f64)
        );
        let is_more = (others.len() > times.len()).then_some(more.as_str());
        let named: Vec<&str> = times.iter().map(String::as_str).chain(is_more).collect();
        if !named.is_empty() {
            all.push(format!(
                "a change of weights at {} is refused as well",
                listed(&named)
            ));
        }
        all
    }

    /// What would make hour turns safe that are refused, and what spares them; each once.
    pub(in crate::report) fn remedies_of_turns<'t>(
        &self,
        turns: impl Iterator<Item = &'t HourTurn>,
    ) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        let (mut is_any, mut minutes) = (false, 0.0_f64);
        for turn in turns.filter(|turn| turn.refusal.is_some()) {
            is_any = true;
            for remedy in &turn.remedies {
                let words = self.remedy(false, remedy);
                if all.len() < NAMED && !all.contains(&words) {
                    all.push(words);
                }
            }
            minutes = minutes.max(longer(turn).unwrap_or(0.0));
        }
        if minutes > 0.0 {
            all.push(format!(
                "With turn_minutes = {} in [waves] there is time for it.",
                numbers::amount(minutes)
            ));
        }
        if is_any {
            all.push(
                "A plan with demand = \"peak\" has one steering for all hours and nothing to turn between them."
                    .to_owned(),
            );
        }
        all
    }

    pub(in crate::report) fn hours(&self) -> Option<String> {
        let turns = &self.plan.hour_turns;
        let seconds = turns.iter().map(|turn| {
            let start = turn.start?;
            Some(turn.at.duration_since(start).as_secs_f64())
        });
        let longest = (seconds.collect::<Option<Vec<f64>>>()?)
            .into_iter()
            .reduce(f64::max)?;
        let times = match turns.len() {
            1 => "once".to_owned(),
            count => format!("{} times", numbers::users(count as f64)),
        };
        let share = |fullness: &&Fullness| fullness.load / fullness.capacity.max(f64::MIN_POSITIVE);
        let fullest = turns.iter().filter_map(|turn| turn.fullest.as_ref());
        let fullest = fullest.max_by(|a, b| share(a).total_cmp(&share(b)));
        let fullest = fullest.map_or_else(String::new, |fullness| {
            format!(" Before the hour it brings {}.", self.brought_to(fullness))
        });
        Some(format!(
            "Between hours steering turns {times}, in {} at most: runbook.md says how.{fullest}",
            duration(longest)
        ))
    }

    /// Why hours turns are refused, and what would make them safe; nothing if none is.
    pub(super) fn hours_refused(&self) -> Option<Section> {
        let turns = &self.plan.hour_turns;
        let refused: Vec<&HourTurn> = turns.iter().filter(|turn| turn.refusal.is_some()).collect();
        let remedies = self.remedies_of_turns(turns.iter());
        if refused.is_empty() && remedies.is_empty() {
            return None;
        }
        let mut section = Section::titled("Weights by the hour, refused");
        section.items(refused.into_iter().map(|turn| {
            let why = self.refused_turn(turn).unwrap_or_default();
            format!("Period {}: {why}.", turn.period)
        }));
        if !remedies.is_empty() {
            section.say("");
            section.say(remedies.join(" "));
        }
        Some(section)
    }

    /// The steps at which weights change from one hour to the next.
    pub(super) fn tasks_of_hours<'t>(&self) -> Vec<RunbookTask<'t>> {
        let clock = self.clock();
        let turns = self.plan.hour_turns.iter();
        let tasks = turns.filter_map(|turn| {
            let start = turn.start?;
            let (period, [_, slice]) = (turn.period, turn.slices);
            let seconds = turn.at.duration_since(start).as_secs_f64();
            let rows = format!("rows with slice {slice} of the file that holds");
            let [from, to] = [start, turn.at].map(|at| clock.second(at));
            let sentence = format!(
                "From {from} to {to} turn every weight evenly to that of slice {slice}, in the file whose weights hold."
            );
            Some(RunbookTask {
                until: turn.at,
                rows,
                ..RunbookTask::new(TaskKind::SetWeights, start, period, sentence)
                    .about("all client regions", format!("slice {slice} of the hours"))
                    .doing(Work::Weights {
                        rows: WeightRows::Hour(period, slice),
                        seconds,
                        is_only_new: false,
                    })
            })
        });
        tasks.collect()
    }

    /// When weights change between hours.
    pub(super) fn hours_of_day(&self) -> Section {
        let mut section = Section::titled("Weights by the hour");
        let minutes = duration(self.scenario.waves.turn_minutes * 60.0);
        section.say("The weights are those of the slice that hours.csv names; steering.csv has them by slice.");
        section.say(format!(
            "Where they change from one hour to the next, change them evenly over the {minutes} that end with the hour. \
             If users move until less than that before the hour, take only the time after it."
        ));
        section.say("Then no load is too much meanwhile, and no component has to accept more new sessions than it can.");
        section.say("");
        section
    }
}

const MOST: usize = 2;

const MOST_WAVES: usize = 4;

impl TransitionWriter<'_> {
    /// What is not survived: `if San Antonio fails, 600 users more stay unserved`, the worst first.
    pub(super) fn exposed(&self, exposed: &[Exposed]) -> String {
        let Some(protect) = &self.scenario.protect else {
            return String::new();
        };
        let names = ComponentNames::of(self.inventory, protect.over);
        let mut worst: Vec<&Exposed> = exposed.iter().collect();
        worst.sort_by(|a, b| b.users.total_cmp(&a.users));
        let words = worst.iter().take(MOST).map(|exposed| {
            let users = match numbers::users_up(exposed.users).as_str() {
                "1" => "1 user more stays".to_owned(),
                several => format!("{several} users more stay"),
            };
            format!(
                "if {}, {users} unserved",
                names.happening(&exposed.failing, &[])
            )
        });
        let words: Vec<String> = words.collect();
        let others = worst.len().saturating_sub(MOST);
        match others {
            0 => words.join("; "),
            1 => format!("{}; 1 other failure is not survived", words.join("; ")),
            _ => format!(
                "{}; {} other failures are not survived",
                words.join("; "),
                numbers::users(others as f64)
            ),
        }
    }

    /// Why an operator may not stop after a wave, or that this was not checked; `None` if stopping is safe.
    pub(in crate::report) fn not_to_stop(
        &self,
        transition: &Transition,
        wave: &Wave,
    ) -> Option<String> {
        if transition.refusal.is_some() {
            return None;
        }
        if self.is_unasked(transition, wave) {
            return Some("do not stop here: failures at this point were not checked".to_owned());
        }
        let exposed = wave
            .unprotected
            .as_ref()
            .filter(|exposeds| !exposeds.is_empty());
        let why = exposed.map(|exposed| self.exposed(exposed));
        let why = why.or_else(|| self.above_at_end(transition, wave))?;
        Some(format!("do not stop here: {why}"))
    }

    /// What is above its capacity at the end of a wave, the fullest; `None` if nothing is, or no wave follows.
    pub(super) fn above_at_end(&self, transition: &Transition, wave: &Wave) -> Option<String> {
        let (carries, share) = above_at_end(transition, wave)?;
        Some(format!(
            "{} is still at {} of capacity then",
            self.used_by_hand(carries.component, carries.resource),
            numbers::utilization(share)
        ))
    }

    /// `true` if failures have to be survived and were not checked after a wave. After the last one comes the
    /// plan's own state.
    pub(super) fn is_unasked(&self, transition: &Transition, wave: &Wave) -> bool {
        let protect = self.scenario.protect.as_ref();
        // Beside split shards it does not hold (P5402), and nothing is asked.
        let is_asked = protect.is_some_and(|protect| protect.failures > 0);
        let is_asked = is_asked && !self.scenario.policy.split_shards;
        let is_last = transition.waves.last().map(|wave| wave.number) == Some(wave.number);
        is_asked && !is_last && wave.unprotected.is_none()
    }

    /// That the stops of a transition were not checked, why, and what to do; `None` if they were, or nothing is asked.
    pub(in crate::report) fn unasked(&self, transition: &Transition) -> Option<String> {
        let mut waves = transition.waves.iter();
        let is_unasked = waves.any(|wave| self.is_unasked(transition, wave));
        // Nobody begins what is refused, and so nobody stops in it.
        if transition.refusal.is_some() || !is_unasked {
            return None;
        }
        let (why, what) = if transition.waves.len() > MOST_STOPS {
            (
                "it has too many waves for that",
                format!(
                    " Make the waves longer ([waves] minutes), so that there are at most {MOST_STOPS}, or plan again from where you stop."
                ),
            )
        } else {
            (
                "the planning was stopped before",
                " Plan again without a limit of time, or from where you stop.".to_owned(),
            )
        };
        Some(format!(
            "The [protect] failures were not checked between the waves of {}: {why}. Pause no longer than each hold asks.{what}",
            self.subject(transition)
        ))
    }

    /// In a sentence, where an operator may stop in the transitions to a period.
    pub(in crate::report) fn where_to_stop(&self, transitions: &[&Transition]) -> String {
        if transitions
            .iter()
            .any(|transition| transition.refusal.is_some())
        {
            return "It is refused: do not begin it.".to_owned();
        }
        if transitions
            .iter()
            .any(|transition| self.unasked(transition).is_some())
        {
            return "Every part of a wave is safe; failures between waves were not checked."
                .to_owned();
        }
        let waves = transitions
            .iter()
            .flat_map(|transition| transition.waves.iter().map(|wave| (*transition, wave)));
        let not_there =
            waves.filter(|(transition, wave)| self.not_to_stop(transition, wave).is_some());
        let not_there: Vec<&Wave> = not_there.map(|(_, wave)| wave).collect();
        if not_there.is_empty() {
            "Every part of a wave is safe; you can stop after any wave.".to_owned()
        } else {
            let those = numbered(&not_there);
            format!("Every part of a wave is safe; do not stop after {those}.")
        }
    }

    /// After which waves an operator may not stop and why, and what was tried to avoid that.
    pub(in crate::report) fn stops(&self, transition: &Transition) -> Vec<String> {
        let subject = self.subject(transition);
        let mut sentences: Vec<String> = self.unasked(transition).into_iter().collect();
        if transition.begins_unprotected {
            sentences.push(format!(
                "The state before {subject} does not survive what [protect] asks."
            ));
        }
        let users = |exposed: &[Exposed]| exposed.iter().map(|exposed| exposed.users).sum::<f64>();
        let exposed: Vec<(&Wave, &[Exposed])> = transition.exposed().collect();
        let worst = exposed
            .iter()
            .rev()
            .max_by(|a, b| users(a.1).total_cmp(&users(b.1)));
        let Some((_, worst)) = worst else {
            if transition.other_orders > 0 {
                sentences.push(format!(
                    "You can stop after any wave of {subject}. This is why the largest wave is not first."
                ));
            }
            return sentences;
        };
        let waves: Vec<&Wave> = exposed.iter().map(|(wave, _)| *wave).collect();
        sentences.push(format!(
            "Do not stop after {} of {subject}: {}.",
            numbered(&waves),
            self.exposed(worst)
        ));
        if transition.other_orders > 0 {
            let tried = match transition.other_orders {
                1 => "1 other order or length of its waves was".to_owned(),
                several => format!(
                    "{} other orders and lengths of its waves were",
                    numbers::users(several as f64)
                ),
            };
            sentences.push(format!("{tried} tried, and none avoids it."));
        }
        sentences
    }
}

/// The fullest of what is above its capacity at the end of a wave after which another follows, and how full it is.
fn above_at_end<'t>(transition: &Transition, wave: &'t Wave) -> Option<(&'t Carries, f64)> {
    let last = transition.waves.last().map(|last| last.number);
    if last == Some(wave.number) {
        return None;
    }
    let loads = wave.standing.iter().flat_map(|holds| &holds.loads);
    let limited = loads.filter(|carries| carries.capacity > 0.0);
    let shares = limited.map(|carries| (carries, carries.load / carries.capacity));
    let above = shares.filter(|(_, share)| numbers::is_above(*share));
    above.max_by(|a, b| a.1.total_cmp(&b.1))
}

/// `wave 3`, `waves 1, 2 and 5`, `waves 1, 2, 3, 4 and 9 more`.
fn numbered(waves: &[&Wave]) -> String {
    let first = waves.iter().take(MOST_WAVES);
    let mut words: Vec<String> = first.map(|wave| wave.number.to_string()).collect();
    if waves.len() > MOST_WAVES {
        words.push(format!("{} more", waves.len() - MOST_WAVES));
    }
    let last = words.pop().unwrap_or_default();
    if words.is_empty() {
        format!("wave {last}")
    } else {
        format!("waves {} and {last}", words.join(", "))
    }
}
