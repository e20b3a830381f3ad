//! What is watched: cluster caches, change events, logs.
