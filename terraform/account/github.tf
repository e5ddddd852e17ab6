# By it, GitHub's workflows get credentials that last for an hour or two, and no key is kept anywhere. Which workflow may do what is in the role
# of each environment.
resource "aws_iam_openid_connect_provider" "github" {
  count = var.create_github_oidc_provider ? 1 : 0

  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}
