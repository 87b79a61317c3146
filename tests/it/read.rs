//! Files and scenarios of the tests as the values that the planner works with.

use plimsoll::diagnostic::Finding;
use plimsoll::inventory::SourceFile;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::scenario::ScenarioText;

/// The inventory and scenario of these texts, which must be free of errors.
pub(crate) fn read(files: &[(String, String)], scenario: &str) -> (Inventory, Scenario) {
    let sources: Vec<SourceFile> = files
        .iter()
        .map(|(name, text)| SourceFile {
            name: name.clone(),
            bytes: text.clone().into_bytes(),
        })
        .collect();
    let reading = plimsoll::inventory::read(&sources);
    let inventory = reading.inventory;
    let inventory = inventory.unwrap_or_else(|| panic!("{}", listed(&reading.findings)));
    let layer = ScenarioText {
        name: "scenario.toml".to_owned(),
        text: scenario.to_owned(),
    };
    let reading = plimsoll::scenario::read(&[layer], &inventory);
    let scenario = reading.scenario;
    let scenario = scenario.unwrap_or_else(|| panic!("{}", listed(&reading.findings)));
    (inventory, scenario)
}

fn listed(findings: &[Finding]) -> String {
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
