//! Who buys: people that do not exist, at addresses reserved for examples.

use crate::demo::{catalogue::Market, random::Random};

/// Whose order it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Without an account: an e-mail address and nothing more.
    Guest,
    /// With an account.
    Customer,
    /// The one who comes back several times a day.
    Returning,
    /// A company with a VAT number.
    Company,
    /// Nobody is known (a till).
    Nobody,
}

/// The people and places of an order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Buyer {
    /// With an account: its id.
    pub(crate) customer: Option<u64>,
    /// Whose name it is; `None` at a till.
    pub(crate) person: Option<Person>,
    /// Company and VAT number.
    pub(crate) company: Option<(&'static str, &'static str)>,
    /// Goods go to another address than the invoice.
    pub(crate) ship_to: Option<Person>,
}

/// A person with an address.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Person {
    pub(crate) first: &'static str,
    pub(crate) last: &'static str,
    /// Without `@example.com`.
    pub(crate) mailbox: &'static str,
    pub(crate) street: &'static str,
    pub(crate) city: &'static str,
    pub(crate) zip: &'static str,
    pub(crate) place: Place,
}

/// Country and subdivision.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    pub(crate) country: &'static str,
    pub(crate) country_code: &'static str,
    pub(crate) region: Option<(&'static str, &'static str)>,
    pub(crate) locale: &'static str,
}

const fn place(country: &'static str, country_code: &'static str, locale: &'static str) -> Place {
    Place { country, country_code, region: None, locale }
}

const fn within(place: Place, name: &'static str, code: &'static str) -> Place {
    Place { region: Some((name, code)), ..place }
}

const DE: Place = place("Germany", "DE", "de-DE");
const AT: Place = place("Austria", "AT", "de-AT");
const CH: Place = place("Switzerland", "CH", "de-CH");
const GB: Place = place("United Kingdom", "GB", "en-GB");
const US: Place = place("United States", "US", "en-US");
const TEXAS: Place = within(US, "Texas", "TX");
const IDAHO: Place = within(US, "Idaho", "ID");
const TOKYO: Place = within(place("Japan", "JP", "ja-JP"), "Tōkyō", "JP-13");

macro_rules! people {
    ($place:expr; $(($first:literal, $last:literal, $mailbox:literal, $street:literal, $city:literal, $zip:literal)),+ $(,)?) => {
        &[$(Person {
            first: $first, last: $last, mailbox: $mailbox, street: $street, city: $city, zip: $zip, place: $place,
        }),+]
    };
}

const GERMANS: &[Person] = people![DE;
    ("Jürgen", "Müller", "juergen.mueller", "Beispielweg 1", "München", "80331"),
    ("Anna", "Schäfer", "anna.schaefer", "Musterstraße 12", "Köln", "50667"),
    ("Özlem", "Yıldız", "oezlem.yildiz", "Am Muster 5", "Berlin", "10115"),
    ("Piotr", "Łukasz", "piotr.lukasz", "Beispielallee 44", "Leipzig", "04109"),
];
const AUSTRIANS: &[Person] = people![AT; ("Eva", "Gruber", "eva.gruber", "Mustergasse 3/2", "Wien", "1010")];
const SWISS: &[Person] = people![CH; ("Reto", "Meier", "reto.meier", "Beispielstrasse 9", "Zürich", "8001")];
const BRITONS: &[Person] = people![GB;
    ("Siobhán", "O'Neill", "siobhan.oneill", "1 Example Street", "London", "EC1A 1BB"),
    ("Tom", "Baker", "tom.baker", "Flat 2, 14 Sample Road", "Leeds", "LS1 4AP"),
];
const TEXANS: &[Person] = people![TEXAS;
    ("Mary Ann", "Smith", "maryann.smith", "100 Example Ave", "Austin", "78701"),
    ("José", "García", "jose.garcia", "22 Sample Blvd, Apt 3", "Houston", "77002"),
    ("Lee", "Wong", "lee.wong", "8 Sample Ct", "Dallas", "75201"),
];
const IDAHOANS: &[Person] = people![IDAHO;
    ("Bob", "Norman", "bob.norman", "5 Example Loop", "Boise", "83702"),
    ("Ruth", "Lindqvist", "ruth.lindqvist", "71 Sample Trail", "Moscow", "83843"),
];
const JAPANESE: &[Person] = people![TOKYO;
    ("花子", "佐藤", "hanako.sato", "見本町1-2-3", "千代田区", "100-0001"),
    ("太郎", "鈴木", "taro.suzuki", "例町4-5", "渋谷区", "150-0002"),
];

/// Names and VAT numbers whose check digits are right.
const GERMAN_COMPANY: (&str, &str) = ("Muster Gastro GmbH", "DE136695976");
const AUSTRIAN_COMPANY: (&str, &str) = ("Beispiel Handels OG", "ATU13585627");

fn people(market: Market) -> &'static [Person] {
    match market {
        Market::Germany | Market::GermanyNet => GERMANS,
        Market::Austria => AUSTRIANS,
        Market::Switzerland => SWISS,
        Market::Britain => BRITONS,
        Market::Texas => TEXANS,
        Market::Idaho => IDAHOANS,
        Market::Japan => JAPANESE,
    }
}

/// A customer's id: the same for the same person all day.
fn account(person: &Person) -> u64 {
    let hash =
        person.mailbox.bytes().fold(1_469_u64, |hash, byte| hash.wrapping_mul(1_099_511).wrapping_add(byte.into()));
    7_115_310_000_000_000_000_u64.saturating_add(hash % 1_000_000_000_000)
}

impl Buyer {
    pub(super) fn draw(who: Who, market: Market, random: &mut Random) -> Self {
        let known = people(market);
        let person = match who {
            Who::Nobody => return Self::default(),
            Who::Returning | Who::Company => known.first().copied().unwrap_or_default(),
            Who::Guest | Who::Customer => random.pick(known),
        };
        let company = match (who, market) {
            (Who::Company, Market::Austria) => Some(AUSTRIAN_COMPANY),
            (Who::Company, _) => Some(GERMAN_COMPANY),
            (Who::Guest | Who::Customer | Who::Returning | Who::Nobody, _) => None,
        };
        let elsewhere = who == Who::Customer && random.chance(25);
        Self {
            customer: (who != Who::Guest).then(|| account(&person)),
            person: Some(person),
            company,
            ship_to: elsewhere.then(|| known.last().copied()).flatten(),
        }
    }
}
