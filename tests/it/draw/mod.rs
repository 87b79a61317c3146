//! Random small inventories and scenarios as the text of their files, every feature in random mixes.
//!
//! What is drawn is valid: `check` may warn, never refuse. Same seed and size, same bytes.
//!
//! Left out, because the text does not decide them: background on members of a pool, members with headroom
//! targets of their own or that limit other resources than the rest of the pool, several events on one pool,
//! pinned shards without a site.

mod growth;
mod network;
pub(crate) mod random;
mod scenario;
mod services;
mod sketch;
pub(crate) mod table;
mod work;

use random::Random;
use sketch::Sketch;

/// The text of an inventory's files and of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draw {
    /// File name and text.
    pub(crate) files: Vec<(String, String)>,
    pub(crate) scenario: String,
}

/// Upper bounds of what is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) sites: usize,
    pub(crate) shards: usize,
    pub(crate) standby: usize,
    /// Routers between access points and sites that are linked among each other; exactly so many.
    pub(crate) mesh: usize,
}

impl Size {
    /// Solved in milliseconds.
    pub(crate) const SMALL: Self = Self {
        sites: 4,
        shards: 7,
        standby: 2,
        mesh: 0,
    };
    /// The largest that the written-out LP is meant for.
    pub(crate) const FULL: Self = Self {
        sites: 6,
        shards: 12,
        standby: 3,
        mesh: 0,
    };
    /// Dozens of ways from every client region to every site, several hops long.
    pub(crate) const MESHED: Self = Self {
        sites: 3,
        shards: 6,
        standby: 1,
        mesh: 5,
    };
}

/// The instance of `seed`.
pub(crate) fn draw(seed: u64, size: Size) -> Draw {
    let mut random = Random::new(seed);
    let mut sketch = Sketch::default();
    let mut files = Vec::new();
    services::draw(&mut random, &mut sketch, size, &mut files);
    network::draw(&mut random, &mut sketch, size, &mut files);
    growth::draw(&mut random, &sketch, &mut files);
    let mut of_work = work::stream(seed);
    work::draw(&mut of_work, &sketch, &mut files);
    let scenario = scenario::draw(&mut random, &mut of_work, &sketch);
    Draw { files, scenario }
}
