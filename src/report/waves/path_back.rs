//! The path back: what leads from the end of a scenario to the state before.

use super::left_over::placed;
use super::runbook::shards;
use super::steering::{rows, until};
use super::words::Teller;
use crate::ids::{ShardId, SiteId};
use crate::plan::{Change, GroupKey, Step, Timing, Wave};
use crate::plan_files::Action;
use crate::report::numbers;
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const UNPLANNED: &str = "
No waves were planned for it: a scenario that begins then, with `after = \"return\"`, plans them and checks every part.
";

/// Less of a shard is nobody, and what arithmetic leaves of steps that undo one another.
const FEW: f64 = 1e-5;

/// Users who are not where they were when all steps are done.
#[derive(Debug, Clone, Copy, Default)]
struct Elsewhere {
    /// Who is served at another site.
    moved: f64,
    /// Who is served, and was not.
    let_in: f64,
    /// Who was served, and is not.
    shed: f64,
}

impl Elsewhere {
    /// In words, the most users first; `None` if everybody is as before.
    fn words(self) -> Option<String> {
        let all = [
            (self.moved, "are elsewhere when the scenario ends"),
            (
                self.shed,
                "are not served when the scenario ends, and were before",
            ),
            (
                self.let_in,
                "are served when the scenario ends, and were not before",
            ),
        ];
        let told = all.into_iter().filter(|own| own.0 > NOBODY);
        let told: Vec<String> = told
            .map(|(users, what)| format!("{} {what}.", numbers::lost_users(users)))
            .collect();
        (!told.is_empty()).then(|| told.join(" "))
    }
}

impl Teller<'_> {
    /// How to get back to the state before, where users are elsewhere when the scenario ends, or something is not as it was.
    pub(super) fn write_path_back(&self, steps: &[Step], text: &mut String) {
        let elsewhere = self.elsewhere(steps).words();
        let left = self.left_over(steps);
        if elsewhere.is_none() && left.is_empty() {
            return;
        }
        let end = self.scenario.end;
        let mut events = self.scenario.events.iter();
        let is_over = !events.any(|own| own.end > end);
        let when = self.clock().moment(end);
        let _ = writeln!(text, "\n## Path back\n");
        let begin = if is_over {
            format!(
                "To get back to the state before, begin at {when}, when the scenario ends, and no sooner than everything works again."
            )
        } else {
            format!(
                "Events go on beyond {when}: to get back to the state before, begin once they have ended."
            )
        };
        let Some(elsewhere) = elsewhere else {
            let _ = writeln!(
                text,
                "Everybody is back when the scenario ends, and this is not as it was before. {begin}\n"
            );
            for (number, line) in left.iter().enumerate() {
                let _ = writeln!(text, "{}. {line}", number + 1);
            }
            text.push_str(UNPLANNED);
            return;
        };
        let _ = writeln!(
            text,
            "{elsewhere} {begin} Work through changes_back.csv from its first row to its last, but for weights: each step below says which hold from then on. Weights that the named file does not have stay until nobody of their region is at their site; those that a region lacks at a site are set before users come there, from the file that is named next. In this order:\n"
        );
        let back = crate::plan::way_back(self.inventory, steps);
        let is_one = |a: &Step, b: &Step| (a.period, a.wave) == (b.period, b.wave);
        let groups: Vec<&[Step]> = back.chunk_by(is_one).collect();
        let mut turning = self.waves_without_rows(steps);
        let mut lines = Vec::new();
        for (at, group) in groups.iter().enumerate() {
            let (first, left) = (group[0], &groups[at..]);
            let is_due = |(period, number): &(usize, u32)| {
                let is_ahead = self.is_ahead(*period, *number);
                let mut left = left.iter();
                left.all(|own| match (own[0].period, own[0].wave) {
                    (other, Some(wave)) if other == *period => wave < *number,
                    // What a period does when it begins is undone before the waves ahead of it.
                    (other, None) if other == *period => !is_ahead || are_closing(own),
                    (other, _) => other < *period,
                })
            };
            let due = turning.iter().take_while(|own| is_due(own)).count();
            let due: Vec<(usize, u32)> = turning.drain(..due).collect();
            lines.extend(
                due.into_iter()
                    .filter_map(|own| self.turned_back(own, steps)),
            );
            let rows = match first.wave {
                Some(wave) => format!("period {} and wave {wave}", first.period),
                None if are_ahead(group) => format!(
                    "period {} and no wave that open an access point or put a member back",
                    first.period
                ),
                None => format!("period {} and no wave", first.period),
            };
            lines.push(format!(
                "Undo the rows with {rows}: {}.",
                self.undone(group, steps).join(", then ")
            ));
        }
        lines.extend(
            turning
                .into_iter()
                .filter_map(|own| self.turned_back(own, steps)),
        );
        let turned = lines.iter().rfind(|own| own.contains("set every weight"));
        let is_as_before = turned.is_some_and(|own| own.contains("before.csv"));
        if self.plan.before.case.hours.slice_count() > 1 {
            lines.push("Set every weight to that of before.csv in the slice of the hour, and from then on by the hour.".to_owned());
        } else if !is_as_before {
            lines.push("Set every weight to that of before.csv.".to_owned());
        }
        for (number, line) in lines.iter().enumerate() {
            let _ = writeln!(text, "{}. {line}", number + 1);
        }
        text.push_str(UNPLANNED);
    }

    /// Waves that turn steering and do nothing else, by period: no row has them, since weights stand with the wave that completes
    /// them. The last first.
    fn waves_without_rows(&self, steps: &[Step]) -> Vec<(usize, u32)> {
        let with_rows: BTreeSet<(usize, u32)> = steps
            .iter()
            .filter_map(|own| Some((own.period, own.wave?)))
            .collect();
        let ways = self.plan.transitions.iter();
        let ways = ways.filter(|own| own.refusal.is_none());
        let waves = ways.flat_map(|own| own.waves.iter().map(|wave| (own.period, wave.number)));
        let waves: BTreeSet<(usize, u32)> = waves.filter(|own| !with_rows.contains(own)).collect();
        waves.into_iter().rev().collect()
    }

    /// Whether a wave goes ahead of its period.
    fn is_ahead(&self, period: usize, number: u32) -> bool {
        let mut ahead = self.plan.transitions.iter().filter(|own| {
            let its_timing = own.timing == Timing::Ahead;
            own.period == period && its_timing
        });
        ahead.any(|own| own.waves.iter().any(|wave| wave.number == number))
    }

    /// How such a wave is undone; `None` if it turns nothing.
    fn turned_back(&self, (period, number): (usize, u32), steps: &[Step]) -> Option<String> {
        let weights = self.weights_back((period, Some(number)), steps)?;
        Some(format!(
            "Undo wave {number} of period {period}, which only turns steering: {weights}."
        ))
    }

    /// Who is not where he was once all steps are done; whoever had no home before has one, and stays.
    fn elsewhere(&self, steps: &[Step]) -> Elsewhere {
        let mut net: BTreeMap<(usize, SiteId), f64> = BTreeMap::new();
        let placed = placed(steps);
        for step in steps {
            let Change::Home {
                shard,
                from,
                to,
                share,
                ..
            } = step.change
            else {
                continue;
            };
            if placed.contains(&shard) {
                continue;
            }
            for (site, share) in [(from, -share), (to, share)] {
                if let Some(site) = site {
                    *net.entry((shard.index(), site)).or_default() += share;
                }
            }
        }
        let mut by_shard: BTreeMap<usize, [f64; 2]> = BTreeMap::new();
        for ((shard, _), share) in net {
            let own = by_shard.entry(shard).or_default();
            own[usize::from(share > 0.0)] += share.abs();
        }
        let mut all = Elsewhere::default();
        let Some(last) = self.plan.periods.last() else {
            return all;
        };
        for (shard, [left, came]) in by_shard {
            let few = |share: f64| if share > FEW { share } else { 0.0 };
            let users = last.case.users(shard);
            let moved = left.min(came);
            all.moved += users * few(moved);
            // Who has joined since was not served before.
            all.shed += self.plan.before.case.users(shard) * few(left - moved);
            all.let_in += users * few(came - moved);
        }
        all
    }

    /// `true` unless a step brings users of a shard that had none before to a site to which the state before leads nobody of
    /// their group: they would be cut off.
    fn can_be_undone(&self, back: &Step) -> bool {
        let Change::Home {
            shard,
            to: Some(to),
            ..
        } = back.change
        else {
            return true;
        };
        let before = &self.plan.before;
        if before.case.users(shard.index()) > 0.0 {
            return true;
        }
        let group = GroupKey::of(self.inventory, &self.scenario.policy, shard);
        let mut flows = before.flows.iter().filter(|own| own.users > 0.0);
        flows.any(|own| own.group == group && own.path.site == to)
    }

    /// What is undone of a wave or of what no wave does, in the order in which it is.
    fn undone(&self, group: &[Step], steps: &[Step]) -> Vec<String> {
        let mut told = Vec::new();
        let kind = |own: &Step| match own.change {
            Change::Home { .. } if matches!(own.action, Action::Shed | Action::LetIn) => 1,
            Change::Home { .. } if own.action == Action::Remove => -1,
            Change::Home { .. } => 0,
            Change::Weight { .. } => 2,
            Change::Member { .. } => 3,
            Change::AccessPoint { .. } => 4,
            Change::Mark { .. } => 5,
        };
        let first = group[0];
        let mut weights = if are_ahead(group) {
            None
        } else {
            self.weights_back((first.period, first.wave), steps)
        };
        let lets_in = |step: &Step| step.action == Action::LetIn;
        if weights.is_none() && group.iter().any(lets_in) {
            // Who was served nowhere has no weights in the period.
            weights = Some(weights_until(first.period));
        }
        let moves = |step: &Step| kind(step) == 0;
        if weights.is_none() && first.wave.is_some() && group.iter().any(moves) {
            // Who comes back needs the weights that led to where he was.
            weights = Some(self.weights_with_which((first.period, first.wave)));
        }
        // Nobody is led to what is not open yet.
        let opens = |step: &&Step| step.action == Action::OpenAccessPoint;
        let opening = group.iter().filter(opens);
        let opening: Vec<String> = opening
            .filter_map(|own| self.imperative(own))
            .map(|own| lowered(own.trim_end_matches('.')))
            .collect();
        if !opening.is_empty() {
            told.push(opening.join(", "));
        }
        let mut left = group.len();
        for of_kind in group.chunk_by(|a, b| kind(a) == kind(b)) {
            let first = of_kind[0];
            left -= of_kind.len();
            let are_back = group[group.len() - left..].iter().all(|own| kind(own) > 0);
            // Whoever moves back does so before weights turn; users are let in, and access points close, after that.
            if kind(&first) >= 2 || lets_in(&first) && are_back {
                told.extend(weights.take());
            }
            let (back, unreachable): (Vec<&Step>, Vec<&Step>) =
                of_kind.iter().partition(|own| self.can_be_undone(own));
            if !unreachable.is_empty() {
                told.push(format!(
                    "leave as it is, with its weights, {} without users before: the state before has no path for them",
                    shards(unreachable.len())
                ));
            }
            if back.is_empty() {
                continue;
            }
            let words = match first.change {
                Change::Home { .. } if first.action == Action::Remove => format!(
                    "take {} without a home before out of service (action `remove`), or leave them where they are with their weights, and open what they pass",
                    shards(of_kind.len())
                ),
                Change::Home { .. } if kind(&first) == 0 => {
                    format!("move {} back", shards(distinct(&back)))
                }
                Change::Home { .. } if lets_in(&first) => {
                    format!("let the users of {} in again", shards(distinct(&back)))
                }
                Change::Home { .. } => {
                    format!("stop serving the users of {}", shards(distinct(&back)))
                }
                Change::Member { .. } | Change::AccessPoint { .. } => {
                    let others = of_kind.iter().filter(|own| !opens(own));
                    let each = others.filter_map(|own| self.imperative(own));
                    let each: Vec<String> =
                        each.map(|own| lowered(own.trim_end_matches('.'))).collect();
                    if each.is_empty() {
                        continue;
                    }
                    each.join(", ")
                }
                Change::Weight { .. } | Change::Mark { .. } => continue,
            };
            told.push(words);
        }
        told.extend(weights);
        told
    }

    /// Which weights hold once a wave is undone, or what no wave does: those with which it began.
    fn weights_back(&self, (period, wave): (usize, Option<u32>), steps: &[Step]) -> Option<String> {
        let mut of_period = steps.iter().filter(|own| own.period == period);
        let is_weight = |own: &Step| matches!(own.change, Change::Weight { .. });
        let turns = of_period.any(|own| is_weight(own) && (wave.is_some() || own.wave.is_none()));
        if !turns {
            return None;
        }
        if let Some(number) = wave {
            let waves = self.waves_of(period);
            let own = waves.iter().find(|own| own.number == number)?;
            let earlier = waves.iter().filter(|own| own.number < number);
            let earlier = earlier.max_by_key(|own| own.number);
            let began_at = earlier.map_or(0.0, |own| own.steering_share);
            if (own.steering_share - began_at).abs() <= 0.0 {
                return None;
            }
        }
        Some(self.weights_with_which((period, wave)))
    }

    /// The weights with which a wave began, or what no wave does.
    fn weights_with_which(&self, (period, wave): (usize, Option<u32>)) -> String {
        let waves = self.waves_of(period);
        let mut waves = waves.iter();
        // What no wave does is done once those ahead of the period are over, which may have led users to where they were not.
        let earlier = match wave {
            None => waves.rfind(|own| self.is_ahead(period, own.number)),
            Some(number) => waves.rfind(|own| own.number < number && own.steering_share > 0.0),
        };
        if let Some(earlier) = earlier {
            let rows = rows(self, (period, earlier), [earlier.end; 2]);
            return format!("set every weight to that of wave_weights.csv with {rows}");
        }
        weights_until(period)
    }

    /// The waves that lead to a period.
    fn waves_of(&self, period: usize) -> Vec<&Wave> {
        let all = self.plan.transitions.iter();
        let all = all.filter(|own| own.period == period);
        all.flat_map(|own| &own.waves).collect()
    }
}

/// Which weights hold before a period.
fn weights_until(period: usize) -> String {
    format!("set every weight to that of {}", until(period))
}

/// Shards of steps, of which each may have parts.
fn distinct(steps: &[&Step]) -> usize {
    let shards = steps.iter().filter_map(|step| match step.change {
        Change::Home { shard, .. } => Some(shard),
        _ => None,
    });
    shards.collect::<BTreeSet<ShardId>>().len()
}

/// `true` for steps that no wave does, and after which users can come back: what opens and is put back before all else.
fn are_ahead(group: &[Step]) -> bool {
    let mut steps = group.iter();
    steps.all(|own| {
        own.wave.is_none() && matches!(own.action, Action::OpenAccessPoint | Action::PutBack)
    })
}

/// `true` for steps of no wave that close access points and do nothing else: they were opened before the waves.
fn are_closing(group: &[Step]) -> bool {
    let mut steps = group.iter();
    steps.all(|own| own.action == Action::CloseAccessPoint)
}

/// A sentence within another.
fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|own| own.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}
