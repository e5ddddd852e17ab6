//! The OpenAPI document, generated from the routes, and Swagger UI over it.

use utoipa::OpenApi;
use utoipa_swagger_ui::SwaggerUi;

use super::{estimate, health, plan};

/// The document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "goal-router",
        description = "Turns a person's goal into a checked weekly plan. Errors are RFC 9457 problems with a stable `code`; \
                       every response carries `X-Request-Id`.",
        license(name = "MIT", identifier = "MIT")
    ),
    servers((url = "/")),
    paths(plan::generate, estimate::estimate, health::health, health::live, health::ready),
    tags((name = "plans", description = "Goals to plans"), (name = "health", description = "For probes and load balancers"))
)]
pub struct Document;

/// Swagger UI at `/docs/`, with its files in the binary, and the document at `/api-docs/openapi.json`.
#[must_use]
pub fn swagger() -> SwaggerUi {
    SwaggerUi::new("/docs/{_:.*}").url("/api-docs/openapi.json", Document::openapi())
}
