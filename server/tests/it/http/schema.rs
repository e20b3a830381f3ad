//! A schema that does all that a transport has to bear.

use std::sync::Arc;

use async_graphql::{Context, Error, Object, Schema, Subscription};
use futures::{Stream, StreamExt, stream};
use server::graphql::{errors::ApiError, transport::OperationInfo};
use shared::{error::FieldErrorCode, rules::Problem};
use tokio::sync::Notify;

use super::Who;

pub type TestSchema = Schema<Query, Mutation, Subscription>;

/// The schema; `reached` is told when an operation that takes long has begun.
pub fn build(reached: Arc<Notify>) -> TestSchema {
    Schema::build(Query, Mutation, Subscription).data(reached).finish()
}

pub struct Query;
pub struct Mutation;
pub struct Subscription;

pub struct Node;

#[Object]
impl Node {
    async fn node(&self) -> Node {
        Node
    }

    async fn name(&self) -> &'static str {
        "node"
    }
}

#[Object]
impl Query {
    async fn hello(&self) -> &'static str {
        "world"
    }

    async fn node(&self) -> Node {
        Node
    }

    async fn who(&self, ctx: &Context<'_>) -> &'static str {
        ctx.data_opt::<Who>().map_or("nobody", |who| who.0)
    }

    async fn client(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        let info = ctx.data_opt::<OperationInfo>().ok_or_else(|| ApiError::internal("no info"))?;
        Ok(info.client.to_string())
    }

    async fn twice(&self, number: i32) -> i32 {
        number.wrapping_mul(2)
    }

    /// What `?` makes of a foreign error.
    async fn leak(&self) -> async_graphql::Result<Option<String>> {
        Err(std::io::Error::other("canary: no such table"))?;
        Ok(None)
    }

    async fn leak_text(&self) -> async_graphql::Result<String> {
        Err(Error::new("canary in a message"))
    }

    async fn refused(&self) -> Result<Option<String>, ApiError> {
        Err(ApiError::invalid_field("name", Problem::new(FieldErrorCode::TooLong).with("max", 64)))
    }

    async fn panics(&self) -> i32 {
        assert!(std::hint::black_box(false), "canary in a panic");
        0
    }

    async fn slow(&self, ctx: &Context<'_>) -> i32 {
        ctx.data_unchecked::<Arc<Notify>>().notify_one();
        // Whoever asks is cut off before.
        std::future::pending().await
    }
}

#[Object]
impl Mutation {
    async fn change(&self) -> bool {
        true
    }
}

#[Subscription]
impl Subscription {
    /// Counts from 0, without a pause.
    async fn count(&self, to: Option<i32>) -> impl Stream<Item = i32> {
        stream::iter(0..to.unwrap_or(i32::MAX))
    }

    /// Says one thing and waits.
    async fn wait(&self) -> impl Stream<Item = i32> {
        stream::iter([1]).chain(stream::pending())
    }

    /// Much, quickly.
    async fn flood(&self) -> impl Stream<Item = String> {
        stream::repeat_with(|| "x".repeat(64 * 1024))
    }

    async fn fails(&self) -> Result<stream::Pending<i32>, ApiError> {
        Err(ApiError::not_found())
    }

    async fn fails_later(&self) -> impl Stream<Item = Result<i32, ApiError>> {
        stream::iter([Ok(1), Err(ApiError::not_found())])
    }

    async fn leaks(&self) -> async_graphql::Result<stream::Pending<i32>> {
        Err(std::io::Error::other("canary in a subscription"))?;
        Ok(stream::pending())
    }

    async fn leaks_text(&self) -> async_graphql::Result<stream::Pending<i32>> {
        Err(Error::new("canary in words of a subscription"))
    }

    async fn leaks_later(&self) -> impl Stream<Item = async_graphql::Result<i32>> {
        stream::iter([Err(Error::new("canary in a stream's words"))])
    }

    async fn panics(&self) -> impl Stream<Item = i32> {
        stream::iter([0]).map(|_| panic!("canary in a stream"))
    }
}
