//! Options: how large and of what kind the inventory is to be, and which sizes are refused.

use std::fmt;

/// How large and of what kind the inventory is to be.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct Options {
    /// Datacenters, 1 to 500
    #[arg(long, value_name = "N", default_value_t = Self::default().sites)]
    pub sites: usize,
    /// Access points, 1 to 2,000
    #[arg(long, value_name = "N", default_value_t = Self::default().access_points)]
    pub access_points: usize,
    /// Client regions, 1 to 20,000
    #[arg(long, value_name = "N", default_value_t = Self::default().client_regions)]
    pub client_regions: usize,
    /// Shards of all tenants together, 1 to 20,000,000
    #[arg(long, value_name = "N", default_value_t = Self::default().shards)]
    pub shards: usize,
    /// Load balancers, and from 3 on a firewall after them, in front of each site; 0 to 64
    #[arg(long, value_name = "N", default_value_t = Self::default().elements_per_site)]
    pub elements_per_site: usize,
    /// Routers of a meshed backbone between access points and sites, 0 to 2,000; with 0 every access point is linked to
    /// every site
    #[arg(long, value_name = "N", default_value_t = Self::default().mesh)]
    pub mesh: usize,
    /// Share of the tenants that must stay in a jurisdiction, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = Self::default().residency)]
    pub residency: f64,
    /// Share of the shards that have copies at one or two other sites, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = Self::default().replicas)]
    pub replicas: f64,
    /// Load of sites, access points and elements in the base state, as a share of capacity, 0.01 to 1
    #[arg(long, value_name = "SHARE", default_value_t = Self::default().utilization)]
    pub utilization: f64,
    /// Seed of the random numbers; the same seed and options make the same bytes
    #[arg(long, value_name = "N", default_value_t = Self::default().seed)]
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            sites: 20,
            access_points: 60,
            client_regions: 400,
            shards: 10_000,
            elements_per_site: 2,
            mesh: 0,
            residency: 0.2,
            replicas: 0.2,
            utilization: 0.75,
            seed: 1,
        }
    }
}

/// An option that is out of its range: `` `--sites`: found 0, expected a whole number from 1 to 500 ``.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its name on the command line, without dashes.
    pub option: &'static str,
    /// What was given.
    pub found: String,
    /// What is possible.
    pub expected: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            option,
            found,
            expected,
        } = self;
        write!(f, "`--{option}`: found {found}, expected {expected}")
    }
}

impl Options {
    /// Every option that is out of its range.
    ///
    /// ```
    /// use plimsoll::generate::Options;
    /// let none = Options { sites: 0, ..Options::default() };
    /// let told = none.refusals()[0].to_string();
    /// assert_eq!(told, "`--sites`: found 0, expected a whole number from 1 to 500");
    /// assert!(Options::default().refusals().is_empty());
    /// ```
    pub fn refusals(&self) -> Vec<Refusal> {
        let counts = [
            ("sites", self.sites, 1, 500),
            ("access-points", self.access_points, 1, 2000),
            ("client-regions", self.client_regions, 1, 20_000),
            ("shards", self.shards, 1, 20_000_000),
            ("elements-per-site", self.elements_per_site, 0, 64),
            ("mesh", self.mesh, 0, 2000),
        ];
        let counts = counts.into_iter().filter_map(|(option, found, from, to)| {
            let is_good = (from..=to).contains(&found);
            (!is_good).then(|| Refusal {
                option,
                found: found.to_string(),
                expected: format!("a whole number from {from} to {to}"),
            })
        });
        let shares = [("residency", self.residency), ("replicas", self.replicas)];
        let shares = shares.into_iter().filter_map(|(option, found)| {
            let is_good = (0.0..=1.0).contains(&found);
            (!is_good).then(|| Refusal {
                option,
                found: found.to_string(),
                expected: "a share from 0 to 1".to_owned(),
            })
        });
        let is_full = self.utilization >= LEAST_UTILIZATION && self.utilization <= 1.0;
        let utilization = (!is_full).then(|| Refusal {
            option: "utilization",
            found: self.utilization.to_string(),
            expected: format!("a share from {LEAST_UTILIZATION} to 1"),
        });
        counts.chain(shares).chain(utilization).collect()
    }
}

/// Below it capacities would be out of all proportion.
const LEAST_UTILIZATION: f64 = 0.01;
