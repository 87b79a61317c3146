//! Jurisdictions: which of them sites offer, and which one a tenant that must stay somewhere names.
//!
//! A country with [`COUNTRY_SITES`] sites or more is a jurisdiction, so is a part of the world with two, and beyond
//! that all the world: a drain always has somewhere to go.

use super::centres::Centre;
use super::geography::Geography;
use super::places::Place;
use crate::ids::{JurisdictionId, SiteId};
use std::collections::BTreeMap;

/// Sites that make a country a jurisdiction of its own.
const COUNTRY_SITES: usize = 3;

/// Sites that make a part of the world one.
const PART_SITES: usize = 2;

/// The jurisdiction that every site offers.
const EVERYWHERE: &str = "worldwide";

/// Where a tenant must stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bounds {
    /// In a country.
    Country(&'static str),
    /// In a part of the world.
    Part(Geography),
    /// Nowhere in particular.
    World,
}

impl Bounds {
    /// Whether a centre lies within.
    pub(super) fn hold(self, centre: &Centre) -> bool {
        match self {
            Self::Country(country) => centre.country == country,
            Self::Part(part) => centre.geography == part,
            Self::World => true,
        }
    }
}

/// Those of an inventory.
#[derive(Debug)]
pub(super) struct Jurisdictions {
    /// Ascending.
    pub(super) names: Vec<String>,
    /// By jurisdiction: its bounds.
    pub(super) bounds: Vec<Bounds>,
    /// By jurisdiction: the sites that offer it, ascending.
    pub(super) sites: Vec<Vec<SiteId>>,
}

impl Jurisdictions {
    /// Those that these sites can hold.
    pub(super) fn of(sites: &[Place]) -> Self {
        let mut offered: BTreeMap<String, (Bounds, Vec<SiteId>)> = BTreeMap::new();
        for (site, place) in sites.iter().enumerate() {
            let centre = place.centre;
            for (name, bounds) in [
                (centre.country, Bounds::Country(centre.country)),
                (centre.geography.word(), Bounds::Part(centre.geography)),
                (EVERYWHERE, Bounds::World),
            ] {
                let entry = offered.entry(name.to_owned());
                let (_, offering) = entry.or_insert((bounds, Vec::new()));
                offering.push(SiteId::new(site));
            }
        }
        offered.retain(|_, (bounds, offering)| match bounds {
            Bounds::Country(_) => offering.len() >= COUNTRY_SITES,
            Bounds::Part(_) => offering.len() >= PART_SITES,
            Bounds::World => true,
        });
        let mut all = Self {
            names: Vec::new(),
            bounds: Vec::new(),
            sites: Vec::new(),
        };
        for (name, (bounds, offering)) in offered {
            all.names.push(name);
            all.bounds.push(bounds);
            all.sites.push(offering);
        }
        all
    }

    /// The narrowest jurisdiction that a centre lies in, not narrower than its part of the world unless
    /// `may_be_country`.
    pub(super) fn around(&self, centre: &Centre, may_be_country: bool) -> Option<JurisdictionId> {
        let width = |bounds: &Bounds| match bounds {
            Bounds::Country(_) => 0,
            Bounds::Part(_) => 1,
            Bounds::World => 2,
        };
        (0..self.bounds.len())
            .filter(|index| self.bounds[*index].hold(centre))
            .filter(|index| may_be_country || width(&self.bounds[*index]) > 0)
            .min_by_key(|index| width(&self.bounds[*index]))
            .map(JurisdictionId::new)
    }

    /// Those that a site offers, ascending.
    pub(super) fn of_site(&self, site: SiteId) -> Vec<JurisdictionId> {
        (0..self.sites.len())
            .filter(|index| self.sites[*index].contains(&site))
            .map(JurisdictionId::new)
            .collect()
    }
}
