//! The one thread that starts Helm processes.
//!
//! The death signal that [`super::exec`] asks for is sent when the *thread* that forked ends (prctl(2), "the parent in
//! this case is considered to be the thread"), not when the process does. A worker of tokio may end at any time, and Helm
//! would be killed with it. So all forks are made by a thread that lives as long as [`super::Helm`] does.

use std::io;
use std::sync::mpsc;

use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

struct Request {
    command: Command,
    /// Pipes and the notice of the end belong to the runtime of the one who asks.
    runtime: Handle,
    reply: oneshot::Sender<io::Result<Child>>,
}

/// Hands commands to the thread; the thread ends when this is dropped.
pub(super) struct Spawner {
    requests: mpsc::Sender<Request>,
}

impl Spawner {
    pub(super) fn start() -> io::Result<Self> {
        let (requests, inbox) = mpsc::channel::<Request>();
        std::thread::Builder::new().name("helm-spawner".to_owned()).spawn(move || {
            for Request { mut command, runtime, reply } in inbox {
                let _entered = runtime.enter();
                // Nobody waits any more: the child is dropped, and so killed (`kill_on_drop`).
                let _ = reply.send(command.spawn());
            }
        })?;
        Ok(Self { requests })
    }

    pub(super) async fn spawn(&self, command: Command) -> io::Result<Child> {
        let gone = || io::Error::other("the thread that starts processes has ended");
        let (reply, answer) = oneshot::channel();
        let request = Request { command, runtime: Handle::current(), reply };
        self.requests.send(request).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}
