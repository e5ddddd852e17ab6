# The alarms, except those of the burn rates (burn_rate.tf), of a deployment (alarms_rollback.tf) and of single events (task_events.tf).
# What they watch is in alarms_*.tf, by concern. An entry there is named after the alarm and has
#
#   severity                  page, ticket or info: the topic that is told
#   section                   the section of the run book, docs/operations.md, that says what to do
#   summary                   what is wrong
#   metrics                   by id, each with the statistic that is right for it. One without a namespace is ours: it comes from the
#                             collector (otel-collector.yaml) or from a metric filter (metric_filters.tf).
#   expression                metric math over the ids; without it, the only metric is compared
#   above, at_least or below  the threshold
#   period, periods           seconds, and how many periods in a row have to breach
#   missing                   what missing data mean: "notBreaching" unless it says otherwise
#
# On statistics. Counters arrive as increases: their sum is over all tasks. Gauges arrive once a minute from each task: their maximum or
# minimum is that of the worst task, and their sum means nothing. Histograms arrive as number and sum, without percentiles.
# On missing data. SUM([a, b]) takes a missing value as nothing, a + b is then missing as a whole.

locals {
  alarms = merge(
    local.availability_alarms,
    local.capacity_alarms,
    local.model_alarms,
    local.money_alarms,
    local.ledger_alarms,
    local.telemetry_alarms,
  )

  runbook_url = coalesce(
    var.runbook_url,
    var.github_repository == null ? "docs/operations.md" : "https://github.com/${coalesce(var.github_repository, "-")}/blob/main/docs/operations.md",
  )
}

resource "aws_cloudwatch_metric_alarm" "threshold" {
  for_each = local.alarms

  alarm_name        = "${local.name}-${each.key}"
  alarm_description = "${each.value.severity}: ${each.value.summary} ${local.runbook_url}#${lower(each.value.section)}"

  comparison_operator = (
    can(each.value.above) ? "GreaterThanThreshold" :
    can(each.value.at_least) ? "GreaterThanOrEqualToThreshold" : "LessThanThreshold"
  )
  threshold           = try(each.value.above, each.value.at_least, each.value.below)
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = each.value.periods
  treat_missing_data  = try(each.value.missing, "notBreaching")

  actions_enabled = var.alarm_actions_enabled
  alarm_actions   = [aws_sns_topic.alarms[each.value.severity].arn]
  ok_actions      = [aws_sns_topic.alarms[each.value.severity].arn]

  dynamic "metric_query" {
    for_each = each.value.metrics
    content {
      id          = metric_query.key
      return_data = !can(each.value.expression)
      metric {
        namespace   = try(metric_query.value.namespace, local.metrics_namespace)
        metric_name = metric_query.value.name
        dimensions  = try(metric_query.value.dimensions, {})
        stat        = metric_query.value.stat
        period      = each.value.period
      }
    }
  }

  dynamic "metric_query" {
    for_each = can(each.value.expression) ? [each.value.expression] : []
    content {
      id          = "result"
      label       = each.key
      expression  = metric_query.value
      return_data = true
    }
  }

  lifecycle {
    precondition {
      condition     = length(each.value.metrics) <= 10
      error_message = "The alarm ${each.key} has ${length(each.value.metrics)} metrics, and CloudWatch allows 10. One for each model: with more than seven models, it needs a metric of its own."
    }
  }
}
