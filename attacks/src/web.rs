//! Asking servers, as anybody can.

use anyhow::Result;
use std::time::Duration;

/// An answer of a server.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether the status is 2xx.
    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

fn agent() -> ureq::Agent {
    let configuration = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(20)))
        .http_status_as_error(false)
        .build();
    configuration.into()
}

/// `GET`.
pub fn get(url: &str) -> Result<Answer> {
    let mut answer = agent().get(url).call()?;
    let status = answer.status().as_u16();
    Ok(Answer { status, body: answer.body_mut().with_config().limit(64 << 20).read_to_vec()? })
}

/// `POST`.
pub fn post(url: &str, body: &[u8]) -> Result<Answer> {
    let mut answer = agent().post(url).send(body)?;
    let status = answer.status().as_u16();
    Ok(Answer { status, body: answer.body_mut().with_config().limit(64 << 20).read_to_vec()? })
}

/// `PUT`.
pub fn put(url: &str, body: &[u8]) -> Result<Answer> {
    let mut answer = agent().put(url).send(body)?;
    let status = answer.status().as_u16();
    Ok(Answer { status, body: answer.body_mut().with_config().limit(64 << 20).read_to_vec()? })
}
