//! The API documentation: Swagger UI at `/docs/`, embedded in the binary, and the OpenAPI document at `/api-docs/openapi.json`.

use std::io::Read as _;
use std::sync::{Arc, LazyLock};

use actix_web::http::header::{
    AcceptEncoding, CONTENT_ENCODING, ContentEncoding, ContentType, Encoding, Header as _, LOCATION,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use flate2::read::GzDecoder;
use utoipa::OpenApi as _;
use utoipa_swagger_ui::Config;

use crate::http::openapi::Document;
use crate::http::problem::{Code, Problem};

/// The document as it is served. It is the same for every worker and request.
static DOCUMENT: LazyLock<Bytes> =
    // The document consists of strings, numbers and maps with string keys, which always serialise.
    LazyLock::new(|| {
        serde_json::to_vec(&Document::openapi())
            .unwrap_or_default()
            .into()
    });

/// Redirects to the page with the trailing slash, which its relative links need.
pub async fn redirect() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((LOCATION, "/docs/"))
        .finish()
}

/// Returns the OpenAPI document.
pub async fn openapi() -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::json())
        .body(DOCUMENT.clone())
}

/// Returns a file of Swagger UI.
pub async fn swagger_ui(request: HttpRequest, file: web::Path<String>) -> HttpResponse {
    let config = Arc::new(Config::from("/api-docs/openapi.json"));
    match utoipa_swagger_ui::serve(&file, config) {
        Ok(Some(file)) => {
            let mut response = HttpResponse::Ok();
            response.content_type(file.content_type);
            if !file.gzpipped {
                return response.body(file.bytes.into_owned());
            }
            if accepts_gzip(&request) {
                response.insert_header((CONTENT_ENCODING, ContentEncoding::Gzip));
                return response.body(file.bytes.into_owned());
            }
            let mut plain = Vec::new();
            match GzDecoder::new(&*file.bytes).read_to_end(&mut plain) {
                Ok(_) => response.body(plain),
                Err(error) => failed(&request, &error),
            }
        }
        Ok(None) => Problem::new(Code::NotFound, "there is no such file").response(&request),
        Err(error) => failed(&request, &*error),
    }
}

/// Whether the client takes the files as they are in the binary. Those that take nothing compressed are few, such as a script.
fn accepts_gzip(request: &HttpRequest) -> bool {
    let offered = [Encoding::gzip(), Encoding::identity()];
    let accepted = AcceptEncoding::parse(request).ok();
    accepted.and_then(|accepted| accepted.negotiate(offered.iter())) == Some(Encoding::gzip())
}

fn failed(request: &HttpRequest, error: &dyn std::error::Error) -> HttpResponse {
    tracing::error!(event_type = "error", error_type = "docs", error_message = %error, "a file of Swagger UI could not be served");
    Problem::new(Code::InternalError, "the file cannot be served").response(request)
}
