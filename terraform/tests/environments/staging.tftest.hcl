# staging.tfvars: terraform test -test-directory=tests/environments -filter=tests/environments/staging.tftest.hcl -var-file=staging.tfvars

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "bedrock"
  source = "./tests/mocks"
}

run "staging_has_the_shape_of_production" {
  command = plan

  assert {
    condition     = local.name == "goal-router-staging" && length(aws_lb_listener.https) == 1 && aws_lb_listener.http.default_action[0].type == "redirect"
    error_message = "Staging is not reached by HTTPS."
  }

  assert {
    condition     = { for strategy in aws_ecs_service.service.capacity_provider_strategy : strategy.capacity_provider => strategy.weight } == { FARGATE = 100 } && aws_appautoscaling_target.service.min_capacity >= 2
    error_message = "Staging does not run on at least two tasks on demand."
  }

  assert {
    condition     = local.auth_mode == "api_key" && local.metrics_namespace == "CloudAIRouter-staging"
    error_message = "Staging is open to everybody, or its metrics are among those of production."
  }
}
