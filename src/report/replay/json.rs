//! replay.json.

use super::run::{DOWN_SHARE, RunFacts, share_down};
use super::told::Told;
use crate::error::{Error, Result};
use crate::plan::replay::{Conduct, Felt, SlowWork};
use crate::plan_files::REPLAY_FORMAT;
use crate::report::csv::Records;
use crate::report::text;
use serde_json::{Map, Value, json};

/// Components that replay.json has of a run; components.csv has all.
const MOST_COMPONENTS: usize = 20;

impl Told<'_> {
    /// replay.json as text, ended by a line feed.
    ///
    /// # Errors
    /// `Error::Internal` if it cannot be written.
    pub fn json(&self) -> Result<String> {
        let written = serde_json::to_string_pretty(&self.value())
            .map_err(|error| Error::Internal(error.to_string()))?;
        Ok(text::json(&written).into_owned() + "\n")
    }

    fn value(&self) -> Value {
        let policy = &self.replay.policy;
        let runs: Vec<Value> = self.runs().iter().map(|own| self.run_value(own)).collect();
        let plan = self.carried.as_ref().map(|own| {
            json!({
                "made_here": own.is_made_here,
                "rules_broken": own.broken,
                "refused": own.refused,
            })
        });
        json!({
            "format": REPLAY_FORMAT,
            "plimsoll": env!("CARGO_PKG_VERSION"),
            "scenario": self.scenario.name,
            "inputs": {
                "inventory": self.inputs.inventory,
                "scenario": self.inputs.scenario,
            },
            "plan": plan,
            "assumed": {
                "step_seconds": policy.step_seconds,
                "backoff_seconds": policy.backoff_seconds,
                "backoff_factor": policy.backoff_factor,
                "jitter": policy.jitter,
                "return_seconds": policy.return_seconds,
                "accept_queue_seconds": policy.accept_queue_seconds,
            },
            "down_share": DOWN_SHARE,
            "finding": self.finding(),
            "difference": self.difference(),
            "runs": runs,
        })
    }

    /// What the plan spares; null without both runs.
    fn difference(&self) -> Value {
        let both = self.of(Conduct::Plan).zip(self.of(Conduct::Nothing));
        both.map_or(Value::Null, |(plan, nothing)| {
            json!({
                "down_minutes_spared": nothing.down_minutes() - plan.down_minutes(),
                "share_spared": self.spared(),
            })
        })
    }

    fn run_value(&self, own: &RunFacts<'_>) -> Value {
        let clock = self.clock();
        let moments = &own.run.moments;
        let (first, last) = (moments.first(), moments.last());
        let tiers = own.tiers.iter().map(|(tier, felt)| {
            let mut all = Map::new();
            let id = self.inventory.tiers[tier.index()].id.as_str();
            all.insert("tier".to_owned(), json!(id));
            all.extend(felt_values(felt));
            Value::Object(all)
        });
        let credits = own.credits.shares.iter();
        let credits =
            credits.map(|(share, tenants)| json!({ "credit": share, "tenants": tenants }));
        let components = own.shortages.iter().take(MOST_COMPONENTS);
        let components = Records::of(components.map(|short| (own, short)));
        let worst_components = self.shortages(components).objects();
        let mut all = Map::new();
        let mut put = |name: &str, value: Value| {
            all.insert(name.to_owned(), value);
        };
        put("run", json!(own.run.conduct.word()));
        put("start", json!(first.map(|own| clock.instant(own.start))));
        put("end", json!(last.map(|own| clock.instant(own.end))));
        put("steps", json!(moments.len()));
        let [coarse_from, coarse_until] = own
            .coarse()
            .map_or([None, None], |own| own.map(|at| Some(clock.instant(at))));
        put("coarse_steps", json!(own.run.coarse.len()));
        put("coarse_from", json!(coarse_from));
        put("coarse_until", json!(coarse_until));
        for (name, value) in felt_values(&own.run.totals) {
            put(&name, value);
        }
        let worst = own.worst.map(|own| {
            json!({
                "start": clock.instant(own.start),
                "end": clock.instant(own.end),
                "users": own.users,
                "users_down": own.down,
                "most_users_down": own.most_down,
            })
        });
        put("worst_moment", json!(worst));
        let [begins, ends] = own
            .down
            .map_or([None, None], |own| own.map(|at| Some(clock.instant(at))));
        put("down_from", json!(begins));
        put("down_until", json!(ends));
        put("down_at_end", json!(own.is_down_at_end));
        let waits = last.map_or(0.0, |own| own.in_flight);
        put("waiting_user_seconds_at_end", json!(waits));
        put("unsafe_turns", self.unsafe_turns_value(own));
        put("tiers", tiers.collect());
        put("credits", credits.collect());
        put("components", json!(own.shortages.len()));
        put("worst_components", json!(worst_components));
        let slow: Vec<Value> = own
            .run
            .slow
            .iter()
            .map(|own| self.slow_value(own))
            .collect();
        put("slow_work", json!(slow));
        Value::Object(all)
    }

    fn slow_value(&self, own: &SlowWork) -> Value {
        let resource = &self.inventory.resources[own.resource.index()];
        json!({
            "start": self.scenario.events.get(own.event).map(|own| self.clock().instant(own.start)),
            "component": self.inventory.component_name(own.component),
            "resource": resource.id,
            "unit": resource.unit,
            "load": own.load,
            "capacity": own.capacity,
            "inflation": own.inflation,
            "falls_behind": own.falls_behind(),
            "longest_timeout_seconds": own.longest_timeout,
            "most_retries": own.most_retries,
            "least_quarantine": own.least_quarantine,
        })
    }
}

/// What some users felt, by name.
fn felt_values(felt: &Felt) -> Map<String, Value> {
    let share = share_down(felt);
    let all = [
        ("user_minutes", json!(felt.user_seconds / 60.0)),
        ("down_minutes", json!(felt.down_minutes())),
        ("uptime", json!(share.map(|own| 1.0 - own))),
        ("down_share", json!(share)),
        ("sent", json!(felt.sent / 60.0)),
        ("served", json!(felt.served / 60.0)),
        ("failed", json!(felt.failed / 60.0)),
        ("late", json!(felt.late / 60.0)),
        ("mean_wait_seconds", json!(felt.mean_wait())),
        (
            "longest_wait_seconds",
            json!(felt.mean_wait().map(|_| felt.longest)),
        ),
    ];
    all.map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}
