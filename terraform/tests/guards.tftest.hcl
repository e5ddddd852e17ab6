# What is refused before anything is made, because it would fail on AWS, cost money that nobody expects, or lose data.

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

# --- names ----------------------------------------------------------------------------------------------------------------------------

run "a_name_that_would_not_fit" {
  command         = plan
  expect_failures = [var.environment]

  variables {
    environment = "far-too-long"
  }
}

run "a_name_that_aws_would_refuse" {
  command         = plan
  expect_failures = [var.environment]

  variables {
    environment = "Dev"
  }
}

# --- network --------------------------------------------------------------------------------------------------------------------------

run "no_nat_and_bedrock_in_another_region" {
  command         = plan
  expect_failures = [var.nat]

  variables {
    nat                 = "none"
    bedrock_region      = "us-east-1"
    interface_endpoints = ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "bedrock-runtime", "xray"]
  }
}

run "no_nat_and_keys_of_an_issuer_outside" {
  command         = plan
  expect_failures = [var.nat]

  variables {
    nat                 = "none"
    cognito_enabled     = true
    interface_endpoints = ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "bedrock-runtime", "xray"]
  }
}

run "no_nat_and_models_outside" {
  command         = plan
  expect_failures = [var.nat]

  variables {
    nat                       = "none"
    llm_models                = ["openai:gpt-4.1-mini"]
    openai_api_key_secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:openai-AbCdEf"
    interface_endpoints       = ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "bedrock-runtime", "xray"]
  }
}

run "no_nat_and_an_endpoint_missing" {
  command         = plan
  expect_failures = [var.nat]

  variables {
    nat                 = "none"
    interface_endpoints = ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "bedrock-runtime"]
  }
}

run "an_endpoint_that_tasks_have_no_use_for" {
  command         = plan
  expect_failures = [var.interface_endpoints]

  variables {
    interface_endpoints = ["ec2"]
  }
}

run "subnets_too_small_for_a_load_balancer" {
  command         = plan
  expect_failures = [var.vpc_cidr]

  variables {
    vpc_cidr = "10.0.0.0/20"
  }
}

run "fewer_zones_than_named" {
  command         = plan
  expect_failures = [var.zone_names]

  variables {
    availability_zones = 3
    zone_names         = ["eu-west-1a", "eu-west-1b"]
  }
}

# --- load balancer --------------------------------------------------------------------------------------------------------------------

run "production_without_https" {
  command         = plan
  expect_failures = [var.domain_name]

  variables {
    environment = "prod"
    domain_name = null
    zone_id     = null
  }
}

run "a_domain_without_its_zone" {
  command         = plan
  expect_failures = [var.zone_id]

  variables {
    zone_id = null
  }
}

run "plain_http_is_told_of" {
  command         = plan
  expect_failures = [check.plain_http]

  variables {
    domain_name = null
    zone_id     = null
  }
}

# --- times ----------------------------------------------------------------------------------------------------------------------------

run "a_drain_that_fargate_would_cut_off" {
  command         = plan
  expect_failures = [var.shutdown_grace_seconds]

  variables {
    drain_delay_seconds    = 15
    shutdown_grace_seconds = 105
  }
}

run "a_request_that_would_outlive_its_task" {
  command         = plan
  expect_failures = [var.request_deadline_seconds]

  variables {
    request_deadline_seconds = 100
  }
}

run "a_lease_that_ends_before_its_request" {
  command         = plan
  expect_failures = [var.ledger_lease_seconds]

  variables {
    ledger_lease_seconds = 90
  }
}

# --- money ----------------------------------------------------------------------------------------------------------------------------

run "an_allowance_whose_record_would_end_with_the_task" {
  command         = plan
  expect_failures = [var.outage_allowance_usd]

  variables {
    outage_allowance_usd = 2
  }
}

run "a_request_dearer_than_the_day" {
  command         = plan
  expect_failures = [var.max_request_cost_usd]

  variables {
    daily_budget_usd     = 0.25
    max_request_cost_usd = 0.5
  }
}

# --- access ---------------------------------------------------------------------------------------------------------------------------

run "api_keys_without_a_client" {
  command         = plan
  expect_failures = [var.auth_mode]

  variables {
    api_keys = []
  }
}

run "tokens_of_nobody" {
  command         = plan
  expect_failures = [var.auth_mode]

  variables {
    auth_mode = "jwt"
  }
}

run "production_open_to_everybody" {
  command         = plan
  expect_failures = [var.auth_mode]

  variables {
    environment = "prod"
    auth_mode   = "none"
  }
}

run "a_key_in_the_place_of_its_digest" {
  command         = plan
  expect_failures = [var.api_keys]

  variables {
    api_keys = [{ client = "web", sha256 = ["gr_0123456789"] }]
  }
}

run "two_clients_of_one_name" {
  command         = plan
  expect_failures = [var.api_keys]

  variables {
    api_keys = [
      { client = "web", sha256 = ["0000000000000000000000000000000000000000000000000000000000000000"] },
      { client = "web", sha256 = ["1111111111111111111111111111111111111111111111111111111111111111"] },
    ]
  }
}

run "a_client_of_a_tier_that_is_not_there" {
  command         = plan
  expect_failures = [var.tiers]

  variables {
    api_keys = [{ client = "web", sha256 = ["0000000000000000000000000000000000000000000000000000000000000000"], tier = "gold" }]
  }
}

run "models_of_openai_without_a_key" {
  command         = plan
  expect_failures = [var.openai_api_key_secret_arn]

  variables {
    llm_models = ["openai:gpt-4.1-mini"]
  }
}

run "no_model_at_all" {
  command         = plan
  expect_failures = [var.llm_models]

  variables {
    llm_models = []
  }
}

run "a_model_of_nobody" {
  command         = plan
  expect_failures = [var.llm_models]

  variables {
    llm_models = ["global.anthropic.claude-haiku-5-5"]
  }
}

# --- tasks ----------------------------------------------------------------------------------------------------------------------------

run "a_size_that_fargate_does_not_have" {
  command         = plan
  expect_failures = [var.task_memory]

  variables {
    task_cpu    = 256
    task_memory = 4096
  }
}

run "more_tasks_at_least_than_at_most" {
  command         = plan
  expect_failures = [var.max_tasks]

  variables {
    min_tasks = 8
    max_tasks = 6
  }
}

run "a_number_of_tasks_that_scaling_would_not_leave" {
  command         = plan
  expect_failures = [var.desired_tasks]

  variables {
    desired_tasks = 12
  }
}

run "production_on_one_task" {
  command         = plan
  expect_failures = [var.min_tasks]

  variables {
    environment = "prod"
    min_tasks   = 1
  }
}

run "production_on_spot_unasked" {
  command         = plan
  expect_failures = [var.spot_percent]

  variables {
    environment  = "prod"
    spot_percent = 50
  }
}

run "production_on_nothing_but_spot" {
  command         = plan
  expect_failures = [aws_ecs_service.service]

  variables {
    environment        = "prod"
    spot_percent       = 100
    spot_in_production = true
    on_demand_base     = 0
  }
}

run "an_image_by_its_tag" {
  command         = plan
  expect_failures = [var.initial_image]

  variables {
    initial_image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/goal-router:latest"
  }
}

run "a_variable_that_is_set_elsewhere" {
  command         = plan
  expect_failures = [aws_ecs_task_definition.service]

  variables {
    extra_environment = { DAILY_BUDGET_USD = "1000" }
  }
}

run "a_secret_for_everybody_to_read" {
  command         = plan
  expect_failures = [var.extra_environment]

  variables {
    extra_environment = { OPENAI_API_KEY = "secret" }
  }
}
