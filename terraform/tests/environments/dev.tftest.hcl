# dev.tfvars: terraform test -test-directory=tests/environments -filter=tests/environments/dev.tftest.hcl -var-file=dev.tfvars

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "bedrock"
  source = "./tests/mocks"
}

run "dev_is_cheap_and_can_be_removed" {
  command         = plan
  expect_failures = [check.plain_http]

  assert {
    condition     = local.name == "goal-router-dev" && length(aws_subnet.private) == 2 && length(aws_nat_gateway.main) == 1 && length(aws_vpc_endpoint.interface) == 0
    error_message = "Dev has more of the network than it needs."
  }

  assert {
    condition     = { for strategy in aws_ecs_service.service.capacity_provider_strategy : strategy.capacity_provider => strategy.weight if strategy.weight > 0 } == { FARGATE_SPOT = 100 } && aws_ecs_task_definition.service.cpu == "256" && aws_appautoscaling_target.service.max_capacity == 2
    error_message = "Dev does not run on one or two small tasks on Spot."
  }

  assert {
    condition     = !aws_dynamodb_table.usage.deletion_protection_enabled && !aws_lb.service.enable_deletion_protection
    error_message = "Dev cannot be removed."
  }

  assert {
    condition     = length(aws_wafv2_web_acl.main) + length(aws_elasticache_replication_group.main) + length(aws_efs_file_system.spool) == 0
    error_message = "Dev pays for parts that it can do without."
  }
}
