//! The whole reading: layers in, one scenario out.

use super::commands::read_commands;
use super::events::read_events;
use super::findings::{Findings, Source};
use super::layer::{Draft, read_layer};
use super::names::Names;
use super::policy::{read_policy, read_replay, read_span, read_waves};
use super::protect::read_protect;
use super::queued::read_queued;
use crate::diagnostic::{Finding, has_errors};
use crate::model::{Inventory, Scenario};

/// One scenario file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioText {
    /// File name, as findings call it.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// What was read, and what is to be said about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// `None` if and only if a finding is an error.
    pub scenario: Option<Scenario>,
    /// By layer, line, key and code.
    pub findings: Vec<Finding>,
}

/// Reads a scenario from its layers, for one inventory.
///
/// A later layer wins key by key, also inside `policy.headroom`, `protect.max_loss` and `[protect]`; events and what is
/// queued add up in the order of the files. Whatever the texts are, this ends with findings, never with a panic.
///
/// ```
/// use plimsoll::inventory::{self, SourceFile};
/// use plimsoll::scenario::{ScenarioText, read};
/// let files = [
///     ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
///     ("profiles.csv", "profile,cpu\nmail,1\n"),
///     ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
///     ("client_regions.csv", "client_region\nr\n"),
///     ("sites.csv", "site,cpu\nchi,100\n"),
///     ("access_points.csv", "access_point\np\n"),
///     ("links.csv", "link,from,to,latency_ms\nl1,r,p,5\nl2,p,chi,5\n"),
///     ("shards.csv", "shard,tenant,users,site,profile,client_region,tier\ns,t,10,chi,mail,r,gold\n"),
/// ]
/// .map(|(name, text)| SourceFile { name: name.into(), bytes: text.into() });
/// let inventory = inventory::read(&files).inventory.expect("a sound inventory");
///
/// let text = "[scenario]\nstart = 2012-11-13T09:00:00-08:00\nend = 2012-11-13T17:00:00-08:00\n\
///             [[event]]\nkind = \"maintenance\"\ncomponent = \"cih\"\n";
/// let mut layer = ScenarioText { name: "drain.toml".into(), text: text.into() };
/// let reading = read(std::slice::from_ref(&layer), &inventory);
/// assert_eq!(reading.findings[0].to_string(),
///     "drain.toml:6: key event.component: found `\"cih\"`, \
///      expected a site, access point, element, link or pool [P5201]\n\
///      hint: did you mean `chi`?");
///
/// layer.text = text.replace("cih", "chi");
/// let scenario = read(&[layer], &inventory).scenario.expect("no finding");
/// assert_eq!(scenario.events[0].end.to_string(), "2012-11-14T01:00:00Z");
/// ```
pub fn read(layers: &[ScenarioText], inventory: &Inventory) -> Reading {
    let mut findings = Findings::new(layers.iter().map(|layer| layer.name.clone()).collect());
    let mut draft = Draft::empty();
    for (index, layer) in layers.iter().enumerate() {
        let source = Source::new(index, &layer.text);
        draft.add(read_layer(&source, &mut findings));
    }
    let scenario = if draft.is_readable {
        build(layers, inventory, &draft, &mut findings)
    } else {
        None
    };
    let findings = findings.sorted();
    Reading {
        scenario: scenario.filter(|_| !has_errors(&findings)),
        findings,
    }
}

/// The scenario that the merged layers mean; `None` after an error that leaves a hole in it.
fn build(
    layers: &[ScenarioText],
    inventory: &Inventory,
    draft: &Draft,
    findings: &mut Findings,
) -> Option<Scenario> {
    let names = Names::new(inventory);
    let about = draft.table("scenario");
    let span = read_span(&about, findings);
    let policy = read_policy(&draft.table("policy"), &names, findings);
    let protect = draft.written("protect");
    let protect = read_protect(protect, &names, policy.split_shards, findings);
    let events = read_events(draft.list("event"), (inventory, &names), span, findings);
    let queued = read_queued(draft.list("queued"), &names, findings);
    let commands = read_commands(&draft.table("commands"), findings);
    let name = about.name("name").map(str::to_owned);
    let name = name.unwrap_or_else(|| standard_name(layers));
    let span = span?;
    Some(Scenario {
        name,
        start: span.start,
        end: span.end,
        offset: span.offset,
        policy,
        events,
        protect,
        waves: read_waves(&draft.table("waves")),
        replay: read_replay(&draft.table("replay")),
        queued,
        commands,
    })
}

/// The name of a scenario that gives none: its first file's, without the ending.
fn standard_name(layers: &[ScenarioText]) -> String {
    let file = layers.first().map_or("scenario", |layer| &layer.name);
    file.strip_suffix(".toml").unwrap_or(file).to_owned()
}
