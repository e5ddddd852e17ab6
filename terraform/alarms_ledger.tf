# Whether every dollar is on record: the store, the spool, the sweeps.

locals {
  ledger_alarms = merge(
    {
      StoreUnavailable = {
        severity = "page"
        section  = "GoalRouterStoreUnavailable"
        summary  = "A task cannot reach DynamoDB. New plans start only within OUTAGE_ALLOWANCE_USD."
        metrics  = { state = { name = "goal_router_store_breaker_state", stat = "Maximum" } }
        # 2 is open; a sample may meet the moment of the probe, when it is 1.
        at_least = 1
        period   = 60
        periods  = 2
      }
      SpoolGrowing = {
        severity = "ticket"
        section  = "GoalRouterSpoolGrowing"
        summary  = "For half an hour, a task has had rows on its disk that DynamoDB did not take."
        metrics  = { rows = { name = "goal_router_spool_rows", stat = "Maximum" } }
        above    = 0
        period   = 60
        periods  = 30
      }
      SpoolNearlyFull = {
        severity = "page"
        section  = "GoalRouterSpoolNearlyFull"
        summary  = "The spool of a task fills. When it is full, no new plan starts without DynamoDB."
        metrics  = { bytes = { name = "goal_router_spool_bytes", stat = "Maximum" } }
        above    = local.spool_max_mb * 1048576 * var.alarm_thresholds.spool_percent / 100
        period   = 60
        periods  = 1
      }
      RowsLost = {
        severity = "page"
        section  = "GoalRouterRowsLost"
        summary  = "Usage rows are safe nowhere: neither DynamoDB nor the disk took them, or somebody deleted their file."
        metrics = {
          deleted = { name = "goal_router_spool_lost_rows_total", stat = "Sum" }
          lost    = { name = "goal_router_ledger_writes_total", dimensions = { outcome = "lost" }, stat = "Sum" }
        }
        expression = "SUM([deleted, lost])"
        above      = 0
        period     = 300
        periods    = 1
      }
      RowsSetAside = {
        severity = "ticket"
        section  = "GoalRouterRowsSetAside"
        summary  = "DynamoDB will never accept some rows of the spool. They are in a .damaged file beside it."
        metrics  = { rows = { name = "goal_router_spool_replayed_rows_total", dimensions = { outcome = "set_aside" }, stat = "Sum" } }
        above    = 0
        period   = 300
        periods  = 1
      }
      RowsAbandoned = {
        severity = "ticket"
        section  = "GoalRouterRowsAbandoned"
        summary  = "Tasks died with plans in progress, which were booked at all that was held for them."
        metrics  = { rows = { name = "goal_router_abandoned_rows_total", stat = "Sum" } }
        above    = 0
        period   = 300
        periods  = 1
      }
      SweepsFailing = {
        severity = "ticket"
        section  = "GoalRouterSweepsFailing"
        summary  = "Sweeps fail: what dead tasks hold stays in the budgets."
        metrics  = { failed = { name = "goal_router_sweeps_total", dimensions = { outcome = "failed" }, stat = "Sum" } }
        at_least = 3
        period   = 600
        periods  = 2
      }
      SweepsStale = {
        severity = "ticket"
        section  = "GoalRouterSweepsStale"
        summary  = "A task has not swept for a quarter of an hour, or not once since it started."
        metrics  = { swept = { name = "goal_router_last_sweep_timestamp_seconds", stat = "Minimum" } }
        # EPOCH is the time of each value. Older than five minutes for ten minutes is older than fifteen. A new task reports 0 until its
        # first sweep, which comes within a minute: that alone must not breach, even where tasks start one after the other.
        expression = "EPOCH(swept) - swept"
        above      = 300
        period     = 60
        periods    = 10
      }
      UnreadableItems = {
        severity = "ticket"
        section  = "GoalRouterUnreadableItems"
        summary  = "Expired rows or leases cannot be read. A newer build has probably written them."
        metrics  = { items = { name = "errors", dimensions = { error_type = "unreadable_item" }, stat = "Sum" } }
        above    = 0
        period   = 3600
        periods  = 1
      }
    },
    {
      for name, alarm in {
        OutageAllowanceLow = {
          severity = "page"
          section  = "GoalRouterOutageAllowanceLow"
          summary  = "A task has nearly used up its outage allowance. Then requests get 503 ledger_unavailable until DynamoDB is back."
          metrics  = { remaining = { name = "goal_router_outage_allowance_remaining_usd", stat = "Minimum" } }
          below    = var.outage_allowance_usd * var.alarm_thresholds.outage_allowance_percent / 100
          period   = 60
          periods  = 1
        }
      } : name => alarm if var.outage_allowance_usd > 0
    },
    {
      TableThrottled-usage = {
        severity = "ticket"
        section  = "TableThrottled"
        summary  = "DynamoDB throttles the table of usage rows or one of its indexes."
        metrics = {
          reads        = { namespace = "AWS/DynamoDB", name = "ReadThrottleEvents", dimensions = local.table_dimensions.usage, stat = "Sum" }
          writes       = { namespace = "AWS/DynamoDB", name = "WriteThrottleEvents", dimensions = local.table_dimensions.usage, stat = "Sum" }
          date_index   = { namespace = "AWS/DynamoDB", name = "WriteThrottleEvents", dimensions = merge(local.table_dimensions.usage, { GlobalSecondaryIndexName = "date-index" }), stat = "Sum" }
          client_index = { namespace = "AWS/DynamoDB", name = "WriteThrottleEvents", dimensions = merge(local.table_dimensions.usage, { GlobalSecondaryIndexName = "client-index" }), stat = "Sum" }
          open_index   = { namespace = "AWS/DynamoDB", name = "WriteThrottleEvents", dimensions = merge(local.table_dimensions.usage, { GlobalSecondaryIndexName = "open-index" }), stat = "Sum" }
        }
        expression = "SUM([reads, writes, date_index, client_index, open_index])"
        at_least   = 10
        period     = 300
        periods    = 2
      }
      TableThrottled-state = {
        severity = "ticket"
        section  = "TableThrottled"
        summary  = "DynamoDB throttles the table of counters."
        metrics = {
          reads  = { namespace = "AWS/DynamoDB", name = "ReadThrottleEvents", dimensions = local.table_dimensions.state, stat = "Sum" }
          writes = { namespace = "AWS/DynamoDB", name = "WriteThrottleEvents", dimensions = local.table_dimensions.state, stat = "Sum" }
        }
        expression = "SUM([reads, writes])"
        at_least   = 10
        period     = 300
        periods    = 2
      }
    },
    {
      for table, dimensions in local.table_dimensions : "TableErrors-${table}" => {
        severity = "ticket"
        section  = "TableErrors"
        summary  = "DynamoDB answers with errors of its own."
        # They are counted by operation only. These are the operations of the service.
        metrics = {
          transactions = { namespace = "AWS/DynamoDB", name = "SystemErrors", dimensions = merge(dimensions, { Operation = "TransactWriteItems" }), stat = "Sum" }
          puts         = { namespace = "AWS/DynamoDB", name = "SystemErrors", dimensions = merge(dimensions, { Operation = "PutItem" }), stat = "Sum" }
          deletes      = { namespace = "AWS/DynamoDB", name = "SystemErrors", dimensions = merge(dimensions, { Operation = "DeleteItem" }), stat = "Sum" }
          reads        = { namespace = "AWS/DynamoDB", name = "SystemErrors", dimensions = merge(dimensions, { Operation = "GetItem" }), stat = "Sum" }
          queries      = { namespace = "AWS/DynamoDB", name = "SystemErrors", dimensions = merge(dimensions, { Operation = "Query" }), stat = "Sum" }
        }
        expression = "SUM([transactions, puts, deletes, reads, queries])"
        at_least   = 10
        period     = 300
        periods    = 2
      }
    },
  )

  spool_max_mb = tonumber(lookup(var.extra_environment, "SPOOL_MAX_MB", "256"))

  table_dimensions = {
    usage = { TableName = aws_dynamodb_table.usage.name }
    state = { TableName = aws_dynamodb_table.state.name }
  }
}
