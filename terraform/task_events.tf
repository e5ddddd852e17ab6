# What ECS tells of the service and its tasks, as far as somebody should know. An event is told once, and has no state that goes back to OK.

locals {
  service_arn = "arn:${local.partition}:ecs:${var.aws_region}:${local.account_id}:service/${aws_ecs_cluster.main.name}/${local.name}"

  task_events = {
    DeploymentFailed = {
      severity = "ticket"
      summary  = "A deployment failed and was rolled back."
      reason   = "$.detail.reason"
      pattern = {
        detail-type = ["ECS Deployment State Change"]
        resources   = [local.service_arn]
        detail      = { eventName = ["SERVICE_DEPLOYMENT_FAILED"] }
      }
    }
    TasksDoNotStart = {
      severity = "ticket"
      summary  = "ECS cannot start tasks of the service."
      reason   = "$.detail.eventName"
      pattern = {
        detail-type = ["ECS Service Action"]
        resources   = [local.service_arn]
        detail      = { eventName = ["SERVICE_TASK_START_IMPAIRED", "SERVICE_TASK_PLACEMENT_FAILURE", "SERVICE_TASK_CONFIGURATION_FAILURE"] }
      }
    }
    # Tasks that the service replaces or removes have the stop code ServiceSchedulerInitiated.
    TaskStopped = {
      severity = "ticket"
      summary  = "A task stopped that nobody had stopped."
      reason   = "$.detail.stoppedReason"
      pattern = {
        detail-type = ["ECS Task State Change"]
        detail = {
          clusterArn = [aws_ecs_cluster.main.arn]
          group      = ["service:${local.name}"]
          lastStatus = ["STOPPED"]
          "$or" = [
            { stopCode = ["EssentialContainerExited", "TaskFailedToStart"] },
            { containers = { reason = [{ prefix = "OutOfMemory" }] } },
          ]
        }
      }
    }
    SpotInterruption = {
      severity = "info"
      summary  = "AWS took the capacity of a Spot task back."
      reason   = "$.detail.stoppedReason"
      pattern = {
        detail-type = ["ECS Task State Change"]
        detail = {
          clusterArn = [aws_ecs_cluster.main.arn]
          group      = ["service:${local.name}"]
          lastStatus = ["STOPPED"]
          stopCode   = ["SpotInterruption"]
        }
      }
    }
  }
}

resource "aws_cloudwatch_event_rule" "task" {
  for_each = local.task_events

  name          = "${local.name}-${each.key}"
  description   = "${each.value.severity}: ${each.value.summary} ${local.runbook_url}#${lower(each.key)}"
  event_pattern = jsonencode(merge({ source = ["aws.ecs"] }, each.value.pattern))
}

resource "aws_cloudwatch_event_target" "task" {
  for_each = local.task_events

  rule = aws_cloudwatch_event_rule.task[each.key].name
  arn  = aws_sns_topic.alarms[each.value.severity].arn

  input_transformer {
    input_paths = {
      reason   = each.value.reason
      resource = "$.resources[0]"
      time     = "$.time"
    }
    # As values of their own: EventBridge then quotes them, whatever characters a reason has.
    input_template = "{\"what\": ${jsonencode("${each.value.severity}: ${each.value.summary} ${local.runbook_url}#${lower(each.key)}")}, \"reason\": <reason>, \"resource\": <resource>, \"time\": <time>}"
  }
}
