//! Steps of a rollback: their words, each with what it changes.

use super::in_force::WeightRows;
use crate::ids::AccessPointId;
use crate::plan::{Change, Step};
use crate::plan_files::{AccessPointUse, Action};
use crate::report::grammar::capital;

/// What a part of a rollback changes.
#[derive(Debug, Clone)]
pub(super) enum BackWork {
    /// Nothing: the operator has to know it.
    Note,
    /// What no command does.
    ByHand,
    /// These changes, in this order.
    Steps(Vec<Step>),
    /// Weights, to those of rows.
    Weights(WeightRows),
}

/// A part of a step of a rollback.
#[derive(Debug, Clone)]
pub(super) struct BackPart {
    pub(super) words: String,
    pub(super) work: BackWork,
}

/// A step of a rollback.
#[derive(Debug, Clone)]
pub(super) struct BackStep {
    /// What is undone, before its parts; empty where the words of the part are the whole sentence.
    pub(super) head: String,
    pub(super) parts: Vec<BackPart>,
}

impl BackPart {
    pub(super) fn new(words: impl Into<String>, work: BackWork) -> Self {
        Self {
            words: words.into(),
            work,
        }
    }
}

impl BackStep {
    /// One sentence, with what it changes.
    pub(super) fn of(sentence: impl Into<String>, work: BackWork) -> Self {
        Self {
            head: String::new(),
            parts: vec![BackPart::new(sentence, work)],
        }
    }

    /// As the runbook says it.
    pub(super) fn words(&self) -> String {
        let parts = self.parts.iter().map(|part| part.words.as_str());
        let parts: Vec<&str> = parts.collect();
        self.sentence(&parts.join(", then "))
    }

    /// The words of a part, with what is undone.
    pub(super) fn words_of(&self, part: &BackPart) -> String {
        self.sentence(&part.words)
    }

    fn sentence(&self, words: &str) -> String {
        if self.head.is_empty() {
            words.to_owned()
        } else {
            format!("{}: {words}.", self.head)
        }
    }
}

/// An instruction as a sentence of its own.
pub(super) fn as_sentence(words: &str) -> String {
    format!("{}.", capital(words))
}

/// An access point that opens, or closes.
pub(super) fn turned(access_point: AccessPointId, action: Action) -> BackWork {
    let (open, closed) = (AccessPointUse::Opened, AccessPointUse::Standby);
    let [before, after] = if action == Action::OpenAccessPoint {
        [closed, open]
    } else {
        [open, closed]
    };
    let change = Change::AccessPoint {
        access_point,
        before,
        after,
        users: 0.0,
    };
    BackWork::Steps(vec![alone(action, change)])
}

/// A change that no row of changes.csv has.
pub(super) fn alone(action: Action, change: Change) -> Step {
    Step {
        period: 0,
        number: 0,
        action,
        change,
        at: None,
        wave: None,
    }
}
