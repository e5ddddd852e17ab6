# The questions of the run book as saved queries of Logs Insights, in a folder of the environment's name. They are read out of the run
# book, so that there is one text of each.

locals {
  questions_section = split("\n## ", split("\n## Questions to the logs\n", file("${path.module}/../docs/operations.md"))[1])[0]

  # The query of each question, by the question.
  questions = {
    for question in slice(split("\n### ", local.questions_section), 1, length(split("\n### ", local.questions_section))) :
    split("\n", question)[0] => trimspace(split("```", split("```sql\n", question)[1])[0])
  }
}

resource "aws_cloudwatch_query_definition" "question" {
  for_each = local.questions

  name            = "${local.name}/${each.key}"
  log_group_names = [aws_cloudwatch_log_group.service.name]
  query_string    = each.value
}
