//! Words: the choices that stand in cells as words.

use super::cell::{CellValue, Misread, WrittenCell};
use crate::model::{Adjustment, Band, Condition, Recovery};
use std::borrow::Cow;

/// Declares an enum whose values stand in cells as words.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {$(
            $(#[$variant_doc])*
            #[doc = concat!("`", $word, "`")]
            $variant,
        )*}

        impl $name {
            /// All values, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word used in files.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        word_cell!($name);
    )*};
}

/// Declares that a choice stands in a cell as its word.
macro_rules! word_cell {
    ($choice:ty) => {
        impl WrittenCell for $choice {
            fn write(&self, text: &mut String) {
                text.push_str(self.word());
            }

            fn read(text: &str) -> Result<Self, Misread> {
                Misread::word(text, Self::ALL.as_ref(), Self::word)
            }

            fn value(&self) -> CellValue<'_> {
                CellValue::Text(Cow::Borrowed(self.word()))
            }
        }
    };
}
word_cell!(Recovery);
word_cell!(Band);
word_cell!(Condition);
word_cell!(Adjustment);

/// What a step of the change list sets: the use of an access point, or a share of users.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub enum StepSetting {
    /// Of an access point.
    Use(AccessPointUse),
    /// Of a client region's or a pool's users, 0 to 1.
    Share(f64),
}

impl WrittenCell for StepSetting {
    fn write(&self, text: &mut String) {
        match self {
            Self::Use(value) => value.write(text),
            Self::Share(value) => value.write(text),
        }
    }

    fn read(text: &str) -> Result<Self, Misread> {
        if text.starts_with(|first: char| first.is_ascii_alphabetic()) {
            AccessPointUse::read(text).map(Self::Use)
        } else {
            f64::read(text).map(Self::Share)
        }
    }

    fn is_writable(&self) -> bool {
        match self {
            Self::Use(_) => true,
            Self::Share(value) => value.is_finite(),
        }
    }

    fn value(&self) -> CellValue<'_> {
        match self {
            Self::Use(value) => value.value(),
            Self::Share(value) => CellValue::Number(*value),
        }
    }
}

words! {
    /// From what follows how long a tenant's users are down in a month.
    Counted {
        /// From what the plan says of its periods.
        Plan = "plan",
        /// From the plan's own replay.
        Replay = "replay",
    }

    /// What settled a case of a sweep.
    SettledBy {
        /// Everybody on their default path: nobody is unserved except those that nobody could serve, and no target is missed.
        Default = "default",
        /// Plans of smaller cases put together, which prices of theirs prove to be best.
        Parts = "parts",
        /// The solver, whose plan and prices are kept.
        Solver = "solver",
        /// The rule of a recovery that decides nothing.
        Rule = "rule",
    }

    /// How a component has to do with a case of a sweep.
    Role {
        /// More of it would help first.
        Binds = "binds",
        /// A standby access point that carries users.
        Opened = "opened",
    }

    /// Why a shard's users stand where they stand.
    Reason {
        /// At its current site.
        Home = "home",
        /// The site left has nothing left, by maintenance.
        Drained = "drained",
        /// The site left has nothing left, by a failure.
        Failed = "failed",
        /// Leaves a place that still works, or that no open path reaches.
        Relief = "relief",
        /// Back at its site of shards.csv after the events.
        Returned = "returned",
        /// Had no home.
        Placed = "placed",
        /// Served nowhere.
        Unserved = "unserved",
    }

    /// What keeps users from being served.
    Cause {
        /// None of the sites where they may be is open and reached by a path.
        NoSite = "no_site",
        /// Those that are have no capacity for them, or something on every path there has none.
        NoCapacity = "no_capacity",
        /// There is capacity, and no more users may move.
        MoveLimit = "move_limit",
    }

    /// How a shard gets to its new site.
    How {
        /// A copy of it is there already.
        Takeover = "takeover",
        /// Its data must travel.
        Copy = "copy",
    }

    /// What is done at a step of the change list.
    Action {
        /// Users may enter at an access point from now on.
        OpenAccessPoint = "open_access_point",
        /// A shard's data travels to a site that holds no copy, and it runs there.
        Copy = "copy",
        /// A shard without a home gets one.
        Place = "place",
        /// A shard runs from its copy at another site.
        Takeover = "takeover",
        /// A shard goes back: home after the events, or where it came from in the rollback.
        Return = "return",
        /// A shard that was placed loses its home: only in the rollback.
        Remove = "remove",
        /// The share of a client region's users who enter at an access point.
        Weight = "weight",
        /// A member of a pool gets a smaller share of its users, or none any more.
        TakeOut = "take_out",
        /// A member of a pool gets a larger share of its users again.
        PutBack = "put_back",
        /// Users of a shard are served no more.
        Shed = "shed",
        /// Users of a shard are served again where it is.
        LetIn = "let_in",
        /// Nobody enters at an access point any more.
        CloseAccessPoint = "close_access_point",
        /// No step: works or a fault begin.
        Begins = "begins",
        /// No step: a fault becomes known.
        Detected = "detected",
        /// No step: works or a fault end.
        Ends = "ends",
    }

    /// What an event is that a mark of the change list tells of.
    EventWord {
        /// Planned works.
        Maintenance = "maintenance",
        /// A fault.
        Failure = "failure",
        /// A fault that nobody notices until it is detected.
        Gray = "gray",
        /// A share of the work takes longer.
        Slow = "slow",
        /// Sessions end.
        Disconnect = "disconnect",
    }

    /// How a component stands with all retries running.
    Stability {
        /// It recovers by itself once a trigger has gone.
        Stable = "stable",
        /// A trigger can lock it in: with all retries running it is offered more than it has.
        Vulnerable = "vulnerable",
        /// It carries more than it has.
        Overloaded = "overloaded",
    }

    /// When the waves of a transition run.
    Timing {
        /// Before the period: what causes it is known beforehand, and all is done when the period begins.
        Ahead = "ahead",
        /// From the period's start on: nobody knew, or there was no capacity before.
        After = "behind",
    }

    /// What an access point does in a period.
    AccessPointUse {
        /// In use, as the inventory says.
        Active = "active",
        /// Ready and closed.
        Standby = "standby",
        /// A standby access point that is open.
        Opened = "opened",
        /// Nothing is left of it.
        Closed = "closed",
    }

    /// Why the plan does not answer yet what is in force.
    BlindPhase {
        /// Something in force is not known.
        Blind = "blind",
        /// It is known, the plan for it is not in force yet.
        Reacting = "reacting",
    }
}
