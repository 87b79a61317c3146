//! Log: what the engine says of its levels, for whoever looks into it; silent unless asked for.

use std::env;
use tracing_subscriber::EnvFilter;

/// Names what is logged to standard error, such as `debug` or `plimsoll::solve=debug`.
const VARIABLE: &str = "PLIMSOLL_LOG";

/// Writes the log to standard error if the environment asks for it.
pub(super) fn start() {
    if let Ok(filter) = env::var(VARIABLE) {
        // A second start in one process can only be asked for by tests; the first one stays.
        let _ = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(filter))
            .with_writer(std::io::stderr)
            .without_time()
            .try_init();
    }
}
