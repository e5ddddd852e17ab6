# The bill of the account. It is watched as a whole: models of other companies are sold through the marketplace and have no tags, so that no
# filter would find all that this service costs. What models may cost in a day is limited by the service itself (alarms_money.tf); AWS
# Budgets learns of a cost only hours later, and stops nothing.

locals {
  budget_notifications = {
    half       = { type = "ACTUAL", percent = 50, severity = "info" }
    most       = { type = "ACTUAL", percent = 80, severity = "ticket" }
    all        = { type = "ACTUAL", percent = 100, severity = "ticket" }
    forecasted = { type = "FORECASTED", percent = 100, severity = "ticket" }
  }
}

resource "aws_budgets_budget" "monthly" {
  count = var.monthly_budget_usd > 0 ? 1 : 0

  name         = "${local.name}-monthly"
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  # Credits and refunds would hide what is used.
  cost_types {
    include_credit = false
    include_refund = false
  }

  dynamic "notification" {
    for_each = local.budget_notifications
    content {
      notification_type         = notification.value.type
      comparison_operator       = "GREATER_THAN"
      threshold                 = notification.value.percent
      threshold_type            = "PERCENTAGE"
      subscriber_sns_topic_arns = [aws_sns_topic.alarms[notification.value.severity].arn]
    }
  }

  # Budgets checks that it may publish when it is created.
  depends_on = [aws_sns_topic_policy.alarms]
}
