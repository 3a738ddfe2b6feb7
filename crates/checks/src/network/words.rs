//! The operating system's errors in Go's words.

use std::io;

/// `connection refused` rather than `Connection refused (os error 111)`.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    if error.raw_os_error().is_none() {
        return text;
    }
    let text = text.rsplit_once(" (os error").map_or(text.as_str(), |(text, _)| text);
    let mut rest = text.chars();
    rest.next().map(|first| first.to_lowercase().chain(rest).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use nix::errno::Errno;

    use super::*;

    #[test]
    fn the_systems_errors_are_told_in_lower_case_without_their_number() {
        let told = |errno: Errno| reason(&io::Error::from_raw_os_error(errno as i32));
        assert_eq!(told(Errno::ECONNREFUSED), "connection refused");
        assert_eq!(told(Errno::ECONNRESET), "connection reset by peer");
        assert_eq!(told(Errno::EHOSTUNREACH), "no route to host");
        assert_eq!(reason(&io::Error::other("Our own")), "Our own");
    }
}
