//! `DevTools`: commands to a running Chromium and what it tells, over its web socket.

use serde_json::{Value, json};
use std::net::TcpStream;
use std::time::Duration;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// How long the browser may take to answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// A connection to a browser.
pub(crate) struct DevTools {
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    last: u64,
    /// What the browser told and nobody has asked for.
    events: Vec<Value>,
}

impl DevTools {
    /// Connects to the address that the browser says on its standard error.
    pub(crate) fn connect(address: &str) -> Self {
        let (socket, _) = tungstenite::connect(address).expect("the browser listens");
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream
                .set_read_timeout(Some(PATIENCE))
                .expect("a socket has a timeout");
        }
        Self {
            socket,
            last: 0,
            events: Vec::new(),
        }
    }

    /// The answer to a command, to a page if a session is given.
    pub(crate) fn call(&mut self, session: Option<&str>, method: &str, params: &Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        self.socket
            .send(Message::text(message.to_string()))
            .expect("the browser takes commands");
        loop {
            let value = self.next();
            if value["id"] == self.last {
                assert!(value["error"].is_null(), "{method}: {}", value["error"]);
                return value["result"].clone();
            }
            self.events.push(value);
        }
    }

    /// Waits until the page tells of this event.
    pub(crate) fn wait_for(&mut self, session: &str, method: &str) {
        let is_it = |event: &Value| event["method"] == method && event["sessionId"] == session;
        while !self.events.iter().any(is_it) {
            let event = self.next();
            self.events.push(event);
        }
        self.events.retain(|event| !is_it(event));
    }

    /// Everything that the page told so far; it is told once.
    pub(crate) fn take_events(&mut self, session: &str) -> Vec<Value> {
        let (values, others) = std::mem::take(&mut self.events)
            .into_iter()
            .partition(|event| event["sessionId"] == session);
        self.events = others;
        values
    }

    fn next(&mut self) -> Value {
        loop {
            let message = self.socket.read().expect("the browser answers in time");
            if let Message::Text(text) = message {
                return serde_json::from_str(&text).expect("the browser speaks JSON");
            }
        }
    }
}
