# The budget of the day, and money that buys nothing. The account's bill is in budgets.tf.

locals {
  # Each task reports what is left of the service's budget as far as it knows: it takes what others were granted as spent. The one that
  # knows most has the least. After midnight UTC, no task reports until it has read the new day's counter.
  daily_budget = {
    limit     = { name = "goal_router_budget_limit_usd", stat = "Maximum" }
    remaining = { name = "goal_router_budget_remaining_usd", stat = "Minimum" }
  }

  # What requests have wasted, by reason. What dead tasks held is left out: it is the most that can have been spent, and has its own alarm.
  wasted = {
    for reason in ["failed", "retried", "re_asked"] :
    reason => { name = "goal_router_wasted_cost_usd_total", dimensions = { reason = reason }, stat = "Sum" }
  }

  money_alarms = merge(
    {
      BudgetAt50 = {
        severity   = "info"
        section    = "GoalRouterBudgetAt50"
        summary    = "Half of today's budget is spent or held."
        metrics    = local.daily_budget
        expression = "100 * (limit - remaining) / limit"
        at_least   = 50
        period     = 60
        periods    = 1
      }
      BudgetAt80 = {
        severity   = "ticket"
        section    = "GoalRouterBudgetAt80"
        summary    = "Four fifths of today's budget are spent or held."
        metrics    = local.daily_budget
        expression = "100 * (limit - remaining) / limit"
        at_least   = 80
        period     = 60
        periods    = 1
      }
      BudgetExhausted = {
        severity = "page"
        section  = "GoalRouterBudgetExhausted"
        summary  = "Today's budget has no room for another plan: requests get 429 budget_exceeded until midnight UTC."
        metrics = merge(local.daily_budget, {
          refused = { name = "goal_router_cost_guard_rejections_total", dimensions = { reason = "budget_exceeded" }, stat = "Sum" }
          stored  = { name = "goal_router_holds_total", dimensions = { outcome = "stored" }, stat = "Sum" }
          spooled = { name = "goal_router_holds_total", dimensions = { outcome = "spooled" }, stat = "Sum" }
        })
        # What is left may be too little for the worst case of any request, so it also counts that some are refused and none is let in.
        # Half of the budget has to be committed, since a client's own budget refuses as well.
        expression = "IF(remaining <= 0 OR ((limit - remaining) >= 0.5 * limit AND refused > 0 AND SUM([stored, spooled]) == 0), 1, 0)"
        at_least   = 1
        period     = 300
        periods    = 1
      }
      PriceTableOld = {
        severity = "ticket"
        section  = "GoalRouterPriceTableOld"
        summary  = "Nobody has checked the prices of the configured models for long. Budgets and costs are as wrong as the prices are."
        metrics  = { priced = { name = "goal_router_price_table_timestamp_seconds", stat = "Minimum" } }
        # EPOCH is the time of each value. The gauge is 0 where no model has a price.
        expression = "IF(priced > 0, (EPOCH(priced) - priced) / 86400, 0)"
        above      = var.alarm_thresholds.price_table_age_days
        period     = 3600
        periods    = 1
      }
    },
    {
      for name, alarm in {
        Waste = {
          severity = "ticket"
          section  = "GoalRouterWaste"
          summary  = "More than a fifth of an hour's cost, and more than 10 cents, bought no plan."
          metrics = merge(local.wasted, {
            for index, model in local.called_models :
            "cost${index}" => { name = "goal_router_cost_usd_total", dimensions = { model = model }, stat = "Sum" }
          })
          expression = format(
            "IF(SUM([failed, retried, re_asked]) > %s, 100 * SUM([failed, retried, re_asked]) / SUM([%s]), 0)",
            var.alarm_thresholds.waste_usd, join(", ", [for index, model in local.called_models : "cost${index}"]),
          )
          above   = var.alarm_thresholds.waste_percent
          period  = 3600
          periods = 1
        }
      } : name => alarm if length(local.called_models) > 0
    },
  )
}
