//! Loads: what is used where before anything happens.

use super::homes::Homes;
use super::mesh::MeshLoads;
use super::network::Network;
use super::places::Places;
use super::services::{BANDWIDTH, CPU, SESSIONS, STORAGE, profiles, resources};
use super::tenants::Tenants;
use crate::model::Shard;

/// What is used where before anything happens, every user on the nearest path.
#[derive(Debug)]
pub(super) struct Loads {
    /// By site.
    pub(super) cpu: Vec<f64>,
    /// By site.
    pub(super) storage: Vec<f64>,
    /// By site: of the elements before it.
    pub(super) bandwidth: Vec<f64>,
    /// The same.
    pub(super) sessions: Vec<f64>,
    /// By access point: bandwidth.
    pub(super) access_points: Vec<f64>,
    /// Of the backbone: bandwidth that it is built for.
    pub(super) mesh: Option<MeshLoads>,
}

impl Loads {
    /// Those of shards at home and of their copies.
    pub(super) fn of(places: &Places, network: &Network, homes: &Homes, tenants: &Tenants) -> Self {
        let profiles = profiles();
        let resources = resources();
        let sites = places.sites.len();
        let mut loads = Self {
            cpu: vec![0.0; sites],
            storage: vec![0.0; sites],
            bandwidth: vec![0.0; sites],
            sessions: vec![0.0; sites],
            access_points: vec![0.0; places.access_points.len()],
            mesh: None,
        };
        let mut flows = vec![0.0; places.access_points.len() * sites];
        let demand = |shard: &Shard, resource: usize| {
            shard.users as f64 * profiles[shard.profile.index()].demand[resource]
        };
        for shard in &tenants.shards {
            let Some(site) = shard.site else { continue };
            let access_point = homes.path(shard.client_region.index(), site).access_point as usize;
            let site = site.index();
            let bandwidth = demand(shard, BANDWIDTH);
            loads.cpu[site] += demand(shard, CPU);
            loads.storage[site] += demand(shard, STORAGE);
            loads.bandwidth[site] += bandwidth;
            loads.sessions[site] += demand(shard, SESSIONS);
            loads.access_points[access_point] += bandwidth;
            flows[access_point * sites + site] += bandwidth;
        }
        for replica in &tenants.replicas {
            let shard = &tenants.shards[replica.shard.index()];
            let site = replica.site.index();
            loads.cpu[site] += resources[CPU].replica_share * demand(shard, CPU);
            loads.storage[site] += resources[STORAGE].replica_share * demand(shard, STORAGE);
        }
        loads.mesh = network
            .mesh
            .as_ref()
            .map(|mesh| mesh.built_for(&mesh.loads(&flows)));
        loads
    }
}
