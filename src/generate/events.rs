//! Events: what the scenarios of a generated inventory tell of, and the scenarios and the note themselves.

use super::fronts::elements_of;
use super::options::Options;
use super::places::Place;
use crate::model::Shard;
use std::cmp::Reverse;

/// What the scenarios of a generated inventory tell of, by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Events {
    /// The site with most users among those whose part of the world has spare capacity for them; if there is none, the one
    /// with most users.
    pub drained: String,
    /// Two neighbouring sites that have most users together; one if there is only one.
    pub short: Vec<String>,
    /// A load balancer before the site nearest to `drained`, or that site if nothing stands before it.
    pub gray: String,
}

/// How far sites may be apart that count as neighbours, in km; the nearest always does.
const NEIGHBOURS_KM: f64 = 1500.0;

/// How full sites may be while one of them is drained, of what they hold on average.
const FULL: f64 = 0.9;

impl Events {
    /// Those that suit sites and shards.
    pub(super) fn of(sites: &[Place], shards: &[Shard], options: &Options) -> Self {
        let mut users = vec![0_u64; sites.len()];
        for shard in shards {
            if let Some(site) = shard.site {
                users[site.index()] += shard.users;
            }
        }
        let near = |from: usize| -> Vec<usize> {
            let km = |index: usize| sites[index].point.km(sites[from].point);
            let mut others: Vec<usize> = (0..sites.len()).filter(|index| *index != from).collect();
            others.sort_by(|a, b| km(*a).total_cmp(&km(*b)).then(a.cmp(b)));
            let neighbours = others.iter().filter(|index| km(**index) <= NEIGHBOURS_KM);
            others.truncate(neighbours.count().max(1));
            others
        };
        let has_room = |index: &usize| {
            let part = sites[*index].centre.geography;
            let others = (0..sites.len()).filter(|other| other != index);
            let others = others.filter(|other| sites[*other].centre.geography == part);
            let spare: u64 = others.map(|other| users[other]).sum();
            users[*index] as f64 <= spare as f64 * (FULL / options.utilization - 1.0)
        };
        let most = |index: &usize| (users[*index], Reverse(*index));
        let drained = (0..sites.len()).filter(has_room).max_by_key(most);
        let drained = drained.or_else(|| (0..sites.len()).max_by_key(most));
        let drained = drained.unwrap_or_default();
        let pairs =
            (0..sites.len()).flat_map(|index| near(index).into_iter().map(move |to| (index, to)));
        let short = pairs.max_by_key(|(a, b)| (users[*a] + users[*b], Reverse((*a, *b))));
        let short = short.map_or(vec![drained], |(a, b)| vec![a, b]);
        let beside = &sites[near(drained).first().copied().unwrap_or(drained)];
        let gray = elements_of(beside, options.elements_per_site)
            .into_iter()
            .next()
            .map_or_else(|| beside.id.clone(), |(id, ..)| id);
        Self {
            drained: sites[drained].id.clone(),
            short: short
                .into_iter()
                .map(|index| sites[index].id.clone())
                .collect(),
            gray,
        }
    }
}

/// The scenarios: file name and text.
pub fn scenarios(events: &Events) -> Vec<(&'static str, String)> {
    let drained = |sites: &[String]| -> String {
        let events = sites.iter().map(|site| event("maintenance", site, ""));
        events.collect()
    };
    let one = std::slice::from_ref(&events.drained);
    let gray = event("gray", &events.gray, "capacity = 0.5\n");
    vec![
        (
            "drain.toml",
            scenario("drain", "May a large site be drained?", &drained(one)),
        ),
        (
            "shortage.toml",
            scenario(
                "shortage",
                "What if the two largest neighbours are down together?",
                &drained(&events.short),
            ),
        ),
        (
            "gray.toml",
            scenario(
                "gray",
                "May a large site be drained while its neighbour lacks half of a device?",
                &(drained(one) + &gray),
            ),
        ),
    ]
}

fn scenario(name: &str, question: &str, events: &str) -> String {
    format!(
        "# {question}\n[scenario]\nname = \"{name}\"\nstart = 2026-10-10T02:00:00Z\nend = 2026-10-10T06:00:00Z\n{events}"
    )
}

fn event(kind: &str, component: &str, more: &str) -> String {
    format!("\n[[event]]\nkind = \"{kind}\"\ncomponent = \"{component}\"\n{more}")
}

/// The note that says what the folder is and which command made it.
pub fn note(options: &Options, events: &Events) -> String {
    let Options {
        sites,
        access_points,
        client_regions,
        shards,
        elements_per_site,
        mesh,
        residency,
        replicas,
        utilization,
        seed,
    } = options;
    let Events {
        drained,
        short,
        gray,
    } = events;
    let short = short.join("` and `");
    format!(
        "# A generated inventory\n\n\
         All of it is made up, except for the names, places and rough sizes of cities.\n\
         It was made by\n\n\
         ```sh\n\
         plimsoll generate --sites {sites} --access-points {access_points} --client-regions {client_regions} \
         --shards {shards} --elements-per-site {elements_per_site} --mesh {mesh} --residency {residency} \
         --replicas {replicas} --utilization {utilization} --seed {seed} --out DIR\n\
         ```\n\n\
         and the same command of the same version makes the same bytes.\n\n\
         | scenario | what happens |\n|---|---|\n\
         | `drain.toml` | `{drained}` is drained |\n\
         | `shortage.toml` | `{short}`, two large neighbours, are drained together |\n\
         | `gray.toml` | `{drained}` is drained while `{gray}` has half of its capacity |\n"
    )
}
