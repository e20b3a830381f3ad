//! Every fault: the API server, Helm, the server itself, the database and the log fail at known places, and what remains is
//! right or is told. The places are requests that a proxy before the API server holds until the test lets go.

mod away;
mod clicks;
mod clock;
mod database;
mod door;
mod helm;
mod input;
mod logs;
mod matrix;
mod play;
mod points;
pub mod proxy;
mod releases;
pub mod rules;
mod stage;
mod tap;
mod troubles;
mod world;
