# The account's images in this Region. Copy it for another Region, and set create_github_oidc_provider to false there.

aws_region = "ap-southeast-2"

# A new account: let Terraform make the roles that AWS services make when they are first used.
# service_linked_roles = ["ecs.amazonaws.com", "elasticloadbalancing.amazonaws.com", "ecs.application-autoscaling.amazonaws.com"]
