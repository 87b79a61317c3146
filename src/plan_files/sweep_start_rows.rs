//! The rows of the files that say what the cases of a sweep start from; `docs/output.md` says what each column means.

use super::cell::Text;
use super::table::rows;

rows! {
    /// homes.csv: where a shard is when the swept period begins, if it is not at its site of shards.csv.
    HomeRow = "homes.csv" {
        /// Shard id.
        shard: Text,
        /// Site id.
        site: Text,
        /// Of the shard: 1 unless it is split.
        share: f64,
    }

    /// `utilization_before.csv`: how full a component was in the state before, which before.csv alone does not tell
    /// where somebody was unserved then.
    UtilizationBeforeRow = "utilization_before.csv" {
        /// Component id.
        component: String,
        /// Resource id.
        resource: String,
        /// load ÷ capacity.
        utilization: f64,
    }
}
