//! Commands: what an operator runs to carry out a step, as templates of a scenario.

use super::word::{Word, words};
use std::collections::BTreeMap;

/// A kind of step for which a scenario may give a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CommandKind {
    /// Sets the weight of a path.
    Weight,
    /// Moves a shard, by a copy or to one, or places it.
    Move,
    /// Opens an access point.
    Open,
    /// Closes an access point.
    Close,
    /// Gives a member of a pool fewer of its users, or none.
    Pull,
    /// Gives a member of a pool more of its users again.
    Return,
    /// Stops or resumes serving users of a shard where it is homed.
    Throttle,
}

/// A value that a command is filled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Placeholder {
    /// The number of the step in the runbook.
    Step,
    /// The period to which it leads.
    Period,
    /// The wave; blank without one.
    Wave,
    /// Id of a client region.
    ClientRegion,
    /// Id of a profile.
    Profile,
    /// Latency limit in milliseconds; blank without one.
    MaxLatency,
    /// Id of an access point.
    AccessPoint,
    /// Id of a site.
    Site,
    /// Ids of the places of a path.
    Path,
    /// Share of users, 0 to 1.
    Weight,
    /// The same share in percent.
    Percent,
    /// Seconds over which a weight turns evenly.
    Seconds,
    /// Id of a shard.
    Shard,
    /// Name of the tenant of the shard.
    Tenant,
    /// Id of the site that the shard leaves; blank if it had none.
    FromSite,
    /// Id of the site to which it goes.
    ToSite,
    /// How it goes there: `copy`, `takeover` or `place`; or what is done to its users: `shed` or `let_in`.
    How,
    /// Number of users.
    Users,
    /// Id of a pool.
    Pool,
    /// Id of a member of the pool.
    Member,
    /// Share of the users of the pool, or of the shard, 0 to 1.
    Share,
}

words!(CommandKind:
    "weight" = Self::Weight, "move" = Self::Move, "open" = Self::Open, "close" = Self::Close,
    "pull" = Self::Pull, "return" = Self::Return, "throttle" = Self::Throttle);

words!(Placeholder:
    "step" = Self::Step, "period" = Self::Period, "wave" = Self::Wave,
    "client_region" = Self::ClientRegion, "profile" = Self::Profile, "max_latency_ms" = Self::MaxLatency,
    "access_point" = Self::AccessPoint, "site" = Self::Site, "path" = Self::Path,
    "weight" = Self::Weight, "percent" = Self::Percent, "seconds" = Self::Seconds,
    "shard" = Self::Shard, "tenant" = Self::Tenant, "from_site" = Self::FromSite, "to_site" = Self::ToSite,
    "how" = Self::How, "users" = Self::Users, "pool" = Self::Pool, "member" = Self::Member,
    "share" = Self::Share);

impl CommandKind {
    /// The values that steps of this kind have.
    pub fn placeholders(self) -> &'static [Placeholder] {
        use Placeholder as P;
        match self {
            Self::Weight => &[
                P::ClientRegion,
                P::Profile,
                P::MaxLatency,
                P::AccessPoint,
                P::Site,
                P::Path,
                P::Weight,
                P::Percent,
                P::Seconds,
                P::Step,
                P::Period,
                P::Wave,
            ],
            Self::Move => &[
                P::Shard,
                P::Tenant,
                P::FromSite,
                P::ToSite,
                P::How,
                P::Users,
                P::Step,
                P::Period,
                P::Wave,
            ],
            Self::Open | Self::Close => &[P::AccessPoint, P::Step, P::Period],
            Self::Pull | Self::Return => &[
                P::Pool,
                P::Member,
                P::Share,
                P::Percent,
                P::Seconds,
                P::Step,
                P::Period,
                P::Wave,
            ],
            Self::Throttle => &[
                P::Shard,
                P::Tenant,
                P::Site,
                P::How,
                P::Users,
                P::Share,
                P::Step,
                P::Period,
                P::Wave,
            ],
        }
    }

    /// Values without which a command of this kind does not say what it changes: one of each group stands in it.
    pub fn required(self) -> &'static [&'static [Placeholder]] {
        use Placeholder as P;
        match self {
            Self::Weight => &[
                &[P::ClientRegion],
                &[P::AccessPoint, P::Path],
                &[P::Weight, P::Percent],
            ],
            Self::Move => &[&[P::Shard], &[P::ToSite]],
            Self::Open | Self::Close => &[&[P::AccessPoint]],
            Self::Pull | Self::Return => &[&[P::Member], &[P::Share, P::Percent]],
            Self::Throttle => &[&[P::Shard], &[P::Users, P::Share], &[P::How]],
        }
    }
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplatePiece {
    /// As the scenario has it.
    Text(String),
    /// A value, which becomes one quoted word of the shell.
    Value(Placeholder),
}

/// A command with places for values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CommandTemplate {
    /// In order.
    pub pieces: Vec<TemplatePiece>,
}

impl CommandTemplate {
    /// Whether a value stands in it.
    pub fn has(&self, value: Placeholder) -> bool {
        self.pieces.contains(&TemplatePiece::Value(value))
    }
}

/// The templates of a scenario, by kind.
pub type Commands = BTreeMap<CommandKind, CommandTemplate>;
