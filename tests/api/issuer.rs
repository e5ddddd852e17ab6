//! A stand-in for an OIDC issuer: it signs tokens, and serves its keys over HTTP in the way that a test configures.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, web};
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::support::{TestApp, today};

pub const ISSUER: &str = "https://issuer.example";
pub const AUDIENCE: &str = "goal-router-web";

/// A signing key of an issuer.
pub struct Key {
    pub id: String,
    pub algorithm: Algorithm,
    pub signing: EncodingKey,
}

impl Key {
    pub fn rsa(id: &str) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let wrapped = pair.as_der().unwrap();
        // The library expects the key without the PKCS#8 wrapper, which takes 26 bytes for this key size.
        let signing = EncodingKey::from_rsa_der(&wrapped.as_ref()[26..]);
        Self {
            id: id.to_owned(),
            algorithm: Algorithm::RS256,
            signing,
        }
    }

    pub fn ec(id: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        assert_eq!(pair.public_key().as_ref().len(), 65);
        let wrapped = pair.to_pkcs8v1().unwrap();
        Self {
            id: id.to_owned(),
            algorithm: Algorithm::ES256,
            signing: EncodingKey::from_ec_der(wrapped.as_ref()),
        }
    }

    pub fn public(&self) -> Value {
        let mut jwk = Jwk::from_encoding_key(&self.signing, self.algorithm).unwrap();
        jwk.common.key_id = Some(self.id.clone());
        serde_json::to_value(jwk).unwrap()
    }

    pub fn header(&self) -> Header {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.id.clone());
        header
    }

    pub fn sign(&self, claims: &Value) -> String {
        jsonwebtoken::encode(&self.header(), claims, &self.signing).unwrap()
    }

    /// Returns a token with a header that the library would not produce.
    pub fn sign_with_header(&self, header: &str, claims: &Value) -> String {
        let message = format!("{}.{}", encoded(header), encoded(&claims.to_string()));
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &self.signing, self.algorithm).unwrap();
        format!("{message}.{signature}")
    }
}

/// Encodes a part of a token.
pub fn encoded(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// Returns the claims of a valid token.
pub fn claims() -> Value {
    let now = today().timestamp();
    json!({"iss": ISSUER, "sub": "user-1", "aud": AUDIENCE, "exp": now + 3600, "iat": now})
}

/// Returns valid claims with changes; `null` removes a claim.
pub fn claims_with(changes: &Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

/// How the issuer responds to a request for its keys.
#[derive(Clone)]
struct KeyResponse {
    status: u16,
    body: String,
    delay: Duration,
}

/// A running issuer.
pub struct Issuer {
    pub url: String,
    endpoint: web::Data<KeyEndpoint>,
}

/// The key endpoint.
struct KeyEndpoint {
    response: Mutex<KeyResponse>,
    fetches: AtomicUsize,
}

impl Issuer {
    pub fn start(keys: &[&Key]) -> Self {
        let endpoint = web::Data::new(KeyEndpoint {
            response: Mutex::new(KeyResponse {
                status: 200,
                body: document(keys),
                delay: Duration::ZERO,
            }),
            fetches: AtomicUsize::new(0),
        });
        let shared = endpoint.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .default_service(web::to(serve_keys))
        })
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
        let url = format!("http://{}/jwks.json", server.addrs()[0]);
        tokio::spawn(server.run());
        Self { url, endpoint }
    }

    /// Serves these keys from now on.
    pub fn serve(&self, keys: &[&Key]) {
        self.respond_with(200, &document(keys), Duration::ZERO);
    }

    /// Sets how the issuer responds from now on.
    pub fn respond_with(&self, status: u16, body: &str, delay: Duration) {
        *self.endpoint.response.lock().unwrap() = KeyResponse {
            status,
            body: body.to_owned(),
            delay,
        };
    }

    /// Returns how often the keys were fetched.
    pub fn fetches(&self) -> usize {
        self.endpoint.fetches.load(Ordering::SeqCst)
    }

    /// Starts an application that trusts this issuer.
    pub async fn trusting_app(&self, variables: &[(&str, &str)]) -> TestApp {
        let mut pairs = vec![
            ("AUTH_MODE", "jwt"),
            ("JWT_ISSUER", ISSUER),
            ("JWT_AUDIENCE", AUDIENCE),
            ("JWKS_URL", self.url.as_str()),
        ];
        pairs.extend_from_slice(variables);
        TestApp::with(&pairs).await
    }
}

/// Returns the key set of these keys.
pub fn document(keys: &[&Key]) -> String {
    let keys: Vec<Value> = keys.iter().map(|key| key.public()).collect();
    json!({ "keys": keys }).to_string()
}

async fn serve_keys(endpoint: web::Data<KeyEndpoint>) -> HttpResponse {
    endpoint.fetches.fetch_add(1, Ordering::SeqCst);
    let response = endpoint.response.lock().unwrap().clone();
    tokio::time::sleep(response.delay).await;
    HttpResponse::build(actix_web::http::StatusCode::from_u16(response.status).unwrap())
        .content_type("application/json")
        .body(response.body)
}
