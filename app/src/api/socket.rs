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
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{CloseEvent, MessageEvent, WebSocket};

/// How often the socket asks for a sign of life, in milliseconds.
const PING_EVERY: u32 = 15_000;
/// Pings without any message back after which the link counts as dead.
const SILENT_PINGS: u32 = 2;
/// The first wait before another attempt, and the longest, in milliseconds.
const BACK_OFF: (f64, f64) = (400.0, 15_000.0);

/// What a stream tells its view.
pub enum Event {
    /// A message: `{data, errors}`.
    Next(Value),
    /// The stream ended with an error, for good.
    Failed(ApiError),
    /// The stream ended by itself.
    Complete,
}

type Handler = Rc<dyn Fn(Event)>;

struct Entry {
    request: Rc<dyn Fn() -> String>,
    handler: Handler,
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
pub struct Subscription(u32);

impl Drop for Subscription {
    fn drop(&mut self) {
        SOCKET.with_borrow_mut(|socket| {
            if socket.entries.remove(&self.0).is_some() {
                socket.send_if_acknowledged(&format!(r#"{{"id":"{}","type":"complete"}}"#, self.0));
            }
        });
    }
}

/// Asks for a stream. `request` is called again after each reconnect, so that it can go on from where it was.
pub fn subscribe(request: impl Fn() -> String + 'static, handler: impl Fn(Event) + 'static) -> Subscription {
    let id = SOCKET.with_borrow_mut(|socket| {
        socket.last_id += 1;
        let id = socket.last_id;
        socket.entries.insert(id, Entry { request: Rc::new(request), handler: Rc::new(handler) });
        id
    });
    let acknowledged = SOCKET.with_borrow(|socket| socket.link.as_ref().map(|link| link.acknowledged));
    match acknowledged {
        Some(true) => ask(id),
        Some(false) => {}
        None => connect(),
    }
    Subscription(id)
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
    let wanted = SOCKET.with_borrow_mut(|socket| {
        socket.retry = None;
        socket.link.is_none() && !socket.entries.is_empty()
    });
    if wanted {
        connect();
    }
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
        let dead = link.silent_pings > SILENT_PINGS;
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
        ("next", Some(id)) => {
            let handler = SOCKET.with_borrow(|socket| socket.entries.get(&id).map(|entry| entry.handler.clone()));
            if let Some(handler) = handler {
                handler(Event::Next(payload));
            }
        }
        ("error", Some(id)) => {
            let error = payload.get(0).map_or_else(|| ApiError::of(Code::Unreadable), ApiError::read);
            if let Some(handler) = forget(id) {
                tell(&error);
                handler(Event::Failed(error));
            }
        }
        ("complete", Some(id)) => {
            if let Some(handler) = forget(id) {
                handler(Event::Complete);
            }
        }
        _ => {}
    }
}

fn forget(id: u32) -> Option<Handler> {
    SOCKET.with_borrow_mut(|socket| socket.entries.remove(&id)).map(|entry| entry.handler)
}

/// Reads a message of a stream.
pub fn read<T: Read>(payload: Value) -> Result<T, ApiError> {
    whole(data(payload)?).ok_or_else(|| ApiError::of(Code::Unreadable))
}

fn acknowledged() {
    let ids: Vec<u32> = SOCKET.with_borrow_mut(|socket| {
        socket.attempts = 0;
        if let Some(link) = socket.link.as_mut() {
            link.acknowledged = true;
        }
        socket.entries.keys().copied().collect()
    });
    link::set(link::Link::Up);
    ids.into_iter().for_each(ask);
}

fn ask(id: u32) {
    let request = SOCKET.with_borrow(|socket| socket.entries.get(&id).map(|entry| entry.request.clone()));
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
        let ceiling = (BACK_OFF.0 * f64::from(1 << socket.attempts.min(6))).min(BACK_OFF.1);
        socket.attempts += 1;
        // Jitter, so that a restarted server is not met by all its tabs at once.
        Some(ceiling * (0.5 + js_sys::Math::random() / 2.0))
    });
    match code {
        // Rights have changed or the session has ended: ask who we are before going on.
        4401 | 4403 => session::check(),
        _ => {}
    }
    let Some(wait) = wait else {
        link::set(link::Link::Quiet);
        return;
    };
    link::set(link::Link::Lost);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 200 and 15,000")]
    let retry = Timeout::new(wait as u32, || {
        SOCKET.with_borrow_mut(|socket| socket.retry = None);
        connect();
    });
    SOCKET.with_borrow_mut(|socket| socket.retry = Some(retry));
}
