//! Sentences about a replay as a whole: the finding, credits and assumptions; and the words for lengths and shares.

use super::facts::{ReplayReport, RunFacts, share_down};
use crate::ids::ComponentId;
use crate::plan::replay::Conduct;
use crate::report::grammar::{capital, count, counted_with, lower_first, said_if};
use crate::report::independent_retries::{IF_AVOIDED, not_checked};
use crate::report::numbers;
use crate::report::waves::duration;
use std::collections::BTreeMap;

/// The finding of a run in which retries alone keep users from being down.
const UNLESS_AVOIDED: &str = "users are down unless retries avoid the fault";

/// Before the reason of a refused plan.
pub(super) const REFUSED_PLAN: &str = "REFUSED, do not carry out this plan";

/// A smaller change is shown as none.
const AS_GOOD: f64 = 0.0005;

impl ReplayReport<'_> {
    /// The finding, in one sentence without its stop. Lost minutes stand before the value that they are compared with.
    pub fn finding(&self) -> String {
        let with_plan = self.with_plan();
        let none = |run: &RunFacts<'_>| !run.is_anybody_down() && !run.is_open();
        let is_open = |run: &RunFacts<'_>| !run.is_anybody_down() && run.is_open();
        match (self.of(Conduct::Plan), self.of(Conduct::Nothing)) {
            (None, None) => "Nothing was played".to_owned(),
            (None, Some(nothing)) if none(nothing) => {
                let waits = waiting(nothing);
                format!("No users are down even without action{waits}")
            }
            (None, Some(nothing)) if is_open(nothing) => format!("Without action {UNLESS_AVOIDED}"),
            (None, Some(nothing)) => format!("Without action {}", lost(nothing)),
            (Some(plan), None) if none(plan) => {
                format!("{with_plan} no users are down{}", waiting(plan))
            }
            (Some(plan), None) if is_open(plan) => format!("{with_plan} {UNLESS_AVOIDED}"),
            (Some(plan), None) => format!("{with_plan} {}", lost(plan)),
            (Some(plan), Some(nothing)) if is_open(plan) || is_open(nothing) => {
                let [with, without] = [plan, nothing].map(|run| match none(run) {
                    true => "no users are down".to_owned(),
                    false if is_open(run) => UNLESS_AVOIDED.to_owned(),
                    false => lost(run),
                });
                format!("{with_plan} {with}; without action {without}")
            }
            (Some(plan), Some(nothing)) => {
                let minutes = user_minutes_are(plan.down_minutes());
                let avoided = if_avoided(plan);
                let instead = nothing.down_minutes();
                match (none(plan), none(nothing)) {
                    (true, true) => format!(
                        "No users are down, {} or without action{}",
                        lower_first(with_plan),
                        waiting(plan)
                    ),
                    (true, false) => format!(
                        "{with_plan} no users are down{}; without action {} lost{}",
                        waiting(plan),
                        user_minutes_are(instead),
                        if_avoided(nothing)
                    ),
                    (false, true) => {
                        format!(
                            "{with_plan} {minutes} lost{avoided}; without action no users are down"
                        )
                    }
                    (false, false) => format!(
                        "{with_plan} {minutes} lost{avoided}, {} than without action ({})",
                        less(self.spared().unwrap_or(0.0)),
                        numbers::about(instead)
                    ),
                }
            }
        }
    }

    /// `With the plan`, or that this plan is refused or does not hold.
    fn with_plan(&self) -> &'static str {
        match &self.carried {
            Some(carried_plan) if carried_plan.refused.is_some() => "With the refused plan",
            Some(carried_plan) if carried_plan.broken > 0 => "With the plan that does not hold",
            _ => premise(Conduct::Plan),
        }
    }

    /// That the plan is refused or does not hold; `None` of a sound one.
    pub(super) fn plan_words(&self) -> Option<String> {
        let carried = self.carried.as_ref()?;
        let refused = carried.refused.as_ref().map(|reason| {
            format!("{REFUSED_PLAN}: {reason}. The replay shows its result all the same.")
        });
        let broken = (carried.broken > 0).then(|| {
            let rules = count(carried.broken, "rule");
            format!(
                "The plan does not hold: it breaks {rules}. The replay shows its result all the same."
            )
        });
        let sentences: Vec<String> = refused.into_iter().chain(broken).collect();
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }

    /// That retries may meet the same fault again, in any of the runs; `None` where the replay does not depend on it.
    pub(super) fn not_checked(&self) -> Option<String> {
        let mut all: BTreeMap<ComponentId, f64> = BTreeMap::new();
        for (component, share) in self.runs.iter().flat_map(|run| &run.independent) {
            let most = all.entry(*component).or_default();
            *most = most.max(*share);
        }
        let mut ranked: Vec<(ComponentId, f64)> = all.into_iter().collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let most = ranked.first()?.1;
        let components: Vec<ComponentId> = ranked.into_iter().map(|pair| pair.0).collect();
        let otherwise = format!("up to {} of the work there fails", share_words(most));
        Some(not_checked(self.inventory, &components, &otherwise))
    }

    pub(super) fn credit_words(&self) -> String {
        let parts: Vec<String> = self.runs.iter().map(|run| self.credits_of(run)).collect();
        let rest = if self.runs.iter().any(|run| self.below(run) > 0) {
            " Uptime is that of the calendar month if nothing else happens in it."
        } else {
            ""
        };
        let sentences: Vec<String> = parts.iter().map(|part| capital(part)).collect();
        format!("{}.{rest}", sentences.join(". "))
    }

    fn credits_of(&self, run: &RunFacts<'_>) -> String {
        let premise = premise(run.run.conduct).to_lowercase();
        let get =
            |tenants: usize| counted_with(&numbers::whole(tenants), "tenant", ["gets", "get"]);
        let below = self.below(run);
        if below == 0 {
            let avoided = if_avoided(run);
            return format!("{premise} every tenant gets its promised uptime{avoided}");
        }
        let mut of = " of the month's price back";
        let credits = run.credits.iter().map(|(share, tenants)| {
            let share = numbers::short_percent(*share);
            format!("{} {share}{}", get(*tenants), std::mem::take(&mut of))
        });
        let mut parts: Vec<String> = credits.collect();
        let with_credit = run.credits.iter().map(|credit| credit.1).sum();
        let without = below.saturating_sub(with_credit);
        if without > 0 {
            let tenants = get(without);
            parts.push(format!("{tenants} less than promised and nothing back"));
        }
        format!("{premise} {}", parts.join(", "))
    }

    /// The assumptions about clients, and how users are counted, a sentence each.
    pub(super) fn assumed(&self) -> Vec<String> {
        let replay_policy = &self.replay.policy;
        let jitter = numbers::short_percent(replay_policy.jitter);
        let spread = said_if(
            replay_policy.jitter > 0.0,
            format!(", spread by {jitter} to both sides"),
        );
        let wait = if replay_policy.backoff_seconds > 0.0 {
            let factor = numbers::amount(replay_policy.backoff_factor);
            let longer = format!(", every further wait {factor} times as long");
            let longer = said_if(replay_policy.backoff_factor > 1.0, longer);
            let first = duration(replay_policy.backoff_seconds);
            format!("{first} after a failure{longer}{spread}")
        } else {
            "at once".to_owned()
        };
        let all = [
            format!(
                "Played in steps of at most {}. Clients retry {wait}. Clients that gave up connecting reconnect after {}{spread}. A new session waits at most {} to be accepted.",
                duration(replay_policy.step_seconds),
                duration(replay_policy.return_seconds),
                duration(replay_policy.accept_queue_seconds),
            ),
            "User counts are peak counts. Users that are offline at that hour are counted as down in the same proportion."
                .to_owned(),
        ];
        all.into_iter().chain(self.too_coarse()).collect()
    }

    /// That clients retry sooner than is played, if any do.
    fn too_coarse(&self) -> Option<String> {
        let replay_policy = &self.replay.policy;
        let shortest = replay_policy.shortest_seconds();
        let mut moments = self.replay.runs.iter().flat_map(|run| &run.moments);
        let is_tried_again = moments.any(|moment| moment.again > 0.0);
        let profiles = self.inventory.profiles.iter();
        let retried = profiles.filter(|profile| profile.retries > 0.0);
        let soonest = retried
            .map(|profile| profile.timeout_seconds.unwrap_or(0.0) + replay_policy.backoff_seconds)
            .reduce(f64::min)
            .filter(|value| is_tried_again && shortest > 1.0 && *value < shortest)?;
        let when = if soonest > 0.0 {
            format!("after {}", duration(soonest))
        } else {
            "at once".to_owned()
        };
        Some(format!(
            "Clients retry {when} without an answer, but here after {} at the soonest. A shorter --step shows the effect more exactly.",
            duration(shortest),
        ))
    }
}

fn less(spared: f64) -> String {
    if spared >= AS_GOOD {
        format!("{} less", numbers::headroom(spared))
    } else if spared <= -AS_GOOD {
        format!("{} more", numbers::percent(-spared))
    } else {
        "no less".to_owned()
    }
}

/// `31.2 million user minutes are lost, 2.1 % of all`.
fn lost(run: &RunFacts<'_>) -> String {
    let minutes = user_minutes_are(run.down_minutes());
    let share = share_down(&run.run.totals).map(share_words);
    let of_all = share.map_or_else(String::new, |text| format!(", {text} of all"));
    format!("{minutes} lost{}{of_all}", if_avoided(run))
}

/// ` if retries avoid the fault`, where that is not checked.
fn if_avoided(run: &RunFacts<'_>) -> String {
    said_if(run.is_open(), format!(" {IF_AVOIDED}"))
}

/// `; queued work waits up to 29 min`; nothing where it waits less than a minute.
fn waiting(run: &RunFacts<'_>) -> String {
    let longest = run.run.totals.longest;
    let waits = format!("; queued work waits up to {}", length(longest));
    said_if(longest >= 60.0, waits)
}

/// A length of time as people say it, without what arithmetic adds to a whole second.
pub(super) fn length(seconds: f64) -> String {
    duration((seconds - 1e-3).max(0.0))
}

/// `31.2 million user minutes are`.
pub(in crate::report) fn user_minutes_are(minutes: f64) -> String {
    counted_with(&numbers::about(minutes), "user minute", ["is", "are"])
}

/// A share in percent with no more digits than it needs; a share above 0 is never shown as 0 %.
///
/// One digit from 0.1 % on, below it as many as it takes to see two.
pub(super) fn share_words(share: f64) -> String {
    let percent = share * 100.0;
    if percent >= 0.1 || percent <= 0.0 {
        numbers::short_percent(share)
    } else if percent >= 0.001 {
        format!("{} %", numbers::amount(percent))
    } else {
        "under 0.001 %".to_owned()
    }
}

/// `with the plan`, `without action`.
pub(super) fn heading(conduct: Conduct) -> &'static str {
    match conduct {
        Conduct::Plan => "with the plan",
        Conduct::Nothing => "without action",
    }
}

/// `With the plan`, `Without action`.
pub(super) fn premise(conduct: Conduct) -> &'static str {
    match conduct {
        Conduct::Plan => "With the plan",
        Conduct::Nothing => "Without action",
    }
}

#[cfg(test)]
mod tests {
    use super::share_words;

    #[test]
    fn a_share_above_0_is_never_shown_as_0_percent() {
        for (share, shown) in [
            (0.0, "0 %"),
            (1e-9, "under 0.001 %"),
            (0.000_012, "0.0012 %"),
            (0.000_4, "0.04 %"),
            (0.001_04, "0.1 %"),
            (0.0215, "2.1 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(share_words(share), shown);
        }
    }
}
