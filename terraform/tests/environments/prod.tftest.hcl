# prod.tfvars: terraform test -test-directory=tests/environments -filter=tests/environments/prod.tftest.hcl -var-file=prod.tfvars

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "bedrock"
  source = "./tests/mocks"
}

run "production_survives_the_loss_of_a_zone_and_an_accident" {
  command = plan

  assert {
    condition     = local.name == "goal-router-prod" && length(aws_subnet.private) == 3 && length(aws_nat_gateway.main) == 3
    error_message = "A zone takes others with it."
  }

  assert {
    condition     = { for strategy in aws_ecs_service.service.capacity_provider_strategy : strategy.capacity_provider => strategy.weight } == { FARGATE = 100 } && aws_appautoscaling_target.service.min_capacity >= 3
    error_message = "Production does not run on a task on demand in each zone."
  }

  assert {
    condition     = aws_dynamodb_table.usage.deletion_protection_enabled && aws_dynamodb_table.state.deletion_protection_enabled && aws_lb.service.enable_deletion_protection && one(aws_dynamodb_table.usage.point_in_time_recovery).enabled
    error_message = "Production can be deleted, or not be restored."
  }
}

run "production_is_reached_by_https_and_by_known_clients" {
  command = plan

  assert {
    condition     = length(aws_lb_listener.https) == 1 && aws_lb_listener.http.default_action[0].type == "redirect" && length(aws_wafv2_web_acl_association.main) == 1
    error_message = "Production is reached without HTTPS, or past the firewall."
  }

  assert {
    condition     = local.auth_mode != "none" && local.metrics_namespace == "CloudAIRouter" && aws_flow_log.main.traffic_type == "ALL"
    error_message = "Production is open to everybody, does not record connections, or its metrics have another name."
  }
}
