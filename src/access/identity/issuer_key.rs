//! The keys of an issuer's key set (RFC 7517), as far as they are strong enough to verify tokens.

use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse,
};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;

/// Maximum number of keys in a set.
pub(super) const MAX_KEYS: usize = 100;
/// Allowed bytes of an RSA modulus: 2,048 bits (RFC 7518, section 3.3) to 8,192 bits (larger ones only cost time).
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// A key that verifies signatures.
pub(super) struct IssuerKey {
    pub id: Option<String>,
    pub algorithm: Algorithm,
    pub decoding: DecodingKey,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<serde_json::Value>,
}

/// Parses a key set. Keys that we cannot use are skipped.
///
/// # Errors
/// Returns why the document is not a key set, or has too many or no usable keys.
pub(super) fn parse_keys(document: &[u8]) -> Result<Vec<IssuerKey>, String> {
    let document: Document = serde_json::from_slice(document)
        .map_err(|error| format!("the document is not a key set: {error}"))?;
    if document.keys.len() > MAX_KEYS {
        return Err(format!("the key set has more than {MAX_KEYS} keys"));
    }
    let keys: Vec<IssuerKey> = document.keys.into_iter().filter_map(parse_key).collect();
    if keys.is_empty() {
        return Err("the key set has no usable key for RS256 or ES256".to_owned());
    }
    Ok(keys)
}

/// Parses a key; `None` unless it is a sufficiently strong signature key for RS256 or ES256.
fn parse_key(value: serde_json::Value) -> Option<IssuerKey> {
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    let operations = jwk.common.key_operations.as_deref();
    let is_for_signatures = matches!(
        jwk.common.public_key_use,
        None | Some(PublicKeyUse::Signature)
    ) && operations
        .is_none_or(|operations| operations.contains(&KeyOperations::Verify));
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => {
            Algorithm::ES256
        }
        _ => return None,
    };
    let algorithm_matches = match jwk.common.key_algorithm {
        None => true,
        Some(KeyAlgorithm::RS256) => algorithm == Algorithm::RS256,
        Some(KeyAlgorithm::ES256) => algorithm == Algorithm::ES256,
        Some(_) => false,
    };
    let decoding = DecodingKey::from_jwk(&jwk).ok()?;
    let is_strong = match decoding.kind() {
        jsonwebtoken::DecodingKeyKind::RsaModulusExponent { n, .. } => {
            let zeros = n.iter().take_while(|byte| **byte == 0).count();
            MODULUS_BYTES.contains(&(n.len() - zeros))
        }
        jsonwebtoken::DecodingKeyKind::SecretOrDer(_) => true,
    };
    (is_for_signatures && algorithm_matches && is_strong).then_some(IssuerKey {
        id: jwk.common.key_id,
        algorithm,
        decoding,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MODULUS: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

    fn usable(key: serde_json::Value) -> bool {
        parse_key(key).is_some()
    }

    #[test]
    fn only_strong_signature_keys_of_the_two_algorithms_are_accepted() {
        let rsa = json!({"kty": "RSA", "kid": "a", "n": MODULUS, "e": "AQAB"});
        let with = |more: serde_json::Value| {
            let mut key = rsa.clone();
            key.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            key
        };

        assert!(usable(rsa.clone()));
        assert!(usable(with(json!({"alg": "RS256", "use": "sig"}))));
        assert!(usable(with(json!({"key_ops": ["verify"]}))));
        for wrong in [
            with(json!({"use": "enc"})),
            with(json!({"key_ops": ["encrypt", "wrapKey"]})),
            with(json!({"key_ops": []})),
            with(json!({"alg": "PS512"})),
            with(json!({"alg": "ES256"})),
            with(json!({"alg": "HS256"})),
            with(json!({"n": &MODULUS[..100]})),
            with(json!({"n": "!"})),
            json!({"kty": "oct", "kid": "a", "k": "c2VjcmV0"}),
            json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}),
            json!({"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"}),
            json!({"kty": "new"}),
            json!("key"),
        ] {
            assert!(!usable(wrong.clone()), "{wrong}");
        }
    }

    #[test]
    fn invalid_sets_are_rejected_but_a_single_bad_key_is_skipped() {
        let good = json!({"kty": "RSA", "kid": "a", "n": MODULUS, "e": "AQAB"});
        let set = |keys: serde_json::Value| keys_of(&json!({ "keys": keys }).to_string());

        assert_eq!(set(json!([7, {"kty": "new"}, good.clone()])), Ok(1));
        assert!(set(json!([])).is_err() && set(json!([{"kty": "oct", "k": "AA"}])).is_err());
        assert!(set(json!(vec![good; MAX_KEYS + 1])).is_err());
        for wrong in ["", "<html>", "[]", "{}", "{\"keys\": {}}"] {
            assert!(keys_of(wrong).is_err(), "{wrong}");
        }
    }

    fn keys_of(document: &str) -> Result<usize, String> {
        parse_keys(document.as_bytes()).map(|keys| keys.len())
    }
}
