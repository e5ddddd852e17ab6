# The service level objectives of docs/operations.md: alarms on how fast their error budgets burn, by two windows each. The long window says
# that it matters, the short one that it still goes on. Objectives, windows, burn rates and least numbers of requests are those of
# deploy/prometheus/rules.
#
# The requests come from the log (metric_filters.tf): the collector's metrics have neither a sum over the statuses nor the share of plans
# that took at most 30.5 s. A window is one period, which slides. CloudWatch allows a period of up to seven days, and evaluates those of
# more than a day once an hour.

locals {
  objectives = {
    Availability = {
      budget   = 0.005
      errors   = { name = "plan_errors", stat = "Sum" }
      requests = { name = "plan_requests", stat = "Sum" }
    }
    Latency = {
      budget   = 0.05
      errors   = { name = "plans_slow", stat = "Sum" }
      requests = { name = "plan_latency_ms", stat = "SampleCount" }
    }
  }

  # A burn rate of 1 uses the error budget of 30 days up in 30 days. Where there are few requests, a single failure says little.
  burn_windows = {
    Fast1h  = { seconds = 3600, burn_rate = 14.4, least_requests = 50 }
    Fast5m  = { seconds = 300, burn_rate = 14.4, least_requests = 1 }
    Fast6h  = { seconds = 21600, burn_rate = 6, least_requests = 50 }
    Fast30m = { seconds = 1800, burn_rate = 6, least_requests = 1 }
    Slow1d  = { seconds = 86400, burn_rate = 3, least_requests = 100 }
    Slow2h  = { seconds = 7200, burn_rate = 3, least_requests = 1 }
    Slow3d  = { seconds = 259200, burn_rate = 1, least_requests = 100 }
    Slow6h  = { seconds = 21600, burn_rate = 1, least_requests = 1 }
  }

  burn_pairs = {
    page   = [{ long = "1h", short = "5m" }, { long = "6h", short = "30m" }]
    ticket = [{ long = "1d", short = "2h" }, { long = "3d", short = "6h" }]
  }

  burn_rates = merge([
    for objective, what in local.objectives : {
      for window, when in local.burn_windows : "${objective}Burn${window}" => merge(what, when)
    }
  ]...)

  burn_alarms = {
    AvailabilityBurnFast = {
      severity = "page"
      summary  = "Plan requests fail, and the error budget of 30 days is gone within days."
    }
    AvailabilityBurnSlow = {
      severity = "ticket"
      summary  = "Plan requests fail more often than the objective allows."
    }
    LatencyBurnFast = {
      severity = "page"
      summary  = "Most plans are slow."
    }
    LatencyBurnSlow = {
      severity = "ticket"
      summary  = "Plans are slow more often than the objective allows."
    }
  }
}

# One window of one objective. It tells nobody: only both windows together mean something.
resource "aws_cloudwatch_metric_alarm" "burn_rate" {
  #checkov:skip=CKV_AWS_319:One window alone means nothing. The composite alarms below notify.
  for_each = local.burn_rates

  alarm_name        = "${local.name}-${each.key}"
  alarm_description = "A part of ${local.name}-${regex("^.*(?:Fast|Slow)", each.key)}, which tells of it."

  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.burn_rate
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  actions_enabled     = false

  dynamic "metric_query" {
    for_each = { errors = each.value.errors, requests = each.value.requests }
    content {
      id          = metric_query.key
      return_data = false
      metric {
        namespace   = local.metrics_namespace
        metric_name = metric_query.value.name
        stat        = metric_query.value.stat
        period      = each.value.seconds
      }
    }
  }

  metric_query {
    id          = "burn"
    label       = "burn rate"
    expression  = "IF(requests >= ${each.value.least_requests}, errors / requests / ${each.value.budget}, 0)"
    return_data = true
  }
}

resource "aws_cloudwatch_composite_alarm" "burn_rate" {
  for_each = local.burn_alarms

  alarm_name        = "${local.name}-${each.key}"
  alarm_description = "${each.value.severity}: ${each.value.summary} ${local.runbook_url}#${lower("GoalRouter${each.key}")}"

  alarm_rule = join(" OR ", [
    for pair in local.burn_pairs[each.value.severity] : join("", [
      "(ALARM(\"${aws_cloudwatch_metric_alarm.burn_rate["${each.key}${pair.long}"].alarm_name}\")",
      " AND ALARM(\"${aws_cloudwatch_metric_alarm.burn_rate["${each.key}${pair.short}"].alarm_name}\"))",
    ])
  ])

  actions_enabled = var.alarm_actions_enabled
  alarm_actions   = [aws_sns_topic.alarms[each.value.severity].arn]
  ok_actions      = [aws_sns_topic.alarms[each.value.severity].arn]
}
