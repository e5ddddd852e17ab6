# The service: how it is deployed, how it goes back, how it scales, and where it runs.

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

run "a_deployment_takes_nothing_away_and_goes_back_by_itself" {
  assert {
    condition     = aws_ecs_service.service.deployment_minimum_healthy_percent == 100 && aws_ecs_service.service.deployment_maximum_percent == 200
    error_message = "A deployment stops tasks before there are new ones."
  }

  assert {
    condition     = one(aws_ecs_service.service.deployment_circuit_breaker).enable && one(aws_ecs_service.service.deployment_circuit_breaker).rollback
    error_message = "A version whose tasks do not start would stay."
  }

  assert {
    condition     = one(aws_ecs_service.service.alarms).enable && one(aws_ecs_service.service.alarms).rollback && one(aws_ecs_service.service.alarms).alarm_names == toset(values(aws_cloudwatch_metric_alarm.rollback)[*].alarm_name) && length(aws_cloudwatch_metric_alarm.rollback) > 0
    error_message = "A version that answers with errors would stay."
  }

  assert {
    condition     = aws_ecs_service.service.health_check_grace_period_seconds >= 60 && aws_ecs_service.service.wait_for_steady_state && aws_ecs_service.service.availability_zone_rebalancing == "ENABLED" && !aws_ecs_service.service.enable_execute_command
    error_message = "The service is not given time to start, is not waited for, is not spread over the zones, or can be entered."
  }
}

run "tasks_are_private_and_behind_the_load_balancer" {
  assert {
    condition     = !one(aws_ecs_service.service.network_configuration).assign_public_ip && one(aws_ecs_service.service.network_configuration).subnets == toset(aws_subnet.private[*].id) && one(aws_ecs_service.service.network_configuration).security_groups == toset([aws_security_group.tasks.id])
    error_message = "Tasks can be reached from outside."
  }

  assert {
    condition     = one(aws_ecs_service.service.load_balancer).container_name == "goal-router" && one(aws_ecs_service.service.load_balancer).container_port == 8000 && one(aws_ecs_service.service.load_balancer).target_group_arn == aws_lb_target_group.service.arn
    error_message = "The load balancer does not lead to the API."
  }
}

run "without_spot_all_tasks_run_on_demand" {
  command = plan

  assert {
    condition     = { for strategy in aws_ecs_service.service.capacity_provider_strategy : strategy.capacity_provider => strategy.weight } == { FARGATE = 100 }
    error_message = "Tasks run on Spot though nobody asked for it."
  }
}

run "spot_takes_its_share_beyond_the_base" {
  command = plan

  variables {
    spot_percent   = 75
    on_demand_base = 2
  }

  assert {
    condition     = { for strategy in aws_ecs_service.service.capacity_provider_strategy : strategy.capacity_provider => strategy.weight } == { FARGATE = 25, FARGATE_SPOT = 75 } && one([for strategy in aws_ecs_service.service.capacity_provider_strategy : strategy.base if strategy.capacity_provider == "FARGATE"]) == 2
    error_message = "Spot does not get its share."
  }

  # A change of the share must not take the service away.
  assert {
    condition     = aws_ecs_service.service.force_new_deployment
    error_message = "The provider would make the service anew."
  }

  assert {
    condition     = aws_ecs_cluster_capacity_providers.main.capacity_providers == toset(["FARGATE", "FARGATE_SPOT"])
    error_message = "The cluster does not have the providers of the strategy."
  }
}

run "it_scales_by_requests_and_by_cpu" {
  variables {
    min_tasks                    = 3
    max_tasks                    = 9
    requests_per_minute_per_task = 1200
  }

  assert {
    condition     = aws_appautoscaling_target.service.min_capacity == 3 && aws_appautoscaling_target.service.max_capacity == 9
    error_message = "The number of tasks has other bounds."
  }

  # This file applied two tasks above. Since then, the number belongs to scaling.
  assert {
    condition     = aws_ecs_service.service.desired_count == 2
    error_message = "An apply undoes what scaling did."
  }

  assert {
    condition     = one(one(aws_appautoscaling_policy.requests.target_tracking_scaling_policy_configuration).predefined_metric_specification).predefined_metric_type == "ALBRequestCountPerTarget" && one(aws_appautoscaling_policy.requests.target_tracking_scaling_policy_configuration).target_value == 1200
    error_message = "It does not scale by requests."
  }

  assert {
    condition     = one(one(aws_appautoscaling_policy.requests.target_tracking_scaling_policy_configuration).predefined_metric_specification).resource_label == "app/goal-router-dev/0000000000000001/targetgroup/goal-router-dev/0000000000000001"
    error_message = "The requests of another load balancer would count."
  }

  assert {
    condition     = one(one(aws_appautoscaling_policy.cpu.target_tracking_scaling_policy_configuration).predefined_metric_specification).predefined_metric_type == "ECSServiceAverageCPUUtilization"
    error_message = "It does not scale by CPU."
  }
}
