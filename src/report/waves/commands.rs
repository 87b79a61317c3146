//! Commands: the templates of a scenario, filled in for each step.

use super::in_force::{Runbook, WeightRows};
use super::tasks::{RunbookTask, Work};
use super::weights::{CommandSetting, CommandWeight, HeldWeights};
use super::writer::TransitionWriter;
use crate::ids::ShardId;
use crate::model::{CommandKind, CommandTemplate, Placeholder, TemplatePiece};
use crate::plan::{Change, Step, has_copy};
use crate::plan_files::{Action, How};
use crate::report::text::visible;
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The text as one word of the shell.
pub(super) fn quoted(text: &str) -> String {
    let quoted = shlex::try_quote(text).map(Cow::into_owned);
    // No text of ours has the one character that no word may have.
    quoted.unwrap_or_else(|_| "''".to_owned())
}

/// The text with what is hidden written out, line by line.
pub(super) fn visible_lines(text: &str) -> String {
    let lines: Vec<Cow<'_, str>> = text.split('\n').map(visible).collect();
    lines.join("\n")
}

/// The commands of a step.
pub(super) enum StepCommands {
    /// No template is there for it, or an id would be taken for an option.
    ByHand,
    /// These; none where nothing has to be changed.
    Known(Vec<String>),
}

impl StepCommands {
    pub(super) fn known(&self) -> Option<&[String]> {
        match self {
            Self::ByHand => None,
            Self::Known(all) => Some(all),
        }
    }
}

/// The templates, with the weights that steps have set so far.
pub(super) struct FilledCommands<'a> {
    writer: &'a TransitionWriter<'a>,
    weights: Option<HeldWeights<'a>>,
    /// By the number of the step that has set weights, what they were.
    before: BTreeMap<usize, Vec<CommandSetting>>,
}

/// The step of which a command is a part.
#[derive(Debug, Clone)]
pub(super) struct CommandStep {
    pub(super) step: String,
    pub(super) period: usize,
    pub(super) wave: Option<u32>,
}

impl CommandStep {
    fn of(task: &RunbookTask<'_>) -> Self {
        Self {
            step: task.number.to_string(),
            period: task.period,
            wave: task.wave,
        }
    }

    /// The step that undoes a task.
    pub(super) fn back(task: &RunbookTask<'_>) -> Self {
        Self {
            step: format!("back-{}", task.number),
            ..Self::of(task)
        }
    }
}

/// The values of one command.
struct CommandValues<'v> {
    place: &'v CommandStep,
    of: &'v dyn Fn(Placeholder) -> String,
}

impl<'a> FilledCommands<'a> {
    pub(super) fn new(runbook: &Runbook<'a>) -> Self {
        let transition_writer = runbook.writer;
        let template = transition_writer
            .scenario
            .commands
            .get(&CommandKind::Weight);
        Self {
            writer: transition_writer,
            weights: template.map(|template| HeldWeights::new(transition_writer, Some(template))),
            before: BTreeMap::new(),
        }
    }

    /// The commands of the next step; steps are asked for in order.
    pub(super) fn commands(&mut self, task: &RunbookTask<'_>) -> StepCommands {
        let place = &CommandStep::of(task);
        match &task.work {
            Work::Nothing => StepCommands::ByHand,
            Work::Weights { seconds, .. } => self.weights(task, *seconds),
            Work::Moves(moves) => {
                let Some(template) = self.template(CommandKind::Move) else {
                    return StepCommands::ByHand;
                };
                let each = moves.iter().map(|moved| {
                    let how = match (moved.from, moved.how) {
                        (None, _) => "place",
                        (_, How::Copy) => "copy",
                        (_, How::Takeover) => "takeover",
                    };
                    let site = |id| self.writer.inventory.site_id(id).to_owned();
                    let of = |value| match value {
                        Placeholder::FromSite => moved.from.map(site).unwrap_or_default(),
                        Placeholder::ToSite => site(moved.to),
                        Placeholder::How => how.to_owned(),
                        Placeholder::Users => moved.users.to_string(),
                        other => self.of_shard(moved.shard, other),
                    };
                    filled(template, &CommandValues { place, of: &of })
                });
                known(each)
            }
            Work::Steps(steps, seconds) => self.of_steps(steps, *seconds, place),
        }
    }

    /// The commands of changes, in their order.
    pub(super) fn of_steps(
        &self,
        steps: &[Step],
        seconds: f64,
        place: &CommandStep,
    ) -> StepCommands {
        known(steps.iter().map(|step| self.of_step(place, step, seconds)))
    }

    /// What weights were that a step has set.
    pub(super) fn before(&self, task: &RunbookTask<'_>) -> &[CommandSetting] {
        self.before
            .get(&task.number)
            .map_or(&[], |pairs| pairs.as_slice())
    }

    /// What weights were before any step has set them, of those that the given steps have changed.
    pub(super) fn first(&self, changed: &BTreeSet<usize>) -> Vec<CommandSetting> {
        let mut first: BTreeMap<&CommandWeight, f64> = BTreeMap::new();
        for (key, weight) in self.before.values().flatten() {
            first.entry(key).or_insert(*weight);
        }
        let changed = changed.iter().filter_map(|index| self.before.get(index));
        let keys: BTreeSet<&CommandWeight> = changed.flatten().map(|pair| &pair.0).collect();
        let all = keys.into_iter();
        all.filter_map(|key| Some((key.clone(), *first.get(key)?)))
            .collect()
    }

    /// The commands that set weights.
    pub(super) fn set(
        &self,
        weights: &[CommandSetting],
        seconds: f64,
        place: &CommandStep,
    ) -> StepCommands {
        let Some(template) = self.template(CommandKind::Weight) else {
            return StepCommands::ByHand;
        };
        let each = weights.iter().map(|(key, weight)| {
            let of = |value| self.of_weight((key, *weight), seconds, value);
            filled(template, &CommandValues { place, of: &of })
        });
        known(each)
    }

    /// The commands that set weights back to those of rows, in a rollback that begins at an instant.
    pub(super) fn go_back(
        &mut self,
        rows: WeightRows,
        at: Timestamp,
        place: &CommandStep,
    ) -> StepCommands {
        let weights = self.weights.as_mut();
        let changed = weights.map(|held_weights| held_weights.go_back(rows, at));
        self.set(&changed.unwrap_or_default(), 0.0, place)
    }

    fn template(&self, kind: CommandKind) -> Option<&'a CommandTemplate> {
        self.writer.scenario.commands.get(&kind)
    }

    fn weights(&mut self, task: &RunbookTask<'_>, seconds: f64) -> StepCommands {
        let Some(weights) = &mut self.weights else {
            return StepCommands::ByHand;
        };
        let turn = weights.set_by(task);
        self.before.insert(task.number, turn.before);
        self.set(&turn.changed, seconds, &CommandStep::of(task))
    }

    fn of_weight(
        &self,
        (key, weight): (&CommandWeight, f64),
        seconds: f64,
        value: Placeholder,
    ) -> String {
        let inventory = self.writer.inventory;
        match value {
            Placeholder::ClientRegion => inventory.client_regions[key.client_region.index()]
                .id
                .clone(),
            Placeholder::Profile => key
                .profile
                .map(|profile| inventory.profiles[profile.index()].id.clone())
                .unwrap_or_default(),
            Placeholder::MaxLatency => {
                let limit = key.limit.map(f64::from_bits);
                let limit = limit.filter(|value| value.is_finite());
                limit.map(|value| value.to_string()).unwrap_or_default()
            }
            Placeholder::AccessPoint => key
                .access_point
                .map(|access_point| inventory.access_point_id(access_point).to_owned())
                .unwrap_or_default(),
            Placeholder::Site => key
                .site
                .map(|site| inventory.site_id(site).to_owned())
                .unwrap_or_default(),
            Placeholder::Path => key.path_words(self.writer),
            // What arithmetic leaves in the tenth digit is no weight.
            Placeholder::Weight => ((weight * 1e9).round() / 1e9).to_string(),
            other => shared(other, weight, seconds),
        }
    }

    fn of_shard(&self, shard: ShardId, value: Placeholder) -> String {
        let inventory = self.writer.inventory;
        match value {
            Placeholder::Shard => inventory.shard_name(shard).to_owned(),
            Placeholder::Tenant => {
                let tenant = inventory.shards[shard.index()].tenant;
                inventory.tenants[tenant.index()].clone()
            }
            _ => String::new(),
        }
    }

    /// The command of a step of changes.csv; `None` if there is no template for it.
    fn of_step(&self, place: &CommandStep, step: &Step, seconds: f64) -> Option<String> {
        let inventory = self.writer.inventory;
        let kind = match step.action {
            Action::OpenAccessPoint => CommandKind::Open,
            Action::CloseAccessPoint => CommandKind::Close,
            Action::TakeOut => CommandKind::Pull,
            Action::PutBack => CommandKind::Return,
            Action::Shed | Action::LetIn => CommandKind::Throttle,
            // What takes a shard out of service is no move.
            Action::Weight | Action::Remove => return None,
            _ => CommandKind::Move,
        };
        let template = self.template(kind)?;
        let site = |id| inventory.site_id(id).to_owned();
        let of = |value| match (step.change, value) {
            (Change::AccessPoint { access_point, .. }, Placeholder::AccessPoint) => {
                inventory.access_point_id(access_point).to_owned()
            }
            (Change::Member { pool, .. }, Placeholder::Pool) => {
                inventory.pools[pool.index()].id.clone()
            }
            (Change::Member { member, .. }, Placeholder::Member) => {
                inventory.elements[member.index()].id.clone()
            }
            (Change::Member { after, .. }, other) => shared(other, after[0], seconds),
            (Change::Home { from, .. }, Placeholder::FromSite) => {
                from.map(site).unwrap_or_default()
            }
            (Change::Home { to, .. }, Placeholder::ToSite) => to.map(site).unwrap_or_default(),
            (Change::Home { from, to, .. }, Placeholder::Site) => {
                from.or(to).map(site).unwrap_or_default()
            }
            (Change::Home { shard, to, .. }, Placeholder::How) => match step.action {
                Action::Takeover => "takeover".to_owned(),
                Action::Return if to.is_some_and(|to| has_copy(inventory, shard, to)) => {
                    "takeover".to_owned()
                }
                Action::Place => "place".to_owned(),
                Action::Shed => "shed".to_owned(),
                Action::LetIn => "let_in".to_owned(),
                _ => "copy".to_owned(),
            },
            (Change::Home { users, .. }, Placeholder::Users) => users.to_string(),
            (Change::Home { share, .. }, Placeholder::Share) => share.to_string(),
            (Change::Home { shard, .. }, other) => self.of_shard(shard, other),
            _ => String::new(),
        };
        filled(template, &CommandValues { place, of: &of })
    }
}

/// A share, and the time over which it turns.
fn shared(value: Placeholder, share: f64, seconds: f64) -> String {
    match value {
        Placeholder::Share => share.to_string(),
        Placeholder::Percent => {
            let percent = format!("{:.10}", share * 100.0);
            let percent = percent.trim_end_matches('0').trim_end_matches('.');
            percent.to_owned()
        }
        Placeholder::Seconds => seconds.to_string(),
        _ => String::new(),
    }
}

/// All commands, or by hand where one of them is not there.
fn known(each: impl Iterator<Item = Option<String>>) -> StepCommands {
    each.collect::<Option<Vec<String>>>()
        .map_or(StepCommands::ByHand, StepCommands::Known)
}

/// A template with its values, each one quoted word; `None` if a value would be taken for an option.
fn filled(template: &CommandTemplate, values: &CommandValues<'_>) -> Option<String> {
    let mut command = String::new();
    for piece in &template.pieces {
        match piece {
            TemplatePiece::Text(text) => command.push_str(text),
            TemplatePiece::Value(value) => {
                let place = values.place;
                let text = match value {
                    Placeholder::Step => place.step.clone(),
                    Placeholder::Period => place.period.to_string(),
                    Placeholder::Wave => {
                        let wave = place.wave.map(|number| number.to_string());
                        wave.unwrap_or_default()
                    }
                    other => (values.of)(*other),
                };
                let begins_word = command.is_empty() || command.ends_with([' ', '\t']);
                if begins_word && text.starts_with('-') {
                    return None;
                }
                command.push_str(&quoted(&text));
            }
        }
    }
    Some(command)
}
