//! Ids of models on Bedrock: of a model, of an inference profile, or the ARN of either.

/// The model behind an id, and what it is called through, which decides its price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BedrockId<'a> {
    /// The id of the model.
    pub model: &'a str,
    /// The prefix of the inference profile, or [`REGIONAL`].
    pub route: &'a str,
}

/// The route of a model that is called in one region, without an inference profile.
pub(super) const REGIONAL: &str = "regional";

/// The route of AWS GovCloud.
const GOV_CLOUD: &str = "us-gov";

impl<'a> BedrockId<'a> {
    /// Parses an id. `is_profile` says whether a prefix is that of an inference profile. Returns `None` for the ARN of something
    /// that does not name its model, such as an application inference profile.
    pub fn parse(id: &'a str, is_profile: impl Fn(&str) -> bool) -> Option<Self> {
        let Some(arn) = id.strip_prefix("arn:") else {
            return Some(Self::of_plain(id, is_profile));
        };
        // arn:partition:bedrock:region:account:type/id, where the id may contain colons.
        let mut parts = arn.splitn(5, ':').skip(2);
        let region = parts.next()?;
        let (kind, id) = parts.nth(1)?.split_once('/')?;
        match kind {
            "inference-profile" => Some(Self::of_plain(id, is_profile)),
            "foundation-model" => Some(Self {
                model: id,
                route: if region.starts_with(GOV_CLOUD) {
                    GOV_CLOUD
                } else {
                    REGIONAL
                },
            }),
            _ => None,
        }
    }

    fn of_plain(id: &'a str, is_profile: impl Fn(&str) -> bool) -> Self {
        match id.split_once('.') {
            Some((route, model)) if is_profile(route) => Self { model, route },
            _ => Self {
                model: id,
                route: REGIONAL,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_ids_and_arns_name_their_model_and_its_route() {
        for (id, wanted) in [
            ("acme.small-v1:0", Some(("acme.small-v1:0", REGIONAL))),
            ("eu.acme.small-v1:0", Some(("acme.small-v1:0", "eu"))),
            (
                "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.acme.small-v1:0",
                Some(("acme.small-v1:0", "us")),
            ),
            (
                "arn:aws:bedrock:eu-west-1::foundation-model/acme.small-v1:0",
                Some(("acme.small-v1:0", REGIONAL)),
            ),
            (
                "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/acme.small-v1:0",
                Some(("acme.small-v1:0", "us-gov")),
            ),
            (
                "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123",
                None,
            ),
            (
                "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc123",
                None,
            ),
            ("arn:aws:bedrock", None),
        ] {
            let parsed = BedrockId::parse(id, |prefix| ["us", "eu", "us-gov"].contains(&prefix));
            assert_eq!(parsed.map(|id| (id.model, id.route)), wanted, "{id}");
        }
    }
}
