//! Options: what the arguments mean.

use super::args::CheckArgs;
use std::path::PathBuf;

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON object, for programs.
    Json,
}

/// What `plimsoll check` is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CheckOptions {
    /// Folder of the inventory.
    pub(crate) inventory: PathBuf,
    /// Scenario files, later ones layered over earlier ones.
    pub(crate) scenarios: Vec<PathBuf>,
    /// Text or JSON.
    pub(crate) format: Format,
}

impl From<CheckArgs> for CheckOptions {
    fn from(args: CheckArgs) -> Self {
        Self {
            inventory: args.inventory,
            scenarios: args.scenario,
            format: if args.json {
                Format::Json
            } else {
                Format::Text
            },
        }
    }
}
