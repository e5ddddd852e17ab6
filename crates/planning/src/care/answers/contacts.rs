//! People who help, by the language that they speak. Only numbers that are national, free or cheap, and established.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// People who help somebody in danger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contact {
    /// Who they are.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "988 Suicide & Crisis Lifeline"))]
    pub name: Cow<'static, str>,
    /// The number to call, as it is dialled in their country.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "988"))]
    pub phone: Option<Cow<'static, str>>,
    /// Their page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "https://988lifeline.org"))]
    pub url: Option<Cow<'static, str>>,
    /// Where they can be reached: ISO 3166 country codes, or `worldwide`.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "US, CA"))]
    pub r#where: Cow<'static, str>,
}

const fn contact(
    name: &'static str,
    phone: &'static str,
    url: Option<&'static str>,
    r#where: &'static str,
) -> Contact {
    Contact {
        name: Cow::Borrowed(name),
        phone: Some(Cow::Borrowed(phone)),
        url: match url {
            Some(url) => Some(Cow::Borrowed(url)),
            None => None,
        },
        r#where: Cow::Borrowed(r#where),
    }
}

const DIRECTORY: Contact = Contact {
    name: Cow::Borrowed("Find A Helpline"),
    phone: None,
    url: Some(Cow::Borrowed("https://findahelpline.com")),
    r#where: Cow::Borrowed("worldwide"),
};
const LIFELINE_988: Contact = contact(
    "988 Suicide & Crisis Lifeline",
    "988",
    Some("https://988lifeline.org"),
    "US",
);
const CANADA_988: Contact = contact(
    "988 Suicide Crisis Helpline",
    "988",
    Some("https://988.ca"),
    "CA",
);

const GERMAN: [Contact; 3] = [
    contact(
        "TelefonSeelsorge",
        "0800 111 0 111",
        Some("https://www.telefonseelsorge.de"),
        "DE",
    ),
    contact(
        "TelefonSeelsorge",
        "142",
        Some("https://www.telefonseelsorge.at"),
        "AT",
    ),
    contact(
        "Die Dargebotene Hand",
        "143",
        Some("https://www.143.ch"),
        "CH",
    ),
];
const SPANISH: [Contact; 3] = [
    contact("Línea 024", "024", None, "ES"),
    contact("Línea de la Vida", "800 911 2000", None, "MX"),
    LIFELINE_988,
];
const FRENCH: [Contact; 4] = [
    contact("3114", "3114", Some("https://3114.fr"), "FR"),
    contact(
        "Centre de Prévention du Suicide",
        "0800 32 123",
        Some("https://www.preventionsuicide.be"),
        "BE",
    ),
    contact("La Main Tendue", "143", Some("https://www.143.ch"), "CH"),
    CANADA_988,
];
const PORTUGUESE: [Contact; 3] = [
    contact(
        "SNS 24",
        "808 24 24 24",
        Some("https://www.sns24.gov.pt"),
        "PT",
    ),
    contact("SOS Voz Amiga", "213 544 545", None, "PT"),
    contact("CVV", "188", Some("https://cvv.org.br"), "BR"),
];
const ITALIAN: [Contact; 2] = [
    contact(
        "Telefono Amico Italia",
        "02 2327 2327",
        Some("https://www.telefonoamico.it"),
        "IT",
    ),
    contact("Telefono Amico", "143", Some("https://www.143.ch"), "CH"),
];
const DUTCH: [Contact; 2] = [
    contact(
        "113 Zelfmoordpreventie",
        "113",
        Some("https://www.113.nl"),
        "NL",
    ),
    contact(
        "Zelfmoordlijn",
        "1813",
        Some("https://www.zelfmoord1813.be"),
        "BE",
    ),
];
const POLISH: [Contact; 1] = [contact(
    "Telefon zaufania dla dorosłych",
    "116 123",
    None,
    "PL",
)];
const JAPANESE: [Contact; 2] = [
    contact("#いのちSOS", "0120-061-338", None, "JP"),
    contact("よりそいホットライン", "0120-279-338", None, "JP"),
];
const CHINESE: [Contact; 2] = [
    contact("心理援助热线", "12356", None, "CN"),
    contact("安心專線", "1925", None, "TW"),
];
const KOREAN: [Contact; 1] = [contact("자살예방상담전화", "109", None, "KR")];
const HINDI: [Contact; 1] = [contact("Tele-MANAS", "14416", None, "IN")];
const ENGLISH: [Contact; 4] = [
    LIFELINE_988,
    CANADA_988,
    contact(
        "Samaritans",
        "116 123",
        Some("https://www.samaritans.org"),
        "GB, IE",
    ),
    contact(
        "Lifeline",
        "13 11 14",
        Some("https://www.lifeline.org.au"),
        "AU",
    ),
];

/// Returns people who help and speak a language; an international directory is always among them.
pub(super) fn contacts(language: &str) -> Vec<Contact> {
    let national: &[Contact] = match language {
        "de" => &GERMAN,
        "es" => &SPANISH,
        "fr" => &FRENCH,
        "pt" => &PORTUGUESE,
        "it" => &ITALIAN,
        "nl" => &DUTCH,
        "pl" => &POLISH,
        "ja" => &JAPANESE,
        "zh" => &CHINESE,
        "ko" => &KOREAN,
        "hi" => &HINDI,
        "ar" | "ru" | "tr" => &[],
        _ => &ENGLISH,
    };
    national.iter().chain([&DIRECTORY]).cloned().collect()
}
