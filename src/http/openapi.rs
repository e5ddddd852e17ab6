//! The OpenAPI document, generated from the routes. [`WholeApi`] adds what all routes have in common.

use serde_json::json;
use utoipa::openapi::example::Example;
use utoipa::openapi::header::Header;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::response::Response;
use utoipa::openapi::schema::{ArrayItems, ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Content, Ref, RefOr, Required};
use utoipa::{Modify, OpenApi};

use super::middleware::identify;
use super::problem::{Code, PROBLEM_JSON, Problem};
use super::routes::{estimate, generate_plan, health};
use crate::idempotency::MAX_KEY_CHARS;
use planning::constraints::weekdays;

/// The OpenAPI document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "goal-router",
        description = "Turns a person's goal into a checked weekly plan. Errors are RFC 9457 problems with a stable `code`; \
                       every response carries `X-Request-Id`.",
        contact(name = "The operator of this service"),
        license(name = "MIT", identifier = "MIT")
    ),
    servers((url = "/")),
    paths(generate_plan::generate_plan, estimate::estimate, health::health, health::live, health::ready),
    modifiers(&WholeApi),
    tags((name = "plans", description = "Goals to plans"), (name = "health", description = "For probes and load balancers"))
)]
pub struct Document;

/// Adds what all routes have in common: the security schemes, headers and problems.
struct WholeApi;

impl Modify for WholeApi {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        add_security_schemes(document);
        close_weekdays(document);
        for (path, item) in &mut document.paths.paths {
            let is_api = path.starts_with(identify::API);
            let methods = allowed_methods(item);
            for operation in operations(item) {
                add_method_not_allowed(operation, methods);
                if is_api {
                    complete_api_operation(operation);
                } else {
                    // No credentials are needed, and the document says so.
                    operation.security = Some(Vec::new());
                }
            }
        }
    }
}

fn add_security_schemes(document: &mut utoipa::openapi::OpenApi) {
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
}

/// Lists the names of the weekdays, which are strings in the code.
fn close_weekdays(document: &mut utoipa::openapi::OpenApi) {
    let schemas = &mut document.components.get_or_insert_default().schemas;
    let Some(RefOr::T(Schema::Object(constraints))) = schemas.get_mut("Understood") else {
        return;
    };
    let days = constraints.properties.get_mut("unavailable_days");
    if let Some(RefOr::T(Schema::Array(days))) = days
        && let ArrayItems::RefOrSchema(day) = &mut days.items
        && let RefOr::T(Schema::Object(day)) = &mut **day
    {
        let every_day = weekdays::names(chrono::WeekdaySet::ALL);
        day.enum_values = Some(every_day.map(Into::into).collect());
    }
}

/// Adds the alternatives of credentials, the request headers, and the problems and headers that every route may respond with.
fn complete_api_operation(operation: &mut Operation) {
    // Alternatives: any one of them, or none with `AUTH_MODE=none`.
    operation.security = Some(vec![
        SecurityRequirement::new("api_key", [""; 0]),
        SecurityRequirement::new("bearer", [""; 0]),
        SecurityRequirement::default(),
    ]);
    let parameters = operation.parameters.get_or_insert_default();
    parameters.extend([request_id_parameter(), traceparent_parameter()].map(Into::into));
    if operation.operation_id.as_deref() == Some(generate_plan::OPERATION) {
        parameters.push(idempotency_key_parameter().into());
    }
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

fn request_id_parameter() -> Parameter {
    header_parameter(
        "X-Request-Id",
        "ID of the request. The service makes one if it is absent or malformed, and always returns it",
        "^[A-Za-z0-9._-]{1,64}$",
        1..=64,
    )
}

fn traceparent_parameter() -> Parameter {
    header_parameter(
        "traceparent",
        "W3C trace context. Its trace ID is in the logs of the request",
        "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
        55..=55,
    )
}

fn idempotency_key_parameter() -> Parameter {
    header_parameter(
        "Idempotency-Key",
        "A new value of your choice for each plan, such as a UUID. For 24 hours, a repeated request with the same key gets the \
         first response and costs nothing",
        "^[!#-~]{1,255}$",
        1..=MAX_KEY_CHARS,
    )
}

/// Returns an optional request header. It has no example: Swagger UI would send the example with every request.
fn header_parameter(
    name: &str,
    description: &str,
    pattern: &str,
    length: std::ops::RangeInclusive<usize>,
) -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(pattern))
        .min_length(Some(*length.start()))
        .max_length(Some(*length.end()))
        .build();
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}

/// Returns the methods that a path allows, as its `Allow` header has them.
fn allowed_methods(item: &PathItem) -> &'static str {
    if item.get.is_some() {
        "GET, HEAD"
    } else {
        "POST"
    }
}

fn add_method_not_allowed(operation: &mut Operation, methods: &str) {
    add_problem(
        operation,
        Code::MethodNotAllowed,
        "The path has other methods",
        &format!("this path allows only {methods}"),
    );
    let status = Code::MethodNotAllowed.status().as_str().to_owned();
    if let Some(RefOr::T(response)) = operation.responses.responses.get_mut(&status) {
        let allow = header("The methods that the path has", methods);
        response.headers.insert("Allow".to_owned(), allow.into());
    }
}

/// The problems that every route of the API may respond with.
const PROBLEMS: [(Code, &str, &str); 6] = [
    (
        Code::Unauthenticated,
        "Credentials are missing or invalid; `WWW-Authenticate` says which are accepted",
        "credentials are required: an API key as X-API-Key, or as Authorization: Bearer",
    ),
    (
        Code::Forbidden,
        "The credentials do not allow this request",
        "the credentials do not allow this: the token lacks the scope of this service",
    ),
    (
        Code::RequestTimeout,
        "The body did not arrive in time",
        "the body did not arrive within 10 seconds",
    ),
    (
        Code::UnsupportedMediaType,
        "The body is not announced as plain JSON",
        "the content type must be application/json, not \"text/plain\"",
    ),
    (
        Code::RateLimited,
        "A rate limit or a budget is exceeded; `Retry-After` says when to try again",
        "60 requests a minute are allowed, 60 of them at once",
    ),
    (
        Code::IdentityUnavailable,
        "Temporarily unavailable; `Retry-After` says when to try again",
        "tokens cannot be checked now: the issuer's keys cannot be had",
    ),
];

/// The headers of every response of the API.
const HEADERS: [(&str, &str, &str); 3] = [
    (
        "X-Request-Id",
        "ID of the request",
        "0193589e-2d4b-7c3a-9f10-6b2f0f6b7c11",
    ),
    (
        "RateLimit-Policy",
        "The client's quota `q` of requests in `w` seconds (draft-ietf-httpapi-ratelimit-headers-11)",
        "\"default\";q=60;w=60",
    ),
    (
        "RateLimit",
        "Remaining requests `r`; the full quota is available again in `t` seconds",
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
        let seconds = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1));
        let mut wait = Header::new(seconds.examples([json!(5)]).build());
        wait.description = Some("Seconds to wait before the next attempt".to_owned());
        response
            .headers
            .insert("Retry-After".to_owned(), wait.into());
    }
    if code == Code::Unauthenticated {
        let challenge = header(
            "The accepted credentials (RFC 6750)",
            "Bearer realm=\"goal-router\"",
        );
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
