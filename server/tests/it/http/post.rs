//! GraphQL over HTTP, good requests and hostile ones.

use serde_json::{Value, json};

use super::{ORIGIN, Options, TestServer, verdict};

async fn body(request: reqwest::RequestBuilder) -> Value {
    request.send().await.expect("an answer").json().await.expect("JSON")
}

#[tokio::test]
async fn queries_and_mutations_are_answered() {
    let server = TestServer::start().await;
    assert_eq!(body(server.post("{ hello }")).await, json!({"data": {"hello": "world"}}));
    assert_eq!(body(server.post("mutation { change }")).await, json!({"data": {"change": true}}));
    let got = server.get("/graphql?query=%7Bhello%7D").await;
    assert_eq!(got.headers()["content-type"], "application/json; charset=utf-8");
    assert_eq!(got.headers()["cache-control"], "no-store");
    let answer = server.post("{ hello }").send().await.expect("an answer");
    assert_eq!(answer.headers()["content-type"], "application/graphql-response+json; charset=utf-8");
}

#[tokio::test]
async fn methods_and_media_types_are_held_to() {
    let server = TestServer::start().await;
    let url = server.url("/graphql");
    let encode = |query: &str| query.replace(' ', "%20").replace('{', "%7B").replace('}', "%7D");
    let get = |query: &str| server.client.get(format!("{url}?query={}", encode(query)));
    assert_eq!(verdict(get("mutation { change }")).await, (405, "BAD_REQUEST".into()));
    assert_eq!(verdict(get("subscription { count }")).await, (400, "BAD_REQUEST".into()));
    assert_eq!(verdict(server.client.get(&url)).await, (400, "BAD_REQUEST".into()));
    let json = r#"{"query":"mutation{change}"}"#;
    for wrong in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin1",
    ] {
        let request = server.client.post(&url).header("content-type", wrong).body(json);
        assert_eq!(verdict(request).await, (415, "BAD_REQUEST".into()), "{wrong}");
    }
    assert_eq!(verdict(server.client.post(&url).body(json)).await, (415, "BAD_REQUEST".into()));
    let html = server.client.post(&url).header("accept", "text/html").json(&json!({"query": "{hello}"}));
    assert_eq!(verdict(html).await, (406, "BAD_REQUEST".into()));
    for method in [reqwest::Method::PUT, reqwest::Method::DELETE, reqwest::Method::OPTIONS] {
        let answer = server.client.request(method, &url).send().await.expect("an answer");
        assert_eq!(answer.status(), 405);
    }
}

#[tokio::test]
async fn a_request_error_has_no_data_and_the_status_of_its_media_type() {
    let server = TestServer::start().await;
    for query in
        ["{", "{ nothing }", "{ twice }", "query A { hello } query B { hello }", "mutation { a: change b: change }", ""]
    {
        let answer = server.post(query).send().await.expect("an answer");
        assert_eq!(answer.status(), 400, "{query}");
        let json: Value = answer.json().await.expect("JSON");
        assert!(json.get("data").is_none(), "{json}");
        assert_eq!(json["errors"][0]["extensions"]["code"], "BAD_REQUEST", "{json}");
        let lenient = server.post(query).header("accept", "application/json");
        // reqwest adds a header to the one that stands; the stricter is preferred only by quality.
        assert!(matches!(verdict(lenient).await, (200 | 400, code) if code == "BAD_REQUEST"));
    }
    let url = server.url("/graphql");
    let json = server.client.post(&url).header("accept", "application/json").json(&json!({"query": "{ nothing }"}));
    assert_eq!(verdict(json).await.0, 200);
}

#[tokio::test]
async fn bodies_that_are_no_request_are_refused() {
    let server = TestServer::start().await;
    let post =
        |body: String| server.client.post(server.url("/graphql")).header("content-type", "application/json").body(body);
    for wrong in [
        "",
        "{",
        "null",
        "1",
        "{}",
        r#"[{"query":"{hello}"}]"#,
        r#"  [{"query":"{hello}"}]"#,
        r#"{"query":1}"#,
        r#"{"query":"{hello}","query":"{hello}"}"#,
        r#"{"query":"{hello}","variables":[]}"#,
        "\u{feff}{}",
    ] {
        assert_eq!(verdict(post(wrong.to_owned())).await, (400, "BAD_REQUEST".into()), "{wrong}");
    }
    assert_eq!(verdict(post("[".repeat(500_000))).await.0, 400);
    let nested = format!(r#"{{"query":"{{hello}}","variables":{{"a":{}}}}}"#, "[".repeat(100_000));
    assert_eq!(verdict(post(nested)).await.0, 400);
}

#[tokio::test]
async fn ten_megabytes_are_answered_clearly() {
    let server = TestServer::start().await;
    let huge = format!("{{ hello }} # {}", "x".repeat(10 << 20));
    let answer = server.post(&huge).send().await.expect("the answer arrives although the body was too large");
    assert_eq!(answer.status(), 413);
    let json: Value = answer.json().await.expect("JSON");
    assert_eq!(json["errors"][0]["message"], "The request's body is larger than 1048576 bytes");
    assert_eq!(json["errors"][0]["extensions"]["params"]["max"], "1048576");
    // The same without a length told in advance.
    let chunks = futures::stream::iter((0..10).map(|_| Ok::<_, std::io::Error>("x".repeat(1 << 20))));
    let request = server
        .client
        .post(server.url("/graphql"))
        .header("content-type", "application/json")
        .body(reqwest::Body::wrap_stream(chunks));
    assert_eq!(verdict(request).await, (413, "TOO_COMPLEX".into()));
}

#[tokio::test]
async fn bombs_are_defused() {
    let server = TestServer::start().await;
    let deep = format!("{{ {} name {} }}", "node {".repeat(17), "}".repeat(17));
    let aliases = (0..1000).fold(String::new(), |text, i| text + &format!("a{i}: hello "));
    let fragments = (0..40).fold(String::from("{ ...f0 }"), |text, i| {
        text + &format!(" fragment f{i} on Query {{ ...f{0} ...f{0} }}", i + 1)
    }) + " fragment f40 on Query { hello }";
    let began = std::time::Instant::now();
    for query in [
        deep,
        format!("{{ {aliases} }}"),
        format!("{{ {} }}", "hello ".repeat(900)),
        format!("{{ {} }}", "node { name } ".repeat(100)),
        fragments,
        "{node".repeat(50_000),
        format!("{{ twice(number: {}) }}", "[".repeat(200_000)),
    ] {
        assert_eq!(verdict(server.post(&query)).await, (400, "TOO_COMPLEX".into()));
    }
    let cycle = "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }";
    assert_eq!(verdict(server.post(cycle)).await, (400, "BAD_REQUEST".into()));
    assert!(began.elapsed() < std::time::Duration::from_secs(10), "{:?}", began.elapsed());
}

#[tokio::test]
async fn nothing_internal_is_told() {
    let server = TestServer::start().await;
    for (query, status) in [("{ leak }", 200), ("{ leakText }", 200), ("{ panics }", 500)] {
        let answer = server.post(query).send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{query}");
        let text = answer.text().await.expect("text");
        assert!(!text.contains("canary"), "{text}");
        assert!(text.contains("Internal error") && text.contains("\"INTERNAL\""), "{text}");
    }
    let refused = body(server.post("{ refused }")).await;
    let fields = &refused["errors"][0]["extensions"]["fields"];
    assert_eq!(*fields, json!([{"field": "name", "code": "TOO_LONG", "params": {"max": "64"}}]));
}

#[tokio::test]
async fn values_of_a_wrong_type_are_the_callers_mistake() {
    let server = TestServer::start().await;
    for query in ["{ twice(number: 3000000000) }", "{ twice(number: \"hunter2\") }", "{ twice(number: 1.5) }"] {
        let answer = server.post(query).send().await.expect("an answer");
        let json: Value = answer.json().await.expect("JSON");
        assert_eq!(json["errors"][0]["extensions"]["code"], "BAD_REQUEST", "{json}");
        assert!(!json.to_string().contains("hunter2"), "{json}");
    }
}

#[tokio::test]
async fn an_endless_operation_ends() {
    let server = TestServer::start().await;
    assert_eq!(verdict(server.post("{ slow }")).await, (503, "UNAVAILABLE".into()));
}

#[tokio::test]
async fn credentials_are_looked_at() {
    let server = TestServer::start().await;
    assert_eq!(body(server.post("{ who }")).await["data"]["who"], "nobody");
    assert_eq!(body(server.post("{ who }").bearer_auth("good")).await["data"]["who"], "token");
    let refused = server.post("{ who }").bearer_auth("bad").send().await.expect("an answer");
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["www-authenticate"]),
        (401, &"Bearer".parse().expect("a value"))
    );
}

#[tokio::test]
async fn who_asks_is_found_out_when_all_is_there_that_they_ask_for() {
    let server = TestServer::start().await;
    let huge = server.post(&"x".repeat(2 << 20)).bearer_auth("bad");
    assert_eq!(verdict(huge).await, (413, "TOO_COMPLEX".into()), "nobody is asked who they are for that");
    assert_eq!(verdict(server.post("{").bearer_auth("bad")).await, (401, "UNAUTHENTICATED".into()));
    server.door.ended.cancel();
    for query in ["{ who }", "mutation { change }"] {
        assert_eq!(verdict(server.post(query).bearer_auth("good")).await, (401, "UNAUTHENTICATED".into()), "{query}");
    }
    let get = server.client.get(server.url("/graphql?query=%7Bwho%7D")).bearer_auth("good");
    assert_eq!(verdict(get).await, (401, "UNAUTHENTICATED".into()));
    assert_eq!(verdict(server.post("{ who }")).await, (200, "OK".into()), "who is nobody cannot end");
}

#[tokio::test]
async fn the_origin_must_be_ours_for_cookies() {
    let server = TestServer::start().await;
    let with = |cookie: bool, origin: Option<&str>| {
        let mut request = server.post("mutation { change }");
        if cookie {
            request = request.header("cookie", "session=good");
        }
        match origin {
            Some(origin) => request.header("origin", origin),
            None => request,
        }
    };
    assert_eq!(verdict(with(true, Some(ORIGIN))).await, (200, "OK".into()));
    for origin in [
        None,
        Some("null"),
        Some("https://evil.example.com"),
        Some("http://paas.example.com"),
        Some("https://paas.example.com.evil"),
    ] {
        assert_eq!(verdict(with(true, origin)).await, (403, "FORBIDDEN".into()), "{origin:?}");
    }
    // A sign-in from another site would put its visitor into a foreign account.
    assert_eq!(verdict(with(false, Some("https://evil.example.com"))).await, (403, "FORBIDDEN".into()));
    assert_eq!(verdict(with(false, None)).await, (200, "OK".into()));
    let foreign_token = with(false, Some("https://evil.example.com")).bearer_auth("good");
    assert_eq!(verdict(foreign_token).await, (200, "OK".into()));
    let get = server.client.get(server.url("/graphql?query=%7Bwho%7D")).header("cookie", "session=good");
    assert_eq!(verdict(get.try_clone().expect("no body").header("sec-fetch-site", "cross-site")).await.0, 403);
    assert_eq!(verdict(get).await, (200, "OK".into()));
}

#[tokio::test]
async fn too_many_requests_are_told_when_to_come_back() {
    let server = TestServer::with(Options { requests_a_minute: 5, ..Options::default() }).await;
    for _ in 0..5 {
        assert_eq!(verdict(server.post("{ hello }")).await.0, 200);
    }
    let answer = server.post("{ hello }").send().await.expect("an answer");
    assert_eq!(answer.status(), 429);
    let wait: u64 = answer.headers()["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=13).contains(&wait));
    let json: Value = answer.json().await.expect("JSON");
    assert_eq!(json["errors"][0]["extensions"]["params"]["retryAfterSeconds"], wait.to_string());
}
