# Images of public.ecr.aws, which is where the collector is, by way of the account's own registry: tasks then need neither an account nor luck
# with the limits of a public registry, and in a VPC without NAT they can pull at all.
#
# The first pull of an image fetches it, and needs a way to the internet. Without NAT, a person does it once:
#   docker pull <account>.dkr.ecr.<region>.amazonaws.com/ecr-public/aws-observability/aws-otel-collector:<version>

resource "aws_ecr_pull_through_cache_rule" "public" {
  ecr_repository_prefix = var.ecr_public_prefix
  upstream_registry_url = "public.ecr.aws"
}

# How the repositories are made that the first pull of an image makes.
resource "aws_ecr_repository_creation_template" "public" {
  prefix      = var.ecr_public_prefix
  description = "Cached images of public.ecr.aws"
  applied_for = ["PULL_THROUGH_CACHE"]

  # The cache has to be able to follow the tags of the original.
  image_tag_mutability = "MUTABLE"

  # Public images. A key of ours would need a role for ECR to make repositories with.
  encryption_configuration {
    encryption_type = "AES256"
  }

  lifecycle_policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Keep the newest 50 images"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 50 }
      action       = { type = "expire" }
    }]
  })
}
