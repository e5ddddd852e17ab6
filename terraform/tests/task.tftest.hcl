# What a task is made of: its containers with their limits, and the settings of the application.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "bedrock"
  source = "./tests/mocks"
}

variables {
  initial_image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/goal-router@sha256:1111111111111111111111111111111111111111111111111111111111111111"
  aws_region    = "eu-west-1"
  domain_name   = "api.example.org"
  zone_id       = "Z0123456789ABCDEFGHIJ"
  api_keys      = [{ client = "web", sha256 = ["0000000000000000000000000000000000000000000000000000000000000000"] }]
}

run "the_containers_are_confined" {
  assert {
    condition = alltrue([
      for container in jsondecode(aws_ecs_task_definition.service.container_definitions) :
      container.readonlyRootFilesystem && container.linuxParameters.capabilities.drop == ["ALL"] && container.linuxParameters.initProcessEnabled && !can(container.privileged)
    ])
    error_message = "A container can write to its file system, has capabilities, or has no init process."
  }

  assert {
    condition     = { for container in jsondecode(aws_ecs_task_definition.service.container_definitions) : container.name => container.user } == { goal-router = "65532:65532", adot = "4317:4317" }
    error_message = "A container runs as another user than its image was made for."
  }

  assert {
    condition     = { for container in jsondecode(aws_ecs_task_definition.service.container_definitions) : container.name => container.essential } == { goal-router = true, adot = false }
    error_message = "The end of the collector must not be the end of the task, and that of the service must."
  }

  assert {
    condition     = { for container in jsondecode(aws_ecs_task_definition.service.container_definitions) : container.name => container.memory } == { goal-router = 768, adot = 256 }
    error_message = "The containers do not share the memory of the task."
  }
}

run "the_task_is_one_of_fargate" {
  assert {
    condition     = aws_ecs_task_definition.service.network_mode == "awsvpc" && aws_ecs_task_definition.service.requires_compatibilities == toset(["FARGATE"]) && one(aws_ecs_task_definition.service.runtime_platform).cpu_architecture == "ARM64" && aws_ecs_task_definition.service.cpu == "512" && aws_ecs_task_definition.service.memory == "1024"
    error_message = "The task does not run on Fargate with the size that was asked for."
  }

  assert {
    condition     = aws_ecs_task_definition.service.track_latest && aws_ecs_task_definition.service.skip_destroy
    error_message = "Terraform would undo deploys, or take away what a rollback goes back to."
  }

  assert {
    condition     = length(aws_ecs_task_definition.service.container_definitions) < 60 * 1024
    error_message = "A task definition may have 64 KiB."
  }
}

run "the_service_starts_serves_and_stops_as_the_image_wants" {
  assert {
    condition     = local.service_container.portMappings == [{ containerPort = 8000, hostPort = 8000, protocol = "tcp" }]
    error_message = "Another port than that of the API is mapped."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.service.container_definitions)[0].healthCheck.command == ["CMD", "goal-router", "healthcheck"]
    error_message = "The image has no other program to check its health with."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.service.container_definitions)[0].dependsOn == [{ containerName = "adot", condition = "START" }]
    error_message = "The service must not wait for more than the start of the collector."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.service.container_definitions)[0].stopTimeout == 120 && tonumber(local.service_environment.DRAIN_DELAY_SECONDS) + tonumber(local.service_environment.SHUTDOWN_GRACE_SECONDS) < 120
    error_message = "The service would be killed before it has drained."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.service.container_definitions)[0].mountPoints == [{ sourceVolume = "data", containerPath = "/var/lib/goal-router", readOnly = false }] && local.service_environment.DATA_DIR == "/var/lib/goal-router" && one(aws_ecs_task_definition.service.volume).name == "data" && length(one(aws_ecs_task_definition.service.volume).efs_volume_configuration) == 0
    error_message = "The spool is not on the volume of the task."
  }

  assert {
    condition     = alltrue([for container in jsondecode(aws_ecs_task_definition.service.container_definitions) : container.restartPolicy.enabled && container.restartPolicy.restartAttemptPeriod >= 60])
    error_message = "A container that crashes takes the task with it, or is started again and again."
  }

  assert {
    condition     = alltrue([for container in jsondecode(aws_ecs_task_definition.service.container_definitions) : container.logConfiguration.logDriver == "awslogs" && container.logConfiguration.options.mode == "non-blocking"])
    error_message = "Logs that cannot leave would stop a container."
  }
}

run "it_runs_the_image_of_the_parameter" {
  variables {
    initial_image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/goal-router@sha256:2222222222222222222222222222222222222222222222222222222222222222"
  }

  assert {
    condition     = aws_ssm_parameter.image.name == "/goal-router/dev/image" && jsondecode(aws_ecs_task_definition.service.container_definitions)[0].image == aws_ssm_parameter.image.insecure_value
    error_message = "The image does not come from the parameter that deploys write."
  }

  assert {
    condition     = strcontains(jsondecode(aws_ecs_task_definition.service.container_definitions)[0].image, "@sha256:")
    error_message = "The image is not named by its digest."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.service.container_definitions)[1].image == "123456789012.dkr.ecr.eu-west-1.amazonaws.com/ecr-public/aws-observability/aws-otel-collector:v0.50.0"
    error_message = "The collector does not come through the cache of the account."
  }
}

run "the_application_is_told_where_it_is" {
  assert {
    condition = alltrue([
      for name, value in {
        USE_MOCK_AWS                = "false"
        AWS_REGION                  = "eu-west-1"
        BEDROCK_REGION              = "eu-west-1"
        DYNAMODB_TABLE_NAME         = "ai-router-usage-logs-dev"
        DYNAMODB_STATE_TABLE_NAME   = "ai-router-state-dev"
        PORT                        = "8000"
        MANAGEMENT_PORT             = "9464"
        TRUSTED_PROXY_HOPS          = "1"
        AUTH_MODE                   = "api_key"
        OUTAGE_ALLOWANCE_USD        = "0"
        SPOOL_SHARED                = "false"
        DAILY_BUDGET_USD            = "5"
        MAX_REQUEST_COST_USD        = "0.5"
        REQUEST_DEADLINE_SECONDS    = "90"
        LOG_FORMAT                  = "json"
        OTEL_EXPORTER_OTLP_ENDPOINT = "http://localhost:4317"
        OTEL_EXPORTER_OTLP_PROTOCOL = "grpc"
        OTEL_TRACES_SAMPLER         = "parentbased_traceidratio"
        OTEL_TRACES_SAMPLER_ARG     = "0.1"
        OTEL_RESOURCE_ATTRIBUTES    = "deployment.environment.name=dev"
      } : one([for variable in local.service_container.environment : variable.value if variable.name == name]) == value
    ])
    error_message = "A variable of the application is missing, or has another value."
  }

  assert {
    condition     = length([for variable in local.service_container.environment : variable if contains(["CLASSIFIER_MODEL", "CLIENT_DAILY_BUDGET_USD", "JWT_ISSUER", "TIERS"], variable.name)]) == 0
    error_message = "What is not set must be left to the application's default."
  }

  assert {
    condition     = { for variable in local.service_container.secrets : variable.name => variable.valueFrom } == { API_KEYS = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:goal-router-dev/secret-AbCdEf:::00000000-0000-0000-0000-000000000007" }
    error_message = "API_KEYS has to be a secret, of a version, so that a change of it is a deployment."
  }
}

run "further_variables_reach_the_application" {
  variables {
    extra_environment       = { SPOOL_MAX_MB = "64" }
    client_daily_budget_usd = 0.25
    cors_allowed_origins    = ["https://app.example.org", "https://other.example.org"]
  }

  assert {
    condition     = { for variable in local.service_container.environment : variable.name => variable.value if contains(["SPOOL_MAX_MB", "CLIENT_DAILY_BUDGET_USD", "CORS_ALLOWED_ORIGINS"], variable.name) } == { SPOOL_MAX_MB = "64", CLIENT_DAILY_BUDGET_USD = "0.25", CORS_ALLOWED_ORIGINS = "https://app.example.org,https://other.example.org" }
    error_message = "A variable does not reach the application."
  }
}

run "the_collector_has_its_configuration" {
  assert {
    condition     = one([for variable in local.collector_container.environment : variable.value if variable.name == "AOT_CONFIG_CONTENT"]) == file("../otel-collector.yaml")
    error_message = "The collector does not get otel-collector.yaml."
  }

  assert {
    condition     = { for variable in local.collector_container.environment : variable.name => variable.value if startswith(variable.name, "METRICS_") } == { METRICS_NAMESPACE = "CloudAIRouter-dev", METRICS_LOG_GROUP = "/goal-router/dev/metrics" }
    error_message = "The collector writes metrics where nobody looks for them."
  }
}

run "in_production_the_metrics_keep_their_name" {
  variables {
    environment = "prod"
  }

  assert {
    condition     = one([for variable in local.collector_container.environment : variable.value if variable.name == "METRICS_NAMESPACE"]) == "CloudAIRouter"
    error_message = "The namespace of production has another name."
  }
}

run "with_a_file_system_the_tasks_share_the_spool" {
  variables {
    spool_storage        = "efs"
    outage_allowance_usd = 2
  }

  assert {
    condition     = one(one(aws_ecs_task_definition.service.volume).efs_volume_configuration).transit_encryption == "ENABLED" && one(one(one(aws_ecs_task_definition.service.volume).efs_volume_configuration).authorization_config).iam == "ENABLED"
    error_message = "The file system is mounted without TLS or without IAM."
  }

  assert {
    condition     = local.service_environment.SPOOL_SHARED == "true" && local.service_environment.OUTAGE_ALLOWANCE_USD == "2"
    error_message = "The service does not know that it shares its spool."
  }

  assert {
    condition     = one(aws_efs_access_point.spool[0].posix_user).uid == 65532 && one(one(aws_efs_access_point.spool[0].root_directory).creation_info).permissions == "0750" && aws_efs_file_system.spool[0].encrypted && length(aws_efs_mount_target.spool) == 2
    error_message = "The file system is not encrypted, not in every zone, or not the service's own."
  }
}
