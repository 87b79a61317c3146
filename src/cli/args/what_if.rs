//! What-ifs: events that are asked for in options, and the scenario file that says the same.

use super::values::{TypedInstant, instant};
use crate::cli::clock::this_minute;
use crate::error::{Error, Result};
use crate::inventory::SourceFile;
use crate::model::Inventory;
use clap::Args;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use std::fmt::Write as _;

/// What findings call the scenario file that is made of options.
const WHAT_IF_FILE: &str = "what-if.toml";

/// How long what-ifs last where no end is given.
const LASTS: SignedDuration = SignedDuration::from_hours(4);

/// Most characters of the name of a scenario that is made of options.
const LONGEST_NAME: usize = 100;

/// Events as options; they are added to those of `--scenario`, or are a scenario of their own.
#[derive(Debug, Args)]
#[command(next_help_heading = "What if")]
pub(crate) struct WhatIfArgs {
    /// Component under maintenance, without users from --from to --to: a site, access point, element, link, pool or
    /// risk group; repeat the option for several
    #[arg(long, value_name = "COMPONENT")]
    drain: Vec<String>,
    /// Component that fails, known at once
    #[arg(long, value_name = "COMPONENT")]
    fail: Vec<String>,
    /// Component that fails in part, and the share of its capacity left, from 0 to below 1
    #[arg(long, value_name = "COMPONENT=SHARE", value_parser = degraded)]
    degrade: Vec<(String, f64)>,
    /// Factor of the demand of all users, or of one client region
    #[arg(long, value_name = "[REGION=]FACTOR", value_parser = surged)]
    surge: Vec<(Option<String>, f64)>,
    /// Start of these events: a date, or a date and time; without an offset that of --to, else UTC. Default with
    /// --scenario: its start
    #[arg(long, value_name = "WHEN", value_parser = instant)]
    from: Option<TypedInstant>,
    /// End of these events; without an offset that of --from, else UTC. Default: 4 hours later, with --scenario its end
    #[arg(long, value_name = "WHEN", value_parser = instant)]
    to: Option<TypedInstant>,
    /// Start now, at the full minute; the time is written into the scenario file in the folder
    #[arg(long, conflicts_with = "from")]
    now: bool,
}

/// When what-ifs hold.
#[derive(Clone, Copy)]
struct AskedSpan {
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    /// In which instants are written.
    offset: Offset,
}

/// A component and the share of its capacity that is left.
fn degraded(text: &str) -> std::result::Result<(String, f64), String> {
    let parts = text.rsplit_once('=').and_then(|(component, share)| {
        let share: f64 = share.trim().parse().ok()?;
        ((0.0..1.0).contains(&share) && !component.is_empty())
            .then(|| (component.to_owned(), share))
    });
    parts.ok_or_else(|| {
        "expected a component and the share of its capacity that is left, from 0 to below 1, such as lb-1=0.5"
            .to_owned()
    })
}

/// A client region, if one is named, and a factor.
fn surged(text: &str) -> std::result::Result<(Option<String>, f64), String> {
    let (region, factor) = match text.rsplit_once('=') {
        Some((region, factor)) => (Some(region), factor),
        None => (None, text),
    };
    let factor = factor.trim().parse::<f64>().ok();
    let factor = factor.filter(|factor| 0.0 < *factor && *factor <= 1e9);
    factor
        .filter(|_| region != Some(""))
        .map(|factor| (region.map(str::to_owned), factor))
        .ok_or_else(|| {
            "expected a factor above 0 up to 1e9, such as 1.2, or a client region and a factor, such as us-east=1.2"
                .to_owned()
        })
}

impl WhatIfArgs {
    /// `true` if an event is asked for.
    fn has_events(&self) -> bool {
        !(self.drain.is_empty()
            && self.fail.is_empty()
            && self.degrade.is_empty()
            && self.surge.is_empty())
    }

    /// `true` if a scenario file is made of these options.
    pub(crate) fn is_asked(&self) -> bool {
        self.has_events() || self.from.is_some() || self.to.is_some() || self.now
    }

    /// `true` if they say when they begin.
    pub(crate) fn has_start(&self) -> bool {
        self.from.is_some() || self.now
    }

    /// Refuses options that together mean nothing: `has_scenario` where scenario files are named.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub(crate) fn check(&self, has_scenario: bool) -> Result<()> {
        let has_start = self.has_start();
        let refused = |reason: &str| Err(Error::Refused(reason.to_owned()));
        if !has_scenario && !has_start {
            return refused(
                "found neither a scenario nor a time, expected --scenario FILE, or --from WHEN or --now with --drain, \
                 --fail, --degrade or --surge",
            );
        }
        if has_scenario && self.is_asked() && !self.has_events() {
            return refused(
                "--from, --to and --now: with --scenario they are the times of --drain, --fail, --degrade or --surge; \
                 name one of these, or change the times in the scenario",
            );
        }
        Ok(())
    }

    /// When they begin that are asked for, at the earliest; `None` where none is asked for.
    ///
    /// # Errors
    /// [`Error::Refused`] where an end is not after its start, or outside of the calendar.
    pub(crate) fn begins(&self) -> Result<Option<Timestamp>> {
        if !self.has_events() {
            return Ok(None);
        }
        let span = self.span(true, this_minute())?;
        Ok(Some(span.start.unwrap_or(Timestamp::MIN)))
    }

    /// When they hold; with a scenario `None` is its start or its end.
    fn span(&self, has_scenario: bool, now: Timestamp) -> Result<AskedSpan> {
        let mut typed = [self.from, self.to].into_iter().flatten();
        let offset = typed.find_map(|instant| instant.offset);
        let offset = offset.unwrap_or(Offset::UTC);
        // Without an offset of its own it was read in UTC.
        let placed = |typed: TypedInstant| match typed.offset {
            Some(_) => Ok(typed.at),
            None => offset.to_timestamp(Offset::UTC.to_datetime(typed.at)),
        };
        let outside =
            |_| Error::Refused("--from, --to: expected times within the calendar".to_owned());
        let start = match self.from {
            Some(from) => Some(placed(from).map_err(outside)?),
            None => self.now.then_some(now),
        };
        let end = self.to.map(placed).transpose().map_err(outside)?;
        let end = match (end, start) {
            (None, Some(start)) if !has_scenario => {
                Some(start.checked_add(LASTS).map_err(outside)?)
            }
            (end, _) => end,
        };
        if let (Some(start), Some(end)) = (start, end)
            && end <= start
        {
            let what = if self.now { "--now" } else { "--from" };
            let reason = format!("--to: expected a time after that of {what}");
            return Err(Error::Refused(reason));
        }
        Ok(AskedSpan { start, end, offset })
    }

    /// The scenario file that says the same; `base` is the name of the scenario that it is layered over.
    /// Names are looked up in `inventory`, where it can be read. What begins now `limits_waves`: none begins earlier.
    ///
    /// # Errors
    /// [`Error::Refused`] where an end is not after its start, or outside of the calendar.
    pub(crate) fn layer(
        &self,
        has_scenario: bool,
        base: Option<&str>,
        inventory: Option<&Inventory>,
        limits_waves: bool,
    ) -> Result<SourceFile> {
        let span = self.span(has_scenario, this_minute())?;
        let mut text = String::from(
            "# Made from the options of `plimsoll plan`, with the same meaning.\n[scenario]\n",
        );
        let line = |text: &mut String, key: &str, value: &str| {
            // Writing to a string never fails.
            let _ = writeln!(text, "{key} = {value}");
        };
        line(&mut text, "name", &quoted(&self.name(base)));
        let times = |text: &mut String| {
            for (key, at) in [("start", span.start), ("end", span.end)] {
                if let Some(at) = at {
                    line(text, key, &at.display_with_offset(span.offset).to_string());
                }
            }
        };
        // Without --to nobody knows when it ends, and no report may say so.
        let end = |text: &mut String| {
            if self.to.is_none() {
                line(text, "end_assumed", "true");
            }
        };
        if !has_scenario {
            times(&mut text);
        }
        if self.now
            && limits_waves
            && let Some(now) = span.start
        {
            text.push_str("\n[waves]\n");
            let now = now.display_with_offset(span.offset).to_string();
            line(&mut text, "not_before", &now);
        }
        let drained = self.drain.iter().map(|name| ("maintenance", name, None));
        let failed = self.fail.iter().map(|name| ("failure", name, None));
        let degraded = self.degrade.iter();
        let degraded = degraded.map(|(name, share)| ("failure", name, Some(*share)));
        for (kind, name, share) in drained.chain(failed).chain(degraded) {
            text.push_str("\n[[event]]\n");
            line(&mut text, "kind", &quoted(kind));
            line(&mut text, key_of(name, inventory), &quoted(name));
            if let Some(share) = share {
                line(&mut text, "capacity", &format!("{share:?}"));
            }
            times(&mut text);
            end(&mut text);
        }
        for (region, factor) in &self.surge {
            text.push_str("\n[[event]]\n");
            line(&mut text, "kind", &quoted("surge"));
            if let Some(region) = region {
                line(&mut text, "client_region", &quoted(region));
            }
            line(&mut text, "factor", &format!("{factor:?}"));
            times(&mut text);
            end(&mut text);
        }
        Ok(SourceFile {
            name: WHAT_IF_FILE.to_owned(),
            bytes: text.into_bytes(),
        })
    }

    /// What reports call it.
    fn name(&self, base: Option<&str>) -> String {
        let mut parts: Vec<String> = base.map(str::to_owned).into_iter().collect();
        parts.extend(self.drain.iter().map(|name| format!("drain {name}")));
        parts.extend(self.fail.iter().map(|name| format!("fail {name}")));
        let degraded = self.degrade.iter();
        parts.extend(degraded.map(|(name, share)| format!("degrade {name}={share}")));
        parts.extend(self.surge.iter().map(|(region, factor)| match region {
            Some(region) => format!("surge {region}={factor}"),
            None => format!("surge {factor}"),
        }));
        if parts.is_empty() {
            return "nothing happens".to_owned();
        }
        let name = parts.join(", ").replace(char::is_control, " ");
        if name.chars().count() <= LONGEST_NAME {
            return name;
        }
        let shown: String = name.chars().take(LONGEST_NAME).collect();
        format!("{shown}…")
    }
}

/// The key of an event that a name belongs to: a risk group's if it is one and nothing else.
fn key_of(name: &str, inventory: Option<&Inventory>) -> &'static str {
    let is_group = |inventory: &Inventory| {
        inventory.risk_groups.iter().any(|group| group.id == name)
            && inventory.component_named(name).is_none()
            && !inventory.pools.iter().any(|pool| pool.id == name)
    };
    match inventory {
        Some(inventory) if is_group(inventory) => "risk_group",
        _ => "component",
    }
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    // What JSON escapes in a text, TOML escapes alike; this one it escapes in addition.
    let quoted = serde_json::Value::String(text.to_owned()).to_string();
    quoted.replace('\u{7f}', "\\u007f")
}
