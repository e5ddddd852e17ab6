# Which image runs. A deploy writes it into the parameter below; Terraform writes it once, and afterwards takes it from there. So a change of
# the infrastructure deploys what runs already, and a deploy leaves nothing for Terraform to change.

data "aws_ecr_repository" "service" {
  name = var.ecr_repository_name
}

# The newest one is the right one for a first deploy only: later it may be one that another environment is trying out.
data "aws_ecr_image" "newest" {
  count = var.initial_image == null ? 1 : 0

  repository_name = data.aws_ecr_repository.service.name
  most_recent     = true
}

# An image for two architectures is an index and an image for each. Only the index has a tag, and only it fits every task.
check "newest_image_is_whole" {
  assert {
    condition     = var.initial_image != null || try(length(data.aws_ecr_image.newest[0].image_tags) > 0, false)
    error_message = "The newest image in ${var.ecr_repository_name} has no tag, and may be a part of one. If this is the first apply of ${local.name}, name the image by initial_image."
  }
}

resource "aws_ssm_parameter" "image" {
  #checkov:skip=CKV2_AWS_34:The name of an image is no secret, and as one it would hide the whole task definition from every plan.
  name        = "/goal-router/${var.environment}/image"
  description = "Image that ${local.name} runs, by digest. Written by deploys."
  type        = "String"

  # As `value`, it would count as sensitive.
  insecure_value = var.initial_image != null ? var.initial_image : data.aws_ecr_image.newest[0].image_uri

  lifecycle {
    ignore_changes = [insecure_value]
  }
}
