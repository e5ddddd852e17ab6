# Which image runs. A deploy writes it into the parameter below; Terraform writes it once, and afterwards takes it from there. So a change of
# the infrastructure deploys what runs already, and a deploy leaves nothing for Terraform to change.

data "aws_ecr_repository" "service" {
  name = var.ecr_repository_name
}

resource "aws_ssm_parameter" "image" {
  #checkov:skip=CKV2_AWS_34:The name of an image is no secret, and as one it would hide the whole task definition from every plan.
  name        = "/goal-router/${var.environment}/image"
  description = "Image that ${local.name} runs, by digest. Written by deploys."
  type        = "String"

  # As `value`, it would count as sensitive.
  insecure_value = coalesce(var.initial_image, "none")

  lifecycle {
    ignore_changes = [insecure_value]
  }
}
