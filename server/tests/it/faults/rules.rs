//! What the proxy does with which request.

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::watch;

/// The longest that a test waits for a request to come.
const PATIENCE: Duration = Duration::from_mins(2);

/// A request, as the proxy sees it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// `GET`, `POST`, ...
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Behind the `?`.
    pub query: String,
    /// What it carries.
    pub body: String,
    /// Whether Helm asks, which acts as a namespace's account; else the server itself.
    pub helm: bool,
}

impl Seen {
    /// Whether it changes something.
    pub fn changes(&self) -> bool {
        self.method != "GET"
    }

    /// Whether it begins a watch.
    pub fn watches(&self) -> bool {
        self.query.split('&').any(|pair| pair == "watch=true" || pair == "watch=1" || pair == "watch")
    }

    /// Whether it is about a namespace: in its path, or as the object that it makes.
    pub fn is_about(&self, namespace: &str) -> bool {
        self.path.split('/').any(|part| part == namespace)
            || (self.path.ends_with("/namespaces") && self.body.contains(&format!("\"{namespace}\"")))
    }
}

/// Who asks what is held.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asker {
    /// Whether it is Helm.
    pub helm: bool,
    /// Its process, where it names it.
    pub pid: Option<i32>,
}

impl From<&Seen> for Asker {
    fn from(seen: &Seen) -> Self {
        let pid = seen.query.strip_prefix("pid=").and_then(|pid| pid.parse().ok());
        Self { helm: seen.helm, pid }
    }
}

/// What is done with a request.
#[derive(Clone)]
pub enum Fault {
    /// It is answered with this status, and the API server is not asked.
    Answer(u16),
    /// The link ends without an answer, and the API server is not asked.
    Cut,
    /// It waits, and is then treated by the rules of that time.
    Pause(Arc<Gate>),
    /// It waits; the API server does not know of it yet.
    HoldBefore(Arc<Gate>),
    /// The API server has done it; its answer waits.
    HoldAfter(Arc<Gate>),
    /// It goes on after a while.
    Slow(Duration),
    /// A watch that begins, and ends at once with "resource version too old".
    TooOld,
}

impl Ends for Fault {
    fn is_over(&self) -> bool {
        matches!(self, Self::Pause(gate) | Self::HoldBefore(gate) | Self::HoldAfter(gate) if gate.is_closed())
    }
}

/// A fault that the test can end.
pub trait Ends: Clone {
    /// Whether it is over.
    fn is_over(&self) -> bool;
}

/// So many times that a rule holds until it is ended.
const ALWAYS: usize = usize::MAX;

/// A rule for the next so many that fit.
struct Rule<S, F> {
    fits: Box<dyn Fn(&S) -> bool + Send + Sync>,
    left: usize,
    fault: F,
}

/// What is done with whom, in the order in which the test has said it.
pub struct Rules<S, F>(Mutex<Vec<Rule<S, F>>>);

impl<S, F> Default for Rules<S, F> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<S, F: Ends> Rules<S, F> {
    /// A fault for the next `times` that fit.
    pub fn add(&self, times: usize, fault: F, fits: impl Fn(&S) -> bool + Send + Sync + 'static) {
        self.0.lock().unwrap().push(Rule { fits: Box::new(fits), left: times, fault });
    }

    /// A fault for all that fit, until it is over.
    pub fn add_lasting(&self, fault: F, fits: impl Fn(&S) -> bool + Send + Sync + 'static) {
        self.add(ALWAYS, fault, fits);
    }

    /// What is to become of this one.
    pub fn take(&self, seen: &S) -> Option<F> {
        let mut rules = self.0.lock().unwrap();
        rules.retain(|rule| rule.left > 0 && !rule.fault.is_over());
        let rule = rules.iter_mut().find(|rule| (rule.fits)(seen))?;
        if rule.left != ALWAYS {
            rule.left -= 1;
        }
        Some(rule.fault.clone())
    }

    /// How many faults that were to be played so many times have not come so often.
    pub fn unplayed(&self) -> usize {
        self.0.lock().unwrap().iter().filter(|rule| rule.left > 0 && rule.left != ALWAYS).count()
    }

    /// Forgets all.
    pub fn clear(&self) {
        self.0.lock().unwrap().clear();
    }
}

/// What is to become of a held request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Wait,
    Go,
    Drop,
}

/// Where a held request waits. Who asks may lose patience and ask again: then that request waits there, too.
pub struct Gate {
    /// So many wait for their answers there now.
    here: watch::Sender<usize>,
    asker: Arc<Mutex<Asker>>,
    word: watch::Receiver<Word>,
    answered: watch::Sender<bool>,
    closed: Arc<AtomicBool>,
}

impl Gate {
    /// Whether it holds no more requests than it has.
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// The API server has answered what was held.
    pub(super) fn answered(&self) {
        self.answered.send_replace(true);
    }

    /// Waits for the test's word; whether the request goes on. Who has asked may wait no longer (`gone`) and have what is held
    /// here go on without them.
    pub(super) async fn pass(&self, asker: Asker, gone: impl Future<Output = ()>) -> bool {
        *self.asker.lock().unwrap() = asker;
        let here = Here::at(&self.here);
        let mut word = self.word.clone();
        // A test that has ended holds nothing.
        let told = async move { word.wait_for(|word| *word != Word::Wait).await.map_or(Word::Drop, |word| *word) };
        let mut told = pin!(told);
        let told = tokio::select! {
            told = &mut told => told,
            () = gone => {
                drop(here);
                told.await
            }
        };
        told == Word::Go
    }
}

/// One who waits at a gate.
struct Here<'a>(&'a watch::Sender<usize>);

impl<'a> Here<'a> {
    fn at(gate: &'a watch::Sender<usize>) -> Self {
        gate.send_modify(|here| *here += 1);
        Self(gate)
    }
}

impl Drop for Here<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|here| *here -= 1);
    }
}

/// The test's end of a held request. Dropped, it drops the request.
pub struct Held {
    here: watch::Receiver<usize>,
    asker: Arc<Mutex<Asker>>,
    word: watch::Sender<Word>,
    answered: watch::Receiver<bool>,
    closed: Arc<AtomicBool>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.no_more();
    }
}

impl Held {
    pub(super) fn new() -> (Self, Arc<Gate>) {
        let (here, seen) = watch::channel(0);
        let (word, told) = watch::channel(Word::Wait);
        let (answered, heard) = watch::channel(false);
        let closed = Arc::new(AtomicBool::new(false));
        let asker = Arc::new(Mutex::default());
        let gate = Gate { here, asker: Arc::clone(&asker), word: told, answered, closed: Arc::clone(&closed) };
        (Self { here: seen, asker, word, answered: heard, closed }, Arc::new(gate))
    }

    /// Waits until the request is there; whether it has come.
    pub async fn arrived(&self) -> bool {
        let mut here = self.here.clone();
        matches!(tokio::time::timeout(PATIENCE, here.wait_for(|here| *here > 0)).await, Ok(Ok(_)))
    }

    /// Whether it is there now: who asks gives it up after a while, and asks again after another.
    pub fn is_here(&self) -> bool {
        *self.here.borrow() > 0
    }

    /// Who has asked what is held.
    pub fn asker(&self) -> Asker {
        *self.asker.lock().unwrap()
    }

    /// Holds no other request, whoever makes it.
    pub fn no_more(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    /// Lets it go on (or its answer), also when who asked is gone.
    pub fn let_go(self) {
        self.no_more();
        self.word.send_replace(Word::Go);
    }

    /// The same, and waits until the API server has answered.
    pub async fn done(self) {
        let mut answered = self.answered.clone();
        self.let_go();
        let done = tokio::time::timeout(PATIENCE, answered.wait_for(|answered| *answered)).await;
        assert!(matches!(done, Ok(Ok(_))), "the API server does not answer");
    }

    /// Loses it (or its answer).
    pub fn lose(self) {
        self.no_more();
        self.word.send_replace(Word::Drop);
    }
}
