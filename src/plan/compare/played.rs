//! What users lose while a written plan is carried out: its own replay, and when its last wave ends.

use crate::plan_files::{Counted, PlayedExtent, WrittenPlan};

/// What playing a plan forward came to, and when its last wave ends.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlayedPlan {
    /// User minutes in which users are down; `None` where the summary does not state them, or not all was played.
    pub user_minutes: Option<f64>,
    /// Users who are down at once, at most; `None` like these.
    pub most_users_down: Option<f64>,
    /// `true` if it was played in parts that are longer than those of a replay.
    pub is_rough: bool,
    /// When the last wave ends, as waves.csv writes it; `None` without any.
    pub last_wave_end: Option<String>,
    /// `true` if promises to tenants count users who are down until waves place them.
    pub counts_waves: bool,
}

impl PlayedPlan {
    /// What the files of a plan state.
    pub fn of(plan: &WrittenPlan) -> Self {
        let replayed = plan.summary.as_ref();
        let replayed = replayed.and_then(|summary| summary.replayed.as_ref());
        let whole = replayed.filter(|replayed| {
            matches!(replayed.checked, PlayedExtent::All | PlayedExtent::Roughly)
        });
        let waves = plan.waves.iter().flatten().map(|row| &row.row.end);
        let instant = |text: &&String| text.parse::<jiff::Timestamp>().ok();
        let tenants = plan.tenants.as_deref().unwrap_or_default();
        let counted = tenants.iter().filter_map(|row| row.row.month_counted);
        Self {
            user_minutes: whole.map(|replayed| replayed.user_minutes),
            most_users_down: whole.map(|replayed| replayed.most_users_down),
            is_rough: whole.is_some_and(|replayed| replayed.checked == PlayedExtent::Roughly),
            last_wave_end: waves.max_by_key(instant).cloned(),
            counts_waves: counted
                .into_iter()
                .any(|counted| counted == Counted::Replay),
        }
    }
}
