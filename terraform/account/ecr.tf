# Images of the service. Environments of the account share them: what was tried in one is what another one gets, bit for bit.

resource "aws_ecr_repository" "service" {
  name = var.ecr_repository_name

  # A tag says what it said yesterday. Deploys name images by digest all the same.
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.images.arn
  }
}

# By number, not by age, and whether tagged or not: an image may be old and still be the one that runs. ECR keeps the images that an index
# refers to for as long as the index.
resource "aws_ecr_lifecycle_policy" "service" {
  repository = aws_ecr_repository.service.name

  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Keep the newest ${var.images_to_keep} images"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = var.images_to_keep }
      action       = { type = "expire" }
    }]
  })
}
