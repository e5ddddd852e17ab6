//! The OpenAPI document, generated from the routes, and Swagger UI for it. [`WholeApi`] adds what all routes have in common.

use serde_json::json;
use utoipa::openapi::example::Example;
use utoipa::openapi::header::Header;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::Response;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Content, Ref, RefOr};
use utoipa::{Modify, OpenApi};
use utoipa_swagger_ui::SwaggerUi;

use super::middleware::identify;
use super::problem::{Code, PROBLEM_JSON, Problem};
use super::routes::{estimate, generate_plan, health};

/// The OpenAPI document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "goal-router",
        description = "Turns a person's goal into a checked weekly plan. Errors are RFC 9457 problems with a stable `code`; \
                       every response carries `X-Request-Id`.",
        license(name = "MIT", identifier = "MIT")
    ),
    servers((url = "/")),
    paths(generate_plan::generate_plan, estimate::estimate, health::health, health::live, health::ready),
    modifiers(&WholeApi),
    tags((name = "plans", description = "Goals to plans"), (name = "health", description = "For probes and load balancers"))
)]
pub struct Document;

/// Adds the security schemes, and the problems and headers that every route of the API may respond with.
struct WholeApi;

impl Modify for WholeApi {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let key = ApiKeyValue::with_description("X-API-Key", "With `AUTH_MODE=api_key`");
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "With `AUTH_MODE=jwt` a token of the issuer, with `api_key` the key",
            ))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("api_key", SecurityScheme::ApiKey(ApiKey::Header(key)));
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let api = document
            .paths
            .paths
            .iter_mut()
            .filter(|(path, _)| path.starts_with(identify::API));
        for operation in api.flat_map(|(_, item)| operations(item)) {
            // Alternatives: any one of them, or none with `AUTH_MODE=none`.
            operation.security = Some(vec![
                SecurityRequirement::new("api_key", [""; 0]),
                SecurityRequirement::new("bearer", [""; 0]),
                SecurityRequirement::default(),
            ]);
            for (code, description, detail) in PROBLEMS {
                add_problem(operation, code, description, detail);
            }
            for response in operation.responses.responses.values_mut() {
                if let RefOr::T(response) = response {
                    for (name, description, example) in HEADERS {
                        let headers = &mut response.headers;
                        headers.insert(name.to_owned(), header(description, example).into());
                    }
                }
            }
        }
    }
}

const PROBLEMS: [(Code, &str, &str); 4] = [
    (
        Code::Unauthenticated,
        "No credentials, or none that hold; `WWW-Authenticate` says what is taken",
        "credentials are required: an API key as X-API-Key, or as Authorization: Bearer",
    ),
    (
        Code::Forbidden,
        "The credentials do not allow this",
        "the credentials do not allow this: the token lacks the scope of this service",
    ),
    (
        Code::RateLimited,
        "Too much, of requests or of money; `Retry-After` says when to try again",
        "60 requests a minute are allowed, 60 of them at once",
    ),
    (
        Code::IdentityUnavailable,
        "Not now; `Retry-After` says when to try again",
        "tokens cannot be checked now: the issuer's keys cannot be had",
    ),
];

const HEADERS: [(&str, &str, &str); 3] = [
    (
        "X-Request-Id",
        "The request's id",
        "0193589e-2d4b-7c3a-9f10-6b2f0f6b7c11",
    ),
    (
        "RateLimit-Policy",
        "The client's quota `q` of requests in `w` seconds (draft-ietf-httpapi-ratelimit-headers-11)",
        "\"default\";q=60;w=60",
    ),
    (
        "RateLimit",
        "Requests `r` that are left now; in `t` seconds all of the quota is there again",
        "\"default\";r=59;t=1",
    ),
];

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem {
        get,
        put,
        post,
        delete,
        patch,
        ..
    } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}

/// Adds a problem to the examples of its status, with the headers of such a response.
fn add_problem(operation: &mut Operation, code: Code, description: &str, detail: &str) {
    let status = code.status().as_str().to_owned();
    let response = operation
        .responses
        .responses
        .entry(status)
        .or_insert_with(|| Response::new(description).into());
    let RefOr::T(response) = response else { return };
    let content = response
        .content
        .entry(PROBLEM_JSON.to_owned())
        .or_insert_with(|| Content::new(Some(Ref::from_schema_name("Problem"))).into());
    let RefOr::T(content) = content else { return };
    let example = Example::builder().value(Some(json!(Problem::example(code, detail))));
    content
        .examples
        .insert(code.as_str().to_owned(), example.build().into());
    if code.status().is_server_error() || code == Code::RateLimited {
        let wait = header("Seconds to wait", "5");
        response
            .headers
            .insert("Retry-After".to_owned(), wait.into());
    }
    if code == Code::Unauthenticated {
        let challenge = header("What is taken (RFC 6750)", "Bearer realm=\"goal-router\"");
        response
            .headers
            .insert("WWW-Authenticate".to_owned(), challenge.into());
    }
}

fn header(description: &str, example: &str) -> Header {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .examples([json!(example)])
        .build();
    let mut header = Header::new(schema);
    header.description = Some(description.to_owned());
    header
}

/// Returns the service of Swagger UI at `/docs/`, embedded in the binary, and of the document at `/api-docs/openapi.json`.
#[must_use]
pub fn swagger() -> SwaggerUi {
    SwaggerUi::new("/docs/{_:.*}").url("/api-docs/openapi.json", Document::openapi())
}
