//! The transports as clients see them that others wrote: npm `graphql-http` and `graphql-ws`, installed by
//! `npm ci` in `server/tests/clients`.

use std::path::Path;

use super::TestServer;

async fn run(script: &str, scheme: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    assert!(
        folder.join("node_modules").is_dir(),
        "the clients are not installed: run `npm ci` in {}",
        folder.display()
    );
    let server = TestServer::start().await;
    let output = tokio::process::Command::new("node")
        .arg(script)
        .arg(format!("{scheme}://{}/graphql", server.address))
        .current_dir(folder)
        .output()
        .await
        .expect("node runs");
    let text = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&text));
}

#[tokio::test]
#[ignore = "needs `npm ci` in server/tests/clients; run with --ignored"]
async fn graphql_http_audits_pass() {
    run("audit.mjs", "http").await;
}

#[tokio::test]
#[ignore = "needs `npm ci` in server/tests/clients; run with --ignored"]
async fn graphql_ws_is_content() {
    run("sockets.mjs", "ws").await;
}
