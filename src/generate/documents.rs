//! Documents: the scenarios and the note that stand beside a generated inventory.

use super::events::Events;
use super::options::Options;

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
                "What if the two largest neighbours are away together?",
                &drained(&events.short),
            ),
        ),
        (
            "gray.toml",
            scenario(
                "gray",
                "May a large site be drained while its neighbour has lost half of a device?",
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
         All of it is made up but for the names, places and rough sizes of cities.\n\
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
