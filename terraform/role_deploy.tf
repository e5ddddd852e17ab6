# What the workflow of a release may do, if github_repository is given: push an image, and let the service run it. It cannot change the
# infrastructure. But whoever has this role decides what code runs, and that code has the rights of a task and its secrets. So the rules of
# the environment on GitHub (which branch, whose approval) guard the tables too, and production is safest in an account of its own.

# The root in account/ makes it, once for the account.
data "aws_iam_openid_connect_provider" "github" {
  count = var.github_repository == null ? 0 : 1

  url = "https://token.actions.githubusercontent.com"
}

resource "aws_iam_role" "deploy" {
  count = var.github_repository == null ? 0 : 1

  name               = "${local.name}-deploy"
  description        = "Deploys of ${local.name} by ${var.github_repository}"
  assume_role_policy = data.aws_iam_policy_document.deploy_trust[0].json

  # A deploy waits for tasks to drain, twice if it has to go back.
  max_session_duration = 7200
}

# Only jobs of this environment, whose rules on GitHub say who may approve them and from which branches.
data "aws_iam_policy_document" "deploy_trust" {
  count = var.github_repository == null ? 0 : 1

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [data.aws_iam_openid_connect_provider.github[0].arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:${local.github_subject}:environment:${var.environment}"]
    }
  }
}

resource "aws_iam_role_policy" "deploy" {
  count = var.github_repository == null ? 0 : 1

  name   = "deploy"
  role   = aws_iam_role.deploy[0].id
  policy = data.aws_iam_policy_document.deploy.json
}

locals {
  # GitHub names a repository that was made after 15 July 2026 by its numbers as well: a name can be given up and taken by somebody else.
  github_subject = var.github_repository == null ? null : var.github_repository_ids == null ? var.github_repository : join("/", [
    "${split("/", var.github_repository)[0]}@${var.github_repository_ids.owner}",
    "${split("/", var.github_repository)[1]}@${var.github_repository_ids.repository}",
  ])

  # All revisions of the service's own family.
  service_revisions_arn = "arn:${local.partition}:ecs:${var.aws_region}:${local.account_id}:task-definition/${local.name}:*"
}

data "aws_iam_policy_document" "deploy" {
  #checkov:skip=CKV_AWS_356:The comments say why the actions with * know no resource.
  #checkov:skip=CKV_AWS_111:The comments say why the actions with * know no resource.

  # AWS knows no resource for it: the token is for the registry, and of use only with the rights below.
  statement {
    sid       = "SignInToRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid = "CopyImages"
    actions = [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:DescribeImages",
      "ecr:GetDownloadUrlForLayer",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ]
    resources = [data.aws_ecr_repository.service.arn]
  }

  statement {
    sid       = "RegisterRevisions"
    actions   = ["ecs:RegisterTaskDefinition"]
    resources = [local.service_revisions_arn]
  }

  # A revision is registered with the tags of the one before it.
  statement {
    sid       = "TagRevisions"
    actions   = ["ecs:TagResource"]
    resources = [local.service_revisions_arn]

    condition {
      test     = "StringEquals"
      variable = "ecs:CreateAction"
      values   = ["RegisterTaskDefinition"]
    }
  }

  # AWS knows no resource for it. Reading a definition shows no secret, only where it is.
  statement {
    sid       = "ReadRevisions"
    actions   = ["ecs:DescribeTaskDefinition"]
    resources = ["*"]
  }

  # To a revision of its own family only: with another one, the service would run with that one's role. A restart names none.
  statement {
    sid       = "UpdateService"
    actions   = ["ecs:UpdateService"]
    resources = [aws_ecs_service.service.id]

    condition {
      test     = "ArnLikeIfExists"
      variable = "ecs:task-definition"
      values   = [local.service_revisions_arn]
    }
  }

  statement {
    sid       = "WatchService"
    actions   = ["ecs:DescribeServices"]
    resources = [aws_ecs_service.service.id]
  }

  # A new revision may have these two roles and no others.
  statement {
    sid       = "PassRolesOfTasks"
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.execution.arn, aws_iam_role.task.arn]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }

  statement {
    sid       = "RememberImage"
    actions   = ["ssm:GetParameterHistory", "ssm:PutParameter"]
    resources = [aws_ssm_parameter.image.arn]
  }
}
