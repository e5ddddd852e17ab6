# Can all of this be believed?

locals {
  dashboard_telemetry_rows = [
    { height = 1, widgets = [{ type = "text", width = 24, properties = { markdown = "## Telemetry" } }] },
    {
      height = 6
      widgets = [
        {
          type  = "metric"
          width = 8
          properties = {
            title = "Tasks that report metrics"
            # Each reports this gauge once a minute.
            metrics = [
              [local.metrics_namespace, "goal_router_ready", { id = "reports", stat = "SampleCount", period = 300, visible = false }],
              [{ id = "tasks", label = "tasks", expression = "reports / 5" }],
            ]
          }
        },
        {
          type  = "metric"
          width = 8
          properties = {
            title = "Spans by outcome, and log lines dropped"
            metrics = [
              [{ id = "spans", label = "spans:", expression = "SEARCH('{\"${local.metrics_namespace}\",outcome} MetricName=\"goal_router_spans_total\"', 'Sum', 300)" }],
              [local.metrics_namespace, "goal_router_log_lines_dropped_total", { label = "log lines dropped", stat = "Sum", yAxis = "right" }],
            ]
          }
        },
        {
          type  = "metric"
          width = 8
          properties = {
            title   = "Bytes logged"
            stacked = true
            metrics = [
              ["AWS/Logs", "IncomingBytes", "LogGroupName", aws_cloudwatch_log_group.service.name, { label = "service", stat = "Sum" }],
              ["AWS/Logs", "IncomingBytes", "LogGroupName", aws_cloudwatch_log_group.metrics.name, { label = "metrics", stat = "Sum" }],
              ["AWS/Logs", "IncomingBytes", "LogGroupName", aws_cloudwatch_log_group.collector.name, { label = "collector", stat = "Sum" }],
            ]
          }
        },
      ]
    },
  ]
}
