//! What a body says, in any order, and the dry run.

use serde_json::{Value, json};
use sluice_channels::{Decoded, Explained};
use sluice_domain::{
    delivery::Delivery,
    state::{Facet, OrderFacets, fold},
};

use crate::sample::{Sample, samples};

const PULLED: &str = "pull:order";

#[test]
fn d1_an_order_is_itself_and_its_buyer() {
    for sample in samples() {
        let (evidence, _) = sample.evidence(sample.text("topic"), &sample.order());
        let subject = format!("{}/order/{}", sample.account.name, sample.text("id"));
        assert!(evidence.iter().all(|one| one.subject.to_string() == subject), "{evidence:?}");
        let has = |wanted: fn(&Facet) -> bool| evidence.iter().filter(|one| wanted(&one.facet)).count();
        assert_eq!(has(|facet| matches!(facet, Facet::Order(_))), 1);
        assert_eq!(has(|facet| matches!(facet, Facet::Buyer(_))), 1);
        let quoted = [(sample.pointer("id").as_str().unwrap(), json!(sample.text("id")))];
        let (again, _) = sample.evidence(sample.text("topic"), &sample.order_with(&quoted));
        assert_eq!(facets(&again), facets(&evidence), "{}", sample.channel.name());
    }
}

fn facets(evidence: &[sluice_domain::state::Evidence]) -> Vec<(String, i64, u32, Facet)> {
    let one = |one: &sluice_domain::state::Evidence| {
        (one.subject.to_string(), one.rank.version, one.rank.progress, one.facet.clone())
    };
    evidence.iter().map(one).collect()
}

#[test]
fn d2_the_same_fact_is_the_same_evidence() {
    for sample in samples() {
        let order = sample.order();
        let (pushed, _) = sample.evidence(sample.text("topic"), &order);
        assert_eq!(sample.evidence(sample.text("topic"), &order).0, pushed);
        let (read, _) = sample.evidence(PULLED, &order);
        assert_eq!(facets(&read), facets(&pushed), "{}", sample.channel.name());
    }
}

#[test]
fn d3_money_is_exact() {
    for sample in samples() {
        let (evidence, _) = sample.evidence(sample.text("topic"), &sample.order());
        let Some(Facet::Order(order)) = evidence.into_iter().map(|one| one.facet).next() else { panic!() };
        let shown = (order.number.as_str(), order.totals.total.to_string(), order.currency.code().to_owned());
        assert_eq!(shown, (sample.text("number"), sample.text("total").to_owned(), sample.text("currency").to_owned()));
        let sums =
            sluice_channels::OrderSums::of(order.currency, &order.lines, &order.shipping, &order.charges).unwrap();
        assert_eq!(sums.total(order.tax_included, order.totals.tax.unwrap()), Ok(order.totals.total));
    }
}

#[test]
fn d4_what_is_new_is_told_and_never_fatal() {
    for sample in samples() {
        let (plain, _) = sample.evidence(sample.text("topic"), &sample.order());
        let mut more = sample.order();
        more["a_field_of_next_year"] = json!({"deep": [1, {"er": null}], "text": "x"});
        let list = sample.pointer("list").as_str().unwrap();
        more.pointer_mut(list).unwrap()[0]["another"] = json!([true]);
        let (evidence, warnings) = sample.evidence(sample.text("topic"), &more);
        assert_eq!(
            (facets(&evidence), warnings.contains(&"schema_drift")),
            (facets(&plain), false),
            "{}",
            sample.channel.name()
        );
        let word = [(sample.pointer("word").as_str().unwrap(), json!("a_word_of_next_year"))];
        let (_, warnings) = sample.evidence(sample.text("topic"), &sample.order_with(&word));
        assert!(warnings.contains(&"schema_drift"), "{}: {warnings:?}", sample.channel.name());
    }
}

#[test]
fn d5_topics_without_a_flow_are_ignored() {
    for sample in samples() {
        for topic in sample.texts("ignored").into_iter().chain(["", "no such topic", "pull:nothing", "../..", "\u{0}"])
        {
            for body in ["{}", "not json", ""] {
                let decoded = sample.decode(&sample.delivery(topic, body.as_bytes(), 0));
                assert!(
                    matches!(decoded, Ok(Decoded::Ignored { .. })),
                    "{} {topic}: {decoded:?}",
                    sample.channel.name()
                );
            }
        }
    }
}

#[test]
fn d6_one_bad_item_costs_no_other() {
    for sample in samples() {
        let id = sample.pointer("id").as_str().unwrap();
        let good = |number: u64| sample.order_with(&[(id, json!(number))]);
        let list = sample.pointer("list").as_str().unwrap();
        let bad = sample.order_with(&[(id, json!(2)), (list, json!("no list"))]);
        let body = json!([good(1), bad, good(3)]).to_string();
        let decoded = sample.decode(&sample.delivery(PULLED, body.as_bytes(), 0));
        let Ok(Decoded::Evidence { evidence, refused, .. }) = decoded else { panic!("{decoded:?}") };
        let mut subjects: Vec<&str> = evidence.iter().map(|one| one.subject.external_id()).collect();
        subjects.dedup();
        assert_eq!(subjects, ["1", "3"], "{}", sample.channel.name());
        assert_eq!((refused.len(), refused[0].external_id.as_deref()), (1, Some("2")));
        assert!(refused[0].field.contains(list.trim_start_matches('/')), "{}", refused[0]);
    }
}

#[test]
fn d9_a_deletion_needs_no_more_than_the_id() {
    for sample in samples() {
        let Some(topic) = sample.data["deletion"]["topic"].as_str() else { continue };
        let (evidence, _) = sample.evidence(topic, &sample.data["deletion"]["body"]);
        assert_eq!((evidence.len(), &evidence[0].facet), (1, &Facet::Deleted));
        assert_eq!(evidence[0].subject.external_id(), sample.text("id"));
    }
}

/// Placed, a later fact of the same version, two later versions, one of them read, and a deletion that is older than they are.
fn life(sample: &Sample) -> Vec<Delivery> {
    let topic = sample.text("topic");
    let later = (sample.pointer("later")[0].as_str().unwrap(), sample.pointer("later")[1].clone());
    let version = |at: usize| (sample.pointer("version")[0].as_str().unwrap(), sample.pointer("version")[at].clone());
    let told = |topic: &str, changes: &[(&str, Value)], second: i64| {
        sample.delivery(topic, sample.order_with(changes).to_string().as_bytes(), second)
    };
    let mut life = vec![
        told(topic, &[], 0),
        told(topic, std::slice::from_ref(&later), 1),
        told(topic, &[later.clone(), version(1)], 2),
        told(PULLED, &[later, version(2)], 3),
    ];
    if let Some(topic) = sample.data["deletion"]["topic"].as_str() {
        life.push(sample.delivery(topic, sample.data["deletion"]["body"].to_string().as_bytes(), 4));
    }
    life
}

fn state_of<'a>(sample: &Sample, deliveries: impl IntoIterator<Item = &'a Delivery>) -> OrderFacets {
    let mut state = OrderFacets::default();
    for delivery in deliveries {
        let Ok(Decoded::Evidence { evidence, .. }) = sample.decode(delivery) else { panic!("{delivery:?}") };
        for one in evidence {
            fold(&mut state, one);
        }
    }
    state
}

/// All orders of the numbers below a count.
fn permutations(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![vec![]];
    }
    let shorter = permutations(count - 1);
    let longer = shorter.iter().flat_map(|rest| {
        (0..count).map(move |place| {
            let mut rest = rest.clone();
            rest.insert(place, count - 1);
            rest
        })
    });
    longer.collect()
}

#[test]
fn f1_any_order_and_any_number_of_copies_end_in_one_state() {
    for sample in samples() {
        let life = life(&sample);
        let expected = state_of(&sample, &life);
        for permutation in permutations(life.len()) {
            let copies = permutation.iter().chain(permutation.iter().rev());
            assert_eq!(state_of(&sample, copies.map(|at| &life[*at])), expected, "{permutation:?}");
        }
    }
}

#[test]
fn f2_the_later_fact_of_one_version_wins() {
    for sample in samples() {
        let life = life(&sample);
        let later = state_of(&sample, [&life[1]]).order.unwrap().value;
        assert_ne!(state_of(&sample, [&life[0]]).order.unwrap().value, later);
        for pair in [[&life[0], &life[1]], [&life[1], &life[0]]] {
            assert_eq!(state_of(&sample, pair).order.unwrap().value, later, "{}", sample.channel.name());
        }
    }
}

#[test]
fn e1_the_dry_run_says_what_would_be_folded() {
    for sample in samples() {
        let body = sample.order().to_string();
        let shown = |topic: &str| match sample.explain(topic, body.as_bytes()).as_slice() {
            [Explained::Item { figures, evidence }] => ((**figures).clone(), facets(evidence)),
            other => panic!("{other:?}"),
        };
        let (figures, evidence) = shown(sample.text("topic"));
        assert_eq!(shown(PULLED), (figures.clone(), evidence.clone()));
        assert_eq!(evidence, facets(&sample.evidence(sample.text("topic"), &sample.order()).0));
        assert_eq!(figures.subject, format!("{}/order/{}", sample.account.name, sample.text("id")));
        assert_eq!((figures.kind, figures.total.as_deref()), ("order", Some(sample.text("total"))));
        assert_eq!(
            (figures.number.as_deref(), figures.currency.as_deref()),
            (Some(sample.text("number")), Some(sample.text("currency")))
        );
    }
}

#[test]
fn e2_errors_and_nothing_are_no_orders() {
    for sample in samples() {
        let errors = sample.texts("errors").into_iter().map(|file| sample.file(file));
        for body in errors.chain(["[]", "{}", "", "null", "[null]", "0", "\"id\""].map(|text| text.as_bytes().to_vec()))
        {
            for topic in [sample.text("topic"), PULLED] {
                for one in sample.explain(topic, &body) {
                    assert!(!matches!(one, Explained::Item { .. }), "{}: {one:?}", sample.channel.name());
                }
                let decoded = sample.decode(&sample.delivery(topic, &body, 0));
                assert!(
                    !matches!(&decoded, Ok(Decoded::Evidence { evidence, .. }) if !evidence.is_empty()),
                    "{decoded:?}"
                );
            }
        }
    }
}
