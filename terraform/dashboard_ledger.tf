# Is every dollar on record?

locals {
  dashboard_ledger_rows = [
    { height = 1, widgets = [{ type = "text", width = 24, properties = { markdown = "## Ledger" } }] },
    {
      height = 6
      widgets = [
        {
          type  = "metric"
          width = 8
          properties = {
            title   = "Holds by outcome"
            stacked = true
            metrics = [
              [{ id = "holds", label = "", expression = "SEARCH('{\"${local.metrics_namespace}\",outcome} MetricName=\"goal_router_holds_total\"', 'Sum', 300)" }],
            ]
          }
        },
        {
          type  = "metric"
          width = 8
          properties = {
            title   = "Writes of usage rows by outcome"
            stacked = true
            metrics = [
              [{ id = "writes", label = "", expression = "SEARCH('{\"${local.metrics_namespace}\",outcome} MetricName=\"goal_router_ledger_writes_total\"', 'Sum', 300)" }],
            ]
          }
        },
        {
          type  = "metric"
          width = 8
          properties = {
            title  = "Rows in the spool of the fullest task, and the store's breaker (2: open)"
            period = 60
            metrics = [
              [local.metrics_namespace, "goal_router_spool_rows", { label = "rows", stat = "Maximum" }],
              [local.metrics_namespace, "goal_router_store_breaker_state", { label = "breaker", stat = "Maximum", yAxis = "right" }],
            ]
          }
        },
      ]
    },
    {
      height = 6
      widgets = [
        {
          type  = "metric"
          width = 8
          properties = {
            title = "Rows lost, set aside, abandoned, replayed"
            metrics = [
              [local.metrics_namespace, "goal_router_spool_lost_rows_total", { label = "files deleted", stat = "Sum" }],
              [local.metrics_namespace, "goal_router_ledger_writes_total", "outcome", "lost", { label = "lost", stat = "Sum" }],
              [local.metrics_namespace, "goal_router_spool_replayed_rows_total", "outcome", "set_aside", { label = "set aside", stat = "Sum" }],
              [local.metrics_namespace, "goal_router_abandoned_rows_total", { label = "abandoned", stat = "Sum" }],
              [local.metrics_namespace, "goal_router_spool_replayed_rows_total", "outcome", "stored", { label = "replayed", stat = "Sum" }],
            ]
          }
        },
        {
          type  = "metric"
          width = 8
          properties = {
            title = "Sweeps, and the age of the oldest task's last one"
            metrics = [
              [{ id = "sweeps", label = "", expression = "SEARCH('{\"${local.metrics_namespace}\",outcome} MetricName=\"goal_router_sweeps_total\"', 'Sum', 300)" }],
              [local.metrics_namespace, "goal_router_last_sweep_timestamp_seconds", { id = "swept", stat = "Minimum", visible = false }],
              [{ id = "age", label = "seconds since", expression = "IF(swept > 0, EPOCH(swept) - swept)", yAxis = "right" }],
            ]
          }
        },
        {
          type  = "metric"
          width = 8
          properties = {
            title = "Outage allowance left, and open holds"
            metrics = [
              [local.metrics_namespace, "goal_router_outage_allowance_remaining_usd", { label = "USD left, of the task with the least", stat = "Minimum" }],
              [local.metrics_namespace, "goal_router_open_holds", { label = "open holds of the busiest task", stat = "Maximum", yAxis = "right" }],
            ]
          }
        },
      ]
    },
    {
      height = 6
      widgets = [
        {
          type  = "metric"
          width = 12
          properties = {
            title = "DynamoDB: units consumed"
            metrics = concat(
              [for table, dimensions in local.table_dimensions : ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", dimensions.TableName, { label = "${table}: written", stat = "Sum" }]],
              [for table, dimensions in local.table_dimensions : ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", dimensions.TableName, { label = "${table}: read", stat = "Sum" }]],
            )
          }
        },
        {
          type  = "metric"
          width = 12
          properties = {
            title = "DynamoDB: throttles and conflicts"
            metrics = concat(
              [for table, dimensions in local.table_dimensions : ["AWS/DynamoDB", "WriteThrottleEvents", "TableName", dimensions.TableName, { label = "${table}: throttled writes", stat = "Sum" }]],
              [for table, dimensions in local.table_dimensions : ["AWS/DynamoDB", "ReadThrottleEvents", "TableName", dimensions.TableName, { label = "${table}: throttled reads", stat = "Sum" }]],
              [for table, dimensions in local.table_dimensions : ["AWS/DynamoDB", "TransactionConflict", "TableName", dimensions.TableName, { label = "${table}: conflicts", stat = "Sum" }]],
            )
          }
        },
      ]
    },
  ]
}
