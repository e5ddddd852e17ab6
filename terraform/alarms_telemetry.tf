# Whether the other alarms, the dashboard and the logs can be believed.

locals {
  telemetry_alarms = merge(
    {
      MetricsGone = {
        severity = "page"
        section  = "GoalRouterGone"
        summary  = "No task has reported metrics for 5 minutes. Most other alarms cannot fire meanwhile."
        # Every task reports it, once a minute.
        metrics = { reports = { name = "goal_router_ready", stat = "SampleCount" } }
        below   = 1
        period  = 60
        periods = 5
        missing = "breaching"
      }
      SpansLost = {
        severity = "ticket"
        section  = "GoalRouterSpansLost"
        summary  = "Traces are incomplete: spans do not reach the collector. Requests are not affected."
        metrics = {
          failed  = { name = "goal_router_spans_total", dimensions = { outcome = "failed" }, stat = "Sum" }
          dropped = { name = "goal_router_spans_total", dimensions = { outcome = "dropped" }, stat = "Sum" }
        }
        expression = "SUM([failed, dropped])"
        above      = 0
        period     = 900
        periods    = 2
      }
      LogLinesDropped = {
        severity = "ticket"
        section  = "GoalRouterLogLinesDropped"
        summary  = "The service drops log lines, because its standard output is read too slowly."
        metrics  = { lines = { name = "goal_router_log_lines_dropped_total", stat = "Sum" } }
        above    = 0
        period   = 900
        periods  = 1
      }
      LogSilent = {
        severity = "ticket"
        section  = "LogSilent"
        summary  = "Requests are answered and nothing is logged. The metrics that are made of the log are missing, and with them the alarms of the objectives."
        metrics = {
          lines    = { namespace = "AWS/Logs", name = "IncomingLogEvents", dimensions = { LogGroupName = aws_cloudwatch_log_group.service.name }, stat = "Sum" }
          requests = { namespace = "AWS/ApplicationELB", name = "RequestCount", dimensions = local.load_balancer_dimensions, stat = "Sum" }
        }
        # Without lines, the sum of both is that of the requests.
        expression = "IF(requests >= 10 AND SUM([lines, requests]) == requests, 1, 0)"
        at_least   = 1
        period     = 300
        periods    = 3
      }
      LogVolumeHigh = {
        severity = "ticket"
        section  = "LogVolumeHigh"
        summary  = "The service logs far more than usual, which costs money."
        metrics = {
          bytes = { namespace = "AWS/Logs", name = "IncomingBytes", dimensions = { LogGroupName = aws_cloudwatch_log_group.service.name }, stat = "Sum" }
        }
        above   = var.alarm_thresholds.log_gigabytes_per_hour * 1000000000
        period  = 3600
        periods = 1
      }
    },
    {
      for name, alarm in {
        MetricsIncomplete = {
          severity = "ticket"
          section  = "GoalRouterTargetDown"
          summary  = "A task runs and has reported no metrics for 15 minutes: its collector is down, or the task hangs."
          metrics = {
            running = { namespace = "ECS/ContainerInsights", name = "RunningTaskCount", dimensions = local.service_dimensions, stat = "Average" }
            reports = { name = "goal_router_ready", stat = "SampleCount" }
          }
          # Five reports of each task in five minutes.
          expression = "running - reports / 5"
          at_least   = 0.8
          period     = 300
          periods    = 3
        }
      } : name => alarm if local.container_insights
    },
  )
}
