resource "aws_ecs_service" "service" {
  name            = local.name
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.service.arn
  # Only for the first apply: see lifecycle.
  desired_count    = coalesce(var.desired_tasks, var.min_tasks)
  platform_version = "LATEST"

  # On demand first, then both in proportion. It takes the place of a launch type, and needs the providers in the cluster.
  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = var.on_demand_base
    weight            = 100 - var.spot_percent
  }

  dynamic "capacity_provider_strategy" {
    for_each = var.spot_percent > 0 ? ["FARGATE_SPOT"] : []

    content {
      capacity_provider = capacity_provider_strategy.value
      weight            = var.spot_percent
    }
  }

  # Without it, the provider would make the service anew when the strategy changes, instead of moving its tasks.
  force_new_deployment = true

  network_configuration {
    subnets          = aws_subnet.private[*].id
    security_groups  = [aws_security_group.tasks.id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.service.arn
    container_name   = local.service_container.name
    container_port   = local.service_port
  }

  # New tasks first: at no time are there fewer than before.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  # From the start of a task, which may have to pull its image, until the load balancer's opinion of it counts.
  health_check_grace_period_seconds = 90
  # After a zone has failed and come back, tasks move back into it.
  availability_zone_rebalancing = "ENABLED"

  # A version whose tasks do not start...
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  # ... and one that starts and answers with errors.
  alarms {
    enable      = true
    rollback    = true
    alarm_names = [for alarm in aws_cloudwatch_metric_alarm.rollback : alarm.alarm_name]
  }

  enable_ecs_managed_tags = true
  propagate_tags          = "SERVICE"
  # The image has no shell, and a read-only file system leaves no room for an agent.
  enable_execute_command = false

  # An apply that says it is done has a service that works.
  wait_for_steady_state = true

  timeouts {
    create = "30m"
    update = "30m"
  }

  lifecycle {
    # ECS may have gone back to the former revision, which is a steady state too.
    postcondition {
      condition     = self.task_definition == aws_ecs_task_definition.service.arn
      error_message = "The new tasks did not become healthy, and ECS went back to ${self.task_definition}. docs/operations.md, 'When the first deployment does not become healthy', says where the reason stands."
    }

    # From here on, scaling decides.
    ignore_changes = [desired_count]

    precondition {
      condition     = var.spot_percent < 100 || var.on_demand_base > 0 || var.environment != "prod"
      error_message = "prod needs a task that does not run on Spot: set on_demand_base to 1 or more."
    }
  }

  # What a task needs when it starts, and ECS does not know of.
  depends_on = [
    aws_ecs_cluster_capacity_providers.main,
    aws_efs_file_system_policy.spool,
    aws_efs_mount_target.spool,
    aws_iam_role_policy.execution,
    aws_iam_role_policy.task,
    aws_lb_listener.http,
    aws_lb_listener.https,
    aws_route.nat,
    aws_vpc_endpoint.gateway,
    aws_vpc_endpoint.interface,
    aws_vpc_security_group_egress_rule.load_balancer_to_tasks,
    aws_vpc_security_group_egress_rule.tasks_to_efs,
    aws_vpc_security_group_egress_rule.tasks_to_gateway_endpoint,
    aws_vpc_security_group_egress_rule.tasks_to_interface_endpoints,
    aws_vpc_security_group_egress_rule.tasks_to_internet,
    aws_vpc_security_group_egress_rule.tasks_to_redis,
    aws_vpc_security_group_ingress_rule.efs_from_tasks,
    aws_vpc_security_group_ingress_rule.endpoints_from_tasks,
    aws_vpc_security_group_ingress_rule.redis_from_tasks,
    aws_vpc_security_group_ingress_rule.tasks_from_load_balancer,
  ]
}
