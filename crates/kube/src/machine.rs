//! The machine as the controllers see it: pods that can be made, watched and ended. `pods::Host` is the real one; tests bring their own.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use proconsul_pods::{ContainerLaunch, CreateError, Host, PodLaunch, PodProcesses, Shim, ShimError, Watch};

/// Why the machine did not do what a controller asked.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// A pod could not be made.
    #[error(transparent)]
    Create(#[from] CreateError),
    /// No address is left.
    #[error(transparent)]
    Address(#[from] proconsul_pods::AddressError),
    /// A pod of an earlier runtime could not be read.
    #[error(transparent)]
    Adopt(#[from] proconsul_pods::AdoptError),
}

/// A pod found from an earlier runtime.
#[derive(Debug)]
pub struct Found<P> {
    /// What it was made from.
    pub launch: PodLaunch,
    /// Its sandbox, when that lives.
    pub sandbox: Option<P>,
}

/// Where pods run.
pub trait Machine: Send + Sync + 'static {
    /// One pod's sandbox.
    type Pod: Sandbox;

    /// The machine's own address in the pods' network.
    fn gateway(&self) -> IpAddr;
    /// Where cluster DNS listens.
    fn resolver(&self) -> SocketAddr;
    /// A fresh address for a pod or a service.
    fn allocate_address(&self) -> Result<IpAddr, MachineError>;
    /// Gives it back.
    fn release_address(&self, address: IpAddr);
    /// Where the files of a pod's own volume lie.
    fn volume_dir(&self, uid: &str, volume: &str) -> PathBuf;
    /// Makes a sandbox.
    fn create(&self, launch: PodLaunch) -> impl Future<Output = Result<Self::Pod, MachineError>> + Send;
    /// The pod of this uid that an earlier runtime made.
    fn find(&self, uid: &str) -> impl Future<Output = Result<Option<Found<Self::Pod>>, MachineError>> + Send;
    /// The uids of all pods that earlier runtimes made.
    fn found(&self) -> impl Future<Output = Result<Vec<String>, MachineError>> + Send;
    /// Deletes what a pod leaves behind.
    fn remove(&self, uid: &str) -> io::Result<()>;
}

/// One pod's sandbox; cheap to clone.
pub trait Sandbox: Clone + Send + Sync + 'static {
    /// Tells what the containers do.
    type Processes: Processes;

    /// Starts a container; what could not be had comes back in words for events.
    fn start(&self, container: ContainerLaunch) -> impl Future<Output = Result<Vec<String>, ShimError>> + Send;
    /// Ends all containers within the grace period.
    fn stop(&self, grace: Duration) -> impl Future<Output = Result<(), ShimError>> + Send;
    /// Ends one container within the grace period.
    fn stop_container(&self, name: &str, grace: Duration) -> impl Future<Output = Result<(), ShimError>> + Send;
    /// Takes the sandbox down once nothing runs in it.
    fn end(&self) -> impl Future<Output = Result<(), ShimError>> + Send;
    /// What the containers do, now and at every change.
    fn watch(&self) -> impl Future<Output = Result<Self::Processes, ShimError>> + Send;
}

/// What a pod's containers do, at every change.
pub trait Processes: Send + 'static {
    /// The next state; `None` when the sandbox is gone. Cancel safe.
    fn next(&mut self) -> impl Future<Output = Result<Option<PodProcesses>, ShimError>> + Send;
}

impl Machine for Host {
    type Pod = Shim;

    fn gateway(&self) -> IpAddr {
        Host::gateway(self)
    }

    fn resolver(&self) -> SocketAddr {
        self.resolver_bind()
    }

    fn allocate_address(&self) -> Result<IpAddr, MachineError> {
        Ok(Host::allocate_address(self)?)
    }

    fn release_address(&self, address: IpAddr) {
        Host::release_address(self, address);
    }

    fn volume_dir(&self, uid: &str, volume: &str) -> PathBuf {
        Host::volume_dir(self, uid, volume)
    }

    async fn create(&self, launch: PodLaunch) -> Result<Shim, MachineError> {
        Ok(Host::create(self, launch).await?)
    }

    async fn find(&self, uid: &str) -> Result<Option<Found<Shim>>, MachineError> {
        let adopted = self.adopt(uid).await?;
        Ok(adopted.map(|adopted| Found { launch: adopted.launch, sandbox: adopted.shim }))
    }

    async fn found(&self) -> Result<Vec<String>, MachineError> {
        Ok(self.adopt_all().await?.into_iter().map(|adopted| adopted.launch.uid).collect())
    }

    fn remove(&self, uid: &str) -> io::Result<()> {
        Host::remove(self, uid)
    }
}

impl Sandbox for Shim {
    type Processes = Watch;

    async fn start(&self, container: ContainerLaunch) -> Result<Vec<String>, ShimError> {
        Shim::start(self, container).await
    }

    async fn stop(&self, grace: Duration) -> Result<(), ShimError> {
        Shim::stop(self, grace).await
    }

    async fn stop_container(&self, name: &str, grace: Duration) -> Result<(), ShimError> {
        Shim::stop_container(self, name, grace).await
    }

    async fn end(&self) -> Result<(), ShimError> {
        Shim::end(self).await
    }

    async fn watch(&self) -> Result<Watch, ShimError> {
        Shim::watch(self).await
    }
}

impl Processes for Watch {
    async fn next(&mut self) -> Result<Option<PodProcesses>, ShimError> {
        Watch::next(self).await
    }
}
