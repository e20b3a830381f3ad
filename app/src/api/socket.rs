//! The one WebSocket of the console: the protocol graphql-transport-ws, with back-off and resubscription.
//!
//! Written here rather than taken from a crate: reconnecting, asking anew from the last cursor and telling the page
//! about it are most of the work, and the protocol itself is seven messages.

use super::{
    ApiError, Code,
    read::{Read, take, whole},
    transport::{data, tell},
};
use crate::stores::{link, session};
use gloo_timers::callback::{Interval, Timeout};
use serde_json::Value;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{CloseEvent, MessageEvent, WebSocket};

/// How long a link may take to answer when the tab is looked at again, in milliseconds.
const ANSWERS_WITHIN: u32 = 4_000;
/// How often the socket asks for a sign of life, in milliseconds.
const PING_EVERY: u32 = 15_000;
/// Pings without any message back after which the link counts as dead.
const SILENT_PINGS: u32 = 2;
/// The first wait before another attempt, and the longest, in milliseconds.
const BACK_OFF: (f64, f64) = (400.0, 15_000.0);

/// What a stream tells its view.
pub enum Event {
    /// The data of a message.
    Next(Value),
    /// The stream ended with an error. One that passes ([`ApiError::passes`]) is asked for again by itself, and what
    /// comes next may be data.
    Failed(ApiError),
    /// The stream ended by itself.
    Complete,
}

type Handler = Rc<dyn Fn(Event)>;

struct Entry {
    /// Its id on the way. Each attempt after an error has another: the words of the one before may still be under way.
    id: Rc<Cell<u32>>,
    request: Rc<dyn Fn() -> String>,
    handler: Handler,
    /// How often it has failed since it last brought something.
    failures: u32,
    /// Runs while it waits to be asked for again.
    retry: Option<Timeout>,
}

#[derive(Default)]
struct Socket {
    entries: BTreeMap<u32, Entry>,
    last_id: u32,
    link: Option<Link>,
    attempts: u32,
    retry: Option<Timeout>,
}

type Callbacks = (Closure<dyn FnMut()>, Closure<dyn FnMut(MessageEvent)>, Closure<dyn FnMut(CloseEvent)>);

/// One connection, with the callbacks that live as long as it does.
struct Link {
    socket: WebSocket,
    acknowledged: bool,
    silent_pings: u32,
    _callbacks: Callbacks,
    _ping: Interval,
}

thread_local! {
    static SOCKET: RefCell<Socket> = RefCell::default();
}

/// A running stream; dropping it ends it.
pub struct Subscription(Rc<Cell<u32>>);

impl Drop for Subscription {
    fn drop(&mut self) {
        if end(self.0.get()).is_some_and(|entry| entry.failures > 0) {
            tell_link();
        }
    }
}

/// Takes a stream out and tells the server, which lets it pass where the stream has ended there already.
fn end(id: u32) -> Option<Entry> {
    SOCKET.with_borrow_mut(|socket| {
        let entry = socket.entries.remove(&id)?;
        socket.send_if_acknowledged(&format!(r#"{{"id":"{id}","type":"complete"}}"#));
        Some(entry)
    })
}

/// Asks for a stream. `request` is called again after each reconnect, so that it can go on from where it was.
pub fn subscribe(request: impl Fn() -> String + 'static, handler: impl Fn(Event) + 'static) -> Subscription {
    let own = Rc::new(Cell::new(0));
    let (request, handler) = (Rc::new(request), Rc::new(handler));
    let id = put(Entry { id: own.clone(), request, handler, failures: 0, retry: None });
    let acknowledged = SOCKET.with_borrow(|socket| socket.link.as_ref().map(|link| link.acknowledged));
    match acknowledged {
        Some(true) => ask(id),
        Some(false) => {}
        None => connect(),
    }
    Subscription(own)
}

/// Notes a stream under an id of its own.
fn put(entry: Entry) -> u32 {
    SOCKET.with_borrow_mut(|socket| {
        socket.last_id += 1;
        let id = socket.last_id;
        entry.id.set(id);
        socket.entries.insert(id, entry);
        id
    })
}

/// Ends the connection, for example at sign-out; streams that are still wanted ask anew over the next one.
pub fn reset() {
    SOCKET.with_borrow_mut(|socket| {
        socket.close();
        socket.retry = None;
        socket.attempts = 0;
    });
    link::set(link::Link::Quiet);
}

/// Tries at once instead of waiting for the back-off to end.
pub fn try_now() {
    let (wanted, waiting) = SOCKET.with_borrow_mut(|socket| {
        socket.retry = None;
        let waiting = socket.entries.iter().filter(|(_, entry)| entry.retry.is_some()).map(|(id, _)| *id);
        (socket.link.is_none() && !socket.entries.is_empty(), waiting.collect::<Vec<_>>())
    });
    if wanted {
        connect();
    }
    waiting.into_iter().for_each(ask);
}

/// The browser says that there is no network: the link is gone, though nothing has closed it yet.
pub fn network_gone() {
    if SOCKET.with_borrow(|socket| socket.link.is_some()) {
        lost(0);
    }
}

/// The tab is looked at again: a link that does not answer soon has died while it slept.
pub fn look() {
    let asked = SOCKET.with_borrow_mut(|socket| {
        let link = socket.link.as_mut().filter(|link| link.acknowledged)?;
        // One that has said something since is alive.
        link.silent_pings = link.silent_pings.max(1);
        socket.send_if_acknowledged(r#"{"type":"ping"}"#);
        Some(())
    });
    if asked.is_none() {
        return try_now();
    }
    Timeout::new(ANSWERS_WITHIN, || {
        let silent = SOCKET.with_borrow(|socket| socket.link.as_ref().is_some_and(|link| link.silent_pings > 0));
        if silent {
            lost(0);
            try_now();
        }
    })
    .forget();
}

impl Socket {
    fn close(&mut self) {
        if let Some(link) = self.link.take() {
            link.socket.set_onopen(None);
            link.socket.set_onmessage(None);
            link.socket.set_onclose(None);
            // A socket that is closing already refuses; that is as good.
            let _ = link.socket.close();
            // This may run inside one of the link's own callbacks: they are let go only after it has returned.
            Timeout::new(0, move || drop(link)).forget();
        }
    }

    fn send_if_acknowledged(&self, text: &str) {
        if let Some(link) = self.link.as_ref().filter(|link| link.acknowledged) {
            // Where the link is gone, its close event brings everything back.
            let _ = link.socket.send_with_str(text);
        }
    }
}

fn connect() {
    let already = SOCKET.with_borrow(|socket| socket.link.is_some() || socket.retry.is_some());
    if already {
        return;
    }
    let location = web_sys::window().map(|window| window.location());
    let Some((protocol, host)) = location.and_then(|at| Some((at.protocol().ok()?, at.host().ok()?))) else { return };
    let scheme = if protocol == "https:" { "wss" } else { "ws" };
    let Ok(socket) = WebSocket::new_with_str(&format!("{scheme}://{host}/graphql"), "graphql-transport-ws") else {
        return;
    };
    let opened = Closure::<dyn FnMut()>::new(|| {
        SOCKET.with_borrow(|socket| {
            if let Some(link) = &socket.link {
                let _ = link.socket.send_with_str(r#"{"type":"connection_init"}"#);
            }
        });
    });
    let message = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| {
        if let Some(text) = event.data().as_string() {
            received(&text);
        }
    });
    let closed = Closure::<dyn FnMut(CloseEvent)>::new(|event: CloseEvent| lost(event.code()));
    socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
    socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
    socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
    let ping = Interval::new(PING_EVERY, check_life);
    let link =
        Link { socket, acknowledged: false, silent_pings: 0, _callbacks: (opened, message, closed), _ping: ping };
    SOCKET.with_borrow_mut(|socket| socket.link = Some(link));
}

/// Sends a ping; a link that has not answered the last ones is dead, though nothing closed it.
fn check_life() {
    let dead = SOCKET.with_borrow_mut(|socket| {
        let Some(link) = socket.link.as_mut() else { return false };
        link.silent_pings += 1;
        // One that is not even open by now never will be.
        let dead = link.silent_pings > SILENT_PINGS || !link.acknowledged;
        if !dead {
            socket.send_if_acknowledged(r#"{"type":"ping"}"#);
        }
        dead
    });
    if dead {
        lost(0);
    }
}

fn received(text: &str) {
    let Ok(mut frame) = serde_json::from_str::<Value>(text) else { return };
    SOCKET.with_borrow_mut(|socket| {
        if let Some(link) = socket.link.as_mut() {
            link.silent_pings = 0;
        }
    });
    let payload = take(&mut frame, "payload");
    let text = |name: &str| frame.get(name).and_then(Value::as_str);
    let id = text("id").and_then(|id| id.parse::<u32>().ok());
    match (text("type").unwrap_or_default(), id) {
        ("connection_ack", _) => acknowledged(),
        ("ping", _) => SOCKET.with_borrow(|socket| socket.send_if_acknowledged(r#"{"type":"pong"}"#)),
        ("next", Some(id)) => match data(payload) {
            Ok(data) => brought(id, data),
            Err(error) => failed(id, error),
        },
        ("error", Some(id)) => {
            let error = payload.get(0).map_or_else(|| ApiError::of(Code::Unreadable), ApiError::read);
            tell(&error);
            failed(id, error);
        }
        ("complete", Some(id)) => {
            let ended = SOCKET.with_borrow_mut(|socket| socket.entries.remove(&id));
            if let Some(entry) = ended {
                (entry.handler)(Event::Complete);
                tell_link();
            }
        }
        _ => {}
    }
}

fn brought(id: u32, data: Value) {
    let known = SOCKET.with_borrow_mut(|socket| {
        let entry = socket.entries.get_mut(&id)?;
        Some((entry.handler.clone(), std::mem::take(&mut entry.failures) > 0))
    });
    let Some((handler, recovered)) = known else { return };
    handler(Event::Next(data));
    if recovered {
        tell_link();
    }
}

/// A stream has failed: it ends, and is asked for again after a while where that may help. The `complete` that follows
/// an error is of an id that is not known any more, so it says nothing about the view.
fn failed(id: u32, error: ApiError) {
    let Some(mut entry) = end(id) else { return };
    let handler = entry.handler.clone();
    if error.passes() {
        let asked = error.params.number("retryAfterSeconds").unwrap_or(0.0) * 1000.0;
        let wait = back_off(entry.failures).max(asked);
        entry.failures += 1;
        let id = put(entry);
        let retry = after(wait, move || ask(id));
        SOCKET.with_borrow_mut(|socket| {
            if let Some(entry) = socket.entries.get_mut(&id) {
                entry.retry = Some(retry);
            }
        });
    }
    handler(Event::Failed(error));
    tell_link();
}

/// Tells whether what the pages show goes on: the link may be there while a stream fails again and again.
fn tell_link() {
    let state = SOCKET.with_borrow(|socket| {
        let up = socket.link.as_ref().is_some_and(|link| link.acknowledged);
        let failing = socket.entries.values().any(|entry| entry.failures > 0);
        up.then_some(if failing { link::Link::Failing } else { link::Link::Up })
    });
    if let Some(state) = state {
        link::set(state);
    }
}

/// Reads the data of a message.
pub fn read<T: Read>(data: Value) -> Result<T, ApiError> {
    whole(data).ok_or_else(|| ApiError::of(Code::Unreadable))
}

fn acknowledged() {
    let ids: Vec<u32> = SOCKET.with_borrow_mut(|socket| {
        socket.attempts = 0;
        if let Some(link) = socket.link.as_mut() {
            link.acknowledged = true;
        }
        socket.entries.keys().copied().collect()
    });
    tell_link();
    ids.into_iter().for_each(ask);
}

fn ask(id: u32) {
    let request = SOCKET.with_borrow_mut(|socket| {
        let entry = socket.entries.get_mut(&id)?;
        entry.retry = None;
        Some(entry.request.clone())
    });
    if let Some(request) = request {
        let payload = request();
        SOCKET.with_borrow(|socket| {
            socket.send_if_acknowledged(&format!(r#"{{"id":"{id}","type":"subscribe","payload":{payload}}}"#));
        });
    }
}

/// The link is gone: waits and tries again, unless nobody wants it or the session has ended.
fn lost(code: u16) {
    let wait = SOCKET.with_borrow_mut(|socket| {
        socket.close();
        if socket.entries.is_empty() {
            socket.attempts = 0;
            return None;
        }
        let wait = back_off(socket.attempts);
        socket.attempts += 1;
        Some(wait)
    });
    match code {
        // Rights have changed, the session has ended, or there is no room for one more of nobody's (1013): ask who we are before
        // going on.
        1013 | 4401 | 4403 => session::check(),
        _ => {}
    }
    let Some(wait) = wait else {
        link::set(link::Link::Quiet);
        return;
    };
    link::set(link::Link::Lost);
    let retry = after(wait, || {
        SOCKET.with_borrow_mut(|socket| socket.retry = None);
        connect();
    });
    SOCKET.with_borrow_mut(|socket| socket.retry = Some(retry));
}

/// How long to wait after so many failures, in milliseconds.
fn back_off(failures: u32) -> f64 {
    let ceiling = (BACK_OFF.0 * f64::from(1 << failures.min(6))).min(BACK_OFF.1);
    // Jitter, so that a restarted server is not met by all its tabs at once.
    ceiling * (0.5 + js_sys::Math::random() / 2.0)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some seconds, and never below nought")]
fn after(millis: f64, run: impl FnOnce() + 'static) -> Timeout {
    Timeout::new(millis as u32, run)
}
