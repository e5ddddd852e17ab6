# The dashboard, from top to bottom as somebody looks for a fault: what is wrong, whom it hits, what it costs, which part it is. Its rows
# are in dashboard_*.tf; here they are placed.
#
# A row has a height and widgets; a widget has a width, of 24 in all, and what CloudWatch calls its type and properties.

locals {
  dashboard_rows = concat(
    local.dashboard_alarm_rows,
    local.dashboard_request_rows,
    local.dashboard_money_rows,
    local.dashboard_model_rows,
    local.dashboard_bedrock_rows,
    local.dashboard_ledger_rows,
    local.dashboard_capacity_rows,
    local.dashboard_telemetry_rows,
    local.dashboard_log_rows,
  )

  # What a kind of widget has unless it says otherwise.
  widget_defaults = {
    metric = { region = var.aws_region, view = "timeSeries", stacked = false, period = 300 }
    log    = { region = var.aws_region, view = "table" }
    alarm  = {}
    text   = { background = "transparent" }
  }

  dashboard_widgets = flatten([
    for number, row in local.dashboard_rows : [
      for place, widget in row.widgets : {
        type       = widget.type
        x          = sum(concat([0], [for before in slice(row.widgets, 0, place) : before.width]))
        y          = sum(concat([0], [for above in slice(local.dashboard_rows, 0, number) : above.height]))
        width      = widget.width
        height     = row.height
        properties = merge(local.widget_defaults[widget.type], widget.properties)
      }
    ]
  ])
}

resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = "ai-router-dashboard-${var.environment}"
  dashboard_body = jsonencode({ start = "-PT6H", widgets = local.dashboard_widgets })
}
