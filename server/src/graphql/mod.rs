//! The GraphQL API: schema roots, transport, limits and errors.
