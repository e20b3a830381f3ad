//! The least that async-graphql on axum does: no rights, no limits, no database. `make bench` holds the server's requests
//! against it, in the same run. Prints the address that it listens on.

use async_graphql::{EmptyMutation, EmptySubscription, Object, Request, Response, Schema};
use axum::{Json, Router, extract::State, routing::post};

struct Query;

/// What can be read.
#[Object]
impl Query {
    /// Always the same word.
    async fn hello(&self) -> &'static str {
        "hello"
    }
}

type Hello = Schema<Query, EmptyMutation, EmptySubscription>;

async fn graphql(State(schema): State<Hello>, Json(request): Json<Request>) -> Json<Response> {
    Json(schema.execute(request).await)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    let router = Router::new().route("/graphql", post(graphql)).with_state(schema);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    axum::serve(listener, router).await
}
