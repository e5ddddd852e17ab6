# The settings of the application that an operator changes. docs/operations.md describes each variable that they become. What is not here
# can be set by extra_environment.

# --- models -------------------------------------------------------------------------------------------------------------------------

variable "llm_models" {
  description = "Models that write plans, in the order in which they are tried: `bedrock:<id>`, `openai:<model>` or `offline`."
  type        = list(string)
  default     = ["bedrock:global.anthropic.claude-haiku-5-5"]
  nullable    = false

  validation {
    condition     = length(var.llm_models) > 0 && alltrue([for model in var.llm_models : can(regex("^(offline|(bedrock|openai):[^,\\s]+)$", model))])
    error_message = "llm_models must have at least one of `bedrock:<id>`, `openai:<model>` and `offline`."
  }
}

variable "classifier_model" {
  description = "Model that is asked for the category of an unsure goal. Without it, the first of llm_models."
  type        = string
  default     = null

  validation {
    condition     = var.classifier_model == null || can(regex("^(offline|(bedrock|openai):[^,\\s]+)$", var.classifier_model))
    error_message = "classifier_model must be `bedrock:<id>`, `openai:<model>` or `offline`."
  }
}

variable "openai_base_url" {
  description = "Server of the models that begin with `openai:`. Without it, OpenAI's own."
  type        = string
  default     = null

  validation {
    condition     = var.openai_base_url == null || can(regex("^https://[^\\s]+$", var.openai_base_url))
    error_message = "openai_base_url must be an https URL: it gets the goals and the key."
  }
}

variable "openai_api_key_secret_arn" {
  description = "ARN of the secret in Secrets Manager whose text is the key for that server."
  type        = string
  default     = null

  validation {
    condition     = var.openai_api_key_secret_arn == null || can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[^:]+$", var.openai_api_key_secret_arn))
    error_message = "openai_api_key_secret_arn must be the whole ARN of a secret, with the six characters that Secrets Manager added to its name."
  }

  validation {
    condition     = var.openai_api_key_secret_arn != null || var.openai_base_url != null || !anytrue([for model in concat(var.llm_models, [coalesce(var.classifier_model, "offline")]) : startswith(model, "openai:")])
    error_message = "Models of OpenAI need openai_api_key_secret_arn. Servers that want no key are named by openai_base_url."
  }
}

variable "openai_api_key_kms_key_arn" {
  description = "ARN of the KMS key of that secret, if it is not AWS's own key for Secrets Manager."
  type        = string
  default     = null

  validation {
    condition     = var.openai_api_key_kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[a-z0-9-]+$", var.openai_api_key_kms_key_arn))
    error_message = "openai_api_key_kms_key_arn must be the ARN of a KMS key, not of an alias."
  }
}

# --- money --------------------------------------------------------------------------------------------------------------------------

variable "daily_budget_usd" {
  description = "What the service may spend on models per day (UTC), over all tasks."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.daily_budget_usd >= 0
    error_message = "daily_budget_usd must be an amount of dollars, such as 5 or 0.5."
  }
}

variable "client_daily_budget_usd" {
  description = "What one client may spend per day (UTC). Without it, there is no limit for a client."
  type        = number
  default     = null

  validation {
    condition     = var.client_daily_budget_usd == null || try(var.client_daily_budget_usd >= 0, false)
    error_message = "client_daily_budget_usd must be an amount of dollars, such as 1 or 0.25."
  }
}

variable "max_request_cost_usd" {
  description = "Largest worst-case cost of a request; dearer ones are refused."
  type        = number
  default     = 0.5
  nullable    = false

  validation {
    condition     = var.max_request_cost_usd > 0 && (var.daily_budget_usd == 0 || var.max_request_cost_usd <= var.daily_budget_usd)
    error_message = "max_request_cost_usd must be more than 0, and not more than daily_budget_usd: a request that may cost more than the day's budget is never let in."
  }
}

variable "outage_allowance_usd" {
  description = "What each task may spend, on top of the budgets, while DynamoDB is unavailable. Needs spool_storage = \"efs\"."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.outage_allowance_usd >= 0
    error_message = "outage_allowance_usd must be an amount of dollars, such as 2; 0 turns it off."
  }

  validation {
    condition     = var.outage_allowance_usd == 0 || var.spool_storage == "efs"
    error_message = "outage_allowance_usd needs spool_storage = \"efs\": the disk of a Fargate task ends with it, and with it the only record of what was spent."
  }
}

# --- access and limits --------------------------------------------------------------------------------------------------------------

variable "auth_mode" {
  description = "Who may call the API: clients with a key (`api_key`), with a token (`jwt`), or everyone (`none`). cognito_enabled makes it `jwt`."
  type        = string
  default     = "api_key"
  nullable    = false

  validation {
    condition     = contains(["none", "api_key", "jwt"], var.auth_mode)
    error_message = "auth_mode must be none, api_key or jwt."
  }

  validation {
    condition     = var.auth_mode != "api_key" || var.cognito_enabled || length(var.api_keys) > 0
    error_message = "auth_mode = \"api_key\" needs a client in api_keys: the service does not start without one. `goal-router new-key <client>` makes a key."
  }

  validation {
    condition     = var.auth_mode != "jwt" || var.cognito_enabled || var.jwt_issuer != null && var.jwks_url != null && length(var.jwt_audience) > 0
    error_message = "auth_mode = \"jwt\" needs jwt_issuer, jwks_url and jwt_audience, or cognito_enabled."
  }

  validation {
    condition     = var.auth_mode != "none" || var.cognito_enabled || !contains(["staging", "prod"], var.environment)
    error_message = "auth_mode = \"none\" lets everyone spend the budget. Use api_key or jwt in staging and prod."
  }
}

variable "api_keys" {
  description = "Clients with API keys, in the form of API_KEYS_FILE. They have the SHA-256 digests of the keys, never the keys. A digest of 64 zeros admits nobody."
  type = list(object({
    client                = string
    sha256                = list(string)
    tier                  = optional(string)
    rate_limit_per_minute = optional(number)
    rate_limit_burst      = optional(number)
    daily_budget_usd      = optional(number)
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue([for entry in var.api_keys : can(regex("^[A-Za-z0-9._-]{1,64}$", entry.client))]) && length(distinct(var.api_keys[*].client)) == length(var.api_keys)
    error_message = "Each client of api_keys needs a name of its own, of 1 to 64 letters, digits, `.`, `_` and `-`."
  }

  validation {
    # The message repeats no value: somebody may have pasted the key itself.
    condition     = alltrue([for digest in flatten(var.api_keys[*].sha256) : can(regex("^[0-9a-f]{64}$", digest))]) && length(distinct(flatten(var.api_keys[*].sha256))) == length(flatten(var.api_keys[*].sha256)) && alltrue([for entry in var.api_keys : length(entry.sha256) > 0])
    error_message = "Each client of api_keys needs at least one SHA-256 digest in 64 lower-case hexadecimal digits, and none may be listed twice. `goal-router new-key <client>` prints it."
  }
}

variable "tiers" {
  description = "Classes of clients with limits of their own, in the form of TIERS."
  type = list(object({
    name                  = string
    rate_limit_per_minute = optional(number)
    rate_limit_burst      = optional(number)
    daily_budget_usd      = optional(number)
    scopes                = optional(list(string), [])
    groups                = optional(list(string), [])
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue([for tier in var.tiers : can(regex("^[A-Za-z0-9._-]{1,64}$", tier.name)) && tier.name != "default"]) && length(distinct(var.tiers[*].name)) == length(var.tiers)
    error_message = "Each of tiers needs a name of its own, of 1 to 64 letters, digits, `.`, `_` and `-`; the name default is taken."
  }

  validation {
    condition     = length(setsubtract([for entry in var.api_keys : entry.tier if entry.tier != null], var.tiers[*].name)) == 0
    error_message = "A client of api_keys names a tier that tiers does not have."
  }
}

variable "jwt_issuer" {
  description = "With auth_mode = \"jwt\" and without Cognito: the `iss` of the tokens."
  type        = string
  default     = null

  validation {
    condition     = var.jwt_issuer == null || can(regex("^https://[^\\s]+$", var.jwt_issuer))
    error_message = "jwt_issuer must be an https URL, exactly as in the tokens."
  }
}

variable "jwt_audience" {
  description = "The `aud` or `client_id` of the tokens."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for audience in var.jwt_audience : can(regex("^[^,\\s]+$", audience))])
    error_message = "An audience in jwt_audience has no commas and no spaces."
  }
}

variable "jwks_url" {
  description = "URL of the issuer's keys."
  type        = string
  default     = null

  validation {
    condition     = var.jwks_url == null || can(regex("^https://[^\\s]+$", var.jwks_url))
    error_message = "jwks_url must be an https URL."
  }
}

variable "jwt_required_scope" {
  description = "Scope that every token must have. With Cognito, that is the scope of its resource server."
  type        = string
  default     = null
}

variable "cors_allowed_origins" {
  description = "Origins whose pages may call the API, or `*`."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.cors_allowed_origins : origin == "*" || can(regex("^https?://[^/,\\s]+$", origin))])
    error_message = "cors_allowed_origins must be origins such as https://app.example.org, without a path, or *."
  }
}

variable "rate_limit_per_minute" {
  description = "Sustained rate of a client: per task, or over all tasks with redis_enabled."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.rate_limit_per_minute >= 1 && floor(var.rate_limit_per_minute) == var.rate_limit_per_minute
    error_message = "rate_limit_per_minute must be a whole number from 1 on."
  }
}

variable "rate_limit_burst" {
  description = "Requests that a client may send at once. Without it, rate_limit_per_minute."
  type        = number
  default     = null

  validation {
    condition     = var.rate_limit_burst == null || try(var.rate_limit_burst >= 1 && floor(var.rate_limit_burst) == var.rate_limit_burst, false)
    error_message = "rate_limit_burst must be a whole number from 1 on."
  }
}

variable "max_input_tokens" {
  description = "Most tokens of goal and context together."
  type        = number
  default     = 2000
  nullable    = false

  validation {
    condition     = var.max_input_tokens >= 1 && var.max_input_tokens <= 1000000 && floor(var.max_input_tokens) == var.max_input_tokens
    error_message = "max_input_tokens must be a whole number from 1 to 1,000,000."
  }
}

variable "max_output_tokens" {
  description = "Most tokens of a plan. Long plans need more; all are reserved in the budget and in Bedrock's quota."
  type        = number
  default     = 4000
  nullable    = false

  validation {
    condition     = var.max_output_tokens >= 100 && var.max_output_tokens <= 128000 && floor(var.max_output_tokens) == var.max_output_tokens
    error_message = "max_output_tokens must be a whole number from 100 to 128,000."
  }
}

variable "max_in_flight" {
  description = "Plans in progress in one task. Further requests get 503 `overloaded`."
  type        = number
  default     = 4000
  nullable    = false

  validation {
    condition     = var.max_in_flight >= 1 && var.max_in_flight <= 1000000 && floor(var.max_in_flight) == var.max_in_flight
    error_message = "max_in_flight must be a whole number from 1 to 1,000,000."
  }
}

# --- timing -------------------------------------------------------------------------------------------------------------------------

variable "request_deadline_seconds" {
  description = "Time limit of everything that a request does. The timeouts of the load balancer follow from it."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.request_deadline_seconds >= 2 && floor(var.request_deadline_seconds) == var.request_deadline_seconds
    error_message = "request_deadline_seconds must be a whole number from 2 on."
  }

  validation {
    condition     = var.request_deadline_seconds < var.shutdown_grace_seconds
    error_message = "request_deadline_seconds must be less than shutdown_grace_seconds: a request that began before a task stops has to end in it, and Fargate kills the task after 120 s."
  }
}

variable "llm_attempt_timeout_seconds" {
  description = "Time limit of one call to a model."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.llm_attempt_timeout_seconds >= 1 && var.llm_attempt_timeout_seconds <= 600 && floor(var.llm_attempt_timeout_seconds) == var.llm_attempt_timeout_seconds
    error_message = "llm_attempt_timeout_seconds must be a whole number from 1 to 600."
  }
}

variable "ledger_lease_seconds" {
  description = "How long held rows and leased allowance belong to their task."
  type        = number
  default     = 180
  nullable    = false

  validation {
    condition     = var.ledger_lease_seconds > var.request_deadline_seconds && var.ledger_lease_seconds <= 86400 && floor(var.ledger_lease_seconds) == var.ledger_lease_seconds
    error_message = "ledger_lease_seconds must be a whole number, and more than request_deadline_seconds: a request that is still running must not count as abandoned."
  }
}

variable "drain_delay_seconds" {
  description = "How long a task that is to stop keeps taking requests."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.drain_delay_seconds >= 0 && floor(var.drain_delay_seconds) == var.drain_delay_seconds
    error_message = "drain_delay_seconds must be a whole number from 0 on."
  }
}

variable "shutdown_grace_seconds" {
  description = "How long requests in progress may take after that."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = floor(var.shutdown_grace_seconds) == var.shutdown_grace_seconds && var.drain_delay_seconds + var.shutdown_grace_seconds < 120
    error_message = "drain_delay_seconds and shutdown_grace_seconds must be less than 120 together: Fargate kills a task 120 s after it asked it to stop."
  }
}

# --- storage and telemetry ----------------------------------------------------------------------------------------------------------

variable "plan_cache_ttl_seconds" {
  description = "How long a plan is returned again for the same request. 0 turns the cache off."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.plan_cache_ttl_seconds >= 0 && var.plan_cache_ttl_seconds <= 604800 && floor(var.plan_cache_ttl_seconds) == var.plan_cache_ttl_seconds
    error_message = "plan_cache_ttl_seconds must be a whole number from 0 to 604,800 (a week)."
  }
}

variable "usage_retention_days" {
  description = "How long usage rows are kept."
  type        = number
  default     = 400
  nullable    = false

  validation {
    condition     = var.usage_retention_days >= 1 && var.usage_retention_days <= 3650 && floor(var.usage_retention_days) == var.usage_retention_days
    error_message = "usage_retention_days must be a whole number from 1 to 3650."
  }
}

variable "log_filter" {
  description = "Which events are logged (RUST_LOG). Metrics and alarms need the events of `goal_router` at `info`."
  type        = string
  default     = "info,actix_server=warn,actix_http=off,dynoxide=error"
  nullable    = false
}

variable "trace_sample_ratio" {
  description = "Share of the requests that are traced, 0 to 1. A caller that sends a sampled `traceparent` is always traced."
  type        = number
  default     = 0.1
  nullable    = false

  validation {
    condition     = var.trace_sample_ratio >= 0 && var.trace_sample_ratio <= 1
    error_message = "trace_sample_ratio must be from 0 to 1."
  }
}

variable "extra_environment" {
  description = "Further variables of the application, by name. What Terraform sets itself cannot be overridden here, and secrets do not belong here."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.extra_environment) : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "The keys of extra_environment must be names of variables in upper case."
  }

  validation {
    condition     = length(setintersection(keys(var.extra_environment), ["API_KEYS", "OPENAI_API_KEY", "REDIS_URL", "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"])) == 0
    error_message = "extra_environment must not have secrets: everybody who may read the task definition could read them."
  }
}
