//! Reading a body within a size and a time.

use axum::body::{Body, Bytes};
use http_body_util::BodyExt as _;
use hyper::body::Body as _;
use std::time::Duration;

/// How many times the limit is read and thrown away, so that the sender gets to read the answer.
const DRAIN_FACTOR: u64 = 4;

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// It has at least so many bytes.
    TooLarge(u64),
    /// It took longer than it may.
    TooSlow,
    /// The sender went away.
    Broken,
}

/// Reads a body of at most `most` bytes in at most `time`.
pub(super) async fn read_body(body: Body, most: u64, time: Duration) -> Result<Bytes, Unread> {
    let announced = body.size_hint().lower();
    if announced > most.saturating_mul(DRAIN_FACTOR) {
        return Err(Unread::TooLarge(announced));
    }
    tokio::time::timeout(time, read_all(body, most)).await.unwrap_or(Err(Unread::TooSlow))
}

/// Reads a body that was refused before it was read, and throws it away: who is still sending when the connection ends may
/// never see why.
pub(super) async fn drain(mut body: Body, most: u64, time: Duration) {
    if body.size_hint().lower() > most.saturating_mul(DRAIN_FACTOR) {
        return;
    }
    let reading = async {
        let mut length = 0u64;
        while let Some(Ok(frame)) = body.frame().await {
            length += frame.data_ref().map_or(0, |data| data.len() as u64);
            if length > most.saturating_mul(DRAIN_FACTOR) {
                break;
            }
        }
    };
    // Too slow, or gone: nobody waits for the answer.
    let _ = tokio::time::timeout(time, reading).await;
}

async fn read_all(mut body: Body, most: u64) -> Result<Bytes, Unread> {
    let (mut bytes, mut length) = (Vec::new(), 0u64);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
        length += data.len() as u64;
        if length <= most {
            bytes.extend_from_slice(&data);
        } else if length > most.saturating_mul(DRAIN_FACTOR) {
            break;
        }
    }
    if length > most { Err(Unread::TooLarge(length)) } else { Ok(bytes.into()) }
}
