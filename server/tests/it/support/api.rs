//! Somebody who uses the API over HTTP.

use super::{Socket, process::ORIGIN, text};
use reqwest::{
    Client, StatusCode,
    cookie::{CookieStore, Jar},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// An answer with errors.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// HTTP status.
    pub status: u16,
    /// The first error's code.
    pub code: String,
    /// All errors.
    pub errors: Value,
}

impl Refused {
    /// The codes by field of the first error: `[("name", "TOO_LONG")]`.
    pub fn fields(&self) -> Vec<(String, String)> {
        let fields = self.errors[0]["extensions"]["fields"].as_array().cloned().unwrap_or_default();
        fields.iter().map(|field| (text(&field["field"]), text(&field["code"]))).collect()
    }
}

/// Somebody with cookies or a token.
pub struct Api {
    client: Client,
    cookies: Arc<Jar>,
    address: String,
    token: Option<String>,
}

impl Api {
    /// Nobody yet.
    pub fn new(address: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let cookies = Arc::new(Jar::default());
        let client = Client::builder().cookie_provider(Arc::clone(&cookies)).build().unwrap();
        Self { client, cookies, address: address.to_owned(), token: None }
    }

    /// A program with a token.
    pub fn with_token(address: &str, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::new(address) }
    }

    /// Goes on with a server that listens elsewhere now. Cookies are bound to the host, not to the port.
    pub fn moved(&mut self, address: &str) {
        address.clone_into(&mut self.address);
    }

    /// Sends a body as it is.
    pub async fn send(&self, content_type: &str, body: impl Into<reqwest::Body>) -> (StatusCode, String) {
        let mut request = self
            .client
            .post(format!("http://{}/graphql", self.address))
            .header("content-type", content_type)
            .header("accept", "application/json")
            .header("origin", ORIGIN)
            .body(body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.expect("the server answers");
        (answer.status(), answer.text().await.expect("the answer is text"))
    }

    /// Gets something that is no part of the API.
    pub async fn get(&self, path: &str) -> reqwest::Response {
        let mut request = self.client.get(format!("http://{}{path}", self.address));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        request.send().await.expect("the server answers")
    }

    /// A query or mutation, refused or not.
    pub async fn try_ask(&self, query: &str, variables: Value) -> Result<Value, Refused> {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let (status, answer) = self.send("application/json", body).await;
        let answer: Value = serde_json::from_str(&answer).unwrap_or_else(|_| panic!("{status}: {answer}"));
        match answer.get("errors") {
            None => Ok(answer["data"].clone()),
            Some(errors) => Err(Refused {
                status: status.as_u16(),
                code: text(&errors[0]["extensions"]["code"]),
                errors: errors.clone(),
            }),
        }
    }

    /// A query or mutation that must not be refused.
    pub async fn ask(&self, query: &str, variables: Value) -> Value {
        self.try_ask(query, variables).await.unwrap_or_else(|refused| panic!("{query}: {refused:?}"))
    }

    /// Signs in.
    pub async fn sign_in(&mut self, email: &str, password: &str) -> Result<Value, Refused> {
        let query = "mutation($input: SignInInput!) { signIn(input: $input) { viewer { id mustChangePassword } } }";
        self.try_ask(query, json!({ "input": { "email": email, "password": password } })).await
    }

    /// Changes the own password.
    pub async fn change_password(&self, current: &str, new: &str) {
        let query = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { viewer { id } } }";
        self.ask(query, json!({ "input": { "currentPassword": current, "newPassword": new } })).await;
    }

    /// Makes a token of the person's.
    pub async fn token(&self, scopes: &[&str]) -> String {
        let query = "mutation($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { secret } }";
        let made = self.ask(query, json!({ "input": { "name": "test", "scopes": scopes, "expiresInDays": 1 } })).await;
        text(&made["createAccessToken"]["secret"])
    }

    /// A socket as the console opens it: with the session's cookie, or with the token.
    pub async fn own_socket(&self) -> Socket {
        if let Some(token) = &self.token {
            return Socket::open(&self.address, token).await;
        }
        let url = format!("http://{}/", self.address).parse().unwrap();
        let cookies = self.cookies.cookies(&url).map(|cookies| cookies.to_str().unwrap().to_owned());
        Socket::with_cookies(&self.address, cookies.as_deref()).await
    }

    /// A socket with this person's rights.
    pub async fn socket(&self) -> Socket {
        let token = match &self.token {
            Some(token) => token.clone(),
            None => self.token(&["READ"]).await,
        };
        Socket::open(&self.address, &token).await
    }

    /// Waits for an operation's end, by its stream; its last state.
    pub async fn ended(&self, operation: &str) -> String {
        let ended = self.operation_until(operation, |operation| {
            !["QUEUED", "RUNNING", "CANCELLING"].contains(&operation["state"].as_str().unwrap_or_default())
        });
        text(&ended.await["state"])
    }

    /// Waits until an operation is as wanted, by its stream.
    pub async fn operation_until(&self, operation: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let mut socket = self.socket().await;
        let query = "subscription($id: ID!) { operationChanged(id: $id) { operation {
            state attempts cancellable retryable error { code params { name value } } steps { name state } } } }";
        let found =
            socket.until(query, json!({ "id": operation }), |data| fits(&data["operationChanged"]["operation"]));
        found.await["operationChanged"]["operation"].clone()
    }

    /// The codes of an operation's journal.
    pub async fn journal(&self, operation: &str) -> Vec<String> {
        let query = "query($id: ID!) { operation(id: $id) { journal { code level params { name value } } } }";
        let found = self.ask(query, json!({ "id": operation })).await;
        found["operation"]["journal"].as_array().unwrap().iter().map(|entry| text(&entry["code"])).collect()
    }
}
