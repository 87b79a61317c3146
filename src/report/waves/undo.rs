//! How a wave is undone, as the runbook says it: who goes back first, how fast, until when, and where nobody can.

use super::back::as_sentence;
use super::in_force::Runbook;
use super::instants::{let_in_by, let_in_rows, users_of};
use super::wave_of_transition::WaveOfTransition;
use super::writer::duration;
use super::writer::{TransitionWriter, from_to_counts, shards_of};
use crate::ids::{ComponentId, SiteId};
use crate::plan::{Barred, Change, Flow, Move, Pace, PaceLimit, PeriodPlan, Ramp, Step, Timing};
use crate::plan_files::Action;
use crate::report::document::Section;
use crate::report::grammar::listed;
use crate::report::numbers;
use crate::units::NOBODY;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// How a wave is rolled back, for the runbook and for its script.
pub(super) struct WaveUndo {
    /// What is done, or why nothing is.
    pub(super) sentence: String,
    /// Paces, limits and what is done first.
    pub(super) details: Vec<String>,
    /// The wave is not to be rolled back.
    pub(super) is_barred: bool,
    /// Shards that it places are taken out of service.
    pub(super) placed: Option<String>,
    /// Shards that it moves go back.
    pub(super) moved: Option<String>,
    /// Its weights are set back.
    pub(super) weights: Option<String>,
    /// Seconds over which they turn.
    pub(super) seconds: f64,
}

impl Runbook<'_> {
    /// The last step of a wave: how it is undone, or why it is not.
    pub(super) fn add_undo(&self, at: WaveOfTransition<'_>, section: &mut Section) {
        let undo = self.undo_of(at);
        section.apart(undo.sentence);
        for detail in undo.details {
            section.items([detail]);
        }
    }

    /// How a wave is rolled back: who is served no more, then who moves back, then which weights are set.
    pub(super) fn undo_of(&self, at: WaveOfTransition<'_>) -> WaveUndo {
        let WaveOfTransition { writer, wave, .. } = at;
        let before = self.in_force.before_wave(at);
        let why = self.not_undone(before.as_deref(), at);
        let undo = &wave.undo;
        // Rows of a period are a part of the transition only where all of it is to be undone.
        let is_of_period =
            |rows: &str| rows.starts_with("steering.csv") || rows.starts_with("before.csv");
        let is_part = undo.steering_share > 0.0 && before.as_deref().is_some_and(is_of_period);
        let share = if is_part {
            String::new()
        } else {
            let share = numbers::amount(undo.steering_share * 100.0);
            format!(" to {share} % of the transition")
        };
        let sets_weights = self.in_force.is_set(at.setter());
        let is_steered = sets_weights && wave.turns_weights();
        let (back, placed): (Vec<&Move>, Vec<&Move>) = at
            .moves()
            .into_iter()
            .partition(|moved| moved.from.is_some());
        let moves = slowest(&undo.moves);
        let steering = slowest(&undo.steering).filter(|_| is_steered);
        let moved = format!(
            "move back those of the {} that have moved",
            shards_of(&back)
        );
        let shed = self.shed_again(at);
        let placed = (!placed.is_empty()).then(|| {
            format!(
                "take {} that it places out of service again (rows of moves.csv with period {}, wave {} and an empty `from_site`)",
                shards_of(&placed),
                at.transition.period,
                wave.number
            )
        });
        let mut wave_undo = WaveUndo {
            sentence: String::new(),
            details: Vec::new(),
            is_barred: why.is_some(),
            placed: placed.as_deref().map(as_sentence),
            moved: (!back.is_empty()).then(|| as_sentence(&moved)),
            weights: is_steered.then(|| {
                let rows = before.as_deref();
                let rows = rows.map_or(String::new(), |text| format!(", to those of {text}"));
                format!("Set the weights back{share}{rows}.")
            }),
            seconds: steering.map_or(0.0, |pair| pair.1),
        };
        if let Some(why) = why {
            wave_undo.sentence = format!(
                "**No rollback:** {why}. Leave every weight as it is. If something is wrong, plan again from here."
            );
            return wave_undo;
        }
        let seconds: f64 = [moves, steering].iter().flatten().map(|pair| pair.1).sum();
        let takes = if seconds > 0.0 {
            let least = duration(seconds);
            format!(" (it takes at least {least}, less where a part of it is done)")
        } else {
            String::new()
        };
        let step = match (back.is_empty(), is_steered) {
            (true, false) if !sets_weights => "leave every weight as it is".to_owned(),
            (true, _) => format!("set the weights back{share}"),
            (false, true) => format!("first {moved}, and only then set the weights back{share}"),
            (false, false) if sets_weights => format!("{moved}; leave every weight as it is"),
            (false, false) => format!("{moved}, and leave every weight as it is"),
        };
        wave_undo.sentence = format!("**Roll back{takes}:** {step}.");
        let details = &mut wave_undo.details;
        details.extend(shed.map(|text| format!("before all else {text}")));
        let first = if is_steered {
            "before weights turn "
        } else {
            ""
        };
        details.extend(placed.map(|text| format!("{first}{text}")));
        if let Some((pace, seconds)) = moves {
            let (over, why) = (duration(seconds), writer.limited(pace));
            details.push(format!("move back over at least {over}: {why}"));
            for ((from, to), (users, _)) in from_to_counts(&back) {
                details.push(format!(
                    "{} to {}: no faster than {} users an hour",
                    writer.site_by_hand(to),
                    writer.site_left(from),
                    numbers::amount_down(users * 3600.0 / seconds)
                ));
            }
        }
        if let Some((pace, seconds)) = steering {
            let (over, why) = (duration(seconds), writer.limited(pace));
            details.push(format!(
                "turn steering back evenly over at least {over}: {why}"
            ));
        }
        if seconds > 0.0 {
            details.extend(uncounted(at));
        }
        if let Some(rows) = before.filter(|_| is_steered) {
            details.push(format!("the weights are those of {rows}"));
            details.extend(self.members_back(at));
        }
        if is_steered || !back.is_empty() {
            details.extend(self.opened_before(at));
        }
        details.extend(self.deadline(at, is_steered, &back));
        wave_undo
    }

    /// Why a wave is not undone, if it is not; `before` names the weights with which it begins.
    fn not_undone(&self, before: Option<&str>, at: WaveOfTransition<'_>) -> Option<String> {
        let writer = at.writer;
        if let Some(barred) = &at.wave.undo.barred {
            let why = match barred {
                Barred::Lost(sites) => {
                    let they_are = match sites.len() {
                        1 => "it, or every path to it, is",
                        _ => "they, or all paths to them, are",
                    };
                    let lost = writer.inventory.listed_sites(sites);
                    format!("no user can be moved back to {lost} while {they_are} out")
                }
                Barred::Overloads(component) => {
                    format!("it would overload {} again", writer.component(*component))
                }
            };
            return Some(why);
        }
        if let Some(pace) = at.wave.undo.never() {
            let why = never_back(writer, pace);
            return Some(why);
        }
        // The weights with which the first wave after a loss begins may lead over what is out of service by then.
        let is_set = self.in_force.is_set(at.setter());
        if at.is_first() && is_set && writer.are_some_cut_off(at.transition, self.steps) {
            return Some("it would lead users over what is out".to_owned());
        }
        (before.is_none() && is_set && at.wave.turns_weights()).then(|| {
            "the wave begins while other waves turn weights, and no file has those of that instant".to_owned()
        })
    }

    /// Who is let in with a wave, and is to be shed again before all else, so that no site gets more users than it had.
    fn shed_again(&self, at: WaveOfTransition<'_>) -> Option<String> {
        let users = users_of(&let_in_by(self.steps, at.setter(), |_| true));
        (users > NOBODY).then(|| {
            let (users, rows) = (numbers::lost_users(users), let_in_rows(at));
            format!("stop serving the {users} that the wave lets in ({rows})")
        })
    }

    /// What closes once the last wave is over, or while its gate is watched, and has to be open again before its weights are turned
    /// back.
    fn opened_before(&self, at: WaveOfTransition<'_>) -> Vec<String> {
        let WaveOfTransition {
            writer,
            transition,
            wave,
        } = at;
        let until = at.watched_until();
        let closed = |step: &Step| {
            let Change::AccessPoint { access_point, .. } = step.change else {
                return None;
            };
            let component = writer.inventory.access_point_component(access_point);
            let is_gone = writer.plan.periods[step.period].case.gone[component.index()];
            let is_its = at.is_last() && step.period == transition.period;
            let in_time = |when: Timestamp| {
                is_its && when >= wave.end || !is_gone && wave.start <= when && when <= until
            };
            let closes = step.action == Action::CloseAccessPoint && step.at.is_some_and(in_time);
            closes.then(|| writer.component_by_hand(component))
        };
        let closing: BTreeSet<String> = self.steps.iter().filter_map(closed).collect();
        let closing = closing.into_iter();
        closing
            .map(|text| format!("open {text} first, if it is closed by then"))
            .collect()
    }

    /// Until when it can be undone, if it can only for a time.
    fn deadline(
        &self,
        at: WaveOfTransition<'_>,
        is_steered: bool,
        back: &[&Move],
    ) -> Option<String> {
        let WaveOfTransition {
            writer,
            transition,
            wave,
        } = at;
        let (plan, clock) = (writer.plan, writer.clock());
        let is_behind = transition.timing == Timing::After;
        let period_plan = at.period();
        let turned = || {
            let stays = |flow: &&Flow| {
                let mut kept = period_plan.first_flows().iter();
                kept.any(|candidate| {
                    (&candidate.group, &candidate.path.links) == (&flow.group, &flow.path.links)
                })
            };
            let before = plan.flows_until(transition.period).iter();
            before.filter(move |flow| !stays(flow))
        };
        let closes = |next: &PeriodPlan| {
            is_behind && wave.turns_weights() && writer.leads_over_closed(turned(), &next.case)
        };
        let next = if is_behind {
            let later = plan.periods[transition.period + 1..].iter();
            let mut later = later
                .filter(|next| next.period.start >= wave.end)
                .peekable();
            let first = later.peek().copied();
            let mut watched = later.filter(|next| next.period.start < transition.end);
            watched.find(|next| closes(next)).or(first)
        } else {
            Some(period_plan)
        };
        let others = turned_by_others(at, is_steered);
        let others = others.map(|(when, later)| {
            let why = format!("from then on waves of period {later} turn weights");
            (when, why)
        });
        let rows = self.in_force.rows_until(at).filter(|_| is_steered);
        let rows = rows.map(|when| (when, "from then on no file has the weights".to_owned()));
        let barred = wave.undo.barred_later.as_ref();
        let barred = barred.map(|(when, barred)| (*when, barred_later(writer, barred)));
        let until = next.map(|next| next.period.start);
        let is_first = |when: Timestamp| until.is_none_or(|until| when <= until);
        let first = [others, rows, barred].into_iter().flatten();
        if let Some((by, why)) = first.filter(|pair| is_first(pair.0)).min() {
            return Some(undone_by(at, by, &clock.second(by), &why));
        }
        let next = next?;
        let by = next.period.start;
        let mut gone: Vec<SiteId> = back.iter().filter_map(|moved| moved.from).collect();
        gone.retain(|site| next.case.gone[site.index()]);
        gone.sort_unstable();
        gone.dedup();
        let why = match gone.len() {
            0 => format!("then period {} begins", next.period.index),
            1 => format!(
                "from then on {} is out",
                writer.inventory.listed_sites(&gone)
            ),
            _ => format!(
                "from then on {} are out",
                writer.inventory.listed_sites(&gone)
            ),
        };
        let is_open = gone.is_empty() && !closes(next);
        if is_behind && is_open && !is_late(at, by) {
            return None;
        }
        Some(undone_by(at, by, &clock.moment(by), &why))
    }
}

/// When waves of another period begin to turn weights while a wave may still be undone, and those of which period; of earlier
/// ones those count that go on before it, where the wave turns weights.
fn turned_by_others(at: WaveOfTransition<'_>, is_steered: bool) -> Option<(Timestamp, usize)> {
    let WaveOfTransition {
        writer,
        transition,
        wave,
    } = at;
    let last = at.undone_by();
    let others = writer.plan.transitions.iter().filter(|candidate| {
        let is_ahead = [candidate.timing, transition.timing] == [Timing::Ahead; 2];
        let is_earlier = candidate.period < transition.period && is_ahead && is_steered;
        (candidate.period > transition.period || is_earlier) && candidate.refusal.is_none()
    });
    let waves = others.flat_map(|transition| {
        transition
            .waves
            .iter()
            .map(move |wave| (wave, transition.period))
    });
    let turning = waves.filter(|(wave, _)| wave.turns_weights());
    let begins = turning.map(|(wave, period)| (wave.start, period));
    let meanwhile = begins.filter(|(when, period)| {
        let is_later = *period > transition.period;
        let from = if is_later { wave.end } else { wave.start };
        from < *when && *when < last
    });
    meanwhile.min()
}

fn never_back(writer: &TransitionWriter<'_>, pace: &Pace) -> String {
    match pace.limit {
        PaceLimit::Accepts(component) => format!(
            "{} accepts next to nothing beside normal operation",
            writer.component(component)
        ),
        PaceLimit::Out(site) => format!("{} lets next to nobody leave", writer.site(site)),
        PaceLimit::In(site) => format!("{} lets next to nobody in", writer.site(site)),
    }
}

fn barred_later(writer: &TransitionWriter<'_>, barred: &Barred) -> String {
    match barred {
        Barred::Lost(sites) => {
            let path_is = match sites.len() {
                1 => "every path to it, is",
                _ => "all paths to them, are",
            };
            format!(
                "from then on {}, or {path_is} out",
                writer.inventory.listed_sites(sites)
            )
        }
        Barred::Overloads(component) => {
            let component = writer.component(*component);
            format!("from then on it would overload {component}")
        }
    }
}

/// The new sessions of waves of other periods that may go on while a wave is undone, and that its paces do not count.
fn uncounted(at: WaveOfTransition<'_>) -> Vec<String> {
    let WaveOfTransition {
        writer,
        transition,
        wave,
    } = at;
    let until = at.undone_by();
    let is_counted =
        |component: ComponentId| transition.beside.iter().any(|pair| pair.0 == component);
    let is_uncounted = |other: &&Ramp| {
        let mut ramps = wave.ramp.iter();
        ramps.any(|ramp| ramp.component == other.component && !is_counted(ramp.component))
    };
    let mut all = Vec::new();
    for other in at.beside() {
        let waves = other.waves.iter();
        let meeting =
            waves.filter(|candidate| candidate.start < until && wave.start < candidate.end);
        let shared = meeting.flat_map(|wave| wave.ramp.iter().filter(is_uncounted));
        let shared: BTreeSet<ComponentId> = shared.map(|ramp| ramp.component).collect();
        if shared.is_empty() {
            continue;
        }
        let shared = shared
            .into_iter()
            .map(|component| writer.component(component));
        all.push(format!(
            "not counted: new sessions that {} brings to {}, from {} to {}",
            writer.subject(other),
            listed(&shared.collect::<Vec<_>>()),
            writer.clock().second(other.start),
            writer.clock().second(other.end)
        ));
    }
    all
}

/// `true` if a wave that is over cannot be undone any more by an instant.
fn is_late(at: WaveOfTransition<'_>, by: Timestamp) -> bool {
    at.wave.undone(at.wave.end).is_none_or(|done| done > by)
}

/// That it is undone by an instant, in words, and why; or from when on that is too late.
fn undone_by(at: WaveOfTransition<'_>, by: Timestamp, when: &str, why: &str) -> String {
    if !is_late(at, by) {
        return format!("roll back only if it finishes by {when}: {why}");
    }
    let after = if at.wave.start == at.wave.end {
        "once the wave is over".to_owned()
    } else {
        format!("after {}", at.writer.clock().second(last_begin(at, by)))
    };
    format!(
        "**no rollback {after}**: it would not finish by {when}, and {why}. Hold here, or first postpone what begins then"
    )
}

/// When a wave has to be undone at the latest, to be done by an instant: turning, or moving, a part of it back takes that part of
/// the time.
fn last_begin(at: WaveOfTransition<'_>, by: Timestamp) -> Timestamp {
    let wave = at.wave;
    let seconds = |from: Timestamp, to: Timestamp| to.duration_since(from).as_secs_f64();
    let turns = seconds(wave.start, wave.turned);
    let moves = seconds(wave.turned, wave.end);
    let [steering, back] = [&wave.undo.steering, &wave.undo.moves]
        .map(|paces| slowest(paces).map_or(0.0, |pair| pair.1));
    let left = seconds(wave.start, by);
    // Of a time that there is, the part in which something goes on that so long a time undoes.
    let part = |left: f64, lasts: f64, undone: f64| left * lasts / (lasts + undone).max(1.0);
    let while_turning = part(left, turns, steering);
    let latest = if while_turning < turns {
        while_turning
    } else {
        (turns + part(left - turns - steering, moves, back)).max(0.0)
    };
    let latest = SignedDuration::try_from_secs_f64(latest.floor()).unwrap_or_default();
    wave.start.checked_add(latest).unwrap_or(wave.start)
}

fn slowest(paces: &[Pace]) -> Option<(&Pace, f64)> {
    let pace = paces.first()?;
    Some((pace, pace.seconds?)).filter(|(_, seconds)| *seconds > 0.0)
}
