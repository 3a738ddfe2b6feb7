//! The shim's socket: one request on each connection, answered from the pod.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use proconsul_base::limit::{SHIM_CONNECTIONS, SHIM_LINE_BYTES};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Semaphore, watch};
use tokio::task::{LocalSet, spawn_local};

use super::pod::Pod;
use super::{READY, ShimStartError, load_spec, sandbox};
use crate::client::send;
use crate::protocol::{Refusal, Reply, Request, SOCKET};
use crate::status::PodProcesses;

/// Serves the pod until it is told to end and empty. The working directory is the pod's folder.
pub(super) fn run(pod_dir: &Path) -> Result<(), ShimStartError> {
    let spec = load_spec(pod_dir)?;
    sandbox::adopt_orphans(spec.isolation).map_err(ShimStartError::system("adopt orphans"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(ShimStartError::system("start"))?;
    LocalSet::new().block_on(&runtime, async {
        let pod = Pod::open(spec, pod_dir).map_err(ShimStartError::system("read the pod's status"))?;
        let children = signal(SignalKind::child()).map_err(ShimStartError::system("watch for exits"))?;
        let listener = listen(pod_dir).map_err(ShimStartError::system("listen on the pod's socket"))?;
        say_ready().map_err(ShimStartError::system("say that it is ready"))?;
        let pod = Rc::new(pod);
        spawn_local(Rc::clone(&pod).reap(children));
        spawn_local(accept(Rc::clone(&pod), listener));
        pod.ended().await;
        Ok(())
    })
}

/// Listens by a relative name: the folder's path may be longer than a socket address.
fn listen(pod_dir: &Path) -> io::Result<UnixListener> {
    std::env::set_current_dir(pod_dir)?;
    match fs::remove_file(SOCKET) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(SOCKET)?;
    fs::set_permissions(SOCKET, Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Tells the runtime and lets go of its pipe. Fails when the runtime is gone: then nobody knows of this pod.
fn say_ready() -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "{READY}")?;
    out.flush()?;
    nix::unistd::dup2_stdout(fs::File::open("/dev/null")?)?;
    Ok(())
}

async fn accept(pod: Rc<Pod>, listener: UnixListener) {
    let places = Arc::new(Semaphore::new(SHIM_CONNECTIONS));
    loop {
        // The semaphore is never closed; if it were, the pod could only be ended from outside.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        let pod = Rc::clone(&pod);
        spawn_local(async move {
            // A runtime that went away needs no answer.
            let _ = serve(&pod, stream).await;
            drop(place);
        });
    }
}

async fn serve(pod: &Rc<Pod>, stream: UnixStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream.take(SHIM_LINE_BYTES));
    let mut line = String::new();
    reader.read_line(&mut line).await?;
    let mut stream = reader.into_inner().into_inner();
    let request = match serde_json::from_str(&line) {
        Ok(request) => request,
        Err(error) => {
            let refusal = Refusal::Unreadable { message: error.to_string() };
            return send(&mut stream, &Reply::Refused(refusal)).await;
        }
    };
    let answered = match request {
        Request::Start(container) => Rc::clone(pod).start(*container).await.map(|warnings| Reply::Started { warnings }),
        Request::Signal { container, signal } => pod.signal(&container, signal).map(|()| Reply::Done),
        Request::Stop { container, grace_ms } => pod.stop(container.as_deref(), grace_ms).await.map(|()| Reply::Done),
        Request::Status => Ok(Reply::Status(pod.status().borrow().clone())),
        Request::Watch => return watch_status(pod.status(), stream).await,
        Request::Follow { container, instance } => return follow(pod.growth(&container, instance), stream).await,
        Request::End => {
            pod.end();
            // The connection closes with the process.
            return gone(&mut stream).await;
        }
    };
    send(&mut stream, &answered.unwrap_or_else(Reply::Refused)).await
}

async fn watch_status(mut status: watch::Receiver<PodProcesses>, mut stream: UnixStream) -> io::Result<()> {
    status.mark_changed();
    loop {
        tokio::select! {
            changed = status.changed() => if changed.is_err() { return Ok(()) },
            left = gone(&mut stream) => return left,
        }
        let reply = Reply::Status(status.borrow_and_update().clone());
        send(&mut stream, &reply).await?;
    }
}

async fn follow(growth: Option<watch::Receiver<u64>>, mut stream: UnixStream) -> io::Result<()> {
    let Some(mut growth) = growth else { return Ok(()) };
    growth.mark_changed();
    loop {
        tokio::select! {
            changed = growth.changed() => if changed.is_err() { return Ok(()) },
            left = gone(&mut stream) => return left,
        }
        send(&mut stream, &Reply::Grown).await?;
    }
}

/// Waits until the other side closes the connection.
async fn gone(stream: &mut UnixStream) -> io::Result<()> {
    let mut rest = [0; 64];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
