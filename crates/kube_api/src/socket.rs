//! Where the control socket lies, and how a client reaches it although its path may be too long for an address.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;

use tokio::net::{UnixListener, UnixStream};

/// The socket's name in the state directory.
pub const NAME: &str = "kube.sock";

/// Listens in a state directory, readable and writable by its owner alone. A socket that an ended runtime left is replaced; the caller
/// holds the directory's lock.
pub fn listen(state_dir: &Path) -> io::Result<UnixListener> {
    use std::os::unix::fs::PermissionsExt;
    let path = state_dir.join(NAME);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let folder = File::open(state_dir)?;
    // Made under another name and renamed, so that nobody meets it before its mode is right.
    let aside = format!("/proc/self/fd/{}/{NAME}.new", folder.as_raw_fd());
    match std::fs::remove_file(&aside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&aside)?;
    std::fs::set_permissions(&aside, std::fs::Permissions::from_mode(0o600))?;
    std::fs::rename(&aside, &path)?;
    Ok(listener)
}

/// Takes the socket away when its runtime ends; the caller still holds the directory's lock.
pub fn remove(state_dir: &Path) -> io::Result<()> {
    std::fs::remove_file(state_dir.join(NAME))
}

/// Connects to the runtime of a state directory.
pub async fn connect(state_dir: &Path) -> io::Result<UnixStream> {
    let folder = File::open(state_dir)?;
    UnixStream::connect(format!("/proc/self/fd/{}/{NAME}", folder.as_raw_fd())).await
}
