//! What is known of a request before anything looks at it: its id, and where it comes from.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::extract::ConnectInfo;
use http::{HeaderMap, HeaderName, request::Parts};

use super::cidr::Cidr;

/// The header of a request's id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request's id and client, among its extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestContext {
    /// Identifies the request in answers, logs and audit.
    pub request_id: Arc<str>,
    /// The client's address, as the connection or a trusted proxy tells.
    pub client: IpAddr,
}

impl RequestContext {
    /// Of a request that has passed [`super::edge`].
    pub fn of(parts: &Parts) -> Self {
        parts.extensions.get().cloned().unwrap_or_else(|| Self::made(parts, &[]))
    }

    /// Looks at a request that has just come in. Headers are believed only from a trusted proxy.
    pub fn made(parts: &Parts, trusted: &[Cidr]) -> Self {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip().to_canonical());
        let is_trusted = |address: IpAddr| trusted.iter().any(|cidr| cidr.contains(address));
        if !is_trusted(peer) {
            return Self { request_id: new_id(), client: peer };
        }
        let request_id = parts.headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(|id| is_plain(id));
        Self {
            request_id: request_id.map_or_else(new_id, Into::into),
            client: forwarded_for(&parts.headers, is_trusted).unwrap_or(peer),
        }
    }
}

/// The nearest address in `X-Forwarded-For` that is not a proxy of ours; what stands before it may be made up.
fn forwarded_for(headers: &HeaderMap, is_trusted: impl Fn(IpAddr) -> bool) -> Option<IpAddr> {
    let chain: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .collect();
    let mut furthest = None;
    for hop in chain.iter().rev() {
        let Some(address) = hop_address(hop.trim()) else { break };
        furthest = Some(address);
        if !is_trusted(address) {
            break;
        }
    }
    furthest
}

/// `192.0.2.1`, `2001:db8::1`, and both with a port.
fn hop_address(hop: &str) -> Option<IpAddr> {
    hop.parse::<IpAddr>()
        .or_else(|_| hop.parse::<SocketAddr>().map(|address| address.ip()))
        .ok()
        .map(|address| address.to_canonical())
}

fn is_plain(id: &str) -> bool {
    (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn new_id() -> Arc<str> {
    uuid::Uuid::now_v7().simple().to_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(peer: &str, headers: &[(&str, &str)], trusted: &[&str]) -> RequestContext {
        let mut request = http::Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        let peer: IpAddr = peer.parse().expect("an address");
        parts.extensions.insert(ConnectInfo(SocketAddr::new(peer, 1)));
        let trusted: Vec<Cidr> = trusted.iter().map(|text| text.parse().expect("a network")).collect();
        RequestContext::made(&parts, &trusted)
    }

    #[test]
    fn headers_from_strangers_are_not_believed() {
        let headers = [("x-forwarded-for", "192.0.2.7"), ("x-request-id", "chosen-by-them")];
        let found = context("203.0.113.9", &headers, &["10.0.0.0/8"]);
        assert_eq!(found.client.to_string(), "203.0.113.9");
        assert_eq!(found.request_id.len(), 32);
    }

    #[test]
    fn a_proxy_of_ours_tells_the_nearest_stranger() {
        let headers = [("x-forwarded-for", "6.6.6.6, 192.0.2.7:1234"), ("x-forwarded-for", "10.1.1.1")];
        let found = context("::ffff:10.0.0.1", &headers, &["10.0.0.0/8"]);
        assert_eq!(found.client.to_string(), "192.0.2.7");
        let found = context("10.0.0.1", &[("x-request-id", "given-0001")], &["10.0.0.0/8"]);
        assert_eq!((&*found.request_id, found.client.to_string().as_str()), ("given-0001", "10.0.0.1"));
        let found = context("10.0.0.1", &[("x-request-id", "a b"), ("x-forwarded-for", "?")], &["10.0.0.0/8"]);
        assert_eq!((found.request_id.len(), found.client.to_string().as_str()), (32, "10.0.0.1"));
    }
}
