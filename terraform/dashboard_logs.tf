# The questions that a fault begins with, answered from the log of the chosen time. Each query reads all of it, and is billed by what it
# reads. All questions are among the saved queries of Logs Insights (log_queries.tf).

locals {
  dashboard_questions = [
    ["Which errors are they?", "Who gets errors, and which?"],
    ["Which model fails, and how?", "What does an hour cost, by model?"],
    ["Which clients cost the most?", "Is the ledger in trouble?"],
    ["Which requests were the slowest?", "What was deployed, and when did tasks stop?"],
  ]

  dashboard_log_rows = concat(
    [{ height = 1, widgets = [{ type = "text", width = 24, properties = { markdown = "## Logs" } }] }],
    [
      for pair in local.dashboard_questions : {
        height = 7
        widgets = [
          for question in pair : {
            type  = "log"
            width = 12
            properties = {
              title = question
              query = "SOURCE '${aws_cloudwatch_log_group.service.name}' | ${local.questions[question]}"
            }
          }
        ]
      }
    ],
  )
}
