//! Traffic: what users ask for on their way and where they are served. Rows of loads are summed from it, whether a plan
//! sends the users or a rule.

use super::super::certificate::{Row, Stands};
use super::super::ground::Ground;
use super::super::load::share_of_served;
use super::super::period::Situation;
use crate::ids::{AccessPointId, ProfileId};
use crate::model::LinkEnd;
use crate::units::NOBODY;

/// What users ask for in some slices of the hours.
pub(super) struct Traffic<'a> {
    ground: &'a Ground<'a>,
    slices: usize,
    /// By profile, as retries are; `None` if nobody has it.
    of_profile: Vec<Option<Requested>>,
    /// By access point, users who enter there.
    pub(super) entering: Vec<f64>,
}

/// What users of one profile ask for: by slice, then position, then resource.
struct Requested {
    links: Vec<f64>,
    places: Vec<f64>,
    /// By whether a copy of their shard is at the site.
    sites: [Vec<f64>; 2],
}

/// Users, and what one of them demands of every resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct Users<'d> {
    pub(super) count: f64,
    pub(super) profile: ProfileId,
    pub(super) demand: &'d [f64],
}

impl<'a> Traffic<'a> {
    /// Nobody is anywhere.
    pub(super) fn new(ground: &'a Ground<'a>, slices: usize) -> Self {
        let inventory = ground.inventory;
        let mut of_profile = Vec::new();
        of_profile.resize_with(inventory.profiles.len(), || None);
        Self {
            ground,
            slices,
            of_profile,
            entering: vec![0.0; inventory.access_points.len()],
        }
    }

    fn of(&mut self, profile: ProfileId) -> &mut Requested {
        let (ground, slices) = (self.ground, self.slices);
        self.of_profile[profile.index()].get_or_insert_with(|| {
            let inventory = ground.inventory;
            let nothing = |count: usize| vec![0.0; slices * count * inventory.resources.len()];
            let sites = nothing(inventory.sites.len());
            Requested {
                links: nothing(inventory.links.len()),
                places: nothing(ground.place_count()),
                sites: [sites.clone(), sites],
            }
        })
    }

    /// Adds users, less than none of them to take some away, on a link and at the place where it ends.
    pub(super) fn pass(&mut self, slice: usize, (link, place): (u32, u32), users: Users<'_>) {
        let slices = self.slices;
        let requested = self.of(users.profile);
        users.add(&mut requested.links, (slice, slices), link as usize);
        users.add(&mut requested.places, (slice, slices), place as usize);
    }

    /// Adds users who are served at a site.
    pub(super) fn serve(
        &mut self,
        slice: usize,
        (site, has_copy): (usize, bool),
        users: Users<'_>,
    ) {
        let slices = self.slices;
        let at_sites = &mut self.of(users.profile).sites[usize::from(has_copy)];
        users.add(at_sites, (slice, slices), site);
    }

    /// The load of a row in a slice, in the resource's unit; 0 at an access point that stays on standby.
    pub(super) fn load(&self, row: &Row, in_slice: &Situation, slice: usize) -> f64 {
        let ground = self.ground;
        if let Stands::Entry(index) = row.stands
            && row.may_be_closed
            && self.entering[index] <= NOBODY
        {
            return 0.0;
        }
        let resources = ground.inventory.resources.len();
        let of = |all: &[f64], position: usize| {
            let in_slice = &all[slice * (all.len() / self.slices)..];
            in_slice[position * resources + row.resource]
        };
        let profiles = self.of_profile.iter().enumerate();
        let brought = profiles.filter_map(|(profile, requested)| {
            let (profile, requested) = (ProfileId::new(profile), requested.as_ref()?);
            let brought = |demand: f64, share| row.brought(ground, (demand, profile), share);
            Some(match row.stands {
                Stands::Site(site) => {
                    let [without, with] = [false, true].map(|has_copy| {
                        let all = of(&requested.sites[usize::from(has_copy)], site);
                        let at = (site, row.resource);
                        brought(all, share_of_served(ground, in_slice, at.0, at.1, has_copy))
                    });
                    without + with
                }
                Stands::Link(link) => brought(of(&requested.links, link), 1.0),
                Stands::Place(place) => brought(of(&requested.places, place), 1.0),
                Stands::Entry(index) => {
                    let id = LinkEnd::AccessPoint(AccessPointId::new(index));
                    brought(of(&requested.places, ground.place_index(id)), 1.0)
                }
            })
        });
        (row.fixed + brought.sum::<f64>() / row.shares).max(0.0)
    }
}

impl Users<'_> {
    /// Adds what they demand at a position of a slice.
    fn add(self, all: &mut [f64], (slice, slices): (usize, usize), position: usize) {
        let begin = slice * (all.len() / slices) + position * self.demand.len();
        for (own, demand) in all[begin..].iter_mut().zip(self.demand) {
            *own += self.count * demand;
        }
    }
}
