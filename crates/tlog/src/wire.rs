//! The two small forms that every C2SP text uses: decimal numbers and base64 hashes. One way to write each.

use base64::Engine as _;
use hakiki_note::{BASE64, Hash};

/// A decimal number without sign or leading zero (`0` itself is one digit).
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let one_form = text == "0" || !text.starts_with('0');
    if digits && one_form { text.parse().ok() } else { None }
}

/// A hash in padded standard base64, 44 characters.
pub(crate) fn hash_from_base64(text: &str) -> Option<Hash> {
    Some(Hash(BASE64.decode(text).ok()?.try_into().ok()?))
}

/// The inverse of [`hash_from_base64`].
pub(crate) fn hash_to_base64(hash: &Hash) -> String {
    BASE64.encode(hash.0)
}

/// The start of something unexpected, short enough for an error message.
pub(crate) fn excerpt(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_way_to_write_a_number() {
        assert_eq!(decimal("0"), Some(0));
        assert_eq!(decimal("18446744073709551615"), Some(u64::MAX));
        for bad in ["", "00", "01", "+1", "-1", " 1", "1 ", "1_0", "18446744073709551616", "١"] {
            assert_eq!(decimal(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn one_way_to_write_a_hash() {
        let text = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        let hash = hash_from_base64(text).unwrap();
        assert_eq!(hash_to_base64(&hash), text);
        let unpadded = &text[..43];
        let trailing_bits = format!("{}V=", &text[..42]);
        for bad in [unpadded, trailing_bits.as_str(), "", "AAAA"] {
            assert_eq!(hash_from_base64(bad), None, "{bad:?}");
        }
    }
}
