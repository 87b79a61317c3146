//! What of a written plan the referee does not recompute, and says so.

/// Fields of a file that are not recomputed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unjudged {
    /// The file, or the folder in which it stands.
    pub file: &'static str,
    /// Columns, or keys with all that stands below them; `[]` stands for each of a list. Empty is all of it.
    pub fields: &'static [&'static str],
}

/// All of them: pages and charts, which repeat the tables, prices, margins, ends of the forecast and recovery, which are checked only where they are made, how the plan was
/// made, and words that repeat the numbers beside them.
pub const UNJUDGED: [Unjudged; 10] = [
    Unjudged {
        file: "report.html",
        fields: &[],
    },
    Unjudged {
        file: "runbook.md",
        fields: &[],
    },
    Unjudged {
        file: "charts/",
        fields: &[],
    },
    Unjudged {
        file: "inputs/",
        fields: &[],
    },
    Unjudged {
        file: "explanations.json",
        fields: &[],
    },
    Unjudged {
        file: "access_points.csv",
        fields: &["reason"],
    },
    Unjudged {
        file: "unserved.csv",
        fields: &["reason"],
    },
    Unjudged {
        file: "headroom.csv",
        fields: &["shadow_price", "price_stage"],
    },
    Unjudged {
        file: "certificate.json",
        fields: &[
            "plimsoll",
            "inputs",
            "periods[].levels[].prices",
            "periods[].levels[].refuted[].prices",
            "periods[].levels[].other_sets[].prices",
        ],
    },
    Unjudged {
        file: "summary.json",
        fields: &[
            "plimsoll",
            "inputs",
            "model",
            "seconds",
            "warnings",
            "margin",
            "outages",
            "recovery",
            "replayed.remedies",
            "joint",
            "periods[].margin",
            "periods[].band",
            "periods[].refused",
            "periods[].remedies",
            "periods[].stages[].skipped",
            "periods[].stages[].whole_bound",
            "periods[].downtime.named_minutes",
            "periods[].downtime.outage_minutes",
            "periods[].downtime.down_until",
            "periods[].downtime.aftermath_until",
            "periods[].protection.least_unserved_users",
        ],
    },
];

/// The same of a written sweep: pages and charts, the cells of the page's sheet, which repeat the other tables, how full components were before where
/// that is asked of nothing else, and what the sweep was made from.
pub const SWEEP_UNJUDGED: [Unjudged; 8] = [
    Unjudged {
        file: "report.html",
        fields: &[],
    },
    Unjudged {
        file: "charts/",
        fields: &[],
    },
    Unjudged {
        file: "side_by_side.csv",
        fields: &[],
    },
    Unjudged {
        file: "utilization_before.csv",
        fields: &[],
    },
    Unjudged {
        file: "involved.csv",
        fields: &["rows with the role binds"],
    },
    Unjudged {
        file: "assignment.csv",
        fields: &["reason"],
    },
    Unjudged {
        file: "proofs.jsonl",
        fields: &["levels[].bound", "prices"],
    },
    Unjudged {
        file: "sweep.json",
        fields: &["plimsoll", "inputs"],
    },
];

/// The same of a written replay, which is played again and compared: the page repeats its tables, and which version wrote it proves
/// nothing.
pub const REPLAY_UNJUDGED: [Unjudged; 3] = [
    Unjudged {
        file: "report.html",
        fields: &[],
    },
    Unjudged {
        file: "charts/",
        fields: &[],
    },
    Unjudged {
        file: "replay.json",
        fields: &["plimsoll"],
    },
];

/// What of this plan is checked by no play and no other plan, in words:
/// `is_protected` where something is to be survived by planning again, `is_played` where its files were played again.
pub fn not_played([is_protected, is_played]: [bool; 2]) -> impl Iterator<Item = &'static str> {
    let of_protection = "what it survives by planning again; `plimsoll sweep --from plan` asks that, and its folder is judged";
    let of_replay = if is_played {
        "what the plan names of those who are down, outages, recovery"
    } else {
        "what summary.json says of its replay, outages, recovery"
    };
    let of_protection = is_protected.then_some(of_protection);
    of_protection.into_iter().chain([of_replay])
}

impl Unjudged {
    /// `true` if a column or key is one of these.
    pub fn has(&self, file: &str, field: &str) -> bool {
        let is_file = match self.file.strip_suffix('/') {
            Some(folder) => file.split('/').next() == Some(folder) && file != folder,
            None => file == self.file,
        };
        let is_below = |listed: &&str| {
            let rest = field.strip_prefix(*listed);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        is_file && (self.fields.is_empty() || self.fields.iter().any(is_below))
    }

    /// `shadow_price and price_stage of headroom.csv`
    pub fn words(&self) -> String {
        match self.fields {
            [] => self.file.to_owned(),
            [one] => format!("{one} of {}", self.file),
            [all @ .., last] => format!("{} and {last} of {}", all.join(", "), self.file),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_all_that_stands_below_it() {
        let has = |file: &str, field: &str| UNJUDGED.iter().any(|entry| entry.has(file, field));
        assert!(has("summary.json", "periods[].band.low.stages[].plan"));
        assert!(has("summary.json", "margin.demand_factor.bound"));
        assert!(!has("summary.json", "periods[].bandwidth"));
        assert!(!has("summary.json", "periods[].stages[].plan"));
        assert!(has("inputs/sites.csv", "cpu"));
        assert!(has("explanations.json", "bindings[].price"));
        assert!(!has("headroom.csv", "load"));
    }
}
