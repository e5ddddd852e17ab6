# Metrics of the service's log: percentiles, which the collector's metrics have not, and counts that are cut in other ways than its
# labels. Each line that matches is one value.
#
# - A filter with dimensions cannot have a default; a metric without values is then missing, not 0.
# - A latency has no default either: a 0 for every minute without a request would be in its percentiles.
# - Every value of a dimension is a metric, which costs money. So dimensions are closed sets: categories, the configured models, types of
#   errors. Never a client, a path or a request.
# - Numbers are compared only where they are written without an exponent, which small amounts of dollars are not.

locals {
  # The request that the objectives are about.
  plan_request = "($.event_type = \"request_completed\") && ($.method = \"POST\") && ($.route = \"/api/v1/generate-plan\")"

  # The latency objective's bound, 30.5 s, as in deploy/prometheus/rules/slo.yaml.
  slow_plan_ms = 30500

  metric_filters = {
    # The objectives: all requests, those that failed, and delivered plans that took too long. How many were delivered is the number of
    # values of plan_latency_ms.
    plan_requests = {
      pattern = "{ ${local.plan_request} }"
      value   = "1"
      default = "0"
      unit    = "Count"
    }
    plan_errors = {
      pattern = "{ ${local.plan_request} && ($.status >= 500) }"
      value   = "1"
      default = "0"
      unit    = "Count"
    }
    plans_slow = {
      pattern = "{ ${local.plan_request} && ($.status = 200) && ($.latency_ms > ${local.slow_plan_ms}) }"
      value   = "1"
      default = "0"
      unit    = "Count"
    }
    plan_latency_ms = {
      pattern = "{ ${local.plan_request} && ($.status = 200) && ($.latency_ms = *) }"
      value   = "$.latency_ms"
      unit    = "Milliseconds"
    }
    # The category is there once the goal was classified.
    plan_requests_by_category = {
      metric     = "plan_requests"
      pattern    = "{ ${local.plan_request} && ($.category = *) }"
      value      = "1"
      dimensions = { category = "$.category" }
      unit       = "Count"
    }

    # Models: all calls, those that gave no complete answer, and how long calls for a plan took.
    llm_calls = {
      pattern    = "{ ($.event_type = \"llm_call\") && ($.model_id = *) }"
      value      = "1"
      dimensions = { model_id = "$.model_id" }
      unit       = "Count"
    }
    llm_call_failures = {
      pattern    = "{ ($.event_type = \"llm_call\") && ($.model_id = *) && ($.outcome != \"finished\") }"
      value      = "1"
      dimensions = { model_id = "$.model_id" }
      unit       = "Count"
    }
    llm_call_latency_ms = {
      pattern    = "{ ($.event_type = \"llm_call\") && ($.purpose = \"plan\") && ($.latency_ms = *) }"
      value      = "$.latency_ms"
      dimensions = { model_id = "$.model_id" }
      unit       = "Milliseconds"
    }

    errors = {
      pattern    = "{ ($.event_type = \"error\") && ($.error_type = *) }"
      value      = "1"
      dimensions = { error_type = "$.error_type" }
      unit       = "Count"
    }
    redis_unavailable = {
      pattern = "{ ($.event_type = \"redis\") }"
      value   = "1"
      unit    = "Count"
    }
  }
}

resource "aws_cloudwatch_log_metric_filter" "service" {
  for_each = local.metric_filters

  name           = each.key
  log_group_name = aws_cloudwatch_log_group.service.name
  pattern        = each.value.pattern

  metric_transformation {
    namespace     = local.metrics_namespace
    name          = try(each.value.metric, each.key)
    value         = each.value.value
    default_value = try(each.value.default, null)
    dimensions    = try(each.value.dimensions, null)
    unit          = each.value.unit
  }
}
