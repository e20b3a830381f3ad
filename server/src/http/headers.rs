//! The headers that every answer carries.

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Identifies the build; a page of another build offers to load anew.
pub const BUILD_ID: HeaderName = HeaderName::from_static("x-build-id");

/// Headers that are the same on every answer, made once.
#[derive(Debug, Clone)]
pub struct StandardHeaders(Vec<(HeaderName, HeaderValue)>);

impl StandardHeaders {
    /// `scripts` are the hashes of the page's inline scripts, as they stand in a policy: `'sha256-…'`.
    pub fn new(scripts: &[String], build_id: &str, https: bool) -> Self {
        let mut headers = vec![
            (header::CONTENT_SECURITY_POLICY, value(&policy(scripts))),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS)),
            (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
            (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
            (BUILD_ID, value(build_id)),
        ];
        if https {
            // RFC 6797. Not for subdomains: those are not ours to promise for.
            let year = HeaderValue::from_static("max-age=31536000");
            headers.push((header::STRICT_TRANSPORT_SECURITY, year));
        }
        Self(headers)
    }

    /// Adds what the answer has not set itself.
    pub fn apply(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.0 {
            headers.entry(name).or_insert_with(|| value.clone());
        }
    }
}

const PERMISSIONS: &str =
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()";

/// The policy of the console (CSP Level 3): nothing from elsewhere, nothing inline but what was built in.
fn policy(scripts: &[String]) -> String {
    let scripts = [&["'self'".to_owned(), "'wasm-unsafe-eval'".to_owned()], scripts].concat().join(" ");
    format!(
        "default-src 'self'; script-src {scripts}; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_allows_only_what_was_built_in() {
        let mut headers = HeaderMap::new();
        StandardHeaders::new(&["'sha256-abc='".to_owned()], "b1", true).apply(&mut headers);
        let policy = headers["content-security-policy"].to_str().expect("text");
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval' 'sha256-abc='; style-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe-inline"));
        assert_eq!(headers["x-build-id"], "b1");
        assert!(headers.contains_key("strict-transport-security"));
    }

    #[test]
    fn an_answer_may_be_stricter() {
        let mut headers =
            HeaderMap::from_iter([(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'"))]);
        StandardHeaders::new(&[], "b1", false).apply(&mut headers);
        assert_eq!(headers["content-security-policy"], "default-src 'none'");
        assert!(!headers.contains_key("strict-transport-security"));
    }
}
