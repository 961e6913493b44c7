//! `GET` and `PUT /blob/{hex}`.
//!
//! A blob comes only when somebody answers for it: a *table* signed for by a key that may sign the record that will name it,
//! before that record; any other once an admitted record names it. An image's table of agents never comes at all.

use super::answer::{self, IMMUTABLE};
use super::body::{Unread, drain, read_body};
use crate::refusal::Declined;
use crate::shared::{Shared, read};
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RANGE,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use hakiki_core::codes::RefusalCode;
use hakiki_core::roster::Role;
use hakiki_core::table::Table;
use hakiki_note::{BASE64, Hash, KeyName, SigningKey};
use hakiki_store::BLOB_MAX_BYTES;
use std::convert::Infallible;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::SemaphorePermit;

/// Header with the name of the key that answers for a table.
const KEY_HEADER: &str = "hakiki-key";
/// Header with its signature over [`table_text`], in base64.
const SIGNATURE_HEADER: &str = "hakiki-signature";
/// Roles that sign records with tables.
const TABLE_ROLES: [Role; 5] =
    [Role::Custodian, Role::Returning, Role::Second, Role::Commissioner, Role::Compiler];
/// A blob may take so many times the time of a submission: 8 MiB over a weak link.
const BODY_TIME_FACTOR: u32 = 20;
/// A blob is sent in parts of so many bytes.
const PART_BYTES: usize = 64 * 1024;

/// What a key signs to send a table.
pub fn table_text(fingerprint: &Hash, blob: &Hash) -> String {
    format!("hakiki/blob@v1\nelection {fingerprint}\nblob sha256:{blob}\n")
}

/// The headers by which a key answers for a table that it sends.
pub fn table_headers(fingerprint: &Hash, table: &Hash, key: &SigningKey) -> [(&'static str, String); 2] {
    signed_table_headers(key.name(), &key.sign(table_text(fingerprint, table).as_bytes()))
}

/// The same of a key that signed [`table_text`] elsewhere.
pub fn signed_table_headers(name: &KeyName, signature: &[u8; 64]) -> [(&'static str, String); 2] {
    [(KEY_HEADER, name.to_string()), (SIGNATURE_HEADER, BASE64.encode(signature))]
}

/// Takes a blob.
pub(super) async fn put(
    State(shared): State<Arc<Shared>>,
    Path(hash): Path<String>,
    request: Request,
) -> Response {
    let Ok(hash) = hash.parse::<Hash>() else { return answer::not_found("no SHA-256 in lower-case hex") };
    match take(&shared, hash, request).await {
        Ok(status) => answer::text(status, format!("sha256:{hash}\n")),
        Err(Refused::Declined(declined)) => answer::refused(&shared, &declined),
        Err(Refused::Failed(response)) => *response,
    }
}

enum Refused {
    Declined(Declined),
    Failed(Box<Response>),
}

fn declined(hash: Hash, code: RefusalCode, detail: impl Into<String>) -> Refused {
    Refused::Declined(Declined::new(Some(hash), code, detail))
}

async fn take(shared: &Arc<Shared>, hash: Hash, request: Request) -> Result<StatusCode, Refused> {
    let (head, body) = request.into_parts();
    let (is_table, _permit) = match awaited(shared, hash, &head.headers) {
        Ok(awaited) => awaited,
        Err(refused) => {
            drain(body, BLOB_MAX_BYTES as u64, shared.configuration.body_timeout).await;
            return Err(refused);
        }
    };
    let time = shared.configuration.body_timeout.saturating_mul(BODY_TIME_FACTOR);
    let body = read_body(body, BLOB_MAX_BYTES as u64, time).await;
    let bytes = body.map_err(|unread| match unread {
        Unread::TooLarge(found) => {
            declined(hash, RefusalCode::R402, format!("{found} bytes or more, at most {BLOB_MAX_BYTES}"))
        }
        Unread::TooSlow => declined(hash, RefusalCode::R405, "the blob did not come in time; send it again"),
        Unread::Broken => declined(hash, RefusalCode::R107, "the blob broke off"),
    })?;
    let worker = shared.clone();
    let stored = tokio::task::spawn_blocking(move || store(&worker, hash, &bytes, is_table)).await;
    let stopping = |_| declined(hash, RefusalCode::R404, "the node is stopping; send the blob again");
    stored.map_err(stopping)?
}

/// Whether the blob is a table; refuses one that nobody waits for, before its bytes are read.
fn awaited<'a>(
    shared: &'a Shared,
    hash: Hash,
    headers: &HeaderMap,
) -> Result<(bool, SemaphorePermit<'a>), Refused> {
    if !shared.is_running() {
        return Err(declined(hash, RefusalCode::R404, "the node takes nothing now; send it again later"));
    }
    let is_table = answered_for(shared, hash, headers)?;
    if let Some(entry) = read(&shared.ledger).withheld_by(&hash) {
        let detail =
            format!("the record at place {} withholds this blob, by {}", entry.place, entry.withhold.by);
        return Err(declined(hash, RefusalCode::R308, detail));
    }
    if !is_table && !read(&shared.named).contains(&hash) {
        let detail =
            "no admitted record names this blob, and no key answers for it as a table; send the record first";
        return Err(declined(hash, RefusalCode::R304, detail));
    }
    match shared.permits.uploads.try_acquire() {
        Ok(permit) => Ok((is_table, permit)),
        Err(_) => Err(declined(hash, RefusalCode::R403, "too many blobs come at once; send it again")),
    }
}

/// Whether a key that may sign records with tables answers for this blob. Refuses a signature that is wrong.
fn answered_for(shared: &Shared, hash: Hash, headers: &HeaderMap) -> Result<bool, Refused> {
    let of = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(name), Some(signature)) = (of(KEY_HEADER), of(SIGNATURE_HEADER)) else { return Ok(false) };
    let ledger = read(&shared.ledger);
    let unknown = || declined(hash, RefusalCode::R201, "this key was never enrolled");
    let index = ledger.roster().by_name(name).ok_or_else(unknown)?;
    let key = ledger.roster().key(index);
    if !TABLE_ROLES.contains(&key.role) {
        let role = key.role.as_str();
        return Err(declined(
            hash,
            RefusalCode::R202,
            format!("a key enrolled as {role} signs no record with tables"),
        ));
    }
    if key.is_revoked_at(ledger.size()) {
        return Err(declined(hash, RefusalCode::R201, "this key was revoked"));
    }
    let text = table_text(ledger.fingerprint(), &hash);
    let bytes = BASE64.decode(signature).unwrap_or_default();
    let checked = key.decoded().and_then(|decoded| decoded.verify(text.as_bytes(), &bytes));
    checked.map_err(|error| declined(hash, RefusalCode::R206, format!("{}: {error}", key.name)))?;
    let limited =
        |_| declined(hash, RefusalCode::R401, "too many submissions by this key; send it again later");
    shared.key_limits.take(&[index], Instant::now()).map_err(limited)?;
    Ok(true)
}

fn store(shared: &Shared, hash: Hash, bytes: &[u8], is_table: bool) -> Result<StatusCode, Refused> {
    let is_one = || Table::ALL.iter().any(|table| bytes.starts_with(table.header().as_bytes()));
    if is_table && !read(&shared.named).contains(&hash) && !is_one() {
        return Err(declined(hash, RefusalCode::R305, "this is none of the tables that a record may name"));
    }
    let found = hakiki_note::sha256(bytes);
    if found != hash {
        let detail = format!("the bytes that came have hash {found}; send them again");
        return Err(declined(hash, RefusalCode::R305, detail));
    }
    let failed = |error: hakiki_store::StoreError| Refused::Failed(Box::new(answer::failed(&error.into())));
    let was_here = shared.blobs.has_blob(hash).map_err(failed)?;
    shared.blobs.put_blob(hash, bytes).map_err(failed)?;
    if let Some(searching) = shared.pages.searching() {
        searching.text_came(hash);
    }
    Ok(if was_here { StatusCode::OK } else { StatusCode::CREATED })
}

/// Serves a blob, or a part of it.
pub(super) async fn get(
    State(shared): State<Arc<Shared>>,
    Path(hash): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Ok(hash) = hash.parse::<Hash>() else { return answer::not_found("no SHA-256 in lower-case hex") };
    if let Some(entry) = read(&shared.ledger).withheld_by(&hash) {
        return hakiki_site::withheld(entry);
    }
    // Held until the last part is sent: a slow reader of a large blob holds its bytes in memory.
    let Ok(permit) = shared.permits.downloads.clone().try_acquire_owned() else {
        return answer::open(answer::text(StatusCode::SERVICE_UNAVAILABLE, "many read blobs; ask again\n"));
    };
    let worker = shared.clone();
    let bytes = match tokio::task::spawn_blocking(move || worker.reader.read(&format!("blob/{hash}"))).await {
        Ok(Ok(Some(bytes))) => Bytes::from(bytes),
        Ok(Ok(None)) => return answer::not_found("this blob is not here (yet)"),
        Ok(Err(error)) => return answer::failed(&error.into()),
        Err(_) => return answer::text(StatusCode::SERVICE_UNAVAILABLE, "stopping\n"),
    };
    let whole = bytes.len();
    let kind = content_type(&bytes);
    let (status, part) = match headers.get(RANGE).and_then(|value| value.to_str().ok()) {
        Some(asked) => match range(asked, whole) {
            Asked::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
            Asked::Whole => (StatusCode::OK, 0..whole),
            Asked::Beyond => {
                let about = [(CONTENT_RANGE, format!("bytes */{whole}"))];
                return answer::open((StatusCode::RANGE_NOT_SATISFIABLE, about).into_response());
            }
        },
        None => (StatusCode::OK, 0..whole),
    };
    let shown = format!("bytes {}-{}/{whole}", part.start, part.end.saturating_sub(1));
    let bytes = bytes.slice(part);
    let length = bytes.len();
    let starts = (0..length).step_by(PART_BYTES);
    let parts = starts.map(move |start| {
        let _ = &permit;
        Ok::<_, Infallible>(bytes.slice(start..length.min(start + PART_BYTES)))
    });
    let about = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, IMMUTABLE),
        (ACCEPT_RANGES, "bytes"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    let body = Body::from_stream(tokio_stream::iter(parts));
    let mut response =
        (status, about, [(CONTENT_LENGTH, length)].map(|(name, n)| (name, n.to_string())), body)
            .into_response();
    if status == StatusCode::PARTIAL_CONTENT {
        response.headers_mut().extend([(CONTENT_RANGE, shown.parse().expect("digits are a header's value"))]);
    }
    answer::open(response)
}

/// The type of a blob, by its first bytes; nothing that a browser would run.
fn content_type(bytes: &[u8]) -> &'static str {
    let text = |bytes: &[u8]| bytes.starts_with(b"hakiki/") && std::str::from_utf8(bytes).is_ok();
    match bytes {
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        bytes if text(bytes) => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// What a `Range` header asks for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// One part, not empty.
    Part(Range<usize>),
    /// Something that is not served in parts.
    Whole,
    /// A part that lies behind the end.
    Beyond,
}

/// Reads `bytes=first-last`, `bytes=first-` or `bytes=-last`; of several parts or other units the whole is served.
fn range(header: &str, length: usize) -> Asked {
    let Some((first, last)) = header.trim().strip_prefix("bytes=").and_then(|rest| rest.split_once('-'))
    else {
        return Asked::Whole;
    };
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<usize>().unwrap_or(usize::MAX))
    };
    let part = match (first, number(first), last, number(last)) {
        (_, Some(first), "", _) => first..length,
        (_, Some(first), _, Some(last)) if first <= last => first..last.saturating_add(1).min(length),
        ("", _, _, Some(count)) => length.saturating_sub(count)..length,
        _ => return Asked::Whole,
    };
    if part.start < part.end { Asked::Part(part) } else { Asked::Beyond }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read() {
        for (header, expected) in [
            ("bytes=0-", Asked::Part(0..100)),
            ("bytes=0-0", Asked::Part(0..1)),
            ("bytes=99-", Asked::Part(99..100)),
            ("bytes=10-19", Asked::Part(10..20)),
            ("bytes=10-99999999999999999999999", Asked::Part(10..100)),
            ("bytes=-5", Asked::Part(95..100)),
            ("bytes=-500", Asked::Part(0..100)),
            ("bytes=100-", Asked::Beyond),
            ("bytes=-0", Asked::Beyond),
            ("bytes=5-4", Asked::Whole),
            ("bytes=0-1,3-4", Asked::Whole),
            ("bytes=-", Asked::Whole),
            ("bytes=+1-2", Asked::Whole),
            ("items=0-1", Asked::Whole),
            ("", Asked::Whole),
        ] {
            assert_eq!(range(header, 100), expected, "{header}");
        }
        assert_eq!(range("bytes=0-", 0), Asked::Beyond);
    }

    #[test]
    fn no_blob_is_served_as_something_that_runs() {
        for bytes in [&b"<html><script>"[..], b"<svg", b"hakiki/\xff", b"", b"GIF89a"] {
            assert_eq!(content_type(bytes), "application/octet-stream");
        }
        assert_eq!(content_type(b"hakiki/words@v1\n"), "text/plain; charset=utf-8");
        assert_eq!(content_type(&[0xff, 0xd8, 0xff, 0xe0]), "image/jpeg");
    }
}
