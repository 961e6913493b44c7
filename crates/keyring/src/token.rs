//! Ed25519 keys on a PKCS#11 token (2.40 with the mechanisms of 3.0): found by label, which is the key's name.
//!
//! The token signs; its secret never comes here. Each signature is verified with the public key beside it before it is
//! given out, so that a token with halves of two keys is found at the table and not by the log.

use crate::error::KeyringError;
use crate::key::{Ask, Locked};
use crate::uri::TokenUri;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::object::{Attribute, AttributeType, KeyType as TokenKeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use hakiki_host::read_secret_file;
use hakiki_note::{KeyName, KeyType, PublicKey, VerifierKey};
use std::fmt;
use zeroize::Zeroizing;

/// `edwards25519` as a DER `PrintableString`: the parameters by which PKCS#11 names the curve.
const CURVE: [u8; 14] = *b"\x13\x0cedwards25519";
/// DER's head of an `OCTET STRING` of 32 bytes, which some tokens put before the point.
const OCTETS: [u8; 2] = [0x04, 0x20];

/// A key on a token with an open, logged-in session.
pub struct TokenKey {
    verifier: VerifierKey,
    private: ObjectHandle,
    session: Session,
    token: String,
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenKey({} on {})", self.verifier, self.token)
    }
}

impl TokenKey {
    /// Finds the key that the URI names.
    pub fn open(uri: &TokenUri, ask: Ask<'_>) -> Result<Self, KeyringError> {
        let session = log_in(uri, ask)?;
        let wrong = |found: String| refused(uri, found);
        let private = only(&session, uri, ObjectClass::PRIVATE_KEY, uri.object())?;
        let label = label(&session, private).map_err(|error| wrong(error.to_string()))?;
        let name = KeyName::new(&label)
            .map_err(|error| wrong(format!("the key's label is its name, and {label:?} is none: {error}")))?;
        let public = only(&session, uri, ObjectClass::PUBLIC_KEY, Some(&label))?;
        let key = point(&session, public).map_err(|error| wrong(error.to_string()))?;
        let key = key.ok_or_else(|| wrong("the public key is no Ed25519 point of 32 bytes".to_owned()))?;
        Ok(Self { verifier: VerifierKey::new(name, key), private, session, token: uri.token().to_owned() })
    }

    /// Makes a key under a name and opens it.
    pub fn generate(uri: &TokenUri, name: &KeyName, ask: Ask<'_>) -> Result<Self, KeyringError> {
        let uri = uri.with_object(name.as_str());
        // Two sessions, and one question.
        let mut said: Option<Zeroizing<String>> = None;
        let mut ask_once = |what: &Locked<'_>| {
            if let Some(said) = &said {
                return Ok(said.clone());
            }
            let answer = ask(what)?;
            said = Some(answer.clone());
            Ok(answer)
        };
        {
            let session = log_in(&uri, &mut ask_once)?;
            let found = find(&session, ObjectClass::PRIVATE_KEY, Some(name.as_str()));
            if !found.map_err(|error| refused(&uri, error.to_string()))?.is_empty() {
                return Err(refused(&uri, format!("a key named {name} is there already")));
            }
            make(&session, name).map_err(|error| refused(&uri, error.to_string()))?;
        }
        Self::open(&uri, &mut ask_once)
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Has the token sign.
    pub fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyringError> {
        let wrong = |found: String| KeyringError::Token { token: self.token.clone(), found };
        let mechanism = Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure));
        let signature = self.session.sign(&mechanism, self.private, message);
        let signature = signature.map_err(|error| wrong(error.to_string()))?;
        let length = signature.len();
        let signature: [u8; 64] =
            signature.try_into().map_err(|_| wrong(format!("a signature of {length} bytes, expected 64")))?;
        let verified = self.verifier.key().decode().and_then(|key| key.verify(message, &signature));
        verified.map_err(|error| {
            wrong(format!("its signature is not by the public key that it shows: {error}"))
        })?;
        Ok(signature)
    }
}

fn refused(uri: &TokenUri, found: String) -> KeyringError {
    KeyringError::Token { token: uri.token().to_owned(), found }
}

/// Opens a session on the token and logs in, with the PIN of the URI's file or as somebody says it.
fn log_in(uri: &TokenUri, ask: Ask<'_>) -> Result<Session, KeyringError> {
    let wrong = |error: Error| refused(uri, error.to_string());
    let module = Pkcs11::new(uri.module()).map_err(wrong)?;
    match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        // Another key of this command is on the same module.
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
        Err(error) => return Err(wrong(error)),
    }
    let mut found = Vec::new();
    for slot in module.get_slots_with_initialized_token().map_err(wrong)? {
        if module.get_token_info(slot).map_err(wrong)?.label() == uri.token() {
            found.push(slot);
        }
    }
    let [slot] = found[..] else {
        let count = found.len();
        return Err(refused(
            uri,
            format!("{count} tokens of this label are there, expected one; is it plugged in?"),
        ));
    };
    let session = module.open_rw_session(slot).map_err(wrong)?;
    let pin = match uri.pin_file() {
        Some(path) => read_secret_file(path)?,
        None => ask(&Locked::Token(uri.token()))
            .map_err(|source| KeyringError::NotAsked { what: uri.token().to_owned(), source })?,
    };
    match login(&session, &pin) {
        Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
        Err(Error::Pkcs11(RvError::PinIncorrect, _)) => Err(refused(
            uri,
            "the PIN is not right; tokens lock themselves after a few wrong ones".to_owned(),
        )),
        Err(error) => Err(wrong(error)),
    }
}

fn login(session: &Session, pin: &Zeroizing<String>) -> Result<(), Error> {
    session.login(UserType::User, Some(&AuthPin::from(pin.as_str().to_owned())))
}

fn find(session: &Session, class: ObjectClass, label: Option<&str>) -> Result<Vec<ObjectHandle>, Error> {
    let mut wanted = vec![Attribute::Class(class), Attribute::KeyType(TokenKeyType::EC_EDWARDS)];
    wanted.extend(label.map(|label| Attribute::Label(label.as_bytes().to_vec())));
    session.find_objects(&wanted)
}

/// The one object that is meant.
fn only(
    session: &Session,
    uri: &TokenUri,
    class: ObjectClass,
    label: Option<&str>,
) -> Result<ObjectHandle, KeyringError> {
    let found = find(session, class, label).map_err(|error| refused(uri, error.to_string()))?;
    if let [one] = found[..] {
        return Ok(one);
    }
    let named = label.unwrap_or("any name");
    let count = found.len();
    Err(refused(uri, format!("{count} Ed25519 keys of {named} are on it ({class}), expected one")))
}

fn label(session: &Session, key: ObjectHandle) -> Result<String, Error> {
    let found = session.get_attributes(key, &[AttributeType::Label])?;
    let label = found.into_iter().find_map(|attribute| match attribute {
        Attribute::Label(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        _ => None,
    });
    Ok(label.unwrap_or_default())
}

/// The public key's 32 bytes, as they are or in DER.
fn point(session: &Session, key: ObjectHandle) -> Result<Option<PublicKey>, Error> {
    let found = session.get_attributes(key, &[AttributeType::EcPoint])?;
    Ok(found.into_iter().find_map(|attribute| match attribute {
        Attribute::EcPoint(bytes) => {
            let raw = bytes.strip_prefix(&OCTETS).filter(|raw| raw.len() == 32).unwrap_or(&bytes);
            PublicKey::new(KeyType::Ed25519, raw).ok()
        }
        _ => None,
    }))
}

fn make(session: &Session, name: &KeyName) -> Result<(), Error> {
    let label = || Attribute::Label(name.as_str().as_bytes().to_vec());
    let public = [
        Attribute::Token(true),
        Attribute::Private(false),
        Attribute::Verify(true),
        Attribute::EcParams(CURVE.to_vec()),
        label(),
    ];
    let private = [
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        label(),
    ];
    session.generate_key_pair(&Mechanism::EccEdwardsKeyPairGen, &public, &private)?;
    Ok(())
}
