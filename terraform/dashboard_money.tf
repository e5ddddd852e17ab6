# What does it cost, and what is left of the budget?

locals {
  dashboard_money_rows = [
    { height = 1, widgets = [{ type = "text", width = 24, properties = { markdown = "## Money" } }] },
    {
      height = 6
      widgets = [
        {
          type  = "metric"
          width = 8
          properties = {
            title   = "Cost an hour, by model"
            stacked = true
            period  = 3600
            yAxis   = { left = { label = "USD", showUnits = false, min = 0 } }
            metrics = [
              [{ id = "cost", label = "", expression = "SEARCH('{\"${local.metrics_namespace}\",model} MetricName=\"goal_router_cost_usd_total\"', 'Sum', 3600)" }],
            ]
          }
        },
        {
          type  = "metric"
          width = 8
          properties = {
            title  = "Budget of the day (UTC)"
            period = 60
            yAxis  = { left = { label = "USD", showUnits = false, min = 0 } }
            # Each task reports the service's budget as far as it knows: the one with the least left knows most.
            metrics = [
              [local.metrics_namespace, "goal_router_budget_limit_usd", { id = "limit", label = "budget", stat = "Maximum" }],
              [local.metrics_namespace, "goal_router_budget_remaining_usd", { id = "remaining", stat = "Minimum", visible = false }],
              [{ id = "committed", label = "spent or held", expression = "limit - remaining" }],
            ]
          }
        },
        {
          type  = "metric"
          width = 8
          properties = {
            title   = "Cost guard: refusals by reason"
            stacked = true
            metrics = [
              [{ id = "refusals", label = "", expression = "SEARCH('{\"${local.metrics_namespace}\",reason} MetricName=\"goal_router_cost_guard_rejections_total\"', 'Sum', 300)" }],
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
            title   = "Tokens an hour, by model and type"
            stacked = true
            period  = 3600
            metrics = [
              [{ id = "tokens", label = "", expression = "SEARCH('{\"${local.metrics_namespace}\",model,type} MetricName=\"gen_ai_client_token_usage_total\"', 'Sum', 3600)" }],
            ]
          }
        },
        {
          type  = "metric"
          width = 8
          properties = {
            title   = "Waste an hour, by reason"
            stacked = true
            period  = 3600
            yAxis   = { left = { label = "USD", showUnits = false, min = 0 } }
            metrics = [
              [{ id = "waste", label = "", expression = "SEARCH('{\"${local.metrics_namespace}\",reason} MetricName=\"goal_router_wasted_cost_usd_total\"', 'Sum', 3600)" }],
            ]
          }
        },
        {
          type  = "metric"
          width = 8
          properties = {
            title  = "Cost of a delivered plan"
            period = 3600
            yAxis  = { left = { label = "USD", showUnits = false, min = 0 } }
            metrics = [
              [{ id = "cost", expression = "SEARCH('{\"${local.metrics_namespace}\",model} MetricName=\"goal_router_cost_usd_total\"', 'Sum', 3600)", visible = false }],
              [local.metrics_namespace, "plan_latency_ms", { id = "delivered", stat = "SampleCount", visible = false }],
              [{ id = "each", label = "failed calls included", expression = "SUM(cost) / delivered" }],
            ]
          }
        },
      ]
    },
  ]
}
