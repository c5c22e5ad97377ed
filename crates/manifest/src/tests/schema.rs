use serde_json::{Value, json};

use super::kinds::{registry, registry_with_policy};
use crate::{manifest_schema, overlay_schema, project_schema, rules};

fn accepts(schema: &Value, value: &Value) -> bool {
    jsonschema::draft7::new(schema).unwrap().is_valid(value)
}

#[test]
fn one_schema_serves_every_manifest() {
    let schema = manifest_schema(&registry_with_policy());
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    assert_eq!(schema["x-tombi-toml-version"], "v1.0.0");
    let keys: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["adopt", "forget", "hours", "moved", "odd", "shop", "use"]);
    for good in [
        json!({ "hours": { "a": { "zone": "z", "lifecycle": { "protected": true } } } }),
        json!({ "use": [{ "address": "shop.a", "workspace": "w" }], "moved": [{ "from": "shop.a", "to": "shop.b" }] }),
        json!({ "shop": { "a": { "display_name": "a", "password": { "env": "A" } } }, "adopt": [{ "address": "shop.a" }] }),
    ] {
        assert!(accepts(&schema, &good), "{good}");
    }
    for bad in [
        json!({ "policy": { "a": {} } }),
        json!({ "hours": { "A": { "zone": "z" } } }),
        json!({ "hours": { "a": { "zone": "z", "lifecycle": { "protect": true } } } }),
        json!({ "use": [{ "address": "shop.a" }] }),
        json!({ "forget": [{ "address": "shop" }] }),
        json!({ "shop": { "a": { "display_name": "a", "password": "x" } } }),
    ] {
        assert!(!accepts(&schema, &bad), "{bad}");
    }
    assert!(!schema.to_string().contains("$ref"));
}

#[test]
fn the_projects_schema_takes_its_sections_from_the_policy() {
    for registry in [registry(), registry_with_policy()] {
        let schema = project_schema(&registry);
        assert!(accepts(&schema, &json!({ "workspace": { "name": "a" }, "guard": { "max_deletes": 1 } })));
        assert!(!accepts(&schema, &json!({ "workspace": { "name": "a" }, "guard": { "max_delete": 1 } })));
        let env = |says| json!({ "workspace": { "name": "a" }, "env": { "staging": says } });
        assert!(accepts(&schema, &env(json!({ "store": {}, "guard": { "max_deletes": 1 }, "unset": ["guard"] }))));
        assert!(!accepts(&schema, &env(json!({ "guard": { "max_delete": 1 } }))));
        assert!(!accepts(&schema, &env(json!({ "workspace": { "name": "b" } }))));
    }
    let schema = project_schema(&registry_with_policy());
    assert!(!accepts(&schema, &json!({ "workspace": { "name": "a" }, "limits": { "hours": "x" } })));
}

#[test]
fn codes_are_unique_and_in_order() {
    let codes: Vec<&str> = rules().iter().map(|rule| rule.code.0).collect();
    assert!(codes.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(codes.iter().all(|code| code.len() == 5 && code.starts_with("MF")));
}

#[test]
fn an_overlay_may_leave_out_what_a_manifest_needs_and_nothing_else_is_new() {
    let [overlay, manifest] = [overlay_schema(&registry()), manifest_schema(&registry())];
    let accepted = |table: Value| [accepts(&overlay, &table), accepts(&manifest, &table)];
    assert_eq!(accepted(json!({ "shop": { "a": { "subdomain": "x" } } })), [true, false]);
    assert_eq!(accepted(json!({ "shop": { "a": { "display_name": "A", "unset": ["phone"] } } })), [true, false]);
    assert_eq!(accepted(json!({ "unset": [{ "address": "shop.a" }] })), [true, false]);
    assert_eq!(accepted(json!({ "shop": { "a": { "display_name": "A" } } })), [true, true]);
    assert_eq!(accepted(json!({ "shop": { "a": { "display_name": 1 } } })), [false, false]);
    assert_eq!(accepted(json!({ "shop": { "a": { "display_name": "A", "colour": 1 } } })), [false, false]);
}
