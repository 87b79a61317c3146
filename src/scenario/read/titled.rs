//! Titled: the components that somebody calls by their names, where their ids are asked for.

use crate::diagnostic::nearest::likely;
use crate::ids::ComponentId;
use crate::model::Inventory;

/// How many components of one name are listed.
const LISTED: usize = 3;

/// `` no component has the id `frankfurt`; the site `fra` is named Frankfurt: write `fra` ``; `None` where no name is so, or nearly
/// so.
pub(crate) fn titled(inventory: &Inventory, name: &str) -> Option<String> {
    let all = (0..inventory.component_count()).map(ComponentId::new);
    let with_title = all.filter_map(|component| {
        let title = inventory.component_title(component);
        // Without a name of its own a component is called by its id.
        (title != inventory.component_name(component)).then_some((component, title))
    });
    let with_title: Vec<(ComponentId, &str)> = with_title.collect();
    let meant = likely(name, with_title.iter().map(|(_, title)| *title))?;
    let alike = with_title.iter().filter(|(_, title)| *title == meant);
    let alike: Vec<(String, &str)> = alike
        .take(LISTED)
        .map(|(component, _)| {
            let kind = inventory
                .component_kind(*component)
                .word()
                .replace('_', " ");
            let id = inventory.component_name(*component);
            (format!("the {kind} `{id}`"), id)
        })
        .collect();
    let named: Vec<&str> = alike.iter().map(|(words, _)| words.as_str()).collect();
    let (verb, step) = match alike.as_slice() {
        [(_, id)] => ("is", format!("write `{id}`")),
        _ => ("are", "write the id that is meant".to_owned()),
    };
    Some(format!(
        "no component has the id `{name}`; {} {verb} named {meant}: {step}",
        named.join(" and ")
    ))
}
