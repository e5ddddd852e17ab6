# Who is told. One topic for each severity: page, act now; ticket, act on the next working day; info, know it.

resource "aws_sns_topic" "alarms" {
  for_each = toset(["page", "ticket", "info"])

  name              = "${local.name}-${each.key}"
  display_name      = "${local.name} ${each.key}"
  kms_master_key_id = aws_kms_key.main.arn
}

# Who may publish: our alarms, the budgets of our account, and rules.
data "aws_iam_policy_document" "alarms_topic" {
  for_each = aws_sns_topic.alarms

  statement {
    sid       = "Alarms"
    actions   = ["sns:Publish"]
    resources = [each.value.arn]
    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }
    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:cloudwatch:${var.aws_region}:${local.account_id}:alarm:${local.name}-*"]
    }
  }

  # EventBridge tells topics nothing of the rule or the account. With a condition, it could not publish at all.
  statement {
    sid       = "Events"
    actions   = ["sns:Publish"]
    resources = [each.value.arn]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
  }

  statement {
    sid       = "Budgets"
    actions   = ["sns:Publish"]
    resources = [each.value.arn]
    principals {
      type        = "Service"
      identifiers = ["budgets.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }
  }

  statement {
    sid       = "OnlyEncrypted"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [each.value.arn]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sns_topic_policy" "alarms" {
  for_each = aws_sns_topic.alarms

  arn    = each.value.arn
  policy = data.aws_iam_policy_document.alarms_topic[each.key].json
}

resource "aws_sns_topic_subscription" "email" {
  for_each = merge([
    for severity, addresses in var.alarm_emails : {
      for address in addresses : "${severity} ${address}" => { severity = severity, address = address }
    }
  ]...)

  topic_arn = aws_sns_topic.alarms[each.value.severity].arn
  protocol  = "email"
  endpoint  = each.value.address
}
