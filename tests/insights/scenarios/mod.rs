//! Mixed traffic to real processes, in which every event happens.

mod credentials;
mod ledger;
mod redis;
mod requests;

use fake_bedrock::invoice::Invoice;

/// The models, in the order in which they are tried. The second one refuses the form of output that it is asked for at first.
pub const FIRST_MODEL: &str = "global.anthropic.claude-haiku-4-5-20251001-v1:0";
pub const SECOND_MODEL: &str = "us.anthropic.claude-sonnet-5-5";
/// Prices of both models, in nano-dollars per token.
pub const INPUT_NANO: u64 = 1000;
pub const OUTPUT_NANO: u64 = 5000;

/// What happened.
pub struct Traffic {
    /// The lines of all processes.
    pub log: String,
    /// What the provider billed to the process of [`requests`].
    pub invoice: Invoice,
    /// Number of processes.
    pub processes: usize,
    /// Number of processes that were killed.
    pub killed: usize,
}

impl Traffic {
    /// Returns the dollars on the invoice for the requests whose ids begin with this.
    pub fn billed(&self, ids: &str) -> f64 {
        let calls = self.invoice.calls.iter();
        let calls = calls.filter(|call| call.request_id.starts_with(ids));
        let nano: u64 = calls
            .map(|call| call.input_tokens * INPUT_NANO + call.output_tokens * OUTPUT_NANO)
            .sum();
        let nano = u32::try_from(nano).unwrap();
        f64::from(nano) / 1e9
    }
}

/// Plays all scenarios.
pub async fn play() -> Traffic {
    let (requests, ledger, credentials, redis) = tokio::join!(
        requests::play(),
        ledger::play(),
        credentials::play(),
        redis::play()
    );
    let (log, invoice) = requests;
    let logs = [log, ledger, credentials, redis];
    Traffic {
        log: logs.concat(),
        invoice,
        // The ledger has three.
        processes: logs.len() + 2,
        killed: 1,
    }
}
