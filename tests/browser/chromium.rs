//! Chromium, started for a test and ended with it; a page in it, and what a reader does to a page.

use crate::devtools::DevTools;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// Names that Chromium goes by.
const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// A running browser.
pub(crate) struct Chromium {
    process: Child,
    devtools: RefCell<DevTools>,
    _profile: TempDir,
}

/// How a reader looks at a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// Of the window, in CSS pixels.
    pub(crate) width: u32,
    /// Whether the reader's system asks for dark pages.
    pub(crate) is_dark: bool,
}

/// The windows that every report is opened in.
pub(crate) const LOOKS: [Look; 4] = [
    Look {
        width: 1280,
        is_dark: false,
    },
    Look {
        width: 1280,
        is_dark: true,
    },
    Look {
        width: 400,
        is_dark: false,
    },
    Look {
        width: 400,
        is_dark: true,
    },
];

impl Chromium {
    /// Starts a browser without a window, with a profile of its own.
    pub(crate) fn start() -> Self {
        let profile = TempDir::new().expect("a folder for the profile");
        let mut process = NAMES
            .iter()
            .find_map(|name| {
                Command::new(name)
                    // A sandbox cannot be had as root, and the pages are our own.
                    .args(["--headless", "--no-sandbox", "--disable-gpu"])
                    .args(["--no-first-run", "--disable-background-networking"])
                    .args(["--disable-component-update", "--disable-dev-shm-usage"])
                    .arg("--remote-debugging-port=0")
                    .arg(format!("--user-data-dir={}", profile.path().display()))
                    .arg("about:blank")
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .stderr(Stdio::piped())
                    .spawn()
                    .ok()
            })
            .expect("Chromium is installed: `.ci/browser` sees to that");
        let errors = process.stderr.take().expect("its standard error is piped");
        let mut lines = BufReader::new(errors).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| Some(line.strip_prefix("DevTools listening on ")?.to_owned()))
            .expect("Chromium says where it listens");
        // Nobody reads on, and a full pipe would stop the browser.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            process,
            devtools: RefCell::new(DevTools::connect(&address)),
            _profile: profile,
        }
    }

    /// Opens a file.
    pub(crate) fn open(&self, file: &Path, look: Look) -> Page<'_> {
        let mut devtools = self.devtools.borrow_mut();
        let target = devtools.call(
            None,
            "Target.createTarget",
            &json!({ "url": "about:blank" }),
        );
        let target = target["targetId"].as_str().expect("an id").to_owned();
        let attached = devtools.call(
            None,
            "Target.attachToTarget",
            &json!({ "targetId": target, "flatten": true }),
        );
        let session = attached["sessionId"].as_str().expect("an id").to_owned();
        drop(devtools);
        let url = format!("file://{}", file.display());
        let page = Page {
            browser: self,
            session,
            target,
            url: url.clone(),
        };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            page.call(&format!("{domain}.enable"), &json!({}));
        }
        page.call(
            "Emulation.setDeviceMetricsOverride",
            &json!({ "width": look.width, "height": 900, "deviceScaleFactor": 1, "mobile": false }),
        );
        let scheme = if look.is_dark { "dark" } else { "light" };
        page.call(
            "Emulation.setEmulatedMedia",
            &json!({ "features": [
                { "name": "prefers-color-scheme", "value": scheme },
                { "name": "prefers-reduced-motion", "value": "reduce" },
            ] }),
        );
        page.call("Page.navigate", &json!({ "url": url }));
        let mut devtools = self.devtools.borrow_mut();
        devtools.wait_for(&page.session, "Page.loadEventFired");
        drop(devtools);
        page
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It has nothing to save.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A page in a browser.
pub(crate) struct Page<'b> {
    browser: &'b Chromium,
    session: String,
    target: String,
    url: String,
}

impl Page<'_> {
    fn call(&self, method: &str, params: &Value) -> Value {
        let mut devtools = self.browser.devtools.borrow_mut();
        devtools.call(Some(&self.session), method, params)
    }

    /// Lays the page out as on paper.
    pub(crate) fn print(&self) {
        self.call("Emulation.setEmulatedMedia", &json!({ "media": "print" }));
    }

    /// Loads the page again, with or without its script.
    pub(crate) fn reload(&self, has_script: bool) {
        let params = &json!({ "value": !has_script });
        self.call("Emulation.setScriptExecutionDisabled", params);
        self.call("Page.reload", &json!({}));
        let mut devtools = self.browser.devtools.borrow_mut();
        devtools.wait_for(&self.session, "Page.loadEventFired");
    }

    /// The value of an expression in the page.
    pub(crate) fn value(&self, expression: &str) -> Value {
        let params =
            &json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", params);
        let failure = &answer["exceptionDetails"];
        assert!(failure.is_null(), "{expression}: {failure}");
        answer["result"]["value"].clone()
    }

    /// Texts that an expression yields as a list.
    pub(crate) fn texts(&self, expression: &str) -> Vec<String> {
        let value = self.value(expression);
        serde_json::from_value(value).expect("a list of texts")
    }

    /// What no reader should meet: messages of level warning or worse, and requests for anything but the page.
    pub(crate) fn complaints(&self) -> Vec<String> {
        // An answer to one more question comes after everything that the page has said before.
        self.value("new Promise(done => requestAnimationFrame(() => setTimeout(done)))");
        let mut devtools = self.browser.devtools.borrow_mut();
        let events = devtools.take_events(&self.session);
        let filter_map = events.iter().filter_map(|event| self.complaint(event));
        filter_map.collect()
    }

    fn complaint(&self, event: &Value) -> Option<String> {
        let params = &event["params"];
        match event["method"].as_str()? {
            "Runtime.consoleAPICalled" => {
                let kind = params["type"].as_str()?;
                let is_bad = ["error", "warning", "assert"].contains(&kind);
                is_bad.then(|| format!("console {kind}: {}", params["args"]))
            }
            "Runtime.exceptionThrown" => Some(format!("exception: {}", params["exceptionDetails"])),
            "Log.entryAdded" => {
                let entry = &params["entry"];
                let level = entry["level"].as_str()?;
                let is_bad = ["error", "warning"].contains(&level);
                is_bad.then(|| format!("log {level}: {} {}", entry["text"], entry["url"]))
            }
            "Network.requestWillBeSent" => {
                let url = params["request"]["url"].as_str()?;
                let is_own = url == self.url || url.starts_with("data:");
                (!is_own).then(|| format!("request: {url}"))
            }
            "Page.javascriptDialogOpening" => Some(format!("dialog: {}", params["message"])),
            _ => None,
        }
    }

    /// Scrolls to the first element of a selector and, once the page has met that, returns its middle.
    pub(crate) fn middle_of(&self, selector: &str) -> (f64, f64) {
        let place = self.value(&format!(
            "(async () => {{ const node = document.querySelector({selector:?}); node.scrollIntoView({{ block: 'center' }}); \
             for (const _ of [1, 2]) await new Promise((done) => requestAnimationFrame(done)); \
             const box = node.getBoundingClientRect(); \
             return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        ));
        let number = |index: usize| place[index].as_f64().expect("a coordinate");
        (number(0), number(1))
    }

    /// Moves the pointer onto the first element of a selector.
    pub(crate) fn hover(&self, selector: &str) {
        let (x, y) = self.middle_of(selector);
        self.mouse("mouseMoved", x, y);
    }

    /// Clicks the first element of a selector.
    pub(crate) fn click(&self, selector: &str) {
        let (x, y) = self.middle_of(selector);
        self.mouse("mouseMoved", x, y);
        self.mouse("mousePressed", x, y);
        self.mouse("mouseReleased", x, y);
    }

    fn mouse(&self, kind: &str, x: f64, y: f64) {
        let button = if kind == "mouseMoved" { "none" } else { "left" };
        self.call(
            "Input.dispatchMouseEvent",
            &json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": 1 }),
        );
    }

    /// Presses and releases a key.
    pub(crate) fn press(&self, key: &str) {
        let (code, number, text) = match key {
            "Tab" => ("Tab", 9, None),
            "Enter" => ("Enter", 13, Some("\r")),
            " " => ("Space", 32, Some(" ")),
            "Escape" => ("Escape", 27, None),
            "ArrowRight" => ("ArrowRight", 39, None),
            "ArrowLeft" => ("ArrowLeft", 37, None),
            other => panic!("`{other}` is not among the keys that tests press"),
        };
        let event = |kind: &str| {
            let mut event = json!({
                "type": kind, "key": key, "code": code, "windowsVirtualKeyCode": number,
            });
            if let (Some(text), "keyDown") = (text, kind) {
                event["text"] = json!(text);
            }
            event
        };
        let down = if text.is_some() {
            "keyDown"
        } else {
            "rawKeyDown"
        };
        self.call("Input.dispatchKeyEvent", &event(down));
        self.call("Input.dispatchKeyEvent", &event("keyUp"));
    }

    /// Types into what has the focus.
    pub(crate) fn type_text(&self, text: &str) {
        self.call("Input.insertText", &json!({ "text": text }));
    }
}

impl Drop for Page<'_> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let mut devtools = self.browser.devtools.borrow_mut();
            devtools.call(
                None,
                "Target.closeTarget",
                &json!({ "targetId": self.target }),
            );
        }
    }
}
