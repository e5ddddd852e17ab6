# One key for everything of the environment that a key of ours can encrypt: tables, log groups, secrets, notifications and the optional
# file system and cache. A single policy then says who may read data, and disabling the key takes all of it out of reach.
#
# The load balancer's access logs are the exception: the load balancer can write under S3's own key only.

resource "aws_kms_key" "main" {
  description             = "Data of ${local.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "main" {
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.main.key_id
}

data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:In the policy of a key, the resource * is this key. Its account has to be able to change the policy, or nobody is.
  #checkov:skip=CKV_AWS_111:In the policy of a key, the resource * is this key.
  #checkov:skip=CKV_AWS_356:In the policy of a key, the resource * is this key.

  # IAM decides within the account. Without this statement the key could not even be deleted. Tables, secrets, the file system and the cache
  # are covered by it: their services act with grants of whoever made or calls them.
  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account_id}:root"]
    }
  }

  # CloudWatch Logs asks for each of them in several forms, such as ReEncryptFrom and ReEncryptTo. The resource * is this key.
  statement {
    sid = "LogGroups"
    actions = [
      "kms:Decrypt*",
      "kms:Describe*",
      "kms:Encrypt*",
      "kms:GenerateDataKey*",
      "kms:ReEncrypt*",
    ]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${var.aws_region}.amazonaws.com"]
    }

    # The groups of this environment and no others of the account.
    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values = [
        for group in local.log_group_names : "arn:${local.partition}:logs:${var.aws_region}:${local.account_id}:log-group:${group}"
      ]
    }
  }

  # Alarms, budgets and events publish to encrypted topics, and need the key themselves. SNS says which topic it is for; not all of these
  # services say which account they act for.
  statement {
    sid       = "Notifications"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com", "events.amazonaws.com"]
    }

    condition {
      test     = "StringLike"
      variable = "kms:EncryptionContext:aws:sns:topicArn"
      values   = ["arn:${local.partition}:sns:${var.aws_region}:${local.account_id}:${local.name}-*"]
    }
  }
}

locals {
  # As names, not as references: the groups need the key, so its policy cannot need the groups.
  log_group_names = [
    "/goal-router/${var.environment}/*",
    "/aws/ecs/containerinsights/${local.name}/performance",
    "aws-waf-logs-${local.name}",
  ]
}
