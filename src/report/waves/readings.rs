//! Readings: what is to be seen once a step of a wave is done, of the loads that the plan expects then.

use super::wave_of_transition::WaveOfTransition;
use crate::ids::SiteId;
use crate::report::numbers;
use std::collections::BTreeSet;

/// Sites that one step names at most, the fullest of them.
const MOST_SITES: usize = 4;

/// How full the fullest component may be at the end of a wave.
pub(super) fn expected_load(at: WaveOfTransition<'_>) -> String {
    let mut fullest = at.wave.watched.iter();
    let fullest = fullest.find(|fullness| !at.is_out_during(fullness.component));
    fullest.map_or_else(String::new, |fullness| {
        at.writer.seen_at_end(at.wave, fullness)
    })
}

/// What is seen once weights have turned: new sessions where they are limited, else how full the fullest component may be.
pub(super) fn expected_after_turn(at: WaveOfTransition<'_>) -> String {
    let sessions = expected_sessions(at);
    // Where the users of another wave move meanwhile, the loads are those of all of them, at the end.
    if !sessions.is_empty() || at.moving_beside().is_some() {
        return sessions;
    }
    let mut fullest = at.wave.watched.iter();
    let fullest = fullest.find(|fullness| !at.is_out_during(fullness.component));
    let used = fullest.and_then(|fullness| Some((fullness, fullness.utilization()?)));
    used.map_or_else(String::new, |(fullness, used)| {
        format!(
            "{} {}: at most {}",
            at.writer.component_by_hand(fullness.component),
            at.writer.inventory.resource_name(fullness.resource),
            numbers::utilization_at_most(used)
        )
    })
}

/// New sessions that the component nearest to its limit sees.
fn expected_sessions(at: WaveOfTransition<'_>) -> String {
    let seen = at.sessions();
    let nearest = seen.iter().filter(|entry| entry.2 > 0.0);
    let nearest = nearest.max_by(|a, b| (a.1 * b.2).total_cmp(&(b.1 * a.2)));
    nearest.map_or_else(String::new, |(component, rate, accepts)| {
        let [seen, accepts] = numbers::most_of(rate.min(*accepts), *accepts);
        let component = at.writer.component_by_hand(*component);
        format!("{component}: at most {seen} new sessions a second (limit {accepts})")
    })
}

/// `Dublin (dub) cpu: at most 100.0 %; Amsterdam (ams) cpu: at most 33.4 %`: the fullest resource of sites once a wave is over, as
/// `wave_loads.csv` has it, the fullest site first. A site that is out, or that no row has, is left out.
pub(super) fn expected_at(at: WaveOfTransition<'_>, sites: impl Iterator<Item = SiteId>) -> String {
    let inventory = at.writer.inventory;
    let sites: BTreeSet<SiteId> = sites.collect();
    let fullest = |site: SiteId| {
        let component = inventory.site_component(site);
        if at.is_out_during(component) {
            return None;
        }
        let loads = at.wave.standing.iter().flat_map(|holds| &holds.loads);
        let its = loads.filter(|load| load.component == component && load.capacity > 0.0);
        let shares = its.map(|load| (load.load.max(0.0) / load.capacity, load.resource));
        let (share, resource) = shares.max_by(|a, b| a.0.total_cmp(&b.0))?;
        Some((share, site, resource))
    };
    let mut all: Vec<_> = sites.into_iter().filter_map(fullest).collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let more = all.len().saturating_sub(MOST_SITES);
    let words = all.iter().take(MOST_SITES).map(|(share, site, resource)| {
        format!(
            "{} {}: at most {}",
            at.writer.site_by_hand(*site),
            inventory.resource_name(*resource),
            numbers::utilization_at_most(*share)
        )
    });
    let rest = (more > 0).then(|| format!("{more} more in wave_loads.csv"));
    let words: Vec<String> = words.chain(rest).collect();
    words.join("; ")
}
