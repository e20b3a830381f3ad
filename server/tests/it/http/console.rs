//! The embedded console: caching, compression, and no page where an asset is missing.

use super::TestServer;

#[tokio::test]
async fn paths_of_the_console_lead_to_its_page() {
    let server = TestServer::start().await;
    for path in ["/", "/index.html", "/workspaces/123", "/marketplace?search=a.b"] {
        let answer = server.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.headers()["cache-control"], "no-cache");
        assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
        assert!(answer.text().await.expect("text").contains("<title>Woow</title>"));
    }
}

#[tokio::test]
async fn a_missing_asset_is_never_the_page() {
    let server = TestServer::start().await;
    for path in [
        "/app-ffff.js",
        "/assets/x",
        "/a/b.wasm",
        "/.csp.json",
        "/app-0123456789abcdef.js.br",
        "/..%2f..%2fetc%2fpasswd.x",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert!(!answer.text().await.expect("text").contains("<title>"));
    }
    let posted = server.client.post(server.url("/")).send().await.expect("an answer");
    assert_eq!(posted.status(), 405);
}

#[tokio::test]
async fn hashed_files_are_kept_and_compressed() {
    let server = TestServer::start().await;
    let path = "/app-0123456789abcdef.js";
    let plain = server.get(path).await;
    assert_eq!(plain.headers()["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(plain.headers()["vary"], "accept-encoding");
    assert!(plain.headers().get("content-encoding").is_none());
    let ask = |coding: &'static str| server.client.get(server.url(path)).header("accept-encoding", coding).send();
    let brotli = ask("gzip, br").await.expect("an answer");
    assert_eq!(brotli.headers()["content-encoding"], "br");
    assert_eq!(brotli.headers()["content-type"], "text/javascript; charset=utf-8");
    assert_ne!(brotli.headers()["etag"], plain.headers()["etag"]);
    assert_eq!(brotli.text().await.expect("text"), "brotli");
    assert!(ask("br;q=0").await.expect("an answer").headers().get("content-encoding").is_none());
}

#[tokio::test]
async fn what_is_unchanged_is_not_sent_again() {
    let server = TestServer::start().await;
    let etag = server.get("/favicon.svg").await.headers()["etag"].clone();
    let again = server.client.get(server.url("/favicon.svg")).header("if-none-match", etag).send().await;
    let again = again.expect("an answer");
    assert_eq!((again.status().as_u16(), again.text().await.expect("text").as_str()), (304, ""));
    let head = server.client.head(server.url("/favicon.svg")).send().await.expect("an answer");
    assert_eq!(head.headers()["content-length"], "6");
}
