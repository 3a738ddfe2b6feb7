//! A container's own root: the built-in image's from the machine's programs and libraries, read-only; an unpacked image's
//! under a layer for writes. The machine's own root is gone when this returns.

use std::fs::{self, Permissions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use nix::sys::stat::fstat;
use nix::unistd::{chdir, fchdir, pivot_root};

use super::mounts::{Bind, make_read_only, named, path_of, volume_failed};
use super::{IMAGE_FOLDERS, InitSpec, make_fresh};
use crate::launch::Image;
use crate::protocol::StartFailure;
use crate::{files, volume};

const NONE: Option<&str> = None;

/// Folders of this machine that the built-in image shows, where they are.
const SHARED: [&str; 8] = ["usr", "lib", "lib64", "lib32", "libx32", "sbin", "nix", "gnu"];

/// Files of this machine's `/etc` that programs of it need: users, certificates, the linker's cache.
const SHARED_ETC: [&str; 11] = [
    "passwd",
    "group",
    "ssl",
    "pki",
    "ca-certificates",
    "crypto-policies",
    "alternatives",
    "ld.so.cache",
    "localtime",
    "protocols",
    "services",
];

/// Programs that images of Consul have in `/bin`; here links to this machine's.
const PROGRAMS: [&str; 32] = [
    "cat", "chmod", "chown", "cp", "date", "df", "dirname", "echo", "env", "false", "find", "grep", "head", "hostname",
    "id", "kill", "ln", "ls", "mkdir", "mktemp", "mv", "nslookup", "ps", "pwd", "rm", "sed", "sleep", "tail", "test",
    "touch", "true", "wc",
];

/// Device files every container has.
const DEVICES: [&str; 6] = ["null", "zero", "full", "random", "urandom", "tty"];

/// Makes the root and enters it.
pub(super) fn enter(spec: &InitSpec) -> Result<(), StartFailure> {
    let failed = |attempt: &'static str| move |errno: Errno| spec.create(attempt, errno);
    unshare(CloneFlags::CLONE_NEWNS).map_err(failed("have mounts of its own"))?;
    mount(NONE, "/", NONE, MsFlags::MS_REC | MsFlags::MS_PRIVATE, NONE).map_err(failed("make mounts private"))?;
    // Everything of the machine is opened before its root goes.
    let devices = devices();
    let volumes = volumes(spec)?;
    let machine =
        volume::open_path(Path::new("/"), OFlag::O_DIRECTORY).map_err(|error| spec.create("open /", error))?;
    let root = spec.container_dir().join("root");
    let image = match &spec.container.image {
        Image::Builtin => builtin(spec, &root)?,
        Image::Rootfs(image) => layered(spec, image, &root)?,
    };
    mount_proc(&root).map_err(|error| spec.create("mount /proc", error))?;
    chdir(&root).and_then(|()| pivot_root(".", ".")).and_then(|()| chdir("/")).map_err(failed("enter the root"))?;
    furnish(spec).map_err(|error| spec.create("furnish the root", error))?;
    for bind in devices.iter().chain(&image) {
        bind.mount().map_err(|error| spec.create("furnish the root", error))?;
    }
    for (name, bind) in &volumes {
        let volume_error =
            |error: super::mounts::BindError| StartFailure::Volume { volume: name.clone(), message: error.to_string() };
        bind.mount().map_err(volume_error)?;
    }
    fchdir(&machine).map_err(failed("leave the machine's root"))?;
    umount2(".", MntFlags::MNT_DETACH).and_then(|()| chdir("/")).map_err(failed("leave the machine's root"))?;
    if spec.container.read_only_root {
        path_of(Path::new("/")).and_then(|root| make_read_only(&root)).map_err(failed("make the root read-only"))?;
    }
    Ok(())
}

fn devices() -> Vec<Bind> {
    let device = |name: &&str| {
        let path = Path::new("/dev").join(name);
        Some(Bind { source: path_of(&path).ok()?, target: path, read_only: false })
    };
    DEVICES.iter().filter_map(device).collect()
}

/// The volumes by name, those mounted inside others after them.
fn volumes(spec: &InitSpec) -> Result<Vec<(String, Bind)>, StartFailure> {
    let mut mounts: Vec<_> = spec.container.mounts.iter().collect();
    mounts.sort_by_key(|mount| mount.target.components().count());
    let open = |mount: &&crate::launch::Mount| {
        let source = volume::open_source(mount, &spec.pod_dir).map_err(|error| volume_failed(spec, mount, error))?;
        let target = Path::new("/").join(&mount.target);
        Ok((mount.volume.clone(), Bind { source, target, read_only: mount.read_only }))
    };
    let mut all = mounts.iter().map(open).collect::<Result<Vec<_>, StartFailure>>()?;
    if let (Some(target), Some(path)) = (&spec.container.termination_message_path, &spec.termination_message) {
        let source = path_of(path).map_err(|errno| spec.create("open the termination message", errno))?;
        all.push(("termination-message".to_owned(), Bind { source, target: target.clone(), read_only: false }));
    }
    Ok(all)
}

/// The built-in image: an empty folder, links where the machine has links, and what is to be bound.
fn builtin(spec: &InitSpec, root: &Path) -> Result<Vec<Bind>, StartFailure> {
    let failed = |error: io::Error| spec.create("make the built-in image's root", error);
    make_fresh(spec, root)?;
    let mut binds = Vec::new();
    for name in SHARED {
        let path = Path::new("/").join(name);
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => {
                fs::read_link(&path).and_then(|target| symlink(target, root.join(name))).map_err(failed)?;
            }
            Ok(_) => binds.extend(shared(&path)),
            Err(_) => {}
        }
    }
    for name in SHARED_ETC {
        binds.extend(shared(&Path::new("/etc").join(name)));
    }
    fs::create_dir_all(root.join("bin")).map_err(failed)?;
    for name in PROGRAMS {
        let program = Path::new("/usr/bin").join(name);
        if program.exists() {
            symlink(&program, root.join("bin").join(name)).map_err(failed)?;
        }
    }
    let shell = path_of(Path::new("/bin/sh")).ok();
    binds.extend(shell.map(|source| Bind { source, target: PathBuf::from("/bin/sh"), read_only: true }));
    for name in ["/bin/consul", "/bin/proconsul"] {
        let source = own_program(spec).map_err(failed)?;
        binds.push(Bind { source, target: PathBuf::from(name), read_only: true });
    }
    for folder in IMAGE_FOLDERS {
        fs::create_dir_all(root.join(folder)).map_err(failed)?;
    }
    let flags = MsFlags::MS_BIND | MsFlags::MS_REC;
    mount(Some(root), root, NONE, flags, NONE).map_err(|errno| failed(errno.into()))?;
    Ok(binds)
}

/// The file of this program where it can be mounted from. `/proc/self/exe` cannot: it belongs to the mount namespace that this
/// process came from. A program that was replaced since it was started is copied into the pod's folder once.
fn own_program(spec: &InitSpec) -> io::Result<OwnedFd> {
    let running = fs::metadata("/proc/self/exe")?;
    let same = |path: &Path| {
        let opened = path_of(path).ok()?;
        let found = fstat(&opened).ok()?;
        ((found.st_dev, found.st_ino) == (running.dev(), running.ino())).then_some(opened)
    };
    if let Some(opened) = same(&fs::read_link("/proc/self/exe")?) {
        return Ok(opened);
    }
    let copy = spec.pod_dir.join("program");
    if !copy.exists() {
        let aside = spec.container_dir().join("program.new");
        fs::copy("/proc/self/exe", &aside)?;
        fs::rename(&aside, &copy)?;
    }
    Ok(path_of(&copy)?)
}

/// A path of the machine, shown read-only under the same name; `None` where the machine has none.
fn shared(path: &Path) -> Option<Bind> {
    Some(Bind { source: path_of(path).ok()?, target: path.to_owned(), read_only: true })
}

/// An unpacked image under a layer of this container's own, so that the image stays as it is.
fn layered(spec: &InitSpec, image: &Path, root: &Path) -> Result<Vec<Bind>, StartFailure> {
    let image = volume::open_path(image, OFlag::O_DIRECTORY).map_err(|error| spec.create("open the image", error))?;
    let (upper, work) = (root.with_file_name("upper"), root.with_file_name("work"));
    for folder in [root, &upper, &work] {
        make_fresh(spec, folder)?;
    }
    let layer = |path: &Path| path_of(path).map_err(|errno| spec.create("open the container's layer", errno));
    let (upper, work) = (layer(&upper)?, layer(&work)?);
    // Named by descriptor: a path may hold the characters that separate the options.
    let options = format!("lowerdir={},upperdir={},workdir={}", named(&image), named(&upper), named(&work));
    let mounted = mount(Some("overlay"), root, Some("overlay"), MsFlags::empty(), Some(options.as_str()));
    mounted.map_err(|errno| spec.create("lay a writable layer over the image", errno))?;
    Ok(Vec::new())
}

/// A `/proc` of the pod's processes; where the kernel does not give one to this user, the machine's.
fn mount_proc(root: &Path) -> io::Result<()> {
    let path = root.join("proc");
    match fs::create_dir(&path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    // An image could have a link there, which must not be followed.
    let flags = OFlag::O_PATH | OFlag::O_CLOEXEC | OFlag::O_NOFOLLOW | OFlag::O_DIRECTORY;
    let target: OwnedFd = nix::fcntl::open(&path, flags, nix::sys::stat::Mode::empty())?;
    let own = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    if mount(Some("proc"), named(&target).as_str(), Some("proc"), own, NONE).is_err() {
        mount(Some("/proc"), named(&target).as_str(), NONE, MsFlags::MS_BIND | MsFlags::MS_REC, NONE)?;
    }
    Ok(())
}

/// What every root has, whatever its image: inside the new root, so no link leads out of it.
fn furnish(spec: &InitSpec) -> io::Result<()> {
    for folder in ["/dev", "/etc", "/tmp", "/run", "/var/tmp", "/var/log", "/root", "/sys", "/bin"] {
        fs::create_dir_all(folder)?;
    }
    for folder in ["/tmp", "/var/tmp"] {
        fs::set_permissions(folder, Permissions::from_mode(0o1777))?;
    }
    let quiet = MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC;
    mount(Some("tmpfs"), "/dev", Some("tmpfs"), quiet, Some("mode=755,size=65536k"))?;
    for (link, target) in [("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")] {
        symlink(Path::new("/proc/self").join(target), Path::new("/dev").join(link))?;
    }
    fs::create_dir_all("/dev/shm")?;
    mount(Some("tmpfs"), "/dev/shm", Some("tmpfs"), quiet, Some("mode=1777"))?;
    // Terminals and /sys are for other images; where this user may not have them, the built-in one does without.
    fs::create_dir_all("/dev/pts")?;
    let _ = mount(Some("devpts"), "/dev/pts", Some("devpts"), quiet, Some("newinstance,ptmxmode=0666,mode=620"));
    symlink("pts/ptmx", "/dev/ptmx")?;
    let _ = mount(Some("sysfs"), "/sys", Some("sysfs"), quiet | MsFlags::MS_NODEV | MsFlags::MS_RDONLY, NONE);
    write_network_files(spec)
}

fn write_network_files(spec: &InitSpec) -> io::Result<()> {
    let launch = &spec.pod.launch;
    let texts = [
        ("/etc/hosts", files::hosts(launch)),
        ("/etc/resolv.conf", files::resolv_conf(&launch.dns)),
        ("/etc/hostname", format!("{}\n", launch.hostname)),
    ];
    for (path, text) in texts {
        // An image's own may be a link to a folder that is not there.
        let _ = fs::remove_file(path);
        fs::write(path, text)?;
    }
    if spec.container.image == Image::Builtin {
        // The machine's may send names of clusters elsewhere than to the pod's resolver.
        fs::write("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n")?;
    }
    Ok(())
}
