//! Services: the resources, profiles and tiers of every generated inventory.

use crate::model::{Overload, Profile, Resource, Scope, Tier};

/// Position of cpu in [`resources`].
pub(super) const CPU: usize = 1;
/// Position of storage in [`resources`].
pub(super) const STORAGE: usize = 3;
/// Position of bandwidth in [`resources`].
pub(super) const BANDWIDTH: usize = 0;
/// Position of sessions in [`resources`].
pub(super) const SESSIONS: usize = 2;

/// Position in [`profiles`] of the one whose users cannot wait: its shards have a limit of latency.
pub(super) const MEETING: usize = 2;

/// How many users are of each profile: the weights of a draw.
pub(super) const USE_OF_PROFILES: [f64; 3] = [0.25, 0.6, 0.15];

/// How many tenants are of each tier: the weights of a draw.
pub(super) const TENANTS_OF_TIERS: [f64; 3] = [0.5, 0.15, 0.35];

/// resources.csv
pub(super) fn resources() -> Vec<Resource> {
    let resource = |id: &str, unit: &str, scope, headroom, event_headroom, copies| Resource {
        id: id.to_owned(),
        unit: unit.to_owned(),
        scope,
        headroom,
        event_headroom: Some(event_headroom),
        varies: id != "storage",
        replica_share: copies,
        moving_share: 0.0,
        overload: Overload::standard(scope),
        queue_seconds: None,
        is_sessions: false,
    };
    vec![
        resource("bandwidth", "Gbit/s", Scope::Network, 0.2, 0.1, 0.0),
        resource("cpu", "vCPU", Scope::Site, 0.2, 0.1, 0.1),
        resource("sessions", "sessions", Scope::Network, 0.2, 0.1, 0.0),
        resource("storage", "TiB", Scope::Site, 0.15, 0.05, 1.0),
    ]
}

/// profiles.csv, demand in the order of [`resources`].
pub(super) fn profiles() -> Vec<Profile> {
    let profile = |id: &str, retries, demand: [f64; 4]| Profile {
        id: id.to_owned(),
        work: demand.to_vec(),
        demand: demand.to_vec(),
        retries,
        sessions_per_hour: 0.0,
        timeout_seconds: None,
        late_seconds: None,
        service_seconds: None,
        session_cost: 0.0,
    };
    vec![
        profile("chat", 4.0, [0.000_01, 0.003, 2.0, 0.000_4]),
        profile("mail", 3.0, [0.000_02, 0.004, 1.5, 0.001_2]),
        profile("meeting", 2.0, [0.000_12, 0.009, 1.0, 0.000_3]),
    ]
}

/// tiers.csv
pub(super) fn tiers() -> Vec<Tier> {
    let tier = |id: &str, rank, availability| Tier {
        id: id.to_owned(),
        rank,
        availability,
    };
    vec![
        tier("bronze", 3, 0.995),
        tier("gold", 1, 0.9995),
        tier("silver", 2, 0.999),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_those_of_the_tables_and_tables_are_sorted() {
        let resources = resources();
        let named = [
            (CPU, "cpu"),
            (STORAGE, "storage"),
            (BANDWIDTH, "bandwidth"),
            (SESSIONS, "sessions"),
        ];
        for (position, id) in named {
            assert_eq!(resources[position].id, id);
        }
        assert_eq!(profiles()[MEETING].id, "meeting");
        assert!(resources.is_sorted_by(|a, b| a.id < b.id));
        assert!(profiles().is_sorted_by(|a, b| a.id < b.id));
        assert!(tiers().is_sorted_by(|a, b| a.id < b.id));
    }
}
