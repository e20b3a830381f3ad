//! A link to PostgreSQL that does as the test says where a transaction is to be committed: it waits when that is done and nobody
//! has been told, or it ends, before or after. Nothing waits before, as what is locked would be locked for everybody.
//!
//! Messages: <https://www.postgresql.org/docs/current/protocol-message-formats.html>.

use super::{
    door::Door,
    rules::{Asker, Ends, Gate, Held, Rules},
};
use std::{
    collections::HashMap,
    future::pending,
    io,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};
use uuid::Uuid;

/// Asks whether the link can be encrypted, by TLS or by GSSAPI: it cannot, as it is read here.
const ENCRYPTION: [u32; 2] = [80_877_103, 80_877_104];

/// What a transaction has asked for: its statements and their values, as they go over the link.
#[derive(Default)]
pub struct Asked(Vec<u8>);

impl Asked {
    fn holds(&self, bytes: &[u8]) -> bool {
        self.0.windows(bytes.len()).any(|window| window == bytes)
    }

    /// Whether one of its statements holds this.
    pub fn states(&self, sql: &str) -> bool {
        self.holds(sql.as_bytes())
    }

    /// Whether this text is one of its values, whole.
    pub fn gives(&self, text: &str) -> bool {
        let length = u32::try_from(text.len()).unwrap().to_be_bytes();
        self.holds(&[&length[..], text.as_bytes()].concat())
    }

    /// Whether this id is one of its values.
    pub fn is_about(&self, id: &str) -> bool {
        Uuid::parse_str(id).is_ok_and(|id| self.holds(id.as_bytes()))
    }
}

/// What is done where a transaction is to be committed.
#[derive(Clone)]
enum Fault {
    /// It is done, and the answer waits.
    Hold(Arc<Gate>),
    /// The link ends, and it is not done.
    CutBefore,
    /// It is done, and the link ends.
    CutAfter,
}

impl Ends for Fault {
    fn is_over(&self) -> bool {
        matches!(self, Self::Hold(gate) if gate.is_closed())
    }
}

type OfLinks = Rules<Asked, Fault>;

/// The link. Cloning shares it.
#[derive(Clone)]
pub struct Tap {
    rules: Arc<OfLinks>,
    url: String,
}

impl Tap {
    /// Before the database of this URL.
    pub async fn before(database: &str) -> Self {
        let (login, rest) = database.split_once('@').unwrap();
        let (upstream, name) = rest.split_once('/').unwrap();
        let (upstream, rules) = (upstream.to_owned(), Arc::<OfLinks>::default());
        let served = Arc::clone(&rules);
        let door = Door::open(move |near| {
            let (rules, upstream) = (Arc::clone(&served), upstream.clone());
            async move {
                // It ends with an error where a test says so.
                let _ = link(rules, near, upstream).await;
            }
        })
        .await;
        Self { rules, url: format!("{login}@{}/{name}", door.address()) }
    }

    /// Where the database is behind it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Holds the answers to commits that fit.
    pub fn hold(&self, fits: impl Fn(&Asked) -> bool + Send + Sync + 'static) -> Held {
        let (held, gate) = Held::new();
        self.rules.add_lasting(Fault::Hold(gate), fits);
        held
    }

    /// Ends the link at the next `times` commits that fit: before they are done, or `after`.
    pub fn cut(&self, times: usize, after: bool, fits: impl Fn(&Asked) -> bool + Send + Sync + 'static) {
        self.rules.add(times, if after { Fault::CutAfter } else { Fault::CutBefore }, fits);
    }
}

/// What is to become of the next answer.
type Answer = Arc<Mutex<Option<Fault>>>;

async fn link(rules: Arc<OfLinks>, near: TcpStream, upstream: String) -> io::Result<()> {
    let far = TcpStream::connect(upstream).await?;
    far.set_nodelay(true)?;
    let (mut near_reads, mut near_writes) = near.into_split();
    let (far_reads, mut far_writes) = far.into_split();
    loop {
        let length = near_reads.read_u32().await?;
        let mut body = vec![0; usize::try_from(length).unwrap() - 4];
        near_reads.read_exact(&mut body).await?;
        if ENCRYPTION.iter().any(|code| body.starts_with(&code.to_be_bytes())) {
            near_writes.write_all(b"N").await?;
            continue;
        }
        far_writes.write_all(&[&length.to_be_bytes()[..], &body].concat()).await?;
        break;
    }
    let answer = Answer::default();
    tokio::select! {
        ended = ask(&rules, &answer, near_reads, far_writes) => ended,
        ended = tell(&answer, far_reads, near_writes) => ended,
    }
}

fn lost() -> io::Error {
    io::Error::other("the test lets it be lost")
}

/// Text up to the next zero, and what is behind it.
fn text(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    (&bytes[..end], bytes.get(end + 1..).unwrap_or_default())
}

async fn ask(rules: &OfLinks, answer: &Answer, mut near: OwnedReadHalf, mut far: OwnedWriteHalf) -> io::Result<()> {
    let (mut statements, mut asked) = (HashMap::<Vec<u8>, Vec<u8>>::new(), Asked::default());
    loop {
        let (kind, length) = (near.read_u8().await?, near.read_u32().await?);
        let mut body = vec![0; usize::try_from(length).unwrap() - 4];
        near.read_exact(&mut body).await?;
        match kind {
            b'P' => {
                let (name, rest) = text(&body);
                statements.insert(name.to_owned(), text(rest).0.to_owned());
            }
            b'B' => {
                let (statement, values) = text(text(&body).1);
                asked.0.extend(statements.get(statement).into_iter().flatten());
                asked.0.extend(values);
            }
            b'Q' => match text(&body).0 {
                b"BEGIN" | b"ROLLBACK" => asked.0.clear(),
                b"COMMIT" => {
                    match rules.take(&asked) {
                        Some(Fault::CutBefore) => return Err(lost()),
                        after => *answer.lock().unwrap() = after,
                    }
                    asked.0.clear();
                }
                other => asked.0.extend(other),
            },
            _ => {}
        }
        let head = [&[kind][..], &length.to_be_bytes()].concat();
        far.write_all(&[head, body].concat()).await?;
    }
}

async fn tell(answer: &Answer, mut far: OwnedReadHalf, mut near: OwnedWriteHalf) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = far.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        let fault = answer.lock().unwrap().take();
        match fault {
            Some(Fault::CutAfter) => return Err(lost()),
            // Where who has asked is gone, so is this link.
            Some(Fault::Hold(gate)) if !gate.pass(Asker::default(), pending()).await => return Err(lost()),
            _ => {}
        }
        near.write_all(&buffer[..read]).await?;
    }
}
