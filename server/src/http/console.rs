//! The console's files, embedded at build time.
//!
//! Files with a hash in their name never change and are kept for a year; everything else is asked for anew. An asset
//! that is not there is 404 and never the page, or a browser would read HTML as a script.

use std::{borrow::Cow, collections::HashMap};

use axum::{
    body::{Body, Bytes},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../dist"]
struct Dist;

/// Hashes of inline scripts, written beside the page when it is built.
const HASHES: &str = ".csp.json";
const PAGE: &str = "index.html";

/// The console's files by path.
#[derive(Default)]
pub struct Console {
    files: HashMap<String, File>,
    scripts: Vec<String>,
    build_id: String,
}

struct File {
    plain: Variant,
    brotli: Option<Variant>,
    content_type: &'static str,
    immutable: bool,
}

struct Variant {
    bytes: Bytes,
    etag: HeaderValue,
}

/// A file's bytes and their SHA-256. Those of the binary's own files were made when it was built: at the start their bytes
/// are not read, and take no memory until somebody asks for them.
type Hashed = (Cow<'static, [u8]>, [u8; 32]);

impl Variant {
    fn new((bytes, hash): Hashed) -> Self {
        let bytes = match bytes {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        };
        let etag = format!("\"{}\"", hex::encode(&hash[..12]));
        Self { bytes, etag: HeaderValue::from_str(&etag).unwrap_or(HeaderValue::from_static("\"\"")) }
    }
}

impl Console {
    /// The files in this binary.
    pub fn embedded() -> Self {
        let file = |path: Cow<'static, str>| {
            let file = Dist::get(&path)?;
            Some((path.into_owned(), (file.data, file.metadata.sha256_hash())))
        };
        Self::made(Dist::iter().filter_map(file).collect())
    }

    /// Files given by path.
    pub fn of(files: impl IntoIterator<Item = (String, Cow<'static, [u8]>)>) -> Self {
        let hashed = |(path, bytes): (String, Cow<'static, [u8]>)| {
            let hash = Sha256::digest(&bytes).into();
            (path, (bytes, hash))
        };
        Self::made(files.into_iter().map(hashed).collect())
    }

    fn made(mut all: HashMap<String, Hashed>) -> Self {
        let scripts = all.remove(HASHES).map(|(bytes, _)| hashes(&bytes)).unwrap_or_default();
        let mut page = Sha256::new();
        page.update(env!("CARGO_PKG_VERSION"));
        page.update(all.get(PAGE).map_or(&[][..], |(bytes, _)| bytes));
        let build_id = hex::encode(&page.finalize()[..8]);
        let served =
            |path: &str| path.rsplit('.').next() != Some("br") && !path.split('/').any(|part| part.starts_with('.'));
        let paths: Vec<String> = all.keys().filter(|path| served(path)).cloned().collect();
        let mut files = HashMap::new();
        for path in paths {
            let brotli = all.remove(&format!("{path}.br")).map(Variant::new);
            let Some(plain) = all.remove(&path).map(Variant::new) else { continue };
            let file = File { plain, brotli, content_type: content_type(&path), immutable: has_hash(&path) };
            files.insert(path, file);
        }
        Self { files, scripts, build_id }
    }

    /// Whether there is a page at all.
    pub fn is_built(&self) -> bool {
        self.files.contains_key(PAGE)
    }

    /// Hashes of the page's inline scripts, as a policy wants them.
    pub fn scripts(&self) -> &[String] {
        &self.scripts
    }

    /// Identifies this build: the page names every other file by its hash.
    pub fn build_id(&self) -> &str {
        &self.build_id
    }

    /// Answers a GET of any path that no other route has.
    pub fn answer(&self, path: &str, headers: &HeaderMap) -> Response {
        let path = path.trim_start_matches('/');
        if let Some(file) = self.files.get(path).filter(|_| path != PAGE) {
            return file.answer(headers);
        }
        let asset = path.starts_with("assets/") || path.rsplit('/').next().is_some_and(|name| name.contains('.'));
        if asset && path != PAGE {
            return (StatusCode::NOT_FOUND, no_cache(), "There is no such file.\n").into_response();
        }
        if let Some(page) = self.files.get(PAGE) {
            return page.answer(headers);
        }
        let text = "This binary was built without the console. The API is at /graphql.\n";
        (StatusCode::NOT_FOUND, no_cache(), text).into_response()
    }
}

fn no_cache() -> [(header::HeaderName, HeaderValue); 1] {
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))]
}

impl File {
    fn answer(&self, request: &HeaderMap) -> Response {
        let brotli = self.brotli.as_ref().filter(|_| accepts_brotli(request));
        let variant = brotli.unwrap_or(&self.plain);
        let known = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let unchanged = known
            .flat_map(|value| value.split(','))
            .map(|tag| tag.trim().trim_start_matches("W/"))
            .any(|tag| tag == "*" || tag.as_bytes() == variant.etag.as_bytes());
        let mut answer = if unchanged {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            Response::new(Body::from(variant.bytes.clone()))
        };
        let headers = answer.headers_mut();
        let caching = if self.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        headers.insert(header::ETAG, variant.etag.clone());
        if self.brotli.is_some() {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        if !unchanged {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
            if brotli.is_some() {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
            }
        }
        answer
    }
}

/// RFC 9110, section 12.5.3.
fn accepts_brotli(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = parameters.trim().strip_prefix("q=").is_some_and(|q| q.trim().parse::<f32>() == Ok(0.0));
        name.trim().eq_ignore_ascii_case("br") && !refused
    })
}

/// Whether a name holds a hash, as Trunk writes it: `app-1a2b3c4d5e6f7a8b_bg.wasm`.
fn has_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split(['-', '.', '_']).skip(1).any(|part| {
        part.len() >= 12 && part.bytes().all(|b| b.is_ascii_hexdigit()) && part.bytes().any(|b| b.is_ascii_digit())
    })
}

/// `{"script-src": ["'sha256-…'"]}`; what is no hash is left out, since it would widen the policy.
fn hashes(json: &[u8]) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Hashes {
        #[serde(rename = "script-src")]
        scripts: Vec<String>,
    }
    let read: Hashes = match serde_json::from_slice(json) {
        Ok(read) => read,
        Err(error) => {
            tracing::error!(%error, "{HASHES} of the console cannot be read; its page will stay blank");
            return Vec::new();
        }
    };
    let is_hash = |text: &str| {
        ["sha256-", "sha384-", "sha512-"]
            .iter()
            .find_map(|prefix| text.strip_prefix(prefix))
            .is_some_and(|digest| BASE64_STANDARD.decode(digest).is_ok())
    };
    read.scripts
        .iter()
        .map(|text| text.trim_matches('\''))
        .filter(|text| is_hash(text))
        .map(|text| format!("'{text}'"))
        .collect()
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashed_names_are_known() {
        for path in ["app-1a2b3c4d5e6f7a8b_bg.wasm", "style-0123456789abcdef.css", "assets/editor-0123456789ab.js"] {
            assert!(has_hash(path), "{path}");
        }
        for path in ["index.html", "favicon.svg", "assets/some-long-enough-name.js", "deadbeefdead.js"] {
            assert!(!has_hash(path), "{path}");
        }
    }

    #[test]
    fn only_hashes_get_into_the_policy() {
        let json =
            br#"{"script-src": ["'sha256-YWJj'", "sha384-YWJj", "'unsafe-inline'", "https://evil", "'sha256-a; x'"]}"#;
        assert_eq!(hashes(json), ["'sha256-YWJj'", "'sha384-YWJj'"]);
        assert!(hashes(b"{}").is_empty());
    }
}
