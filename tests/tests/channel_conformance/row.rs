//! The row itself.

use regex_lite::Regex;
use serde_json::Value;
use sluice_channels::CHANNELS;
use sluice_domain::ports::secrets::{AccountSecrets, Secret};
use sluice_tests::source::root;

use crate::sample::samples;

#[test]
fn r1_rows_are_named_like_their_folders_and_sorted() {
    let names: Vec<&str> = CHANNELS.iter().map(|channel| channel.name()).collect();
    assert!(names.is_sorted());
    for name in names {
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{name}");
        assert!(root().join("shared/channels/src").join(name).is_dir(), "{name}");
    }
}

#[test]
fn r2_the_schema_names_shops_as_the_channel_does() {
    let text = std::fs::read(root().join("infra/config/schema/accounts.schema.json")).unwrap();
    let schema: Value = serde_json::from_slice(&text).unwrap();
    let rules = schema["$defs"]["account"]["allOf"].as_array().unwrap();
    for sample in samples() {
        let (name, naming) = (sample.channel.name(), sample.channel.shop_naming());
        assert_eq!(naming.channel, name);
        let rule = rules.iter().find(|rule| rule["if"]["properties"]["channel"]["const"] == name);
        let then = &rule.unwrap_or_else(|| panic!("the schema does not know {name}"))["then"];
        let required = then["required"].as_array().is_some_and(|all| all.contains(&"shop_domain".into()));
        assert_eq!(required, naming.required, "{name}");
        let pattern = Regex::new(then["properties"]["shop_domain"]["pattern"].as_str().unwrap()).unwrap();
        for fine in [naming.example("demo").as_str(), sample.account.shop_domain.as_deref().unwrap()] {
            assert!(pattern.is_match(fine), "{name}: {fine}");
        }
        let path = format!("{}/path", naming.example("demo"));
        assert_eq!(pattern.is_match(&path), naming.path, "{name}: {path}");
        for odd in ["", "shop", "https://shop.example.com", "a b.example.com", "../x"] {
            assert!(!pattern.is_match(odd), "{name}: {odd}");
        }
    }
    assert_eq!(rules.len(), CHANNELS.len(), "a rule for a channel that does not exist");
}

#[test]
fn r3_an_account_is_told_what_it_lacks() {
    for sample in samples() {
        let secrets = |signing: &str| AccountSecrets {
            signing: vec![Secret::new(signing)],
            contact_key: Secret::new("k"),
            access_token: sample.token().map(Secret::new),
        };
        let check = |account, signing: &str| sample.channel.check_account(account, &secrets(signing));
        assert_eq!(check(&sample.account, "s"), Vec::<String>::new());
        assert_eq!(check(&sample.account, " ").len(), usize::from(sample.signs()), "{}", sample.channel.name());
        let mut nowhere = sample.account.clone();
        nowhere.shop_domain = None;
        let findings = check(&nowhere, "s");
        assert!(findings.iter().any(|finding| finding.contains("shop_domain")), "{findings:?}");
    }
}
