//! A door that connections come in by, and that a test can shut: connections are refused then, and those that are open end. Or
//! those that are open say nothing more, and neither end hears of it.

use std::{future::Future, net::SocketAddr, sync::Arc};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
};
use tokio_util::sync::CancellationToken;

/// The door. Cloning shares it.
#[derive(Clone)]
pub struct Door(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    /// Keeps it the door's while it is shut.
    _port: TcpSocket,
    /// Ends the connections that are open now.
    open: std::sync::Mutex<CancellationToken>,
    /// Silences them.
    talking: std::sync::Mutex<CancellationToken>,
    wanted: watch::Sender<bool>,
    listening: watch::Sender<bool>,
}

impl Door {
    /// Opens a door; each connection goes to `serve`.
    pub async fn open<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (port, address) = free_port();
        let listener = TcpListener::bind(address).await.unwrap();
        let door = Self(Arc::new(Inner {
            address,
            _port: port,
            open: std::sync::Mutex::default(),
            talking: std::sync::Mutex::default(),
            wanted: watch::Sender::new(true),
            listening: watch::Sender::new(true),
        }));
        tokio::spawn(accept(door.clone(), listener, serve));
        door
    }

    /// A door to another address.
    pub async fn to(upstream: String) -> Self {
        Self::open(move |mut near| {
            let upstream = upstream.clone();
            async move {
                if let Ok(mut far) = TcpStream::connect(upstream).await {
                    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                }
            }
        })
        .await
    }

    /// A door before the database of this URL, and the URL by which one goes through it.
    pub async fn before(database: &str) -> (Self, String) {
        let (login, rest) = database.split_once('@').unwrap();
        let (upstream, name) = rest.split_once('/').unwrap();
        let door = Self::to(upstream.to_owned()).await;
        let url = format!("{login}@{}/{name}", door.address());
        (door, url)
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Ends the connections that are open now.
    pub fn cut(&self) {
        std::mem::take(&mut *self.0.open.lock().unwrap()).cancel();
    }

    /// Lets nothing more pass on the connections that are open now, as a NAT that has forgotten them.
    pub fn fall_silent(&self) {
        std::mem::take(&mut *self.0.talking.lock().unwrap()).cancel();
    }

    /// Shuts it.
    pub async fn go_away(&self) {
        self.0.wanted.send_replace(false);
        self.0.listening.subscribe().wait_for(|listening| !listening).await.unwrap();
        self.cut();
    }

    /// Opens it again, at the same address.
    pub async fn come_back(&self) {
        self.0.wanted.send_replace(true);
        self.0.listening.subscribe().wait_for(|listening| *listening).await.unwrap();
    }
}

/// A free port of this machine. While the socket is there nobody else is given it, and connections are refused until somebody
/// listens at just this address: without, any other server could have it meanwhile (`SO_REUSEADDR` in socket(7)).
pub fn free_port() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

async fn accept<F>(door: Door, first: TcpListener, serve: impl Fn(TcpStream) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let inner = door.0;
    let (mut wanted, mut first) = (inner.wanted.subscribe(), Some(first));
    loop {
        let listener = match first.take() {
            Some(listener) => listener,
            None => TcpListener::bind(inner.address).await.expect("the port is still the door's"),
        };
        inner.listening.send_replace(true);
        loop {
            tokio::select! {
                accepted = listener.accept() => {
                    let (stream, _) = accepted.unwrap();
                    let _ = stream.set_nodelay(true);
                    let open = inner.open.lock().unwrap().child_token();
                    let talking = inner.talking.lock().unwrap().child_token();
                    tokio::spawn(open.run_until_cancelled_owned(until_silent(serve(stream), talking)));
                }
                _ = wanted.wait_for(|wanted| !wanted) => break,
            }
        }
        drop(listener);
        inner.listening.send_replace(false);
        if wanted.wait_for(|wanted| *wanted).await.is_err() {
            return;
        }
    }
}

/// Once it is to be silent, the connection is neither read nor ended.
async fn until_silent(served: impl Future<Output = ()>, talking: CancellationToken) {
    let mut served = std::pin::pin!(served);
    tokio::select! {
        () = &mut served => {}
        () = talking.cancelled() => std::future::pending().await,
    }
}
