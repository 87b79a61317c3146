//! The rules that look beyond a single cell: one file per table, one function and one code per rule.

pub(crate) mod distance;
pub(crate) mod graph;
pub(crate) mod growth;
pub(crate) mod light;
mod lines;
pub(crate) mod longitudes;
pub(crate) mod nothing;
pub(crate) mod reach;
pub(crate) mod shards;
pub(crate) mod sites;

pub(crate) use lines::Lines;

use super::findings::Findings;
use super::table::FOR_PEOPLE;
use crate::model::Inventory;

/// The rules that need the whole inventory. Each looks only at files without errors, so that one mistake is
/// one finding.
pub(crate) fn whole(inventory: &Inventory, lines: &Lines, findings: &mut Findings) {
    const USERS: [&str; 5] = [
        "profiles.csv",
        "tiers.csv",
        "shards.csv",
        "onboarding.csv",
        "growth.csv",
    ];
    const SITES: [&str; 3] = ["resources.csv", "sites.csv", "background.csv"];
    const GRAPH: [&str; 4] = [
        "client_regions.csv",
        "access_points.csv",
        "elements.csv",
        "links.csv",
    ];
    let are_users_sound = !findings.has_errors_in(&USERS);
    let are_sites_sound = !findings.has_errors_in(&SITES);
    let is_graph_sound = are_sites_sound && !findings.has_errors_in(&GRAPH);
    let are_replicas_sound = !findings.has_errors_in(&["replicas.csv"]);
    let is_all_sound = are_users_sound && is_graph_sound && are_replicas_sound;
    if are_users_sound {
        shards::users_can_be_counted(inventory, findings);
    }
    if are_users_sound && are_sites_sound {
        shards::jurisdictions_are_offered(inventory, lines, findings);
        shards::homes_offer_their_jurisdiction(inventory, lines, findings);
    }
    if are_users_sound && are_sites_sound && are_replicas_sound {
        shards::replicas_offer_their_jurisdiction(inventory, lines, findings);
    }
    if is_all_sound {
        sites::sums_are_numbers(inventory, findings);
        if !findings.has_errors_in(&["profiles.csv"]) {
            nothing::access_points_carry(inventory, &lines.access_points, findings);
            nothing::site_resources_are_limited(inventory, findings);
            nothing::profiles_demand(inventory, findings);
        }
        // An amount that may be a thousand times as large overloads nothing.
        let has_doubts = [USERS.as_slice(), &SITES, &GRAPH].concat();
        if !has_doubts.iter().any(|file| findings.has(FOR_PEOPLE, file)) {
            sites::cover_their_load(inventory, lines, findings);
        }
    }
    if !findings.has_errors_in(&["client_regions.csv"]) {
        longitudes::fit_their_time_zones(inventory, &lines.client_regions, findings);
    }
    if is_graph_sound {
        light::latencies_are_possible(inventory, lines, findings);
        graph::elements_stand_on_one_side(inventory, lines, findings);
        let is_useful = reach::useful_links(inventory);
        graph::links_are_useful(inventory, &is_useful, lines, findings);
        graph::places_are_linked(inventory, lines, findings);
        let has_path = graph::client_regions_have_a_path(inventory, &is_useful, lines, findings);
        if is_all_sound {
            let mut reach = reach::Reach::of(inventory);
            shards::have_somewhere_to_be(inventory, &mut reach, &has_path, lines, findings);
        }
    }
}
