# Which model fails or is slow? What we measure first, then what Bedrock says of the same calls, in its own Region.

locals {
  bedrock_models = [
    for model in local.called_models : model if contains(concat(var.llm_models, [coalesce(var.classifier_model, "-")]), "bedrock:${model}")
  ]

  dashboard_model_rows = [
    { height = 1, widgets = [{ type = "text", width = 24, properties = { markdown = "## Models" } }] },
    {
      height = 6
      widgets = [
        {
          type  = "metric"
          width = 6
          properties = {
            title   = "Calls by model and outcome"
            stacked = true
            metrics = [
              [{ id = "calls", label = "", expression = "SEARCH('{\"${local.metrics_namespace}\",model,outcome} MetricName=\"gen_ai_client_operation_duration_seconds\"', 'SampleCount', 300)" }],
            ]
          }
        },
        {
          type  = "metric"
          width = 6
          properties = {
            title       = "Plan calls: p50 and p95, by model"
            yAxis       = { left = { label = "ms", showUnits = false, min = 0 } }
            annotations = { horizontal = [{ label = "time limit of a call", value = var.llm_attempt_timeout_seconds * 1000 }] }
            metrics = [
              [{ id = "p50", label = "p50", expression = "SEARCH('{\"${local.metrics_namespace}\",model_id} MetricName=\"llm_call_latency_ms\"', 'p50', 300)" }],
              [{ id = "p95", label = "p95", expression = "SEARCH('{\"${local.metrics_namespace}\",model_id} MetricName=\"llm_call_latency_ms\"', 'p95', 300)" }],
            ]
          }
        },
        {
          type  = "metric"
          width = 6
          properties = {
            title  = "Circuit breakers (2: open)"
            period = 60
            yAxis  = { left = { min = 0, max = 2, showUnits = false } }
            metrics = [
              [{ id = "breakers", label = "", expression = "SEARCH('{\"${local.metrics_namespace}\",model} MetricName=\"goal_router_breaker_state\"', 'Maximum', 60)" }],
            ]
          }
        },
        {
          type  = "metric"
          width = 6
          properties = {
            title = "Retries, and models given up for the next one"
            metrics = [
              [{ id = "retries", label = "retries:", expression = "SEARCH('{\"${local.metrics_namespace}\",model} MetricName=\"goal_router_model_retries_total\"', 'Sum', 300)" }],
              [{ id = "fallbacks", label = "given up:", expression = "SEARCH('{\"${local.metrics_namespace}\",model} MetricName=\"goal_router_model_fallbacks_total\"', 'Sum', 300)" }],
            ]
          }
        },
      ]
    },
  ]

  dashboard_bedrock_rows = [
    for models in [local.bedrock_models] : {
      height = 6
      widgets = [
        {
          type  = "metric"
          width = 12
          properties = {
            title  = "Bedrock: invocations, throttles and errors"
            region = local.bedrock_region
            metrics = concat(
              [for model in models : ["AWS/Bedrock", "Invocations", "ModelId", model, { label = "invocations: ${model}", stat = "Sum" }]],
              [for model in models : ["AWS/Bedrock", "InvocationThrottles", "ModelId", model, { label = "throttles: ${model}", stat = "Sum" }]],
              [for model in models : ["AWS/Bedrock", "InvocationClientErrors", "ModelId", model, { label = "our errors: ${model}", stat = "Sum" }]],
              [for model in models : ["AWS/Bedrock", "InvocationServerErrors", "ModelId", model, { label = "its errors: ${model}", stat = "Sum" }]],
            )
          }
        },
        {
          type  = "metric"
          width = 12
          properties = {
            title   = "Bedrock: p95 of invocations"
            region  = local.bedrock_region
            yAxis   = { left = { label = "ms", showUnits = false, min = 0 } }
            metrics = [for model in models : ["AWS/Bedrock", "InvocationLatency", "ModelId", model, { label = model, stat = "p95" }]]
          }
        },
      ]
    } if length(models) > 0
  ]
}
