# What runs in a task: the service, and the collector beside it that carries its metrics and traces to CloudWatch and X-Ray.

locals {
  service_port    = 8000
  management_port = 9464

  # Fargate kills a container that has not ended by then. It is the most that Fargate allows.
  stop_timeout_seconds = 120

  # The image has a VOLUME there, owned by the user that it runs as.
  data_directory   = "/var/lib/goal-router"
  service_user     = 65532
  collector_user   = 4317
  collector_memory = 256

  collector_image = coalesce(
    var.collector_image,
    "${local.account_id}.dkr.ecr.${var.aws_region}.${data.aws_partition.current.dns_suffix}/${local.collector_repository}:v0.50.0",
  )
  collector_repository = "${var.ecr_public_prefix}/aws-observability/aws-otel-collector"

  # Every variable of the application that this stack sets. null leaves it to the application's default. docs/operations.md says what each
  # one means.
  service_environment = {
    # Models
    USE_MOCK_AWS     = "false"
    LLM_MODELS       = join(",", var.llm_models)
    CLASSIFIER_MODEL = var.classifier_model
    OPENAI_BASE_URL  = var.openai_base_url

    # AWS and storage
    AWS_REGION                = var.aws_region
    BEDROCK_REGION            = local.bedrock_region
    DYNAMODB_TABLE_NAME       = aws_dynamodb_table.usage.name
    DYNAMODB_STATE_TABLE_NAME = aws_dynamodb_table.state.name
    DATA_DIR                  = local.data_directory
    SPOOL_SHARED              = var.spool_storage == "efs" ? "true" : "false"
    USAGE_RETENTION_DAYS      = tostring(var.usage_retention_days)

    # Network. The load balancer is the one proxy whose word on the client's address counts.
    PORT                 = tostring(local.service_port)
    MANAGEMENT_PORT      = tostring(local.management_port)
    TRUSTED_PROXY_HOPS   = "1"
    CORS_ALLOWED_ORIGINS = length(var.cors_allowed_origins) > 0 ? join(",", var.cors_allowed_origins) : null

    # Access and rate limits
    AUTH_MODE             = local.auth_mode
    JWT_ISSUER            = local.token_settings.issuer
    JWT_AUDIENCE          = local.token_settings.audience
    JWKS_URL              = local.token_settings.jwks_url
    JWT_REQUIRED_SCOPE    = local.token_settings.required_scope
    TIERS                 = local.tiers
    RATE_LIMIT_PER_MINUTE = tostring(var.rate_limit_per_minute)
    RATE_LIMIT_BURST      = var.rate_limit_burst == null ? null : tostring(var.rate_limit_burst)

    # Budgets and request limits
    MAX_INPUT_TOKENS        = tostring(var.max_input_tokens)
    MAX_OUTPUT_TOKENS       = tostring(var.max_output_tokens)
    MAX_REQUEST_COST_USD    = tostring(var.max_request_cost_usd)
    DAILY_BUDGET_USD        = tostring(var.daily_budget_usd)
    CLIENT_DAILY_BUDGET_USD = var.client_daily_budget_usd == null ? null : tostring(var.client_daily_budget_usd)
    OUTAGE_ALLOWANCE_USD    = tostring(var.outage_allowance_usd)
    MAX_IN_FLIGHT           = tostring(var.max_in_flight)
    PLAN_CACHE_TTL_SECONDS  = tostring(var.plan_cache_ttl_seconds)

    # Timing
    REQUEST_DEADLINE_SECONDS    = tostring(var.request_deadline_seconds)
    LLM_ATTEMPT_TIMEOUT_SECONDS = tostring(var.llm_attempt_timeout_seconds)
    LEDGER_LEASE_SECONDS        = tostring(var.ledger_lease_seconds)
    DRAIN_DELAY_SECONDS         = tostring(var.drain_delay_seconds)
    SHUTDOWN_GRACE_SECONDS      = tostring(var.shutdown_grace_seconds)

    # Logging and traces
    LOG_FORMAT                  = "json"
    RUST_LOG                    = var.log_filter
    OTEL_EXPORTER_OTLP_ENDPOINT = "http://localhost:4317"
    OTEL_EXPORTER_OTLP_PROTOCOL = "grpc"
    OTEL_TRACES_SAMPLER         = "parentbased_traceidratio"
    OTEL_TRACES_SAMPLER_ARG     = tostring(var.trace_sample_ratio)
    OTEL_RESOURCE_ATTRIBUTES    = "deployment.environment.name=${var.environment}"
  }

  # Variables whose values the task gets from Secrets Manager when it starts. A version in the ARN makes a changed secret a changed task
  # definition, and so a deployment: tasks that run would not notice it.
  service_secrets = {
    API_KEYS       = local.auth_mode == "api_key" ? "${aws_secretsmanager_secret.api_keys[0].arn}:::${aws_secretsmanager_secret_version.api_keys[0].version_id}" : null
    OPENAI_API_KEY = var.openai_api_key_secret_arn
    REDIS_URL      = var.redis_enabled ? "${aws_secretsmanager_secret.redis_url[0].arn}:::${aws_secretsmanager_secret_version.redis_url[0].version_id}" : null
  }

  collector_environment = {
    AOT_CONFIG_CONTENT = file("${path.module}/../otel-collector.yaml")
    AWS_REGION         = var.aws_region
    METRICS_NAMESPACE  = local.metrics_namespace
    METRICS_LOG_GROUP  = aws_cloudwatch_log_group.metrics.name
    # Half of its memory: the garbage collector then works before the container is killed.
    GOMEMLIMIT = "128MiB"
  }
}

resource "aws_ecs_task_definition" "service" {
  family                   = local.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.task_cpu
  memory                   = var.task_memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  container_definitions = jsonencode([local.service_container, local.collector_container])

  volume {
    name = "data"

    dynamic "efs_volume_configuration" {
      for_each = aws_efs_file_system.spool

      content {
        file_system_id     = efs_volume_configuration.value.id
        transit_encryption = "ENABLED"

        authorization_config {
          access_point_id = aws_efs_access_point.spool[0].id
          iam             = "ENABLED"
        }
      }
    }
  }

  # A deploy registers revisions of its own. This way, the newest of them is what the plan compares with.
  track_latest = true

  # An old revision is where a rollback goes.
  skip_destroy = true

  lifecycle {
    precondition {
      condition     = can(regex("@sha256:[0-9a-f]{64}$", aws_ssm_parameter.image.insecure_value))
      error_message = "No image has been deployed yet: initial_image has to name one. `make push` prints it."
    }

    precondition {
      condition     = length(setintersection(keys(var.extra_environment), keys(merge(local.service_environment, local.service_secrets)))) == 0
      error_message = "extra_environment must not set what Terraform sets: ${join(", ", setintersection(keys(var.extra_environment), keys(merge(local.service_environment, local.service_secrets))))}. There is a variable for each of them."
    }

    precondition {
      condition     = local.stop_timeout_seconds <= 120 && var.drain_delay_seconds + var.shutdown_grace_seconds < local.stop_timeout_seconds
      error_message = "drain_delay_seconds and shutdown_grace_seconds have to be less than the ${local.stop_timeout_seconds} s after which Fargate kills the container."
    }

    precondition {
      # AWS refuses more than 64 KiB. Half of it leaves room for the rest of the document.
      condition     = length(jsonencode(local.collector_environment)) + length(jsonencode(local.service_environment)) + length(jsonencode(var.extra_environment)) < 48 * 1024
      error_message = "The variables of the containers are too long for a task definition, which may have 64 KiB."
    }
  }
}

locals {
  service_container = {
    name      = "goal-router"
    image     = aws_ssm_parameter.image.insecure_value
    essential = true
    user      = "${local.service_user}:${local.service_user}"
    memory    = var.task_memory - local.collector_memory

    # The API alone. Metrics have a port of their own, which only the collector reads, inside the task.
    portMappings = [{ containerPort = local.service_port, hostPort = local.service_port, protocol = "tcp" }]

    environment = [
      for name, value in merge(local.service_environment, var.extra_environment) : { name = name, value = value } if value != null
    ]
    secrets = [for name, secret in local.service_secrets : { name = name, valueFrom = secret } if secret != null]

    readonlyRootFilesystem = true
    linuxParameters = {
      capabilities       = { drop = ["ALL"] }
      initProcessEnabled = true
    }
    mountPoints = [{ sourceVolume = "data", containerPath = local.data_directory, readOnly = false }]

    # START: the collector must not keep the service from starting. At the end the order is reversed, so the last spans still leave.
    dependsOn   = [{ containerName = "adot", condition = "START" }]
    stopTimeout = local.stop_timeout_seconds

    # A crash alone must not take the spool with it, which the end of the task would. If the service does not run for a minute, it is not
    # started again, and the task ends: then the version or its settings are bad, and the deployment has to fail.
    restartPolicy = { enabled = true, ignoredExitCodes = [0], restartAttemptPeriod = 60 }

    # ECS does not read the image's own health check.
    healthCheck = {
      command     = ["CMD", "goal-router", "healthcheck"]
      interval    = 10
      timeout     = 5
      retries     = 3
      startPeriod = 20
    }

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.service.name
        awslogs-region        = var.aws_region
        awslogs-stream-prefix = "service"
        # Logs that cannot leave must not stop requests. The service counts the lines that it drops itself.
        mode            = "non-blocking"
        max-buffer-size = "25m"
      }
    }
  }

  collector_container = {
    name  = "adot"
    image = local.collector_image
    # A collector that ends costs metrics and spans, and no request.
    essential = false
    user      = "${local.collector_user}:${local.collector_user}"
    memory    = local.collector_memory

    environment = [for name, value in local.collector_environment : { name = name, value = value }]

    readonlyRootFilesystem = true
    linuxParameters = {
      capabilities       = { drop = ["ALL"] }
      initProcessEnabled = true
    }
    stopTimeout = 30

    # It may run out of memory, and then a task would be without metrics for weeks. One that ends within five minutes is not started again: it
    # would end again, and each start sends the totals of the counters once more as if they had just happened.
    restartPolicy = { enabled = true, restartAttemptPeriod = 300 }

    healthCheck = {
      command     = ["CMD", "/healthcheck"]
      interval    = 30
      timeout     = 5
      retries     = 3
      startPeriod = 20
    }

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.collector.name
        awslogs-region        = var.aws_region
        awslogs-stream-prefix = "collector"
        mode                  = "non-blocking"
        max-buffer-size       = "1m"
      }
    }
  }
}
