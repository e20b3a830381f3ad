//! Where people reach the console.

use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr},
};

use http::Uri;

/// The console's address: scheme, host and port, nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    host: String,
    https: bool,
}

impl PublicUrl {
    /// Reads an address; says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let uri: Uri = text.trim().parse().map_err(|_| "it is not a URL")?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err("it does not begin with https:// or http://"),
        };
        let authority = uri.authority().ok_or("it has no host")?;
        if authority.as_str().contains('@') {
            return Err("it holds a user name");
        }
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err("it holds a path; the console wants a host of its own");
        }
        let host = authority.host().to_ascii_lowercase();
        if host.is_empty() {
            return Err("it has no host");
        }
        let scheme = if https { "https" } else { "http" };
        let port = authority.port_u16().filter(|port| *port != if https { 443 } else { 80 });
        // As browsers write it (RFC 6454, section 6.2): default ports are left out.
        let origin = match port {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        };
        Ok(Self { origin, host, https })
    }

    /// The server itself, on this machine.
    pub fn local(listen: SocketAddr) -> Self {
        let ip = if listen.ip().is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { listen.ip() };
        let address = SocketAddr::new(ip, listen.port()).to_string();
        let address = address.strip_suffix(":80").unwrap_or(&address);
        let host = address.strip_suffix(&format!(":{}", listen.port())).unwrap_or(address);
        Self { origin: format!("http://{address}"), host: host.to_owned(), https: false }
    }

    /// As browsers send it in `Origin`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host without port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is encrypted.
    pub const fn https(&self) -> bool {
        self.https
    }

    /// Whether browsers keep cookies named `__Host-` from it: with https, and on the machine itself.
    pub fn keeps_secure_cookies(&self) -> bool {
        self.https || self.host == "localhost" || self.host.ends_with(".localhost")
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_is_written_as_browsers_do() {
        let origin = |text: &str| PublicUrl::parse(text).map(|url| url.origin);
        assert_eq!(origin("https://PaaS.Example.com:443/"), Ok("https://paas.example.com".to_owned()));
        assert_eq!(origin("http://127.0.0.1:8080"), Ok("http://127.0.0.1:8080".to_owned()));
        assert_eq!(origin("http://[::1]:80"), Ok("http://[::1]".to_owned()));
        for text in ["", "example.com", "ftp://a", "https://", "https://a/b", "https://a/?x", "https://u:p@a"] {
            assert!(origin(text).is_err(), "{text}");
        }
    }
}
