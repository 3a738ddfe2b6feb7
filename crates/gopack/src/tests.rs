//! Forms as Go's codec writes them, and everything that it would take.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::*;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Record {
    name: String,
    count: i64,
    tags: Option<Vec<String>>,
    meta: Option<BTreeMap<String, String>>,
    value: Option<Raw>,
    inner: Inner,
    at: Time,
    ratio: f64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Inner {
    on: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Meta {
    index: u64,
    known_leader: bool,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn fields_are_written_in_the_order_of_their_names() {
    let bytes = to_vec(&Inner { on: true }).unwrap();
    assert_eq!(bytes, b"\x81\xa2On\xc3");
    let bytes = to_vec(&Record { name: "n".to_owned(), ..Record::default() }).unwrap();
    let names = ["At", "Count", "Inner", "Meta", "Name", "Ratio", "Tags", "Value"];
    let places = names.map(|name| bytes.windows(name.len()).position(|bytes| bytes == name.as_bytes()).unwrap());
    assert!(places.is_sorted(), "{}", hex(&bytes));
    assert_eq!(from_slice::<Record>(&bytes).unwrap().name, "n");
}

/// What a client agent of 1.8.7 sends to renew a session, and the reply to a write.
#[test]
fn the_head_of_a_request_has_the_bytes_that_consul_sends() {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Request {
        service_method: &'static str,
        seq: u64,
    }
    let bytes = to_vec(&Request { service_method: "Status.Leader", seq: 300 }).unwrap();
    assert_eq!(hex(&bytes), "82a3536571cd012cad536572766963654d6574686f64ad5374617475732e4c6561646572");
}

#[test]
fn whole_numbers_take_the_shortest_form() {
    let forms: [(i64, &str); 14] = [
        (0, "00"),
        (127, "7f"),
        (128, "cc80"),
        (256, "cd0100"),
        (65_536, "ce00010000"),
        (2_000_000_000, "ce77359400"),
        (600_000_000_000, "cf0000008bb2c97000"),
        (-1, "ff"),
        (-32, "e0"),
        (-33, "d0df"),
        (-129, "d1ff7f"),
        (-40_000, "d2ffff63c0"),
        (i64::MIN, "d38000000000000000"),
        (i64::MAX, "cf7fffffffffffffff"),
    ];
    for (number, form) in forms {
        let bytes = to_vec(&number).unwrap();
        assert_eq!(hex(&bytes), form);
        assert_eq!(from_slice::<i64>(&bytes), Ok(number));
    }
}

#[test]
fn texts_and_bytes_are_one_family_and_both_newer_families_are_read() {
    let id = "e60f08f9-55fd-c18f-63b6-50d7e11878fd";
    let old = to_vec(id).unwrap();
    assert_eq!(old[..3], [0xda, 0, 36]);
    assert_eq!(old, to_vec(&Raw::from(id.as_bytes().to_vec())).unwrap());
    for head in
        [&[0xda, 0, 36][..], &[0xd9, 36], &[0xc4, 36], &[0xc5, 0, 36], &[0xdb, 0, 0, 0, 36], &[0xc6, 0, 0, 0, 36]]
    {
        let bytes = [head, id.as_bytes()].concat();
        assert_eq!(from_slice::<String>(&bytes).unwrap(), id);
        assert_eq!(from_slice::<Raw>(&bytes).unwrap()[..], *id.as_bytes());
    }
    assert_eq!(to_vec(&"x".repeat(70_000)).unwrap()[..5], [0xdb, 0, 1, 0x11, 0x70]);
}

#[test]
fn nil_is_another_thing_than_empty() {
    let with = |tags| to_vec(&Record { tags, ..Record::default() }).unwrap();
    let (nil, empty) = (with(None), with(Some(Vec::new())));
    assert_ne!(nil, empty);
    assert_eq!(from_slice::<Record>(&nil).unwrap().tags, None);
    assert_eq!(from_slice::<Record>(&empty).unwrap().tags, Some(Vec::new()));
}

#[test]
fn nil_and_absence_are_zero_values_and_unknown_fields_are_passed_over() {
    let mut bytes = vec![0x89];
    for name in ["At", "Count", "Inner", "Meta", "Name", "Ratio", "Tags", "Value"] {
        append(&mut bytes, name).unwrap();
        bytes.push(0xc0);
    }
    append(&mut bytes, "Newer").unwrap();
    append(&mut bytes, &[BTreeMap::from([("deep", vec![1, 2])])]).unwrap();
    assert_eq!(from_slice::<Record>(&bytes).unwrap(), Record::default());
    assert_eq!(from_slice::<Record>(&[0x80]).unwrap(), Record::default());
    assert_eq!(from_slice::<Record>(&[0xc0]).unwrap(), Record::default());
}

#[test]
fn names_of_fields_must_match_letter_by_letter() {
    assert_eq!(from_slice::<Inner>(b"\x81\xa2on\xc3").unwrap(), Inner { on: false });
}

#[test]
fn go_takes_0_and_1_for_truth_and_whole_numbers_for_floats() {
    assert_eq!(from_slice::<Inner>(b"\x81\xa2On\x01").unwrap(), Inner { on: true });
    assert_eq!(from_slice::<f64>(&[5]), Ok(5.0));
    assert_eq!(from_slice::<f64>(&[0xcb, 0x40, 8, 0, 0, 0, 0, 0, 0]), Ok(3.0));
}

/// `"n": 3` in a document that a Go program read from JSON is a float; users see `3`, not `3.0`.
#[test]
fn whole_floats_in_free_documents_are_whole_numbers() {
    let value: serde_json::Value = from_slice(&[0x81, 0xa1, b'n', 0xcb, 0x40, 8, 0, 0, 0, 0, 0, 0]).unwrap();
    assert_eq!(value, serde_json::json!({ "n": 3 }));
}

#[test]
fn an_embedded_record_has_its_fields_among_the_others() {
    let reply = Embed { own: Inner { on: true }, embedded: Meta { index: 7, known_leader: true } };
    let bytes = to_vec(&reply).unwrap();
    assert_eq!(bytes, b"\x83\xa5Index\x07\xabKnownLeader\xc3\xa2On\xc3");
    assert_eq!(from_slice::<Embed<Inner, Meta>>(&bytes).unwrap(), reply);
    let pair = [bytes, vec![5]].concat();
    let mut reader = Reader::new(&pair);
    reader.read::<Embed<Inner, Meta>>().unwrap();
    assert_eq!(reader.read::<u8>(), Ok(5), "what follows is read next");
    assert_eq!(to_vec(&Embed { own: 1, embedded: 2 }), Err(WriteError::NotEmbeddable));
}

#[test]
fn a_value_that_is_not_looked_into_keeps_its_bytes() {
    let pair = to_vec(&("x", Verbatim(vec![0x81, 0xa2, b'O', b'n', 0xc3].into()))).unwrap();
    assert_eq!(pair, b"\x92\xa1x\x81\xa2On\xc3");
    let (text, inner): (String, Verbatim) = from_slice(&pair).unwrap();
    assert_eq!((&*text, from_slice::<Inner>(&inner.0).unwrap()), ("x", Inner { on: true }));
}

#[test]
fn sixteen_elements_and_more_have_a_longer_head() {
    let wide: BTreeMap<String, u8> = (0..20).map(|number| (format!("{number:02}"), number)).collect();
    let list = to_vec(&(wide.clone(), 1)).unwrap();
    assert_eq!(list[..4], [0x92, 0xde, 0, 20]);
    assert_eq!(from_slice::<(BTreeMap<String, u8>,)>(&list).unwrap().0, wide);
}

#[test]
fn time_has_gos_bytes() {
    let zero = to_vec(&Time::default()).unwrap();
    assert_eq!(hex(&zero), "af01000000000000000000000000ffff");
    assert!(from_slice::<Time>(&zero).unwrap().is_zero());
    // As 1.8.7 sent it for an intention that was made at 2026-11-23T21:16:56.17Z.
    let sent =
        [&[0xaf, 1][..], &0x000e_e296_a448_u64.to_be_bytes(), &0x0a35_205e_u32.to_be_bytes(), &[0xff, 0xff]].concat();
    let time: Time = from_slice(&sent).unwrap();
    assert_eq!(time.unix(), (1_795_468_616, 171_253_854));
    assert_eq!(to_vec(&Time::from_unix(1_795_468_616, 171_253_854)).unwrap(), sent);
    assert_eq!(from_slice::<Time>(&[0xc0]), Ok(Time::default()));
    assert!(from_slice::<Time>(&[0xa2, 1, 1]).is_err());
}

#[test]
fn nesting_without_end_is_refused() {
    let bytes = vec![0x91; 100_000];
    assert_eq!(from_slice::<serde_json::Value>(&bytes), Err(ReadError::TooDeep));
    let mut fits = vec![0x91; DEPTH_MAX];
    fits.push(0xc0);
    assert!(from_slice::<serde_json::Value>(&fits).is_ok());
}

#[test]
fn lengths_that_promise_too_much_are_refused_before_room_is_made() {
    for bytes in [&[0xdd, 0xff, 0xff, 0xff, 0xff][..], &[0xdf, 0xff, 0xff, 0xff, 0xff], &[0xdb, 0xff, 0xff, 0xff, 0xff]]
    {
        assert_eq!(from_slice::<serde_json::Value>(bytes), Err(ReadError::End));
    }
}

fn document() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        ".{0,40}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 64, 20, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..20).prop_map(Into::into),
            prop::collection::btree_map(".{0,3}", inner, 0..20)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn documents_come_back_as_they_were(document in document()) {
        let bytes = to_vec(&document).unwrap();
        prop_assert_eq!(from_slice::<serde_json::Value>(&bytes).unwrap(), document);
    }

    #[test]
    fn the_end_of_a_value_is_found_however_its_bytes_arrive(document in document(), step in 1usize..50) {
        let bytes = to_vec(&document).unwrap();
        let more = [&bytes[..], &[0xc0; 3]].concat();
        let mut scan = Scan::default();
        let found = (0..more.len() + step).step_by(step).find_map(|end| scan.end(&more[..end.min(more.len())]).unwrap());
        prop_assert_eq!(found, Some(bytes.len()));
        let mut whole = Scan::default();
        prop_assert_eq!(whole.end(&bytes[..bytes.len() - 1]).unwrap(), None);
    }

    #[test]
    fn bad_bytes_are_an_error_and_nothing_worse(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = from_slice::<serde_json::Value>(&bytes);
        let _ = from_slice::<Embed<Record, Meta>>(&bytes);
        let _ = Scan::default().end(&bytes);
    }
}
