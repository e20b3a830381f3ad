//! The body of a request on its way in. Nobody is known by then, so what all of them hold together is bounded.

use std::{net::IpAddr, time::Duration};

use axum::body::Body;
use http_body_util::BodyExt;

use super::rates::{Place, Places};

/// Bytes that all bodies on their way may hold together.
const HELD: usize = 64 << 20;
/// And those of one network.
const HELD_EACH: usize = HELD / 8;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// What is read of a body that is too large: a client that is still sending when the connection closes never sees the answer.
const THROWN_AWAY: usize = 64 << 20;

/// Room for the bodies that are on their way, in bytes.
pub(super) fn room() -> Places<IpAddr> {
    Places::new(HELD, HELD_EACH)
}

/// A body that is there whole.
pub(super) struct Received {
    pub(super) bytes: Vec<u8>,
    /// Held as long as the bytes are.
    _place: Option<Place<IpAddr>>,
}

/// Why a body was not received.
pub(super) enum Refusal {
    TooLarge,
    NoRoom,
    Broken(&'static str),
}

/// Receives a body of at most `limit` bytes, with a place that grows as they arrive.
pub(super) async fn receive(
    mut body: Body,
    limit: usize,
    mut too_large: bool,
    place: Place<IpAddr>,
) -> Result<Received, Refusal> {
    let mut place = Some(place);
    let mut bytes = Vec::new();
    let mut total = 0_usize;
    let reading = async {
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Refusal::Broken("The body ended too early"))?;
            let Ok(data) = frame.into_data() else { continue };
            total = total.saturating_add(data.len());
            too_large |= total > limit;
            if too_large {
                (bytes, place) = (Vec::new(), None);
                if total > THROWN_AWAY {
                    break;
                }
            } else if place.as_mut().is_some_and(|place| place.grow(data.len())) {
                bytes.extend_from_slice(&data);
            } else {
                return Err(Refusal::NoRoom);
            }
        }
        Ok::<(), Refusal>(())
    };
    match tokio::time::timeout(PATIENCE, reading).await {
        Ok(Err(refusal)) => Err(refusal),
        Ok(Ok(())) | Err(_) if too_large => Err(Refusal::TooLarge),
        Ok(Ok(())) => Ok(Received { bytes, _place: place }),
        Err(_) => Err(Refusal::Broken("The body did not arrive in time")),
    }
}
