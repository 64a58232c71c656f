//! No function may panic, whatever it is given.

use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

use crate::{
    clock::SequenceRandom,
    embedded::{
        functions::{Context, Warnings, all, tests::OnePerson},
        value::{Object, Value},
    },
};

fn texts() -> impl Strategy<Value = String> {
    let known = [
        "",
        " ",
        "0",
        "-1e400",
        "day",
        "m",
        "P1Y2M3DT4H5.6S",
        "P99999999999Y",
        "2020-02-30T24:00:00Z",
        "9999-12-31T23:59:59.999-23:59",
        "0000-01-01T00:00+23:59",
        "Europe/Berlin",
        "UTC",
        "%yyyy%%%&%wwww%t%",
        "a/b",
        "people/ada",
        "(a+)+$",
        "[",
        "é🥝",
        "\u{0}",
        "{\"a\":[1]}",
        "wgs84",
    ];
    prop_oneof![proptest::sample::select(known.to_vec()).prop_map(str::to_owned), ".{0,12}"]
}

fn scalars() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-12_i64..12).prop_map(Value::Int),
        proptest::sample::select(vec![i64::MIN, i64::MAX, 253_402_300_799_999, -62_167_219_200_000])
            .prop_map(Value::Int),
        (-3.0..3.0).prop_map(Value::Double),
        proptest::sample::select(vec![f64::MAX, f64::MIN, f64::MIN_POSITIVE, 9.1e18, -0.0, 1e15])
            .prop_map(Value::Double),
        texts().prop_map(Value::string),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    scalars().prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::array),
            proptest::collection::vec((texts(), inner), 0..4).prop_map(|attributes| {
                let object: Object =
                    attributes.into_iter().map(|(name, value)| (name.as_str().into(), value)).collect();
                Value::object(object)
            }),
            proptest::collection::vec((-200.0..200.0, -100.0..100.0), 1..5).prop_map(|places| {
                let place =
                    |(longitude, latitude)| Value::array(vec![Value::Double(longitude), Value::Double(latitude)]);
                let mut object = Object::default();
                object.insert("type".into(), Value::from("Polygon"));
                object.insert(
                    "coordinates".into(),
                    Value::array(vec![Value::array(places.into_iter().map(place).collect())]),
                );
                Value::object(object)
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_function_panics_and_no_result_is_an_impossible_number(arguments in proptest::collection::vec(values(), 6)) {
        let random = SequenceRandom::from_seed(7);
        for function in all().filter(|function| function.name != "SLEEP") {
            for count in function.min..=function.max.min(arguments.len()) {
                let mut warnings = Warnings { list: Vec::new(), limit: 10, fail: false };
                let mut context = Context { now_millis: 0, random: &*random, warnings: &mut warnings, data: &OnePerson, is_over: &|| false };
                if let Ok(Value::Double(number)) = (function.call)(&mut context, &arguments[..count]) {
                    assert!(number.is_finite(), "{}{:?}", function.name, &arguments[..count]);
                }
            }
        }
    }
}
