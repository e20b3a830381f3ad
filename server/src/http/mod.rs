//! The HTTP server: routes, headers, the embedded console.
