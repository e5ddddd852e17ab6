# The images have a key of their own: they outlive every environment, and environments have no part in it. ECR uses it by grants of its own,
# so that who pulls needs no right to it.

resource "aws_kms_key" "images" {
  description             = "Images of goal-router"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.images_key.json
}

resource "aws_kms_alias" "images" {
  name          = "alias/goal-router-images"
  target_key_id = aws_kms_key.images.key_id
}

data "aws_iam_policy_document" "images_key" {
  #checkov:skip=CKV_AWS_109:In the policy of a key, the resource * is this key. Its account has to be able to change the policy, or nobody is.
  #checkov:skip=CKV_AWS_111:In the policy of a key, the resource * is this key.
  #checkov:skip=CKV_AWS_356:In the policy of a key, the resource * is this key.

  # IAM decides within the account. Without this statement the key could not even be deleted.
  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account_id}:root"]
    }
  }
}
