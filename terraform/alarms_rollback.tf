# The alarms that a deployment watches: one of them in ALARM makes ECS go back to the last version that worked. They have to be fast, and
# to be about what the new version can be blamed for. Whether somebody is to be woken up is for the others to say.

locals {
  rollback_alarms = {
    TargetErrors = {
      summary = "Deployment: more than a tenth of the requests get a 5xx from the tasks."
      metrics = {
        errors   = { namespace = "AWS/ApplicationELB", name = "HTTPCode_Target_5XX_Count", dimensions = local.target_group_dimensions, stat = "Sum" }
        requests = { namespace = "AWS/ApplicationELB", name = "RequestCount", dimensions = local.target_group_dimensions, stat = "Sum" }
      }
      # A few errors are no reason to go back, however few the requests are.
      expression = "IF(errors >= 5, 100 * errors / requests, 0)"
      above      = 10
    }
    UnhealthyHosts = {
      summary = "Deployment: the load balancer has had an unhealthy target for two minutes."
      metrics = {
        unhealthy = { namespace = "AWS/ApplicationELB", name = "UnHealthyHostCount", dimensions = local.target_group_dimensions, stat = "Maximum" }
      }
      above = 0
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "rollback" {
  for_each = local.rollback_alarms

  alarm_name        = "${local.name}-Rollback${each.key}"
  alarm_description = "info: ${each.value.summary} ${local.runbook_url}#deploymentfailed"

  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"

  actions_enabled = var.alarm_actions_enabled
  alarm_actions   = [aws_sns_topic.alarms["info"].arn]
  ok_actions      = [aws_sns_topic.alarms["info"].arn]

  dynamic "metric_query" {
    for_each = each.value.metrics
    content {
      id          = metric_query.key
      return_data = !can(each.value.expression)
      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.name
        dimensions  = metric_query.value.dimensions
        stat        = metric_query.value.stat
        period      = 60
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
}
