# A file system for the spool, if spool_storage is efs: rows that DynamoDB did not accept then outlive the task that wrote them. The tasks
# share one directory; in it, the service gives each task one of its own and replays what dead tasks left (SPOOL_SHARED).

locals {
  efs_port = 2049
}

resource "aws_efs_file_system" "spool" {
  count = var.spool_storage == "efs" ? 1 : 0

  encrypted  = true
  kms_key_id = aws_kms_key.main.arn
  # The spool is empty on most days; provisioned throughput would be paid for on all of them.
  throughput_mode = "elastic"

  tags = { Name = "${local.name}-spool" }
}

resource "aws_efs_mount_target" "spool" {
  count = var.spool_storage == "efs" ? var.availability_zones : 0

  file_system_id  = aws_efs_file_system.spool[0].id
  subnet_id       = aws_subnet.private[count.index].id
  security_groups = [aws_security_group.efs[0].id]
}

# Whoever comes in this way is the service's user, and sees its directory as the root.
resource "aws_efs_access_point" "spool" {
  count = var.spool_storage == "efs" ? 1 : 0

  file_system_id = aws_efs_file_system.spool[0].id

  posix_user {
    uid = local.service_user
    gid = local.service_user
  }

  root_directory {
    path = "/goal-router"

    creation_info {
      owner_uid   = local.service_user
      owner_gid   = local.service_user
      permissions = "0750"
    }
  }

  tags = { Name = "${local.name}-spool" }
}

resource "aws_efs_file_system_policy" "spool" {
  count = var.spool_storage == "efs" ? 1 : 0

  file_system_id = aws_efs_file_system.spool[0].id
  policy         = data.aws_iam_policy_document.efs[0].json
}

# With a policy, nobody may mount whom it does not name, TLS or not.
data "aws_iam_policy_document" "efs" {
  count = var.spool_storage == "efs" ? 1 : 0

  statement {
    sid       = "Tasks"
    actions   = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    resources = [aws_efs_file_system.spool[0].arn]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.task.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "elasticfilesystem:AccessPointArn"
      values   = [aws_efs_access_point.spool[0].arn]
    }
  }

  statement {
    sid       = "OnlyTls"
    effect    = "Deny"
    actions   = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite", "elasticfilesystem:ClientRootAccess"]
    resources = [aws_efs_file_system.spool[0].arn]

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

resource "aws_security_group" "efs" {
  count = var.spool_storage == "efs" ? 1 : 0

  name        = "${local.name}-efs"
  description = "Spool of ${local.name}: from the tasks only"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.name}-efs" }
}

resource "aws_vpc_security_group_ingress_rule" "efs_from_tasks" {
  count = var.spool_storage == "efs" ? 1 : 0

  security_group_id            = aws_security_group.efs[0].id
  description                  = "NFS over TLS"
  referenced_security_group_id = aws_security_group.tasks.id
  ip_protocol                  = "tcp"
  from_port                    = local.efs_port
  to_port                      = local.efs_port
}

resource "aws_vpc_security_group_egress_rule" "tasks_to_efs" {
  count = var.spool_storage == "efs" ? 1 : 0

  security_group_id            = aws_security_group.tasks.id
  description                  = "Spool"
  referenced_security_group_id = aws_security_group.efs[0].id
  ip_protocol                  = "tcp"
  from_port                    = local.efs_port
  to_port                      = local.efs_port
}
