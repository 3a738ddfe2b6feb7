//! Services and checks, and what is set about them.

use super::*;

#[test]
fn services_and_checks_of_all_files_are_held_in_their_order() {
    let files = [
        ("/c/1.hcl", "service { name = \"a\" }\nservices { name = \"b\" }\nservices { name = \"c\" }"),
        ("/c/2.json", r#"{"service": {"name": "d"}, "checks": [{"name": "e", "ttl": "1s"}]}"#),
    ];
    let config = Machine::with(&files).load("-dev -config-dir /c").unwrap();
    let Definitions { services, checks } = config.local.definitions;
    let names: Vec<_> = services.iter().map(|service| &*service.name).collect();
    assert_eq!((names, &*checks[0].name), (vec!["a", "b", "c", "d"], "e"));
}

#[test]
fn two_single_services_in_one_file_are_refused() {
    let machine = Machine::with(&[("/a.hcl", "service { name = \"a\" }\nservice { name = \"b\" }")]);
    let mistakes = machine.load("-dev -config-file /a.hcl").unwrap_err().to_string();
    assert!(mistakes.starts_with("/a.hcl:2:1: the block service stands here for the second time"), "{mistakes}");
}

#[test]
fn ports_for_sidecars_and_how_outputs_are_written_can_be_set() {
    let set = |text: &str| {
        let machine = Machine::with(&[("/a.hcl", text)]);
        machine.load("-dev -config-file /a.hcl").map(|config| config.local).map_err(|mistakes| mistakes.to_string())
    };
    let local = set("").unwrap();
    assert_eq!((local.sidecar_ports, local.check_update_interval), (Some(21_000..=21_255), Duration::from_secs(300)));
    let local = set("check_update_interval = \"0s\" discard_check_output = true").unwrap();
    assert!(local.check_update_interval.is_zero() && local.discard_check_output);
    assert_eq!(set("ports { sidecar_min_port = 0 sidecar_max_port = 0 }").unwrap().sidecar_ports, None);
    assert_eq!(
        set("ports { sidecar_min_port = 5 sidecar_max_port = 3 }").unwrap_err(),
        "sidecar_min_port must be less than sidecar_max_port. To disable, set both to zero."
    );
}
