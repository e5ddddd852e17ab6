# Whom does it hit? Requests for plans, by what became of them.

locals {
  dashboard_request_rows = [
    { height = 1, widgets = [{ type = "text", width = 24, properties = { markdown = "## Requests" } }] },
    {
      height = 6
      widgets = [
        {
          type  = "metric"
          width = 8
          properties = {
            title   = "Requests by status"
            stacked = true
            metrics = [
              [{ id = "requests", label = "", expression = "SEARCH('{\"${local.metrics_namespace}\",route,status} MetricName=\"http_server_request_duration_seconds\"', 'SampleCount', 300)" }],
            ]
          }
        },
        {
          type  = "metric"
          width = 8
          properties = {
            title       = "Plans: p50, p95, p99"
            yAxis       = { left = { label = "ms", showUnits = false, min = 0 } }
            annotations = { horizontal = [{ label = "objective for 95 %", value = local.slow_plan_ms }] }
            metrics = [
              [local.metrics_namespace, "plan_latency_ms", { label = "p50", stat = "p50" }],
              [local.metrics_namespace, "plan_latency_ms", { label = "p95", stat = "p95" }],
              [local.metrics_namespace, "plan_latency_ms", { label = "p99", stat = "p99" }],
            ]
          }
        },
        {
          type  = "metric"
          width = 8
          properties = {
            title   = "Requests by category"
            stacked = true
            metrics = [
              [{ id = "categories", label = "", expression = "SEARCH('{\"${local.metrics_namespace}\",category} MetricName=\"plan_requests\"', 'Sum', 300)" }],
            ]
          }
        },
      ]
    },
    {
      height = 6
      widgets = [
        {
          type  = "metric"
          width = 8
          properties = {
            title  = "Burn of the error budgets"
            period = 3600
            yAxis  = { left = { label = "times as fast as allowed", showUnits = false, min = 0 } }
            annotations = {
              horizontal = [
                { label = "page", value = local.burn_windows.Fast1h.burn_rate },
                { label = "30 days", value = 1 },
              ]
            }
            metrics = [
              [local.metrics_namespace, "plan_requests", { id = "requests", stat = "Sum", visible = false }],
              [local.metrics_namespace, "plan_errors", { id = "errors", stat = "Sum", visible = false }],
              [local.metrics_namespace, "plan_latency_ms", { id = "delivered", stat = "SampleCount", visible = false }],
              [local.metrics_namespace, "plans_slow", { id = "slow", stat = "Sum", visible = false }],
              [{ id = "availability", label = "availability", expression = "errors / requests / ${local.objectives.Availability.budget}" }],
              [{ id = "latency", label = "latency", expression = "slow / delivered / ${local.objectives.Latency.budget}" }],
            ]
          }
        },
        {
          type  = "metric"
          width = 8
          properties = {
            title   = "Plan requests by outcome"
            stacked = true
            metrics = [
              [{ id = "outcomes", label = "", expression = "SEARCH('{\"${local.metrics_namespace}\",outcome} MetricName=\"goal_router_plans_total\"', 'Sum', 300)" }],
            ]
          }
        },
        {
          type  = "metric"
          width = 8
          properties = {
            title = "Refused before they began"
            metrics = [
              [local.metrics_namespace, "goal_router_rate_limited_total", { label = "rate limited", stat = "Sum" }],
              [local.metrics_namespace, "goal_router_client_disconnects_total", { label = "clients that left", stat = "Sum" }],
              [{ id = "denied", label = "denied:", expression = "SEARCH('{\"${local.metrics_namespace}\",reason} MetricName=\"goal_router_access_denied_total\"', 'Sum', 300)" }],
            ]
          }
        },
      ]
    },
    {
      height = 6
      widgets = [
        {
          type  = "metric"
          width = 8
          properties = {
            title = "Load balancer: time of a target's response"
            yAxis = { left = { label = "s", showUnits = false, min = 0 } }
            metrics = [
              for stat in ["p50", "p95", "p99"] :
              ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", local.load_balancer_dimensions.LoadBalancer, { label = stat, stat = stat }]
            ]
          }
        },
        {
          type  = "metric"
          width = 8
          properties = {
            title = "Load balancer: errors"
            metrics = [
              ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "LoadBalancer", local.load_balancer_dimensions.LoadBalancer, { label = "5xx of the tasks", stat = "Sum" }],
              ["AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "LoadBalancer", local.load_balancer_dimensions.LoadBalancer, { label = "5xx of its own", stat = "Sum" }],
              ["AWS/ApplicationELB", "TargetConnectionErrorCount", "LoadBalancer", local.load_balancer_dimensions.LoadBalancer, { label = "no connection to a task", stat = "Sum" }],
              ["AWS/ApplicationELB", "RejectedConnectionCount", "LoadBalancer", local.load_balancer_dimensions.LoadBalancer, { label = "rejected connections", stat = "Sum" }],
            ]
          }
        },
        {
          type  = "metric"
          width = 8
          properties = {
            title = "Load balancer: targets"
            metrics = [
              ["AWS/ApplicationELB", "HealthyHostCount", "TargetGroup", local.target_group_dimensions.TargetGroup, "LoadBalancer", local.target_group_dimensions.LoadBalancer, { label = "healthy", stat = "Minimum" }],
              ["AWS/ApplicationELB", "UnHealthyHostCount", "TargetGroup", local.target_group_dimensions.TargetGroup, "LoadBalancer", local.target_group_dimensions.LoadBalancer, { label = "unhealthy", stat = "Maximum" }],
              [local.metrics_namespace, "goal_router_ready", { label = "all ready (1) or not (0)", stat = "Minimum", yAxis = "right" }],
            ]
          }
        },
      ]
    },
  ]
}
