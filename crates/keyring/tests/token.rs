//! Keys on a token, with SoftHSM in the token's place. Where SoftHSM is not installed the test says so and passes, unless
//! `HAKIKI_REQUIRE_SOFTHSM` demands it.
#![allow(clippy::unwrap_used)]
#![cfg(feature = "token")]

use hakiki_keyring::{Key, KeyPlace, KeyringError, Locked, TokenUri, generate_on_token};
use hakiki_note::KeyName;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use zeroize::Zeroizing;

const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];

fn pin(text: &'static str) -> impl FnMut(&Locked<'_>) -> io::Result<Zeroizing<String>> {
    move |what| {
        assert_eq!(*what, Locked::Token("custodian one"));
        Ok(Zeroizing::new(text.to_owned()))
    }
}

fn initialise(home: &Path) {
    let done = Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--label", "custodian one", "--so-pin", "87654321", "--pin", "4711"])
        .env("SOFTHSM2_CONF", home.join("softhsm2.conf"))
        .stdout(Stdio::null())
        .status();
    assert!(done.unwrap().success());
}

/// The module reads its configuration from the environment, which a test must not change in its own process: so the test
/// runs itself again with it.
#[test]
fn a_key_on_a_token_signs_and_cannot_leave() {
    let Some(module) = MODULES.iter().find(|path| Path::new(path).exists()) else {
        let is_demanded = std::env::var_os("HAKIKI_REQUIRE_SOFTHSM").is_some();
        assert!(!is_demanded, "HAKIKI_REQUIRE_SOFTHSM is set and SoftHSM is at none of {MODULES:?}");
        println!("skipped: SoftHSM is not installed (Debian: softhsm2)");
        return;
    };
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("tokens")).unwrap();
    let settings =
        format!("directories.tokendir = {}\nlog.level = ERROR\n", home.path().join("tokens").display());
    std::fs::write(home.path().join("softhsm2.conf"), settings).unwrap();
    initialise(home.path());
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "with_softhsm", "--nocapture"])
        .env("SOFTHSM2_CONF", home.path().join("softhsm2.conf"))
        .env("HAKIKI_TEST_MODULE", module)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(
        done.status.success() && said.contains("a token signed"),
        "{said}{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// Does nothing when it is not run by the test above.
#[test]
fn with_softhsm() {
    let Ok(module) = std::env::var("HAKIKI_TEST_MODULE") else { return };
    let uri: TokenUri = format!("pkcs11:token=custodian%20one?module-path={module}").parse().unwrap();
    let name = KeyName::new("mfano.example/2031/k/7f3a9c").unwrap();
    let mut asked = 0;
    let mut once = |what: &Locked<'_>| {
        asked += 1;
        pin("4711")(what)
    };
    let made = generate_on_token(&uri, &name, &mut once).unwrap();
    assert_eq!((made.name(), asked), (&name, 1), "the PIN is asked once");
    let twice = generate_on_token(&uri, &name, &mut pin("4711")).unwrap_err().to_string();
    assert!(twice.contains("there already"), "{twice}");

    let open = |text: &str, with| Key::open(&text.parse().unwrap(), &mut pin(with));
    let only = open(&uri.to_string(), "4711").unwrap();
    assert_eq!(only.verifier(), made.verifier());
    let signature = only.sign(b"a text\n").unwrap();
    only.verifier().key().decode().unwrap().verify(b"a text\n", &signature).unwrap();
    let line = only.signature_line("a text\n").unwrap();
    assert_eq!((line.signature.as_slice(), line.is_by(made.verifier())), (&signature[..], true));

    // A second key: now the URI has to say which.
    let other = KeyName::new("mfano.example/2031/k/c04e11").unwrap();
    let other = generate_on_token(&uri, &other, &mut pin("4711")).unwrap();
    assert_ne!(other.verifier().key(), made.verifier().key());
    let both = open(&uri.to_string(), "4711").unwrap_err().to_string();
    assert!(both.starts_with("K104: ") && both.contains("2 Ed25519 keys"), "{both}");
    let named = open(&uri.with_object(name.as_str()).to_string(), "4711").unwrap();
    assert_eq!(named.verifier(), made.verifier());

    // With the PIN from a file, which only its owner may read.
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("pin");
    std::fs::write(&file, "4711\n").unwrap();
    let sourced = format!("{}&pin-source=file:{}", uri.with_object(name.as_str()), file.display());
    let place: KeyPlace = sourced.parse().unwrap();
    let loose = Key::open(&place, &mut |_| panic!("the URI says where the PIN is")).unwrap_err();
    assert!(matches!(loose, KeyringError::OpenToOthers { .. }), "{loose}");
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let key = Key::open(&place, &mut |_| panic!("the URI says where the PIN is")).unwrap();
    assert_eq!(key.verifier(), made.verifier());

    let absent = uri.to_string().replace("custodian%20one", "custodian%20two");
    assert!(absent.parse().is_ok_and(|place| {
        let refused = Key::open(&place, &mut |_| panic!("no such token")).unwrap_err().to_string();
        refused.contains("0 tokens of this label")
    }));
    println!("a token signed");
}
