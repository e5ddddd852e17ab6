//! The API documentation: Swagger UI at `/docs/`, embedded in the binary, and the OpenAPI document at `/api-docs/openapi.json`.

use std::sync::{Arc, LazyLock};

use actix_web::http::header::{CONTENT_ENCODING, ContentEncoding, ContentType, LOCATION};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
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
            if file.gzpipped {
                response.insert_header((CONTENT_ENCODING, ContentEncoding::Gzip));
            }
            response
                .content_type(file.content_type)
                .body(file.bytes.into_owned())
        }
        Ok(None) => Problem::new(Code::NotFound, "there is no such file").response(&request),
        Err(error) => {
            tracing::error!(event_type = "error", error_type = "docs", error_message = %error, "a file of Swagger UI could not be served");
            Problem::new(Code::InternalError, "the file cannot be served").response(&request)
        }
    }
}
