//! The queries of the operations guide, run over what real processes log: each must answer its question.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

mod answers;
mod document;
mod lines;
mod query;
mod scenarios;
mod service;
mod store_proxy;

use self::answers::ANSWERS;

/// The request whose line of life is asked for.
const REQUEST: &str = "asked-again";

#[tokio::test(flavor = "multi_thread")]
async fn every_query_of_the_operations_guide_answers_its_question() {
    let traffic = scenarios::play().await;
    lines::check(&traffic);
    let log = query::lines(&traffic.log).unwrap();

    let questions = document::questions();
    for question in &questions {
        let title = question.title.as_str();
        let query = question.query.replace("REQUEST_ID", REQUEST);
        let table =
            query::run(&query, &log).unwrap_or_else(|why| panic!("{title}\n{query}\n{why}"));
        assert!(!table.rows.is_empty(), "{title}: no rows");
        let answer = ANSWERS.iter().find(|(asked, _)| *asked == title);
        let (_, check) = answer.unwrap_or_else(|| panic!("no test knows the answer to `{title}`"));
        check(&table, &traffic);
    }
    assert_eq!(questions.len(), ANSWERS.len());
}

#[test]
fn the_queries_of_the_original_are_unchanged() {
    let questions = document::questions();
    let queries: Vec<&str> = questions.iter().map(|each| each.query.as_str()).collect();
    for original in document::ORIGINAL {
        assert!(queries.contains(&original), "{original}");
    }
}
