//! Archives that are damaged, cut, foreign or malicious: each is refused, in Consul's words where it has some.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use proconsul_archive::{ReadError, inspect, read};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

const SAVED: &[u8] = include_bytes!("../data/consul-1.8.7.snap");

/// A member as it stands in a tar: its name and contents.
type Member<'a> = (&'a str, Vec<u8>);

fn refusal(bytes: &[u8]) -> String {
    read(&mut &*bytes).unwrap_err().to_string()
}

/// The tar inside the saved archive.
fn unpacked() -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(SAVED).read_to_end(&mut bytes).unwrap();
    bytes
}

/// The saved archive's metadata and state.
fn parts() -> (Vec<u8>, Vec<u8>) {
    let tar = unpacked();
    let size = |at: usize| usize::from_str_radix(std::str::from_utf8(&tar[at + 124..at + 135]).unwrap(), 8).unwrap();
    let meta = size(0);
    let state = 512 + meta.next_multiple_of(512);
    (tar[512..512 + meta].to_vec(), tar[state + 512..state + 512 + size(state)].to_vec())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut to = GzEncoder::new(Vec::new(), Compression::fast());
    to.write_all(bytes).unwrap();
    to.finish().unwrap()
}

fn tar(members: &[Member<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, contents) in members {
        let mut header = [0; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..136].copy_from_slice(format!("{:011o}\0", contents.len()).as_bytes());
        header[148..156].fill(b' ');
        header[156] = b'0';
        let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        bytes.extend_from_slice(&header);
        bytes.extend_from_slice(contents);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

fn sums(meta: &[u8], state: &[u8]) -> Vec<u8> {
    let line = |name, bytes: &[u8]| {
        let digits: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{digits}  {name}\n")
    };
    (line("meta.json", meta) + &line("state.bin", state)).into_bytes()
}

/// An archive of these two whose sums agree.
fn archive(meta: &[u8], state: &[u8]) -> Vec<u8> {
    let members = [("meta.json", meta.to_vec()), ("state.bin", state.to_vec()), ("SHA256SUMS", sums(meta, state))];
    gzip(&tar(&members))
}

/// The same with a size that agrees too.
fn archive_of_state(state: &[u8]) -> Vec<u8> {
    let (meta, before) = parts();
    let meta = String::from_utf8(meta).unwrap();
    let told = |bytes: &[u8]| format!("\"Size\":{}", bytes.len());
    archive(meta.replace(&told(&before), &told(state)).as_bytes(), state)
}

#[test]
fn what_is_no_gzip_is_refused_in_consuls_words() {
    assert_eq!(refusal(b""), "failed to decompress snapshot: EOF");
    assert_eq!(refusal(b"\x1f\x8b"), "failed to decompress snapshot: unexpected EOF");
    assert_eq!(refusal(b"hello world, this is none"), "failed to decompress snapshot: gzip: invalid header");
}

#[test]
fn what_is_no_such_tar_is_refused_in_consuls_words() {
    let (meta, state) = parts();
    let file = |what: &str| format!("failed to read snapshot file: {what}");
    let sum = |what: &str| file(&format!("failed checking integrity of snapshot: {what}"));
    assert_eq!(refusal(&gzip(b"hello")), file("failed reading snapshot: unexpected EOF"));
    assert_eq!(refusal(&gzip(&[b'x'; 5000])), file("failed reading snapshot: archive/tar: invalid tar header"));
    assert_eq!(refusal(&gzip(b"")), sum("file missing for \"meta.json\""));
    let (meta, state) = (("meta.json", meta), ("state.bin", state));
    let list = ("SHA256SUMS", sums(&meta.1, &state.1));
    let of = |members: &[&Member<'_>]| refusal(&gzip(&tar(&members.iter().map(|m| (*m).clone()).collect::<Vec<_>>())));
    assert_eq!(of(&[&state, &list]), sum("hash check failed for \"meta.json\""));
    assert_eq!(of(&[&meta, &list]), sum("hash check failed for \"state.bin\""));
    assert_eq!(of(&[&meta, &state]), sum("file missing for \"meta.json\""));
    assert_eq!(of(&[&meta, &state, &list, &("foo", vec![])]), file("unexpected file \"foo\" in snapshot"));
    assert_eq!(of(&[&meta, &state, &list, &state]), file("unexpected file \"state.bin\" in snapshot"));
    assert_eq!(of(&[&meta, &state, &("SHA256SUMS", b"foo bar\n".to_vec())]), sum("illegal hex digit"));
    let more = ("SHA256SUMS", [&list.1[..], b"00  foo\n"].concat());
    assert_eq!(of(&[&meta, &state, &more]), sum("list missing hash for \"foo\""));
}

#[test]
fn a_state_that_is_not_as_told_is_refused_in_consuls_words() {
    let (meta, state) = parts();
    let told = |from: &str, to: &str| archive(String::from_utf8_lossy(&meta).replace(from, to).as_bytes(), &state);
    let restoring = "Raft error when restoring snapshot:";
    assert_eq!(refusal(&told("\"Version\":1", "\"Version\":2")), format!("{restoring} unsupported snapshot version 2"));
    let length = state.len();
    let size = format!("{restoring} failed to write snapshot, size didn't match ({length} != 5)");
    assert_eq!(refusal(&told(&format!("\"Size\":{length}"), "\"Size\":5")), size);
    let no_json = refusal(&archive(b"{\"Version\":1", &state));
    assert!(no_json.starts_with("failed to read snapshot file: failed to decode snapshot metadata: "), "{no_json}");
    let longer = gzip(&[unpacked(), vec![0; 512]].concat());
    assert_eq!(refusal(&longer), "512 unread uncompressed bytes remain");
}

#[test]
fn an_archive_that_is_cut_anywhere_is_refused() {
    for length in (0..SAVED.len()).step_by(3) {
        assert!(inspect(&mut &SAVED[..length]).is_err(), "cut at {length}");
    }
}

#[test]
fn a_bit_that_is_wrong_anywhere_is_noticed() {
    let state = read(&mut &*SAVED).unwrap().view;
    let mut bytes = SAVED.to_vec();
    for place in (0..bytes.len()).step_by(7) {
        bytes[place] ^= 1 << (place % 8);
        // Some bits, such as the time in gzip's own header, say nothing about the contents.
        if let Ok(contents) = read(&mut &bytes[..]) {
            assert!(contents.view == state, "a wrong bit in byte {place}");
        }
        bytes[place] ^= 1 << (place % 8);
    }
}

#[test]
fn records_that_nobody_knows_are_passed_over_only_when_they_say_so() {
    let (_, state) = parts();
    let with = |record: &[u8]| read(&mut &archive_of_state(&[&state[..], record].concat())[..]);
    let later = with(b"\xe3\x80").unwrap();
    assert!(later.skipped.iter().any(|skipped| skipped == ("records of later versions", 1)));
    let token = with(b"\x11\x80").unwrap();
    assert_eq!(token.skipped.to_string(), "1 ACL tokens, 1 federation states");
    let unknown = with(b"\x63\x80").unwrap_err().to_string();
    assert_eq!(unknown, "failed to restore snapshot: Unrecognized msg type 99");
    let cut = with(b"\x02\x81").unwrap_err().to_string();
    assert_eq!(cut, "failed to restore snapshot: the state ends in the middle of a record");
    // A check of a node that is not there; an index that no log reaches.
    let lonely = with(b"\x00\x83\xa4Node\xa1x\xa7Address\xa1y\xa7Service\x81\xa4Kind\xa1z");
    assert!(matches!(lonely, Err(ReadError::State(_))), "{lonely:?}");
    let high = with(b"\x10\x82\xa3Key\xa3kvs\xa5Value\xcf\xff\xff\xff\xff\xff\xff\xff\xff");
    assert!(matches!(high, Err(ReadError::State(_))), "{high:?}");
}

#[test]
fn a_small_archive_that_unpacks_to_a_large_one_is_refused_early() {
    // A key of four gigabytes, of which there are zeros without end.
    struct Bomb(u64);
    impl Read for Bomb {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            assert!(self.0 < 256 * 1024 * 1024, "nobody reads so much");
            self.0 += to.len() as u64;
            to.fill(0);
            Ok(to.len())
        }
    }
    let mut header = tar(&[("state.bin", vec![])])[..512].to_vec();
    let size = |bytes: u64, header: &mut [u8]| {
        header[124..136].copy_from_slice(format!("{bytes:011o}\0").as_bytes());
        header[148..156].fill(b' ');
        let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    };
    size(8 * 1024 * 1024 * 1024 - 1, &mut header);
    let unpacks_to = |head: &[u8]| {
        let mut packed = flate2::read::GzEncoder::new(head.chain(Bomb(0)), Compression::fast());
        read(&mut packed).unwrap_err().to_string()
    };
    assert!(unpacks_to(&header).contains("the state in the snapshot takes 8589934591 bytes"));
    size(64 * 1024 * 1024, &mut header);
    let state = [&header[..], b"\x81\xa9LastIndex\x01\x02\x81\xa5Value\xdb\xff\xff\xff\xff"].concat();
    assert!(
        unpacks_to(&state).contains("unread uncompressed bytes remain") || unpacks_to(&state).contains("tar header")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever stands in the place of records under sums that agree: it is refused, or a whole state comes of it.
    #[test]
    fn damaged_records_give_an_error_or_a_whole_state(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let (_, mut state) = parts();
        for (place, byte) in changes {
            let place = place.index(state.len());
            state[place] = byte;
        }
        if let Ok(contents) = read(&mut &archive_of_state(&state)[..]) {
            prop_assert_eq!(contents.view.check(), Ok(()));
        }
    }
}
