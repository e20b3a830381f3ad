//! People, sessions and personal access tokens.
