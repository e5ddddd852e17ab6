# Which ARNs the configured models are, so that the tasks may call these models and no others.
#
#   bedrock:global.anthropic.claude-...     an inference profile: the profile, and its model in every Region that it may lead to
#   bedrock:anthropic.claude-...            a model: itself, in bedrock_region
#   bedrock:arn:aws:bedrock:...             a profile of either kind, a model, or provisioned throughput

locals {
  bedrock_ids = distinct([
    for model in concat(var.llm_models, [coalesce(var.classifier_model, "offline")]) : trimprefix(model, "bedrock:") if startswith(model, "bedrock:")
  ])

  # The prefixes of inference profiles, as [profile_factors] of src/llm/models.toml has them. Without one, an ID is that of a model.
  bedrock_profile_prefixes = ["global", "us", "eu", "au", "apac", "jp", "us-gov"]

  bedrock_profile_ids = toset([
    for id in local.bedrock_ids : id
    if contains(local.bedrock_profile_prefixes, split(".", id)[0]) || can(regex("^arn:[^/]+:(application-)?inference-profile/", id))
  ])

  # The ID of a model may have colons, and so may an ARN; ARNs begin with `arn:`.
  bedrock_direct_arns = [
    for id in local.bedrock_ids : startswith(id, "arn:") ? id : "arn:${local.partition}:bedrock:${local.bedrock_region}::foundation-model/${id}"
    if !contains(local.bedrock_profile_ids, id)
  ]

  bedrock_profile_arns = [for profile in data.aws_bedrock_inference_profile.configured : profile.inference_profile_arn]

  # A global profile has destinations in all Regions. Its model has to be allowed without a Region too, which is how a request is judged that
  # leaves its own.
  bedrock_profile_model_arns = sort(distinct(flatten([
    for id, profile in data.aws_bedrock_inference_profile.configured : concat(
      profile.models[*].model_arn,
      [
        for arn in profile.models[*].model_arn : "arn:${local.partition}:bedrock:::foundation-model/${split("/", arn)[1]}"
        if startswith(id, "global.") || strcontains(id, "/global.")
      ],
    )
  ])))

  bedrock_counting_arns = distinct([
    for arn in local.bedrock_profile_model_arns : "arn:${local.partition}:bedrock:${local.bedrock_region}::foundation-model/${split("/", arn)[1]}"
  ])
}

data "aws_bedrock_inference_profile" "configured" {
  for_each = local.bedrock_profile_ids
  provider = aws.bedrock

  inference_profile_id = each.value

  lifecycle {
    postcondition {
      condition     = length(self.models) > 0
      error_message = "Bedrock says of no model that ${each.value} leads to it. Is the ID right, and is it offered in ${local.bedrock_region}?"
    }
  }
}
