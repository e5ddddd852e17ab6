# What ECS does to start a task: pull its images, read its secrets, open its log streams. The containers never have this role.

resource "aws_iam_role" "execution" {
  name               = "${local.name}-execution"
  description        = "ECS, while it starts tasks of ${local.name}"
  assume_role_policy = data.aws_iam_policy_document.tasks_trust.json
}

# Both roles of a task are taken by ECS, on behalf of tasks of this account.
data "aws_iam_policy_document" "tasks_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:ecs:${var.aws_region}:${local.account_id}:*"]
    }
  }
}

resource "aws_iam_role_policy" "execution" {
  name   = "start-tasks"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

data "aws_iam_policy_document" "execution" {
  #checkov:skip=CKV_AWS_356:ecr:GetAuthorizationToken knows no resources.
  # AWS knows no resource for it: the token is for the registry, and of use only with the rights below.
  statement {
    sid       = "SignInToRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid     = "PullImages"
    actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [
      data.aws_ecr_repository.service.arn,
      local.collector_repository_arn,
    ]
  }

  # The first pull of the collector makes its repository in the pull-through cache, and fills it.
  statement {
    sid       = "FillPullThroughCache"
    actions   = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
    resources = [local.collector_repository_arn]
  }

  statement {
    sid     = "OpenLogStreams"
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    # ECS names a stream after its task, which is not known before.
    resources = [
      "${aws_cloudwatch_log_group.service.arn}:*",
      "${aws_cloudwatch_log_group.collector.arn}:*",
    ]
  }

  dynamic "statement" {
    for_each = length(local.secret_arns) > 0 ? ["ReadSecrets"] : []

    content {
      sid       = statement.value
      actions   = ["secretsmanager:GetSecretValue"]
      resources = local.secret_arns
    }
  }

  dynamic "statement" {
    for_each = length(local.secret_arns) > 0 ? ["DecryptSecrets"] : []

    content {
      sid       = statement.value
      actions   = ["kms:Decrypt"]
      resources = compact([aws_kms_key.main.arn, var.openai_api_key_kms_key_arn])

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["secretsmanager.${var.aws_region}.${data.aws_partition.current.dns_suffix}"]
      }
    }
  }
}

locals {
  collector_repository_arn = "arn:${local.partition}:ecr:${var.aws_region}:${local.account_id}:repository/${local.collector_repository}"

  secret_arns = concat(
    aws_secretsmanager_secret.api_keys[*].arn,
    aws_secretsmanager_secret.redis_url[*].arn,
    compact([var.openai_api_key_secret_arn]),
  )
}
