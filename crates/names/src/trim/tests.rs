//! Where answers are cut, by the numbers measured on Consul 1.8.7, and what holds for every cut.

use proptest::prelude::*;

use super::*;
use crate::fixture::{World, many, request, with_edns};
use crate::lookup::Found;
use crate::message::Message;
use crate::wire::reply;

fn answered(world: &mut World, count: usize, kind: u16, size: Option<u16>) -> (Message, usize) {
    let asked = request("big.service.consul", kind);
    let asked = size.map_or(asked.clone(), |size| with_edns(asked, size));
    let message = world.message(&asked, &Found::Instances(many(count).into()));
    let length = write::packet(&message, world.settings.compress).len();
    (message, length)
}

/// As measured with fifty instances.
#[test]
fn datagrams_are_cut_where_consul_cuts_them() {
    let mut world = World::default();
    let cases = [(None, 3), (Some(512), 3), (Some(513), 29), (Some(600), 34), (Some(700), 41), (Some(1000), 50)];
    for (size, count) in cases {
        let (message, _) = answered(&mut world, 50, kind::A, size);
        assert_eq!(message.answers.len(), count, "A, {size:?}");
        assert!(!message.truncated);
    }
    let cases = [(None, 3), (Some(513), 8), (Some(600), 9), (Some(800), 13), (Some(1232), 20), (Some(2000), 34)];
    for (size, count) in cases {
        let (message, _) = answered(&mut world, 50, kind::SRV, size);
        assert_eq!((message.answers.len(), message.additionals.len()), (count, count), "SRV, {size:?}");
    }
    let (whole, _) = answered(&mut world, 50, kind::SRV, Some(4096));
    assert_eq!((whole.answers.len(), whole.additionals.len()), (50, 100));
}

#[test]
fn connections_carry_nearly_64_kib() {
    let mut world = World { transport: Transport::Tcp, ..World::default() };
    let (addresses, length) = answered(&mut world, 4500, kind::A, None);
    assert_eq!((addresses.answers.len(), length), (4092, 65508));
    let (services, length) = answered(&mut world, 4500, kind::SRV, None);
    assert!(length <= TCP_BYTES && services.answers.len() > 900, "{length} bytes");
    assert_eq!(services.additionals.len(), services.answers.len());
}

#[test]
fn a_cut_is_told_when_the_operator_wants_it() {
    let mut world = World::default();
    world.settings.enable_truncate = true;
    assert!(answered(&mut world, 4, kind::A, None).0.truncated);
    assert!(!answered(&mut world, 3, kind::A, None).0.truncated);
    assert!(answered(&mut world, 50, kind::SRV, Some(600)).0.truncated);
    world.settings.a_record_limit = 2;
    let (limited, _) = answered(&mut world, 50, kind::A, Some(600));
    assert_eq!((limited.answers.len(), limited.truncated), (2, false));
}

#[test]
fn the_operator_bounds_the_answers_without_edns() {
    let mut world = World::default();
    for (limit, count) in [(0, 0), (1, 1), (5, 5), (20, 8)] {
        world.settings.udp_answer_limit = limit;
        assert_eq!(answered(&mut world, 50, kind::A, None).0.answers.len(), count, "{limit}");
    }
    // Five services need more than 512 bytes when nobody compresses.
    world.settings.udp_answer_limit = 5;
    assert_eq!(answered(&mut world, 50, kind::SRV, None).0.answers.len(), 4);
}

proptest! {
    #[test]
    fn an_answer_fits_and_its_additional_records_belong_to_it(
        count in 1_usize..120,
        size in proptest::option::of(0_u16..5000),
        is_service: bool,
        is_tcp: bool,
        compress: bool,
    ) {
        let mut world = World::default();
        world.settings.compress = compress;
        if is_tcp {
            world.transport = Transport::Tcp;
        }
        let (message, length) = answered(&mut world, count, if is_service { kind::SRV } else { kind::A }, size);
        let most = if is_tcp { TCP_BYTES } else { usize::from(size.unwrap_or(0)).max(PLAIN_BYTES) };
        // EDNS comes on top of what is counted.
        prop_assert!(length <= most + 11 || message.answers.len() == 1, "{} of {}", length, most);
        prop_assert!(!message.answers.is_empty());
        for record in &message.additionals {
            let belongs = message.answers.iter().any(|answer| {
                matches!(&answer.data, Data::Srv { target, .. } if *target == record.name)
            });
            prop_assert!(belongs, "{:?}", record);
        }
        let packet = write::packet(&message, compress);
        prop_assert_eq!(reply::answers(&packet).is_ok(), true);
    }
}
