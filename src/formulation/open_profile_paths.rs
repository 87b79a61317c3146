//! `OpenProfilePaths`: what users reach by themselves in a case, while nobody opens an access point.

use super::fixed::FixedLoads;
use super::profile_paths::{FoundProfilePaths, Lack, longest_limit, paths_over, shared, usable_in};
use super::setting::{Setting, StandbyUse};
use crate::graph::{Network, PricedPaths, Usable};
use crate::ids::{AccessPointId, ProfileId};
use crate::model::LinkEnd;
use std::sync::{Arc, OnceLock};

/// What may be used in a case while nobody opens an access point, and the least-latency paths over it, which are
/// searched once somebody asks for them.
pub struct OpenProfilePaths<'a> {
    network: &'a Network,
    /// Each once.
    usable: Vec<Arc<Usable>>,
    /// By profile, the position of what it may use.
    of_profile: Vec<usize>,
    paths: Vec<OnceLock<PricedPaths<'a>>>,
    found: Option<&'a FoundProfilePaths>,
    longest: f64,
}

impl<'a> OpenProfilePaths<'a> {
    /// What a setting leaves usable over the access points that are open (`is_open`, by access point), whatever they were in
    /// the inventory; paths that were found in an earlier one are used again where they still hold.
    pub fn new(
        setting: &Setting<'a>,
        fixed: &FixedLoads,
        is_open: &[bool],
        found: Option<&'a FoundProfilePaths>,
    ) -> Self {
        let network = setting.network;
        let openable = Setting {
            standby: StandbyUse::Openable,
            ..*setting
        };
        let lacks = Lack::of_all(&openable);
        let profiles = (0..setting.inventory.profiles.len()).map(ProfileId::new);
        let by_profile = profiles.map(|profile| {
            let mut usable = usable_in(&openable, fixed, &lacks, profile);
            for (index, is_open) in is_open.iter().enumerate() {
                let end = LinkEnd::AccessPoint(AccessPointId::new(index));
                usable.places[network.place(end).index()] &= is_open;
            }
            usable
        });
        let mut usable: Vec<Arc<Usable>> = Vec::new();
        let of_profile = shared(by_profile.collect()).into_iter().map(|one_usable| {
            let known = usable
                .iter()
                .position(|known| Arc::ptr_eq(known, &one_usable));
            known.unwrap_or_else(|| {
                usable.push(one_usable);
                usable.len() - 1
            })
        });
        let of_profile = of_profile.collect();
        Self {
            network,
            paths: usable.iter().map(|_| OnceLock::new()).collect(),
            usable,
            of_profile,
            found,
            longest: longest_limit(setting),
        }
    }

    /// What users of a profile may use.
    pub fn usable(&self, profile: ProfileId) -> &Arc<Usable> {
        &self.usable[self.of_profile[profile.index()]]
    }

    /// The least-latency paths for users of a profile.
    pub fn paths(&self, profile: ProfileId) -> &PricedPaths<'a> {
        self.at(self.of_profile[profile.index()])
    }

    fn at(&self, position: usize) -> &PricedPaths<'a> {
        self.paths[position].get_or_init(|| {
            paths_over(
                self.network,
                &self.usable[position],
                self.longest,
                self.found,
            )
        })
    }

    /// The paths of all profiles, kept for later cases.
    pub fn found(&self) -> FoundProfilePaths {
        FoundProfilePaths::of_paths((0..self.usable.len()).map(|position| self.at(position)))
    }
}
