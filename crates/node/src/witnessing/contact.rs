//! One witness or mirror over HTTP: its requests, with limits of time and size. What comes back is verified by nobody here.

use crate::configuration::{Configuration, CosignerAddress};
use crate::error::NodeError;
use hakiki_core::{Witness, WitnessPolicy};
use hakiki_note::VerifierKey;
use hakiki_tlog::Origin;
use hakiki_tlog::checkpoint::CHECKPOINT_MAX_BYTES;
use hakiki_tlog::witness::{AddCheckpoint, monitoring_path, parse_recorded_size};
use std::io::Read as _;
use std::time::Duration;
use ureq::Agent;
use ureq::http::Response;

/// Time for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a refusal's words are in the log, in characters.
const EXCERPT_CHARS: usize = 200;
/// When to come again, where an answer does not say it, in seconds.
const RETRY_AFTER_S: u64 = 5;

/// What a cosigner swears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CosignerKind {
    /// That the log only grew.
    Witness,
    /// That it stores every byte, too.
    Mirror,
}

impl CosignerKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Witness => "witness",
            Self::Mirror => "mirror",
        }
    }

    /// Those of this kind in a policy.
    pub fn of_policy(self, policy: &WitnessPolicy) -> &[Witness] {
        match self {
            Self::Witness => &policy.witnesses,
            Self::Mirror => &policy.mirrors,
        }
    }
}

/// A cosigner and how to reach it.
#[derive(Debug, Clone)]
pub(crate) struct Contact {
    pub kind: CosignerKind,
    pub key: VerifierKey,
    url: String,
    agent: Agent,
}

/// An answer to `add-checkpoint`.
#[derive(Debug)]
pub(crate) enum Heard {
    /// 200: signature lines.
    Cosigned(Vec<u8>),
    /// 409: the size that was cosigned last.
    Conflict(u64),
    /// 422: the head does not continue what was cosigned.
    Inconsistent,
    /// 503 or 429: again after so long.
    Later(Duration),
}

/// The configured cosigners, each of which must be in the policy in force (N115).
pub(crate) fn contacts(
    configuration: &Configuration,
    policy: &WitnessPolicy,
) -> Result<Vec<Contact>, NodeError> {
    let agent = agent(configuration.witness_timeout);
    let of = |kind: CosignerKind, addresses: &[CosignerAddress]| {
        let contact = |address: &CosignerAddress| {
            let known = kind.of_policy(policy);
            let found = known.iter().find(|one| *one.key.name() == address.name);
            let names = || known.iter().map(|one| one.key.name().to_string()).collect::<Vec<_>>();
            let unknown = || NodeError::UnknownCosigner {
                name: address.name.to_string(),
                kind: kind.as_str(),
                known: if known.is_empty() { "none".to_owned() } else { names().join(", ") },
            };
            let key = found.ok_or_else(unknown)?.key.clone();
            Ok(Contact { kind, key, url: address.url.clone(), agent: agent.clone() })
        };
        addresses.iter().map(contact).collect::<Result<Vec<_>, NodeError>>()
    };
    let mut all = of(CosignerKind::Witness, &configuration.witnesses)?;
    all.extend(of(CosignerKind::Mirror, &configuration.mirrors)?);
    Ok(all)
}

fn agent(timeout: Duration) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_connect(Some(CONNECT_TIMEOUT.min(timeout)))
        .timeout_global(Some(timeout))
        .user_agent("hakiki-node")
        .build();
    config.into()
}

impl Contact {
    /// As log lines name it.
    pub fn shown(&self) -> String {
        format!("{} {}", self.kind.as_str(), self.key.name())
    }

    /// Asks for cosignatures.
    pub fn add_checkpoint(&self, request: &AddCheckpoint) -> Result<Heard, String> {
        let url = format!("{}/add-checkpoint", self.url);
        let mut response = self.agent.post(&url).send(request.to_body()).map_err(|e| e.to_string())?;
        let status = response.status().as_u16();
        let later = retry_after(&response);
        let body = read(&mut response)?;
        match status {
            200 => Ok(Heard::Cosigned(body)),
            409 => parse_recorded_size(&body)
                .map(Heard::Conflict)
                .ok_or_else(|| format!("409 with a body that is no size: {}", excerpt(&body))),
            422 => Ok(Heard::Inconsistent),
            429 | 503 => Ok(Heard::Later(later)),
            other => Err(format!("status {other}: {}", excerpt(&body))),
        }
    }

    /// The largest head that it knows of a log; none if it knows nothing of the log.
    pub fn largest_head(&self, origin: &Origin) -> Result<Option<Vec<u8>>, String> {
        let url = format!("{}/{}", self.url, monitoring_path(origin));
        let mut response = self.agent.get(&url).call().map_err(|e| e.to_string())?;
        let status = response.status().as_u16();
        let body = read(&mut response)?;
        match status {
            200 => Ok(Some(body)),
            404 => Ok(None),
            other => Err(format!("status {other}: {}", excerpt(&body))),
        }
    }
}

fn read(response: &mut Response<ureq::Body>) -> Result<Vec<u8>, String> {
    let most = CHECKPOINT_MAX_BYTES as u64;
    let mut body = Vec::new();
    let read = response.body_mut().as_reader().take(most + 1).read_to_end(&mut body);
    read.map_err(|e| e.to_string())?;
    if body.len() as u64 > most { Err(format!("an answer of more than {most} bytes")) } else { Ok(body) }
}

fn retry_after(response: &Response<ureq::Body>) -> Duration {
    let stated = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
    Duration::from_secs(stated.unwrap_or(RETRY_AFTER_S))
}

/// The beginning of a stranger's words, on one line and without controls.
fn excerpt(body: &[u8]) -> String {
    String::from_utf8_lossy(body)
        .trim_end()
        .chars()
        .take(EXCERPT_CHARS)
        .flat_map(char::escape_debug)
        .collect()
}
