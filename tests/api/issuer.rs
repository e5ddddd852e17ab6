//! A stand-in for an OIDC issuer: signs tokens, and serves its keys over HTTP as well or as badly as it is told.

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

/// A key of an issuer.
pub struct Key {
    pub id: String,
    pub algorithm: Algorithm,
    pub signing: EncodingKey,
}

impl Key {
    pub fn rsa(id: &str) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let wrapped = pair.as_der().unwrap();
        // The library wants the key without its PKCS#8 wrapper, which has 26 bytes for this size.
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

    /// A token under a header that the library would not write.
    pub fn sign_under(&self, header: &str, claims: &Value) -> String {
        let message = format!("{}.{}", encoded(header), encoded(&claims.to_string()));
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &self.signing, self.algorithm).unwrap();
        format!("{message}.{signature}")
    }
}

pub fn encoded(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// Claims of a token that holds.
pub fn claims() -> Value {
    let now = today().timestamp();
    json!({"iss": ISSUER, "sub": "user-1", "aud": AUDIENCE, "exp": now + 3600, "iat": now})
}

/// The claims with others put over them; `null` takes one away.
pub fn claims_with(more: &Value) -> Value {
    let mut claims = claims();
    for (name, value) in more.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

/// How the issuer answers.
#[derive(Clone)]
pub struct Manner {
    pub status: u16,
    pub body: String,
    pub delay: Duration,
}

pub struct Issuer {
    pub url: String,
    desk: web::Data<Desk>,
}

/// Where the keys are asked for.
struct Desk {
    manner: Mutex<Manner>,
    fetches: AtomicUsize,
}

impl Issuer {
    pub fn start(keys: &[&Key]) -> Self {
        let desk = web::Data::new(Desk {
            manner: Mutex::new(Manner {
                status: 200,
                body: document(keys),
                delay: Duration::ZERO,
            }),
            fetches: AtomicUsize::new(0),
        });
        let shared = desk.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .default_service(web::to(answer))
        })
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
        let url = format!("http://{}/jwks.json", server.addrs()[0]);
        tokio::spawn(server.run());
        Self { url, desk }
    }

    pub fn serve(&self, keys: &[&Key]) {
        self.behave(200, &document(keys), Duration::ZERO);
    }

    pub fn behave(&self, status: u16, body: &str, delay: Duration) {
        *self.desk.manner.lock().unwrap() = Manner {
            status,
            body: body.to_owned(),
            delay,
        };
    }

    /// How often the keys were fetched.
    pub fn fetches(&self) -> usize {
        self.desk.fetches.load(Ordering::SeqCst)
    }

    /// An application that trusts this issuer.
    pub async fn trusted(&self, more: &[(&str, &str)]) -> TestApp {
        let mut pairs = vec![
            ("AUTH_MODE", "jwt"),
            ("JWT_ISSUER", ISSUER),
            ("JWT_AUDIENCE", AUDIENCE),
            ("JWKS_URL", self.url.as_str()),
        ];
        pairs.extend_from_slice(more);
        TestApp::with(&pairs).await
    }
}

pub fn document(keys: &[&Key]) -> String {
    let keys: Vec<Value> = keys.iter().map(|key| key.public()).collect();
    json!({ "keys": keys }).to_string()
}

async fn answer(desk: web::Data<Desk>) -> HttpResponse {
    desk.fetches.fetch_add(1, Ordering::SeqCst);
    let manner = desk.manner.lock().unwrap().clone();
    tokio::time::sleep(manner.delay).await;
    HttpResponse::build(actix_web::http::StatusCode::from_u16(manner.status).unwrap())
        .content_type("application/json")
        .body(manner.body)
}
