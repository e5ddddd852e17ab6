# Each model that may be called, apart from the others: a model that fails is hidden by those that take over.

locals {
  # Without the provider in front, as metrics and logs name them. The offline planner is not called.
  called_models = distinct([
    for model in concat(var.llm_models, var.classifier_model == null ? [] : [var.classifier_model]) :
    regex("^[a-z]+:(.+)$", model)[0] if model != "offline"
  ])

  model_alarms = merge([
    for model in local.called_models : {
      "ModelFailing-${model}" = {
        severity = "page"
        section  = "GoalRouterModelFailing"
        summary  = "Most calls of ${model} have not finished for 10 minutes."
        metrics = {
          failed = { name = "llm_call_failures", dimensions = { model_id = model }, stat = "Sum" }
          calls  = { name = "llm_calls", dimensions = { model_id = model }, stat = "Sum" }
        }
        expression = "IF(calls >= 20, 100 * failed / calls, 0)"
        above      = var.alarm_thresholds.model_failures_percent
        period     = 600
        periods    = 1
      }
      "ModelThrottled-${model}" = {
        severity = "ticket"
        section  = "ModelThrottled"
        summary  = "The provider throttles ${model}: the quota is too small."
        metrics = {
          throttled = { name = "gen_ai_client_operation_duration_seconds", dimensions = { model = model, outcome = "throttled" }, stat = "SampleCount" }
          calls     = { name = "llm_calls", dimensions = { model_id = model }, stat = "Sum" }
        }
        expression = "IF(calls >= 20, 100 * throttled / calls, 0)"
        above      = var.alarm_thresholds.model_throttles_percent
        period     = 900
        periods    = 1
      }
      "ModelSlow-${model}" = {
        severity = "ticket"
        section  = "ModelSlow"
        summary  = "One in twenty plan calls of ${model} takes nearly as long as LLM_ATTEMPT_TIMEOUT_SECONDS allows."
        metrics = {
          p95   = { name = "llm_call_latency_ms", dimensions = { model_id = model }, stat = "p95" }
          calls = { name = "llm_call_latency_ms", dimensions = { model_id = model }, stat = "SampleCount" }
        }
        expression = "IF(calls >= 20, p95, 0)"
        above      = var.llm_attempt_timeout_seconds * 1000 * var.alarm_thresholds.model_slow_percent / 100
        period     = 900
        periods    = 2
      }
      "BreakerOpen-${model}" = {
        severity = "ticket"
        section  = "GoalRouterBreakerOpen"
        summary  = "The circuit breaker of ${model} is open in at least one task."
        metrics  = { state = { name = "goal_router_breaker_state", dimensions = { model = model }, stat = "Maximum" } }
        # 2 is open. A sample a minute may meet the moment of the probe, when it is 1: half open. It never is without having been open.
        at_least = 1
        period   = 60
        periods  = 3
      }
    }
  ]...)
}
