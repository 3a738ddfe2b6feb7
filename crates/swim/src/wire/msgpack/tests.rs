//! What the reader must survive and the writer must not leave.

use proptest::prelude::*;

use super::{ReadError, Reader, Writer};

#[test]
fn each_length_takes_its_shortest_form_in_the_old_dialect() {
    let head = |length: usize| {
        let mut writer = Writer::default();
        writer.raw(vec![b'x'; length]);
        writer.finish()[..3.min(length + 1)].to_vec()
    };
    assert_eq!(head(0), [0xa0]);
    assert_eq!(head(31)[0], 0xbf);
    assert_eq!(head(32), [0xda, 0, 32]);
    assert_eq!(head(200), [0xda, 0, 200]);
    assert_eq!(head(70_000)[0], 0xdb);
}

#[test]
fn both_dialects_of_texts_are_read() {
    for bytes in [&b"\xa2hi"[..], b"\xd9\x02hi", b"\xc4\x02hi", b"\xda\x00\x02hi", b"\xc5\x00\x02hi"] {
        assert_eq!(Reader::new(bytes).text(), Ok("hi"));
    }
}

#[test]
fn deep_nesting_is_refused() {
    assert_eq!(Reader::new(&[0x91; 100]).skip(), Err(ReadError::TooDeep));
}

#[test]
fn a_huge_promise_without_bytes_is_incomplete() {
    assert_eq!(Reader::new(&[0xdd, 0xff, 0xff, 0xff, 0xff]).array(), Err(ReadError::Incomplete));
    assert_eq!(Reader::new(&[0xdb, 0xff, 0xff, 0xff, 0xff]).raw(), Err(ReadError::Incomplete));
}

proptest! {
    #[test]
    fn numbers_read_back(unsigned: u64, signed: i64, fraction: f64) {
        let mut writer = Writer::default();
        writer.uint(unsigned).int(signed).float(fraction);
        let bytes = writer.finish();
        let mut reader = Reader::new(&bytes);
        prop_assert_eq!(reader.u64(), Ok(unsigned));
        prop_assert_eq!(reader.i64(), Ok(signed));
        prop_assert_eq!(reader.float().map(f64::to_bits), Ok(fraction.to_bits()));
    }

    #[test]
    fn random_bytes_never_panic(bytes: Vec<u8>) {
        let mut reader = Reader::new(&bytes);
        while reader.skip().is_ok() {}
        let _ = Reader::new(&bytes).fields(|_, reader| reader.skip());
        let _ = Reader::new(&bytes).u64();
        let _ = Reader::new(&bytes).i64();
        let _ = Reader::new(&bytes).float();
    }
}
