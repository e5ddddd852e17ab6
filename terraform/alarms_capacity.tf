# Whether there is room for more requests.

locals {
  capacity_alarms = merge(
    {
      InFlightNearLimit = {
        severity = "ticket"
        section  = "GoalRouterInFlightNearLimit"
        summary  = "A task has been nearly full for 5 minutes. At MAX_IN_FLIGHT, requests get 503 overloaded."
        metrics  = { plans = { name = "goal_router_in_flight_plans", stat = "Maximum" } }
        above    = var.max_in_flight * var.alarm_thresholds.in_flight_percent / 100
        period   = 60
        periods  = 5
      }
      CpuHigh = {
        severity = "ticket"
        section  = "CpuHigh"
        summary  = "The tasks have been short of CPU for 15 minutes."
        metrics  = { used = { namespace = "AWS/ECS", name = "CPUUtilization", dimensions = local.service_dimensions, stat = "Average" } }
        above    = var.alarm_thresholds.cpu_percent
        period   = 60
        periods  = 15
      }
      MemoryHigh = {
        severity = "ticket"
        section  = "MemoryHigh"
        summary  = "A task has been short of memory for 10 minutes."
        metrics  = { used = { namespace = "AWS/ECS", name = "MemoryUtilization", dimensions = local.service_dimensions, stat = "Maximum" } }
        above    = var.alarm_thresholds.memory_percent
        period   = 60
        periods  = 10
      }
    },
    {
      for name, alarm in {
        TasksAtMaximum = {
          severity = "ticket"
          section  = "TasksAtMaximum"
          summary  = "Autoscaling has been at its maximum for 30 minutes."
          metrics = {
            desired = { namespace = "ECS/ContainerInsights", name = "DesiredTaskCount", dimensions = local.service_dimensions, stat = "Minimum" }
          }
          at_least = var.max_tasks
          period   = 300
          periods  = 6
        }
      } : name => alarm if local.container_insights
    },
    {
      for index, gateway in aws_nat_gateway.main : "NatPortsExhausted-${index}" => {
        severity = "ticket"
        section  = "NatPortsExhausted"
        summary  = "A NAT gateway has no port left for new connections to one destination."
        metrics  = { failed = { namespace = "AWS/NATGateway", name = "ErrorPortAllocation", dimensions = { NatGatewayId = gateway.id }, stat = "Sum" } }
        above    = 0
        period   = 300
        periods  = 1
      }
    },
  )
}
